/*
 * text_queue: says one thing to one person by text: what gateway/say/notice is for mail.
 *
 * Shape    Picks the number to write from, makes the words fit (mailer/translit: smart), counts parts, asks consent, suppression and budget, and adds
 *          one row to store/text_out in the caller's transaction. The text roles send it; text_out_begin asks consent again.
 *          Nobody's words are looked at here: what may be said is decided before.
 * Units    parts are segments.
 * Errors   RC_NOT_FOUND  nothing queued: the practice has no number, or this person may not be written to (consent, STOP, suppression, no such address)
 *          RC_CONFLICT   `once` went to them before
 *          RC_DENIED     the month's budget is used up, or the number has had TEXT_PARTS_A_DAY: say it by mail, or not (never of what is exempt).
 *                        gate->refused says which
 *          RC_LIMIT      over TEXT_PARTS_MAX parts    RC_INPUT  an empty text, or no UTF-8
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SMS_TEXT_QUEUE_H
#define GATEWAY_SMS_TEXT_QUEUE_H

#include "gateway/practice/gate.h"
#include "store/text_out.h"

#define TEXT_PARTS_MAX 10
#define TEXT_LIVE_MS (4 * MS_HOUR)      /* a text that could not leave by then is not sent */
#define TEXT_CONFIRM_MS (5 * MS_MINUTE) /* R4: the confirmation of a STOP */

struct text_say {
    enum mailing_kind kind;
    int lane; /* enum lane; below 0: the kind's */
    enum text_needs needs;
    bool is_exempt;                  /* answers to STOP, START and HELP, crisis texts: no budget, no bucket */
    bool is_past_budget;             /* one part that says that the money is gone */
    struct person_id person;         /* 0: nobody we know */
    struct membership_id membership; /* 0: none */
    struct group_id group;
    struct address_id address;    /* of kind phone */
    struct text_sender_id sender; /* 0: the usual one */
    struct issue_id issue;
    int64_t subject_id, from_seq, to_seq;
    const char *words;    /* UTF-8 */
    int64_t due_ms;       /* 0: now */
    int64_t not_after_ms; /* 0: TEXT_LIVE_MS after due_ms */
    const char *once;     /* NULL: none */
    const struct text_post *posts;
    size_t post_count;
};

/* ret_id may be NULL. */
MUST_CHECK enum rc text_queue(struct gate *gate, const struct text_say *say, struct text_id *ret_id, struct err *err);

/* What words would cost: parts, whether they are UCS-2, and how many characters were replaced: for "shown before release". */
struct text_measure {
    int64_t parts;
    bool is_ucs2;
    size_t changed;
    const char *words; /* as they would leave; in mem */
};
MUST_CHECK enum rc text_measure(const char *words, struct arena *mem, struct text_measure *ret, struct err *err);

/* May this number be written to now? False with RC_OK in *ret_rc: it may not. */
bool text_may_write(struct gate *gate, struct address_id address, enum text_needs needs, enum rc *ret_rc,
                    struct err *err);
/* Millionths of the currency for that many parts; the setting text-price (what one part costs), else a list price. */
MUST_CHECK enum rc text_price(struct gate *gate, int64_t parts, int64_t *ret_micro, struct err *err);

#endif
