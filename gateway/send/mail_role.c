#include "gateway/send/mail_role.h"

#include "base/log.h"
#include "gateway/send/mail_failed.h"
#include "gateway/send/outbox.h"
#include "gateway/send/tls.h"
#include "mailer/pacing.h"
#include "store/audit.h"
#include "store/delivery.h"

#include <assert.h>

#define PAUSE_FIRST_MS (2 * MS_SECOND)
#define PAUSE_MOST_MS (10 * MS_MINUTE)
#define PAUSE_MOST_URGENT_MS (15 * MS_SECOND) /* an alarm waits for no relay that is back already */
#define SWEEP_MS (5 * MS_SECOND)

struct mail_worker {
    struct gate *gate;
    const struct transport *relay;
    struct mail_lanes lanes;
    enum lane last; /* of lanes; after a restore, before the release, lane 0 alone */
    struct outbox *outbox;
    struct pacing pacing;
    bool is_open;
    int64_t swept_ms; /* steady */

    /* the batch */
    struct arena *mem;
    int64_t lease;
    struct delivery *rows; /* claimed, then sending */
    size_t n;
    struct wire *wires[DELIVERY_BATCH_MAX];

    /* outcomes that are not committed yet, and the rows they are about */
    struct delivery_outcome outcomes[DELIVERY_BATCH_MAX];
    const struct delivery *about[DELIVERY_BATCH_MAX];
    bool is_secured[DELIVERY_BATCH_MAX]; /* it had to travel under TLS, and did */
    size_t pending;
    int64_t committed_ms; /* steady */
    size_t did;
    struct err failed; /* of a commit inside the transport's callback */
};

struct mail_worker *mail_worker_new(struct gate *gate, const struct transport *relay, const struct mail_lanes *lanes)
{
    struct mail_worker *w = calloc(1, sizeof(*w));
    uint64_t seed;

    if (!w)
        abort();
    crypt_random(&seed, sizeof(seed));
    w->gate = gate;
    w->relay = relay;
    w->lanes = *lanes;
    if (w->lanes.lease_ms == 0)
        w->lanes.lease_ms = MAIL_LEASE_MS;
    w->outbox = outbox_new(gate);
    w->pacing = pacing_make(PAUSE_FIRST_MS, lanes->last == LANE_URGENT ? PAUSE_MOST_URGENT_MS : PAUSE_MOST_MS, seed);
    w->mem = arena_new("mail_worker");
    w->swept_ms = INT64_MIN / 2;
    for (size_t i = 0; i < DELIVERY_BATCH_MAX; i++)
        w->wires[i] = wire_new();
    return w;
}

/* --- outcomes --------------------------------------------------------------------------------------------------------------------- */

static void add_outcome(struct mail_worker *w, const struct delivery *d, enum delivery_result result,
                        const struct transport_result *why)
{
    struct delivery_outcome *o = &w->outcomes[w->pending];

    assert(w->pending < DELIVERY_BATCH_MAX);
    *o = (struct delivery_outcome){ .id = d->id, .result = result, .attempt = d->attempt };
    if (why) {
        o->code = why->code;
        if (why->enhanced[0])
            snprintf(o->status_code, sizeof(o->status_code), "%d.%d.%d", why->enhanced[0] % 10, why->enhanced[1] % 1000,
                     why->enhanced[2] % 1000);
        o->remote = *why->remote ? arena_strdup(w->mem, why->remote) : NULL;
        o->mailing = d->mailing;
        o->copy_hash = d->copy_hash;
        o->copy_ms = d->copy_ms;
    }
    w->is_secured[w->pending] = false;
    w->about[w->pending++] = d;
}

/* "uncertain" is sent once more with the same Message-ID; a second doubtful answer counts as sent. */
static enum delivery_result result_of(const struct transport_result *r, const struct delivery *d)
{
    switch (r->outcome) {
    case TRANSPORT_ACCEPTED:
        return DELIVERY_ACCEPTED;
    case TRANSPORT_DEFERRED:
        return DELIVERY_LATER;
    case TRANSPORT_FAILED:
        return DELIVERY_REFUSED;
    case TRANSPORT_UNCERTAIN:
        return d->attempt > 1 ? DELIVERY_ACCEPTED : DELIVERY_LATER;
    case TRANSPORT_NO_TLS:
        return DELIVERY_NOT_SECURED;
    case TRANSPORT_NOT_SENT:
        break;
    }
    return DELIVERY_UNTOUCHED;
}

