#include "gateway/digest/digest.h"
#include "gateway/digest/breaker.h"

#include "base/log.h"
#include "gateway/digest/digest_range.h"
#include "gateway/digest/text_digest.h"
#include "schedules/rhythm.h"
#include "gateway/visit/issue_visits.h"
#include "store/audit.h"
#include "store/text_out.h"

#define GROUPS_PAGE 64

/* --- what waits ------------------------------------------------------------------------------------------------------------------- */

/* Where a reader's next issue begins: after what they were sent and what is queued for them. */
static enum rc start_of(struct gate *gate, const struct roster_row *r, int64_t *ret_seq, struct err *err)
{
    int64_t letters = 0, texts = 0;

    if (delivery_unsent_seq(&gate->store, r->membership, &letters, err) ||
        text_out_unsent_seq(&gate->store, r->membership, &texts, err))
        return err->rc;
    *ret_seq = r->cursor_seq;
    if (letters > *ret_seq)
        *ret_seq = letters;
    if (texts > *ret_seq && r->channel != CHANNEL_BOTH) /* whose texts say what their letters hold */
        *ret_seq = texts;
    return RC_OK;
}

/* By text, who reads each note gets them once a day. */
static unsigned readers_of(int64_t rhythm)
{
    return rhythm == RHYTHM_DAILY ? 1u << RHYTHM_DAILY | 1u << RHYTHM_EACH : 1u << rhythm;
}

static bool is_reader(const struct roster_row *r, int64_t rhythm)
{
    return r->rhythm == (enum member_rhythm)rhythm || r->channel != CHANNEL_EMAIL;
}

static enum rc lower(struct gate *gate, const struct roster_row *r, int64_t *lowest, struct err *err)
{
    int64_t start = 0;
    bool does = true;
    enum rc rc;

    if (r->cursor_seq >= *lowest)
        return RC_OK;
    if (r->channel == CHANNEL_TEXT && text_digest_reaches(gate, r, &does, err))
        return err->rc;
    if (!does)
        return RC_OK;
    rc = start_of(gate, r, &start, err);
    if (!rc && start < *lowest)
        *lowest = start;
    return rc;
}

/* The lowest cursor among the readers who have something to read up to to_seq. RC_NOT_FOUND: nobody has. */
static enum rc lowest_cursor(struct gate *gate, struct group_id group, enum member_rhythm rhythm, int64_t to_seq,
                             int64_t *ret_seq, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_readers");
    struct roster_row *rows = ARENA_ARRAY(mem, DELIVERY_PAGE_MAX, struct roster_row);
    const struct roster_filter filter = { .group = group, .rhythms = readers_of(rhythm) };
    struct membership_id after = { 0 };
    int64_t lowest = INT64_MAX;
    size_t n = 0;

    do {
        enum rc rc = membership_roster(&gate->store, &filter, after, rows, DELIVERY_PAGE_MAX, &n, err);
        if (rc)
            return rc;
        for (size_t i = 0; !rc && i < n; i++)
            rc = is_reader(&rows[i], rhythm) ? lower(gate, &rows[i], &lowest, err) : RC_OK;
        if (rc)
            return rc;
        if (n)
            after = rows[n - 1].membership;
    } while (n == DELIVERY_PAGE_MAX);
    if (lowest >= to_seq)
        return err_set(err, RC_NOT_FOUND, "nothing is new: no %s letter would go out", member_rhythm_name(rhythm));
    *ret_seq = lowest;
    return RC_OK;
}

/* Where the previous issue of this rhythm ended: what regular readers have. */
static enum rc previous_end(struct gate *gate, struct group_id group, enum member_rhythm rhythm, int64_t *ret_seq,
                            struct err *err)
{
    struct issue last;
    enum rc rc = issue_last(&gate->store, group, rhythm, &last, err);

