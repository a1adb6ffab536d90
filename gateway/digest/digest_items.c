/* After a digest was sent: the next part, and what its items were. */
#include "gateway/digest/digest.h"

#include "base/text.h"
#include "gateway/digest/digest_range.h"
#include "gateway/say/entry.h"
#include "store/conversation.h"

enum rc digest_send_more(struct gate *gate, const struct delivery *after, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_more");
    struct mailing_rendering which = {
        .language = LANGUAGE_ENGLISH, .from_seq = after->from_seq, .audience = INT64_MAX, .part = after->part + 1
    };
    struct delivery d = { .issue = after->issue,
                          .person = after->person,
                          .membership = after->membership,
                          .address = after->address,
                          .channel = DELIVERY_EMAIL,
                          .lane = LANE_REPLY,
                          .from_seq = after->from_seq,
                          .part = which.part,
                          .due_ms = gate_now_ms(gate) };
    const struct message_subject subject = {
        .person = d.person, .about = MESSAGE_ISSUE, .id = d.issue.v, .detail = d.part
    };
    struct issue issue;
    enum rc rc = issue_get(&gate->store, after->issue, &issue, err);

    if (!rc)
        rc = digest_has_part(gate, &issue, &which, mem, err);
    if (!rc && !message_id_key(gate->store.ring, 0, &subject, d.message_key))
        rc = err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", gate->store.practice.v);
    return rc ? rc : delivery_add(&gate->store, &d, err);
}

/* Lines of a text as they were printed, ended by NULL. */
static size_t add_lines(const char *text, const char **lines, size_t at, size_t max, struct arena *mem)
{
    const char *line;
    size_t len;

    while (at + 1 < max && text_next_line(&text, &line, &len))
        if (len)
            lines[at++] = arena_strndup(mem, line, len);
    return at;
}

/* Title, the opener's excerpt, and every new post of the talk. */
static enum rc item_of(struct gate *gate, const struct digest_talk *talk, struct arena *mem, struct place_item *item,
                       struct err *err)
{
    const char **lines = ARENA_ARRAY(mem, PLACE_MAX_LINES, const char *);
    struct conversation c;
    struct post opener;
    size_t n = 0;
    enum rc rc = conversation_get(&gate->store, talk->conversation, mem, &c, err);

    if (rc)
        return rc;
    lines[n++] = c.title;
    rc = post_get(&gate->store, c.first_post, mem, &opener, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (rc == RC_OK && opener.id.v != talk->posts[0]->id.v)
        lines[n++] = text_excerpt(mem, text_clean_line(mem, opener.text, strlen(opener.text)), ENTRY_EXCERPT_CHARS);
    for (size_t i = 0; i < talk->count; i++)
        n = add_lines(talk->posts[i]->text, lines, n, PLACE_MAX_LINES, mem);
    *item = (struct place_item){
        .number = (int)talk->number, .conversation = talk->conversation.v, .title = c.title, .lines = lines
    };
    return RC_OK;
}

static enum rc items_of_issue(struct gate *gate, const struct delivery *d, struct arena *mem,
                              struct place_item **ret_items, size_t *ret_n, struct err *err)
{
    struct issue_item *numbers = NULL;
    struct digest_range range;
    struct place_item *items;
    struct issue issue;
    size_t n = 0, count = 0;
    enum rc rc = issue_get(&gate->store, d->issue, &issue, err);

    if (!rc)
        rc = issue_items(&gate->store, d->issue, mem, &numbers, &n, err);
    if (!rc)
        rc = digest_range_read(gate, issue.group, d->from_seq, issue.to_seq, mem, &range, err);
    if (rc)
        return rc;
    digest_range_number(&range, numbers, n);
    items = ARENA_ARRAY(mem, range.talk_count, struct place_item);
    for (size_t i = 0; !rc && i < range.talk_count; i++)
        if (range.talks[i].number)
            rc = item_of(gate, &range.talks[i], mem, &items[count++], err);
    *ret_items = items;
    *ret_n = count;
    return rc;
}

/* A mail about one post: its conversation is the only item. */
static enum rc item_of_single(struct gate *gate, const struct delivery *d, struct arena *mem,
                              struct place_item **ret_items, size_t *ret_n, struct err *err)
{
    struct place_item *item = ARENA_NEW(mem, struct place_item);
    const struct post **posts = ARENA_ARRAY(mem, 1, const struct post *);
    struct post *post = ARENA_NEW(mem, struct post);
    struct digest_talk talk = { .number = 1, .posts = posts, .count = 1 };
    struct mailing mailing;
    enum rc rc = mailing_get(&gate->store, d->mailing, mem, &mailing, err);

    *ret_items = item;
    *ret_n = 0;
    if (rc || (mailing.kind != MAILING_POST && mailing.kind != MAILING_COMMENT && mailing.kind != MAILING_CORRECTION))
        return rc;
    rc = post_get(&gate->store, (struct post_id){ mailing.subject_id }, mem, post, err);
    if (rc || !post->conversation.v)
        return rc;
    posts[0] = post;
    talk.conversation = post->conversation;
    *ret_n = 1;
    return item_of(gate, &talk, mem, item, err);
}

enum rc digest_items(struct gate *gate, const struct delivery *d, struct arena *mem, struct place_item **ret_items,
                     size_t *ret_n, struct err *err)
{
    return d->issue.v ? items_of_issue(gate, d, mem, ret_items, ret_n, err)
                      : item_of_single(gate, d, mem, ret_items, ret_n, err);
}

enum rc digest_item_conversation(struct gate *gate, const struct delivery *d, int ordinal,
                                 struct conversation_id *ret_conversation, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_item");
    struct issue_item *items = NULL;
    size_t n = 0;
    enum rc rc = issue_items(&gate->store, d->issue, mem, &items, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        if (items[i].kind == ISSUE_ITEM_CONVERSATION && items[i].number == ordinal) {
            ret_conversation->v = items[i].target;
            return RC_OK;
        }
    return rc ? rc : err_set(err, RC_NOT_FOUND, "delivery %" PRId64 " has no item %d", d->id.v, ordinal);
}
