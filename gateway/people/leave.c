#include "gateway/people/leave.h"

#include "gateway/note/unsend.h"
#include "gateway/people/courtesies.h"
#include "gateway/practice/record.h"
#include "gateway/visit/copies.h"
#include "store/delivery.h"
#include "store/invitation.h"
#include "store/question.h"

#include <assert.h>

/* group 0: wherever they wait. */
static enum rc withdraw_posts(struct gate *gate, struct leave *leave, struct person_id author, struct group_id group,
                              struct arena *mem, struct err *err)
{
    struct post *posts;
    size_t n;

    if (post_waiting_by(&gate->store, author, mem, &posts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (group.v && posts[i].group.v != group.v)
            continue;
        if (leave->undo)
            undoing_note_post(leave->undo, &posts[i]);
        posts[i].state = POST_WITHDRAWN;
        posts[i].remind_ms = 0;
        if (post_change(&gate->store, &posts[i], err) || question_withdraw_about(&gate->store, posts[i].id.v, err) ||
            delivery_cancel_subject(&gate->store, posts[i].id.v, NULL, err) ||
            record_act(gate, &leave->who, AUDIT_POST_WITHDRAWN, AUDIT_ITEM_POST, posts[i].id.v, NULL, NULL, err))
            return err->rc;
        leave->withdrawn++;
    }
    return RC_OK;
}

static enum rc withdraw_channel(struct gate *gate, const struct leave *leave, struct person_id person,
                                struct membership_id membership, struct address_id address, enum member_channel channel,
                                struct err *err)
{
    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= CONSENT_SHARE; kind++) {
        struct consent c = { .person = person,
                             .membership = membership,
                             .address = address,
                             .channel = channel,
                             .kind = kind,
                             .is_given = false,
                             .way = leave->evidence_id ? CONSENT_BY_REPLY : CONSENT_BY_STAFF,
                             .text_version = "",
                             .evidence_id = leave->evidence_id,
                             .evidence = leave->evidence };
        bool is_given;

        if (consent_is_given(&gate->store, person, membership, channel, kind, &is_given, err))
            return err->rc;
        if (is_given &&
            (consent_add(&gate->store, &c, err) || record_act(gate, &leave->who, AUDIT_CONSENT_WITHDRAWN,
                                                              AUDIT_ITEM_CONSENT, c.id, NULL, leave->evidence, err)))
            return err->rc;
    }
    return RC_OK;
}

/* Who is written to by text too said yes to both. */
static enum rc withdraw_consent(struct gate *gate, const struct leave *leave, struct person_id person,
                                struct membership_id membership, struct address_id address, struct err *err)
{
    if (withdraw_channel(gate, leave, person, membership, address, CHANNEL_EMAIL, err))
        return err->rc;
    return withdraw_channel(gate, leave, person, membership, address, CHANNEL_TEXT, err);
}

static enum rc withdraw_invitation(struct gate *gate, struct person_id person, struct membership_id membership,
                                   struct arena *mem, struct err *err)
{
    struct invitation inv;
    const enum rc rc = invitation_newest(&gate->store, person, membership, mem, &inv, err);
    enum invitation_state from;

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    from = inv.state;
    if (from == INVITATION_YES || from == INVITATION_NO || from == INVITATION_WITHDRAWN)
        return RC_OK;
    inv.state = INVITATION_WITHDRAWN;
    inv.next_ms = 0;
    return invitation_change(&gate->store, &inv, from, err);
}

enum rc leave_group(struct gate *gate, struct leave *leave, const struct membership *m, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("leave");
    struct membership now = *m;

    assert(db_in_tx(gate->store.db));
    if (m->state == MEMBER_REMOVED || m->state == leave->to)
        return RC_OK;
    if (leave->undo)
        undoing_note_membership(leave->undo, m);
    now.state = leave->to;
    now.left_ms = gate_now_ms(gate);
    now.paused_until_ms = 0;
    if (membership_change(&gate->store, &now, m->state, err) ||
        withdraw_posts(gate, leave, m->person, m->group, mem, err) || courtesies_withdraw(gate, leave, m->id, err) ||
        unsend_all_of(gate, &leave->who, m->person, m->group,
                      leave->to == MEMBER_REMOVED ? UNSEND_AUTHOR_REMOVED : UNSEND_AUTHOR_LEFT, leave->undo,
                      &leave->withdrawn, err) ||
        delivery_cancel_membership(&gate->store, m->id, NULL, err) || copies_leave(gate, m->id, err) ||
        withdraw_consent(gate, leave, m->person, m->id, m->address, err) ||
        withdraw_invitation(gate, m->person, m->id, mem, err))
        return err_wrap(err, "end membership %" PRId64, m->id.v);
    return record_act(gate, &leave->who, leave->verb, AUDIT_ITEM_MEMBERSHIP, m->id.v, member_state_name(m->state),
                      member_state_name(now.state), err);
}

/* Staff who say STOP; UNDO gives back the yes that they had. */
static enum rc withdraw_staff(struct gate *gate, struct leave *leave, struct person_id person, struct arena *mem,
                              struct err *err)
{
    const struct membership_id none = { 0 };
    struct invitation inv = { .address = { 0 } };
    bool has_said_yes;
    enum rc rc = consent_of_staff(&gate->store, person, &has_said_yes, err);

    if (!rc && has_said_yes && leave->undo) {
        rc = invitation_newest(&gate->store, person, none, mem, &inv, err);
        if (!rc)
            undoing_note_opted_in(leave->undo, inv.address);
    }
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return withdraw_consent(gate, leave, person, none, (struct address_id){ 0 }, err);
}

enum rc leave_all(struct gate *gate, struct leave *leave, const struct person *person, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("leave");
    const struct membership_id none = { 0 };
    struct membership *list;
    size_t n;

    if (membership_of_person(&gate->store, person->id, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (leave_group(gate, leave, &list[i], err))
            return err->rc;
    if (withdraw_posts(gate, leave, person->id, (struct group_id){ 0 }, mem, err) ||
        delivery_cancel_person(&gate->store, person->id, NULL, err) ||
        withdraw_staff(gate, leave, person->id, mem, err))
        return err->rc;
    return withdraw_invitation(gate, person->id, none, mem, err);
}

static enum rc is_shared(struct gate *gate, struct address_id address, struct person_id except, struct arena *mem,
                         bool *ret_shared, struct err *err)
{
    struct person *users;
    size_t n;

    if (person_by_address(&gate->store, address, mem, &users, &n, err))
        return err->rc;
    *ret_shared = false;
    for (size_t i = 0; i < n; i++)
        if (users[i].id.v != except.v && users[i].state == PERSON_ACTIVE)
            *ret_shared = true;
    return RC_OK;
}

enum rc leave_addresses(struct gate *gate, struct leave *leave, const struct person *person,
                        enum suppression_reason reason, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("leave");
    struct address *list;
    size_t n;

    if (person_addresses(&gate->store, person->id, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        enum suppression_reason old;
        bool shared = true;
        enum rc rc;

        if (list[i].kind != ADDRESS_EMAIL)
            continue;
        if (is_shared(gate, list[i].id, person->id, mem, &shared, err))
            return err->rc;
        rc = suppression_get(&gate->store, list[i].id, &old, err);
        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (shared || (!rc && reason == SUPPRESSED_STOP))
            continue;
        if (suppression_add(&gate->store, list[i].id, reason, err))
            return err->rc;
        if (leave->undo)
            undoing_note_address(leave->undo, list[i].id);
    }
    return RC_OK;
}
