/*
 * report_story: what happened to one letter of ours, in its order: put into the outbox, tried, taken or refused, come back, answered.
 *
 * Shape    Lines on the terminal; with --json a list `story` of {at, what, detail}. Codes and names of ours only: no word of anybody.
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_CLI_REPORT_STORY_H
#define GATEWAY_CLI_REPORT_STORY_H

#include "gateway/cli/cli.h"
#include "store/delivery.h"

MUST_CHECK enum rc report_story(struct cli *cli, struct delivery_id id, struct json *root, struct err *err);

#endif
