/* What was released and will not go out after all: staff take it back in time, its author leaves or is removed, no relay takes it. */
#include "circle_help.h"

#include "gateway/note/publish.h"
#include "gateway/note/review.h"
#include "gateway/note/unsend.h"
#include "gateway/office/ending.h"
#include "gateway/people/member.h"
#include "gateway/practice/record.h"

/* Nobody reads single notes: until the evening an OK can be taken back. */
static void sam_reads_digests(struct circle *c)
{
    struct membership m;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, c->sam.id, c->mem, &m, &err));
    m.rhythm = RHYTHM_DAILY;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &m, MEMBER_ACTIVE, &err)));
}

static void rose_is_released(struct circle *c)
{
    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 1);
}

static void an_ok_is_undone_in_time_and_given_again(void **state)
{
    struct circle *c = *state;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_reply(c, circle_mail(c, ANA, "done, no."), ANA, "UNDO", PASS);
    circle_has(circle_mail(c, ANA, "done, no."), "waits for you again");
    assert_int_equal(circle_waiting(c, "lake").state, POST_HELD);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
    assert_int_equal(circle_said(c, SAM, "lake"), 0);
    assert_int_equal(
        circle_count(c, arena_printf(c->mem, "SELECT count(*) FROM audit WHERE verb = %d", (int)AUDIT_RELEASE_UNDONE)),
        1);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_digest(c);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "lake"), 1);
}

/* The copies that were cancelled must not stand in the way of the next ones. */
static void a_single_note_goes_out_after_a_second_ok(void **state)
{
    struct circle *c = *state;
    struct err err;
    struct post p = circle_published(c, c->rose, "We walked to the lake.");

    CIRCLE_TX(c, HELP_OK(publish_post(&c->g.gate, &p, &err)));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 1"), 1);
    CIRCLE_TX(c, HELP_OK(unsend_post(&c->g.gate, &p, POST_HELD, &err)));
    circle_post_office(c);
    assert_int_equal(circle_said(c, SAM, "lake"), 0);
    CIRCLE_TX(c, HELP_OK(review_offer(&c->g.gate, &p, &err)));
    circle_post_office(c);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "lake"), 1);
}

static void it_is_too_late_once_somebody_has_it(void **state)
{
    struct circle *c = *state;

    rose_is_released(c); /* Sam has it at once */
    circle_reply(c, circle_mail(c, ANA, "done, no."), ANA, "UNDO", PASS);
    circle_has(circle_mail(c, ANA, NULL), "Some of the group have it now");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 1);
}

static void it_is_too_late_after_the_digest(void **state)
{
    struct circle *c = *state;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_digest(c);
    circle_reply(c, circle_mail(c, ANA, "done, no."), ANA, "UNDO", PASS);
    circle_has(circle_mail(c, ANA, NULL), "Some of the group have it now");
}

static void what_waits_needs_no_undo(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "UNDO", PASS);
    circle_has(circle_mail(c, ANA, NULL), "It still waits");
}

static void an_undo_without_proof_does_nothing(void **state)
{
    struct circle *c = *state;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_reply(c, circle_mail(c, ANA, "done, no."), ANA, "UNDO", FORGED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 1);
}

/* --- ways to end ---------------------------------------------------------------------------------------------------------------------- */

static void who_leaves_takes_released_words_along(void **state)
{
    struct circle *c = *state;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_write(c, ROSE, GROUP, "x", "LEAVE", PASS);
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 1);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
    circle_write(c, ROSE, GROUP, "x", "UNDO", PASS); /* back, and back to review */
    assert_int_equal(circle_waiting(c, "lake").state, POST_HELD);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
}

static void stop_takes_released_words_along_and_nothing_more_is_said(void **state)
{
    struct circle *c = *state;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_listen(c);
    circle_write(c, ROSE, GROUP, "x", "STOP", PASS);
    assert_int_equal(circle_new(c, ROSE), 1);
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 1);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
}

static void who_is_removed_is_told_and_so_are_staff(void **state)
{
    struct circle *c = *state;
    struct err err;
    const struct audit_who rule = record_rule();

    sam_reads_digests(c);
    rose_is_released(c);
    CIRCLE_TX(c, HELP_OK(member_remove(&c->g.gate, &rule, c->rose.id, MEMBER_REASON_STAFF, &err)));
    circle_post_office(c);
    circle_has(circle_mail(c, ROSE, "about your note"), "lake");
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 1);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
}

