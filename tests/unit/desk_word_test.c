/* desk_word: what staff may say to the desk in one line, and what is more than that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "inbound/desk_word.h"
#include "schedules/moment.h"
#include "schedules/zone.h"

static const char *const names[] = { "Ana Ruiz", "Ana", "Rose", NULL };
static const char *const groups[] = { "Tuesday Circle", "tuesday", "Walkers", NULL };

/* WORD, then what it has: @address <name> #group ~when %days "text"; a "?" behind the word: unclear. */
static const struct {
    const char *text, *want;
} cases[] = {
    { "WHO", "WHO" },
    { "who?", "WHO?" },
    { "Who, please.", "WHO" },
    { "Hi, WHO\n\nThanks,\nAna", "WHO" },
    { "WHO Walkers", "WHO #2" },
    { "WHO in Tuesday Circle", "WHO #0" },
    { "WHO is Rose", "WHO?" },
    { "WHO Tuesday", "WHO #1" }, /* in full; else "Circle" and "Tuesday" are of one group */
    { "WHO in the Walkers group", "WHO #2" },
    { "Who is in Walkers", "WHO #2" },
    { "who is in the group", "WHO" },
    { "¿Quiénes están en el grupo?", "" },
    { "QUIENES ESTAN EN EL GRUPO?", "WHO" },
    { "WHO Circle", "WHO #0" },
    { "WHO is in the garden", "WHO?" },
    { "WHO the", "WHO" },
    { "QUEUE Walkers", "QUEUE #2" },
    { "PAUSE Rose in the walkers group", "PAUSE <Rose> #2 %14" },
    { "Quién", "WHO" },
    { "who wrote the note about soup?", "WHO?" },
    { "Whoever it was", "" },
    { "Please tell me who", "" },
    { "QUEUE", "QUEUE" },
    { "pendientes", "QUEUE" },
    { "STRANGERS", "STRANGERS" },
    { "Desconocidos, por favor", "STRANGERS" },
    { "Strangers wrote to us", "STRANGERS?" },
    { "QUEUE and WHO", "QUEUE?" },
    { "INVITE rose@example.net Rose Diaz", "INVITE @rose@example.net <Rose Diaz>" },
    { "INVITE Rose Diaz <rose@example.net>", "INVITE @rose@example.net <Rose Diaz>" },
    { "invite rose@example.net, Rose Diaz in Walkers", "INVITE @rose@example.net <Rose Diaz> #2" },
    { "Invitar a rose@example.net Rosa Díaz en Walkers", "INVITE @rose@example.net <Rosa Díaz> #2" },
    { "INVITE rose@example.net", "INVITE?" },
    { "INVITE Rose Diaz", "INVITE?" },
    { "INVITE rose@example.net Rose Diaz\nand tell her that we care", "INVITE?" },
    { "INVITE rose@example.net sam@example.net Rose", "INVITE?" },
    { "AGAIN Rose: she called us", "AGAIN <Rose> \"she called us\"" },
    { "AGAIN Rose", "AGAIN <Rose>" },
    { "Otra vez Rosa Díaz\nllamó ayer", "AGAIN <Rosa Díaz> \"llamó ayer\"" },
    { "PAUSE Rose", "PAUSE <Rose> %14" },
    { "PAUSE Rose 3 weeks", "PAUSE <Rose> %21" },
    { "PAUSE Rose for 10 days in Walkers", "PAUSE <Rose> #2 %10" },
    { "Pausa Rosa una semana", "PAUSE <Rosa> %7" },
    { "PAUSE Rose 900 days", "PAUSE?" },
    { "PAUSE", "PAUSE?" },
    { "REMOVE Rose", "REMOVE <Rose>" },
    { "REMOVE Rose Diaz, thanks", "REMOVE <Rose Diaz>" },
    { "QUITAR Rose en Walkers: se mudó", "REMOVE <Rose> #2 \"se mudó\"" },
    { "RULES", "RULES" },
    { "RULES Walkers", "RULES #2" },
    { "RULES:\nBe kind.\nNo selling.", "RULES \"Be kind.\nNo selling.\"" },
    { "REGLAS in Walkers:\nBe kind.", "RULES #2 \"Be kind.\"" },
    { "Rules are rules", "RULES?" },
    { "HOURS", "HOURS" },
    { "HOURS: Mon-Fri 08:00-17:00", "HOURS \"Mon-Fri 08:00-17:00\"" },
    { "horario lun-vie 8:00-15:00", "HOURS \"lun-vie 8:00-15:00\"" },
    { "DUTY", "DUTY" },
    { "DUTY: Lee, Ana", "DUTY \"Lee, Ana\"" },
    { "DUTY Lee, Ana", "DUTY \"Lee, Ana\"" },
    { "TOPIC: What helps you sleep?", "TOPIC \"What helps you sleep?\"" },
    { "TOPIC\nWhat helps you sleep?\n\nTell us.", "TOPIC \"What helps you sleep?\n\nTell us.\"" },
    { "TOPIC What helps you sleep?", "TOPIC \"What helps you sleep?\"" },
    { "TOPIC at Monday 9:00: What helps?", "TOPIC ~Monday 9:00 \"What helps?\"" },
    { "Tema en Walkers el lunes a las 9:00\n¿Qué comen?", "TOPIC #2 ~lunes a las 9:00 \"¿Qué comen?\"" },
    { "TOPIC", "TOPIC?" },
    { "TOPICS", "TOPICS" },
    { "Temas Walkers", "TOPICS #2" },
    { "TOPICS are fun", "TOPICS?" },
    { "The topic is sleep", "" },
    { "STATS", "STATS" },
    { "cifras Walkers", "STATS #2" },
    { "WHO?", "WHO" },
    { "STATS?", "STATS" },
    { "RESUME", "RESUME" },
    { "RESUME Walkers", "RESUME <Walkers> #2" },
    { "RESUME Rose", "RESUME <Rose>" },
    { "Reanudar a Rosa en Walkers", "RESUME <Rosa> #2" },
    { "Unpause Rose, thanks", "RESUME <Rose>" },
    { "DUTY:\nRose\nAna", "DUTY \"Rose\nAna\"" },
    { "DUTY:\nRose\nLee\n\nAna", "DUTY \"Rose\nLee\"" },
    { "DUTY: Lee, Ana\nThanks, Ana", "DUTY \"Lee, Ana\"" },
    { "HELP", "HELP" },
    { "ayuda por favor", "HELP" },
    { "", "" },
};

