/* The answer to an invitation. */
#include "gateway/people/join.h"

#include "gateway/people/catch_up.h"
#include "gateway/people/courtesies.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "gateway/say/render.h"
#include "gateway/say/shown_name.h"
#include "gateway/say/tell.h"
#include "inbound/answer.h"
#include "schedules/said.h"
#include "store/conversation.h"
#include "store/check_in.h"
#include "store/due.h"
#include "store/post.h"

#include <assert.h>

#define JOIN_FIRST_CONVERSATIONS 3 /* of a newcomer's first letter */

enum rc join_consent(struct gate *gate, const struct audit_who *who, const struct join *join,
                     const struct join_act *act, struct err *err)
{
    const enum consent_kind last = join->membership.id.v ? CONSENT_SHARE : CONSENT_RECEIVE;

    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= last; kind++) {
        struct consent c = { .person = join->person.id,
                             .membership = join->membership.id,
                             .address = join->invitation.address,
                             .channel = membership_consent_channel(&join->membership),
                             .kind = kind,
                             .is_given = act->is_given,
                             .way = act->way,
                             .text_version = join->invitation.text_version,
                             .evidence_id = act->evidence_id,
                             .evidence = act->evidence };

        if (consent_add(&gate->store, &c, err) ||
            record_act(gate, who, act->is_given ? AUDIT_CONSENT_GIVEN : AUDIT_CONSENT_WITHDRAWN, AUDIT_ITEM_CONSENT,
                       c.id, NULL, consent_way_name(act->way), err))
            return err->rc;
    }
    return RC_OK;
}

static enum rc set_invitation(struct gate *gate, struct join *j, enum invitation_state state, struct err *err)
{
    const enum invitation_state from = j->invitation.state;
    const struct audit_who who = record_patient(j->person.id);

    j->invitation.state = state;
    j->invitation.next_ms = 0;
    j->invitation.answered_ms = gate_now_ms(gate);
    if (invitation_change(&gate->store, &j->invitation, from, err))
        return err->rc;
    return record_act(gate, &who, AUDIT_INVITATION_ANSWERED, AUDIT_ITEM_INVITATION, j->invitation.id.v,
                      invitation_state_name(from), invitation_state_name(state), err);
}

static enum rc welcome(struct gate *gate, const struct join *j, const char *in_reply_to, struct arena *mem,
                       struct err *err)
{
    const bool is_staff = !j->membership.id.v;
    enum rc rc;
    struct notice notice = { .kind = is_staff ? MAILING_STAFF_WELCOME : MAILING_WELCOME,
                             .person = j->person.id,
                             .membership = j->membership.id,
                             .group = j->group.id,
                             .address = j->invitation.address,
                             .subject_id = j->invitation.id.v,
                             .is_answer = true,
                             .in_reply_to = in_reply_to,
                             .values = join_values(gate, j, mem) };

    if (!is_staff) {
        struct json *rules = phrase_rules(&j->group);
        const int64_t minute = j->membership.hour_minute >= 0 ? j->membership.hour_minute : j->group.digest_minute;

        json_set(notice.values, "rules", &rules);
        json_set_str(notice.values, "digest_days",
                     phrase_digest_days(j->person.language, j->membership.rhythm, j->group.digest_weekday, mem));
        json_set_str(notice.values, "digest_hour", said_minute(j->person.language, minute, mem));
    }
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND && j->membership.channel == CHANNEL_TEXT
               ? RC_OK
               : rc; /* the month's money for texts is gone: they are in all the same */
}

static enum rc activate(struct gate *gate, struct join *j, struct arena *mem, struct err *err)
{
    const struct audit_who who = record_patient(j->person.id);
    const enum member_state from = j->membership.state;
    int64_t seq;

    if (from != MEMBER_INVITED && from != MEMBER_LEFT)
        return err_set(err, RC_CONFLICT, "membership %" PRId64 " is %s", j->membership.id.v, member_state_name(from));
    if (conversation_seq_before_last(&gate->store, j->group.id, JOIN_FIRST_CONVERSATIONS, &seq, err))
        return err->rc;
    j->membership.state = MEMBER_ACTIVE;
    j->membership.joined_ms = gate_now_ms(gate);
    j->membership.left_ms = 0;
    if (from == MEMBER_LEFT && shown_name_keep(gate, &j->membership, mem, err))
        return err->rc;
    if (membership_change(&gate->store, &j->membership, from, err) ||
        membership_set_cursor(&gate->store, j->membership.id, seq, err) ||
        check_in_member_forget(&gate->store, j->membership.id, err))
        return err->rc;
    if (record_act(gate, &who, AUDIT_MEMBER_JOINED, AUDIT_ITEM_MEMBERSHIP, j->membership.id.v, member_state_name(from),
                   member_state_name(MEMBER_ACTIVE), err))
        return err->rc;
    return catch_up_queue(gate, j->membership.id, err);
}

/* The token came back, so the address was read there, from wherever the answer was sent. */
static enum rc note_address(struct gate *gate, const struct join *j, const struct invite_reply *reply,
                            struct arena *mem, struct err *err)
{
    struct address ours;

