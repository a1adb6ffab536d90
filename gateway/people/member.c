#include "gateway/people/member.h"

#include "base/text.h"
#include "gateway/people/member_effect.h"
#include "gateway/practice/record.h"

#include <assert.h>

typedef enum rc effect_fn(struct effect *e, struct err *err);

static const struct {
    effect_fn *fn;
    bool needs_group;
} effects[COMMAND_COUNT] = {
    [COMMAND_HELP] = { effect_help, false },
    [COMMAND_STOP] = { effect_stop, false },
    [COMMAND_LEAVE] = { effect_leave, true },
    [COMMAND_PAUSE] = { effect_pause, true },
    [COMMAND_RESUME] = { effect_resume, true },
    [COMMAND_DAILY] = { effect_daily, true },
    [COMMAND_WEEKLY] = { effect_weekly, true },
    [COMMAND_EACH] = { effect_each, true },
    [COMMAND_NEWS] = { effect_news, true },
    [COMMAND_RULES] = { effect_rules, true },
    [COMMAND_INFO] = { effect_info, true },
    [COMMAND_NAME] = { effect_name, true },
    [COMMAND_REPORT] = { effect_report, true },
    [COMMAND_BIG] = { effect_big, false },
    [COMMAND_ENGLISH] = { effect_english, false },
    [COMMAND_SPANISH] = { effect_spanish, false },
    [COMMAND_STATUS] = { effect_status, true },
    [COMMAND_UNDO] = { effect_undo, false },
    [COMMAND_POLL] = { effect_poll, true },
    [COMMAND_CHECK_IN] = { effect_check_in, true },
    [COMMAND_CHECK_IN_STOP] = { effect_check_in_stop, true },
    [COMMAND_PHONE] = { effect_phone, true },
};

static bool is_living(const struct membership *m)
{
    return m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED;
}

static bool is_named(const struct care_group *group, const char *text, struct arena *mem)
{
    const char *const wanted = text_fold_plain(mem, text);

    return !strcmp(wanted, group->slug) || !strcmp(wanted, text_fold_plain(mem, group->alias)) ||
           !strcmp(wanted, text_fold_plain(mem, group->name));
}

/* The group that LEAVE names, else the one the letter went to, else the only one there is. */
static enum rc find_membership(struct effect *e, struct err *err)
{
    const struct command *const c = e->act->command;
    const bool is_leave_of = c->kind == COMMAND_LEAVE && c->text && *c->text;
    struct membership *list;
    size_t n, living = 0;

    if (membership_of_person(&e->gate->store, e->person.id, e->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct care_group group;

        if (group_get(&e->gate->store, list[i].group, e->mem, &group, err))
            return err->rc;
        living += is_living(&list[i]);
        if (is_leave_of            ? !is_named(&group, c->text, e->mem)
            : e->act->membership.v ? list[i].id.v != e->act->membership.v
                                   : !is_living(&list[i]))
            continue;
        e->m = list[i];
        e->group = group;
    }
    if (!is_leave_of && !e->act->membership.v && living != 1)
        e->m = (struct membership){ .hour_minute = -1 };
    return RC_OK;
}

enum rc member_command(struct gate *gate, const struct member_act *act, bool *ret_is_done, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member");
    const enum command_kind kind = act->command->kind;
    struct effect e = { .gate = gate, .act = act, .mem = mem, .who = record_patient(act->person) };

    e.who.way = act->is_by_text ? AUDIT_WAY_TEXT : e.who.way;
    assert(db_in_tx(gate->store.db));
    if (act->command->strength != COMMAND_SURE)
        return err_set(err, RC_INPUT, "command %s is not sure", command_name(kind));
    *ret_is_done = kind < COMMAND_COUNT && effects[kind].fn;
    if (!*ret_is_done)
        return RC_OK;
    if (person_get(&gate->store, act->person, mem, &e.person, err) || find_membership(&e, err))
        return err->rc;
    if (effects[kind].needs_group && !e.m.id.v)
        return err_set(err, RC_INPUT, "command %s: no group is known", command_name(kind));
    if (effects[kind].needs_group && !is_living(&e.m) && kind != COMMAND_LEAVE)
        return err_set(err, RC_NOT_FOUND, "membership %" PRId64 " is %s", e.m.id.v, member_state_name(e.m.state));
    return effects[kind].fn(&e, err);
}
