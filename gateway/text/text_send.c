#include "gateway/text/text_send.h"

#include "base/log.h"
#include "gateway/home/home.h"
#include "gateway/sms/text_budget.h"
#include "gateway/text/text_batch.h"
#include "gateway/text/text_failed.h"
#include "gateway/text/text_phones.h"
#include "gateway/text/text_poll.h"
#include "store/delivery.h"

#define SWEEP_MS (5 * MS_SECOND)
#define PAUSE_FIRST_MS (2 * MS_SECOND)
#define PAUSE_MOST_MS (2 * MS_MINUTE)
#define PAUSE_MOST_URGENT_MS (15 * MS_SECOND)
#define SETTLE_MAX 32
#define STEP_MS 50 /* then the role looks at what else it has to do */

struct text_worker {
    struct gate *gate;
    struct text_lanes lanes;
    struct text_wire wire;
    int64_t swept_ms, polled_ms, asked_ms; /* steady */
    struct text_batch batches[2];          /* the one that is sent, and the one after it */
};

struct text_worker *text_worker_new(struct gate *gate, struct text_lanes lanes)
{
    struct text_worker *const w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->gate = w->wire.gate = w->wire.routes.gate = gate;
    w->lanes = lanes;
    w->wire.pauses = text_pauses_make(PAUSE_FIRST_MS, lanes.last == LANE_URGENT ? PAUSE_MOST_URGENT_MS : PAUSE_MOST_MS);
    for (size_t i = 0; i < COUNT_OF(w->batches); i++)
        w->batches[i].mem = arena_new("text_batch");
    w->swept_ms = w->polled_ms = w->asked_ms = INT64_MIN / 2;
    return w;
}

void text_worker_free(struct text_worker **worker)
{
    if (!*worker)
        return;
    sms_http_free(&(*worker)->wire.http);
    for (size_t i = 0; i < COUNT_OF((*worker)->batches); i++)
        arena_free(&(*worker)->batches[i].mem);
    free(*worker);
    *worker = NULL;
}

/* ---- pick and pace ---- */

/* How long a text must wait: its provider is left alone, or its bucket is empty. */
static enum rc wait_of(struct text_worker *w, const struct text_out *t, const struct text_route *route, int64_t *ret_ms,
                       struct err *err)
{
    struct text_want want = route->want;

    *ret_ms = text_pause_left(&w->wire.pauses, route->provider->account.id, clock_steady_ms());
    if (*ret_ms)
        return RC_OK;
    want.parts = t->parts;
    want.is_exempt = t->is_exempt;
    return text_bucket_take(&w->gate->store, &want, ret_ms, err);
}

/* Those that must wait go back; the others stay in the batch. */
static enum rc pace(struct text_worker *w, struct text_batch *b, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->n; i++) {
        const struct text_route *route;
        int64_t wait;

        const enum rc rc = text_route_of(&w->wire.routes, b->texts[i].sender, b->mem, &route, err);

        if (rc && !text_is_its_own(rc))
            return rc;
        if (rc) { /* no request can be made of it: build says so */
            b->texts[kept++] = b->texts[i];
            continue;
        }
        if (wait_of(w, &b->texts[i], route, &wait, err))
            return err->rc;
        if (!wait) {
            b->texts[kept++] = b->texts[i];
            continue;
        }
        if (text_out_wait(&w->gate->store, b->texts[i].id, gate_now_ms(w->gate) + wait, err))
            return err->rc;
    }
    b->n = kept;
    return RC_OK;
}

/* What dead workers were sending, and unknown ones that nobody waits for any more. */
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

/* What is due and may leave now. */
static enum rc pick(struct text_worker *w, struct text_batch *b, struct err *err)
{
    enum lane last = w->lanes.last;
    int64_t restored_ms;

    text_routes_clear(&w->wire.routes);
    arena_clear(b->mem);
    b->n = 0;
    if (sweep(w, err) || delivery_restored_at(&w->gate->store, &restored_ms, err))
        return err->rc;
    if (restored_ms && last > LANE_URGENT)
        last = LANE_URGENT;
    if (w->lanes.first > last)
        return RC_OK;
    if (text_out_due(&w->gate->store, w->lanes.first, last, TEXT_BATCH_MAX, b->mem, &b->texts, &b->n, err))
        return err->rc;
    b->is_full = b->n == TEXT_BATCH_MAX;
    return pace(w, b, err);
}

/* ---- requests ---- */

/* Texts that no request can be made of fail. */
static enum rc build(struct text_worker *w, struct text_batch *b, struct err *err)
{
    size_t kept = 0;

    text_batch_clear_errands(b);
    for (size_t i = 0; i < b->n; i++) {
        const struct text_id id = b->texts[i].id;
        const size_t before = b->errand_count;
        const enum rc rc = text_batch_build(&w->wire, b, i, err);

        if (!rc) {
            for (size_t k = before; k < b->errand_count; k++)
                b->errands[k].text = kept;
            b->texts[kept++] = b->texts[i];
            continue;
        }
        b->errand_count = before;
        if (!text_is_its_own(rc))
            return rc;
        log_warn("text_not_sendable", KV(id, id.v), KV_NAME(rc, rc_name(rc)));
        if (text_out_end(&w->gate->store, id, TEXT_FAILED, TEXT_UNSENDABLE, err))
            return err->rc;
    }
    b->n = kept;
    return RC_OK;
}

