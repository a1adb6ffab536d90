/* doctor: the providers of text messages. Nothing is sent and nothing costs: the file, the values, a TLS handshake, what has come and failed. */
#include "gateway/cli/doctor.h"

#include "gateway/sms/text_provider.h"
#include "mailer/sms_http.h"

/* A request to the provider's host that asks for nothing: whatever it answers, it is there and its certificate is good. */
static void knock(struct doctor *d, const struct text_provider *p, const char *what)
{
    const struct provider_text probe = { .to = "+15555550100",
                                         .from = "+15555550101",
                                         .text = "x",
                                         .callback = "",
                                         .ref = "0",
                                         .now_ms = 1,
                                         .expires_ms = MS_HOUR };
    const struct provider_request *send, ask = { .method = "GET" }, *asks[] = { &ask };
    CLEANUP(sms_http_free) struct sms_http *http = NULL;
    struct sms_http_options options = { d->cli->home->settings.text_ca_file, 5000, 10000, 1 };
    struct sms_http_result result;
    struct err err;
    const char *slash;

    if (provider_build(p->p, &probe, p->values, p->value_count, d->cli->mem, &send, &err) ||
        sms_http_new(&options, &http, &err)) {
        doctor_tell(d, DOCTOR_RED, what, err.msg, "postcircle text set --account … --setting … --secrets FILE");
        return;
    }
    slash = strchr(strstr(send->url, "://") + 3, '/');
    ((struct provider_request *)asks[0])->url =
        slash ? arena_strndup(d->cli->mem, send->url, (size_t)(slash - send->url) + 1) : send->url;
    sms_http_run(http, asks, 1, d->cli->mem, &result);
    doctor_tell_if(d, result.end == SMS_ANSWERED, DOCTOR_RED, what, "answers, its certificate is good",
                   arena_printf(d->cli->mem, "does not answer (libcurl %d)", result.curl_code),
                   "look at the network of this machine, and at the provider's status page");
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
    if (!a->is_polled && !*p.hook)
        doctor_tell(d, DOCTOR_RED, what, "no public URL: nothing can come in",
                    "postcircle practice set public-url https://…, or text set --account … --poll");
    if (a->refused)
        doctor_tell(d, DOCTOR_WARN, what,
                    arena_printf(d->cli->mem, "%" PRId64 " calls of the hook were not the provider's", a->refused),
                    "compare the public URL and the signing key with what the provider has");
    knock(d, &p, what);
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
}
