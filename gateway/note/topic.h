/*
 * topic: words of staff that open a conversation: at once, on a date, or at the group's hour of the week.
 *
 * Shape    Drafted ahead, reviewed ahead like every note, sent by the clock:
 *
 *            topic_plan ── held, a moderator is asked ── OK before its date ── released for its date ── the clock ── published
 *                               │                        └─ UNDO: it waits again
 *                               └─ OK after its date, or without one: published at once (gateway/note/release)
 *
 *          An announcement with a date goes the same way: it opens no conversation, goes to everybody (or those with a tag), and two people look at it
 *          where the word lists found something.
 *          Without an OK nothing goes out, whatever the date. A date is a local time of the group's zone: kept as day and minute, brought to UTC
 *          when it is due (schedules/zone says what a skipped or doubled hour means), so a change of the clocks or of the zone's rules moves nothing.
 * Units    UTC milliseconds; minutes of the local day; weekday 0 is Sunday.
 * Errors   RC_INPUT      no text; a date that lies behind, or more than TOPIC_AHEAD_MS ahead; the group has ended
 *          RC_NOT_FOUND  no such post; TOPIC_NEXT and the group has no hour of the week
 *          RC_CONFLICT   topic_cancel: it went out already
 * State    Needs an open transaction, but topic_read_hour and topic_list.
 */
#ifndef GATEWAY_NOTE_TOPIC_H
#define GATEWAY_NOTE_TOPIC_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/post.h"
#include "store/topic.h"

#define TOPIC_NOW INT64_C(0)
#define TOPIC_NEXT INT64_C(-1) /* the first of the group's weekly hours that no other topic has */
#define TOPIC_AHEAD_MS (400 * MS_DAY)

/* Of what the word lists find, all that matters where staff wrote it: advice and questions are what their topics may well be about. */
#define TOPIC_FLAGS                                                                                                    \
    (POST_FLAG_CRISIS | POST_FLAG_MEDICAL | POST_FLAG_CONTACT | POST_FLAG_RESULTS | POST_FLAG_CONFLICT | POST_FLAG_NAME)

struct topic_draft {
    struct group_id group;
    struct person_id author;  /* staff */
    bool is_news;             /* an announcement; it needs a date */
    const char *tag;          /* of an announcement: only to these; NULL: everybody */
    const char *title;        /* NULL: its first words */
    const char *text;         /* clean UTF-8 */
    int64_t when_ms;          /* TOPIC_NOW, TOPIC_NEXT, or a date */
    struct arrival_id letter; /* 0: none */
    int64_t flags;            /* enum post_flag: what the word lists found in it */
    bool is_decided;          /* the caller decides about it in this transaction: nobody is asked */
    struct audit_who who;
};

/* *ret_due_ms: when it goes out if it has its OK by then; 0 for TOPIC_NOW. */
MUST_CHECK enum rc topic_plan(struct gate *gate, const struct topic_draft *draft, struct post *ret_post,
                              int64_t *ret_due_ms, struct err *err);
/* RC_INPUT: nobody of the group would get an announcement to this tag (NULL, "": to all). */
MUST_CHECK enum rc topic_check_audience(struct gate *gate, struct group_id group, const char *tag, struct err *err);
/* Whether it has, or had, a date of its own. */
MUST_CHECK enum rc topic_has_date(struct gate *gate, struct post_id id, bool *ret_has, struct err *err);
/* It will not go out, OK or not. */
MUST_CHECK enum rc topic_cancel(struct gate *gate, const struct audit_who *who, struct post_id id, struct err *err);
/* "Tue 9:00"; "" or "none" takes the group's hour away. */
MUST_CHECK enum rc topic_read_hour(const char *text, struct topic_hour *ret_hour, struct err *err);
MUST_CHECK enum rc topic_set_hour(struct gate *gate, const struct audit_who *who, struct group_id group,
                                  const struct topic_hour *hour, struct err *err);

/* A topic as it stands on a list. */
struct topic_line {
    struct topic topic;
    int64_t due_ms;
    const char *title, *author;
};
/* What waits for its date in a group (0: in all), in the order of the dates. */
MUST_CHECK enum rc topic_list(struct gate *gate, struct group_id group, struct arena *mem, struct topic_line **ret,
                              size_t *ret_n, struct err *err);

/* For gateway/note/release: when this post may go out; 0 is now: it has no date, or its date lies behind. */
MUST_CHECK enum rc topic_due(struct gate *gate, const struct post *post, int64_t *ret_due_ms, struct err *err);
/* It has its OK (the row in `review` is written): the clock sends it. */
MUST_CHECK enum rc topic_release(struct gate *gate, struct post *post, int64_t due_ms, struct err *err);
/* The way back: it waits for a decision again. Between the two, the caller writes the UNDO's own row in `review`. */
MUST_CHECK enum rc topic_take_back(struct gate *gate, struct post *post, struct err *err);
/* The group ends: what has its OK waits again, for gateway/office/ending to give back. */
MUST_CHECK enum rc topic_end_group(struct gate *gate, struct group_id group, struct err *err);
/* For the clock, JOB_TOPIC: publishes what has its OK. */
MUST_CHECK enum rc topic_run(struct gate *gate, struct post_id id, struct err *err);

#endif
