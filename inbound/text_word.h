/*
 * text_word: does a text message ask us to stop, to start again or to help?
 *
 * Shape    STOP as inbound/text_optout reads it (sure, likely, wrong number: these act alike; prose never acts), START and HELP as whole texts in English or
 *          Spanish. What a phone writes by itself is never a word.
 *          YES is no word here: what it means depends on what was asked.
 * State    None.
 */
#ifndef INBOUND_TEXT_WORD_H
#define INBOUND_TEXT_WORD_H

#include "base/arena.h"
#include "store/text_in.h"

enum text_word text_word_read(const char *text, struct arena *mem);
/* Nobody wrote it: a reaction, a driving mode (inbound/text_noise). */
bool text_word_is_echo(const char *text, struct arena *mem);

#endif
