#include "gateway/text/text_send.h"

#include "base/log.h"
#include "gateway/home/home.h"
#include "gateway/sms/text_budget.h"
#include "gateway/text/text_failed.h"
#include "gateway/text/text_phones.h"
#include "gateway/text/text_poll.h"
#include "gateway/text/text_route.h"
#include "gateway/sms/text_queue.h"
#include "mailer/pacing.h"
#include "mailer/phones.h"
#include "mailer/sms_answer.h"
#include "mailer/sms_http.h"
#include "store/delivery.h"

#define SWEEP_MS (5 * MS_SECOND)
#define PAUSE_FIRST_MS (2 * MS_SECOND)
#define PAUSE_MOST_MS (2 * MS_MINUTE)
#define PAUSE_MOST_URGENT_MS (15 * MS_SECOND)
#define REQUESTS_MAX (TEXT_BATCH_MAX * TEXT_PARTS_MAX)
#define THROTTLED_MS (30 * MS_SECOND)
#define THROTTLED_DOUBLINGS 5 /* 16 minutes */
#define SETTLE_MAX 32

struct text_worker {
    struct gate *gate;
    struct text_lanes lanes;
    struct sms_http *http;
    struct text_routes routes;
    struct pacing pacing;
    int64_t swept_ms, polled_ms, asked_ms; /* steady */

    /* the batch */
    struct arena *mem;
    int64_t lease;
    struct text_out *texts;
    size_t n;
    struct text_outcome outcomes[TEXT_BATCH_MAX];
};

/* One request of one text of the batch. */
struct errand {
    size_t text, request;
    const struct provider_request *ask;
};

struct text_worker *text_worker_new(struct gate *gate, struct text_lanes lanes)
{
    struct text_worker *const w = calloc(1, sizeof *w);
    uint64_t seed;

    if (!w)
        abort();
    crypt_random(&seed, sizeof seed);
    w->gate = w->routes.gate = gate;
    w->lanes = lanes;
    w->pacing = pacing_make(PAUSE_FIRST_MS, lanes.last == LANE_URGENT ? PAUSE_MOST_URGENT_MS : PAUSE_MOST_MS, seed);
    w->mem = arena_new("text_worker");
    w->swept_ms = w->polled_ms = w->asked_ms = INT64_MIN / 2;
    return w;
}

void text_worker_free(struct text_worker **worker)
{
    if (!*worker)
        return;
    sms_http_free(&(*worker)->http);
    arena_free(&(*worker)->mem);
    free(*worker);
    *worker = NULL;
}

/* ---- claim and pace ---- */

/* Nothing that asking again would mend: the text fails, and those behind it go on. */
static bool is_its_own(enum rc rc)
{
    return rc == RC_INPUT || rc == RC_LIMIT || rc == RC_NOT_FOUND || rc == RC_CORRUPT;
}

/* Those whose buckets are empty go back; the others stay in the batch. */
static enum rc pace(struct text_worker *w, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct text_route *route;
        struct text_want want;
        int64_t wait;

        const enum rc rc = text_route_of(&w->routes, w->texts[i].sender, w->mem, &route, err);

        if (rc && !is_its_own(rc))
            return rc;
        if (rc) { /* no request can be made of it: build says so */
            w->texts[kept++] = w->texts[i];
            continue;
        }
        want = route->want;
        want.parts = w->texts[i].parts;
        want.is_exempt = w->texts[i].is_exempt;
        if (text_bucket_take(&w->gate->store, &want, &wait, err))
            return err->rc;
        if (!wait) {
            w->texts[kept++] = w->texts[i];
            continue;
        }
        if (text_out_wait(&w->gate->store, w->texts[i].id, gate_now_ms(w->gate) + wait, err))
            return err->rc;
    }
    w->n = kept;
    return RC_OK;
}

