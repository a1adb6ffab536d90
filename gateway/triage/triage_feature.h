/*
 * triage_feature: a note as numbers, for the model of gateway/triage/triage_model.
 *
 * Shape    A note is cut into pieces: sentences (. ! ? ; or a blank line), of at most TRIAGE_PIECE_WORDS words. Each piece has the buckets of its
 *          features: words one, two and three in a row, two with one between, and four letters in a row of a word. What the lists undo
 *          in a word is undone here too: case, accents, figures for letters, letters drawn out or written one at a time.
 * Units    A bucket is below TRIAGE_BUCKETS; at and to are bytes of the text.
 * Owns     All lives in mem.
 * Limits   Those of words_split; is_cut says that the text went on.
 * State    None. The same text has the same buckets on every machine: the weights depend on it, so that a change here needs `make triage-model`.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_FEATURE_H
#define GATEWAY_TRIAGE_TRIAGE_FEATURE_H

#include "base/arena.h"

#include <stdint.h>

#define TRIAGE_BUCKET_BITS 19
#define TRIAGE_BUCKETS (1u << TRIAGE_BUCKET_BITS)
#define TRIAGE_PIECE_WORDS 32

struct triage_piece {
    size_t at, to;       /* of the text */
    size_t first, count; /* of the buckets */
    size_t words;
};

struct triage_features {
    const struct triage_piece *pieces;
    size_t piece_count;
    const uint32_t *buckets;
    size_t words;
    bool is_cut;
};

/* The worst of a note may be one sentence of a long letter: a note is judged by windows, from one piece on, of TRIAGE_WINDOW_WORDS words and more
 * (in a long letter of TRIAGE_WINDOW_LONG_WORDS: there a sentence stands among other matters), but not over TRIAGE_WINDOW_MAX_WORDS unless one
 * piece is. A window that lies in the one before it is none. */
#define TRIAGE_WINDOW_WORDS 40
#define TRIAGE_WINDOW_MAX_WORDS 60

#define TRIAGE_LONG_WORDS 60 /* from so many on it is a long letter */
#define TRIAGE_WINDOW_LONG_WORDS 14

struct triage_window {
    size_t from, to;     /* pieces [from, to) */
    size_t first, count; /* buckets: those of neighbouring pieces stand in a row */
};

struct triage_features triage_features_of(const char *text, struct arena *mem);

/* The window after *window (zeroed for the first); false when there are no more. */
bool triage_window_next(const struct triage_features *features, struct triage_window *window);

#endif
