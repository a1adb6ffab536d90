/*
 * oauth_parts: what the ways to sign in share. Of base/oauth and base/oauth_visit alone.
 */
#ifndef BASE_OAUTH_PARTS_H
#define BASE_OAUTH_PARTS_H

#include "base/http.h"
#include "base/json.h"
#include "base/oauth.h"

/* "invalid_grant": a word of theirs, as long as it is one; else "no reason". */
const char *oauth_error_name(const struct json *answer);
MUST_CHECK enum rc oauth_post_form(const struct oauth *oauth, const char *url, struct strbuf *form, struct arena *mem,
                                   struct http_answer *answer, struct err *err);
/* The refresh token of an answer, into refresh_token_file. */
MUST_CHECK enum rc oauth_keep_refresh(const struct oauth *oauth, const struct json *answer, struct err *err);

#endif
