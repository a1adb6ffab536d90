/* postcircle staff oncall: the rota (shifts), and the duty order that holds when nobody is on call. */
#include "base/text.h"
#include "gateway/cli/staff_text.h"
#include "gateway/duty/duty_order.h"
#include "gateway/practice/record.h"
#include "gateway/say/office.h"
#include "schedules/rota.h"
#include "store/consent.h"
#include "store/shift.h"

#define ONCALL_MAX 16

/* ---- shifts ---- */

static struct rota_shift shift_of(const struct shift *row)
{
    return (struct rota_shift){ row->weekdays, row->from_minute, row->to_minute, row->from_day, row->to_day };
}

static enum rc add_shift(struct cli *cli, const char *who, const char *when, struct shift *row, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct rota_shift shift;
    struct person p;
    int64_t from_ms, to_ms;

    if (rota_parse(when, &shift, err) ||
        rota_span(&shift, cli->gate->facts.zone, gate_now_ms(cli->gate), &from_ms, &to_ms, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_INPUT, "this shift is over already") : err->rc;
    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_person(cli, who, PERSON_STAFF, &p, err))
        return err->rc;
    if (p.state != PERSON_ACTIVE)
        return err_set(err, RC_INPUT, "this person has left the practice");
    *row = (struct shift){ .person = p.id,
                           .weekdays = shift.weekdays,
                           .from_minute = shift.from_minute,
                           .to_minute = shift.to_minute,
                           .from_day = shift.from_day,
                           .to_day = shift.to_day };
    if (shift_add(&cli->gate->store, row, err) || record_act(cli->gate, &cli->who, AUDIT_SHIFT_ADDED, AUDIT_ITEM_PERSON,
                                                             p.id.v, NULL, rota_print(&shift, cli->mem), err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc find_shift(struct cli *cli, int64_t id, struct shift *ret, struct err *err)
{
    struct shift *rows;
    size_t n;

    if (shift_list(&cli->gate->store, cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (rows[i].id.v == id) {
            *ret = rows[i];
            return RC_OK;
        }
    return err_set(err, RC_NOT_FOUND, "there is no such shift; `postcircle staff oncall list` shows their numbers");
}

static enum rc remove_shift(struct cli *cli, const char *number, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct rota_shift shift;
    struct shift row = { .id = { 0 } };
    int64_t id;

    if (text_to_int(number, 1, INT64_MAX, &id, err))
        return err_set(err, RC_INPUT, "a shift is named by its number; `postcircle staff oncall list` shows it");
    if (db_begin(cli->gate->store.db, &tx, err) || find_shift(cli, id, &row, err))
        return err->rc;
    shift = shift_of(&row);
    if (shift_remove(&cli->gate->store, row.id, err) ||
        record_act(cli->gate, &cli->who, AUDIT_SHIFT_REMOVED, AUDIT_ITEM_PERSON, row.person.v,
                   rota_print(&shift, cli->mem), NULL, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* ---- the list ---- */

static enum rc list_shifts(struct cli *cli, struct err *err)
{
    static const char *const header[] = { "shift", "person", "name", "when", "now", "said_yes", "alarms", "next_ms" };
    struct cli_table *const table = cli_table_new(cli->mem, header, cli->is_json ? 8 : 7);
    const int64_t now_ms = gate_now_ms(cli->gate);
    struct shift *rows;
    size_t n;

    if (shift_list(&cli->gate->store, cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct rota_shift shift = shift_of(&rows[i]);
        int64_t from_ms = 0, to_ms = 0;
        struct person p;
        struct err why;
        enum office_reach reach;
        bool has_said_yes;
        const enum rc rc = rota_span(&shift, cli->gate->facts.zone, now_ms, &from_ms, &to_ms, &why);

        if (person_get(&cli->gate->store, rows[i].person, cli->mem, &p, err) ||
            consent_of_staff(&cli->gate->store, p.id, &has_said_yes, err) ||
            office_reach_of(cli->gate, p.id, &reach, err))
            return err->rc;
        cli_table_row(table, (const char *[]){ arena_printf(cli->mem, "%" PRId64, rows[i].id.v),
                                               arena_printf(cli->mem, "%" PRId64, p.id.v), p.name,
                                               rota_print(&shift, cli->mem),
                                               rc                  ? "over"
                                               : from_ms <= now_ms ? "on call"
                                                                   : "",
                                               has_said_yes ? "yes" : "no",
                                               reach == OFFICE_REACHED ? "yes" : office_reach_words(reach),
                                               arena_printf(cli->mem, "%" PRId64, from_ms) });
    }
    cli_table_print(cli, table);
    return RC_OK;
}

static enum rc warn_of_few(struct cli *cli, struct err *err)
{
    struct office_contact *roll;
    size_t n, reached;

    if (office_roll(cli->gate, cli->mem, &roll, &n, &reached, err))
        return err->rc;
    if (reached < 2)
        cli_warn(cli, "fewer than two people can be paged");
    return RC_OK;
}

/* One line of the order. Whom no alarm reaches stands there without a place. */
static enum rc say_contact(struct cli *cli, const struct office_contact *c, size_t *place, struct err *err)
{
    const char *const call = c->is_on_call ? ", on call" : "";
    const char *texts;
    bool has_said_yes;

    if (consent_of_staff(&cli->gate->store, c->person.id, &has_said_yes, err) ||
        staff_text_ways(cli, c->person.id, &texts, err))
        return err->rc;
    if (c->reach == OFFICE_CUT_OFF)
        cli_say(cli, "  -  %s%s: gets NO alarms (%s)\n", c->person.name, call, office_reach_words(c->reach));
    else
        cli_say(cli, "  %zu. %s%s%s%s%s\n", ++*place, c->person.name, call, texts,
                c->reach == OFFICE_REACHED ? "" : ", letters came back: called last, and not counted",
                has_said_yes ? "" : ", has not said YES: gets alarms alone");
    return RC_OK;
}

/* Who would be called now, in this order. */
static enum rc list_order(struct cli *cli, struct err *err)
{
    static const enum office_reach order[] = { OFFICE_REACHED, OFFICE_RETURNED, OFFICE_CUT_OFF };
    struct office_contact *roll;
    size_t n, reached, place = 0;

    if (office_roll(cli->gate, cli->mem, &roll, &n, &reached, err))
        return err->rc;
    cli_say(cli, "\nCalled now, in this order (%s):\n", cli->gate->facts.zone);
    for (size_t o = 0; o < COUNT_OF(order); o++)
        for (size_t i = 0; i < n; i++)
            if (roll[i].reach == order[o] && say_contact(cli, &roll[i], &place, err))
                return err->rc;
    return warn_of_few(cli, err);
}

static int list(struct cli *cli)
{
    struct err err;

    return list_shifts(cli, &err) || list_order(cli, &err) ? cli_fail(cli, &err) : EX_OK;
}

/* ---- the duty order ---- */

/* The people named are called in this order; nobody else is. */
static enum rc set_duty(struct cli *cli, const char *const *names, size_t count, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person_id order[CLI_MANY_MAX];

    if (db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    for (size_t c = 0; c < count; c++) {
        struct person p;

        if (cli_find_person(cli, names[c], PERSON_STAFF, &p, err))
            return err_wrap(err, "person %zu", c + 1);
        order[c] = p.id;
    }
    return duty_order_set(cli->gate, &cli->who, order, count, err) ? err->rc : db_commit(&tx, err);
}

static int order(struct cli *cli, const char *const *names)
{
    size_t count = 0;
    struct err err;

    while (count < ONCALL_MAX && names[count])
        count++;
    if (set_duty(cli, names, count, &err) || warn_of_few(cli, &err))
        return cli_fail(cli, &err);
    return cli_done(cli);
}

/* ---- the command ---- */

static int add(struct cli *cli, const char *who, const char *when)
{
    struct shift row = { .id = { 0 } };
    struct json *out;
    bool has_said_yes;
    struct err err;

    if (!who || !when)
        return cli_usage(cli, "staff oncall add takes an ADDRESS and --when \"Mon-Fri 17:00-08:00\"");
    if (add_shift(cli, who, when, &row, &err) || consent_of_staff(&cli->gate->store, row.person, &has_said_yes, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "id", row.id.v);
    cli_put(cli, &out);
    cli_say(cli, "Added as %" PRId64 ", in %s time.\n", row.id.v, cli->gate->facts.zone);
    if (!has_said_yes)
        cli_warn(cli,
                 "this person has not said YES yet: they get alarms, but no notes, until they reply YES to our mail");
    return EX_OK;
}

static int take_away(struct cli *cli, const char *number)
{
    struct err err;

    if (!number)
        return cli_usage(cli, "staff oncall remove takes the NUMBER of a shift");
    return remove_shift(cli, number, &err) ? cli_fail(cli, &err) : cli_done(cli);
}

int cli_staff_oncall(struct cli *cli, int argc, char **argv)
{
    const char *names[ONCALL_MAX + 1], *when = NULL;
    const struct cli_option options[] = {
        { .name = "when",
          .value = "TIMES",
          .help = "\"Mon-Fri 17:00-08:00\" or \"2026-12-24 17:00 - 2026-12-27 08:00\", local",
          .to = &when },
    };
    int code = cli_options(cli, "list | add ADDRESS --when TIMES | remove NUMBER | order ADDRESS…", options,
                           COUNT_OF(options), argc, argv, names, ONCALL_MAX);

    if (code != CLI_GO_ON)
        return code;
    names[ONCALL_MAX] = NULL;
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (!names[0] || !strcmp(names[0], "list"))
        return list(cli);
    if (!strcmp(names[0], "add"))
        return add(cli, names[1], when);
    if (!strcmp(names[0], "remove"))
        return take_away(cli, names[1]);
    return order(cli, names + !strcmp(names[0], "order"));
}
