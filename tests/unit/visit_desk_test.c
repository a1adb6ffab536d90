/* Visits by staff mail: shown, moved, cancelled and marked, each shown first and done by SEND; and what follows a visit. */
#include "visit_help.h"

#include "store/visit_record.h"

/* In answer to the newest staff letter. */
static void ana_says(struct circle *c, const char *text)
{
    circle_reply(c, circle_mail(c, ANA, NULL), ANA, text, PASS);
    circle_work(c);
}

static void visits_are_listed(void **state)
{
    struct circle *c = *state;

    visit_asked(c, 12, 0);
    visit_says(c, MARIA, "yes, i agree");
    ana_says(c, "VISITS");
    circle_has(circle_mail(c, ANA, "visits"), "1. Eating out without worry");
    circle_has(circle_mail(c, ANA, "visits"), "Yes: 1. Maybe: 0. No: 0. No answer: 2.");
}

static void none_planned_is_said(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Soup", "I made soup today.", PASS);
    ana_says(c, "VISITS");
    circle_has(circle_mail(c, ANA, "visits"), "No visit is planned");
    circle_lacks(circle_mail(c, ANA, "visits"), "MOVE");
}

static void a_move_is_shown_and_done_by_send(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct mail *preview;

    ana_says(c, "MOVE 1 to 3pm, please");
    preview = circle_mail(c, ANA, "visits");
    circle_has(preview, "Now: Thursday, March 12, 3:00 PM (New York time)");
    assert_int_equal(visit_now(c, &v).version, 1); /* nothing before SEND */
    ana_says(c, "SEND");
    assert_int_equal(visit_now(c, &v).start_ms, v.start_ms + MS_HOUR);
    circle_has(circle_mail(c, MARIA, "it is now"), "CHANGED");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 181 AND actor_kind = 2 AND way = 2"), 1);
    circle_reply(c, preview, ANA, "SEND", PASS);
    circle_has(circle_mail(c, ANA, "visits"), "This is done already.");
    assert_int_equal(visit_now(c, &v).version, 2);
}

/* The clocks of that day go from 2:00 to 3:00, or from 2:00 back to 1:00. */
static void an_hour_of_the_clocks_is_told_before_send(void **state)
{
    struct circle *c = *state;

    visit_asked(c, 12, 0);
    ana_says(c, "MOVE 1 to 2026-03-08 2:30");
    circle_has(circle_mail(c, ANA, "visits"), "Now: Sunday, March 8, 3:00 AM (New York time)");
    circle_has(circle_mail(c, ANA, "visits"), "the clocks go forward that day and leave out 2:30 AM. The time above");
    ana_says(c, "MOVE 1 to 2026-11-01 1:30");
    circle_has(circle_mail(c, ANA, "visits"), "the clocks go back that day, so 1:30 AM comes twice.");
}

static void other_words_than_send_are_asked_back(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    ana_says(c, "MOVE 1 to 3pm");
    ana_says(c, "Yes, that is right");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 0); /* it was read */
    circle_has(circle_mail(c, ANA, NULL), "It waits for your word");
    assert_int_equal(visit_now(c, &v).version, 1);
    ana_says(c, "SEND"); /* in answer to that */
    assert_int_equal(visit_now(c, &v).start_ms, v.start_ms + MS_HOUR);
}

static void what_changed_meanwhile_is_not_done(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct mail *preview;
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit now = v;
    struct err err;

    ana_says(c, "CANCEL 1");
    preview = circle_mail(c, ANA, "visits");
    CIRCLE_TX(c, HELP_OK(planner_move(&p, &now, v.start_ms + MS_DAY, &err)));
    circle_reply(c, preview, ANA, "SEND", PASS);
    circle_has(circle_mail(c, ANA, "visits"), "The visit has changed since.");
    assert_int_equal(visit_now(c, &v).state, VISIT_PLANNED);
}

static void what_cannot_be_is_told(void **state)
{
    static const struct {
        const char *text, *reason;
    } rows[] = { { "CANCEL 7", "There is no visit of this number." },
                 { "MOVE 1 to yesterday", "We could not read the time" },
                 { "MOVE 1 to 2026-03-03 09:00", "We could not read the time, or it is not ahead" },
                 { "MOVE 1 to 2pm", "Nothing was done. Visit 1 is at that time already." },
                 { "ATTEND 1 all", "Visit 1 has not begun." } };
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ana_says(c, rows[i].text);
        circle_has(circle_mail(c, ANA, "visits"), "Nothing was done.");
        circle_has(circle_mail(c, ANA, "visits"), rows[i].reason);
    }
    assert_int_equal(visit_now(c, &v).version, 1);
}

static void has_spanish(struct circle *c, const char *text, const char *words)
{
    ana_says(c, text);
    circle_has(circle_mail(c, ANA, "visitas"), words);
    circle_lacks(circle_mail(c, ANA, "visitas"), "the ");
}

