#include "mailer/transport.h"

#include "mailer/serial.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum rc transport_open(const struct transport *transport, struct err *err)
{
    return transport->open(transport->ctx, err);
}

enum rc transport_send(const struct transport *transport, const struct wire *const wires[], size_t count,
                       transport_done_fn *done, void *done_ctx, struct err *err)
{
    assert(count <= TRANSPORT_BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        assert(wire_is_filled(wires[i]));
    return count ? transport->send(transport->ctx, wires, count, done, done_ctx, err) : RC_OK;
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
    static const char *const names[] = { "?", "accepted", "deferred", "failed", "uncertain", "not_sent" };

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
