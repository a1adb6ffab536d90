/* Nobody is invited into a group before mail to its address has come back. */
#include "circle_help.h"

#include "gateway/digest/breaker.h"
#include "gateway/office/address_check.h"
#include "gateway/office/policy.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/practice/ours.h"
#include "gateway/practice/record.h"

#define NORA "nora@example.net"

static int start(void **state)
{
    static struct circle c;
    struct err err;

    circle_start(&c);
    CIRCLE_TX(&c, HELP_OK(group_set_address(&c.g.gate.store, c.g.group.id, GROUP_ADDRESS_WAITS, &err)));
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

static struct care_group group_now(struct circle *c)
{
    struct care_group g;
    struct err err;

    HELP_OK(group_get(&c->g.gate.store, c->g.group.id, c->mem, &g, &err));
    return g;
}

static struct membership invite_nora(struct circle *c)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const struct care_group group = group_now(c);
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct enroll e = { .name = "Nora Bell", .email = NORA };
    struct membership m;
    struct err err;

    CIRCLE_TX(c, HELP_OK(enroll_member(&c->g.gate, &who, &group, &e, &seat, c->mem, &m, &err)));
    CIRCLE_TX(c, HELP_OK(invite_send(&c->g.gate, &who,
                                     &(struct invite){ .membership = m.id, .person = m.person, .invited_by = c->ana },
                                     &err)));
    circle_run(c);
    return m;
}

static const char *check_address(struct circle *c, struct group_id group)
{
    const struct token token = { .purpose = TOKEN_ADDRESS_CHECK, .row_id = group.v };

    return ours_write(&c->g.gate, "tuesday", &token, c->mem);
}

static void check_comes(struct circle *c, const char *to)
{
    circle_wrote(c, &(struct wrote){ "desk@" GATE_DOMAIN, to, "Postcircle looks how mail arrives", "It can be deleted.",
                                     NOTHING, NULL, NULL, "Auto-Submitted: auto-generated\r\n" });
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_OURS);
}

static void tick(struct circle *c)
{
    struct err err;
    size_t did;

    HELP_OK(invite_tick(&c->g.gate, &did, &err));
    circle_run(c);
}

static void it_waits_and_goes_when_the_mail_comes(void **state)
{
    struct circle *c = *state;

    invite_nora(c);
    circle_pass(c, 9 * MS_DAY);
    tick(c);
    assert_int_equal(circle_said(c, NORA, ""), 0);
    assert_int_equal(circle_count(c, "SELECT state FROM invitation WHERE membership_id > 0 ORDER BY id DESC LIMIT 1"),
                     1);

    check_comes(c, check_address(c, c->g.group.id));
    assert_int_equal(group_now(c).address, GROUP_ADDRESS_PASSED);
    assert_int_equal(group_now(c).address_passes, 1);
    assert_int_equal(circle_said(c, NORA, ""), 1);
    circle_pass(c, 2 * MS_DAY); /* the three days begin when it went out */
    tick(c);
    assert_int_equal(circle_said(c, NORA, ""), 1);
    circle_pass(c, 2 * MS_DAY);
    tick(c);
    assert_int_equal(circle_said(c, NORA, ""), 2);

    check_comes(c, check_address(c, c->g.group.id)); /* once more changes nothing */
    assert_int_equal(group_now(c).address_passes, 2);
    assert_int_equal(circle_said(c, NORA, ""), 2);
}

static void nothing_else_lets_them_go(void **state)
{
    struct circle *c = *state;
    struct token bounce = { .purpose = TOKEN_BOUNCE, .row_id = c->g.group.id.v };
    char *forged = arena_strdup(c->mem, check_address(c, c->g.group.id));

    invite_nora(c);
    forged[strlen("tuesday+")] = forged[strlen("tuesday+")] == 'a' ? 'b' : 'a';
    check_comes(c, forged);
    check_comes(c, GROUP);
    check_comes(c, ours_write(&c->g.gate, "tuesday", &bounce, c->mem));
    check_comes(c, check_address(c, (struct group_id){ c->g.group.id.v + 1 })); /* of a group that is not there */
    assert_int_equal(group_now(c).address, GROUP_ADDRESS_WAITS);
    assert_int_equal(group_now(c).address_passes, 0);
    assert_int_equal(circle_said(c, NORA, ""), 0);
}

static void staff_may_say_that_it_works(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const int64_t before = circle_count(c, "SELECT count(*) FROM audit");
    struct err err;

    invite_nora(c);
    CIRCLE_TX(c, HELP_OK(address_check_vouch(&c->g.gate, &who, c->g.group.id, &err)));
    circle_run(c);
    assert_int_equal(group_now(c).address, GROUP_ADDRESS_VOUCHED);
    assert_int_equal(circle_said(c, NORA, ""), 1);
    assert_true(circle_count(c, "SELECT count(*) FROM audit") > before);
}

