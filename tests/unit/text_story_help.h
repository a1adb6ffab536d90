/*
 * text_story_help: the house of a random story of texts: two practices in a home, each with a number of its own, and phones that write to both.
 *
 * Shape    A story is a seed and a list of steps, as in story_help.h: step i draws from a stream of its own.
 *          The first practice's provider answers its words of STOP, START and HELP itself, the second one's leaves that to us, and its number is toll-free. Both are played by one process
 *          (text_story_wire.h), so that what reached a phone is known from outside; time is the home's virtual clock.
 *          Phones 0 to PHONES - 1 are members' and strangers'; the last one of each practice is Ana's, of staff, who has a PIN.
 *          Every note carries words that nobody else has: "maple" + four letters of its number + 'h' at its head, 't' at its end.
 * Errors   A broken rule prints which and when, and ends the program: the test runs each story in a process of its own.
 */
#ifndef TESTS_UNIT_TEXT_STORY_HELP_H
#define TESTS_UNIT_TEXT_STORY_HELP_H

#include "circle_help.h"
#include "staff_text_help.h"
#include "text_story_wire.h"

#include "gateway/digest/text_digest.h"
#include "gateway/note/publish.h"
#include "gateway/note/review.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/people/member.h"
#include "gateway/people/text_ask.h"
#include "gateway/sms/text_hours.h"
#include "gateway/sms/text_level.h"
#include "gateway/sms/text_queue.h"
#include "gateway/text/text_send.h"
#include "gateway/text/text_take.h"
#include "gateway/text/text_work.h"
#include "store/retention.h"
#include "store/text_cost.h"
#include "store/text_in.h"
#include "store/text_line.h"
#include "store/text_owed.h"

#include <sys/stat.h>

#define PHONES 5
#define ANA_AT PHONES
#define NUMBERS (PHONES + 1)
#define GROUPS 2
#define SAID_MAX 300
#define HEARD_MAX 600
#define TALE_LOG "tale.log"
#define PIN "246813"
#define TALE_START_MS (CIRCLE_START_MS + 35 * MS_DAY - MS_HOUR) /* Tuesday, 7 April 2026, 10:00 in New York */
#define TALE_MONTHS_END_MS (TALE_START_MS + 150 * MS_DAY)       /* behind it clocks go back to winter */

/* What the story means a text to be, whatever our code makes of it. */
enum means {
    MEANS_STOP,
    MEANS_STOP_ABROAD, /* in another language than English */
    MEANS_WRONG,
    MEANS_START,
    MEANS_YES,
    MEANS_NO,
    MEANS_HELP,
    MEANS_PROSE, /* holds a word of STOP, and is none */
    MEANS_NOISE,
    MEANS_COMMAND,
    MEANS_WORDS,
    MEANS_CRISIS,
    MEANS_STAFF
};

/* A text that came. */
struct heard {
    int clinic, phone;
    enum means means;
    const char *id, *words; /* id: the provider's */
    struct text_in_id in;
    int64_t at_ms;
};

/* A note with words of its own. by: a phone; -1: by mail or by staff. */
struct said {
    int clinic, by;
    bool is_ok;   /* somebody of staff released it */
    bool is_long; /* has a tail */
    bool is_note; /* of the care team: it stands whole where its words are */
    struct post_id post;
    size_t heard; /* of a phone: which text */
};

/* What the story knows of a number at one practice. */
struct known {
    struct address_id address;
    bool has_yes, is_stopped, is_bad;
    bool is_wrong, is_theirs; /* its newest STOP said "wrong number"; the provider answered it */
    int64_t stop_ms, heard_ms, confirmed_ms, told_ms; /* told_ms: how to stop was last said there; 0 never */
    int quiet;                                        /* digests since */
};

enum tale_role { ROLE_WEB, ROLE_TEXT, ROLE_CLOCK, ROLE_URGENT, ROLE_COUNT };
static const char *const role_names[] = { "web", "text", "clock", "urgent" };

struct was {
    int64_t id, handed_ms;
    enum text_state state;
};

struct number_given {
    int64_t address, n, target, kind, live_ms;
};

