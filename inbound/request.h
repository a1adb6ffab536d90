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

/* What was read may go before the answer is made, where both need room. */
void request_done(struct request *r);
MUST_CHECK enum rc request_answer(enum frame_type type, const char *bytes, size_t n, struct err *err);
/* Says why there is no other answer: over a limit, or a fault. */
MUST_CHECK enum rc request_refuse(struct err *err);

/* Answers one request; what it makes lives in mem. */
typedef enum rc request_fn(struct request *r, struct arena *mem, struct err *err);
/* For main, after its setup: closes the process, then answers until the other side ends; "--check" prints how closed it is instead. Both return
 * the exit code. */
int request_serve(int argc, char **argv, enum lockdown_kind kind, request_fn *answer);
int request_fail(const struct err *err);

#endif
