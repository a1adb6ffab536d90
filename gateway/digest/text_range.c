#include "gateway/digest/text_range.h"

#include "gateway/visit/saying.h"
#include "schedules/said.h"
#include "store/delivery.h"
#include "store/membership.h"
#include "store/message_id.h"
#include "store/text_owed.h"

struct reading {
    struct gate *gate;
    const struct text_reader *reader;
    struct arena *mem;
    const char **tags;
    size_t tag_count;
    const struct text_item *live;
    size_t live_count;
    struct text_range range;
};

static bool has_tag(const struct reading *r, const char *tag)
{
    for (size_t i = 0; i < r->tag_count; i++)
        if (!strcmp(r->tags[i], tag))
            return true;
    return false;
}

static bool was_told(const struct reading *r, enum text_item_kind kind, int64_t target)
{
    for (size_t i = 0; i < r->live_count; i++)
        if (r->live[i].kind == kind && r->live[i].target == target && r->live[i].person.v == r->reader->person.v)
            return true;
    return false;
}

/* "Thu March 5, 2:00 PM"; with the zone where it is not the reader's. */
static enum rc when_of(struct reading *r, const struct visit *v, const char **ret, struct err *err)
{
    const struct said_in in = { r->reader->language, v->plan.zone, gate_now_ms(r->gate) };
    const struct saying s = { .gate = r->gate, .visit = v, .language = r->reader->language, .mem = r->mem };
    char *day, *time;

    if (r->reader->zone && *r->reader->zone && strcmp(r->reader->zone, v->plan.zone)) {
        *ret = saying_when(&s, r->reader->zone, v->start_ms);
        return RC_OK;
    }
    if (said_short_day(&in, v->start_ms, r->mem, &day, err) || said_time(&in, v->start_ms, r->mem, &time, err))
        return err->rc;
    *ret = arena_printf(r->mem, "%s, %s", day, time);
    return RC_OK;
}

static enum rc add_visit(struct reading *r, const struct issue_item *item, struct err *err)
{
    struct text_entry *const e = &r->range.entries[r->range.count];
    struct visit v;

    if (item->kind != ISSUE_ITEM_VISIT || (!r->reader->is_again && was_told(r, TEXT_ITEM_VISIT, item->target)))
        return RC_OK;
    if (visit_get(&r->gate->store, (struct visit_id){ item->target }, r->mem, &v, err))
        return err->rc;
    if (v.state != VISIT_PLANNED)
        return RC_OK;
    *e = (struct text_entry){ .kind = TEXT_ITEM_VISIT, .target = item->target, .title = v.plan.words.title };
    r->range.count++;
    return when_of(r, &v, &e->when, err);
}

static enum rc add_post(struct reading *r, const struct post *post, struct err *err)
{
    if (r->reader->person.v && post->author.v == r->reader->person.v)
        return RC_OK;
    return text_entry_of(r->gate, post, r->reader->language, r->mem, &r->range.entries[r->range.count++], err);
}

/* Who gets the count alone holds no posts: the newest text of announcements counted all that were out by then. */
static enum rc was_counted(const struct reading *r, const struct post *post, bool *ret_was, struct err *err)
{
    struct text_out last;
    enum rc rc;

    *ret_was = false;
    if (!r->reader->is_count || !r->reader->membership.v || r->reader->is_again)
        return RC_OK;
    rc = text_owed_last(&r->gate->store, r->reader->membership, MAILING_TEXT_NEWS, r->mem, &last, err);
    *ret_was = !rc && last.created_ms >= post->published_ms;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* The month's money was gone: it went by mail (gateway/digest/news_by_mail, gateway/note/publish), and did not come back. */
static enum rc was_mailed(const struct reading *r, const struct post *post, bool *ret_was, struct err *err)
{
    const struct message_subject subject = { .person = r->reader->person, .about = MESSAGE_POST, .id = post->id.v };
    unsigned char key[MESSAGE_KEY_BYTES];
    struct delivery copy;
    enum rc rc;

