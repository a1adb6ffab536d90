/* Does a relay answer at all? Opening a session with one on this host connects only when there is mail, so doctor knocks itself. */
#include "gateway/cli/reach.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REACH_MS 5000

static const struct {
    const char *scheme, *port;
} schemes[] = { { "smtp://", "25" }, { "smtps://", "465" }, { "smtp+starttls://", "587" } };

static bool split(const char *url, struct arena *mem, const char **ret_host, const char **ret_port)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        const char *rest, *at, *colon;

        if (!text_starts(url, schemes[i].scheme))
            continue;
        rest = url + strlen(schemes[i].scheme);
        at = strrchr(rest, '@');
        rest = at ? at + 1 : rest;
        colon = strrchr(rest, ':');
        *ret_host = colon ? arena_strndup(mem, rest, (size_t)(colon - rest)) : arena_strdup(mem, rest);
        *ret_port = colon ? colon + 1 : schemes[i].port;
        return true;
    }
    return false;
}

static bool wait_for(int fd, short events, int64_t until_ms)
{
    const int64_t left_ms = until_ms - clock_steady_ms();
    struct pollfd p = { .fd = fd, .events = events };

    return left_ms > 0 && poll(&p, 1, (int)left_ms) == 1;
}

static enum rc knock(const struct addrinfo *at, struct err *err)
{
    CLEANUP(io_close) int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int64_t until_ms = clock_steady_ms() + REACH_MS;
    socklen_t size = sizeof(int);
    int why = 0;

    if (fd < 0)
        return err_errno(err, RC_TEMP, "socket");
    if (connect(fd, at->ai_addr, at->ai_addrlen) && errno != EINPROGRESS)
        return err_errno(err, RC_TEMP, "connect to the relay");
    if (!wait_for(fd, POLLOUT, until_ms))
        return err_set(err, RC_TEMP, "the relay does not answer within %d s", REACH_MS / 1000);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) || why) {
        errno = why;
        return err_errno(err, RC_TEMP, "connect to the relay");
    }
    return RC_OK;
}

enum rc reach_relay(const char *url, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("reach");
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    const char *host, *port;
    enum rc rc = RC_TEMP;

    if (!split(url, mem, &host, &port))
        return RC_OK; /* a folder */
    if (getaddrinfo(host, port, &hints, &found))
        return err_set(err, RC_TEMP, "the relay's host name is not known");
    for (const struct addrinfo *at = found; at && rc; at = at->ai_next)
        rc = knock(at, err);
    freeaddrinfo(found);
    return rc;
}
