/*
 * parked_view: the beginning of a mail that nobody could read, as a person may read it on a terminal.
 *
 * Shape    The closed process reads the first bytes once more, for that alone: who, whom, when, subject decoded, and the first words. Where it
 *          dies of them too, the header's four fields and the first lines stand as they came. In both, what could draw on a terminal or turn the
 *          reading order is written out: \x1b, \u{202e}.
 * Owns     Strings live in cli's arena.
 * State    None. Nothing of the mail is written anywhere.
 */
#ifndef GATEWAY_CLI_PARKED_VIEW_H
#define GATEWAY_CLI_PARKED_VIEW_H

#include "gateway/cli/cli.h"

/* Adds from, to, date, subject, text and is_decoded to out, and says them. bytes: the first n of the mail. */
void parked_view(struct cli *cli, const char *bytes, size_t n, struct json *out);

#endif
