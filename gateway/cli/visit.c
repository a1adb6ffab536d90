/* postcircle visit add|move|set|cancel: group visits are planned (gateway/visit/planner). What shows them: visit_show.c. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/visit.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/planner_series.h"
#include "schedules/zone.h"

static const char *const kind_words[] = { "", "visit", "speaker", "questions", "class" };

/* What add and set have in common. */
struct visit_options {
    const char *title, *neutral, *kind, *minutes, *zone, *host, *cohost, *speaker, *capacity;
    const char *link, *dial_in, *notes, *tag;
    struct cli_many questions;
};

#define PLAN_OPTIONS(w)                                                                                                \
    { .name = "title", .value = "TEXT", .help = "for members; in letters only", .to = &(w).title },                    \
        { .name = "calendar-title",                                                                                    \
          .value = "TEXT",                                                                                             \
          .help = "what calendars show, which others may see; usual: \"Group visit – PRACTICE\"",                      \
          .to = &(w).neutral },                                                                                        \
        { .name = "kind", .value = "KIND", .help = "visit (usual), speaker, questions, class", .to = &(w).kind },      \
        { .name = "minutes", .value = "N", .help = "how long; usual: 60", .to = &(w).minutes },                        \
        { .name = "host",                                                                                              \
          .value = "ADDRESS",                                                                                          \
          .help = "staff: gets a copy, is asked who came and for a recap",                                             \
          .to = &(w).host },                                                                                           \
        { .name = "cohost", .value = "ADDRESS", .help = "staff: gets a copy", .to = &(w).cohost },                     \
        { .name = "speaker", .value = "ADDRESS", .help = "staff: gets a copy", .to = &(w).speaker },                   \
        { .name = "capacity", .value = "N", .help = "places; who comes later waits for one", .to = &(w).capacity },    \
        { .name = "link", .value = "URL", .help = "https link to join", .to = &(w).link },                             \
        { .name = "dial-in", .value = "TEXT", .help = "number to call instead", .to = &(w).dial_in },                  \
        { .name = "notes", .value = "TEXT", .help = "what to know, for members", .to = &(w).notes },                   \
        { .name = "tag", .value = "TAG", .help = "only members with this tag", .to = &(w).tag },                       \
    {                                                                                                                  \
        .name = "question", .value = "TEXT", .help = "asked 5 days before; up to 5; staff alone read the answers",     \
        .many = &(w).questions                                                                                         \
    }

static void set_line(struct cli *cli, const char *text, const char **to)
{
    if (text)
        *to = text_clean_line(cli->mem, text, strlen(text));
}

static enum rc set_number(const char *name, const char *text, int64_t *to, struct err *err)
{
    return text && text_to_int(text, 0, 100000, to, err) ? err_set(err, RC_INPUT, "--%s takes a number", name) : RC_OK;
}

/* "" takes them away. */
static enum rc set_staff(struct cli *cli, const char *text, struct person_id *to, struct err *err)
{
    struct person person = { .id = { 0 } };

    if (!text)
        return RC_OK;
    if (*text && cli_find_person(cli, text, PERSON_STAFF, &person, err))
        return err->rc;
    *to = person.id;
    return RC_OK;
}

static const char *join_questions(struct cli *cli, const struct cli_many *many)
{
    CLEANUP(strbuf_done) struct strbuf all = STRBUF(8192);

    for (size_t i = 0; i < many->count; i++)
        strbuf_printf(&all, "%s%s", i ? "\n" : "", text_clean_line(cli->mem, many->values[i], strlen(many->values[i])));
    return arena_strdup(cli->mem, strbuf_peek(&all));
}

/* Changes what was given and nothing else. */
static enum rc apply(struct cli *cli, const struct visit_options *w, struct visit_plan *plan, struct err *err)
{
    const int kind = w->kind ? cli_find_word(w->kind, kind_words, COUNT_OF(kind_words)) : (int)plan->kind;

