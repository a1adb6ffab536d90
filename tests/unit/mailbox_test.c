/* store/mailbox, the settings of mailboxes, and to whom a letter goes whose transport tells no recipient. */
#include "tests/unit/people_help.h"

#include "base/io.h"
#include "gateway/intake/imap_role.h"
#include "gateway/intake/intake_stream.h"
#include "store/mailbox.h"

static int start(void **state)
{
    static struct world w;

    world_start(&w);
    *state = &w;
    return 0;
}

static int stop(void **state)
{
    world_stop(*state);
    return 0;
}

/* ---- store ---- */

static struct mailbox_entry entry(int64_t validity, int64_t uid, enum mailbox_letter_state state, unsigned char print)
{
    struct mailbox_entry e = { .folder = 5, .validity = validity, .uid = uid, .state = state, .at_ms = 1000 * uid };

    memset(e.print, print, sizeof e.print);
    return e;
}

static void folders_are_remembered(void **state)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct world *w = *state;
    struct db *const db = w->home->db;
    struct mailbox_folder row = {
        .id = 5, .validity = 7, .first_uid = 10, .start_ms = 99, .dated_uid = 3, .try_uid = 11, .tries = 2
    };
    struct mailbox_folder got;
    struct err err;

    OK(db_begin(db, &tx, &err));
    assert_int_equal(mailbox_folder_find(db, "circles", "INBOX", &got, &err), RC_NOT_FOUND);
    OK(mailbox_folder_add(db, "circles", "INBOX", &row, &err));
    OK(mailbox_folder_find(db, "circles", "INBOX", &got, &err));
    assert_memory_equal(&got, &row, sizeof row);
    assert_int_equal(mailbox_folder_find(db, "circles", "Other", &got, &err), RC_NOT_FOUND);
    row.validity = 8;
    row.first_uid = 1;
    row.dated_uid = 20;
    row.try_uid = row.tries = 0;
    OK(mailbox_folder_set(db, &row, &err));
    OK(mailbox_folder_looked(db, 5, 4711, &err));
    OK(mailbox_folder_find(db, "circles", "INBOX", &got, &err));
    row.looked_ms = 4711;
    assert_memory_equal(&got, &row, sizeof row);
}

static void letters_go_from_taken_to_settled(void **state)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct world *w = *state;
    struct db *const db = w->home->db;
    const struct mailbox_entry taken = entry(7, 1, MAILBOX_TAKEN, 1), bad = entry(7, 2, MAILBOX_BAD, 2);
    const struct mailbox_entry other = entry(6, 3, MAILBOX_TAKEN, 3);
    struct mailbox_letter one, *open;
    int64_t n;
    size_t count;
    struct err err;

    OK(db_begin(db, &tx, &err));
    OK(mailbox_letter_add(db, &taken, &err));
    OK(mailbox_letter_add(db, &bad, &err));
    OK(mailbox_letter_add(db, &other, &err));
    assert_int_equal(mailbox_letter_get(db, 5, 7, 9, &one, &err), RC_NOT_FOUND);
    OK(mailbox_letter_copied(db, 5, 7, 2, &err));
    OK(mailbox_letter_open(db, 5, 7, 10, w->mem, &open, &count, &err));
    assert_int_equal(count, 2);
    assert_true(open[0].uid == 1 && open[0].state == MAILBOX_TAKEN && !open[0].is_copied);
    assert_true(open[1].uid == 2 && open[1].state == MAILBOX_BAD && open[1].is_copied);
    /* the same bytes are the same letter only under another validity */
    assert_int_equal(mailbox_letter_by_print(db, 5, 7, taken.print, &err), RC_NOT_FOUND);
    OK(mailbox_letter_by_print(db, 5, 8, taken.print, &err));
    OK(mailbox_letter_by_print(db, 5, 7, other.print, &err));
    OK(mailbox_letter_settle(db, 5, 7, 1, 5000, &err));
    OK(mailbox_letter_open(db, 5, 7, 10, w->mem, &open, &count, &err));
    assert_int_equal(count, 1);
    OK(mailbox_letter_by_print(db, 5, 8, taken.print, &err));
    OK(mailbox_purge(db, 5000, 10, &n, &err));
    assert_int_equal(n, 0);
    OK(mailbox_purge(db, 5001, 10, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(mailbox_letter_get(db, 5, 7, 1, &one, &err), RC_NOT_FOUND);
    assert_int_equal(mailbox_letter_add(db, &bad, &err), RC_CONFLICT);
}

static void what_stays_is_counted(void **state)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct world *w = *state;
    struct db *const db = w->home->db;
    const struct mailbox_folder row = { .id = 5, .validity = 7 };
    const struct mailbox_entry taken = entry(7, 1, MAILBOX_TAKEN, 1);
    int64_t n;
    struct err err;

    OK(db_begin(db, &tx, &err));
    OK(mailbox_folder_add(db, "circles", "INBOX", &row, &err));
    OK(mailbox_letter_add(db, &taken, &err));
    OK(mailbox_letter_stuck(db, "circles", 1000, &n, &err));
    assert_int_equal(n, 0);
    OK(mailbox_letter_stuck(db, "circles", 1001, &n, &err));
    assert_int_equal(n, 1);
    OK(mailbox_letter_stuck(db, "other", 1001, &n, &err));
    assert_int_equal(n, 0);
}

