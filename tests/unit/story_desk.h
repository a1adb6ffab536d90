/*
 * story_desk: what staff and operators do in a random story without letters, what time does, which act is whose turn, and a step.
 *
 * Shape    Acts of operators are programs of their own (story_work.h), and may be killed on their way; story_finish does again what was.
 */
#ifndef TESTS_UNIT_STORY_DESK_H
#define TESTS_UNIT_STORY_DESK_H

#include "story_acts.h"

#include "gateway/digest/breaker.h"
#include "gateway/office/ending.h"
#include "gateway/office/erase.h"
#include "gateway/people/member.h"
#include "gateway/practice/record.h"
#include "store/rekey.h"

/* --- the desk's command line -------------------------------------------------------------------------------------------------------------------- */

static inline struct audit_who the_desk(const struct story *s)
{
    return (struct audit_who){ AUDIT_STAFF, s->who[0].person.v, AUDIT_WAY_CLI };
}

static inline void act_add_member(struct story *s)
{
    static const char *const names[] = { "Nora", "Pedro", "Olga", "Ralph", "Vera" };
    const struct audit_who who = the_desk(s);
    struct invite invite = { .invited_by = s->who[0].person };
    struct membership m;
    struct err err;

    if (s->who_count >= STORY_STAFF + 8 + COUNT_OF(names) || s->who_count >= STORY_PEOPLE_MAX || s->is_over[0])
        return;
    size_t have = 0;
    for (size_t i = 0; i < s->who_count; i++)
        have += s->who[i].invitations > 0;
    if (have >= COUNT_OF(names))
        return;
    struct one *one = story_one(s, names[have]);
    struct enroll e = { .name = one->name,
                        .email = one->email,
                        .phone = one->phone,
                        .emergency = one->emergency,
                        .chart = one->chart,
                        .language = one->language };
    const struct enroll_seat seat = { .hour_minute = -1 };
    one->invitations = 1;
    one->is_disturbed = true;
    CIRCLE_TX(&s->c, {
        HELP_OK(enroll_member(&s->c.g.gate, &who, &s->groups[0], &e, &seat, s->c.mem, &m, &err));
        invite.person = m.person;
        invite.membership = m.id;
        HELP_OK(invite_send(&s->c.g.gate, &who, &invite, &err));
    });
    one->person = m.person;
    one->seat[0] = m.id;
}

static inline void act_answer_invitation(struct story *s)
{
    static const int64_t invitations[] = { MAILING_INVITATION, MAILING_INVITATION_AGAIN, 0 };
    static const char *const words[] = { "YES", "Yes please", "SI", "NO", "Who are you?" };
    const int mail = a_mail(s, NULL, invitations);

    if (mail < 0)
        return;
    circle_wrote(&s->c, &(struct wrote){ .from = s->c.mails[mail].to,
                                         .to = s->c.mails[mail].reply_to,
                                         .subject = circle_re(&s->c, &s->c.mails[mail]),
                                         .text = ONE_OF(s, words),
                                         .proof = PASS });
}

/* Many letters came back at once: staff have looked, and let go what waits. */
static inline void act_resume(struct story *s)
{
    const struct audit_who who = the_desk(s);
    struct err err;
    enum rc rc;

    for (size_t g = 0; g < s->group_count; g++) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        HELP_OK(db_begin(s->c.g.h.db, &tx, &err));
        rc = breaker_resume(&s->c.g.gate, &who, s->groups[g].id, NULL, &err);
        PROMISE(s, 4, !rc || rc == RC_NOT_FOUND, "letters that wait cannot be let go: %s", err.msg);
        if (!rc)
            HELP_OK(db_commit(&tx, &err));
    }
}

/* --- what staff and operators do by programs of their own, which may die -------------------------------------------------------------------- */

struct removing {
    struct membership_id seat;
    enum member_reason reason;
};

