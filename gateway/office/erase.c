#include "gateway/office/erase.h"

#include "gateway/home/home.h"
#include "gateway/note/publish.h"
#include "gateway/people/leave.h"
#include "store/arrival.h"
#include "store/custom.h"
#include "store/delivery.h"
#include "store/page.h"

#define SWEEP_BATCH 200
#define POSTS_PAGE 1000 /* of post_by_since */
#define PARKED_MAX 10000

struct run {
    struct gate *gate;
    const struct audit_who *who;
    const struct person *person;
    bool is_dry;
    struct arena *mem;
    struct erase_result result;
};

/* A dry run stands in one transaction that is never committed. */
static enum rc begin(const struct run *r, struct db_tx *tx, struct err *err)
{
    return r->is_dry ? RC_OK : db_begin(r->gate->store.db, tx, err);
}

static enum rc commit(const struct run *r, struct db_tx *tx, struct err *err)
{
    return r->is_dry ? RC_OK : db_commit(tx, err);
}

/* --- before ------------------------------------------------------------------------------------------------------------------------ */

static enum rc check(struct run *r, struct err *err)
{
    struct store *const st = &r->gate->store;
    struct delivery_counts counts;
    int64_t n;

    if (r->person->kind != PERSON_PATIENT)
        return err_set(err, RC_INPUT,
                       "staff are not erased: the record needs who decided. `staff set --gone` ends their "
                       "part");
    if (erase_open_pages(st, r->person->id, &n, err))
        return err->rc;
    if (n)
        return err_set(err, RC_CONFLICT, "an alarm about them is not closed: claim it and answer DONE first");
    if (delivery_count(st, (struct issue_id){ 0 }, &counts, err))
        return err->rc;
    n = counts.of[DELIVERY_CLAIMED] + counts.of[DELIVERY_SENDING];
    return n ? err_set(err, RC_TEMP,
                       "%" PRId64 " letters are being sent this moment: stop whatever serves, run `work "
                       "--once`, try again",
                       n)
             : RC_OK;
}

static enum rc count_unread(struct run *r, struct err *err)
{
    static const enum arrival_state unsorted[] = { ARRIVAL_RECEIVING, ARRIVAL_NEW, ARRIVAL_CLAIMED };
    struct store *const st = &r->gate->store;
    int64_t n;

    for (size_t i = 0; i < COUNT_OF(unsorted); i++) {
        if (arrival_count(st->db, st->practice, unsorted[i], &n, err))
            return err->rc;
        r->result.unsorted += n;
    }
    return arrival_count(st->db, st->practice, ARRIVAL_PARKED, &r->result.parked, err);
}

/* --- stop -------------------------------------------------------------------------------------------------------------------------- */

static enum rc withdraw_one(struct run *r, struct post *post, struct err *err)
{
    if (!post_state_is_published(post->state))
        return RC_OK;
    post->state = POST_WITHDRAWN;
    post->remind_ms = 0;
    r->result.withdrawn++;
    if (post_change(&r->gate->store, post, err) || publish_withdrawal(r->gate, post, err))
        return err->rc;
    return record_act(r->gate, r->who, AUDIT_POST_WITHDRAWN, AUDIT_ITEM_POST, post->id.v, NULL, NULL, err);
}

static enum rc withdraw_published(struct run *r, struct err *err)
{
    int64_t since_ms = 0;
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("erase_posts");
        struct post *posts = NULL;

        if (post_by_since(&r->gate->store, r->person->id, since_ms, mem, &posts, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (withdraw_one(r, &posts[i], err))
                return err->rc;
        if (n)
            since_ms = posts[n - 1].created_ms;
    } while (n == POSTS_PAGE);
    return RC_OK;
}

/* What was said of them with their yes, in staff's name. */
static enum rc withdraw_about(struct run *r, struct err *err)
{
    struct membership *seats;
    size_t n;

