#include "gateway/note/topic.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "gateway/note/hold.h"
#include "gateway/note/publish.h"
#include "gateway/note/review.h"
#include "gateway/practice/record.h"
#include "gateway/practice/title.h"
#include "schedules/hours.h"
#include "schedules/zone.h"
#include "store/conversation.h"
#include "store/due.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/question.h"

#include <assert.h>

#define WEEKS_AHEAD 53

/* ---- dates ---- */

static enum rc due_of(const struct topic *t, const struct care_group *g, int64_t *ret_ms, struct err *err)
{
    return zone_utc_from_minute(g->zone, t->day, (int)t->minute, ret_ms, err);
}

static bool is_taken(const struct topic *topics, size_t n, int64_t day)
{
    for (size_t i = 0; i < n; i++)
        if (topics[i].day == day)
            return true;
    return false;
}

/* The first of the group's hours ahead on a day that no other topic of the group has. */
static enum rc next_free(struct gate *gate, const struct care_group *g, struct topic *t, struct arena *mem,
                         struct err *err)
{
    struct topic_hour hour;
    struct topic *others;
    int64_t day, due_ms;
    size_t n;

    if (topic_hour_get(&gate->store, g->id, &hour, err) || topic_ahead(&gate->store, g->id, mem, &others, &n, err) ||
        zone_day_from_utc(g->zone, gate_now_ms(gate), &day, err))
        return err->rc;
    t->minute = hour.minute;
    for (int64_t last = day + (int64_t)7 * WEEKS_AHEAD; day <= last; day++) {
        t->day = day;
        if (zone_weekday(day) != hour.weekday || is_taken(others, n, day))
            continue;
        if (due_of(t, g, &due_ms, err))
            return err->rc;
        if (due_ms > gate_now_ms(gate))
            return RC_OK;
    }
    return err_set(err, RC_INPUT, "every week of the coming year has its topic");
}

static enum rc on_date(const struct gate *gate, const struct care_group *g, int64_t when_ms, struct topic *t,
                       struct err *err)
{
    struct local_time at;

    if (when_ms <= gate_now_ms(gate) || when_ms > gate_now_ms(gate) + TOPIC_AHEAD_MS)
        return err_set(err, RC_INPUT, "the date must lie ahead, and at most 400 days");
    if (zone_local_from_utc(g->zone, when_ms, &at, err) || zone_day_from_utc(g->zone, when_ms, &t->day, err))
        return err->rc;
    t->minute = at.hour * 60 + at.minute;
    return RC_OK;
}

/* ---- drafting ---- */

static enum rc hold(struct gate *gate, const struct topic_draft *draft, struct post *post, struct arena *mem,
                    struct err *err)
{
    struct store *const st = &gate->store;
    const struct context context = {
        .original = draft->text, .trimmed = "", .subject = draft->title ? draft->title : "", .cut = "", .from_name = ""
    };
    struct conversation c = { .group = draft->group,
                              .title = draft->title ? draft->title : title_of_text(draft->text, mem) };

    *post = (struct post){ .group = draft->group,
                           .kind = draft->is_news ? POST_ANNOUNCEMENT : POST_POST,
                           .state = POST_HELD,
                           .audience_tag = draft->is_news && draft->tag && *draft->tag ? draft->tag : NULL,
                           .author = draft->author,
                           .letter = draft->letter,
                           .tier = 4,
                           .flags = draft->flags,
                           .placed_why = HOLD_PLACED_BY_STAFF,
                           .text = draft->text,
                           .context = context_write(&context, gate->mem),
                           .created_ms = gate_now_ms(gate) };
    if (post_add(st, post, err))
        return err->rc;
    if (draft->is_news)
        return RC_OK;
    c.first_post = post->id;
    if (conversation_add(st, &c, err))
        return err->rc;
    post->conversation = c.id;
    return post_change(st, post, err);
}

enum rc topic_check_audience(struct gate *gate, struct group_id group, const char *tag, struct err *err)
{
    const struct roster_filter filter = { .group = group, .tag = tag && *tag ? tag : NULL };
    struct roster_count count;

    if (membership_count(&gate->store, &filter, &count, err))
        return err->rc;
    if (count.all)
        return RC_OK;
    return err_set(err, RC_INPUT, "%s",
                   filter.tag ? "nobody in the group has this tag" : "the group has no active members yet");
}

