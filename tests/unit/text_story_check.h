/*
 * text_story_check: the rules R1 to R22 of texts, looked at from outside after every step of a story: what reached phones (the wire), and rows.
 *
 *   R1 R2   every word of STOP, in whatever writing, stops; no other text does                              check_taken
 *   R3      from its transaction on nothing waits for a stopped number, and nothing leaves                   check_taken, check_rows, check_wire
 *   R4      one confirmation, within 300 s, not twice within a day, none where the provider gives it         check_taken, check_wire
 *   R5      STOP is of all groups of one practice, and of no other practice                                  check_taken
 *   R6      only the number itself (or paper) leads out of it: not staff                                     check_log, act_staff_tries
 *   R7      HELP is answered in any state, five times a day, and staff are told                              check_taken
 *   R8      nothing but one request and a repeat before a yes of the number itself; the yes is in the log    check_wire, check_log
 *   R9      requests, welcomes, HELP, STOP and START are one part, with the practice's name; a request says HELP, STOP, rates    check_wire
 *   R10     how to stop: in the first digest, then each tenth or within 30 days                              check_wire
 *   R11     at most seven texts a week that nobody asked for                                                 check_wire
 *   R12 R13 and those only by day where their reader is                                                      check_wire
 *   R16     out of a STOP to a toll-free number START and UNSTOP lead alone                                   check_log
 *   R17     from the practice's own two-way number, each person from the same one                            check_wire
 *   R18     nothing to a number that is bad or wrong; never what the group is about                          check_wire, check_rows
 *   R19     level 0 holds no words of notes, level 1 none beyond sixty characters; a level has its warning in the log    check_wire, check_log
 *   R20     our log holds neither numbers nor words                                                          check_log_file
 *   R21     STOP in other languages, whatever language the number reads                                      check_taken
 *   R22     each change of consent is one row of the log, chained; each text that was handed over one of the ledger    check_log, check_rows
 *   once    a text that may have reached a phone is never asked for again, and goes forward only             check_wire, check_states
 *   kept    a text that came is read or parked; words are a note, or with staff, or wait for an answer        check_rows, check_words
 *   review  words that nobody released reach nobody                                                          check_wire
 *   number  a number that is live means one thing                                                            check_numbers
 *
 * What cannot be an invariant of a story:
 *   R14     we rely on no exemption, and no setting of ours brings its limits in: R8 holds for all. R15: registration is the carrier's; what a campaign and a
 *           brand may send runs on the real clock, and a story's is not: store_text_test, buckets_hold_back.
 *           R13's zone of a number's prefix is not used: the practice's stands in for it. R20's settings of providers: e2e/text_provider_test; what is at
 *           rest: e2e/text_test, canaries. R22's export: e2e/text_test.
 */
#ifndef TESTS_UNIT_TEXT_STORY_CHECK_H
#define TESTS_UNIT_TEXT_STORY_CHECK_H

#include "text_story_help.h"

#include "store/rows.h"

#define WEEK_MS (7 * MS_DAY)

/* What the database says about a text that was asked for. */
struct sent {
    int64_t id, kind, lane, needs, person, parts, state;
    struct clinic *clinic;
    int phone;
};

static inline bool is_steady(const struct tale *t, int64_t at_ms, int64_t window_ms)
{
    return at_ms - t->back_ms > window_ms || t->back_ms < 0;
}

/* --- who got it --------------------------------------------------------------------------------------------------------------------------- */

