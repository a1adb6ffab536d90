/*
 * What libesmtp 1.1.0 needs (measured, see the notes on each):
 * - It never sets TCP_NODELAY and does not give its socket away: 23 messages a second of 4 KB without. So the CONNECT event walks our
 *   descriptors and sets it on the one whose peer is the relay.
 * - smtp_start_session says "fine" after a dropped connection too. Only the statuses of each message tell.
 * - It free()s the callback's *ctx: our state hangs on arg.
 * - Whether a lost message is in doubt shows in the body callback alone: once it was asked for more after the last byte, the final dot was
 *   on its way.
 * - With a recipient refused, the status of the message can still be 250: the recipient's counts first.
 */
#include "mailer/smtp_local.h"

#include "mailer/serial.h"

#include <assert.h>
#include <dirent.h>
#include <libesmtp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_TO_DOT 5 /* times the timeout */

struct smtp_local {
    char *server; /* host:port */
    char *helo;
    int port;
    int64_t timeout_ms;
};

struct job {
    const struct wire *wire;
    smtp_message_t message;
    smtp_recipient_t recipient;
    bool is_given, is_ended; /* the bytes were handed out; the library asked for more */
};

struct batch {
    struct job jobs[TRANSPORT_BATCH_MAX];
    size_t count;
    int port;
    int greeting; /* code of the first line that the relay said */
};

/* ---- callbacks ---- */

static const char *give_body(void **ctx, int *len, void *arg)
{
    struct job *job = arg;
    size_t n;
    const char *bytes = wire_bytes(job->wire, &n);

    (void)ctx;
    if (!len) { /* from the start again */
        job->is_given = false;
        return NULL;
    }
    if (job->is_given) {
        job->is_ended = true;
        *len = 0;
        return NULL;
    }
    job->is_given = true;
    *len = (int)n;
    return bytes;
}

static int peer_port(int fd)
{
    struct sockaddr_storage a = { 0 };
    socklen_t len = sizeof a;

    if (getpeername(fd, (struct sockaddr *)&a, &len) < 0)
        return -1;
    if (a.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&a)->sin_port);
    return a.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)(const void *)&a)->sin6_port) : -1;
}

static void set_nodelay(int port)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *e;
    const int one = 1;

    while (dir && (e = readdir(dir))) {
        const int fd = (int)strtol(e->d_name, NULL, 10);

        if (fd > STDERR_FILENO && peer_port(fd) == port)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    if (dir)
        closedir(dir);
}

static void on_event(smtp_session_t session, int event, void *arg, ...)
{
    const struct batch *batch = arg;

    (void)session;
    if (event == SMTP_EV_CONNECT)
        set_nodelay(batch->port);
}

static void on_traffic(const char *buf, int len, int writing, void *arg)
{
    struct batch *batch = arg;

    if (!writing && !batch->greeting && len >= 3)
        batch->greeting = (buf[0] - '0') * 100 + (buf[1] - '0') * 10 + (buf[2] - '0');
}

/* ---- one session ---- */

static void session_done(smtp_session_t *session)
{
    if (*session)
        smtp_destroy_session(*session);
}

static bool add_message(smtp_session_t session, struct job *job)
{
    const char *sender = wire_sender(job->wire);

    job->message = smtp_add_message(session);
    if (!job->message || !smtp_set_reverse_path(job->message, *sender ? sender : NULL) ||
        !smtp_set_messagecb(job->message, give_body, job))
        return false;
    job->recipient = smtp_add_recipient(job->message, wire_recipient(job->wire));
    return job->recipient != NULL;
}

static bool prepare(const struct smtp_local *l, smtp_session_t session, struct batch *batch)
{
    const int override = Timeout_OVERRIDE_RFC2822_MINIMUM;
    bool ok = smtp_set_server(session, l->server) && smtp_set_hostname(session, l->helo) &&
              smtp_set_eventcb(session, on_event, batch) && smtp_set_monitorcb(session, on_traffic, batch, 0);

    for (int which = Timeout_GREETING; ok && which <= Timeout_TRANSFER; which++)
        ok = smtp_set_timeout(session, which | override, (long)l->timeout_ms) > 0;
    ok = ok && smtp_set_timeout(session, Timeout_DATA2 | override, (long)l->timeout_ms * ANSWER_TO_DOT) > 0;
    for (size_t i = 0; ok && i < batch->count; i++)
        ok = add_message(session, &batch->jobs[i]);
    return ok;
}

