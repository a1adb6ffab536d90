/*
 * place: which conversations of an issue a reply belongs to, and the answer to "Which one?".
 *
 * Rule     In this order: (1) the item's own address; (2) interleaved writing: a stretch goes to the conversation whose quoted lines stand
 *          above it; (3) leading numbers; (4) the only conversation of the issue; (5) unknown: the author is asked "Which one?".
 *          Of several stretches, one that no conversation stands above is a piece of its own, unknown.
 *          A stretch under a quotation of several conversations counts only when the line right above it belongs to one: otherwise a person
 *          has written under the whole letter, which says nothing. Quoted lines match without marks, case, accents and line ends.
 * Shape    The texts of the pieces, joined in order, are the new words, byte for byte: nothing is lost and nothing is doubled (a piece for
 *          several conversations names them all). Courtesy alone never makes a piece of its own.
 * Limits   PLACE_MAX_LINES quoted lines and PLACE_MAX_ITEMS items are looked at; more are passed over. A letter of more than
 *          PLACE_MAX_SEGMENTS segments is not read as interleaved.
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef INBOUND_PLACE_H
#define INBOUND_PLACE_H

#include "base/arena.h"
#include "base/err.h"
#include "inbound/number.h"

#define PLACE_MAX_LINES 1000
#define PLACE_MAX_SEGMENTS 1000
#define PLACE_MAX_ITEMS 200

enum place_why { PLACE_TOKEN, PLACE_INTERLEAVED, PLACE_NUMBER, PLACE_ONLY_ONE, PLACE_UNKNOWN };

struct place_segment { /* what the reader of replies made of the letter, in its order */
    const char *text;
    bool is_quoted;
};

struct place_item {
    int number;           /* as printed in the issue */
    int64_t conversation; /* 0: an item that takes no comment */
    const char *title;
    const char *const *lines; /* text that we printed under it, ended by NULL */
};

struct place_input {
    int ordinal;      /* the item's number from its own address, 0 when the address was the issue's */
    const char *text; /* all new words */
    const struct place_segment *segments;
    size_t segment_count;
    const struct place_item *items;
    size_t item_count;
    const char *const *names; /* known names, ended by NULL; may be NULL */
};

struct place_piece {
    const int64_t *conversations; /* none when why is PLACE_UNKNOWN */
    size_t count;
    const char *text;
    size_t words_at; /* where the words after a leading number begin: text + words_at is what members read */
    enum place_why why;
    int64_t
        guess; /* PLACE_UNKNOWN: the only conversation that the letter quotes, 0 when none; for the moderator's eyes */
};

struct place_pieces {
    const struct place_piece *v;
    size_t count; /* at least 1 */
};

struct place_pieces place_resolve(const struct place_input *in, struct arena *mem);
/* The lines of text that are none of what we printed under the items: what the writer, or somebody else, added. */
char *place_foreign_lines(const struct place_item *items, size_t count, const char *text, struct arena *mem);
/* "token", "interleaved", "number", "only_one", "unknown" */
const char *place_why_name(enum place_why why);

enum place_which { PLACE_WHICH_UNCLEAR, PLACE_WHICH_NUMBER, PLACE_WHICH_NEW };

/* inbound/place_which.c: the answer to "Which one? Reply 1, 2 or 3, or NEW". "the second" is the second number offered. ret_number is written for NUMBER only. */
enum place_which place_read_which(const char *text, struct number_set offered, const char *const *names,
                                  struct arena *mem, int *ret_number);

#endif
