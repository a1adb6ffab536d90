/*
 * visit_help: a circle with a visit: Thursday, 5 March 2026, 14:00 in New York, by Ana, with a link. Included by tests only.
 */
#ifndef TESTS_UNIT_VISIT_HELP_H
#define TESTS_UNIT_VISIT_HELP_H

#include "circle_help.h"

#include "gateway/visit/planner_series.h"
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

static inline struct visit_seat visit_seat_of(struct circle *c, const struct visit *v, struct person_id person)
{
    struct visit_seat seat;
    struct err err;

    HELP_OK(visit_seat_find(&c->g.gate.store, v->id, person, c->mem, &seat, &err));
    return seat;
}

/* On that day of March 2026 at 14:00, for that many (0: no limit); everybody is asked. */
static inline struct visit visit_asked(struct circle *c, int day, int64_t capacity)
{
    struct visit_plan plan = visit_plan_of(c, 2026, 3, day, 14);
    struct visit v;

    plan.capacity = capacity;
    v = visit_planned(c, &plan);
    circle_work(c);
    return v;
}

/* In answer to the newest mail that they got. */
static inline void visit_says(struct circle *c, const char *who, const char *text)
{
    circle_reply(c, circle_mail(c, who, NULL), who, text, PASS);
    circle_work(c);
}

/* What a calendar program sends. events: one or more VEVENTs. */
static inline void visit_calendar_says(struct circle *c, const char *from, const char *method, const char *events)
{
    const char *raw =
        arena_printf(c->mem,
                     "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
                     "Received: from out.example.net by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                     "From: <%s>\r\nTo: <" GROUP ">\r\nSubject: Accepted\r\nMessage-ID: <calendar-%d@example.net>\r\n"
                     "MIME-Version: 1.0\r\nContent-Type: text/calendar; method=%s; charset=UTF-8\r\n\r\n"
                     "BEGIN:VCALENDAR\r\nPRODID:-//x//y//EN\r\nVERSION:2.0\r\nMETHOD:%s\r\n%sEND:VCALENDAR\r\n",
                     from, ++c->letters, method, method, events);

    circle_arrive(c, GROUP, raw, strlen(raw));
    circle_run(c);
    circle_work(c);
}

#endif