/* What had an OK goes out still; what had none goes back, and both sides know. */
static void a_group_that_ends_loses_nothing(void **state)
{
    struct circle *c = *state;
    const struct audit_who rule = record_rule();
    int64_t letters;
    struct err err;

    sam_reads_digests(c);
    rose_is_released(c);
    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup.", PASS);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &rule, c->g.group.id, NULL, &letters, &err)));
    circle_work(c);
    circle_has(circle_mail(c, MARIA, "about your note"), "soup");
    assert_int_equal(circle_said(c, ANA, "It was still here when"), 1);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "lake"), 1);
    assert_int_equal(circle_said(c, SAM, "soup"), 0);
}

/* Between the end and the going back nothing is released; a note that is taken back then goes back too. */
static void nothing_of_a_group_that_is_over_is_released(void **state)
{
    struct circle *c = *state;
    const struct audit_who rule = record_rule();
    const struct mail *asked;
    int64_t letters;
    struct err err;

    sam_reads_digests(c);
    rose_is_released(c);
    asked = circle_mail(c, ANA, "done, no.");
    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup.", PASS);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &rule, c->g.group.id, NULL, &letters, &err)));
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_has(circle_since(c, ANA, NULL), "The group is over");
    circle_lacks(circle_since(c, ANA, NULL), "still waits");
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM post WHERE state = 5"), 1);
    circle_work(c);
    circle_has(circle_mail(c, MARIA, "about your note"), "soup");
    circle_listen(c);
    circle_reply(c, asked, ANA, "UNDO", PASS);
    circle_has(circle_since(c, ANA, NULL), "it went back to the writer");
    circle_work(c);
    circle_has(circle_since(c, ROSE, "about your note"), "lake");
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM post WHERE state = 8"), 2);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, NULL), ANA, "ANNOUNCE\nSee you all at the clinic.", PASS);
    circle_has(circle_since(c, ANA, NULL), "The group is over");
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "soup"), 0);
    assert_int_equal(circle_said(c, SAM, "at the clinic"), 0);
}

static enum rc refuse(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                      void *done_ctx, struct err *err)
{
    const struct transport_result no = { .outcome = TRANSPORT_FAILED, .code = 550, .enhanced = { 5, 1, 1 } };

    (void)ctx;
    (void)wires;
    (void)err;
    for (size_t i = 0; i < count; i++)
        done(done_ctx, i, &no);
    return RC_OK;
}

static void refuse_all(struct circle *c)
{
    const struct transport relay = { circle_open, refuse, circle_nothing, circle_nothing, c, NULL };
    struct err err;
    size_t did = 0;

    HELP_OK(mail_run_once(&c->g.gate, &relay, &(struct mail_lanes){ LANE_DIGEST, LANE_DIGEST, 60000 }, &did, &err));
}

/* Sam alone reads; his address takes nothing. */
static void what_no_relay_takes_is_told(void **state)
{
    struct circle *c = *state;
    struct err err;
    struct post p = circle_published(c, c->rose, "We walked to the lake.");

    help_raw(&c->g.h, "UPDATE membership SET state = 4 WHERE rhythm IN (2, 3)");
    help_raw(&c->g.h,
             "UPDATE membership SET state = 2, rhythm = 1 WHERE person_id = (SELECT author_id FROM post LIMIT 1)");
    CIRCLE_TX(c, HELP_OK(publish_post(&c->g.gate, &p, &err)));
    refuse_all(c);
    circle_post_office(c);
    circle_has(circle_mail(c, ROSE, "about your note"), "did not get through to anyone");
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 1);
}

/* The digest of those who read one carries it: it is not lost. */
static void one_refused_copy_of_many_is_no_end(void **state)
{
    struct circle *c = *state;
    struct err err;
    struct post p = circle_published(c, c->rose, "We walked to the lake.");

    CIRCLE_TX(c, HELP_OK(publish_post(&c->g.gate, &p, &err)));
    refuse_all(c);
    circle_post_office(c);
    assert_null(circle_mail(c, ROSE, "about your note"));
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_of_a_group_that_is_over_is_released),
        TEST(an_ok_is_undone_in_time_and_given_again),
        TEST(a_single_note_goes_out_after_a_second_ok),
        TEST(it_is_too_late_once_somebody_has_it),
        TEST(it_is_too_late_after_the_digest),
        TEST(what_waits_needs_no_undo),
        TEST(an_undo_without_proof_does_nothing),
        TEST(who_leaves_takes_released_words_along),
        TEST(stop_takes_released_words_along_and_nothing_more_is_said),
        TEST(who_is_removed_is_told_and_so_are_staff),
        TEST(a_group_that_ends_loses_nothing),
        TEST(what_no_relay_takes_is_told),
        TEST(one_refused_copy_of_many_is_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
