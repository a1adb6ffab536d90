/*
 * hold: makes held posts of a letter's new words, each placed in its conversation, and puts them before staff.
 *
 * Shape    One letter may answer several conversations: it becomes one post for each. A text that no rule can place is held unplaced and its
 *          author is asked "Which one?" once; after 24 h the moderator places it.
 * Rule     Nothing here releases anything. No word is lost: the pieces together are the new words.
 * Errors   RC_INPUT  the letter has no new words (the caller answers kindly)
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_HOLD_H
#define GATEWAY_NOTE_HOLD_H

#include "gateway/note/sender.h"
#include "gateway/triage/triage.h"
#include "inbound/place.h"
#include "store/photo.h"
#include "store/post.h"

struct hold {
    struct arrival_id arrival;
    const struct letter *letter;
    const struct sender *sender;
    const struct triage_result *triage;
    int64_t flags;         /* enum post_flag bits that the sorter found */
    bool is_subject_plain; /* triage found nothing in the subject: it may be a title */
    const char *const *names;
    struct photo_row *photos; /* that go with the first of its posts; photo_put fills them in */
    size_t photo_count;
    bool has_dropped; /* files that nobody will see */
    const struct place_pieces
        *places; /* it came by text, and is placed already; who asks its author is the caller. NULL: by mail */
    bool is_new; /* places: pieces without a conversation begin one; otherwise they wait unplaced */
};

/* post.placed_why: enum place_why, and these. Stored: append only. */
enum hold_placed { HOLD_PLACED_BY_STAFF = PLACE_UNKNOWN + 1, HOLD_PLACED_BY_AUTHOR };

#define HOLD_MAX_POSTS 20

struct held {
    struct post posts[HOLD_MAX_POSTS];
    bool joined[HOLD_MAX_POSTS]; /* the words took the place of older ones that wait (gateway/note/resend) */
    size_t count;
    bool is_repeat; /* all of it waits already, word for word: nothing was held */
};

MUST_CHECK enum rc hold_letter(struct gate *gate, const struct hold *hold, struct arena *mem, struct held *ret_held,
                               struct err *err);
/* The author's answer to "Which one?": places the post or makes it a new conversation. RC_INPUT when the answer names none. */
MUST_CHECK enum rc hold_answer_which(struct gate *gate, struct post_id post, const char *answer,
                                     const char *const *names, struct err *err);
/* Withdraws what waits of a person (in one group, or in all when 0) with the reason told to staff. ret_n may be NULL. */
MUST_CHECK enum rc hold_withdraw(struct gate *gate, struct person_id author, struct group_id group, int64_t *ret_n,
                                 struct err *err);

#endif
