/* The desk by mail: staff run a group by words and SEND; each write is shown first, ambiguous names are asked back, nobody else can. */
#include "tests/unit/circle_help.h"
#include "tests/unit/desk_help.h"

#include "gateway/people/daily_mail.h"
#include "store/audit.h"
#include "store/due.h"
#include "store/setting.h"

#define DESK "desk@" GATE_DOMAIN

static void invite_by_mail(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "INVITE june@example.net June Park");
    circle_has(m, "reply SEND");
    circle_has(m, "June Park");
    circle_has(m, "june@example.net");
    circle_has(m, "Tuesday Circle");
    assert_int_equal(circle_said(&c, "june@example.net", ""), 0); /* nothing before SEND */
    assert_int_equal(audits(&c, AUDIT_MEMBER_INVITED), 0);
    m = say(&c, "SEND");
    circle_has(m, "We asked June Park to join Tuesday Circle");
    assert_int_equal(audits(&c, AUDIT_MEMBER_INVITED), 1);
    assert_non_null(circle_mail(&c, "june@example.net", NULL));
    m = say(&c, "SEND"); /* an answer to what is done is no second invitation */
    assert_int_equal(audits(&c, AUDIT_MEMBER_INVITED), 1);
    m = say(&c, "INVITE june@example.net June Park");
    circle_has(m, "still waits for an answer");
    m = say(&c, "invite maria@example.net Maria");
    circle_has(m, "is in the group now");
    m = say(&c, "INVITE june@example June Park");
    circle_has(m, "not right");
    m = say(&c, "INVITE june2@example.net Ana Ruiz"); /* looks like staff: a name is chosen, or refused */
    circle_has(m, "Ana Ruiz");
    m = say(&c, "INVITE june3@example.net June and tell her\nthat we care");
    circle_has(m, "We did nothing yet");
    circle_stop(&c);
}

/* Two people at one address, one of them staff, are for the command line, which asks. */
static void nobody_of_the_staff_is_invited_by_mail(void **state)
{
    struct circle c;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    circle_has(say(&c, "INVITE " LEE " June Park"), "someone on your staff");
    circle_lacks(say(&c, "INVITE " ROSE " June Park"), "someone on your staff"); /* a couple's */
    assert_int_equal(audits(&c, AUDIT_MEMBER_INVITED), 0);
    circle_stop(&c);
}

static void an_invitation_that_waits_says_so(void **state)
{
    struct circle c;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    say(&c, "INVITE june@example.net June Park");
    circle_lacks(say(&c, "SEND"), "until mail to this group reaches us");
    CIRCLE_TX(&c, HELP_OK(group_set_address(&c.g.gate.store, c.g.group.id, GROUP_ADDRESS_WAITS, &err)));
    say(&c, "INVITE walt@example.net Walt Hale");
    circle_has(say(&c, "SEND"), "until mail to this group reaches us");
    assert_int_equal(circle_said(&c, "walt@example.net", ""), 0);
    circle_stop(&c);
}

static void the_same_send_twice(void **state)
{
    struct circle c;
    const struct mail *preview;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    preview = say(&c, "PAUSE Rose 3 weeks");
    circle_has(preview, "March 24");
    circle_reply(&c, preview, ANA, "Send, thanks!\n\nAna", PASS);
    circle_has(circle_mail(&c, ANA, "done"), "Rose gets no letters from Tuesday Circle until Tuesday, March 24");
    circle_has(circle_mail(&c, ROSE, NULL), "March 24"); /* who is paused is told */
    circle_listen(&c);
    circle_reply(&c, preview, ANA, "SEND", PASS);
    circle_has(circle_since(&c, ANA, NULL), "it had an answer before");
    assert_int_equal(audits(&c, AUDIT_MEMBER_CHANGED), 1);
    circle_stop(&c);
}

