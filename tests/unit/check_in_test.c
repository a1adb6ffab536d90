/* Private check-ins: nobody is asked who has not said yes, answers go to their author and staff alone, totals from five people on. */
#include "circle_help.h"

#include "gateway/people/check_in.h"
#include "gateway/people/check_in_totals.h"
#include "store/private.h"
#include "store/retention.h"

#define QUESTION "What is your morning weight?"
#define NONE CHECK_IN_NO_LIMIT

/* It is Tuesday, 10:00; the first round is on Wednesday at 8:00. */
static struct check_in weights(struct circle *c)
{
    return (struct check_in){ .group = c->g.group.id,
                              .staff = c->ana,
                              .kind = CHECK_IN_NUMBER,
                              .days = 127,
                              .minute = 8 * 60,
                              .question = QUESTION,
                              .question_es = "¿Cuánto pesa hoy?",
                              .unit = "lb",
                              .tag = "",
                              .limits = { 60000, 700000, 90000, 200000 } };
}

static struct check_in planned(struct circle *c, struct check_in check_in)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct err err;

    CIRCLE_TX(c, HELP_OK(check_in_plan(&c->g.gate, &who, &check_in, &err)));
    return check_in;
}

static struct check_in weighing(struct circle *c)
{
    const struct check_in check_in = planned(c, weights(c));

    circle_pass(c, 22 * MS_HOUR);
    return check_in;
}

/* Says yes, and has the question. */
static const struct mail *takes_part(struct circle *c, const char *who)
{
    circle_reply(c, circle_mail(c, who, "would you like"), who, "Yes, please", PASS);
    return circle_mail(c, who, "your check-in");
}

static const struct mail *answers(struct circle *c, const char *who, const char *text)
{
    circle_reply(c, circle_mail(c, who, "your check-in"), who, text, PASS);
    return circle_mail(c, who, "your check-in");
}

static int64_t kept(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM check_in_value");
}

/* ---- opting in ---- */

static void who_said_nothing_is_asked_twice_and_no_more(void **state)
{
    struct circle *c = *state;

    weighing(c);
    circle_has(circle_mail(c, MARIA, NULL), QUESTION);
    circle_has(circle_mail(c, MARIA, NULL), "each day at 8:00 AM");
    assert_null(circle_mail(c, IDA, "check-in")); /* staff of the group are no patients */
    circle_listen(c);
    circle_pass(c, 6 * MS_DAY);
    assert_null(circle_since(c, MARIA, "check-in"));
    circle_pass(c, 2 * MS_DAY);
    assert_non_null(circle_since(c, MARIA, "would you like"));
    circle_listen(c);
    circle_pass(c, 30 * MS_DAY);
    assert_null(circle_since(c, MARIA, "check-in"));
    assert_int_equal(kept(c), 0);
}