static inline enum rc run_remove(struct story *s, void *ctx, struct err *err)
{
    const struct removing *r = ctx;
    const struct audit_who who = the_desk(s);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(s->c.g.h.db, &tx, err) || member_remove(&s->c.g.gate, &who, r->seat, r->reason, err))
        return err->rc == RC_NOT_FOUND ? RC_CONFLICT : err->rc;
    return db_commit(&tx, err);
}

static inline int64_t removals(struct story *s, struct membership_id seat)
{
    return story_ask(s, "SELECT count(*) FROM audit WHERE practice_id = $1 AND item_id = $2 AND verb = 21", seat.v, 0);
}

static inline int64_t may_die(struct story *s, size_t bits)
{
    return chance(s, 60) ? story_draw_calls(s, bits) : 0;
}

static inline void act_remove(struct story *s)
{
    static const enum member_reason reasons[] = { MEMBER_REASON_STAFF, MEMBER_REASON_MOVED, MEMBER_REASON_DIED,
                                                  MEMBER_REASON_RULES };
    struct one *one = &s->who[a_patient(s)];
    struct removing r = { one->seat[0], ONE_OF(s, reasons) };
    const struct story_program p = { DIED_REMOVING, HOME_WITH_KEYS, run_remove, &r, may_die(s, 6) };

    if (!one->seat[0].v || one->is_erased)
        return;
    story_disturb(s, one->email);
    const int64_t before = removals(s, one->seat[0]);

    (void)story_program(s, &p);
    one->has_died |= r.reason == MEMBER_REASON_DIED && removals(s, one->seat[0]) > before;
}

static inline void act_end_group(struct story *s)
{
    const struct audit_who who = the_desk(s);
    const size_t g = draw(s, s->group_count);
    struct err err;
    int64_t letters;

    if (s->is_over[g])
        return;
    CIRCLE_TX(&s->c, HELP_OK(ending_close(&s->c.g.gate, &who, s->groups[g].id, NULL, &letters, &err)));
    s->is_over[g] = true;
}

static inline enum rc run_erase(struct story *s, void *ctx, struct err *err)
{
    const struct one *one = ctx;
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct erase_result result;
    struct person p;

    if (person_get(&s->c.g.gate.store, one->person, s->c.mem, &p, err))
        return err->rc;
    return erase_run(&s->c.g.gate, &who, &p, false, NULL, &result, err);
}

static inline bool is_erased_now(struct story *s, const struct one *one)
{
    return story_ask(s, "SELECT count(*) FROM audit WHERE practice_id = $1 AND item_id = $2 AND verb = 93",
                     one->person.v, 0) > 0;
}

/* Killed half way: done again at once, or some time later (story_finish), or the story is over before. */
static inline void erase_one(struct story *s, struct one *one, int64_t die_after)
{
    struct story_program p = { DIED_ERASING, HOME_WITH_KEYS, run_erase, one, die_after };
    enum story_program_end end = story_program(s, &p);

    if (end == PROGRAM_KILLED && chance(s, 50)) {
        p.die_after = 0;
        end = story_program(s, &p);
    }
    one->is_half_erased = end == PROGRAM_KILLED;
    one->is_erased = is_erased_now(s, one);
    PROMISE(s, 4, end != PROGRAM_DONE || one->is_erased, "erased, and the record does not know");
}

static inline void act_erase(struct story *s)
{
    struct one *one = &s->who[a_patient(s)];

    if (one->is_erased)
        return;
    story_disturb(s, one->email);
    erase_one(s, one, may_die(s, 10));
}

static inline enum rc run_purge(struct story *s, void *ctx, struct err *err)
{
    struct retention_counts counts = { { 0 } };

    (void)ctx;
    return clock_purge(&s->c.g.gate, false, &counts, err);
}

static inline void act_purge(struct story *s)
{
    const struct story_program p = { DIED_PURGING, HOME_WITH_KEYS, run_purge, NULL, may_die(s, 6) };

    if (chance(s, 30))
        home_set_time(s->c.home, gate_now_ms(&s->c.g.gate) + 40 * MS_DAY);
    (void)story_program(s, &p);
}

