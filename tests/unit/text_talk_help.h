/*
 * text_talk_help: a practice with a number for texts, and phones that write to it. Included by text_talk_test.c and text_stories_test.c.
 */
#ifndef TESTS_UNIT_TEXT_TALK_HELP_H
#define TESTS_UNIT_TEXT_TALK_HELP_H

#include "tests/unit/people_help.h"

#include "gateway/people/text_ask.h"
#include "gateway/text/text_letter.h"
#include "gateway/text/text_take.h"
#include "gateway/text/text_work.h"
#include "store/conversation.h"
#include "store/text_consent.h"
#include "store/text_in.h"
#include "store/text_line.h"
#include "store/text_out.h"

#define OURS "+15555550199"

static struct err err;

struct phones {
    struct world w;
    struct text_account account;
    struct text_sender sender;
    struct text_provider provider;
    struct triage_lexicon *lexicon;
    int count; /* texts that came */
};

#define TX(p, ...)                                                                                                     \
    do {                                                                                                               \
        struct db_tx tx_ = { 0 };                                                                                      \
        OK(db_begin((p)->w.home->db, &tx_, &err));                                                                     \
        __VA_ARGS__;                                                                                                   \
        OK(db_commit(&tx_, &err));                                                                                     \
    } while (0)

static inline void phones_start(struct phones *p)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };

    *p = (struct phones){ .count = 0 };
    world_start(&p->w);
    p->account = (struct text_account){ .provider = "twilio",
                                        .values = "{\"setting.api\":\"http://127.0.0.1:9\",\"setting.account\":\"AC1\","
                                                  "\"secret.auth_token\":\"t\",\"secret.signing_key\":\"t\"}" };
    p->sender = (struct text_sender){ .kind = TEXT_LONG_CODE, .number = OURS };
    TX(p, OK(text_account_add(&p->w.gate.store, &p->account, &err)); p->sender.account = p->account.id;
       OK(text_sender_add(&p->w.gate.store, &p->sender, &err)));
    OK(text_provider_open(&p->w.gate, p->account.id, p->w.gate.mem, &p->provider, &err));
    OK(triage_open_lexicon(lists, &p->lexicon, &err));
}

static inline void phones_stop(struct phones *p)
{
    triage_close_lexicon(&p->lexicon);
    world_stop(&p->w);
}

static inline int phones_setup(void **state)
{
    static struct phones p;

    phones_start(&p);
    *state = &p;
    return 0;
}

static inline int phones_teardown(void **state)
{
    phones_stop(*state);
    return 0;
}

/* A text comes, with so many pictures, and is dealt with. */
static inline struct text_in phones_picture(struct phones *p, const char *from, const char *words, int64_t media)
{
    const struct sms_event event = { .kind = PROVIDER_EVENT_MO,
                                     .id = arena_printf(p->w.mem, "in%d", ++p->count),
                                     .from = from,
                                     .to = OURS,
                                     .text = words,
                                     .media = media,
                                     .ref = "",
                                     .state = "",
                                     .err = "" };
    struct text_in_id id = { 0 };
    struct text_in got;
    size_t did;

    TX(p, OK(text_take(&p->w.gate, &p->provider, &event, NULL, 0, &id, &err)));
    do
        OK(text_work(&p->w.gate, p->lexicon, &did, &err));
    while (did);
    OK(text_in_get(&p->w.gate.store, id, p->w.mem, &got, &err));
    assert_true(got.state == TEXT_IN_DONE || got.state == TEXT_IN_PARKED);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + MS_MINUTE);
    return got;
}

static inline struct text_in phones_text(struct phones *p, const char *from, const char *words)
{
    return phones_picture(p, from, words, 0);
}

static inline struct address_id phones_address(struct phones *p, const char *number)
{
    struct address a = { .id = { 0 } };

    OK(address_find(&p->w.gate.store, ADDRESS_PHONE, number, p->w.mem, &a, &err));
    return a.id;
}

static inline struct text_consent phones_consent(struct phones *p, const char *number)
{
    struct text_consent c;

    OK(text_consent_get(&p->w.gate.store, phones_address(p, number), &c, &err));
    return c;
}

/* What a person was sent last by text; "" nothing. */
static inline const char *phones_last(struct phones *p, struct person_id person)
{
    struct text_out *list;
    size_t n;

    OK(text_out_of_person(&p->w.gate.store, person, (struct text_id){ 0 }, 1, p->w.mem, &list, &n, &err));
    return n ? list[0].words : "";
}

static inline int64_t phones_sent(struct phones *p, const char *number)
{
    int64_t n;

    OK(text_out_count(&p->w.gate.store, phones_address(p, number), 0, 0, &n, &err));
    return n;
}

static inline struct membership phones_invite(struct phones *p, const struct care_group *group, const char *name,
                                              const char *number)
{
    struct enroll e = { .name = name, .text = number };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct membership m = { .group = { 0 } };
    struct invite invite = { .invited_by = p->w.ana.id };

    TX(p, OK(enroll_member(&p->w.gate, &p->w.who, group, &e, &seat, p->w.mem, &m, &err)); invite.person = m.person;
       invite.membership = m.id; OK(invite_send(&p->w.gate, &p->w.who, &invite, &err)));
    return m;
}

static inline struct membership phones_join(struct phones *p, const struct care_group *group, const char *name,
                                            const char *number)
{
    const struct membership m = phones_invite(p, group, name, number);

    phones_text(p, number, "YES");
    return world_get(&p->w, &m);
}

static inline void says(struct phones *p, const struct membership *m, const char *part)
{
    const char *const words = phones_last(p, m->person);

    if (!words || !strstr(words, part))
        fail_msg("\"%s\" does not say \"%s\"", words ? words : "", part);
}

static inline int64_t staff_mails(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM mailing WHERE kind = 100");
}

/* A note of somebody by mail, published: what there is to answer. Returns its conversation. */
static inline struct conversation_id phones_note(struct phones *p, const struct care_group *group,
                                                 struct person_id author, const char *title)
{
    struct conversation c = { .group = group->id, .title = title, .created_ms = gate_now_ms(&p->w.gate) };

    TX(p, OK(conversation_add(&p->w.gate.store, &c, &err)));
    (void)author;
    return c.id;
}

/* The number under which the conversation was given to the phone. */
static inline int64_t phones_give(struct phones *p, const struct membership *m, struct conversation_id conversation)
{
    struct text_item item = {
        .person = m->person, .kind = TEXT_ITEM_CONVERSATION, .target = conversation.v, .group = m->group
    };
    const struct text_line line = { m->address, p->sender.id };

    TX(p, OK(text_item_give(&p->w.gate.store, &line, &item, &err)));
    return item.n;
}

static inline size_t phones_waiting(struct phones *p, struct person_id author, struct post **ret)
{
    size_t n;

    OK(post_waiting_by(&p->w.gate.store, author, p->w.mem, ret, &n, &err));
    return n;
}

#endif
