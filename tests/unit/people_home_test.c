/* The home and its settings file, enrolment, what a practice decides, and the store of people. */
#include "tests/unit/people_help.h"

#include "base/io.h"

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

static void settings_say_file_line_and_what_was_expected(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "[keys]\nkey_file = /k\n[mail]\nworkers = two\n",
          ".ini:4: [mail] workers has a wrong value, expected a number" },
        { "[keys]\n# a comment\n\nkey = /k\n", ".ini:4: [keys] key is no setting, expected key_file" },
        { "[kees]\nkey_file = /k\n", ".ini:2: [kees] key_file is no setting, expected the section [database], [keys], "
                                     "[mail], [receive], [lmtp], [text], [web], [limits], [imap NAME]" },
        { "[keys]\nkey_file = /k\nkey_file = /l\n", ".ini:3: [keys] key_file stands here twice" },
        { "[keys]\nkey_file = /k\n[database]\nurl = mysql://x\n", ".ini:4: [database] url has a wrong value" },
        { "[keys]\nkey_file = /k\nnonsense\n", ".ini:3: this is no setting" },
        { "[keys]\nkey_file = /k\n[lmtp]\nlisten = 0.0.0.0:24\n",
          ".ini:4: [lmtp] listen has a wrong value, expected unix:PATH, 127.0.0.1:PORT" },
        { "[mail]\nworkers = 2\n", "[keys] key_file is missing" }
    };
    const char *const path = arena_printf(w->mem, "%s/postcircle.ini", w->h.dir);
    struct home_settings settings;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OK(io_write_file(path, cases[i].text, strlen(cases[i].text), 0600, &err));
        assert_int_equal(home_read_settings(w->h.dir, w->mem, &settings, &err), RC_INPUT);
        if (!strstr(err.msg, cases[i].said))
            print_error("case %zu: %s\n", i, err.msg);
        assert_non_null(strstr(err.msg, cases[i].said));
    }
    OK(io_write_file(path, "[keys]\nkey_file = k\n[receive]\nmax_letter_mb = 3\n", 48, 0600, &err));
    OK(home_read_settings(w->h.dir, w->mem, &settings, &err));
    assert_int_equal(settings.max_letter_bytes, 3 << 20);
    assert_string_equal(settings.key_file, arena_printf(w->mem, "%s/k", w->h.dir));
    assert_string_equal(settings.lmtp_listen, "");
    OK(io_write_file(path, "[keys]\nkey_file = k\n[lmtp]\nlisten = unix:run/x\n", 47, 0600, &err));
    OK(home_read_settings(w->h.dir, w->mem, &settings, &err));
    assert_string_equal(settings.lmtp_listen, arena_printf(w->mem, "unix:%s/run/x", w->h.dir));
    assert_int_equal(settings.lmtp_max_bytes, 50 << 20);
}

static void a_long_line_is_refused(void **state)
{
    struct world *w = *state;
    const char *const path = arena_printf(w->mem, "%s/postcircle.ini", w->h.dir);
    char *const text = arena_printf(w->mem, "[keys]\nkey_file = /%0190d\n", 1);
    struct home_settings settings;
    struct err err;

    OK(io_write_file(path, text, strlen(text), 0600, &err));
    assert_int_equal(home_read_settings(w->h.dir, w->mem, &settings, &err), RC_INPUT);
    assert_non_null(strstr(err.msg, ".ini:2: the line is too long"));
}

static void a_home_is_not_made_twice(void **state)
{
    struct world *w = *state;
    const struct home_plan plan = { .path = w->home->path,
                                    .key_file = arena_printf(w->mem, "%s/key2", w->h.dir),
                                    .made_for = HOME_FOR_TEST };
    const struct home_plan inside = { .path = arena_printf(w->mem, "%s/h2", w->h.dir),
                                      .key_file = arena_printf(w->mem, "%s/h2/key", w->h.dir),
                                      .made_for = HOME_FOR_TEST };
    struct practice_id practice;
    struct err err;

    assert_int_equal(home_make(&plan, &practice, &err), RC_CONFLICT);
    assert_int_equal(home_make(&inside, &practice, &err), RC_INPUT); /* the key must lie outside */
    assert_int_equal(access(inside.key_file, F_OK), -1);
}

static void no_home_and_a_foreign_key(void **state)
{
    struct world *w = *state;
    struct home *home = NULL;
    struct err err;

    assert_int_equal(home_open(arena_printf(w->mem, "%s/none", w->h.dir), HOME_WITH_KEYS, &home, &err), RC_NOT_FOUND);
    assert_int_equal(unlink(w->home->settings.key_file), 0);
    OK(keys_create_file(w->home->settings.key_file, w->home->path, &err));
    assert_int_equal(home_open(w->home->path, HOME_WITH_KEYS, &home, &err), RC_DENIED);
    OK(home_open(w->home->path, HOME_WITHOUT_KEYS, &home, &err)); /* what receives mail needs none */
    assert_null(home->keys);
    home_close(&home);
}

