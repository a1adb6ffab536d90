/*
 * story_help: the house of a random story: who is in it, what they wrote, the relay's moods, and deaths of roles. All of it follows from one number.
 *
 * Shape    A story is a seed and a list of steps. Step i draws from a stream of its own, made of seed and i, so that leaving out other steps changes
 *          as little as possible: that is how a failure is made short (tests/unit/stories_test).
 *
 *          Every text carries words nobody else has: "maple" + four letters of its number + 'h' (at its head), 't' (at the end of long ones) or 's'
 *          (subject). Every person's address, full name, chart and emergency contact hold "kanar". So whoever reads a mail knows whose it is.
 * Errors   A broken promise prints what and when, and ends the program: the test runs each story in a process of its own.
 */
#ifndef TESTS_UNIT_STORY_HELP_H
#define TESTS_UNIT_STORY_HELP_H

#define CIRCLE_MAILS_MAX 4000
#include "circle_help.h"

#include "gateway/check_in.h"
#include "gateway/enroll.h"
#include "gateway/invite.h"

#define STORY_PEOPLE_MAX 16
#define STORY_SAID_MAX 200
#define STORY_STAFF 3
#define STORY_LOG "story.log"

struct one {
    const char *given, *name, *email, *phone, *chart, *emergency;
    struct person_id person;
    struct membership_id seat[2];
    enum person_language language;
    bool is_staff, has_died, is_erased;
    bool is_disturbed; /* left, paused, refused …: need not get everything */
    bool is_stopped;   /* said STOP, and nothing since that takes it back */
    int invitations;   /* sent by staff */
};

/* One text of one person. */
struct said {
    int by; /* index of a person; -1 a stranger */
    struct arrival_id arrival;
    unsigned ok_by;    /* staff who said OK to a mail that showed it, a bit each */
    bool is_to_author; /* staff's words to one person alone */
    bool is_note;      /* FIX: stands under its item wherever that is shown */
    bool is_private;   /* answers staff: may never reach another */
    bool is_crisis;
    bool is_long;     /* has a tail */
    bool is_check_in; /* holds the story_value of its place in the list: their author and staff alone may read it */
    const char *body, *subject, *id, *from, *to;
    bool is_anothers; /* written from the address of somebody erased, so by whoever shares it */
    size_t repeats;   /* FIX on it, or its author sent nearly the same: so often it may come again */
};

/* What the database says about a mail that left. */
struct seen {
    int64_t person, membership, kind, subject, delivery, address, at_ms; /* at_ms: queued, by the virtual clock */
    int step;
    bool is_answered; /* by a moderator */
};

enum relay_mood { RELAY_WELL, RELAY_DEFERS, RELAY_REFUSES, RELAY_FORGETS, RELAY_BREAKS, RELAY_AWAY };

struct story {
    struct circle c;
    uint64_t seed, rng;
    int step;
    const char *doing;
    struct one who[STORY_PEOPLE_MAX];
    size_t who_count;
    struct said said[STORY_SAID_MAX];
    size_t said_count;
    struct seen seen[CIRCLE_MAILS_MAX];
    size_t checked;
    struct care_group groups[2];
    size_t group_count;
    bool is_over[2];
    enum relay_mood mood;
    int64_t die_after, fail_after; /* database calls in the next work; 0 never */
    size_t deaths, doubtful;       /* copies whose answer was lost or never written down: each may come twice */
    const struct said *stopping;   /* said STOP in this step */
    int backward_step;             /* when the clock was last set back; 0 never */
    int64_t backward_ms;
};

/* For whoever looks for the cause: all mails, when POSTCIRCLE_STORY_MAILS is set. */
static inline void story_show_mails(const struct story *s)
{
    for (size_t i = 0; getenv("POSTCIRCLE_STORY_MAILS") && i < s->c.mail_count; i++)
        printf("--- step %d to %s kind %" PRId64 " at %" PRId64 " subject %s\n%s\n", s->seen[i].step, s->c.mails[i].to,
               s->seen[i].kind, s->seen[i].at_ms, s->c.mails[i].subject, s->c.mails[i].text);
    for (size_t i = 0; getenv("POSTCIRCLE_STORY_MAILS") && i < s->said_count; i++)
        printf("+++ text %zu by %d ok %u: %s\n", i, s->said[i].by, s->said[i].ok_by, s->said[i].body);
}

