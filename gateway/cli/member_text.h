/*
 * member_text: how much a member's phone is told by text, set by staff who warned them (R19), and how it stands with their phones.
 *
 * Errors   RC_INPUT  no such level; a level above 0 without how they were warned; no phone of theirs has said yes
 * State    member_text_level needs an open transaction.
 */
#ifndef GATEWAY_CLI_MEMBER_TEXT_H
#define GATEWAY_CLI_MEMBER_TEXT_H

#include "gateway/cli/cli.h"

/* Of every phone of theirs that said yes. level "0", "1", "2", NULL: nothing to do; warned: how and when they heard that others can read texts, what they said. */
MUST_CHECK enum rc member_text_level(struct cli *cli, const struct person *person, const char *level,
                                     const char *warned, struct err *err);
/* "texts" of `member show`: a line and an object for each phone. */
MUST_CHECK enum rc member_text_show(struct cli *cli, struct json *out, const struct person *person, struct err *err);

#endif