static inline enum rc run_rekey(struct story *s, void *ctx, struct err *err)
{
    const struct rekey_pace pace = { .batch = REKEY_BATCH };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    int64_t values;

    (void)ctx;
    return rekey_run(&s->c.g.gate.store, s->c.home->keys, &who, &pace, &values, err);
}

/* Killed half way, both keys serve until somebody calls it again. */
static inline void act_rekey(struct story *s)
{
    const struct story_program p = { DIED_REKEYING, HOME_WITH_KEYS, run_rekey, NULL, may_die(s, 9) };

    s->is_half_rekeyed = story_program(s, &p) == PROGRAM_KILLED;
}

/* What was killed half way is done again, and letters that wait for staff go. */
static inline void story_finish(struct story *s)
{
    const struct story_program rekey = { DIED_REKEYING, HOME_WITH_KEYS, run_rekey, NULL, 0 };

    act_resume(s);
    for (size_t i = STORY_STAFF; i < s->who_count; i++)
        if (s->who[i].is_half_erased)
            erase_one(s, &s->who[i], 0);
    if (s->is_half_rekeyed)
        PROMISE(s, 9, story_program(s, &rekey) == PROGRAM_DONE, "a rekey that died cannot go on");
}

/* --- time --------------------------------------------------------------------------------------------------------------------------------------------- */

static inline void move_clock(struct story *s, int64_t ms)
{
    home_set_time(s->c.home, gate_now_ms(&s->c.g.gate) + ms);
}

static inline void act_hours(struct story *s)
{
    move_clock(s, (int64_t)(1 + draw(s, 12)) * MS_HOUR + (int64_t)draw(s, 3600) * MS_SECOND);
}

static inline void act_days(struct story *s)
{
    story_calls_go_on(s, (int64_t)(1 + draw(s, 4)) * MS_DAY);
}

static inline void act_month(struct story *s)
{
    story_calls_go_on(s, 40 * MS_DAY);
}

/* To a few minutes behind the hour at which letters close (6 or 8 by their clocks); whoever closes them may die of it. */
static inline void act_letters_due(struct story *s)
{
    static const int64_t hours[] = { 8, 18 };
    const int64_t now_ms = gate_now_ms(&s->c.g.gate), hour_ms = (ONE_OF(s, hours) + 5) * MS_HOUR;
    const int64_t today_ms = now_ms - now_ms % MS_DAY + hour_ms + 5 * MS_MINUTE;

    home_set_time(s->c.home, today_ms > now_ms ? today_ms : today_ms + MS_DAY);
    s->die_in = ROLE_CLOCK;
    s->die_after = may_die(s, 8);
}

/* To a quarter of an hour around 2 o'clock of 8 March or 1 November 2026 in New York, when it is still to come. */
static inline void act_summer_time(struct story *s)
{
    static const int64_t edges[] = { INT64_C(1772953200000), INT64_C(1793512800000) };
    const int64_t at = edges[chance(s, 25)] + ((int64_t)draw(s, 9) - 4) * 15 * MS_MINUTE;

    if (at > gate_now_ms(&s->c.g.gate))
        home_set_time(s->c.home, at);
}

static inline void act_backward(struct story *s)
{
    s->backward_step = s->step;
    s->backward_ms = gate_now_ms(&s->c.g.gate);
    if (s->other) {
        s->other->backward_step = s->step;
        s->other->backward_ms = s->backward_ms;
    }
    move_clock(s, -(int64_t)(1 + draw(s, 5)) * MS_HOUR);
}

/* --- which act ------------------------------------------------------------------------------------------------------------------------------------------ */

struct act {
    const char *name;
    int weight;
    void (*play)(struct story *s);
};

