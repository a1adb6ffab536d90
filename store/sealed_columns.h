/*
 * sealed_columns: every sealed column, for whatever goes through all of them (rekey, erase). A test holds the list against the schema.
 */
#ifndef STORE_SEALED_COLUMNS_H
#define STORE_SEALED_COLUMNS_H

#include "store/column.h"

/* column, table, name, the column of the row id. Rows with id 0 do not exist. */
/* clang-format off */
#define SEALED_COLUMNS(X)                                                                                              \
    X(COL_SETTING_VALUE, "setting", "value_sealed", "id")                                                              \
    X(COL_AUDIT_OLD, "audit_value", "old_sealed", "seq")                                                               \
    X(COL_AUDIT_NEW, "audit_value", "new_sealed", "seq")                                                               \
    X(COL_PERSON_NAME, "person", "name_sealed", "id")                                                                  \
    X(COL_PERSON_PHONE, "person", "phone_sealed", "id")                                                                \
    X(COL_PERSON_EMERGENCY, "person", "emergency_sealed", "id")                                                        \
    X(COL_PERSON_CHART, "person", "chart_sealed", "id")                                                                \
    X(COL_PERSON_NOTE, "person", "note_sealed", "id")                                                                  \
    X(COL_ADDRESS_VALUE, "address", "value_sealed", "id")                                                              \
    X(COL_GROUP_TEXTS, "care_group", "texts_sealed", "id")                                                             \
    X(COL_MEMBERSHIP_NAME, "membership", "name_sealed", "id")                                                          \
    X(COL_MEMBERSHIP_LABEL, "membership", "label_sealed", "id")                                                        \
    X(COL_CONSENT_EVIDENCE, "consent", "evidence_sealed", "id")                                                        \
    X(COL_INVITATION_REASON, "invitation", "reason_sealed", "id")                                                      \
    X(COL_LETTER_JSON, "letter", "json_sealed", "id")                                                                  \
    X(COL_CONVERSATION_TITLE, "conversation", "title_sealed", "id")                                                    \
    X(COL_POST_TEXT, "post", "text_sealed", "id")                                                                      \
    X(COL_POST_CONTEXT, "post", "context_sealed", "id")                                                                \
    X(COL_POST_NOTE, "post", "note_sealed", "id")                                                                      \
    X(COL_REVIEW_REASON, "review", "reason_sealed", "id")                                                              \
    X(COL_QUESTION_DATA, "question", "data_sealed", "id")                                                              \
    X(COL_PAGE_OUTCOME, "page", "outcome_sealed", "id")                                                                \
    X(COL_MAILING_BUILT, "mailing", "built_sealed", "id")                                                              \
    X(COL_MAILING_SLOTS, "mailing", "slots_sealed", "id")                                                              \
    X(COL_DELIVERY_REMOTE, "delivery", "remote_sealed", "id")                                                          \
    X(COL_DELIVERY_VALUES, "delivery", "values_sealed", "id")                                                          \
    X(COL_PRIVATE_TEXT, "private_note", "text_sealed", "id")                                                           \
    X(COL_GOODBYE_MESSAGE, "goodbye", "message_sealed", "id")                                                           \
    X(COL_PHOTO_ALT, "photo", "alt_sealed", "id")                                                                      \
    X(COL_PHOTO_JPEG, "photo", "jpeg_sealed", "id")                                                                    \
    X(COL_POLL_CHOICE, "poll_vote", "choice_sealed", "id")                                                             \
    X(COL_CHECK_IN_WORDS, "check_in", "words_sealed", "id")                                                            \
    X(COL_CHECK_IN_VALUE, "check_in_value", "value_sealed", "id")                                                      \
    X(COL_TEXT_ACCOUNT_VALUES, "text_account", "values_sealed", "id")                                                  \
    X(COL_TEXT_OUT_WORDS, "text_out", "words_sealed", "id")                                                            \
    X(COL_TEXT_IN_WORDS, "text_in", "words_sealed", "id")                                                              \
    X(COL_TEXT_IN_RAW, "text_in", "raw_sealed", "id")                                                                  \
    X(COL_TEXT_CONSENT_WORDS, "text_consent_log", "words_sealed", "id")                                                \
    X(COL_TEXT_ASKED_DATA, "text_asked", "data_sealed", "id")                                                          \
    X(COL_TEXT_STAFF_PIN, "text_staff", "pin_sealed", "id")                                                            \
    X(COL_VISIT_SERIES_WORDS, "visit_series", "words_sealed", "id")                                                    \
    X(COL_VISIT_WORDS, "visit", "words_sealed", "id")                                                                  \
    X(COL_VISIT_WHEREABOUTS, "visit_seat", "whereabouts_sealed", "id")                                                 \
    X(COL_VISIT_RSVP_WORDS, "visit_rsvp", "words_sealed", "id")                                                        \
    X(COL_VIDEO_ACCOUNT, "video_account", "values_sealed", "id")                                                       \
    X(COL_VIDEO_MEETING_LINK, "video_meeting", "link_sealed", "id")                                                    \
    X(COL_VIDEO_SEAT, "video_seat", "values_sealed", "id")                                                             \
    X(COL_VISIT_REPLY_WORDS, "visit_reply", "words_sealed", "id")                                                      \
    X(COL_TOPIC_SERIES_WORDS, "topic_series", "words_sealed", "id")                                                    \
    X(COL_UNDO_DATA, "undo", "data_sealed", "id")
/* clang-format on */

#endif
