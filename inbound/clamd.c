#include "inbound/clamd.h"

#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PIECE_BYTES 16384
#define ANSWER_MAX 1024

/* One conversation, with the steady time by which it must have ended. */
struct talk {
    int fd;
    int64_t until_ms;
    bool is_hung_up; /* clamd has said what it had to say */
};

static enum rc open_talk(const char *path, int64_t ms, struct talk *t, struct err *err)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };

    t->until_ms = clock_steady_ms() + ms;
    if (strlen(path) >= sizeof to.sun_path)
        return err_set(err, RC_TEMP, "clamd: the path of its socket is too long");
    memcpy(to.sun_path, path, strlen(path) + 1);
    t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->fd < 0 || connect(t->fd, (const struct sockaddr *)&to, sizeof to))
        return err_errno(err, RC_TEMP, "clamd");
    return RC_OK;
}

static enum rc await(struct talk *t, short what, struct err *err)
{
    struct pollfd p = { .fd = t->fd, .events = what };

    for (;;) {
        const int64_t left = t->until_ms - clock_steady_ms();
        const int n = left > 0 ? poll(&p, 1, (int)left) : 0;

        if (n > 0)
            return RC_OK;
        if (n == 0)
            return err_set(err, RC_TEMP, "clamd: no answer in time");
        if (errno != EINTR)
            return err_errno(err, RC_TEMP, "clamd");
    }
}

/* What clamd does not want to hear any more is no fault: its answer says why. */
static enum rc say(struct talk *t, const void *bytes, size_t n, struct err *err)
{
    const char *p = bytes;

    while (n && !t->is_hung_up) {
        const ssize_t sent = send(t->fd, p, n, MSG_NOSIGNAL);

        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        } else if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            t->is_hung_up = true;
        } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return err_errno(err, RC_TEMP, "clamd");
        } else if (await(t, POLLOUT, err)) {
            return err->rc;
        }
    }
    return RC_OK;
}

/* Up to the NUL that ends it, or the end. */
static enum rc hear(struct talk *t, char answer[ANSWER_MAX], struct err *err)
{
    size_t n = 0;

    while (n < ANSWER_MAX - 1) {
        const ssize_t got = recv(t->fd, answer + n, ANSWER_MAX - 1 - n, 0);

        if (got == 0 || (got < 0 && errno == ECONNRESET))
            break;
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return err_errno(err, RC_TEMP, "clamd");
        if (got < 0 && await(t, POLLIN, err))
            return err->rc;
        n += got > 0 ? (size_t)got : 0;
        if (memchr(answer, '\0', n))
            break;
    }
    answer[n] = '\0';
    return RC_OK;
}

enum rc clamd_ping(const char *socket_path, struct err *err)
{
    CLEANUP(io_close) int fd = -1;
    struct talk t = { .fd = -1 };
    char answer[ANSWER_MAX];
    enum rc rc = open_talk(socket_path, CLAMD_PING_MS, &t, err);

    fd = t.fd;
    if (rc || say(&t, "zPING", 6, err) || hear(&t, answer, err))
        return err->rc;
    return strcmp(answer, "PONG") == 0 ? RC_OK : err_set(err, RC_TEMP, "clamd: another answer than PONG");
}

static enum rc say_message(struct talk *t, const struct sandbox_source *source, struct err *err)
{
    char piece[PIECE_BYTES];
    size_t n;

    if (say(t, "zINSTREAM", 10, err))
        return err->rc;
    do {
        unsigned char length[4] = { 0 };

        if (source->read(source->ctx, piece, sizeof piece, &n, err))
            return err->rc;
        for (size_t i = 0; i < sizeof length; i++)
            length[i] = (unsigned char)(n >> (24 - 8 * i));
        if (say(t, length, sizeof length, err) || say(t, piece, n, err))
            return err->rc;
    } while (n && !t->is_hung_up);
    return RC_OK;
}

static bool ends(const char *text, const char *with)
{
    const size_t n = strlen(text), k = strlen(with);

    return n >= k && strcmp(text + n - k, with) == 0;
}

enum rc clamd_scan(const char *socket_path, const struct sandbox_source *source, enum clamd_verdict *ret_verdict,
                   struct err *err)
{
    CLEANUP(io_close) int fd = -1;
    struct talk t = { .fd = -1 };
    char answer[ANSWER_MAX];
    enum rc rc = open_talk(socket_path, CLAMD_SCAN_MS, &t, err);

    fd = t.fd;
    if (rc || say_message(&t, source, err) || hear(&t, answer, err))
        return err->rc;
    if (strstr(answer, "size limit exceeded"))
        *ret_verdict = CLAMD_TOO_BIG;
    else if (ends(answer, " FOUND"))
        *ret_verdict = CLAMD_INFECTED;
    else if (!t.is_hung_up && strcmp(answer, "stream: OK") == 0)
        *ret_verdict = CLAMD_CLEAN;
    else
        return err_set(err, RC_TEMP, "clamd: its answer is no verdict");
    return RC_OK;
}
