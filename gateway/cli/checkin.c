/* postcircle checkin add|list|show|end: private check-ins (gateway/people/check_in). */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/people/check_in.h"
#include "gateway/people/check_in_say.h"
#include "gateway/people/enroll.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "inbound/measure.h"
#include "schedules/said.h"

static const char *const kind_words[] = { "", "number", "scale", "yes-no", "words" };

struct checkin_words {
    const char *group, *by, *question, *question_es, *unit, *kind, *days, *at, *tag;
    const char *low, *high, *alert_below, *alert_above;
    bool has_totals;
};

/* ---- add ---- */

static enum rc read_limit(const char *name, const char *text, int64_t *ret_milli, struct err *err)
{
    *ret_milli = CHECK_IN_NO_LIMIT;
    return text && measure_parse(text, ret_milli, err) ? err_wrap(err, "--%s", name) : RC_OK;
}

static const char *line_of(struct cli *cli, const char *text)
{
    return text ? text_clean_line(cli->mem, text, strlen(text)) : "";
}

static enum rc read_check_in(struct cli *cli, const struct checkin_words *w, struct check_in *c, struct err *err)
{
    const int kind = w->kind ? cli_find_word(w->kind, kind_words, COUNT_OF(kind_words)) : CHECK_IN_NUMBER;

    if (kind < 0)
        return err_set(err, RC_INPUT, "--kind takes number, scale, yes-no or words");
    *c = (struct check_in){ .kind = (enum check_in_kind)kind,
                            .question = line_of(cli, w->question),
                            .question_es = line_of(cli, w->question_es),
                            .unit = line_of(cli, w->unit),
                            .tag = line_of(cli, w->tag),
                            .has_totals = w->has_totals };
    if (check_in_read_days(w->days, &c->days, err))
        return err_wrap(err, "--days");
    if (enroll_check_minute(w->at, &c->minute, err))
        return err_wrap(err, "--at");
    if (read_limit("low", w->low, &c->limits.low, err) || read_limit("high", w->high, &c->limits.high, err) ||
        read_limit("alert-below", w->alert_below, &c->limits.alert_low, err))
        return err->rc;
    return read_limit("alert-above", w->alert_above, &c->limits.alert_high, err);
}

