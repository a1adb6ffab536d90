#include "gateway/desk/desk_act.h"

#include "gateway/digest/breaker.h"
#include "base/text.h"
#include "gateway/desk/desk_check_in.h"
#include "gateway/duty/duty_order.h"
#include "gateway/note/review.h"
#include "gateway/note/topic.h"
#include "gateway/office/policy.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/people/member_pause.h"
#include "gateway/practice/record.h"
#include "gateway/say/shown_name.h"
#include "schedules/hours.h"
#include "inbound/decision.h"

#define RULES_MAX_BYTES 4096

const char *desk_problem_flag(enum desk_problem problem)
{
    static const char *const flags[DESK_PROBLEM_COUNT] = {
        [DESK_NO_PROBLEM] = "",
        [DESK_UNCLEAR] = "is_unclear",
        [DESK_WHICH_GROUP] = "is_which_group",
        [DESK_WHICH_PERSON] = "is_which_person",
        [DESK_NOBODY] = "is_nobody",
        [DESK_BAD_ADDRESS] = "is_bad_address",
        [DESK_BAD_NAME] = "is_bad_name",
        [DESK_IS_MEMBER] = "is_member",
        [DESK_WAS_MEMBER] = "is_was_member",
        [DESK_WAITS] = "is_waiting",
        [DESK_IS_STAFF] = "is_staff_address",
        [DESK_STOPPED] = "is_stopped",
        [DESK_DIED] = "is_died",
        [DESK_NO_REASON] = "is_no_reason",
        [DESK_NOT_NOW] = "is_not_now",
        [DESK_BAD_TIME] = "is_bad_time",
        [DESK_BAD_HOURS] = "is_bad_hours",
        [DESK_BAD_TEXT] = "is_bad_text",
        [DESK_TOO_FEW] = "is_too_few",
        [DESK_NOT_YOURS] = "is_not_yours",
        [DESK_OVER] = "is_over",
        [DESK_NO_CHECK_IN] = "is_no_check_in",
        [DESK_BAD_CHECK_IN] = "is_bad_check_in",
        [DESK_NO_STAFF] = "is_no_staff",
        [DESK_WHICH_STAFF] = "is_which_staff",
        [DESK_NOT_PAUSED] = "is_not_paused",
        [DESK_NOTHING_WAITS] = "is_nothing_waits",
        [DESK_GROUP_OVER] = "is_group_over",
        [DESK_WANTS_SEND] = "is_send_wanted",
        [DESK_WANTS_NUMBER] = "is_number_wanted",
        [DESK_NOTHING_HERE] = "is_nothing_here",
        [DESK_REPLY_FIRST] = "is_reply_first",
    };

    return flags[problem];
}

/* ---- may it be done ---- */

/* Providers read, invite and write; who belongs to the group, its rules and the practice's time are for who runs it. */
static bool may(const struct person *staff, enum desk_word_kind kind)
{
    return staff->role >= STAFF_MODERATOR || kind == DESK_WORD_INVITE || kind == DESK_WORD_AGAIN ||
           kind == DESK_WORD_TOPIC;
}

/* A STOP of the person's own is lifted by AGAIN and its reason alone. */
static enum rc check_address(struct gate *gate, struct address_id address, bool may_lift, enum desk_problem *ret,
                             struct err *err)
{
    enum suppression_reason why;
    const enum rc rc = suppression_get(&gate->store, address, &why, err);

    if (rc == RC_OK && !(may_lift && why == SUPPRESSED_STOP))
        *ret = DESK_STOPPED;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Somebody of that name at that address may be known, and in the group. */
static enum rc check_known(struct gate *gate, const struct desk_act *act, const char *address, struct arena *mem,
                           enum desk_problem *ret, struct err *err)
{
    bool is_patient = false, is_staff = false;
    struct person *users;
    struct address found;
    size_t n;

    if (person_by_value(&gate->store, ADDRESS_EMAIL, address, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret; i++) {
        struct membership m;
        enum rc rc;

        is_staff |= users[i].kind == PERSON_STAFF && users[i].state == PERSON_ACTIVE;
        if (users[i].kind != PERSON_PATIENT || strcmp(text_fold(mem, users[i].name), text_fold(mem, act->name)) != 0)
            continue;
        is_patient = true;
        if (users[i].state == PERSON_DIED)
            *ret = DESK_DIED;
        rc = membership_find(&gate->store, act->group, users[i].id, mem, &m, err);
        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (!rc && !*ret)
            *ret = m.state == MEMBER_INVITED ? DESK_WAITS : m.state <= MEMBER_PAUSED ? DESK_IS_MEMBER : DESK_WAS_MEMBER;
    }
    if (!*ret && is_staff && !is_patient)
        *ret = DESK_IS_STAFF;
    if (!n || *ret)
        return RC_OK;
    if (address_find(&gate->store, ADDRESS_EMAIL, address, mem, &found, err))
        return err->rc;
    return check_address(gate, found.id, false, ret, err);
}

static enum rc check_invite(struct gate *gate, const struct desk_act *act, struct arena *mem, enum desk_problem *ret,
                            struct err *err)
{
    struct enroll e = { .name = act->name, .email = act->address };
    struct care_group group;
    const char *shown;
    struct err why;
    char *address;

