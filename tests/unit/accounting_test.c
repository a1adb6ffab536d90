/* Who got exactly what: rows of store/accounting at the size of a large group, and the file they go into. */
#include "gate_help.h"

#include "gateway/home/csv.h"
#include "store/accounting.h"
#include "store/issue.h"

#define MANY 10000
#define WANTED_MS (INT64_C(60) * 1000) /* the answer after a mis-send: within a minute */

static void add_copies(struct gate_help *g, struct issue_id issue, struct mailing_id mailing, int n)
{
    struct store *const st = &g->gate.store;
    struct err err;

    for (int i = 0; i < n; i++) {
        char name[32], email[48];
        struct membership m;
        struct delivery d = { .mailing = mailing, .issue = issue, .channel = DELIVERY_EMAIL, .lane = LANE_DIGEST };

        snprintf(name, sizeof name, "Member %d", i);
        snprintf(email, sizeof email, "member.%d@example.net", i);
        m = gate_help_member(g, name, email, RHYTHM_DAILY);
        d.person = m.person;
        d.membership = m.id;
        d.address = m.address;
        memcpy(d.message_key, &d.person, sizeof d.person);
        HELP_OK(delivery_add(st, &d, &err));
    }
}

static enum rc to_file(void *ctx, const struct accounting_row *row, struct err *err)
{
    const char *const cells[] = { row->name, row->address, row->slug };

    (void)err;
    csv_file_row(ctx, cells, COUNT_OF(cells));
    return RC_OK;
}

static void ten_thousand_within_a_minute(void **state)
{
    struct gate_help g;
    struct csv_file *csv = NULL;
    struct mailing mailing = { .kind = MAILING_POST, .built = "", .slots = "{}", .language = 1, .format = 1 };
    struct mailing_post holds = { .version = 2, .is_whole = true };
    struct accounting_filter filter = { .from_ms = 0 };
    struct db_tx tx = { 0 };
    char path[128];
    struct stat st;
    int64_t start, took;
    struct err err;

    (void)state;
    gate_help_start(&g);
    mailing.group = g.group.id;
    mailing.posts = &holds;
    mailing.post_count = 1;
    HELP_OK(db_begin(g.h.db, &tx, &err));
    holds.post = gate_help_post(&g, g.staff, POST_POST, (struct conversation_id){ 0 }, NULL, "A walk helps").id;
    HELP_OK(mailing_add(&g.gate.store, &mailing, &err));
    add_copies(&g, (struct issue_id){ 0 }, mailing.id, MANY);
    HELP_OK(db_commit(&tx, &err));
    snprintf(path, sizeof path, "%s/out.csv", g.h.dir);
    filter.post = holds.post;
    start = clock_steady_ms();
    HELP_OK(csv_file_new(path, &csv, &err));
    HELP_OK(accounting_walk(&g.gate.store, &filter, to_file, csv, &err));
    HELP_OK(csv_file_finish(csv, &err));
    csv_file_free(&csv);
    took = clock_steady_ms() - start;
    print_message("%d deliveries of one post: %" PRId64 " ms\n", MANY, took);
    assert_true(took < WANTED_MS);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > MANY * 40 && (st.st_mode & 0777) == 0600);
    gate_help_stop(&g);
}

/* --- thirteen months ------------------------------------------------------------------------------------------------------------------- */

/* The first day's letters again, a day later each time: as many rows as a large group leaves behind. */
static void add_days(struct gate_help *g, struct issue_id first, struct mailing_id mailing, int days)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("days");
    const struct {
        const char *table, *columns, *values;
    } rows[] = {
        { "issue", "id, group_id, rhythm, number, version, state, from_seq, to_seq, fanout_id, closed_ms",
          "t.id + n.d, t.group_id, t.rhythm, t.number + n.d, t.version, 3, t.from_seq, t.to_seq, t.fanout_id, "
          "t.closed_ms + n.d * 86400000" },
        { "mailing",
          "id, kind, group_id, issue_id, issue_version, subject_id, language, format, from_seq, audience, part, "
          "built_sealed, slots_sealed, "
          "created_ms",
          "t.id + n.d, t.kind, t.group_id, t.issue_id + n.d, t.issue_version, t.subject_id, t.language, t.format, "
          "t.from_seq, t.audience, "
          "t.part, t.built_sealed, t.slots_sealed, t.created_ms + n.d * 86400000" },
        { "delivery",
          "id, mailing_id, issue_id, person_id, membership_id, address_id, channel, lane, state, from_seq, to_seq, "
          "part, due_ms, attempt, "
          "message_key, sent_ms, created_ms",
          "t.id + n.d * 17592186044416, t.mailing_id + n.d, t.issue_id + n.d, t.person_id, t.membership_id, "
          "t.address_id, "
          "t.channel, t.lane, 4, "
          "t.from_seq, t.to_seq, t.part, t.due_ms, 1, randomblob(16), t.created_ms + n.d * 86400000, t.created_ms + "
          "n.d * 86400000" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        help_raw(&g->h, arena_printf(mem,
                                     "WITH RECURSIVE n(d) AS (SELECT 1 UNION ALL SELECT d + 1 FROM n WHERE d < %d) "
                                     "INSERT INTO %s (practice_id, %s)"
                                     " SELECT t.practice_id, %s FROM n, %s t WHERE t.practice_id = 1 AND %s = %" PRId64,
                                     days - 1, rows[i].table, rows[i].columns, rows[i].values, rows[i].table,
                                     i == 0   ? "t.id"
                                     : i == 1 ? "t.id"
                                              : "t.issue_id",
                                     i == 1 ? mailing.v : first.v));
}

static enum rc count_row(void *ctx, const struct accounting_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int64_t *)ctx;
    return RC_OK;
}

