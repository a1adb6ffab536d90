/* The order of sorting: each refusal has its name, its answer or none, and never keeps a page from going out (DESIGN.md section 3). */
#include "circle_help.h"

#include "store/message_id.h"

#define STRANGER "somebody@example.com"
#define CRISIS "I want to kill myself tonight."

static void set_rose(struct circle *c, enum member_state to)
{
    struct membership m;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, c->rose.id, c->mem, &m, &err));
    m.state = to;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &m, MEMBER_ACTIVE, &err)));
}

static void rose_left(struct circle *c)
{
    set_rose(c, MEMBER_LEFT);
}

static void rose_pauses(struct circle *c)
{
    set_rose(c, MEMBER_PAUSED);
}

static void the_group_ended(struct circle *c)
{
    struct care_group g;
    struct err err;

    HELP_OK(group_get(&c->g.gate.store, c->g.group.id, c->mem, &g, &err));
    g.state = GROUP_ENDED;
    CIRCLE_TX(c, HELP_OK(group_change(&c->g.gate.store, &g, &err)));
}

#define ROBOT "Auto-Submitted: auto-replied\r\n"

/* Each is tried twice: with plain words, and with a crisis sentence in them. ack: whether its writer may be told that we got it. */
static const struct refusal {
    const char *name, *from, *to, *subject;
    enum proved proof;
    const char *fields;
    void (*before)(struct circle *c);
    enum letter_outcome outcome;
    size_t answers; /* mails to its writer on plain words */
    bool has_ack;
} refusals[] = {
    { "robot", ROSE, GROUP, "Away", PASS, ROBOT, NULL, OUTCOME_ROBOT, 0, false },
    { "robot of a stranger", STRANGER, GROUP, "Away", NOTHING, ROBOT, NULL, OUTCOME_ROBOT, 0, false },
    { "unknown", STRANGER, GROUP, "Hello", PASS, NULL, NULL, OUTCOME_UNKNOWN, 0, false },
    { "unknown to the desk", STRANGER, "desk@" GATE_DOMAIN, "Hello", PASS, NULL, NULL, OUTCOME_UNKNOWN, 0, false },
    { "unverified", ROSE, GROUP, "Hello", NOTHING, NULL, NULL, OUTCOME_UNVERIFIED, 0, true },
    { "forged", ROSE, GROUP, "Hello", FORGED, NULL, NULL, OUTCOME_UNVERIFIED, 0, true },
    { "departed", ROSE, GROUP, "Hello", PASS, NULL, rose_left, OUTCOME_NOT_MEMBER, 0, true },
    { "paused", ROSE, GROUP, "Hello", PASS, NULL, rose_pauses, OUTCOME_HELD, 0, true },
    { "group ended", ROSE, GROUP, "Hello", PASS, NULL, the_group_ended, OUTCOME_GROUP_OVER, 1, true },
    { "no such group", ROSE, "monday@" GATE_DOMAIN, "Hello", PASS, NULL, NULL, OUTCOME_STAFF, 0, true },
    { "to the desk", ROSE, "desk@" GATE_DOMAIN, "Hello", PASS, NULL, NULL, OUTCOME_STAFF, 0, true },
};

static void check(struct circle *c, const struct refusal *r, const char *text)
{
    if (r->before)
        r->before(c);
    circle_listen(c);
    circle_wrote(c, &(struct wrote){ r->from, r->to, r->subject, text, r->proof, NULL, NULL, r->fields });
    circle_run(c);
    if (circle_outcome(c) != r->outcome)
        print_error("%s: outcome %d\n", r->name, (int)circle_outcome(c));
    assert_int_equal(circle_outcome(c), r->outcome);
    assert_int_equal(circle_new(c, SAM), 0);
}

static void a_refusal_has_its_outcome_and_its_answer(void **state)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct circle c;

        (void)state;
        circle_start(&c);
        check(&c, r, "We walked to the lake.");
        if (circle_new(&c, r->from) != r->answers)
            print_error("%s: %zu answers\n", r->name, circle_new(&c, r->from));
        assert_int_equal(circle_new(&c, r->from), r->answers);
        assert_int_equal(circle_count(&c, "SELECT count(*) FROM page"), 0);
        circle_stop(&c);
    }
}