__attribute__((noreturn, format(printf, 3, 4))) static inline void story_broken(const struct story *s, int promise,
                                                                                const char *fmt, ...)
{
    va_list args;

    story_show_mails(s);
    printf("seed %" PRIu64 ", step %d (%s): promise %d: ", s->seed, s->step, s->doing ? s->doing : "", promise);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(1);
}

#define PROMISE(s, number, holds, ...)                                                                                 \
    do {                                                                                                               \
        if (!(holds))                                                                                                  \
            story_broken(s, number, __VA_ARGS__);                                                                      \
    } while (0)

/* --- chance ------------------------------------------------------------------------------------------------------------------------- */

static inline uint64_t story_mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

/* 0 to n - 1 */
static inline size_t draw(struct story *s, size_t n)
{
    s->rng = story_mix(s->rng);
    return n ? (size_t)(s->rng >> 11) % n : 0;
}

static inline bool chance(struct story *s, size_t percent)
{
    return draw(s, 100) < percent;
}

#define ONE_OF(s, list) ((list)[draw(s, COUNT_OF(list))])

/* --- words ---------------------------------------------------------------------------------------------------------------------------- */

#define CANARY_WORD "maple"
#define CANARY_LETTERS "bdfgmnrt"

static inline const char *canary(struct story *s, size_t number, char part)
{
    const char *const l = CANARY_LETTERS;

    return arena_printf(s->c.mem, CANARY_WORD "%c%c%c%c%c", l[number >> 9 & 7], l[number >> 6 & 7], l[number >> 3 & 7],
                        l[number & 7], part);
}

/* The number of the canary at p, and its part; -1: that is none. */
static inline int canary_read(const char *p, char *ret_part)
{
    int number = 0;

    p += strlen(CANARY_WORD);
    for (int i = 0; i < 4; i++) {
        const char *at = p[i] ? strchr(CANARY_LETTERS, p[i]) : NULL;

        if (!at)
            return -1;
        number = number * 8 + (int)(at - CANARY_LETTERS);
    }
    *ret_part = p[4];
    return number;
}

static inline const char *story_words(struct story *s, size_t n)
{
    static const char *const words[] = {
        "garden",  "lake",    "bread",    "soup",     "window",  "neighbor", "music",   "river",   "basket", "kitchen",
        "flower",  "market",  "apple",    "summer",   "piano",   "bicycle",  "blanket", "library", "puzzle", "quilt",
        "porch",   "sunrise", "tomato",   "thread",   "pencil",  "cousin",   "picnic",  "candle",  "mirror", "violin",
        "orchard", "kettle",  "carpet",   "sparrow",  "lantern", "meadow",   "pumpkin", "bakery",  "harbor", "paint",
        "jacket",  "bridge",  "squirrel", "postcard", "cabin",   "chapel",   "cherry",  "drawer",  "feather"
    };
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);

    for (size_t i = 0; i < n; i++)
        strbuf_printf(&out, "%s%s", i == 0 ? "" : i % 9 == 8 ? ". The " : " ", ONE_OF(s, words));
    return arena_strdup(s->c.mem, strbuf_peek(&out));
}

/* --- people ----------------------------------------------------------------------------------------------------------------------------- */

static inline enum rc story_address(struct story *s, struct one *one, int64_t *ret_id)
{
    struct store *st = &s->c.g.gate.store;
    struct address a = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = one->email }, known;
    struct err err;

    if (address_find(st, ADDRESS_EMAIL, one->email, s->c.mem, &known, &err) == RC_OK)
        a = known;
    else
        HELP_OK(address_add(st, &a, &err));
    HELP_OK(person_link_address(st, one->person, a.id, 1, &err));
    *ret_id = a.id.v;
    return RC_OK;
}