static void the_sorter_answers_once(void **state)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct world *w = *state;
    struct db *const db = w->home->db;
    struct mailbox_entry junk = entry(7, 1, MAILBOX_ASKED, 1);
    struct mailbox_letter one;
    bool is_asked;
    struct err err;

    OK(db_begin(db, &tx, &err));
    junk.practice = (struct practice_id){ 3 };
    junk.arrival = (struct arrival_id){ 44 };
    OK(mailbox_letter_add(db, &junk, &err));
    OK(mailbox_is_asked(db, junk.practice, (struct arrival_id){ 45 }, &is_asked, &err));
    assert_false(is_asked);
    OK(mailbox_is_asked(db, junk.practice, junk.arrival, &is_asked, &err));
    assert_true(is_asked);
    OK(mailbox_answer(db, junk.practice, junk.arrival, true, 9, &err));
    OK(mailbox_letter_get(db, 5, 7, 1, &one, &err));
    assert_int_equal(one.state, MAILBOX_TAKEN);
    OK(mailbox_answer(db, junk.practice, junk.arrival, false, 9, &err)); /* too late */
    OK(mailbox_letter_get(db, 5, 7, 1, &one, &err));
    assert_int_equal(one.state, MAILBOX_TAKEN);
}

/* ---- settings ---- */

static enum rc read_text(struct world *w, const char *text, struct home_settings *settings, struct err *err)
{
    const char *const path = arena_printf(w->mem, "%s/postcircle.ini", w->h.dir);

    assert_int_equal(io_write_file(path, text, strlen(text), 0600, err), RC_OK);
    return home_read_settings(w->h.dir, w->mem, settings, err);
}

static void mailboxes_are_read(void **state)
{
    struct world *w = *state;
    struct home_settings settings;
    const char *names[IMAP_ROLE_FOLDERS_MAX];
    size_t n;
    struct err err;

    OK(read_text(w,
                 "[keys]\nkey_file = /k\n[imap circles]\nurl = imaps://circles@clinic.example.org@imap.example.org\n"
                 "password_file = p\nfolders = INBOX , Zwei\\, Worte,,\nstart = all\n[imap b]\n"
                 "url = imap+starttls://b@imap.example.org:1143\ntoken_url = https://login.example.org/token\n"
                 "poll_seconds = 5\n",
                 &settings, &err));
    assert_int_equal(settings.mailbox_count, 2);
    assert_string_equal(settings.mailboxes[0].name, "circles");
    assert_string_equal(settings.mailboxes[0].password_file, arena_printf(w->mem, "%s/p", w->h.dir));
    assert_string_equal(settings.mailboxes[0].done, "Done");
    assert_int_equal(settings.mailboxes[0].poll_seconds, 120);
    assert_int_equal(settings.mailboxes[1].poll_seconds, 5);
    assert_string_equal(settings.mailboxes[1].start, "new");
    OK(imap_role_folders(&settings.mailboxes[0], w->mem, names, &n, &err));
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "INBOX");
}

