/* The roster that is printed: what it tells of each person, in both languages, and that no word of anybody stands in it. */
#include "visit_help.h"

#include "gateway/say/print_page.h"
#include "gateway/visit/attending.h"
#include "gateway/visit/roster_page.h"
#include "store/person.h"

static char *page_of(struct circle *c, const struct visit *v, enum person_language language)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(PRINT_PAGE_MAX_BYTES);
    const struct visit now = visit_now(c, v);
    struct roster r;
    struct err err;

    HELP_OK(roster_read(&c->g.gate, &now, c->mem, &r, &err));
    HELP_OK(roster_page_render(&c->g.gate, &now, &r, language, &out, &err));
    return arena_strdup(c->mem, strbuf_peek(&out));
}

/* The table's line that holds these words. */
static const char *row_of(struct circle *c, const char *page, const char *words)
{
    const char *at = strstr(page, words), *from = at;

    if (!at)
        fail_msg("no \"%s\" in <%s>", words, page);
    while (from > page && strncmp(from, "<tr>", 4) != 0)
        from--;
    return arena_strndup(c->mem, from, (size_t)(strstr(at, "</tr>") - from));
}

static void holds(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("no \"%s\" in <%s>", words, text);
}

static void lacks(const char *text, const char *words)
{
    if (strstr(text, words))
        fail_msg("\"%s\" in <%s>", words, text);
}

static void rename_to(struct circle *c, struct person_id id, const char *name, const char *chart)
{
    struct person person;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &person, &err));
    person.name = name;
    person.chart = chart;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &person, &err)));
}

/* Maria joined at 2:03 and left at 2:58, with a service of her own; nobody else is marked by hand. */
static void mark_maria(struct circle *c, const struct visit *v)
{
    const struct audit_who ana = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const struct attending_mark came = { .person = c->maria.person,
                                         .joined_ms = v->start_ms + 3 * MS_MINUTE,
                                         .left_ms = v->start_ms + 58 * MS_MINUTE,
                                         .minutes = 55,
                                         .is_individual = true };
    const struct attending a = { .who = &ana, .source = ATTENDANCE_BY_HOST, .came = &came, .n = 1 };
    struct visit now = visit_now(c, v);
    struct err err;

    CIRCLE_TX(c, HELP_OK(attending_mark(&c->g.gate, &now, &a, &err)));
}

static void test_it_tells_of_each_one(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    const struct visit v = visit_planned(c, &plan);
    const char *page, *row;

    circle_work(c);
    visit_says(c, MARIA, "YES I AGREE");
    visit_says(c, ROSE, "MAYBE");
    rename_to(c, c->maria.person, "Maria <b>Lopez</b> & Co", "MRN-17");
    circle_pass(c, 3 * MS_DAY);
    mark_maria(c, &v);
    page = page_of(c, &v, LANGUAGE_ENGLISH);
    holds(page, "Eating out without worry</h1>");
    holds(page, "Thursday, March 5, 2:00 PM");
    holds(page, "Host: Ana Ruiz");
    holds(page, "Invited: 3. Came: 1.");
    lacks(page, "{{");
    row = row_of(c, page, "MRN-17");
    holds(row, "Maria &lt;b&gt;Lopez&lt;/b&gt; &amp; Co");
    holds(row,
          "<td>Yes</td><td>Yes</td><td>2:03 PM</td><td>2:58 PM</td><td class=\"m\">55</td><td>Yes</td><td>Ana Ruiz");
    holds(row, "<td>Tue March 3</td>");
    row = row_of(c, page, "Rose");
    holds(row, "<td>Maybe</td><td>No</td><td></td><td></td><td class=\"m\"></td><td></td><td>Ana Ruiz");
    row = row_of(c, page, "Sam");
    holds(row, "<td></td><td></td><td></td><td></td><td class=\"m\"></td><td></td><td></td><td></td>");
    page = page_of(c, &v, LANGUAGE_SPANISH);
    holds(page, "Personas invitadas: 3. Vinieron: 1.");
    holds(row_of(c, page, "MRN-17"), "<td>Sí</td><td>Sí</td><td>14:03</td><td>14:58</td>");
    holds(row_of(c, page, "Rose"), "<td>Tal vez</td><td>No</td>");
}

static void write_words(struct circle *c, const struct visit *v)
{
    struct visit_reply reply = { .visit = v->id, .person = c->maria.person, .number = 1, .words = "canaryquestion" };
    struct visit_seat seat;
    struct err err;

    HELP_OK(visit_reply_add(&c->g.gate.store, &reply, &err));
    HELP_OK(visit_seat_find(&c->g.gate.store, v->id, c->maria.person, c->mem, &seat, &err));
    seat.whereabouts = "canarykitchen";
    HELP_OK(visit_seat_change(&c->g.gate.store, &seat, &err));
}

/* Words beside an answer, where somebody is, how to join, addresses: none of it is for a file that is signed. */
static void test_no_words_stand_in_it(void **state)
{
    static const char *const words[] = { "canarywords", "canarykitchen", "canaryquestion", "video.example.org",
                                         "example.net", "555-0142",      "Bring a menu" };
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 9, 14);
    struct visit v;
    const char *page;
    struct err err;

    plan.words.questions = "How do you feel?";
    v = visit_planned(c, &plan);
    circle_work(c);
    visit_says(c, MARIA, "YES I AGREE\n\nI will bring canarywords");
    circle_pass(c, 2 * MS_DAY);
    CIRCLE_TX(c, write_words(c, &v));
    for (enum person_language language = LANGUAGE_ENGLISH; language <= LANGUAGE_SPANISH; language++) {
        page = page_of(c, &v, language);
        for (size_t i = 0; i < COUNT_OF(words); i++)
            lacks(page, words[i]);
    }
}

/* A yes to a time that holds no more is none to this one, and a visit that does not take place says so. */
static void test_moved_and_cancelled(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit v = visit_planned(c, &plan);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    circle_work(c);
    visit_says(c, MARIA, "YES I AGREE");
    CIRCLE_TX(c, v = visit_now(c, &v); HELP_OK(planner_move(&p, &v, v.start_ms + MS_HOUR, &err)));
    circle_work(c);
    holds(row_of(c, page_of(c, &v, LANGUAGE_ENGLISH), "Maria"), "Yes, <span class=\"small\">to the old time");
    lacks(page_of(c, &v, LANGUAGE_ENGLISH), "(cancelled)");
    CIRCLE_TX(c, v = visit_now(c, &v); HELP_OK(planner_cancel(&p, &v, &err)));
    holds(page_of(c, &v, LANGUAGE_ENGLISH), "(cancelled)</h1>");
    holds(page_of(c, &v, LANGUAGE_SPANISH), "(cancelada)</h1>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_tells_of_each_one, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(test_no_words_stand_in_it, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(test_moved_and_cancelled, circle_setup, circle_teardown),
    };

    return cmocka_run_group_tests_name("visit_roster", tests, NULL, NULL);
}
