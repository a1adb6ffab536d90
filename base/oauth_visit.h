/*
 * oauth_visit: somebody signs in once, in a browser (the flow of installed applications): what Google wants of who has no service account.
 *
 *          begin: a port on loopback, a page to open ── the person signs in, here or on another machine ──┬─ the browser comes to the port
 *                                                                                                         └─ its address is pasted, as a line
 *          finish: the code in it ── token endpoint ── refresh token, into refresh_token_file (0600)
 *
 * Shape    On another machine the browser ends at http://127.0.0.1:PORT/…, where nothing answers: the address it shows then is what is pasted. A code counts only with our `state`,
 *          and only with the verifier (PKCE) that never left this process. Requests and lines that are something else are passed over.
 * Units    in_fd: where a pasted line comes from; -1 or its end: nowhere.
 * Errors   RC_DENIED  they said no, or it took too long, or the endpoint refuses   RC_TEMP  no port, no answer   RC_INPUT  a file cannot be read
 * Owns     Texts live in mem; visit_close closes the port (for CLEANUP).
 * State    Listens on 127.0.0.1 alone, between begin and close.
 * Source   RFC 8252 7.3, RFC 7636, RFC 6749 4.1; Google "OAuth 2.0 for Mobile & Desktop Apps".
 */
#ifndef BASE_OAUTH_VISIT_H
#define BASE_OAUTH_VISIT_H

#include "base/oauth.h"

#define OAUTH_VISIT_MS (15 * 60 * 1000)

struct oauth_visit {
    const char *page; /* to be opened */
    const char *redirect, *state, *verifier;
    int port_fd; /* -1 none */
};

MUST_CHECK enum rc oauth_visit_begin(const struct oauth *oauth, const char *auth_url, struct arena *mem,
                                     struct oauth_visit *ret_visit, struct err *err);
MUST_CHECK enum rc oauth_visit_finish(const struct oauth *oauth, const struct oauth_visit *visit, int in_fd,
                                      int64_t wait_ms, struct err *err);
void oauth_visit_close(struct oauth_visit *visit);

#endif
