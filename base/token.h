/*
 * token: what a reply address or link carries: which row, for what purpose, proved by a MAC.
 *
 * Shape    32 characters of lower-case base32 = 160 bits: key epoch 4, MAC 76, then purpose 5, row id 63 and ordinal 12 masked by a
 *          keyed hash of the MAC, so nothing readable remains. Any letter case is read.
 * Errors   RC_NOT_FOUND  not a token of these keys: wrong form, wrong MAC, forgotten epoch (a stranger learns no difference)
 * State    None. A token is a reference; what it allows is checked elsewhere (possession is not identity).
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include "base/seal.h"

#define TOKEN_CHARS 32
#define TOKEN_SIZE (TOKEN_CHARS + 1)
#define TOKEN_ORDINAL_MAX 4095

/* Numbers are part of tokens in people's mailboxes: append only, below 32. */
enum token_purpose {
    TOKEN_REPLY = 1,          /* row: delivery */
    TOKEN_ITEM = 2,           /* row: delivery, ordinal: item number */
    TOKEN_BOUNCE = 3,         /* row: delivery */
    TOKEN_CONFIRM = 4,        /* row: invitation (consent asked) */
    TOKEN_UNSUBSCRIBE = 5,    /* row: membership; never expires */
    TOKEN_REVIEW = 6,         /* row: delivery of a review mail */
    TOKEN_DESK = 7,           /* row: delivery of a staff mail */
    TOKEN_RSVP = 8,           /* row: delivery of a visit mail */
    TOKEN_PRIVATE = 9,        /* row: delivery in a private conversation */
    TOKEN_LOGIN = 10,         /* row: console session request */
    TOKEN_CHECK_IN = 11,      /* row: delivery of a check-in letter: a reply is an answer of that person alone */
    TOKEN_ADDRESS_CHECK = 12, /* row: group; in our own mail to its address */
    TOKEN_FEED = 13,          /* row: calendar_feed; in the link of a private calendar, never in mail addresses */
    TOKEN_PURPOSE_COUNT
};

struct token {
    enum token_purpose purpose;
    int64_t row_id;
    int ordinal; /* 0 when the purpose has none */
};

/* Writes the token under the current token key. */
void token_write(const struct keyring *ring, const struct token *token, char text[TOKEN_SIZE]);
/* Reads a token of len characters made by any key of the ring. */
MUST_CHECK enum rc token_read(const struct keyring *ring, const char *text, size_t len, struct token *ret_token,
                              struct err *err);
/* "review", "item", … for logs and the audit. */
const char *token_purpose_name(enum token_purpose purpose);

#endif
