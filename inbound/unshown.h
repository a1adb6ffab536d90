/*
 * unshown: the words of a letter that another program would show and our text does not hold: the HTML half of an alternative that says
 * something else than the plain half, attached texts, letters inside the letter.
 *
 * Shape    Lines of candidate parts go in; those come out whose letters and digits do not stand in the shown text in that order.
 * Units    At most UNSHOWN_MAX_BYTES come out; past UNSHOWN_WORK_BYTES of comparing, lines are taken unseen.
 * Owns     The caller's arena.
 */
#ifndef INBOUND_UNSHOWN_H
#define INBOUND_UNSHOWN_H

#include "base/strbuf.h"
#include "inbound/body.h"

#define UNSHOWN_MAX_BYTES ((size_t)64 << 10)
#define UNSHOWN_WORK_BYTES ((size_t)256 << 20)

struct unshown {
    struct arena *mem;
    const char *shown; /* letters and digits of the shown text */
    size_t work;
    struct strbuf out;
};

void unshown_init(struct unshown *u, const struct body *shown, struct arena *mem);
void unshown_add(struct unshown *u, const struct body *part);
/* Frees what _init took; the text is the arena's. "" when there is none. */
const char *unshown_take(struct unshown *u);

#endif
