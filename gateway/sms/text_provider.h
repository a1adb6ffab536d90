/*
 * text_provider: an account of the practice with its provider's file and its values, ready to ask and to be asked.
 *
 * Shape    The file is HOME/providers/NAME.conf, else mailer/providers/NAME.conf among our own. The hook is PUBLIC-URL/text/PRACTICE/ACCOUNT, with the account's setting.hook
 *          for PUBLIC-URL where it has one (Kannel on this machine); a receipt's URL
 *          has ?ref=REFERENCE behind it, after ?tok= where the account has a secret.hook_token.
 * Owns     Everything lives in mem.
 * Errors   RC_NOT_FOUND  no such account, no such file    RC_INPUT  the file or the values are wrong (the line, the name)
 * State    Reads only.
 */
#ifndef GATEWAY_SMS_TEXT_PROVIDER_H
#define GATEWAY_SMS_TEXT_PROVIDER_H

#include "gateway/practice/gate.h"
#include "mailer/provider.h"
#include "store/text_account.h"

#define TEXT_VALUES_MAX 16

struct text_provider {
    struct text_account account;
    const struct provider *p;
    struct provider_value values[TEXT_VALUES_MAX];
    size_t value_count;
    const char *hook; /* "" where the account is polled, or the practice has no public URL */
};

MUST_CHECK enum rc text_provider_load(struct gate *gate, const char *name, struct arena *mem,
                                      const struct provider **ret, struct err *err);
MUST_CHECK enum rc text_provider_open(struct gate *gate, struct text_account_id id, struct arena *mem,
                                      struct text_provider *ret, struct err *err);
/* "" when there is none. */
const char *text_provider_value(const struct text_provider *provider, const char *name);
/* The URL for receipts of one request; "" for none. */
const char *text_provider_callback(const struct text_provider *provider, const char *ref, struct arena *mem);
/* Does the provider answer this very text itself? Its own words alone, in capitals or not: what else we take for STOP it passes on. Where it would have
 * answered more than its file says, it refuses our answer to the number that it has blocked. */
bool text_provider_answers(const struct text_provider *provider, const char *words, struct arena *mem);

#endif
