/*
 * text_ask: asks the number of a phone for its yes to texts, as it was put down by staff, or asked for by mail (double opt-in, rule R8).
 *
 *            never asked ── text_ask_mark ── asked ── YES from that phone (gateway/text/talk_consent) ── yes
 *
 * Rule     A number that said STOP is asked again only on a new consent on paper (R6): START from the phone needs nobody. One that was somebody else's, or
 *          that nothing reaches, is asked again as a new one. One request and one repeat, until it answers.
 * Errors   RC_CONFLICT   it said STOP; it was asked twice and did not answer (asking AGAIN needs a reason)
 *          RC_NOT_FOUND  text_ask_member: the practice has no number to write from
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_TEXT_ASK_H
#define GATEWAY_PEOPLE_TEXT_ASK_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/consent.h"
#include "store/membership.h"

#define TEXT_ASK_VERSION                                                                                               \
    "text-2026-11" /* of the words in templates/../text_invitation.md; a change of their meaning takes a new one */

struct text_ask {
    struct person_id person;
    struct address_id phone;
    struct person_id staff;     /* who put it down; 0: they wrote to us themselves */
    int64_t letter;             /* their letter that said so; 0 */
    enum consent_way paper_way; /* CONSENT_BY_PAPER, or anything else */
    const char *reason;         /* AGAIN: why; NULL the first time */
};

/* The number may be asked now, and is noted as asked; the request itself is the caller's. One that has said yes stays so,
 * at level 0 where the yes is of others who use it too; one that only people who left have said yes for is asked anew. */
MUST_CHECK enum rc text_ask_mark(struct gate *gate, const struct text_ask *ask, struct err *err);
/* A member by mail whose phone has said yes is written to by both from now on; evidence_id and words: of what said so. Nothing of one who is not by mail alone. */
MUST_CHECK enum rc text_ask_both(struct gate *gate, const struct audit_who *who, struct membership *m,
                                 struct address_id phone, int64_t evidence_id, const char *words, struct err *err);
/* A member by mail shall get texts too: asks their phone. */
MUST_CHECK enum rc text_ask_member(struct gate *gate, const struct membership *m, const struct text_ask *ask,
                                   struct err *err);

#endif
