/*
 * hook: one call of a provider's hook: whose it is, whether it proves itself, and what of it is stored. Knows no HTTP library.
 *
 * Shape    hook_take is called inside the turn's transaction, which the caller commits before it answers.
 * Owns     A set knows the accounts that were called, as long as their practice stays open in gates, which must outlive it.
 * Errors   RC_NOT_FOUND  no such practice or account, or it is polled or given up: 404
 *          RC_DENIED     the signature proves nothing: 403
 *          RC_LIMIT      too large, too many parameters: 413
 *          RC_INPUT      our own settings are wrong: 503, and doctor tells
 *          others        the store: 503; the transaction has failed
 * State    hook_open opens practices: outside a transaction. hook_take needs the open one.
 */
#ifndef GATEWAY_TEXT_HOOK_H
#define GATEWAY_TEXT_HOOK_H

#include "gateway/practice/gates.h"
#include "mailer/sms_sign.h"

struct hook_call {
    const char *method;
    const char *path;  /* "/text/1/2" */
    const char *query; /* without "?", as it came; "" none */
    const struct sms_header *headers;
    size_t header_count;
    const void *body;
    size_t body_len;
};

struct hook_answer {
    int status;
    char type[64], body[192]; /* "" none: a line of the file has no more */
    bool has_news;            /* something was stored: wake the roles */
};

struct hooks;
struct hooks *hooks_new(struct gates *gates);
void hooks_free(struct hooks **hooks);
/* Forgets the accounts of practices that gates_refresh has closed. Between two turns. */
void hooks_refresh(struct hooks *hooks);

struct hook;
/* Finds the account, and proves the call. ret_hook lives until hooks_refresh. */
MUST_CHECK enum rc hook_open(struct hooks *hooks, const struct hook_call *call, struct hook **ret_hook,
                             struct err *err);
/* Stores what the call says. */
MUST_CHECK enum rc hook_take(struct hook *hook, const struct hook_call *call, struct hook_answer *ret_answer,
                             struct err *err);
/* Calls that proved nothing since the last time: written down in a transaction of its own, at most every ten seconds. */
void hooks_count_refused(struct hooks *hooks);

#endif