static inline void story_consent(struct story *s, const struct membership *m, enum consent_kind kind)
{
    struct consent yes = { .person = m->person,
                           .membership = m->id,
                           .address = m->address,
                           .channel = CHANNEL_EMAIL,
                           .kind = kind,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };
    struct err err;

    HELP_OK(consent_add(&s->c.g.gate.store, &yes, &err));
}

static inline void story_seat(struct story *s, struct one *one, size_t group, enum member_role role,
                              enum member_rhythm rhythm)
{
    struct store *st = &s->c.g.gate.store;
    struct membership m = { .group = s->groups[group].id,
                            .person = one->person,
                            .role = role,
                            .state = MEMBER_ACTIVE,
                            .rhythm = rhythm,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = chance(s, 25) ? (int64_t)draw(s, 24) * 60 : -1,
                            .joined_ms = CIRCLE_START_MS,
                            .name = one->given };
    struct err err;

    HELP_OK(story_address(s, one, &m.address.v));
    HELP_OK(membership_add(st, &m, &err));
    story_consent(s, &m, CONSENT_RECEIVE);
    story_consent(s, &m, CONSENT_SHARE);
    if (chance(s, 70))
        HELP_OK(membership_set_posted(st, m.id, &err));
    one->seat[group] = m.id;
}

static inline struct one *story_one(struct story *s, const char *given)
{
    struct one *one = &s->who[s->who_count];
    const int n = (int)s->who_count++;

    assert_true(s->who_count <= STORY_PEOPLE_MAX);
    *one = (struct one){ .given = given,
                         .name = arena_printf(s->c.mem, "%s Kanar%s", given, given),
                         .email = arena_printf(s->c.mem, "%c%s.kanar@example.net", given[0] | 32, given + 1),
                         .phone = arena_printf(s->c.mem, "(555) 555-01%02d", 20 + n),
                         .chart = arena_printf(s->c.mem, "KANAR-10%02d", n),
                         .emergency = arena_printf(s->c.mem, "Otto Kanar%d, (555) 555-01%02d", n, 50 + n),
                         .language = chance(s, 25) ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH };
    return one;
}

static inline void story_patient(struct story *s, const char *given)
{
    struct one *one = story_one(s, given);
    const size_t before = s->who_count - 2;
    struct err err;
    struct person p = { .kind = PERSON_PATIENT,
                        .state = PERSON_ACTIVE,
                        .language = one->language,
                        .format = chance(s, 10) ? FORMAT_BIG : FORMAT_NORMAL,
                        .name = one->name,
                        .phone = one->phone,
                        .chart = one->chart,
                        .emergency = one->emergency };
    static const enum member_rhythm rhythms[] = { RHYTHM_EACH, RHYTHM_DAILY, RHYTHM_DAILY, RHYTHM_WEEKLY, RHYTHM_NEWS };

    if (before >= STORY_STAFF && chance(s, 15)) /* a couple */
        one->email = s->who[before].email;
    HELP_OK(person_add(&s->c.g.gate.store, &p, &err));
    one->person = p.id;
    story_seat(s, one, 0, chance(s, 15) ? MEMBER_CAREGIVER : MEMBER_PATIENT, ONE_OF(s, rhythms));
    if (s->group_count > 1 && chance(s, 40))
        story_seat(s, one, 1, MEMBER_PATIENT, ONE_OF(s, rhythms));
}

static inline void story_staff(struct story *s, const char *name, const char *email, enum staff_role role, int64_t rank)
{
    struct one *one = &s->who[s->who_count++];

    *one = (struct one){ .given = name, .name = name, .email = email, .is_staff = true };
    one->person = circle_staff(&s->c, name, email, role, rank);
}