static const char *shown(const struct desk_word *w, struct arena *mem)
{
    const char *s = desk_word_name(w->kind, false);

    if (!w->kind || !w->is_whole)
        return w->kind ? arena_printf(mem, "%s?", s) : "";
    s = *w->address ? arena_printf(mem, "%s @%s", s, w->address) : s;
    s = *w->name ? arena_printf(mem, "%s <%s>", s, w->name) : s;
    s = w->group >= 0 ? arena_printf(mem, "%s #%d", s, w->group) : s;
    s = *w->when ? arena_printf(mem, "%s ~%s", s, w->when) : s;
    s = w->days ? arena_printf(mem, "%s %%%d", s, w->days) : s;
    return *w->text ? arena_printf(mem, "%s \"%s\"", s, w->text) : s;
}

static void words_are_read(void **state)
{
    struct arena *mem = arena_new("desk_word_test");
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct desk_word w = desk_word_read(&(struct desk_word_input){ cases[i].text, names, groups, 0 }, mem);
        const char *got = shown(&w, mem);

        if (strcmp(got, cases[i].want)) {
            print_error("%s\n  is   %s\n  want %s\n", cases[i].text, got, cases[i].want);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    arena_free(&mem);
}

/* Now is Tuesday, 3 March 2026, 10:00 in New York; DST begins on the 8th. */
static const struct {
    const char *text;
    int day, hour, minute; /* of March; day 0: refused */
} moments[] = {
    { "today 17:30", 3, 17, 30 },    { "today 9:00", 0, 0, 0 },        { "tomorrow 8am", 4, 8, 0 },
    { "Tuesday 9:00", 10, 9, 0 },    { "Tue 11:00", 3, 11, 0 },        { "monday at 9:00", 9, 9, 0 },
    { "lunes a las 9:00", 9, 9, 0 }, { "mañana 7", 4, 7, 0 },          { "2026-03-20 5:30 p.m.", 20, 17, 30 },
    { "2026-02-20 9:00", 0, 0, 0 },  { "2028-02-20 9:00", 0, 0, 0 },   { "some day 9:00", 0, 0, 0 },
    { "Monday", 0, 0, 0 },           { "Monday 25:00", 0, 0, 0 },      { "9:00", 0, 0, 0 },
    { "mon-fri 9:00", 0, 0, 0 },     { "Monday 13pm", 0, 0, 0 },       { "Monday 12am", 9, 0, 0 },
    { "Monday 12 pm", 9, 12, 0 },    { "Monday 9:00 sharp", 0, 0, 0 }, { "", 0, 0, 0 },
};

static void moments_are_read(void **state)
{
    const int64_t now_ms = INT64_C(1772550000000);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        struct err err;
        int64_t ms = 0, want = 0;
        const enum rc rc = moment_read(moments[i].text, "America/New_York", now_ms, &ms, &err);

        if (moments[i].day)
            assert_int_equal(zone_utc_from_local("America/New_York", 2026, 3, moments[i].day, moments[i].hour,
                                                 moments[i].minute, &want, &err),
                             RC_OK);
        if (rc != (moments[i].day ? RC_OK : RC_INPUT) || ms != want)
            fail_msg("%s: %d, %lld, want %lld", moments[i].text, (int)rc, (long long)ms, (long long)want);
    }
    struct err err;
    int64_t ms;

    assert_int_equal(moment_read("Monday 9:00", "Nowhere/Land", now_ms, &ms, &err), RC_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(words_are_read), cmocka_unit_test(moments_are_read) };

    return cmocka_run_group_tests_name("desk_word", tests, NULL, NULL);
}
