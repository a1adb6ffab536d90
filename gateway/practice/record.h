/*
 * record: one line for the audit row of an act.
 *
 * State    record_act needs an open transaction: the act and its row are one commit. record_alone opens its own: for an act that changes nothing
 *          here, as reading who somebody is.
 */
#ifndef GATEWAY_PRACTICE_RECORD_H
#define GATEWAY_PRACTICE_RECORD_H

#include "gateway/practice/gate.h"
#include "store/audit.h"

static inline struct audit_who record_rule(void)
{
    return (struct audit_who){ AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
}

static inline struct audit_who record_patient(struct person_id person)
{
    return (struct audit_who){ AUDIT_PATIENT, person.v, AUDIT_WAY_EMAIL };
}

/* old_value and new_value may be NULL. */
MUST_CHECK static inline enum rc record_act(struct gate *gate, const struct audit_who *who, enum audit_verb verb,
                                            enum audit_item kind, int64_t id, const char *old_value,
                                            const char *new_value, struct err *err)
{
    const struct audit_entry entry = {
        .who = *who, .verb = verb, .item_kind = kind, .item_id = id, .old_value = old_value, .new_value = new_value
    };

    return audit_append(&gate->store, &entry, err);
}

MUST_CHECK static inline enum rc record_alone(struct gate *gate, const struct audit_who *who, enum audit_verb verb,
                                              enum audit_item kind, int64_t id, const char *value, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err) || record_act(gate, who, verb, kind, id, NULL, value, err))
        return err->rc;
    return db_commit(&tx, err);
}

#endif
