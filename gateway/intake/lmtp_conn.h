/*
 * lmtp_conn: one connection of the role lmtp: its socket, session and letter. Nothing here waits.
 *
 * Owns     lmtp_conn_free closes the socket and frees the letter, of which nothing counts unless it was finished and committed.
 * Errors   A socket that fails, or whose other side is gone, is told by lmtp_conn_is_done: nobody is there to be answered.
 * State    Borrows the epoll descriptor, at which it stands with itself as data.
 */
#ifndef GATEWAY_INTAKE_LMTP_CONN_H
#define GATEWAY_INTAKE_LMTP_CONN_H

#include "gateway/intake/intake_stream.h"
#include "inbound/lmtp.h"

#define LMTP_CONN_IN_BYTES ((size_t)16 << 10) /* read at a time */

struct lmtp_conn {
    int fd, epoll;
    uint32_t interest; /* what epoll was told */
    struct lmtp *session;
    struct intake_stream *stream; /* NULL: no recipient yet */
    size_t extra;                 /* its recipients but the first */
    int64_t heard_ms;             /* steady: the last bytes */
    int64_t since_ms;             /* steady: connected, or the last letter was kept */
    bool is_whole;                /* its letter waits for the commit */
    bool has_written;             /* in the open transaction */
    bool is_closing;              /* when the output is sent */
    bool has_ended, is_broken;    /* the other side sends no more; is gone */
    size_t fill;
    char in[LMTP_CONN_IN_BYTES];
};

/* Takes the descriptor; NULL: the system refused, and the descriptor is closed. */
struct lmtp_conn *lmtp_conn_new(int fd, int epoll, const struct lmtp_limits *limits);
void lmtp_conn_free(struct lmtp_conn **conn);

void lmtp_conn_read(struct lmtp_conn *conn);
/* Sends what there is, and asks epoll for what is wanted next. */
void lmtp_conn_write(struct lmtp_conn *conn);
/* There is input that can be worked on now. */
bool lmtp_conn_has_work(const struct lmtp_conn *conn);
bool lmtp_conn_is_done(const struct lmtp_conn *conn);
/* Says why, and closes when that is sent. */
void lmtp_conn_end(struct lmtp_conn *conn, enum lmtp_reason reason);

#endif
