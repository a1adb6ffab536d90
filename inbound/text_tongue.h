/*
 * text_tongue: which language a text is written in, as far as a few words can tell.
 *
 * Shape    Clean UTF-8. A tongue is said only where its everyday words, letters and commands are at least two (a command of ours is two) and twice those of the
 *          other; names, numbers, "no", "ok" and what both languages have say nothing.
 * State    None.
 */
#ifndef INBOUND_TEXT_TONGUE_H
#define INBOUND_TEXT_TONGUE_H

#include "base/arena.h"

enum text_tongue { TEXT_TONGUE_UNKNOWN, TEXT_TONGUE_ENGLISH, TEXT_TONGUE_SPANISH };

enum text_tongue text_tongue_read(const char *text, struct arena *mem);

#endif
