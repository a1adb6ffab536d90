/*
 * transport: the port through which filled messages leave. One real version per kind of relay (mailer/relay.h opens the
 * right one) and the Maildir, which is the outbox of tests and demo.
 *
 * Shape    open, then send batches of up to TRANSPORT_BATCH_MAX wires, then close; open again works. done is called
 * exactly once for each wire of a batch, in order, before send returns. Only struct wire (mailer/serial.h) is taken:
 * one recipient each.
 * TLS      What we can know ends at the relay. Our own hop is under verified TLS, or on this host. For the way after it a wire that says
 * SERIAL_TLS_REQUIRED leaves only where the relay offers REQUIRETLS (RFC 8689) in its session, and with it: then every server on the way must keep it
 * or send the letter back. Else it gets TRANSPORT_NO_TLS and not a byte of it leaves. SERIAL_TLS_KEPT_BY_RELAY rests on what the practice says of its
 * relay; REQUIRETLS is added where it is offered.
 * Owns     The transport keeps nothing of a wire after send. A result is valid during the call of
 * done. Errors   open, send: the session, never a recipient. RC_TEMP    no connection, a greeting of 421 or 554, a
 * dropped connection, a timeout: back off, try again RC_DENIED  refused for a reason that waiting does not mend:
 * password, certificate, no STARTTLS, our sender address: tell staff. None of these is ever a recipient's failure.
 *          After an error the session is closed, and every wire that was not handed over got TRANSPORT_NOT_SENT.
 * Privacy  result->remote is the relay's sentence, which quotes addresses: it belongs into the delivery's row, never
 * into logs or err. State    One transport belongs to one process; no threads. Source   RFC 5321 4.2 and 4.5.3, RFC
 * 3463 (enhanced status).
 */
#ifndef MAILER_TRANSPORT_H
#define MAILER_TRANSPORT_H

#include "base/err.h"

#define TRANSPORT_BATCH_MAX 32
#define TRANSPORT_REMOTE_MAX 512

struct wire;

enum transport_outcome {
    TRANSPORT_ACCEPTED = 1, /* the relay has it (250), or it is on disk */
    TRANSPORT_DEFERRED,     /* 4xx for this message: send again later */
    TRANSPORT_FAILED,       /* 5xx for this recipient or message: give up */
    TRANSPORT_UNCERTAIN,    /* handed over whole, the answer is lost: at most once more, with the same Message-ID */
    TRANSPORT_NO_TLS,       /* needs TLS for its whole way, which nobody promises, or a server refused to: not sent */
    TRANSPORT_NOT_SENT,     /* the session ended before it: nothing of it was accepted */
};

struct transport_result {
    enum transport_outcome outcome;
    int code;                          /* SMTP reply code; 0 when there was none */
    int enhanced[3];                   /* class, subject, detail; 0 0 0 when not given */
    char remote[TRANSPORT_REMOTE_MAX]; /* the sentence, cut to fit; may be "" */
};

typedef void transport_done_fn(void *ctx, size_t index, const struct transport_result *result);

struct transport {
    enum rc (*open)(void *ctx, struct err *err);
    enum rc (*send)(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done, void *done_ctx,
                    struct err *err);
    void (*close)(void *ctx);
    void (*free)(void *ctx);
    void *ctx;
    /* Of the open session; NULL: never. Its send looks at wires that need it itself; without it transport_send does. */
    bool (*offers_requiretls)(void *ctx);
};

MUST_CHECK enum rc transport_open(const struct transport *transport, struct err *err);
MUST_CHECK enum rc transport_send(const struct transport *transport, const struct wire *const wires[], size_t count,
                                  transport_done_fn *done, void *done_ctx, struct err *err);
/* Whether the open session takes wires of SERIAL_TLS_REQUIRED. */
bool transport_offers_requiretls(const struct transport *transport);
void transport_close(const struct transport *transport);
void transport_free(struct transport *transport); /* for CLEANUP; closes; fine on a zeroed one */

const char *transport_outcome_name(enum transport_outcome outcome);

/* For implementations: reads "5.1.1 sentence" (with or without the status) into result, controls made blanks. */
void transport_read_reply(const char *text, int code, struct transport_result *result);
/* Whether a refusal is about us (password, access token, our sender address) or the session, and so says nothing about the recipient. */
enum transport_step { TRANSPORT_STEP_MAIL, TRANSPORT_STEP_RCPT, TRANSPORT_STEP_DATA };
bool transport_is_about_us(enum transport_step step, const struct transport_result *refusal);
/* Whether a report or refusal of this status means that TLS was missing or not to be trusted on the way: x.7.4, x.7.5, x.7.10, x.7.30. */
bool transport_is_about_tls(const int enhanced[3]);
/* What a final reply means: 2xx accepted, 4xx deferred, 5xx failed, anything else uncertain. */
enum transport_outcome transport_judge(int code);

#endif
