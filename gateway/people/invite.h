/*
 * invite: asks a person to join, takes the answer, and keeps the consent that it gives.
 *
 * Shape    An invitation names the practice, the inviting staff member and the office phone, and puts one plain question that covers two consents:
 *          to receive, and to have one's own notes sent to the others. Both are stored apart, with the version of the words, time, way,
 *          evidence and the proved address.
 *
 *            invite_member ── mail ── 3 days ── one repeat ── 3 days ── "not answered, please call" (weekly, to staff)
 *               YES (inbound/answer) → active, welcome        NO → left        anything else → staff; never into the group
               (a YES is taken later too, after NO and after anything else)
 *
 *          Consent on paper or by phone is recorded by staff and proved by one reply to a mail of its own: until then nothing else is sent.
 *          Staff are invited the same way. Before their yes they get the invitation and alarms alone; AGAIN, while one waits, sends the same mail
 *          once more, and after a change of address a new one.
 *          While the address of the group waits for its check (gateway/office/address_check), its mail is put off.
 * Rule     Nothing but one invitation and one repeat goes to a person who has not said yes. Asking AGAIN needs a reason.
 * Errors   RC_INPUT     no email address; AGAIN without a reason; who has died
 *          RC_CONFLICT  is a member already; an invitation waits already; said no (AGAIN); answered already
 *          RC_NOT_FOUND no such membership, person, invitation
 * State    Needs an open transaction, in which its audit rows are written too. invite_tick opens its own.
 */
#ifndef GATEWAY_PEOPLE_INVITE_H
#define GATEWAY_PEOPLE_INVITE_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/invitation.h"
#include "store/person.h"

#define INVITE_REPEAT_MS (3 * MS_DAY)
#define INVITE_TEXT_VERSION                                                                                            \
    "2026-11" /* of the words in templates/../invitation.md; a change of their meaning takes a new one */

#define INVITE_STAFF_TEXT_VERSION "staff-2026-11" /* of those in staff_invitation.md */

struct invite {
    struct membership_id membership; /* 0: staff */
    struct person_id person;
    struct person_id invited_by;
    enum consent_way paper_way; /* CONSENT_BY_PAPER, CONSENT_BY_PHONE, or 0 */
    const char *evidence;       /* of paper_way: "form of 3 May", may be NULL */
    const char *reason;         /* AGAIN: why; NULL the first time */
};

/* To a staff member who decides before their yes: asks for it, in answer to in_reply_to. Nothing when no invitation is open. */
MUST_CHECK enum rc invite_ask_yes_first(struct gate *gate, struct person_id staff, const char *in_reply_to,
                                        struct err *err);

/* Adds the invitation and queues its mail. The membership becomes (or stays) invited. */
MUST_CHECK enum rc invite_send(struct gate *gate, const struct audit_who *who, const struct invite *invite,
                               struct err *err);

enum invite_effect { INVITE_JOINED = 1, INVITE_DECLINED, INVITE_TO_STAFF };

struct invite_reply {
    struct invitation_id invitation; /* what the token names */
    struct arrival_id letter;
    const char *text;         /* the new words */
    bool has_alarm;           /* they opened one */
    const char *from_address; /* normalised; NULL: unknown. Another one than we wrote to is noted and shown to staff */
    const char *in_reply_to;
};

/* Reads the answer and acts. INVITE_TO_STAFF: it was neither yes nor no; staff have got it and the person a kind line. */
MUST_CHECK enum rc invite_answer(struct gate *gate, const struct invite_reply *reply, enum invite_effect *ret_effect,
                                 struct err *err);
/* Repeats, and puts on the list. Opens its own transactions. ret_did counts what was done. */
MUST_CHECK enum rc invite_tick(struct gate *gate, size_t *ret_did, struct err *err);

/* Whom to call: [name, phone, group_name, invited_when]. */
MUST_CHECK enum rc invite_listed_json(struct gate *gate, const struct person *reader, struct arena *mem,
                                      struct json **ret_list, struct err *err);
/* Job JOB_NOT_ANSWERED: the weekly list to moderators and managers; sets the next one while somebody is on it; no mail of its own while the
 * daily mail holds it. Needs an open transaction. */
MUST_CHECK enum rc invite_send_list(struct gate *gate, struct err *err);

#endif
