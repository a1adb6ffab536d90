/*
 * story_help: the house of a random story: one practice or two in a home, who is in it and what they wrote. All of it follows from one number.
 *
 * Shape    A story is a seed and a list of steps. Step i draws from a stream of its own, made of seed and i, so that leaving out other steps changes
 *          as little as possible: that is how a failure is made short (tests/unit/stories_test).
 *
 *          Every text carries words nobody else has: "maple" + four letters of its number + 'h' (at its head), 't' (at the end of long ones) or 's'
 *          (subject). Every person's address, full name, chart and emergency contact hold "kanar". So whoever reads a mail knows whose it is.
 *
 *          A struct story is one practice. Where a home has two, each is the other's `other`: home, clock and database are one, and some people are in
 *          both, by the same address. Texts, numbers and names of each are its own, so that a word of one in a mail of the other is seen.
 * Errors   A broken promise prints what and when, and ends the program: the test runs each story in a process of its own.
 */
#ifndef TESTS_UNIT_STORY_HELP_H
#define TESTS_UNIT_STORY_HELP_H

#define CIRCLE_MAILS_MAX 4000
#include "circle_help.h"

#include "gateway/people/check_in.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "store/practice.h"

#define STORY_PEOPLE_MAX 16
#define STORY_SAID_MAX 200
#define STORY_STAFF 3
#define STORY_LOG "story.log"

struct one {
    const char *given, *name, *email, *phone, *chart, *emergency;
    struct person_id person;
    struct membership_id seat[2];
    enum person_language language;
    bool is_staff, has_died, is_erased, is_half_erased;
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

/* How a practice shows itself. */
struct story_place {
    const char *practice, *phone, *domain, *group, *second, *alias, *second_alias, *forbidden, *staff_domain;
    const char *names[STORY_STAFF], *emails[STORY_STAFF];
    int people; /* the first number of its people's telephones */
};

static const struct story_place story_places[] = {
    { "Lakeside Clinic",
      "(555) 555-0100",
      GATE_DOMAIN,
      GROUP,
      "walkers@" GATE_DOMAIN,
      "Tuesday Circle",
      "Lake Strollers",
      GATE_CANARY,
      "clinic.example.com",
      { "Ana Ruiz", "Lee Ames", "Ida Cole" },
      { ANA, LEE, IDA },
      20 },
    { "Hilltop Practice",
      "(555) 555-0111",
      "circles.example.net",
      "tuesday@circles.example.net",
      "walkers@circles.example.net",
      "Harbor Round",
      "Ramblers",
      "arthritis",
      "hilltop.example.com",
      { "Bea Kern", "Noah Pratt", "Uma Reed" },
      { "bea.kern@hilltop.example.com", "noah.pratt@hilltop.example.com", "uma.reed@hilltop.example.com" },
      36 },
};

enum relay_mood { RELAY_WELL, RELAY_DEFERS, RELAY_REFUSES, RELAY_FORGETS, RELAY_BREAKS, RELAY_AWAY };

/* Where a death can strike: the roles of enum story_role first. */
enum story_role { ROLE_SORT, ROLE_CLOCK, ROLE_URGENT, ROLE_MAIL, ROLE_COUNT };
enum death { DIED_RECEIVING = ROLE_COUNT, DIED_REMOVING, DIED_ERASING, DIED_PURGING, DIED_REKEYING, DEATH_COUNT };
static const char *const death_names[DEATH_COUNT] = { "sort",   "clock", "urgent", "mail", "receive",
                                                      "remove", "erase", "purge",  "rekey" };

struct story {
    struct circle c;
    const struct story_place *place;
    struct story *other;         /* the home's other practice; NULL: it has one */
    struct practice_facts facts; /* of the gate, which is opened again and again */
    struct practice_id practice;
    size_t first_word; /* its texts count from here */
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
    enum story_role die_in;
    int64_t die_after, fail_after; /* database calls in the next work of that role; 0 never */
    size_t died[DEATH_COUNT];
    size_t doubtful; /* copies whose answer was lost or never written down: each may come twice */
    bool is_half_rekeyed;
    const struct said *stopping; /* said STOP in this step */
    int backward_step;           /* when the clock was last set back; 0 never */
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

