/*
 * A low driver of libetpan's around another one of its own (socket or GnuTLS):
 *
 *     libetpan's session ── mailstream (buffers) ── guard (this file: bytes, time, wish to stop) ── socket or TLS
 *
 * The inner driver waits at most SLICE_S seconds at a time for bytes. Its -1 means both silence and failure, which time tells apart: a failure comes
 * at once. The rest of timeout_ms, and of what was allowed, is counted here.
 */
#include "base/mail_stream.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/literal.h"
#include "base/pki.h"
#include "base/text.h"

#include <errno.h>
#include <libetpan/libetpan.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER_BYTES 16384
#define SLICE_S 1
#define SILENT_MS 900 /* an inner -1 that took so long was silence */

struct mail_stream {
    char *host, *ca_file;
    int64_t timeout_ms, literal_max;
    struct literal literal;
    bool (*must_stop)(void);
    int fd;
    struct _mailstream_low *inner; /* NULL: closed */
    struct _mailstream *wire;      /* the session's, once it is connected with it */
    int64_t bytes_left, until_ms;  /* steady */
    enum mail_stream_why why;
};

/* ---- the guard ---- */

static int64_t seconds(int64_t ms)
{
    return ms < MS_SECOND ? 1 : ms / MS_SECOND;
}

static ssize_t stop_reading(struct mail_stream *s, enum mail_stream_why why)
{
    s->why = why;
    return -1;
}

/* One slice: bytes, 0 at the end, -1 failure; *is_silent when nothing came. */
static ssize_t read_slice(struct mail_stream *s, void *to, size_t n, bool *is_silent)
{
    const int64_t from_ms = clock_steady_ms();
    ssize_t got;

    mailstream_low_set_timeout(s->inner, SLICE_S);
    got = s->inner->driver->mailstream_read(s->inner, to, n);
    *is_silent = got < 0 && clock_steady_ms() - from_ms >= SILENT_MS;
    return got;
}

static ssize_t guard_read(mailstream_low *low, void *to, size_t n)
{
    struct mail_stream *const s = low->data;
    const int64_t give_up_ms = clock_steady_ms() + s->timeout_ms;

    if (!s->inner)
        return -1;
    if (s->bytes_left <= 0)
        return stop_reading(s, MAIL_STREAM_TOO_MUCH);
    if ((uint64_t)s->bytes_left < n)
        n = (size_t)s->bytes_left;
    for (;;) {
        const int64_t now_ms = clock_steady_ms();
        bool is_silent;
        ssize_t got;

        if (s->must_stop && s->must_stop())
            return stop_reading(s, MAIL_STREAM_STOPPED);
        if (now_ms >= s->until_ms || now_ms >= give_up_ms)
            return stop_reading(s, MAIL_STREAM_TOO_SLOW);
        got = read_slice(s, to, n, &is_silent);
        if (is_silent)
            continue;
        if (got <= 0) /* libetpan asks for ever after the rest of a literal when it is told of an end */
            return stop_reading(s, MAIL_STREAM_GONE);
        if (s->literal_max && !literal_feed(&s->literal, to, (size_t)got, s->literal_max))
            return stop_reading(s, MAIL_STREAM_TOO_MUCH);
        s->bytes_left -= got;
        return got;
    }
}

static ssize_t guard_write(mailstream_low *low, const void *bytes, size_t n)
{
    struct mail_stream *const s = low->data;

    if (!s->inner)
        return -1;
    mailstream_low_set_timeout(s->inner, seconds(s->timeout_ms));
    return s->inner->driver->mailstream_write(s->inner, bytes, n);
}

static int guard_close(mailstream_low *low)
{
    struct mail_stream *const s = low->data;

    if (!s->inner)
        return 0;
    mailstream_low_close(s->inner);
    mailstream_low_free(s->inner);
    s->inner = NULL;
    s->fd = -1;
    return 0;
}

static int guard_get_fd(mailstream_low *low)
{
    return mail_stream_fd(low->data);
}

/* The connection is closed by now; the rest is its owner's. */
static void guard_free(mailstream_low *low)
{
    struct mail_stream *const s = low->data;

    guard_close(low);
    s->wire = NULL;
    free(low);
}

static void guard_cancel(mailstream_low *low)
{
    (void)low;
}

static struct mailstream_cancel *guard_get_cancel(mailstream_low *low)
{
    (void)low;
    return NULL;
}

static carray *guard_get_chain(mailstream_low *low)
{
    (void)low;
    return NULL; /* it was checked here */
}

static int guard_no_idle(mailstream_low *low)
{
    (void)low;
    return -1;
}

static mailstream_low_driver guard_driver = { .mailstream_read = guard_read,
                                              .mailstream_write = guard_write,
                                              .mailstream_close = guard_close,
                                              .mailstream_get_fd = guard_get_fd,
                                              .mailstream_free = guard_free,
                                              .mailstream_cancel = guard_cancel,
                                              .mailstream_get_cancel = guard_get_cancel,
                                              .mailstream_get_certificate_chain = guard_get_chain,
                                              .mailstream_setup_idle = guard_no_idle,
                                              .mailstream_unsetup_idle = guard_no_idle,
                                              .mailstream_interrupt_idle = guard_no_idle };

/* ---- connecting ---- */

/* Waits in slices, so that a wish to stop is seen. */
static bool wait_connected(const struct mail_stream *s, int fd)
{
    const int64_t until_ms = clock_steady_ms() + s->timeout_ms;
    struct pollfd one = { .fd = fd, .events = POLLOUT };
    int failure = 0, ready = 0;
    socklen_t size = sizeof failure;

    while (!ready && clock_steady_ms() < until_ms && !(s->must_stop && s->must_stop())) {
        ready = poll(&one, 1, SLICE_S * 1000);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    return ready > 0 && !getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) && !failure;
}