/* What dead workers held, and unknown ones that nobody waits for any more. */
static enum rc sweep(struct text_worker *w, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_sweep");
    struct text_out *unknown;
    int64_t lost;
    size_t n;

    if (clock_steady_ms() - w->swept_ms < SWEEP_MS)
        return RC_OK;
    if (text_out_sweep(&w->gate->store, &lost, err) ||
        text_out_unknown(&w->gate->store, clock_now_ms(clock_real()) - TEXT_UNKNOWN_WAIT_MS, SETTLE_MAX, mem, &unknown,
                         &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (text_out_settle(&w->gate->store, unknown[i].id, err))
            return err->rc;
    w->swept_ms = clock_steady_ms();
    return RC_OK;
}

static enum rc claim(struct text_worker *w, struct err *err)
{
    enum lane last = w->lanes.last;
    int64_t restored_ms;

    if (sweep(w, err) || delivery_restored_at(&w->gate->store, &restored_ms, err))
        return err->rc;
    if (restored_ms && last > LANE_URGENT)
        last = LANE_URGENT;
    if (pacing_is_ready(&w->pacing, clock_steady_ms()) && w->lanes.first <= last &&
        (text_out_due(&w->gate->store, w->lanes.first, last, TEXT_BATCH_MAX, w->mem, &w->texts, &w->n, err) ||
         pace(w, err)))
        return err->rc;
    return RC_OK;
}

/* ---- requests ---- */

/* How long the provider may try: hours of texts are longer than what providers take, and their last minute is shorter. */
static int64_t life_of(const struct text_worker *w, const struct text_out *t)
{
    const int64_t left_ms = t->not_after_ms - gate_now_ms(w->gate);

    return left_ms < PROVIDER_TTL_MIN_MS   ? PROVIDER_TTL_MIN_MS
           : left_ms > PROVIDER_TTL_MAX_MS ? PROVIDER_TTL_MAX_MS
                                           : left_ms;
}

static enum rc ask_for(struct text_worker *w, const struct text_out *t, const struct text_route *route,
                       const struct segments *s, size_t request, const struct provider_request **ret, struct err *err)
{
    const struct text_provider *const provider = route->provider;
    struct provider_text text = { .from = route->sender.number,
                                  .text = provider_splits(provider->p) ? s->text : s->parts[request].text,
                                  .ref = text_ref_write(t->ref, request, w->mem),
                                  .encoding = s->encoding,
                                  .now_ms = clock_now_ms(clock_real()) };
    unsigned char *const udh = arena_array(w->mem, SEGMENT_UDH_BYTES, 1);
    struct address to;

    if (address_get(&w->gate->store, t->address, w->mem, &to, err))
        return err->rc;
    text.to = to.value;
    text.callback = text_provider_callback(provider, text.ref, w->mem);
    text.expires_ms = text.now_ms + life_of(w, t);
    if (!provider_splits(provider->p) && s->count > 1) {
        segment_udh(t->ref[0], (unsigned char)s->count, (unsigned char)(request + 1), udh);
        text.udh = udh;
    }
    return provider_build(provider->p, &text, provider->values, provider->value_count, w->mem, ret, err);
}

/* Requests of one text that are still to be sent; requests gets '3' for each. RC_INPUT, RC_LIMIT: it cannot be made. */
static enum rc build_text(struct text_worker *w, size_t at, struct errand *errands, size_t *count, struct err *err)
{
    struct text_out *const t = &w->texts[at];
    const struct text_route *route;
    const struct segments *s;
    char *requests;
    size_t n;

    if (!t->words)
        return err_set(err, RC_INPUT, "its words are gone");
    if (text_route_of(&w->routes, t->sender, w->mem, &route, err) ||
        segment_split(t->words, strlen(t->words), w->mem, &s, err))
        return err->rc;
    n = provider_splits(route->provider->p) ? 1 : s->count;
    if (n > TEXT_REQUESTS_MAX || *count + n > REQUESTS_MAX)
        return err_set(err, RC_LIMIT, "too many parts at a time");
    requests = arena_strdup(
        w->mem, *t->requests ? t->requests : arena_printf(w->mem, "%.*s", (int)n, "11111111111111111111111111111111"));
    for (size_t i = 0; i < n && requests[i]; i++) {
        if (requests[i] != '0' + TEXT_QUEUED)
            continue;
        if (ask_for(w, t, route, s, i, &errands[*count].ask, err))
            return err->rc;
        errands[*count].text = at;
        errands[(*count)++].request = i;
        requests[i] = '0' + TEXT_SENDING;
    }
    t->requests = requests;
    return RC_OK;
}

/* Texts that no request can be made of fail. */
static enum rc build(struct text_worker *w, struct errand *errands, size_t *ret_count, struct err *err)
{
    size_t kept = 0, count = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct text_id id = w->texts[i].id;
        const size_t before = count;
        const enum rc rc = build_text(w, i, errands, &count, err);

        if (!rc) {
            for (size_t k = before; k < count; k++)
                errands[k].text = kept;
            w->texts[kept++] = w->texts[i];
            continue;
        }
        count = before;
        if (!is_its_own(rc))
            return rc;
        log_warn("text_not_sendable", KV(id, id.v), KV_NAME(rc, rc_name(rc)));
        if (text_out_end(&w->gate->store, id, TEXT_FAILED, TEXT_UNSENDABLE, err))
            return err->rc;
    }
    w->n = kept;
    *ret_count = count;
    return RC_OK;
}

/* Consent is asked last; errands of those that may not go are dropped. */
static enum rc mark_sending(struct text_worker *w, struct errand *errands, size_t *count, struct err *err)
{
    struct text_id *const ids = ARENA_ARRAY(w->mem, w->n + 1, struct text_id);
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++)
        ids[i] = w->texts[i].id;
    if (text_out_begin(&w->gate->store, w->texts, &w->n, TEXT_LEASE_MS, &w->lease, err))
        return err->rc;
    for (size_t k = 0; k < *count; k++)
        for (size_t i = 0; i < w->n; i++)
            if (w->texts[i].id.v == ids[errands[k].text].v) {
                errands[kept] = errands[k];
                errands[kept++].text = i;
                break;
            }
    *count = kept;
    return RC_OK;
}

