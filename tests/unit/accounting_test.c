/* Who got exactly what: rows of store/accounting at the size of a large group, and the file they go into. */
#include "gate_help.h"

#include "gateway/csv.h"
#include "store/accounting.h"

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
        cmocka_unit_test(a_cell_is_never_a_formula),
        cmocka_unit_test(a_file_that_came_meanwhile_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
