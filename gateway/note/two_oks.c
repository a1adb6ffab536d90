#include "gateway/note/two_oks.h"

#include "gateway/note/review.h"

#define REVIEWS_MAX 50 /* of one note that are looked at */

bool two_oks_needed(const struct post *post, const struct care_group *group)
{
    return post->tier <= 1 || (post->kind == POST_ANNOUNCEMENT && post->flags) ||
           group->review == GROUP_REVIEW_TWO_PEOPLE;
}

static bool is_release(const struct review *review)
{
    const enum decision_kind kind = review_decision_of(review);

    return kind == DECISION_OK || kind == DECISION_OK_CUT || kind == DECISION_EDIT || kind == DECISION_FIX ||
           kind == DECISION_SEND;
}

enum rc two_oks_first(struct gate *gate, const struct post *post, struct arena *mem, struct two_oks_first *ret_first,
                      struct err *err)
{
    struct review *reviews;
    size_t n;

    if (!post->first_review_by.v)
        return err_set(err, RC_NOT_FOUND, "nobody has said OK to post %" PRId64, post->id.v);
    if (review_newest(&gate->store, post->id, REVIEWS_MAX, mem, &reviews, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (reviews[i].staff.v == post->first_review_by.v && is_release(&reviews[i])) {
            ret_first->at_ms = reviews[i].at_ms;
            return person_get(&gate->store, post->first_review_by, mem, &ret_first->by, err);
        }
    return err_set(err, RC_NOT_FOUND, "no row tells of the first OK to post %" PRId64, post->id.v);
}