static void what_changed_is_shown_again(void **state)
{
    struct circle c;
    const struct mail *first, *again;
    struct membership m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    first = say(&c, "REMOVE Rose: moved");
    circle_has(first, "Take one person out");
    circle_listen(&c);
    m = c.rose;
    m.name = "Rose K.";
    CIRCLE_TX(&c, HELP_OK(membership_change(&c.g.gate.store, &m, MEMBER_ACTIVE, &err)));
    circle_reply(&c, first, ANA, "SEND", PASS);
    again = circle_since(&c, ANA, NULL);
    circle_has(again, "It has changed since you last looked");
    circle_has(again, "Rose K.");
    assert_int_equal(audits(&c, AUDIT_MEMBER_REMOVED), 0);
    circle_reply(&c, again, ANA, "SEND", PASS);
    assert_int_equal(audits(&c, AUDIT_MEMBER_REMOVED), 1);
    assert_int_equal(circle_said(&c, ROSE, "Take one person out"), 0);
    circle_stop(&c);
}

static void several_of_a_name(void **state)
{
    struct circle c;
    const struct mail *m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    CIRCLE_TX(&c, gate_help_member(&c.g, "Rose", "rose2@example.net", RHYTHM_DAILY));
    m = say(&c, "REMOVE Rose");
    circle_has(m, "1: Rose");
    circle_has(m, "2: Rose");
    m = say(&c, "3");
    circle_has(m, "We did nothing yet");
    assert_int_equal(audits(&c, AUDIT_MEMBER_REMOVED), 0);
    circle_listen(&c);
    circle_reply(&c, circle_mail(&c, ANA, NULL), ANA, "2", PASS);
    m = say(&c, "REMOVE Rose");
    m = say(&c, "2");
    circle_has(m, "reply SEND");
    assert_int_equal(audits(&c, AUDIT_MEMBER_REMOVED), 0);
    m = say(&c, "SEND");
    circle_has(m, "is out of Tuesday Circle");
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM membership WHERE state = 5"), 1);
    m = say(&c, "REMOVE Ludwig");
    circle_has(m, "no one by the name Ludwig");
    circle_stop(&c);
}

static void asking_again_needs_a_reason(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "AGAIN Rose: she called us");
    circle_has(m, "is in the group now");
    m = say(&c, "REMOVE Rose");
    m = say(&c, "SEND");
    m = say(&c, "AGAIN Rose");
    circle_has(m, "Please say why");
    m = say(&c, "AGAIN Rose: she called us");
    circle_has(m, "she called us");
    m = say(&c, "SEND");
    circle_has(m, "one more time");
    assert_int_equal(audits(&c, AUDIT_MEMBER_INVITED), 1);
    circle_stop(&c);
}

static void a_death_silences(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "Quitar Rose: falleció");
    circle_has(m, "they died");
    m = say(&c, "SEND");
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM person WHERE state = 3"), 1);
    circle_stop(&c);
}

static void who_is_read_and_audited(void **state)
{
    struct circle c;
    const struct mail *m;
    size_t before;

    (void)state;
    open_circle(&c, STAFF_PROVIDER); /* providers read too */
    m = say(&c, "WHO");
    circle_has(m, "Maria");
    circle_has(m, "Sam");
    circle_has(m, "Our record shows that you read it");
    assert_int_equal(audits(&c, AUDIT_ROSTER_READ), 1);
    m = say(&c, "REMOVE Rose");
    circle_has(m, "ask a nurse or the manager");

    /* a patient who has the nurse's letter gets nothing, and the nurse hears of it */
    before = c.mail_count;
    circle_reply(&c, circle_mail(&c, ANA, "your answer"), MARIA, "WHO", PASS);
    assert_int_equal(circle_said(&c, MARIA, "Sam"), 0);
    assert_int_equal(audits(&c, AUDIT_ROSTER_READ), 1);
    assert_true(c.mail_count > before);
    circle_write(&c, MARIA, DESK, "who", "WHO", PASS);
    assert_int_equal(circle_said(&c, MARIA, "Sam"), 0);
    assert_int_equal(audits(&c, AUDIT_ROSTER_READ), 1);
    circle_stop(&c);
}

