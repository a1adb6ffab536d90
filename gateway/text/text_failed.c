#include "gateway/text/text_failed.h"

#include "base/log.h"
#include "gateway/digest/text_by_mail.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice_instead.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_person.h"
#include "store/membership.h"
#include "store/text_bucket.h"
#include "store/text_consent.h"

#define LAST_TEXTS 100
#define SPAM_LEAST 5
#define SPAM_PERCENT 5
#define FAILURES_MAX 3

static enum rc tell_of(struct gate *gate, const struct text_out *text, const char *what, const char *reason,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_failed");
    struct person person;
    struct tell tell = { .what = what, .group = text->group, .subject_id = text->id.v, .reason = reason };

    if (text->person.v) {
        if (person_get(&gate->store, text->person, mem, &person, err))
            return err->rc;
        tell.of = &person;
    }
    return tell_staff(gate, &tell, err);
}

static enum rc go_one(struct gate *gate, const struct text_out *text, struct membership *m, struct err *err)
{
    struct address_id email = m->address;
    enum rc rc = RC_OK;

    if (m->channel == CHANNEL_TEXT ? m->address.v != text->address.v : m->channel != CHANNEL_BOTH)
        return RC_OK;
    if (m->channel == CHANNEL_TEXT)
        rc = notice_instead(gate, m->person, m->id, MAILING_DIGEST, &email, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc; /* staff call */
    m->channel = CHANNEL_EMAIL;
    m->address = email;
    return membership_change(&gate->store, m, m->state, err)
               ? err->rc
               : text_by_mail_tell(gate, m, email, text->address, TEXT_BY_MAIL_FAILED, text->address.v, err);
}

/* Their memberships by text go on by mail, where they have said yes to that; those by both, by mail alone. They are told so once. */
static enum rc go_to_email(struct gate *gate, const struct text_out *text, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_failed");
    struct membership *list;
    size_t n;

    if (!text->person.v)
        return RC_OK;
    if (membership_of_person(&gate->store, text->person, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if ((list[i].state == MEMBER_ACTIVE || list[i].state == MEMBER_PAUSED) && go_one(gate, text, &list[i], err))
            return err->rc;
    return RC_OK;
}

static enum rc bad_number(struct gate *gate, const struct text_out *text, enum text_consent_way way, struct err *err)
{
    const struct text_consent_change change = { .address = text->address,
                                                .person = text->person,
                                                .state = TEXT_UNDELIVERABLE,
                                                .level = -1,
                                                .way = way,
                                                .evidence_id = text->id.v };
    const struct audit_who who = record_rule();
    struct text_consent before;

    if (text_consent_get(&gate->store, text->address, &before, err))
        return err->rc;
    if (before.state >= TEXT_STOPPED)
        return RC_OK;
    if (text_consent_set(&gate->store, &change, err) ||
        text_out_cancel_address(&gate->store, text->address, NULL, err) || go_to_email(gate, text, err) ||
        record_act(gate, &who, AUDIT_TEXT_STOPPED, AUDIT_ITEM_ADDRESS, text->address.v,
                   text_consent_state_name(before.state), text_consent_state_name(TEXT_UNDELIVERABLE), err))
        return err_wrap(err, "bad number");
    return tell_of(gate, text, TELL_TEXT_FAILED, NULL, err);
}

static enum rc opted_out(struct gate *gate, const struct text_out *text, struct err *err)
{
    struct text_consent before;

    if (text_consent_get(&gate->store, text->address, &before, err))
        return err->rc;
    if (before.state == TEXT_STOPPED)
        return RC_OK;
    if (text_stop(gate, text->address, TEXT_WORD_STOP, TEXT_BY_PROVIDER, text->id.v, NULL, err))
        return err->rc;
    return tell_of(gate, text, TELL_TEXT_STOP, NULL, err);
}

static enum rc filtered(struct gate *gate, const struct text_out *text, const char *code, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_failed");
    struct text_sender sender;
    int64_t all, bad;

    if (text_out_recent(&gate->store, text->sender, LAST_TEXTS, PROVIDER_FILTERED, &all, &bad, err) ||
        text_sender_get(&gate->store, text->sender, mem, &sender, err))
        return err->rc;
    if (bad < SPAM_LEAST || bad * 100 <= all * SPAM_PERCENT || sender.state != TEXT_IN_USE)
        return RC_OK;
    log_warn("text_sender_stopped", KV(practice, gate->store.practice.v), KV(count, bad));
    return text_sender_stop(&gate->store, sender.id, code, err) ? err->rc
                                                                : tell_of(gate, text, TELL_TEXT_HALTED, code, err);
}

static enum rc setup(struct gate *gate, const struct text_out *text, struct text_account_id id, const char *code,
                     struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_failed");
    struct text_account account;

    if (text_account_get(&gate->store, id, mem, &account, err))
        return err->rc;
    if (account.state != TEXT_IN_USE)
        return RC_OK;
    log_warn("text_account_stopped", KV(practice, gate->store.practice.v), KV(id, id.v));
    return text_account_stop(&gate->store, id, code, err) ? err->rc : tell_of(gate, text, TELL_TEXT_HALTED, code, err);
}

enum rc text_failed(struct gate *gate, const struct text_out *text, struct text_account_id account,
                    enum provider_class class, const char *code, struct err *err)
{
    int64_t failures;

    switch (class) {
    case PROVIDER_OPTOUT:
        return opted_out(gate, text, err);
    case PROVIDER_BAD_NUMBER:
        return bad_number(gate, text, TEXT_BY_PROVIDER, err);
    case PROVIDER_TEMPORARY:
        if (text_consent_failed(&gate->store, text->address, &failures, err))
            return err->rc;
        return failures >= FAILURES_MAX ? bad_number(gate, text, TEXT_BY_RULE, err) : RC_OK;
    case PROVIDER_FILTERED:
        return filtered(gate, text, code, err);
    case PROVIDER_THROTTLE:
        return text_bucket_halve(&gate->store, text->sender, err);
    case PROVIDER_SETUP:
        return setup(gate, text, account, code, err);
    default:
        return RC_OK;
    }
}
