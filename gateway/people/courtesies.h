/*
 * courtesies: what a group does for its members beside its letters: a greeting for newcomers, days worth marking, private thanks. Each is off until staff
 * turn it on for the group, and then needs the yes of the member whom it is about.
 *
 *            joined                      ── may_we: "May we say hello to the group for you?" ─┐
 *            a year here, 100 check-ins  ── may_we: "May we tell the group?" ────────────────┤
 *                                                                                            └─ YES ── a draft in staff's name, held ── OK ── next letter
 *            THANKS n ── counted ── COURTESIES_THANKS_FLOOR people, a week at least since the last ── may_we, once ── YES ── thanked: "3 people thanked you"
 *
 * Rule     The member sees the very words before they say yes; nothing but the shown first name stands in them. Who leaves takes a draft about them
 *          along. Of thanks only how many is told, to the author alone, and not before three people gave them: of one or two the author, who knows
 *          who answers, could tell who. Thanks are no health data, so three will do where totals of answers need five; fewer are kept and
 *          count on. "2 Thank you!" stays what it is: a comment that a moderator lets out.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_COURTESIES_H
#define GATEWAY_PEOPLE_COURTESIES_H

#include "gateway/note/sorting.h"
#include "gateway/people/leave.h"
#include "store/custom.h"

#define COURTESIES_THANKS_FLOOR 3
#define COURTESIES_THANKS_MS (7 * MS_DAY)
#define COURTESIES_YEARS_MAX 50

/* customs: bits of enum custom. Audited. */
MUST_CHECK enum rc courtesies_set(struct gate *gate, const struct audit_who *who, struct group_id group,
                                  int64_t customs, struct err *err);
/* "hello, thanks", "none"; RC_INPUT. */
MUST_CHECK enum rc courtesies_read(const char *text, int64_t *ret_customs, struct err *err);
const char *courtesies_say(int64_t customs, struct arena *mem);

/* Somebody has joined, or come back: they are asked anew. */
MUST_CHECK enum rc courtesies_joined(struct gate *gate, const struct membership *m, struct err *err);
/* Somebody has answered check-ins n times. */
MUST_CHECK enum rc courtesies_counted(struct gate *gate, struct membership_id membership, int64_t n, struct err *err);
/* For gateway/people/leave: drafts about a member go with them. */
MUST_CHECK enum rc courtesies_withdraw(struct gate *gate, struct leave *leave, struct membership_id membership,
                                       struct err *err);

/* THANKS n. ret_done is false where the group does not do this, or nobody is meant: then it is a note like every other. */
struct courtesies_thanks {
    struct person_id by;
    struct group_id group;
    const struct delivery *answers;
    const struct mailing *mailing;
    struct token token;
    int number;                          /* 0: none */
    struct conversation_id conversation; /* by text: the talk itself; answers and mailing are NULL */
};
MUST_CHECK enum rc courtesies_thank(struct gate *gate, const struct courtesies_thanks *thanks, bool *ret_done,
                                    struct err *err);

/* What a member answers to may_we and thanked: yes and no count, anything else goes to staff. Sets s->outcome. */
bool courtesies_is_reply(const struct sorting *s);
MUST_CHECK enum rc courtesies_reply(struct sorting *s, struct err *err);

/* By text: the same question once more, to that phone; RC_NOT_FOUND: it was answered. Whether the group would read words because of it. */
MUST_CHECK enum rc courtesies_ask_again(struct gate *gate, int64_t choice, struct address_id phone, struct err *err);
MUST_CHECK enum rc courtesies_has_words(struct gate *gate, int64_t choice, bool *ret_has, struct err *err);

/* For the clock: JOB_MILESTONES, JOB_THANKS. */
MUST_CHECK enum rc courtesies_run_day(struct gate *gate, struct group_id group, int64_t due_ms, struct err *err);
MUST_CHECK enum rc courtesies_run_thanks(struct gate *gate, struct membership_id author, struct err *err);

#endif
