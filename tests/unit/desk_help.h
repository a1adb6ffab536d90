/* desk_help: a nurse who writes to the desk in answer to the newest mail that she has. */
#ifndef TESTS_UNIT_DESK_HELP_H
#define TESTS_UNIT_DESK_HELP_H

#include "tests/unit/circle_help.h"

static inline void open_circle(struct circle *c, enum staff_role ana_role)
{
    struct person p;
    struct err err;

    circle_start(c);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &p, &err));
    p.role = ana_role;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &p, &err)));
    /* something of ours that Ana can answer: a review mail */
    circle_write(c, MARIA, GROUP, "Soup", "I made soup today.", PASS);
    circle_listen(c);
}

/* Ana says it in answer to the newest mail that she has. */
static inline const struct mail *say(struct circle *c, const char *text)
{
    const struct mail *last = circle_mail(c, ANA, NULL);

    assert_non_null(last);
    circle_listen(c);
    circle_reply(c, last, ANA, text, PASS);
    return circle_since(c, ANA, NULL);
}

static inline int64_t audits(struct circle *c, int verb)
{
    return circle_count(c, arena_printf(c->mem, "SELECT COUNT(*) FROM audit WHERE verb = %d", verb));
}

#endif
