#include "gateway/intake/intake.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/home/wake.h"
#include "store/due.h"

/* RC_NOT_FOUND when the address is none or its domain is not ours. */
static enum rc practice_of(struct home *home, const char *address, struct arena *mem, struct practice_id *ret_practice,
                           struct err *err)
{
    struct err why;
    char *bare;

    if (text_address_in(address, mem, &bare, &why))
        return err_set(err, RC_NOT_FOUND, "the recipient is no mail address");
    if (practice_by_domain(home->db, strrchr(bare, '@') + 1, ret_practice, NULL, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "the recipient's is not a domain of this home")
                                       : err->rc;
    return RC_OK;
}

/* Envelope and owner: what the transport told, else what the fields on top tell. */
static enum rc address_it(struct home *home, const struct intake *intake, const struct intake_head *head,
                          struct arena *mem, struct arrival_meta *meta, struct err *err)
{
    meta->from = intake->from ? intake->from : head->return_path;
    meta->to = intake->to;
    if (intake->to)
        return practice_of(home, intake->to, mem, &meta->practice, err);
    for (size_t i = 0; i < head->recipient_count; i++) {
        const enum rc rc = practice_of(home, head->recipients[i], mem, &meta->practice, err);

        meta->to = rc ? NULL : head->recipients[i];
        if (rc != RC_NOT_FOUND)
            return rc;
    }
    if (home_practice(home, NULL, &meta->practice, err))
        return err_set(err, RC_NOT_FOUND, "none of its recipients is in a domain of this home");
    return RC_OK;
}

/* The rest of the descriptor, behind the bytes that were looked at. */
static enum rc take_rest(struct arrival_writer *w, int fd, struct arena *mem, int64_t *bytes, struct err *err)
{
    char *const buf = arena_alloc(mem, ARRIVAL_CHUNK_BYTES);
    size_t n;

    for (;;) {
        if (io_read_full(fd, buf, ARRIVAL_CHUNK_BYTES, &n, err))
            return err->rc;
        if (n == 0)
            return RC_OK;
        *bytes += (int64_t)n;
        if (arrival_add(w, buf, n, err))
            return err->rc;
    }
}

static enum rc store_it(struct home *home, const struct arrival_meta *meta, const char *head, size_t n, int fd,
                        struct arena *mem, struct intake_result *result, struct err *err)
{
    CLEANUP(arrival_writer_free) struct arrival_writer *w = NULL;
    struct crypt_key public_key;

    if (keys_arrival_public(home->db, &public_key, err) ||
        arrival_begin(home->db, &public_key, &home->ids, meta, &w, err) || arrival_add(w, head, n, err) ||
        take_rest(w, fd, mem, &result->bytes, err))
        return err->rc;
    return arrival_finish(w, &result->arrival, &result->is_duplicate, err);
}

/* The sorter looks by itself every few seconds: nothing is lost when this fails. */
static void tell_sorter(struct home *home, struct practice_id practice)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;

    if (!db_begin(home->db, &tx, &err) &&
        !due_wake_practice(home->db, DUE_SORT, practice, clock_now_ms(clock_real()), &err))
        rc_ignore(db_commit(&tx, &err), "the sorter looks by itself");
    wake_role(home->path, "sort", WAKE_WORK);
}

enum rc intake_take(struct home *home, const struct intake *intake, int fd, struct intake_result *ret_result,
                    struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("intake");
    struct arrival_meta meta = { .source = intake->source,
                                 .source_key = intake->source_key,
                                 .received_ms = clock_now_ms(&home->clock),
                                 .max_bytes = home->settings.max_letter_bytes };
    struct intake_result result = { 0 };
    char *const bytes = arena_alloc(mem, INTAKE_HEAD_BYTES);
    struct intake_head head;
    size_t n;

    if (io_read_full(fd, bytes, INTAKE_HEAD_BYTES, &n, err))
        return err_wrap(err, "take a message");
    intake_read_head(bytes, n, mem, &head);
    if (address_it(home, intake, &head, mem, &meta, err))
        return err->rc;
    result.practice = meta.practice;
    result.bytes = (int64_t)n;
    if (store_it(home, &meta, bytes, n, fd, mem, &result, err))
        return err_wrap(err, "take a message");
    tell_sorter(home, result.practice);
    *ret_result = result;
    return RC_OK;
}

enum rc intake_whose(struct home *home, int fd, struct practice_id *ret_practice, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("intake_whose");
    const struct intake untold = { .source = ARRIVAL_MAILDIR };
    char *const bytes = arena_alloc(mem, INTAKE_HEAD_BYTES);
    struct arrival_meta meta = { .source = ARRIVAL_MAILDIR };
    struct intake_head head;
    size_t n;

    if (io_read_full(fd, bytes, INTAKE_HEAD_BYTES, &n, err))
        return err->rc;
    intake_read_head(bytes, n, mem, &head);
    if (address_it(home, &untold, &head, mem, &meta, err))
        return err->rc;
    *ret_practice = meta.practice;
    return RC_OK;
}
