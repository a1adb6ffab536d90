/*
 * known: writes DIR/known.json: what a recount needs to know of the story, and nothing from the database.
 *
 * Shape    people[{folder, name, is_staff, secrets[], wrote[]}], released[] (words that the story's nurse let out, and the care team's own), practice[],
 *          neutral[] (names, days, months).
 * Errors   those of writing a file
 */
#ifndef GATEWAY_DEMO_KNOWN_H
#define GATEWAY_DEMO_KNOWN_H

#include "gateway/demo/play.h"

MUST_CHECK enum rc known_write(const struct play *play, struct err *err);

#endif
