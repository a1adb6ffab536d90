/*
 * drive: runs this very program with other words, as somebody at a terminal would, and keeps what it says.
 *
 * Owns     *ret_said lives in mem: standard output and error together.
 * Errors   RC_TEMP  no process   RC_BUG  a program that did not end by itself. What exit code means what is the caller's to judge
 * State    One child at a time, waited for.
 */
#ifndef GATEWAY_DEMO_DRIVE_H
#define GATEWAY_DEMO_DRIVE_H

#include "base/arena.h"
#include "base/err.h"

/* argv ends with NULL and begins with the command's words; now_ms becomes POSTCIRCLE_NOW. */
MUST_CHECK enum rc drive_run(const char *home_path, const char *const *argv, int64_t now_ms, struct arena *mem,
                             const char **ret_said, int *ret_code, struct err *err);

#endif