static int connect_to(const struct mail_stream *s, const struct addrinfo *at)
{
    const int one = 1;
    CLEANUP(io_close) int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int taken;

    if (fd < 0 || (connect(fd, at->ai_addr, at->ai_addrlen) && errno != EINPROGRESS) || !wait_connected(s, fd))
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    taken = fd;
    fd = -1;
    return taken;
}

static void free_addresses(struct addrinfo **list)
{
    if (*list)
        freeaddrinfo(*list);
}

static enum rc connect_host(struct mail_stream *s, int port, struct err *err)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    CLEANUP(free_addresses) struct addrinfo *list = NULL;
    char service[8];

    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(s->host, service, &hints, &list))
        return err_set(err, RC_TEMP, "the server's name has no address");
    for (const struct addrinfo *at = list; at && s->fd < 0; at = at->ai_next)
        s->fd = connect_to(s, at);
    return s->fd < 0 ? err_set(err, RC_TEMP, "no connection with the server on port %d", port) : RC_OK;
}

/* ---- TLS ---- */

static void set_name(struct mailstream_ssl_context *context, void *host)
{
    mailstream_ssl_set_server_name(context, host);
}

static enum rc check_certificate(const struct mail_stream *s, struct err *err)
{
    struct pki_cert certs[PKI_CERTS_MAX];
    carray *chain = mailstream_low_get_certificate_chain(s->inner);
    const unsigned count = chain ? carray_count(chain) : 0;
    enum rc rc;

    if (!count || count > PKI_CERTS_MAX) {
        rc = err_set(err, RC_DENIED, "the server showed %u certificates", count);
    } else {
        for (unsigned i = 0; i < count; i++) {
            const MMAPString *der = carray_get(chain, i);

            certs[i] = (struct pki_cert){ der->str, der->len };
        }
        rc = pki_check_chain(certs, count, s->host, s->ca_file, err);
    }
    if (chain)
        mailstream_certificate_chain_free(chain);
    return rc;
}

static enum rc wrap_in_tls(struct mail_stream *s, struct err *err)
{
    struct _mailstream_low *const tls =
        mailstream_low_tls_open_with_callback_timeout(s->fd, seconds(s->timeout_ms), set_name, s->host);

    if (!tls)
        return err_set(err, RC_TEMP, "no TLS session with the server");
    if (s->inner)
        mailstream_low_free(s->inner); /* which leaves the descriptor open */
    s->inner = tls;
    return check_certificate(s, err);
}

enum rc mail_stream_start_tls(struct mail_stream *stream, struct err *err)
{
    if (!stream->inner || !stream->wire)
        return err_set(err, RC_TEMP, "the connection is closed");
    if (stream->wire->read_buffer_len)
        return err_set(err, RC_DENIED, "somebody put words behind the server's answer to STARTTLS");
    return wrap_in_tls(stream, err);
}

/* ---- life ---- */

static enum rc make_wire(struct mail_stream *s, struct err *err)
{
    mailstream_low *const low = mailstream_low_new(s, &guard_driver);

    if (low)
        s->wire = mailstream_new(low, BUFFER_BYTES);
    if (!s->wire) {
        free(low);
        return err_set(err, RC_TEMP, "no stream");
    }
    return RC_OK;
}

enum rc mail_stream_open(const struct mail_stream_settings *settings, struct mail_stream **ret_stream, struct err *err)
{
    CLEANUP(mail_stream_free) struct mail_stream *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->host = text_copy(settings->host);
    s->ca_file = text_copy(settings->ca_file);
    s->timeout_ms = settings->timeout_ms;
    s->literal_max = settings->literal_max;
    s->must_stop = settings->must_stop;
    s->fd = -1;
    mail_stream_allow(s, INT64_MAX, INT64_MAX);
    if (connect_host(s, settings->port, err))
        return err->rc;
    if (settings->tls == MAIL_STREAM_CLEAR)
        s->inner = mailstream_low_socket_open(s->fd);
    else if (wrap_in_tls(s, err))
        return err->rc;
    if (!s->inner)
        return err_set(err, RC_TEMP, "no stream");
    if (make_wire(s, err))
        return err->rc;
    *ret_stream = MOVE(s);
    return RC_OK;
}

void mail_stream_free(struct mail_stream **stream)
{
    struct mail_stream *const s = *stream;

    if (!s)
        return;
    if (s->wire)
        mailstream_close(s->wire); /* which ends in guard_free */
    if (s->inner) {
        mailstream_low_close(s->inner);
        mailstream_low_free(s->inner);
        s->fd = -1;
    }
    io_close(&s->fd);
    free(s->host);
    free(s->ca_file);
    free(s);
    *stream = NULL;
}

struct _mailstream *mail_stream_wire(struct mail_stream *stream)
{
    return stream->wire;
}

void mail_stream_allow(struct mail_stream *stream, int64_t bytes, int64_t ms)
{
    const int64_t now_ms = clock_steady_ms();

    stream->bytes_left = bytes;
    stream->until_ms = ms > INT64_MAX - now_ms ? INT64_MAX : now_ms + ms;
}

enum mail_stream_why mail_stream_why(const struct mail_stream *stream)
{
    return stream->why;
}

int mail_stream_fd(const struct mail_stream *stream)
{
    return stream->inner ? stream->fd : -1;
}

bool mail_stream_has_bytes(const struct mail_stream *stream)
{
    return stream->wire && stream->wire->read_buffer_len > 0;
}
