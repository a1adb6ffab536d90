#include "store/text_bucket.h"

#include <assert.h>

enum bucket_kind { BUCKET_SENDER = 1, BUCKET_CAMPAIGN, BUCKET_BRAND };
enum bucket_stmt { BUCKET_GET, BUCKET_PUT, BUCKET_HALVE, BUCKET_STMT_COUNT };

/* clang-format off */
static const char *const bucket_sql[BUCKET_STMT_COUNT] = {
    [BUCKET_GET] = "SELECT milli, at_ms, halved_until_ms FROM text_bucket WHERE practice_id = $1 AND kind = $2 AND id = $3 /*LOCK*/",
    [BUCKET_PUT] =
        "INSERT INTO text_bucket (practice_id, kind, id, milli, at_ms, halved_until_ms) VALUES ($1, $2, $3, $4, $5, 0)"
        " ON CONFLICT (practice_id, kind, id) DO UPDATE SET milli = excluded.milli, at_ms = excluded.at_ms",
    [BUCKET_HALVE] =
        "INSERT INTO text_bucket (practice_id, kind, id, milli, at_ms, halved_until_ms) VALUES ($1, $2, $3, 0, $4, $5)"
        " ON CONFLICT (practice_id, kind, id) DO UPDATE SET halved_until_ms = excluded.halved_until_ms",
};
/* clang-format on */
const struct db_domain text_bucket_domain = { "text_bucket", bucket_sql, BUCKET_STMT_COUNT };

struct bucket {
    enum bucket_kind kind;
    int64_t id;
    int64_t milli, at_ms, halved_until_ms;
    bool is_new;
};

static enum rc start(struct store *st, enum bucket_stmt stmt, const struct bucket *b, struct db_query **ret_q,
                     struct err *err)
{
    const enum rc rc = db_query(st->db, bucket_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, b->kind);
    db_bind_int(*ret_q, 3, b->id);
    return RC_OK;
}

static enum rc get(struct store *st, struct bucket *b, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (start(st, BUCKET_GET, b, &q, err) || db_step(q, &row, err))
        return err->rc;
    b->is_new = !row;
    if (!row)
        return RC_OK;
    b->milli = db_int(q, 0);
    b->at_ms = db_int(q, 1);
    b->halved_until_ms = db_int(q, 2);
    return db_run(q, NULL, err);
}

static enum rc put(struct store *st, const struct bucket *b, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, BUCKET_PUT, b, &q, err))
        return err->rc;
    db_bind_int(q, 4, b->milli);
    db_bind_int(q, 5, b->at_ms);
    return db_run(q, NULL, err);
}

/* Fills up to now. rate: milli-parts a second. How long until `need` is there; 0: now. */
static int64_t fill(struct bucket *b, int64_t rate, int64_t need, int64_t now)
{
    const int64_t cap = need > 3000 ? need : 3000;
    int64_t passed = now - b->at_ms;

    if (now < b->halved_until_ms)
        rate = rate > 1 ? rate / 2 : 1;
    if (b->is_new) {
        b->milli = cap;
    } else if (passed > 0) {
        if (passed > MS_DAY)
            passed = MS_DAY;
        b->milli = b->milli + passed * rate / MS_SECOND < cap ? b->milli + passed * rate / MS_SECOND : cap;
    }
    b->at_ms = now;
    return b->milli >= need ? 0 : ((need - b->milli) * MS_SECOND + rate - 1) / rate;
}

/* Of a brand: milli counts what its day has used. */
static int64_t day_wait(struct bucket *b, const struct text_want *w, int64_t now)
{
    const int64_t most = w->is_exempt ? w->brand_per_day : w->brand_per_day - w->brand_per_day / 10;

    if (b->is_new || b->at_ms != w->day_start_ms)
        b->milli = 0;
    b->at_ms = w->day_start_ms;
    return b->milli / 1000 + w->parts <= most ? 0 : w->day_start_ms + MS_DAY > now ? w->day_start_ms + MS_DAY - now : 1;
}

enum rc text_bucket_take(struct store *st, const struct text_want *want, int64_t *ret_wait_ms, struct err *err)
{
    struct bucket of[] = { { .kind = BUCKET_SENDER, .id = want->sender.v },
                           { .kind = BUCKET_CAMPAIGN, .id = want->campaign },
                           { .kind = BUCKET_BRAND } };
    const int64_t rates[] = { want->rate_milli, want->campaign ? want->parts_per_minute * 1000 / 60 : 0,
                              want->brand_per_day };
    const int64_t now = clock_now_ms(clock_real()), need = want->parts * 1000;
    int64_t wait = 0;

    assert(db_in_tx(st->db));
    for (size_t i = 0; i < COUNT_OF(of); i++) {
        int64_t more;

        if (!rates[i])
            continue;
        if (get(st, &of[i], err))
            return err->rc;
        more = of[i].kind == BUCKET_BRAND ? day_wait(&of[i], want, now) : fill(&of[i], rates[i], need, now);
        wait = more > wait ? more : wait;
    }
    if (want->is_exempt)
        wait = 0;
    for (size_t i = 0; !wait && i < COUNT_OF(of); i++) {
        of[i].milli += of[i].kind == BUCKET_BRAND ? need : -need;
        if (rates[i] && put(st, &of[i], err))
            return err->rc;
    }
    *ret_wait_ms = wait;
    return RC_OK;
}

enum rc text_bucket_halve(struct store *st, struct text_sender_id sender, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct bucket b = { .kind = BUCKET_SENDER, .id = sender.v };
    const int64_t now = clock_now_ms(clock_real());

    assert(db_in_tx(st->db));
    if (start(st, BUCKET_HALVE, &b, &q, err))
        return err->rc;
    db_bind_int(q, 4, now);
    db_bind_int(q, 5, now + TEXT_HALVED_MS);
    return db_run(q, NULL, err);
}
