/* Announcements by reply, and a provider's ordinary reply: to all, or to one (DESIGN.md section 7). */
#include "circle_help.h"

#include "gateway/people/daily_mail.h"

#include "gateway/note/announce.h"
#include "gateway/note/review.h"

#define CLOSED "The clinic is closed on Friday."

/* Dr Cole has the digest with Maria's note in it. */
static const struct mail *digest_of_ida(struct circle *c)
{
    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    circle_listen(c);
    return circle_mail(c, IDA, "letter 1");
}

static const struct mail *preview_of(struct circle *c, const char *text)
{
    circle_reply(c, digest_of_ida(c), IDA, arena_printf(c->mem, "ANNOUNCE\r\n%s", text), PASS);
    return circle_mail(c, IDA, "send it to");
}

static struct membership join(struct circle *c, const char *name, const char *email)
{
    struct membership m;
    struct err err;

    CIRCLE_TX(c, m = gate_help_member(&c->g, name, email, RHYTHM_DAILY));
    return m;
}

/* --- ANNOUNCE ----------------------------------------------------------------------------------------------------------------------- */

static void an_announcement_is_previewed_with_its_counts(void **state)
{
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, CLOSED);

    circle_has(preview, CLOSED);
    circle_has(preview, "In all: 4");
    circle_has(preview, "By email: 4, by text: 0");
    assert_int_equal(circle_new(c, SAM) + circle_new(c, MARIA) + circle_new(c, ROSE), 0);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 0); /* time alone sends nothing */
}

static void send_reaches_everybody_at_once(void **state)
{
    struct circle *c = *state;

    circle_reply(c, preview_of(c, CLOSED), IDA, "SEND", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_DECISION);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 1);
    assert_int_equal(circle_said(c, ROSE, CLOSED), 1);
    assert_int_equal(circle_said(c, SAM, CLOSED), 1);
    assert_non_null(circle_mail(c, IDA, "sent to 4"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 61"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review WHERE decision = 100"), 1);
}

static void send_again_sends_nothing_more(void **state)
{
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, CLOSED);

    circle_reply(c, preview, IDA, "SEND", PASS);
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 1);
}

static void anything_but_send_sends_nothing(void **state)
{
    static const char *const texts[] = { "OK", "Send it please, but change Friday to Monday", "NO", "PRIVATE" };
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, CLOSED);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        circle_reply(c, preview, IDA, texts[i], PASS);
        assert_int_equal(circle_said(c, MARIA, CLOSED), 0);
    }
    circle_reply(c, preview, IDA, "SEND", PASS); /* and the question is still open */
    assert_int_equal(circle_said(c, MARIA, CLOSED), 1);
}

static void a_changed_roster_asks_again(void **state)
{
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, CLOSED);

    join(c, "Nora", "nora@example.net");
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 0);
    circle_has(circle_mail(c, IDA, "look again"), "It was 4. It is now 5.");
    circle_reply(c, circle_mail(c, IDA, "look again"), IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 1);
    assert_int_equal(circle_said(c, "nora@example.net", CLOSED), 1);
}

/* The same number of people, but not the same people. */
static void another_roster_of_the_same_size_asks_again(void **state)
{
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, CLOSED);

    join(c, "Nora", "nora@example.net");
    circle_write(c, ROSE, GROUP, "x", "LEAVE", PASS);
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 0);
    assert_non_null(circle_mail(c, IDA, "look again"));
}

static void a_marked_announcement_takes_a_second_person(void **state)
{
    struct circle *c = *state;
    const struct mail *preview = preview_of(c, "Call Mrs Bell at 555-555-0142 about the bus.");

    circle_has(preview, "A second person must send it");
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, "about the bus"), 0);
    circle_has(circle_mail(c, IDA, "one more SEND"), "We asked Ana Ruiz. It goes out when Ana Ruiz says SEND too.");
    circle_has(circle_mail(c, ANA, "send it to"), "about the bus");
    circle_has(circle_mail(c, ANA, "send it to"), "Ida Cole said SEND (7:00 PM). It goes out when you say SEND too.");
    circle_lacks(circle_mail(c, ANA, "send it to"), "A second person must send it");
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, "about the bus"), 0);
    circle_reply(c, circle_mail(c, ANA, "send it to"), ANA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, "about the bus"), 1);
    circle_has(circle_mail(c, ANA, "sent to"), "It is on its way");
    circle_lacks(circle_mail(c, ANA, "sent to"), "second person");
}