    if (kind <= 0)
        return err_set(err, RC_INPUT, "--kind takes visit, speaker, questions or class");
    plan->kind = (enum visit_kind)kind;
    set_line(cli, w->title, &plan->words.title);
    set_line(cli, w->neutral, &plan->words.neutral);
    set_line(cli, w->link, &plan->words.link);
    set_line(cli, w->dial_in, &plan->words.dial_in);
    set_line(cli, w->tag, &plan->words.tag);
    if (w->notes)
        plan->words.notes = text_clean(cli->mem, w->notes, strlen(w->notes));
    if (w->questions.count)
        plan->words.questions = join_questions(cli, &w->questions);
    if (set_number("minutes", w->minutes, &plan->minutes, err) ||
        set_number("capacity", w->capacity, &plan->capacity, err) || set_staff(cli, w->host, &plan->host, err) ||
        set_staff(cli, w->cohost, &plan->cohost, err))
        return err->rc;
    return set_staff(cli, w->speaker, &plan->speaker, err);
}

static bool is_empty(const struct visit_options *w)
{
    return !(w->title || w->neutral || w->kind || w->minutes || w->host || w->cohost || w->speaker || w->capacity ||
             w->link || w->dial_in || w->notes || w->tag || w->questions.count);
}

static void warn(const struct cli *cli, const struct planner *p, struct json *out)
{
    struct json *list = json_array_new();

    for (size_t i = 0; i < p->warnings.n; i++) {
        json_push_str(list, p->warnings.v[i].line);
        if (!cli->is_json)
            cli_warn(cli, "%s", p->warnings.v[i].line);
    }
    if (p->warnings.more) {
        const char *const rest = arena_printf(cli->mem, "and %zu more like these", p->warnings.more);

        json_push_str(list, rest);
        if (!cli->is_json)
            cli_warn(cli, "%s", rest);
    }
    json_set(out, "warnings", &list);
}

static void put_visit(const struct cli *cli, const struct planner *p, const struct visit *v)
{
    struct json *out = json_object_new();

    json_set_int(out, "visit", v->number);
    json_set_int(out, "start_ms", v->start_ms);
    json_set_str(out, "when", cli_visit_when(cli, v));
    warn(cli, p, out);
    cli_put(cli, &out);
}

/* ---- add ---- */

struct add_words {
    struct visit_options plan;
    const char *group, *at, *rule;
    struct cli_many skip, also;
    bool may_be_past;
};

static enum rc read_moment(const char *text, const char *zone, int64_t *ret_day, int64_t *ret_minute, struct err *err)
{
    struct tm tm = { .tm_mday = 0 };
    int64_t ms;

    if (cli_read_moment(text, zone, &ms, err))
        return err->rc;
    strptime(text, "%Y-%m-%d %H:%M", &tm); /* as it is written, although that day may leave the hour out */
    *ret_day = clock_days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    *ret_minute = tm.tm_hour * 60 + tm.tm_min;
    return RC_OK;
}

static enum rc read_days(struct cli *cli, const struct add_words *w, const char *zone, struct visit_series_day **ret,
                         size_t *ret_n, struct err *err)
{
    struct visit_series_day *days = arena_array(cli->mem, w->skip.count + w->also.count + 1, sizeof *days);
    size_t n = 0;

    for (size_t i = 0; i < w->skip.count; i++, n++) {
        days[n].minute = -1;
        if (cli_read_date(w->skip.values[i], &days[n].day, err))
            return err_wrap(err, "--skip");
    }
    for (size_t i = 0; i < w->also.count; i++, n++)
        if (read_moment(w->also.values[i], zone, &days[n].day, &days[n].minute, err))
            return err_wrap(err, "--also");
    *ret = days;
    *ret_n = n;
    return RC_OK;
}

static enum rc read_plan(struct cli *cli, const struct add_words *w, struct visit_plan *plan, struct err *err)
{
    struct care_group g;

