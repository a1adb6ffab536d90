/*
 * The checker of the random stories of texts (text_story_check.h) must not be silent: each rule is broken on purpose, in the ways that a story can show,
 * and the checker has to name it. Each way has a story and a process of its own; the same story with nothing broken must find nothing, and is told first.
 */
#include "store_help.h"
#include "text_story_acts.h"

#include "base/log.h"

#include <sys/wait.h>

#define SEED 3

static struct tale t;
static char dir[64];

/* ---- what is told, and what may go wrong in it ---- */

static struct clinic *const first = &t.clinics[0], *const plain = &t.clinics[1];

static void raw(const char *sql)
{
    help_raw(&first->c.g.h, sql);
}

static void queue_as(struct clinic *k, int phone, enum mailing_kind kind, enum text_needs needs, const char *words,
                     int64_t due_ms)
{
    const struct text_say say = { .kind = kind,
                                  .lane = -1,
                                  .needs = needs,
                                  .is_exempt = needs == TEXT_NEEDS_NOTHING,
                                  .person = k->seats[phone][0].person,
                                  .address = k->known[phone].address,
                                  .due_ms = due_ms,
                                  .words = words };
    struct err err;

    CIRCLE_TX(&k->c, HELP_OK(text_queue(&k->c.g.gate, &say, NULL, &err)));
}

static void says(struct clinic *k, enum mailing_kind kind, const char *words)
{
    queue_as(k, 0, kind, TEXT_NEEDS_CONSENT, words, 0);
    work(&t);
}

static void level(struct clinic *k, int phone, int to)
{
    const struct audit_who who = { AUDIT_STAFF, k->c.ana.v, AUDIT_WAY_CLI };
    const struct text_level_change change = { .address = k->known[phone].address,
                                              .person = k->seats[phone][0].person,
                                              .level = to,
                                              .way = TEXT_BY_STAFF,
                                              .words = "told on the phone" };
    struct err err;

    CIRCLE_TX(&k->c, HELP_OK(text_level_set(&k->c.g.gate, &who, &change, &err)));
}

/* Words of another one's note: its head and its tail. */
static const char *note_of(struct clinic *k, bool is_ok)
{
    struct said *said;
    const char *words;

    do
        words = tale_note(&t, k, 1, &said);
    while (!said->is_long);
    said->is_ok = is_ok;
    return arena_printf(t.mem, "STOP to end. %s", words);
}

static void nothing(void)
{
    says(first, MAILING_TEXT_DIGEST, "1 new. HELP for help, STOP to end.");
    level(first, 0, 2);
    says(first, MAILING_TEXT_DIGEST, note_of(first, true));
    text_comes(plain, 0, MEANS_STOP, "STOP");
    text_comes(plain, 0, MEANS_START, "START");
    text_comes(plain, 0, MEANS_HELP, "HELP");
    work(&t);
}

static void stop_is_not_heard(void)
{
    text_comes(plain, 0, MEANS_STOP, "hello there");
}

static void stop_in_spanish_is_not_heard(void)
{
    text_comes(plain, 0, MEANS_STOP_ABROAD, "hola a todos");
}

static void something_else_stops(void)
{
    text_comes(plain, 0, MEANS_COMMAND, "STOP");
}

static void a_text_waits_for_who_stopped(void)
{
    queue_as(first, 0, MAILING_TEXT_DIGEST, TEXT_NEEDS_CONSENT, "STOP to end.", now_of(&t) + MS_HOUR);
    raw("UPDATE text_consent SET state = 3");
}

static void a_text_leaves_for_who_stopped(void)
{
    first->known[0].is_stopped = true;
    says(first, MAILING_TEXT_DIGEST, "STOP to end.");
}

static void confirmed(struct clinic *k, int64_t late_ms)
{
    k->known[0].stop_ms = now_of(&t);
    move_clock(&t, late_ms);
    queue_as(k, 0, MAILING_TEXT_STOPPED, TEXT_NEEDS_NOTHING, "Hilltop Practice: You are off our list.", 0);
    work(&t);
}

static void confirmed_by_both(void)
{
    first->known[0].is_theirs = true;
    confirmed(first, 0);
}

static void confirmed_by_nobody(void)
{
    first->answers = false;
    text_comes(first, 0, MEANS_STOP, "STOP");
}

static void confirmed_late(void)
{
    confirmed(plain, 10 * MS_MINUTE);
}

static void confirmed_twice(void)
{
    confirmed(plain, 0);
    confirmed(plain, 2 * MS_HOUR);
}

static void the_other_practice_stops_too(void)
{
    struct before before;
    struct heard h = { .clinic = 1, .phone = 0, .means = MEANS_COMMAND, .words = "LIST" };

    look_before(plain, 0, &before);
    raw(arena_printf(t.mem, "UPDATE text_consent SET state = 3 WHERE practice_id = %" PRId64, first->practice.v));
    check_taken(plain, &h, &before);
}