static const struct act story_acts[] = {
    { "post", 18, act_post },
    { "comment", 12, act_comment },
    { "command", 7, act_command },
    { "rsvp words", 3, act_rsvp_words },
    { "robot", 3, act_robot },
    { "stranger", 2, act_stranger },
    { "bounce", 2, act_bounce },
    { "again", 5, act_again },
    { "too big", 1, act_too_big },
    { "forged", 8, act_forged },
    { "wrong person", 4, act_wrong_person },
    { "decide", 34, act_decide },
    { "undo", 2, act_after },
    { "announce", 4, act_announce },
    { "answer staff", 5, act_answer_staff },
    { "page", 4, act_page },
    { "staff answers", 3, act_staff_answers },
    { "add member", 2, act_add_member },
    { "answer invitation", 3, act_answer_invitation },
    { "remove", 2, act_remove },
    { "end group", 1, act_end_group },
    { "resume", 2, act_resume },
    { "erase", 1, act_erase },
    { "purge", 1, act_purge },
    { "rekey", 2, act_rekey },
    { "crossed", 4, act_crossed },
    { "letters due", 4, act_letters_due },
    { "hours", 14, act_hours },
    { "days", 5, act_days },
    { "month", 1, act_month },
    { "summer time", 1, act_summer_time },
    { "backward", 1, act_backward },
};

static inline const struct act *story_draw_act(struct story *s)
{
    size_t sum = 0, at;

    for (size_t i = 0; i < COUNT_OF(story_acts); i++)
        sum += (size_t)story_acts[i].weight;
    at = draw(s, sum);
    for (size_t i = 0;; i++) {
        if (at < (size_t)story_acts[i].weight)
            return &story_acts[i];
        at -= (size_t)story_acts[i].weight;
    }
}

static inline void draw_trouble(struct story *s)
{
    static const enum relay_mood moods[] = { RELAY_DEFERS, RELAY_REFUSES, RELAY_FORGETS, RELAY_BREAKS, RELAY_AWAY };
    static const enum story_role dying[] = { ROLE_SORT, ROLE_SORT, ROLE_CLOCK, ROLE_CLOCK, ROLE_URGENT, ROLE_MAIL };

    s->mood = chance(s, 18) ? ONE_OF(s, moods) : RELAY_WELL;
    s->die_after = chance(s, 12) ? story_draw_calls(s, 8) : 0;
    s->fail_after = chance(s, 4) ? story_draw_calls(s, 8) : 0;
    s->die_in = ONE_OF(s, dying);
}

/* One step: the relay's mood, perhaps a death, the act, the work it makes, and the look from outside. Where there are two practices, it is one's.
 * Tells which act it was. */
static inline const char *story_step(struct story *first, int step)
{
    struct story *s = first->other && story_mix(first->seed * 977 + (uint64_t)step) & 1 ? first->other : first;
    struct rows before;

    s->step = step;
    s->rng = story_mix(s->seed ^ story_mix((uint64_t)step));
    draw_trouble(s);
    rows_read(s->other, &before);
    if (chance(s, 25)) {
        s->doing = "check-in";
        act_check_in(s);
    }
    const struct act *act = story_draw_act(s);
    s->doing = act->name;
    act->play(s);
    story_work(s, ROLE_SORT);
    story_check(s);
    check_rows(s, &before);
    story_other_works(s);
    return act->name;
}

static inline void story_end(struct story *first)
{
    struct story *const both[] = { first, first->other };

    for (size_t i = 0; i < COUNT_OF(both) && both[i]; i++) {
        both[i]->step = -1;
        both[i]->doing = "end";
        both[i]->mood = RELAY_WELL;
        both[i]->die_after = both[i]->fail_after = 0;
        story_finish(both[i]);
        story_leases_end(both[i]);
    }
    for (int day = 0; day < 9; day++) {
        home_set_time(first->c.home, gate_now_ms(&first->c.g.gate) + (day ? MS_DAY : MS_HOUR));
        story_work(first, ROLE_SORT);
        story_check(first);
        story_other_works(first);
    }
    for (size_t i = 0; i < COUNT_OF(both) && both[i]; i++)
        check_end(both[i]);
    check_files(first);
}

#endif