/* All in one transaction: a worker that dies before its commit has touched nothing, and behind it each text stands as 'sending' before any leaves. */
static enum rc begin(struct text_worker *w, struct errand *errands, size_t *ret_count, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    text_routes_clear(&w->routes);
    arena_clear(w->mem);
    w->n = 0;
    if (db_begin(w->gate->store.db, &tx, err))
        return err->rc;
    if (claim(w, err))
        return err_wrap(err, "claim texts");
    if (w->n && (build(w, errands, ret_count, err) || mark_sending(w, errands, ret_count, err)))
        return err_wrap(err, "begin texts");
    return db_commit(&tx, err);
}

/* ---- answers ---- */

/* When the provider said, else twice as long each time: it would refuse a row of tries, and what has tried enough fails. What is urgent comes soon again. */
static int64_t throttled_ms(const struct text_out *t, int64_t retry_after_ms)
{
    const int64_t doublings = t->lane == LANE_URGENT             ? 0
                              : t->attempt > THROTTLED_DOUBLINGS ? THROTTLED_DOUBLINGS
                                                                 : t->attempt - 1;
    const int64_t ms = retry_after_ms ? retry_after_ms : THROTTLED_MS << doublings;
    uint32_t lot;

    crypt_random(&lot, sizeof lot);
    return ms + lot % (ms / 4 + 1);
}

