/*
 * distress: pages when the house itself does not work: from memory, without the database, by every way that is left.
 *
 * Shape    While all is well distress_learn keeps what it will take: for each practice the page contacts' addresses, a letter for each that is already
 *          rendered, the relay and the practice's own program. distress_look pages when a fault (gateway/home/fault) has lasted: a child of a child runs the
 *          program (PATH fault 0 0 PRACTICE), gives the letters straight to the relay, and writes to syslog; standard error says so too. The letter
 *          has no word of a patient: "The system cannot work; look at it now." One process of the home pages, at most every FAULT_REST_MS.
 * Owns     Addresses of staff in memory, wiped when freed. No key.
 * Errors   None: it is what is done when everything else has failed. What cannot be learned leaves what was known.
 * State    One per process. Nothing here waits, but for the lock of a small file.
 */
#ifndef GATEWAY_DUTY_DISTRESS_H
#define GATEWAY_DUTY_DISTRESS_H

#include "gateway/home/fault.h"
#include "gateway/practice/gate.h"

struct distress;
struct distress *distress_new(const char *home_path);
void distress_free(struct distress **distress);

/* Takes the place of what was known of the practice. Reads only. */
void distress_learn(struct distress *distress, struct gate *gate);
void distress_look(struct distress *distress);
/* Notes a fault; pages at once where that cannot be kept. distress may be NULL. */
void distress_note(struct distress *distress, const char *home_path, enum fault fault);

#endif