/* The office may always say how it is reached. */
static void the_offices_own_number_is_no_contact_data(void **state)
{
    struct circle *c = *state;
    const char *const text = arena_printf(c->mem, "Call us at %s about the bus.", c->g.gate.facts.office_phone);
    const struct mail *preview = preview_of(c, text);

    circle_lacks(preview, "A second person must send it");
    circle_reply(c, preview, IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, "about the bus"), 1);
}

/* Advice about a medicine, or what only one's own doctor can answer, is seen by two. */
static void advice_about_medicine_takes_a_second_person(void **state)
{
    static const char *const texts[] = { "You should stop taking your water pill this week.",
                                         "Ask me here: should I take my insulin before the scan?" };
    static const char *const parts[] = { "water pill this week", "before the scan" };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const struct mail *preview = preview_of(c, texts[i]);

        circle_has(preview, "A second person must send it");
        circle_reply(c, preview, IDA, "SEND", PASS);
        assert_int_equal(circle_said(c, MARIA, parts[i]), 0);
        circle_reply(c, circle_mail(c, ANA, "send it to"), ANA, "SEND", PASS);
        assert_int_equal(circle_said(c, MARIA, parts[i]), 1);
    }
}

/* An announcement is released by its SEND alone: no OK of a moderator goes around the preview. */
static void no_decision_goes_around_the_preview(void **state)
{
    struct circle *c = *state;
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    const struct person lee = { .id = c->lee, .kind = PERSON_STAFF, .state = PERSON_ACTIVE, .name = "Lee Ames" };
    struct review_result result;
    struct err err;
    enum rc rc = RC_OK;
    const struct post p = (preview_of(c, CLOSED), circle_waiting(c, CLOSED));
    const struct review_act act = { .post = p.id, .decision = &ok, .staff = &lee, .way = REVIEW_CLI };

    CIRCLE_TX(c, rc = review_decide(&c->g.gate, &act, c->mem, &result, &err));
    assert_int_equal(rc, RC_INPUT);
    assert_int_equal(result.problem, REVIEW_BY_ITS_PREVIEW);
    for (int i = 0; i < 5; i++)
        circle_write(c, MARIA, GROUP, "x", arena_printf(c->mem, "Note number %d.", i), PASS);
    circle_pass(c, 15 * MS_MINUTE);
    circle_lacks(circle_mail(c, ANA, "notes wait"), CLOSED);
}

static void an_announcement_from_the_desk_goes_to_the_group(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "x", "I made lentil soup today.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "ANNOUNCE\r\n" CLOSED, PASS);
    circle_reply(c, circle_mail(c, ANA, "send it to"), ANA, "SEND", PASS);
    assert_int_equal(circle_said(c, MARIA, CLOSED), 1);
    assert_true(circle_waiting(c, "lentil").id.v); /* and the note waits on */
}

/* A letter about no group, answered with ANNOUNCE: the group is the one there is, and its people's names count. */
static void names_count_where_no_group_is_named(void **state)
{
    struct circle *c = *state;
    struct person rose;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &rose, &err));
    rose.name = "Rose Hartwell";
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &rose, &err)));
    circle_write(c, MARIA, GROUP, "x", "I made lentil soup today.", PASS);
    CIRCLE_TX(c, HELP_OK(daily_mail_run(&c->g.gate, gate_now_ms(&c->g.gate), &err)));
    circle_work(c);
    circle_reply(c, circle_mail(c, ANA, "your day"), ANA, "ANNOUNCE\r\nRose Hartwell is well again.", PASS);
    circle_has(circle_mail(c, ANA, "send it to"), "A full name");
    circle_has(circle_mail(c, ANA, "send it to"), "Rose Hartwell");
    circle_reply(c, circle_mail(c, ANA, "send it to"), ANA, "SEND", PASS);
    assert_int_equal(circle_said(c, SAM, "Hartwell"), 0); /* a second person must say it */
    circle_reply(c, circle_mail(c, LEE, "send it to"), LEE, "SEND", PASS);
    assert_int_equal(circle_said(c, SAM, "Hartwell"), 1);
}