static void folders_need_no_check(void **state)
{
    struct circle *c = *state;
    static const struct {
        const char *relay;
        bool is_needed;
    } relays[] = { { "", false },
                   { "maildir:/srv/out", false },
                   { "maildir-each:/srv/out", false },
                   { "smtp://127.0.0.1:25", true },
                   { "smtps://u@mail.example.org", true },
                   { "smtp+starttls://mail.example.org", true } };

    for (size_t i = 0; i < COUNT_OF(relays); i++) {
        c->g.gate.facts.relay = relays[i].relay;
        assert_int_equal(address_check_is_needed(&c->g.gate), relays[i].is_needed);
    }
    c->g.gate.facts.relay = "";
}

static void set(struct circle *c, enum setting setting, const char *value)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct err err;

    CIRCLE_TX(c, HELP_OK(policy_set(&c->g.gate, &who, setting, value, &err)));
}

static void another_way_is_checked_again(void **state)
{
    struct circle *c = *state;
    static const struct {
        enum setting setting;
        const char *value;
        enum group_address then;
    } changes[] = { { SETTING_RELAY, "smtp://127.0.0.1:25", GROUP_ADDRESS_WAITS },
                    { SETTING_RELAY, "smtp://127.0.0.1:25", GROUP_ADDRESS_PASSED }, /* no change */
                    { SETTING_MAILBOX, "circles", GROUP_ADDRESS_WAITS },
                    { SETTING_DOMAIN, "other.example.org", GROUP_ADDRESS_WAITS },
                    { SETTING_OFFICE_PHONE, "(555) 555-0144", GROUP_ADDRESS_PASSED },
                    { SETTING_RELAY, "maildir:/srv/out", GROUP_ADDRESS_FREE } };
    struct err err;

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        CIRCLE_TX(c, HELP_OK(group_set_address(&c->g.gate.store, c->g.group.id, GROUP_ADDRESS_PASSED, &err)));
        set(c, changes[i].setting, changes[i].value);
        assert_int_equal(group_now(c).address, changes[i].then);
    }
}

/* An invitation that is in the outbox when the relay changes, and one that comes after. */
static void invitations_wait_for_the_new_way(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct err err;

    CIRCLE_TX(c, HELP_OK(group_set_address(&c->g.gate.store, c->g.group.id, GROUP_ADDRESS_PASSED, &err)));
    c->g.gate.facts.relay = "smtp://127.0.0.1:25";
    help_raw(&c->g.h,
             "INSERT INTO restored (practice_id, at_ms) SELECT practice_id, 1 FROM care_group"); /* nothing leaves */
    invite_nora(c);
    CIRCLE_TX(c, HELP_OK(address_check_reset(&c->g.gate, &who, &err)));
    help_raw(&c->g.h, "DELETE FROM restored");
    circle_pass(c, MS_HOUR);
    assert_int_equal(circle_said(c, NORA, ""), 0);
    check_comes(c, check_address(c, c->g.group.id));
    circle_run(c);
    assert_int_equal(circle_said(c, NORA, ""), 1);
}

static void trip(struct circle *c)
{
    const int64_t people[] = { c->maria.person.v, c->rose.person.v, c->sam.person.v };
    struct err err;
    bool is_open = false;

    for (size_t i = 0; i < COUNT_OF(people); i++)
        CIRCLE_TX(c,
                  HELP_OK(breaker_count(&c->g.gate, c->g.group.id, (struct person_id){ people[i] }, &is_open, &err)));
    assert_true(is_open);
}

/* Letters that wait for RESUME and invitations that wait for the address: each is let go by its own word. */
static void resume_and_the_check_release_their_own(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = record_rule();
    struct err err;

    circle_published(c, c->maria, "Soup for all.");
    trip(c);
    invite_nora(c);
    check_comes(c, check_address(c, c->g.group.id));
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, NORA, ""), 1);
    assert_int_equal(circle_said(c, ROSE, "Soup for all."), 0);
    CIRCLE_TX(c, HELP_OK(group_set_address(&c->g.gate.store, c->g.group.id, GROUP_ADDRESS_WAITS, &err)));
    CIRCLE_TX(c, HELP_OK(delivery_put_off_invitations(&c->g.gate.store, c->g.group.id, &(int64_t){ 0 }, &err)));
    help_raw(&c->g.h,
             "UPDATE delivery SET state = 1, sent_ms = NULL, due_ms = due_ms + 4503599627370496 WHERE mailing_id IN"
             " (SELECT id FROM mailing WHERE kind = 10)"); /* as if hers had not gone yet */
    CIRCLE_TX(c, HELP_OK(breaker_resume(&c->g.gate, &who, c->g.group.id, NULL, &err)));
    circle_pass(c, MS_HOUR);
    assert_int_equal(circle_said(c, ROSE, "Soup for all."), 1);
    assert_int_equal(circle_said(c, NORA, ""), 1);
    check_comes(c, check_address(c, c->g.group.id));
    circle_run(c);
    assert_int_equal(circle_said(c, NORA, ""), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_waits_and_goes_when_the_mail_comes),
        TEST(nothing_else_lets_them_go),
        TEST(staff_may_say_that_it_works),
        TEST(folders_need_no_check),
        TEST(another_way_is_checked_again),
        TEST(invitations_wait_for_the_new_way),
        TEST(resume_and_the_check_release_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