static inline void story_cast(struct story *s)
{
    static const char *const names[] = { "Maria", "Rose", "Harold", "Sam", "Ines", "Walter", "Lucia", "Edith" };
    const size_t patients = 3 + draw(s, 6);
    struct err err;
    struct db_tx tx = { 0 };

    s->group_count = 1 + chance(s, 35);
    s->groups[0] = s->c.g.group;
    s->groups[1] = s->c.g.group;
    s->groups[1].slug = "walkers";
    s->groups[1].alias = "Walkers";
    s->groups[1].digest_minute = 8 * 60;
    if (chance(s, 15))
        s->groups[0].review = GROUP_REVIEW_TWO_PEOPLE;
    HELP_OK(db_begin(s->c.g.h.db, &tx, &err));
    for (size_t g = 0; g < s->group_count; g++)
        HELP_OK(group_add(&s->c.g.gate.store, &s->groups[g], &err));
    s->c.g.group = s->groups[0];
    story_staff(s, "Ana Ruiz", ANA, STAFF_MODERATOR, 1);
    story_staff(s, "Lee Ames", LEE, STAFF_MODERATOR, 2);
    story_staff(s, "Ida Cole", IDA, STAFF_PROVIDER, 0);
    if (chance(s, 60)) {
        s->who[2].given = "Dr Cole";
        story_seat(s, &s->who[2], 0, MEMBER_PROVIDER, RHYTHM_DAILY);
    }
    for (size_t i = 0; i < patients; i++)
        story_patient(s, names[i]);
    HELP_OK(db_commit(&tx, &err));
}

/* A question to everybody of the first group each morning, with totals for the group. */
static inline void story_check_in(struct story *s)
{
    const struct audit_who who = { AUDIT_STAFF, s->who[0].person.v, AUDIT_WAY_CLI };
    struct check_in c = { .group = s->groups[0].id,
                          .staff = s->who[0].person,
                          .kind = CHECK_IN_NUMBER,
                          .days = 127,
                          .minute = 9 * 60,
                          .has_totals = true,
                          .question = "What is your morning weight?",
                          .question_es = "",
                          .unit = "lb",
                          .tag = "",
                          .limits = { CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, 3100000 } };
    struct err err;

    CIRCLE_TX(&s->c, HELP_OK(check_in_plan(&s->c.g.gate, &who, &c, &err)));
}

/* The answer that only text n holds; no difference of two answers, or of one and a small number, is a third. */
static inline const char *story_value(struct story *s, size_t n)
{
    const size_t thousandths = 101 + n * 197 % 899;

    return arena_printf(s->c.mem, "3%03zu.%03zu", n, thousandths + (thousandths % 10 == 0));
}

/* --- the database, as a reader -------------------------------------------------------------------------------------------------------------- */

/* One number; sql takes practice, a and b as $1, $2, $3 and must be a constant. None: 0. */
static inline int64_t story_ask(struct story *s, const char *sql, int64_t a, int64_t b)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;
    bool row = false;

    HELP_OK(db_query(s->c.g.gate.store.db, sql, &q, &err));
    db_bind_int(q, 1, s->c.g.gate.store.practice.v);
    if (strstr(sql, "$2"))
        db_bind_int(q, 2, a);
    if (strstr(sql, "$3"))
        db_bind_int(q, 3, b);
    HELP_OK(db_step(q, &row, &err));
    return row ? db_int(q, 0) : 0;
}