/* A letter of a large group stays a letter: it tells how many there are and says that it ends; a name is found wherever it stands. */
static void a_long_list_ends(void **state)
{
    struct circle c;
    const struct mail *m;
    const char *text, *count;
    struct db_tx tx = { 0 };
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    HELP_OK(db_begin(c.g.h.db, &tx, &err));
    for (int i = 0; i < 1100; i++)
        gate_help_member(&c.g, arena_printf(c.mem, "%s %d", i == 1050 ? "Quillon" : "Pat", i),
                         arena_printf(c.mem, "p%d@example.net", i), RHYTHM_DAILY);
    HELP_OK(db_commit(&tx, &err));
    m = say(&c, "WHO");
    circle_has(m, "The list ends here");
    text = m->text;
    count = arena_printf(c.mem, "%" PRId64, circle_count(&c, "SELECT COUNT(*) FROM membership WHERE state <= 3"));
    circle_has(m, count);
    assert_true(strlen(text) < 40000);
    circle_lacks(m, "Quillon");
    m = say(&c, "REMOVE Quillon: moved away");
    circle_has(m, "Quillon 1050");
    circle_lacks(m, "Pat ");
    circle_stop(&c);
}

static void forged_and_tokenless_do_nothing(void **state)
{
    struct circle c;
    const struct mail *preview, *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    preview = say(&c, "REMOVE Rose");
    circle_listen(&c);
    circle_reply(&c, preview, ANA, "SEND", FORGED);
    circle_reply(&c, preview, "ana@home.example.org", "SEND", PASS);
    assert_int_equal(audits(&c, AUDIT_MEMBER_REMOVED), 0);
    circle_has(circle_since(&c, ANA, NULL), "Was this you?");
    circle_has(circle_since(&c, LEE, NULL), "We are not sure who wrote this");
    assert_int_equal(circle_new(&c, "ana@home.example.org"), 0);
    circle_listen(&c);
    circle_write(&c, ANA, DESK, "who", "WHO", PASS); /* proved, but no answer to ours */
    m = circle_since(&c, ANA, NULL);
    circle_has(m, "send your word as a reply to this letter");
    circle_lacks(m, "Sam");
    circle_listen(&c);
    circle_reply(&c, m, ANA, "WHO", PASS);
    circle_has(circle_since(&c, ANA, NULL), "Sam");
    circle_listen(&c);
    circle_write(&c, ANA, DESK, "who", "WHO", FORGED);
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM audit WHERE verb = 100"), 1);
    circle_stop(&c);
}

/* What circle_help decides for the practice, as rows: a change reads them all again. */
static void store_settings(struct circle *c)
{
    const struct practice_facts *f = &c->g.gate.facts;
    const struct {
        enum setting setting;
        const char *text;
    } rows[] = { { SETTING_NAME, f->name },
                 { SETTING_DOMAIN, f->domain },
                 { SETTING_ZONE, f->zone },
                 { SETTING_OFFICE_PHONE, f->office_phone },
                 { SETTING_EMERGENCY_LINE, "911" },
                 { SETTING_AUTHSERV_ID, f->authserv_id },
                 { SETTING_TRUST, "2" },
                 { SETTING_OFFICE_HOURS, f->office_hours } };
    struct err err;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CIRCLE_TX(c, HELP_OK(setting_set(&c->g.gate.store, rows[i].setting, rows[i].text, &err)));
    assert_int_equal(f->trust, 2); /* AUTHRES_BY_ID */
}

static void settings_by_mail(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MANAGER);
    store_settings(&c);
    m = say(&c, "RULES");
    circle_has(m, "No medicine advice.");
    m = say(&c, "RULES:\nBe kind.\nNo names.\n\nThanks,\nAna");
    circle_has(m, "No names.");
    circle_has(m, "No selling."); /* the old ones beside them */
    m = say(&c, "SEND");
    circle_lacks(m, "No selling.");
    circle_lacks(m, "Thanks");
    assert_int_equal(audits(&c, AUDIT_GROUP_CHANGED), 1);
    m = say(&c, "HOURS");
    circle_has(m, "08:00-17:00");
    m = say(&c, "HOURS: whenever");
    circle_has(m, "write the hours like this");
    m = say(&c, "HOURS: Mon-Thu 09:00-16:00");
    m = say(&c, "SEND");
    circle_has(m, "Mon-Thu 09:00-16:00");
    assert_int_equal(audits(&c, AUDIT_SETTING_SET), 1);
    m = say(&c, "DUTY");
    circle_has(m, "1: Ana Ruiz");
    m = say(&c, "DUTY: Lee");
    circle_has(m, "two people or more");
    m = say(&c, "DUTY: Lee, Ana");
    circle_has(m, "1: Lee Ames");
    m = say(&c, "SEND");
    assert_int_equal(audits(&c, AUDIT_STAFF_CHANGED), 2);
    m = say(&c, "DUTY");
    circle_has(m, "1: Lee Ames");
    m = say(&c, "STATS");
    circle_has(m, "Notes that went out: 0");
    m = say(&c, "QUEUE");
    circle_has(m, "A note by Maria in Tuesday Circle has waited");
    circle_lacks(m, "soup");
    m = say(&c, "HELP");
    circle_has(m, "INVITE");
    circle_stop(&c);
}