    if (text_address(act->address, mem, &address, &why)) {
        *ret = DESK_BAD_ADDRESS;
        return RC_OK;
    }
    if (enroll_check(&e, mem, &why) ||
        shown_name_choose(gate, &(struct membership){ .group = act->group, .role = MEMBER_PATIENT }, e.name, mem,
                          &shown, &why)) {
        *ret = DESK_BAD_NAME;
        return RC_OK;
    }
    if (group_get(&gate->store, act->group, mem, &group, err))
        return err->rc;
    if (group.state != GROUP_OPEN) {
        *ret = DESK_GROUP_OVER;
        return RC_OK;
    }
    return check_known(gate, act, address, mem, ret, err);
}

static enum rc check_again(struct gate *gate, const struct desk_act *act, const struct membership *m, struct arena *mem,
                           enum desk_problem *ret, struct err *err)
{
    struct invitation old;
    const enum rc rc = invitation_newest(&gate->store, m->person, m->id, mem, &old, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED)
        *ret = DESK_IS_MEMBER;
    else if (!rc && (old.state == INVITATION_SENT || old.state == INVITATION_REPEATED))
        *ret = DESK_WAITS;
    else if (!*act->text)
        *ret = DESK_NO_REASON;
    else if (m->address.v)
        return check_address(gate, m->address, true, ret, err);
    return RC_OK;
}

static enum rc check_member(struct gate *gate, const struct desk_act *act, struct arena *mem, enum desk_problem *ret,
                            struct err *err)
{
    struct membership m;
    struct person p;

    if (membership_get(&gate->store, act->membership, mem, &m, err) || person_get(&gate->store, m.person, mem, &p, err))
        return err->rc;
    if (p.state == PERSON_DIED)
        *ret = DESK_DIED;
    else if (act->kind == DESK_WORD_AGAIN)
        return check_again(gate, act, &m, mem, ret, err);
    else if (m.state == MEMBER_INVITED && act->kind != DESK_WORD_REMOVE)
        *ret = DESK_WAITS;
    else if (act->kind == DESK_WORD_PAUSE && m.state != MEMBER_ACTIVE && m.state != MEMBER_PAUSED)
        *ret = DESK_NOT_NOW;
    else if (act->kind == DESK_WORD_RESUME_PERSON && m.state != MEMBER_PAUSED)
        *ret = m.state == MEMBER_ACTIVE ? DESK_NOT_PAUSED : DESK_NOT_NOW;
    else if (act->kind == DESK_WORD_REMOVE && (m.state == MEMBER_LEFT || m.state == MEMBER_REMOVED))
        *ret = DESK_NOT_NOW;
    return RC_OK;
}

static enum desk_problem check_hours(struct gate *gate, const struct desk_act *act)
{
    struct hours hours;
    struct err ignored;

    return hours_parse(act->text, gate->facts.holidays, gate->facts.zone, &hours, &ignored) ? DESK_BAD_HOURS
                                                                                            : DESK_NO_PROBLEM;
}

static enum rc read_check_in(struct gate *gate, const struct desk_act *act, const struct person *staff,
                             struct arena *mem, struct check_in *ret, struct err *err)
{
    if (desk_check_in_read(act->text, mem, ret, err))
        return err->rc;
    ret->group = act->group;
    ret->staff = staff->id;
    return check_in_check(gate, ret, err);
}

static enum rc check_check_in(struct gate *gate, const struct desk_act *act, const struct person *staff,
                              struct arena *mem, enum desk_problem *ret, struct err *err)
{
    struct check_in c;
    const enum rc rc = read_check_in(gate, act, staff, mem, &c, err);

    *ret = rc == RC_INPUT ? DESK_BAD_CHECK_IN : DESK_NO_PROBLEM;
    return rc == RC_INPUT ? RC_OK : rc;
}

static enum rc check_resume(struct gate *gate, const struct desk_act *act, enum desk_problem *ret_problem,
                            struct err *err)
{
    bool is_open;

