#include "gateway/cli/report_delivery_text.h"

#include "gateway/cli/sheet.h"
#include "store/accounting_text.h"

static const char *const columns[] = { "text",  "sent",  "state",        "kind", "name", "number", "group",
                                       "issue", "parts", "post_version", "code", "done", "words" };
static const struct sheet_form form = { columns, COUNT_OF(columns), 9 };

struct texts {
    struct cli *cli;
    const char *csv; /* NULL: none */
    struct sheet sheet;
    bool is_begun;
};

/* A file for texts is made when there is one. */
static enum rc begin(struct texts *t, struct err *err)
{
    if (!t->is_begun && sheet_begin(&t->sheet, t->cli, &form, t->csv, err))
        return err->rc;
    t->is_begun = true;
    return RC_OK;
}

static void end_sheet(struct texts *t)
{
    sheet_done(&t->sheet);
}

/* "out.csv": "out-texts.csv" */
static const char *beside(const char *csv, struct arena *mem)
{
    const size_t n = strlen(csv), stem = n > 4 && !strcmp(csv + n - 4, ".csv") ? n - 4 : n;

    return arena_printf(mem, "%.*s-texts.csv", (int)stem, csv);
}

static enum rc take(void *ctx, const struct accounting_text *row, struct err *err)
{
    struct texts *const t = ctx;
    struct cli *const cli = t->cli;
    const char *const version = !row->post_version ? ""
                                : row->is_whole    ? sheet_number(cli, row->post_version)
                                                   : arena_printf(cli->mem, "%" PRId64 " (excerpt)", row->post_version);
    const char *const cells[] = { sheet_number(cli, row->id.v),  sheet_time(cli, row->handed_ms),
                                  text_state_name(row->state),   mailing_template_name(row->kind),
                                  row->name ? row->name : "",    row->number,
                                  row->slug ? row->slug : "",    sheet_number(cli, row->issue_number),
                                  sheet_number(cli, row->parts), version,
                                  row->code ? row->code : "",    sheet_time(cli, row->done_ms),
                                  row->words ? row->words : "" };

    _Static_assert(COUNT_OF(cells) == COUNT_OF(columns), "a cell for each column");
    if (begin(t, err))
        return err->rc;
    sheet_row(&t->sheet, cells);
    return RC_OK;
}

enum rc report_delivery_text(struct cli *cli, const struct accounting_filter *filter, const char *csv,
                             struct json *root, size_t *ret_n, struct err *err)
{
    CLEANUP(end_sheet) struct texts t = { .cli = cli, .csv = csv ? beside(csv, cli->mem) : NULL };

    if ((!csv && begin(&t, err)) || accounting_text_walk(&cli->gate->store, filter, take, &t, err))
        return err->rc;
    *ret_n = t.sheet.rows;
    return t.is_begun ? sheet_end(&t.sheet, root, "texts", err) : RC_OK;
}
