/*
 * likeness: whether a name that a member chooses would look like staff, the practice or our own words.
 *
 * Shape    Names are compared as text_likeness sees them: "Nurse Ana", "Ana Ruiz" and "Ana" with a Cyrillic first letter are all like Ana Ruiz the nurse.
 * Errors   Those of the store.
 */
#ifndef GATEWAY_SAY_LIKENESS_H
#define GATEWAY_SAY_LIKENESS_H

#include "gateway/practice/gate.h"

/* The practice's name, of several words, stands in it: nobody is called so, and no piece of it is anybody's first name. */
bool likeness_is_of_practice(const struct gate *gate, const char *name, struct arena *mem);
MUST_CHECK enum rc likeness_is_of_staff(struct gate *gate, const char *name, bool *ret_is, struct err *err);

#endif