    *ret_seq = rc ? 0 : last.to_seq;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Behind the n visits, what regular readers get is numbered first; then, newest first, what only newcomers and returners get. */
static size_t number_items(const struct digest_range *range, int64_t regular_from, size_t n, struct issue_item *items)
{

    for (size_t i = 0; i < range->talk_count && n < ISSUE_ITEMS_MAX; i++) {
        const struct digest_talk *t = &range->talks[i];

        if (t->posts[t->count - 1]->published_seq > regular_from) {
            items[n] = (struct issue_item){ (int64_t)n + 1, ISSUE_ITEM_CONVERSATION, t->conversation.v };
            n++;
        }
    }
    for (size_t i = range->talk_count; i-- > 0 && n < ISSUE_ITEMS_MAX;) {
        const struct digest_talk *t = &range->talks[i];

        if (t->posts[t->count - 1]->published_seq <= regular_from) {
            items[n] = (struct issue_item){ (int64_t)n + 1, ISSUE_ITEM_CONVERSATION, t->conversation.v };
            n++;
        }
    }
    return n;
}

/* The issue as it would be closed now, with its items; nothing is written. */
static enum rc draft(struct gate *gate, struct group_id group, enum member_rhythm rhythm, int64_t to_seq,
                     struct arena *mem, struct issue *issue, struct issue_item **ret_items, size_t *ret_n,
                     struct err *err)
{
    struct issue_item *items = ARENA_ARRAY(mem, ISSUE_ITEMS_MAX, struct issue_item);
    struct digest_range range;
    int64_t regular_from = 0;
    enum rc rc;

