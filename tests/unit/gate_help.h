/*
 * gate_help: a gate on a fresh store, with one group and as many members as a test wants. People are invented.
 */
#ifndef TESTS_UNIT_GATE_HELP_H
#define TESTS_UNIT_GATE_HELP_H

#include "staff_yes_help.h"
#include "store_help.h"

#include "base/text.h"
#include "gateway/home/home.h"
#include "gateway/practice/gate.h"
#include "store/consent.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/conversation.h"
#include "store/post.h"
#include "store/practice.h"
#include "store/review.h"

#define GATE_DOMAIN "groups.example.org"
#define GATE_CANARY "diabetes" /* the forbidden word of the group: no header may show it */

struct gate_help {
    struct help h;
    struct gate gate;
    struct keyring *ring;
    struct clock clock;
    int64_t now_ms;
    struct id_source ids;
    struct care_group group;
    struct person_id staff;
};

static inline void gate_help_open(struct gate_help *g, int64_t node)
{
    struct err err;

    g->ring = help_ring(1);
    g->clock = clock_manual(&g->now_ms);
    id_source_init(&g->ids, node);
    g->gate = (struct gate){
        .store = { .db = g->h.db, .practice = { 1 }, .ring = g->ring, .clock = &g->clock, .ids = &g->ids },
        .facts = { .name = "Lakeside Clinic",
                   .office_phone = "(555) 555-0100",
                   .office_hours = "Mon-Fri 08:00-17:00",
                   .holidays = "",
                   .emergency_line = "911",
                   .domain = GATE_DOMAIN,
                   .relay = "",
                   .zone = "America/New_York",
                   .authserv_id = "",
                   .page_command = "",
                   .public_url = "" },
        .mem = arena_new("gate_help"),
    };
    HELP_OK(template_set_load("templates", NULL, &g->gate.templates, &err));
}

static inline void gate_help_close(struct gate_help *g)
{
    template_set_free(&g->gate.templates);
    keyring_free(&g->ring);
    arena_free(&g->gate.mem);
}

#define IN_TX(g, call)                                                                                                 \
    do {                                                                                                               \
        struct db_tx tx_ = { 0 };                                                                                      \
        HELP_OK(db_begin((g)->h.db, &tx_, &err));                                                                      \
        HELP_OK(call);                                                                                                 \
        HELP_OK(db_commit(&tx_, &err));                                                                                \
    } while (0)

static inline void gate_help_start(struct gate_help *g)
{
    struct err err;
    struct person staff = { .kind = PERSON_STAFF,
                            .state = PERSON_ACTIVE,
                            .role = STAFF_MODERATOR,
                            .duty_rank = 1,
                            .language = LANGUAGE_ENGLISH,
                            .format = FORMAT_NORMAL,
                            .name = "Ana Ruiz",
                            .title = "your nurse" };
    struct address address = { .kind = ADDRESS_EMAIL, .value = "ana.ruiz@clinic.example.com" };

    *g = (struct gate_help){ .now_ms = INT64_C(1772550000000) }; /* Tuesday, 3 March 2026, 10:00 in New York */
    help_start(&g->h);
    gate_help_open(g, 1);
    g->group = (struct care_group){ .zone = "America/New_York",
                                    .digest_minute = 18 * 60,
                                    .digest_weekday = 5,
                                    .review = GROUP_REVIEW_HOLD,
                                    .slug = "tuesday",
                                    .name = "Type 2 " GATE_CANARY " support",
                                    .alias = "Tuesday Circle",
                                    .short_text = "",
                                    .long_text = "",
                                    .rules = "",
                                    .forbidden = GATE_CANARY };
    IN_TX(g, practice_add(g->h.db, g->gate.store.practice, g->now_ms, &err));
    IN_TX(g, group_add(&g->gate.store, &g->group, &err));
    IN_TX(g, person_add(&g->gate.store, &staff, &err));
    IN_TX(g, address_add(&g->gate.store, &address, &err));
    IN_TX(g, person_link_address(&g->gate.store, staff.id, address.id, 1, &err));
    IN_TX(g, staff_yes_record(&g->gate.store, staff.id, address.id, &err));
    g->staff = staff.id;
}

static inline void gate_help_stop(struct gate_help *g)
{
    gate_help_close(g);
    help_stop(&g->h);
}

/* An active member who said yes. Needs an open transaction. */
static inline struct membership gate_help_member(struct gate_help *g, const char *name, const char *email,
                                                 enum member_rhythm rhythm)
{
    struct err err;
    struct store *st = &g->gate.store;
    struct person person = { .kind = PERSON_PATIENT,
                             .state = PERSON_ACTIVE,
                             .language = LANGUAGE_ENGLISH,
                             .format = FORMAT_NORMAL,
                             .name = name };
    struct address address = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };
    struct membership m = { .group = g->group.id,
                            .role = MEMBER_PATIENT,
                            .state = MEMBER_ACTIVE,
                            .rhythm = rhythm,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = -1,
                            .name = name };
    struct consent yes = { .channel = CHANNEL_EMAIL,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };

    HELP_OK(person_add(st, &person, &err));
    HELP_OK(address_add(st, &address, &err));
    HELP_OK(person_link_address(st, person.id, address.id, 1, &err));
    m.person = person.id;
    m.address = address.id;
    HELP_OK(membership_add(st, &m, &err));
    yes.person = m.person;
    yes.membership = m.id;
    yes.address = m.address;
    HELP_OK(consent_add(st, &yes, &err));
    return m;
}

/* A post that a moderator released. conversation 0 opens one. Needs an open transaction. */
static inline struct post gate_help_post(struct gate_help *g, struct person_id author, enum post_kind kind,
                                         struct conversation_id conversation, const char *tag, const char *text)
{
    struct err err;
    struct store *st = &g->gate.store;
    struct conversation c = { .group = g->group.id };
    struct post p = { .group = g->group.id,
                      .conversation = conversation,
                      .kind = kind,
                      .state = POST_HELD,
                      .author = author,
                      .tier = 4,
                      .audience_tag = tag,
                      .text = text,
                      .context = "{}",
                      .created_ms = g->now_ms };
    struct review review = { .staff = g->staff, .decision = 1, .way = REVIEW_CLI, .at_ms = g->now_ms };

    HELP_OK(post_add(st, &p, &err));
    if (kind == POST_POST) {
        c.first_post = p.id;
        c.title = text_excerpt(g->gate.mem, text, 40);
        HELP_OK(conversation_add(st, &c, &err));
        p.conversation = c.id;
        HELP_OK(post_change(st, &p, &err));
    }
    review.post = p.id;
    review.post_version = p.version;
    HELP_OK(review_add(st, &review, &err));
    HELP_OK(post_publish(st, &p, &err));
    HELP_OK(post_get(st, p.id, g->gate.mem, &p, &err));
    return p;
}

#endif
