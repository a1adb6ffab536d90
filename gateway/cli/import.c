/*
 * postcircle member import: a CSV file with header names, all or nothing.
 *
 * Every row is really enrolled inside one transaction, so what is refused here is exactly what `member add` refuses; with a bad row, or with
 * --dry-run, the transaction is rolled back. A column that slipped against the others is refused in three ways: a row has as many
 * fields as the header; each field must have its column's form; and where addresses carry names (rose.marsh@), an address that fits the
 * name of another row but not of its own counts as slipped. Two of those refuse the file.
 */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/seat.h"

#include <csv.h>

#define IMPORT_MAX_BYTES ((size_t)8 << 20)
#define IMPORT_MAX_ROWS 5000
#define IMPORT_FIELDS_MAX 32
#define IMPORT_BAD_MAX 200
#define IMPORT_WORD_MIN 4 /* letters of a name that an address must share to count */

struct import_row {
    int line;
    const char *fields[IMPORT_FIELDS_MAX];
    size_t count;
};

struct import {
    struct cli *cli;
    struct arena *mem;
    struct import_row *rows; /* the first is the header */
    size_t n;
    struct import_row now;
    int line;
    int columns[IMPORT_FIELDS_MAX]; /* enum seat_word of each */
    const char *bad[IMPORT_BAD_MAX];
    size_t bad_count;
    bool is_over;
};

static void complain(struct import *im, int line, const char *what)
{
    if (im->bad_count < IMPORT_BAD_MAX)
        im->bad[im->bad_count] = arena_printf(im->mem, "line %d: %s", line, what);
    im->bad_count++;
}

/* ---- reading ---- */

static void on_field(void *bytes, size_t n, void *ctx)
{
    struct import *im = ctx;

    if (im->now.count < IMPORT_FIELDS_MAX)
        im->now.fields[im->now.count] = text_clean_line(im->mem, bytes, n);
    im->now.count++;
}

static void on_row(int end, void *ctx)
{
    struct import *im = ctx;

    (void)end;
    im->now.line = im->line;
    if (im->n <= IMPORT_MAX_ROWS)
        im->rows[im->n++] = im->now;
    else
        im->is_over = true;
    im->now = (struct import_row){ .count = 0 };
}

/* Line by line, so that a complaint names the line of the file. */
static enum rc read_rows(struct import *im, const char *text, size_t n, struct err *err)
{
    struct csv_parser parser;
    enum rc rc = RC_OK;

    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        return err_set(err, RC_BUG, "csv_init");
    for (size_t at = 0; !rc && at < n;) {
        const char *const end = memchr(text + at, '\n', n - at);
        const size_t len = end ? (size_t)(end - text) + 1 - at : n - at;

        im->line++;
        if (csv_parse(&parser, text + at, len, on_field, on_row, im) != len)
            rc = err_set(err, RC_INPUT, "line %d: a quote mark stands where none can", im->line);
        at += len;
    }
    if (!rc && csv_fini(&parser, on_field, on_row, im))
        rc = err_set(err, RC_INPUT, "line %d: a quote mark is never closed", im->line);
    csv_free(&parser);
    if (!rc && im->is_over)
        rc = err_set(err, RC_LIMIT, "over %d rows", IMPORT_MAX_ROWS);
    return rc;
}

static int column_of(const char *name)
{
    for (int w = 0; w < SEAT_WORD_COUNT; w++)
        if (text_equals(name, seat_names[w]))
            return w;
    return -1;
}

static enum rc read_header(struct import *im, struct err *err)
{
    bool seen[SEAT_WORD_COUNT] = { false };

    if (!im->n)
        return err_set(err, RC_INPUT, "the file is empty");
    if (im->rows[0].count > IMPORT_FIELDS_MAX)
        return err_set(err, RC_INPUT, "line %d: over %d columns", im->rows[0].line, IMPORT_FIELDS_MAX);
    for (size_t c = 0; c < im->rows[0].count; c++) {
        im->columns[c] = column_of(im->rows[0].fields[c]);
        if (im->columns[c] < 0 || seen[im->columns[c]])
            return err_set(err, RC_INPUT,
                           "line %d: column %zu is no header name, or stands twice; take name, email, "
                           "phone, emergency, chart, role, rhythm, language, tags …",
                           im->rows[0].line, c + 1);
        seen[im->columns[c]] = true;
    }
    if (!seen[SEAT_NAME] || !seen[SEAT_EMAIL])
        return err_set(err, RC_INPUT, "line %d: the header needs name and email", im->rows[0].line);
    return RC_OK;
}

/* ---- a slipped column ---- */

static const char *field_of(const struct import *im, const struct import_row *row, enum seat_word w)
{
    for (size_t c = 0; c < row->count && c < im->rows[0].count; c++)
        if (im->columns[c] == (int)w)
            return row->fields[c];
    return "";
}

/* Does the address carry a word of the name? "rose.marsh@…" carries "Rose Marsh". */
static bool carries(const char *email, const char *name, struct arena *mem)
{
    const char *const local = text_fold_plain(mem, arena_strndup(mem, email, strcspn(email, "@")));
    const char *word = text_fold_plain(mem, name);

    while (*word) {
        const size_t n = strcspn(word, " -.'");

        if (n >= IMPORT_WORD_MIN && strstr(local, arena_strndup(mem, word, n)))
            return true;
        word += n + (word[n] != '\0');
    }
    return false;
}

