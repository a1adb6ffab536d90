/* The bytes of an arrival, on their way out. */
#include "store/arrival.h"
#include "store/arrival_parts.h"

#include <endian.h>

struct arrival_reader {
    struct db *db;
    struct practice_id practice;
    struct arrival_id id;
    int64_t chunks;
    bool is_ended;
    struct crypt_stream *stream;
    char from[ARRIVAL_ENVELOPE_MAX + 1], to[ARRIVAL_ENVELOPE_MAX + 1];
};

void arrival_reader_free(struct arrival_reader **rp)
{
    if (!*rp)
        return;
    crypt_stream_free(&(*rp)->stream);
    crypt_wipe(*rp, sizeof **rp);
    free(*rp);
    *rp = NULL;
}

static bool get_envelope(const unsigned char *head, size_t n, size_t *at, char address[ARRIVAL_ENVELOPE_MAX + 1])
{
    size_t len;

    if (n - *at < 2)
        return false;
    len = (size_t)head[*at] << 8 | head[*at + 1];
    if (len > ARRIVAL_ENVELOPE_MAX || len > n - *at - 2)
        return false;
    memcpy(address, head + *at + 2, len);
    address[len] = '\0';
    *at += 2 + len;
    return true;
}

static enum rc read_head(struct arrival_reader *r, const unsigned char *head, size_t n, struct err *err)
{
    CLEANUP(crypt_key_wipe) struct crypt_key key;
    const uint64_t ids[2] = { htobe64((uint64_t)r->practice.v), htobe64((uint64_t)r->id.v) };
    size_t at = ARRIVAL_HEAD_FIXED;

    if (n < ARRIVAL_HEAD_FIXED || memcmp(head, ids, sizeof ids) != 0)
        return err_set(err, RC_CORRUPT, "its head belongs to another one");
    memcpy(key.b, head + 16, sizeof key.b);
    if (!get_envelope(head, n, &at, r->from) || !get_envelope(head, n, &at, r->to) || at != n)
        return err_set(err, RC_CORRUPT, "its envelope is damaged");
    return crypt_stream_open_new(&key, head + 16 + CRYPT_KEY_BYTES, &r->stream, err);
}

static enum rc open_head(struct arrival_reader *r, const struct keys *keys, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(crypt_key_wipe) struct crypt_key public, secret;
    unsigned char head[ARRIVAL_HEAD_MAX];
    const void *box;
    size_t n;
    enum rc rc;

    keys_arrival_pair(keys, &public, &secret);
    rc = db_query(r->db, arrival_sql[ARRIVAL_HEAD], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    db_bind_int(q, 2, r->id.v);
    rc = db_one(q, err);
    if (rc)
        return rc;
    box = db_blob(q, 0, &n);
    if (n < CRYPT_BOX_OVERHEAD || n > sizeof head + CRYPT_BOX_OVERHEAD)
        return err_set(err, RC_CORRUPT, "its head has %zu bytes", n);
    rc = crypt_box_open(&public, &secret, box, n, head, err);
    if (!rc)
        rc = read_head(r, head, n - CRYPT_BOX_OVERHEAD, err);
    crypt_wipe(head, sizeof head);
    return rc;
}

enum rc arrival_open(struct db *db, const struct keys *keys, struct practice_id practice, struct arrival_id id,
                     struct arrival_reader **ret_reader, struct err *err)
{
    CLEANUP(arrival_reader_free) struct arrival_reader *r = calloc(1, sizeof *r);
    enum rc rc;

    if (!r)
        abort();
    r->db = db;
    r->practice = practice;
    r->id = id;
    rc = open_head(r, keys, err);
    if (rc)
        return err_wrap(err, "arrival %" PRId64, id.v);
    *ret_reader = MOVE(r);
    return RC_OK;
}

const char *arrival_from(const struct arrival_reader *r)
{
    return r->from;
}

const char *arrival_to(const struct arrival_reader *r)
{
    return r->to;
}

static enum rc read_chunk(struct arrival_reader *r, unsigned char *buf, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const void *sealed;
    size_t n;
    enum rc rc = db_query(r->db, arrival_sql[CHUNK_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    db_bind_int(q, 2, r->id.v);
    db_bind_int(q, 3, r->chunks);
    rc = db_one(q, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_CORRUPT, "it is missing");
    if (rc)
        return rc;
    sealed = db_blob(q, 0, &n);
    if (n < CRYPT_STREAM_OVERHEAD || n > ARRIVAL_SEALED_MAX)
        return err_set(err, RC_CORRUPT, "it has %zu bytes", n);
    rc = crypt_stream_open(r->stream, sealed, n, buf, &r->is_ended, err);
    if (!rc)
        *ret_n = n - CRYPT_STREAM_OVERHEAD;
    return rc;
}

enum rc arrival_read(struct arrival_reader *r, unsigned char buf[ARRIVAL_CHUNK_BYTES], size_t *ret_n, struct err *err)
{
    enum rc rc;

    if (r->is_ended) {
        *ret_n = 0;
        return RC_OK;
    }
    rc = read_chunk(r, buf, ret_n, err);
    if (rc)
        return err_wrap(err, "arrival %" PRId64 " chunk %" PRId64, r->id.v, r->chunks);
    r->chunks++;
    return RC_OK;
}
