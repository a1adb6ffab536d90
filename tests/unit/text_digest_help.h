/*
 * text_digest_help: a circle (circle_help) in which Rose and Sam read by text. Texts are looked at in the store; text_leave hands over what is due.
 */
#ifndef TESTS_UNIT_TEXT_DIGEST_HELP_H
#define TESTS_UNIT_TEXT_DIGEST_HELP_H

#include "circle_help.h"

#include "gateway/digest/text_digest.h"
#include "gateway/note/publish.h"
#include "gateway/digest/text_more.h"
#include "gateway/sms/text_hours.h"
#include "gateway/sms/text_level.h"
#include "gateway/sms/text_queue.h"
#include "store/due.h"
#include "store/text_consent.h"
#include "store/text_cost.h"
#include "store/text_owed.h"

#define OURS "+15555550199"

static struct text_sender ours;

static inline void text_number(struct circle *c)
{
    struct text_account account = { .provider = "twilio", .values = "{}" };
    struct err err;

    ours = (struct text_sender){ .kind = TEXT_LONG_CODE, .number = OURS, .rate_milli = 1000 };
    CIRCLE_TX(c, HELP_OK(text_account_add(&c->g.gate.store, &account, &err)); ours.account = account.id;
              HELP_OK(text_sender_add(&c->g.gate.store, &ours, &err)));
}

/* The member reads by text from now on, and has said so. */
static inline void text_member(struct circle *c, struct membership *m, const char *number, int level)
{
    struct address a;
    struct text_consent_change said = { .state = TEXT_YES, .level = level, .way = TEXT_BY_TEXT };
    struct consent yes = { .channel = CHANNEL_TEXT,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1",
                           .person = m->person,
                           .membership = m->id };
    struct err err;

    CIRCLE_TX(c, HELP_OK(address_ensure(&c->g.gate.store, ADDRESS_PHONE, number, c->mem, &a, &err));
              HELP_OK(person_link_address(&c->g.gate.store, m->person, a.id, 2, &err)); said.address = a.id;
              HELP_OK(text_consent_set(&c->g.gate.store, &said, &err)); yes.address = a.id;
              HELP_OK(consent_add(&c->g.gate.store, &yes, &err)); m->address = a.id; m->channel = CHANNEL_TEXT;
              HELP_OK(membership_change(&c->g.gate.store, m, MEMBER_ACTIVE, &err)));
}

/* They want no mail. */
static inline void text_no_mail(struct circle *c, const struct membership *m)
{
    struct consent no = { .channel = CHANNEL_EMAIL,
                          .kind = CONSENT_RECEIVE,
                          .way = CONSENT_BY_REPLY,
                          .text_version = "1",
                          .person = m->person,
                          .membership = m->id };
    struct err err;

    CIRCLE_TX(c, HELP_OK(consent_add(&c->g.gate.store, &no, &err)));
}

/* Every text to a member, oldest first; of one kind, or of all (0). */
static inline struct text_out *texts_of(struct circle *c, const struct membership *m, enum mailing_kind kind, size_t *n)
{
    struct text_out *all;
    struct err err;
    size_t count, kept = 0;

    HELP_OK(text_out_of_person(&c->g.gate.store, m->person, (struct text_id){ 0 }, 100, c->mem, &all, &count, &err));
    for (size_t i = 0; i < count / 2; i++) {
        const struct text_out t = all[i];

        all[i] = all[count - 1 - i];
        all[count - 1 - i] = t;
    }
    for (size_t i = 0; i < count; i++)
        if (all[i].state != TEXT_CANCELLED && (!kind || all[i].kind == kind))
            all[kept++] = all[i];
    *n = kept;
    return all;
}

/* The newest; fails when there are not so many. */
static inline struct text_out text_of(struct circle *c, const struct membership *m, enum mailing_kind kind, size_t want)
{
    size_t n;
    const struct text_out *all = texts_of(c, m, kind, &n);

    if (n != want)
        print_error("%zu texts instead of %zu\n", n, want);
    assert_int_equal(n, want);
    return all[n - 1];
}

/* What is due is accepted (or what else) by the provider. Returns how many. */
static inline size_t text_leave_as(struct circle *c, char as)
{
    struct text_out *rows;
    struct text_outcome *outcomes;
    int64_t lease;
    size_t n;
    struct err err;

    CIRCLE_TX(
        c, HELP_OK(text_out_due(&c->g.gate.store, LANE_URGENT, LANE_DIGEST, TEXT_BATCH_MAX, c->mem, &rows, &n, &err));
        for (size_t i = 0; i < n; i++) rows[i].requests = "3";
        HELP_OK(text_out_begin(&c->g.gate.store, rows, &n, MS_MINUTE, &lease, &err)));
    outcomes = ARENA_ARRAY(c->mem, n + 1, struct text_outcome);
    for (size_t i = 0; i < n; i++)
        outcomes[i] = (struct text_outcome){ .id = rows[i].id,
                                             .result = TEXT_WENT,
                                             .requests = arena_printf(c->mem, "%c", as),
                                             .reason = as == '8' ? TEXT_REFUSED : TEXT_NO_REASON };
    CIRCLE_TX(c, HELP_OK(text_out_record(&c->g.gate.store, lease, outcomes, n, &err)));
    return n;
}

static inline size_t text_leave(struct circle *c)
{
    return text_leave_as(c, '5');
}

static inline int64_t text_cursor(struct circle *c, const struct membership *m)
{
    struct membership now;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, m->id, c->mem, &now, &err));
    return now.cursor_seq;
}

static inline void text_has(const struct text_out *t, const char *words)
{
    if (!strstr(t->words, words))
        print_error("no \"%s\" in:\n%s\n", words, t->words);
    assert_non_null(strstr(t->words, words));
}

static inline void text_lacks(const struct text_out *t, const char *words)
{
    if (strstr(t->words, words))
        print_error("\"%s\" in:\n%s\n", words, t->words);
    assert_null(strstr(t->words, words));
}

/* A note of Maria's that is published, and (a conversation) a comment. */
static inline struct post text_note(struct circle *c, const char *words)
{
    return circle_published(c, c->maria, words);
}

/* To an hour of the circle's days: day 0 is Tuesday, 3 March 2026. */
static inline void text_at(struct circle *c, int day, int hour, int minute)
{
    const int64_t ms = CIRCLE_START_MS + day * MS_DAY + (hour - 10) * MS_HOUR + minute * MS_MINUTE;

    home_set_time(c->home, ms);
    circle_work(c);
}

static inline int text_setup(void **state)
{
    static struct circle c;

    circle_start(&c);
    text_number(&c);
    *state = &c;
    return 0;
}

#endif
