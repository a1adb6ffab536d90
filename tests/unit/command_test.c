/* command: plain words that act, words to ask back about, and prose that must never act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "inbound/answer.h"
#include "inbound/command.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "Rose Miller", "Ana", NULL };
static const char *const groups[] = { "Tuesday Circle", "Walkers", NULL };

/* "kind" acts; "kind?" asks back; "kind~" is prose; "" none. Arguments behind it. */
static const struct {
    const char *subject, *text, *want;
} cases[] = {
    { NULL, "HELP", "help" },
    { NULL, "Ayuda, por favor", "help" },
    { NULL, "help!", "help" },
    { NULL, "STOP", "stop" },
    { NULL, "Stop.", "stop" },
    { NULL, "Please stop. Thank you, Rose", "stop" },
    { NULL, "Alto", "stop" },
    { NULL, "PARAR", "stop" },
    { NULL, "unsubscribe", "stop" },
    { NULL, "opt-out", "stop" },
    { "unsubscribe", "", "stop" },
    { "Re: Unsubscribe", "\n\nSent from my iPhone", "stop" },
    { "unsubscribe", "My story about sleep", "" },
    { "Re: Tuesday Circle", "", "" },
    { "Tuesday Circle, letter 12", "stop", "stop" },
    { NULL, "LEAVE", "leave" },
    { NULL, "Salir", "leave" },
    { NULL, "leave the group", "leave" },
    { NULL, "Leave Tuesday Circle", "leave <Tuesday Circle>" },
    { NULL, "leave walkers, thanks", "leave <Walkers>" },
    { NULL, "Leave me alone", "stop?" },
    { NULL, "Leave it to the doctors", "" },
    { NULL, "PAUSE", "pause 14" },
    { NULL, "pause 10", "pause 10" },
    { NULL, "Pause two weeks please", "pause 14" },
    { NULL, "pause for 3 days", "pause 3" },
    { NULL, "pause a month", "pause 30" },
    { NULL, "Pausa dos semanas, gracias", "pause 14" },
    { NULL, "PAUSA", "pause 14" },
    { NULL, "pause until March", "pause? 14" },
    { NULL, "pause 900 days", "pause? 365" },
    { NULL, "Resume", "resume" },
    { NULL, "reanudar", "resume" },
    { NULL, "Daily", "daily" },
    { NULL, "DIARIO", "daily" },
    { NULL, "weekly please", "weekly" },
    { NULL, "Semanal", "weekly" },
    { NULL, "EACH", "each" },
    { NULL, "cada uno", "each" },
    { NULL, "NEWS", "news" },
    { NULL, "Avisos", "news" },
    { NULL, "Rules", "rules" },
    { NULL, "reglas", "rules" },
    { NULL, "INFO", "info" },
    { NULL, "NAME Rosie", "name <Rosie>" },
    { NULL, "name: Rosie M.", "name <Rosie M>" },
    { NULL, "Nombre Mar\u00eda Jos\u00e9", "name <Mar\u00eda Jos\u00e9>" },
    { NULL, "name rosie", "name? <rosie>" },
    { NULL, "Name of my doctor is Lee", "" },
    { NULL, "NAME", "" },
    { NULL, "ANON\nI am scared of the operation.", "anon <I am scared of the operation.>" },
    { NULL, "Hi all,\nAnon:\nI am scared.\nThanks", "anon <I am scared.\nThanks>" },
    { NULL, "An\u00f3nimo\nTengo miedo.", "anon <Tengo miedo.>" },
    { NULL, "Anon asked me to write", "" },
    { NULL, "ANON", "anon" },
    { NULL, "REPORT 3", "report 3" },
    { NULL, "Report #3: he sells pills", "report 3 <he sells pills>" },
    { NULL, "reportar 2 vende pastillas", "report 2 <vende pastillas>" },
    { NULL, "REPORT", "report? 0" },
    { NULL, "Report 3 days later I was fine", "" },
    { NULL, "Report from my visit: all good", "" },
    { NULL, "MORE", "more 0" },
    { NULL, "more 5", "more 5" },
    { NULL, "M\u00e1s", "more 0" },
    { NULL, "More sleep helped me", "" },
    { NULL, "BIG", "big" },
    { NULL, "grande", "big" },
    { NULL, "English", "english" },
    { NULL, "ESPA\u00d1OL", "spanish" },
    { NULL, "en espa\u00f1ol, por favor", "spanish" },
    { NULL, "Status", "status" },
    { NULL, "estado", "status" },
    { NULL, "UNDO", "undo" },
    { NULL, "Deshacer", "undo" },
    { NULL, "please stop sending me these", "stop?" },
    { NULL, "Please stop emailing me", "stop?" },
    { NULL, "take me off this list", "stop?" },
    { NULL, "Remove me from the group please", "stop?" },
    { NULL, "I don't want these anymore", "stop?" },
    { NULL, "No m\u00e1s", "stop?" },
    { NULL, "Ya no quiero recibir correos", "stop?" },
    { NULL, "cancel", "stop?" },
    { NULL, "Quiero salir", "leave?" },
    { NULL, "I want to leave the group", "leave?" },
    { NULL, "I need a break", "pause? 14" },
    { NULL, "My son died in May and I cannot read this. Please stop sending me these letters, it hurts.", "stop~" },
    { NULL, "We moved house. Please take me off the list. My new doctor has a group too.", "stop~" },
    { NULL, "I can't stop crying", "" },
    { NULL, "Stop worrying, Maria, you did well", "" },
    { NULL, "I had to stop my walks in winter", "" },
    { NULL, "Cancel my Tuesday visit", "" },
    { NULL, "Help me understand the rules", "" },
    { NULL, "Daily walks helped me", "" },
    { NULL, "No more pain since Monday!", "" },
    { NULL, "Each of us is different", "" },
    { NULL, "add my phone 555-0123", "phone <555-0123>" },
    { NULL, "Please add my cell phone: (555) 555-0123. Thanks!", "phone <(555) 555-0123>" },
    { NULL, "Hi,\ntext me at 555.555.0123", "phone <555.555.0123>" },
    { NULL, "Send me texts at +1 555 555 0123 please", "phone <+1 555 555 0123>" },
    { NULL, "I would like text messages on my cell 555-555-0123", "phone <555-555-0123>" },
    { NULL, "PHONE 5555550123", "phone <5555550123>" },
    { "add my phone 555-555-0123", "", "phone <555-555-0123>" },
    { NULL, "Por favor agregue mi tel\u00e9fono 555-555-0123", "phone <555-555-0123>" },
    { NULL, "M\u00e1ndeme textos al 555-555-0123", "phone <555-555-0123>" },
    { NULL, "Text me when you are home, 555-555-0123", "" },
    { NULL, "My phone is 555-555-0123", "" },
    { NULL, "Phone 555-555-0123 and ask for Ana", "" },
    { NULL, "Text 14 people", "" },
    { NULL, "add my phone", "" },
    { NULL, "STOP?", "" },
    { NULL, "Thanks", "" },
    { NULL, "", "" },
};

