/*
 * lmtp: our side of one LMTP session, as a state machine over bytes: no sockets, no clock, no store.
 *
 *            LHLO ── ready ──MAIL──▸ sender known ──RCPT, accepted──▸ recipients known ──DATA──▸ letter ──CRLF.CRLF──▸ answering ──▸ ready
 *                      ▴                   │                                │                       │
 *                      └────RSET, LHLO─────┴────────────────────────────────┘       over the size, or lmtp_fail: swallowed, then refused
 *
 * Shape    Bytes come in pieces of any size. lmtp_feed takes some of them and tells the one thing that happened, which its caller deals with
 *          before feeding on; what is to be sent back stands in the output, in order, however commands were pipelined. A letter's bytes are handed on as they came,
 *          without the stuffed dots; only CRLF "." CRLF ends one: a bare LF or CR never does. A command that ends in a bare LF is refused.
 * Units    max_bytes counts the letter as handed on.
 * Owns     The output and an event's bytes are lent: the bytes until the input is given back, the output until the next call.
 * Errors   Answered to the client. LMTP_CLOSE: send the output and close.
 * State    One per connection. Offers PIPELINING, SIZE, 8BITMIME, SMTPUTF8 (for senders: none of our addresses needs it), ENHANCEDSTATUSCODES.
 * Source   RFC 2033, 5321, 2920, 1870, 6152, 6531, 2034 with 3463.
 */
#ifndef INBOUND_LMTP_H
#define INBOUND_LMTP_H

#include "base/err.h"

#define LMTP_LINE_MAX 2048                 /* of a command; RFC 5321 4.5.3.1.4: 512, and what extensions add */
#define LMTP_IDLE_COMMANDS 200             /* without a letter that was taken: then 421 */
#define LMTP_OUTPUT_MAX ((size_t)16 << 10) /* so much unsent output: feed no more */

struct lmtp_limits {
    const char *host; /* how we call ourselves */
    int64_t max_bytes;
    int64_t max_recipients;
};

enum lmtp_did {
    LMTP_MORE,      /* nothing; all bytes were taken, or the output is full */
    LMTP_RECIPIENT, /* lmtp_path asks for lmtp_answer_recipient */
    LMTP_BEGIN,     /* the letter begins */
    LMTP_BYTES,     /* a piece of it */
    LMTP_END,       /* it is whole: lmtp_answer_letter, once; until then nothing may be fed */
    LMTP_FORGET,    /* sender, recipients and letter are void */
    LMTP_CLOSE
};

struct lmtp_event {
    enum lmtp_did did;
    const char *bytes; /* LMTP_BYTES */
    size_t n;
};

enum lmtp_verdict {
    LMTP_ACCEPTED,
    LMTP_NOBODY,    /* 5.1.1 */
    LMTP_ELSEWHERE, /* 5.1.2: a domain that is not ours */
    LMTP_FULL,      /* 4.5.3 */
    LMTP_NOT_NOW    /* 4.3.0 */
};

enum lmtp_reason { LMTP_TIMEOUT, LMTP_STOPPING };

struct lmtp;
/* Begins with the greeting in the output. limits are copied, host is not. */
struct lmtp *lmtp_new(const struct lmtp_limits *limits);
void lmtp_free(struct lmtp **s);

/* Returns how many bytes it took; it may take none and still tell something. */
size_t lmtp_feed(struct lmtp *s, const char *bytes, size_t n, struct lmtp_event *ret_event);

const char *lmtp_path(const struct lmtp *s);   /* of LMTP_RECIPIENT */
const char *lmtp_sender(const struct lmtp *s); /* from LMTP_BEGIN to the answer; "" is <> */
void lmtp_answer_recipient(struct lmtp *s, enum lmtp_verdict verdict);
/* One line for each accepted recipient: RFC 2033 4.2. */
void lmtp_answer_letter(struct lmtp *s, enum lmtp_verdict verdict);
/* The letter that is coming cannot be kept: the rest is swallowed and each recipient is answered 451 4.3.0. */
void lmtp_fail(struct lmtp *s);
/* We end it: 421. */
void lmtp_end(struct lmtp *s, enum lmtp_reason reason);

/* Between DATA and the answers. */
bool lmtp_is_in_letter(const struct lmtp *s);

const char *lmtp_output(const struct lmtp *s, size_t *ret_n);
void lmtp_sent(struct lmtp *s, size_t n);

#endif