static void staff_take_a_stop_back(void)
{
    struct text_ask asking = { .person = first->seats[0][0].person,
                               .phone = first->known[0].address,
                               .paper_way = CONSENT_BY_PAPER };
    struct err err;

    text_comes(first, 0, MEANS_STOP, "STOP");
    work(&t);
    CIRCLE_TX(&first->c, HELP_OK(text_ask_mark(&first->c.g.gate, &asking, &err)));
    raw("UPDATE text_consent_log SET way = 4 WHERE old_state = 3");
}

static void another_word_undoes_a_toll_free_stop(void)
{
    struct err err;

    text_comes(plain, 0, MEANS_STOP, "STOP");
    plain->sender.kind = TEXT_LONG_CODE;
    CIRCLE_TX(&plain->c, HELP_OK(text_sender_change(&plain->c.g.gate.store, &plain->sender, &err)));
    text_comes(plain, 0, MEANS_START, "INICIAR");
    work(&t);
}

static void help_is_not_answered(void)
{
    text_comes(plain, 0, MEANS_HELP, "hello there");
}

static void no_yes_was_said(void)
{
    first->known[0].has_yes = false;
    says(first, MAILING_TEXT_DIGEST, "STOP to end.");
}

static void staff_said_the_yes(void)
{
    raw("UPDATE text_consent_log SET way = 4 WHERE new_state = 2");
}

static void a_request_is_long(void)
{
    queue_as(first, 0, MAILING_INVITATION, TEXT_NEEDS_NO_STOP,
             arena_printf(t.mem, "%s HELP STOP rates may apply %s", first->facts.name, tale_words(&t, 40)), 0);
    work(&t);
}

static void a_request_lacks_a_word(void)
{
    queue_as(first, 0, MAILING_INVITATION, TEXT_NEEDS_NO_STOP, "Lakeside Clinic: Reply YES to get texts. STOP ends.",
             0);
    work(&t);
}

static void nothing_tells_how_to_stop(void)
{
    first->known[0].told_ms = 0;
    says(first, MAILING_TEXT_DIGEST, "1 new.");
}

static void too_many_in_a_week(void)
{
    for (int i = 0; i < 8; i++)
        says(first, MAILING_TEXT_DIGEST, arena_printf(t.mem, "%d new. STOP to end.", i + 1));
}

static void at_night(void)
{
    go_to_hour(&t, 23);
    says(first, MAILING_TEXT_DIGEST, "1 new. STOP to end.");
}

static void from_another_number(void)
{
    says(first, MAILING_TEXT_DIGEST, "1 new. STOP to end.");
    snprintf(t.wire->rows[t.wire->count - 1].from, 24, "+15555550777");
}

static void says_what_the_group_is_about(void)
{
    says(first, MAILING_TEXT_DIGEST, "The " GATE_CANARY " group: 1 new. STOP to end.");
}

static void to_a_bad_number(void)
{
    first->known[0].is_bad = true;
    says(first, MAILING_TEXT_DIGEST, "1 new. STOP to end.");
}

static void words_at_level_0(void)
{
    says(first, MAILING_TEXT_DIGEST, note_of(first, true));
}

static void many_words_at_level_1(void)
{
    level(first, 0, 1);
    says(first, MAILING_TEXT_DIGEST, note_of(first, true));
}

static void a_level_without_a_warning(void)
{
    level(first, 0, 2);
    raw("UPDATE text_consent_log SET wording = ''");
}

static void the_log_tells_a_number(void)
{
    fprintf(stderr, "sent to +15555550101\n");
    check_log_file(&t);
}

static void consent_changes_without_a_row(void)
{
    raw("UPDATE text_consent SET level = 2");
}

static void a_text_is_not_in_the_ledger(void)
{
    raw("DELETE FROM text_ledger WHERE is_out = 1");
}

static void asked_for_twice(void)
{
    says(first, MAILING_TEXT_DIGEST, "1 new. STOP to end.");
    t.wire->rows[t.wire->count] = t.wire->rows[t.wire->count - 1];
    t.wire->count++;
}

static void what_left_waits_again(void)
{
    raw("UPDATE text_out SET state = 1 WHERE state = 5");
}

static void a_text_is_gone(void)
{
    raw("DELETE FROM text_ledger WHERE is_out = 1");
    raw("DELETE FROM text_out");
}

static void a_text_is_never_read(void)
{
    raw("UPDATE text_in SET state = 1");
}

static void words_are_nowhere(void)
{
    t.heard[t.heard_count++] = (struct heard){ .means = MEANS_WORDS, .words = "hello", .in = { 12345 } };
}

static void no_request_can_be_made(void)
{
    raw("UPDATE text_out SET reason = 5");
}

