/*
 * report_delivery_text: the texts of `report delivery`, below its letters: who got which words, when.
 *
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_CLI_REPORT_DELIVERY_TEXT_H
#define GATEWAY_CLI_REPORT_DELIVERY_TEXT_H

#include "gateway/cli/cli.h"
#include "store/accounting.h"

/* With --json `texts`. csv NULL: none; else the texts go to a file of their own beside it ("out.csv": "out-texts.csv") if there are any. ret_n: how many. */
MUST_CHECK enum rc report_delivery_text(struct cli *cli, const struct accounting_filter *filter, const char *csv,
                                        struct json *root, size_t *ret_n, struct err *err);

#endif