/* What failed, and what is tried again, is written into the record: its lock comes before those of the rows, as the breaker takes them. */
static enum rc lock_record(struct mail_worker *w, struct err *err)
{
    for (size_t i = 0; i < w->pending; i++)
        if (w->outcomes[i].result == DELIVERY_REFUSED || w->outcomes[i].result == DELIVERY_LATER ||
            w->outcomes[i].result == DELIVERY_NOT_SECURED || w->is_secured[i])
            return audit_lock(&w->gate->store, err);
    return RC_OK;
}

static enum rc write_outcomes(struct mail_worker *w, struct err *err)
{
    enum rc rc = lock_record(w, err);

    if (!rc)
        rc = delivery_record(&w->gate->store, w->lease, w->lanes.lease_ms, w->outcomes, w->pending, err);
    for (size_t i = 0; !rc && i < w->pending; i++)
        if (w->outcomes[i].has_failed)
            rc = mail_failed(w->gate, w->about[i], &w->outcomes[i], err);
        else if (w->is_secured[i])
            rc = tls_works(w->gate, w->about[i]->address, err);
    return rc;
}

static void outcomes_done(struct mail_worker *w)
{
    for (size_t i = 0; i < w->pending; i++) {
        const bool is_untouched = w->outcomes[i].result == DELIVERY_UNTOUCHED;

        w->did += !is_untouched;
        if (w->outcomes[i].has_failed)
            log_warn("delivery_failed", KV(delivery, w->outcomes[i].id.v), KV(code, w->outcomes[i].code));
    }
    w->pending = 0;
    w->committed_ms = clock_steady_ms();
}

