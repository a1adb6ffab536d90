/*
 * phones_screen: phones side by side on a terminal, each with its thread, and a line to write on the one that is chosen.
 *
 * Shape    phones_screen_draw makes one picture as bytes for a terminal: escape sequences of ECMA-48 alone, no colour where is_plain. Words of texts are made
 *          visible first: nothing in them reaches the terminal as a command.
 *          ╭ 1 Rose ··········╮ ╭ 2 Maria ···╮      under 3 x PHONES_WIDTH_MIN columns only the chosen ones that fit
 *          │ Lakeside Clinic: │ │            │
 *          │        14 Thanks │ │            │      what was written on the phone stands right
 *          ╰──────────────────╯ ╰────────────╯
 *          1 Rose › 14 Tha_
 * Owns     Lines live in mem.
 * State    None.
 */
#ifndef GATEWAY_CLI_PHONES_SCREEN_H
#define GATEWAY_CLI_PHONES_SCREEN_H

#include "base/strbuf.h"
#include "mailer/phones.h"

#define PHONES_SHOWN 3
#define PHONES_WIDTH_MIN 24

struct phones_view {
    const char *number, *name; /* name "" nobody we know */
    const struct phones_line *lines;
    size_t n;
};

struct phones_screen {
    int rows, columns;
    bool is_plain; /* no colours */
    struct phones_view phones[PHONES_SHOWN];
    size_t count, chosen;
    const char *zone;
    const char *typed, *notice;
};

void phones_screen_draw(const struct phones_screen *s, struct arena *mem, struct strbuf *out);
/* "Tue Nov  3  9:40" in the zone. */
const char *phones_moment(const char *zone, int64_t ms, struct arena *mem);
/* Words in lines of at most width columns, broken between words where that is possible. */
size_t phones_wrap(const char *words, size_t width, struct arena *mem, const char ***ret_lines);

#endif
