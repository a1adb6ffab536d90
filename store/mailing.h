/*
 * mailing: what we say, rendered: the bytes that deliveries fill in, and one number for every kind of message.
 *
 * Shape    A mailing is one rendering: one kind, language and format; of a digest also one version of its issue, one cursor, one audience and
 *          one part. built holds serial_save's bytes; slots is a JSON text that says what each slot of the rendering means.
 *          A notice has a mailing of its own; an issue's or a post's is shared by many deliveries.
 * Units    language and format are the numbers of store/person. audience has bit i set when the i-th audience tag of the issue is the
 *          reader's. part counts from 0: what did not fit into part n stands in part n + 1.
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   mailing_add: somebody stored the same rendering of that issue already: find it
 * State    Writes need an open transaction.
 */
#ifndef STORE_MAILING_H
#define STORE_MAILING_H

#include "store/store.h"

/* Stored. A worker of its own serves LANE_URGENT. */
enum lane { LANE_URGENT, LANE_REVIEW, LANE_REPLY, LANE_VISIT, LANE_DIGEST, LANE_COUNT };

/* X(number, NAME, template file's name without its ending, default lane). Numbers are stored: append only, never reuse one. */
/* clang-format off */
#define MAILING_KINDS(X)                                                                                               \
    X(1, DIGEST, "digest", LANE_DIGEST)                                                                                \
    X(2, POST, "post", LANE_DIGEST)                                                                                    \
    X(3, COMMENT, "comment", LANE_DIGEST)                                                                              \
    X(4, ANNOUNCEMENT, "announcement", LANE_DIGEST)                                                                    \
    X(5, CORRECTION, "correction", LANE_DIGEST)                                                                        \
    X(10, INVITATION, "invitation", LANE_REPLY)                                                                        \
    X(11, INVITATION_AGAIN, "invitation_again", LANE_REPLY)                                                            \
    X(12, CONSENT_UNCLEAR, "consent_unclear", LANE_REPLY)                                                              \
    X(13, WELCOME, "welcome", LANE_REPLY)                                                                              \
    X(14, CONFIRM_PAPER, "confirm_paper", LANE_REPLY)                                                                  \
    X(20, RECEIPT, "receipt", LANE_REPLY)                                                                              \
    X(21, RETURNED, "returned", LANE_REPLY)                                                                            \
    X(22, REJECTED, "rejected", LANE_REPLY)                                                                            \
    X(23, ASKED, "asked", LANE_REPLY)                                                                                  \
    X(24, EDIT_OK, "edit_ok", LANE_REPLY)                                                                              \
    X(25, PRIVATE_ANSWER, "private_answer", LANE_REPLY)                                                                \
    X(26, WITHDRAWN, "withdrawn", LANE_REPLY)                                                                          \
    X(27, NOT_SENT, "not_sent", LANE_REPLY)                                                                            \
    X(28, WHICH_ONE, "which_one", LANE_REPLY)                                                                          \
    X(29, WHO_WRITES, "who_writes", LANE_REPLY)                                                                        \
    X(30, UNVERIFIED, "unverified", LANE_REPLY)                                                                        \
    X(31, NOT_MEMBER, "not_member", LANE_REPLY)                                                                        \
    X(32, GROUP_ENDED, "group_ended", LANE_REPLY)                                                                      \
    X(33, TOO_LARGE, "too_large", LANE_REPLY)                                                                          \
    X(34, NOTHING_NEW, "nothing_new", LANE_REPLY)                                                                      \
    X(35, CRISIS_ACK, "crisis_ack", LANE_URGENT)                                                                       \
    X(40, HELP, "help", LANE_URGENT)                                                                                   \
    X(41, STOPPED, "stopped", LANE_URGENT)                                                                             \
    X(42, LEFT, "left", LANE_REPLY)                                                                                    \
    X(43, LEFT_CHECK, "left_check", LANE_REPLY)                                                                        \
    X(44, PAUSED, "paused", LANE_REPLY)                                                                                \
    X(45, RESUMED, "resumed", LANE_REPLY)                                                                              \
    X(46, RHYTHM_CHANGED, "rhythm_changed", LANE_REPLY)                                                                \
    X(47, RULES, "rules", LANE_REPLY)                                                                                  \
    X(48, INFO, "info", LANE_REPLY)                                                                                    \
    X(49, NAME_CHANGED, "name_changed", LANE_REPLY)                                                                    \
    X(50, NAME_TAKEN, "name_taken", LANE_REPLY)                                                                        \
    X(51, REPORTED, "reported", LANE_REPLY)                                                                            \
    X(52, MORE, "more", LANE_REPLY)                                                                                    \
    X(53, FORMAT_CHANGED, "format_changed", LANE_REPLY)                                                                \
    X(54, LANGUAGE_CHANGED, "language_changed", LANE_REPLY)                                                            \
    X(55, STATUS, "status", LANE_REPLY)                                                                                \
    X(56, UNDONE, "undone", LANE_REPLY)                                                                                \
    X(57, NOT_UNDONE, "not_undone", LANE_REPLY)                                                                        \
    X(58, NOT_UNDERSTOOD, "not_understood", LANE_REPLY)                                                                \
    X(59, GROUP_CLOSING, "group_closing", LANE_DIGEST)                                                                 \
    X(70, REVIEW, "review", LANE_REVIEW)                                                                               \
    X(71, REVIEW_LIST, "review_list", LANE_REVIEW)                                                                     \
    X(72, REVIEW_DONE, "review_done", LANE_REVIEW)                                                                     \
    X(73, REVIEW_TAKEN, "review_taken", LANE_REVIEW)                                                                   \
    X(74, REVIEW_UNCLEAR, "review_unclear", LANE_REVIEW)                                                               \
    X(75, REVIEW_DENIED, "review_denied", LANE_REVIEW)                                                                 \
    X(76, REVIEW_REMINDER, "review_reminder", LANE_REVIEW)                                                             \
    X(80, PAGE, "page", LANE_URGENT)                                                                                   \
    X(81, PAGE_CLAIMED, "page_claimed", LANE_URGENT)                                                                   \
    X(82, PAGE_DONE, "page_done", LANE_URGENT)                                                                         \
    X(90, DESK_PREVIEW, "desk_preview", LANE_REVIEW)                                                                   \
    X(91, DESK_SENT, "desk_sent", LANE_REVIEW)                                                                         \
    X(92, DESK_UNCLEAR, "desk_unclear", LANE_REVIEW)                                                                   \
    X(93, DESK_HELP, "desk_help", LANE_REVIEW)                                                                         \
    X(94, REPLY_PREVIEW, "reply_preview", LANE_REVIEW)                                                                 \
    X(100, STAFF_PARKED, "staff_parked", LANE_REVIEW)                                                                  \
    X(101, STAFF_FAILED, "staff_failed", LANE_REVIEW)                                                                  \
    X(102, STAFF_LEFT, "staff_left", LANE_REVIEW)                                                                      \
    X(103, STAFF_NOT_ANSWERED, "staff_not_answered", LANE_REVIEW)                                                      \
    X(104, STAFF_NEW_ADDRESS, "staff_new_address", LANE_REVIEW)                                                        \
    X(105, STAFF_REPORT, "staff_report", LANE_REVIEW)                                                                  \
    X(106, STAFF_ANSWER, "staff_answer", LANE_REVIEW)                                                                  \
    X(107, STAFF_ANCHOR, "staff_anchor", LANE_REVIEW)                                                                  \
    X(108, STAFF_INVITATION, "staff_invitation", LANE_REPLY)                                                           \
    X(109, STAFF_NOTE, "staff_note", LANE_REVIEW)