    *ret_was = false;
    if (!r->reader->membership.v || r->reader->is_again || r->reader->has_letters)
        return RC_OK;
    if (!message_id_key(r->gate->store.ring, 0, &subject, key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", r->gate->store.practice.v);
    rc = delivery_find_message(&r->gate->store, key, r->mem, &copy, err);
    *ret_was =
        !rc && copy.state != DELIVERY_FAILED && copy.state != DELIVERY_CANCELLED && copy.state != DELIVERY_NO_TLS;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc add_news(struct reading *r, const struct post *post, struct err *err)
{
    bool is_counted, is_mailed;
    const size_t before = r->range.count;
    struct text_had had = { 0 };

    if (post->audience_tag && r->reader->membership.v && !has_tag(r, post->audience_tag))
        return RC_OK;
    if (r->reader->membership.v && !r->reader->is_again &&
        text_owed_had(&r->gate->store, r->reader->membership, post->id, &had, err))
        return err->rc;
    if (was_counted(r, post, &is_counted, err) || was_mailed(r, post, &is_mailed, err))
        return err->rc;
    if (had.version || is_counted || is_mailed)
        return RC_OK;
    if (add_post(r, post, err))
        return err->rc;
    r->range.news += r->range.count - before;
    if (post->published_seq > r->range.last_news_seq)
        r->range.last_news_seq = post->published_seq;
    return RC_OK;
}

static enum rc add_talk(struct reading *r, const struct digest_talk *talk, int64_t talks_to, struct err *err)
{
    for (size_t i = 0; i < talk->count; i++) {
        const size_t before = r->range.count;

        if (talk->posts[i]->published_seq > talks_to)
            continue;
        if (add_post(r, talk->posts[i], err))
            return err->rc;
        r->range.notes += r->range.count - before;
    }
    return RC_OK;
}

static enum rc look_up(struct reading *r, struct err *err)
{
    struct text_item *live = NULL;

    if (!r->reader->membership.v)
        return RC_OK;
    if (membership_tags(&r->gate->store, r->reader->membership, r->mem, &r->tags, &r->tag_count, err) ||
        text_item_list(&r->gate->store, &r->reader->line, r->mem, &live, &r->live_count, err))
        return err->rc;
    r->live = live;
    return RC_OK;
}

enum rc text_range_read(struct gate *gate, const struct text_reader *reader, int64_t from_seq, int64_t talks_to,
                        int64_t news_to, const struct issue_item *items, size_t n, struct arena *mem,
                        struct text_range *ret, struct err *err)
{
    struct reading r = { .gate = gate, .reader = reader, .mem = mem };
    struct digest_range posts;
    size_t most = n;

    if (look_up(&r, err) ||
        digest_range_read(gate, reader->group, from_seq, news_to > talks_to ? news_to : talks_to, mem, &posts, err))
        return err->rc;
    digest_range_number(&posts, items, n);
    for (size_t i = 0; i < posts.talk_count; i++)
        most += posts.talks[i].count;
    r.range.entries = ARENA_ARRAY(mem, most + posts.announcement_count + 1, struct text_entry);
    for (size_t i = 0; i < n; i++)
        if (add_visit(&r, &items[i], err))
            return err->rc;
    for (size_t i = 0; i < posts.announcement_count; i++)
        if (posts.announcements[i]->published_seq <= news_to && add_news(&r, posts.announcements[i], err))
            return err->rc;
    for (size_t i = 0; i < posts.talk_count; i++)
        if (add_talk(&r, &posts.talks[i], talks_to, err))
            return err->rc;
    *ret = r.range;
    return RC_OK;
}

enum rc text_range_number(struct gate *gate, const struct text_reader *reader, struct text_range *range,
                          struct err *err)
{
    for (size_t i = 0; i < range->count; i++) {
        struct text_entry *const e = &range->entries[i];
        struct text_item item = {
            .person = reader->person, .kind = e->kind, .target = e->target, .group = reader->group
        };

        if (i && e[-1].kind == e->kind && e[-1].target == e->target) {
            e->number = e[-1].number;
            continue;
        }
        if (text_item_give(&gate->store, &reader->line, &item, err))
            return err->rc;
        e->number = item.n;
    }
    return RC_OK;
}

struct text_post *text_range_posts(const struct text_range *range, const struct text_composed *composed,
                                   struct arena *mem, size_t *ret_n)
{
    struct text_post *const posts = ARENA_ARRAY(mem, range->count + 1, struct text_post);

    *ret_n = 0;
    for (size_t i = 0; i < range->count; i++)
        if (range->entries[i].post && composed->is_shown[i])
            posts[(*ret_n)++] = (struct text_post){ range->entries[i].post->id, range->entries[i].post->version,
                                                    composed->is_whole[i] };
    return posts;
}
