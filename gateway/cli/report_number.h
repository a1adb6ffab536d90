/*
 * report_number: one number's timeline (rule R22): what it was asked and said, every text in and out with what became of it, and how long the
 * confirmation of each STOP took. For a carrier, an auditor, a lawyer; words stand in it, so reading it is an act in the audit log.
 *
 * Errors   RC_INPUT  no number    RC_NOT_FOUND  nobody here has it
 * State    Reads only, but for the audit log.
 */
#ifndef GATEWAY_CLI_REPORT_NUMBER_H
#define GATEWAY_CLI_REPORT_NUMBER_H

#include "gateway/cli/cli.h"

/* csv NULL: to the terminal. */
MUST_CHECK enum rc report_number(struct cli *cli, const char *number, const char *csv, struct err *err);

#endif