static inline void find_sent(struct tale *t, const struct wire_row *row, struct sent *ret)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char ref[TEXT_REF_BYTES];
    struct sent s = { .phone = -1 };
    struct err err;
    size_t request;
    bool found = false;

    for (int i = 0; i < 2; i++)
        if (!strcmp(row->from, t->clinics[i].ours))
            s.clinic = &t->clinics[i];
    RULE(t, "R17", s.clinic, "a text from a number that is nobody's");
    for (int i = 0; i < NUMBERS; i++)
        if (!strcmp(row->to, number_of(s.clinic, i)))
            s.phone = i;
    RULE(t, "R8", s.phone >= 0, "a text to a number that nobody gave us");
    RULE(t, "once", text_ref_read(row->ref, ref, &request), "a request without our reference");
    HELP_OK(db_query(s.clinic->c.g.gate.store.db,
                     "SELECT id, kind, lane, needs, person_id, parts, state FROM text_out"
                     " WHERE practice_id = $1 AND ref = $2",
                     &q, &err));
    db_bind_int(q, 1, s.clinic->practice.v);
    db_bind_blob(q, 2, ref, sizeof ref);
    HELP_OK(db_step(q, &found, &err));
    RULE(t, "once", found, "a text left that no row tells of");
    s.id = db_int(q, 0);
    s.kind = db_int(q, 1);
    s.lane = db_int(q, 2);
    s.needs = db_int(q, 3);
    s.person = db_int(q, 4);
    s.parts = db_int(q, 5);
    s.state = db_int(q, 6);
    *ret = s;
}

/* --- one request ---------------------------------------------------------------------------------------------------------------------------- */

static inline void check_once(struct tale *t, size_t at)
{
    const struct wire_row *const row = &t->wire->rows[at];

    for (size_t i = 0; i < at; i++) {
        const struct wire_row *const before = &t->wire->rows[i];

        if (strcmp(before->ref, row->ref))
            continue;
        RULE(t, "once", !wire_reaches(before->mood), "a text was asked for again that may have reached its phone");
        RULE(t, "once", before->mood <= WIRE_BUSY || before->mood == WIRE_SETUP,
             "a text was asked for again that was refused for good");
    }
}

/* How many requests for a yes went to a number since it last answered. */
static inline size_t count_requests(const struct tale *t, const struct wire_row *row, int64_t since_ms, size_t until)
{
    size_t n = 0;

    for (size_t i = 0; i <= until; i++) {
        const struct wire_row *const r = &t->wire->rows[i];

        n += !strcmp(r->to, row->to) && !strcmp(r->from, row->from) && r->at_ms > since_ms && wire_reaches(r->mood) &&
             strstr(r->words, "Reply YES to get") != NULL;
    }
    return n;
}

static inline void check_allowed(struct tale *t, const struct wire_row *row, size_t at, const struct sent *s)
{
    const struct known *const n = &s->clinic->known[s->phone];
    const bool is_answer = s->needs == TEXT_NEEDS_NOTHING;

    RULE(t, "R8", n->address.v, "a text to a number that neither wrote nor was given");
    RULE(t, "R3", !n->is_stopped || is_answer, "kind %" PRId64 " left for a number that said STOP", s->kind);
    RULE(t, "R18", !n->is_bad || is_answer, "kind %" PRId64 " left for a number that nothing reaches", s->kind);
    RULE(t, "R8", s->needs != TEXT_NEEDS_CONSENT || n->has_yes, "kind %" PRId64 " left for a number without a yes",
         s->kind);
    if (s->needs == TEXT_NEEDS_NO_STOP && s->kind != MAILING_TEXT_STRANGER && s->phone != ANA_AT)
        RULE(t, "R8", count_requests(t, row, n->heard_ms, at) <= 2 * GROUPS,
             "a number is asked more often than once and again for each group");
}

static inline void check_confirmation(struct tale *t, const struct wire_row *row, const struct sent *s)
{
    struct known *const n = &s->clinic->known[s->phone];

    if (s->kind != MAILING_TEXT_STOPPED)
        return;
    RULE(t, "R4", !n->is_theirs, "the provider confirms a STOP itself, and so did we");
    RULE(t, "R4", n->stop_ms && row->at_ms - n->stop_ms <= TEXT_CONFIRM_MS, "a STOP was confirmed after %" PRId64 " s",
         (row->at_ms - n->stop_ms) / MS_SECOND);
    if (!wire_reaches(row->mood))
        return;
    RULE(t, "R4", !n->confirmed_ms || row->at_ms - n->confirmed_ms >= MS_DAY || !is_steady(t, row->at_ms, MS_DAY),
         "a second confirmation within a day");
    n->confirmed_ms = row->at_ms;
}

