#include "gateway/text/text_work.h"

#include "base/log.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_budget.h"
#include "gateway/text/text_failed.h"
#include "gateway/text/talk_ask.h"
#include "gateway/text/text_letter.h"
#include "gateway/sms/text_provider.h"
#include "store/text_consent.h"
#include "store/text_in.h"

/* What a role that died had in hand waits so long: it may be a cry for help. One text takes far less, and who loses its lease writes nothing. */
#define LEASE_MS (15 * MS_SECOND)
#define RECEIPTS_MAX 64
#define RECEIPT_TRIES 4

/* ---- receipts ---- */

static enum rc find_text(struct gate *gate, const struct text_receipt *r, struct arena *mem, struct text_out *ret,
                         size_t *ret_request, struct err *err)
{
    unsigned char ref[TEXT_REF_BYTES];

    *ret_request = 0;
    if (r->ref && text_ref_read(r->ref, ref, ret_request))
        return text_out_by_ref(&gate->store, ref, mem, ret, err);
    if (r->provider_id)
        return text_out_by_provider_id(&gate->store, r->provider_id, mem, ret, err);
    return err_set(err, RC_NOT_FOUND, "a receipt without a reference");
}

static enum rc charge(struct gate *gate, const struct text_out *t, struct err *err)
{
    const struct text_cost cost = { .id = t->id.v,
                                    .is_out = true,
                                    .person = t->person,
                                    .group = t->group,
                                    .sender = t->sender,
                                    .kind = t->kind,
                                    .parts = t->parts,
                                    .is_ucs2 = t->is_ucs2,
                                    .actual_micro = -1 };

    return text_budget_charge(gate, &cost, err);
}

/* What a receipt changes. Its class counts when the text failed by it. */
static enum rc apply(struct gate *gate, const struct text_provider *provider, const struct text_receipt *r,
                     const struct text_out *t, size_t request, struct err *err)
{
    const enum provider_state state = provider_state_of(provider->p, r->word);
    struct text_news news = { .id = t->id, .request = request, .code = r->code };
    struct text_moved moved;
    enum provider_class class = PROVIDER_OTHER;

    if (state == PROVIDER_STATE_UNKNOWN)
        return RC_OK; /* a word that the file does not list */
    if (state >= PROVIDER_FAILED)
        class = provider_receipt_class_of(provider->p, r->code);
    news.state = (enum text_state)(TEXT_ACCEPTED + (state - PROVIDER_ACCEPTED));
    news.class = (int)class;
    if (text_out_receipt(&gate->store, &news, &moved, err) || (moved.is_handed && charge(gate, t, err)))
        return err->rc;
    if (moved.before == moved.after)
        return RC_OK;
    log_info("text_receipt", KV(id, t->id.v), KV_NAME(state, text_state_name(moved.after)));
    if (moved.after == TEXT_DELIVERED)
        return text_consent_arrived(&gate->store, t->address, err);
    return class != PROVIDER_OTHER ? text_failed(gate, t, provider->account.id, class, r->code, err) : RC_OK;
}

static enum rc take_one(struct gate *gate, const struct text_receipt *r, struct arena *mem, struct err *err)
{
    static const int64_t waits[RECEIPT_TRIES] = { 2 * MS_SECOND, 10 * MS_SECOND, 2 * MS_MINUTE, MS_HOUR };
    struct text_provider provider;
    struct text_out text;
    size_t request;
    enum rc rc = find_text(gate, r, mem, &text, &request, err);

    if (rc == RC_NOT_FOUND)
        return r->tries < RECEIPT_TRIES
                   ? text_receipt_later(&gate->store, r->id, clock_now_ms(clock_real()) + waits[r->tries], err)
                   : text_receipt_end(&gate->store, r->id, err);
    if (rc || text_provider_open(gate, r->account, mem, &provider, err) ||
        apply(gate, &provider, r, &text, request, err))
        return err->rc;
    return text_receipt_end(&gate->store, r->id, err);
}

static enum rc receipts(struct gate *gate, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_receipts");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct text_receipt *due;
    size_t n;

    if (text_receipt_due(&gate->store, RECEIPTS_MAX, mem, &due, &n, err))
        return err->rc;
    if (!n)
        return RC_OK;
    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (take_one(gate, &due[i], mem, err))
            return err_wrap(err, "receipt %" PRId64, due[i].id);
    *did += n;
    return db_commit(&tx, err);
}

/* ---- texts that came ---- */

static enum rc claim(struct gate *gate, struct arena *mem, int64_t *ret_lease, struct text_in *ret, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err) || text_in_claim(&gate->store, LEASE_MS, mem, ret_lease, ret, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc park(struct gate *gate, const struct text_in *text, int64_t lease, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct tell tell = { .what = TELL_PARKED, .subject_id = text->id.v };

    log_warn("text_parked", KV(id, text->id.v));
    if (db_begin(gate->store.db, &tx, err) || tell_staff(gate, &tell, err) ||
        text_in_end(&gate->store, text->id, lease, TEXT_IN_PARKED, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc understand(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                          int64_t lease, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum text_in_state end = TEXT_IN_DONE;

    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    if (text->raw) /* a call that nobody could read: staff were told when it was stored */
        end = TEXT_IN_PARKED;
    else if (text_letter(gate, lexicon, text, &end, err))
        return err_wrap(err, "text that came");
    if (text_in_end(&gate->store, text->id, lease, end, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc letters(struct gate *gate, const struct triage_lexicon *lexicon, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_letters");
    struct text_in text;
    int64_t lease;
    bool is_waiting;
    enum rc rc;

    if (text_in_is_waiting(&gate->store, &is_waiting, err))
        return err->rc;
    if (!is_waiting)
        return RC_OK;
    rc = claim(gate, mem, &lease, &text, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    rc = text.tries > TEXT_IN_TRIES ? park(gate, &text, lease, err) : understand(gate, lexicon, &text, lease, err);
    if (!rc)
        ++*did;
    return rc;
}

enum rc text_work(struct gate *gate, const struct triage_lexicon *lexicon, size_t *ret_did, struct err *err)
{
    size_t over = 0;

    *ret_did = 0;
    if (receipts(gate, ret_did, err) || (lexicon && letters(gate, lexicon, ret_did, err)) ||
        talk_ask_over(gate, &over, err))
        return err_wrap(err, "texts");
    *ret_did += over;
    return RC_OK;
}
