/* robot: what a program wrote is one, what a person wrote below the same subject or through an odd phone is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "inbound/parse.h"

struct row {
    const char *subject, *text;
};

static const char *robot_of(const char *fields, const struct row *row, struct arena *mem)
{
    const struct authres_trust trust = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    const char *raw =
        arena_printf(mem,
                     "From: Lou Hart <lou@example.org>\nTo: Thursday Circle <thursday+k3v8n2qd@example.net>\n"
                     "Subject: %s\n%sContent-Type: text/plain; charset=utf-8\n\n%s\n",
                     row->subject, fields, row->text);
    struct letter l;
    struct err err;

    assert_int_equal(parse_letter(raw, strlen(raw), &trust, mem, &l, &err), RC_OK);
    assert_true((l.kind == LETTER_ROBOT) == (*l.robot != '\0'));
    return l.robot;
}

static const char answer[] = "Return-Path: <lou@example.org>\nIn-Reply-To: <i17.8cc208@example.net>\n";
static const char fresh[] = "Return-Path: <lou@example.org>\n";

static void a_persons_words_below_a_subject_of_absence_are_no_robots(void **state)
{
    static const struct row table[] = {
        { "OOO next week", "I'll be away next week, please save my seat for the visit.\n\nLou" },
        { "OOO next week: save my seat", "I am gone until the 27th, please save my seat." },
        { "Out of office next week", "I travel for work. Could somebody take notes?" },
        { "out of office next week 4/27: no visit for me", "Sorry to miss it. My feet are better though." },
        { "Out of office", "Sorry, can't come. My numbers were 140 this morning and I feel dizzy." },
        { "Out of office", "My back hurts again." },
        { "Out of office", "I am in the emergency room with my foot." },
        { "Out of the office: foot surgery", "Surgery on Monday. I am scared. Has anyone had it?" },
        { "Auto: broken again", "My car is broken again, so I cannot come." },
        { "OOO: Thursday", "I will be out of office on Thursday and cannot attend. Please mail me what was said." },
        { "OOO Re: Thursday Circle, Thu 3 March 2026, letter 41", "I am away. Was my sugar of 300 too high?" },
        { "Fuera de la oficina", "Estoy de viaje la semana que viene, ¿me guardan un lugar?" },
        { "Fuera de la oficina: mañana", "Mañana no puedo ir a la visita. Me duele mucho la rodilla." },
        { "Abwesend: nächste Woche", "Ich bin in der Klinik. Wer kann mir Blumen giessen?" },
        { "On vacation: feeling great", "We walked ten miles and my sugar was fine." },
        { "Away from my desk", "I took the stairs today like Rosa said and my knee held up." },
        { "Absence : jeudi", "Je ne peux pas venir jeudi, mon genou me fait mal." },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        if (*robot_of(answer, &table[i], mem) || *robot_of(fresh, &table[i], mem))
            fail_msg("a robot: %s", table[i].text);
    }
}

static void a_notice_below_a_subject_of_absence_is_a_robots(void **state)
{
    static const struct row table[] = {
        { "Out of Office", "I am away until Monday." },
        { "OOO: back Monday", "" },
        { "Out of Office: Thursday Circle, letter 17",
          "I am out of the office with limited access to email. I will respond to your message when I return on "
          "Monday, November 30.\n\n"
          "If you need immediate assistance, please contact Ann Bot at 555-0102.\n\nThank you,\nBert Lind\nSenior "
          "Clerk" },
        { "Out of Office: Thursday Circle, letter 17", "Hello,\n\nI am on maternity leave until March. Please direct "
                                                       "your questions to my colleague Jo.\n\nBest regards,\nMia" },
        { "Out of the office Re: Thursday Circle, letter 17",
          "I am at a conference in Denver through Friday. For anything that cannot wait, please call our front desk at "
          "555-0133." },
        { "Abwesend bis 9.3.: Thursday Circle, letter 17",
          "Ich bin vom 2. bis 9. März nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Frau Lind." },
        { "Fuera de la oficina: Thursday Circle, letter 17",
          "Gracias por su mensaje. Estoy fuera hasta el lunes, sin acceso a mi correo.\n\nSaludos cordiales,\nRita" },
        { "Absence du bureau : Thursday Circle, letter 17", "Je suis en congés jusqu'au 5 janvier inclus. Je répondrai "
                                                            "à votre message à mon retour.\n\nCordialement,\nLise" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        if (strcmp(robot_of(answer, &table[i], mem), "subject") != 0)
            fail_msg("a person: %s", table[i].text);
    }
}

/* What the header says of a program needs no subject, and what only programs say no text. */
static void what_only_programs_say_is_enough(void **state)
{
    static const struct row table[] = { { "Automatic reply: Thursday Circle", "Did you see my sugar of 300?" },
                                        { "Respuesta automática: Circle", "¿Me guardan un lugar?" } };
    static const struct row person = { "OOO next week", "Please save my seat." };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        assert_string_equal(robot_of(answer, &table[i], mem), "subject");
        assert_string_equal(robot_of("Return-Path: <lou@example.org>\nAuto-Submitted: auto-replied\n", &person, mem),
                            "auto_submitted");
    }
}

static void precedence_alone_is_a_phones_too(void **state)
{
    static const struct row row = { "My week", "I walked to the lake." };
    static const struct {
        const char *fields, *robot;
    } table[] = {
        { "Return-Path: <lou@example.org>\nPrecedence: bulk\n", "" },
        { "Return-Path: <lou@example.org>\nPrecedence: bulk\nIn-Reply-To: <i17@example.net>\n", "" },
        { "Return-Path: <verify@example.net>\nPrecedence: bulk\n", "precedence" },
        { "Precedence: bulk\n", "precedence" },
        { "Return-Path: <>\nPrecedence: bulk\nX-Mailer: iPhone Mail (21A329)\n", "precedence" },
        { "Return-Path: <lou@example.org>\nPrecedence: bulk\nList-Unsubscribe: <https://x.example.net/u>\n",
          "precedence" },
        { "Return-Path: <lou@example.org>\nPrecedence: auto_reply\n", "precedence" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        assert_string_equal(robot_of(table[i].fields, &row, mem), table[i].robot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_persons_words_below_a_subject_of_absence_are_no_robots),
        cmocka_unit_test(a_notice_below_a_subject_of_absence_is_a_robots),
        cmocka_unit_test(what_only_programs_say_is_enough),
        cmocka_unit_test(precedence_alone_is_a_phones_too),
    };

    parse_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
