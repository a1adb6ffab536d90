/*
 * desk_name: how well the name that staff wrote means somebody.
 *
 * Rule     Case, accents and titles ("Dr.", "Nurse", "Mrs.", "MD", "RN"; English and Spanish) aside: "Dr. Lee" means "Lee Ames, MD". What is nothing but
 *          a title may be a name all the same ("Do").
 * State    None.
 */
#ifndef GATEWAY_DESK_DESK_NAME_H
#define GATEWAY_DESK_DESK_NAME_H

#include "base/arena.h"

#include <stdbool.h>

enum desk_likeness {
    DESK_NOT_MEANT,
    DESK_BY_START, /* each word begins one of theirs: "Li" for "Lisa Park" */
    DESK_BY_PART,  /* each word is one of theirs */
    DESK_IN_FULL,  /* all of their words, titles aside */
    DESK_EXACTLY   /* with their titles */
};

enum desk_likeness desk_name_likeness(const char *said, const char *name, struct arena *mem);
/* "MD", "Dr.": a title, and nothing else. */
bool desk_name_is_title(const char *said, struct arena *mem);
/* Is that word, which may be a title, part of the name itself: "Do" of "Lan Do", not of "Lee Ames, DO". */
bool desk_name_holds(const char *name, const char *said, struct arena *mem);

#endif
