/*
 * relay_token: the access token with which we sign in to a relay: fetched when it is first asked for, kept while it lives.
 *
 * Units    A token is used until RELAY_TOKEN_EARLY_MS before its end; one that tells no end, once.
 * Owns     Copies the settings. The token is valid until the next call on the same object; relay_token_free wipes it.
 * Errors   Those of base/oauth.
 * State    One object for each session. Files of the settings are read anew for each fetch.
 */
#ifndef MAILER_RELAY_TOKEN_H
#define MAILER_RELAY_TOKEN_H

#include "base/oauth.h"

#define RELAY_TOKEN_EARLY_MS (60 * INT64_C(1000))

struct relay_token;
struct relay_token *relay_token_new(const struct oauth *oauth);
void relay_token_free(struct relay_token **token);

/* ret_is_fresh: it was fetched just now, so that fetching it once more would bring nothing better. */
MUST_CHECK enum rc relay_token_get(struct relay_token *token, const char **ret_token, bool *ret_is_fresh,
                                   struct err *err);
/* The relay refused it. */
void relay_token_forget(struct relay_token *token);

#endif
