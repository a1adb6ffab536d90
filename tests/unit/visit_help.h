/*
 * visit_help: a circle with a visit: Thursday, 5 March 2026, 14:00 in New York, by Ana, with a link. Included by tests only.
 */
#ifndef TESTS_UNIT_VISIT_HELP_H
#define TESTS_UNIT_VISIT_HELP_H

#include "circle_help.h"

#include "gateway/visit/planner.h"
#include "gateway/visit/roster.h"

#define VISIT_LINK "https://video.example.org/j/5550100"

static inline struct planner visit_planner(struct circle *c, struct audit_who *who)
{
    *who = (struct audit_who){ AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    return (struct planner){ .gate = &c->g.gate, .who = who, .mem = c->mem };
}

static inline struct visit_plan visit_plan_of(struct circle *c, int year, int month, int day, int hour)
{
    return (struct visit_plan){ .group = c->g.group.id,
                                .staff = c->ana,
                                .host = c->ana,
                                .kind = VISIT_GROUP,
                                .zone = "America/New_York",
                                .day = clock_days_from_civil(year, month, day),
                                .minute = hour * 60,
                                .minutes = 60,
                                .words = { .title = "Eating out without worry",
                                           .neutral = "",
                                           .link = VISIT_LINK,
                                           .dial_in = "(555) 555-0142",
                                           .notes = "Bring a menu.",
                                           .tag = "",
                                           .questions = "" } };
}

static inline struct visit visit_planned(struct circle *c, const struct visit_plan *plan)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit v = { .number = 0 };
    struct err err;

    CIRCLE_TX(c, HELP_OK(planner_add(&p, plan, &v, &err)));
    return v;
}

static inline struct visit visit_now(struct circle *c, const struct visit *v)
{
    struct visit now;
    struct err err;

    HELP_OK(visit_get(&c->g.gate.store, v->id, c->mem, &now, &err));
    return now;
}

#endif
