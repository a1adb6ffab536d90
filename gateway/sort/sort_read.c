#include "gateway/sort/sort_read.h"

#include "gateway/home/home.h"

#define HEAD_MAX_BYTES ((size_t)256 << 10)

static enum rc read_arrival(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err)
{
    struct sorting *s = ctx;

    if (s->chunk_at == s->chunk_n) {
        const enum rc rc = arrival_read(s->reader, s->chunk, &s->chunk_n, err);

        s->chunk_at = 0;
        if (rc)
            return rc;
    }
    *ret_n = s->chunk_n - s->chunk_at < max ? s->chunk_n - s->chunk_at : max;
    memcpy(bytes, s->chunk + s->chunk_at, *ret_n);
    s->chunk_at += *ret_n;
    return RC_OK;
}

/* The same, up to the empty line behind the head. */
static enum rc read_head(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err)
{
    struct sorting *s = ctx;
    enum rc rc;

    *ret_n = 0;
    if (s->newlines == 2 || s->head_bytes >= HEAD_MAX_BYTES)
        return RC_OK;
    rc = read_arrival(ctx, bytes, max, ret_n, err);
    for (size_t i = 0; !rc && i < *ret_n; i++) {
        s->newlines = bytes[i] == '\n' ? s->newlines + 1 : bytes[i] == '\r' ? s->newlines : 0;
        if (s->newlines == 2)
            *ret_n = i + 1;
    }
    s->head_bytes += *ret_n;
    return rc;
}

/* The envelope sender that the transport told is read before the letter's own fields, as a mail server writes it at the end of the way (RFC 5321 4.4).
 * Postfix's pipe and LMTP leave that to us, and a report is known by the empty one. */
static void put_return_path(struct sorting *s)
{
    const char *const from = arrival_from(s->reader);

    if (!*from || strlen(from) + 32 > sizeof s->chunk || strpbrk(from, "\r\n"))
        return;
    s->chunk_at = 0;
    s->chunk_n = (size_t)snprintf((char *)s->chunk, sizeof s->chunk, "Return-Path: <%s>\r\n",
                                  strcmp(from, ARRIVAL_NULL_SENDER) ? from : "");
}

enum rc sort_read(struct sorting *s, struct sandbox *sandbox, bool is_head_only, struct err *err)
{
    const struct authres_trust trust = { .profile = (enum authres_profile)s->gate->facts.trust,
                                         .authserv_id = s->gate->facts.authserv_id,
                                         .tenant_domains = s->gate->facts.tenant_domains };
    const struct sandbox_source source = { is_head_only ? read_head : read_arrival, s };
    enum rc rc =
        arrival_open(s->gate->store.db, s->gate->home->keys, s->gate->store.practice, s->arrival.id, &s->reader, err);

    if (rc)
        return rc;
    s->envelope_to = *arrival_to(s->reader) ? arrival_to(s->reader) : NULL;
    put_return_path(s);
    return sandbox_parse(sandbox, &source, &trust, s->mem, &s->letter, err);
}

enum rc sort_read_again(void *ctx, struct sandbox_source *ret_source, struct err *err)
{
    struct sorting *s = ctx;

    arrival_reader_free(&s->reader);
    s->chunk_at = s->chunk_n = 0;
    *ret_source = (struct sandbox_source){ read_arrival, s };
    return arrival_open(s->gate->store.db, s->gate->home->keys, s->gate->store.practice, s->arrival.id, &s->reader,
                        err);
}
