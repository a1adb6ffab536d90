#include "gateway/people/invite.h"

#include "base/text.h"
#include "gateway/people/daily_mail.h"
#include "gateway/people/join.h"
#include "gateway/people/text_ask.h"
#include "gateway/practice/job_title.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "gateway/say/render.h"
#include "gateway/say/shown_name.h"
#include "store/consent.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/group.h"
#include "store/text_consent.h"

#include <assert.h>

#define INVITE_BATCH 20
#define INVITE_LIST_MAX 200

/* ---- what an invitation needs to know ---- */

enum rc join_load(struct gate *gate, const struct invitation *inv, struct arena *mem, struct join *j, struct err *err)
{
    struct store *const st = &gate->store;

    *j = (struct join){ .invitation = *inv };
    if (person_get(st, inv->person, mem, &j->person, err))
        return err->rc;
    if (inv->invited_by.v && person_get(st, inv->invited_by, mem, &j->inviter, err))
        return err->rc;
    if (!inv->membership.v)
        return RC_OK;
    if (membership_get(st, inv->membership, mem, &j->membership, err))
        return err->rc;
    return group_get(st, j->membership.group, mem, &j->group, err);
}

struct json *join_values(const struct gate *gate, const struct join *j, struct arena *mem)
{
    const enum person_language language = j->person.language;
    struct json *v = json_object_new();

    json_set_str(v, "first_name", render_first_name(j->person.name, mem));
    json_set_str(v, "group_name", j->group.id.v ? j->group.alias : gate->facts.name);
    json_set_str(v, "inviter_name", j->inviter.name ? j->inviter.name : gate->facts.name);
    json_set_str(v, "inviter_role",
                 job_title_or_role(gate, language, j->inviter.name ? &j->inviter : &(struct person){ 0 }));
    if (!j->group.id.v) {
        json_set_str(v, "staff_role", job_title_or_role(gate, language, &j->person));
        return v;
    }
    json_set_str(v, "group_about", *j->group.long_text ? j->group.long_text : j->group.short_text);
    json_set_str(v, "display_name", j->membership.name);
    json_set_str(v, "consent_way", phrase_consent_way(language, j->invitation.paper_way));
    json_set_str(v, "date", phrase_day(gate, language, j->group.zone, j->invitation.sent_ms, mem));
    return v;
}

static enum mailing_kind kind_of(const struct join *j, bool is_repeat)
{
    if (!j->invitation.membership.v)
        return MAILING_STAFF_INVITATION;
    if (j->invitation.paper_way)
        return MAILING_CONSENT_CHECK;
    return is_repeat ? MAILING_INVITATION_AGAIN : MAILING_INVITATION;
}

/* An answer would not reach us yet. */
static bool address_waits(const struct join *j)
{
    return j->group.id.v && j->group.address == GROUP_ADDRESS_WAITS;
}

static enum rc queue_mail(struct gate *gate, const struct join *j, bool is_repeat, struct arena *mem, struct err *err)
{
    struct notice notice = { .kind = kind_of(j, is_repeat),
                             .person = j->person.id,
                             .membership = j->membership.id,
                             .group = j->group.id,
                             .address = j->invitation.address,
                             .reply = TOKEN_CONFIRM,
                             .reply_row = j->invitation.id.v,
                             .subject_id = j->invitation.id.v,
                             .due_ms = address_waits(j) ? gate_now_ms(gate) + DELIVERY_WAITS_MS : 0,
                             .values = join_values(gate, j, mem) };

    return notice_queue(gate, &notice, NULL, err);
}

/* ---- asking ---- */

static enum rc withdraw(struct gate *gate, struct invitation *inv, struct err *err)
{
    const enum invitation_state from = inv->state;

    inv->state = INVITATION_WITHDRAWN;
    inv->next_ms = 0;
    return invitation_change(&gate->store, inv, from, err);
}

static bool is_waiting(const struct invitation *inv)
{
    return inv->state == INVITATION_SENT || inv->state == INVITATION_REPEATED;
}

/* Of staff: a yes that holds is enough; what waits at an address that is theirs no more is taken back. */
static enum rc check_earlier_staff(struct gate *gate, struct invitation *old, struct address_id address,
                                   struct err *err)
{
    bool has_said_yes;