    if (cli_find_group(cli, w->group, &g, err))
        return err->rc;
    *plan = (struct visit_plan){ .group = g.id,
                                 .kind = VISIT_GROUP,
                                 .zone = w->plan.zone ? w->plan.zone : g.zone,
                                 .minutes = 60,
                                 .words = { "", "", "", "", "", "", "" } };
    if (!zone_is_name(plan->zone))
        return err_set(err, RC_INPUT, "--zone takes a name as America/New_York");
    if (read_moment(w->at, plan->zone, &plan->day, &plan->minute, err))
        return err_wrap(err, "--at");
    return apply(cli, &w->plan, plan, err);
}

static enum rc add_one(struct cli *cli, struct planner *p, const struct visit_plan *plan, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct visit v;

    if (db_begin(cli->gate->store.db, &tx, err) || planner_add(p, plan, &v, err) || db_commit(&tx, err))
        return err->rc;
    put_visit(cli, p, &v);
    cli_say(cli, "Visit %" PRId64 ": %s.\n", v.number, cli_visit_when(cli, &v));
    return RC_OK;
}

static enum rc add_series(struct cli *cli, struct planner *p, const struct add_words *w, const struct visit_plan *plan,
                          struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct visit_series s = { .plan = *plan, .rule = w->rule };
    struct visit_series_day *days = NULL;
    struct json *out;
    size_t n = 0, made = 0;

    if (read_days(cli, w, plan->zone, &days, &n, err) || db_begin(cli->gate->store.db, &tx, err) ||
        planner_add_series(p, &s, days, n, &made, err) || db_commit(&tx, err))
        return err->rc;
    out = json_object_new();
    json_set_int(out, "series", s.id.v);
    json_set_int(out, "visits", (int64_t)made);
    warn(cli, p, out);
    cli_put(cli, &out);
    cli_say(cli, "Series %" PRId64 ": %zu visits until %d days ahead; the rest are made as time goes by.\n", s.id.v,
            made, PLANNER_AHEAD_DAYS);
    return RC_OK;
}

int cli_visit_add(struct cli *cli, int argc, char **argv)
{
    struct add_words w = { .group = NULL };
    struct planner p = { .who = &cli->who, .mem = cli->mem };
    const struct cli_option options[] = {
        { .name = "at", .value = "DATE", .help = "\"2026-03-03 14:00\", local time of the zone", .to = &w.at },
        { .name = "zone", .value = "ZONE", .help = "time zone; usual: the group's", .to = &w.plan.zone },
        PLAN_OPTIONS(w.plan),
        { .name = "rule", .value = "RRULE", .help = "a series, as FREQ=WEEKLY;COUNT=8", .to = &w.rule },
        { .name = "skip", .value = "DATE", .help = "not on this day of the series", .many = &w.skip },
        { .name = "also", .value = "DATE", .help = "a time beside the rule: \"2026-12-24 10:00\"", .many = &w.also },
        { .name = "past", .help = "write down one that has been; nobody is written to", .flag = &w.may_be_past },
    };
    struct visit_plan plan;
    struct err err;
    int code = cli_options(cli, "GROUP --at DATE --title TEXT", options, COUNT_OF(options), argc, argv, &w.group, 1);

    if (code == CLI_GO_ON && (!w.group || !w.at || !w.plan.title || ((w.skip.count || w.also.count) && !w.rule)))
        code = cli_usage(cli, "visit add needs a group, --at and --title; --skip and --also go with --rule");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    p.gate = cli->gate;
    p.may_be_past = w.may_be_past;
    if (read_plan(cli, &w, &plan, &err) ||
        (w.rule ? add_series(cli, &p, &w, &plan, &err) : add_one(cli, &p, &plan, &err)))
        return cli_fail(cli, &err);
    return EX_OK;
}

/* ---- move, set, cancel ---- */

/* What is done to one visit, in one transaction. */
typedef enum rc act_fn(struct cli *cli, struct planner *p, struct visit *v, const void *words, struct err *err);

