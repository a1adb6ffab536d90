/*
 * say: small values that many letters share, in the practice's zone: moments, how long something waited, names.
 *
 * Owns     Texts live in mem. Nothing here fails: a zone that does not load falls back to UTC (practice set refuses such a zone).
 * State    None.
 */
#ifndef GATEWAY_SAY_H
#define GATEWAY_SAY_H

#include "gateway/gate.h"
#include "store/person.h"

/* "Tuesday, 3 March, 8:00 AM" */
const char *say_moment(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem);
/* "8:00 AM" */
const char *say_time(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem);
/* "Tuesday, 3 March" */
const char *say_day(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem);
/* "20 minutes", "3 hours", "2 days" */
const char *say_span(enum person_language language, int64_t ms, struct arena *mem);
/* A short number for people, from an id: the same in every letter about the same thing. */
int64_t say_number(int64_t id);

#endif
