/*
 * pause: how people ask for a rest from letters: PAUSE [n [days weeks months]], and in their own words.
 *
 * Rule     "pause for 3 weeks" is sure; "stop for two weeks", "I need a break", "pause until May 3" are likely. "Pausa larga en el camino"
 *          is none: what stands behind the word must speak of time.
 * Shape    days is 1 to COMMAND_PAUSE_MAX_DAYS; COMMAND_PAUSE_DEFAULT_DAYS where none can be read.
 * Errors   None: COMMAND_NONE.
 * State    None.
 */
#ifndef INBOUND_PAUSE_H
#define INBOUND_PAUSE_H

#include "inbound/command.h"
#include "inbound/words.h"

struct command pause_read(const struct words_core *core);

#endif
