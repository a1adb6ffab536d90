/*
 * armour: OpenPGP blocks that stand in the text itself.
 *
 * Shape    Clean UTF-8 with LF. Of a signed block the words between its fields and its signature stay, less the dashes that escape lines; an
 *          encrypted block and keys go. A block that never ends stays as it is.
 * Owns     The result lives in mem; the text itself when it has no block.
 * Errors   None.
 * State    None.
 * Source   RFC 9580 sections 6 and 7.
 */
#ifndef INBOUND_ARMOUR_H
#define INBOUND_ARMOUR_H

#include "base/arena.h"

enum armour { ARMOUR_NONE, ARMOUR_KEY, ARMOUR_SIGNED, ARMOUR_ENCRYPTED }; /* the worst of several is told */

const char *armour_take_off(const char *text, struct arena *mem, enum armour *ret_found);

#endif
