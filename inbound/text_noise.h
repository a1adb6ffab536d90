/*
 * text_noise: texts that nobody wrote: reactions ("tapbacks"), which phones send as words, and phones that answer by themselves.
 *
 * Shape    Clean UTF-8 (text_clean). A reaction is what a phone makes of a tap: Liked “…”, 👍 to “…”, Removed a heart from “…”, Loved an image; in
 *          English and Spanish, as iOS and Android write them, with any quotes; the quote is the whole rest of the text, or was cut off.
 *          Automatic: driving and focus modes, "Auto-reply: …".
 * Rule     Neither is ever answered, posted or taken for a word of the person: Liked "… STOP to end" stops nothing. A text that goes on
 *          behind the quote was written by somebody.
 * Owns     quote lives in mem: "" where the phone named no words.
 * State    None.
 * Source   What iOS 10 to 18 and Google Messages send to phones that know no reactions.
 */
#ifndef INBOUND_TEXT_NOISE_H
#define INBOUND_TEXT_NOISE_H

#include "base/arena.h"
#include "base/err.h"

enum text_noise_kind { TEXT_NOISE_NONE, TEXT_NOISE_REACTION, TEXT_NOISE_TAKEN_BACK, TEXT_NOISE_AUTOMATIC };

struct text_noise {
    enum text_noise_kind kind;
    const char *quote;
};

struct text_noise text_noise_read(const char *text, struct arena *mem);
/* Is this quote the beginning of a text that we sent? Blanks and quote marks aside; an empty quote is of none. */
bool text_noise_is_of(const char *quote, const char *sent, struct arena *mem);

#endif