static inline void check_template(struct tale *t, const struct wire_row *row, const struct sent *s)
{
    static const int64_t singles[] = { MAILING_INVITATION,   MAILING_INVITATION_AGAIN, MAILING_WELCOME,
                                       MAILING_TEXT_STOPPED, MAILING_TEXT_STARTED,     MAILING_TEXT_HELP };

    for (size_t i = 0; i < COUNT_OF(singles); i++)
        if (s->kind == singles[i] && s->phone != ANA_AT) {
            RULE(t, "R9", s->parts == 1, "kind %" PRId64 " has %" PRId64 " parts", s->kind, s->parts);
            RULE(t, "R9", strstr(row->words, s->clinic->facts.name), "kind %" PRId64 " does not say who writes",
                 s->kind);
        }
    if (s->kind == MAILING_INVITATION && s->phone != ANA_AT)
        RULE(t, "R9", strstr(row->words, "HELP") && strstr(row->words, "STOP") && strstr(row->words, "rates may apply"),
             "a request lacks what it must say: %s", row->words);
}

static inline bool is_digest(const struct sent *s)
{
    return s->kind == MAILING_TEXT_DIGEST || s->kind == MAILING_TEXT_NEWS;
}

static inline void check_reminder(struct tale *t, const struct wire_row *row, const struct sent *s)
{
    struct known *const n = &s->clinic->known[s->phone];
    const bool says = strstr(row->words, "STOP to end") != NULL;

    if (is_digest(s) && !says)
        RULE(t, "R10",
             n->told_ms && n->quiet < TEXT_REMIND_DIGESTS &&
                 (row->at_ms - n->told_ms < 31 * MS_DAY || !is_steady(t, row->at_ms, 31 * MS_DAY)),
             "a digest does not tell how to stop: %d since it was said, on day %" PRId64, n->quiet,
             n->told_ms ? (row->at_ms - n->told_ms) / MS_DAY : -1);
    if (!wire_reaches(row->mood))
        return;
    n->quiet = says ? 0 : n->quiet + is_digest(s);
    if (says)
        n->told_ms = row->at_ms;
}

static inline void check_week(struct tale *t, size_t at, const struct sent *s)
{
    const struct wire_row *const row = &t->wire->rows[at];
    size_t n = 0;

    if (!is_digest(s) || !is_steady(t, row->at_ms, WEEK_MS))
        return;
    for (size_t i = 0; i <= at; i++) {
        const struct wire_row *const r = &t->wire->rows[i];
        struct sent one;

        if (strcmp(r->to, row->to) || strcmp(r->from, row->from) || !wire_reaches(r->mood) ||
            row->at_ms - r->at_ms >= WEEK_MS)
            continue;
        find_sent(t, r, &one);
        n += one.lane >= LANE_VISIT &&
             one.state <= TEXT_DELIVERED; /* of others the provider says that they did not arrive */
    }
    RULE(t, "R11", n <= TEXT_A_WEEK, "%zu texts within a week", n);
}

/* Minutes of the local day; the clocks are on summer time all the while. */
static inline int64_t local_minute(struct tale *t, const char *zone, int64_t at_ms)
{
    static const struct {
        const char *zone;
        int hours;
    } zones[] = { { "America/New_York", -4 },
                  { "America/Chicago", -5 },
                  { "America/Denver", -6 },
                  { "America/Los_Angeles", -7 },
                  { "Europe/Madrid", 2 } };

    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (!strcmp(zone, zones[i].zone))
            return (at_ms + zones[i].hours * MS_HOUR) % MS_DAY / MS_MINUTE;
    tale_broken(t, "R13", "a zone that no test has: %s", zone);
}

