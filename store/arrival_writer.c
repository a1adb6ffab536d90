/* The bytes of an arrival, on their way in. A message of up to one chunk is written by one transaction; only a longer one leaves rows in state
 * receiving while it comes. */
#include "store/arrival.h"
#include "store/arrival_parts.h"

#include "base/clock.h"

#include <assert.h>
#include <endian.h>
#include <stddef.h>

enum arrival_insert_arg { AI_PRACTICE = 1, AI_ID, AI_SOURCE, AI_HEAD, AI_RECEIVED };
enum arrival_finish_arg { AF_PRACTICE = 1, AF_ID, AF_BYTES, AF_OVERSIZE, AF_HEAD, AF_SOURCE_HASH, AF_RECEIVED };
enum chunk_insert_arg { CI_PRACTICE = 1, CI_ARRIVAL, CI_N, CI_BYTES };

struct arrival_writer {
    struct db *db;
    struct practice_id practice;
    struct arrival_id id;
    enum arrival_source source;
    int64_t received_ms, max_bytes, total, chunks;
    bool has_row, is_over, is_finished, has_source;
    unsigned char source_hash[CRYPT_MAC_BYTES];
    struct crypt_key public_key;
    struct crypt_stream *stream;
    unsigned char head_box[ARRIVAL_HEAD_MAX + CRYPT_BOX_OVERHEAD];
    size_t head_box_n;
    char from[ARRIVAL_ENVELOPE_MAX + 1], to[ARRIVAL_ENVELOPE_MAX + 1];
    unsigned char
        *first; /* the first chunk, once there is a second: many writers may be open, and most letters are short */
    size_t fill, used; /* used: of buf, so far */
    unsigned char buf[ARRIVAL_CHUNK_BYTES];
};

/* In the caller's transaction where one is open, else in one of our own. */
static enum rc begin_own(struct arrival_writer *w, struct db_tx *tx, struct err *err)
{
    return db_in_tx(w->db) ? RC_OK : db_begin(w->db, tx, err);
}

static enum rc commit_own(struct db_tx *tx, struct err *err)
{
    return tx->db ? db_commit(tx, err) : RC_OK;
}

static size_t put_envelope(unsigned char *to, const char *address)
{
    const size_t n = strlen(address);

    to[0] = (unsigned char)(n >> 8);
    to[1] = (unsigned char)n;
    memcpy(to + 2, address, n);
    return n + 2;
}

/* A new stream under a new key, and the head that tells it. */
static void start_stream(struct arrival_writer *w)
{
    CLEANUP(crypt_key_wipe) struct crypt_key key;
    unsigned char head[ARRIVAL_HEAD_MAX];
    const uint64_t ids[2] = { htobe64((uint64_t)w->practice.v), htobe64((uint64_t)w->id.v) };
    size_t n = ARRIVAL_HEAD_FIXED;

    crypt_stream_free(&w->stream);
    crypt_random(key.b, sizeof key.b);
    memcpy(head, ids, 16);
    memcpy(head + 16, key.b, sizeof key.b);
    w->stream = crypt_stream_seal_new(&key, head + 16 + CRYPT_KEY_BYTES);
    n += put_envelope(head + n, w->from);
    n += put_envelope(head + n, w->to);
    crypt_box_seal(&w->public_key, head, n, w->head_box);
    w->head_box_n = n + CRYPT_BOX_OVERHEAD;
    crypt_wipe(head, sizeof head);
}

enum rc arrival_begin(struct db *db, const struct crypt_key *public_key, struct id_source *ids,
                      const struct arrival_meta *meta, struct arrival_writer **ret_writer, struct err *err)
{
    struct arrival_writer *w = malloc(sizeof *w);

    (void)err;
    if (!w)
        abort();
    memset(w, 0, offsetof(struct arrival_writer, buf));
    w->db = db;
    w->practice = meta->practice;
    w->id.v = id_next(ids);
    w->source = meta->source;
    w->received_ms = meta->received_ms;
    w->max_bytes = meta->max_bytes ? meta->max_bytes : ARRIVAL_MAX_BYTES;
    w->public_key = *public_key;
    snprintf(w->from, sizeof w->from, "%s", !meta->from ? "" : *meta->from ? meta->from : ARRIVAL_NULL_SENDER);
    snprintf(w->to, sizeof w->to, "%s", meta->to ? meta->to : "");
    if (meta->source_key) {
        const struct crypt_span span = CRYPT_SPAN(meta->source_key, strlen(meta->source_key));

        /* names a place in a mailbox, nothing of the message: a hash under the public key is enough */
        crypt_mac(public_key, &span, 1, w->source_hash);
        w->has_source = true;
    }
    start_stream(w);
    *ret_writer = w;
    return RC_OK;
}

