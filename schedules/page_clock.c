#include "schedules/page_clock.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

/* Tier 0: claim within 15 minutes, the next contacts at 10 and 20; 1 and 2: within the hour. */
static const struct page_clock usual[PAGE_CLOCK_TIERS] = {
    { .repeat = 5, .command = 15, .claim = 15, .done = 60, .next = { 10, 20 }, .next_count = 2 },
    { .repeat = 30, .command = 60, .claim = 60, .done = 120, .next = { 30, 60 }, .next_count = 2 },
    { .repeat = 60, .command = 120, .claim = 60, .done = 240, .next = { 60, 120 }, .next_count = 2 },
};

static const char blanks[] = " \t\r\n";

static enum rc read_minutes(const char *word, int64_t *ret, struct err *err)
{
    return text_to_int(word, 1, PAGE_CLOCK_MAX_MINUTES, ret, err)
               ? err_set(err, RC_INPUT, "a page clock takes minutes from 1 to %d", PAGE_CLOCK_MAX_MINUTES)
               : RC_OK;
}

/* "10,20" */
static enum rc read_next(const char *word, struct page_clock *clock, struct arena *mem, struct err *err)
{
    clock->next_count = 0;
    for (;;) {
        const size_t n = strcspn(word, ",");
        int64_t minutes;

        if (clock->next_count == PAGE_CLOCK_NEXT_MAX)
            return err_set(err, RC_INPUT, "a page clock names at most %d next people", PAGE_CLOCK_NEXT_MAX);
        if (read_minutes(arena_strndup(mem, word, n), &minutes, err))
            return err->rc;
        if (clock->next_count && minutes <= clock->next[clock->next_count - 1])
            return err_set(err, RC_INPUT, "the times behind next must rise, as 10,20");
        clock->next[clock->next_count++] = minutes;
        if (!word[n])
            return RC_OK;
        word += n + 1;
    }
}

static const char *take_word(const char **s, struct arena *mem)
{
    const char *word;
    size_t n;

    *s += strspn(*s, blanks);
    n = strcspn(*s, blanks);
    word = arena_strndup(mem, *s, n);
    *s += n;
    return word;
}

enum rc page_clock_parse(const char *text, int tier, struct page_clock *ret_clock, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_clock");
    struct page_clock clock;
    const struct {
        const char *name;
        int64_t *to;
    } words[] = {
        { "repeat", &clock.repeat }, { "command", &clock.command }, { "claim", &clock.claim }, { "done", &clock.done }
    };

    assert(tier >= 0 && tier < PAGE_CLOCK_TIERS);
    clock = usual[tier];
    for (const char *s = text ? text : "", *name = take_word(&s, mem); *name; name = take_word(&s, mem)) {
        const char *const value = take_word(&s, mem);
        enum rc rc = RC_INPUT;

        err_fill(err, RC_INPUT, "a page clock is \"repeat 5 next 10,20 command 15 claim 15 done 60\", in minutes");
        if (!strcmp(name, "next"))
            rc = read_next(value, &clock, mem, err);
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (!strcmp(name, words[i].name))
                rc = read_minutes(value, words[i].to, err);
        if (rc)
            return rc;
    }
    *ret_clock = clock;
    return RC_OK;
}

char *page_clock_print(const struct page_clock *clock, struct arena *mem)
{
    const char *next = "";

    for (size_t i = 0; i < clock->next_count; i++)
        next = arena_printf(mem, "%s%s%" PRId64, next, i ? "," : "", clock->next[i]);
    return arena_printf(mem, "repeat %" PRId64 " next %s command %" PRId64 " claim %" PRId64 " done %" PRId64,
                        clock->repeat, next, clock->command, clock->claim, clock->done);
}

static void earlier(int64_t *best, int64_t ms)
{
    *best = ms < *best ? ms : *best;
}

int64_t page_clock_last_ms(const struct page_clock *clock, int64_t elapsed_ms)
{
    const int64_t repeat_ms = clock->repeat * MS_MINUTE;
    int64_t best = elapsed_ms > 0 ? elapsed_ms / repeat_ms * repeat_ms : 0;

    for (size_t i = 0; i < clock->next_count; i++)
        if (clock->next[i] * MS_MINUTE <= elapsed_ms && clock->next[i] * MS_MINUTE > best)
            best = clock->next[i] * MS_MINUTE;
    if (clock->command * MS_MINUTE <= elapsed_ms && clock->command * MS_MINUTE > best)
        best = clock->command * MS_MINUTE;
    return best;
}

int64_t page_clock_next_ms(const struct page_clock *clock, int64_t elapsed_ms)
{
    const int64_t repeat_ms = clock->repeat * MS_MINUTE;
    int64_t best = (elapsed_ms > 0 ? elapsed_ms / repeat_ms + 1 : 1) * repeat_ms;

    for (size_t i = 0; i < clock->next_count; i++)
        if (clock->next[i] * MS_MINUTE > elapsed_ms)
            earlier(&best, clock->next[i] * MS_MINUTE);
    if (clock->command * MS_MINUTE > elapsed_ms)
        earlier(&best, clock->command * MS_MINUTE);
    return best;
}

size_t page_clock_reach(const struct page_clock *clock, int64_t elapsed_ms)
{
    const int64_t last_ms = clock->next_count ? clock->next[clock->next_count - 1] * MS_MINUTE : 0;
    size_t n = 1;

    for (size_t i = 0; i < clock->next_count; i++)
        n += clock->next[i] * MS_MINUTE <= elapsed_ms;
    if (elapsed_ms > last_ms)
        n += (size_t)((elapsed_ms - last_ms) / (clock->repeat * MS_MINUTE));
    return n;
}

bool page_clock_has_command(const struct page_clock *clock, int64_t elapsed_ms)
{
    return elapsed_ms >= clock->command * MS_MINUTE;
}