static void a_tag_reaches_only_those_who_have_it(void **state)
{
    struct circle *c = *state;
    struct person ana;
    struct announcement a = { .group = c->g.group.id, .text = CLOSED, .tag = "walkers" };
    struct err err;
    struct post p;
    enum rc rc = RC_OK;

    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    a.author = &ana;
    CIRCLE_TX(c, rc = announce_draft(&c->g.gate, &a, &p, &err));
    assert_int_equal(rc, RC_INPUT); /* nobody has it */
    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->rose.id, "walkers", &err)));
    CIRCLE_TX(c, HELP_OK(announce_draft(&c->g.gate, &a, &p, &err)));
    circle_run(c);
    circle_has(circle_mail(c, ANA, "send it to"), "walkers: 1");
    circle_reply(c, circle_mail(c, ANA, "send it to"), ANA, "SEND", PASS);
    assert_int_equal(circle_said(c, ROSE, CLOSED), 1);
    assert_int_equal(circle_said(c, MARIA, CLOSED) + circle_said(c, SAM, CLOSED), 0);
}

static void a_patient_announces_nothing(void **state)
{
    struct circle *c = *state;

    digest_of_ida(c);
    circle_reply(c, circle_mail(c, ROSE, "letter 1"), ROSE, "ANNOUNCE\r\n" CLOSED, PASS);
    assert_null(circle_mail(c, ROSE, "send it to"));
    assert_int_equal(circle_said(c, MARIA, CLOSED), 0);
    assert_int_equal(circle_waiting(c, CLOSED).kind, POST_COMMENT); /* words like any other */
}

/* --- to all, or only to Rose? ------------------------------------------------------------------------------------------------------------- */

#define ADVICE "Rinse them well and eat slowly."

static const struct mail *asked_all_or_private(struct circle *c)
{
    circle_reply(c, digest_of_ida(c), IDA, ADVICE, PASS);
    circle_has(circle_mail(c, IDA, "or to one"), "To all 4, or only to Maria?");
    circle_has(circle_mail(c, IDA, "or to one"), "lentil soup");
    assert_int_equal(circle_said(c, SAM, ADVICE), 0);
    return circle_mail(c, IDA, "or to one");
}

static void send_gives_a_providers_reply_to_all(void **state)
{
    struct circle *c = *state;

    circle_reply(c, asked_all_or_private(c), IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, SAM, ADVICE), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review WHERE decision = 1"), 2);
}

static void private_gives_it_to_one_and_never_to_the_group(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = asked_all_or_private(c);
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    const struct person lee = { .id = c->lee, .kind = PERSON_STAFF, .state = PERSON_ACTIVE, .name = "Lee Ames" };
    const struct review_act act = {
        .post = circle_waiting(c, ADVICE).id, .decision = &ok, .staff = &lee, .way = REVIEW_CLI
    };
    struct review_result result;
    struct err err;
    enum rc rc = RC_OK;

    circle_reply(c, asked, IDA, "PRIVATE", PASS);
    assert_int_equal(circle_said(c, MARIA, ADVICE), 1);
    CIRCLE_TX(c, rc = review_decide(&c->g.gate, &act, c->mem, &result, &err));
    assert_int_equal(rc, RC_CONFLICT);
    circle_reply(c, asked, IDA, "SEND", PASS);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, ADVICE) + circle_said(c, ROSE, ADVICE), 0);
    assert_int_equal(circle_said(c, MARIA, ADVICE), 1);
}

static void an_unclear_answer_sends_nothing(void **state)
{
    struct circle *c = *state;

    circle_reply(c, asked_all_or_private(c), IDA, "Maria only, please", PASS);
    assert_int_equal(circle_said(c, SAM, ADVICE) + circle_said(c, MARIA, ADVICE), 0);
    circle_has(circle_mail(c, IDA, "say it again"), "We did nothing yet");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_announcement_is_previewed_with_its_counts),
        TEST(send_reaches_everybody_at_once),
        TEST(send_again_sends_nothing_more),
        TEST(anything_but_send_sends_nothing),
        TEST(a_changed_roster_asks_again),
        TEST(another_roster_of_the_same_size_asks_again),
        TEST(a_marked_announcement_takes_a_second_person),
        TEST(the_offices_own_number_is_no_contact_data),
        TEST(advice_about_medicine_takes_a_second_person),
        TEST(no_decision_goes_around_the_preview),
        TEST(an_announcement_from_the_desk_goes_to_the_group),
        TEST(names_count_where_no_group_is_named),
        TEST(a_tag_reaches_only_those_who_have_it),
        TEST(a_patient_announces_nothing),
        TEST(send_gives_a_providers_reply_to_all),
        TEST(private_gives_it_to_one_and_never_to_the_group),
        TEST(an_unclear_answer_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