static inline void check_hours(struct tale *t, const struct wire_row *row, const struct sent *s)
{
    struct person person;
    struct err err;
    int64_t minute;

    const bool is_request = s->kind == MAILING_INVITATION || s->kind == MAILING_INVITATION_AGAIN;
    const bool is_awake = row->at_ms - s->clinic->known[s->phone].heard_ms < TEXT_JUST_HEARD_MS + MS_HOUR;

    if (!is_digest(s) && s->kind != MAILING_TEXT_CORRECTION && (!is_request || is_awake))
        return;
    HELP_OK(person_get(&s->clinic->c.g.gate.store, (struct person_id){ s->person }, t->mem, &person, &err));
    minute = local_minute(t, person.zone && *person.zone ? person.zone : "America/New_York", row->at_ms);
    RULE(t, "R12", minute >= 9 * 60 && minute < 20 * 60, "kind %" PRId64 " left at %" PRId64 ":%02" PRId64 " in %s",
         s->kind, minute / 60, minute % 60, person.zone ? person.zone : "the group's zone");
}

/* Whose words stand in it. */
static inline void check_words_of(struct tale *t, const struct wire_row *row, const struct sent *s)
{
    const int level = consent_of(s->clinic, s->phone).level;

    RULE(t, "R18", !strstr(row->words, GATE_CANARY), "a text says what the group is about");
    for (const char *p = row->words; (p = strstr(p, CANARY_WORD)); p++) {
        char part = '\0';
        const int i = canary_read(t, p, &part);
        const struct said *const said = i < 0 ? NULL : &t->said[i];

        if (!said)
            continue;
        RULE(t, "R5", said->clinic == s->clinic->index, "a text holds words of another practice");
        if (s->phone == ANA_AT || said->by == s->phone)
            continue;
        RULE(t, "review", said->is_ok, "a text holds words that nobody released");
        RULE(t, "R19", level > 0, "level 0 holds words of a note");
        RULE(t, "R19", level > 1 || part != 't' || said->is_note || !is_digest(s),
             "level 1 holds more than sixty characters");
    }
}

static inline void note_refusal(struct tale *t, const struct wire_row *row)
{
    struct sent s;

    if (row->mood != WIRE_OPTOUT && row->mood != WIRE_BAD_NUMBER)
        return;
    find_sent(t, row, &s);
    if (row->mood == WIRE_OPTOUT)
        s.clinic->known[s.phone].is_stopped = true;
    else
        s.clinic->known[s.phone].is_bad = true;
}

