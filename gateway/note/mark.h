/*
 * mark: why a text is marked for the moderator: flags, where the marked words stand, and what OK CUT would take out.
 *
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef GATEWAY_NOTE_MARK_H
#define GATEWAY_NOTE_MARK_H

#include "gateway/triage/triage.h"
#include "inbound/letter.h"
#include "store/post.h"

struct mark {
    const struct letter *letter;
    const struct triage_result *triage; /* of letter->text */
    const char *const *own_names;       /* of an anonymous text's author, ended by NULL; NULL: it is not anonymous */
    bool is_other_address;
};

/* Bits of enum post_flag. */
int64_t mark_flags(const struct triage_result *triage);
/* post.context of a text that is the letter's new words, or one piece of them. */
const char *mark_context(const struct mark *mark, const char *text, struct arena *mem);
/* post.context of a text that staff made shorter: nothing is offered for cutting any more. */
MUST_CHECK enum rc mark_context_changed(const char *context, struct arena *mem, const char **ret_context,
                                        struct err *err);

#endif
