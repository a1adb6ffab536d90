/*
 * story_work: what works in a random story: the relay with its moods, the roles, and their deaths; and other programs, which open the home by themselves.
 *
 * Shape    A role dies at a database call that was drawn: nothing later of it reaches the database, and everything is opened again. A program (receive,
 *          purge, rekey …) is a process of its own, killed by SIGKILL when it reaches its call. Nobody else has the home open meanwhile.
 */
#ifndef TESTS_UNIT_STORY_WORK_H
#define TESTS_UNIT_STORY_WORK_H

#include "story_help.h"

#include <signal.h>
#include <sys/wait.h>

/* --- the relay ------------------------------------------------------------------------------------------------------------------------------ */

static inline void story_disturb(struct story *s, const char *email)
{
    for (size_t i = 0; i < s->who_count; i++)
        if (!strcmp(s->who[i].email, email))
            s->who[i].is_disturbed = true;
}

static inline struct transport_result story_verdict(struct story *s, const struct wire *wire)
{
    const bool is_struck = chance(s, 35);
    const bool is_patients = !strstr(wire_recipient(wire), s->place->staff_domain) &&
                             !strstr(wire_recipient(wire), story_places[0].staff_domain);

    if (is_struck && s->mood == RELAY_DEFERS)
        return (struct transport_result){ .outcome = TRANSPORT_DEFERRED, .code = 451, .enhanced = { 4, 3, 0 } };
    if (is_struck && s->mood == RELAY_FORGETS)
        return (struct transport_result){ .outcome = TRANSPORT_UNCERTAIN };
    if (is_struck && s->mood == RELAY_REFUSES && is_patients)
        return (struct transport_result){ .outcome = TRANSPORT_FAILED, .code = 550, .enhanced = { 5, 1, 1 } };
    return (struct transport_result){ .outcome = TRANSPORT_ACCEPTED, .code = 250 };
}

static inline enum rc story_take(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                                 void *done_ctx, struct err *err)
{
    struct story *s = ctx;
    const size_t broken_at = s->mood == RELAY_BREAKS ? draw(s, count + 1) : count;
    const struct transport_result not_sent = { .outcome = TRANSPORT_NOT_SENT };

    for (size_t i = 0; i < count; i++) {
        const struct transport_result r = i < broken_at ? story_verdict(s, wires[i]) : not_sent;

        if (r.outcome == TRANSPORT_ACCEPTED || r.outcome == TRANSPORT_UNCERTAIN)
            circle_keep(&s->c, wires[i]);
        if (r.outcome == TRANSPORT_FAILED)
            story_disturb(s, wire_recipient(wires[i]));
        s->doubtful += r.outcome == TRANSPORT_UNCERTAIN;
        done(done_ctx, i, &r);
    }
    return broken_at < count ? err_set(err, RC_TEMP, "the relay broke off") : RC_OK;
}

static inline enum rc story_connect(void *ctx, struct err *err)
{
    const struct story *s = ctx;

    return s->mood == RELAY_AWAY ? err_set(err, RC_TEMP, "no relay") : RC_OK;
}

/* --- the home, opened and closed ---------------------------------------------------------------------------------------------------------------- */

static inline void story_close(struct story *s)
{
    gate_close(&s->c.g.gate);
    if (s->other)
        gate_close(&s->other->c.g.gate);
    home_close(&s->c.home);
}

static inline void story_open_gate(struct story *s, struct home *home)
{
    struct err err;

    s->c.home = home;
    s->c.g.h.db = home->db;
    HELP_OK(gate_open(home, s->practice, &s->c.g.gate, &err));
    s->c.g.gate.facts = s->facts;
}

/* Leases are real time: what the dead one held is free at once. */
static inline void story_leases_end(struct story *s)
{
    static const char *const tables[] = { "arrival", "delivery", "page_call" };

    for (size_t i = 0; i < COUNT_OF(tables); i++)
        help_raw(&s->c.g.h,
                 arena_printf(s->c.mem,
                              "UPDATE %s SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL AND practice_id ="
                              " %" PRId64,
                              tables[i], s->practice.v));
}

