/* postcircle visit attend: who came, by number, or from a list of participants (Zoom's, or our own columns). Members are found by address, or by the number
 * that `visit show` gives them: a name that somebody typed into a video program proves nothing. */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/csv_read.h"
#include "gateway/cli/visit.h"
#include "gateway/visit/afterwards.h"
#include "gateway/visit/attending.h"
#include "schedules/zone.h"

#define LIST_MAX_BYTES ((size_t)1 << 20)
#define LIST_MAX_ROWS 2000
#define WORDS_MAX 64

enum list_column { COL_EMAIL, COL_NUMBER, COL_JOINED, COL_LEFT, COL_MINUTES, COL_INDIVIDUAL, COLUMNS_END };

/* Ours, and those of Zoom's participants report (support.zoom.com, read 2026-11). */
static const char *const column_names[COLUMNS_END][2] = { [COL_EMAIL] = { "email", "User Email" },
                                                          [COL_NUMBER] = { "number", "number" },
                                                          [COL_JOINED] = { "joined", "Join Time" },
                                                          [COL_LEFT] = { "left", "Leave Time" },
                                                          [COL_MINUTES] = { "minutes", "Duration (Minutes)" },
                                                          [COL_INDIVIDUAL] = { "individual", "individual" } };

struct participants {
    struct cli *cli;
    const struct visit *visit;
    const struct roster *roster;
    int columns[CSV_READ_FIELDS_MAX]; /* enum list_column of each, or -1 */
    struct attending_mark *marks;
    size_t n, unknown;
};

/* ---- one line ---- */

static const char *field(const struct participants *p, const struct csv_row *row, enum list_column column)
{
    for (size_t i = 0; i < row->count && i < CSV_READ_FIELDS_MAX; i++)
        if (p->columns[i] == (int)column)
            return row->fields[i];
    return "";
}

/* "2026-03-03 14:05", "03/03/2026 02:05:10 PM", local in the visit's zone; 0 when there is none. */
static enum rc read_time(const struct participants *p, const char *text, int64_t *ret_ms, struct err *err)
{
    static const char *const forms[] = { "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
                                         "%m/%d/%Y %I:%M %p" };

    *ret_ms = 0;
    for (size_t i = 0; *text && i < COUNT_OF(forms); i++) {
        struct tm tm = { .tm_mday = 0 };
        const char *const end = strptime(text, forms[i], &tm);

        if (end && !*end && zone_is_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
            return zone_utc_from_local(p->visit->plan.zone, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                       tm.tm_min, ret_ms, err);
    }
    return *text ? err_set(err, RC_INPUT, "a time as \"2026-03-03 14:05\" is expected") : RC_OK;
}

static enum rc find_by_email(struct participants *p, const char *email, struct person_id *ret, struct err *err)
{
    struct person *people;
    struct visit_seat seat;
    char *address;
    size_t n;

    *ret = (struct person_id){ 0 };
    if (!*email || text_address(email, p->cli->mem, &address, err))
        return RC_OK;
    if (person_by_value(&p->cli->gate->store, ADDRESS_EMAIL, address, p->cli->mem, &people, &n, err))
        return err->rc == RC_NOT_FOUND ? RC_OK : err->rc;
    for (size_t i = 0; i < n; i++) {
        const enum rc rc = visit_seat_find(&p->cli->gate->store, p->visit->id, people[i].id, p->cli->mem, &seat, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (rc || seat.part != VISIT_MEMBER)
            continue;
        if (ret->v) { /* a couple with one address: which of them, only people know */
            *ret = (struct person_id){ 0 };
            return RC_OK;
        }
        *ret = people[i].id;
    }
    return RC_OK;
}

static enum rc find_by_number(const struct participants *p, const char *text, struct person_id *ret, struct err *err)
{
    int64_t number = 0;

