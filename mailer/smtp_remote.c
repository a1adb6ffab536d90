/*
 * What libetpan 1.9.4 needs (measured):
 * - It checks no certificate at all: tls_check does, before anything secret is said.
 * - TCP_NODELAY is ours to set, or 23 messages a second of 4 KB.
 * - An error of the stream (MAILSMTP_ERROR_STREAM) from mailsmtp_data_message leaves the message in doubt; from any earlier call nothing
 *   was accepted. response_code is stale after it.
 * - It ends the body with CRLF itself: the last one of ours is left out.
 * - mailesmtp_mail would ask for DSN options of its own choice: the plain calls are used.
 */
#include "mailer/smtp_remote.h"

#include "base/clock.h"
#include "base/text.h"
#include "mailer/serial.h"
#include "mailer/tls_check.h"

#include <assert.h>
#include <libetpan/libetpan.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define IDLE_MS (10 * MS_SECOND) /* after this the session is tried with NOOP first */

struct smtp_remote {
    char *host, *user, *password, *ca_file;
    int port;
    enum smtp_tls tls;
    int64_t timeout_ms;
    mailsmtp *session; /* NULL: closed */
    int64_t used_ms;   /* clock_steady_ms of the last answer */
};

/* ---- opening: connect → (STARTTLS) → certificate → EHLO → AUTH ---- */

static void smtp_remote_close(void *ctx)
{
    struct smtp_remote *r = ctx;

    if (!r->session)
        return;
    if (r->session->stream)
        mailsmtp_quit(r->session);
    mailsmtp_free(r->session);
    r->session = NULL;
}

/* Ends a session that cannot be talked to. */
static void drop(struct smtp_remote *r)
{
    if (r->session->stream) {
        mailstream_close(r->session->stream);
        r->session->stream = NULL;
    }
    smtp_remote_close(r);
}

static void set_name(struct mailstream_ssl_context *context, void *host)
{
    mailstream_ssl_set_server_name(context, host);
}