/* What a role does that starts: nothing is left of the one before but rows. */
static inline void story_open(struct story *s, int64_t now_ms)
{
    struct home *home = NULL;
    struct err err;

    HELP_OK(home_open(arena_printf(s->c.mem, "%s/home", s->c.g.h.dir), HOME_WITH_KEYS, &home, &err));
    home_set_time(home, now_ms);
    story_open_gate(s, home);
    if (s->other)
        story_open_gate(s->other, home);
}

static inline void story_open_again(struct story *s)
{
    const int64_t now_ms = gate_now_ms(&s->c.g.gate);

    story_close(s);
    story_open(s, now_ms);
    story_leases_end(s);
}

/* --- the roles -------------------------------------------------------------------------------------------------------------------------------- */

static inline enum rc story_role_once(struct story *s, enum story_role role, size_t *ret_did, struct err *err)
{
    struct circle *c = &s->c;
    struct sorter sorter = { .gate = &c->g.gate, .sandbox = c->sandbox, .lexicon = c->lexicon };
    const struct transport relay = { story_connect, story_take, circle_nothing, circle_nothing, s, NULL };

    *ret_did = 0;
    switch (role) {
    case ROLE_SORT:
        return sort_run(&sorter, 16, ret_did, err);
    case ROLE_CLOCK:
        return clock_work(&c->g.gate, ret_did, err);
    case ROLE_URGENT:
        return urgent_work(&c->g.gate, c->programs, ret_did, err);
    default:
        return mail_run_once(&c->g.gate, &relay, &MAIL_ALL, ret_did, err);
    }
}

/* Until a role finds nothing to do. is_tried: it may fail. */
static inline void story_role(struct story *s, enum story_role role, bool is_tried)
{
    struct err err = { .rc = RC_OK };
    size_t did = 1, rounds = 0;
    enum rc rc = RC_OK;

    while (!rc && did && rounds++ < 300)
        rc = story_role_once(s, role, &did, &err);
    PROMISE(s, 4, is_tried || !rc, "%s failed: %s", death_names[role], err.msg);
    PROMISE(s, 4, rounds < 300, "%s finds no end", death_names[role]);
}

/* One role of them dies on the way, or fails once, as was drawn. */
static inline void story_work_badly(struct story *s, enum story_role first)
{
    struct db *db = s->c.g.h.db;
    const size_t before = s->c.mail_count;
    const enum story_role in = s->die_in > first ? s->die_in : first;

    for (enum story_role role = first; role <= in; role++) {
        if (role == in && s->die_after)
            db_die_after(db, s->die_after);
        else if (role == in)
            db_fail_after(db, s->fail_after);
        story_role(s, role, true);
    }
    s->doubtful += s->c.mail_count - before; /* left, and perhaps never written down */
    s->died[in] += db_is_dead(db);
    db_fail_after(db, 0);
    story_open_again(s);
    s->die_after = s->fail_after = 0;
}

/* Does the work of these roles; with a death or a single failure on the way if one was drawn, and then once more. */
static inline void story_work(struct story *s, enum story_role first)
{
    if (s->die_after || s->fail_after)
        story_work_badly(s, first);
    for (enum story_role role = first; role < ROLE_COUNT; role++)
        story_role(s, role, false);
    for (size_t i = s->checked; i < s->c.mail_count; i++)
        if (!s->seen[i].delivery)
            story_look_up(s, i);
}

/* --- other programs --------------------------------------------------------------------------------------------------------------------------- */

/* run works with s->c.home; with keys, with the gate too. It may end with RC_CONFLICT and RC_TEMP. */
struct story_program {
    enum death death;
    enum home_need need;
    enum rc (*run)(struct story *s, void *ctx, struct err *err);
    void *ctx;
    int64_t die_after; /* calls that reach the database, its home once open; 0: it lives */
};

enum story_program_end { PROGRAM_DONE, PROGRAM_REFUSED, PROGRAM_FAILED, PROGRAM_KILLED };