struct tale;
struct clinic {
    struct circle c;
    struct tale *tale;
    int index;
    bool answers;      /* the provider does, for us, its own words: is_theirs */
    bool is_toll_free; /* its carrier knows START and UNSTOP alone: leads_back */
    const char *ours, *provider_name;
    struct practice_facts facts;
    struct practice_id practice;
    struct text_account account;
    struct text_sender sender;
    struct care_group groups[GROUPS];
    struct membership seats[PHONES][GROUPS];
    struct membership writer; /* reads and writes by mail */
    struct person ana;
    struct known known[NUMBERS];
    struct was *was; /* each text of ours, by id, as it was when it was last looked at */
    size_t was_count;
    struct number_given *given; /* each number of each line, as it was then */
    size_t given_count;
};

struct tale {
    struct clinic clinics[2];
    struct wire *wire;
    size_t looked; /* rows of the wire that were checked */
    uint64_t seed, rng;
    int step;
    const char *doing;
    struct said said[SAID_MAX];
    size_t said_count;
    struct heard heard[HEARD_MAX];
    size_t heard_count;
    int64_t back_ms; /* where the clock stood when it was last set back */
    enum tale_role die_in;
    int64_t die_after;
    size_t died[ROLE_COUNT];
    struct arena *mem;
};

static const char *const tale_numbers[PHONES] = { "+15555550101", "+15555550102", "+15555550103", "+15555550104",
                                                  "+15555550105" };

static inline const char *number_of(const struct clinic *k, int phone)
{
    return phone < PHONES ? tale_numbers[phone] : k->index ? LEE_PHONE : ANA_PHONE;
}

static inline int64_t now_of(const struct tale *t)
{
    return gate_now_ms(&t->clinics[0].c.g.gate);
}

__attribute__((noreturn, format(printf, 3, 4))) static inline void tale_broken(const struct tale *t, const char *rule,
                                                                               const char *fmt, ...)
{
    va_list args;

    printf("seed %" PRIu64 ", step %d (%s): rule %s: ", t->seed, t->step, t->doing ? t->doing : "", rule);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
    _exit(1);
}

#define RULE(t, name, holds, ...)                                                                                      \
    do {                                                                                                               \
        if (!(holds))                                                                                                  \
            tale_broken(t, name, __VA_ARGS__);                                                                         \
    } while (0)

/* --- chance ------------------------------------------------------------------------------------------------------------------------- */

static inline uint64_t tale_mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static inline size_t draw(struct tale *t, size_t n)
{
    t->rng = tale_mix(t->rng);
    return n ? (size_t)(t->rng >> 11) % n : 0;
}

static inline bool chance(struct tale *t, size_t percent)
{
    return draw(t, 100) < percent;
}

#define ONE_OF(t, list) ((list)[draw(t, COUNT_OF(list))])

/* --- words ---------------------------------------------------------------------------------------------------------------------------- */

#define CANARY_WORD "maple"
#define CANARY_LETTERS "bdfgmnrt"

static inline const char *canary(const struct tale *t, size_t n, char part)
{
    const char *const l = CANARY_LETTERS;

    return arena_printf(t->mem, CANARY_WORD "%c%c%c%c%c", l[n >> 9 & 7], l[n >> 6 & 7], l[n >> 3 & 7], l[n & 7], part);
}

/* The number of the note whose word stands at p; -1: it is cut off. */
static inline int canary_read(const struct tale *t, const char *p, char *ret_part)
{
    int n = 0;

    p += strlen(CANARY_WORD);
    for (int i = 0; i < 4; i++) {
        const char *const at = p[i] ? strchr(CANARY_LETTERS, p[i]) : NULL;

        if (!at)
            return -1;
        n = n * 8 + (int)(at - CANARY_LETTERS);
    }
    *ret_part = p[4];
    return (size_t)n < t->said_count ? n : -1;
}

static inline const char *tale_words(struct tale *t, size_t n)
{
    static const char *const words[] = {
        "garden", "lake",   "bread",  "soup",  "window", "music",  "river",  "basket",
        "flower", "market", "apple",  "piano", "puzzle", "quilt",  "tomato", "picnic",
        "candle", "violin", "kettle", "paint", "bridge", "cherry", "meadow", "carpet"
    };
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);

    for (size_t i = 0; i < n; i++)
        strbuf_printf(&out, "%s%s", i == 0 ? "" : i % 9 == 8 ? ". The " : " ", ONE_OF(t, words));
    return arena_strdup(t->mem, strbuf_peek(&out));
}

