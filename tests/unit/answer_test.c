/* words and answer: courtesy around a text, and what is left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "inbound/answer.h"
#include "inbound/words.h"

#define print_bad(...) (print_error(__VA_ARGS__), print_error("\n"), 1)

static const char *const names[] = { "Rose Miller", "Ana Ruiz", "Harold", "José", NULL };

static const struct {
    const char *text, *core;
} cores[] = {
    { "Hi Ana, yes please! Thanks, Rose", "yes" },
    { "S\u00ed, gracias", "S\u00ed" },
    { "ok \U0001F44D", "ok" },
    { "Yes\n\nSent from my iPhone", "Yes" },
    { "Yes\n\nSent from my Samsung Galaxy S23, an AT&T 5G smartphone", "Yes" },
    { "Yes.\nRose", "Yes" },
    { "Yes.\nRose Miller\nOak Clinic\n555-010-0123", "Yes" },
    { "Yes\n--\nRose Miller\nrose@example.org", "Yes" },
    { "OK\n-- \nAna\nbut remove her number", "OK\n-- \nAna\nbut remove her number" },
    { "Yes\n\nRose Miller, MBA\nSenior Account Executive\nAcme Industries, Inc.\nO: 555-010-0123 | M: 555-010-0124\n"
      "rose.miller@example.org | www.example.org\n1200 Lake Street, Suite 4, Springfield, IL 62701",
      "Yes" },
    { "Yes\n\nBest regards,\n\nRose Miller | Regional Sales Lead | Acme Inc. | 555-010-0123", "Yes" },
    { "S\u00ed\n\nRose Miller\nAsistente Administrativa\nCl\u00ednica del Lago\nTel. 555-010-0123", "S\u00ed" },
    { "Yes\n\nRose Miller\nQuiet Places\nBlue Boats", "Yes\n\nRose Miller\nQuiet Places\nBlue Boats" },
    { "OK\n\nRose\nRemove Phone Number\n555-010-0123", "OK\n\nRose\nRemove Phone Number\n555-010-0123" },
    { "OK\n\nRose Miller\nplease call rose@example.org", "OK\n\nRose Miller\nplease call rose@example.org" },
    { "OK\n\nRose Miller\nIs It Safe?\n555-010-0123", "OK\n\nRose Miller\nIs It Safe?\n555-010-0123" },
    { "OK\n\nRose Miller\nReally Safe?\n555-010-0123", "OK\n\nRose Miller\nReally Safe?\n555-010-0123" },
    { "OK\n\nRose Miller\nNurse Manager Sick!\n555-010-0123", "OK\n\nRose Miller\nNurse Manager Sick!\n555-010-0123" },
    { "Yes\n\nWalter Gray\nSenior Engineer\nAcme Inc.\n555-010-0123",
      "Yes\n\nWalter Gray\nSenior Engineer\nAcme Inc.\n555-010-0123" },
    { "Good morning Dr. Lee, yes. Best regards, Rose", "yes" },
    { "Buenos d\u00edas, s\u00ed. Muchas gracias por la invitaci\u00f3n. Dios le bendiga", "s\u00ed" },
    { "Yes\nNovember 22, 2026", "Yes" },
    { "Thank you for asking. Yes", "Yes" },
    { "yes thank you so much :)", "yes" },
    { "Yes!! <3", "Yes" },
    { "Hi No, yes", "No, yes" },
    { "Hi wait, OK", "wait, OK" },
    { "OK\nbut only this once", "OK\nbut only this once" },
    { "OK\n\nAna\nP.S. take out her number", "OK\n\nAna\nP.S. take out her number" },
    { "Sent from my phone but please remove her number", "Sent from my phone but please remove her number" },
    { "yes?", "yes?" },
    { "ok\u2026", "ok\u2026" },
    { "ok...", "ok..." },
    { "Thanks", "" },
    { "Hello Ana,\n\n", "" },
    { "", "" },
    { "Stop", "Stop" },
    { "Dear Ana,\nStop.\nSincerely,\nGertrude Smith", "Stop" },
    { "NAME Rose", "NAME Rose" },
    { "No thanks", "No" },
    { "OK:3", "OK:3" },
};

static void core_keeps_meaning(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cores); i++) {
        const struct words_core core = words_core(cores[i].text, names, mem);
        const char *got = words_span(&core, core.from, core.to, mem);

        if (strcmp(got, cores[i].core) != 0)
            bad += print_bad("core of \"%s\" is \"%s\", not \"%s\"", cores[i].text, got, cores[i].core);
    }
    assert_int_equal(bad, 0);
}

static const struct {
    const char *text;
    enum answer want;
} answers[] = {
    { "yes", ANSWER_YES },
    { "YES.", ANSWER_YES },
    { "Yes, sure!", ANSWER_YES },
    { "sure", ANSWER_YES },
    { "ok", ANSWER_YES },
    { "Okay, thank you", ANSWER_YES },
    { "S\u00ed", ANSWER_YES },
    { "si, claro que si", ANSWER_YES },
    { "Claro, muchas gracias", ANSWER_YES },
    { "de acuerdo", ANSWER_YES },
    { "join", ANSWER_YES },
    { "I\u2019d love to", ANSWER_YES },
    { "Hi Ana! I'd love to join the group. Thanks so much, Rose", ANSWER_YES },
    { "count me in", ANSWER_YES },
    { "Yes, I would like that", ANSWER_YES },
    { "I'd love that very much!", ANSWER_YES },
    { "ok, count me in", ANSWER_YES },
    { "Please sign me up", ANSWER_YES },
    { "yes please\n\nRose Miller", ANSWER_YES },
    { "Me gustar\u00eda participar", ANSWER_YES },
    { "Yes\nI will be there\nLove, Rose", ANSWER_YES },
    { "I AGREE", ANSWER_AGREE },
    { "Yes, I agree.", ANSWER_AGREE },
    { "Estoy de acuerdo", ANSWER_AGREE },
    { "acepto", ANSWER_AGREE },
    { "no", ANSWER_NO },
    { "No thanks", ANSWER_NO },
    { "no, thank you", ANSWER_NO },
    { "Not now", ANSWER_NO },
    { "No, gracias", ANSWER_NO },
    { "ahora no", ANSWER_NO },
    { "I can't make it", ANSWER_NO },
    { "Maybe", ANSWER_MAYBE },
    { "I'm not sure yet", ANSWER_MAYBE },
    { "Tal vez, gracias", ANSWER_MAYBE },
    { "Yes but who sees my name?", ANSWER_OTHER },
    { "No problem, sign me up", ANSWER_OTHER },
    { "yes. Is it free?", ANSWER_OTHER },
    { "yes?", ANSWER_OTHER },
    { "Yes and no", ANSWER_OTHER },
    { "Yes, maybe", ANSWER_OTHER },
    { "ok...", ANSWER_OTHER },
    { "si puedo", ANSWER_OTHER },
    { "Sure, once I know who reads it", ANSWER_OTHER },
    { "no s\u00e9 qu\u00e9 es esto", ANSWER_OTHER },
    { "Yes if my daughter can join", ANSWER_OTHER },
    { "who is this", ANSWER_OTHER },
    { "Thanks", ANSWER_OTHER },
    { "", ANSWER_OTHER },
    { "I don't know, yes", ANSWER_OTHER },
    { "ok \U0001F914", ANSWER_OTHER },
    { "I stopped my pills. Yes", ANSWER_OTHER },
};

static void answers_are_whole(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        const enum answer got = answer_read(answers[i].text, names, mem);

        if (got != answers[i].want)
            bad += print_bad("\"%s\" is %s, not %s", answers[i].text, answer_name(got), answer_name(answers[i].want));
    }
    assert_int_equal(bad, 0);
}

static void tokens_fold_and_point(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *text = "S\u00cd, I\u2019d \u201cst\u200bop\u201d\u2026 2nd";
    const struct words_list list = words_split(text, 0, mem);
    static const char *const want[] = { "si", ",", "i'd", "\"", "stop", "\"", "\u2026", "2nd" };

    (void)state;
    assert_int_equal(list.count, COUNT_OF(want));
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.v[i].plain, want[i]);
    assert_true(list.v[0].is_capital);
    assert_true(words_split("a b c d", 2, mem).is_cut);
    assert_string_equal(words_subject("Re: RE: Fwd: stop"), "stop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_keeps_meaning),
        cmocka_unit_test(answers_are_whole),
        cmocka_unit_test(tokens_fold_and_point),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
