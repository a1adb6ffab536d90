/* What stands where clamd should: only its own words make a letter clean. */
#include "inbound/clamd.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct sockaddr_un at = { .sun_family = AF_UNIX };
static int listener = -1;
static const uint8_t *says;
static size_t says_n;

/* Hears what the client says, answers, and hangs up. */
static void *serve(void *ctx)
{
    char ignored[512];
    const int fd = accept(listener, NULL, NULL);

    (void)ctx;
    if (fd < 0)
        return NULL;
    if (recv(fd, ignored, sizeof ignored, 0) >= 0 && says_n)
        (void)!send(fd, says, says_n, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (recv(fd, ignored, sizeof ignored, 0) > 0)
        ;
    close(fd);
    return NULL;
}

static void start(void)
{
    snprintf(at.sun_path, sizeof at.sun_path, "/tmp/postcircle-fuzz-clamd.%d", (int)getpid());
    unlink(at.sun_path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (const struct sockaddr *)&at, sizeof at) || listen(listener, 1))
        abort();
}

static enum rc read_letter(void *ctx, char *to, size_t max, size_t *ret_n, struct err *err)
{
    int *const left = ctx;

    (void)err;
    *ret_n = *left && max >= 4 ? 4 : 0;
    memcpy(to, "abcd", *ret_n);
    *left = 0;
    return RC_OK;
}

static bool is_answer(const char *words, size_t len)
{
    return says_n >= len && !memcmp(says, words, len) && (says_n == len || !says[len]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int left = 1;
    const struct sandbox_source source = { read_letter, &left };
    enum clamd_verdict verdict;
    struct err err;
    pthread_t server;
    const bool is_ping = n && data[0] & 1;
    enum rc rc;

    if (listener < 0)
        start();
    says = data + (n > 0);
    says_n = n - (n > 0);
    if (pthread_create(&server, NULL, serve, NULL))
        abort();
    rc = is_ping ? clamd_ping(at.sun_path, &err) : clamd_scan(at.sun_path, &source, &verdict, &err);
    pthread_join(server, NULL);
    if (rc)
        assert(rc == RC_TEMP && *err.msg);
    else if (is_ping)
        assert(is_answer("PONG", 4));
    else
        assert(verdict != CLAMD_CLEAN || is_answer("stream: OK", 10));
    return 0;
}
