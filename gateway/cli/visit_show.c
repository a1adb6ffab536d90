/* postcircle visit list|show: what is planned, who was asked, who answered what, who came. */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/sheet.h"
#include "gateway/cli/visit.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "gateway/say/print_page.h"
#include "gateway/visit/roster_page.h"
#include "store/group.h"

enum rc cli_visit_find(struct cli *cli, const char *number, struct visit *ret, struct err *err)
{
    int64_t n;

    if (!number || text_to_int(number, 1, INT64_MAX, &n, err))
        return err_set(err, RC_INPUT, "a visit is named by its number; `postcircle visit list` shows it");
    if (visit_by_number(&cli->gate->store, n, cli->mem, ret, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "there is no visit of this number") : err->rc;
    return RC_OK;
}

const char *cli_visit_when(const struct cli *cli, const struct visit *v)
{
    return phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, v->plan.zone, v->start_ms, cli->mem);
}

/* ---- list ---- */

static const char *number_of(struct cli *cli, int64_t n)
{
    return arena_printf(cli->mem, "%" PRId64, n);
}

static enum rc list_row(struct cli *cli, struct cli_table *table, const struct visit *v, struct err *err)
{
    struct roster_counts c;
    struct care_group g;

    if (group_get(&cli->gate->store, v->plan.group, cli->mem, &g, err) ||
        roster_count_answers(cli->gate, v, cli->mem, &c, err))
        return err->rc;
    cli_table_row(table, (const char *[]){ number_of(cli, v->number), g.slug, visit_state_name(v->state),
                                           visit_kind_name(v->plan.kind), cli_visit_when(cli, v), number_of(cli, c.yes),
                                           number_of(cli, c.maybe), number_of(cli, c.no), number_of(cli, c.waiting),
                                           number_of(cli, c.open), v->plan.words.title });
    return RC_OK;
}

static enum rc list_visits(struct cli *cli, struct group_id group, bool is_all, struct err *err)
{
    static const char *const header[] = { "visit", "group", "state",   "kind",      "when", "yes",
                                          "maybe", "no",    "waiting", "no_answer", "title" };
    struct cli_table *const table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct visit *list;
    size_t n;

    if (visit_between(&cli->gate->store, group, is_all ? 0 : gate_now_ms(cli->gate) - MS_DAY, INT64_MAX, cli->mem,
                      &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list_row(cli, table, &list[i], err))
            return err->rc;
    if (!n && !is_all && !cli->is_json)
        cli_say(cli, "No visit is ahead. `visit list --all` has those that have been.\n");
    else
        cli_table_print(cli, table);
    return RC_OK;
}

static enum rc list_series(struct cli *cli, struct group_id group, struct err *err)
{
    static const char *const header[] = { "series", "group", "state", "rule", "first", "visits", "title" };
    struct cli_table *const table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct visit_series *list;
    size_t n;

