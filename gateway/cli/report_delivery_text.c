#include "gateway/cli/report_delivery_text.h"

#include "gateway/cli/sheet.h"
#include "store/accounting_text.h"

static const char *const columns[] = { "text",  "sent",  "state",        "kind", "name", "number", "group",
                                       "issue", "parts", "post_version", "code", "done", "words" };
static const struct sheet_form form = { columns, COUNT_OF(columns), 9 };

static enum rc take(void *ctx, const struct accounting_text *row, struct err *err)
{
    struct sheet *const sheet = ctx;
    struct cli *const cli = sheet->cli;
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

    (void)err;
    _Static_assert(COUNT_OF(cells) == COUNT_OF(columns), "a cell for each column");
    sheet_row(sheet, cells);
    return RC_OK;
}

enum rc report_delivery_text(struct cli *cli, const struct accounting_filter *filter, struct json *root, size_t *ret_n,
                             struct err *err)
{
    CLEANUP(sheet_done) struct sheet sheet = { 0 };

    if (sheet_begin(&sheet, cli, &form, NULL, err) ||
        accounting_text_walk(&cli->gate->store, filter, take, &sheet, err))
        return err->rc;
    *ret_n = sheet.rows;
    return sheet_end(&sheet, root, "texts", err);
}