enum rc topic_plan(struct gate *gate, const struct topic_draft *draft, struct post *ret_post, int64_t *ret_due_ms,
                   struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic");
    struct topic t = { .group = draft->group, .state = TOPIC_PLANNED };
    const bool has_date = draft->when_ms != TOPIC_NOW;
    struct care_group g;
    int64_t due_ms = 0;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    if (!*draft->text)
        return err_set(err, RC_INPUT, "the topic has no text");
    if (group_get(&gate->store, draft->group, mem, &g, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return err_set(err, RC_INPUT, "this group has ended");
    if (draft->is_news && !has_date)
        return err_set(err, RC_INPUT, "an announcement without a date goes out by SEND");
    rc = draft->when_ms == TOPIC_NEXT ? next_free(gate, &g, &t, mem, err)
         : has_date                   ? on_date(gate, &g, draft->when_ms, &t, err)
                                      : RC_OK;
    if (!rc && has_date)
        rc = due_of(&t, &g, &due_ms, err);
    if (rc || hold(gate, draft, ret_post, mem, err))
        return err->rc;
    t.post = ret_post->id;
    if ((has_date && topic_add(&gate->store, &t, err)) ||
        record_act(gate, &draft->who, has_date ? AUDIT_TOPIC_PLANNED : AUDIT_POST_HELD, AUDIT_ITEM_POST, ret_post->id.v,
                   NULL, NULL, err))
        return err->rc;
    *ret_due_ms = due_ms;
    return draft->is_decided ? RC_OK : review_offer(gate, ret_post, err);
}

/* ---- the group's hour ---- */

enum rc topic_read_hour(const char *text, struct topic_hour *ret_hour, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_hour");
    const char *s = text && text_is_utf8(text, strlen(text)) ? text_fold_plain(mem, text) : "";
    const size_t n = strcspn(s, " ");
    unsigned days = 0;
    int minute;

    *ret_hour = (struct topic_hour){ .weekday = -1 };
    if (text && (!*text || !strcmp(s, "none")))
        return RC_OK;
    if (!hours_read_days(arena_strndup(mem, s, n), &days) || (days & (days - 1)))
        return err_set(err, RC_INPUT, "a day and a time are expected, as \"Tue 9:00\"");
    s += n + strspn(s + n, " ");
    if (!hours_read_minute(&s, &minute) || *s || minute >= 24 * 60)
        return err_set(err, RC_INPUT, "a day and a time are expected, as \"Tue 9:00\"");
    ret_hour->minute = minute;
    for (ret_hour->weekday = 0; !(days >> ret_hour->weekday & 1); ret_hour->weekday++)
        ;
    return RC_OK;
}

static const char *say_hour(const struct topic_hour *hour, struct arena *mem)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

    if (hour->weekday < 0)
        return NULL;
    return arena_printf(mem, "%s %02" PRId64 ":%02" PRId64, days[hour->weekday], hour->minute / 60, hour->minute % 60);
}

enum rc topic_set_hour(struct gate *gate, const struct audit_who *who, struct group_id group,
                       const struct topic_hour *hour, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_hour");
    struct topic_hour old = { .weekday = -1 };
    const enum rc rc = topic_hour_get(&gate->store, group, &old, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (topic_hour_set(&gate->store, group, hour, err))
        return err->rc;
    return record_act(gate, who, AUDIT_TOPIC_HOUR_SET, AUDIT_ITEM_GROUP, group.v, say_hour(&old, mem),
                      say_hour(hour, mem), err);
}

/* ---- the list ---- */

static enum rc line_of(struct gate *gate, const struct topic *t, struct arena *mem, struct topic_line *line,
                       struct err *err)
{
    struct conversation c = { .title = NULL };
    struct care_group g;
    struct person author;
    struct post post;

    if (post_get(&gate->store, t->post, mem, &post, err) || group_get(&gate->store, t->group, mem, &g, err) ||
        (post.conversation.v && conversation_get(&gate->store, post.conversation, mem, &c, err)) ||
        person_get(&gate->store, post.author, mem, &author, err))
        return err->rc;
    *line = (struct topic_line){ .topic = *t,
                                 .title = c.title ? c.title : title_of_text(post.text, mem),
                                 .author = author.name };
    return due_of(t, &g, &line->due_ms, err);
}

enum rc topic_list(struct gate *gate, struct group_id group, struct arena *mem, struct topic_line **ret, size_t *ret_n,
                   struct err *err)
{
    struct topic_line *lines;
    struct topic *topics;
    size_t n;

    if (topic_ahead(&gate->store, group, mem, &topics, &n, err))
        return err->rc;
    lines = ARENA_ARRAY(mem, n, struct topic_line);
    for (size_t i = 0; i < n; i++)
        if (line_of(gate, &topics[i], mem, &lines[i], err))
            return err->rc;
    *ret = lines;
    *ret_n = n;
    return RC_OK;
}

/* ---- from the OK to the date ---- */

/* RC_OK with state 0: it has no date. */
static enum rc find(struct gate *gate, struct post_id id, struct topic *t, struct err *err)
{
    const enum rc rc = topic_get(&gate->store, id, t, err);

    if (rc == RC_NOT_FOUND)
        *t = (struct topic){ .post = id };
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc topic_has_date(struct gate *gate, struct post_id id, bool *ret_has, struct err *err)
{
    struct topic t;

    if (find(gate, id, &t, err))
        return err->rc;
    *ret_has = t.state != 0;
    return RC_OK;
}

enum rc topic_due(struct gate *gate, const struct post *post, int64_t *ret_due_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_due");
    struct topic t;
    struct care_group g;
    int64_t due_ms;

    *ret_due_ms = 0;
    if (find(gate, post->id, &t, err))
        return err->rc;
    if (!t.day || t.state == TOPIC_CANCELLED || t.state == TOPIC_SENT)
        return RC_OK;
    if (group_get(&gate->store, t.group, mem, &g, err) || due_of(&t, &g, &due_ms, err))
        return err->rc;
    *ret_due_ms = due_ms > gate_now_ms(gate) ? due_ms : 0;
    return RC_OK;
}

enum rc topic_release(struct gate *gate, struct post *post, int64_t due_ms, struct err *err)
{
    if (topic_set_state(&gate->store, post->id, TOPIC_PLANNED, TOPIC_RELEASED, err) ||
        post_set_send(&gate->store, post, due_ms, err))
        return err->rc;
    return due_set(&gate->store, JOB_TOPIC, post->id.v, due_ms, err);
}

enum rc topic_take_back(struct gate *gate, struct post *post, struct err *err)
{
    if (topic_set_state(&gate->store, post->id, TOPIC_RELEASED, TOPIC_PLANNED, err) ||
        due_clear(&gate->store, JOB_TOPIC, post->id.v, err) || post_set_send(&gate->store, post, 0, err))
        return err->rc;
    post->state = POST_HELD;
    post->first_review_by.v = 0;
    return post_change(&gate->store, post, err); /* the OK was about the version before */
}

enum rc topic_cancel(struct gate *gate, const struct audit_who *who, struct post_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_cancel");
    struct topic t;
    struct post post;

    if (topic_get(&gate->store, id, &t, err) || post_get(&gate->store, id, mem, &post, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "there is no topic of this number") : err->rc;
    if (t.state > TOPIC_RELEASED || (post.state > POST_HALF_RELEASED))
        return err_set(err, RC_CONFLICT, "this topic is not ahead any more");
    if (topic_set_state(&gate->store, id, t.state, TOPIC_CANCELLED, err) ||
        due_clear(&gate->store, JOB_TOPIC, id.v, err) || (post.send_ms && post_set_send(&gate->store, &post, 0, err)))
        return err->rc;
    post.state = POST_WITHDRAWN;
    post.remind_ms = 0;
    if (post_change(&gate->store, &post, err) || question_withdraw_about(&gate->store, id.v, err))
        return err->rc;
    return record_act(gate, who, AUDIT_TOPIC_CANCELLED, AUDIT_ITEM_POST, id.v, NULL, NULL, err);
}

enum rc topic_end_group(struct gate *gate, struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_end");
    struct topic *topics;
    struct post post;
    size_t n;

    if (topic_ahead(&gate->store, group, mem, &topics, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (topic_set_state(&gate->store, topics[i].post, topics[i].state, TOPIC_CANCELLED, err) ||
            due_clear(&gate->store, JOB_TOPIC, topics[i].post.v, err) ||
            post_get(&gate->store, topics[i].post, mem, &post, err) ||
            (post.send_ms && post_set_send(&gate->store, &post, 0, err)))
            return err->rc;
    }
    return RC_OK;
}

/* ---- the clock ---- */

/* The zone's rules may have changed since the OK: then its day and minute come later than was thought. */
static enum rc is_early(struct gate *gate, const struct post *post, bool *ret_is_early, struct err *err)
{
    int64_t due_ms;

    if (topic_due(gate, post, &due_ms, err))
        return err->rc;
    *ret_is_early = due_ms != 0;
    return due_ms ? due_set(&gate->store, JOB_TOPIC, post->id.v, due_ms, err) : RC_OK;
}

enum rc topic_run(struct gate *gate, struct post_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_run");
    const struct audit_who rule = record_rule();
    struct post post;
    bool is_to_wait = false;

    if (post_get(&gate->store, id, mem, &post, err))
        return err->rc;
    if (!post.send_ms) /* taken back */
        return RC_OK;
    if (is_early(gate, &post, &is_to_wait, err))
        return err->rc;
    if (is_to_wait)
        return RC_OK;
    if (topic_set_state(&gate->store, id, TOPIC_RELEASED, TOPIC_SENT, err) || post_publish(&gate->store, &post, err) ||
        record_act(gate, &rule, AUDIT_TOPIC_SENT, AUDIT_ITEM_POST, id.v, NULL, NULL, err))
        return err_wrap(err, "topic %" PRId64, id.v);
    return publish_post(gate, &post, err);
}
