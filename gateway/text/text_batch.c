#include "gateway/text/text_batch.h"

#include "gateway/home/home.h"
#include "gateway/sms/text_queue.h"
#include "gateway/text/text_phones.h"
#include "mailer/phones.h"
#include "mailer/sms_answer.h"

#define REQUESTS_MAX (TEXT_BATCH_MAX * TEXT_PARTS_MAX)
#define THROTTLED_MS (30 * MS_SECOND)
#define THROTTLED_DOUBLINGS 5 /* 16 minutes */

bool text_is_its_own(enum rc rc)
{
    return rc == RC_INPUT || rc == RC_LIMIT || rc == RC_NOT_FOUND || rc == RC_CORRUPT;
}

/* ---- requests ---- */

void text_batch_clear_errands(struct text_batch *b)
{
    b->errands = ARENA_ARRAY(b->mem, REQUESTS_MAX, struct text_errand);
    b->errand_count = 0;
}

/* How long the provider may try: hours of texts are longer than what providers take, and their last minute is shorter. */
static int64_t life_of(const struct text_wire *w, const struct text_out *t)
{
    const int64_t left_ms = t->not_after_ms - gate_now_ms(w->gate);

    return left_ms < PROVIDER_TTL_MIN_MS   ? PROVIDER_TTL_MIN_MS
           : left_ms > PROVIDER_TTL_MAX_MS ? PROVIDER_TTL_MAX_MS
                                           : left_ms;
}

static enum rc ask_for(struct text_wire *w, struct arena *mem, const struct text_out *t, const struct text_route *route,
                       const struct segments *s, size_t request, const struct provider_request **ret, struct err *err)
{
    const struct text_provider *const provider = route->provider;
    struct provider_text text = { .from = route->sender.number,
                                  .text = provider_splits(provider->p) ? s->text : s->parts[request].text,
                                  .ref = text_ref_write(t->ref, request, mem),
                                  .encoding = s->encoding,
                                  .now_ms = clock_now_ms(clock_real()) };
    unsigned char *const udh = arena_array(mem, SEGMENT_UDH_BYTES, 1);
    struct address to;

    if (address_get(&w->gate->store, t->address, mem, &to, err))
        return err->rc;
    text.to = to.value;
    text.callback = text_provider_callback(provider, text.ref, mem);
    text.expires_ms = text.now_ms + life_of(w, t);
    if (!provider_splits(provider->p) && s->count > 1) {
        segment_udh(t->ref[0], (unsigned char)s->count, (unsigned char)(request + 1), udh);
        text.udh = udh;
    }
    return provider_build(provider->p, &text, provider->values, provider->value_count, mem, ret, err);
}

enum rc text_batch_build(struct text_wire *w, struct text_batch *b, size_t at, struct err *err)
{
    struct text_out *const t = &b->texts[at];
    const struct text_route *route;
    const struct segments *s;
    char *requests;
    size_t n;

    if (!t->words)
        return err_set(err, RC_INPUT, "its words are gone");
    if (text_route_of(&w->routes, t->sender, b->mem, &route, err) ||
        segment_split(t->words, strlen(t->words), b->mem, &s, err))
        return err->rc;
    n = provider_splits(route->provider->p) ? 1 : s->count;
    if (n > TEXT_REQUESTS_MAX || b->errand_count + n > REQUESTS_MAX)
        return err_set(err, RC_LIMIT, "too many parts at a time");
    requests = arena_strdup(
        b->mem, *t->requests ? t->requests : arena_printf(b->mem, "%.*s", (int)n, "11111111111111111111111111111111"));
    for (size_t i = 0; i < n && requests[i]; i++) {
        struct text_errand *const e = &b->errands[b->errand_count];

        if (requests[i] != '0' + TEXT_QUEUED)
            continue;
        if (ask_for(w, b->mem, t, route, s, i, &e->ask, err))
            return err->rc;
        e->provider = route->provider;
        e->text = at;
        e->request = i;
        b->errand_count++;
        requests[i] = '0' + TEXT_SENDING;
    }
    t->requests = requests;
    return RC_OK;
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
static char read_answer(struct text_wire *w, struct arena *mem, const struct text_out *t,
                        const struct text_provider *provider, const struct sms_http_result *r, struct text_outcome *o,
                        int64_t *cost_micro)
{
    const int64_t now = gate_now_ms(w->gate);
    struct sms_answer answer;

    if (r->end == SMS_NOT_SENT || r->end == SMS_NO_TURN) {
        o->result = TEXT_PUT_BACK;
        o->due_ms = now + text_pause_left(&w->pauses, provider->account.id, clock_steady_ms());
        return '0' + TEXT_QUEUED;
    }
    if (r->end == SMS_LOST)
        return '0' + TEXT_UNKNOWN;
    sms_answer_read(provider->p, r->status, r->body, r->body_len, mem, &answer);
    if (answer.cost_micro >= 0)
        *cost_micro = (*cost_micro < 0 ? 0 : *cost_micro) + answer.cost_micro;
    if (answer.is_accepted) {
        if (*answer.id && strlen(o->requests) == 1)
            o->provider_id = answer.id;
        return '0' + TEXT_ACCEPTED;
    }
    o->class = answer.class;
    snprintf(o->code, sizeof o->code, "%.40s", *answer.code ? answer.code : arena_printf(mem, "http %ld", r->status));
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

/* ---- the wire ---- */

enum rc text_wire_open(struct text_wire *w, struct err *err)
{
    struct sms_http_options options = SMS_HTTP_USUAL;

    if (w->http)
        return RC_OK;
    if (w->gate->home && *w->gate->home->settings.text_ca_file)
        options.ca_file = w->gate->home->settings.text_ca_file;
    return sms_http_new(&options, &w->http, err);
}

static void ask_providers(struct text_wire *w, struct text_batch *b, struct sms_http_result *results)
{
    const struct provider_request **const asks = arena_array(b->mem, b->errand_count + 1, sizeof *asks);

    for (size_t k = 0; k < b->errand_count; k++)
        if (strcmp(b->errands[k].ask->method, "PHONES"))
            asks[k] = b->errands[k].ask;
        else
            phones_put(text_phones_dir(w->gate, b->mem), b->errands[k].ask, gate_now_ms(w->gate), b->mem, &results[k]);
    sms_http_run(w->http, asks, b->errand_count, b->mem, results);
}

static void expect_answers(struct text_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        b->outcomes[i] = (struct text_outcome){ .id = b->texts[i].id,
                                                .result = TEXT_WENT,
                                                .requests = arena_strdup(b->mem, b->texts[i].requests) };
        b->cost_micro[i] = -1;
    }
}

void text_batch_run(struct text_wire *w, struct text_batch *b)
{
    struct sms_http_result *const results = arena_array(b->mem, b->errand_count + 1, sizeof *results);

    expect_answers(b);
    ask_providers(w, b, results);
    for (size_t k = 0; k < b->errand_count; k++)
        text_pause_note(&w->pauses, b->errands[k].provider->account.id, results[k].end);
    text_pauses_settle(&w->pauses, clock_steady_ms());
    for (size_t k = 0; k < b->errand_count; k++) {
        const struct text_errand *const e = &b->errands[k];
        struct text_outcome *const o = &b->outcomes[e->text];

        b->accounts[e->text] = e->provider->account.id;
        ((char *)o->requests)[e->request] =
            read_answer(w, b->mem, &b->texts[e->text], e->provider, &results[k], o, &b->cost_micro[e->text]);
    }
}
