#include "gateway/digest/text_more.h"

#include "gateway/digest/text_compose.h"
#include "gateway/digest/text_range.h"
#include "gateway/sms/text_level.h"
#include "gateway/sms/text_queue.h"
#include "store/group.h"
#include "store/issue.h"
#include "store/membership.h"
#include "store/text_owed.h"

struct more {
    struct gate *gate;
    const struct person *person;
    struct text_line line;
    struct arena *mem;
    struct text_consent consent;
    struct membership member;
    struct care_group group;
    struct text_out last; /* the newest digest or announcement; id 0: none */
    struct text_range range;
};

/* The newest of what we told a membership by text. */
static enum rc newest_of(struct more *m, const struct membership *member, struct text_out *ret, struct err *err)
{
    static const enum mailing_kind kinds[] = { MAILING_TEXT_DIGEST, MAILING_TEXT_NEWS };

    *ret = (struct text_out){ .id = { 0 } };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct text_out t;
        const enum rc rc = text_owed_last(&m->gate->store, member->id, kinds[i], m->mem, &t, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (!rc && t.id.v > ret->id.v)
            *ret = t;
    }
    return RC_OK;
}

/* Of all groups of the person, or of one (0: all), the membership that a text went to last. */
static enum rc find_last(struct more *m, struct group_id group, struct err *err)
{
    struct membership *all;
    struct text_out t;
    size_t n;

    if (membership_of_person(&m->gate->store, m->person->id, m->mem, &all, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (all[i].state != MEMBER_ACTIVE || (group.v && all[i].group.v != group.v))
            continue;
        if (newest_of(m, &all[i], &t, err))
            return err->rc;
        if (t.id.v > m->last.id.v || !m->member.id.v) {
            m->last = t;
            m->member = all[i];
        }
    }
    if (!m->member.id.v)
        return err_set(err, RC_NOT_FOUND, "they are in no group");
    return group_get(&m->gate->store, m->member.group, m->mem, &m->group, err);
}

static struct text_reader reader_of(const struct more *m)
{
    return (struct text_reader){ .group = m->group.id,
                                 .person = m->person->id,
                                 .membership = m->member.id,
                                 .line = m->line,
                                 .language = m->person->language,
                                 .zone = m->person->zone ? m->person->zone : m->group.zone,
                                 .is_again = true };
}

/* What the last text was about: a digest's range, an announcement's alone. */
static enum rc read_range(struct more *m, struct err *err)
{
    const struct text_reader reader = reader_of(m);
    int64_t newest;

    if (issue_seq_at(&m->gate->store, m->group.id, gate_now_ms(m->gate), &newest, err))
        return err->rc;
    return text_range_read(m->gate, &reader, m->last.from_seq, m->last.to_seq, newest, NULL, 0, m->mem, &m->range, err);
}

/* Leaves what they had whole, or as much of as a text can hold. */
static enum rc leave_had(struct more *m, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->range.count; i++) {
        struct text_had had;

        if (text_owed_had(&m->gate->store, m->member.id, m->range.entries[i].post->id, &had, err))
            return err->rc;
        if (!had.is_whole && !had.was_asked)
            m->range.entries[kept++] = m->range.entries[i];
    }
    m->range.count = kept;
    return RC_OK;
}

static enum rc send(struct more *m, struct err *err)
{
    const struct text_reader reader = reader_of(m);
    struct text_page page = { .kind = MAILING_TEXT_MORE,
                              .language = m->person->language,
                              .level = TEXT_LEVEL_WORDS,
                              .group_name = m->group.alias,
                              .is_whole = true,
                              .parts_max = TEXT_MORE_PARTS };
    struct text_say say = { .kind = MAILING_TEXT_MORE,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .person = m->person->id,
                            .membership = m->member.id,
                            .group = m->group.id,
                            .address = m->line.address,
                            .sender = m->line.sender };
    struct text_composed composed;

