/* The desk by mail, about people: whom a name means, of staff and of members; RESUME; what is told where a word cannot act. */
#include "tests/unit/circle_help.h"
#include "tests/unit/desk_help.h"

#include "gateway/desk/desk_name.h"
#include "gateway/digest/breaker.h"

static const struct {
    const char *said, *name;
    enum desk_likeness want;
} names[] = {
    { "Lee Ames", "Lee Ames", DESK_EXACTLY },
    { "lee ames", "Lee Ames", DESK_EXACTLY },
    { "Dr. Lee", "Dr. Lee", DESK_EXACTLY },
    { "Dr. Lee", "Nurse Lee", DESK_EXACTLY }, /* titles are not compared */
    { "Lee", "Dr. Lee", DESK_IN_FULL },
    { "Dr. Lee", "Lee", DESK_IN_FULL },
    { "Dr. Lee", "Lee Ames", DESK_BY_PART },
    { "dr lee", "Lee Ames, M.D.", DESK_BY_PART },
    { "Ames", "Lee Ames, MD", DESK_BY_PART },
    { "Lee Ames MD", "Lee Ames", DESK_IN_FULL },
    { "Nurse Ana", "Ana Ruiz", DESK_BY_PART },
    { "Ruiz, Ana", "Ana Ruiz", DESK_EXACTLY },
    { "Enfermera Ana", "Ana Ruiz RN", DESK_BY_PART },
    { "Dra. Nu\xC3\xB1"
      "ez",
      "Eva Nunez", DESK_BY_PART },
    { "Mrs. Marsh", "Rose Marsh", DESK_BY_PART },
    { "Li", "Lisa Park", DESK_BY_START },
    { "L", "Lisa Park", DESK_NOT_MEANT },
    { "Lee Park", "Lee Ames", DESK_NOT_MEANT },
    { "Do", "Lan Do", DESK_BY_PART }, /* a name that looks like a title */
    { "Dr.", "Lee Ames", DESK_NOT_MEANT },
    { "Rose", "Rosemary Lane", DESK_BY_START },
    { "", "Lee Ames", DESK_NOT_MEANT },
};

static void names_are_compared(void **state)
{
    struct arena *mem = arena_new("desk_people_test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (desk_name_likeness(names[i].said, names[i].name, mem) != names[i].want)
            fail_msg("\"%s\" for \"%s\": %d, want %d", names[i].said, names[i].name,
                     (int)desk_name_likeness(names[i].said, names[i].name, mem), (int)names[i].want);
    arena_free(&mem);
}

/* Ana Ruiz and Lee Ames are on duty, Ida Cole is a provider. */
static const struct {
    const char *text, *first, *second;
} orders[] = {
    { "DUTY: Dr. Lee, Ana", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY: Lee Ames, MD, Ana Ruiz, RN", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY: Lee Ames MD; Nurse Ana", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY Ames and Ruiz", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY: Lee first, then Ana", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY:\n1. Dr. Cole\n2. Lee", "1: Ida Cole", "2: Lee Ames" },
    { "Guardia: Enfermera Ana y Dra. Cole", "1: Ana Ruiz", "2: Ida Cole" },
    { "DUTY:\nAna\nLee\n\nThanks,\nAna", "1: Ana Ruiz", "2: Lee Ames" },
    { "DUTY: Ames, Lee; Ruiz, Ana", "1: Lee Ames", "2: Ana Ruiz" },
    { "DUTY: " LEE ", Ana", "1: Lee Ames", "2: Ana Ruiz" },
};

static void staff_are_found_with_or_without_titles(void **state)
{
    struct circle c;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        const struct mail *m = say(&c, orders[i].text);

        circle_has(m, orders[i].first);
        circle_has(m, orders[i].second);
        circle_lacks(m, "3: ");
    }
    circle_has(say(&c, "DUTY: Ana, Ana Ruiz"), "two people or more"); /* one of them */
    circle_stop(&c);
}

/* Names that look like something else. */
static void no_colleague_is_dropped(void **state)
{
    static const struct {
        const char *text, *second;
    } cases[] = {
        { "DUTY: Ana, Do, Lee", "2: Lan Do" },
        { "DUTY: Ana, Lan Do, DO, Lee", "2: Lan Do" },
        { "DUTY: Ana Ruiz, Firstenberg, Lee", "2: Ana Firstenberg" },
        { "DUTY: Ana Ruiz, Ana Firstenberg, Lee", "2: Ana Firstenberg" },
        { "DUTY: Ana Ruiz first, Ana Primerano, Lee", "2: Ana Primerano" },
    };
    struct circle c;
    const struct mail *m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    CIRCLE_TX(&c, circle_staff(&c, "Lan Do", "lan@clinic.example.org", STAFF_MODERATOR, 3);
              circle_staff(&c, "Kim Roe, RN", "kim@clinic.example.org", STAFF_MODERATOR, 4));
    m = say(&c, "DUTY: Ana Ruiz, RN, Lee Ames, MD"); /* titles still, though Kim is a nurse */
    circle_has(m, "2: Lee Ames");
    circle_lacks(m, "3: ");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (i == 2)
            CIRCLE_TX(&c, circle_staff(&c, "Ana Firstenberg", "af@clinic.example.org", STAFF_MODERATOR, 5);
                      circle_staff(&c, "Ana Primerano", "ap@clinic.example.org", STAFF_MODERATOR, 6));
        m = say(&c, cases[i].text);
        circle_has(m, "1: Ana Ruiz");
        circle_has(m, cases[i].second);
        circle_has(m, "3: Lee Ames");
        circle_lacks(m, "4: ");
    }
    circle_stop(&c);
}

