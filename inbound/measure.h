/*
 * measure: one number with its unit, as people write it back: "182", "182 lbs", "about 181,5 this morning", "7/10".
 *
 * Rule     The text less greeting, thanks and signature (words_core) holds exactly one number, or the same one again: MEASURE_ONE. A range, a date, a
 *          time of day beside it are several. Nothing is ever converted: another unit than the one that was asked for is MEASURE_OTHER_UNIT.
 *          "1,200" and "1.200" are twelve hundred or one and a fifth: the plausible one of the two; when both are, or neither, MEASURE_UNCLEAR.
 *          A number word ("seven") counts on a scale alone, and where nothing else is said.
 *          has_words: something was said that is neither the number, its unit, the words of the question, nor small talk around a number.
 * Units    Thousandths. MEASURE_NO_LIMIT: no bound.
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef INBOUND_MEASURE_H
#define INBOUND_MEASURE_H

#include "base/arena.h"
#include "base/err.h"

#define MEASURE_NO_LIMIT INT64_MIN
#define MEASURE_DIGITS 7   /* before the point */
#define MEASURE_FRACTION 3 /* behind it */

enum measure_kind { MEASURE_NONE, MEASURE_ONE, MEASURE_SEVERAL, MEASURE_OTHER_UNIT, MEASURE_UNCLEAR };

struct measure_input {
    const char *text;
    const char *const *names; /* as in words_core */
    const char *unit;         /* that was asked for; "": any */
    const char *question;     /* whose words may come back */
    int64_t low, high;        /* what is plausible */
    bool is_scale;            /* "7/10", "7 out of 10", "seven" */
};

struct measure {
    enum measure_kind kind;
    int64_t milli; /* of MEASURE_ONE */
    bool has_words;
};

struct measure measure_read(const struct measure_input *in, struct arena *mem);
/* "182.5", "7" */
const char *measure_print(int64_t milli, struct arena *mem);
/* The same back, for limits that staff set; RC_INPUT. */
MUST_CHECK enum rc measure_parse(const char *text, int64_t *ret_milli, struct err *err);

#endif
