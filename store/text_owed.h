/*
 * text_owed: what a member has had by text, and what was taken back: the questions behind gateway/digest/text_digest and text_again.
 *
 * Shape    "Had" is what was handed over or may have been (sending, unknown, accepted, sent, delivered), and what waits to be (queued).
 *          Failed, expired and cancelled texts hold nothing, nor do unknown ones that nobody waits for any more.
 * Units    Times are the clock port's; parts are segments.
 * Owns     What is read lives in mem.
 * Errors   RC_NOT_FOUND  text_owed_last: there is none      RC_CONFLICT  text_owed_again: it is not one that expired unsent
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_OWED_H
#define STORE_TEXT_OWED_H

#include "store/post.h"
#include "store/text_out.h"

struct text_had {
    int64_t version; /* the newest that a member had; 0: none */
    bool is_whole;   /* all of it, in some text */
    bool was_asked;  /* in an answer to MORE */
};

extern const struct db_domain text_owed_domain;

MUST_CHECK enum rc text_owed_had(struct store *st, struct membership_id membership, struct post_id post,
                                 struct text_had *ret, struct err *err);
/* Posts that got a note after the member had them, by text, since since_ms: the letter of correction they are owed. */
MUST_CHECK enum rc text_owed_corrections(struct store *st, struct membership_id membership, int64_t since_ms,
                                         struct arena *mem, struct post_id **ret, size_t *ret_n, struct err *err);
/* A member's newest text of a kind that was handed over or may have been, or waits. */
MUST_CHECK enum rc text_owed_last(struct store *st, struct membership_id membership, enum mailing_kind kind,
                                  struct arena *mem, struct text_out *ret, struct err *err);
/* How many texts of an issue came to nothing for a member (failed, expired, cancelled): the next try's number. */
MUST_CHECK enum rc text_owed_tries(struct store *st, struct issue_id issue, struct membership_id membership,
                                   int64_t *ret_n, struct err *err);
/* Takes back the unsent texts of one kind to a member. */
MUST_CHECK enum rc text_owed_take_back(struct store *st, struct membership_id membership, enum mailing_kind kind,
                                       struct err *err);
/* Takes back every unsent text of its group that holds a post, or counts it; tells whose they were (0: no member's). */
MUST_CHECK enum rc text_owed_take_back_post(struct store *st, const struct post *post, struct arena *mem,
                                            struct membership_id **ret, size_t *ret_n, struct err *err);
/* Takes back the unsent digests and announcements to a number; tells whose they were. */
MUST_CHECK enum rc text_owed_take_back_words(struct store *st, struct address_id address, struct arena *mem,
                                             struct membership_id **ret, size_t *ret_n, struct err *err);
/* Texts that we sent of our own accord (lanes of visits and digests) to a number since, by when they left, and the parts of all but exempt ones; also what waits. */
MUST_CHECK enum rc text_owed_count(struct store *st, struct address_id address, int64_t since_ms, int64_t *ret_texts,
                                   int64_t *ret_parts, struct err *err);
/* Has a digest or announcement to a number that was queued at that moment left, or may it still? Not once it was taken back, refused or lost. */
MUST_CHECK enum rc text_owed_is_out(struct store *st, struct address_id address, int64_t queued_ms, bool *ret_is,
                                    struct err *err);
/* Parts that wait to leave from a number of ours. */
MUST_CHECK enum rc text_owed_backlog(struct store *st, struct text_sender_id sender, int64_t *ret_parts,
                                     struct err *err);
/* What expired before it was handed over is queued anew. */
MUST_CHECK enum rc text_owed_again(struct store *st, struct text_id id, int64_t due_ms, int64_t not_after_ms,
                                   struct err *err);

#endif
