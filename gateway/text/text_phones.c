#include "gateway/text/text_phones.h"

#include "gateway/home/home.h"
#include "gateway/text/text_take.h"
#include "mailer/phones.h"

const char *text_phones_dir(struct gate *gate, struct arena *mem)
{
    return arena_printf(mem, "%s/phones/%" PRId64, gate->home->path, gate->store.practice.v);
}

enum rc text_phones_number(struct gate *gate, const char *number, struct arena *mem, struct text_sender *ret_sender,
                           struct text_provider *ret_provider, struct err *err)
{
    struct text_sender *senders;
    size_t n;

    if (text_sender_list(&gate->store, mem, &senders, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct text_provider provider;
        struct err why;

        if (senders[i].state == TEXT_GIVEN_UP || (number && strcmp(number, senders[i].number)) ||
            text_provider_open(gate, senders[i].account, mem, &provider, &why) || !provider_is_phones(provider.p))
            continue;
        *ret_sender = senders[i];
        *ret_provider = provider;
        return RC_OK;
    }
    return err_set(
        err, RC_NOT_FOUND,
        "no such number is at phones that are files: postcircle text add demo --number +15555550199 adds one");
}

static enum rc take_one(struct gate *gate, const struct text_provider *provider, const struct phones_item *item,
                        struct err *err)
{
    struct text_in_id id;
    enum rc rc;

    if (item->raw)
        return text_take_unread(gate, provider, item->raw, item->raw_len, err);
    if (item->event.kind == PROVIDER_EVENT_DLR)
        return text_take_receipt(gate, provider, &item->event, err);
    rc = text_take(gate, provider, &item->event, NULL, 0, &id, err);
    return rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc take_all(struct gate *gate, const struct text_provider *provider, const struct phones_item *items,
                        size_t n, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (take_one(gate, provider, &items[i], err))
            return err->rc;
    return db_commit(&tx, err);
}

enum rc text_phones_take(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_phones");
    const char *const dir = text_phones_dir(gate, mem);
    struct text_provider provider;
    struct text_sender ignored;
    struct phones_item *items;
    size_t n;
    enum rc rc;

    *ret_did = 0;
    if (phones_waiting(dir, mem, &items, &n, err))
        return err->rc;
    if (!n)
        return RC_OK;
    rc = text_phones_number(gate, NULL, mem, &ignored, &provider, err);
    if (!rc)
        rc = take_all(gate, &provider, items, n, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (phones_taken(dir, items[i].id, err))
            return err->rc;
    *ret_did = n;
    return RC_OK;
}