/* A note with words of its own. */
static inline const char *tale_note(struct tale *t, const struct clinic *k, int by, struct said **ret_said)
{
    const size_t n = t->said_count++;
    struct said *const said = &t->said[n];

    assert_true(t->said_count <= SAID_MAX);
    *said = (struct said){ .clinic = k->index, .by = by, .is_long = chance(t, 50) };
    *ret_said = said;
    return arena_printf(t->mem, "Today %s we saw the %s%s%s", canary(t, n, 'h'), tale_words(t, said->is_long ? 30 : 7),
                        said->is_long ? " and then " : "", said->is_long ? canary(t, n, 't') : "");
}

/* --- the database, as a reader -------------------------------------------------------------------------------------------------------- */

/* One number; sql takes practice, a and b as $1, $2, $3 and must be a constant. None: 0. */
static inline int64_t ask(const struct clinic *k, const char *sql, int64_t a, int64_t b)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;
    bool row = false;

    HELP_OK(db_query(k->c.g.gate.store.db, sql, &q, &err));
    db_bind_int(q, 1, k->practice.v);
    if (strstr(sql, "$2"))
        db_bind_int(q, 2, a);
    if (strstr(sql, "$3"))
        db_bind_int(q, 3, b);
    HELP_OK(db_step(q, &row, &err));
    return row ? db_int(q, 0) : 0;
}

static inline struct text_consent consent_of(struct clinic *k, int phone)
{
    struct text_consent consent = { .state = TEXT_NEVER_ASKED };
    struct err err;

    if (k->known[phone].address.v)
        HELP_OK(text_consent_get(&k->c.g.gate.store, k->known[phone].address, &consent, &err));
    return consent;
}

/* --- the home, opened and closed ------------------------------------------------------------------------------------------------------- */

static inline void open_clinic(struct clinic *k, struct home *home)
{
    struct err err;

    k->c.home = home;
    k->c.g.h.db = home->db;
    HELP_OK(gate_open(home, k->practice, &k->c.g.gate, &err));
    k->c.g.gate.facts = k->facts;
}

/* Leases and waits are real time: what a dead one held is free at once. */
static inline void leases_end(struct tale *t)
{
    static const char *const tables[] = { "text_out", "text_in", "page_call" };

    for (size_t i = 0; i < COUNT_OF(tables); i++)
        help_raw(&t->clinics[0].c.g.h,
                 arena_printf(t->mem, "UPDATE %s SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL", tables[i]));
}

/* Minutes pass by the clock on the wall: receipts that waited for their text are looked at again, and nobody waits for a lost answer any more. */
static inline void minutes_pass(struct tale *t)
{
    help_raw(&t->clinics[0].c.g.h, "UPDATE text_out SET sending_ms = 1 WHERE state = 4");
    help_raw(&t->clinics[0].c.g.h, "UPDATE text_receipt SET due_ms = 1");
}

/* Whoever starts anew finds nothing but rows. */
static inline void open_again(struct tale *t)
{
    const int64_t now_ms = now_of(t);
    struct home *home = NULL;
    struct err err;

    gate_close(&t->clinics[0].c.g.gate);
    gate_close(&t->clinics[1].c.g.gate);
    home_close(&t->clinics[0].c.home);
    HELP_OK(home_open(arena_printf(t->mem, "%s/home", t->clinics[0].c.g.h.dir), HOME_WITH_KEYS, &home, &err));
    home_set_time(home, now_ms);
    open_clinic(&t->clinics[0], home);
    open_clinic(&t->clinics[1], home);
    leases_end(t);
}

/* --- the roles --------------------------------------------------------------------------------------------------------------------------- */

static inline enum rc text_role(struct clinic *k, struct err *err)
{
    CLEANUP(text_worker_free) struct text_worker *worker = text_worker_new(&k->c.g.gate, TEXT_ALL);
    size_t read = 1, sent = 1;
    enum rc rc = RC_OK;

    for (int rounds = 0; !rc && (read || sent); rounds++) {
        RULE(k->tale, "end", rounds < 400, "the text role finds no end");
        rc = text_work(&k->c.g.gate, k->c.lexicon, &read, err);
        if (!rc)
            rc = text_worker_step(worker, &sent, err);
    }
    return rc;
}

