#include "gateway/duty/two_people.h"

#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/approval.h"

#define CODE_SIZE 9

static const struct {
    enum audit_verb asked, refused;
} acts[] = { [TWO_PEOPLE_EXPORT] = { AUDIT_EXPORT_ASKED, AUDIT_EXPORT_REFUSED },
             [TWO_PEOPLE_FEWER_ALARMS] = { AUDIT_FEWER_ASKED, AUDIT_FEWER_REFUSED } };

static enum rc check_apart(struct gate *gate, const struct person *first, const struct person *second,
                           struct arena *mem, struct err *err)
{
    struct address *ones = NULL, *others = NULL;
    size_t n, m;

    if (first->id.v == second->id.v)
        return err_set(err, RC_INPUT, "the second person cannot be the first");
    if (first->kind != PERSON_STAFF || second->kind != PERSON_STAFF || first->state != PERSON_ACTIVE ||
        second->state != PERSON_ACTIVE)
        return err_set(err, RC_INPUT, "two active staff members are needed; `postcircle staff list` shows them");
    if (office_check_staff(gate, first, err) || office_check_staff(gate, second, err))
        return err->rc;
    if (person_addresses(&gate->store, first->id, mem, &ones, &n, err) ||
        person_addresses(&gate->store, second->id, mem, &others, &m, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (ones[i].id.v == others[k].id.v)
                return err_set(err, RC_INPUT, "these two share an address: a code to one is a code to both");
    return RC_OK;
}

/* Uniform enough: 2^64 is no multiple of 10^8, by one part in 10^11. */
static void make_code(char code[CODE_SIZE])
{
    uint64_t n;

    crypt_random(&n, sizeof n);
    snprintf(code, CODE_SIZE, "%08" PRIu64, n % 100000000);
}

static enum rc mail_code(struct gate *gate, enum two_people_act act, const struct person *to,
                         const struct person *other, const char *code, const char *what, int64_t id, struct arena *mem,
                         struct err *err)
{
    struct notice notice = {
        .kind = MAILING_EXPORT_CODE, .person = to->id, .subject_id = id, .values = json_object_new()
    };
    struct delivery_id delivery;
    enum rc rc;

    json_set_bool(notice.values, "is_fewer_alarms", act == TWO_PEOPLE_FEWER_ALARMS);
    json_set_str(notice.values, "code", code);
    json_set_str(notice.values, "what", what);
    json_set_str(notice.values, "who", other->name);
    json_set_str(notice.values, "when",
                 phrase_moment(gate, to->language, NULL, gate_now_ms(gate) + TWO_PEOPLE_MS, mem));
    rc = notice_queue(gate, &notice, &delivery, err);
    return rc == RC_NOT_FOUND ? err_set(err, RC_INPUT, "one of the two has no address that we may write to") : rc;
}

enum rc two_people_ask(struct gate *gate, const struct audit_who *who, enum two_people_act act,
                       const struct person *first, const struct person *second, const char *scope, const char *what,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("two_people");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct approval a = { .first = first->id, .second = second->id, .until_ms = gate_now_ms(gate) + TWO_PEOPLE_MS };
    char codes[2][CODE_SIZE];

    if (check_apart(gate, first, second, mem, err) || db_begin(gate->store.db, &tx, err))
        return err->rc;
    make_code(codes[0]);
    do
        make_code(codes[1]);
    while (!strcmp(codes[0], codes[1]));
    approval_hash(&gate->store, "code", codes[0], a.first_hash);
    approval_hash(&gate->store, "code", codes[1], a.second_hash);
    if (approval_add(&gate->store, &a, scope, err) ||
        mail_code(gate, act, first, second, codes[0], what, a.id, mem, err) ||
        mail_code(gate, act, second, first, codes[1], what, a.id, mem, err) ||
        record_act(gate, who, acts[act].asked, AUDIT_ITEM_PRACTICE, gate->store.practice.v, NULL,
                   arena_printf(mem, "%s: %" PRId64 " and %" PRId64, scope, first->id.v, second->id.v), err))
        return err_wrap(err, "ask two people");
    crypt_wipe(codes, sizeof codes);
    return db_commit(&tx, err);
}

static bool is_pair(const struct approval *a, const unsigned char *one, const unsigned char *other)
{
    return crypt_is_equal(a->first_hash, one, CRYPT_MAC_BYTES) &&
           crypt_is_equal(a->second_hash, other, CRYPT_MAC_BYTES);
}

/* The try is counted whatever comes of it. */
static enum rc refuse(struct gate *gate, const struct audit_who *who, enum two_people_act act, const struct approval *a,
                      const char *scope, struct db_tx *tx, struct err *err)
{
    if (approval_tried(&gate->store, a->id, err) ||
        record_act(gate, who, acts[act].refused, AUDIT_ITEM_PRACTICE, gate->store.practice.v, NULL, scope, err) ||
        db_commit(tx, err))
        return err->rc;
    return err_set(err, RC_DENIED, "the codes are not the ones that were mailed for this; %d tries are left",
                   APPROVAL_TRIES_MAX - (int)a->tries - 1);
}

enum rc two_people_check(struct gate *gate, const struct audit_who *who, enum two_people_act act, const char *scope,
                         const char *one, const char *other, struct arena *mem, const char **ret_who, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    unsigned char a_hash[CRYPT_MAC_BYTES], b_hash[CRYPT_MAC_BYTES];
    struct approval a;
    enum rc rc = db_begin(gate->store.db, &tx, err);

    if (!rc)
        rc = approval_find(&gate->store, scope, &a, err);
    if (rc)
        return rc == RC_NOT_FOUND ? err_set(err, RC_DENIED,
                                            "nobody was asked for this, or the codes are too old: ask "
                                            "again with --first and --second")
                                  : rc;
    approval_hash(&gate->store, "code", one, a_hash);
    approval_hash(&gate->store, "code", other, b_hash);
    if (!is_pair(&a, a_hash, b_hash) && !is_pair(&a, b_hash, a_hash))
        return refuse(gate, who, act, &a, scope, &tx, err);
    if (approval_use(&gate->store, a.id, err))
        return err->rc;
    *ret_who = arena_printf(mem, "%" PRId64 " and %" PRId64, a.first.v, a.second.v);
    return db_commit(&tx, err);
}
