/*
 * text_late: does a text complain of the hour at which ours come? "Please dont text me so late", "no me escriban de noche".
 *
 * Rule     The whole text, less courtesy: a phrase about texting somebody, and a time of the day behind it. Anything more is words of theirs, and what
 *          asks for no more texts at all is inbound/text_optout's.
 * State    None.
 */
#ifndef INBOUND_TEXT_LATE_H
#define INBOUND_TEXT_LATE_H

#include "inbound/words.h"

bool text_late_is(const struct words_core *core);

#endif
