/*
 * enriched: text/enriched and text/richtext as plain text.
 *
 * Shape    Clean UTF-8. Commands in angle brackets go, "<<" is "<", what stands in <param> goes. One line break in a row is a blank, more are one
 *          fewer; not between <nofill> and </nofill>. <nl> and <np> of richtext are line breaks.
 * Owns     The result lives in mem.
 * Errors   None.
 * Source   RFC 1896, RFC 1341 7.1.3.
 */
#ifndef INBOUND_ENRICHED_H
#define INBOUND_ENRICHED_H

#include "base/arena.h"

char *enriched_to_text(const char *text, struct arena *mem);

#endif
