/*
 * talk: private conversations of staff with one patient: PRIVATE and ASK about a note, what the patient answers, what staff answer again.
 *
 *            PRIVATE, ASK  ── talk_write ──→ the patient alone (TOKEN_PRIVATE)
 *            the patient's reply ── talk_take ──→ private_note to the staff member who wrote last
 *            their reply: any words ── talk_write ──→ the patient;   DONE ── talk_end;   PASS ── talk_pass: the next on duty
 *            unanswered for 4 working hours ── talk_tick: again, then daily, from the second time on to the next on duty too
 *
 * Rule     What is said here stands in store/private, apart from posts: no rule of the group's letters can reach it. Each act of staff is audited; what
 *          was said is in the talk, not in the log.
 * Errors   RC_NOT_FOUND  talk_write: the patient cannot be written to; the words stand in the talk all the same
 *          RC_CONFLICT   talk_end, talk_pass: closed meanwhile   RC_INPUT  talk_pass: nobody else is on duty
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_TALK_H
#define GATEWAY_SAY_TALK_H

#include "gateway/practice/gate.h"
#include "base/json.h"
#include "store/audit.h"
#include "store/mailing.h"
#include "store/post.h"
#include "store/private.h"

/* Words of staff for one patient. */
struct talk_words {
    const struct person *staff;
    struct person_id patient;
    struct group_id group;    /* 0: none */
    enum mailing_kind kind;   /* MAILING_PRIVATE_ANSWER or MAILING_ASK */
    const char *text;         /* what staff say */
    const struct post *about; /* the note that it answers; NULL: the patient's last private words */
    bool is_kept_back;        /* that note does not go to the group */
    struct arrival_id letter; /* how the words of staff came; 0: typed */
    enum audit_way way;
    enum audit_verb verb; /* AUDIT_PRIVATE_WRITTEN, unless the caller audits it: 0 */
};

MUST_CHECK enum rc talk_write(struct gate *gate, const struct talk_words *words, struct err *err);

/* Words of a patient, proved. Staff get them. */
struct talk_letter {
    struct arrival_id arrival;
    const struct person *patient;
    struct group_id group;
    const char *text;
    const char *remark; /* stands below it for staff alone, in no one's name; NULL: none */
};

MUST_CHECK enum rc talk_take(struct gate *gate, const struct talk_letter *letter, struct err *err);

MUST_CHECK enum rc talk_end(struct gate *gate, struct talk_id talk, const struct audit_who *who, struct err *err);
/* ret_next is in mem. */
MUST_CHECK enum rc talk_pass(struct gate *gate, struct talk_id talk, const struct audit_who *who, struct arena *mem,
                             struct person *ret_next, struct err *err);
/* Reminders. ret_did counts the talks. */
MUST_CHECK enum rc talk_tick(struct gate *gate, size_t *ret_did, struct err *err);

/* The newest `most` things that were said, for templates: [{who, when, text}], oldest first. The shown name of the patient, the full names of staff. */
MUST_CHECK enum rc talk_history(struct gate *gate, const struct private_talk *talk, enum person_language language,
                                size_t most, struct arena *mem, struct json **ret_lines, struct err *err);

#endif