static void a_refusal_never_keeps_a_page_back(void **state)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct circle c;

        (void)state;
        circle_start(&c);
        check(&c, r, "We walked to the lake. " CRISIS);
        assert_int_equal(circle_count(&c, "SELECT count(*) FROM page"), 1);
        assert_non_null(circle_mail(&c, ANA, "please claim"));
        if (circle_said(&c, r->from, "988") != r->has_ack)
            print_error("%s: %zu acknowledgements\n", r->name, circle_said(&c, r->from, "988"));
        assert_int_equal(circle_said(&c, r->from, "988"), r->has_ack);
        circle_stop(&c);
    }
}

/* --- the same letter again ----------------------------------------------------------------------------------------------------------- */

static void send_twice(struct circle *c, const char *first, const char *second)
{
    const char *texts[] = { first, second };

    for (size_t i = 0; i < 2; i++) {
        circle_wrote(c, &(struct wrote){ ROSE, GROUP, "Walk", texts[i], PASS, NULL, "walk@example.net", NULL });
        circle_run(c);
    }
}

static void a_duplicate_is_held_once(void **state)
{
    struct circle *c = *state;

    send_twice(c, "We walked to the lake.", "We walked to the lake.");
    assert_int_equal(circle_outcome(c), OUTCOME_DUPLICATE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    assert_int_equal(circle_said(c, ANA, "lake"), 1);
}

static void a_duplicate_with_danger_pages_and_acknowledges_once(void **state)
{
    struct circle *c = *state;

    send_twice(c, CRISIS, CRISIS);
    assert_int_equal(circle_outcome(c), OUTCOME_DUPLICATE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    assert_int_equal(circle_said(c, ROSE, "988"), 1);
}

static void the_same_id_with_another_body_is_held_and_flagged(void **state)
{
    struct circle *c = *state;

    send_twice(c, "We walked to the lake.", "We swam in the river.");
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_true(circle_waiting(c, "river").flags & POST_FLAG_OTHER_BODY);
    assert_false(circle_waiting(c, "lake").flags & POST_FLAG_OTHER_BODY);
}

/* A person who is not sure that it went through writes it again, a little differently. */
static void a_near_identical_note_joins_what_waits(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake!", PASS);
    circle_write(c, ROSE, GROUP, "Walk again", "we walked to the  lake", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    circle_write(c, MARIA, GROUP, "Walk", "We walked to the lake!", PASS); /* another author's is another note */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 2);
}

/* --- what nobody answers ------------------------------------------------------------------------------------------------------------------ */

static void our_own_mail_is_dropped(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    m = circle_mail(c, ROSE, NULL);
    circle_listen(c);
    circle_arrive(c, GROUP, m->raw, strlen(m->raw));
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_OURS);
    assert_int_equal(circle_new(c, NULL), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
}

#define LIKE_OURS "mjqwcylkmfrggzdfmztwq2lkni@" GATE_DOMAIN

/* Anybody can write an id of our form. */
static void an_id_like_ours_hides_nothing(void **state)
{
    struct circle *c = *state;
    struct wrote w = { STRANGER, GROUP, "Hello", CRISIS, NOTHING, NULL, LIKE_OURS, NULL };
    unsigned char key[MESSAGE_KEY_BYTES];

    assert_true(message_id_read(LIKE_OURS, strlen(LIKE_OURS), GATE_DOMAIN, key));
    circle_wrote(c, &w);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_UNKNOWN);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_int_equal(circle_said(c, STRANGER, ""), 0);
    w = (struct wrote){ ROSE, GROUP, "Walk", "We walked to the lake.", PASS, NULL, LIKE_OURS, NULL };
    circle_wrote(c, &w);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    w = (struct wrote){ GROUP, GROUP, "Hello", CRISIS, NOTHING, NULL, LIKE_OURS, NULL }; /* and any address */
    circle_wrote(c, &w);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_OURS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1); /* two strangers' letters stand on one alarm */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_joined"), 1);
}

static void comes_back(struct circle *c, const struct mail *m, const char *above)
{
    const char *const body = strstr(m->raw, "\r\n\r\n");
    const char *raw = m->raw;

    if (above)
        raw = arena_printf(c->mem,
                           "From: <" STRANGER ">\r\nTo: <" GROUP ">\r\nSubject: x\r\nMessage-ID: <%s>\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n\r\n%s",
                           m->message_id, above, m->text);
    assert_non_null(body);
    circle_arrive(c, GROUP, raw, strlen(raw));
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_OURS);
}