    if (breaker_is_open(gate, act->group, &is_open, err))
        return err->rc;
    *ret_problem = is_open ? DESK_NO_PROBLEM : DESK_NOTHING_WAITS;
    return RC_OK;
}

enum rc desk_act_check(struct gate *gate, const struct desk_act *act, const struct person *staff, struct arena *mem,
                       enum desk_problem *ret_problem, struct err *err)
{
    *ret_problem = may(staff, act->kind) ? DESK_NO_PROBLEM : DESK_NOT_YOURS;
    if (*ret_problem)
        return RC_OK;
    switch (act->kind) {
    case DESK_WORD_INVITE:
        return check_invite(gate, act, mem, ret_problem, err);
    case DESK_WORD_AGAIN:
    case DESK_WORD_PAUSE:
    case DESK_WORD_RESUME_PERSON:
    case DESK_WORD_REMOVE:
        return check_member(gate, act, mem, ret_problem, err);
    case DESK_WORD_RULES:
        *ret_problem = !*act->text || strlen(act->text) > RULES_MAX_BYTES ? DESK_BAD_TEXT : DESK_NO_PROBLEM;
        return RC_OK;
    case DESK_WORD_HOURS:
        *ret_problem = check_hours(gate, act);
        return RC_OK;
    case DESK_WORD_RESUME:
        return check_resume(gate, act, ret_problem, err);
    case DESK_WORD_DUTY:
        *ret_problem = act->order_count < 2 ? DESK_TOO_FEW : DESK_NO_PROBLEM;
        return RC_OK;
    case DESK_WORD_CHECK_IN:
        return check_check_in(gate, act, staff, mem, ret_problem, err);
    case DESK_WORD_CHECK_IN_END:
        return RC_OK;
    case DESK_WORD_TOPIC:
        *ret_problem = act->at_ms && act->at_ms <= gate_now_ms(gate) ? DESK_BAD_TIME : DESK_NO_PROBLEM;
        return RC_OK;
    default:
        return err_set(err, RC_BUG, "word %d is no act", (int)act->kind);
    }
}

/* ---- what it rests on ---- */

static enum rc state_of_group(struct gate *gate, struct group_id id, struct arena *mem, const char **ret,
                              struct err *err)
{
    struct care_group g;

    if (group_get(&gate->store, id, mem, &g, err))
        return err->rc;
    *ret = arena_printf(mem, "group %d %" PRId64, (int)g.state, g.texts_version);
    return RC_OK;
}

static enum rc state_of_member(struct gate *gate, struct membership_id id, struct arena *mem, const char **ret,
                               struct err *err)
{
    struct membership m;

    if (membership_get(&gate->store, id, mem, &m, err))
        return err->rc;
    *ret = arena_printf(mem, "member %d %d %" PRId64 " %" PRId64 " %s", (int)m.state, (int)m.rhythm, m.paused_until_ms,
                        m.address.v, m.name);
    return RC_OK;
}

static enum rc state_of_duty(struct gate *gate, struct arena *mem, const char **ret, struct err *err)
{
    struct person *staff;
    size_t n;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    *ret = "duty";
    for (size_t i = 0; i < n; i++)
        *ret = arena_printf(mem, "%s %" PRId64 ":%" PRId64, *ret, staff[i].id.v, staff[i].duty_rank);
    return RC_OK;
}

static enum rc state_of_check_in(struct gate *gate, struct check_in_id id, struct arena *mem, const char **ret,
                                 struct err *err)
{
    struct check_in c;

    if (check_in_get(&gate->store, id, mem, &c, err))
        return err->rc;
    *ret = arena_printf(mem, "check-in %d", (int)c.state);
    return RC_OK;
}

enum rc desk_act_state(struct gate *gate, const struct desk_act *act, struct arena *mem, const char **ret_state,
                       struct err *err)
{
    switch (act->kind) {
    case DESK_WORD_AGAIN:
    case DESK_WORD_PAUSE:
    case DESK_WORD_RESUME_PERSON:
    case DESK_WORD_REMOVE:
        return state_of_member(gate, act->membership, mem, ret_state, err);
    case DESK_WORD_HOURS:
        *ret_state = arena_strdup(mem, gate->facts.office_hours);
        return RC_OK;
    case DESK_WORD_DUTY:
        return state_of_duty(gate, mem, ret_state, err);
    case DESK_WORD_CHECK_IN_END:
        return state_of_check_in(gate, act->check_in, mem, ret_state, err);
    default:
        return state_of_group(gate, act->group, mem, ret_state, err);
    }
}

/* ---- doing it ---- */

static enum rc do_invite(struct gate *gate, const struct desk_act *act, const struct audit_who *who,
                         const struct person *staff, struct arena *mem, struct err *err)
{
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct enroll e = { .name = act->name, .email = act->address };
    struct invite invite = { .invited_by = staff->id };
    struct care_group group;
    struct membership m;

    if (group_get(&gate->store, act->group, mem, &group, err) ||
        enroll_member(gate, who, &group, &e, &seat, mem, &m, err))
        return err->rc;
    invite.membership = m.id;
    invite.person = m.person;
    return invite_send(gate, who, &invite, err);
}

static enum rc do_again(struct gate *gate, const struct desk_act *act, const struct audit_who *who,
                        const struct person *staff, struct arena *mem, struct err *err)
{
    struct invite invite = { .membership = act->membership, .invited_by = staff->id, .reason = act->text };
    struct membership m;

    if (membership_get(&gate->store, act->membership, mem, &m, err))
        return err->rc;
    invite.person = m.person;
    return invite_send(gate, who, &invite, err);
}

static enum rc do_rules(struct gate *gate, const struct desk_act *act, const struct audit_who *who, struct arena *mem,
                        struct err *err)
{
    struct care_group group;
    const char *old;