    *ret = (struct person_id){ 0 };
    if (*text && text_to_int(text, 1, INT64_MAX, &number, err))
        return err_set(err, RC_INPUT, "numbers are those of `visit show`");
    for (size_t i = 0; number && i < p->roster->n; i++)
        if (p->roster->lines[i].number == number)
            *ret = p->roster->lines[i].seat.person;
    return RC_OK;
}

/* 0: nobody who was asked. A list whose lines slipped against each other is refused. */
static enum rc find_member(struct participants *p, const struct csv_row *row, struct person_id *ret, struct err *err)
{
    struct person_id by_number;

    if (find_by_email(p, field(p, row, COL_EMAIL), ret, err) ||
        find_by_number(p, field(p, row, COL_NUMBER), &by_number, err))
        return err->rc;
    if (ret->v && by_number.v && ret->v != by_number.v)
        return err_set(err, RC_INPUT, "the number is another's than the address");
    if (!ret->v)
        *ret = by_number;
    return RC_OK;
}

/* Who came in twice was there from the first time to the last, for the sum of the minutes. */
static void add(struct participants *p, const struct attending_mark *mark)
{
    for (size_t i = 0; i < p->n; i++) {
        struct attending_mark *m = &p->marks[i];

        if (m->person.v != mark->person.v)
            continue;
        m->joined_ms =
            mark->joined_ms && (!m->joined_ms || mark->joined_ms < m->joined_ms) ? mark->joined_ms : m->joined_ms;
        m->left_ms = mark->left_ms > m->left_ms ? mark->left_ms : m->left_ms;
        m->minutes = mark->minutes < 0 ? m->minutes : (m->minutes < 0 ? 0 : m->minutes) + mark->minutes;
        m->is_individual = m->is_individual || mark->is_individual;
        return;
    }
    p->marks[p->n++] = *mark;
}

static enum rc take_row(struct participants *p, const struct csv_row *row, struct err *err)
{
    struct attending_mark mark = { .minutes = -1 };
    const char *const minutes = field(p, row, COL_MINUTES), *const individual = field(p, row, COL_INDIVIDUAL);

    if (find_member(p, row, &mark.person, err) || read_time(p, field(p, row, COL_JOINED), &mark.joined_ms, err) ||
        read_time(p, field(p, row, COL_LEFT), &mark.left_ms, err))
        return err->rc;
    if (*minutes && text_to_int(minutes, 0, 24 * 60, &mark.minutes, err))
        return err_set(err, RC_INPUT, "minutes are a number");
    mark.is_individual = text_equals(individual, "yes") || text_equals(individual, "1");
    if (mark.person.v)
        add(p, &mark);
    else
        p->unknown++;
    return RC_OK;
}

/* ---- the file ---- */

static bool read_header(struct participants *p, const struct csv_row *row)
{
    bool names_people = false;

    for (size_t i = 0; i < row->count && i < CSV_READ_FIELDS_MAX; i++) {
        p->columns[i] = -1;
        for (int c = 0; c < COLUMNS_END; c++)
            if (text_equals(row->fields[i], column_names[c][0]) || text_equals(row->fields[i], column_names[c][1]))
                p->columns[i] = c;
        names_people = names_people || p->columns[i] == COL_EMAIL || p->columns[i] == COL_NUMBER;
    }
    return names_people;
}

/* Zoom writes what meeting it was above the header. */
static enum rc read_list(struct participants *p, const char *path, struct err *err)
{
    struct csv_row *rows;
    size_t len, n, at = 0;
    char *text;

