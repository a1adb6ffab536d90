#include "gateway/people/check_in.h"

#include "base/text.h"
#include "gateway/people/check_in_say.h"
#include "gateway/people/check_in_totals.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "schedules/hours.h"
#include "schedules/said.h"
#include "schedules/zone.h"
#include "store/due.h"

#include <assert.h>

#define BATCH 200
#define SCALE_HIGH 10000
#define EVERY_DAY 127
#define WEEKDAYS 62

/* ---- setting it up ---- */

enum rc check_in_read_days(const char *text, int64_t *ret_days, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_days");
    char *rest = text && text_is_utf8(text, strlen(text)) ? text_fold_plain(mem, text) : arena_strdup(mem, ""), *word;
    unsigned days = 0;

    while ((word = strsep(&rest, " ,;"))) {
        if (!strcmp(word, "daily") || !strcmp(word, "diario"))
            days |= EVERY_DAY;
        else if (!strcmp(word, "weekdays") || !strcmp(word, "laborables"))
            days |= WEEKDAYS;
        else if (*word && !hours_read_days(word, &days))
            return err_set(err, RC_INPUT, "days are expected, as \"daily\", \"weekdays\" or \"Mon, Thu\"");
    }
    *ret_days = days;
    return days ? RC_OK : err_set(err, RC_INPUT, "days are expected, as \"daily\", \"weekdays\" or \"Mon, Thu\"");
}

static bool is_line(const char *text, size_t max)
{
    return !strchr(text, '\n') && text_length(text) <= max;
}

static bool is_between(int64_t v, int64_t low, int64_t high)
{
    return v == CHECK_IN_NO_LIMIT ||
           ((low == CHECK_IN_NO_LIMIT || v >= low) && (high == CHECK_IN_NO_LIMIT || v <= high));
}

static enum rc check_limits(const struct check_in *c, struct err *err)
{
    const struct check_in_limits *l = &c->limits;

    if (c->kind == CHECK_IN_WORDS && (l->low != CHECK_IN_NO_LIMIT || l->high != CHECK_IN_NO_LIMIT ||
                                      l->alert_low != CHECK_IN_NO_LIMIT || l->alert_high != CHECK_IN_NO_LIMIT))
        return err_set(err, RC_INPUT, "answers in words have no limits");
    if (l->low != CHECK_IN_NO_LIMIT && l->high != CHECK_IN_NO_LIMIT && l->low >= l->high)
        return err_set(err, RC_INPUT, "the lowest plausible answer must be below the highest");
    if (l->alert_low != CHECK_IN_NO_LIMIT && l->alert_high != CHECK_IN_NO_LIMIT && l->alert_low >= l->alert_high)
        return err_set(err, RC_INPUT, "the lower limit for a look must be below the upper one");
    if (!is_between(l->alert_low, l->low, l->high) || !is_between(l->alert_high, l->low, l->high))
        return err_set(err, RC_INPUT, "the limits for a look must be plausible answers");
    return RC_OK;
}

