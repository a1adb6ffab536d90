/*
 * audit: every act of staff and every rule that acted, append-only, one chain per practice.
 *
 * Shape    A row says who, did what, about which item, when, by which way; old and new value stand beside it as sealed values with a salt, and in
 *          the row only as salted commitments: erasure deletes value and salt, and the chain still verifies. Each row's MAC (SEAL_AUDIT) covers
 *          the previous row's MAC, the sequence number and every column.
 *          An anchor is "SEQ MAC" (MAC in base32) of some row, kept outside the database; it proves the tail up to there.
 * Owns     Strings of a read row live in mem; old_value and new_value are NULL when there was none or it was erased.
 * Errors   RC_CORRUPT  a row was changed, removed or re-ordered, or the anchor's row is missing; the report says which sequence number
 *          RC_INPUT    the anchor is none
 * State    audit_append needs an open transaction: the act and its row are one commit.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/store.h"

/* All stored: append only. */
enum audit_actor { AUDIT_SYSTEM = 1, AUDIT_STAFF, AUDIT_PATIENT, AUDIT_OPERATOR /* somebody at the command line */ };

enum audit_way { AUDIT_WAY_RULE = 1, AUDIT_WAY_EMAIL, AUDIT_WAY_TEXT, AUDIT_WAY_CONSOLE, AUDIT_WAY_CLI };

enum audit_item {
    AUDIT_ITEM_PRACTICE = 1,
    AUDIT_ITEM_PERSON,
    AUDIT_ITEM_ADDRESS,
    AUDIT_ITEM_GROUP,
    AUDIT_ITEM_MEMBERSHIP,
    AUDIT_ITEM_INVITATION,
    AUDIT_ITEM_CONSENT,
    AUDIT_ITEM_LETTER,
    AUDIT_ITEM_POST,
    AUDIT_ITEM_ISSUE,
    AUDIT_ITEM_DELIVERY,
    AUDIT_ITEM_PAGE,
    AUDIT_ITEM_KEY,
    AUDIT_ITEM_SETTING,
    AUDIT_ITEM_QUESTION,
    AUDIT_ITEM_PRIVATE,
    AUDIT_ITEM_CHECK_IN,
    AUDIT_ITEM_VISIT,
    AUDIT_ITEM_TOPIC_SERIES,
    AUDIT_ITEM_END
};

