/*
 * next_letter: the letter of a group that a note would go out with, and by when it must be approved.
 *
 * Shape    "In tomorrow's 8:00 AM letter, if approved by 7:30 AM". The hour is the group's, in its zone, which is named where it is not the
 *          practice's. An answer needs time to arrive: the deadline lies NEXT_LETTER_MARGIN_MS before the letter closes; whoever reads it in the
 *          last minutes is told of the close itself.
 * Units    UTC milliseconds.
 * Owns     Results live in mem.
 * Errors   those of schedules/rhythm; phrase_… says "In the next letter" then
 * State    None.
 */
#ifndef GATEWAY_SAY_NEXT_LETTER_H
#define GATEWAY_SAY_NEXT_LETTER_H

#include "gateway/practice/gate.h"
#include "store/group.h"

#define NEXT_LETTER_MARGIN_MS (30 * MS_MINUTE)

struct next_letter {
    int64_t close_ms, deadline_ms; /* deadline_ms <= close_ms, and ahead of now */
};

MUST_CHECK enum rc next_letter_of(const struct gate *gate, const struct care_group *group, struct next_letter *ret,
                                  struct err *err);
const char *next_letter_say(const struct gate *gate, const struct care_group *group, enum person_language language,
                            struct arena *mem);

#endif
