/*
 * postcircle member import: a CSV file with header names, all or nothing.
 *
 * Every row is really enrolled inside one transaction, so what is refused here is exactly what `member add` refuses; with a bad row, or with
 * --dry-run, the transaction is rolled back. A column that slipped against the others is refused in three ways: a row has as many
 * fields as the header; each field must have its column's form; and where addresses carry names (rose.marsh@), an address that fits the
 * name of another row but not of its own counts as slipped. Two of those refuse the file. --expect refuses a file that somebody cut or doubled.
 */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/csv_read.h"
#include "gateway/cli/seat.h"

#define IMPORT_MAX_BYTES ((size_t)8 << 20)
#define IMPORT_MAX_ROWS 5000
#define IMPORT_FIELDS_MAX CSV_READ_FIELDS_MAX
#define IMPORT_WORD_MIN 4 /* letters of a name that an address must share to count */

struct import_row {
    int line;
    const char *fields[IMPORT_FIELDS_MAX];
    size_t count;
    const char *does;       /* "new person" …, of a row that is taken */
    const char *shown_name; /* of a row that is taken */
    const char *why;        /* it is refused; NULL: it is not */
    bool is_skipped;        /* known to the group already, and --skip-known */
};

struct import {
    struct cli *cli;
    struct arena *mem;
    struct import_row *rows; /* the first is the header */
    size_t n;
    int columns[IMPORT_FIELDS_MAX]; /* enum seat_word of each */
    size_t bad_count, skipped_count;
    bool is_skipping;
};

/* What the caller asked for. */
struct import_order {
    const char *group, *by, *path, *expect;
    bool is_dry, is_certain, is_skipping;
};

/* The first reason is the one that is told. */
static void complain(struct import *im, struct import_row *row, const char *why)
{
    if (row->why)
        return;
    row->why = arena_strdup(im->mem, why);
    im->bad_count++;
}

/* ---- reading ---- */

static enum rc read_rows(struct import *im, const char *text, size_t n, struct err *err)
{
    struct csv_row *rows;