    if (group_get(&gate->store, act->group, mem, &group, err))
        return err->rc;
    old = group.rules;
    group.rules = act->text;
    if (group_change(&gate->store, &group, err))
        return err->rc;
    return record_act(gate, who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, group.id.v, old, group.rules, err);
}

/* SEND by who may decide is the decision; anybody else's topic, and one that the word lists mark, is put before a moderator. */
static enum rc do_topic(struct gate *gate, const struct desk_act *act, const struct person *staff, struct arena *mem,
                        struct desk_outcome *out, struct err *err)
{
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    const struct topic_draft draft = { .group = act->group,
                                       .author = staff->id,
                                       .text = act->text,
                                       .when_ms = act->at_ms ? act->at_ms : TOPIC_NOW,
                                       .flags = act->flags,
                                       .is_decided = staff->role >= STAFF_MODERATOR && !act->flags,
                                       .who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL } };
    struct review_act decide = { .decision = &ok, .staff = staff, .way = REVIEW_EMAIL };
    struct review_result result;
    struct post post;
    int64_t due_ms;

    if (topic_plan(gate, &draft, &post, &due_ms, err))
        return err->rc;
    out->post = post.id;
    out->waits = true;
    if (!draft.is_decided)
        return RC_OK;
    decide.post = post.id;
    decide.version = post.version;
    if (review_decide(gate, &decide, mem, &result, err))
        return err->rc;
    out->waits = result.effect != REVIEW_RELEASED;
    return RC_OK;
}

static enum rc do_check_in(struct gate *gate, const struct desk_act *act, const struct audit_who *who,
                           const struct person *staff, struct arena *mem, struct err *err)
{
    struct check_in c;

    return read_check_in(gate, act, staff, mem, &c, err) ? err->rc : check_in_plan(gate, who, &c, err);
}

/* Ended by somebody else meanwhile: it is done. */
static enum rc do_check_in_end(struct gate *gate, const struct desk_act *act, const struct audit_who *who,
                               struct arena *mem, struct err *err)
{
    struct check_in c;

    if (check_in_get(&gate->store, act->check_in, mem, &c, err))
        return err->rc;
    return c.state == CHECK_IN_OPEN ? check_in_finish(gate, who, c.id, err) : RC_OK;
}

enum rc desk_act_do(struct gate *gate, const struct desk_act *act, const struct person *staff, struct arena *mem,
                    struct desk_outcome *ret_outcome, struct err *err)
{
    const struct audit_who who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL };

    *ret_outcome = (struct desk_outcome){ .waits = false };
    switch (act->kind) {
    case DESK_WORD_INVITE:
        return do_invite(gate, act, &who, staff, mem, err);
    case DESK_WORD_AGAIN:
        return do_again(gate, act, &who, staff, mem, err);
    case DESK_WORD_PAUSE:
        return member_pause(gate, &who, act->membership, act->days, err);
    case DESK_WORD_RESUME_PERSON:
        return member_resume(gate, &who, act->membership, err);
    case DESK_WORD_REMOVE:
        return member_remove(gate, &who, act->membership, act->why, err);
    case DESK_WORD_RULES:
        return do_rules(gate, act, &who, mem, err);
    case DESK_WORD_HOURS:
        return policy_set(gate, &who, SETTING_OFFICE_HOURS, act->text, err);
    case DESK_WORD_DUTY:
        return duty_order_set(gate, &who, act->order, act->order_count, err);
    case DESK_WORD_CHECK_IN:
        return do_check_in(gate, act, &who, staff, mem, err);
    case DESK_WORD_CHECK_IN_END:
        return do_check_in_end(gate, act, &who, mem, err);
    case DESK_WORD_RESUME:
        return breaker_resume(gate, &who, act->group, NULL, err);
    case DESK_WORD_TOPIC:
        return do_topic(gate, act, staff, mem, ret_outcome, err);
    default:
        return err_set(err, RC_BUG, "word %d is no act", (int)act->kind);
    }
}