static bool is_refusal(const smtp_status_t *s)
{
    return s && (s->code / 100 == 4 || s->code / 100 == 5);
}

static void read_status(const smtp_status_t *s, struct transport_result *result)
{
    transport_read_reply(s->text, s->code, result);
    if (!result->enhanced[0]) {
        result->enhanced[0] = s->enh_class;
        result->enhanced[1] = s->enh_subject;
        result->enhanced[2] = s->enh_detail;
    }
}

/* The outcome of one message; true when its refusal was about us. */
static bool judge(const struct job *job, struct transport_result *result)
{
    const smtp_status_t *const said[] = { smtp_reverse_path_status(job->message), smtp_recipient_status(job->recipient),
                                          smtp_message_transfer_status(job->message) };
    const smtp_status_t *last = said[TRANSPORT_STEP_DATA];

    *result = (struct transport_result){ .outcome = TRANSPORT_NOT_SENT };
    for (int step = TRANSPORT_STEP_MAIL; step <= TRANSPORT_STEP_DATA; step++)
        if (is_refusal(said[step])) {
            bool is_ours;

            read_status(said[step], result);
            is_ours = transport_is_about_us((enum transport_step)step, result);
            result->outcome = is_ours ? TRANSPORT_NOT_SENT : transport_judge(result->code);
            return is_ours && result->code != 421;
        }
    if (!job->is_ended)
        return false;
    result->outcome = TRANSPORT_UNCERTAIN;
    if (last && last->code / 100 == 2) {
        read_status(last, result);
        result->outcome = TRANSPORT_ACCEPTED;
    }
    return false;
}

static enum rc report(const struct batch *batch, transport_done_fn *done, void *done_ctx, struct err *err)
{
    bool is_denied = false, is_whole = true;
    struct transport_result result;

    for (size_t i = 0; i < batch->count; i++) {
        is_denied |= judge(&batch->jobs[i], &result);
        is_whole &= result.outcome != TRANSPORT_NOT_SENT && result.outcome != TRANSPORT_UNCERTAIN;
        done(done_ctx, i, &result);
    }
    if (is_denied)
        return err_set(err, RC_DENIED, "the local relay refuses our sender");
    if (is_whole)
        return RC_OK;
    if (!batch->greeting)
        return err_set(err, RC_TEMP, "the local relay does not answer");
    if (batch->greeting != 220)
        return err_set(err, RC_TEMP, "the local relay greets with %d", batch->greeting);
    return err_set(err, RC_TEMP, "the local relay ended the session early");
}

static enum rc smtp_local_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                               void *done_ctx, struct err *err)
{
    const struct smtp_local *l = ctx;
    CLEANUP(session_done) smtp_session_t session = smtp_create_session();
    struct batch batch = { .count = count, .port = l->port };

    for (size_t i = 0; i < count; i++)
        batch.jobs[i].wire = wires[i];
    if (!session || !prepare(l, session, &batch))
        abort();                       /* out of memory: it has no other reason */
    (void)smtp_start_session(session); /* its answer says nothing, see above */
    return report(&batch, done, done_ctx, err);
}

static enum rc smtp_local_open(void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    return RC_OK;
}

static void smtp_local_close(void *ctx)
{
    (void)ctx;
}

static void smtp_local_free(void *ctx)
{
    struct smtp_local *l = ctx;

    free(l->server);
    free(l->helo);
    free(l);
}

struct transport smtp_local_transport(const struct smtp_local_settings *settings)
{
    struct smtp_local *l = calloc(1, sizeof *l);

    assert(settings->timeout_ms > 0);
    if (!l || asprintf(&l->server, "%s:%d", settings->host, settings->port) < 0 || !(l->helo = strdup(settings->helo)))
        abort();
    l->port = settings->port;
    l->timeout_ms = settings->timeout_ms;
    return (struct transport){
        .open = smtp_local_open, .send = smtp_local_send, .close = smtp_local_close, .free = smtp_local_free, .ctx = l
    };
}
