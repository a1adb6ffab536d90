#include "gateway/duty/urgent_work.h"

#include "gateway/duty/alarm.h"
#include "gateway/duty/page_program.h"

static enum rc run_alarms(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    bool is_due;

    *ret_did = 0;
    if (alarm_is_due(gate, &is_due, err))
        return err->rc;
    if (!is_due)
        return RC_OK;
    if (db_begin(gate->store.db, &tx, err) || alarm_tick(gate, ret_did, err))
        return err->rc;
    return db_commit(&tx, err);
}

enum rc urgent_work(struct gate *gate, struct program_set *programs, size_t *ret_did, struct err *err)
{
    size_t calls, runs;

    if (run_alarms(gate, &calls, err) || page_program_work(gate, programs, &runs, err))
        return err_wrap(err, "urgent work");
    *ret_did = calls + runs;
    return RC_OK;
}
