/*
 * report_person_text: of `report person`: what their phones agreed to, and which texts went to them. Not the words of those: others stand in them.
 *
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_CLI_REPORT_PERSON_TEXT_H
#define GATEWAY_CLI_REPORT_PERSON_TEXT_H

#include "gateway/cli/cli.h"
#include "gateway/office/own.h"

/* With --json `text_consents` and `texts`. */
MUST_CHECK enum rc report_person_text(struct cli *cli, struct own *own, const struct person *person, struct json *root,
                                      struct err *err);

#endif