    if (!m->range.count)
        return err_set(err, RC_NOT_FOUND, "nothing is left to send");
    if (text_range_number(m->gate, &reader, &m->range, err))
        return err->rc;
    page.entries = m->range.entries;
    page.count = m->range.count;
    if (text_compose(m->gate, &page, m->mem, &composed, err))
        return err->rc;
    say.words = composed.words;
    say.posts = text_range_posts(&m->range, &composed, m->mem, &say.post_count);
    return text_queue(m->gate, &say, NULL, err);
}

static enum rc start(struct more *m, struct gate *gate, const struct person *person, const struct text_line *line,
                     struct group_id group, struct arena *mem, struct err *err)
{
    *m = (struct more){ .gate = gate, .person = person, .line = *line, .mem = mem };
    return find_last(m, group, err) ? err->rc
                                    : text_consent_for(&gate->store, line->address, person->id, &m->consent, err);
}

enum rc text_more(struct gate *gate, const struct person *person, const struct text_line *line, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_more");
    struct more m;

    if (start(&m, gate, person, line, (struct group_id){ 0 }, mem, err))
        return err->rc;
    if (!m.last.id.v)
        return err_set(err, RC_NOT_FOUND, "nothing was sent yet");
    if (read_range(&m, err) || leave_had(&m, err))
        return err->rc;
    if (m.range.count && m.consent.level == TEXT_LEVEL_COUNT)
        return text_level_ask(gate, line, person, 0, err);
    return send(&m, err);
}

/* ---- one item ---- */

static enum rc add_entry(struct more *m, const struct post *post, struct err *err)
{
    return text_entry_of(m->gate, post, m->person->language, m->mem, &m->range.entries[m->range.count++], err);
}

static enum rc read_announcement(struct more *m, const struct text_item *item, struct err *err)
{
    struct post *const post = ARENA_NEW(m->mem, struct post);

    if (post_get(&m->gate->store, (struct post_id){ item->target }, m->mem, post, err))
        return err->rc;
    m->range.entries = ARENA_ARRAY(m->mem, 1, struct text_entry);
    return post_state_is_published(post->state) ? add_entry(m, post, err)
                                                : err_set(err, RC_NOT_FOUND, "it was taken back");
}

/* The notes that the last digest was about, and never one that the group has not got yet. */
static enum rc read_talk(struct more *m, const struct text_item *item, struct err *err)
{
    const int64_t to_seq = m->last.to_seq > m->member.cursor_seq ? m->last.to_seq : m->member.cursor_seq;
    struct post *posts;
    size_t n, first = 0;

    if (post_in_conversation(&m->gate->store, (struct conversation_id){ item->target }, to_seq, 200, m->mem, &posts, &n,
                             err))
        return err->rc;
    while (first + 1 < n && posts[first].published_seq <= m->last.from_seq)
        first++;
    m->range.entries = ARENA_ARRAY(m->mem, n + 1, struct text_entry);
    for (size_t i = first; i < n; i++)
        if (add_entry(m, &posts[i], err))
            return err->rc;
    return RC_OK;
}

enum rc text_more_item(struct gate *gate, const struct person *person, const struct text_line *line,
                       const struct text_item *item, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_more_item");
    struct more m;

    if (start(&m, gate, person, line, item->group, mem, err))
        return err->rc;
    if (item->kind != TEXT_ITEM_CONVERSATION && item->kind != TEXT_ITEM_ANNOUNCEMENT)
        return err_set(err, RC_NOT_FOUND, "item %" PRId64 " has no words of its own", item->n);
    if (m.consent.level == TEXT_LEVEL_COUNT)
        return text_level_ask(gate, line, person, item->n, err);
    if (item->kind == TEXT_ITEM_ANNOUNCEMENT ? read_announcement(&m, item, err) : read_talk(&m, item, err))
        return err->rc;
    return send(&m, err);
}