    if (membership_of_person(&r->gate->store, r->person->id, r->mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct member_choice *choices;
        size_t count;

        if (choice_list(&r->gate->store, seats[i].id, r->mem, &choices, &count, err))
            return err->rc;
        for (size_t k = 0; k < count; k++) {
            struct post post;
            const enum rc rc =
                choices[k].post.v ? post_get(&r->gate->store, choices[k].post, r->mem, &post, err) : RC_NOT_FOUND;

            if (rc != RC_NOT_FOUND && (rc || withdraw_one(r, &post, err)))
                return err->rc;
        }
    }
    return RC_OK;
}

static enum rc stop(struct run *r, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct leave leave = { .who = *r->who, .verb = AUDIT_MEMBER_REMOVED, .to = MEMBER_REMOVED };

    if (begin(r, &tx, err) || leave_all(r->gate, &leave, r->person, err) || withdraw_published(r, err) ||
        withdraw_about(r, err))
        return err_wrap(err, "stop");
    return commit(r, &tx, err);
}

/* --- sweep and erase --------------------------------------------------------------------------------------------------------------- */

static enum rc sweep(struct run *r, const struct erase_progress *progress, struct err *err)
{
    struct erase_marks *marks = NULL;
    struct erase_place at = { 0 };
    bool is_done = false;
    size_t seen = 0;

    if (erase_marks_of(&r->gate->store, r->person, r->mem, &marks, err))
        return err->rc;
    while (!is_done) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        if (begin(r, &tx, err) ||
            erase_sweep(&r->gate->store, r->person->id, marks, SWEEP_BATCH, &at, &is_done, &r->result.counts, err) ||
            commit(r, &tx, err))
            return err->rc;
        seen += SWEEP_BATCH;
        if (progress)
            progress->tell(progress->ctx, seen);
    }
    return RC_OK;
}

static bool is_from(const struct address *addresses, size_t n, const char *from)
{
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(addresses[i].value, from))
            return true;
    return false;
}

/* Parked mail was read by nobody; its envelope tells whose it is. */
static enum rc erase_parked(struct run *r, struct err *err)
{
    struct store *const st = &r->gate->store;
    struct address *addresses = NULL;
    struct arrival *parked = NULL;
    size_t n, count;

    if (person_addresses(st, r->person->id, r->mem, &addresses, &n, err) ||
        arrival_list(st->db, st->practice, ARRIVAL_PARKED, PARKED_MAX, r->mem, &parked, &count, err))
        return err->rc;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(arrival_reader_free) struct arrival_reader *reader = NULL;

        if (arrival_open(st->db, r->gate->home->keys, st->practice, parked[i].id, &reader, err))
            return err->rc;
        if (!is_from(addresses, n, arrival_from(reader)))
            continue;
        if (erase_arrival(st, parked[i].id, &r->result.counts, err))
            return err->rc;
        r->result.parked--;
    }
    return RC_OK;
}

static const char *counts_text(const struct run *r)
{
    const struct erase_counts *const c = &r->result.counts;

    return arena_printf(r->mem,
                        "posts %" PRId64 ", letters %" PRId64 ", raw mails %" PRId64 ", renderings %" PRId64
                        ", audit values %" PRId64 ", addresses %" PRId64,
                        c->posts, c->letters, c->raw_mails, c->renderings, c->audit_values, c->addresses);
}

static enum rc erase(struct run *r, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (begin(r, &tx, err) || erase_parked(r, err) ||
        erase_person(&r->gate->store, r->person->id, &r->result.counts, err) ||
        record_act(r->gate, r->who, AUDIT_PERSON_ERASED, AUDIT_ITEM_PERSON, r->person->id.v, NULL, counts_text(r), err))
        return err->rc;
    return commit(r, &tx, err);
}

static enum rc run_steps(struct run *r, const struct erase_progress *progress, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx dry = { 0 };

    if (r->is_dry && db_begin(r->gate->store.db, &dry, err))
        return err->rc;
    if (check(r, err) || count_unread(r, err) || stop(r, err) || sweep(r, progress, err) || erase(r, err))
        return err->rc;
    return RC_OK;
}

enum rc erase_run(struct gate *gate, const struct audit_who *who, const struct person *person, bool is_dry,
                  const struct erase_progress *progress, struct erase_result *ret_result, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    struct run r = { .gate = gate, .who = who, .person = person, .is_dry = is_dry, .mem = mem };

    if (run_steps(&r, progress, err) || (!is_dry && db_checkpoint(gate->store.db, err)))
        return err_wrap(err, "erase person %" PRId64, person->id.v);
    *ret_result = r.result;
    return RC_OK;
}