static void topics_now_and_later(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "TOPIC: What helps you sleep?");
    circle_has(m, "A new talk for Tuesday Circle");
    assert_int_equal(circle_said(&c, SAM, "What helps you sleep?"), 0);
    m = say(&c, "SEND");
    circle_has(m, "goes out with the next letter");
    assert_int_equal(circle_said(&c, SAM, "What helps you sleep?"), 1);
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM review"), 1); /* released, with its row */

    m = say(&c, "TOPIC at Friday 9:00: What do you cook?");
    circle_has(m, "Friday, March 6, 9:00 AM");
    m = say(&c, "SEND");
    circle_has(m, "goes out on Friday, March 6");
    circle_pass(&c, 2 * MS_DAY);
    assert_int_equal(circle_said(&c, SAM, "What do you cook?"), 0);
    circle_pass(&c, MS_DAY);
    assert_int_equal(circle_said(&c, SAM, "What do you cook?"), 1);

    m = say(&c, "TOPIC at Monday 9:00: Shall we walk?");
    m = say(&c, "SEND");
    m = say(&c, "UNDO");
    circle_has(m, "will not go out");
    circle_pass(&c, 7 * MS_DAY);
    assert_int_equal(circle_said(&c, SAM, "Shall we walk?"), 0);
    m = say(&c, "TOPIC at yesterday 9:00: Too late");
    circle_has(m, "still to come");
    circle_stop(&c);
}

static void move_to(struct circle *c, const char *zone)
{
    struct care_group g;
    struct err err;

    HELP_OK(group_get(&c->g.gate.store, c->g.group.id, c->mem, &g, &err));
    g.zone = zone;
    CIRCLE_TX(c, HELP_OK(group_change(&c->g.gate.store, &g, &err)));
}

/* The practice lives in New York, the group in Los Angeles: 9:00 is the group's, and staff read whose it is. */
static void a_time_is_the_groups(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    move_to(&c, "America/Los_Angeles");
    m = say(&c, "TOPIC at Friday 9:00: What do you cook?");
    circle_has(m, "Friday, March 6, 9:00 AM (Los Angeles time)");
    m = say(&c, "SEND");
    circle_has(m, "goes out on Friday, March 6, 9:00 AM (Los Angeles time)");
    assert_int_equal(circle_count(&c, "SELECT minute FROM topic"), 9 * 60);
    circle_pass(&c, 3 * MS_DAY + 2 * MS_HOUR - MS_MINUTE -
                        (gate_now_ms(&c.g.gate) - CIRCLE_START_MS)); /* 11:59 in New York */
    assert_int_equal(circle_said(&c, SAM, "What do you cook?"), 0);
    circle_pass(&c, MS_MINUTE);
    assert_int_equal(circle_said(&c, SAM, "What do you cook?"), 1);
    move_to(&c, "America/New_York");
    m = say(&c, "TOPIC at Monday 9:00: Shall we walk?");
    circle_has(m, "Monday, March 9, 9:00 AM");
    circle_lacks(m, "time)");
    circle_stop(&c);
}

