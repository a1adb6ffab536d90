/* What a staff member is, in the reader's language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "gateway/practice/job_title.h"

static void titles_are_in_the_readers_language(void **state)
{
    static const struct {
        enum person_language practice, reader;
        const char *title, *want;
    } cases[] = {
        { LANGUAGE_ENGLISH, LANGUAGE_ENGLISH, "nurse", "nurse" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "nurse", "profesional de enfermería" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "Registered NURSE", "profesional de enfermería" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "doctor", "profesional de medicina" },
        { LANGUAGE_ENGLISH, LANGUAGE_ENGLISH, "Dr.", "doctor" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "dra", "profesional de medicina" },
        { LANGUAGE_ENGLISH, LANGUAGE_ENGLISH, "R.N.", "RN" },
        { LANGUAGE_SPANISH, LANGUAGE_SPANISH, "Enfermera jefa", "Enfermera jefa" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "enfermera", "enfermera" },
        { LANGUAGE_SPANISH, LANGUAGE_ENGLISH, "médica", "doctor" },
        { LANGUAGE_ENGLISH, LANGUAGE_ENGLISH, "kidney coach", "kidney coach" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, "kidney coach", "" },
        { LANGUAGE_SPANISH, LANGUAGE_ENGLISH, "Enfermera jefa", "" },
        { LANGUAGE_ENGLISH, LANGUAGE_SPANISH, NULL, "" },
        { LANGUAGE_ENGLISH, LANGUAGE_ENGLISH, "", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct gate gate = { .facts = { .language = cases[i].practice } };

        assert_string_equal(job_title_say(&gate, cases[i].reader, cases[i].title), cases[i].want);
    }
}

static void without_a_title_the_role_is_said(void **state)
{
    const struct gate gate = { .facts = { .language = LANGUAGE_ENGLISH } };
    const struct person coach = { .title = "kidney coach", .role = STAFF_MODERATOR }, nobody = { .title = NULL };

    (void)state;
    assert_string_equal(job_title_or_role(&gate, LANGUAGE_ENGLISH, &coach), "kidney coach");
    assert_string_equal(job_title_or_role(&gate, LANGUAGE_SPANISH, &coach), "persona que modera");
    assert_string_equal(job_title_or_role(&gate, LANGUAGE_SPANISH, &nobody), "persona del equipo de salud");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_are_in_the_readers_language),
        cmocka_unit_test(without_a_title_the_role_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