static bool has_slipped(const struct import *im, size_t i, struct arena *mem)
{
    const char *const email = field_of(im, &im->rows[i], SEAT_EMAIL);

    if (carries(email, field_of(im, &im->rows[i], SEAT_NAME), mem))
        return false;
    for (size_t step = 1; step <= 3; step++) {
        if (i > step && carries(email, field_of(im, &im->rows[i - step], SEAT_NAME), mem))
            return true;
        if (i + step < im->n && carries(email, field_of(im, &im->rows[i + step], SEAT_NAME), mem))
            return true;
    }
    return false;
}

static void check_slipped(struct import *im)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("slipped");
    size_t slipped = 0;

    for (size_t i = 1; i < im->n; i++) {
        slipped += has_slipped(im, i, mem);
        arena_clear(mem);
    }
    for (size_t i = 1; slipped >= 2 && i < im->n; i++)
        if (has_slipped(im, i, mem))
            complain(im, im->rows[i].line, "the address fits the name of another line: has a column slipped?");
}

/* ---- taking ---- */

static enum rc take_row(struct import *im, const struct care_group *group, struct person_id by,
                        const struct import_row *row, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("import_row");
    const char *words[SEAT_WORD_COUNT] = { NULL };
    struct membership m;
    struct seat seat;

    if (row->count != im->rows[0].count)
        return err_set(err, RC_INPUT, "%zu fields, but the header has %zu", row->count, im->rows[0].count);
    for (size_t c = 0; c < row->count; c++)
        words[im->columns[c]] = row->fields[c];
    if (seat_read(words, mem, &seat, err))
        return err->rc;
    return seat_take(im->cli, group, by, &seat, mem, &m, err);
}

static enum rc take_all(struct import *im, const struct care_group *group, struct person_id by, struct err *err)
{
    for (size_t i = 1; i < im->n; i++) {
        const enum rc rc = take_row(im, group, by, &im->rows[i], err);

        if (rc == RC_INPUT || rc == RC_CONFLICT || rc == RC_LIMIT || rc == RC_NOT_FOUND)
            complain(im, im->rows[i].line, err->msg);
        else if (rc)
            return err_wrap(err, "line %d", im->rows[i].line);
    }
    return RC_OK;
}

static enum rc read_file(struct import *im, const char *path, struct err *err)
{
    char *text;
    size_t n;

    if (io_read_file(path, IMPORT_MAX_BYTES, im->mem, &text, &n, err))
        return err->rc;
    if (!text_is_utf8(text, n) || memchr(text, '\0', n))
        return err_set(err, RC_INPUT, "the file is not UTF-8: save it as \"CSV UTF-8\"");
    if (n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        n -= 3;
    }
    im->rows = ARENA_ARRAY(im->mem, IMPORT_MAX_ROWS + 1, struct import_row);
    if (read_rows(im, text, n, err))
        return err->rc;
    return read_header(im, err);
}

static int report(const struct import *im, bool is_dry)
{
    const struct cli *const cli = im->cli;
    struct json *out = json_object_new(), *bad = json_array_new();
    const size_t shown = im->bad_count < IMPORT_BAD_MAX ? im->bad_count : IMPORT_BAD_MAX;

    for (size_t i = 0; i < shown; i++) {
        json_push_str(bad, im->bad[i]);
        if (!cli->is_json)
            fprintf(stderr, "%s\n", im->bad[i]);
    }
    json_set_int(out, "rows", (int64_t)im->n - 1);
    json_set_int(out, "bad_count", (int64_t)im->bad_count);
    json_set_bool(out, "is_taken", !im->bad_count && !is_dry);
    json_set(out, "bad", &bad);
    cli_put(cli, &out);
    if (im->bad_count)
        cli_say(cli, "Nothing was taken: %zu of %zu rows are wrong.\n", im->bad_count, im->n - 1);
    else if (is_dry)
        cli_say(cli, "All %zu rows are fine. Nothing was taken: this was a dry run.\n", im->n - 1);
    else
        cli_say(cli, "%zu people were invited.\n", im->n - 1);
    return im->bad_count ? EX_DATAERR : EX_OK;
}

static int run(struct import *im, const char *group_name, const char *by_name, const char *path, bool is_dry,
               bool is_certain)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group group;
    struct person_id by;
    struct err err;

    if (read_file(im, path, &err) || db_begin(im->cli->gate->store.db, &tx, &err) ||
        cli_find_group(im->cli, group_name, &group, &err) || seat_inviter(im->cli, by_name, &by, &err))
        return cli_fail(im->cli, &err);
    if (!is_certain)
        check_slipped(im);
    if (take_all(im, &group, by, &err))
        return cli_fail(im->cli, &err);
    if (!im->bad_count && !is_dry && db_commit(&tx, &err))
        return cli_fail(im->cli, &err);
    return report(im, is_dry);
}

int cli_member_import(struct cli *cli, int argc, char **argv)
{
    const char *group = NULL, *by = NULL, *path;
    bool is_dry = false, is_certain = false;
    const struct cli_option options[] = {
        { .name = "group", .value = "GROUP", .help = "into which", .to = &group },
        { .name = "by", .value = "ADDRESS", .help = "who invites them; the first on duty", .to = &by },
        { .name = "dry-run", .help = "check everything, take nothing", .flag = &is_dry },
        { .name = "columns-checked", .help = "names and addresses were compared by a person", .flag = &is_certain },
    };
    struct import im = { .cli = cli, .mem = cli->mem };
    int code = cli_options(cli, "--group GROUP FILE", options, COUNT_OF(options), argc, argv, &path, 1);

    if (code == CLI_GO_ON && (!group || !path))
        code = cli_usage(cli, "member import needs --group and a file");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    return code == CLI_GO_ON ? run(&im, group, by, path, is_dry, is_certain) : code;
}
