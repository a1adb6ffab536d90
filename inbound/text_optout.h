/*
 * text_optout: does a text say "no more"? In three tiers, as a reasonable person would read it.
 *
 * Shape    Clean UTF-8 less what text_noise knows: a quoted "STOP" is no STOP.
 *            sure          the whole text is a word: STOP, End., "S T O P", opt-out, unsubscribe, ALTO, BAJA … (case, marks, blanks, quotes, courtesy
 *                          aside; STOPPPP, look-alike letters of another script, the stop sign), or says what our own texts say: "STOP to end"
 *            likely        the whole text is a known phrase or the word with a number, a group's name or a word or two around it: "stop texting
 *                          me", "take me off", "no más mensajes", "2 stop", "ok stop"; or a longer text has a sentence that ends in the plain wish: "my mother passed away please stop texting"
 *            wrong number  the same, of somebody whom we do not mean: "This is not Rose" (a known name), "Maria no longer has this number"
 *            prose         the words stand in a longer text: "I can't stop crying", "cancel my Tuesday visit"
 * Rule     sure, likely and wrong number act alike: at once, on all texts of the practice. prose never acts; it is held, and staff see it. "end", "remove",
 *          "alto" and "baja" in prose are everyday words and no sign of anything.
 * State    None.
 * Source   47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel, unsubscribe, and any reasonable means; CTIA 5.1.3; the words that carriers
 *          act on. tests/data/text/texts.tsv has what people write.
 */
#ifndef INBOUND_TEXT_OPTOUT_H
#define INBOUND_TEXT_OPTOUT_H

#include "base/arena.h"
#include "inbound/command.h"
#include "inbound/words.h"

enum text_optout {
    TEXT_OPTOUT_NONE,
    TEXT_OPTOUT_SURE,
    TEXT_OPTOUT_LIKELY,
    TEXT_OPTOUT_WRONG_NUMBER,
    TEXT_OPTOUT_PROSE
};

/* core is the text's, command what command_read says of it; names and groups as there, either may be NULL. */
enum text_optout text_optout_read(const struct words_core *core, const struct command *command,
                                  const char *const *names, const char *const *groups, struct arena *mem);

#endif
