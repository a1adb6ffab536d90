#include "gateway/office/policy.h"

#include "base/text.h"
#include "gateway/office/address_check.h"
#include "gateway/office/policy_form.h"
#include "gateway/people/daily_mail.h"
#include "gateway/practice/record.h"
#include "gateway/send/tls.h"
#include "gateway/triage/triage_model.h"
#include "store/due.h"
#include "store/practice.h"

#include <assert.h>

/* Arriving mail finds its practice by these rows. */
static enum rc enter_domain(struct gate *gate, enum setting setting, const char *old, const char *value,
                            struct err *err)
{
    const enum domain_kind kind = setting == SETTING_DOMAIN ? DOMAIN_GROUPS : DOMAIN_REPLY;
    struct practice_id owner;
    enum rc rc;

    if (setting != SETTING_DOMAIN && setting != SETTING_REPLY_DOMAIN)
        return RC_OK;
    rc = old ? practice_remove_domain(gate->store.db, gate->store.practice, old, err) : RC_OK;
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!value)
        return RC_OK;
    rc = practice_by_domain(gate->store.db, value, &owner, NULL, err);
    if (rc == RC_OK)
        return err_set(err, RC_CONFLICT, "this domain is in use already");
    if (rc != RC_NOT_FOUND)
        return rc;
    return practice_add_domain(gate->store.db, gate->store.practice, value, kind, err);
}

/* What could not be kept may be kept now: it is tried again, and told anew when it cannot. */
static enum rc forget_tls_told(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_REQUIRE_TLS_DOMAINS && setting != SETTING_RELAY_ENFORCES_TLS && setting != SETTING_RELAY)
        return RC_OK;
    return address_forget_tls_told(&gate->store, err) ? err->rc : tls_works(gate, (struct address_id){ 0 }, err);
}

bool policy_moves_mail(enum setting setting)
{
    return setting == SETTING_DOMAIN || setting == SETTING_MAILBOX || setting == SETTING_RELAY;
}

/* The daily mail too, at once. */
static enum rc move_daily_mail(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_DAILY_MAIL && setting != SETTING_ZONE && setting != SETTING_OFFICE_HOURS &&
        setting != SETTING_HOLIDAYS)
        return RC_OK;
    if (due_clear(&gate->store, JOB_DAILY_MAIL, 0, err))
        return err->rc;
    return daily_mail_begin(gate, err);
}

/* Its time is reckoned again when the gate is opened next (clock_begin). */
static enum rc move_test_page(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_TEST_PAGE && setting != SETTING_ZONE)
        return RC_OK;
    return due_clear(&gate->store, JOB_TEST_PAGE, 0, err);
}

static int page_or_usual(const char *value)
{
    const int page = triage_model_page(value);

    return page ? page : TRIAGE_PAGE_USUAL;
}

static enum rc set(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                   bool is_agreed, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("policy");
    const char *old;

    assert(db_in_tx(gate->store.db));
    if (value && !*value)
        value = NULL;
    if (value && policy_form_check(gate, setting, mem, &value, err))
        return err->rc;
    if (setting_get(&gate->store, setting, mem, &old, err))
        return err->rc;
    if ((!old && !value) || (old && value && !strcmp(old, value)))
        return RC_OK;
    if (setting == SETTING_TRIAGE_MODEL && page_or_usual(value) > page_or_usual(old) && !is_agreed)
        return err_set(err, RC_DENIED,
                       "triage-model: fewer notes would call a person, which takes two: postcircle triage score");
    if (setting_set(&gate->store, setting, value, err) || enter_domain(gate, setting, old, value, err) ||
        move_test_page(gate, setting, err) || forget_tls_told(gate, setting, err) ||
        record_act(gate, who, AUDIT_SETTING_SET, AUDIT_ITEM_SETTING, setting, old, value, err) ||
        gate_read_facts(gate, err) || (policy_moves_mail(setting) && address_check_reset(gate, who, err)))
        return err->rc;
    return move_daily_mail(gate, setting, err);
}

enum rc policy_set(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                   struct err *err)
{
    if (value && *value && !policy_form_words(setting))
        return err_set(err, RC_INPUT, "%s: nothing reads this setting in this version", setting_info(setting)->name);
    return set(gate, who, setting, value, false, err);
}

enum rc policy_set_agreed(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                          struct err *err)
{
    return set(gate, who, setting, value, true, err);
}
