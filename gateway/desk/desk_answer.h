/*
 * desk_answer: a staff member's answer while it is taken: desk.c says whose mail it answers, desk_review.c takes answers to review mails.
 * Nobody else includes this.
 */
#ifndef GATEWAY_DESK_DESK_ANSWER_H
#define GATEWAY_DESK_DESK_ANSWER_H

#include "gateway/desk/desk.h"
#include "gateway/note/review.h"
#include "inbound/decision.h"
#include "store/mailing.h"
#include "store/question.h"

#define DESK_ITEMS_MAX 100
#define DESK_PLACES_MAX 50

/* One letter of a staff member, with the question it answers. */
struct desk {
    struct gate *gate;
    const struct desk_letter *in;
    const struct person *staff;
    struct arena *mem;
    struct question question; /* id 0: it answers none */
    struct post_id posts[DESK_ITEMS_MAX];
    int64_t versions[DESK_ITEMS_MAX], photos[DESK_ITEMS_MAX]; /* as the mail showed them */
    bool is_refused[DESK_ITEMS_MAX];                          /* of a list: something about this note was */
    size_t post_count;
    struct conversation_id places[DESK_PLACES_MAX];
    size_t place_count;
    enum letter_outcome outcome;
};

/* Takes values. Whoever cannot be written to is no error. */
MUST_CHECK enum rc desk_tell(struct desk *d, enum mailing_kind kind, int64_t subject, enum token_purpose reply,
                             struct json *values, struct err *err);
/* Nothing happened, and why. The answer to this letter is taken like one to the mail that was answered. */
MUST_CHECK enum rc desk_tell_unclear(struct desk *d, const char *author, const char *guess, enum review_problem problem,
                                     struct err *err);
/* ANNOUNCE, in answer to whichever mail. */
MUST_CHECK enum rc desk_draft(struct desk *d, const struct decision *decision, struct err *err);

/* desk_review.c: the answer to a review mail, one note or a list; confirmed, or asked back. */
MUST_CHECK enum rc desk_take_review(struct desk *d, struct err *err);
/* The same file: SEND or PRIVATE, about a provider's reply. */
MUST_CHECK enum rc desk_take_all_or_private(struct desk *d, const struct decision *decision, struct err *err);

#endif
