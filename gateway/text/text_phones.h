/*
 * text_phones: takes in what was written on phones that are files (mailer/phones), and that texts came to them, for an account whose provider hands over there.
 *
 * Shape    HOME/phones/PRACTICE is the folder. What waits is stored as what a provider's hook brings is (text_take), and taken away after the commit:
 *          who dies between finds it again, and text_take knows it. What is for no number of ours is taken away.
 * Errors   RC_TEMP  the folder; else of the store
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_TEXT_TEXT_PHONES_H
#define GATEWAY_TEXT_TEXT_PHONES_H

#include "gateway/sms/text_provider.h"

const char *text_phones_dir(struct gate *gate, struct arena *mem);
/* The practice's number of this kind (the oldest, or `number`), and its account; RC_NOT_FOUND: none. */
MUST_CHECK enum rc text_phones_number(struct gate *gate, const char *number, struct arena *mem,
                                      struct text_sender *ret_sender, struct text_provider *ret_provider,
                                      struct err *err);
/* Costs one look into a folder when nothing waits. ret_did counts what was new. */
MUST_CHECK enum rc text_phones_take(struct gate *gate, size_t *ret_did, struct err *err);

#endif