static inline enum rc role_once(struct clinic *k, enum tale_role role, struct err *err)
{
    size_t did = 1;
    enum rc rc = RC_OK;

    if (role == ROLE_TEXT)
        return text_role(k, err);
    for (int rounds = 0; !rc && did; rounds++) {
        RULE(k->tale, "end", rounds < 400, "the %s role finds no end", role_names[role]);
        rc = role == ROLE_CLOCK ? clock_work(&k->c.g.gate, &did, err)
                                : urgent_work(&k->c.g.gate, k->c.programs, &did, err);
    }
    return rc;
}

/* The roles in any order, and the text role once more for what the others made. */
static inline void work_one(struct clinic *k)
{
    static const enum tale_role roles[] = { ROLE_TEXT, ROLE_CLOCK, ROLE_URGENT, ROLE_TEXT };
    struct tale *const t = k->tale;
    struct err err = { .rc = RC_OK };

    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (t->die_after && t->die_in == roles[i]) {
            db_die_after(k->c.g.h.db, t->die_after);
            t->die_after = 0;
            rc_ignore(role_once(k, roles[i], &err), "it dies");
            t->died[roles[i]] += db_is_dead(k->c.g.h.db);
            db_fail_after(k->c.g.h.db, 0);
            open_again(t);
        }
        const enum rc rc = role_once(k, roles[i], &err);
        RULE(t, "end", !rc, "the %s role: %s: %s", role_names[roles[i]], rc_name(rc), err.msg);
    }
}

static inline void work(struct tale *t)
{
    t->wire->now_ms = now_of(t);
    work_one(&t->clinics[0]);
    work_one(&t->clinics[1]);
    t->die_after = 0;
}

/* As Twilio's page has it, looked up here anew: these alone, and nothing around them. */
static inline bool is_theirs(const struct clinic *k, const char *words)
{
    static const char *const theirs[] = { "STOP",   "STOPALL", "UNSUBSCRIBE", "CANCEL", "END",  "QUIT", "REVOKE",
                                          "OPTOUT", "START",   "YES",         "UNSTOP", "HELP", "INFO" };

    for (size_t i = 0; k->answers && i < COUNT_OF(theirs); i++)
        if (!strcasecmp(words, theirs[i]))
            return true;
    return false;
}

/* Out of a STOP, of a text that says START or YES. */
static inline bool leads_back(const struct clinic *k, const char *words)
{
    return !k->is_toll_free || !strcasecmp(words, "START") || !strcasecmp(words, "UNSTOP");
}

/* --- beginning ----------------------------------------------------------------------------------------------------------------------------- */

static inline void make_provider_file(struct tale *t)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(16384);
    const char *const dir = arena_printf(t->mem, "%s/home/providers", t->clinics[0].c.g.h.dir);
    FILE *const in = fopen("mailer/providers/twilio.conf", "r");
    FILE *to;
    char line[512];

    assert_non_null(in);
    while (fgets(line, sizeof line, in))
        if (!text_starts(line, "autoreply"))
            strbuf_str(&out, text_starts(line, "[twilio]") ? "[plain]\n" : line);
    fclose(in);
    assert_int_equal(mkdir(dir, 0700), 0);
    to = fopen(arena_printf(t->mem, "%s/plain.conf", dir), "w");
    assert_true(to && fputs(strbuf_peek(&out), to) >= 0 && fclose(to) == 0);
}

static inline void begin_numbers(struct clinic *k, int port)
{
    struct store *const st = &k->c.g.gate.store;
    struct err err;

    k->account = (struct text_account){
        .provider = k->provider_name,
        .values = arena_printf(k->tale->mem,
                               "{\"setting.api\":\"http://127.0.0.1:%d\",\"setting.account\":\"AC1\","
                               "\"secret.auth_token\":\"t\",\"secret.signing_key\":\"t\"}",
                               port),
    };
    k->sender = (struct text_sender){ .kind = k->is_toll_free ? TEXT_TOLL_FREE : TEXT_LONG_CODE, .number = k->ours };
    CIRCLE_TX(&k->c, HELP_OK(text_account_add(st, &k->account, &err)); k->sender.account = k->account.id;
              HELP_OK(text_sender_add(st, &k->sender, &err)));
}

