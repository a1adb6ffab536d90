/*
 * announce: a provider's words to everybody, or to those with a tag: previewed with counts, released by SEND.
 *
 *            announce_draft ── held, preview with counts ── SEND ── announce_send ── published, sent at once
 *                                                            │ roster or text changed since: previewed again
 *                                                            │ the checks of posts hit: a second person must SEND
 *
 * Errors   RC_INPUT     no text; no such tag in the group
 *          RC_CONFLICT  sent already
 *          RC_DENIED    a second person must send it
 *          RC_PERM      the group has ended
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_ANNOUNCE_H
#define GATEWAY_NOTE_ANNOUNCE_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "store/person.h"
#include "store/post.h"
#include "store/question.h"
#include "store/review.h"

struct announcement {
    struct group_id group;
    const struct person *author;
    const char *text;
    const char *tag;                    /* NULL: everybody */
    struct arrival_id letter;           /* 0: command line */
    const struct triage_result *triage; /* NULL: not scored */
};

MUST_CHECK enum rc announce_draft(struct gate *gate, const struct announcement *a, struct post *ret_post,
                                  struct err *err);
/* question: the QUESTION_ANNOUNCE row that the preview asked. ret_post tells what came of it: published, or still waiting because the
 * roster changed (a new preview went out) or a second person was asked. */
MUST_CHECK enum rc announce_send(struct gate *gate, const struct question *question, const struct person *staff,
                                 enum review_way way, struct post *ret_post, struct err *err);

#endif