static enum rc act_on(struct cli *cli, const char *number, act_fn *act, const void *words, struct planner *p,
                      struct visit *v, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    *p = (struct planner){ .gate = cli->gate, .who = &cli->who, .mem = cli->mem };
    if (db_begin(cli->gate->store.db, &tx, err) || cli_visit_find(cli, number, v, err) || act(cli, p, v, words, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc move(struct cli *cli, struct planner *p, struct visit *v, const void *words, struct err *err)
{
    struct moment to;

    if (planner_read_when(cli->gate, words, v->plan.zone, v->plan.day, &to, err))
        return err_wrap(err, "--to");
    return planner_move(p, v, to.ms, err) ? err->rc : plan_check_clocks(p, v->plan.zone, to.minute, to.ms, err);
}

int cli_visit_move(struct cli *cli, int argc, char **argv)
{
    const char *number, *to = NULL;
    const struct cli_option options[] = {
        { .name = "to",
          .value = "WHEN",
          .help = "\"2026-03-03 15:00\", \"Wed 3pm\", or \"3pm\" of its day",
          .to = &to },
    };
    struct planner p;
    struct visit v;
    struct err err;
    int code = cli_options(cli, "NUMBER --to WHEN", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && (!number || !to))
        code = cli_usage(cli, "visit move needs the number of a visit and --to");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (act_on(cli, number, move, to, &p, &v, &err))
        return cli_fail(cli, &err);
    put_visit(cli, &p, &v);
    cli_say(cli, "Visit %" PRId64 " is now %s.\n", v.number, cli_visit_when(cli, &v));
    return EX_OK;
}

static enum rc set(struct cli *cli, struct planner *p, struct visit *v, const void *words, struct err *err)
{
    return apply(cli, words, &v->plan, err) ? err->rc : planner_change(p, v, err);
}

int cli_visit_set(struct cli *cli, int argc, char **argv)
{
    struct visit_options w = { .title = NULL };
    const struct cli_option options[] = { PLAN_OPTIONS(w) };
    const char *number;
    struct planner p;
    struct visit v;
    struct err err;
    int code = cli_options(cli, "NUMBER", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && !number)
        code = cli_usage(cli, "visit set needs the number of a visit");
    if (code == CLI_GO_ON && is_empty(&w))
        code = cli_usage(cli, "visit set needs what to change: --link, --capacity, or another option");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (act_on(cli, number, set, &w, &p, &v, &err))
        return cli_fail(cli, &err);
    put_visit(cli, &p, &v);
    return EX_OK;
}

static enum rc cancel(struct cli *cli, struct planner *p, struct visit *v, const void *words, struct err *err)
{
    (void)cli;
    (void)words;
    return planner_cancel(p, v, err);
}

static enum rc end_series(struct cli *cli, const char *series, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct planner p = { .gate = cli->gate, .who = &cli->who, .mem = cli->mem };
    int64_t id;

    if (text_to_int(series, 1, INT64_MAX, &id, err))
        return err_set(err, RC_INPUT, "--series takes the number that `postcircle visit list --series` shows");
    if (db_begin(cli->gate->store.db, &tx, err) || planner_end_series(&p, (struct visit_series_id){ id }, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_visit_cancel(struct cli *cli, int argc, char **argv)
{
    const char *number = NULL, *series = NULL;
    const struct cli_option options[] = {
        { .name = "series", .value = "ID", .help = "all that is ahead of a series, and no more of it", .to = &series },
    };
    struct planner p;
    struct visit v;
    struct err err;
    int code = cli_options(cli, "NUMBER | --series ID", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && !number == !series)
        code = cli_usage(cli, "visit cancel takes the number of a visit, or --series");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (series ? end_series(cli, series, &err) : act_on(cli, number, cancel, NULL, &p, &v, &err))
        return cli_fail(cli, &err);
    return cli_done(cli);
}
