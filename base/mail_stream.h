/*
 * mail_stream: a connection to a mail server elsewhere that can be trusted and cannot run away: the stream under libetpan's sessions of SMTP (mailer) and
 * IMAP (inbound). The only file of base/ with libetpan.
 *
 * Shape    mail_stream_open connects (IPv6 and IPv4, in the resolver's order); under MAIL_STREAM_TLS the server's certificate is checked before one of its
 *          words is read. MAIL_STREAM_CLEAR is for STARTTLS: mail_stream_start_tls, after the server has agreed, checks it then. mail_stream_wire is what a session
 *          of libetpan is connected with.
 * Units    Seconds and milliseconds of steady time. timeout_ms: connecting, the handshake, and each silence of the server. mail_stream_allow: what the server
 *          may say from now on, in bytes and in time, however it drips; INT64_MAX is no bound.
 * Errors   RC_TEMP    no connection, no handshake        RC_DENIED  the certificate proves nothing; words stand behind the server's agreement to STARTTLS
 *          RC_INPUT   ca_file cannot be read
 *          A read that is cut short is an error of the stream to libetpan; mail_stream_why tells the cause.
 * Owns     mail_stream_free closes the connection, and must come after the session was freed. A session that closes the stream itself does no harm.
 * State    One connection. Expects SIGPIPE to be ignored.
 * Source   libetpan 1.9.4 checks no certificate, sets no TCP_NODELAY, and bounds nothing that a server says (measured).
 */
#ifndef BASE_MAIL_STREAM_H
#define BASE_MAIL_STREAM_H

#include "base/err.h"

enum mail_stream_tls { MAIL_STREAM_TLS, MAIL_STREAM_CLEAR };

struct mail_stream_settings {
    const char *host;
    int port;
    enum mail_stream_tls tls;
    const char *ca_file; /* PEM; NULL: the system's trust store */
    int64_t timeout_ms;
    int64_t literal_max; /* IMAP: a longer literal is too much as soon as it is announced (base/literal); 0: no IMAP */
    bool (*must_stop)(void); /* asked about once a second while the server is silent; NULL: never */
};

enum mail_stream_why {
    MAIL_STREAM_GONE, /* the server ended it, or the network did */
    MAIL_STREAM_TOO_MUCH,
    MAIL_STREAM_TOO_SLOW,
    MAIL_STREAM_STOPPED /* must_stop said so */
};

struct mail_stream;
struct _mailstream; /* libetpan's */

MUST_CHECK enum rc mail_stream_open(const struct mail_stream_settings *settings, struct mail_stream **ret_stream,
                                    struct err *err);
void mail_stream_free(struct mail_stream **stream);
struct _mailstream *mail_stream_wire(struct mail_stream *stream);
MUST_CHECK enum rc mail_stream_start_tls(struct mail_stream *stream, struct err *err);

void mail_stream_allow(struct mail_stream *stream, int64_t bytes, int64_t ms);
enum mail_stream_why mail_stream_why(const struct mail_stream *stream);
/* For waiting; -1 when it is closed. */
int mail_stream_fd(const struct mail_stream *stream);
/* Bytes were read from the connection that nobody has asked for yet. */
bool mail_stream_has_bytes(const struct mail_stream *stream);

#endif
