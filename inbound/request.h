/*
 * request: the closed programs' side of inbound/frame.h: reads one request from fd 0, writes one answer to fd 1.
 *
 * Shape    head is the payload of the first frame (JSON). first: the raw message, or the letter of a TRIM; second: our text of a TRIM, earlier: earlier letters. Over its
 *          maximum a buffer is empty and says so (strbuf): the rest is read and forgotten, so that the answer can tell.
 * Owns     request_done frees what was read.
 * Errors   RC_CORRUPT  the other side does not keep to the form; the program then ends
 * State    None.
 */
#ifndef INBOUND_REQUEST_H
#define INBOUND_REQUEST_H

#include "base/strbuf.h"
#include "inbound/frame.h"
#include "inbound/letter.h"
#include "inbound/lockdown.h"
#include "inbound/reply.h"

struct request {
    enum frame_type type;
    struct strbuf first, second;
    struct strbuf earlier[REPLY_EARLIER_MAX];
    size_t parts;
    char head[FRAME_START_MAX + 1];
};

void request_init(struct request *r);
void request_done(struct request *r);
/* *ret_is_end: the other side closed between requests. */
MUST_CHECK enum rc request_read(struct request *r, bool *ret_is_end, struct err *err);
MUST_CHECK enum rc request_answer(enum frame_type type, const char *bytes, size_t n, struct err *err);

/* For main: what --check prints, and the end after a fault; both return the exit code. */
int request_print_state(const struct lockdown_state *state);
int request_fail(const struct err *err);

#endif