static void wrong_mailboxes_are_told(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "[imap a]\nurl = imap://a@b\n", ".ini:4: [imap a] url has a wrong value, expected imaps://" },
        { "[imap a]\nurl = imaps://b\n", "url has a wrong value" },
        { "[imap a]\nurl = imaps://a:secret@b\n", "url has a wrong value" },
        { "[imap a]\nurl = imaps://a@b\n", "[imap a] has no way to sign in, expected password_file or token_url" },
        { "[imap a]\npassword_file = p\n", "[imap a] url is missing" },
        { "[imap a]\nstart = yesterday\n", "expected new or all" },
        { "[imap a]\ntoken_url = http://x\n", "expected https://" },
        { "[imap a]\nfrobnicate = 1\n", "[imap a] frobnicate is no setting, expected url, password_file" },
        { "[imap a]\ndone = x\ndone = y\n", "[imap a] done stands here twice" },
        { "[imap a b]\ndone = x\n", "has no proper name" },
        { "[imap ]\ndone = x\n", "has no proper name" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct home_settings settings;
        struct err err = { .msg = "" };

        assert_int_equal(
            read_text(w, arena_printf(w->mem, "[keys]\nkey_file = /k\n%s", cases[i].text), &settings, &err), RC_INPUT);
        if (!strstr(err.msg, cases[i].said))
            fail_msg("case %zu: %s", i, err.msg);
    }
}

/* ---- to whom ---- */

#define TOKEN "abcdefghijklmnopqrstuvwxyz234567"

#define IN_TX_(w, call)                                                                                                \
    do {                                                                                                               \
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };                                                                   \
        OK(db_begin((w)->home->db, &tx, &err));                                                                        \
        OK(call);                                                                                                      \
        OK(db_commit(&tx, &err));                                                                                      \
    } while (0)

static void recipients_are_found_in_the_head(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *head;
        int count;
        const char *token; /* "y": it is to the form of a token */
    } cases[] = {
        { "To: tuesday@groups.example.org\n", 1, "" },
        { "To: tuesday@groups.example.org, friday@groups.example.org\n", 2, "" },
        { "Delivered-To: tuesday@groups.example.org\nTo: tuesday@groups.example.org, friday@groups.example.org\n", 1,
          "" },
        { "Delivered-To: box@clinic.example.org\nTo: tuesday@groups.example.org, friday@groups.example.org\n", 2, "" },
        { "To: tuesday@groups.example.org, friday+" TOKEN "@groups.example.org\n", 1, "y" },
        { "To: box+" TOKEN "@groups.example.org\n", 1, "y" },
        { "To: " TOKEN "@groups.example.org\n", 1, "y" },
        { "To: box+" TOKEN "@clinic.example.org\n", 1, "" }, /* not our domain: the only practice's all the same */
        { "To: nobody@groups.example.org\n", 1, "" },
        { "Subject: x\n", 1, "" },
    };
    struct care_group friday = w->group;

    struct err err;

    friday.slug = "friday";
    friday.alias = "Friday";
    IN_TX_(w, group_add(&w->gate.store, &friday, &err));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(intake_stream_free) struct intake_stream *stream = intake_stream_new(w->home, ARRIVAL_IMAP);
        CLEANUP(intake_stream_free) struct intake_stream *junk = intake_stream_new(w->home, ARRIVAL_IMAP);
        struct intake_head head;

        intake_read_head(cases[i].head, strlen(cases[i].head), w->mem, &head);
        OK(intake_stream_to_head(stream, &head, &err));
        if ((int)intake_stream_count(stream) != cases[i].count)
            fail_msg("case %zu: %zu arrivals", i, intake_stream_count(stream));
        assert_int_equal(intake_stream_to_token(junk, &head, &err), *cases[i].token ? RC_OK : RC_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_are_remembered, start, stop),
        cmocka_unit_test_setup_teardown(letters_go_from_taken_to_settled, start, stop),
        cmocka_unit_test_setup_teardown(what_stays_is_counted, start, stop),
        cmocka_unit_test_setup_teardown(the_sorter_answers_once, start, stop),
        cmocka_unit_test_setup_teardown(mailboxes_are_read, start, stop),
        cmocka_unit_test_setup_teardown(wrong_mailboxes_are_told, start, stop),
        cmocka_unit_test_setup_teardown(recipients_are_found_in_the_head, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
