/* number: real openings of replies to a digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inbound/number.h"

static const int issue_numbers[] = { 1, 2, 3, 4, 5, 10, 12, 90 };
static const struct number_set issue = { issue_numbers, COUNT_OF(issue_numbers) };
static const char *const names[] = { "Rose Miller", "Ana", NULL };

/* What was read: "2:Thanks Maria" per piece, " | " between; "" for prose. */
static const struct {
    const char *text, *want;
} openings[] = {
    { "2 Thanks Maria", "2:Thanks Maria" },
    { "2 thanks Maria", "2:thanks Maria" },
    { "#2: I agree", "2:I agree" },
    { "#2 I agree", "2:I agree" },
    { "# 2 yes", "2:yes" },
    { "two - I tried that too", "2:I tried that too" },
    { "Two: me too", "2:me too" },
    { "two thanks", "2:thanks" },
    { "Two\nI tried that", "2:\nI tried that" },
    { "2) Great idea", "2:Great idea" },
    { "(2) Great idea", "2:Great idea" },
    { "2. Great idea", "2:Great idea" },
    { "2.Great idea", "2:Great idea" },
    { "2, I think so too", "2:I think so too" },
    { "2 \u2013 lovely", "2:lovely" },
    { "2- lovely", "2:lovely" },
    { "2\nLovely", "2:\nLovely" },
    { "2", "2:" },
    { "no. 2 I agree", "2:I agree" },
    { "No. 2: yes", "2:yes" },
    { "N\u00ba 2: gracias", "2:gracias" },
    { "n\u00famero 2: gracias", "2:gracias" },
    { "Number 2 thanks", "2:thanks" },
    { "number two: thanks", "2:thanks" },
    { "item 4 - yes", "4:yes" },
    { "re 4: yes", "4:yes" },
    { "Re: 4 yes", "4:yes" },
    { "For #2: thank you", "2:thank you" },
    { "for 2: thank you", "2:thank you" },
    { "dos gracias Maria", "2:gracias Maria" },
    { "dos: gracias", "2:gracias" },
    { "2 \u00a1Gracias!", "2:\u00a1Gracias!" },
    { "2 \u00bfY t\u00fa?", "2:\u00bfY t\u00fa?" },
    { "2 gracias", "2:gracias" },
    { "1 and 3 thanks", "1,3:thanks" },
    { "1 & 3: thanks", "1,3:thanks" },
    { "1, 3 and 4 - thanks all", "1,3,4:thanks all" },
    { "#1 and #3 thank you", "1,3:thank you" },
    { "1 y 3 gracias", "1,3:gracias" },
    { "2 Thanks Maria\n3 I agree with Jo", "2:Thanks Maria\n|3:I agree with Jo" },
    { "1: yes\nmore words\n3: no way", "1:yes\nmore words\n|3:no way" },
    { "Hi all,\n2 Thanks Maria", "2:Thanks Maria" },
    { "Hello Ana! 2: thanks", "2:thanks" },
    { "2 My kids said the same", "2:My kids said the same" },
    { "2 this is so true", "2:this is so true" },
    { "2 I had 3 weeks of it", "2:I had 3 weeks of it" },
    { "2 In my view yes", "2:In my view yes" },
    { "2 Maria, thank you", "2:Maria, thank you" },
    { "12 Good luck", "12:Good luck" },
    { "2 Thanks\n2 weeks ago I fell", "2:Thanks\n2 weeks ago I fell" },
    { "2 Thanks\n7 is not in this letter", "2:Thanks\n7 is not in this letter" },
    /* prose */
    { "2 weeks ago I fell", "" },
    { "90 days sober today!", "" },
    { "10 mg helped me", "" },
    { "10mg helped me", "" },
    { "2 of my kids have it", "" },
    { "2nd time this week", "" },
    { "3 years now", "" },
    { "dos semanas despu\u00e9s", "" },
    { "2 semanas", "" },
    { "3 a\u00f1os con esto", "" },
    { "5 stars for this group", "" },
    { "1 thing I learned", "" },
    { "One thing I learned", "" },
    { "2 pm works for me", "" },
    { "2 p.m. works for me", "" },
    { "2pm works", "" },
    { "1/2 a pill is enough", "" },
    { "2.5 units at night", "" },
    { "2:30 is fine", "" },
    { "2% milk is better", "" },
    { "2-3 weeks is normal", "" },
    { "2 - 3 times a day", "" },
    { "2 or 3 times", "" },
    { "2 to 3 hours", "" },
    { "2, 3 weeks ago", "" },
    { "1,000 steps", "" },
    { "2 and a half years", "" },
    { "2 little dogs keep me going", "" },
    { "2 operations and still smiling", "" },
    { "Two friends told me", "" },
    { "two people I know", "" },
    { "One day at a time", "" },
    { "2 in the morning I woke up", "" },
    { "2 a.m. again", "" },
    { "2 veces al d\u00eda", "" },
    { "2 de mis hijos", "" },
    { "2 m\u00e1s", "" },
    { "Uno nunca sabe", "" },
    { "7 Thanks", "" },
    { "0 thanks", "" },
    { "99999999999 thanks", "" },
    { "$2 is cheap", "" },
    { "for 2 weeks I slept", "" },
    { "No 2 ways about it", "" },
    { "I agree with 2", "" },
    { "Here is what helped:\n1. water\n2. rest", "" },
    { "1 and 7 thanks", "" },
    { "1 and 3 weeks ago", "" },
    { "2-year-old at home", "" },
    { "Thanks Maria", "" },
    { "3 different doctors told me", "" },
    { "", "" },
    { "\n\n", "" },
};

static char *show(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(4096);
    const struct number_pieces pieces = number_split(text, issue, names, mem);
    size_t end = 0;

    for (size_t i = 0; i < pieces.count; i++) {
        const struct number_piece *p = &pieces.v[i];

        assert_int_equal(p->at, end);
        assert_in_range(p->words_at, p->at, p->at + p->len);
        end = p->at + p->len;
        if (i)
            strbuf_char(&b, '|');
        for (size_t k = 0; k < p->count; k++)
            strbuf_printf(&b, "%s%d", k ? "," : "", p->numbers[k]);
        strbuf_char(&b, ':');
        strbuf_add(&b, text + p->words_at, end - p->words_at);
    }
    if (pieces.count)
        assert_int_equal(end, strlen(text));
    return arena_strdup(mem, strbuf_peek(&b));
}

static void openings_are_read(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        const char *got = show(openings[i].text, mem);

        if (strcmp(got, openings[i].want) != 0) {
            print_error("\"%s\" reads \"%s\", not \"%s\"\n", openings[i].text, got, openings[i].want);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(openings_are_read) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