    number += s->first_word;
    return arena_printf(s->c.mem, CANARY_WORD "%c%c%c%c%c", l[number >> 9 & 7], l[number >> 6 & 7], l[number >> 3 & 7],
                        l[number & 7], part);
}

/* The number of the text of this practice at p, and which part of it; -1: that is none. */
static inline int canary_read(const struct story *s, const char *p, char *ret_part)
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
    number -= (int)s->first_word;
    return number >= 0 && (size_t)number < s->said_count ? number : -1;
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
                         .name = arena_printf(s->c.mem, "%s Kanar%s%s", given, s->first_word ? "hill" : "", given),
                         .email = arena_printf(s->c.mem, "%c%s.kanar@example.net", given[0] | 32, given + 1),
                         .phone = arena_printf(s->c.mem, "(555) 555-01%02d", s->place->people + n),
                         .chart = arena_printf(s->c.mem, "KANAR-%d", 1000 + 50 * s->place->people + n),
                         .emergency = arena_printf(s->c.mem, "Otto Kanar%d, (555) 555-01%02d",
                                                   50 + s->place->people + n, 30 + s->place->people + n),
                         .language = chance(s, 25) ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH };
    return one;
}

static inline bool is_second(const struct story *s)
{
    return s->place != story_places;
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
    else if (is_second(s) && chance(s, 50)) { /* in both practices */
        const struct one *same = &s->other->who[STORY_STAFF + draw(s, s->other->who_count - STORY_STAFF)];

        one->email = same->email;
        one->given = same->given;
    }
    HELP_OK(person_add(&s->c.g.gate.store, &p, &err));
    one->person = p.id;
    story_seat(s, one, 0, chance(s, 15) ? MEMBER_CAREGIVER : MEMBER_PATIENT, ONE_OF(s, rhythms));
    if (s->group_count > 1 && chance(s, 40))
        story_seat(s, one, 1, MEMBER_PATIENT, ONE_OF(s, rhythms));
}

static inline void story_staff(struct story *s, const struct story_place *of, int which, enum staff_role role,
                               int64_t rank)
{
    const char *const name = of->names[which], *const email = of->emails[which];
    struct one *one = &s->who[s->who_count++];

    *one = (struct one){ .given = name, .name = name, .email = email, .is_staff = true };
    one->person = circle_staff(&s->c, name, email, role, rank);
}

static inline void story_cast(struct story *s)
{
    static const char *const names[][8] = { { "Maria", "Rose", "Harold", "Sam", "Ines", "Walter", "Lucia", "Edith" },
                                            { "Greta", "Bruno", "Kate", "Milo", "Petra", "Hugo", "Tilda", "Otis" } };
    const size_t patients = 3 + draw(s, 6);
    struct err err;
    struct db_tx tx = { 0 };

    s->group_count = 1 + chance(s, 35);
    s->groups[0] = s->c.g.group;
    s->groups[0].alias = s->place->alias;
    s->groups[0].forbidden = s->place->forbidden;
    s->groups[0].name = arena_printf(s->c.mem, "Our %s support", s->place->forbidden);
    s->groups[1] = s->groups[0];
    s->groups[1].slug = "walkers";
    s->groups[1].alias = s->place->second_alias;
    s->groups[1].digest_minute = 8 * 60;
    if (chance(s, 15))
        s->groups[0].review = GROUP_REVIEW_TWO_PEOPLE;
    HELP_OK(db_begin(s->c.g.h.db, &tx, &err));
    for (size_t g = 0; g < s->group_count; g++)
        HELP_OK(group_add(&s->c.g.gate.store, &s->groups[g], &err));
    s->c.g.group = s->groups[0];
    story_staff(s, s->place, 0, STAFF_MODERATOR, 1);
    story_staff(s, is_second(s) && chance(s, 50) ? s->other->place : s->place, 1, STAFF_MODERATOR, 2); /* of both */
    story_staff(s, s->place, 2, STAFF_PROVIDER, 0);
    if (chance(s, 60)) {
        s->who[2].given = arena_printf(s->c.mem, "Dr %s", strchr(s->place->names[2], ' ') + 1);
        story_seat(s, &s->who[2], 0, MEMBER_PROVIDER, RHYTHM_DAILY);
    }
    for (size_t i = 0; i < patients; i++)
        story_patient(s, names[is_second(s)][i]);
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
    n += s->first_word ? 300 : 0;
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

    PROMISE(s, 4, message_id_read(m->message_id, strlen(m->message_id), s->place->domain, key),
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

#endif
