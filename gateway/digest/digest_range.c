#include "gateway/digest/digest_range.h"

#include "gateway/digest/digest.h"

static struct digest_talk *talk_of(struct digest_range *r, struct conversation_id conversation)
{
    for (size_t i = 0; i < r->talk_count; i++)
        if (r->talks[i].conversation.v == conversation.v)
            return &r->talks[i];
    r->talks[r->talk_count] = (struct digest_talk){ .conversation = conversation };
    return &r->talks[r->talk_count++];
}

static bool is_talk(const struct post *p)
{
    return p->kind != POST_ANNOUNCEMENT && p->conversation.v != 0;
}

static void sort_out(const struct post *posts, size_t n, struct arena *mem, struct digest_range *r)
{
    r->announcements = ARENA_ARRAY(mem, n, const struct post *);
    r->talks = ARENA_ARRAY(mem, n, struct digest_talk);
    for (size_t i = 0; i < n; i++)
        if (is_talk(&posts[i]))
            talk_of(r, posts[i].conversation)->count++;
    for (size_t t = 0; t < r->talk_count; t++) {
        r->talks[t].posts = ARENA_ARRAY(mem, r->talks[t].count, const struct post *);
        r->talks[t].count = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_talk(&posts[i])) {
            struct digest_talk *talk = talk_of(r, posts[i].conversation);

            talk->posts[talk->count++] = &posts[i];
        } else if (posts[i].kind == POST_ANNOUNCEMENT) {
            r->announcements[r->announcement_count++] = &posts[i];
        }
    }
}

enum rc digest_range_read(struct gate *gate, struct group_id group, int64_t from_seq, int64_t to_seq, struct arena *mem,
                          struct digest_range *ret_range, struct err *err)
{
    struct digest_range r = { .announcements = NULL };
    struct post *posts = NULL;
    size_t n = 0;
    enum rc rc;

    if (to_seq - from_seq > DIGEST_POSTS_MAX) /* back after years: the newest ones */
        from_seq = to_seq - DIGEST_POSTS_MAX;
    rc = post_published_between(&gate->store, group, from_seq, to_seq, DIGEST_POSTS_MAX, mem, &posts, &n, err);
    if (rc)
        return rc;
    sort_out(posts, n, mem, &r);
    *ret_range = r;
    return RC_OK;
}

/* Numbered ones by number, then those that came after the last number. */
static int compare_talks(const void *a, const void *b)
{
    const struct digest_talk *x = a, *y = b;

    if (x->number && y->number)
        return (x->number > y->number) - (x->number < y->number);
    if (x->number || y->number)
        return x->number ? -1 : 1;
    return (x->posts[0]->published_seq > y->posts[0]->published_seq) -
           (x->posts[0]->published_seq < y->posts[0]->published_seq);
}

void digest_range_number(struct digest_range *range, const struct issue_item *items, size_t n)
{
    for (size_t t = 0; t < range->talk_count; t++)
        for (size_t i = 0; i < n; i++)
            if (items[i].kind == ISSUE_ITEM_CONVERSATION && items[i].target == range->talks[t].conversation.v)
                range->talks[t].number = items[i].number;
    if (range->talk_count)
        qsort(range->talks, range->talk_count, sizeof(*range->talks), compare_talks);
}