static enum rc run_ids(struct arrival_writer *w, enum arrival_stmt stmt, int64_t *ret_changes, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(w->db, arrival_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, w->practice.v);
    db_bind_int(q, 2, w->id.v);
    return db_run(q, ret_changes, err);
}

/* After a commit whose answer was lost the row may count: then it, and its chunks, stay. */
static enum rc delete_rows(struct arrival_writer *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    int64_t rows = 0;
    enum rc rc = begin_own(w, &tx, err);

    if (!rc)
        rc = run_ids(w, ARRIVAL_DELETE, &rows, err);
    if (!rc && rows)
        rc = run_ids(w, CHUNK_DELETE, NULL, err);
    return rc ? rc : commit_own(&tx, err);
}

void arrival_writer_free(struct arrival_writer **wp)
{
    struct arrival_writer *w = *wp;
    struct err err;

    if (!w)
        return;
    if (w->has_row && !w->is_finished)
        rc_ignore(delete_rows(w, &err), "the sweep takes what is left");
    crypt_stream_free(&w->stream);
    if (w->first)
        crypt_wipe(w->first, ARRIVAL_CHUNK_BYTES);
    free(w->first);
    crypt_wipe(w, offsetof(struct arrival_writer, buf) + w->used);
    free(w);
    *wp = NULL;
}

