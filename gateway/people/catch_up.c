#include "gateway/people/catch_up.h"

#include "gateway/digest/digest_range.h"
#include "gateway/practice/record.h"
#include "store/delivery.h"
#include "store/group.h"

#include <assert.h>

struct backlog {
    struct gate *gate;
    struct membership m;
    struct issue issue;
    struct digest_range range;
    struct arena *mem;
};

static bool is_reader(const struct membership *m)
{
    return m->state == MEMBER_ACTIVE && m->rhythm == RHYTHM_EACH && m->channel != CHANNEL_TEXT;
}

static bool has_others_words(const struct backlog *b)
{
    for (size_t t = 0; t < b->range.talk_count; t++)
        for (size_t i = 0; i < b->range.talks[t].count; i++)
            if (b->range.talks[t].posts[i]->author.v != b->m.person.v)
                return true;
    return b->range.announcement_count > 0;
}

/* What lies past what they were sent and what is queued for them. RC_NOT_FOUND: nothing. */
static enum rc find_backlog(struct backlog *b, struct err *err)
{
    struct store *const st = &b->gate->store;
    int64_t queued = 0;
    enum rc rc = delivery_unsent_seq(st, b->m.id, &queued, err);

    b->issue = (struct issue){ .group = b->m.group, .rhythm = RHYTHM_EACH, .from_seq = b->m.cursor_seq };
    if (queued > b->issue.from_seq)
        b->issue.from_seq = queued;
    if (!rc)
        rc = issue_seq_at(st, b->m.group, gate_now_ms(b->gate), &b->issue.to_seq, err);
    if (!rc)
        rc = digest_range_read(b->gate, b->m.group, b->issue.from_seq, b->issue.to_seq, b->mem, &b->range, err);
    if (rc)
        return rc;
    return has_others_words(b) ? RC_OK
                               : err_set(err, RC_NOT_FOUND, "membership %" PRId64 " has read everything", b->m.id.v);
}

static enum rc add_issue(struct backlog *b, struct err *err)
{
    struct store *const st = &b->gate->store;
    const struct audit_who rule = record_rule();
    enum rc rc = issue_add(st, &b->issue, err);

    for (size_t i = 0; !rc && i < b->range.talk_count && i < ISSUE_ITEMS_MAX; i++) {
        const struct issue_item item = { (int64_t)i + 1, ISSUE_ITEM_CONVERSATION, b->range.talks[i].conversation.v };

        rc = issue_add_item(st, b->issue.id, &item, err);
    }
    b->issue.state = ISSUE_SENDING; /* its only delivery is made here */
    if (!rc)
        rc = issue_save_progress(st, &b->issue, err);
    return rc ? rc : record_act(b->gate, &rule, AUDIT_ISSUE_CLOSED, AUDIT_ITEM_ISSUE, b->issue.id.v, NULL, NULL, err);
}

static enum rc add_delivery(struct backlog *b, struct err *err)
{
    const struct message_subject subject = { .person = b->m.person, .about = MESSAGE_ISSUE, .id = b->issue.id.v };
    struct delivery d = { .issue = b->issue.id,
                          .person = b->m.person,
                          .membership = b->m.id,
                          .address = b->m.address,
                          .channel = DELIVERY_EMAIL,
                          .lane = LANE_DIGEST,
                          .from_seq = b->issue.from_seq,
                          .to_seq = b->issue.to_seq,
                          .due_ms = gate_now_ms(b->gate) };

    if (!message_id_key(b->gate->store.ring, 0, &subject, d.message_key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", b->gate->store.practice.v);
    return delivery_add(&b->gate->store, &d, err);
}

enum rc catch_up_queue(struct gate *gate, struct membership_id membership, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("catch_up");
    struct backlog b = { .gate = gate, .mem = mem };
    struct care_group group;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    rc = membership_get(&gate->store, membership, mem, &b.m, err);
    if (!rc)
        rc = group_get(&gate->store, b.m.group, mem, &group, err);
    if (rc)
        return err_wrap(err, "catch up");
    if (!is_reader(&b.m) || group.state != GROUP_OPEN)
        return RC_OK;
    rc = find_backlog(&b, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (!rc)
        rc = add_issue(&b, err);
    if (!rc)
        rc = add_delivery(&b, err);
    return rc ? err_wrap(err, "catch up membership %" PRId64, membership.v) : RC_OK;
}
