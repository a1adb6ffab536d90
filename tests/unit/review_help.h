/*
 * review_help: a circle with a note that waits, and a decision about it. Included by review_*_test.c only.
 */
#ifndef TESTS_UNIT_REVIEW_HELP_H
#define TESTS_UNIT_REVIEW_HELP_H

#include "circle_help.h"

#include "gateway/note/review.h"

#define CRISIS "I want to kill myself tonight."

static inline int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static inline int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

static inline struct person staff(struct circle *c, struct person_id id)
{
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &p, &err));
    return p;
}

/* A note of Maria's waits; *ret_asked is the mail about it. */
static inline struct post note(struct circle *c, const char *text, const struct mail **ret_asked)
{
    struct post p;

    circle_write(c, MARIA, GROUP, "A note", text, PASS);
    p = circle_waiting(c, text);
    assert_true(p.id.v);
    if (ret_asked) {
        *ret_asked = circle_mail(c, ANA, "a note waits");
        circle_has(*ret_asked, text);
    }
    circle_listen(c);
    return p;
}

static inline enum rc decide(struct circle *c, struct post_id post, struct decision decision, struct person_id by,
                             struct review_result *ret_result)
{
    const struct person who = staff(c, by);
    const struct review_act act = { .post = post, .decision = &decision, .staff = &who, .way = REVIEW_CLI };
    struct err err;
    enum rc rc = RC_OK;

    if (!decision.text)
        decision.text = "";
    CIRCLE_TX(c, rc = review_decide(&c->g.gate, &act, c->mem, ret_result, &err));
    circle_run(c);
    return rc;
}

static inline enum post_state state_of(struct circle *c, struct post p)
{
    return circle_post(c, p.id).state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