static enum rc commit_outcomes(struct mail_worker *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(w->gate->store.db, &tx, err);

    if (!rc)
        rc = write_outcomes(w, err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (!rc)
        outcomes_done(w);
    return rc;
}

static void on_done(void *ctx, size_t index, const struct transport_result *result)
{
    struct mail_worker *w = ctx;
    const struct delivery *d = &w->rows[index];
    struct err why;

    add_outcome(w, d, result_of(result, d), result);
    w->is_secured[w->pending - 1] =
        result->outcome == TRANSPORT_ACCEPTED && wire_tls(w->wires[index]) != SERIAL_TLS_ANY;
    if (!w->failed.rc && clock_steady_ms() - w->committed_ms >= MAIL_COMMIT_MS && commit_outcomes(w, &why))
        w->failed = why; /* the step returns it when the batch is through */
}

/* --- the batch -------------------------------------------------------------------------------------------------------------------- */

/* What was closed after the copy was made may have gone out: until people released it, only what cannot wait leaves. */
static enum rc see_restored(struct mail_worker *w, struct err *err)
{
    int64_t at_ms;
    enum rc rc = delivery_restored_at(&w->gate->store, &at_ms, err);

    if (!rc)
        w->last = at_ms && w->lanes.last > LANE_URGENT ? LANE_URGENT : w->lanes.last;
    return rc;
}

/* Outcomes of the last batch and the claim of the next: one transaction. */
static enum rc turn(struct mail_worker *w, struct err *err)
{
    CLEANUP(arena_free) struct arena *next = arena_new("mail_batch");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &w->gate->store;
    const bool is_sweep_due = clock_steady_ms() - w->swept_ms >= SWEEP_MS;
    struct delivery *rows = NULL;
    int64_t lease = 0, swept = 0;
    size_t n = 0;
    enum rc rc = db_begin(st->db, &tx, err);

    if (!rc && w->pending)
        rc = write_outcomes(w, err);
    if (!rc && is_sweep_due)
        rc = delivery_sweep(st, &swept, err);
    if (!rc)
        rc = see_restored(w, err);
    if (!rc && pacing_is_ready(&w->pacing, clock_steady_ms()))
        rc = delivery_claim(st, w->lanes.first, w->last, DELIVERY_BATCH_MAX, w->lanes.lease_ms, next, &lease, &rows, &n,
                            err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (rc)
        return rc;
    outcomes_done(w);
    if (is_sweep_due)
        w->swept_ms = clock_steady_ms();
    if (swept)
        log_warn("leases_lost", KV(count, swept));
    arena_free(&w->mem);
    w->mem = MOVE(next);
    w->lease = lease;
    w->rows = rows;
    w->n = n;
    return RC_OK;
}

/* What lost its lease over and over may be what ends the workers: it is not tried again, and staff are told. */
static enum rc fill_one(struct mail_worker *w, struct delivery *d, struct wire *wire, struct err *err)
{
    if (d->attempt > DELIVERY_ATTEMPTS_MAX)
        return err_set(err, RC_PERM, "given up after %d attempts", DELIVERY_ATTEMPTS_MAX);
    return outbox_fill_noting(w->outbox, d, wire, err);
}

/* Makes the copies; those that cannot or need not be made get their outcome now. */
static enum rc fill_batch(struct mail_worker *w, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++) {
        struct err why = { .rc = RC_OK };
        enum rc rc = fill_one(w, &w->rows[i], w->wires[kept], &why);
        struct delivery *dropped;

        if (rc == RC_OK) {
            w->rows[kept++] = w->rows[i];
            continue;
        }
        if (rc == RC_TEMP || rc == RC_UNCERTAIN || rc == RC_BUG) {
            *err = why;
            return rc;
        }
        if (rc != RC_NOT_FOUND)
            log_err("copy_not_made", &why, KV(delivery, w->rows[i].id.v));
        dropped = ARENA_NEW(w->mem, struct delivery);
        *dropped = w->rows[i];
        add_outcome(w, dropped, rc == RC_NOT_FOUND ? DELIVERY_DROPPED : DELIVERY_REFUSED, NULL);
    }
    w->n = kept;
    return RC_OK;
}

/* 'sending' is on disk before the wire hears of it. Copies of rows that were cancelled meanwhile are passed over. */
static enum rc begin_batch(struct mail_worker *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const size_t before = w->n;
    struct delivery_id ids[DELIVERY_BATCH_MAX];
    size_t at = 0;
    enum rc rc;

    for (size_t i = 0; i < before; i++)
        ids[i] = w->rows[i].id;
    rc = db_begin(w->gate->store.db, &tx, err);
    if (!rc && w->pending)
        rc = write_outcomes(w, err);
    if (!rc)
        rc = delivery_begin_send(&w->gate->store, w->lease, w->rows, &w->n, err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (rc)
        return rc;
    outcomes_done(w);
    for (size_t i = 0; i < before && at < w->n; i++)
        if (ids[i].v == w->rows[at].id.v) {
            struct wire *kept = w->wires[i];

            w->wires[i] = w->wires[at];
            w->wires[at++] = kept;
        }
    return RC_OK;
}

static void relay_failed(struct mail_worker *w, const struct err *why)
{
    const int64_t pause = pacing_fail(&w->pacing, clock_steady_ms());

    log_err("relay_failed", why, KV(ms, pause), KV(attempt, w->pacing.failures));
    transport_close(w->relay);
    w->is_open = false;
}

static void send_batch(struct mail_worker *w)
{
    const struct wire *wires[DELIVERY_BATCH_MAX];
    struct err why = { .rc = RC_OK };

    for (size_t i = 0; i < w->n; i++)
        wires[i] = w->wires[i];
    if (!w->is_open) {
        if (transport_open(w->relay, &why)) {
            relay_failed(w, &why);
            for (size_t i = 0; i < w->n; i++)
                add_outcome(w, &w->rows[i], DELIVERY_UNTOUCHED, NULL);
            return;
        }
        w->is_open = true;
    }
    w->committed_ms = clock_steady_ms();
    if (transport_send(w->relay, wires, w->n, on_done, w, &why))
        relay_failed(w, &why);
    else
        pacing_succeed(&w->pacing);
}

/* --- steps ------------------------------------------------------------------------------------------------------------------------ */

static enum rc has_work(struct mail_worker *w, bool *ret_work, struct err *err)
{
    int64_t due = 0;
    enum rc rc = see_restored(w, err);

    if (!rc)
        rc = delivery_next_due(&w->gate->store, w->lanes.first, w->last, &due, err);
    if (!rc)
        *ret_work = due <= gate_now_ms(w->gate) || clock_steady_ms() - w->swept_ms >= SWEEP_MS;
    return rc;
}

enum rc mail_worker_step(struct mail_worker *w, size_t *ret_did, struct err *err)
{
    bool is_work = false;
    enum rc rc = RC_OK;

    w->did = 0;
    w->failed = (struct err){ .rc = RC_OK };
    if (w->n == 0) {
        rc = has_work(w, &is_work, err);
        if (!rc && is_work && pacing_is_ready(&w->pacing, clock_steady_ms()))
            rc = turn(w, err);
    }
    if (!rc && w->n) {
        rc = fill_batch(w, err);
        if (!rc)
            rc = begin_batch(w, err);
        if (!rc && w->n)
            send_batch(w);
        if (!rc && w->failed.rc) {
            *err = w->failed;
            rc = err->rc;
        }
        if (!rc)
            rc = turn(w, err);
    }
    if (rc) { /* the lease runs out and somebody starts again */
        w->n = w->pending = 0;
        return err_wrap(err, "mail worker");
    }
    *ret_did = w->did;
    return RC_OK;
}

enum rc mail_worker_wait_ms(struct mail_worker *w, int64_t most, int64_t *ret_ms, struct err *err)
{
    const int64_t steady = clock_steady_ms();
    int64_t due = 0, wait;
    enum rc rc = see_restored(w, err);

    if (!rc)
        rc = delivery_next_due(&w->gate->store, w->lanes.first, w->last, &due, err);
    if (rc)
        return rc;
    wait = due == INT64_MAX ? most : due - gate_now_ms(w->gate);
    if (!pacing_is_ready(&w->pacing, steady))
        wait = w->pacing.ready_ms - steady;
    if (w->n)
        wait = 0;
    *ret_ms = wait < 0 ? 0 : wait > most ? most : wait;
    return RC_OK;
}

/* What was claimed and not begun goes back at once. */
static void give_back(struct mail_worker *w)
{
    struct err ignored;

    for (size_t i = 0; i < w->n; i++)
        add_outcome(w, &w->rows[i], DELIVERY_UNTOUCHED, NULL);
    if (!w->pending)
        return;
    if (w->gate->home) /* a rekey may be why the outcomes are still here */
        rc_ignore(gate_refresh_keys(w->gate, &ignored), "then the commit says the same");
    rc_ignore(commit_outcomes(w, &ignored), "the lease runs out");
}

void mail_worker_free(struct mail_worker **worker)
{
    struct mail_worker *w = *worker;

    if (!w)
        return;
    give_back(w);
    if (w->is_open)
        transport_close(w->relay);
    for (size_t i = 0; i < DELIVERY_BATCH_MAX; i++)
        wire_free(&w->wires[i]);
    outbox_free(&w->outbox);
    arena_free(&w->mem);
    free(w);
    *worker = NULL;
}

enum rc mail_run_once(struct gate *gate, const struct transport *relay, const struct mail_lanes *lanes, size_t *ret_did,
                      struct err *err)
{
    CLEANUP(mail_worker_free) struct mail_worker *w = mail_worker_new(gate, relay, lanes);
    size_t all = 0, did = 0;
    int64_t wait = 0;
    enum rc rc;

    do {
        rc = mail_worker_step(w, &did, err);
        all += did;
        if (!rc)
            rc = mail_worker_wait_ms(w, 1, &wait, err);
    } while (!rc && wait == 0);
    if (!rc)
        *ret_did = all;
    return rc;
}

unsigned mail_worker_relay_failures(const struct mail_worker *w)
{
    return w->pacing.failures;
}