static enum rc plan(struct cli *cli, const struct checkin_words *w, struct check_in *c, int64_t *ret_next_ms,
                    const char **ret_zone, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group g;
    struct person by;

    if (read_check_in(cli, w, c, err) || db_begin(cli->gate->store.db, &tx, err) ||
        cli_find_group(cli, w->group, &g, err) || cli_find_staff(cli, w->by, &by, err))
        return err->rc;
    c->group = g.id;
    c->staff = by.id;
    *ret_zone = g.zone;
    if (check_in_plan(cli->gate, &cli->who, c, err) ||
        check_in_next(c, g.zone, gate_now_ms(cli->gate), ret_next_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_checkin_add(struct cli *cli, int argc, char **argv)
{
    struct checkin_words w = { .group = NULL };
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who sets it up", .to = &w.by },
        { .name = "question", .value = "TEXT", .help = "the question", .to = &w.question },
        { .name = "question-es", .value = "TEXT", .help = "the same in Spanish", .to = &w.question_es },
        { .name = "kind", .value = "KIND", .help = "number (usual), scale (0 to 10), yes-no, words", .to = &w.kind },
        { .name = "unit", .value = "WORD", .help = "of a number, as lb", .to = &w.unit },
        { .name = "days", .value = "DAYS", .help = "daily, weekdays, or days as \"Mon, Thu\"", .to = &w.days },
        { .name = "at", .value = "HH:MM", .help = "local hour of the group", .to = &w.at },
        { .name = "tag", .value = "TAG", .help = "only members with this tag", .to = &w.tag },
        { .name = "low", .value = "N", .help = "below it an answer is asked back", .to = &w.low },
        { .name = "high", .value = "N", .help = "above it an answer is asked back", .to = &w.high },
        { .name = "alert-below", .value = "N", .help = "below it staff are asked to look", .to = &w.alert_below },
        { .name = "alert-above", .value = "N", .help = "above it staff are asked to look", .to = &w.alert_above },
        { .name = "totals",
          .help = "drafts the group's totals of each round, from five people on",
          .flag = &w.has_totals },
    };
    const char *zone = NULL;
    struct check_in c;
    int64_t next_ms = 0;
    struct json *out;
    struct err err;
    int code = cli_options(cli, "GROUP --by ADDRESS --question TEXT --days DAYS --at HH:MM", options, COUNT_OF(options),
                           argc, argv, &w.group, 1);

    if (code == CLI_GO_ON && (!w.by || !w.question || !w.days || !w.at))
        code = cli_usage(cli, "checkin add needs --by, --question, --days and --at");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (plan(cli, &w, &c, &next_ms, &zone, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "checkin", c.id.v);
    cli_put(cli, &out);
    cli_say(cli, "Check-in %" PRId64 ". Members are asked whether they want it on %s.\n", c.id.v,
            phrase_moment(cli->gate, LANGUAGE_ENGLISH, zone, next_ms, cli->mem));
    return EX_OK;
}

/* ---- list ---- */

static enum rc count_parts(struct cli *cli, const struct check_in *c, size_t *ret_in, size_t *ret_all, struct err *err)
{
    struct check_in_member *members;

    *ret_in = 0;
    if (check_in_members(&cli->gate->store, c->id, cli->mem, &members, ret_all, err))
        return err->rc;
    for (size_t i = 0; i < *ret_all; i++)
        *ret_in += members[i].part == CHECK_IN_TAKES_PART;
    return RC_OK;
}

static enum rc list_row(struct cli *cli, struct cli_table *table, const struct check_in *c, struct err *err)
{
    struct care_group g;
    size_t taking_part, all;

    if (group_get(&cli->gate->store, c->group, cli->mem, &g, err) || count_parts(cli, c, &taking_part, &all, err))
        return err->rc;
    cli_table_row(table, (const char *[]){ arena_printf(cli->mem, "%" PRId64, c->id.v), g.slug,
                                           c->state == CHECK_IN_OPEN ? "open" : "ended", check_in_kind_name(c->kind),
                                           arena_printf(cli->mem, "%s, %s",
                                                        check_in_say_days(c->days, LANGUAGE_ENGLISH, cli->mem),
                                                        said_minute(LANGUAGE_ENGLISH, c->minute, cli->mem)),
                                           arena_printf(cli->mem, "%zu of %zu", taking_part, all), c->question });
    return RC_OK;
}

int cli_checkin_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "checkin", "group", "state", "kind", "when", "take_part", "question" };
    struct care_group g = { .id = { 0 } };
    struct cli_table *table;
    struct check_in *list;
    const char *group;
    size_t n;
    struct err err;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &group, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, group, &g, &err) || check_in_list(&cli->gate->store, g.id, cli->mem, &list, &n, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    for (size_t i = 0; i < n; i++)
        if (list_row(cli, table, &list[i], &err))
            return cli_fail(cli, &err);
    cli_table_print(cli, table);
    return EX_OK;
}

/* ---- show ---- */

static enum rc find(struct cli *cli, const char *number, struct check_in *c, struct err *err)
{
    int64_t id;

    if (text_to_int(number, 1, INT64_MAX, &id, err))
        return err_set(err, RC_INPUT, "a check-in is named by its number; `postcircle checkin list` shows it");
    if (check_in_get(&cli->gate->store, (struct check_in_id){ id }, cli->mem, c, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "there is no check-in of this number") : err->rc;
    return RC_OK;
}

static enum rc show_member(struct cli *cli, struct cli_table *table, const struct check_in *c,
                           const struct check_in_member *m, struct err *err)
{
    struct check_in_value *last;
    struct person p;
    int64_t answers;
    size_t n;

    if (person_get(&cli->gate->store, m->person, cli->mem, &p, err) ||
        check_in_answers_count(&cli->gate->store, c->id, m->person, &answers, err) ||
        check_in_answers_of(&cli->gate->store, c->id, m->person, 1, cli->mem, &last, &n, err))
        return err->rc;
    cli_table_row(table,
                  (const char *[]){ arena_printf(cli->mem, "%" PRId64, m->person.v), p.name,
                                    check_in_part_name(m->part), arena_printf(cli->mem, "%" PRId64, answers),
                                    n ? check_in_say_value(c, last[0].value, LANGUAGE_ENGLISH, cli->mem) : "",
                                    n ? phrase_time(cli->gate, LANGUAGE_ENGLISH, last[0].at_ms, cli->mem) : "" });
    return RC_OK;
}

static enum rc show_all(struct cli *cli, const struct check_in *c, struct cli_table **ret, struct err *err)
{
    static const char *const header[] = { "person", "name", "part", "answers", "last", "when" };
    struct check_in_member *members;
    size_t n;

    *ret = cli_table_new(cli->mem, header, COUNT_OF(header));
    if (check_in_members(&cli->gate->store, c->id, cli->mem, &members, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (show_member(cli, *ret, c, &members[i], err))
            return err->rc;
    return record_act(cli->gate, &cli->who, AUDIT_CHECK_IN_READ, AUDIT_ITEM_CHECK_IN, c->id.v, NULL, NULL, err);
}

static enum rc show_one(struct cli *cli, const struct check_in *c, const char *address, struct cli_table **ret,
                        struct err *err)
{
    static const char *const header[] = { "when", "answer" };
    struct check_in_value *values;
    struct person p;
    size_t n;

    *ret = cli_table_new(cli->mem, header, COUNT_OF(header));
    if (cli_find_person(cli, address, PERSON_PATIENT, &p, err) ||
        check_in_answers_of(&cli->gate->store, c->id, p.id, 1000, cli->mem, &values, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        cli_table_row(*ret,
                      (const char *[]){ phrase_moment(cli->gate, LANGUAGE_ENGLISH, NULL, values[i].at_ms, cli->mem),
                                        check_in_say_value(c, values[i].value, LANGUAGE_ENGLISH, cli->mem) });
    return record_act(cli->gate, &cli->who, AUDIT_CHECK_IN_READ, AUDIT_ITEM_PERSON, p.id.v, NULL, NULL, err);
}

static enum rc show(struct cli *cli, const char *number, const char *person, struct check_in *c, struct cli_table **ret,
                    struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(cli->gate->store.db, &tx, err) || find(cli, number, c, err) ||
        (person ? show_one(cli, c, person, ret, err) : show_all(cli, c, ret, err)))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_checkin_show(struct cli *cli, int argc, char **argv)
{
    const char *number, *person = NULL;
    const struct cli_option options[] = {
        { .name = "person", .value = "ADDRESS", .help = "all answers of one member", .to = &person },
    };
    struct cli_table *table = NULL;
    struct check_in c;
    struct err err;
    int code = cli_options(cli, "NUMBER [--person ADDRESS]", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (show(cli, number, person, &c, &table, &err))
        return cli_fail(cli, &err);
    cli_say(cli, "%s\n", c.question);
    cli_table_print(cli, table);
    return EX_OK;
}

/* ---- end ---- */

static enum rc end(struct cli *cli, const char *number, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct check_in c;

    if (db_begin(cli->gate->store.db, &tx, err) || find(cli, number, &c, err) ||
        check_in_finish(cli->gate, &cli->who, c.id, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_checkin_end(struct cli *cli, int argc, char **argv)
{
    const char *number;
    struct err err;
    int code = cli_options(cli, "NUMBER", NULL, 0, argc, argv, &number, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return end(cli, number, &err) ? cli_fail(cli, &err) : cli_done(cli);
}
