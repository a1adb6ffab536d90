#include "gateway/note/topic_again.h"

#include "gateway/note/topic.h"
#include "gateway/practice/record.h"
#include "schedules/series.h"
#include "store/due.h"
#include "store/group.h"
#include "store/person.h"

#include <assert.h>

#define LAST_DAYS 800 /* whether any date is left */

/* ---- dates ---- */

static struct series series_of(const struct topic_series *s, const struct care_group *g)
{
    struct series series = { .zone = g->zone,
                             .rule = s->rule,
                             .first = { .hour = (int)s->minute / 60, .minute = (int)s->minute % 60 } };

    clock_civil_from_days(s->day, &series.first.on.year, &series.first.on.month, &series.first.on.day);
    return series;
}

static const struct topic_series_day *row_of(const struct topic_series_day *rows, size_t n, int64_t day)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].day == day)
            return &rows[i];
    return NULL;
}

enum rc topic_again_dates(struct gate *gate, const struct topic_series *s, int days, struct arena *mem,
                          struct topic_again_date **ret, size_t *ret_n, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    const struct series_visit *times = NULL;
    struct topic_series_day *rows;
    struct topic_again_date *dates;
    struct care_group g;
    struct series series;
    size_t n = 0, row_count;

    if (group_get(&gate->store, s->group, mem, &g, err) ||
        topic_series_days(&gate->store, s->id, mem, &rows, &row_count, err))
        return err->rc;
    series = series_of(s, &g);
    if (s->state == TOPIC_SERIES_OPEN &&
        series_expand(&series, now_ms + 1, now_ms + days * MS_DAY, mem, &times, &n, err))
        return err->rc;
    dates = arena_array(mem, n + 1, sizeof *dates);
    for (size_t i = 0; i < n; i++) {
        const struct series_day *on = &times[i].local.on;
        const struct topic_series_day *row;

        dates[i] = (struct topic_again_date){ .day = clock_days_from_civil(on->year, on->month, on->day),
                                              .due_ms = times[i].start_ms };
        row = row_of(rows, row_count, dates[i].day);
        dates[i].is_left_out = row && !row->post.v;
        dates[i].post.v = row ? row->post.v : 0;
    }
    *ret = dates;
    *ret_n = n;
    return RC_OK;
}

/* ---- drafting ---- */

static enum rc draft(struct gate *gate, const struct audit_who *who, const struct topic_series *s, int64_t due_ms,
                     struct post_id *ret_post, struct err *err)
{
    const struct topic_draft topic = { .group = s->group,
                                       .author = s->author,
                                       .is_news = s->is_news,
                                       .tag = s->tag,
                                       .title = *s->title ? s->title : NULL,
                                       .text = s->text,
                                       .when_ms = due_ms,
                                       .flags = s->flags,
                                       .who = *who };
    struct post post;
    int64_t planned_ms;

    if (topic_plan(gate, &topic, &post, &planned_ms, err))
        return err->rc;
    *ret_post = post.id;
    return RC_OK;
}

static enum rc draft_what_is_near(struct gate *gate, const struct audit_who *who, const struct topic_series *s,
                                  struct arena *mem, struct err *err)
{
    struct topic_again_date *dates;
    size_t n;

    if (topic_again_dates(gate, s, (int)s->ahead_days, mem, &dates, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct topic_series_day day = { .day = dates[i].day };

        if (dates[i].post.v || dates[i].is_left_out)
            continue;
        if (draft(gate, who, s, dates[i].due_ms, &day.post, err) || topic_series_add_day(&gate->store, s->id, day, err))
            return err->rc;
    }
    return RC_OK;
}

/* ---- what staff do ---- */

static enum rc check(struct gate *gate, const struct topic_series *s, struct arena *mem, struct err *err)
{
    const struct topic_series probe = {
        .id = s->id, .group = s->group, .state = TOPIC_SERIES_OPEN, .rule = s->rule, .day = s->day, .minute = s->minute
    };
    struct topic_again_date *dates;
    struct care_group g;
    struct series series;
    size_t n;