    if (io_read_file(path, LIST_MAX_BYTES, p->cli->mem, &text, &len, err))
        return err->rc;
    if (!text_is_utf8(text, len) || memchr(text, '\0', len))
        return err_set(err, RC_INPUT, "the file is not UTF-8: save it as \"CSV UTF-8\"");
    if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        len -= 3;
    }
    if (csv_read(text, len, LIST_MAX_ROWS, p->cli->mem, &rows, &n, err))
        return err->rc;
    while (at < n && at < 10 && !read_header(p, &rows[at]))
        at++;
    if (at == n || at == 10)
        return err_set(err, RC_INPUT, "no line of the file names a column \"email\", \"User Email\" or \"number\"");
    p->marks = arena_array(p->cli->mem, n + 1, sizeof *p->marks);
    for (at++; at < n; at++)
        if (rows[at].count > 1 && take_row(p, &rows[at], err))
            return err_wrap(err, "line %d", rows[at].line);
    return RC_OK;
}

/* ---- the command ---- */

struct attend_words {
    const char *args[WORDS_MAX]; /* the number, then who came */
    const char *csv, *individual;
};

static const char *join(struct cli *cli, const struct attend_words *w)
{
    const char *all = "";

    for (size_t i = 1; i < WORDS_MAX && w->args[i]; i++)
        all = arena_printf(cli->mem, "%s%s%s", all, *all ? " " : "", w->args[i]);
    return all;
}

static enum rc mark_individual(struct cli *cli, const struct roster *r, const char *text, struct attending_mark *marks,
                               size_t n, struct err *err)
{
    struct attending_mark *who;
    size_t count, found = 0;

    if (attending_read(r, text, NULL, cli->mem, &who, &count, err))
        return err_wrap(err, "--individual");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < count; k++)
            if (marks[i].person.v == who[k].person.v) {
                marks[i].is_individual = true;
                found++;
            }
    return found == count ? RC_OK : err_set(err, RC_INPUT, "--individual names somebody who did not come");
}

static enum rc attend(struct cli *cli, const struct attend_words *w, size_t *ret_n, size_t *ret_unknown,
                      struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct attending a = { .who = &cli->who, .source = w->csv ? ATTENDANCE_BY_LIST : ATTENDANCE_BY_CLI };
    struct participants p = { .cli = cli };
    struct visit v;
    struct roster r;

    p.visit = &v;
    p.roster = &r;
    if (db_begin(cli->gate->store.db, &tx, err) || cli_visit_find(cli, w->args[0], &v, err) ||
        roster_read(cli->gate, &v, cli->mem, &r, err) ||
        (w->csv ? read_list(&p, w->csv, err) : attending_read(&r, join(cli, w), NULL, cli->mem, &p.marks, &p.n, err)) ||
        (w->individual && mark_individual(cli, &r, w->individual, p.marks, p.n, err)))
        return err->rc;
    a.came = p.marks;
    a.n = p.n;
    if (attending_mark(cli->gate, &v, &a, err) || afterwards_missed(cli->gate, &v, err))
        return err->rc;
    *ret_n = p.n;
    *ret_unknown = p.unknown;
    return db_commit(&tx, err);
}

int cli_visit_attend(struct cli *cli, int argc, char **argv)
{
    struct attend_words w = { .csv = NULL };
    const struct cli_option options[] = {
        { .name = "csv",
          .value = "FILE",
          .help = "Zoom's report, or columns email or number, joined, left, minutes, individual",
          .to = &w.csv },
        { .name = "individual", .value = "NUMBERS", .help = "who had a service of their own too", .to = &w.individual },
    };
    size_t n = 0, unknown = 0;
    struct json *out;
    struct err err;
    int code = cli_options(cli, "NUMBER 1 2 5 | NUMBER all but 3 | NUMBER --csv FILE", options, COUNT_OF(options), argc,
                           argv, w.args, WORDS_MAX);

    if (code == CLI_GO_ON && (!w.args[0] || !w.args[1] == !w.csv))
        code = cli_usage(cli, "visit attend needs the number of a visit, and who came or --csv");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (attend(cli, &w, &n, &unknown, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "came", (int64_t)n);
    json_set_int(out, "unknown", (int64_t)unknown);
    cli_put(cli, &out);
    cli_say(cli, "%zu came.\n", n);
    if (unknown)
        cli_say(cli, "%zu lines name nobody who was asked: mark them by number, as `visit show` lists them.\n",
                unknown);
    return EX_OK;
}
