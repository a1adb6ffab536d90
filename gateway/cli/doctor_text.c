/* doctor: the providers of text messages. Nothing is sent and nothing costs: the file, the values, a TLS handshake, what has come and failed. */
#include "gateway/cli/doctor.h"

#include "base/http.h"
#include "gateway/sms/text_provider.h"
#include "gateway/sms/text_queue.h"
#include "mailer/sms_answer.h"
#include "mailer/sms_http.h"

#define MEND "postcircle text set --account %" PRId64 " --secrets FILE (--setting NAME=VALUE)"

/* A request that sends nothing: the file's check, or to the provider's host alone. */
static enum rc build_probe(struct doctor *d, const struct text_provider *p, const struct provider_request **ret,
                           bool *ret_is_check, struct err *err)
{
    const struct provider_text text = { .to = "+15555550100",
                                        .from = "+15555550101",
                                        .text = "x",
                                        .callback = "",
                                        .ref = "0",
                                        .now_ms = 1,
                                        .expires_ms = MS_HOUR };
    const struct provider_request *send;
    struct provider_request *knock;
    const char *slash;
    enum rc rc = provider_build_check(p->p, p->values, p->value_count, d->cli->mem, ret, err);

    *ret_is_check = !rc;
    if (rc != RC_NOT_FOUND)
        return rc;
    if (provider_build(p->p, &text, p->values, p->value_count, d->cli->mem, &send, err))
        return err->rc;
    slash = strchr(strstr(send->url, "://") + 3, '/');
    knock = ARENA_NEW(d->cli->mem, struct provider_request);
    knock->method = "GET";
    knock->url = slash ? arena_strndup(d->cli->mem, send->url, (size_t)(slash - send->url) + 1) : send->url;
    *ret = knock;
    return RC_OK;
}

static void tell_answer(struct doctor *d, const struct text_provider *p, const char *what,
                        const struct sms_http_result *r)
{
    struct arena *const mem = d->cli->mem;

    if (sms_answer_knows_us(p->p, r->status, r->body, r->body_len, mem))
        doctor_tell(d, DOCTOR_OK, what, "answers, knows our key, its certificate is good", NULL);
    else if (r->status == 429 || r->status >= 500)
        doctor_tell(d, DOCTOR_WARN, what, arena_printf(mem, "answers HTTP %ld", r->status),
                    "look at the provider's status page, and call doctor again");
    else
        doctor_tell(d, DOCTOR_RED, what,
                    arena_printf(mem, "refuses us (HTTP %ld): account or key are not what it has", r->status),
                    arena_printf(mem, "take both from the provider's page, then " MEND, p->account.id.v));
}

static void knock(struct doctor *d, const struct text_provider *p, const char *what)
{
    const struct sms_http_options options = { d->cli->home->settings.text_ca_file, 5000, 10000, 1, 0 };
    CLEANUP(sms_http_free) struct sms_http *http = NULL;
    const struct provider_request *probe;
    struct sms_http_result result;
    bool is_check;
    struct err err;

    if (build_probe(d, p, &probe, &is_check, &err) || sms_http_new(&options, &http, &err)) {
        doctor_tell(d, DOCTOR_RED, what, err.msg, arena_printf(d->cli->mem, MEND, p->account.id.v));
        return;
    }
    sms_http_run(http, &probe, 1, d->cli->mem, &result);
    if (result.end != SMS_ANSWERED && http_fault(result.curl_code, &err))
        doctor_tell(d, DOCTOR_RED, what, err.msg,
                    "look at the network of this machine, and at the provider's status page");
    else if (is_check)
        tell_answer(d, p, what, &result);
    else
        doctor_tell(d, DOCTOR_OK, what, "answers, its certificate is good; its file has no check of the key", NULL);
}

static enum rc has_sent(struct doctor *d, struct text_account_id account, bool *ret_has, struct err *err)
{
    struct store *const st = &d->cli->gate->store;
    struct text_sender *senders;
    int64_t sent, ignored;
    size_t n;

