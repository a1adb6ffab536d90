/*
 * translit: other characters for those that would make a text message longer, where nobody loses by it.
 *
 * Shape    TRANSLIT_KEEP   nothing but NFC and LF
 *          TRANSLIT_SMART  quotes, dashes, dots, blanks, fractions and wide letters as the GSM alphabet writes them
 *          TRANSLIT_AUTO   that, and where it is not enough letters without accents and a few emoji in words or signs
 *          SMART changes a text only when the whole of it is GSM 7-bit afterwards; what AUTO adds, only when that saves a part too.
 *          What the alphabet has stays: é, ñ, ü, ¿ and ¡ are in it, á, í, ó and ú are not. Email and archive keep the author's text.
 * Owns     the result lives in mem
 * Errors   as segment_split, before and after: RC_INPUT, RC_LIMIT
 * Source   what Twilio, Telnyx and Bird publish of their smart encoding; a no-break space is one blank here
 */
#ifndef MAILER_TRANSLIT_H
#define MAILER_TRANSLIT_H

#include "base/arena.h"
#include "base/err.h"
#include "mailer/segment.h"

enum translit_mode { TRANSLIT_KEEP, TRANSLIT_SMART, TRANSLIT_AUTO };

/* The text to send, already split; ret_changed (or NULL) counts the characters that were replaced. */
MUST_CHECK enum rc translit_split(const char *text, size_t n, enum translit_mode mode, struct arena *mem,
                                  const struct segments **ret_segments, size_t *ret_changed, struct err *err);

#endif