/* Consent is asked last; errands of those that may not go are dropped. */
static enum rc mark_sending(struct text_worker *w, struct text_batch *b, struct err *err)
{
    struct text_id *const ids = ARENA_ARRAY(b->mem, b->n + 1, struct text_id);
    size_t kept = 0;

    for (size_t i = 0; i < b->n; i++)
        ids[i] = b->texts[i].id;
    if (text_out_begin(&w->gate->store, b->texts, &b->n, TEXT_LEASE_MS, &b->lease, err))
        return err->rc;
    for (size_t k = 0; k < b->errand_count; k++)
        for (size_t i = 0; i < b->n; i++)
            if (b->texts[i].id.v == ids[b->errands[k].text].v) {
                b->errands[kept] = b->errands[k];
                b->errands[kept++].text = i;
                break;
            }
    b->errand_count = kept;
    return RC_OK;
}

/* A worker that dies before the commit has touched nothing, and behind it each text stands as 'sending' before any leaves. */
static enum rc begin(struct text_worker *w, struct text_batch *b, struct err *err)
{
    if (pick(w, b, err))
        return err_wrap(err, "pick texts");
    if (b->n && (text_wire_open(&w->wire, err) || build(w, b, err) || mark_sending(w, b, err)))
        return err_wrap(err, "begin texts");
    return RC_OK;
}

/* ---- answers ---- */

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
static enum rc follow(struct text_worker *w, const struct text_batch *b, size_t at, struct err *err)
{
    const struct text_outcome *const o = &b->outcomes[at];

    if (!o->class || !o->is_ours)
        return RC_OK;
    return text_failed(w->gate, &b->texts[at], b->accounts[at], (enum provider_class)o->class, o->code, err);
}

static enum rc write_down(struct text_worker *w, struct text_batch *b, struct err *err)
{
    struct text_cost *const costs = ARENA_ARRAY(b->mem, b->n, struct text_cost);
    size_t handed = 0;

    if (text_out_record(&w->gate->store, b->lease, b->outcomes, b->n, err))
        return err->rc;
    for (size_t i = 0; i < b->n; i++)
        if (b->outcomes[i].is_handed)
            costs[handed++] = cost_of(&b->texts[i], b->cost_micro[i]);
    if (handed && text_budget_charge_all(w->gate, costs, handed, err))
        return err_wrap(err, "cost of texts");
    for (size_t i = 0; i < b->n; i++)
        if (follow(w, b, i, err))
            return err_wrap(err, "outcome of a text");
    return RC_OK;
}

/* One commit: what became of the batch before, and that those of the next are being sent. Either may be NULL. */
static enum rc commit(struct text_worker *w, struct text_batch *done, struct text_batch *next, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(w->gate->store.db, &tx, err) || (done && write_down(w, done, err)) || (next && begin(w, next, err)))
        return err->rc;
    return db_commit(&tx, err);
}

/* What was answered is written down whatever hinders the next batch, which the next step meets again. next may be NULL. */
static enum rc go_on(struct text_worker *w, struct text_batch *done, struct text_batch *next, struct err *err)
{
    struct err why;

    if (!commit(w, done, next, &why))
        return RC_OK;
    log_warn("texts_commit_again", KV(count, done->n), KV_NAME(rc, rc_name(why.rc)));
    if (next)
        next->n = 0;
    return commit(w, done, NULL, err);
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
    arena_clear(w->batches[0].mem);
    rc = text_sender_usual(&w->gate->store, w->batches[0].mem, &sender, err);
    *ret_is = rc == RC_NOT_FOUND;
    return *ret_is ? RC_OK : rc;
}

static void tell_done(const struct text_batch *b, size_t *did)
{
    for (size_t i = 0; i < b->n; i++) {
        *did += b->outcomes[i].result != TEXT_PUT_BACK;
        log_info("text_done", KV(id, b->outcomes[i].id.v), KV_NAME(state, text_state_name(b->outcomes[i].state)));
    }
}

enum rc text_worker_step(struct text_worker *w, size_t *ret_did, struct err *err)
{
    const int64_t until_ms = clock_steady_ms() + STEP_MS;
    struct text_batch *now = &w->batches[0], *next = &w->batches[1];
    bool is_nothing = true;

    *ret_did = 0;
    if (is_idle(w, &is_nothing, err))
        return err_wrap(err, "look for texts");
    if (is_nothing)
        return RC_OK;
    if (commit(w, NULL, now, err))
        return err->rc;
    while (now->n) {
        struct text_batch *const done = now;
        bool is_last;

        text_batch_run(&w->wire, done);
        is_last = !done->is_full || clock_steady_ms() >= until_ms;
        next->n = 0;
        if (go_on(w, done, is_last ? NULL : next, err))
            return err_wrap(err, "send texts");
        tell_done(done, ret_did);
        now = next;
        next = done;
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
    if (text_wire_open(&w->wire, err) || text_poll(w->gate, w->wire.http, is_sweep, ret_did, err))
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
    *ret_ms = ms < 0 ? 0 : ms > most ? most : ms;
    return RC_OK;
}