    if (consent_of_staff(&gate->store, old->person, &has_said_yes, err))
        return err->rc;
    if (has_said_yes)
        return err_set(err, RC_CONFLICT, "they have opted in already");
    return is_waiting(old) && old->address.v != address.v ? withdraw(gate, old, err) : RC_OK;
}

static enum rc check_earlier(struct gate *gate, const struct invite *invite, struct address_id address,
                             struct arena *mem, struct err *err)
{
    struct invitation old;
    const enum rc rc = invitation_newest(&gate->store, invite->person, invite->membership, mem, &old, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc || (!invite->membership.v && check_earlier_staff(gate, &old, address, err)))
        return err->rc;
    if (is_waiting(&old))
        return err_set(err, RC_CONFLICT, "an invitation waits for an answer already");
    if (!invite->reason || !*invite->reason)
        return err_set(err, RC_INPUT, "they were asked before (%s): asking again needs a reason",
                       invitation_state_name(old.state));
    return RC_OK;
}

/* Only what the person said themselves is lifted, and only with a reason: "she called and asked us to". */
static enum rc check_address(struct gate *gate, const struct invite *invite, struct address_id address, struct err *err)
{
    enum suppression_reason why;
    const enum rc rc = suppression_get(&gate->store, address, &why, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc)
        return rc;
    if (why != SUPPRESSED_STOP || !invite->reason)
        return err_set(err, RC_CONFLICT, "nothing may be sent to their address: it %s",
                       why == SUPPRESSED_STOP ? "said STOP (asking again needs a reason)" : "does not take our mail");
    return suppression_remove(&gate->store, address, err);
}

/* The phone of who takes part by text is asked for its own yes. */
static enum rc check_way(struct gate *gate, const struct invite *invite, const struct join *j,
                         struct address_id address, struct err *err)
{
    const struct text_ask ask = { .person = invite->person,
                                  .phone = address,
                                  .staff = invite->invited_by,
                                  .paper_way = invite->paper_way,
                                  .reason = invite->reason };

    return j->membership.channel == CHANNEL_TEXT ? text_ask_mark(gate, &ask, err)
                                                 : check_address(gate, invite, address, err);
}

static enum rc find_address(struct gate *gate, const struct join *j, struct arena *mem, struct address_id *ret_id,
                            struct err *err)
{
    struct address *list;
    size_t n;

    *ret_id = j->membership.address;
    if (ret_id->v)
        return RC_OK;
    if (person_addresses(&gate->store, j->person.id, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == ADDRESS_EMAIL) {
            *ret_id = list[i].id;
            return RC_OK;
        }
    return err_set(err, RC_INPUT, "person %" PRId64 " has no email address", j->person.id.v);
}

static enum rc make_invited(struct gate *gate, struct join *j, struct arena *mem, struct err *err)
{
    const enum member_state from = j->membership.state;