static inline void begin_people(struct clinic *k)
{
    static const char *const staff[2][2][2] = { { { "Ana Ruiz", ANA }, { "Lee Ames", LEE } },
                                                { { "Bea Kern", "bea.kern@hilltop.example.com" },
                                                  { "Noah Pratt", "noah.pratt@hilltop.example.com" } } };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *const c = &k->c;
    struct address phone;
    struct err err;

    for (int g = 0; g < GROUPS; g++) {
        k->groups[g] = c->g.group;
        k->groups[g].slug = g ? "walkers" : "tuesday";
        k->groups[g].alias = g ? "Walkers" : k->index ? "Harbor Round" : "Tuesday Circle";
        k->groups[g].digest_minute = g ? 10 * 60 : 18 * 60;
    }
    CIRCLE_TX(c, for (int g = 0; g < GROUPS; g++) HELP_OK(group_add(&c->g.gate.store, &k->groups[g], &err));
              c->ana = circle_staff(c, staff[k->index][0][0], staff[k->index][0][1], STAFF_MODERATOR, 1);
              c->lee = circle_staff(c, staff[k->index][1][0], staff[k->index][1][1], STAFF_MODERATOR, 2);
              c->g.staff = c->ana; c->g.group = k->groups[0];
              k->writer = gate_help_member(&c->g, "Maria", k->index ? "greta@example.net" : MARIA, RHYTHM_WEEKLY));
    staff_text_number_yes(c, c->ana, number_of(k, ANA_AT));
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &k->ana, &err));
    k->ana.phone = number_of(k, ANA_AT);
    CIRCLE_TX(c, HELP_OK(staff_number_pin(&c->g.gate, &who, &k->ana, PIN, &err));
              HELP_OK(staff_number_reviews(&c->g.gate, &who, &k->ana, true, &err)));
    HELP_OK(address_find(&c->g.gate.store, ADDRESS_PHONE, number_of(k, ANA_AT), c->mem, &phone, &err));
    k->known[ANA_AT] = (struct known){ .address = phone.id, .has_yes = true };
}

static inline void begin_clinic(struct tale *t, int index, int port)
{
    struct clinic *const k = &t->clinics[index], *const first = &t->clinics[0];
    struct err err;

    k->tale = t;
    k->index = index;
    k->answers = index == 0;
    k->is_toll_free = index == 1;
    k->ours = index ? "+15555550198" : "+15555550199";
    k->provider_name = index ? "plain" : "twilio";
    if (index) {
        k->c = (struct circle){
            .mem = first->c.mem, .programs = first->c.programs, .home = first->c.home, .lexicon = first->c.lexicon
        };
        k->c.g.h = first->c.g.h;
        k->c.g.group = first->c.g.group;
        CIRCLE_TX(&first->c, HELP_OK(home_add_practice(first->c.home, &k->practice, &err)));
        HELP_OK(gate_open(first->c.home, k->practice, &k->c.g.gate, &err));
        k->facts = first->facts;
        k->facts.name = "Hilltop Practice";
    } else {
        k->practice = k->c.g.gate.store.practice;
        k->facts = k->c.g.gate.facts;
        k->facts.public_url = "https://gw.example.org";
    }
    k->c.g.gate.facts = k->facts;
    begin_numbers(k, port);
    begin_people(k);
}

/* Two practices and nobody with a phone but Ana. */
static inline void tale_start(struct tale *t, uint64_t seed)
{
    int port;

    *t = (struct tale){ .seed = seed, .rng = tale_mix(seed), .doing = "start", .back_ms = INT64_MIN / 2 };
    t->wire = wire_start(&port);
    circle_start_empty(&t->clinics[0].c);
    t->mem = t->clinics[0].c.mem;
    home_set_time(t->clinics[0].c.home, TALE_START_MS);
    t->wire->now_ms = TALE_START_MS;
    make_provider_file(t);
    begin_clinic(t, 0, port);
    begin_clinic(t, 1, port);
}

static inline void tale_stop(struct tale *t)
{
    gate_close(&t->clinics[1].c.g.gate);
    circle_stop(&t->clinics[0].c);
}

#endif
