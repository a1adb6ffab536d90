#include "gateway/text/text_poll.h"

#include "base/log.h"
#include "gateway/text/text_take.h"
#include "mailer/sms_answer.h"
#include "store/text_in.h"
#include "store/text_out.h"

#define PAGES_MAX 50

/* One asking of one account. */
struct polling {
    struct gate *gate;
    struct sms_http *http;
    const struct text_provider *provider;
    const char *day; /* "2026-11-21" */
    size_t *did;
};

bool text_poll_can(const char *provider)
{
    return !strcmp(provider, "twilio");
}

static const char *basic_header(const struct text_provider *p, struct arena *mem)
{
    const char *const pair = arena_printf(mem, "%s:%s", text_provider_value(p, "setting.account"),
                                          text_provider_value(p, "secret.auth_token"));

    return arena_printf(mem, "Authorization: Basic %s", sms_sign_base64(pair, strlen(pair), mem));
}

/* Is it about a text that has not come to its end? */
static enum rc is_under_way(struct polling *g, const char *id, struct arena *mem, bool *ret_is, struct err *err)
{
    struct text_out text = { .state = TEXT_STATE_END };
    const enum rc rc = text_out_by_provider_id(&g->gate->store, id, mem, &text, err);

    *ret_is = !rc && text.state < TEXT_DELIVERED;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc take_event(struct polling *g, const struct sms_event *e, struct arena *mem, struct err *err)
{
    struct text_in_id id;
    bool is = false;
    enum rc rc;

    if (e->kind == PROVIDER_EVENT_DLR) {
        rc = is_under_way(g, e->id, mem, &is, err);
        return rc || !is ? rc : text_take_receipt(g->gate, g->provider, e, err);
    }
    rc = text_take(g->gate, g->provider, e, NULL, 0, &id, err);
    *g->did += !rc;
    return rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc take_page(struct polling *g, const struct sms_http_result *r, struct arena *mem, const char **ret_next,
                         struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct sms_event *events;
    size_t n;

    if (r->end != SMS_ANSWERED || r->status != 200)
        return err_set(err, RC_TEMP, "the list of texts: http %ld, libcurl %d", r->status, r->curl_code);
    if (sms_list_read(r->body, r->body_len, mem, &events, &n, ret_next, err))
        return err_set(err, RC_TEMP, "the list of texts cannot be read");
    if (db_begin(g->gate->store.db, &tx, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (take_event(g, &events[i], mem, err))
            return err->rc;
    return db_commit(&tx, err);
}

/* "https://api.twilio.com" of "https://api.twilio.com/2010-04-01". */
static const char *host_of(const char *api, struct arena *mem)
{
    const char *const name = strstr(api, "://");

    return name ? arena_strndup(mem, api, (size_t)(name + 3 - api) + strcspn(name + 3, "/")) : api;
}

/* which: "To" or "From". */
static enum rc ask(struct polling *g, const char *which, const char *number, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_poll");
    const char *const api = text_provider_value(g->provider, "setting.api");
    const char *const headers[] = { basic_header(g->provider, mem) };
    const char *next =
        arena_printf(mem, "%s/Accounts/%s/Messages.json?%s=%%2B%s&DateSent%%3E=%s&PageSize=100", api,
                     text_provider_value(g->provider, "setting.account"), which, number + (*number == '+'), g->day);

    for (int page = 0; *next && page < PAGES_MAX; page++) {
        const struct provider_request request = { .method = "GET", .url = next, .headers = headers, .header_count = 1 };
        const struct provider_request *const asks[] = { &request };
        struct sms_http_result result;

        sms_http_run(g->http, asks, 1, mem, &result);
        if (take_page(g, &result, mem, &next, err))
            return err->rc;
        if (*next)
            next = arena_printf(mem, "%s%s", host_of(api, mem), next);
    }
    return RC_OK;
}

static enum rc note_time(struct polling *g, int64_t now_ms, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(g->gate->store.db, &tx, err) ||
        text_account_polled(&g->gate->store, g->provider->account.id, now_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc poll_account(struct gate *gate, struct sms_http *http, const struct text_account *account, size_t *did,
                            struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_poll");
    const int64_t now = gate_now_ms(gate);
    struct text_provider provider;
    struct polling g = { gate, http, &provider, NULL, did };
    char stamp[CLOCK_STAMP_SIZE];
    struct text_sender *senders;
    const struct provider *p;
    size_t n;

    if (text_provider_load(gate, account->provider, mem, &p, err))
        return err->rc;
    if (provider_is_phones(p))
        return RC_OK; /* gateway/text/text_phones */
    if (!text_poll_can(account->provider))
        return err_set(err, RC_PERM, "this provider has no list of texts that can be read");
    clock_stamp(account->polled_ms - MS_DAY, stamp);
    g.day = arena_strndup(mem, stamp, 10);
    if (text_provider_open(gate, account->id, mem, &provider, err) ||
        text_sender_list(&gate->store, mem, &senders, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (senders[i].account.v == account->id.v && senders[i].state != TEXT_GIVEN_UP &&
            (ask(&g, "To", senders[i].number, err) || ask(&g, "From", senders[i].number, err)))
            return err->rc;
    return note_time(&g, now, err);
}

enum rc text_poll(struct gate *gate, struct sms_http *http, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_poll");
    struct text_account *accounts;
    struct err why;
    size_t n;

    *ret_did = 0;
    if (text_account_list(&gate->store, mem, &accounts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (accounts[i].is_polled && accounts[i].state != TEXT_GIVEN_UP &&
            poll_account(gate, http, &accounts[i], ret_did, &why)) {
            if (why.rc != RC_TEMP && why.rc != RC_PERM) {
                *err = why;
                return err->rc;
            }
            log_err("text_poll_failed", &why, KV(id, accounts[i].id.v));
        }
    return RC_OK;
}
