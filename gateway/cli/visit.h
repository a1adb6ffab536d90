/*
 * visit: what the commands about visits share.
 *
 * Errors   RC_INPUT      not a number
 *          RC_NOT_FOUND  no visit of that number
 * Owns     Everything lives in cli->mem.
 */
#ifndef GATEWAY_CLI_VISIT_H
#define GATEWAY_CLI_VISIT_H

#include "gateway/cli/cli.h"
#include "store/visit.h"

MUST_CHECK enum rc cli_visit_find(struct cli *cli, const char *number, struct visit *ret, struct err *err);
/* "Tuesday, March 3, 2:00 PM (Chicago time)" */
const char *cli_visit_when(const struct cli *cli, const struct visit *v);

/* All that visits hold about a person, in words and as a list: the right of access. */
MUST_CHECK enum rc cli_visit_report(struct cli *cli, struct person_id person, struct json **ret_list, struct err *err);

#endif