    if (!*s->text)
        return err_set(err, RC_INPUT, "there is no text");
    if (s->ahead_days < TOPIC_AGAIN_MIN_DAYS || s->ahead_days > TOPIC_AGAIN_MAX_DAYS)
        return err_set(err, RC_INPUT, "dates are drafted %d to %d days ahead", TOPIC_AGAIN_MIN_DAYS,
                       TOPIC_AGAIN_MAX_DAYS);
    if (group_get(&gate->store, s->group, mem, &g, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return err_set(err, RC_INPUT, "this group has ended");
    series = series_of(s, &g);
    if (!*s->rule)
        return err_set(err, RC_INPUT, "a series needs a rule, as FREQ=WEEKLY;COUNT=8");
    if (series_check(&series, err))
        return err_wrap(err, "the rule");
    if (topic_again_dates(gate, &probe, LAST_DAYS, mem, &dates, &n, err))
        return err->rc;
    if (!n || dates[0].day != s->day)
        return err_set(err, RC_INPUT, "the first date must lie ahead");
    return s->is_news ? topic_check_audience(gate, s->group, s->tag, err) : RC_OK;
}

enum rc topic_again_add(struct gate *gate, const struct audit_who *who, struct topic_series *s, const int64_t *skipped,
                        size_t n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");

    assert(db_in_tx(gate->store.db));
    if (check(gate, s, mem, err) || topic_series_add(&gate->store, s, err) ||
        record_act(gate, who, AUDIT_TOPIC_SERIES_ADDED, AUDIT_ITEM_TOPIC_SERIES, s->id.v, NULL, s->rule, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (topic_again_skip(gate, who, s->id, skipped[i], err))
            return err->rc;
    if (draft_what_is_near(gate, who, s, mem, err))
        return err->rc;
    return due_set(&gate->store, JOB_TOPIC_SERIES, s->id.v, gate_now_ms(gate) + MS_DAY, err);
}

/* *ret_is_back false: it went out, or was refused; that stays. */
static enum rc take_back(struct gate *gate, const struct audit_who *who, struct post_id post, bool *ret_is_back,
                         struct err *err)
{
    const enum rc rc = topic_cancel(gate, who, post, err);

    *ret_is_back = rc == RC_OK;
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc open_one(struct gate *gate, struct topic_series_id id, struct arena *mem, struct topic_series *s,
                        struct err *err)
{
    const enum rc rc = topic_series_get(&gate->store, id, mem, s, err);

    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "there is no series of this number");
    if (!rc && s->state != TOPIC_SERIES_OPEN)
        return err_set(err, RC_CONFLICT, "this series has ended already");
    return rc;
}

enum rc topic_again_change(struct gate *gate, const struct audit_who *who, const struct topic_series *s,
                           struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");
    struct topic_again_date *dates;
    struct topic_series old;
    size_t n;

    assert(db_in_tx(gate->store.db));
    if (!*s->text)
        return err_set(err, RC_INPUT, "there is no text");
    if (open_one(gate, s->id, mem, &old, err) || topic_series_set_words(&gate->store, s, err) ||
        record_act(gate, who, AUDIT_TOPIC_SERIES_CHANGED, AUDIT_ITEM_TOPIC_SERIES, s->id.v, old.text, s->text, err) ||
        topic_again_dates(gate, &old, TOPIC_AGAIN_MAX_DAYS + 1, mem, &dates, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct topic_series_day day = { .day = dates[i].day };
        bool is_back = false;

        if (!dates[i].post.v)
            continue;
        if (take_back(gate, who, dates[i].post, &is_back, err) ||
            (is_back && (draft(gate, who, s, dates[i].due_ms, &day.post, err) ||
                         topic_series_set_day(&gate->store, s->id, day, err))))
            return err->rc;
    }
    return RC_OK;
}

enum rc topic_again_skip(struct gate *gate, const struct audit_who *who, struct topic_series_id id, int64_t day,
                         struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");
    struct topic_again_date *dates;
    struct topic_series s;
    size_t n, i = 0;
    char text[16];
    int y, m, d;

    assert(db_in_tx(gate->store.db));
    if (open_one(gate, id, mem, &s, err) || topic_again_dates(gate, &s, LAST_DAYS, mem, &dates, &n, err))
        return err->rc;
    while (i < n && dates[i].day != day)
        i++;
    if (i == n)
        return err_set(err, RC_INPUT, "that day is none of the dates to come of this series");
    if (dates[i].is_left_out)
        return err_set(err, RC_CONFLICT, "that date is left out already");
    if (dates[i].post.v ? topic_cancel(gate, who, dates[i].post, err) ||
                              topic_series_set_day(&gate->store, id, (struct topic_series_day){ .day = day }, err)
                        : topic_series_add_day(&gate->store, id, (struct topic_series_day){ .day = day }, err))
        return err->rc;
    clock_civil_from_days(day, &y, &m, &d);
    snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);
    return record_act(gate, who, AUDIT_TOPIC_SERIES_SKIPPED, AUDIT_ITEM_TOPIC_SERIES, id.v, NULL, text, err);
}

enum rc topic_again_end(struct gate *gate, const struct audit_who *who, struct topic_series_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");
    struct topic_series_day *rows;
    struct topic_series s;
    bool is_back;
    size_t n;

    assert(db_in_tx(gate->store.db));
    if (open_one(gate, id, mem, &s, err) || topic_series_end(&gate->store, id, err) ||
        due_clear(&gate->store, JOB_TOPIC_SERIES, id.v, err) ||
        topic_series_days(&gate->store, id, mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (rows[i].post.v && take_back(gate, who, rows[i].post, &is_back, err))
            return err->rc;
    return record_act(gate, who, AUDIT_TOPIC_SERIES_ENDED, AUDIT_ITEM_TOPIC_SERIES, id.v, NULL, NULL, err);
}

enum rc topic_again_end_group(struct gate *gate, const struct audit_who *who, struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");
    struct topic_series *list;
    size_t n;

    if (topic_series_list(&gate->store, group, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && list[i].state == TOPIC_SERIES_OPEN; i++)
        if (topic_again_end(gate, who, list[i].id, err))
            return err->rc;
    return RC_OK;
}

/* ---- the clock ---- */

/* Nothing is taken back: what is drafted is a topic like any other. */
static enum rc finish(struct gate *gate, const struct audit_who *who, struct topic_series_id id, struct err *err)
{
    if (topic_series_end(&gate->store, id, err))
        return err->rc;
    return record_act(gate, who, AUDIT_TOPIC_SERIES_ENDED, AUDIT_ITEM_TOPIC_SERIES, id.v, NULL, NULL, err);
}

enum rc topic_again_run(struct gate *gate, struct topic_series_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_again");
    const struct audit_who rule = record_rule();
    struct topic_again_date *dates;
    struct topic_series s;
    struct person author;
    size_t n;

    if (topic_series_get(&gate->store, id, mem, &s, err) || person_get(&gate->store, s.author, mem, &author, err))
        return err->rc;
    if (s.state != TOPIC_SERIES_OPEN)
        return RC_OK;
    if (author.state != PERSON_ACTIVE) /* nobody speaks in the name of who has left */
        return finish(gate, &rule, id, err);
    if (draft_what_is_near(gate, &rule, &s, mem, err) || topic_again_dates(gate, &s, LAST_DAYS, mem, &dates, &n, err))
        return err->rc;
    return n ? due_set(&gate->store, JOB_TOPIC_SERIES, id.v, gate_now_ms(gate) + MS_DAY, err)
             : finish(gate, &rule, id, err);
}
