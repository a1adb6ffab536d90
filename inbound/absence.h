/*
 * absence: how much of a text says that its writer is away, as an answering program does, and how much says something else.
 *
 * Rule     A clause speaks of absence: of being away, of coming back, of whom to ask instead, of mail; or it is about something else when it has two
 *          small words or more; a greeting, a date, a name is neither. The stems are those of the languages whose subjects of absence robot.c
 *          knows; in another language all clauses are about something else.
 * Shape    Clean UTF-8 (text_clean).
 * Errors   None.
 * State    None.
 */
#ifndef INBOUND_ABSENCE_H
#define INBOUND_ABSENCE_H

#include "base/arena.h"

struct absence {
    size_t notices, others; /* clauses */
    bool has_question;
};

struct absence absence_read(const char *text, struct arena *mem);

#endif