static inline void check_wire(struct tale *t)
{
    const size_t count = __atomic_load_n(&t->wire->count, __ATOMIC_SEQ_CST), first = t->looked;

    for (; t->looked < count; t->looked++) {
        const struct wire_row *const row = &t->wire->rows[t->looked];
        struct sent s;

        find_sent(t, row, &s);
        check_once(t, t->looked);
        check_allowed(t, row, t->looked, &s);
        check_confirmation(t, row, &s);
        check_template(t, row, &s);
        check_reminder(t, row, &s);
        check_week(t, t->looked, &s);
        check_hours(t, row, &s);
        check_words_of(t, row, &s);
    }
    for (size_t i = first; i < count; i++) /* what was asked for beside it was under way */
        note_refusal(t, &t->wire->rows[i]);
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------ */

static inline const struct heard *heard_as(const struct tale *t, const struct clinic *k, int64_t in)
{
    for (size_t i = 0; i < t->heard_count; i++)
        if (t->heard[i].clinic == k->index && t->heard[i].in.v == in)
            return &t->heard[i];
    return NULL;
}

/* The log of one number: chained, and only the number itself says yes. */
static inline void check_log(struct clinic *k, int phone)
{
    struct tale *const t = k->tale;
    const struct text_consent now = consent_of(k, phone);
    struct text_consent_entry *log;
    enum text_consent_state state = TEXT_NEVER_ASKED;
    struct err err;
    int level = 0;
    size_t n;

    if (!k->known[phone].address.v)
        return;
    HELP_OK(text_consent_log(&k->c.g.gate.store, k->known[phone].address, t->mem, &log, &n, &err));
    for (size_t i = 0; i < n; i++) {
        const struct text_consent_entry *const e = &log[i];
        const struct heard *const heard = heard_as(t, k, e->evidence_id);

        RULE(t, "R22", e->before == state && e->old_level == level, "a change of consent that no row tells of");
        if (e->after == TEXT_YES && e->before != TEXT_YES && phone != ANA_AT)
            RULE(t, "R8",
                 e->way == TEXT_BY_TEXT && heard && heard->phone == phone &&
                     (heard->means == MEANS_YES || heard->means == MEANS_START),
                 "a yes that its number did not say");
        if (e->before == TEXT_STOPPED && e->after != TEXT_STOPPED) {
            RULE(t, "R6",
                 e->way == TEXT_BY_PAPER ||
                     (e->way == TEXT_BY_TEXT && heard && (heard->means == MEANS_START || heard->means == MEANS_YES)),
                 "out of STOP by another way than its number: way %d, to %d", e->way, e->after);
            RULE(t, "R16", e->way != TEXT_BY_TEXT || leads_back(k, heard->words),
                 "\"%s\" to a toll-free number undid a STOP", heard->words);
        }
        if (e->new_level > e->old_level)
            RULE(t, "R19", *e->wording && (e->evidence_id || e->way == TEXT_BY_STAFF),
                 "a level without its warning in the log");
        state = e->after;
        level = e->new_level;
    }
    RULE(t, "R22", now.state == state && now.level == level, "consent is another one than its log");
}

static inline bool may_move(enum text_state from, enum text_state to, bool is_handed)
{
    switch (from) {
    case TEXT_QUEUED:
    case TEXT_CLAIMED:
        return true;
    case TEXT_SENDING:
        return to != TEXT_CANCELLED;
    case TEXT_UNKNOWN:
        return to >= TEXT_UNKNOWN && to <= TEXT_EXPIRED;
    case TEXT_ACCEPTED:
    case TEXT_SENT:
        return to >= from && to <= TEXT_EXPIRED;
    case TEXT_EXPIRED:
        return to == TEXT_EXPIRED || (to == TEXT_QUEUED && !is_handed);
    default:
        return to == from;
    }
}

/* Each text goes forward only, and what a provider once took stays taken. */
static inline void check_states(struct clinic *k)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct tale *const t = k->tale;
    struct was *is = NULL;
    size_t n = 0, cap = 0, before = 0;
    struct err err;
    bool row;

    HELP_OK(db_query(k->c.g.gate.store.db,
                     "SELECT id, state, handed_ms FROM text_out WHERE practice_id = $1 ORDER BY id", &q, &err));
    db_bind_int(q, 1, k->practice.v);
    for (;;) {
        HELP_OK(db_step(q, &row, &err));
        if (!row)
            break;
        is = rows_room(t->mem, is, n, &cap, sizeof *is);
        is[n++] = (struct was){ db_int(q, 0), db_int(q, 2), (enum text_state)db_int(q, 1) };
    }
    for (size_t i = 0; i < n; i++) {
        const struct was *const w = before < k->was_count ? &k->was[before] : NULL;

        RULE(t, "once", is[i].state != TEXT_SENDING && is[i].state != TEXT_CLAIMED, "a text is still held by a role");
        if (!w || w->id > is[i].id)
            continue;
        RULE(t, "once", w->id == is[i].id, "a text is gone");
        RULE(t, "once", may_move(w->state, is[i].state, is[i].handed_ms), "a text went from %s to %s",
             text_state_name(w->state), text_state_name(is[i].state));
        RULE(t, "once", !w->handed_ms || w->handed_ms == is[i].handed_ms, "a text was handed over twice");
        before++;
    }
    RULE(t, "once", before == k->was_count, "a text is gone");
    k->was = is;
    k->was_count = n;
}

