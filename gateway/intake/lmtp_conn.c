#include "gateway/intake/lmtp_conn.h"

#include "base/io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct lmtp_conn *lmtp_conn_new(int fd, int epoll, const struct lmtp_limits *limits)
{
    struct lmtp_conn *conn = malloc(sizeof *conn);
    struct epoll_event wanted = { .events = EPOLLOUT, .data.ptr = conn };
    const int on = 1;

    if (!conn)
        abort();
    memset(conn, 0, offsetof(struct lmtp_conn, in));
    conn->fd = fd;
    conn->epoll = epoll;
    conn->interest = wanted.events;
    conn->heard_ms = conn->since_ms = clock_steady_ms();
    conn->session = lmtp_new(limits);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a Unix socket needs none */
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted))
        lmtp_conn_free(&conn);
    return conn;
}

void lmtp_conn_free(struct lmtp_conn **conn)
{
    if (!*conn)
        return;
    io_close(&(*conn)->fd); /* which takes it from epoll as well */
    lmtp_free(&(*conn)->session);
    intake_stream_free(&(*conn)->stream);
    crypt_wipe(*conn, sizeof **conn);
    free(*conn);
    *conn = NULL;
}

void lmtp_conn_read(struct lmtp_conn *conn)
{
    ssize_t n;

    if (conn->fill == sizeof conn->in || conn->has_ended || conn->is_broken)
        return;
    n = recv(conn->fd, conn->in + conn->fill, sizeof conn->in - conn->fill, MSG_DONTWAIT);
    if (n > 0) {
        conn->fill += (size_t)n;
        conn->heard_ms = clock_steady_ms();
    } else if (n == 0)
        conn->has_ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        conn->is_broken = true;
}

static void ask_epoll(struct lmtp_conn *conn, bool has_output)
{
    const bool may_read = conn->fill < sizeof conn->in && !conn->has_ended && !conn->is_closing;
    struct epoll_event wanted = { .events = (may_read ? EPOLLIN : 0u) | (has_output ? EPOLLOUT : 0u),
                                  .data.ptr = conn };

    if (wanted.events == conn->interest)
        return;
    conn->interest = wanted.events;
    conn->is_broken |= epoll_ctl(conn->epoll, EPOLL_CTL_MOD, conn->fd, &wanted) != 0;
}

void lmtp_conn_write(struct lmtp_conn *conn)
{
    const char *p;
    size_t n;

    for (p = lmtp_output(conn->session, &n); n && !conn->is_broken; p = lmtp_output(conn->session, &n)) {
        const ssize_t sent = send(conn->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0 && errno != EINTR)
            conn->is_broken = true;
        if (sent > 0)
            lmtp_sent(conn->session, (size_t)sent);
    }
    ask_epoll(conn, n > 0);
}

static size_t unsent(const struct lmtp_conn *conn)
{
    size_t n;

    lmtp_output(conn->session, &n);
    return n;
}

bool lmtp_conn_has_work(const struct lmtp_conn *conn)
{
    return conn->fill && !conn->is_whole && !conn->is_closing && !conn->is_broken && unsent(conn) < LMTP_OUTPUT_MAX;
}

bool lmtp_conn_is_done(const struct lmtp_conn *conn)
{
    return conn->is_broken || (conn->is_closing && !unsent(conn)) ||
           (conn->has_ended && !conn->fill && !conn->is_whole && !unsent(conn));
}

void lmtp_conn_end(struct lmtp_conn *conn, enum lmtp_reason reason)
{
    if (conn->is_closing)
        return;
    lmtp_end(conn->session, reason);
    conn->is_closing = true;
}
