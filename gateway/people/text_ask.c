#include "gateway/people/text_ask.h"

#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/sms/text_person.h"
#include "store/group.h"
#include "store/text_consent.h"
#include "store/text_out.h"

#include <assert.h>

#define ASKED_MAX 2 /* one request and one repeat */

static enum rc check(const struct text_ask *ask, const struct text_consent *now, struct err *err)
{
    if (now->state == TEXT_STOPPED && ask->paper_way != CONSENT_BY_PAPER)
        return err_set(err, RC_CONFLICT,
                       "that phone said STOP: it must text START itself, or they sign a new consent on paper");
    if (now->state == TEXT_ASKED && now->asked >= ASKED_MAX && !ask->reason)
        return err_set(err, RC_CONFLICT, "that phone was asked twice and did not answer (asking again needs a reason)");
    return RC_OK;
}

/* The number has said yes: of this person, or of another who uses it too, it stays so; of one who left, it is nobody's any more. */
static enum rc keep_yes(struct gate *gate, const struct text_ask *ask, const struct text_consent *now, bool *ret_kept,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_ask");
    const struct text_consent_change lower = {
        .address = ask->phone, .state = TEXT_YES, .way = TEXT_BY_STAFF, .actor = ask->staff, .wording = TEXT_ASK_VERSION
    };
    struct person *users;
    bool is_theirs;
    int level;
    size_t n;

    if (text_consent_yes_of(&gate->store, ask->phone, ask->person, &is_theirs, &level, err) ||
        text_holders_of(gate, ask->phone, mem, &users, &n, err))
        return err->rc;
    *ret_kept = is_theirs;
    for (size_t i = 0; i < n; i++)
        *ret_kept |= users[i].id.v != ask->person.v;
    if (*ret_kept) /* who comes to a phone of others was not warned */
        return is_theirs || !now->level ? RC_OK : text_consent_set(&gate->store, &lower, err);
    return text_out_cancel_address(&gate->store, ask->phone, NULL, err);
}

enum rc text_ask_mark(struct gate *gate, const struct text_ask *ask, struct err *err)
{
    const struct text_consent_change change = { .address = ask->phone,
                                                .person = ask->person,
                                                .state = TEXT_ASKED,
                                                .level = -1,
                                                .way = ask->letter                          ? TEXT_BY_EMAIL
                                                       : ask->paper_way == CONSENT_BY_PAPER ? TEXT_BY_PAPER
                                                                                            : TEXT_BY_STAFF,
                                                .actor = ask->staff,
                                                .evidence_id = ask->letter,
                                                .wording = TEXT_ASK_VERSION,
                                                .words = ask->reason };
    struct text_consent now;
    bool is_kept = false;

    assert(db_in_tx(gate->store.db));
    if (text_consent_get(&gate->store, ask->phone, &now, err) || check(ask, &now, err))
        return err->rc;
    if (now.state == TEXT_YES && keep_yes(gate, ask, &now, &is_kept, err))
        return err->rc;
    if (is_kept)
        return RC_OK;
    if ((now.state != TEXT_ASKED || ask->reason) && text_consent_set(&gate->store, &change, err))
        return err->rc;
    return text_consent_asked(&gate->store, ask->phone, err);
}

enum rc text_ask_both(struct gate *gate, const struct audit_who *who, struct membership *m, struct address_id phone,
                      int64_t evidence_id, const char *words, struct err *err)
{
    if (m->channel != CHANNEL_EMAIL)
        return RC_OK;
    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= CONSENT_SHARE; kind++) {
        struct consent c = { .person = m->person,
                             .membership = m->id,
                             .address = phone,
                             .channel = CHANNEL_TEXT,
                             .kind = kind,
                             .is_given = true,
                             .way = CONSENT_BY_REPLY,
                             .text_version = TEXT_ASK_VERSION,
                             .evidence_id = evidence_id,
                             .evidence = words };

        if (consent_add(&gate->store, &c, err) ||
            record_act(gate, who, AUDIT_CONSENT_GIVEN, AUDIT_ITEM_CONSENT, c.id, NULL, "text", err))
            return err->rc;
    }
    m->channel = CHANNEL_BOTH;
    if (membership_change(&gate->store, m, m->state, err))
        return err->rc;
    return record_act(gate, who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, m->id.v, "email", "both", err);
}

enum rc text_ask_member(struct gate *gate, const struct membership *m, const struct text_ask *ask, struct err *err)
{
    struct notice notice = { .kind = MAILING_INVITATION,
                             .person = m->person,
                             .membership = m->id,
                             .group = m->group,
                             .address = ask->phone,
                             .is_answer = ask->letter != 0,
                             .lane = -1 };

    if (text_ask_mark(gate, ask, err))
        return err->rc;
    return notice_queue(gate, &notice, NULL, err);
}
