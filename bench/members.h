/*
 * members: a group with as many members as wanted, and the notes of a usual week: what the benches have in common. Included by programs of bench/ and
 * tests/tools/ only; a failure ends the program. People are invented.
 */
#ifndef BENCH_MEMBERS_H
#define BENCH_MEMBERS_H

#include "gateway/practice/gate.h"
#include "store/consent.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/person.h"
#include "store/conversation.h"
#include "store/post.h"
#include "store/review.h"

#define MEMBERS_LINE "This week I wrote a few lines about what helped me, and others answered me kindly. "

static inline void must(enum rc rc, const struct err *err, const char *what)
{
    if (rc) {
        fprintf(stderr, "%s: %s: %s\n", what, rc_name(rc), err->msg);
        exit(1);
    }
}
#define MUST(call) must((call), &err, #call)

static inline struct membership members_add(struct gate *gate, struct group_id group, int64_t i)
{
    struct err err;
    struct store *st = &gate->store;
    char name[32], email[64];
    struct person person = { .kind = PERSON_PATIENT,
                             .state = PERSON_ACTIVE,
                             .language = LANGUAGE_ENGLISH,
                             .format = FORMAT_NORMAL,
                             .name = name };
    struct address address = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };
    struct membership m = { .group = group,
                            .role = MEMBER_PATIENT,
                            .state = MEMBER_ACTIVE,
                            .rhythm = RHYTHM_DAILY,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = -1,
                            .name = name };
    struct consent yes = { .channel = CHANNEL_EMAIL,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };

    snprintf(name, sizeof(name), "Rose %" PRId64, i);
    snprintf(email, sizeof(email), "m%" PRId64 "@example.net", i);
    MUST(person_add(st, &person, &err));
    MUST(address_add(st, &address, &err));
    MUST(person_link_address(st, person.id, address.id, 1, &err));
    m.person = person.id;
    m.address = address.id;
    MUST(membership_add(st, &m, &err));
    yes.person = m.person;
    yes.membership = m.id;
    yes.address = m.address;
    MUST(consent_add(st, &yes, &err));
    return m;
}

/* Conversations of a usual week: 6 notes of a few lines. */
static inline void members_add_posts(struct gate *gate, struct group_id group, struct person_id author)
{
    struct err err;
    struct store *st = &gate->store;

    for (int i = 0; i < 6; i++) {
        struct conversation c = { .group = group, .title = "What helped me" };
        struct post p = { .group = group,
                          .kind = POST_POST,
                          .state = POST_HELD,
                          .author = author,
                          .tier = 4,
                          .text = MEMBERS_LINE MEMBERS_LINE MEMBERS_LINE,
                          .context = "{}",
                          .created_ms = gate_now_ms(gate) };
        struct review review = { .staff = author, .decision = 1, .way = REVIEW_CLI, .at_ms = gate_now_ms(gate) };

        MUST(post_add(st, &p, &err));
        c.first_post = p.id;
        MUST(conversation_add(st, &c, &err));
        p.conversation = c.id;
        MUST(post_change(st, &p, &err));
        review.post = p.id;
        review.post_version = p.version;
        MUST(review_add(st, &review, &err));
        MUST(post_publish(st, &p, &err));
    }
}

static inline struct group_id members_fill(struct gate *gate, int64_t members)
{
    struct err err;
    struct care_group group = { .zone = "America/New_York",
                                .digest_minute = 18 * 60,
                                .review = GROUP_REVIEW_HOLD,
                                .slug = "tuesday",
                                .name = "Tuesday Circle",
                                .alias = "Tuesday Circle",
                                .short_text = "",
                                .long_text = "",
                                .rules = "",
                                .forbidden = "" };
    struct person_id author = { 0 };

    for (int64_t i = 0; i < members;) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        MUST(db_begin(gate->store.db, &tx, &err));
        if (i == 0)
            MUST(group_add(&gate->store, &group, &err));
        for (int64_t end = i + 1000; i < end && i < members; i++)
            author = members_add(gate, group.id, i).person;
        if (i == members)
            members_add_posts(gate, group.id, author);
        MUST(db_commit(&tx, &err));
    }
    return group.id;
}

#endif
