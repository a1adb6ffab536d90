/*
 * mbox: a file of messages for any mail program.
 *
 * Shape    mboxrd: a "From " line, the message with LF ends, lines that begin with "From " after any ">" get one more ">". Mode 0600.
 * Owns     mbox_free closes; a file that was not finished is the caller's to remove.
 * Errors   RC_CONFLICT  there is a file of that name   RC_TEMP  the disk (told by mbox_finish too)
 * Source   RFC 4155; qmail's mbox(5) for the quoting.
 */
#ifndef GATEWAY_HOME_MBOX_H
#define GATEWAY_HOME_MBOX_H

#include "base/err.h"

struct mbox;
MUST_CHECK enum rc mbox_new(const char *path, struct mbox **ret_mbox, struct err *err);
void mbox_free(struct mbox **mbox);
void mbox_add(struct mbox *mbox, const char *message, size_t n, int64_t date_ms);
MUST_CHECK enum rc mbox_finish(struct mbox *mbox, struct err *err);

#endif