/* A number that is live means what it meant. */
static inline void check_numbers(struct clinic *k)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct tale *const t = k->tale;
    struct number_given *is = NULL;
    size_t n = 0, cap = 0;
    struct err err;
    bool row;

    HELP_OK(db_query(k->c.g.gate.store.db,
                     "SELECT address_id, n, target_id, kind, live_ms FROM text_item WHERE practice_id = $1", &q, &err));
    db_bind_int(q, 1, k->practice.v);
    for (;;) {
        HELP_OK(db_step(q, &row, &err));
        if (!row)
            break;
        is = rows_room(t->mem, is, n, &cap, sizeof *is);
        is[n++] = (struct number_given){ db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_int(q, 4) };
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k->given_count; j++) {
            const struct number_given *const w = &k->given[j];

            if (w->address != is[i].address || w->n != is[i].n || !is_steady(t, now_of(t), WEEK_MS))
                continue;
            RULE(t, "number", (w->target == is[i].target && w->kind == is[i].kind) || w->live_ms <= now_of(t),
                 "number %" PRId64 " is live, and means something else", w->n);
        }
    k->given = is;
    k->given_count = n;
}

static inline void check_stopped(struct clinic *k)
{
    RULE(k->tale, "R3",
         !ask(k,
              "SELECT COUNT(*) FROM text_out o JOIN text_consent c ON c.practice_id = o.practice_id"
              " AND c.address_id = o.address_id WHERE o.practice_id = $1 AND c.state IN (3, 4, 5) AND o.state IN (1, 2)"
              " AND o.needs <> 3",
              0, 0),
         "something waits for a number that is stopped");
}

static inline void check_rows(struct clinic *k)
{
    struct tale *const t = k->tale;

    check_stopped(k);
    RULE(t, "kept", !ask(k, "SELECT COUNT(*) FROM text_in WHERE practice_id = $1 AND state IN (1, 2)", 0, 0),
         "a text that came is not read");
    RULE(t, "R22",
         ask(k, "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND handed_ms IS NOT NULL", 0, 0) ==
             ask(k, "SELECT COUNT(*) FROM text_ledger WHERE practice_id = $1 AND is_out = 1", 0, 0),
         "the ledger has another count than what was handed over");
    RULE(t, "R22",
         ask(k, "SELECT COUNT(*) FROM text_in WHERE practice_id = $1", 0, 0) ==
             ask(k, "SELECT COUNT(*) FROM text_ledger WHERE practice_id = $1 AND is_out = 0", 0, 0),
         "the ledger has another count than what came");
    RULE(t, "kept", !ask(k, "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND reason = $2", TEXT_UNSENDABLE, 0),
         "no request can be made of a text");
    check_states(k);
    check_numbers(k);
    for (int i = 0; i < NUMBERS; i++)
        check_log(k, i);
}

/* Words that came are a note, or with staff; is_end false: or a question about them is open. */
static inline void check_words(struct tale *t, size_t from, bool is_end)
{
    for (size_t i = from; i < t->heard_count; i++) {
        const struct heard *const h = &t->heard[i];
        const struct clinic *const k = &t->clinics[h->clinic];

        if (h->means != MEANS_WORDS && h->means != MEANS_CRISIS && h->means != MEANS_PROSE)
            continue;
        RULE(t, "kept",
             ask(k, "SELECT COUNT(*) FROM post WHERE practice_id = $1 AND letter_id = $2", h->in.v, 0) ||
                 ask(k, "SELECT COUNT(*) FROM mailing WHERE practice_id = $1 AND subject_id = $2", h->in.v, 0) ||
                 ask(k, "SELECT COUNT(*) FROM page WHERE practice_id = $1 AND letter_id = $2", h->in.v, 0) ||
                 ask(k, "SELECT COUNT(*) FROM private_note WHERE practice_id = $1 AND letter_id = $2", h->in.v, 0) ||
                 (!is_end &&
                  ask(k, "SELECT COUNT(*) FROM text_asked WHERE practice_id = $1 AND subject_id = $2", h->in.v, 0)),
             "words of phone %d are nowhere: %s", h->phone, h->words);
    }
}

