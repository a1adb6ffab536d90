#include "gateway/intake_stream.h"

#include "base/text.h"
#include "base/token.h"
#include "gateway/ours.h"
#include "gateway/wake.h"
#include "store/due.h"
#include "store/group.h"
#include "store/rows.h"

#include <assert.h>

struct copy {
    const char *to;
    struct intake_result result;
    struct arrival_writer *writer;
};

struct intake_stream {
    struct home *home;
    enum arrival_source source;
    struct arena *mem;
    struct copy *copies;
    size_t count, cap;
    int64_t bytes;
};

struct intake_stream *intake_stream_new(struct home *home, enum arrival_source source)
{
    struct arena *const mem = arena_new("intake_stream");
    struct intake_stream *const stream = ARENA_NEW(mem, struct intake_stream);

    *stream = (struct intake_stream){ .home = home, .source = source, .mem = mem };
    return stream;
}

void intake_stream_free(struct intake_stream **stream)
{
    struct arena *mem;

    if (!*stream)
        return;
    for (size_t i = 0; i < (*stream)->count; i++)
        arrival_writer_free(&(*stream)->copies[i].writer);
    mem = (*stream)->mem;
    *stream = NULL;
    arena_free(&mem);
}

/* ---- recipients ---- */

/* The form alone: 160 bits in base32. */
static bool has_token_form(const char *text, size_t n)
{
    unsigned char bits[TOKEN_CHARS * 5 / 8];

    return n == TOKEN_CHARS && crypt_base32_decode(text, n, bits, sizeof bits);
}

/* The local part of an address in a domain of the practice. Ended groups have an answer for who writes to them. */
static enum rc is_known(struct home *home, struct practice_id practice, const char *local, size_t n, struct arena *mem,
                        bool *ret_is_known, struct err *err)
{
    const char *const plus = memchr(local, '+', n);
    const size_t slug_n = plus ? (size_t)(plus - local) : n;
    const char *const slug = arena_strndup(mem, local, slug_n);

    *ret_is_known = has_token_form(local, n) || (plus && has_token_form(plus + 1, n - slug_n - 1)) ||
                    text_equals(slug, OURS_DESK) || text_equals(slug, "postmaster"); /* RFC 5321 4.5.1 */
    return *ret_is_known ? RC_OK : group_has_slug(home->db, practice, slug, ret_is_known, err);
}

static enum rc find_practice(struct home *home, const char *address, struct arena *mem, char **ret_bare,
                             struct practice_id *ret_practice, struct err *err)
{
    if (text_address_in(address, mem, ret_bare, err))
        return err_set(err, RC_NOT_FOUND, "it is no address that could be ours");
    if (practice_by_domain(home->db, strrchr(*ret_bare, '@') + 1, ret_practice, NULL, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_INPUT, "its domain is not ours") : err->rc;
    return RC_OK;
}

enum rc intake_stream_to(struct intake_stream *stream, const char *address, struct err *err)
{
    struct practice_id practice;
    struct copy *copy;
    bool known;
    char *bare;

    if (find_practice(stream->home, address, stream->mem, &bare, &practice, err) ||
        is_known(stream->home, practice, bare, (size_t)(strrchr(bare, '@') - bare), stream->mem, &known, err))
        return err->rc;
    if (!known)
        return err_set(err, RC_NOT_FOUND, "nobody has this address");
    stream->copies = rows_room(stream->mem, stream->copies, stream->count, &stream->cap, sizeof *copy);
    copy = &stream->copies[stream->count++];
    *copy = (struct copy){ .to = arena_strdup(stream->mem, address), .result = { .practice = practice } };
    return RC_OK;
}

size_t intake_stream_count(const struct intake_stream *stream)
{
    return stream->count;
}

/* ---- bytes ---- */

enum rc intake_stream_begin(struct intake_stream *stream, const char *sender, struct err *err)
{
    struct home *const home = stream->home;
    struct arrival_meta meta = { .source = stream->source,
                                 .from = sender,
                                 .received_ms = clock_now_ms(&home->clock),
                                 .max_bytes = home->settings.max_letter_bytes };
    struct crypt_key public_key;

    if (keys_arrival_public(home->db, &public_key, err))
        return err->rc;
    for (size_t i = 0; i < stream->count; i++) {
        meta.practice = stream->copies[i].result.practice;
        meta.to = stream->copies[i].to;
        if (arrival_begin(home->db, &public_key, &home->ids, &meta, &stream->copies[i].writer, err))
            return err_wrap(err, "begin a letter");
    }
    return RC_OK;
}

/* All writers stand at the same place. */
bool intake_stream_will_write(const struct intake_stream *stream, size_t n)
{
    return stream->count && arrival_will_write(stream->copies[0].writer, n);
}

enum rc intake_stream_add(struct intake_stream *stream, const char *bytes, size_t n, struct err *err)
{
    stream->bytes += (int64_t)n;
    for (size_t i = 0; i < stream->count; i++)
        if (arrival_add(stream->copies[i].writer, bytes, n, err))
            return err_wrap(err, "take a letter");
    return RC_OK;
}

enum rc intake_stream_finish(struct intake_stream *stream, struct err *err)
{
    struct home *const home = stream->home;
    const int64_t now_ms = clock_now_ms(clock_real());

    assert(db_in_tx(home->db));
    for (size_t i = 0; i < stream->count; i++) {
        struct copy *const copy = &stream->copies[i];

        if (arrival_finish(copy->writer, &copy->result.arrival, &copy->result.is_duplicate, err))
            return err_wrap(err, "take a letter");
        copy->result.bytes = stream->bytes;
        if ((i == 0 || copy->result.practice.v != copy[-1].result.practice.v) &&
            due_wake_practice(home->db, DUE_SORT, copy->result.practice, now_ms, err))
            return err->rc;
    }
    return RC_OK;
}

void intake_stream_rolled_back(struct intake_stream *stream)
{
    for (size_t i = 0; i < stream->count; i++)
        if (stream->copies[i].writer)
            arrival_rolled_back(stream->copies[i].writer);
}

struct intake_result intake_stream_result(const struct intake_stream *stream, size_t i)
{
    assert(i < stream->count);
    return stream->copies[i].result;
}

void intake_stream_wake(struct home *home)
{
    wake_role(home->path, "sort", WAKE_WORK);
}