    *issue = (struct issue){ .group = group, .rhythm = rhythm, .to_seq = to_seq, .closed_ms = gate_now_ms(gate) };
    rc = lowest_cursor(gate, group, rhythm, to_seq, &issue->from_seq, err);
    if (!rc)
        rc = previous_end(gate, group, rhythm, &regular_from, err);
    if (!rc)
        rc = digest_range_read(gate, group, issue->from_seq, to_seq, mem, &range, err);
    if (rc)
        return rc;
    if (range.talk_count + range.announcement_count == 0)
        return err_set(err, RC_NOT_FOUND, "group %" PRId64 " has nothing left to read", group.v);
    if (issue_visits_number(gate, group, items, ret_n, err))
        return err->rc;
    *ret_n = number_items(&range, regular_from, *ret_n, items);
    *ret_items = items;
    return RC_OK;
}

/* --- closing ---------------------------------------------------------------------------------------------------------------------- */

static enum rc close_issue(struct gate *gate, struct group_id group, enum member_rhythm rhythm, int64_t to_seq,
                           struct issue *ret_issue, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_close");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct issue_item *items = NULL;
    size_t n = 0;
    enum rc rc = db_begin(gate->store.db, &tx, err);

    if (!rc)
        rc = draft(gate, group, rhythm, to_seq, mem, ret_issue, &items, &n, err);
    if (!rc)
        rc = issue_add(&gate->store, ret_issue, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = issue_add_item(&gate->store, ret_issue->id, &items[i], err);
    if (!rc)
        rc = audit_append(&gate->store,
                          &(struct audit_entry){ .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                                 .verb = AUDIT_ISSUE_CLOSED,
                                                 .item_kind = AUDIT_ITEM_ISSUE,
                                                 .item_id = ret_issue->id.v },
                          err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (!rc)
        log_info("issue_closed", KV(issue, ret_issue->id.v), KV(group, group.v), KV(count, n));
    return rc;
}

/* --- fan-out ---------------------------------------------------------------------------------------------------------------------- */

struct fan {
    struct gate *gate;
    struct issue *issue;
    struct care_group group;
};

static enum rc due_of(const struct fan *f, const struct roster_row *r, int64_t *ret_ms, struct err *err)
{
    const char *zone = r->zone[0] ? r->zone : f->group.zone;

    if (r->hour_minute < 0) { /* the group's hour: that is now */
        *ret_ms = f->issue->closed_ms;
        return RC_OK;
    }
    return rhythm_due(f->issue->closed_ms, zone, (int)r->hour_minute, ret_ms, err);
}

/* Fills *d; to_seq stays 0 when this reader has nothing to read, or reads by text. */
static enum rc delivery_for(const struct fan *f, const struct roster_row *r, struct delivery *d, struct err *err)
{
    const struct message_subject subject = { .person = r->person, .about = MESSAGE_ISSUE, .id = f->issue->id.v };
    enum rc rc;

    *d = (struct delivery){ .issue = f->issue->id,
                            .person = r->person,
                            .membership = r->membership,
                            .address = r->address,
                            .channel = DELIVERY_EMAIL,
                            .lane = LANE_DIGEST };
    rc = start_of(f->gate, r, &d->from_seq, err);
    if (!rc)
        rc = due_of(f, r, &d->due_ms, err);
    if (!rc && (r->channel == CHANNEL_BOTH || (r->channel == CHANNEL_TEXT && d->from_seq < f->issue->to_seq)))
        rc = text_digest_owe(f->gate, r->membership, d->due_ms, err);
    if (rc)
        return rc;
    if (d->from_seq >= f->issue->to_seq || r->channel == CHANNEL_TEXT || r->rhythm != f->issue->rhythm)
        return RC_OK;
    if (!message_id_key(f->gate->store.ring, 0, &subject, d->message_key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", f->gate->store.practice.v);
    d->to_seq = f->issue->to_seq;
    return RC_OK;
}

/* One page, one transaction, with how far it came. */
static enum rc fan_page(struct fan *f, struct roster_row *rows, struct delivery *out, size_t *ret_rows,
                        int64_t *ret_added, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &f->gate->store;
    const struct roster_filter filter = { .group = f->issue->group, .rhythms = readers_of(f->issue->rhythm) };
    struct issue after = *f->issue;
    size_t n = 0, kept = 0;
    enum rc rc = db_begin(st->db, &tx, err);

    if (!rc)
        rc = membership_roster(st, &filter, after.fanned, rows, DELIVERY_PAGE_MAX, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        if (!is_reader(&rows[i], f->issue->rhythm))
            continue;
        rc = delivery_for(f, &rows[i], &out[kept], err);
        kept += out[kept].to_seq != 0;
    }
    if (!rc)
        rc = delivery_add_many(st, out, kept, ret_added, err);
    if (!rc && *ret_added)
        rc = breaker_hold(f->gate, f->issue->group, err);
    if (rc)
        return rc;
    if (n)
        after.fanned = rows[n - 1].membership;
    if (n < DELIVERY_PAGE_MAX)
        after.state = ISSUE_SENDING;
    rc = issue_save_progress(st, &after, err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (!rc) {
        *f->issue = after;
        *ret_rows = n;
    }
    return rc;
}

static enum rc fan_out(struct gate *gate, struct issue *issue, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_fan");
    struct roster_row *rows = ARENA_ARRAY(mem, DELIVERY_PAGE_MAX, struct roster_row);
    struct delivery *out = ARENA_ARRAY(mem, DELIVERY_PAGE_MAX, struct delivery);
    struct fan f = { .gate = gate, .issue = issue };
    int64_t added = 0;
    size_t n = 0;
    enum rc rc = group_get(&gate->store, issue->group, mem, &f.group, err);

    while (!rc && issue->state == ISSUE_FANNING) {
        rc = fan_page(&f, rows, out, &n, &added, err);
        if (!rc)
            *did += (size_t)added;
    }
    return rc ? err_wrap(err, "fan out issue %" PRId64, issue->id.v) : RC_OK;
}

/* --- the clock -------------------------------------------------------------------------------------------------------------------- */

static struct rhythm rhythm_of(const struct care_group *g, enum member_rhythm which)
{
    return (struct rhythm){ .zone = g->zone,
                            .minute = (int)g->digest_minute,
                            .weekday = which == RHYTHM_WEEKLY ? (int)g->digest_weekday : RHYTHM_EVERY_DAY };
}

/* The latest closing hour that is not in the future. */
static enum rc latest_close(const struct rhythm *r, int64_t now_ms, int64_t *ret_ms, struct err *err)
{
    int64_t at = now_ms - (r->weekday == RHYTHM_EVERY_DAY ? 2 : 8) * MS_DAY, next = 0;
    enum rc rc;

    while ((rc = rhythm_next_close(r, at, &next, err)) == RC_OK && next <= now_ms)
        at = next;
    *ret_ms = at;
    return rc;
}

static enum rc close_when_due(struct gate *gate, const struct care_group *g, enum member_rhythm which, size_t *did,
                              struct err *err)
{
    const struct rhythm r = rhythm_of(g, which);
    struct issue issue;
    int64_t hour = 0, to_seq = 0;
    enum rc rc = latest_close(&r, gate_now_ms(gate), &hour, err);

    if (rc)
        return rc;
    rc = issue_last(&gate->store, g->id, which, &issue, err);
    if (rc == RC_OK && issue.closed_ms >= hour)
        return RC_OK;
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    rc = issue_seq_at(&gate->store, g->id, hour, &to_seq, err);
    if (!rc && to_seq == 0)
        return RC_OK;
    if (!rc)
        rc = close_issue(gate, g->id, which, to_seq, &issue, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    *did += rc == RC_OK;
    return rc;
}

/* Issues whose last delivery has left. */
static enum rc finish_issues(struct gate *gate, struct arena *mem, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct issue *sending = NULL;
    size_t n = 0;
    enum rc rc = issue_list(&gate->store, ISSUE_SENDING, 1, mem, &sending, &n, err);

    if (rc || n == 0)
        return rc;
    rc = db_begin(gate->store.db, &tx, err);
    if (!rc)
        rc = issue_finish(&gate->store, err);
    return rc ? rc : db_commit(&tx, err);
}

enum rc digest_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_tick");
    struct care_group *groups = NULL;
    struct issue *open = NULL;
    size_t n = 0, did = 0;
    enum rc rc = group_list(&gate->store, mem, &groups, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        /* a group that has ended still owes what was approved before: nothing is published after */
        rc = close_when_due(gate, &groups[i], RHYTHM_DAILY, &did, err);
        if (!rc)
            rc = close_when_due(gate, &groups[i], RHYTHM_WEEKLY, &did, err);
    }
    if (!rc)
        rc = issue_list(&gate->store, ISSUE_FANNING, GROUPS_PAGE, mem, &open, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fan_out(gate, &open[i], &did, err);
    if (!rc)
        rc = finish_issues(gate, mem, err);
    if (!rc)
        *ret_did = did;
    return rc;
}

enum rc digest_next_close(struct gate *gate, int64_t *ret_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("digest_next");
    struct care_group *groups = NULL;
    int64_t soonest = INT64_MAX, at = 0;
    size_t n = 0;
    enum rc rc = group_list(&gate->store, mem, &groups, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        const struct rhythm r = rhythm_of(&groups[i], RHYTHM_DAILY); /* a weekly close is at one of its hours */

        if (groups[i].state != GROUP_OPEN)
            continue;
        rc = rhythm_next_close(&r, gate_now_ms(gate), &at, err);
        if (!rc && at < soonest)
            soonest = at;
    }
    if (!rc)
        *ret_ms = soonest;
    return rc;
}

enum rc digest_close(struct gate *gate, struct group_id group, enum member_rhythm rhythm, struct issue *ret_issue,
                     struct err *err)
{
    size_t did = 0;
    int64_t to_seq = 0;
    enum rc rc = issue_seq_at(&gate->store, group, gate_now_ms(gate), &to_seq, err);

    if (!rc)
        rc = close_issue(gate, group, rhythm, to_seq, ret_issue, err);
    return rc ? rc : fan_out(gate, ret_issue, &did, err);
}

/* What texts of each level would hold, under the letter. */
static enum rc add_texts(struct gate *gate, const struct issue *issue, const struct issue_item *items, size_t n,
                         enum person_language language, struct arena *mem, char **text, struct err *err)
{
    static const char *const levels[] = { "the count alone", "a line of each", "the words" };

    for (int level = TEXT_LEVEL_COUNT; level <= TEXT_LEVEL_WORDS; level++) {
        struct text_composed c;
        const enum rc rc = text_digest_preview(gate, issue, items, n, language, level, mem, &c, err);

        if (rc)
            return rc == RC_NOT_FOUND ? RC_OK : rc;
        *text = arena_printf(mem, "%s\n--- as a text, level %d (%s): %" PRId64 " %s ---\n%s\n", *text, level,
                             levels[level], c.parts, c.parts == 1 ? "part" : "parts", c.words);
    }
    return RC_OK;
}

enum rc digest_preview(struct gate *gate, struct group_id group, enum member_rhythm rhythm,
                       enum person_language language, struct arena *mem, char **ret_text, struct err *err)
{
    struct issue issue;
    struct issue_item *items = NULL;
    struct care_group g;
    int64_t to_seq = 0;
    size_t n = 0;
    enum rc rc = group_get(&gate->store, group, mem, &g, err);

    if (!rc)
        rc = issue_seq_at(&gate->store, group, gate_now_ms(gate), &to_seq, err);
    if (!rc)
        rc = draft(gate, group, rhythm, to_seq, mem, &issue, &items, &n, err);
    issue.number = g.issue_no + 1;
    if (rc || digest_show(gate, &issue, items, n, language, mem, ret_text, err))
        return err->rc;
    return add_texts(gate, &issue, items, n, language, mem, ret_text, err);
}