/* X(number, NAME, "name for people and --json") */
/* clang-format off */
#define AUDIT_VERBS(X)                                                                                                 \
    X(1, PRACTICE_MADE, "practice made")             X(2, SETTING_SET, "setting set")                                  \
    X(3, STAFF_ADDED, "staff added")                 X(4, STAFF_CHANGED, "staff changed")                              \
    X(5, GROUP_ADDED, "group added")                 X(6, GROUP_CHANGED, "group changed")                              \
    X(7, GROUP_ENDED, "group ended")                 X(8, PERSON_ADDED, "person added")                                \
    X(9, PERSON_CHANGED, "person changed")           X(10, PERSON_READ, "person read")                                 \
    X(11, ADDRESS_ADDED, "address added")            X(12, ADDRESS_CHANGED, "address changed")                         \
    X(13, MEMBER_INVITED, "member invited")          X(14, INVITATION_REPEATED, "invitation repeated")                 \
    X(15, INVITATION_ANSWERED, "invitation answered") X(16, CONSENT_GIVEN, "consent given")                            \
    X(17, CONSENT_WITHDRAWN, "consent withdrawn")    X(18, MEMBER_JOINED, "member joined")                             \
    X(19, MEMBER_CHANGED, "member changed")          X(20, MEMBER_LEFT, "member left")                                 \
    X(21, MEMBER_REMOVED, "member removed")          X(22, MEMBER_STOPPED, "member stopped")                           \
    X(23, UNDONE, "undone")                          X(30, LETTER_TAKEN, "letter taken")                               \
    X(31, LETTER_PARKED, "letter parked")            X(32, POST_HELD, "post held")                                     \
    X(33, POST_RELEASED, "post released")            X(34, POST_HALF_RELEASED, "post half released")                   \
    X(35, POST_RETURNED, "post returned")            X(36, POST_ASKED, "author asked")                                 \
    X(37, POST_MOVED, "post moved")                  X(38, POST_REFERRED, "post referred")                             \
    X(39, POST_PRIVATE, "answered privately")        X(40, POST_CUT, "post cut")                                       \
    X(41, POST_NOTE_ADDED, "note added")             X(42, POST_WITHDRAWN, "post withdrawn")                           \
    X(43, POST_ALARMED, "post alarmed")              X(44, DECISION_REFUSED, "decision refused")                       \
    X(45, POST_RESENT, "post resent")                X(46, NOTE_REPORTED, "note reported")                             \
    X(47, BOUNCE_TAKEN, "bounce taken")              X(48, RELEASE_UNDONE, "release undone")                           \
    X(49, POST_NOT_SENT, "post not sent")                                                                              \
    X(50, PAGE_RAISED, "page raised")                X(51, PAGE_CLAIMED, "page claimed")                               \
    X(52, PAGE_DONE, "page done")                    X(53, PAGE_PASSED, "page passed on")                       \
    X(54, PAGE_HALF_DONE, "page half done")          X(55, PAGE_COMMAND_RUN, "page command run")                \
    X(56, PAGE_TESTED, "test page raised")           X(57, FAULT_CALLED, "fault called")                        \
    X(58, SHIFT_ADDED, "shift added")                X(59, SHIFT_REMOVED, "shift removed")                      \
    X(60, ANNOUNCEMENT_PREVIEWED, "announcement previewed") X(63, PAGE_JOINED, "letter joined a page") X(64, STRANGER_READ, "stranger's mail read") X(65, CRISIS_TEXTS_CHANGED, "crisis texts changed") \
    X(61, ANNOUNCEMENT_SENT, "announcement sent")    X(62, ISSUE_CLOSED, "issue closed")                               \
    X(70, KEY_ROTATED, "key rotated")                X(71, KEY_DESTROYED, "key destroyed")                             \
    X(72, BACKUP_MADE, "backup made")                X(73, RESTORED, "restored")                                       \
    X(74, RESTORE_RELEASED, "restore released")      X(75, EXPORTED, "exported")                                  \
    X(78, PRIVATE_WRITTEN, "private answer written") X(79, PRIVATE_CLOSED, "private talk closed")                      \
    X(80, PRIVATE_PASSED, "private talk passed on")  X(81, PRIVATE_READ, "private talk read")                           \
    X(90, REPORT_READ, "report read")                X(91, EXPORT_ASKED, "export asked")                           \
    X(92, EXPORT_REFUSED, "export refused")          X(93, PERSON_ERASED, "person erased")                   \
    X(94, LISTS_CHANGED, "word lists changed")       X(95, LISTS_HELD, "word lists held")                              \
    X(96, FEWER_ASKED, "fewer alarms asked")         X(97, FEWER_REFUSED, "fewer alarms refused")                       \
    X(98, LISTS_AGREED, "word lists agreed")                                                                            \
    X(100, ROSTER_READ, "member list read")          X(101, DESK_PREVIEWED, "desk act previewed")                       \
    X(110, TOPIC_PLANNED, "topic planned")           X(111, TOPIC_RELEASED, "topic released for its date")             \
    X(112, TOPIC_SENT, "topic sent")                 X(113, TOPIC_CANCELLED, "topic cancelled")                        \
    X(114, TOPIC_HOUR_SET, "topic hour set")         X(115, POLL_PLANNED, "poll planned")                              \
    X(116, POLL_CLOSED, "poll closed")               X(117, CHECK_IN_ADDED, "check-in added")                          \
    X(118, CHECK_IN_ENDED, "check-in ended")         X(119, CHECK_IN_CHOSEN, "check-in chosen")                        \
    X(120, CHECK_IN_READ, "check-in read")           X(121, MEMBER_CHOSE, "member chose")                              \
    X(130, PARKED_READ, "parked mail read")          X(131, PARKED_SAVED, "parked mail saved")                         \
    X(132, PARKED_RETRIED, "parked mail tried again") X(133, PARKED_DROPPED, "parked mail dropped")                       \
    X(140, DELIVERY_RETRIED, "letter tried again")   X(141, NOT_SECURED, "letter not sent without TLS")                        \
    X(150, PHOTO_DESCRIBED, "photo described")       X(151, PHOTO_SAVED, "photos saved")                   \
    X(152, FILES_INFECTED, "infected files dropped")                                                                   \
    X(170, TEXT_STOPPED, "texts to a number stopped") X(171, TEXT_STARTED, "texts to a number started again")            \
    X(172, TEXT_ACCOUNT_SET, "text account set")     X(173, TEXT_BUDGET_SET, "text budget set")                                   \
    X(176, TEXT_LEVEL, "what texts to a number hold set")                                                              \
    X(180, VISIT_ADDED, "visit added")               X(181, VISIT_MOVED, "visit moved")                                \
    X(182, VISIT_CANCELLED, "visit cancelled")       X(183, VISIT_CHANGED, "visit changed")                            \
    X(184, VISIT_SERIES_ADDED, "series added")       X(185, VISIT_SERIES_ENDED, "series ended")                        \
    X(186, VISIT_READ, "visit read")                 X(187, VISIT_ANSWERED, "visit answered")                          \
    X(188, VISIT_AGREED, "agreed to keep it private") X(189, ATTENDANCE_MARKED, "attendance marked")                  \
    X(190, CALENDAR_OPENED, "calendar opened")       X(191, CALENDAR_ENDED, "calendar taken back") \
    X(192, VIDEO_ACCOUNT_SET, "video account set") \
    X(195, STAFF_NUMBER_SET, "staff number set")     X(196, STAFF_TEXTS_SET, "texts of staff set")                     \
    X(197, TEXT_PIN_SET, "PIN for texts set")        X(198, TEXT_PIN_WRONG, "wrong PIN by text")                         \
    X(200, TOPIC_SERIES_ADDED, "series of topics added") X(201, TOPIC_SERIES_ENDED, "series of topics ended")         \
    X(202, TOPIC_SERIES_CHANGED, "series of topics changed") X(203, TOPIC_SERIES_SKIPPED, "date of a series left out")