    if (csv_read(text, n, IMPORT_MAX_ROWS + 1, im->mem, &rows, &im->n, err))
        return err->rc;
    im->rows = arena_array(im->mem, im->n + 1, sizeof *im->rows);
    for (size_t i = 0; i < im->n; i++) {
        im->rows[i] = (struct import_row){ .line = rows[i].line, .count = rows[i].count };
        memcpy(im->rows[i].fields, rows[i].fields, sizeof rows[i].fields);
    }
    return RC_OK;
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
    if (im->rows[0].count == 1 && strchr(im->rows[0].fields[0], ';'))
        return err_set(err, RC_INPUT,
                       "line %d: the fields are parted by semicolons: save the file once more as CSV with commas "
                       "(LibreOffice: Save As, Edit filter settings; Excel: the list separator of the region settings)",
                       im->rows[0].line);
    for (size_t c = 0; c < im->rows[0].count; c++) {
        im->columns[c] = column_of(im->rows[0].fields[c]);
        if (im->columns[c] < 0 || seen[im->columns[c]])
            return err_set(err, RC_INPUT,
                           "line %d: column %zu is no header name, or stands twice; take name, email, "
                           "phone, emergency, chart, role, rhythm, language, zone, hour, shown-name, label, tags, "
                           "consent, evidence, require-tls",
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

    if (!*email || carries(email, field_of(im, &im->rows[i], SEAT_NAME), mem))
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
            complain(im, &im->rows[i], "the address fits the name of another line: has a column slipped?");
}

/* ---- taking ---- */

static bool is_changed(const struct person *a, const struct person *b)
{
    const char *const had[] = { a->phone, a->emergency, a->chart, a->zone };
    const char *const has[] = { b->phone, b->emergency, b->chart, b->zone };

    for (size_t i = 0; i < COUNT_OF(had); i++)
        if (strcmp(had[i] ? had[i] : "", has[i] ? has[i] : "") != 0)
            return true;
    return a->language != b->language;
}

/* What enrolling did: users had the address before it. */
static enum rc describe(struct import *im, const struct membership *m, const struct person *users, size_t n,
                        struct arena *mem, const char **ret_does, struct err *err)
{
    struct person now;

    *ret_does = n ? "new person, shares the address" : "new person";
    if (person_get(&im->cli->gate->store, m->person, mem, &now, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].id.v == m->person.v)
            *ret_does = is_changed(&users[i], &now) ? "known person, changed" : "known person";
    return RC_OK;
}

/* Each field by itself beside a name and an address that are right, so that the faults of a line are told at once. */
static const char *faults_of(const struct import *im, const struct import_row *row, struct arena *mem)
{
    const char *faults = "";

    for (size_t c = 0; c < row->count; c++) {
        const char *one[SEAT_WORD_COUNT] = { [SEAT_NAME] = "Rose Marsh", [SEAT_EMAIL] = "rose@example.org" };
        struct err fault = { .rc = RC_OK };
        struct seat seat;

        one[im->columns[c]] = row->fields[c];
        if (seat_read(one, mem, &seat, &fault) || enroll_check(&seat.person, mem, &fault))
            faults = arena_printf(mem, "%s%s%s", faults, *faults ? "; " : "", fault.msg);
    }
    return faults;
}

/* Who is or was in the group, or is invited: of these users of the address the one with this name. */
static enum rc is_known(struct import *im, const struct care_group *group, const char *name, const struct person *users,
                        size_t n, struct arena *mem, enum member_state *ret_state, struct err *err)
{
    const char *const folded = text_fold(mem, name);

    *ret_state = (enum member_state)0;
    for (size_t i = 0; i < n && !*ret_state; i++) {
        struct membership m;
        enum rc rc;

        if (users[i].kind != PERSON_PATIENT || strcmp(text_fold(mem, users[i].name), folded) != 0)
            continue;
        rc = membership_find(&im->cli->gate->store, group->id, users[i].id, mem, &m, err);
        if (rc && rc != RC_NOT_FOUND)
            return rc;
        *ret_state = rc ? (enum member_state)0 : m.state;
    }
    return RC_OK;
}

static enum rc take_row(struct import *im, const struct care_group *group, struct person_id by, struct import_row *row,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("import_row");
    const char *words[SEAT_WORD_COUNT] = { NULL };
    enum member_state known;
    const char *faults;
    struct person *users;
    struct membership m;
    struct seat seat;
    size_t n;

    if (row->count != im->rows[0].count)
        return err_set(err, RC_INPUT, "%zu fields, but the header has %zu", row->count, im->rows[0].count);
    for (size_t c = 0; c < row->count; c++)
        words[im->columns[c]] = row->fields[c];
    faults = faults_of(im, row, mem);
    if (*faults) {
        complain(im, row, faults);
        return RC_OK;
    }
    if (seat_read(words, mem, &seat, err) || enroll_check(&seat.person, mem, err) ||
        person_by_value(&im->cli->gate->store, seat.person.email ? ADDRESS_EMAIL : ADDRESS_PHONE,
                        seat.person.email ? seat.person.email : seat.person.text, mem, &users, &n, err) ||
        is_known(im, group, seat.person.name, users, n, mem, &known, err))
        return err->rc;
    if (known && im->is_skipping) {
        row->is_skipped = true;
        im->skipped_count++;
        row->shown_name = "";
        row->does = arena_printf(im->mem, "skipped: %s", member_state_name(known));
        return RC_OK;
    }
    if (seat_take(im->cli, group, by, &seat, mem, &m, err))
        return err->rc;
    row->shown_name = arena_strdup(im->mem, m.name);
    return describe(im, &m, users, n, mem, &row->does, err);
}

static enum rc take_all(struct import *im, const struct care_group *group, struct person_id by, struct err *err)
{
    for (size_t i = 1; i < im->n; i++) {
        const enum rc rc = take_row(im, group, by, &im->rows[i], err);

        if (rc == RC_INPUT || rc == RC_CONFLICT || rc == RC_LIMIT || rc == RC_NOT_FOUND)
            complain(im, &im->rows[i], err->msg);
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
    if (read_rows(im, text, n, err))
        return err->rc;
    return read_header(im, err);
}

/* ---- telling ---- */

static struct json *row_as_json(const struct import *im, const struct import_row *row)
{
    struct json *object = json_object_new();

    json_set_int(object, "line", row->line);
    json_set_str(object, "does", row->why ? "refused" : row->does);
    json_set_str(object, "name", field_of(im, row, SEAT_NAME));
    json_set_str(object, "email", field_of(im, row, SEAT_EMAIL));
    json_set_str(object, "shown_name", row->why || row->is_skipped ? NULL : row->shown_name);
    json_set_str(object, "why", row->why);
    return object;
}

static void print_rows(const struct import *im)
{
    static const char *const header[] = { "line", "name", "email", "shown_name", "does" };
    struct cli_table *const table = cli_table_new(im->mem, header, COUNT_OF(header));

    for (size_t i = 1; i < im->n; i++) {
        const struct import_row *const row = &im->rows[i];
        const char *const cells[] = { arena_printf(im->mem, "%d", row->line), field_of(im, row, SEAT_NAME),
                                      field_of(im, row, SEAT_EMAIL), row->why ? "" : row->shown_name,
                                      row->why ? arena_printf(im->mem, "REFUSED: %s", row->why) : row->does };

        cli_table_row(table, cells);
    }
    cli_table_print(im->cli, table);
}

static void print_result(const struct import *im, bool is_dry)
{
    const size_t taken = im->n - 1 - im->skipped_count;
    const char *const people = taken == 1 ? "person" : "people";
    const char *const skipped =
        im->skipped_count ? arena_printf(im->mem, ", %zu skipped as known", im->skipped_count) : "";

    for (size_t i = 1; i < im->n && !is_dry; i++)
        if (im->rows[i].why)
            fprintf(stderr, "line %d: %s\n", im->rows[i].line, im->rows[i].why);
    if (is_dry)
        print_rows(im);
    if (im->bad_count)
        printf("Nothing was taken: %zu of %zu %s refused.\n", im->bad_count, im->n - 1, im->n == 2 ? "row" : "rows");
    else if (is_dry)
        printf("%zu %s would be invited%s. Nothing was taken: this was a dry run.\n", taken, people, skipped);
    else
        printf("%zu %s invited%s.\n", taken, people, skipped);
}

static int report(const struct import *im, bool is_dry)
{
    struct json *out, *rows;

    if (!im->cli->is_json) {
        print_result(im, is_dry);
        return im->bad_count ? EX_DATAERR : EX_OK;
    }
    out = json_object_new();
    rows = json_array_new();
    for (size_t i = 1; i < im->n; i++) {
        struct json *row = row_as_json(im, &im->rows[i]);

        json_push(rows, &row);
    }
    json_set_int(out, "row_count", (int64_t)im->n - 1);
    json_set_int(out, "bad_count", (int64_t)im->bad_count);
    json_set_int(out, "skipped_count", (int64_t)im->skipped_count);
    json_set_bool(out, "is_taken", !im->bad_count && !is_dry);
    json_set(out, "rows", &rows);
    cli_put(im->cli, &out);
    return im->bad_count ? EX_DATAERR : EX_OK;
}

/* ---- all of it ---- */

static enum rc check_count(const struct import *im, const char *expect, struct err *err)
{
    int64_t wanted;

    if (!expect)
        return RC_OK;
    if (text_to_int(expect, 0, IMPORT_MAX_ROWS, &wanted, err))
        return err_set(err, RC_INPUT, "--expect takes how many people the file holds, 0 to %d", IMPORT_MAX_ROWS);
    return (size_t)wanted == im->n - 1 ? RC_OK
                                       : err_set(err, RC_INPUT,
                                                 "the file holds %zu people, not %" PRId64 " as --expect says: nothing "
                                                 "was taken",
                                                 im->n - 1, wanted);
}

static int run(struct import *im, const struct import_order *order)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group group;
    struct person_id by;
    struct err err;

    if (read_file(im, order->path, &err) || check_count(im, order->expect, &err) ||
        db_begin(im->cli->gate->store.db, &tx, &err) || cli_find_group(im->cli, order->group, &group, &err) ||
        seat_inviter(im->cli, order->by, &by, &err))
        return cli_fail(im->cli, &err);
    im->is_skipping = order->is_skipping;
    if (!order->is_certain)
        check_slipped(im);
    if (take_all(im, &group, by, &err))
        return cli_fail(im->cli, &err);
    if (!im->bad_count && !order->is_dry && db_commit(&tx, &err))
        return cli_fail(im->cli, &err);
    if (!im->bad_count && !order->is_dry && im->n - 1 > im->skipped_count)
        seat_say_waiting(im->cli, &group);
    return report(im, order->is_dry);
}

int cli_member_import(struct cli *cli, int argc, char **argv)
{
    struct import_order order = { .group = NULL };
    const struct cli_option options[] = {
        { .name = "group", .value = "GROUP", .help = "into which", .to = &order.group },
        { .name = "by", .value = "ADDRESS", .help = "who invites them; the first on duty", .to = &order.by },
        { .name = "dry-run", .help = "show what each line would do, take nothing", .flag = &order.is_dry },
        { .name = "skip-known",
          .help = "pass over whom the group knows: members, invited, left",
          .flag = &order.is_skipping },
        { .name = "expect", .value = "N", .help = "refuse a file that does not hold N people", .to = &order.expect },
        { .name = "columns-checked",
          .help = "names and addresses were compared by a person",
          .flag = &order.is_certain },
    };
    struct import im = { .cli = cli, .mem = cli->mem };
    int code = cli_options(cli, "--group GROUP FILE", options, COUNT_OF(options), argc, argv, &order.path, 1);

    if (code == CLI_GO_ON && (!order.group || !order.path))
        code = cli_usage(cli, "member import needs --group and a file");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    return code == CLI_GO_ON ? run(&im, &order) : code;
}