__attribute__((noreturn)) static inline void story_be_program(struct story *s, const struct story_program *p,
                                                              int64_t now_ms)
{
    struct home *home = NULL;
    struct err err = { .rc = RC_OK };
    enum rc rc;

    HELP_OK(home_open(arena_printf(s->c.mem, "%s/home", s->c.g.h.dir), p->need, &home, &err));
    home_set_time(home, now_ms);
    s->c.home = home;
    s->c.g.h.db = home->db;
    if (p->need == HOME_WITH_KEYS)
        story_open_gate(s, home);
    db_die_after(home->db, p->die_after);
    rc = p->run(s, p->ctx, &err);
    if (db_is_dead(home->db))
        raise(SIGKILL);
    if (rc && rc != RC_CONFLICT && rc != RC_TEMP) {
        printf("%s: %s: %s\n", death_names[p->death], rc_name(rc), err.msg);
        fflush(stdout);
        _exit(PROGRAM_FAILED);
    }
    home_close(&home);
    _exit(rc ? PROGRAM_REFUSED : PROGRAM_DONE);
}

static inline enum story_program_end story_program(struct story *s, const struct story_program *p)
{
    const int64_t now_ms = gate_now_ms(&s->c.g.gate);
    int status = 0;
    pid_t pid;

    story_close(s);
    fflush(stdout);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        story_be_program(s, p, now_ms);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    story_open(s, now_ms);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        s->died[p->death]++;
        return PROGRAM_KILLED;
    }
    PROMISE(s, 4, WIFEXITED(status) && WEXITSTATUS(status) <= PROGRAM_REFUSED, "%s ended with %d",
            death_names[p->death], status);
    return WEXITSTATUS(status) ? PROGRAM_REFUSED : PROGRAM_DONE;
}

/* Small numbers as often as large ones, up to 2 to the power of bits. */
static inline int64_t story_draw_calls(struct story *s, size_t bits)
{
    return 1 + (int64_t)draw(s, (size_t)1 << (1 + draw(s, bits)));
}

/* --- beginning -------------------------------------------------------------------------------------------------------------------------------- */

static inline void story_begin(struct story *s)
{
    struct db_tx tx = { 0 };
    struct err err;

    s->facts = s->c.g.gate.facts;
    s->facts.name = s->place->practice;
    s->facts.domain = s->place->domain;
    s->facts.office_phone = s->place->phone;
    s->c.g.gate.facts = s->facts;
    s->practice = s->c.g.gate.store.practice;
    HELP_OK(db_begin(s->c.g.h.db, &tx, &err));
    HELP_OK(practice_add_domain(s->c.g.h.db, s->practice, s->place->domain, DOMAIN_GROUPS, &err));
    HELP_OK(db_commit(&tx, &err));
    story_cast(s);
    story_check_in(s);
}

/* One more practice in the home of `first`. */
static inline void story_start_second(struct story *s, struct story *first)
{
    struct err err;

    *s = (struct story){ .seed = first->seed,
                         .rng = story_mix(first->seed ^ 2),
                         .doing = "start",
                         .place = &story_places[1],
                         .first_word = 2048,
                         .other = first,
                         .c = { .mem = first->c.mem,
                                .programs = first->c.programs,
                                .home = first->c.home,
                                .sandbox = first->c.sandbox,
                                .lexicon = first->c.lexicon } };
    s->c.g.h = first->c.g.h;
    s->c.g.group = first->c.g.group;
    first->other = s;
    CIRCLE_TX(&first->c, HELP_OK(home_add_practice(first->c.home, &s->practice, &err)));
    HELP_OK(gate_open(first->c.home, s->practice, &s->c.g.gate, &err));
    s->c.g.gate.facts = first->facts;
    story_begin(s);
}

/* second NULL: a home with one practice. */
static inline void story_start(struct story *s, struct story *second, uint64_t seed)
{
    *s = (struct story){ .seed = seed, .rng = story_mix(seed), .doing = "start", .place = &story_places[0] };
    circle_start_empty(&s->c);
    story_begin(s);
    if (second)
        story_start_second(second, s);
}

#endif
