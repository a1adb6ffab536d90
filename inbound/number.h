/*
 * number: the leading numbers of a reply to a digest: "2 Thanks Maria", "#2:", "two - …", "1 and 3 thanks".
 *
 * Rule     A number counts only at the start of the text (greeting aside) or, after that, at the start of a line; only if the issue has it; and
 *          only before punctuation, a line break or words that are no unit, time or counted thing: "2 weeks ago", "90 days sober", "10 mg",
 *          "2 of my kids", "2nd", "1/2", "2.5", "2 pm" are prose. A number word needs punctuation, a line break or a word that opens an
 *          answer ("two thanks"). In doubt it is prose: a question costs less than a misplaced answer.
 * Shape    The pieces cover the text without gap or overlap; a greeting before the first number belongs to the first piece.
 * Owns     Results live in mem; spans are bytes of the text.
 * State    None.
 */
#ifndef INBOUND_NUMBER_H
#define INBOUND_NUMBER_H

#include "base/arena.h"
#include "base/err.h"

#define NUMBER_MAX_PIECES 100
#define NUMBER_MAX_EACH 16

struct number_set { /* the numbers of the issue, in its order */
    const int *v;
    size_t count;
};

struct number_piece {
    int numbers[NUMBER_MAX_EACH];
    size_t count;
    size_t at, len;  /* the whole piece */
    size_t words_at; /* where the words after the number begin */
};

struct number_pieces {
    const struct number_piece *v;
    size_t count; /* 0: the text begins with no number of the issue */
};

struct number_pieces number_split(const char *text, struct number_set issue, const char *const *names,
                                  struct arena *mem);
bool number_has(struct number_set issue, int n);
/* A folded word that counts, measures or times what a number before it says: "weeks", "mg", "pm", "hijos". */
bool number_is_unit(const char *plain);

#endif