static void set_nodelay(mailsmtp *session)
{
    const int fd = mailstream_low_get_fd(mailstream_get_low(session->stream)), one = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static enum rc check_certificate(const struct smtp_remote *r, struct err *err)
{
    struct tls_check_cert certs[TLS_CHECK_CERTS_MAX];
    carray *chain = mailstream_get_certificate_chain(r->session->stream);
    const unsigned count = chain ? carray_count(chain) : 0;
    enum rc rc;

    if (!count || count > TLS_CHECK_CERTS_MAX) {
        rc = err_set(err, RC_DENIED, "the relay showed %u certificates", count);
    } else {
        for (unsigned i = 0; i < count; i++) {
            const MMAPString *der = carray_get(chain, i);

            certs[i] = (struct tls_check_cert){ der->str, der->len };
        }
        rc = tls_check_chain(certs, count, r->host, r->ca_file, err);
    }
    if (chain)
        mailstream_certificate_chain_free(chain);
    return rc;
}

static enum rc connect_implicit(struct smtp_remote *r, struct err *err)
{
    const int e = mailsmtp_ssl_connect_with_callback(r->session, r->host, (uint16_t)r->port, set_name, r->host);

    if (e)
        return err_set(err, RC_TEMP, "no TLS session with the relay (libetpan %d)", e);
    set_nodelay(r->session);
    return RC_OK;
}

static enum rc connect_starttls(struct smtp_remote *r, struct err *err)
{
    int e = mailsmtp_socket_connect(r->session, r->host, (uint16_t)r->port);

    if (e)
        return err_set(err, RC_TEMP, "no session with the relay (libetpan %d)", e);
    set_nodelay(r->session);
    e = mailesmtp_ehlo(r->session);
    if (e)
        return err_set(err, RC_TEMP, "the relay refuses EHLO (libetpan %d)", e);
    if (!(r->session->esmtp & MAILSMTP_ESMTP_STARTTLS))
        return err_set(err, RC_DENIED, "the relay does not offer STARTTLS");
    e = mailsmtp_socket_starttls_with_callback(r->session, set_name, r->host);
    return e ? err_set(err, RC_TEMP, "STARTTLS failed (libetpan %d)", e) : RC_OK;
}

/* Whether the answer to EHLO names the mechanism in its AUTH line. */
static bool has_mechanism(const char *ehlo, const char *name)
{
    const char *line;
    size_t n;

    while (text_next_line(&ehlo, &line, &n)) {
        const char *p = line;

        if (!text_starts(line, "AUTH ") && !text_starts(line, "AUTH="))
            continue;
        while ((p = memmem(p, n - (size_t)(p - line), name, strlen(name)))) {
            const char *end = p + strlen(name);

            if ((p[-1] == ' ' || p[-1] == '=') && (end == line + n || *end == ' ' || *end == '\r'))
                return true;
            p = end;
        }
    }
    return false;
}

static enum rc authenticate(struct smtp_remote *r, const char *ehlo, struct err *err)
{
    static const char *const mechanisms[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN" };
    const char *mechanism = NULL;
    int e;

    for (size_t i = 0; !mechanism && i < COUNT_OF(mechanisms); i++)
        if (has_mechanism(ehlo, mechanisms[i]))
            mechanism = mechanisms[i];
    if (!mechanism)
        return err_set(err, RC_DENIED, "the relay offers no way to sign in that we know");
    e = mailesmtp_auth_sasl(r->session, mechanism, r->host, NULL, NULL, r->user, r->user, r->password, NULL);
    if (!e)
        return RC_OK;
    if (e == MAILSMTP_ERROR_STREAM || e == MAILSMTP_ERROR_AUTH_TEMPORARY_FAILTURE ||
        r->session->response_code / 100 == 4)
        return err_set(err, RC_TEMP, "signing in to the relay failed for now (libetpan %d)", e);
    return err_set(err, RC_DENIED, "the relay refuses our password (libetpan %d)", e);
}

static enum rc set_up(struct smtp_remote *r, struct err *err)
{
    enum rc rc = r->tls == SMTP_TLS_IMPLICIT ? connect_implicit(r, err) : connect_starttls(r, err);
    int e;

    if (!rc)
        rc = check_certificate(r, err);
    if (rc)
        return rc;
    e = mailesmtp_ehlo(r->session);
    if (e)
        return err_set(err, RC_TEMP, "the relay refuses EHLO (libetpan %d)", e);
    return r->user ? authenticate(r, r->session->response ? r->session->response : "", err) : RC_OK;
}

static enum rc smtp_remote_open(void *ctx, struct err *err)
{
    struct smtp_remote *r = ctx;
    enum rc rc;

    if (r->session)
        return RC_OK;
    r->session = mailsmtp_new(0, NULL);
    if (!r->session)
        abort();
    mailsmtp_set_timeout(r->session, r->timeout_ms < MS_SECOND ? 1 : (time_t)(r->timeout_ms / MS_SECOND));
    rc = set_up(r, err);
    if (rc)
        drop(r);
    else
        r->used_ms = clock_steady_ms();
    return rc;
}

/* ---- sending ---- */

/* One message. RC_OK: the session goes on. */
static enum rc send_one(struct smtp_remote *r, const struct wire *wire, struct transport_result *result,
                        struct err *err)
{
    size_t n;
    const char *bytes = wire_bytes(wire, &n);
    enum transport_step step = TRANSPORT_STEP_MAIL;
    bool is_handed_over = false;
    int e = mailsmtp_mail(r->session, wire_sender(wire));

    *result = (struct transport_result){ .outcome = TRANSPORT_NOT_SENT };
    if (!e) {
        step = TRANSPORT_STEP_RCPT;
        e = mailsmtp_rcpt(r->session, wire_recipient(wire));
    }
    if (!e) {
        step = TRANSPORT_STEP_DATA;
        e = mailsmtp_data(r->session);
    }
    if (!e) {
        is_handed_over = true;
        e = mailsmtp_data_message(r->session, bytes, n - strlen("\r\n"));
    }
    if (e == MAILSMTP_ERROR_STREAM) {
        result->outcome = is_handed_over ? TRANSPORT_UNCERTAIN : TRANSPORT_NOT_SENT;
        return err_set(err, RC_TEMP, "the relay ended the session early");
    }
    transport_read_reply(r->session->response, r->session->response_code, result);
    if (e && transport_is_about_us(step, result->code))
        return err_set(err, result->code == 421 ? RC_TEMP : RC_DENIED, "the relay refuses us with %d", result->code);
    result->outcome = transport_judge(e ? result->code : 250);
    if (e && result->outcome == TRANSPORT_ACCEPTED && !is_handed_over) /* a 2xx where 354 belongs */
        result->outcome = TRANSPORT_NOT_SENT;
    if (e && (result->code == 421 || result->outcome == TRANSPORT_UNCERTAIN || result->outcome == TRANSPORT_NOT_SENT ||
              mailsmtp_reset(r->session) != MAILSMTP_NO_ERROR))
        return err_set(err, RC_TEMP, "the relay ended the session with %d", result->code);
    return RC_OK;
}

/* A relay may have closed the session since the last batch: find out before a message is at stake. */
static enum rc be_ready(struct smtp_remote *r, struct err *err)
{
    if (r->session && clock_steady_ms() - r->used_ms > IDLE_MS && mailsmtp_noop(r->session) != MAILSMTP_NO_ERROR)
        drop(r);
    return smtp_remote_open(r, err);
}

static enum rc smtp_remote_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                                void *done_ctx, struct err *err)
{
    struct smtp_remote *r = ctx;
    enum rc rc = be_ready(r, err);

    for (size_t i = 0; i < count; i++) {
        struct transport_result result = { .outcome = TRANSPORT_NOT_SENT };

        if (!rc)
            rc = send_one(r, wires[i], &result, err);
        done(done_ctx, i, &result);
    }
    r->used_ms = clock_steady_ms();
    if (rc && r->session)
        drop(r);
    return rc;
}

static void smtp_remote_free(void *ctx)
{
    struct smtp_remote *r = ctx;

    if (r->password)
        explicit_bzero(r->password, strlen(r->password));
    free(r->host);
    free(r->user);
    free(r->password);
    free(r->ca_file);
    free(r);
}

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;

    if (s && !p)
        abort();
    return p;
}

struct transport smtp_remote_transport(const struct smtp_remote_settings *settings)
{
    struct smtp_remote *r = calloc(1, sizeof *r);

    assert(!settings->user || settings->password);
    if (!r)
        abort();
    r->host = copy(settings->host);
    r->user = copy(settings->user);
    r->password = copy(settings->password);
    r->ca_file = copy(settings->ca_file);
    r->port = settings->port;
    r->tls = settings->tls;
    r->timeout_ms = settings->timeout_ms;
    return (struct transport){ .open = smtp_remote_open,
                               .send = smtp_remote_send,
                               .close = smtp_remote_close,
                               .free = smtp_remote_free,
                               .ctx = r };
}