static void staff_who_are_not_found_are_listed(void **state)
{
    struct circle c;
    const struct mail *m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    m = say(&c, "DUTY: Dr. Weber, Ana");
    circle_has(m, "no one on your staff by the name Dr. Weber");
    circle_has(m, "- Ida Cole");
    circle_lacks(m, "WHO lists");
    CIRCLE_TX(&c, circle_staff(&c, "Lee Chan", "chan@clinic.example.org", STAFF_MODERATOR, 3));
    m = say(&c, "DUTY: Lee, Ana");
    circle_has(m, "More than one on your staff could be Lee");
    circle_has(m, "- Lee Ames, " LEE);
    circle_has(m, "- Lee Chan, chan@clinic.example.org");
    circle_lacks(m, "- Ana Ruiz");
    circle_has(say(&c, "DUTY: Dr. Chan, Ana"), "1: Lee Chan");
    circle_stop(&c);
}

static void a_pause_is_ended_by_name(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    circle_has(say(&c, "RESUME Rose"), "Rose has no pause");
    circle_has(say(&c, "RESUME"), "The letters of the group do not wait");
    say(&c, "PAUSE Rose 3 weeks");
    circle_has(say(&c, "SEND"), "To end this, reply RESUME Rose");
    m = say(&c, "Resume rose, please");
    circle_has(m, "Let letters come again");
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM membership WHERE state = 3"), 1); /* nothing before SEND */
    circle_has(say(&c, "SEND"), "Rose gets letters from Tuesday Circle again");
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM membership WHERE state = 3"), 0);
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM audit WHERE verb = 19 AND actor_kind = 2 AND way = 2"), 2);
    assert_non_null(circle_mail(&c, ROSE, NULL));
    circle_has(circle_mail(&c, ROSE, NULL), "again");
    circle_pass(&c, 22 * MS_DAY); /* what the pause had planned happens no more */
    assert_int_equal(circle_said(&c, ROSE, "your pause ends"), 0);
    circle_has(say(&c, "Reanudar Ludwig"), "no one by the name Ludwig");
    circle_stop(&c);
}

/* A word of the group's name is somebody's name too. */
static void a_pause_is_ended_where_a_group_has_the_name(void **state)
{
    struct circle c;
    struct care_group roses;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    roses = c.g.group;
    roses.slug = "roses";
    roses.alias = "Rose Circle";
    CIRCLE_TX(&c, HELP_OK(group_add(&c.g.gate.store, &roses, &err)));
    circle_has(say(&c, "RESUME Rose"), "The letters of the group do not wait");
    say(&c, "PAUSE Rose 3 weeks");
    say(&c, "SEND");
    circle_has(say(&c, "RESUME Rose Circle"), "The letters of the group do not wait"); /* in full */
    circle_has(say(&c, "RESUME Rose"), "Let letters come again");
    circle_has(say(&c, "SEND"), "Rose gets letters from Tuesday Circle again");
    say(&c, "PAUSE Rose 3 weeks");
    say(&c, "SEND");
    CIRCLE_TX(
        &c, for (int64_t i = 1; i <= BREAKER_PEOPLE; i++) {
            bool is_open;

            HELP_OK(breaker_count(&c.g.gate, roses.id, (struct person_id){ i }, &is_open, &err));
            assert_true(is_open == (i == BREAKER_PEOPLE));
        });
    circle_lacks(say(&c, "RESUME Rose"), "Let letters come again"); /* the group's letters wait */
    circle_has(circle_mail(&c, ANA, NULL), "Rose Circle");
    circle_stop(&c);
}