    if (visit_series_list(&cli->gate->store, cli->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct visit_plan *plan = &list[i].plan;
        struct visit *visits;
        struct care_group g;
        size_t made;

        if (group.v && plan->group.v != group.v)
            continue;
        if (group_get(&cli->gate->store, plan->group, cli->mem, &g, err) ||
            visit_of_series(&cli->gate->store, list[i].id, cli->mem, &visits, &made, err))
            return err->rc;
        cli_table_row(table, (const char *[]){ number_of(cli, list[i].id.v), g.slug,
                                               list[i].state == VISIT_SERIES_OPEN ? "open" : "ended", list[i].rule,
                                               made ? cli_visit_when(cli, &visits[0]) : "",
                                               number_of(cli, (int64_t)made), plan->words.title });
    }
    cli_table_print(cli, table);
    return RC_OK;
}

int cli_visit_list(struct cli *cli, int argc, char **argv)
{
    bool is_all = false, is_series = false;
    const struct cli_option options[] = {
        { .name = "all", .help = "also those that have been", .flag = &is_all },
        { .name = "series", .help = "the series instead", .flag = &is_series },
    };
    struct care_group g = { .id = { 0 } };
    const char *group = NULL;
    struct err err;
    int code = cli_options(cli, "[GROUP]", options, COUNT_OF(options), argc, argv, &group, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if ((group && cli_find_group(cli, group, &g, &err)) ||
        (is_series ? list_series(cli, g.id, &err) : list_visits(cli, g.id, is_all, &err)))
        return cli_fail(cli, &err);
    return EX_OK;
}

/* ---- show ---- */

static const char *answer_of(struct cli *cli, const struct visit *v, const struct visit_seat *s)
{
    if (s->answer == VISIT_NO_ANSWER)
        return s->state == VISIT_SEAT_BACK ? "taken back" : "";
    return s->answer_start_ms == v->start_ms
               ? visit_answer_name(s->answer)
               : arena_printf(cli->mem, "%s to the old time", visit_answer_name(s->answer));
}

static void show_row(struct cli *cli, struct cli_table *table, const struct visit *v, const struct roster_line *line)
{
    const struct visit_seat *s = &line->seat;

    cli_table_row(table,
                  (const char *[]){ line->number ? number_of(cli, line->number) : "", number_of(cli, s->person.v),
                                    line->name, visit_part_name(s->part), answer_of(cli, v, s),
                                    s->answer ? visit_way_name(s->answer_way) : "",
                                    s->answer ? phrase_time(cli->gate, LANGUAGE_ENGLISH, s->answer_ms, cli->mem) : "",
                                    visit_place_name(s->place),
                                    s->part != VISIT_MEMBER ? ""
                                    : line->has_agreed      ? "yes"
                                                            : "no",
                                    line->attendance ? attendance_state_name(line->attendance->state) : "",
                                    s->whereabouts ? s->whereabouts : "" });
}

static enum rc load(struct cli *cli, const char *number, struct visit *v, struct roster *r, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(cli->gate->store.db, &tx, err) || cli_visit_find(cli, number, v, err) ||
        roster_read(cli->gate, v, cli->mem, r, err) ||
        record_act(cli->gate, &cli->who, AUDIT_VISIT_READ, AUDIT_ITEM_VISIT, v->id.v, NULL, NULL, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* What members wrote before it, by person and question. */
static enum rc show_answers(struct cli *cli, const struct visit *v, const struct roster *r, struct err *err)
{
    static const char *const header[] = { "person", "name", "question", "answer", "when" };
    struct cli_table *const table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct visit_reply *list;
    size_t n;

    if (visit_replies(&cli->gate->store, v->id, cli->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const char *name = "";

        for (size_t k = 0; k < r->n; k++)
            if (r->lines[k].seat.person.v == list[i].person.v)
                name = r->lines[k].name;
        cli_table_row(table, (const char *[]){ number_of(cli, list[i].person.v), name,
                                               list[i].number ? number_of(cli, list[i].number) : "", list[i].words,
                                               phrase_time(cli->gate, LANGUAGE_ENGLISH, list[i].at_ms, cli->mem) });
    }
    cli_table_print(cli, table);
    return RC_OK;
}

/* For billing: who was asked, answered and came, for how long; nothing of what was said. */
static enum rc write_csv(struct cli *cli, const struct visit *v, const struct roster *r, const char *path,
                         struct err *err)
{
    static const char *const header[] = { "visit",   "date",       "person",     "name",   "chart",
                                          "invited", "answer",     "attendance", "joined", "left",
                                          "minutes", "individual", "marked_by",  "marked" };
    const struct sheet_form form = { header, COUNT_OF(header), COUNT_OF(header) };
    CLEANUP(sheet_done) struct sheet sheet = { .cli = cli };
    CLEANUP(json_free) struct json *root = json_object_new();

    if (sheet_begin(&sheet, cli, &form, path, err))
        return err->rc;
    for (size_t i = 0; i < r->members; i++) {
        const struct roster_line *line = &r->lines[i];
        const struct attendance none = { .minutes = -1 }, *a = line->attendance ? line->attendance : &none;
        struct person person;

        if (person_get(&cli->gate->store, line->seat.person, cli->mem, &person, err))
            return err->rc;
        sheet_row(&sheet,
                  (const char *[]){ number_of(cli, v->number), sheet_time(cli, v->start_ms),
                                    number_of(cli, person.id.v), line->name, person.chart ? person.chart : "",
                                    sheet_time(cli, line->seat.told_ms), answer_of(cli, v, &line->seat),
                                    attendance_state_name(a->state), sheet_time(cli, a->joined_ms),
                                    sheet_time(cli, a->left_ms), a->minutes < 0 ? "" : number_of(cli, a->minutes),
                                    !line->attendance  ? ""
                                    : a->is_individual ? "yes"
                                                       : "no",
                                    a->staff.v ? number_of(cli, a->staff.v) : "", sheet_time(cli, a->at_ms) });
    }
    if (sheet_end(&sheet, root, "rows", err))
        return err->rc;
    cli_put(cli, &root);
    return RC_OK;
}

/* Only its owner may read it: it holds names. */
static enum rc write_page(struct cli *cli, const struct visit *v, const struct roster *r, const char *path,
                          const char *language, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(PRINT_PAGE_MAX_BYTES);

    if (roster_page_render(cli->gate, v, r, !strcmp(language, "es") ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH, &out, err))
        return err->rc;
    return io_write_file(path, strbuf_peek(&out), out.len, 0600, err);
}

int cli_visit_show(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "number", "person", "name",   "part",       "answer",        "way",
                                          "when",   "place",  "agreed", "attendance", "where_that_day" };
    const char *csv = NULL, *html = NULL, *language = "en";
    bool is_answers = false;
    const struct cli_option options[] = {
        { .name = "answers",
          .help = "what members wrote: to your questions, and theirs for the visit",
          .flag = &is_answers },
        { .name = "csv", .value = "FILE", .help = "who was asked and who came, for billing", .to = &csv },
        { .name = "html", .value = "FILE", .help = "the same to print, with a place to sign", .to = &html },
        { .name = "language", .value = "en|es", .help = "of what --html writes; en", .to = &language },
    };
    struct cli_table *table;
    const char *number = NULL;
    struct roster r;
    struct visit v;
    struct err err;
    int code = cli_options(cli, "NUMBER", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && strcmp(language, "en") != 0 && strcmp(language, "es") != 0)
        code = cli_usage(cli, "--language takes en or es");
    if (code == CLI_GO_ON && !number)
        code = cli_usage(cli, "visit show needs the number of a visit");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (load(cli, number, &v, &r, &err))
        return cli_fail(cli, &err);
    cli_say(cli, "Visit %" PRId64 ", %s: %s\n%s\n", v.number, visit_state_name(v.state), v.plan.words.title,
            cli_visit_when(cli, &v));
    if (csv)
        return write_csv(cli, &v, &r, csv, &err) ? cli_fail(cli, &err) : EX_OK;
    if (html)
        return write_page(cli, &v, &r, html, language, &err) ? cli_fail(cli, &err) : cli_done(cli);
    if (is_answers)
        return show_answers(cli, &v, &r, &err) ? cli_fail(cli, &err) : EX_OK;
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    for (size_t i = 0; i < r.n; i++)
        show_row(cli, table, &v, &r.lines[i]);
    cli_table_print(cli, table);
    return EX_OK;
}
