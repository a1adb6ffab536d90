/*
 * threads: what stands on the phones of the story, read from the demo provider's files and copied to DIR/phones/NUMBER.
 *
 * Shape    collect looks for lines it has not seen; they stay in the order of their coming, and a copy is made new whenever a phone has more.
 * Owns     Everything lives in mem.
 * Errors   RC_INPUT  a text to a number that nobody of the story has
 *          RC_TEMP   a folder or file
 * State    One reader of one folder of phones.
 */
#ifndef GATEWAY_DEMO_THREADS_H
#define GATEWAY_DEMO_THREADS_H

#include "base/arena.h"
#include "gateway/demo/story.h"

struct demo_text {
    enum story_who who; /* whose phone */
    int64_t at_ms;
    bool is_theirs; /* written on it; else it came */
    const char *words;
};

struct demo_threads {
    struct arena *mem;
    const char *dir, *out; /* dir NULL: no phones yet */
    struct demo_text *v;
    size_t count, cap;
    size_t seen[STORY_PEOPLE];
};

MUST_CHECK enum rc threads_collect(struct demo_threads *t, struct err *err);
/* The newest text behind the first `from` that came to this phone and holds the words; "A|B" asks for both. NULL: none. */
const struct demo_text *threads_find(const struct demo_threads *t, enum story_who who, const char *words, size_t from);

#endif