/* clang-format on */

enum mailing_kind {
#define MAILING_KIND_ENUM(number, name, file, lane) MAILING_##name = number,
    MAILING_KINDS(MAILING_KIND_ENUM)
#undef MAILING_KIND_ENUM
        MAILING_KIND_END
};

/* "digest"; NULL for a number that is none. */
const char *mailing_template_name(enum mailing_kind kind);
enum lane mailing_default_lane(enum mailing_kind kind);

struct mailing {
    struct mailing_id id;
    enum mailing_kind kind;
    struct group_id group; /* 0: the practice's desk */
    struct issue_id issue; /* 0: no digest */
    int64_t issue_version;
    int64_t subject_id; /* post, question, invitation, page …: by kind; 0 none */
    int64_t language, format;
    int64_t from_seq, audience, part;
    const void *built;
    size_t built_len;
    const char *slots; /* JSON */
    int64_t created_ms;
};

/* Which rendering of an issue. */
struct mailing_rendering {
    struct issue_id issue;
    int64_t version, language, format, from_seq, audience, part;
};

extern const struct db_domain mailing_domain;

/* Fills mailing->id and created_ms. */
MUST_CHECK enum rc mailing_add(struct store *st, struct mailing *mailing, struct err *err);
MUST_CHECK enum rc mailing_get(struct store *st, struct mailing_id id, struct arena *mem, struct mailing *ret_mailing,
                               struct err *err);
MUST_CHECK enum rc mailing_find_rendering(struct store *st, const struct mailing_rendering *which, struct arena *mem,
                                          struct mailing *ret_mailing, struct err *err);

#endif
