#include "gateway/text/text_poll.h"

#include "base/http.h"
#include "base/log.h"
#include "gateway/sms/text_person.h"
#include "gateway/text/text_take.h"
#include "mailer/sms_answer.h"
#include "store/text_cost.h"
#include "store/text_in.h"
#include "store/text_out.h"

#define PAGES_MAX 50
#define UNKNOWN_MAX 32

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

/* One whose answer was lost: the same words to the same number, and no id yet. */
static enum rc find_unknown(struct polling *g, const struct sms_event *e, struct arena *mem, struct text_out *ret,
                            struct err *err)
{
    struct store *const st = &g->gate->store;
    struct address address;
    struct text_out *texts;
    char number[24];
    size_t n;

    if (!text_number_read(e->to, number))
        return err_set(err, RC_NOT_FOUND, "no number");
    if (address_find(st, ADDRESS_PHONE, number, mem, &address, err) ||
        text_out_to_address(st, address.id, gate_now_ms(g->gate) - MS_DAY, UNKNOWN_MAX, mem, &texts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (texts[i].state == TEXT_UNKNOWN && !texts[i].provider_id && texts[i].words &&
            !strcmp(texts[i].words, e->text)) {
            *ret = texts[i];
            return text_out_found(st, ret->id, e->id, err);
        }
    return err_set(err, RC_NOT_FOUND, "none of ours");
}

static enum rc take_ours(struct polling *g, const struct sms_event *e, struct arena *mem, struct err *err)
{
    struct text_out text;
    enum rc rc = text_out_by_provider_id(&g->gate->store, e->id, mem, &text, err);

    if (rc == RC_NOT_FOUND)
        rc = find_unknown(g, e, mem, &text, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (e->cost_micro >= 0 && text_cost_actual(&g->gate->store, text.id.v, e->cost_micro, err))
        return err->rc;
    return text.state < TEXT_DELIVERED ? text_take_receipt(g->gate, g->provider, e, err) : RC_OK;
}

static enum rc take_event(struct polling *g, const struct sms_event *e, struct arena *mem, struct err *err)
{
    struct text_in_id id;
    enum rc rc;

    if (e->kind == PROVIDER_EVENT_DLR)
        return take_ours(g, e, mem, err);
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

    if (r->end != SMS_ANSWERED && http_fault(r->curl_code, err))
        return err_set(err, RC_TEMP, "the list of texts: %s", arena_strdup(mem, err->msg));
    if (r->status != 200)
        return err_set(err, RC_TEMP, "the list of texts: http %ld", r->status);
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

static enum rc has_unknown(struct gate *gate, struct text_account_id account, struct arena *mem, bool *ret_has,
                           struct err *err)
{
    struct text_out *texts;
    size_t n;

    *ret_has = false;
    if (text_out_unknown(&gate->store, clock_now_ms(clock_real()) - TEXT_POLL_MS, UNKNOWN_MAX, mem, &texts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret_has; i++) {
        struct text_sender sender;

        if (text_sender_get(&gate->store, texts[i].sender, mem, &sender, err))
            return err->rc;
        *ret_has = sender.account.v == account.v;
    }
    return RC_OK;
}

static enum rc is_to_be_asked(struct gate *gate, const struct text_account *a, bool is_sweep, struct arena *mem,
                              bool *ret_is, struct err *err)
{
    *ret_is = a->state != TEXT_GIVEN_UP && a->is_polled;
    if (*ret_is || a->state == TEXT_GIVEN_UP || !text_poll_can(a->provider))
        return RC_OK;
    *ret_is = is_sweep && gate_now_ms(gate) - a->polled_ms >= MS_HOUR;
    return *ret_is ? RC_OK : has_unknown(gate, a->id, mem, ret_is, err);
}

enum rc text_poll(struct gate *gate, struct sms_http *http, bool is_sweep, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_poll");
    struct text_account *accounts;
    struct err why;
    size_t n;

    *ret_did = 0;
    if (text_account_list(&gate->store, mem, &accounts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        bool is;

        if (is_to_be_asked(gate, &accounts[i], is_sweep, mem, &is, err))
            return err->rc;
        if (is && poll_account(gate, http, &accounts[i], ret_did, &why)) {
            if (why.rc != RC_TEMP && why.rc != RC_PERM) {
                *err = why;
                return err->rc;
            }
            log_err("text_poll_failed", &why, KV(id, accounts[i].id.v));
        }
    }
    return RC_OK;
}
