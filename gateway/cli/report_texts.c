/* postcircle report texts: what texts cost, month by month, of the practice and of each group, nobody named; or one phone's timeline. */
#include "base/text.h"
#include "gateway/cli/report_number.h"
#include "gateway/cli/sheet.h"

#include "gateway/sms/text_budget.h"

#define MONTHS_DEFAULT 12
#define MONTHS_MAX 120

static const char *const columns[] = { "month", "group", "texts", "parts", "not_gsm", "cost", "priced", "budget" };
static const struct sheet_form form = { columns, COUNT_OF(columns), COUNT_OF(columns) };

struct costs {
    struct cli *cli;
    struct sheet *sheet;
    struct care_group *groups;
    size_t group_count;
    int64_t month; /* of now */
};

static const char *money(struct cli *cli, int64_t micro)
{
    return arena_printf(cli->mem, "%.2f", (double)micro / 1e6);
}

static enum rc put_row(struct costs *c, int64_t month, struct group_id group, const char *name, int64_t from_ms,
                       int64_t until_ms, struct err *err)
{
    struct cli *const cli = c->cli;
    struct text_budget budget = { .month_micro = 0 };
    struct text_sum sum;
    enum rc rc = text_cost_sum(&cli->gate->store, group, from_ms, until_ms, &sum, err);

    if (rc || !sum.texts)
        return rc;
    rc = text_budget_get(&cli->gate->store, group, &budget, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    sheet_row(c->sheet,
              (const char *[]){ arena_printf(cli->mem, "%" PRId64 "-%02" PRId64, 1970 + month / 12, 1 + month % 12),
                                name, arena_printf(cli->mem, "%" PRId64, sum.texts),
                                arena_printf(cli->mem, "%" PRId64, sum.parts),
                                arena_printf(cli->mem, "%" PRId64, sum.ucs2_parts), money(cli, sum.micro),
                                arena_printf(cli->mem, "%" PRId64, sum.priced),
                                budget.month_micro ? money(cli, budget.month_micro) : "" });
    return RC_OK;
}

static enum rc put_month(struct costs *c, int64_t month, struct err *err)
{
    int64_t from_ms, until_ms;

    if (text_budget_month_start(c->cli->gate, month, &from_ms, err) ||
        text_budget_month_start(c->cli->gate, month + 1, &until_ms, err) ||
        put_row(c, month, (struct group_id){ 0 }, "", from_ms, until_ms, err))
        return err->rc;
    for (size_t i = 0; i < c->group_count; i++)
        if (put_row(c, month, c->groups[i].id, c->groups[i].slug, from_ms, until_ms, err))
            return err->rc;
    return RC_OK;
}

/* What this month will have cost if it goes on as it began. */
static enum rc put_forecast(struct costs *c, struct json *root, struct err *err)
{
    const int64_t now = gate_now_ms(c->cli->gate);
    int64_t from_ms, until_ms, micro;
    struct text_sum sum;

    if (text_budget_month_start(c->cli->gate, c->month, &from_ms, err) ||
        text_budget_month_start(c->cli->gate, c->month + 1, &until_ms, err) ||
        text_cost_sum(&c->cli->gate->store, (struct group_id){ 0 }, from_ms, until_ms, &sum, err))
        return err->rc;
    micro = (int64_t)((double)sum.micro * (double)(until_ms - from_ms) / (double)(now - from_ms + 1));
    json_set_str(root, "forecast", money(c->cli, micro));
    if (now - from_ms >= MS_DAY)
        cli_say(c->cli, "\nThis month at this pace: %s\n", money(c->cli, micro));
    return RC_OK;
}

static enum rc print_report(struct cli *cli, int64_t months, const char *csv, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(sheet_done) struct sheet sheet = { 0 };
    struct costs costs = { .cli = cli, .sheet = &sheet };
    int64_t ignored;

    if (text_budget_month(cli->gate, &costs.month, &ignored, err) ||
        group_list(&cli->gate->store, cli->mem, &costs.groups, &costs.group_count, err) ||
        sheet_begin(&sheet, cli, &form, csv, err))
        return err->rc;
    for (int64_t i = months; i-- > 0;)
        if (put_month(&costs, costs.month - i, err))
            return err->rc;
    if (sheet_end(&sheet, root, "months", err) || put_forecast(&costs, root, err))
        return err->rc;
    cli_put(cli, &root);
    return RC_OK;
}

int cli_report_texts(struct cli *cli, int argc, char **argv)
{
    const char *months = NULL, *csv = NULL, *number = NULL;
    const struct cli_option options[] = {
        { .name = "months", .value = "N", .help = "how many months back, this one included (12)", .to = &months },
        { .name = "number",
          .value = "PHONE",
          .help = "one phone: consent, every text, how soon STOP was confirmed",
          .to = &number },
        { .name = "csv", .value = "FILE", .help = "the table into a new file instead", .to = &csv },
    };
    int64_t n = MONTHS_DEFAULT;
    struct err err;
    int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code == CLI_GO_ON && months && text_to_int(months, 1, MONTHS_MAX, &n, &err))
        code = cli_usage(cli, "--months takes 1 to %d", MONTHS_MAX);
    if (code == CLI_GO_ON && months && number)
        code = cli_usage(cli, "--months is for costs, --number for one phone");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (number)
        return report_number(cli, number, csv, &err) ? cli_fail(cli, &err) : EX_OK;
    return print_report(cli, n, csv, &err) ? cli_fail(cli, &err) : EX_OK;
}