    if (!j->membership.id.v || from == MEMBER_INVITED)
        return RC_OK;
    if (from == MEMBER_ACTIVE || from == MEMBER_PAUSED)
        return err_set(err, RC_CONFLICT, "they are a member already");
    j->membership.state = MEMBER_INVITED;
    j->membership.left_ms = 0;
    if (shown_name_keep(gate, &j->membership, mem, err))
        return err->rc;
    return membership_change(&gate->store, &j->membership, from, err);
}

static enum rc record_paper(struct gate *gate, const struct audit_who *who, const struct join *j,
                            const struct invite *invite, struct err *err)
{
    if (!invite->paper_way)
        return RC_OK;
    return join_consent(gate, who, j,
                        &(struct join_act){ .is_given = true,
                                            .way = invite->paper_way,
                                            .evidence_id = invite->invited_by.v,
                                            .evidence = invite->evidence },
                        err);
}

/* The mail of an invitation to staff may be lost: AGAIN sends the same one while it waits, and a yes to either copy counts. */
static enum rc send_again(struct gate *gate, const struct audit_who *who, const struct invite *invite,
                          struct address_id address, struct arena *mem, bool *ret_is_done, struct err *err)
{
    struct invitation old;
    struct join j;
    const enum rc rc = invitation_newest(&gate->store, invite->person, invite->membership, mem, &old, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (!invite->reason || !*invite->reason || !is_waiting(&old) || old.address.v != address.v)
        return RC_OK;
    if (check_address(gate, invite, address, err) || join_load(gate, &old, mem, &j, err) ||
        record_act(gate, who, AUDIT_INVITATION_REPEATED, AUDIT_ITEM_INVITATION, old.id.v, NULL, invite->reason, err) ||
        queue_mail(gate, &j, false, mem, err))
        return err->rc;
    *ret_is_done = true;
    return RC_OK;
}

enum rc invite_send(struct gate *gate, const struct audit_who *who, const struct invite *invite, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("invite");
    struct invitation inv = { .membership = invite->membership,
                              .person = invite->person,
                              .invited_by = invite->invited_by,
                              .state = INVITATION_SENT,
                              .paper_way = invite->paper_way,
                              .text_version = invite->membership.v ? INVITE_TEXT_VERSION : INVITE_STAFF_TEXT_VERSION,
                              .reason = invite->reason,
                              .next_ms = gate_now_ms(gate) + INVITE_REPEAT_MS };
    bool is_done = false;
    struct join j;

    assert(db_in_tx(gate->store.db));
    if (join_load(gate, &inv, mem, &j, err))
        return err->rc;
    if (j.person.state != PERSON_ACTIVE)
        return err_set(err, RC_INPUT, "person %" PRId64 " is %s", j.person.id.v, person_state_name(j.person.state));
    if (j.group.id.v && j.group.state == GROUP_ENDED)
        return err_set(err, RC_INPUT, "group %" PRId64 " has ended", j.group.id.v);
    if (make_invited(gate, &j, mem, err) || find_address(gate, &j, mem, &inv.address, err))
        return err_wrap(err, "invite");
    if (!invite->membership.v && (send_again(gate, who, invite, inv.address, mem, &is_done, err) || is_done))
        return is_done ? RC_OK : err_wrap(err, "invite");
    if (check_earlier(gate, invite, inv.address, mem, err) || check_way(gate, invite, &j, inv.address, err) ||
        invitation_add(&gate->store, &inv, err))
        return err_wrap(err, "invite");
    j.invitation = inv;
    if (record_paper(gate, who, &j, invite, err) ||
        record_act(gate, who, AUDIT_MEMBER_INVITED, AUDIT_ITEM_INVITATION, inv.id.v, NULL, invite->reason, err))
        return err->rc;
    return queue_mail(gate, &j, false, mem, err);
}

/* ---- staff before their yes ---- */

enum rc invite_ask_yes_first(struct gate *gate, struct person_id staff, const char *in_reply_to, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("yes_first");
    struct notice notice = { .kind = MAILING_STAFF_YES_FIRST,
                             .person = staff,
                             .reply = TOKEN_CONFIRM,
                             .is_answer = true,
                             .is_once_a_day = true,
                             .in_reply_to = in_reply_to };
    struct invitation inv;
    struct join j;
    enum rc rc = invitation_newest(&gate->store, staff, (struct membership_id){ 0 }, mem, &inv, err);

    if (rc || inv.state == INVITATION_YES || inv.state == INVITATION_WITHDRAWN)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (join_load(gate, &inv, mem, &j, err))
        return err->rc;
    notice.address = inv.address;
    notice.reply_row = notice.subject_id = inv.id.v;
    notice.values = join_values(gate, &j, mem);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* ---- repeating, and the list of whom to call ---- */

static enum rc repeat(struct gate *gate, const struct join *j, struct arena *mem, struct err *err)
{
    const struct audit_who rule = record_rule();
    enum rc rc =
        j->membership.channel == CHANNEL_TEXT ? text_consent_asked(&gate->store, j->invitation.address, err) : RC_OK;

    if (!rc)
        rc = queue_mail(gate, j, true, mem, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return record_act(gate, &rule, AUDIT_INVITATION_REPEATED, AUDIT_ITEM_INVITATION, j->invitation.id.v, NULL, NULL,
                      err);
}

static enum rc handle_due(struct gate *gate, struct invitation *inv, struct arena *mem, struct err *err)
{
    const enum invitation_state from = inv->state;
    struct join j;

    if (join_load(gate, inv, mem, &j, err))
        return err->rc;
    if (j.person.state != PERSON_ACTIVE || (j.membership.id.v && j.membership.state != MEMBER_INVITED) ||
        (j.group.id.v && j.group.state == GROUP_ENDED))
        return withdraw(gate, inv, err);
    if (address_waits(&j)) { /* it has not been sent: nothing to repeat */
        inv->next_ms = gate_now_ms(gate) + INVITE_REPEAT_MS;
        return invitation_change(&gate->store, inv, from, err);
    }
    inv->state = from == INVITATION_SENT ? INVITATION_REPEATED : INVITATION_LISTED;
    inv->next_ms = from == INVITATION_SENT ? gate_now_ms(gate) + INVITE_REPEAT_MS : 0;
    if (invitation_change(&gate->store, inv, from, err))
        return err->rc;
    if (from == INVITATION_SENT)
        return repeat(gate, &j, mem, err);
    return due_ensure(&gate->store, JOB_NOT_ANSWERED, 0, office_next_monday(gate), err);
}

enum rc invite_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    size_t did = 0, n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("invite_tick");
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        struct invitation *due;

        if (db_begin(gate->store.db, &tx, err) ||
            invitation_due(&gate->store, gate_now_ms(gate), INVITE_BATCH, mem, &due, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (handle_due(gate, &due[i], mem, err))
                return err_wrap(err, "invitation %" PRId64, due[i].id.v);
        if (db_commit(&tx, err))
            return err->rc;
        did += n;
    } while (n == INVITE_BATCH);
    *ret_did = did;
    return RC_OK;
}

static struct json *list_entry(const struct gate *gate, const struct join *j, const char *phone,
                               enum person_language language, struct arena *mem)
{
    struct json *entry = json_object_new();

    json_set_str(entry, "name", j->person.name);
    json_set_str(entry, "phone", phone);
    json_set_str(entry, "group_name", j->group.id.v ? j->group.alias : gate->facts.name);
    json_set_str(entry, "invited_when", phrase_day(gate, language, NULL, j->invitation.sent_ms, mem));
    return entry;
}

static enum rc list_json(struct gate *gate, const struct person *reader, const struct invitation *list, size_t n,
                         struct arena *mem, struct json **ret_list, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();

    for (size_t i = 0; i < n; i++) {
        struct json *entry;
        struct join j;
        const char *phone;

        if (join_load(gate, &list[i], mem, &j, err) || person_phone(&gate->store, &j.person, mem, &phone, err))
            return err->rc;
        entry = list_entry(gate, &j, phone, reader->language, mem);
        json_push(people, &entry);
    }
    *ret_list = MOVE(people);
    return RC_OK;
}

enum rc invite_listed_json(struct gate *gate, const struct person *reader, struct arena *mem, struct json **ret_list,
                           struct err *err)
{
    struct invitation *list;
    size_t n;

    if (invitation_listed(&gate->store, (struct invitation_id){ 0 }, INVITE_LIST_MAX, mem, &list, &n, err))
        return err->rc;
    return list_json(gate, reader, list, n, mem, ret_list, err);
}

static enum rc list_for(struct gate *gate, const struct person *staff, const struct invitation *list, size_t n,
                        struct arena *mem, struct err *err)
{
    struct notice notice = { .kind = MAILING_NOT_ANSWERED, .person = staff->id };
    struct json *people;
    enum rc rc;

    if (list_json(gate, staff, list, n, mem, &people, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "date", phrase_day(gate, staff->language, NULL, gate_now_ms(gate), mem));
    json_set(notice.values, "people", &people);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc invite_send_list(struct gate *gate, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("invite_list");
    struct invitation *list;
    struct person *staff;
    size_t n, people;
    bool is_in_daily;

    assert(db_in_tx(gate->store.db));
    if (invitation_listed(&gate->store, (struct invitation_id){ 0 }, INVITE_LIST_MAX, mem, &list, &n, err) ||
        person_staff(&gate->store, mem, &staff, &people, err) || daily_mail_is_on(gate, &is_in_daily, err))
        return err->rc;
    for (size_t i = 0; n && !is_in_daily && i < people; i++)
        if (staff[i].role >= STAFF_MODERATOR && list_for(gate, &staff[i], list, n, mem, err))
            return err->rc;
    return n ? due_set(&gate->store, JOB_NOT_ANSWERED, 0, office_next_monday(gate), err)
             : due_clear(&gate->store, JOB_NOT_ANSWERED, 0, err);
}
