/*
 * What libetpan 1.9.4 needs (measured):
 * - A connection that is checked and has TCP_NODELAY (23 messages a second of 4 KB without): base/mail_stream.
 * - An error of the stream (MAILSMTP_ERROR_STREAM) from mailsmtp_data_message leaves the message in doubt; from any earlier call nothing
 *   was accepted. response_code is stale after it.
 * - It ends the body with CRLF itself: the last one of ours is left out.
 * - mailesmtp_mail would ask for DSN options of its own choice: the plain calls are used.
 * - It knows nothing of REQUIRETLS: that MAIL is said by two functions which it exports, but declares in a header that Debian does not install. The
 *   address was checked by mailer/encode.
 * - mailsmtp_oauth2_authenticate writes the token into the command, past the 512 bytes of a command line where it is Microsoft's: the one for Outlook
 *   sends it on a line of its own, which every server must take (RFC 4954 4).
 */
#include "mailer/smtp_remote.h"

#include "base/clock.h"
#include "base/mail_stream.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "mailer/relay_token.h"
#include "mailer/serial.h"

#include <assert.h>
#include <libetpan/libetpan.h>
#include <string.h>

int mailsmtp_send_command(mailsmtp *session, char *command); /* -1: the stream is gone */
int mailsmtp_read_response(mailsmtp *session);               /* 0: the stream is gone */

#define IDLE_MS (10 * MS_SECOND) /* after this the session is tried with NOOP first */

struct smtp_remote {
    char *host, *user, *password, *ca_file;
    struct relay_token *token; /* NULL: by password */
    int port;
    enum smtp_tls tls;
    int64_t timeout_ms;
    mailsmtp *session; /* NULL: closed */
    struct mail_stream *stream;
    bool has_requiretls; /* the session's relay offers it, under TLS */
    int64_t used_ms;     /* clock_steady_ms of the last answer */
};

/* ---- opening: connect → (STARTTLS) → certificate → EHLO → AUTH ---- */

static void free_session(struct smtp_remote *r)
{
    if (r->session)
        mailsmtp_free(r->session);
    r->session = NULL;
    mail_stream_free(&r->stream);
}

static void smtp_remote_close(void *ctx)
{
    struct smtp_remote *r = ctx;

    if (r->session && r->session->stream)
        mailsmtp_quit(r->session);
    free_session(r);
}

/* Ends a session that cannot be talked to. */
static void drop(struct smtp_remote *r)
{
    if (r->session->stream) {
        mailstream_close(r->session->stream);
        r->session->stream = NULL;
    }
    free_session(r);
}

static enum rc connect_relay(struct smtp_remote *r, struct err *err)
{
    const struct mail_stream_settings settings = {
        .host = r->host,
        .port = r->port,
        .tls = r->tls == SMTP_TLS_IMPLICIT ? MAIL_STREAM_TLS : MAIL_STREAM_CLEAR,
        .ca_file = r->ca_file,
        .timeout_ms = r->timeout_ms,
    };
    int e;

    if (mail_stream_open(&settings, &r->stream, err))
        return err->rc;
    e = mailsmtp_connect(r->session, mail_stream_wire(r->stream));
    return e ? err_set(err, RC_TEMP, "no session with the relay (libetpan %d)", e) : RC_OK;
}

static enum rc start_tls(struct smtp_remote *r, struct err *err)
{
    int e = mailesmtp_ehlo(r->session);

    if (e)
        return err_set(err, RC_TEMP, "the relay refuses EHLO (libetpan %d)", e);
    if (!(r->session->esmtp & MAILSMTP_ESMTP_STARTTLS))
        return err_set(err, RC_DENIED, "the relay does not offer STARTTLS");
    e = mailesmtp_starttls(r->session);
    return e ? err_set(err, RC_TEMP, "STARTTLS failed (libetpan %d)", e) : mail_stream_start_tls(r->stream, err);
}

/* RFC 8689: counts only under TLS, so of the last EHLO alone. */
static bool has_extension(const char *ehlo, const char *name)
{
    const char *line;
    size_t n;

    while (text_next_line(&ehlo, &line, &n)) {
        while (n && (line[n - 1] == '\r' || line[n - 1] == ' '))
            n--;
        if (n == strlen(name) && !strncasecmp(line, name, n))
            return true;
    }
    return false;
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

/* What became of signing in with a secret. */
static enum rc judge_sign_in(const struct smtp_remote *r, int e, const char *secret, struct err *err)
{
    if (!e)
        return RC_OK;
    if (e == MAILSMTP_ERROR_STREAM || e == MAILSMTP_ERROR_AUTH_TEMPORARY_FAILTURE ||
        r->session->response_code / 100 == 4)
        return err_set(err, RC_TEMP, "signing in to the relay failed for now (libetpan %d)", e);
    return err_set(err, RC_DENIED, "the relay refuses our %s (libetpan %d)", secret, e);
}

static enum rc use_token(struct smtp_remote *r, const char *ehlo, bool *ret_is_fresh, struct err *err)
{
    const char *token;

    if (!has_mechanism(ehlo, "XOAUTH2"))
        return err_set(err, RC_DENIED, "the relay does not offer XOAUTH2");
    if (relay_token_get(r->token, &token, ret_is_fresh, err))
        return err->rc;
    return judge_sign_in(r, mailsmtp_oauth2_outlook_authenticate(r->session, r->user, token), "access token", err);
}

static enum rc use_password(struct smtp_remote *r, const char *ehlo, struct err *err)
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
    return judge_sign_in(r, e, "password", err);
}