static void words_that_nobody_released(void)
{
    level(first, 0, 2);
    says(first, MAILING_TEXT_DIGEST, note_of(first, false));
}

static void words_of_the_other_practice(void)
{
    level(first, 0, 2);
    says(first, MAILING_TEXT_DIGEST, note_of(plain, true));
}

static void a_number_means_something_else(void)
{
    struct text_item item = { .person = first->seats[0][0].person, .kind = TEXT_ITEM_CONVERSATION, .target = 77 };
    const struct text_line line = { first->known[0].address, first->sender.id };
    struct err err;

    CIRCLE_TX(&first->c, HELP_OK(text_item_give(&first->c.g.gate.store, &line, &item, &err)));
    check_all(&t, t.heard_count);
    raw("UPDATE text_item SET target_id = 78");
}

/* ---- each in a process of its own ---- */

static const struct way {
    const char *rule; /* NULL: none is broken */
    const char *name;
    void (*breaks)(void);
} ways[] = {
#define WAY(rule, f)                                                                                                   \
    {                                                                                                                  \
        rule, #f, f                                                                                                    \
    }
    WAY(NULL, nothing),
    WAY("R1", stop_is_not_heard),
    WAY("R2", something_else_stops),
    WAY("R3", a_text_waits_for_who_stopped),
    WAY("R3", a_text_leaves_for_who_stopped),
    WAY("R4", confirmed_by_both),
    WAY("R4", confirmed_by_nobody),
    WAY("R4", confirmed_late),
    WAY("R4", confirmed_twice),
    WAY("R5", the_other_practice_stops_too),
    WAY("R5", words_of_the_other_practice),
    WAY("R6", staff_take_a_stop_back),
    WAY("R7", help_is_not_answered),
    WAY("R8", no_yes_was_said),
    WAY("R8", staff_said_the_yes),
    WAY("R9", a_request_is_long),
    WAY("R9", a_request_lacks_a_word),
    WAY("R10", nothing_tells_how_to_stop),
    WAY("R11", too_many_in_a_week),
    WAY("R12", at_night),
    WAY("R16", another_word_undoes_a_toll_free_stop),
    WAY("R17", from_another_number),
    WAY("R18", says_what_the_group_is_about),
    WAY("R18", to_a_bad_number),
    WAY("R19", words_at_level_0),
    WAY("R19", many_words_at_level_1),
    WAY("R19", a_level_without_a_warning),
    WAY("R20", the_log_tells_a_number),
    WAY("R21", stop_in_spanish_is_not_heard),
    WAY("R22", consent_changes_without_a_row),
    WAY("R22", a_text_is_not_in_the_ledger),
    WAY("once", asked_for_twice),
    WAY("once", what_left_waits_again),
    WAY("once", a_text_is_gone),
    WAY("kept", a_text_is_never_read),
    WAY("kept", words_are_nowhere),
    WAY("kept", no_request_can_be_made),
    WAY("review", words_that_nobody_released),
    WAY("number", a_number_means_something_else),
#undef WAY
};

__attribute__((noreturn)) static void tell(const struct way *way, const char *said)
{
    size_t heard;

    assert_true(freopen(said, "w", stdout) &&
                freopen(arena_printf(arena_new("log"), "%s/" TALE_LOG, dir), "w", stderr));
    setvbuf(stderr, NULL, _IONBF, 0);
    log_setup(LOG_WARN, "tale");
    tale_start(&t, SEED);
    tale_begin(&t);
    heard = t.heard_count;
    t.doing = way->name;
    way->breaks();
    check_all(&t, heard);
    tale_stop(&t);
    _exit(0);
}

/* What it printed; true when it ended as it should. */
static bool is_noticed(const struct way *way)
{
    char path[96], line[512] = "", want[32];
    int status = 0;
    pid_t pid;
    FILE *f;

    snprintf(path, sizeof path, "%s/said", dir);
    snprintf(want, sizeof want, "rule %s:", way->rule ? way->rule : "");
    fflush(stdout);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        tell(way, path);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    f = fopen(path, "r");
    assert_non_null(f);
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    fclose(f);
    if (way->rule ? WIFEXITED(status) && WEXITSTATUS(status) == 1 && strstr(line, want) != NULL
                  : WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    print_error("%s (%s): status %d, %s\n", way->name, way->rule ? way->rule : "nothing", status, line);
    return false;
}

static void each_broken_rule_is_noticed(void **state)
{
    size_t silent = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        silent += !is_noticed(&ways[i]);
    assert_int_equal(silent, 0);
}

static int make_place(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s/postcircle-tale.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(dir) && setenv("POSTCIRCLE_TEST_DIR", dir, 1) == 0 ? 0 : -1;
}

static int leave_place(void **state)
{
    (void)state;
    return nftw(dir, help_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_broken_rule_is_noticed, make_place, leave_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