/* clang-format on */

enum audit_verb {
#define AUDIT_VERB_ENUM(number, name, text) AUDIT_##name = number,
    AUDIT_VERBS(AUDIT_VERB_ENUM)
#undef AUDIT_VERB_ENUM
        AUDIT_VERB_END
};

/* Who acts, and by which way: made once per letter or command and handed down. */
struct audit_who {
    enum audit_actor actor;
    int64_t id; /* person; of an operator the user id of the system; 0 of the system */
    enum audit_way way;
};

struct audit_entry {
    int64_t seq, at_ms; /* filled by audit_append */
    struct audit_who who;
    enum audit_verb verb;
    enum audit_item item_kind;
    int64_t item_id;
    const char *old_value, *new_value; /* NULL: none */
};

extern const struct db_domain audit_domain;

/* Nobody else's act is written before this transaction ends; audit_append does it by itself. What is then read and written again is lost to nobody. */
MUST_CHECK enum rc audit_lock(const struct store *st, struct err *err);
MUST_CHECK enum rc audit_append(struct store *st, const struct audit_entry *entry, struct err *err);

struct audit_report {
    int64_t rows;        /* that verified */
    int64_t wrong_seq;   /* RC_CORRUPT: the first row that does not fit; 0 otherwise */
    int64_t erased;      /* of them, those whose values were taken away */
    bool is_tail_proven; /* an anchor vouches for the newest row or a later one */
    char head[96];       /* "SEQ MAC": an anchor for next time; "" when the log is empty */
};
/* anchor may be NULL. *ret_report is filled for RC_OK and RC_CORRUPT. */
MUST_CHECK enum rc audit_verify(struct store *st, const char *anchor, struct audit_report *ret_report, struct err *err);
/* The newest row as an anchor; "" when there is none. */
MUST_CHECK enum rc audit_head(struct store *st, char head[96], struct err *err);

/* Rows after `after` in order, at most max; item_kind 0: all, else only of that item. */
MUST_CHECK enum rc audit_list(struct store *st, enum audit_item item_kind, int64_t item_id, int64_t after, size_t max,
                              struct arena *mem, struct audit_entry **ret_entries, size_t *ret_n, struct err *err);
/* Erases the values (not the rows) of one item. */
MUST_CHECK enum rc audit_erase_item(struct store *st, enum audit_item item_kind, int64_t item_id, struct err *err);

const char *audit_verb_name(enum audit_verb verb);
const char *audit_item_name(enum audit_item kind);
const char *audit_actor_name(enum audit_actor actor);
const char *audit_way_name(enum audit_way way);

#endif
