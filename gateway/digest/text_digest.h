/*
 * text_digest: a member's digest as one text, from the same issues as the letters.
 *
 *            an issue closes ── text_digest_owe ─┐
 *            an announcement ── text_digest_owe ─┼→ JOB_TEXT_DIGEST (membership, due) ── text_digest_run ── one text in store/text_out
 *            a note changed ─ text_digest_changed ┘                     └─ out of hours, a full week, no time before quiet hours: due again then
 *
 * Shape    Nothing is written down of what a text will hold: when it is due, text_digest_run finds what the member is owed now, past their cursor and what is
 *          under way, takes back what waits, and queues one text that says all of it: visits and announcements first, then the conversations of the
 *          closed issue, each with a number of their own line (store/text_line). What was taken back or came too late is owed still, and said by the next. Corrections
 *          of what they had go first, each in a text of its own.
 *          By text, the rhythm `each` is daily. `news` gets announcements.
 * Both     Who reads by mail and by text gets the letter and the text of an issue, announcements by both; the cursor is the letters' alone.
 * Rule     At most TEXT_DIGEST_PARTS parts; gateway/sms/text_hours; at most so many texts a week; the reminder of STOP in the first text and every
 *          TEXT_REMIND_MS or tenth digest; by the level of the number.
 * Cursors  As a letter's: it rises when the provider accepted the text. The posts that it holds, with versions, are in store/text_out: who got exactly what.
 * Errors   Of the store
 * State    Needs an open transaction; text_digest_preview reads only.
 */
#ifndef GATEWAY_DIGEST_TEXT_DIGEST_H
#define GATEWAY_DIGEST_TEXT_DIGEST_H

#include "gateway/digest/text_compose.h"
#include "store/issue.h"
#include "store/membership.h"

#define TEXT_DIGEST_PARTS 3
#define TEXT_REMIND_MS (30 * MS_DAY)
#define TEXT_REMIND_DIGESTS 10

/* There is, or will be at due_ms, something for the member; an earlier time that is set already stays. */
MUST_CHECK enum rc text_digest_owe(struct gate *gate, struct membership_id membership, int64_t due_ms, struct err *err);
/* The job. */
MUST_CHECK enum rc text_digest_run(struct gate *gate, struct membership_id membership, struct err *err);
/* A published post got a note or was withdrawn: texts that wait are said anew. */
MUST_CHECK enum rc text_digest_changed(struct gate *gate, const struct post *post, struct err *err);
/* May this member of the roster, whose channel is text, be written to now? */
MUST_CHECK enum rc text_digest_reaches(struct gate *gate, const struct roster_row *row, bool *ret_does,
                                       struct err *err);

/* What a reader with this cursor would get of the issue, with numbers from TEXT_ITEM_FIRST on. RC_NOT_FOUND: the practice has no number to write from. */
MUST_CHECK enum rc text_digest_preview(struct gate *gate, const struct issue *issue, const struct issue_item *items,
                                       size_t n, enum person_language language, int level, struct arena *mem,
                                       struct text_composed *ret, struct err *err);

#endif
