#include "mailer/transport.h"

#include "mailer/serial.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum rc transport_open(const struct transport *transport, struct err *err)
{
    return transport->open(transport->ctx, err);
}

/* A run of a batch, whose wires keep their numbers. */
struct run {
    transport_done_fn *done;
    void *ctx;
    size_t from;
};

static void run_done(void *ctx, size_t index, const struct transport_result *result)
{
    const struct run *run = ctx;

    run->done(run->ctx, run->from + index, result);
}

static bool may_leave(const struct transport *transport, const struct wire *wire)
{
    return wire_tls(wire) != SERIAL_TLS_REQUIRED || transport->offers_requiretls;
}

enum rc transport_send(const struct transport *transport, const struct wire *const wires[], size_t count,
                       transport_done_fn *done, void *done_ctx, struct err *err)
{
    enum rc rc = RC_OK;
    size_t to;

    assert(count <= TRANSPORT_BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        assert(wire_is_filled(wires[i]));
    for (size_t from = 0; from < count; from = to) {
        struct run run = { done, done_ctx, from };
        const bool may = may_leave(transport, wires[from]);

        for (to = from + 1; to < count && may && may_leave(transport, wires[to]);)
            to++;
        if (may && !rc)
            rc = transport->send(transport->ctx, wires + from, to - from, run_done, &run, err);
        else
            for (size_t i = from; i < to; i++)
                done(done_ctx, i, &(struct transport_result){ .outcome = may ? TRANSPORT_NOT_SENT : TRANSPORT_NO_TLS });
    }
    return rc;
}

bool transport_offers_requiretls(const struct transport *transport)
{
    return transport->offers_requiretls && transport->offers_requiretls(transport->ctx);
}

void transport_close(const struct transport *transport)
{
    transport->close(transport->ctx);
}

void transport_free(struct transport *transport)
{
    if (transport->ctx) {
        transport->close(transport->ctx);
        transport->free(transport->ctx);
    }
    *transport = (struct transport){ 0 };
}

const char *transport_outcome_name(enum transport_outcome outcome)
{
    static const char *const names[] = { "?", "accepted", "deferred", "failed", "uncertain", "no_tls", "not_sent" };

    return (size_t)outcome < COUNT_OF(names) ? names[outcome] : "?";
}

enum transport_outcome transport_judge(int code)
{
    switch (code / 100) {
    case 2:
        return TRANSPORT_ACCEPTED;
    case 4:
        return TRANSPORT_DEFERRED;
    case 5:
        return TRANSPORT_FAILED;
    default:
        return TRANSPORT_UNCERTAIN;
    }
}

/* Exchange Online says at any step that this account may not send as our address, or has to sign in again
 * (https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online, 2026). */
static bool is_sign_in_trouble(const int enhanced[3])
{
    static const int known[][3] = { { 5, 7, 57 }, { 5, 7, 60 }, { 5, 7, 139 }, { 5, 2, 252 } };

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (!memcmp(known[i], enhanced, sizeof known[i]))
            return true;
    return false;
}

bool transport_is_about_us(enum transport_step step, const struct transport_result *refusal)
{
    const int code = refusal->code;

    if (code == 530 || code == 534 || code == 535 || code == 538 ||
        is_sign_in_trouble(refusal->enhanced)) /* RFC 4954 section 6 */
        return true;
    return step == TRANSPORT_STEP_MAIL &&
           (code == 421 || (code / 100 == 5 && code != 552)); /* 552: message too large */
}

/* RFC 3463 3.8 (4: security features, 5: cryptographic failure; Postfix says so of TLS), RFC 5248 (10), RFC 8689 6 (30). */
bool transport_is_about_tls(const int enhanced[3])
{
    return (enhanced[0] == 4 || enhanced[0] == 5) && enhanced[1] == 7 &&
           (enhanced[2] == 4 || enhanced[2] == 5 || enhanced[2] == 10 || enhanced[2] == 30);
}

/* A number of one to three digits; returns past it, or NULL. */
static const char *read_number(const char *p, int *ret)
{
    const char *from = p;

    for (*ret = 0; *p >= '0' && *p <= '9' && p - from < 3; p++)
        *ret = *ret * 10 + (*p - '0');
    return p > from && (*p < '0' || *p > '9') ? p : NULL;
}

static const char *read_enhanced(const char *p, int enhanced[3])
{
    int v[3];

    for (int i = 0; i < 3; i++) {
        p = read_number(p, &v[i]);
        if (!p || (i < 2 && *p++ != '.'))
            return NULL;
    }
    if ((v[0] != 2 && v[0] != 4 && v[0] != 5) || (*p && *p != ' ' && *p != '\r' && *p != '\n'))
        return NULL;
    memcpy(enhanced, v, sizeof v);
    return p;
}

void transport_read_reply(const char *text, int code, struct transport_result *result)
{
    const char *rest;
    size_t n = 0;

    result->code = code;
    memset(result->enhanced, 0, sizeof result->enhanced);
    text = text ? text + strspn(text, " ") : "";
    rest = read_enhanced(text, result->enhanced);
    for (const char *p = rest ? rest + strspn(rest, " ") : text; *p && n + 1 < sizeof result->remote; p++)
        result->remote[n++] = (unsigned char)*p < 0x20 || *p == 0x7F || (unsigned char)*p >= 0x80 ? ' ' : *p;
    while (n && result->remote[n - 1] == ' ')
        n--;
    result->remote[n] = '\0';
}
