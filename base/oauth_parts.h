/*
 * oauth_parts: what the ways to sign in share. Of base/oauth and base/oauth_visit alone.
 */
#ifndef BASE_OAUTH_PARTS_H
#define BASE_OAUTH_PARTS_H

#include "base/http.h"
#include "base/json.h"
#include "base/oauth.h"

/* The word that they say, as long as it is one, with what mends it: "the token endpoint refuses: invalid_client (401): …". */
enum rc oauth_refused(const char *who, const struct json *answer, long status, struct err *err);
/* "invalid_grant"; "no reason" when it is no word. */
const char *oauth_error_name(const struct json *answer);
MUST_CHECK enum rc oauth_post_form(const struct oauth *oauth, const char *url, struct strbuf *form, struct arena *mem,
                                   struct http_answer *answer, struct err *err);
/* The refresh token of an answer, into refresh_token_file. */
MUST_CHECK enum rc oauth_keep_refresh(const struct oauth *oauth, const struct json *answer, struct err *err);

#endif
