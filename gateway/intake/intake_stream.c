#include "gateway/intake/intake_stream.h"

#include "base/text.h"
#include "base/token.h"
#include "gateway/home/wake.h"
#include "gateway/practice/ours.h"
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
    const char *source_key; /* NULL: none */
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

static enum rc is_name(struct home *home, struct practice_id practice, const char *text, size_t n, struct arena *mem,
                       bool *ret_is_name, struct err *err)
{
    const char *const name = arena_strndup(mem, text, n);

    *ret_is_name = text_equals(name, OURS_DESK) || text_equals(name, "postmaster"); /* RFC 5321 4.5.1 */
    return *ret_is_name ? RC_OK : group_has_slug(home->db, practice, name, ret_is_name, err);
}

/* The local part of an address in a domain of the practice: a name before the plus, or behind that of a mailbox for all; or the form of a token. Which mailbox that is,
 * the practice's sealed settings say: the sorter reads them. Ended groups have an answer for who writes to them. */
static enum rc is_known(struct home *home, struct practice_id practice, const char *local, size_t n, struct arena *mem,
                        bool *ret_is_known, struct err *err)
{
    const struct ours_local parts = ours_split(local, n);
    enum rc rc;

    *ret_is_known = has_token_form(local, n) || (parts.last && has_token_form(parts.last, parts.last_len));
    if (*ret_is_known)
        return RC_OK;
    rc = is_name(home, practice, local, parts.name_len, mem, ret_is_known, err);
    if (rc || *ret_is_known || !parts.behind)
        return rc;
    return is_name(home, practice, parts.behind, ours_split(parts.behind, parts.behind_len).name_len, mem, ret_is_known,
                   err);
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

static void add_copy(struct intake_stream *stream, struct practice_id practice, const char *address)
{
    struct copy *copy;

    stream->copies = rows_room(stream->mem, stream->copies, stream->count, &stream->cap, sizeof *copy);
    copy = &stream->copies[stream->count++];
    *copy =
        (struct copy){ .to = address ? arena_strdup(stream->mem, address) : NULL, .result = { .practice = practice } };
}

enum rc intake_stream_to(struct intake_stream *stream, const char *address, struct err *err)
{
    struct practice_id practice;
    bool known;
    char *bare;

    if (find_practice(stream->home, address, stream->mem, &bare, &practice, err) ||
        is_known(stream->home, practice, bare, (size_t)(strrchr(bare, '@') - bare), stream->mem, &known, err))
        return err->rc;
    if (!known)
        return err_set(err, RC_NOT_FOUND, "nobody has this address");
    add_copy(stream, practice, address);
    return RC_OK;
}

enum rc intake_stream_to_token(struct intake_stream *stream, const struct intake_head *head, struct err *err)
{
    for (size_t i = 0; i < head->recipient_count; i++) {
        const char *const address = head->recipients[i], *const at = strrchr(address, '@');
        const char *const plus = at ? memrchr(address, '+', (size_t)(at - address)) : NULL;
        const char *const word = plus ? plus + 1 : address;
        struct practice_id practice;
        char *bare;

        if (!at || !has_token_form(word, (size_t)(at - word)))
            continue;
        if (find_practice(stream->home, address, stream->mem, &bare, &practice, err) == RC_OK) {
            add_copy(stream, practice, address);
            return RC_OK;
        }
        if (err->rc != RC_NOT_FOUND && err->rc != RC_INPUT)
            return err->rc;
    }
    return err_set(err, RC_NOT_FOUND, "no recipient has the form of a token");
}

/* Those of the list that we know. */
static enum rc add_known(struct intake_stream *stream, const struct intake_head *head, size_t from, size_t to,
                         struct err *err)
{
    for (size_t i = from; i < to; i++)
        if (intake_stream_to(stream, head->recipients[i], err) && err->rc != RC_NOT_FOUND && err->rc != RC_INPUT)
            return err->rc;
    return RC_OK;
}

/* To an address that no group has, or to none at all: somebody must see it all the same. */
static enum rc add_unknown(struct intake_stream *stream, const struct intake_head *head, struct err *err)
{
    struct practice_id practice;
    char *bare;

    for (size_t i = 0; i < head->recipient_count; i++) {
        const enum rc rc = find_practice(stream->home, head->recipients[i], stream->mem, &bare, &practice, err);

        if (!rc)
            add_copy(stream, practice, head->recipients[i]);
        if (rc != RC_NOT_FOUND && rc != RC_INPUT)
            return rc; /* the first one of ours is enough */
    }
    switch (home_practice(stream->home, NULL, &practice, err)) {
    case RC_OK:
        add_copy(stream, practice, NULL);
        return RC_OK;
    case RC_INPUT: /* several */
    case RC_NOT_FOUND:
        return err_set(err, RC_NOT_FOUND, "none of its recipients is in a domain of this home");
    default:
        return err->rc;
    }
}

enum rc intake_stream_to_head(struct intake_stream *stream, const struct intake_head *head, struct err *err)
{
    enum rc rc = intake_stream_to_token(stream, head, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    rc = add_known(stream, head, 0, head->delivered_count, err);
    if (!rc && !stream->count)
        rc = add_known(stream, head, head->delivered_count, head->recipient_count, err);
    return rc || stream->count ? rc : add_unknown(stream, head, err);
}

void intake_stream_name(struct intake_stream *stream, const char *source_key)
{
    stream->source_key = arena_strdup(stream->mem, source_key);
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
        if (stream->source_key)
            meta.source_key = arena_printf(stream->mem, "%s %zu", stream->source_key, i);
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