static void asked(struct gate_help *g, const char *what, const struct accounting_filter *filter, int64_t wanted_rows)
{
    const int64_t start = clock_steady_ms();
    int64_t rows = 0, took;
    struct err err;

    HELP_OK(accounting_walk(&g->gate.store, filter, count_row, &rows, &err));
    took = clock_steady_ms() - start;
    print_message("%s: %" PRId64 " rows in %" PRId64 " ms\n", what, rows, took);
    assert_int_equal(rows, wanted_rows);
    assert_true(took < WANTED_MS);
}

/* The question after a mis-send is about one note, one letter or one person, and costs what they cost, not what thirteen months do. */
static void months_of_letters_cost_nothing(void **state)
{
    const int days = getenv("POSTCIRCLE_SOAK") ? 400 : 13;
    struct gate_help g;
    struct mailing mailing = { .kind = MAILING_DIGEST, .built = "", .slots = "{}", .language = 1, .format = 1 };
    struct mailing_post holds = { .version = 2, .is_whole = true };
    struct issue issue = { .rhythm = RHYTHM_DAILY, .to_seq = 1 };
    struct accounting_filter filter = { .from_ms = 0 };
    struct db_tx tx = { 0 };
    int64_t start, unsent;
    struct err err;

    (void)state;
    if (help_is_pg())
        skip(); /* filled with SQLite's own words */
    gate_help_start(&g);
    HELP_OK(db_begin(g.h.db, &tx, &err));
    holds.post = gate_help_post(&g, g.staff, POST_POST, (struct conversation_id){ 0 }, NULL, "A walk helps").id;
    issue.group = mailing.group = g.group.id;
    HELP_OK(issue_add(&g.gate.store, &issue, &err));
    mailing.issue = issue.id;
    mailing.posts = &holds;
    mailing.post_count = 1;
    HELP_OK(mailing_add(&g.gate.store, &mailing, &err));
    add_copies(&g, issue.id, mailing.id, MANY);
    HELP_OK(db_commit(&tx, &err));
    add_days(&g, issue.id, mailing.id, days);
    asked(&g, "of one post", &(struct accounting_filter){ .post = holds.post }, MANY);
    asked(&g, "of one letter", &(struct accounting_filter){ .issue = { issue.id.v + days - 1 } }, MANY);
    asked(&g, "of one mailing", &(struct accounting_filter){ .mailing = { mailing.id.v + 1 } }, MANY);
    filter.group = g.group.id;
    filter.from_ms = g.now_ms + (days - 1) * MS_DAY;
    asked(&g, "of a group, on the last day", &filter, MANY);
    filter.group.v = 0;
    asked(&g, "of everything, on the last day", &filter, MANY);
    start = clock_steady_ms();
    HELP_OK(accounting_unsent(&g.gate.store, holds.post, &unsent, &err));
    print_message("unsent: %" PRId64 " in %" PRId64 " ms\n", unsent, clock_steady_ms() - start);
    assert_true(clock_steady_ms() - start < WANTED_MS / 10);
    assert_int_equal(unsent, MANY); /* the first day's: they are in the outbox still */
    gate_help_stop(&g);
}

static void read_whole(const char *path, char *text, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, size - 1, f);
    text[n] = '\0';
    fclose(f);
}

static void a_cell_is_never_a_formula(void **state)
{
    static const struct {
        const char *cell, *want;
    } cases[] = {
        { "Rose", "\"Rose\"\r\n" },
        { "=HYPERLINK(\"http://example.org\")", "\"'=HYPERLINK(\"\"http://example.org\"\")\"\r\n" },
        { "+15555550100", "\"'+15555550100\"\r\n" },
        { "-2+3", "\"'-2+3\"\r\n" },
        { "@SUM(A1)", "\"'@SUM(A1)\"\r\n" },
        { "\t=1", "\"'\t=1\"\r\n" },
        { "＝1+1", "\"'＝1+1\"\r\n" },
        { "two\nlines, \"quoted\"", "\"two\nlines, \"\"quoted\"\"\"\r\n" },
        { NULL, "\"\"\r\n" },
    };
    char dir[] = "/tmp/postcircle-unit.XXXXXX", path[64], text[256];
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.csv", dir);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct csv_file *csv = NULL;

        HELP_OK(csv_file_new(path, &csv, &err));
        csv_file_row(csv, &cases[i].cell, 1);
        HELP_OK(csv_file_finish(csv, &err));
        csv_file_free(&csv);
        read_whole(path, text, sizeof text);
        assert_string_equal(text, cases[i].want);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0); /* nothing half is left */
}

static void a_file_that_came_meanwhile_stays(void **state)
{
    char dir[] = "/tmp/postcircle-unit.XXXXXX", path[64], text[64];
    struct csv_file *csv = NULL, *none = NULL;
    struct err err;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.csv", dir);
    HELP_OK(csv_file_new(path, &csv, &err));
    f = fopen(path, "w");
    assert_non_null(f);
    fputs("somebody's", f);
    fclose(f);
    assert_int_equal(csv_file_finish(csv, &err), RC_CONFLICT);
    csv_file_free(&csv);
    assert_int_equal(csv_file_new(path, &none, &err), RC_CONFLICT);
    read_whole(path, text, sizeof text);
    assert_string_equal(text, "somebody's");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_within_a_minute),
        cmocka_unit_test(months_of_letters_cost_nothing),
        cmocka_unit_test(a_cell_is_never_a_formula),
        cmocka_unit_test(a_file_that_came_meanwhile_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