static inline void story_look_up(struct story *s, size_t i)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct mail *m = &s->c.mails[i];
    unsigned char key[MESSAGE_KEY_BYTES];
    struct err err;
    bool row = false;

    PROMISE(s, 4, message_id_read(m->message_id, strlen(m->message_id), GATE_DOMAIN, key),
            "a mail without an id of ours");
    HELP_OK(db_query(
        s->c.g.gate.store.db,
        "SELECT d.person_id, d.membership_id, m.kind, m.subject_id, d.id, d.address_id, d.created_ms FROM delivery d"
        " LEFT JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id"
        " WHERE d.practice_id = $1 AND d.message_key = $2",
        &q, &err));
    db_bind_int(q, 1, s->c.g.gate.store.practice.v);
    db_bind_blob(q, 2, key, sizeof key);
    HELP_OK(db_step(q, &row, &err));
    PROMISE(s, 4, row, "a mail left that no delivery tells of");
    s->seen[i] = (struct seen){ .person = db_int(q, 0),
                                .membership = db_int(q, 1),
                                .kind = db_is_null(q, 2) ? MAILING_DIGEST : db_int(q, 2),
                                .subject = db_int(q, 3),
                                .delivery = db_int(q, 4),
                                .address = db_int(q, 5),
                                .at_ms = db_int(q, 6),
                                .step = s->step };
}

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
    const bool is_patients = !strstr(wire_recipient(wire), "@clinic.example.com");

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

/* --- work, and deaths ----------------------------------------------------------------------------------------------------------------------- */

enum story_role { ROLE_SORT, ROLE_CLOCK, ROLE_URGENT, ROLE_MAIL, ROLE_COUNT };

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
    static const char *const names[] = { "sort", "clock", "urgent", "mail" };
    struct err err = { .rc = RC_OK };
    size_t did = 1, rounds = 0;
    enum rc rc = RC_OK;

    while (!rc && did && rounds++ < 300)
        rc = story_role_once(s, role, &did, &err);
    PROMISE(s, 4, is_tried || !rc, "%s failed: %s", names[role], err.msg);
    PROMISE(s, 4, rounds < 300, "%s finds no end", names[role]);
}

/* Leases are real time: what the dead one held is free at once. */
static inline void story_leases_end(struct story *s)
{
    help_raw(&s->c.g.h, "UPDATE arrival SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL");
    help_raw(&s->c.g.h, "UPDATE delivery SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL");
    help_raw(&s->c.g.h, "UPDATE page_call SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL");
}

/* What a role does that starts: nothing is left of the one before but rows. */
static inline void story_open_again(struct story *s)
{
    struct circle *c = &s->c;
    const struct practice_facts facts = c->g.gate.facts;
    const struct practice_id practice = c->g.gate.store.practice;
    const int64_t now_ms = gate_now_ms(&c->g.gate);
    struct err err;

    gate_close(&c->g.gate);
    home_close(&c->home);
    HELP_OK(home_open(arena_printf(c->mem, "%s/home", c->g.h.dir), HOME_WITH_KEYS, &c->home, &err));
    home_set_time(c->home, now_ms);
    HELP_OK(gate_open(c->home, practice, &c->g.gate, &err));
    c->g.gate.facts = facts;
    c->g.h.db = c->home->db;
    story_leases_end(s);
}

/* Does the work of these roles; with a death or a single failure on the way if one was drawn, and then once more. */
static inline void story_work(struct story *s, enum story_role first)
{
    struct db *db = s->c.g.h.db;
    const size_t before = s->c.mail_count;

    if (s->die_after || s->fail_after) {
        if (s->die_after)
            db_die_after(db, s->die_after);
        else
            db_fail_after(db, s->fail_after);
        for (enum story_role role = first; role < ROLE_COUNT; role++)
            story_role(s, role, true);
        s->doubtful += s->c.mail_count - before; /* left, and perhaps never written down */
        s->deaths += db_is_dead(db);
        db_fail_after(db, 0);
        story_open_again(s);
        s->die_after = s->fail_after = 0;
    }
    for (enum story_role role = first; role < ROLE_COUNT; role++)
        story_role(s, role, false);
    for (size_t i = s->checked; i < s->c.mail_count; i++)
        if (!s->seen[i].delivery)
            story_look_up(s, i);
}

static inline void story_start(struct story *s, uint64_t seed)
{
    *s = (struct story){ .seed = seed, .rng = story_mix(seed), .doing = "start" };
    circle_start_empty(&s->c);
    s->c.g.gate.facts.name = "Lakeside Clinic";
    story_cast(s);
    story_check_in(s);
}

#endif