    *ret_has = false;
    if (text_sender_list(st, d->cli->mem, &senders, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (senders[i].account.v != account.v)
            continue;
        if (text_out_recent(st, senders[i].id, 1, 0, &sent, &ignored, err))
            return err->rc;
        *ret_has |= sent > 0;
    }
    return RC_OK;
}

/* Whether its calls reach us, and are its own: a proxy, a public URL or a signing key that is wrong shows here alone. */
static void look_at_hook(struct doctor *d, const struct text_provider *p, const char *what)
{
    const struct text_account *const a = &p->account;
    const char *const compare = arena_printf(
        d->cli->mem, "compare %s and the signing key with what the provider has; the proxy must pass /text/ on",
        p->hook);
    struct err err;
    bool has;

    if (!*p->hook)
        doctor_tell(d, DOCTOR_RED, what, "no public URL: nothing can come in",
                    "postcircle practice set public-url https://…, or text set --account … --poll");
    else if (a->refused)
        doctor_tell(d, DOCTOR_WARN, what,
                    arena_printf(d->cli->mem,
                                 "%" PRId64 " calls of the hook were not the provider's, and none was since",
                                 a->refused),
                    compare);
    else if (has_sent(d, a->id, &has, &err))
        doctor_tell(d, DOCTOR_RED, what, err.msg, "mend the database first");
    else if (has && !a->heard_ms)
        doctor_tell(d, DOCTOR_WARN, what, "texts went out, and it has never called us: no text and no receipt comes in",
                    compare);
}

static void look_at(struct doctor *d, const struct text_account *a)
{
    const char *const what = arena_printf(d->cli->mem, "texts by %s", a->provider);
    struct text_provider p;
    struct err err;

    if (text_provider_open(d->cli->gate, a->id, d->cli->mem, &p, &err)) {
        doctor_tell(d, DOCTOR_RED, what, err.msg, "mend the file of the provider (docs/text-providers.md)");
        return;
    }
    if (provider_is_phones(p.p)) {
        doctor_tell(
            d, DOCTOR_WARN, what, "reaches nobody: its phones are files in HOME/phones, in clear",
            "for trying only, with invented people; before members are invited: postcircle text set --account … --end");
        return;
    }
    if (a->state == TEXT_HALTED)
        doctor_tell(d, DOCTOR_RED, what, arena_printf(d->cli->mem, "stopped: %s", a->stop_code),
                    "mend it at the provider, then postcircle text set --account … --start");
    if (!a->is_polled)
        look_at_hook(d, &p, what);
    knock(d, &p, what);
}

#define CONFIRMED_BACK_MS (30 * MS_DAY)

static void look_at_stops(struct doctor *d)
{
    const int64_t since = gate_now_ms(d->cli->gate) - CONFIRMED_BACK_MS;
    struct err err;
    int64_t n;

    if (text_out_late_stops(&d->cli->gate->store, since, TEXT_CONFIRM_MS, &n, &err))
        doctor_tell(d, DOCTOR_RED, "STOP", err.msg, "mend the database first");
    else if (n)
        doctor_tell(d, DOCTOR_RED, "STOP",
                    arena_printf(d->cli->mem, "%" PRId64 " not confirmed within five minutes, in 30 days", n),
                    "see when: postcircle report texts --number NUMBER; and what keeps texts: postcircle text list");
}

void doctor_texts(struct doctor *d)
{
    struct text_account *accounts;
    struct err err;
    size_t n;

    if (text_account_list(&d->cli->gate->store, d->cli->mem, &accounts, &n, &err)) {
        doctor_tell(d, DOCTOR_RED, "texts", err.msg, "mend the database first");
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (accounts[i].state != TEXT_GIVEN_UP)
            look_at(d, &accounts[i]);
    if (n)
        look_at_stops(d);
}
