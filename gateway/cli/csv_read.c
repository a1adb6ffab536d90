#include "gateway/cli/csv_read.h"

#include "base/text.h"
#include "store/rows.h"

#include <csv.h>

struct reading {
    struct arena *mem;
    struct csv_row *rows, now;
    size_t n, cap, max;
    int line;
    bool is_over;
};

static void on_field(void *bytes, size_t n, void *ctx)
{
    struct reading *r = ctx;

    if (r->now.count < CSV_READ_FIELDS_MAX)
        r->now.fields[r->now.count] = text_clean_line(r->mem, bytes, n);
    r->now.count++;
}

static void on_row(int end, void *ctx)
{
    struct reading *r = ctx;

    (void)end;
    r->now.line = r->line;
    r->is_over = r->is_over || r->n >= r->max;
    if (!r->is_over) {
        r->rows = rows_room(r->mem, r->rows, r->n, &r->cap, sizeof *r->rows);
        r->rows[r->n++] = r->now;
    }
    r->now = (struct csv_row){ .count = 0 };
}

/* Line by line, so that a complaint names the line of the file. */
enum rc csv_read(const char *text, size_t n, size_t max, struct arena *mem, struct csv_row **ret_rows, size_t *ret_n,
                 struct err *err)
{
    struct reading r = { .mem = mem, .max = max };
    struct csv_parser parser;
    enum rc rc = RC_OK;

    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        return err_set(err, RC_BUG, "csv_init");
    for (size_t at = 0; !rc && at < n;) {
        const char *const end = memchr(text + at, '\n', n - at);
        const size_t len = end ? (size_t)(end - text) + 1 - at : n - at;

        r.line++;
        if (csv_parse(&parser, text + at, len, on_field, on_row, &r) != len)
            rc = err_set(err, RC_INPUT, "line %d: a quote mark stands where none can", r.line);
        at += len;
    }
    if (!rc && csv_fini(&parser, on_field, on_row, &r))
        rc = err_set(err, RC_INPUT, "line %d: a quote mark is never closed", r.line);
    csv_free(&parser);
    if (!rc && r.is_over)
        rc = err_set(err, RC_LIMIT, "over %zu rows", max);
    *ret_rows = r.rows;
    *ret_n = r.n;
    return rc;
}
