/* text_read: what texts mean. The table was written before the code: tests/data/text/texts.tsv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/text_noise.h"
#include "inbound/text_read.h"

#include <stdio.h>
#include <string.h>

static const int live_numbers[] = { 10, 12, 14, 15, 20, 112 }, old_numbers[] = { 30, 31 },
                 review_numbers[] = { 41, 42, 50 };
static const char *const names[] = { "Rose Miller", "Maria", "Ana", NULL };
static const char *const groups[] = { "Tuesday Circle", "Walkers", NULL };
static const char *const which_choices[] = { "Tuesday Circle", "Walkers", NULL };
static const char *const item_choices[] = { "Maria", "Jo", "Sam", NULL };

static struct text_reading reading_of(const char *context, const char *text)
{
    struct text_reading in = { .text = text, .names = names, .groups = groups };

    in.live = (struct number_set){ live_numbers, COUNT_OF(live_numbers) };
    in.old = (struct number_set){ old_numbers, COUNT_OF(old_numbers) };
    if (strcmp(context, "which") == 0)
        in.asked = (struct text_asked){ .kind = TEXT_ASKED_CHOICE, .choices = which_choices };
    else if (strcmp(context, "item") == 0)
        in.asked = (struct text_asked){ .kind = TEXT_ASKED_CHOICE, .choices = item_choices, .may_be_new = true };
    else if (strcmp(context, "yesno") == 0)
        in.asked.kind = TEXT_ASKED_YES_NO;
    else if (strcmp(context, "scale") == 0)
        in.asked = (struct text_asked){ .kind = TEXT_ASKED_NUMBER, .max = 10 };
    else if (strcmp(context, "words") == 0)
        in.asked.kind = TEXT_ASKED_WORDS;
    else if (strcmp(context, "staff") == 0 || strcmp(context, "pin") == 0) {
        in.is_staff = true;
        in.reviews = (struct number_set){ review_numbers, COUNT_OF(review_numbers) };
        in.asked.kind = strcmp(context, "pin") == 0 ? TEXT_ASKED_PIN : TEXT_ASKED_NOTHING;
    } else {
        assert_string_equal(context, "-");
    }
    return in;
}

static const char *trimmed(const char *s, size_t n, struct arena *mem)
{
    while (n && (s[n - 1] == '\n' || s[n - 1] == ' '))
        n--;
    while (n && (*s == '\n' || *s == ' '))
        s++, n--;
    return arena_strndup(mem, s, n);
}

static const char *show_comment(const struct text_meaning *m, const char *text, struct arena *mem)
{
    const char *s = "comment ";

    for (size_t i = 0; i < m->pieces.count; i++) {
        const struct number_piece *p = &m->pieces.v[i];
        const size_t end = p->at + p->len;

        for (size_t k = 0; k < p->count; k++)
            s = arena_printf(mem, "%s%s%d", s, k ? "," : i ? "/" : "", p->numbers[k]);
        s = arena_printf(mem, "%s:%s", s, trimmed(text + p->words_at, end - p->words_at, mem));
    }
    return s;
}

static const char *show_command(const struct text_meaning *m, struct arena *mem)
{
    const struct command *c = &m->command;
    const char *s = arena_printf(mem, "%s%s", command_name(c->kind), m->is_sure ? "" : "?");

    if (c->kind == COMMAND_PAUSE)
        s = arena_printf(mem, "%s %d", s, c->days);
    if (c->kind == COMMAND_REPORT || c->kind == COMMAND_THANKS)
        s = arena_printf(mem, "%s %d", s, c->number);
    return *c->text ? arena_printf(mem, "%s <%s>", s, c->text) : s;
}

static const char *show_decision(const struct text_meaning *m, struct arena *mem)
{
    const struct decision *d = &m->decision.v[0];
    const char *s = arena_printf(mem, "decision %d %s", m->number, decision_name(d->kind));

    if (d->rule)
        s = arena_printf(mem, "%s rule %d", s, d->rule);
    if (*d->text)
        s = arena_printf(mem, "%s <%s>", s, d->text);
    return m->pin ? arena_printf(mem, "%s +pin", s) : s;
}

static const char *show_answer(const struct text_reading *in, const struct text_meaning *m, struct arena *mem)
{
    if (m->is_new)
        return "answer new";
    if (in->asked.kind == TEXT_ASKED_WORDS)
        return "answer words";
    if (in->asked.kind == TEXT_ASKED_YES_NO)
        return arena_printf(mem, "answer %s%s", answer_name(m->answer), m->is_very_word ? "=" : "");
    return arena_printf(mem, "answer %d", m->number);
}

static const char *show_kind(const struct text_reading *in, const struct text_meaning *m, struct arena *mem)
{
    const char *name = text_means_name(m->kind);

    switch (m->kind) {
    case TEXT_MEANS_REACTION:
    case TEXT_MEANS_TAKEN_BACK:
        return arena_printf(mem, "%s <%s>", name, m->text);
    case TEXT_MEANS_ZONE:
    case TEXT_MEANS_MOD:
        return *m->text ? arena_printf(mem, "%s <%s>", name, m->text) : name;
    case TEXT_MEANS_STOP:
    case TEXT_MEANS_WRONG_NUMBER:
        return arena_printf(mem, "%s%s", name, m->is_sure ? "" : "?");
    case TEXT_MEANS_DECISION:
        return show_decision(m, mem);
    case TEXT_MEANS_ANSWER:
        return show_answer(in, m, mem);
    case TEXT_MEANS_COMMAND:
        return show_command(m, mem);
    case TEXT_MEANS_COMMENT:
        return show_comment(m, in->text, mem);
    case TEXT_MEANS_BARE:
        return arena_printf(mem, "bare %s%s", answer_name(m->answer), m->is_very_word ? "=" : "");
    case TEXT_MEANS_MORE:
        return m->number ? arena_printf(mem, "more %d", m->number) : name;
    case TEXT_MEANS_UNCLEAR:
    case TEXT_MEANS_OLD:
    case TEXT_MEANS_UNSURE:
    case TEXT_MEANS_UNKNOWN:
        return arena_printf(mem, "%s %d", name, m->number);
    default:
        return name;
    }
}

static const char *show(const struct text_reading *in, const struct text_meaning *m, struct arena *mem)
{
    const char *s = show_kind(in, m, mem);

    if (m->stop_in_prose)
        s = arena_printf(mem, "%s ~stop", s);
    return m->seen ? arena_printf(mem, "%s ~%s", s, command_name(m->seen)) : s;
}

static char *unescape(char *s)
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

/* What acts when a text is stored and what its conversation reads of it are one judge. */
static bool first_words_agree(const char *text, struct arena *mem)
{
    const enum text_means whole = text_read(&(struct text_reading){ .text = text }, mem).kind;
    const enum text_means first = text_read_word(text, mem);
    const bool is_first = whole >= TEXT_MEANS_REACTION && whole <= TEXT_MEANS_HELP;

    if (first == (is_first ? whole : TEXT_MEANS_FREE))
        return true;
    print_error("\"%s\" is \"%s\" first, and \"%s\" as a whole\n", text, text_means_name(first),
                text_means_name(whole));
    return false;
}

