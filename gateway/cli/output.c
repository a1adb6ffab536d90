/* What cli.h prints: lines and tables for people, JSON for programs. */
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "store/rows.h"

#include <assert.h>
#include <stdarg.h>
#include <unistd.h>

#define OUTPUT_MAX_BYTES ((size_t)64 << 20)
#define OUTPUT_RED "\033[1;31m"
#define OUTPUT_PLAIN "\033[0m"

struct cli_table {
    struct arena *mem;
    const char *const *header;
    size_t columns;
    uint64_t numbers; /* bit c: column c holds them */
    const char ***rows;
    size_t n, cap;
};

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;

    if (cli->is_json)
        return;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
}

void cli_warn(const struct cli *cli, const char *fmt, ...)
{
    const bool is_red = isatty(STDERR_FILENO) && !cli->is_json;
    va_list ap;

    fputs(is_red ? OUTPUT_RED "WARNING: " : "WARNING: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs(is_red ? OUTPUT_PLAIN "\n" : "\n", stderr);
}

void cli_put(const struct cli *cli, struct json **root)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(OUTPUT_MAX_BYTES);

    if (cli->is_json) {
        json_print(*root, true, &out);
        printf("%s\n", strbuf_peek(&out));
    }
    json_free(root);
}

int cli_done(const struct cli *cli)
{
    struct json *root = json_object_new();

    json_set_bool(root, "ok", true);
    cli_put(cli, &root);
    return EX_OK;
}

static bool says_where(const char *option)
{
    return !strcmp(option, "group") || !strcmp(option, "by");
}

int cli_done_set(const struct cli *cli, const struct cli_option *options, size_t count)
{
    const char *said = "";

    for (size_t i = 0; i < count; i++) {
        const struct cli_option *const o = &options[i];

        if (says_where(o->name))
            continue;
        if (o->flag ? *o->flag : o->to && *o->to)
            said = arena_printf(cli->mem, "%s%s%s%s%s", said, *said ? ", " : "", o->name, o->to ? " " : "",
                                !o->to    ? ""
                                : **o->to ? *o->to
                                          : "(taken away)");
        for (size_t v = 0; o->many && v < o->many->count; v++)
            said = arena_printf(cli->mem, "%s%s%s %s", said, *said ? ", " : "", o->name, o->many->values[v]);
    }
    if (*said)
        cli_say(cli, "Set: %s\n", said);
    return cli_done(cli);
}

void cli_pair(const struct cli *cli, struct json *object, const char *key, const char *label, const char *value)
{
    if (object)
        json_set_str(object, key, value);
    if (value && *value)
        cli_say(cli, "%-18s %s\n", label, value);
}

struct cli_table *cli_table_new(struct arena *mem, const char *const *header, size_t columns)
{
    struct cli_table *table = ARENA_NEW(mem, struct cli_table);

    *table = (struct cli_table){ .mem = mem, .header = header, .columns = columns };
    return table;
}

void cli_table_numbers(struct cli_table *table, size_t column)
{
    assert(column < table->columns && column < 64);
    table->numbers |= UINT64_C(1) << column;
}

void cli_table_row(struct cli_table *table, const char *const *cells)
{
    const char **row = ARENA_ARRAY(table->mem, table->columns, const char *);

    for (size_t c = 0; c < table->columns; c++)
        row[c] = arena_strdup(table->mem, cells[c] ? cells[c] : "");
    table->rows = rows_room(table->mem, table->rows, table->n, &table->cap, sizeof *table->rows);
    table->rows[table->n++] = row;
}

/* Code points: good enough for names in one column of a terminal. */
static size_t width_of(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void print_row(const struct cli_table *table, const char *const *cells, const size_t *widths)
{
    for (size_t c = 0; c < table->columns; c++) {
        const size_t gap = c + 1 < table->columns ? widths[c] - width_of(cells[c]) + 2 : 0;

        printf("%s%*s", cells[c], (int)gap, "");
    }
    putchar('\n');
}

static void print_aligned(const struct cli_table *table)
{
    size_t *const widths = ARENA_ARRAY(table->mem, table->columns, size_t);

    for (size_t c = 0; c < table->columns; c++) {
        widths[c] = width_of(table->header[c]);
        for (size_t r = 0; r < table->n; r++)
            if (width_of(table->rows[r][c]) > widths[c])
                widths[c] = width_of(table->rows[r][c]);
    }
    print_row(table, table->header, widths);
    for (size_t r = 0; r < table->n; r++)
        print_row(table, table->rows[r], widths);
}

static void set_cell(struct json *object, const struct cli_table *table, size_t row, size_t column)
{
    const char *const cell = table->rows[row][column];
    struct err ignored;
    int64_t n;

    if (table->numbers >> column & 1 && !text_to_int(cell, INT64_MIN, INT64_MAX, &n, &ignored))
        json_set_int(object, table->header[column], n);
    else
        json_set_str(object, table->header[column], cell);
}

void cli_table_print(const struct cli *cli, struct cli_table *table)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    if (!cli->is_json) {
        print_aligned(table);
        return;
    }
    for (size_t r = 0; r < table->n; r++) {
        struct json *object = json_object_new();

        for (size_t c = 0; c < table->columns; c++)
            set_cell(object, table, r, c);
        json_push(list, &object);
    }
    cli_put(cli, &list);
}