/* What one answer makes of its request: a digit; outcome takes class, code, id and when to come again. */
static char read_answer(struct text_worker *w, const struct text_out *t, const struct text_provider *provider,
                        const struct sms_http_result *r, struct text_outcome *o, int64_t *cost_micro)
{
    const int64_t now = gate_now_ms(w->gate);
    struct sms_answer answer;

    if (r->end == SMS_NOT_SENT) {
        o->result = TEXT_PUT_BACK;
        o->due_ms = now + pacing_fail(&w->pacing, clock_steady_ms());
        return '0' + TEXT_QUEUED;
    }
    pacing_succeed(&w->pacing);
    if (r->end == SMS_LOST)
        return '0' + TEXT_UNKNOWN;
    sms_answer_read(provider->p, r->status, r->body, r->body_len, w->mem, &answer);
    if (answer.cost_micro >= 0)
        *cost_micro = (*cost_micro < 0 ? 0 : *cost_micro) + answer.cost_micro;
    if (answer.is_accepted) {
        if (*answer.id && strlen(o->requests) == 1)
            o->provider_id = answer.id;
        return '0' + TEXT_ACCEPTED;
    }
    o->class = answer.class;
    snprintf(o->code, sizeof o->code, "%.40s",
             *answer.code ? answer.code : arena_printf(w->mem, "http %ld", r->status));
    if (answer.class == PROVIDER_SETUP) {
        o->result = TEXT_PUT_BACK;
        o->due_ms = now + MS_MINUTE;
        return '0' + TEXT_QUEUED;
    }
    if (answer.class == PROVIDER_THROTTLE || (r->status == 503 && answer.class == PROVIDER_TEMPORARY)) {
        o->result = TEXT_LATER;
        o->due_ms = now + throttled_ms(t, r->retry_after_ms);
        return '0' + TEXT_QUEUED;
    }
    if (r->status >= 500 && answer.class == PROVIDER_OTHER)
        return '0' + TEXT_UNKNOWN;
    o->reason = TEXT_REFUSED;
    return '0' + TEXT_FAILED;
}

static struct text_cost cost_of(const struct text_out *t, int64_t actual_micro)
{
    return (struct text_cost){ .id = t->id.v,
                               .is_out = true,
                               .person = t->person,
                               .group = t->group,
                               .sender = t->sender,
                               .kind = t->kind,
                               .parts = t->parts,
                               .is_ucs2 = t->is_ucs2,
                               .actual_micro = actual_micro };
}

/* What an error means for the number, its sender and its account. */
static enum rc follow(struct text_worker *w, const struct text_out *t, const struct text_outcome *o, struct err *err)
{
    const struct text_route *route;

    if (!o->class)
        return RC_OK;
    if (text_route_of(&w->routes, t->sender, w->mem, &route, err))
        return err->rc;
    return text_failed(w->gate, t, route->provider->account.id, (enum provider_class)o->class, o->code, err);
}

static enum rc write_down(struct text_worker *w, const int64_t *micro, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct text_cost *const costs = ARENA_ARRAY(w->mem, w->n, struct text_cost);
    size_t handed = 0;

    if (db_begin(w->gate->store.db, &tx, err) || text_out_record(&w->gate->store, w->lease, w->outcomes, w->n, err))
        return err->rc;
    for (size_t i = 0; i < w->n; i++)
        if (w->outcomes[i].is_handed)
            costs[handed++] = cost_of(&w->texts[i], micro[i]);
    if (handed && text_budget_charge_all(w->gate, costs, handed, err))
        return err_wrap(err, "cost of texts");
    for (size_t i = 0; i < w->n; i++)
        if (follow(w, &w->texts[i], &w->outcomes[i], err))
            return err_wrap(err, "outcome of a text");
    return db_commit(&tx, err);
}

static enum rc open_http(struct text_worker *w, struct err *err)
{
    struct sms_http_options options = SMS_HTTP_USUAL;

    if (w->gate->home && *w->gate->home->settings.text_ca_file)
        options.ca_file = w->gate->home->settings.text_ca_file;
    return w->http ? RC_OK : sms_http_new(&options, &w->http, err);
}

static enum rc send(struct text_worker *w, const struct errand *errands, size_t count, struct err *err)
{
    const struct provider_request **const asks = arena_array(w->mem, count + 1, sizeof *asks);
    struct sms_http_result *const results = arena_array(w->mem, count + 1, sizeof *results);
    int64_t *const costs = arena_array(w->mem, w->n + 1, sizeof *costs);