enum rc check_in_check(struct gate *gate, struct check_in *c, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in");
    struct care_group g;

    if (group_get(&gate->store, c->group, mem, &g, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return err_set(err, RC_INPUT, "this group has ended");
    if (!*c->question || !is_line(c->question, CHECK_IN_QUESTION_CHARS) ||
        !is_line(c->question_es, CHECK_IN_QUESTION_CHARS))
        return err_set(err, RC_INPUT, "a check-in needs a question, one line of at most %d characters",
                       CHECK_IN_QUESTION_CHARS);
    if (!is_line(c->unit, CHECK_IN_UNIT_CHARS) || strpbrk(c->unit, "0123456789") ||
        (*c->unit && c->kind != CHECK_IN_NUMBER))
        return err_set(err, RC_INPUT, "a unit is a word like lb, and only numbers have one");
    if (c->days < 1 || c->days > EVERY_DAY || c->minute < 0 || c->minute >= 24 * 60)
        return err_set(err, RC_INPUT, "a check-in needs its days and an hour");
    if (c->has_totals && (*c->tag || c->kind == CHECK_IN_WORDS))
        return err_set(err, RC_INPUT, "totals are of whole groups, and of answers that can be counted");
    if (c->kind == CHECK_IN_SCALE || c->kind == CHECK_IN_YES_NO) {
        c->limits.low = 0;
        c->limits.high = c->kind == CHECK_IN_SCALE ? SCALE_HIGH : 1000;
    }
    return check_limits(c, err);
}

static enum rc set_next(struct gate *gate, const struct check_in *c, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_next");
    struct care_group g;
    int64_t next_ms;

    if (group_get(&gate->store, c->group, mem, &g, err) || check_in_next(c, g.zone, gate_now_ms(gate), &next_ms, err))
        return err->rc;
    return due_set(&gate->store, JOB_CHECK_IN, c->id.v, next_ms, err);
}

enum rc check_in_plan(struct gate *gate, const struct audit_who *who, struct check_in *c, struct err *err)
{
    assert(db_in_tx(gate->store.db));
    if (check_in_check(gate, c, err) || check_in_add(&gate->store, c, err) || set_next(gate, c, err))
        return err->rc;
    return record_act(gate, who, AUDIT_CHECK_IN_ADDED, AUDIT_ITEM_CHECK_IN, c->id.v, NULL, c->question, err);
}

enum rc check_in_next(const struct check_in *c, const char *zone, int64_t after_ms, int64_t *ret_ms, struct err *err)
{
    int64_t day;

    if (zone_day_from_utc(zone, after_ms, &day, err))
        return err->rc;
    for (const int64_t last = day + 8; day <= last; day++) {
        if (!(c->days >> zone_weekday(day) & 1))
            continue;
        if (zone_utc_from_minute(zone, day, (int)c->minute, ret_ms, err))
            return err->rc;
        if (*ret_ms > after_ms)
            return RC_OK;
    }
    return err_set(err, RC_BUG, "check-in %" PRId64 " has no days", c->id.v);
}

/* ---- one letter ---- */

static struct notice notice_to(const struct check_in *c, const struct check_in_seat *seat, enum mailing_kind kind,
                               int64_t subject)
{
    return (struct notice){ .kind = kind,
                            .person = seat->person,
                            .membership = seat->membership,
                            .group = c->group,
                            .reply = TOKEN_CHECK_IN,
                            .subject_id = subject,
                            .lane = -1 };
}

enum rc check_in_send(struct gate *gate, const struct check_in *c, const struct check_in_round *round,
                      const struct check_in_seat *seat, bool is_first, struct err *err)
{
    struct notice notice = notice_to(c, seat, MAILING_CHECK_IN, round->id.v);

    notice.values = json_object_new();
    check_in_say_question(c, seat->language, notice.values);
    json_set_bool(notice.values, "is_first", is_first);
    return notice_queue(gate, &notice, NULL, err);
}

static enum rc set_part(struct gate *gate, const struct check_in *c, const struct check_in_seat *seat,
                        enum check_in_part part, int64_t asks, struct err *err)
{
    const struct check_in_member m = {
        .check_in = c->id, .membership = seat->membership, .person = seat->person, .part = part, .asks = asks
    };

    return check_in_member_set(&gate->store, &m, err);
}

enum rc check_in_ask(struct gate *gate, const struct check_in *c, const struct check_in_seat *seat, int64_t asks,
                     struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_ask");
    struct notice notice = notice_to(c, seat, MAILING_CHECK_IN_ASK, c->id.v);

    notice.values = json_object_new();
    check_in_say_question(c, seat->language, notice.values);
    json_set_str(notice.values, "check_in_days", check_in_say_days(c->days, seat->language, mem));
    json_set_str(notice.values, "check_in_hour", said_minute(seat->language, c->minute, mem));
    json_set_bool(notice.values, "has_totals", c->has_totals);
    if (notice_queue(gate, &notice, NULL, err))
        return err->rc;
    return set_part(gate, c, seat, CHECK_IN_ASKED, asks, err);
}

enum rc check_in_choose(struct gate *gate, const struct check_in *c, const struct check_in_seat *seat,
                        enum check_in_part part, struct err *err)
{
    const struct audit_who who = record_patient(seat->person);
    struct check_in_member old = { .asks = 0 };
    const enum rc rc = check_in_member_find(&gate->store, c->id, seat->membership, &old, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!rc && old.part == part)
        return RC_OK;
    if (set_part(gate, c, seat, part, old.asks, err))
        return err->rc;
    return record_act(gate, &who, AUDIT_CHECK_IN_CHOSEN, AUDIT_ITEM_MEMBERSHIP, seat->membership.v,
                      rc ? NULL : check_in_part_name(old.part), check_in_part_name(part), err);
}

/* ---- asking everybody ---- */

/* Nobody can be written to: that is no fault, the next round tries again. */
static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc ask_one(struct gate *gate, const struct check_in *c, const struct check_in_round *round,
                       const struct roster_row *row, struct err *err)
{
    const struct check_in_seat seat = { row->person, row->membership, row->language };
    struct check_in_member m;
    const enum rc rc = check_in_member_find(&gate->store, c->id, row->membership, &m, err);

    if (rc == RC_NOT_FOUND)
        return maybe(check_in_ask(gate, c, &seat, 1, err));
    if (rc || m.part == CHECK_IN_OUT)
        return rc;
    if (m.part == CHECK_IN_TAKES_PART)
        return maybe(check_in_send(gate, c, round, &seat, false, err));
    if (m.asks >= CHECK_IN_ASKS_MAX || gate_now_ms(gate) < m.changed_ms + CHECK_IN_AGAIN_MS)
        return RC_OK;
    return maybe(check_in_ask(gate, c, &seat, m.asks + 1, err));
}

static enum rc ask_batch(struct gate *gate, const struct check_in *c, struct check_in_round *round, struct err *err)
{
    const struct roster_filter filter = { .group = c->group, .tag = *c->tag ? c->tag : NULL };
    struct roster_row rows[BATCH];
    size_t n;

    if (membership_roster(&gate->store, &filter, round->after, rows, BATCH, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].role == MEMBER_PATIENT && ask_one(gate, c, round, &rows[i], err))
            return err->rc;
        round->after = rows[i].membership;
    }
    round->is_asked = n < BATCH;
    return check_in_round_asked(&gate->store, round->id, round->after, round->is_asked, err);
}

/* What was answered until now is all there will ever be of this round. */
static enum rc close_round(struct gate *gate, const struct check_in *c, struct err *err)
{
    struct check_in_round round;
    const enum rc rc = check_in_round_newest(&gate->store, c->id, &round, err);

    if (rc || round.closed_ms)
        return maybe(rc);
    if (check_in_round_close(&gate->store, round.id, err))
        return err->rc;
    return c->has_totals ? check_in_totals_offer(gate, c, round.id, err) : RC_OK;
}

static enum rc finish(struct gate *gate, const struct audit_who *who, const struct check_in *c, struct err *err)
{
    if (check_in_end(&gate->store, c->id, err) || close_round(gate, c, err) ||
        due_clear(&gate->store, JOB_CHECK_IN, c->id.v, err))
        return err->rc;
    return record_act(gate, who, AUDIT_CHECK_IN_ENDED, AUDIT_ITEM_CHECK_IN, c->id.v, NULL, NULL, err);
}

enum rc check_in_finish(struct gate *gate, const struct audit_who *who, struct check_in_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_finish");
    struct check_in c;

    assert(db_in_tx(gate->store.db));
    return check_in_get(&gate->store, id, mem, &c, err) ? err->rc : finish(gate, who, &c, err);
}

static enum rc find_round(struct gate *gate, const struct check_in *c, struct check_in_round *round, struct err *err)
{
    const enum rc rc = check_in_round_newest(&gate->store, c->id, round, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!rc && !round->closed_ms && !round->is_asked) /* under way, or stopped on its way */
        return RC_OK;
    if (close_round(gate, c, err))
        return err->rc;
    return check_in_round_add(&gate->store, c->id, round, err);
}

enum rc check_in_run(struct gate *gate, struct check_in_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_run");
    const struct audit_who rule = record_rule();
    struct check_in_round round;
    struct check_in c;
    struct care_group g;

    if (check_in_get(&gate->store, id, mem, &c, err) || group_get(&gate->store, c.group, mem, &g, err))
        return err->rc;
    if (c.state != CHECK_IN_OPEN)
        return RC_OK;
    if (g.state != GROUP_OPEN)
        return finish(gate, &rule, &c, err);
    if (find_round(gate, &c, &round, err) || ask_batch(gate, &c, &round, err))
        return err_wrap(err, "check-in %" PRId64, id.v);
    if (!round.is_asked)
        return due_set(&gate->store, JOB_CHECK_IN, id.v, gate_now_ms(gate), err);
    return set_next(gate, &c, err);
}