/* Who left last year is no question, where somebody of that name is in the group. */
static void who_is_in_the_group_is_meant(void **state)
{
    struct circle c;
    const struct mail *m;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    say(&c, "REMOVE Rose");
    say(&c, "SEND");
    circle_has(say(&c, "PAUSE Rose"), "Rose is not in the group now");
    CIRCLE_TX(&c, gate_help_member(&c.g, "Rose", "rose2@example.net", RHYTHM_DAILY));
    m = say(&c, "PAUSE Rose");
    circle_has(m, "Stop letters for a while");
    m = say(&c, "AGAIN Rose: she called us");
    circle_has(m, "Ask one more time");
    circle_stop(&c);
}

/* Of a name that is the practice's or staff's no piece is suggested; of one that another member has, one like it is. */
static void no_piece_of_the_practices_name_is_suggested(void **state)
{
    static const struct {
        const char *wanted, *lacks, *has;
    } rows[] = { { "NAME Lakeside Clinic", "How about", "The name Lakeside Clinic is too much like" },
                 { "NAME Lakeside Clinic Team", "Lakeside?", "keep this name: Maria" },
                 { "NAME Ana Ruiz", "Ana R.", "keep this name: Maria" },
                 { "NAME Rose", "Maria?", "How about Rose 2?" } };
    struct circle c;

    (void)state;
    circle_start(&c);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        circle_write(&c, MARIA, GROUP, "Name", rows[i].wanted, PASS);
        circle_has(circle_mail(&c, MARIA, "choose a new name"), rows[i].has);
        circle_lacks(circle_mail(&c, MARIA, "choose a new name"), rows[i].lacks);
    }
    circle_stop(&c);
}

/* What is no answer to the mail that was answered is told so, in words that fit it. */
static void other_answers_than_asked_for(void **state)
{
    struct circle c;
    const struct mail *m, *list;
    struct err err;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    say(&c, "PAUSE Rose");
    circle_has(say(&c, "Yes"), "If it is right, reply SEND");
    circle_has(say(&c, "OK"), "If it is right, reply SEND");
    circle_has(say(&c, "SEND"), "Rose gets no letters"); /* in answer to that */
    assert_null(say(&c, "Thank you!"));
    CIRCLE_TX(&c, gate_help_member(&c.g, "Rose", "rose2@example.net", RHYTHM_DAILY));
    say(&c, "REMOVE Rose");
    circle_has(say(&c, "the first one"), "one of the numbers");
    circle_has(say(&c, "1"), "Take one person out");
    list = say(&c, "WHO");
    for (size_t i = 0; i < 3; i++) {
        static const char *const words[] = { "SEND", "OK", "Is Rose well?" };

        circle_listen(&c);
        circle_reply(&c, list, ANA, words[i], PASS);
        m = circle_since(&c, ANA, NULL);
        circle_has(m, "asks for nothing");
        circle_lacks(m, "note still waits");
    }
    circle_listen(&c);
    circle_reply(&c, list, ANA, "Thanks!\n\nAna", PASS);
    assert_null(circle_since(&c, ANA, NULL));
    circle_stop(&c);
}

/* Who was asked and has not answered is neither in nor out. */
static void who_was_asked_is_said_to_be(void **state)
{
    struct circle c;

    (void)state;
    open_circle(&c, STAFF_MODERATOR);
    say(&c, "INVITE june@example.net June Park");
    say(&c, "SEND");
    circle_has(say(&c, "PAUSE June"), "asks for a yes");
    circle_has(say(&c, "RESUME June"), "asks for a yes");
    circle_has(say(&c, "REMOVE June from the group"), "Take one person out");
    circle_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_compared),           cmocka_unit_test(staff_are_found_with_or_without_titles),
        cmocka_unit_test(no_colleague_is_dropped),      cmocka_unit_test(staff_who_are_not_found_are_listed),
        cmocka_unit_test(a_pause_is_ended_by_name),     cmocka_unit_test(a_pause_is_ended_where_a_group_has_the_name),
        cmocka_unit_test(who_is_in_the_group_is_meant), cmocka_unit_test(other_answers_than_asked_for),
        cmocka_unit_test(who_was_asked_is_said_to_be),  cmocka_unit_test(no_piece_of_the_practices_name_is_suggested),
    };

    return cmocka_run_group_tests_name("desk_people", tests, NULL, NULL);
}
