/*
 * gsm: what a character costs in a text message, and the little of Unicode that splitting one needs. The only file of mailer/ that
 * includes utf8proc.
 *
 * Shape    Code points in, septets (GSM 7-bit) or 16-bit units (UCS-2) out.
 * Source   3GPP TS 23.038 6.2.1 (default alphabet and its extension table); Unicode as in utf8proc (NFC, UAX 29).
 */
#ifndef MAILER_GSM_H
#define MAILER_GSM_H

#include "base/arena.h"
#include "base/err.h"

/* Septets of one character: 1, 2 (escape and character), or 0 when the alphabet lacks it. */
unsigned gsm_septets(int32_t cp);
/* 16-bit units: 1, or 2 for a surrogate pair. */
unsigned gsm_ucs2_units(int32_t cp);
/* Every character is in the alphabet; the text must be UTF-8. */
bool gsm_has_all(const char *text);

/* NFC with line ends as LF. RC_INPUT when the n bytes are no UTF-8 or hold a NUL. */
MUST_CHECK enum rc gsm_normalise(const char *text, size_t n, struct arena *mem, char **ret_text, struct err *err);
/* May a reader see a break between two characters? state starts at 0 and goes with the text from left to right. */
bool gsm_is_break(int32_t before, int32_t after, int32_t *state);
/* The letter without its marks ("á" gives "a"); 0 for a mark alone; cp itself when there is nothing to take off. */
int32_t gsm_bare_letter(int32_t cp);

#endif