/* Which group it is decides what 9:00 means: the time is read once that is known. */
static void a_time_waits_for_its_group(void **state)
{
    struct circle c;
    struct care_group west;
    const struct mail *m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    west = c.g.group;
    west.slug = "thursday";
    west.alias = "Thursday Circle";
    west.zone = "America/Los_Angeles";
    CIRCLE_TX(&c, HELP_OK(group_add(&c.g.gate.store, &west, &err)));
    CIRCLE_TX(&c, HELP_OK(daily_mail_run(&c.g.gate, gate_now_ms(&c.g.gate), &err))); /* a letter about no group */
    circle_work(&c);
    m = say(&c, "TOPIC at Friday 9:00: What do you cook?");
    circle_has(m, "Which group?");
    m = say(&c, circle_holds(m->text, "1: Thursday") ? "1" : "2");
    circle_has(m, "A new talk for Thursday Circle");
    circle_has(m, "Friday, March 6, 9:00 AM (Los Angeles time)");
    circle_lacks(m, "It has a mark");
    {
        const struct care_group tuesday = c.g.group;
        struct membership nina;
        struct person p;

        c.g.group = west;
        CIRCLE_TX(&c, nina = gate_help_member(&c.g, "Nina", "nina@example.net", RHYTHM_DAILY));
        c.g.group = tuesday;
        HELP_OK(person_get(&c.g.gate.store, nina.person, c.mem, &p, &err));
        p.name = "Nina Hartwell";
        CIRCLE_TX(&c, HELP_OK(person_change(&c.g.gate.store, &p, &err)));
    }
    /* a name of that group, in answer to a letter of the other one */
    circle_reply(&c, circle_mail(&c, ANA, "a note waits"), ANA,
                 "TOPIC in Thursday Circle: What would Nina Hartwell cook?", PASS);
    m = circle_mail(&c, ANA, NULL);
    circle_has(m, "A new talk for Thursday Circle");
    circle_has(m, "It has a mark");
    circle_stop(&c);
}

/* What the word lists find, and what a provider writes, is for a moderator. */
static void a_marked_topic_is_reviewed(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "TOPIC: Call me at 555-010-0134 any time, friends.");
    circle_has(m, "It has a mark");
    m = say(&c, "SEND");
    circle_has(m, "Someone must look at it first");
    assert_int_equal(circle_said(&c, SAM, "friends"), 0);
    circle_stop(&c);

    open_circle(&c, STAFF_PROVIDER);
    m = say(&c, "TOPIC: What helps you sleep?");
    m = say(&c, "SEND");
    circle_has(m, "Someone must look at it first");
    assert_int_equal(circle_said(&c, SAM, "sleep"), 0);
    circle_stop(&c);
}

static void in_spanish(void **state)
{
    struct circle c;
    const struct mail *m;
    struct person p;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    HELP_OK(person_get(&c.g.gate.store, c.ana, c.mem, &p, &err));
    p.language = LANGUAGE_SPANISH;
    CIRCLE_TX(&c, HELP_OK(person_change(&c.g.gate.store, &p, &err)));
    m = say(&c, "Pausa a Rose dos semanas, gracias");
    m = say(&c, "PAUSA Rose dos semanas, gracias");
    circle_has(m, "Detener las cartas");
    m = say(&c, "Enviar");
    circle_has(m, "no recibe cartas");
    m = say(&c, "Quiénes");
    circle_has(m, "Maria");
    m = say(&c, "cola");
    circle_has(m, "Una nota de Maria");
    m = say(&c, "ayuda");
    circle_has(m, "INVITAR");
    m = say(&c, "TEMA el lunes a las 9:00\n¿Qué cocinan?");
    circle_has(m, "lunes 9 de marzo");
    circle_stop(&c);
}

static void stop_ends_staff_letters(void **state)
{
    struct circle c;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    say(&c, "STOP");
    assert_int_equal(audits(&c, AUDIT_MEMBER_STOPPED), 1);
    circle_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invite_by_mail),
        cmocka_unit_test(nobody_of_the_staff_is_invited_by_mail),
        cmocka_unit_test(an_invitation_that_waits_says_so),
        cmocka_unit_test(the_same_send_twice),
        cmocka_unit_test(what_changed_is_shown_again),
        cmocka_unit_test(several_of_a_name),
        cmocka_unit_test(asking_again_needs_a_reason),
        cmocka_unit_test(a_death_silences),
        cmocka_unit_test(who_is_read_and_audited),
        cmocka_unit_test(a_long_list_ends),
        cmocka_unit_test(forged_and_tokenless_do_nothing),
        cmocka_unit_test(settings_by_mail),
        cmocka_unit_test(topics_now_and_later),
        cmocka_unit_test(a_time_is_the_groups),
        cmocka_unit_test(a_time_waits_for_its_group),
        cmocka_unit_test(a_marked_topic_is_reviewed),
        cmocka_unit_test(in_spanish),
        cmocka_unit_test(stop_ends_staff_letters),
    };

    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
