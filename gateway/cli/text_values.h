/*
 * text_values: what an account of a text provider needs to know: settings from the command line, secrets from a file or standard input, tried before they
 * are kept.
 *
 * Owns     Everything lives in cli->mem.
 * Errors   RC_INPUT  a line that is no NAME=VALUE, a name that the provider's file does not know, one that is missing, a value that makes no request
 */
#ifndef GATEWAY_CLI_TEXT_VALUES_H
#define GATEWAY_CLI_TEXT_VALUES_H

#include "gateway/cli/cli.h"
#include "gateway/sms/text_provider.h"

struct text_values {
    struct cli_many settings;
    const char *secrets; /* a file; "-" standard input; NULL none */
};

/* What the account had (JSON), with what was given now. */
MUST_CHECK enum rc text_values_make(struct cli *cli, const struct provider *p, const struct text_values *now,
                                    const char *old, const char **ret, struct err *err);
/* Does a request come out of them, from this number, and can a call of the hook be proved? Then nothing is missing. */
MUST_CHECK enum rc text_values_try(struct cli *cli, struct text_account_id id, const char *number, struct err *err);

#endif
