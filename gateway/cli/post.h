/*
 * post: what the commands about words of staff share.
 *
 * Owns     Everything lives in cli->mem.
 * Errors   RC_INPUT  no text, or not UTF-8      RC_LIMIT  over 64 KiB of it
 */
#ifndef GATEWAY_CLI_POST_H
#define GATEWAY_CLI_POST_H

#include "gateway/cli/cli.h"

/* text, or where that is NULL standard input; cleaned. */
MUST_CHECK enum rc cli_post_text(struct cli *cli, const char *text, const char **ret, struct err *err);
/* What the word lists find in them (enum post_flag), as far as it matters of a topic, or of an announcement. */
MUST_CHECK enum rc cli_post_flags(struct cli *cli, const struct care_group *g, const char *text, bool is_news,
                                  int64_t *ret_flags, struct err *err);

#endif