static inline void check_log_file(struct tale *t)
{
    const char *const path = arena_printf(t->mem, "%s/" TALE_LOG, getenv("POSTCIRCLE_TEST_DIR"));
    FILE *const f = fopen(path, "r");
    char line[4096];

    while (f && fgets(line, sizeof line, f))
        RULE(t, "R20", !strstr(line, "5555550") && !strstr(line, CANARY_WORD), "the log tells numbers or words: %s",
             line);
    if (f)
        fclose(f);
}

static inline void check_all(struct tale *t, size_t heard_before)
{
    check_wire(t);
    check_rows(&t->clinics[0]);
    check_rows(&t->clinics[1]);
    check_words(t, heard_before, false);
}

/* --- at once: in the transaction that stores a text ----------------------------------------------------------------------------------------- */

struct before {
    enum text_consent_state here, there;
    int64_t stopped, helped, helped_today, told, stop_age_ms;
};

static inline int64_t count_kind(const struct clinic *k, int phone, int64_t kind)
{
    return ask(k, "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND address_id = $2 AND kind = $3",
               k->known[phone].address.v, kind);
}

static inline void look_before(struct clinic *k, int phone, struct before *ret)
{
    struct tale *const t = k->tale;
    const struct text_consent consent = consent_of(k, phone);
    struct err err;

    *ret = (struct before){ .here = consent.state,
                            .there = consent_of(&t->clinics[!k->index], phone).state,
                            .told = ask(k, "SELECT COUNT(*) FROM delivery WHERE practice_id = $1", 0, 0),
                            .stop_age_ms = consent.stopped_ms ? now_of(t) - consent.stopped_ms : INT64_MAX };
    if (!k->known[phone].address.v)
        return;
    ret->stopped = count_kind(k, phone, MAILING_TEXT_STOPPED);
    ret->helped = count_kind(k, phone, MAILING_TEXT_HELP);
    HELP_OK(text_out_count(&k->c.g.gate.store, k->known[phone].address, MAILING_TEXT_HELP, now_of(t) - MS_DAY,
                           &ret->helped_today, &err));
}

static inline void check_taken(struct clinic *k, const struct heard *h, const struct before *b)
{
    struct tale *const t = k->tale;
    const int phone = h->phone;
    const enum text_consent_state is = consent_of(k, phone).state;
    const int64_t stopped = count_kind(k, phone, MAILING_TEXT_STOPPED) - b->stopped,
                  helped = count_kind(k, phone, MAILING_TEXT_HELP) - b->helped,
                  told = ask(k, "SELECT COUNT(*) FROM delivery WHERE practice_id = $1", 0, 0) - b->told;
    const bool is_wrong = h->means == MEANS_WRONG, ends = h->means <= MEANS_WRONG;
    const char *const rule = h->means == MEANS_STOP_ABROAD ? "R21" : "R1";

    if (phone < PHONES)
        RULE(t, "R5", consent_of(&t->clinics[!k->index], phone).state == b->there,
             "a text to one practice changed what was said to the other");
    if (ends) {
        RULE(t, rule, is == TEXT_STOPPED || (is_wrong && is == TEXT_WRONG_NUMBER), "\"%s\" did not stop", h->words);
        check_stopped(k);
        RULE(t, "R4", stopped == (b->stop_age_ms >= MS_DAY && !is_theirs(k, h->words)),
             "\"%s\" has %" PRId64 " confirmations", h->words, stopped);
        return;
    }
    RULE(t, "R2", stopped == 0 && (is == b->here || h->means == MEANS_START || is < TEXT_STOPPED),
         "\"%s\" stopped texts", h->words);
    RULE(t, "R7", helped == (h->means == MEANS_HELP && !is_theirs(k, h->words) && b->helped_today < 5),
         "\"%s\" has %" PRId64 " answers", h->words, helped);
    RULE(t, "R7", h->means != MEANS_HELP || told > 0, "staff were not told of \"%s\"", h->words);
}

#endif
