/*
 * title: the title of a conversation, from its author's words (never "Re:").
 *
 * Rule     A title goes to members like the text, so it is held to the same: a subject with contact data or a word of danger is
 *          not used, the text less its contact data is; and a title made from a text follows that text when staff take words out of it.
 * State    title_follow needs an open transaction.
 */
#ifndef GATEWAY_PRACTICE_TITLE_H
#define GATEWAY_PRACTICE_TITLE_H

#include "gateway/practice/gate.h"
#include "store/post.h"

#define TITLE_MAX 60 /* code points */

char *title_of_text(const char *text, struct arena *mem);
/* subject NULL: not fit to be shown. context is post.context: its suggested cut, if any, is what the title is taken from. */
MUST_CHECK enum rc title_choose(const char *subject, const char *text, const char *context, struct arena *mem,
                                const char **ret_title, struct err *err);
/* The text of post was old_text before. */
MUST_CHECK enum rc title_follow(struct gate *gate, const struct post *post, const char *old_text, struct err *err);

#endif
