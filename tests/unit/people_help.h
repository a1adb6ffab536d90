/*
 * people_help: a temporary home with a practice, a group and a clock that the test moves. Included by people_*_test.c only.
 */
#ifndef TESTS_UNIT_PEOPLE_HELP_H
#define TESTS_UNIT_PEOPLE_HELP_H

#include "tests/unit/staff_yes_help.h"
#include "tests/unit/store_help.h"

#include "gateway/home/home.h"
#include "gateway/office/policy.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/people/member.h"
#include "gateway/practice/record.h"
#include "store/delivery.h"
#include "store/group.h"
#include "store/post.h"

#define NOW0 INT64_C(1798761600000) /* 2027-01-01 */

#define OK(call) HELP_OK(call)

struct world {
    struct help h;
    struct home *home;
    struct gate gate;
    struct arena *mem;
    struct person ana, lee;
    struct care_group group;
    struct audit_who who;
};

static inline void world_set(struct world *w, enum setting setting, const char *value)
{
    struct err err;

    OK(policy_set(&w->gate, &w->who, setting, value, &err));
}

/* Who was not asked yet. */
static inline void world_new_staff(struct world *w, const char *name, const char *email, int64_t rank, struct person *p)
{
    struct enroll e = {
        .name = name, .email = email, .title = "nurse", .staff_role = STAFF_MODERATOR, .duty_rank = rank
    };
    struct err err;

    OK(enroll_staff(&w->gate, &w->who, &e, w->mem, p, &err));
}

/* Who said yes. */
static inline void world_staff(struct world *w, const char *name, const char *email, int64_t rank, struct person *p)
{
    struct address *list;
    struct err err;
    size_t n;

    world_new_staff(w, name, email, rank, p);
    OK(person_addresses(&w->gate.store, p->id, w->mem, &list, &n, &err));
    OK(staff_yes_record(&w->gate.store, p->id, list[0].id, &err));
}

static inline void world_start(struct world *w)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct practice_id practice;
    struct home_plan plan = { .made_for = HOME_FOR_TEST };
    struct err err;

    *w = (struct world){ .mem = arena_new("world"), .who = { AUDIT_OPERATOR, 1, AUDIT_WAY_CLI } };
    help_place(&w->h, "home/postcircle.db");
    plan.path = arena_printf(w->mem, "%s/home", w->h.dir);
    plan.key_file = arena_printf(w->mem, "%s/key", w->h.dir);
    plan.database_url = help_is_pg() ? w->h.url : NULL;
    OK(home_make(&plan, &practice, &err));
    OK(home_open(plan.path, HOME_WITH_KEYS, &w->home, &err));
    home_set_time(w->home, NOW0);
    assert_int_equal(db_is_postgres(w->home->db), help_is_pg());
    OK(gate_open(w->home, practice, &w->gate, &err));
    OK(db_begin(w->home->db, &tx, &err));
    world_set(w, SETTING_ZONE, "America/New_York");
    world_set(w, SETTING_NAME, "Lakeside Clinic");
    world_set(w, SETTING_OFFICE_PHONE, "(555) 555-0100");
    world_set(w, SETTING_OFFICE_HOURS, "Mon-Fri 08:00-17:00");
    world_set(w, SETTING_EMERGENCY_LINE, "911");
    world_set(w, SETTING_DOMAIN, "groups.example.org");
    world_staff(w, "Ana Ruiz", "ana@example.org", 1, &w->ana);
    world_staff(w, "Lee Park", "lee@example.org", 2, &w->lee);
    w->group = (struct care_group){ .slug = "tuesday",
                                    .zone = "America/New_York",
                                    .digest_minute = 540,
                                    .digest_weekday = 2,
                                    .name = "Tuesday Circle",
                                    .alias = "Tuesday",
                                    .short_text = "A circle.",
                                    .long_text = "A group for us.",
                                    .rules = "Be kind.\nNo advice.",
                                    .forbidden = "" };
    OK(group_add(&w->gate.store, &w->group, &err));
    OK(db_commit(&tx, &err));
}

static inline void world_stop(struct world *w)
{
    if (w->home)
        gate_close(&w->gate);
    home_close(&w->home);
    arena_free(&w->mem);
    help_stop(&w->h); /* h.db is not used: the home has its own */
}

/* Adds and invites; gives the membership. */
static inline struct membership world_invite(struct world *w, const char *name, const char *email)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct enroll e = { .name = name, .email = email, .phone = "555-555-0101" };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct membership m = { .group = { 0 } };
    struct invite invite = { .invited_by = w->ana.id };
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    OK(enroll_member(&w->gate, &w->who, &w->group, &e, &seat, w->mem, &m, &err));
    invite.person = m.person;
    invite.membership = m.id;
    OK(invite_send(&w->gate, &w->who, &invite, &err));
    OK(db_commit(&tx, &err));
    return m;
}

static inline enum rc world_answer(struct world *w, const struct membership *m, const char *text, const char *from,
                                   enum invite_effect *effect)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct invitation inv;
    struct invite_reply reply = { .letter = { 77 }, .text = text, .from_address = from };
    struct err err;
    enum rc rc;

    OK(invitation_newest(&w->gate.store, m->person, m->id, w->mem, &inv, &err));
    reply.invitation = inv.id;
    OK(db_begin(w->home->db, &tx, &err));
    rc = invite_answer(&w->gate, &reply, effect, &err);
    if (!rc)
        OK(db_commit(&tx, &err));
    return rc;
}

static inline struct membership world_join(struct world *w, const char *name, const char *email)
{
    struct membership m = world_invite(w, name, email);
    enum invite_effect effect;
    struct err err;

    assert_int_equal(world_answer(w, &m, "Yes, thank you!", email, &effect), RC_OK);
    assert_int_equal(effect, INVITE_JOINED);
    OK(membership_get(&w->gate.store, m.id, w->mem, &m, &err));
    return m;
}

static inline enum rc world_say(struct world *w, const struct membership *m, struct command command)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct member_act act = {
        .command = &command, .person = m->person, .membership = m->id, .address = m->address, .letter = { 88 }
    };
    struct err err;
    bool is_done;
    enum rc rc;

    command.text = command.text ? command.text : "";
    OK(db_begin(w->home->db, &tx, &err));
    rc = member_command(&w->gate, &act, &is_done, &err);
    if (rc)
        return rc;
    assert_true(is_done);
    OK(db_commit(&tx, &err));
    return RC_OK;
}

static inline struct membership world_get(struct world *w, const struct membership *m)
{
    struct membership now = { .group = { 0 } };
    struct err err;

    OK(membership_get(&w->gate.store, m->id, w->mem, &now, &err));
    return now;
}

/* How many mails of a kind wait for a person. */
static inline size_t world_mails(struct world *w, struct person_id person, enum mailing_kind kind)
{
    struct delivery *rows;
    size_t n, count = 0;
    struct err err;

    OK(delivery_of_person(&w->gate.store, person, (struct delivery_id){ 0 }, 100, w->mem, &rows, &n, &err));
    for (size_t i = 0; i < n; i++) {
        struct mailing mailing;

        if (rows[i].state != DELIVERY_READY)
            continue;
        OK(mailing_get(&w->gate.store, rows[i].mailing, w->mem, &mailing, &err));
        count += mailing.kind == kind;
    }
    return count;
}

static inline int64_t world_roster(struct world *w)
{
    struct roster_count count;
    struct err err;

    OK(membership_count(&w->gate.store, &(struct roster_filter){ .group = w->group.id }, &count, &err));
    return count.all;
}

#endif
