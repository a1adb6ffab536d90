/*
 * talk_hold: words of a member by text, held for review as a note by mail is (gateway/note/hold).
 *
 * Shape    The pieces of one text that go to one group. What danger and names they hold is judged anew for that group. Its author is told once that a
 *          moderator will look: three times a day, then no more (talk_acknowledge).
 * Rule     Nothing here releases anything.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TALK_HOLD_H
#define GATEWAY_TEXT_TALK_HOLD_H

#include "gateway/note/hold.h"
#include "gateway/text/talk.h"

struct talk_hold {
    const struct talk_seat *seat;
    const struct text_in *in; /* whose words they are: the text of now, or an earlier one that waited for an answer */
    const struct place_piece *pieces;
    size_t count;
    bool is_new; /* pieces without a conversation begin one */
};

MUST_CHECK enum rc talk_hold(struct talk *t, const struct talk_hold *hold, struct held *ret_held, struct err *err);
/* "A moderator will look. UNDO takes it back." */
MUST_CHECK enum rc talk_acknowledge(struct talk *t, const struct talk_seat *seat, struct err *err);
/* One piece: words for one conversation, or for none (0). */
struct place_piece *talk_piece(const struct talk *t, const char *words, int64_t conversation, enum place_why why);

#endif
