/*
 * deciding: one decision on its way through the rules: what review and release share.
 *
 * Rule     A decision that acts calls deciding_record before it changes the post: the row in `review` is about the version that was seen.
 * Errors   deciding_refuse gives RC_DENIED or RC_INPUT and writes nothing; the others give those of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_DECIDING_H
#define GATEWAY_NOTE_DECIDING_H

#include "base/json.h"
#include "gateway/note/review.h"
#include "store/audit.h"
#include "store/group.h"
#include "store/mailing.h"
#include "store/question.h"

struct deciding {
    struct gate *gate;
    const struct review_act *act;
    const struct decision *decision;
    struct arena *mem;
    struct post post;
    struct care_group group;
    struct review_result *out;
};

MUST_CHECK enum rc deciding_refuse(struct deciding *d, enum review_problem problem, const char *why, struct err *err);
enum audit_way deciding_audit_way(const struct deciding *d);
MUST_CHECK enum rc deciding_audit(struct deciding *d, enum audit_verb verb, const char *old, const char *new,
                                  struct err *err);
/* Writes down that this version was decided; the unique key makes the second of two moderators lose. */
MUST_CHECK enum rc deciding_record(struct deciding *d, struct err *err);
/* The decision's text goes to the author as private words of the decider (gateway/say/talk): kind is MAILING_PRIVATE_ANSWER or MAILING_ASK. */
MUST_CHECK enum rc deciding_write_author(struct deciding *d, enum mailing_kind kind, struct err *err);
/* Takes values, and adds the post's text and who decided. */
MUST_CHECK enum rc deciding_tell_author(struct deciding *d, enum mailing_kind kind, struct json *values,
                                        struct err *err);
/* The decision's text goes to the author as the value `key`; the post waits for the answer. */
MUST_CHECK enum rc deciding_ask_author(struct deciding *d, enum question_kind kind, const char *key,
                                       enum mailing_kind mailing, struct err *err);

#endif
