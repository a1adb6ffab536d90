/*
 * oauth: access tokens for a mailbox or a relay, by what the settings hold: a refresh token (somebody signed in once), a service account's key file (Google Workspace), or the
 * secret of an application of its own (Microsoft 365).
 *
 * Shape    refresh_token_file  grant refresh_token; a new refresh token in the answer takes the old one's place in the file
 *          key_file            the JSON file of a Google service account: grant jwt-bearer, for `user`, signed RS256
 *          else                grant client_credentials
 *          Errors of the other side are told by their name only (RFC 6749 5.2: invalid_grant …).
 * Units    expires_s: how long the token lives, as the server says; 0: it does not say.
 * Errors   RC_DENIED  the server refuses: waiting mends nothing          RC_TEMP  no answer, or one that is none
 *          RC_INPUT   a file is missing, or others may read it, or holds no such thing
 * Owns     The token lives in mem.
 * State    None. Sends nothing but to token_url, under TLS.
 * Source   RFC 6749 4.4 and 6, RFC 7523, RFC 8628; Google "Using OAuth 2.0 for Server to Server Applications"; Microsoft identity platform, client credentials flow.
 */
#ifndef BASE_OAUTH_H
#define BASE_OAUTH_H

#include "base/arena.h"
#include "base/err.h"

#define OAUTH_TIMEOUT_MS (30 * 1000)

struct oauth {
    const char *token_url, *client_id;                                      /* client_id "": none (a service account) */
    const char *client_secret_file, *refresh_token_file, *key_file, *scope; /* "" none */
    const char *user;                                                       /* whose mailbox: of a service account */
    const char *ca_file;                                                    /* "" the system's trust store */
};

struct oauth_token {
    const char *token;
    int64_t expires_s;
};

/* The settings and all their texts. */
const struct oauth *oauth_copy(const struct oauth *oauth, struct arena *mem);

MUST_CHECK enum rc oauth_get_token(const struct oauth *oauth, struct arena *mem, struct oauth_token *ret_token,
                                   struct err *err);

/* Signing in in a browser: base/oauth_visit. Signing in on another device (RFC 8628): the person opens url and types code there. */
struct oauth_device {
    const char *url, *code, *device_code;
    int64_t interval_s, expires_s;
};
MUST_CHECK enum rc oauth_device_begin(const struct oauth *oauth, const char *device_url, struct arena *mem,
                                      struct oauth_device *ret_device, struct err *err);
/* Asks until the person has signed in, and writes the refresh token into refresh_token_file (0600). RC_DENIED: they said no, or it took too long. */
MUST_CHECK enum rc oauth_device_finish(const struct oauth *oauth, const struct oauth_device *device, struct err *err);

#endif