static bool line_is_right(char *line, struct arena *mem)
{
    char *want = strchr(line, '\t'), *text = want ? strchr(want + 1, '\t') : NULL;
    struct text_reading in;
    struct text_meaning m;
    const char *got;

    assert_non_null(text);
    *want++ = *text++ = '\0';
    unescape(want);
    unescape(text);
    in = reading_of(line, text_clean(mem, text, strlen(text)));
    if (!first_words_agree(in.text, mem))
        return false;
    m = text_read(&in, mem);
    got = show(&in, &m, mem);
    if (strcmp(got, want) == 0)
        return true;
    print_error("%s \"%s\" is \"%s\", not \"%s\"\n", line, text, got, want);
    return false;
}

static void texts_mean_what_the_table_says(void **state)
{
    FILE *f = fopen("tests/data/text/texts.tsv", "r");
    char line[1024];
    int read = 0, bad = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || !*line)
            continue;
        bad += !line_is_right(line, mem);
        read++;
    }
    fclose(f);
    assert_true(read >= 540);
    assert_int_equal(bad, 0);
}

/* Invented notes of patients, none of which is a word to us: to take one for STOP would cut somebody off. */
static void no_note_of_a_patient_is_a_word(void **state)
{
    static const char *const files[] = { "tests/data/triage_set/tuning.tsv", "tests/data/triage_set/more-calm.tsv",
                                         "tests/data/triage_set/more-danger.tsv" };
    static char line[1 << 16];
    int read = 0, bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        FILE *f = fopen(files[i], "r");

        assert_non_null(f);
        while (fgets(line, sizeof line, f)) {
            CLEANUP(arena_free) struct arena *mem = arena_new("t");
            const char *text = strrchr(line, '\t');
            struct text_reading in;
            struct text_meaning m;

            line[strcspn(line, "\n")] = '\0';
            if (*line == '#' || !text)
                continue;
            in = reading_of("-", text_clean(mem, text + 1, strlen(text + 1)));
            m = text_read(&in, mem);
            read++;
            if (m.kind == TEXT_MEANS_FREE || m.kind == TEXT_MEANS_COURTESY || m.kind == TEXT_MEANS_BARE)
                continue;
            print_error("%s: %s\n", text_means_name(m.kind), text + 1);
            bad++;
        }
        fclose(f);
    }
    assert_true(read > 2000);
    assert_int_equal(bad, 0);
}

static void a_reaction_is_of_the_text_it_quotes(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    static const char sent[] = "Tuesday Circle: 2 new\n14 Maria: \"I slept\" - reply 14 and your words";

    (void)state;
    assert_true(text_noise_is_of("Tuesday Circle: 2 new 14 Maria: I slept - reply 14 and your words", sent, mem));
    assert_true(text_noise_is_of("Tuesday Circle: 2 new\n14 Mar", sent, mem));
    assert_true(text_noise_is_of("Tuesday Circle: 2…", sent, mem));
    assert_false(text_noise_is_of("Tuesday Walkers", sent, mem));
    assert_false(
        text_noise_is_of("Tuesday Circle: 2 new\n14 Maria: \"I slept\" - reply 14 and your words STOP", sent, mem));
    assert_false(text_noise_is_of("", sent, mem));
    assert_false(text_noise_is_of("…", sent, mem));
}

static void a_long_text_is_read_whole(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char *text = arena_alloc(mem, TEXT_READ_LONG + 16);
    struct text_reading in;
    struct text_meaning m;

    (void)state;
    memset(text, 'a', TEXT_READ_LONG + 8);
    memcpy(text, "14 Thanks ", 10);
    text[TEXT_READ_LONG] = '\0';
    in = reading_of("-", text);
    m = text_read(&in, mem);
    assert_false(m.is_long);
    text[TEXT_READ_LONG] = 'a';
    text[TEXT_READ_LONG + 1] = '\0';
    m = text_read(&in, mem);
    assert_true(m.is_long);
    assert_int_equal(m.kind, TEXT_MEANS_COMMENT);
    assert_int_equal(m.pieces.v[0].len, TEXT_READ_LONG + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_mean_what_the_table_says),
        cmocka_unit_test(no_note_of_a_patient_is_a_word),
        cmocka_unit_test(a_reaction_is_of_the_text_it_quotes),
        cmocka_unit_test(a_long_text_is_read_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