/* Words that were released, and a page itself, call nobody again when they come back; what somebody writes into them does. */
static void our_own_mail_pages_for_what_is_new_in_it(void **state)
{
    struct circle *c = *state;
    const struct mail *page, *digest;

    circle_write(c, ROSE, GROUP, "Low", CRISIS, PASS);
    page = circle_mail(c, ANA, "please claim");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    comes_back(c, page, NULL);
    comes_back(c, page, "Please look at this.");
    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    digest = circle_mail(c, ROSE, NULL);
    comes_back(c, digest, "Nice soup.");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    comes_back(c, digest, CRISIS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
}

static void a_bounce_is_neither_posted_nor_answered(void **state)
{
    static const char bounce[] =
        "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.net\r\nTo: " GROUP "\r\nSubject: Undelivered\r\n"
        "Message-ID: <b1@example.net>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt "
        "failed.\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        "Final-Recipient: rfc822; rose@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";
    struct circle *c = *state;

    circle_arrive(c, GROUP, bounce, sizeof bounce - 1);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_REPORT);
    assert_int_equal(circle_new(c, "MAILER-DAEMON@example.net"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

/* --- plain words ----------------------------------------------------------------------------------------------------------------------------- */

static void an_empty_note_is_answered_once_a_day(void **state)
{
    struct circle *c = *state;

    for (int i = 0; i < 3; i++) {
        circle_write(c, ROSE, GROUP, "", "", PASS);
        assert_int_equal(circle_outcome(c), OUTCOME_EMPTY);
    }
    assert_int_equal(circle_new(c, ROSE), 1);
    circle_has(circle_mail(c, ROSE, NULL), "no words");
    circle_pass(c, 25 * MS_HOUR);
    circle_listen(c);
    circle_write(c, ROSE, GROUP, "", "", PASS);
    assert_int_equal(circle_new(c, ROSE), 1);
}

static void a_photo_alone_is_answered_kindly(void **state)
{
    static const char photo[] =
        "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
        "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
        "From: " ROSE "\r\nTo: " GROUP "\r\nSubject: IMG_2034\r\nMessage-ID: <p1@example.net>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: image/jpeg\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n/9j/4AAQSkZJRg==\r\n";
    struct circle *c = *state;

    circle_arrive(c, GROUP, photo, sizeof photo - 1);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_EMPTY);
    circle_has(circle_mail(c, ROSE, NULL), "photo");
}

/* Nobody can read it: its author is asked to write plainly, staff to call, and the subject is not taken for the note. */
static void an_encrypted_letter_is_told_to_both(void **state)
{
    static const char locked[] =
        "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
        "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
        "From: " ROSE "\r\nTo: " GROUP "\r\nSubject: Something private\r\nMessage-ID: <e1@example.net>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n"
        "\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ\r\n"
        "-----END PGP MESSAGE-----\r\n--b--\r\n";
    struct circle *c = *state;

    circle_arrive(c, GROUP, locked, sizeof locked - 1);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_ENCRYPTED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    circle_has(circle_mail(c, ROSE, NULL), "came locked");
    circle_has(circle_mail(c, ANA, "for your notice"), "locked mail");
}

static void danger_in_the_subject_pages(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, CRISIS, "", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    circle_write(c, MARIA, GROUP, CRISIS, "Hello.", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
}

static void a_note_in_the_subject_is_a_note(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "We walked to the lake", "", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_string_equal(circle_waiting(c, "lake").text, "We walked to the lake");
}

/* The words of another that stand below a STOP still page; our own do not. */
static void danger_below_a_stop_pages(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x",
                 "STOP\r\n\r\nOn Tue, Mar 3, 2026 at 9:00 AM Al <al@example.com> wrote:\r\n> " CRISIS, PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
}

static void our_own_words_do_not_page(void **state)
{
    struct circle *c = *state;
    const struct mail *ack;

    circle_write(c, ROSE, GROUP, "Tonight", CRISIS, PASS);
    ack = circle_mail(c, ROSE, "we got your message");
    circle_reply(c, ack, ROSE, "Thank you.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "PASS", PASS);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "ASK: How are you now?", PASS);
    circle_has(circle_mail(c, ROSE, "a question"), CRISIS); /* her own words, shown to her and quoted back */
    circle_reply(c, circle_mail(c, ROSE, "a question"), ROSE, "Better, thank you for asking.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_STAFF);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
}

/* What was taken back from a member on STOP never goes out, and staff hear of it. */
static void stop_takes_back_what_waits(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_write(c, ROSE, GROUP, "x", "STOP", PASS);
    assert_int_equal(circle_waiting(c, "lake").id.v, 0);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, SAM, "lake"), 0);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
}

static void an_unproved_command_goes_to_staff(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "NAME Queen", NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    circle_has(circle_mail(c, ANA, "for your notice"), "NAME Queen");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

/* MORE has nothing more: it says when the next letter comes. */
static void more_is_never_a_note(void **state)
{
    struct circle *c = *state;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ROSE, NULL), ROSE, "MORE", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_int_equal(circle_new(c, ROSE), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
}

/* --- what nobody can read --------------------------------------------------------------------------------------------------------------------- */

static void check_parked(struct circle *c, const char *told)
{
    struct arrival a;
    struct err err;

    HELP_OK(arrival_get(c->g.h.db, c->g.gate.store.practice, c->last, &a, &err));
    assert_int_equal(a.state, ARRIVAL_PARKED);
    circle_has(circle_mail(c, ANA, "for your notice"), told);
    assert_int_equal(circle_count(c, "SELECT tier FROM page"), 2); /* until a person has opened it */
    assert_non_null(circle_mail(c, ANA, "please claim"));
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    assert_non_null(circle_mail(c, ANA, "details for you"));
}

static void a_reader_that_dies_three_times_parks(void **state)
{
    static const char raw[] = "From: " ROSE "\r\nTo: " GROUP "\r\nSubject: x\r\n\r\nWe walked.\r\n";
    struct circle *c = *state;
    CLEANUP(sandbox_free) struct sandbox *dying = sandbox_new(SANDBOX_READER, "/bin/false", 2000);
    struct sorter sorter = { .gate = &c->g.gate, .sandbox = dying, .lexicon = c->lexicon };
    struct err err;
    size_t did;

    circle_arrive(c, GROUP, raw, sizeof raw - 1);
    for (int i = 0; i < ARRIVAL_MAX_TRIES; i++) {
        HELP_OK(sort_run(&sorter, 16, &did, &err));
        assert_int_equal(did, 0);
        help_raw(&c->g.h, "UPDATE arrival SET lease_until_ms = 1");
    }
    HELP_OK(sort_run(&sorter, 16, &did, &err));
    circle_post_office(c);
    check_parked(c, "could not read a mail");
}

static void an_oversized_letter_is_parked(void **state)
{
    struct circle *c = *state;
    const size_t n = (size_t)200 << 10;
    char *raw = arena_alloc(c->mem, n);

    memset(raw, 'x', n);
    c->max_bytes = (int64_t)100 << 10;
    circle_arrive(c, GROUP, raw, n);
    circle_run(c);
    check_parked(c, "too large");
}

static void a_letter_over_a_limit_of_the_reader_is_parked(void **state)
{
    struct circle *c = *state;
    CLEANUP(strbuf_done) struct strbuf raw = STRBUF((size_t)1 << 20);

    for (int i = 0; i < 3000; i++)
        strbuf_printf(&raw, "X-Field-%d: and many more words to make the header long\r\n", i);
    strbuf_str(&raw, "From: " ROSE "\r\n\r\nWe walked.\r\n");
    circle_arrive(c, GROUP, strbuf_peek(&raw), raw.len);
    circle_run(c);
    check_parked(c, "could not read a mail");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_has_its_outcome_and_its_answer),
        cmocka_unit_test(a_refusal_never_keeps_a_page_back),
        TEST(a_duplicate_is_held_once),
        TEST(a_duplicate_with_danger_pages_and_acknowledges_once),
        TEST(the_same_id_with_another_body_is_held_and_flagged),
        TEST(a_near_identical_note_joins_what_waits),
        TEST(our_own_mail_is_dropped),
        TEST(an_id_like_ours_hides_nothing),
        TEST(our_own_mail_pages_for_what_is_new_in_it),
        TEST(a_bounce_is_neither_posted_nor_answered),
        TEST(an_empty_note_is_answered_once_a_day),
        TEST(an_encrypted_letter_is_told_to_both),
        TEST(a_photo_alone_is_answered_kindly),
        TEST(danger_in_the_subject_pages),
        TEST(a_note_in_the_subject_is_a_note),
        TEST(danger_below_a_stop_pages),
        TEST(our_own_words_do_not_page),
        TEST(stop_takes_back_what_waits),
        TEST(an_unproved_command_goes_to_staff),
        TEST(more_is_never_a_note),
        TEST(a_reader_that_dies_three_times_parks),
        TEST(an_oversized_letter_is_parked),
        TEST(a_letter_over_a_limit_of_the_reader_is_parked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