    if (open_http(w, err))
        return err->rc;
    for (size_t i = 0; i < w->n; i++) {
        w->outcomes[i] = (struct text_outcome){ .id = w->texts[i].id,
                                                .result = TEXT_WENT,
                                                .requests = arena_strdup(w->mem, w->texts[i].requests) };
        costs[i] = -1;
    }
    for (size_t k = 0; k < count; k++)
        if (strcmp(errands[k].ask->method, "PHONES"))
            asks[k] = errands[k].ask;
        else
            phones_put(text_phones_dir(w->gate, w->mem), errands[k].ask, gate_now_ms(w->gate), w->mem, &results[k]);
    sms_http_run(w->http, asks, count, w->mem, results);
    for (size_t k = 0; k < count; k++) {
        struct text_outcome *const o = &w->outcomes[errands[k].text];
        const struct text_route *route;

        if (text_route_of(&w->routes, w->texts[errands[k].text].sender, w->mem, &route, err))
            return err->rc;
        ((char *)o->requests)[errands[k].request] =
            read_answer(w, &w->texts[errands[k].text], route->provider, &results[k], o, &costs[errands[k].text]);
    }
    return write_down(w, costs, err);
}

/* ---- steps ---- */

/* Nothing is due, and nothing was looked for so recently: no transaction is worth it. A practice without a number never has anything. */
static enum rc is_idle(struct text_worker *w, bool *ret_is, struct err *err)
{
    struct text_sender sender;
    int64_t due_ms;
    enum rc rc = text_out_next_due(&w->gate->store, w->lanes.first, w->lanes.last, &due_ms, err);

    if (rc)
        return rc;
    *ret_is = due_ms > gate_now_ms(w->gate);
    if (!*ret_is || clock_steady_ms() - w->swept_ms < SWEEP_MS)
        return RC_OK;
    arena_clear(w->mem);
    rc = text_sender_usual(&w->gate->store, w->mem, &sender, err);
    *ret_is = rc == RC_NOT_FOUND;
    return *ret_is ? RC_OK : rc;
}

enum rc text_worker_step(struct text_worker *w, size_t *ret_did, struct err *err)
{
    struct errand errands[REQUESTS_MAX];
    size_t count = 0;
    bool is_nothing = true;

    *ret_did = 0;
    if (is_idle(w, &is_nothing, err))
        return err_wrap(err, "look for texts");
    if (is_nothing)
        return RC_OK;
    if (begin(w, errands, &count, err))
        return err->rc;
    if (w->n && send(w, errands, count, err))
        return err_wrap(err, "send texts");
    for (size_t i = 0; i < w->n; i++) {
        *ret_did += w->outcomes[i].result != TEXT_PUT_BACK;
        log_info("text_done", KV(id, w->outcomes[i].id.v), KV_NAME(state, text_state_name(w->outcomes[i].state)));
    }
    return RC_OK;
}

enum rc text_worker_poll(struct text_worker *w, size_t *ret_did, struct err *err)
{
    size_t phones;
    bool is_sweep;

    if (text_phones_take(w->gate, ret_did, err))
        return err_wrap(err, "phones");
    if (clock_steady_ms() - w->polled_ms < TEXT_POLL_MS)
        return RC_OK;
    w->polled_ms = clock_steady_ms();
    phones = *ret_did;
    is_sweep = clock_steady_ms() - w->asked_ms >= TEXT_SWEEP_MS;
    if (is_sweep)
        w->asked_ms = clock_steady_ms();
    if (open_http(w, err) || text_poll(w->gate, w->http, is_sweep, ret_did, err))
        return err->rc;
    *ret_did += phones;
    return RC_OK;
}

enum rc text_worker_wait_ms(struct text_worker *w, int64_t most, int64_t *ret_ms, struct err *err)
{
    int64_t due_ms, ms;

    if (text_out_next_due(&w->gate->store, w->lanes.first, w->lanes.last, &due_ms, err))
        return err->rc;
    ms = due_ms == INT64_MAX ? most : due_ms - gate_now_ms(w->gate);
    if (w->pacing.ready_ms - clock_steady_ms() > ms)
        ms = w->pacing.ready_ms - clock_steady_ms();
    *ret_ms = ms < 0 ? 0 : ms > most ? most : ms;
    return RC_OK;
}
