/*
 * text_help: a provider of text messages for tests: a process that answers HTTP on this machine and writes down each request. What it answers depends on
 * the last two digits of the number a text goes to (text_stub_answer).
 */
#ifndef TESTS_UNIT_TEXT_HELP_H
#define TESTS_UNIT_TEXT_HELP_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define STUB_CONNS 64

struct text_stub {
    pid_t pid;
    int port;
    char log[128];
};

static inline int stub_listen(int *ret_port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 16) ||
        getsockname(fd, (struct sockaddr *)&at, &n))
        abort();
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static inline int stub_two_digits(const char *p)
{
    return strlen(p) < 2 ? 0 : (p[0] - '0') * 10 + p[1] - '0';
}

static inline void stub_say(int fd, const char *status, const char *more, const char *body)
{
    char out[1024];
    const int n =
        snprintf(out, sizeof out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), more, body);

    if (write(fd, out, (size_t)n) != n)
        _exit(3);
}

/* false: the connection ends. */
static inline bool text_stub_answer(int fd, const char *request)
{
    static int count;
    const char *const at = strstr(request, "o=%2B1555555");
    char body[96];

    switch (at ? stub_two_digits(at + 14) : 1) {
    case 10:
        stub_say(fd, "400 Bad Request", "", "{\"code\":21610}");
        return true;
    case 11:
        stub_say(fd, "400 Bad Request", "", "{\"code\":21211}");
        return true;
    case 12:
        stub_say(fd, "429 Too Many", "Retry-After: 7\r\n", "{\"code\":20429}");
        return true;
    case 13:
        return false;
    case 14:
        stub_say(fd, "401 Unauthorized", "", "{\"code\":20003}");
        return true;
    case 15:
        stub_say(fd, "500 Oh", "", "");
        return true;
    case 16:
        stub_say(fd, "400 Bad Request", "", "{\"code\":30007}");
        return true;
    case 17:
        stub_say(fd, "429 Too Many", "", "{\"code\":20429}");
        return true;
    case 18:
        usleep(600000);
        break;
    default:
        break;
    }
    if (strstr(request, "GET /Accounts/AC1/Messages.json?To=%2B15555550199&DateSent%3E=2026-12-31&PageSize=100 ")) {
        stub_say(fd, "200 OK", "",
                 "{\"messages\":[{\"sid\":\"SMa\",\"direction\":\"inbound\",\"from\":\"+15555550101\",\"to\":\"+"
                 "15555550199\",\"body\":"
                 "\"STOP\",\"status\":\"received\",\"num_media\":\"0\"}],\"next_page_uri\":\"/page2\"}");
        return true;
    }
    if (strstr(request, "GET /page2 ")) {
        stub_say(fd, "200 OK", "",
                 "{\"messages\":[{\"sid\":\"SMb\",\"direction\":\"inbound\",\"from\":\"+15555550102\",\"to\":\"+"
                 "15555550199\",\"body\":"
                 "\"hi\",\"status\":\"received\",\"num_media\":\"1\"}],\"next_page_uri\":null}");
        return true;
    }
    if (strstr(request, "GET /Accounts/AC1/Messages.json?From=")) {
        stub_say(
            fd, "200 OK", "",
            "{\"messages\":[{\"sid\":\"SM1\",\"direction\":\"outbound-api\",\"from\":\"+15555550199\",\"to\":\"+"
            "15555550103\",\"body\":"
            "\"x\",\"status\":\"delivered\",\"error_code\":null,\"price\":null},"
            "{\"sid\":\"SMz\",\"direction\":\"outbound-api\",\"from\":\"+15555550199\",\"to\":\"+15555550113\","
            "\"body\":"
            "\"Hello\",\"status\":\"delivered\",\"error_code\":null,\"price\":\"-0.0160\"}],\"next_page_uri\":null}");
        return true;
    }
    if (strstr(request, "sendsms")) {
        stub_say(fd, "202 Accepted", "", "0: Accepted for delivery");
        return true;
    }
    snprintf(body, sizeof body, "{\"sid\":\"SM%d\",\"status\":\"queued\",\"num_segments\":\"1\",\"price\":\"-0.0083\"}",
             ++count);
    stub_say(fd, "201 Created", "", body);
    return true;
}

/* Reads what came on one connection: a whole head, and the body that it promises. */
static inline bool stub_serve(int fd, FILE *log)
{
    char in[65536];
    size_t n = 0;
    const char *head_end = NULL, *length;

    do {
        const ssize_t got = read(fd, in + n, sizeof in - 1 - n);

        if (got <= 0)
            return false;
        n += (size_t)got;
        in[n] = '\0';
        head_end = strstr(in, "\r\n\r\n");
        length = strcasestr(in, "content-length: ");
    } while (!head_end || (length && n < (size_t)(head_end + 4 - in) + strtoul(length + 16, NULL, 10)));
    for (char *p = in; *p; p++)
        *p = *p == '\r' || *p == '\n' ? ' ' : *p;
    fprintf(log, "%s\n", in);
    fflush(log);
    return text_stub_answer(fd, in);
}

static inline void stub_run(int listener, const char *path)
{
    struct pollfd fds[STUB_CONNS] = { { .fd = listener, .events = POLLIN } };
    FILE *const log = fopen(path, "w");
    nfds_t n = 1;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (log && poll(fds, n, -1) > 0) {
        for (nfds_t i = n - 1; i > 0; i--)
            if (fds[i].revents && !stub_serve(fds[i].fd, log)) {
                close(fds[i].fd);
                fds[i] = fds[--n];
            }
        if (fds[0].revents && n < STUB_CONNS)
            fds[n++] = (struct pollfd){ .fd = accept(listener, NULL, NULL), .events = POLLIN };
    }
    _exit(1);
}

static inline void text_stub_start(struct text_stub *s, const char *dir)
{
    const int listener = stub_listen(&s->port);

    snprintf(s->log, sizeof s->log, "%s/stub.log", dir);
    s->pid = fork();
    if (s->pid == 0)
        stub_run(listener, s->log);
    close(listener);
}

static inline void text_stub_stop(struct text_stub *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}

#endif
