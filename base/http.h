/*
 * http: one request to an https address: a form (http_post), or anything (http_call). The only file of base/ with libcurl (the GnuTLS flavour: the other one cannot be installed beside libetpan).
 *
 * Shape    https only, no redirects, the server's certificate is checked. A form is "name=value&…", percent-encoded: http_form_add.
 * Units    timeout_ms for all of it; an answer has at most HTTP_ANSWER_MAX bytes.
 * Errors   RC_TEMP    no connection, no answer in time, or an answer that is cut off: nothing is known of what the server did
 *          RC_DENIED  the server's certificate proves nothing
 *          RC_INPUT   the address is no https address; ca_file cannot be read
 *          RC_LIMIT   the answer is too long
 *          Any HTTP status is an answer.
 * Owns     The answer lives in mem.
 * Privacy  err names neither address nor form.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/strbuf.h"

#define HTTP_ANSWER_MAX ((size_t)64 << 10)

struct http_post {
    const char *url, *form;
    const char *ca_file; /* PEM; NULL or "": the system's trust store */
    int64_t timeout_ms;
};

struct http_answer {
    long status;
    char *body; /* ends in NUL */
    size_t n;
    const char *retry_after; /* as it stands there; "" none */
};

/* Any method. user and password: Basic; bearer: a token; NULL none of them. */
struct http_call {
    const char *method, *url, *body, *type; /* body NULL: none */
    const char *bearer, *user, *password;
    const char *ca_file;
    int64_t timeout_ms;
};

MUST_CHECK enum rc http_post(const struct http_post *post, struct arena *mem, struct http_answer *ret_answer,
                             struct err *err);
MUST_CHECK enum rc http_call(const struct http_call *call, struct arena *mem, struct http_answer *ret_answer,
                             struct err *err);
/* What a failure of libcurl means, for whoever looks after this machine. */
MUST_CHECK enum rc http_fault(int curl_code, struct err *err);
void http_form_add(struct strbuf *form, const char *name, const char *value);

#endif
