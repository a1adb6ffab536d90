/*
 * check_in_say: check-ins in words, and somebody's answers as a chart that can be read aloud.
 *
 * Shape    The chart is a table of the newest CHECK_IN_SHOWN answers, oldest first: day, answer, and of numbers a bar that says nothing more
 *          (templates/page_html keeps it from those who listen); then lowest, highest, and how the last differs from the one before.
 * Rule     The same words for every value: nothing says whether one is good.
 * Owns     Results live in mem.
 * State    Reads only.
 */
#ifndef GATEWAY_PEOPLE_CHECK_IN_SAY_H
#define GATEWAY_PEOPLE_CHECK_IN_SAY_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/check_in.h"

#define CHECK_IN_SHOWN 14
#define CHECK_IN_BAR_MAX 5 /* blocks of the highest: fits a phone beside day and answer */

/* "each day", "each weekday", "each Monday, each Thursday" */
const char *check_in_say_days(int64_t days, enum person_language language, struct arena *mem);
/* "182 lb", "7", "Yes", the words. */
const char *check_in_say_value(const struct check_in *c, const char *value, enum person_language language,
                               struct arena *mem);
/* "182 lb" */
const char *check_in_say_number(const struct check_in *c, int64_t milli, struct arena *mem);
const char *check_in_question(const struct check_in *c, enum person_language language);
/* Sets question, unit and the flag of its kind. */
void check_in_say_question(const struct check_in *c, enum person_language language, struct json *values);
/* Sets the chart; has_chart is false when there is no answer yet. */
MUST_CHECK enum rc check_in_say_chart(struct gate *gate, const struct check_in *c, const char *zone,
                                      struct person_id person, enum person_language language, struct arena *mem,
                                      struct json *values, struct err *err);

#endif