static enum rc insert_row(struct arrival_writer *w, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(w->db, arrival_sql[ARRIVAL_INSERT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AI_PRACTICE, w->practice.v);
    db_bind_int(q, AI_ID, w->id.v);
    db_bind_int(q, AI_SOURCE, w->source);
    db_bind_blob(q, AI_HEAD, w->head_box, w->head_box_n);
    db_bind_int(q, AI_RECEIVED, clock_now_ms(clock_real())); /* until it is finished: for the sweep */
    return db_run(q, NULL, err);
}

static enum rc insert_chunk(struct arrival_writer *w, const void *bytes, size_t n, bool is_last, struct err *err)
{
    unsigned char sealed[ARRIVAL_SEALED_MAX]; /* bound until the query is done */
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(w->db, arrival_sql[CHUNK_INSERT], &q, err);

    if (rc)
        return rc;
    crypt_stream_seal(w->stream, bytes, n, is_last, sealed);
    db_bind_int(q, CI_PRACTICE, w->practice.v);
    db_bind_int(q, CI_ARRIVAL, w->id.v);
    db_bind_int(q, CI_N, w->chunks);
    db_bind_blob(q, CI_BYTES, sealed, n + CRYPT_STREAM_OVERHEAD);
    return db_run(q, NULL, err);
}

static void remember_first(struct arrival_writer *w)
{
    w->first = malloc(ARRIVAL_CHUNK_BYTES);
    if (!w->first)
        abort();
    memcpy(w->first, w->buf, ARRIVAL_CHUNK_BYTES);
}

/* The buffer is full and more came: one chunk, written. After a failure the stream has moved on and the writer is of no use. */
static enum rc flush(struct arrival_writer *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = begin_own(w, &tx, err);

    if (!rc && !w->has_row)
        rc = insert_row(w, err);
    if (!rc)
        rc = insert_chunk(w, w->buf, w->fill, false, err);
    if (!rc)
        rc = commit_own(&tx, err);
    if (rc)
        return err_wrap(err, "arrival chunk %" PRId64, w->chunks);
    w->has_row = true;
    if (w->chunks++ == 0)
        remember_first(w);
    w->fill = 0;
    return RC_OK;
}

bool arrival_will_write(const struct arrival_writer *w, size_t n)
{
    return n > ARRIVAL_CHUNK_BYTES - w->fill && !w->is_over;
}

enum rc arrival_add(struct arrival_writer *w, const void *bytes, size_t n, struct err *err)
{
    const unsigned char *p = bytes;

    assert(!w->is_finished);
    w->total += (int64_t)n;
    w->is_over |= w->total > w->max_bytes;
    while (n) {
        const size_t room = ARRIVAL_CHUNK_BYTES - w->fill, k = n < room ? n : room;

        if (room == 0 && w->is_over)
            break; /* the first chunk is full or stored: the rest is only counted */
        if (room == 0) {
            enum rc rc = flush(w, err);

            if (rc)
                return rc;
            continue;
        }
        memcpy(w->buf + w->fill, p, k);
        w->fill += k;
        w->used = w->fill > w->used ? w->fill : w->used;
        p += k;
        n -= k;
    }
    return RC_OK;
}

/* Only the first chunk stays, as a stream of its own. A single call may bring all of it: then it still stands in buf. */
static enum rc keep_first(struct arrival_writer *w, struct err *err)
{
    enum rc rc = run_ids(w, CHUNK_DELETE, NULL, err);

    if (rc)
        return rc;
    if (w->chunks > 0) {
        memcpy(w->buf, w->first, ARRIVAL_CHUNK_BYTES);
        w->fill = ARRIVAL_CHUNK_BYTES;
    }
    w->chunks = 0;
    start_stream(w);
    return RC_OK;
}

static enum rc is_seen(struct arrival_writer *w, struct arrival_id *ret_id, bool *ret_is_seen, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    *ret_is_seen = false;
    if (!w->has_source)
        return RC_OK;
    rc = db_query(w->db, arrival_sql[ARRIVAL_SEEN], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, w->practice.v);
    db_bind_blob(q, 2, w->source_hash, sizeof w->source_hash);
    rc = db_step(q, ret_is_seen, err);
    if (!rc && *ret_is_seen)
        ret_id->v = db_int(q, 0);
    return rc;
}

static enum rc finish_row(struct arrival_writer *w, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;
    enum rc rc = db_query(w->db, arrival_sql[ARRIVAL_FINISH], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AF_PRACTICE, w->practice.v);
    db_bind_int(q, AF_ID, w->id.v);
    db_bind_int(q, AF_BYTES, w->total);
    db_bind_int(q, AF_OVERSIZE, w->is_over);
    db_bind_blob(q, AF_HEAD, w->head_box, w->head_box_n);
    db_bind_blob(q, AF_SOURCE_HASH, w->has_source ? w->source_hash : NULL, sizeof w->source_hash);
    db_bind_int(q, AF_RECEIVED, w->received_ms);
    rc = db_run(q, &changes, err);
    if (!rc && changes != 1)
        rc = err_set(err, RC_TEMP, "arrival %" PRId64 " was swept while it came", w->id.v);
    return rc;
}

static enum rc store_all(struct arrival_writer *w, struct arrival_id *id, bool *is_seen_before, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = begin_own(w, &tx, err);

    if (!rc)
        rc = is_seen(w, id, is_seen_before, err);
    if (rc || *is_seen_before)
        return rc;
    if (!w->has_row)
        rc = insert_row(w, err);
    if (!rc && w->is_over)
        rc = keep_first(w, err);
    if (!rc)
        rc = insert_chunk(w, w->buf, w->fill, true, err);
    if (!rc)
        rc = finish_row(w, err);
    return rc ? rc : commit_own(&tx, err);
}

enum rc arrival_finish(struct arrival_writer *w, struct arrival_id *ret_id, bool *ret_is_duplicate, struct err *err)
{
    struct arrival_id id = w->id;
    bool is_duplicate = false;
    enum rc rc;

    assert(!w->is_finished);
    rc = store_all(w, &id, &is_duplicate, err);
    if (rc == RC_CONFLICT && w->has_source) { /* on PostgreSQL the same one may have come twice at once */
        rc = is_seen(w, &id, &is_duplicate, err);
        if (!rc && !is_duplicate)
            rc = err_set(err, RC_TEMP, "arrival %" PRId64 " met another one", w->id.v);
    }
    if (rc)
        return err_wrap(err, "store an arrival");
    w->is_finished = !is_duplicate; /* a duplicate's own rows go when it is freed */
    *ret_id = id;
    *ret_is_duplicate = is_duplicate;
    return RC_OK;
}

void arrival_rolled_back(struct arrival_writer *w)
{
    w->is_finished = false;
}