    if (address_set_state(&gate->store, j->invitation.address, ADDRESS_PROVED, err) ||
        address_get(&gate->store, j->invitation.address, mem, &ours, err))
        return err->rc;
    if (!reply->from_address || !strcmp(reply->from_address, ours.value))
        return RC_OK;
    return tell_staff(gate,
                      &(struct tell){ .what = TELL_OTHER_ADDRESS,
                                      .of = &j->person,
                                      .group = j->group.id,
                                      .subject_id = reply->letter.v,
                                      .text = reply->from_address },
                      err);
}

/* Notes that nobody could be asked about go to the first of staff who says yes. */
static enum rc offer_what_waits(struct gate *gate, struct person_id staff, struct arena *mem, struct err *err)
{
    struct person *duty;
    size_t n;

    if (office_duty(gate, mem, &duty, &n, err))
        return err->rc;
    return n == 1 && duty[0].id.v == staff.v ? due_ensure(&gate->store, JOB_REVIEW_LIST, 0, gate_now_ms(gate), err)
                                             : RC_OK;
}

static enum rc say_yes(struct gate *gate, struct join *j, const struct invite_reply *reply, struct arena *mem,
                       struct err *err)
{
    const struct audit_who who = record_patient(j->person.id);
    const struct join_act act = {
        .is_given = true, .way = CONSENT_BY_REPLY, .evidence_id = reply->letter.v, .evidence = reply->text
    };

    if (set_invitation(gate, j, INVITATION_YES, err) || join_consent(gate, &who, j, &act, err) ||
        note_address(gate, j, reply, mem, err))
        return err->rc;
    if (j->membership.id.v && activate(gate, j, mem, err))
        return err->rc;
    if (welcome(gate, j, reply->in_reply_to, mem, err))
        return err->rc;
    return j->membership.id.v ? courtesies_joined(gate, &j->membership, err)
                              : offer_what_waits(gate, j->person.id, mem, err);
}

static enum rc say_no(struct gate *gate, struct join *j, const struct invite_reply *reply, struct err *err)
{
    const struct audit_who who = record_patient(j->person.id);
    const struct join_act act = {
        .is_given = false, .way = CONSENT_BY_REPLY, .evidence_id = reply->letter.v, .evidence = reply->text
    };

    if (set_invitation(gate, j, INVITATION_NO, err) || join_consent(gate, &who, j, &act, err))
        return err->rc;
    if (!j->membership.id.v || j->membership.state != MEMBER_INVITED)
        return RC_OK;
    j->membership.state = MEMBER_LEFT;
    j->membership.left_ms = gate_now_ms(gate);
    return membership_change(&gate->store, &j->membership, MEMBER_INVITED, err);
}

static enum rc to_staff(struct gate *gate, struct join *j, const struct invite_reply *reply, struct arena *mem,
                        struct err *err)
{
    struct notice notice = { .kind = MAILING_NOT_YES,
                             .person = j->person.id,
                             .membership = j->membership.id,
                             .group = j->group.id,
                             .address = j->invitation.address,
                             .reply = TOKEN_CONFIRM,
                             .reply_row = j->invitation.id.v,
                             .subject_id = j->invitation.id.v,
                             .is_answer = true,
                             .is_once_a_day = true,
                             .in_reply_to = reply->in_reply_to };
    const struct tell tell = { .what = TELL_INVITE_ANSWER,
                               .of = &j->person,
                               .group = j->group.id,
                               .subject_id = reply->letter.v,
                               .text = reply->text,
                               .has_alarm = reply->has_alarm };
    enum rc rc;

    if (j->invitation.state != INVITATION_OTHER && set_invitation(gate, j, INVITATION_OTHER, err))
        return err->rc;
    if (tell_staff(gate, &tell, err))
        return err->rc;
    notice.values = join_values(gate, j, mem);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum answer read_answer(const struct join *j, const struct invite_reply *reply, struct arena *mem)
{
    const char *names[8] = { j->person.name, render_first_name(j->person.name, mem) };
    size_t n = 2;

    if (j->membership.id.v)
        names[n++] = j->membership.name;
    if (j->inviter.name) {
        names[n++] = j->inviter.name;
        names[n++] = render_first_name(j->inviter.name, mem);
    }
    if (j->group.id.v)
        names[n++] = j->group.alias;
    names[n] = NULL;
    return answer_read(reply->text, names, mem);
}

enum rc invite_answer(struct gate *gate, const struct invite_reply *reply, enum invite_effect *ret_effect,
                      struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("invite_answer");
    struct invitation inv;
    enum answer answer;
    struct join j;

    assert(db_in_tx(gate->store.db));
    if (invitation_get(&gate->store, reply->invitation, mem, &inv, err) || join_load(gate, &inv, mem, &j, err))
        return err->rc;
    if (inv.state == INVITATION_YES || inv.state == INVITATION_WITHDRAWN || j.person.state != PERSON_ACTIVE)
        return err_set(err, RC_CONFLICT, "invitation %" PRId64 " is %s", inv.id.v, invitation_state_name(inv.state));
    answer = read_answer(&j, reply, mem);
    if (j.group.id.v && j.group.state == GROUP_ENDED)
        answer = ANSWER_OTHER;
    if (answer == ANSWER_YES || answer == ANSWER_AGREE) {
        *ret_effect = INVITE_JOINED;
        return say_yes(gate, &j, reply, mem, err);
    }
    *ret_effect = answer == ANSWER_NO ? INVITE_DECLINED : INVITE_TO_STAFF;
    return answer == ANSWER_NO ? say_no(gate, &j, reply, err) : to_staff(gate, &j, reply, mem, err);
}
