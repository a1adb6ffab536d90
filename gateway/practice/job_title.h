/*
 * job_title: what a staff member is, "nurse", in the language of who reads it.
 *
 * Shape    A practice types one title for each staff member, in its own language. The usual ones are known in English and Spanish; our Spanish
 *          ones are of no gender. Any other title is shown to readers of the practice's language only: nobody finds a foreign word in a letter.
 * Owns     Results are constants or the title itself.
 * State    None.
 */
#ifndef GATEWAY_PRACTICE_JOB_TITLE_H
#define GATEWAY_PRACTICE_JOB_TITLE_H

#include "gateway/practice/gate.h"
#include "store/person.h"

/* "" when there is none that the reader would understand. title may be NULL. */
const char *job_title_say(const struct gate *gate, enum person_language language, const char *title);
/* The same, else "moderator", "care provider" … */
const char *job_title_or_role(const struct gate *gate, enum person_language language, const struct person *staff);

#endif
