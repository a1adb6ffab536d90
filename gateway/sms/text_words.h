/*
 * text_words: what we say by text: the template of a kind as one run of words.
 *
 * Shape    templates/LANG/text_….md are Markdown as all others; of the rendering the text twin counts: the lines of a paragraph are joined by blanks, and a
 *          paragraph is a line. Common values: practice_name, office_phone, emergency_line.
 *          text_KIND says by text what KIND says by mail, with the same values (gateway/say/notice).
 * Owns     values is taken (and nulled) also on an error; may be NULL. The words live in mem.
 * Errors   Those of template_render.
 * State    None.
 */
#ifndef GATEWAY_SMS_TEXT_WORDS_H
#define GATEWAY_SMS_TEXT_WORDS_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/mailing.h"

MUST_CHECK enum rc text_words(struct gate *gate, enum mailing_kind kind, enum person_language language,
                              struct json **values, struct arena *mem, const char **ret_words, struct err *err);
/* The template of that name: for what has no kind of its own. */
MUST_CHECK enum rc text_words_named(struct gate *gate, const char *name, enum person_language language,
                                    struct json **values, struct arena *mem, const char **ret_words, struct err *err);

#endif