/* Reasons and warnings are in the words of who reads them. */
static void staff_read_it_in_their_language(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 13, 15);
    struct person ana;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    ana.language = LANGUAGE_SPANISH;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ana, &err)));
    visit_asked(c, 12, 0);
    plan.host.v = 0;
    visit_planned(c, &plan);
    circle_work(c);
    has_spanish(c, "CANCELAR 7", "No se hizo nada. No hay visita con este número.");
    has_spanish(c, "MOVER 1 a ayer", "No pudimos leer la hora");
    has_spanish(c, "ASISTENCIA 1 todos", "La visita 1 no ha empezado.");
    has_spanish(c, "MOVER 1 a 2026-03-13 15:30",
                "Tenga en cuenta: la visita 2 del mismo grupo es también a esa hora (viernes 13 de marzo");
    has_spanish(c, "MOVER 2 a 2026-03-08 2:30", "ese día el reloj se adelanta y las 2:30 no existen.");
    has_spanish(c, "MOVER 2 a 2026-03-16 05:30", "Tenga en cuenta: allí empieza a las 5:30.");
    circle_has(circle_mail(c, ANA, "visitas"), "Tenga en cuenta: no tiene anfitrión");
    has_spanish(c, "ENVIAR", "Visita 2");
    has_spanish(c, "CANCELAR 1", "No se hace");
    has_spanish(c, "ENVIAR", "No se hace");
    has_spanish(c, "CANCELAR 1", "La visita 1 ya está cancelada.");
}

static void only_the_staff_members_own_proof_counts(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    circle_reply(c, circle_mail(c, ANA, NULL), ANA, "CANCEL 1", FORGED);
    circle_reply(c, circle_mail(c, MARIA, NULL), MARIA, "CANCEL 1", PASS);
    assert_null(circle_mail(c, ANA, "visits,"));
    assert_int_equal(visit_now(c, &v).state, VISIT_PLANNED);
}

static void the_host_is_asked_who_came(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct visit_plan next = visit_plan_of(c, 2026, 3, 19, 14);

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    visit_says(c, SAM, "no");
    visit_planned(c, &next);
    circle_pass(c, v.start_ms + 10 * MS_MINUTE - gate_now_ms(&c->g.gate));
    ana_says(c, "CANCEL 1");
    circle_has(circle_mail(c, ANA, "visits"), "Nothing was done. Visit 1 has begun.");
    circle_pass(c, v.start_ms + MS_HOUR - gate_now_ms(&c->g.gate));
    circle_has(circle_mail(c, ANA, "who came"), "1 Maria (yes)");
    circle_has(circle_mail(c, ANA, "who came"), "3 Sam (no)");
    assert_int_equal(visit_now(c, &v).state, VISIT_OVER);
    circle_reply(c, circle_mail(c, ANA, "who came"), ANA, "all but 2 and 3. Thanks!", PASS);
    circle_has(circle_mail(c, ANA, "visits"), "How many came: 1");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance"), 0);
    ana_says(c, "SEND");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance WHERE state = 1 AND source = 1"), 1);
    circle_has(circle_mail(c, ROSE, "we missed you"),
               "The next visit is on Thursday, March 19, 2:00 PM (New York time)");
    assert_null(circle_mail(c, MARIA, "we missed you"));
    assert_null(circle_mail(c, SAM, "we missed you"));
    ana_says(c, "ATTEND 1 1 2"); /* Rose was there after all */
    ana_says(c, "SEND");
    assert_int_equal(circle_said(c, ROSE, "You were not at"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance"), 4);
}

static void a_recap_opens_a_talk(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct mail *after;

    circle_pass(c, v.start_ms + MS_HOUR - gate_now_ms(&c->g.gate));
    after = circle_mail(c, ANA, "who came");
    circle_reply(c, after, ANA, "RECAP:\nAsk for the sauce on the side.\nWhat will you try first?", PASS);
    circle_has(circle_mail(c, ANA, "reply SEND"), "Ask for the sauce on the side.");
    assert_int_equal(circle_said(c, MARIA, "sauce on the side"), 0);
    circle_reply(c, circle_mail(c, ANA, "reply SEND"), ANA, "SEND", PASS);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "Ask for the sauce on the side."), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(visits_are_listed),
        TEST(none_planned_is_said),
        TEST(a_move_is_shown_and_done_by_send),
        TEST(an_hour_of_the_clocks_is_told_before_send),
        TEST(other_words_than_send_are_asked_back),
        TEST(what_changed_meanwhile_is_not_done),
        TEST(what_cannot_be_is_told),
        TEST(staff_read_it_in_their_language),
        TEST(only_the_staff_members_own_proof_counts),
        TEST(the_host_is_asked_who_came),
        TEST(a_recap_opens_a_talk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
