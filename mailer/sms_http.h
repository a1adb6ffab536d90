/*
 * sms_http: requests to text providers, several at a time over connections that stay open. The only file of mailer/ with libcurl.
 *
 * Shape    sms_http_run sends what provider_build made and comes back when every request has an end:
 *            SMS_ANSWERED  a whole answer: status and body
 *            SMS_NOT_SENT  nothing of the request has left: no name, no connection, no trust in the certificate. Safe to send later
 *            SMS_LOST      it left, and the answer did not come whole: never send it again
 *            SMS_NO_TURN   the run had no time left for it: nothing has left, and nobody has failed
 *          libcurl repeats a request by itself when a kept connection turns out to be dead, also where the server may have read it: here a request is put
 *          on a wire once, and a second time ends as SMS_LOST.
 *          https with the server's certificate checked, or http to this machine (provider_build lets nothing else through). No redirects, no proxy
 *          from the environment.
 * Units    milliseconds. retry_after_ms is what the server asked for; 0 nothing.
 * Owns     Results live in mem.
 * State    One per role; keeps its connections until sms_http_free.
 */
#ifndef MAILER_SMS_HTTP_H
#define MAILER_SMS_HTTP_H

#include "mailer/provider.h"

#define SMS_HTTP_ANSWER_MAX ((size_t)256 << 10)

enum sms_end { SMS_ANSWERED, SMS_NOT_SENT, SMS_LOST, SMS_NO_TURN };

struct sms_http_result {
    enum sms_end end;
    long status;
    const char *body; /* NUL behind it */
    size_t body_len;
    int64_t retry_after_ms;
    int curl_code; /* of the two failures, for the log */
};

struct sms_http_options {
    const char *ca_file;            /* PEM; "": the system's trust store */
    int64_t connect_ms, timeout_ms; /* timeout_ms: of a whole run */
    long connections;               /* to one host at a time */
    int64_t least_ms;               /* with less of the run left nothing is started: a slow answer would be lost */
};
#define SMS_HTTP_USUAL ((struct sms_http_options){ "", 10000, 30000, 4, 10000 })

struct sms_http;
MUST_CHECK enum rc sms_http_new(const struct sms_http_options *options, struct sms_http **ret_http, struct err *err);
void sms_http_free(struct sms_http **http);

/* results[i] is of requests[i]; NULL requests are passed over, their results stay as they are. */
void sms_http_run(struct sms_http *http, const struct provider_request *const *requests, size_t n, struct arena *mem,
                  struct sms_http_result *results);

#endif