static const char *show(const struct command *c, struct arena *mem)
{
    const char *mark = c->strength == COMMAND_SURE ? "" : c->strength == COMMAND_LIKELY ? "?" : "~";
    char *s = arena_printf(mem, "%s%s", command_name(c->kind), c->kind ? mark : "");

    if (c->kind == COMMAND_PAUSE && c->days != 14)
        s = arena_printf(mem, "%s %d", s, c->days);
    else if (c->kind == COMMAND_PAUSE && c->strength != COMMAND_PROSE)
        s = arena_printf(mem, "%s 14", s);
    if (c->kind == COMMAND_REPORT || c->kind == COMMAND_MORE)
        s = arena_printf(mem, "%s %d", s, c->number);
    return *c->text ? arena_printf(mem, "%s <%s>", s, c->text) : s;
}

static void commands_are_whole(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct command_input in = { cases[i].subject, cases[i].text, names, groups, NULL };
        const struct command c = command_read(&in, mem);
        const char *got = show(&c, mem);

        if (strcmp(got, cases[i].want) != 0) {
            print_error("\"%s\" commands \"%s\", not \"%s\"\n", cases[i].text, got, cases[i].want);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* ---- tests/data/command/phrases.tsv ---- */

static const char *unescape(char *s)
{
    char *to = s;

    for (const char *p = s; *p; p++)
        if (p[0] == '\\' && p[1] == 'n')
            *to++ = '\n', p++;
        else
            *to++ = *p;
    *to = '\0';
    return s;
}

/* "sure pause 14", as the file says it. */
static const char *tier_of(const char *text, struct arena *mem)
{
    static const char *const tiers[] = { "sure", "likely", "prose" };
    const struct command_input in = { NULL, text, names, groups, NULL };
    const struct command c = command_read(&in, mem);
    const char *s;

    if (!c.kind)
        return "none -";
    s = arena_printf(mem, "%s %s", tiers[c.strength], command_name(c.kind));
    if (c.kind == COMMAND_PAUSE)
        return arena_printf(mem, "%s %d", s, c.days);
    return c.number ? arena_printf(mem, "%s %d", s, c.number) : s;
}

static bool phrase_is_right(char *line, struct arena *mem)
{
    char *kind = strchr(line, '\t'), *text = kind ? strchr(kind + 1, '\t') : NULL;
    const char *got, *want;

    assert_non_null(text);
    *kind = *text = '\0';
    unescape(text + 1);
    want = arena_printf(mem, "%s %s", line, kind + 1);
    got = strcmp(line, "answer") == 0 ? arena_printf(mem, "answer %s", answer_name(answer_read(text + 1, names, mem)))
                                      : tier_of(text + 1, mem);
    if (strcmp(got, want) == 0)
        return true;
    print_error("\"%s\" is \"%s\", not \"%s\"\n", text + 1, got, want);
    return false;
}

static void phrases_have_their_tier(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    FILE *f = fopen("tests/data/command/phrases.tsv", "r");
    char line[1024];
    int read = 0, bad = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || !*line)
            continue;
        bad += !phrase_is_right(line, mem);
        read++;
    }
    fclose(f);
    assert_true(read >= 150);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(commands_are_whole),
                                        cmocka_unit_test(phrases_have_their_tier) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
