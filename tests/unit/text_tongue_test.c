/* inbound/text_tongue: which language a text is in; what says nothing is no language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "inbound/text_tongue.h"

static void texts_have_a_tongue(void **state)
{
    static const struct {
        const char *text;
        enum text_tongue is;
    } cases[] = {
        { "Hoy me siento mejor, gracias a Dios", TEXT_TONGUE_SPANISH },
        { "14 Muchas gracias María, yo también estoy cansada", TEXT_TONGUE_SPANISH },
        { "LISTA", TEXT_TONGUE_SPANISH },
        { "¿Cuándo es la visita?", TEXT_TONGUE_SPANISH },
        { "no puedo dormir por el dolor", TEXT_TONGUE_SPANISH },
        { "I feel better today", TEXT_TONGUE_ENGLISH },
        { "14 I have the same with my knees", TEXT_TONGUE_ENGLISH },
        { "LIST", TEXT_TONGUE_ENGLISH },
        { "When is the visit?", TEXT_TONGUE_ENGLISH },
        { "", TEXT_TONGUE_UNKNOWN },
        { "14", TEXT_TONGUE_UNKNOWN },
        { "ok", TEXT_TONGUE_UNKNOWN },
        { "no", TEXT_TONGUE_UNKNOWN },
        { "SI", TEXT_TONGUE_UNKNOWN },
        { "yes", TEXT_TONGUE_UNKNOWN },
        { "Gracias", TEXT_TONGUE_UNKNOWN },
        { "Maria Santos", TEXT_TONGUE_UNKNOWN },
        { "La Jolla Boulevard", TEXT_TONGUE_UNKNOWN },
        { "I went to Los Angeles with my son", TEXT_TONGUE_ENGLISH },
        { "hola thanks for the soup", TEXT_TONGUE_ENGLISH },
        { "STOP", TEXT_TONGUE_UNKNOWN },
    };
    struct arena *mem = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (text_tongue_read(cases[i].text, mem) != cases[i].is)
            fail_msg("\"%s\" is %d", cases[i].text, (int)text_tongue_read(cases[i].text, mem));
}

static int start(void **state)
{
    *state = arena_new("text_tongue_test");
    return 0;
}

static int stop(void **state)
{
    struct arena *mem = *state;

    arena_free(&mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(texts_have_a_tongue, start, stop) };

    return cmocka_run_group_tests_name("text_tongue", tests, NULL, NULL);
}
