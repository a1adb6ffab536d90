/*
 * text_word: does a text message ask us to stop, to start again or to help?
 *
 * Shape    What inbound/text_read says of the text alone: the same judge reads it again in its conversation (gateway/text/talk), which knows names and
 *          groups and may find a word that this did not.
 *          YES is no word here: what it means depends on what was asked.
 * State    None.
 */
#ifndef INBOUND_TEXT_WORD_H
#define INBOUND_TEXT_WORD_H

#include "inbound/text_read.h"
#include "store/text_in.h"

enum text_word text_word_read(const char *text, struct arena *mem);
enum text_word text_word_of(enum text_means kind);

#endif
