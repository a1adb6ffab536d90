#include "gateway/duty/page_program.h"

#include "base/log.h"
#include "gateway/practice/record.h"
#include "store/page_call.h"

#define LEASE_MS ((PROGRAM_SECONDS + 30) * MS_SECOND)

static const char *describe(int64_t code, char text[40])
{
    if (code == PAGE_CALL_NOT_STARTED)
        return "not started";
    if (code == PAGE_CALL_LOST)
        return "its end was not seen";
    snprintf(text, 40, "exit %" PRId64, code);
    return text;
}

static enum rc write_end(struct gate *gate, int64_t call, struct page_id page, int64_t code, struct err *err)
{
    const struct audit_who rule = record_rule();
    char text[40];

    if (page_call_end(&gate->store, call, code, err))
        return err->rc;
    if (code)
        log_error("page_command_failed", KV(page, page.v), KV(code, code));
    else
        log_info("page_command_run", KV(page, page.v));
    return record_act(gate, &rule, AUDIT_PAGE_COMMAND_RUN, AUDIT_ITEM_PAGE, page.v, NULL, describe(code, text), err);
}

/* The tag is the call; which page it was for, its row knows. */
static enum rc take_ended(struct gate *gate, struct program_set *set, size_t *did, struct err *err)
{
    int64_t call, code;

    while (program_take_ended(set, gate->store.practice.v, &call, &code)) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        struct page_id page;

        if (db_begin(gate->store.db, &tx, err) || page_call_page(&gate->store, call, &page, err) ||
            write_end(gate, call, page, code, err) || db_commit(&tx, err))
            return err->rc;
        ++*did;
    }
    return RC_OK;
}

/* That it runs is on disk before it does. One whose end nobody saw PAGE_CALL_TRIES times is given up. */
static enum rc claim_one(struct gate *gate, struct page_call *call, struct page *page, struct arena *mem,
                         bool *ret_is_to_start, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err) || page_call_start(&gate->store, LEASE_MS, call, err) ||
        page_get(&gate->store, call->page, mem, page, err))
        return err->rc;
    *ret_is_to_start = call->tries <= PAGE_CALL_TRIES && *gate->facts.page_command;
    if (!*ret_is_to_start &&
        write_end(gate, call->id, page->id, *gate->facts.page_command ? PAGE_CALL_LOST : PAGE_CALL_NOT_STARTED, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc record_not_started(struct gate *gate, const struct page_call *call, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err) || write_end(gate, call->id, call->page, PAGE_CALL_NOT_STARTED, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc start_one(struct gate *gate, struct program_set *set, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_program");
    struct page_call call;
    struct page page;
    bool is_to_start = false;
    struct err why;
    enum rc rc = claim_one(gate, &call, &page, mem, &is_to_start, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    ++*did;
    if (!is_to_start)
        return RC_OK;
    const char *const words[] = { page.kind == PAGE_TEST ? "test" : "alarm", arena_printf(mem, "%d", page.tier),
                                  arena_printf(mem, "%" PRId64, page.id.v),
                                  arena_printf(mem, "%" PRId64, gate->store.practice.v), NULL };

    rc = program_start(set, gate->facts.page_command, words, gate->store.practice.v, call.id, &why);
    if (!rc)
        return RC_OK;
    log_err("page_command_not_started", &why, KV(page, page.id.v));
    return record_not_started(gate, &call, err);
}

enum rc page_program_work(struct gate *gate, struct program_set *set, size_t *ret_did, struct err *err)
{
    bool is_waiting;

    *ret_did = 0;
    if (take_ended(gate, set, ret_did, err) || page_call_is_waiting(&gate->store, &is_waiting, err))
        return err_wrap(err, "page command");
    if (is_waiting && start_one(gate, set, ret_did, err))
        return err_wrap(err, "page command");
    return RC_OK;
}
