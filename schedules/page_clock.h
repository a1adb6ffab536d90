/*
 * page_clock: when an alarm that nobody has claimed is called again, to whom else, and when a claimed one is asked about.
 *
 * Shape    Text, minutes: "repeat 5 next 10,20 command 15 claim 15 done 60"
 *              repeat   between two calls                     command  from when on the practice's own program is run too
 *              next     when one person more is called; behind the last, one more with each repeat
 *              claim    the time in which it should be claimed, in office hours (what pages, status and doctor say; calls go on day and night)
 *              done     between the claim and a reminder, and between reminders
 *          What is left out is as usual for the tier.
 * Units    Minutes in the text; an elapsed time is milliseconds since the alarm was raised.
 * Errors   RC_INPUT  the text cannot be read; a time outside 1 to PAGE_CLOCK_MAX_MINUTES; next does not rise
 * State    None; plain data.
 */
#ifndef SCHEDULES_PAGE_CLOCK_H
#define SCHEDULES_PAGE_CLOCK_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#define PAGE_CLOCK_TIERS 3
#define PAGE_CLOCK_NEXT_MAX 8
#define PAGE_CLOCK_MAX_MINUTES 1440

struct page_clock {
    int64_t repeat, command, claim, done; /* minutes */
    int64_t next[PAGE_CLOCK_NEXT_MAX];
    size_t next_count;
};

/* text NULL or "": all as usual. */
MUST_CHECK enum rc page_clock_parse(const char *text, int tier, struct page_clock *ret_clock, struct err *err);
char *page_clock_print(const struct page_clock *clock, struct arena *mem);

/* The calls: at 0, at each repeat, and whenever a person or the program joins. The last one at or before elapsed; the next one behind it. */
int64_t page_clock_last_ms(const struct page_clock *clock, int64_t elapsed_ms);
int64_t page_clock_next_ms(const struct page_clock *clock, int64_t elapsed_ms);
/* How many people are called at that time, and whether the program is. */
size_t page_clock_reach(const struct page_clock *clock, int64_t elapsed_ms);
bool page_clock_has_command(const struct page_clock *clock, int64_t elapsed_ms);

#endif