static void time_can_be_set_for_tests_only(void **state)
{
    struct world *w = *state;
    struct home *home = NULL;
    struct err err;

    setenv("POSTCIRCLE_NOW", "2027-03-01T09:00:00Z", 1);
    OK(home_open(w->home->path, HOME_WITH_KEYS, &home, &err));
    OK(home_check_time(home, &err));
    home->made_for = HOME_FOR_REAL;
    assert_int_equal(home_check_time(home, &err), RC_DENIED);
    home_close(&home);
    setenv("POSTCIRCLE_NOW", "tomorrow", 1);
    assert_int_equal(home_open(w->home->path, HOME_WITH_KEYS, &home, &err), RC_INPUT);
    unsetenv("POSTCIRCLE_NOW");
}

static void forms_are_refused_with_the_field(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name, *email, *phone, *said;
    } cases[] = { { "", "a@example.org", NULL, "name" },
                  { "12345", "a@example.org", NULL, "name" },
                  { "rose@example.net", "a@example.org", NULL, "name" },
                  { "Rose", "", NULL, "email" },
                  { "Rose", "555-555-0100", NULL, "email" },
                  { "Rose", "jos\xC3\xA9@example.org", NULL, "SMTPUTF8" },
                  { "Rose", "a@example.org", "Rose Marsh", "phone" },
                  { "Rose", "a@example.org", "55", "phone" } };
    struct err err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct enroll e = { .name = cases[i].name, .email = cases[i].email, .phone = cases[i].phone };

        assert_int_equal(enroll_check(&e, w->mem, &err), RC_INPUT);
        assert_non_null(strstr(err.msg, cases[i].said));
        assert_null(strstr(err.msg, "example.net")); /* never a value */
    }
}

static void staff_do_not_share_an_address(void **state)
{
    struct world *w = *state;
    struct enroll e = { .name = "Bo Lind", .email = "ANA@Example.org", .staff_role = STAFF_MODERATOR };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person p;
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    assert_int_equal(enroll_staff(&w->gate, &w->who, &e, w->mem, &p, &err), RC_CONFLICT);
}

static void the_same_person_joins_once(void **state)
{
    struct world *w = *state;
    struct enroll e = { .name = "rose  MARSH", .email = "rose@EXAMPLE.net" };
    const struct enroll_seat seat = { .hour_minute = -1 };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct membership m;
    struct err err;

    world_invite(w, "Rose Marsh", "rose@example.net");
    OK(db_begin(w->home->db, &tx, &err));
    assert_int_equal(enroll_member(&w->gate, &w->who, &w->group, &e, &seat, w->mem, &m, &err), RC_CONFLICT);
}

static void what_a_practice_decides_is_checked(void **state)
{
    struct world *w = *state;
    static const struct {
        enum setting setting;
        const char *value;
    } bad[] = { { SETTING_ZONE, "Mars/Base" },
                { SETTING_OFFICE_HOURS, "whenever" },
                { SETTING_DOMAIN, "no domain" },
                { SETTING_RELAY, "http://x" },
                { SETTING_LANGUAGE, "fr" },
                { SETTING_EMERGENCY_LINE, "call Ana" },
                { SETTING_OFFICE_PHONE, "Ana" },
                { SETTING_PUBLIC_URL, "http://example.org" },
                { SETTING_CRISIS_LINE, "988" }, /* nothing reads it */
                { SETTING_RATE_PER_MINUTE, "60" },
                { SETTING_HOLIDAYS, "Christmas" },
                { SETTING_TRUST, "9" },
                { SETTING_RETENTION_DAYS, "0" },
                { SETTING_RETENTION_DAYS, "-1" },
                { SETTING_RETENTION_DAYS, "3651" },
                { SETTING_RETENTION_DAYS, "99999999" },
                { SETTING_RELAY, "smtp://mail.example.org:25" },
                { SETTING_RELAY, "smtps://ana:secret@mail.example.org" },
                { SETTING_RELAY, "smtp+starttls://mail.example.org:0" } };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct practice_id owner;
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(policy_set(&w->gate, &w->who, bad[i].setting, bad[i].value, &err), RC_INPUT);
    OK(policy_set(&w->gate, &w->who, SETTING_RETENTION_DAYS, "3650", &err));
    OK(policy_set(&w->gate, &w->who, SETTING_RELAY, "smtps://ana@example.org@mail.example.org", &err));
    OK(policy_set(&w->gate, &w->who, SETTING_DOMAIN, "Circles.Example.ORG", &err));
    assert_string_equal(w->gate.facts.domain, "circles.example.org");
    OK(practice_by_domain(w->home->db, "circles.example.org", &owner, NULL, &err));
    assert_int_equal(practice_by_domain(w->home->db, "groups.example.org", &owner, NULL, &err), RC_NOT_FOUND);
}

