/*
 * reach: whether something listens where a relay's URL points.
 *
 * Errors   RC_TEMP  the host is not known, refuses, or says nothing within seconds
 * State    One short connection, nothing said.
 */
#ifndef GATEWAY_CLI_REACH_H
#define GATEWAY_CLI_REACH_H

#include "base/err.h"

/* A Maildir is always reached. */
MUST_CHECK enum rc reach_relay(const char *url, struct err *err);

#endif
