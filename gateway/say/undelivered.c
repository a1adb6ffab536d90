#include "gateway/say/undelivered.h"

#include "gateway/say/phrase.h"
#include "store/audit.h"
#include "store/delivery.h"
#include "store/membership.h"

#define ACTS_MAX 20 /* on one delivery */

static enum undelivered_why why_of(const char *status)
{
    if (!status)
        return UNDELIVERED_OTHER;
    if (!strncmp(status, "5.1.", 4))
        return UNDELIVERED_ADDRESS;
    if (!strcmp(status, "5.2.2"))
        return UNDELIVERED_FULL;
    return strncmp(status, "5.7.", 4) ? UNDELIVERED_OTHER : UNDELIVERED_REFUSED;
}

/* When it was known: a report comes up to a week after the letter, and stands in the log. */
static enum rc known_at(struct gate *gate, const struct delivery *d, int64_t *ret_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("undelivered");
    struct audit_entry *acts;
    size_t n;

    *ret_ms = d->sent_ms;
    if (d->code)
        return RC_OK;
    if (audit_list(&gate->store, AUDIT_ITEM_DELIVERY, d->id.v, 0, ACTS_MAX, mem, &acts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (acts[i].verb == AUDIT_BOUNCE_TAKEN)
            *ret_ms = acts[i].at_ms;
    return RC_OK;
}

static struct undelivered *line_of(struct undelivered *list, size_t *n, const struct delivery *d)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i].person.v == d->person.v)
            return &list[i];
    list[*n] = (struct undelivered){ .person = d->person, .since_ms = d->sent_ms };
    return &list[(*n)++];
}

static enum rc fill_in(struct gate *gate, const struct delivery *d, struct undelivered *u, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("undelivered");
    enum suppression_reason reason;
    struct membership m;
    enum rc rc;

    u->why = why_of(d->status_code);
    u->since_ms = d->sent_ms < u->since_ms ? d->sent_ms : u->since_ms;
    rc = suppression_get(&gate->store, d->address, &reason, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    u->is_suspended = u->is_suspended || (!rc && reason == SUPPRESSED_BOUNCED);
    if (!d->membership.v)
        return RC_OK;
    rc = membership_get(&gate->store, d->membership, mem, &m, err);
    if (!rc)
        u->group = m.group;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc undelivered_since(struct gate *gate, int64_t from_ms, struct arena *mem, struct undelivered **ret,
                          size_t *ret_n, struct err *err)
{
    struct undelivered *list;
    struct delivery *rows;
    bool *is_news;
    size_t rows_n, n = 0, kept = 0;

    if (delivery_failed_since(&gate->store, gate_now_ms(gate) - UNDELIVERED_BACK_MS, UNDELIVERED_MAX, mem, &rows,
                              &rows_n, err))
        return err->rc;
    list = ARENA_ARRAY(mem, rows_n + 1, struct undelivered);
    is_news = ARENA_ARRAY(mem, rows_n + 1, bool);
    for (size_t i = 0; i < rows_n; i++) {
        struct undelivered *const u = line_of(list, &n, &rows[i]);
        int64_t known_ms;

        if (fill_in(gate, &rows[i], u, err) || known_at(gate, &rows[i], &known_ms, err))
            return err_wrap(err, "undelivered");
        is_news[u - list] = is_news[u - list] || known_ms >= from_ms;
    }
    for (size_t i = 0; i < n; i++)
        if (is_news[i])
            list[kept++] = list[i];
    *ret = list;
    *ret_n = kept;
    return RC_OK;
}

void undelivered_values(struct gate *gate, const struct undelivered *u, enum person_language language,
                        struct arena *mem, struct json *values)
{
    json_set_str(values, "since", phrase_day(gate, language, NULL, u->since_ms, mem));
    json_set_bool(values, "is_bad_box", u->why == UNDELIVERED_ADDRESS);
    json_set_bool(values, "is_full_box", u->why == UNDELIVERED_FULL);
    json_set_bool(values, "is_refused_there", u->why == UNDELIVERED_REFUSED);
    json_set_bool(values, "is_other_fault", u->why == UNDELIVERED_OTHER);
    json_set_bool(values, "is_cut_off", u->is_suspended);
}
