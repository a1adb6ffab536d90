#include "gateway/cli/sheet.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "schedules/zone.h"

#include <string.h>

enum rc sheet_begin(struct sheet *s, struct cli *cli, const struct sheet_form *form, const char *csv_path,
                    struct err *err)
{
    *s = (struct sheet){ .cli = cli, .form = form, .csv_path = csv_path };
    if (csv_path && csv_file_new(csv_path, &s->csv, err))
        return err_wrap(err, "--csv");
    if (s->csv)
        csv_file_row(s->csv, form->header, form->columns);
    else if (cli->is_json)
        s->list = json_array_new();
    else
        s->table = cli_table_new(cli->mem, form->header, form->shown);
    return RC_OK;
}

void sheet_row(struct sheet *s, const char *const *cells)
{
    s->rows++;
    if (s->csv) {
        csv_file_row(s->csv, cells, s->form->columns);
    } else if (s->list) {
        struct json *object = json_object_new();

        for (size_t c = 0; c < s->form->columns; c++)
            json_set_str(object, s->form->header[c], cells[c] ? cells[c] : "");
        json_push(s->list, &object);
    } else {
        cli_table_row(s->table, cells);
    }
}

enum rc sheet_end(struct sheet *s, struct json *root, const char *key, struct err *err)
{
    if (s->csv && csv_file_finish(s->csv, err))
        return err->rc;
    json_set_int(root, "rows", (int64_t)s->rows);
    if (s->csv) {
        json_set_str(root, "csv", s->csv_path);
        cli_say(s->cli, "%zu rows in %s\n", s->rows, s->csv_path);
    } else if (s->list) {
        json_set(root, key, &s->list);
    } else if (s->rows) {
        cli_table_print(s->cli, s->table);
    }
    return RC_OK;
}

void sheet_done(struct sheet *s)
{
    csv_file_free(&s->csv);
    json_free(&s->list);
}

const char *sheet_time(struct cli *cli, int64_t ms)
{
    char stamp[CLOCK_STAMP_SIZE];

    if (!ms)
        return "";
    clock_stamp(ms, stamp);
    return arena_printf(cli->mem, "%.19sZ", stamp);
}

const char *sheet_number(struct cli *cli, int64_t n)
{
    return n ? arena_printf(cli->mem, "%" PRId64, n) : "";
}

static enum rc read_day(struct cli *cli, const char *text, int64_t *ret_day, struct err *err)
{
    int64_t year, month, day;
    struct err ignored;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
        text_to_int(arena_strndup(cli->mem, text, 4), 1, 9999, &year, &ignored) ||
        text_to_int(arena_strndup(cli->mem, text + 5, 2), 1, 12, &month, &ignored) ||
        text_to_int(text + 8, 1, 31, &day, &ignored) || !zone_is_date((int)year, (int)month, (int)day))
        return err_set(err, RC_INPUT, "a day is written YYYY-MM-DD, as in 2026-11-22");
    *ret_day = clock_days_from_civil((int)year, (int)month, (int)day);
    return RC_OK;
}

enum rc sheet_read_span(struct cli *cli, const char *from, const char *until, struct sheet_span *ret_span,
                        struct err *err)
{
    const char *const zone = cli->gate->facts.zone;
    int64_t first = 0, last = 0;

    *ret_span = (struct sheet_span){ 0 };
    if (from && (read_day(cli, from, &first, err) || zone_utc_from_minute(zone, first, 0, &ret_span->from_ms, err)))
        return err->rc;
    if (until &&
        (read_day(cli, until, &last, err) || zone_utc_from_minute(zone, last + 1, 0, &ret_span->until_ms, err)))
        return err->rc;
    if (from && until && last < first)
        return err_set(err, RC_INPUT, "the last day comes before the first");
    return RC_OK;
}

enum rc sheet_note_read(struct cli *cli, enum audit_item kind, int64_t id, const char *what, struct err *err)
{
    return record_alone(cli->gate, &cli->who, AUDIT_REPORT_READ, kind, id, what, err);
}
