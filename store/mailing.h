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

/* X(number, NAME, template file's name without its ending, default lane). Numbers are stored: append only, never reuse one (76 was). */
/* clang-format off */
#define MAILING_KINDS(X)                                                                                               \
    X(1, DIGEST, "digest", LANE_DIGEST)                                                                                \
    X(2, POST, "single", LANE_DIGEST)                                                                                  \
    X(3, COMMENT, "single", LANE_DIGEST)                                                                               \
    X(4, ANNOUNCEMENT, "announcement", LANE_DIGEST)                                                                    \
    X(5, CORRECTION, "correction", LANE_DIGEST)                                                                        \
    X(10, INVITATION, "invitation", LANE_REPLY)                                                                        \
    X(11, INVITATION_AGAIN, "invitation_again", LANE_REPLY)                                                            \
    X(12, CONSENT_CHECK, "consent_check", LANE_REPLY)                                                                  \
    X(13, WELCOME, "welcome", LANE_REPLY)                                                                              \
    X(14, STAFF_INVITATION, "staff_invitation", LANE_REPLY)                                                            \
    X(15, STAFF_WELCOME, "staff_welcome", LANE_REPLY)                                                                  \
    X(16, STAFF_YES_FIRST, "staff_yes_first", LANE_REPLY)                                                              \
    X(20, MORE, "more", LANE_REPLY)                                                                                    \
    X(21, RECEIPT, "receipt", LANE_REPLY)                                                                              \
    X(22, RETURNED, "returned", LANE_REPLY)                                                                            \
    X(23, NOT_SENT, "not_sent", LANE_REPLY)                                                                            \
    X(24, ASK, "ask", LANE_REPLY)                                                                                      \
    X(25, EDIT_OK, "edit_ok", LANE_REPLY)                                                                              \
    X(26, PRIVATE_ANSWER, "private_answer", LANE_REPLY)                                                                \
    X(27, WHICH_ONE, "which_one", LANE_REPLY)                                                                          \
    X(28, WHO_IS_WRITING, "who_is_writing", LANE_REPLY)                                                                \
    X(29, NOT_YES, "not_yes_received", LANE_REPLY)                                                                    \
    X(30, PLEASE_CALL, "please_call", LANE_REPLY)                                                                      \
    X(31, PHONE, "phone", LANE_REPLY)                                                                                  \
    X(40, HELP, "help", LANE_URGENT)                                                                                   \
    X(41, RULES, "rules", LANE_REPLY)                                                                                  \
    X(42, INFO, "info", LANE_REPLY)                                                                                    \
    X(43, STATUS, "status", LANE_REPLY)                                                                                \
    X(44, STOPPED, "stopped", LANE_URGENT)                                                                             \
    X(45, LEFT, "left", LANE_REPLY)                                                                                    \
    X(46, PAUSED, "paused", LANE_REPLY)                                                                                \
    X(47, RESUMED, "resumed", LANE_REPLY)                                                                              \
    X(48, PAUSE_OVER, "check_in_pause_end", LANE_REPLY)                                                                        \
    X(49, RHYTHM, "rhythm", LANE_REPLY)                                                                                \
    X(50, NAME_CHANGED, "name_changed", LANE_REPLY)                                                                    \
    X(51, NAME_TAKEN, "name_taken", LANE_REPLY)                                                                        \
    X(52, ANON_HELP, "anon_help", LANE_REPLY)                                                                          \
    X(53, UNDO_DONE, "undo_done", LANE_REPLY)                                                                          \
    X(54, UNDO_NOTHING, "undo_nothing", LANE_REPLY)                                                                    \
    X(55, REPORT_THANKS, "report_thanks", LANE_REPLY)                                                                  \
    X(56, BIG_ON, "big_on", LANE_REPLY)                                                                                \
    X(57, LANGUAGE_CHANGED, "language_changed", LANE_REPLY)                                                            \
    X(58, NOT_UNDERSTOOD, "not_understood", LANE_REPLY)                                                                \
    X(59, EMPTY_NOTE, "empty_note", LANE_REPLY)                                                                        \
    X(60, TOO_BIG, "too_big", LANE_REPLY)                                                                              \
    X(61, OLD_LETTER, "old_letter", LANE_REPLY)                                                                        \
    X(62, GROUP_CLOSING, "group_closing", LANE_DIGEST)                                                                 \
    X(63, GROUP_OVER, "group_over", LANE_REPLY)                                                                        \
    X(64, LEAVE_CHECK, "leave_check", LANE_REPLY)                                                                      \
    X(65, CRISIS_ACK, "crisis_ack", LANE_URGENT)                                                                       \
    X(66, MEDICAL_ACK, "medical_ack", LANE_URGENT)                                                                     \
    X(67, ENCRYPTED_NOTE, "encrypted_note", LANE_REPLY)                                                                \
    X(68, FILES_LEFT, "files_left", LANE_REPLY)                                                                        \
    X(69, PHOTO_WORDS, "photo_words", LANE_REPLY)                                                                      \
    X(70, REVIEW, "review", LANE_REVIEW)                                                                               \
    X(71, REVIEW_LIST, "review_list", LANE_REVIEW)                                                                     \
    X(72, REVIEW_DONE, "review_done", LANE_REVIEW)                                                                     \
    X(73, REVIEW_UNCLEAR, "review_unclear", LANE_REVIEW)                                                               \
    X(74, REVIEW_ALREADY, "review_already", LANE_REVIEW)                                                               \
    X(75, REVIEW_REMINDER, "review_reminder", LANE_REVIEW)                                                             \
    X(90, ANNOUNCE_PREVIEW, "announce_preview", LANE_REVIEW)                                                           \
    X(91, ANNOUNCE_CHANGED, "announce_changed", LANE_REVIEW)                                                           \
    X(92, ANNOUNCE_SENT, "announce_sent", LANE_REVIEW)                                                                 \
    X(93, TO_ALL_OR_PRIVATE, "to_all_or_private", LANE_REVIEW)                                                         \
    X(94, PRIVATE_NOTE, "private_note", LANE_REVIEW)                                                                   \
    X(95, PRIVATE_DONE, "private_done", LANE_REVIEW)                                                                   \
    X(80, PAGE, "page", LANE_URGENT)                                                                                   \
    X(81, PAGE_CLAIMED, "page_claimed", LANE_URGENT)                                                                   \
    X(82, PAGE_DETAILS, "page_details", LANE_URGENT)                                                                   \
    X(83, PAGE_DONE, "page_done", LANE_URGENT)                                                                         \
    X(84, PAGE_TAKEN, "page_taken", LANE_URGENT)                                                                       \
    X(85, PAGE_REMINDER, "page_reminder", LANE_URGENT)                                                                 \
    X(86, PAGE_SECOND, "page_second", LANE_URGENT)                                                                     \
    X(87, FAULT, "fault", LANE_URGENT)                                                                                 \
    X(100, STAFF_NOTICE, "staff_notice", LANE_REVIEW)                                                                  \
    X(101, ALSO_THIS_PERSON, "also_this_person", LANE_REVIEW)                                                          \
    X(102, UNVERIFIED_NOTE, "unverified_note", LANE_REVIEW)                                                            \
    X(103, NOT_ANSWERED, "not_answered", LANE_REVIEW)                                                                  \
    X(110, DESK_PREVIEW, "desk_preview", LANE_REVIEW)                                                                 \
    X(111, DESK_DONE, "desk_done", LANE_REVIEW)                                                                       \
    X(112, DESK_SHOW, "desk_show", LANE_REVIEW)                                                                       \
    X(113, DESK_HELP, "desk_help", LANE_REVIEW)                                                                       \
    X(114, DESK_UNCLEAR, "desk_unclear", LANE_REVIEW)                                                                 \
    X(115, DAILY_MAIL, "daily_mail", LANE_REVIEW)                                                                     \
    X(120, EXPORT_CODE, "export_code", LANE_REPLY)                                                                     \
    X(130, POLL_ANSWER, "poll_answer", LANE_REPLY)                                                                     \
    X(131, UNANSWERED, "unanswered", LANE_REVIEW)                                                                     \
    X(140, CHECK_IN_ASK, "check_in_ask", LANE_DIGEST)                                                                 \
    X(141, CHECK_IN, "check_in", LANE_DIGEST)                                                                         \
    X(142, CHECK_IN_ANSWER, "check_in_answer", LANE_REPLY)                                                            \
    X(143, MAY_WE, "may_we", LANE_REPLY)                                                                              \
    X(144, THANKED, "thanked", LANE_REPLY)                                                                            \
    X(160, VISIT_INVITATION, "visit_invitation", LANE_VISIT)                                                          \
    X(161, VISIT_CHANGED, "visit_changed", LANE_VISIT)                                                                \
    X(162, VISIT_CANCELLED, "visit_cancelled", LANE_VISIT)                                                            \
    X(163, VISIT_ANSWER, "visit_answer", LANE_REPLY)                                                                  \
    X(164, VISIT_PLACE, "visit_place", LANE_VISIT)                                                                    \
    X(165, VISIT_REMINDER, "visit_reminder", LANE_VISIT)                                                              \
    X(166, VISIT_STAFF, "visit_staff", LANE_VISIT)                                                                    \
    X(167, VISIT_CALLS, "visit_calls", LANE_REVIEW)                                                                   \
    X(168, VISIT_DESK, "visit_desk", LANE_REVIEW)                                                                     \
    X(169, VISIT_AFTER, "visit_after", LANE_REVIEW)                                                                   \
    X(170, VISIT_MISSED, "visit_missed", LANE_VISIT)                                                                   \
    X(171, VISIT_QUESTIONS, "visit_questions", LANE_VISIT)                                                             \
    X(180, TEXT_STOPPED, "text_stopped", LANE_URGENT)                                                                 \
    X(181, TEXT_STARTED, "text_started", LANE_URGENT)                                                                 \
    X(182, TEXT_HELP, "text_help", LANE_URGENT)                                                                       \
    X(183, TEXT_CRISIS, "text_crisis", LANE_URGENT)                                                                   \
    X(184, TEXT_MEDICAL, "text_medical", LANE_URGENT)                                                                 \
    X(190, TEXT_NOTICE, "text_notice", LANE_REPLY)                                                                    \
    X(193, TEXT_GOT_IT, "text_got_it", LANE_REPLY)                                                                     \
    X(194, TEXT_WHICH, "text_which", LANE_REPLY)                                                                       \
    X(195, TEXT_LIST, "text_list", LANE_REPLY)                                                                         \
    X(196, TEXT_GROUPS, "text_groups", LANE_REPLY)                                                                     \
    X(198, TEXT_SAY, "text_say", LANE_REPLY)                                                                          \
    X(197, TEXT_LANGUAGE, "text_language", LANE_REPLY) \
    X(199, TEXT_STRANGER, "text_stranger", LANE_REPLY) \
    X(220, TEXT_DIGEST, "text_digest", LANE_DIGEST)                                                                   \
    X(221, TEXT_NEWS, "text_news", LANE_DIGEST)                                                                       \
    X(222, TEXT_MORE, "text_more", LANE_REPLY)                                                                        \
    X(223, TEXT_CORRECTION, "text_correction", LANE_REPLY)                                                            \
    X(224, TEXT_LEVEL, "text_level", LANE_REPLY) \
    X(225, TEXT_STILL, "text_still", LANE_REPLY)                                                                       \
    X(200, TEXT_PAGE, "text_page", LANE_URGENT)                                                                       \
    X(201, TEXT_PAGE_NEWS, "text_page_news", LANE_URGENT)                                                             \
    X(202, TEXT_STAFF, "text_staff", LANE_REPLY)                                                                      \
    X(203, TEXT_REVIEW, "text_review", LANE_REVIEW)                                                                   \
    X(204, TEXT_DECIDED, "text_decided", LANE_REVIEW)
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
/* Between staff and one person alone: nothing that answers it may ever become a note of the group. */
bool mailing_is_private(enum mailing_kind kind);
/* About a visit: what answers it is an answer, never a note. */
bool mailing_is_of_visit(enum mailing_kind kind);

/* A post that a rendering holds: whole, or two lines of it above an answer. */
struct mailing_post {
    struct post_id post;
    int64_t version; /* of the post */
    bool is_whole;
};

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
    const char *slots;                /* JSON */
    const struct mailing_post *posts; /* mailing_add writes them; not read back by mailing_get */
    size_t post_count;
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