static void yes_brings_the_question_each_day(void **state)
{
    struct circle *c = *state;

    weighing(c);
    circle_has(takes_part(c, MARIA), "one number, in lb");
    circle_has(circle_mail(c, MARIA, "your check-in"), "Here is your first one");
    circle_pass(c, MS_DAY);
    circle_lacks(circle_mail(c, MARIA, "your check-in"), "first one");
    assert_null(circle_mail(c, ROSE, "your check-in"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 119"), 1);
}

static void a_number_is_a_yes_too(void **state)
{
    struct circle *c = *state;

    weighing(c);
    circle_reply(c, circle_mail(c, MARIA, "would you like"), MARIA, "182", PASS);
    circle_has(circle_mail(c, MARIA, "your check-in"), "182 lb");
    assert_int_equal(kept(c), 1);
}

static void skip_and_stop_checkin(void **state)
{
    struct circle *c = *state;

    weighing(c);
    circle_reply(c, circle_mail(c, MARIA, "would you like"), MARIA, "Skip", PASS);
    circle_has(circle_mail(c, MARIA, "your check-in"), "Not this time");
    circle_reply(c, circle_mail(c, ROSE, "would you like"), ROSE, "STOP CHECK-IN",
                 NOTHING); /* a token is enough to stop */
    circle_has(circle_mail(c, ROSE, "your check-in"), "We ask you no more");
    takes_part(c, SAM);
    answers(c, SAM, "skip");
    assert_int_equal(kept(c), 0);
    circle_listen(c);
    circle_pass(c, 8 * MS_DAY);
    assert_non_null(circle_since(c, MARIA, "would you like"));
    assert_null(circle_since(c, ROSE, "check-in"));
    assert_non_null(circle_since(c, SAM, "your check-in"));
    circle_write(c, SAM, GROUP, "x", "Stop checkin", PASS);
    circle_has(circle_mail(c, SAM, "your check-in"), "no more check-ins");
    circle_listen(c);
    circle_pass(c, 2 * MS_DAY);
    assert_null(circle_since(c, SAM, "check-in"));
    circle_write(c, SAM, GROUP, "x", "CHECKIN", PASS);
    assert_non_null(circle_since(c, SAM, "would you like"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM membership WHERE state = 2"),
                     4); /* STOP CHECKIN is no STOP */
}

/* ---- answers ---- */

static void the_chart_is_for_its_author(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    weighing(c);
    takes_part(c, MARIA);
    answers(c, MARIA, "182");
    answers(c, MARIA, "about 183 lbs"); /* the last one of a round counts */
    assert_int_equal(kept(c), 1);
    circle_pass(c, MS_DAY);
    answers(c, MARIA, "181,5");
    circle_pass(c, MS_DAY);
    m = answers(c, MARIA, "182.25 pounds this morning\r\n\r\nThanks,\r\nMaria");
    circle_has(m, "Wednesday, March 4 183 lb");
    circle_has(m, "Thursday, March 5 181.5 lb");
    circle_has(m, "Lowest: 181.5 lb");
    circle_has(m, "Highest: 183 lb");
    circle_has(m, "Up 0.75 lb from the time before");
    assert_non_null(strstr(m->raw, "<th scope=3D\"col\""));
    assert_int_equal(kept(c), 3);
    assert_int_equal(circle_said(c, ROSE, "181.5"), 0);
    assert_int_equal(circle_said(c, ANA, "181.5"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void what_is_no_answer_is_asked_back(void **state)
{
    static const char *const unclear[] = { "180 or 182", "82 kg", "I forgot my scale", "182nd" };
    struct circle *c = *state;

    weighing(c);
    takes_part(c, MARIA);
    for (size_t i = 0; i < COUNT_OF(unclear); i++) {
        circle_has(answers(c, MARIA, unclear[i]), "Please send it once more");
        circle_pass(c, MS_DAY);
    }
    assert_int_equal(kept(c), 0);
    circle_has(circle_mail(c, ANA, "private words"), "I forgot my scale");
    assert_int_equal(circle_said(c, ANA, "82 kg"), 0); /* a number alone is nobody's business */
}

/* The same words for every value: nothing in the letter tells a good one from a bad one. */
static void beyond_the_limits_staff_look_and_the_letter_is_the_same(void **state)
{
    struct circle *c = *state;
    const char *usual, *high;

    weighing(c);
    takes_part(c, MARIA);
    takes_part(c, ROSE);
    usual = answers(c, MARIA, "180")->text;
    assert_null(circle_mail(c, ANA, "private words"));
    high = answers(c, ROSE, "212")->text;
    circle_has(circle_mail(c, ANA, "private words"), "Rose wrote to you");
    circle_has(circle_mail(c, ANA, "private words"),
               "Answer: 212 lb Please look: this is beyond your limits (90 lb to 200 lb).");
    assert_non_null(strstr(usual, "If you feel unwell, call us: (555) 555-0100."));
    for (; *usual && *high; usual++, high++) { /* but for the names and the values */
        while (text_starts(usual, "Maria") || text_starts(usual, "180"))
            usual += *usual == 'M' ? 5 : 3;
        while (text_starts(high, "Rose") || text_starts(high, "212"))
            high += *high == 'R' ? 4 : 3;
        if (text_starts(usual, "Letter code"))
            break;
        if (*usual == ' ' || *usual == '\n') {
            usual += strspn(usual, " \r\n") - 1;
            high += strspn(high, " \r\n") - 1;
        }
        assert_int_equal(*usual, *high);
    }
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, ANA, "still waits for you") > 0, true); /* until somebody answers or says DONE */
}

static void what_is_not_plausible_is_a_slip_or_a_reason_to_look(void **state)
{
    struct circle *c = *state;

    weighing(c);
    takes_part(c, MARIA);
    circle_has(answers(c, MARIA, "1820"), "Please look at your number");
    circle_lacks(circle_mail(c, MARIA, "your check-in"), "limit");
    assert_int_equal(kept(c), 0);
    circle_has(circle_mail(c, ANA, "private words"), "Answer: 1820 lb");
    circle_has(circle_mail(c, ANA, "private words"), "We did not keep it as an answer.");
}

static void words_go_to_staff_alone(void **state)
{
    struct circle *c = *state;
    struct private_talk *talks;
    struct err err;
    size_t n;

    weighing(c);
    takes_part(c, MARIA);
    circle_has(answers(c, MARIA, "182 but my ankles are swollen"), "We gave your words to the care team");
    assert_int_equal(kept(c), 1);
    circle_has(circle_mail(c, ANA, "private words"), "my ankles are swollen");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    HELP_OK(private_list(&c->g.gate.store, c->maria.person, 9, c->mem, &talks, &n, &err));
    circle_reply(c, circle_mail(c, ANA, "private words"), ANA, "Please rest your feet. I call you today.", PASS);
    circle_has(circle_mail(c, MARIA, "an answer for you"), "rest your feet");
    circle_has(circle_mail(c, MARIA, "an answer for you"), "my ankles are swollen");
    circle_lacks(circle_mail(c, MARIA, "an answer for you"), "Check-in:"); /* what stands beside it is for staff */
    assert_int_equal(n, 1);
}

static void triage_reads_them_like_every_letter(void **state)
{
    struct circle *c = *state;

    weighing(c);
    takes_part(c, MARIA);
    answers(c, MARIA, "182. I want to kill myself tonight");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

/* ---- whose answer it is ---- */

static void without_proof_nothing_is_kept(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    weighing(c);
    m = takes_part(c, MARIA);
    circle_reply(c, m, MARIA, "182", NOTHING);
    circle_reply(c, m, MARIA, "183", FORGED);
    circle_reply(c, m, ROSE, "184", PASS); /* Maria's letter, forwarded */
    circle_reply(c, m, "stranger@example.org", "185", PASS);
    assert_int_equal(kept(c), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

/* Reply-To is ignored and the answer goes to the group's own address: the Message-ID still says what it is. */
static void to_the_groups_address_it_is_an_answer_still(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    weighing(c);
    m = takes_part(c, MARIA);
    circle_wrote(c, &(struct wrote){ MARIA, GROUP, circle_re(c, m), circle_under(c, m, "182 and I feel low"), PASS,
                                     m->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(kept(c), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    circle_wrote(c, &(struct wrote){ MARIA, GROUP, "my weight", circle_under(c, m, "183 and I feel better"), PASS, NULL,
                                     NULL, NULL }); /* only the code of the quoted letter is left */
    circle_run(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void after_its_end_words_are_not_lost(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const struct check_in check_in = weighing(c);
    struct err err;

    takes_part(c, MARIA);
    CIRCLE_TX(c, HELP_OK(check_in_finish(&c->g.gate, &who, check_in.id, &err)));
    circle_has(answers(c, MARIA, "182"), "not open now");
    circle_has(circle_mail(c, ANA, "private words"), "182");
    assert_int_equal(kept(c), 0);
    circle_listen(c);
    circle_pass(c, 3 * MS_DAY);
    assert_null(circle_since(c, MARIA, "check-in"));
    CIRCLE_TX(c, assert_int_equal(check_in_finish(&c->g.gate, &who, check_in.id, &err), RC_CONFLICT); db_tx_done(&tx_);
              HELP_OK(db_begin(c->g.h.db, &tx_, &err)));
}

static void who_leaves_is_asked_nothing(void **state)
{
    struct circle *c = *state;

    weighing(c);
    takes_part(c, MARIA);
    circle_write(c, MARIA, GROUP, "x", "LEAVE", PASS);
    circle_listen(c);
    circle_pass(c, 9 * MS_DAY);
    assert_null(circle_since(c, MARIA, "check-in"));
}

/* ---- the other kinds ---- */

static void a_scale_a_yes_and_words(void **state)
{
    struct circle *c = *state;
    struct check_in scale = weights(c), yes_no = weights(c), words = weights(c);

    scale.kind = CHECK_IN_SCALE;
    scale.unit = "";
    scale.question = "How bad is your pain?";
    scale.limits = (struct check_in_limits){ NONE, NONE, NONE, 7000 };
    planned(c, scale);
    circle_pass(c, 22 * MS_HOUR);
    circle_has(takes_part(c, MARIA), "one number from 0 to 10");
    circle_has(answers(c, MARIA, "6/10"), "Wednesday, March 4 6");
    circle_has(answers(c, MARIA, "12"), "look at your number");
    assert_int_equal(circle_said(c, ANA, "Please look: this is beyond your limits (not over 7)"), 1);

    yes_no.kind = CHECK_IN_YES_NO;
    yes_no.unit = "";
    yes_no.question = "Did you take a walk?";
    yes_no.limits = (struct check_in_limits){ NONE, NONE, NONE, NONE };
    planned(c, yes_no);
    circle_pass(c, MS_DAY);
    circle_has(takes_part(c, ROSE), "Did you take a walk?");
    circle_has(answers(c, ROSE, "yes"), "Thursday, March 5 Yes");
    circle_has(answers(c, ROSE, "No, but I swam"), "Thursday, March 5 No");
    circle_has(circle_mail(c, ANA, "private words"), "I swam");

    words.kind = CHECK_IN_WORDS;
    words.unit = "";
    words.question = "How was your night?";
    words.limits = (struct check_in_limits){ NONE, NONE, NONE, NONE };
    planned(c, words);
    circle_pass(c, MS_DAY);
    circle_has(takes_part(c, SAM), "How was your night?");
    circle_has(answers(c, SAM, "I slept four hours."), "I slept four hours.");
    circle_has(circle_mail(c, ANA, "private words"), "I slept four hours.");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void a_tag_asks_those_who_have_it(void **state)
{
    struct circle *c = *state;
    struct check_in check_in = weights(c);
    struct err err;

    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->rose.id, "heart", &err)));
    check_in.tag = "heart";
    planned(c, check_in);
    circle_pass(c, 22 * MS_HOUR);
    assert_non_null(circle_mail(c, ROSE, "would you like"));
    assert_null(circle_mail(c, MARIA, "check-in"));
    circle_write(c, MARIA, GROUP, "x", "CHECKIN", PASS);
    circle_has(circle_mail(c, MARIA, "your check-in"), "no check-in now");
}

static void wrong_ones_are_refused(void **state)
{
    struct circle *c = *state;
    struct check_in all[10];
    struct err err;

    for (size_t i = 0; i < COUNT_OF(all); i++)
        all[i] = weights(c);
    all[0].question = "";
    all[1].question = "two\nlines";
    all[2].days = 0;
    all[3].minute = 24 * 60;
    all[4].limits.low = 800000;
    all[5].limits.alert_high = 900000; /* beyond what is plausible: never reached */
    all[6].has_totals = true;
    all[6].tag = "heart";
    all[7].kind = CHECK_IN_WORDS;
    all[8].unit = "5 lb";
    all[9].limits.alert_low = 300000;
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (check_in_check(&c->g.gate, &all[i], &err) != RC_INPUT)
            fail_msg("check-in %zu was taken", i);
}

static void days_and_hours(void **state)
{
    static const struct {
        const char *text;
        int64_t days;
    } rows[] = { { "daily", 127 },      { "weekdays", 62 }, { "Tue", 4 }, { "Mon, Thu", 18 },
                 { "mon-wed sat", 78 }, { "martes", 4 },    { "", 0 },    { "someday", 0 } };
    struct circle *c = *state;
    struct check_in check_in = weights(c);
    struct err err;
    int64_t days, ms;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const enum rc rc = check_in_read_days(rows[i].text, &days, &err);

        if (rows[i].days ? rc || days != rows[i].days : rc != RC_INPUT)
            fail_msg("%s", rows[i].text);
    }
    check_in.days = 1 << 0; /* Sunday, 8 March, when the clocks skip 2:00 to 3:00 */
    check_in.minute = 2 * 60 + 30;
    HELP_OK(check_in_next(&check_in, "America/New_York", CIRCLE_START_MS, &ms, &err));
    assert_int_equal(ms, INT64_C(1772953200000)); /* 3:00 there, 7:00 UTC */
    HELP_OK(check_in_next(&check_in, "America/New_York", ms, &ms, &err));
    assert_int_equal(ms, INT64_C(1773556200000)); /* the 15th, 2:30, 6:30 UTC */
}

static void answers_go_after_thirteen_months(void **state)
{
    struct circle *c = *state;
    struct retention_counts counts = { { 0 } };
    struct err err;

    weighing(c);
    takes_part(c, MARIA);
    answers(c, MARIA, "182");
    home_set_time(c->home, gate_now_ms(&c->g.gate) + CLOCK_DELIVERIES_KEPT_MS - MS_HOUR);
    HELP_OK(clock_purge(&c->g.gate, false, &counts, &err));
    assert_int_equal(kept(c), 1);
    circle_pass(c, 2 * MS_DAY); /* the round is closed by the next one */
    HELP_OK(clock_purge(&c->g.gate, false, &counts, &err));
    assert_int_equal(kept(c), 0);
    assert_int_equal(counts.of[RETENTION_CHECK_INS], 1);
}

/* ---- totals ---- */

/* More members, from `first` on. */
static void walkers(struct circle *c, int first, int n)
{
    struct err err;

    for (int i = first; i < first + n; i++)
        CIRCLE_TX(c, gate_help_member(&c->g, arena_printf(c->mem, "Walker %c", 'A' + i),
                                      arena_printf(c->mem, "walker%d@example.net", i), RHYTHM_NEWS));
}

static void walkers_say(struct circle *c, int first, int n, int value)
{
    for (int i = first; i < first + n; i++) {
        const char *who = arena_printf(c->mem, "walker%d@example.net", i);
        const struct mail *m = circle_mail(c, who, "your check-in");

        circle_reply(c, m ? m : circle_mail(c, who, "would you like"), who, arena_printf(c->mem, "%d", value + i),
                     PASS);
    }
}

static struct check_in counted(struct circle *c, int n)
{
    struct check_in check_in = weights(c);

    check_in.has_totals = true;
    walkers(c, 0, n);
    check_in = planned(c, check_in);
    circle_pass(c, 22 * MS_HOUR);
    return check_in;
}

static void of_four_nothing_is_told(void **state)
{
    struct circle *c = *state;

    counted(c, 4);
    walkers_say(c, 0, 4, 150);
    assert_int_equal(kept(c), 4);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    assert_int_equal(circle_said(c, NULL, "people answered."), 0);
}

static void of_five_the_average_is_told_after_an_ok(void **state)
{
    struct circle *c = *state;

    counted(c, 5);
    walkers_say(c, 0, 5, 150);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0); /* not while it is open */
    circle_pass(c, MS_DAY);
    circle_has(circle_mail(c, ANA, "a note waits"), "5 people answered. The average is about 150 lb.");
    assert_int_equal(circle_said(c, SAM, "people answered."), 0);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_has(circle_mail(c, SAM, NULL), "5 people answered. The average is about 150 lb.");
    circle_lacks(circle_mail(c, SAM, NULL), "154");
    circle_lacks(circle_mail(c, SAM, NULL), "Walker");
}

/* What comes late counts in the next round, and a round that is closed says no more: two totals never differ by one person. */
static void nobody_is_found_by_subtraction(void **state)
{
    struct circle *c = *state;

    counted(c, 6);
    walkers_say(c, 0, 5, 150);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    walkers_say(c, 5, 1, 150); /* the sixth, to the letter of the day before */
    circle_pass(c, MS_HOUR);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    walkers_say(c, 0, 3, 150);
    circle_pass(c, MS_DAY); /* the second round had four */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    assert_int_equal(kept(c), 9);
    walkers_say(c, 0, 1, 190); /* they change their mind about a round that is over: it is an answer of today */
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
}

static void totals_in_words(void **state)
{
    static const struct {
        enum check_in_kind kind;
        int64_t values[6];
        size_t n;
        const char *said;
    } rows[] = {
        { CHECK_IN_NUMBER, { 180000, 181000, 182000, 183000 }, 4, NULL },
        { CHECK_IN_NUMBER, { 180000, 181000, 182000, 183000, 184500 }, 5, "The average is about 180 lb." },
        { CHECK_IN_NUMBER, { 7000, 7100, 7200, 7300, 7400 }, 5, "The average is about 7.2 lb." },
        { CHECK_IN_NUMBER, { 5000, 5000, 5000, 5000, 5000 }, 5, NULL }, /* each one's answer */
        { CHECK_IN_SCALE, { 3000, 4000, 5000, 5000, 6000 }, 5, "about 5" },
        { CHECK_IN_YES_NO, { 1000, 1000, 1000, 1000, 0 }, 5, "About 8 in 10 said yes." },
        { CHECK_IN_YES_NO, { 1000, 1000, 1000, 1000, 1000, 1000 }, 6, NULL },
        { CHECK_IN_YES_NO, { 0, 0, 0, 0, 0 }, 5, NULL },
    };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct check_in check_in = weights(c);
        const char *said;

        check_in.kind = rows[i].kind;
        said = check_in_totals_text(&check_in, rows[i].values, rows[i].n, LANGUAGE_ENGLISH, c->mem);
        if (rows[i].said ? !said || !strstr(said, rows[i].said) : said != NULL)
            fail_msg("row %zu: %s", i, said ? said : "(not told)");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_said_nothing_is_asked_twice_and_no_more),
        TEST(yes_brings_the_question_each_day),
        TEST(a_number_is_a_yes_too),
        TEST(skip_and_stop_checkin),
        TEST(the_chart_is_for_its_author),
        TEST(what_is_no_answer_is_asked_back),
        TEST(beyond_the_limits_staff_look_and_the_letter_is_the_same),
        TEST(what_is_not_plausible_is_a_slip_or_a_reason_to_look),
        TEST(words_go_to_staff_alone),
        TEST(triage_reads_them_like_every_letter),
        TEST(without_proof_nothing_is_kept),
        TEST(to_the_groups_address_it_is_an_answer_still),
        TEST(after_its_end_words_are_not_lost),
        TEST(who_leaves_is_asked_nothing),
        TEST(a_scale_a_yes_and_words),
        TEST(a_tag_asks_those_who_have_it),
        TEST(wrong_ones_are_refused),
        TEST(days_and_hours),
        TEST(answers_go_after_thirteen_months),
        TEST(of_four_nothing_is_told),
        TEST(of_five_the_average_is_told_after_an_ok),
        TEST(nobody_is_found_by_subtraction),
        TEST(totals_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