/* ret_is_stale: the access token was one that we had, and may have ended early. */
static enum rc set_up(struct smtp_remote *r, bool *ret_is_stale, struct err *err)
{
    const char *ehlo;
    bool is_fresh = true;
    enum rc rc = connect_relay(r, err);
    int e;

    if (!rc && r->tls == SMTP_TLS_STARTTLS)
        rc = start_tls(r, err);
    if (rc)
        return rc;
    e = mailesmtp_ehlo(r->session);
    if (e)
        return err_set(err, RC_TEMP, "the relay refuses EHLO (libetpan %d)", e);
    ehlo = r->session->response ? r->session->response : "";
    r->has_requiretls = has_extension(ehlo, "REQUIRETLS");
    if (!r->token)
        return r->user ? use_password(r, ehlo, err) : RC_OK;
    rc = use_token(r, ehlo, &is_fresh, err);
    *ret_is_stale = rc == RC_DENIED && !is_fresh;
    return rc;
}

static enum rc try_open(struct smtp_remote *r, bool *ret_is_stale, struct err *err)
{
    enum rc rc;

    r->session = mailsmtp_new(0, NULL);
    if (!r->session)
        abort();
    mailsmtp_set_timeout(r->session, r->timeout_ms < MS_SECOND ? 1 : (time_t)(r->timeout_ms / MS_SECOND));
    rc = set_up(r, ret_is_stale, err);
    if (rc)
        drop(r);
    return rc;
}

static enum rc smtp_remote_open(void *ctx, struct err *err)
{
    struct smtp_remote *r = ctx;
    bool is_stale = false;
    enum rc rc;

    if (r->session)
        return RC_OK;
    rc = try_open(r, &is_stale, err);
    if (rc == RC_DENIED && r->token)
        relay_token_forget(r->token);
    if (is_stale)
        rc = try_open(r, &is_stale, err);
    if (!rc)
        r->used_ms = clock_steady_ms();
    return rc;
}

/* ---- sending ---- */

static bool is_refused_for_tls(const struct wire *wire, const struct transport_result *result)
{
    return wire_tls(wire) != SERIAL_TLS_ANY && result->code / 100 == 5 && transport_is_about_tls(result->enhanced);
}

static int say_mail(struct smtp_remote *r, const struct wire *wire)
{
    CLEANUP(strbuf_done) struct strbuf command = STRBUF(TEXT_ADDRESS_MAX + 64);
    int code;

    if (wire_tls(wire) == SERIAL_TLS_ANY || !r->has_requiretls)
        return mailsmtp_mail(r->session, wire_sender(wire));
    strbuf_printf(&command, "MAIL FROM:<%s> REQUIRETLS\r\n", wire_sender(wire));
    if (mailsmtp_send_command(r->session, (char *)strbuf_peek(&command)) == -1)
        return MAILSMTP_ERROR_STREAM;
    code = mailsmtp_read_response(r->session);
    return code == 250 ? MAILSMTP_NO_ERROR : code ? MAILSMTP_ERROR_UNEXPECTED_CODE : MAILSMTP_ERROR_STREAM;
}

/* One message. RC_OK: the session goes on. */
static enum rc send_one(struct smtp_remote *r, const struct wire *wire, struct transport_result *result,
                        struct err *err)
{
    size_t n;
    const char *bytes = wire_bytes(wire, &n);
    enum transport_step step = TRANSPORT_STEP_MAIL;
    bool is_handed_over = false;
    int e;

    *result = (struct transport_result){ .outcome = TRANSPORT_NO_TLS };
    if (wire_tls(wire) == SERIAL_TLS_REQUIRED && !r->has_requiretls)
        return RC_OK;
    result->outcome = TRANSPORT_NOT_SENT;
    e = say_mail(r, wire);
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
    if (e && is_refused_for_tls(wire, result)) {
        result->outcome = TRANSPORT_NO_TLS;
        return mailsmtp_reset(r->session) == MAILSMTP_NO_ERROR
                   ? RC_OK
                   : err_set(err, RC_TEMP, "the relay ended the session with %d", result->code);
    }
    if (e && transport_is_about_us(step, result))
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

static bool smtp_remote_offers_requiretls(void *ctx)
{
    const struct smtp_remote *r = ctx;

    return r->session && r->has_requiretls;
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
    relay_token_free(&r->token);
    free(r);
}

struct transport smtp_remote_transport(const struct smtp_remote_settings *settings)
{
    struct smtp_remote *r = calloc(1, sizeof *r);

    assert(!settings->user || settings->password || settings->oauth);
    if (!r)
        abort();
    r->host = text_copy(settings->host);
    r->user = text_copy(settings->user);
    r->password = text_copy(settings->password);
    r->ca_file = text_copy(settings->ca_file);
    r->token = settings->oauth ? relay_token_new(settings->oauth) : NULL;
    r->port = settings->port;
    r->tls = settings->tls;
    r->timeout_ms = settings->timeout_ms;
    return (struct transport){ .open = smtp_remote_open,
                               .send = smtp_remote_send,
                               .close = smtp_remote_close,
                               .free = smtp_remote_free,
                               .ctx = r,
                               .offers_requiretls = smtp_remote_offers_requiretls };
}