static void slugs_are_plain_and_short(void **state)
{
    char slug[GROUP_SLUG_SIZE];
    struct err err;

    (void)state;
    OK(group_make_slug("Tuesday Circle", slug, &err));
    assert_string_equal(slug, "tuesday-circle");
    OK(group_make_slug("  C\xC3\xADrculo -- de los MARTES por la ma\xC3\xB1"
                       "ana  ",
                       slug, &err));
    assert_string_equal(slug, "circulo-de-los-martes-por-la-ma");
    assert_int_equal(strlen(slug), GROUP_SLUG_MAX);
    assert_int_equal(group_make_slug("\xE5\xB1\xB1 ?!", slug, &err), RC_INPUT);
}

static void states_change_by_compare_and_set(void **state)
{
    struct world *w = *state;
    struct membership m = world_invite(w, "Rose Marsh", "rose@example.net");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group stale = w->group;
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    m.state = MEMBER_ACTIVE;
    OK(membership_change(&w->gate.store, &m, MEMBER_INVITED, &err));
    assert_int_equal(membership_change(&w->gate.store, &m, MEMBER_INVITED, &err), RC_CONFLICT);
    OK(group_change(&w->gate.store, &w->group, &err));
    assert_int_equal(group_change(&w->gate.store, &stale, &err), RC_CONFLICT);
}

static void addresses_are_found_under_an_old_look_up_key(void **state)
{
    struct world *w = *state;
    struct keyring *ring = NULL;
    struct address found;
    struct db_tx tx = { 0 };
    struct err err;
    bool taken;

    world_invite(w, "Rose Marsh", "rose@example.net");
    OK(db_begin(w->home->db, &tx, &err));
    OK(keys_rotate(w->home->db, w->home->keys, w->gate.store.practice, SEAL_LOOKUP, &w->home->ids, &err));
    OK(db_commit(&tx, &err));
    OK(keys_load(w->home->db, w->home->keys, w->gate.store.practice, &ring, &err));
    {
        struct store st = w->gate.store;

        st.ring = ring;
        OK(address_find(&st, ADDRESS_EMAIL, "rose@example.net", w->mem, &found, &err));
        OK(membership_is_name_taken(&st, w->group.id, "ROSE", (struct membership_id){ 0 }, &taken, &err));
        assert_true(taken);
    }
    keyring_free(&ring);
}

static void the_roster_goes_page_by_page(void **state)
{
    struct world *w = *state;
    const struct roster_filter everybody = { .group = w->group.id };
    const struct roster_filter weekly = { .group = w->group.id, .rhythms = 1u << RHYTHM_WEEKLY };
    const struct roster_filter tagged = { .group = w->group.id, .tag = "new" };
    struct membership_id after = { 0 };
    struct roster_row rows[2];
    struct roster_count count;
    struct membership m = { .id = { 0 } };
    struct db_tx tx = { 0 };
    size_t n, total = 0;
    struct err err;

    for (int i = 0; i < 5; i++)
        m = world_join(w, arena_printf(w->mem, "Person%c", 'A' + i), arena_printf(w->mem, "p%d@example.net", i));
    do {
        OK(membership_roster(&w->gate.store, &everybody, after, rows, 2, &n, &err));
        for (size_t i = 0; i < n; i++)
            after = rows[i].membership;
        total += n;
    } while (n == 2);
    assert_int_equal(total, 5);
    OK(membership_count(&w->gate.store, &weekly, &count, &err));
    assert_int_equal(count.all, 0);
    OK(db_begin(w->home->db, &tx, &err));
    OK(membership_add_tag(&w->gate.store, m.id, "new", &err));
    assert_int_equal(membership_add_tag(&w->gate.store, m.id, "No Tag", &err), RC_INPUT);
    OK(db_commit(&tx, &err));
    OK(membership_count(&w->gate.store, &tagged, &count, &err));
    assert_int_equal(count.all, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(settings_say_file_line_and_what_was_expected),
        CASE(a_long_line_is_refused),
        CASE(a_home_is_not_made_twice),
        CASE(no_home_and_a_foreign_key),
        CASE(time_can_be_set_for_tests_only),
        CASE(forms_are_refused_with_the_field),
        CASE(staff_do_not_share_an_address),
        CASE(the_same_person_joins_once),
        CASE(what_a_practice_decides_is_checked),
        CASE(slugs_are_plain_and_short),
        CASE(states_change_by_compare_and_set),
        CASE(addresses_are_found_under_an_old_look_up_key),
        CASE(the_roster_goes_page_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
