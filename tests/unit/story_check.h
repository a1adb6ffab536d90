/*
 * story_check: the promises of a practice's house, looked at from outside: mails as their readers see them, rows of the database, the file and the
 * log. It knows nothing of the rules but what the acts noted in the model (story_help.h).
 *
 *   1  what reached another was released by enough people, who saw it    8  nothing before consent but invitations, nothing after STOP
 *   2  one To, that of the envelope                                     9  no word or name in the database's files
 *   3  nobody's contact data in another's mail                         10  nor in the log
 *   4  each letter has an outcome; what was released reached all       11  each act of staff has its row; the record verifies
 *   5  nobody got it twice                                             12  robots and strangers get nothing; the same answer once a day
 *   6  acts without proof change nothing                               13  each cry for help pages, until somebody claims it
 *   7  nothing telling in a header
 *   0  practices of one home are apart (story_apart.h)
 *      and of check-ins: an answer goes to its author and staff alone; totals are of five people or more
 */
#ifndef TESTS_UNIT_STORY_CHECK_H
#define TESTS_UNIT_STORY_CHECK_H

#include "story_apart.h"

#include "store/rekey.h"
#include "store/sealed_columns.h"

#include <fcntl.h>

#define STORY_VALUE_SQL(column, table, name, id)                                                                       \
    "SELECT " id ", " name " FROM " table " WHERE practice_id = $1 AND " name " IS NOT NULL",
static const char *const story_value_sql[] = { SEALED_COLUMNS(STORY_VALUE_SQL) };

/* --- promise 6: what an act without proof must not change ------------------------------------------------------------------------------------ */

struct rights {
    int64_t newest_post, posts, reviews, pages, members, consents, suppressed;
};

static inline struct rights story_rights(struct story *s)
{
    struct rights r = { .newest_post =
                            story_ask(s, "SELECT COALESCE(MAX(id), 0) FROM post WHERE practice_id = $1", 0, 0) };

    r.posts = story_ask(s,
                        "SELECT CAST(COALESCE(SUM(version * 16 + state), 0) AS BIGINT) FROM post WHERE practice_id = $1"
                        " AND id <= $2",
                        r.newest_post, 0);
    r.reviews = story_ask(s, "SELECT count(*) FROM review WHERE practice_id = $1", 0, 0);
    r.pages = story_ask(
        s, "SELECT CAST(COALESCE(SUM(state), 0) AS BIGINT) FROM page WHERE practice_id = $1 AND state > 1", 0, 0);
    r.members = story_ask(
        s, "SELECT CAST(COALESCE(SUM(state * 64 + rhythm * 8), 0) AS BIGINT) FROM membership WHERE practice_id = $1", 0,
        0);
    r.consents = story_ask(s, "SELECT count(*) FROM consent WHERE practice_id = $1", 0, 0);
    r.suppressed = story_ask(s, "SELECT count(*) FROM suppression WHERE practice_id = $1", 0, 0);
    return r;
}

static inline void story_nothing_done(struct story *s, const struct rights *before, const char *word)
{
    const int64_t posts = story_ask(s,
                                    "SELECT CAST(COALESCE(SUM(version * 16 + state), 0) AS BIGINT) FROM post WHERE"
                                    " practice_id = $1 AND id <= $2",
                                    before->newest_post, 0);
    const struct rights now = story_rights(s);

    PROMISE(s, 6, posts == before->posts, "'%s' without proof changed a post", word);
    PROMISE(s, 6, now.reviews == before->reviews, "'%s' without proof decided", word);
    PROMISE(s, 6, now.pages == before->pages, "'%s' without proof changed a page", word);
    PROMISE(s, 6, now.members == before->members, "'%s' without proof changed a membership", word);
    PROMISE(s, 6, now.consents == before->consents && now.suppressed == before->suppressed,
            "'%s' without proof changed a consent", word);
}

/* --- promise 12: robots ---------------------------------------------------------------------------------------------------------------------- */

static inline bool is_of_group(int64_t kind)
{
    return kind == MAILING_DIGEST || kind == MAILING_POST || kind == MAILING_COMMENT || kind == MAILING_ANNOUNCEMENT ||
           kind == MAILING_CORRECTION || kind == MAILING_MORE;
}

/* What just came is sorted and causes no mail to its writer. What was on its way to them before leaves first. */
static inline void story_quiet(struct story *s, const struct said *said, const char *what)
{
    const int64_t arrival = said->arrival.v;
    const size_t before = s->c.mail_count;

    story_work(s, ROLE_SORT);
    for (size_t i = before; i < s->c.mail_count; i++)
        PROMISE(s, 12, strcmp(s->c.mails[i].to, said->from) != 0 || is_of_group(s->seen[i].kind),
                "a %s (arrival %" PRId64 ") was answered with kind %" PRId64, what, arrival, s->seen[i].kind);
}

/* --- promise 13 ------------------------------------------------------------------------------------------------------------------------------- */

/* Time goes on; whoever is called still is called again, when there is a relay. */
static inline void story_calls_go_on(struct story *s, int64_t ms)
{
    const int64_t open =
        story_ask(s, "SELECT count(*) FROM page WHERE practice_id = $1 AND state = 1 AND kind = 1", 0, 0);
    const int64_t newest =
        story_ask(s, "SELECT COALESCE(MAX(id), 0) FROM page WHERE practice_id = $1 AND state = 1 AND kind = 1", 0, 0);
    const int64_t calls = story_ask(
        s, "SELECT CAST(COALESCE(SUM(step), 0) AS BIGINT) FROM page WHERE practice_id = $1 AND state = 1 AND kind = 1",
        0, 0);

    home_set_time(s->c.home, gate_now_ms(&s->c.g.gate) + ms);
    s->die_after = s->fail_after = 0;
    story_work(s, ROLE_SORT);
    const int64_t now = story_ask(
        s,
        "SELECT CAST(COALESCE(SUM(step), 0) AS BIGINT) FROM page WHERE practice_id = $1 AND state = 1 AND kind = 1"
        " AND id <= $2",
        newest, 0);
    PROMISE(s, 13, now >= calls + open, "%" PRId64 " open pages, calls %" PRId64 " → %" PRId64, open, calls, now);
}

static inline void check_pages(struct story *s)
{
    for (size_t i = 0; i < s->said_count; i++) {
        const struct said *said = &s->said[i];

        if (!said->is_crisis || !said->arrival.v)
            continue;
        PROMISE(
            s, 13,
            story_ask(s,
                      "SELECT (SELECT count(*) FROM page WHERE practice_id = $1 AND letter_id = $2 AND kind = 1)"
                      " + (SELECT count(*) FROM page_joined j WHERE practice_id = $1 AND letter_id = $2 AND EXISTS"
                      " (SELECT 1 FROM page p WHERE p.practice_id = $1 AND p.id = j.page_id AND p.person_id IS NULL))",
                      said->arrival.v, 0) == 1,
            "letter %zu cries for help and has no page (outcome %" PRId64 ")", i,
            story_ask(s, "SELECT outcome FROM letter WHERE practice_id = $1 AND id = $2", said->arrival.v, 0));
    }
    PROMISE(s, 13,
            story_ask(s, "SELECT count(*) FROM page WHERE practice_id = $1 AND state < 3 AND next_ms IS NULL", 0, 0) ==
                0,
            "a page that is not closed will never be called again");
    PROMISE(
        s, 13,
        story_ask(
            s,
            "SELECT count(*) FROM page p WHERE practice_id = $1 AND kind = 1 AND NOT EXISTS (SELECT 1 FROM mailing m"
            " WHERE m.practice_id = $1 AND m.kind = 80 AND m.subject_id = p.id)",
            0, 0) == 0,
        "a page called nobody");
}

/* --- one mail ----------------------------------------------------------------------------------------------------------------------------------- */

/* A token may hold "maple" by chance; no text goes on so. */
static inline bool has_words(const struct story *s, const char *plain)
{
    char part;

    for (const char *p = plain; (p = strstr(p, CANARY_WORD)); p++)
        if (canary_read(s, p, &part) >= 0)
            return true;
    return false;
}

static inline void check_envelope(struct story *s, const struct mail *m)
{
    const char *head_end = strstr(m->raw, "\r\n\r\n");
    const char *head = lower(s, arena_printf(s->c.mem, "\r\n%.*s\r\n", (int)(head_end - m->raw), m->raw));
    const char *to = strstr(head, "\r\nto:"), *end;

    PROMISE(s, 2, to && !strstr(to + 5, "\r\nto:"), "not one To");
    end = strstr(to + 2, "\r\n");
    const char *line = arena_strndup(s->c.mem, to, (size_t)(end - to));
    PROMISE(s, 2, strstr(line, lower(s, m->to)) && strchr(line, '@') == strrchr(line, '@'), "To is not the envelope's");
    PROMISE(s, 2, !strstr(head, "\r\ncc:") && !strstr(head, "\r\nbcc:"), "Cc or Bcc");
    PROMISE(s, 7,
            !strstr(head, s->place->forbidden) && !strstr(lower(s, m->subject), s->place->forbidden) &&
                !strstr(m->sender, s->place->forbidden),
            "a header says the forbidden word: %s", m->subject);
    PROMISE(s, 7, !has_words(s, head) && !has_words(s, m->subject), "a header says words of a letter: %s", m->subject);
}

static inline void check_contacts(struct story *s, const char *plain, unsigned readers)
{
    for (size_t i = STORY_STAFF; i < s->who_count; i++) {
        const struct one *one = &s->who[i];
        const char *const secrets[] = { one->email, one->name, one->phone, one->chart, one->emergency };

        for (size_t k = 0; k < COUNT_OF(secrets) && !(readers & 1u << i); k++)
            PROMISE(s, 3, !strstr(plain, lower(s, secrets[k])), "%s reads the %s of person %zu", "somebody",
                    ((const char *const[]){ "address", "full name", "phone", "chart", "emergency contact" })[k], i);
    }
}

/* Enough people who saw it, and a row of each decision. */
static inline void check_released(struct story *s, size_t n, int64_t kind)
{
    const struct said *said = &s->said[n];
    const int64_t tier = story_ask(s, "SELECT COALESCE(MIN(tier), 4) FROM letter WHERE practice_id = $1 AND id = $2",
                                   said->arrival.v, 0);
    const bool by_staff = said->by >= 0 && s->who[said->by].is_staff;
    const int people = __builtin_popcount(said->ok_by);

    PROMISE(s, 1, !said->is_private, "words to staff alone (text %zu) reached a member, kind %" PRId64, n, kind);
    PROMISE(s, 1, people >= (tier <= 1 && !by_staff ? 2 : 1),
            "text %zu of tier %" PRId64 " reached another with the OK of %d people, kind %" PRId64, n, tier, people,
            kind);
    PROMISE(
        s, 1,
        !said->arrival.v || by_staff ||
            story_ask(s,
                      "SELECT count(*) FROM post p WHERE practice_id = $1 AND published_seq IS NOT NULL AND state = 5"
                      " AND letter_id = $2 AND NOT EXISTS (SELECT 1 FROM review r WHERE r.practice_id = $1 AND"
                      " r.post_id = p.id AND r.post_version = p.version - 1)",
                      said->arrival.v, 0) == 0,
        "text %zu is out without a decision about that version", n);
}

static inline bool has_part(struct story *s, const char *plain, size_t n, char part)
{
    return strstr(plain, canary(s, n, part)) != NULL;
}

/* A mail about a post, to its author. */
static inline bool is_to_author(struct story *s, size_t mail)
{
    return story_ask(
               s,
               "SELECT count(*) FROM post p WHERE practice_id = $1 AND author_id = $3 AND (id = $2 OR EXISTS (SELECT 1"
               " FROM question q WHERE q.practice_id = $1 AND q.id = $2 AND q.subject_id = p.id))",
               s->seen[mail].subject, s->seen[mail].person) > 0;
}

static inline void check_words(struct story *s, size_t mail, const char *plain, unsigned readers)
{
    const int64_t kind = s->seen[mail].kind;

    for (const char *p = plain; (p = strstr(p, CANARY_WORD)); p++) {
        char part;
        const int n = canary_read(s, p, &part);

        if (n < 0)
            continue;
        const struct said *said = &s->said[n];
        if (said->by < 0)
            story_broken(s, 1, "a stranger's words reached a member");
        if (readers & 1u << said->by || (said->is_to_author && is_to_author(s, mail)))
            continue;
        PROMISE(s, 9, !s->who[said->by].is_erased || said->is_anothers,
                "words of somebody who was erased, kind %" PRId64, kind);
        check_released(s, (size_t)n, kind);
    }
}

/* Answers to check-ins stand in no letter but their author's, and totals are of enough people. */
static inline void check_answers(struct story *s, const char *plain, unsigned readers)
{
    const char *p = plain;

    for (size_t n = 0; n < s->said_count; n++)
        if (s->said[n].is_check_in && !(readers & 1u << s->said[n].by))
            PROMISE(s, 1, !strstr(plain, story_value(s, n)), "the answer of text %zu reached somebody else", n);
    while ((p = strstr(p, " people answered."))) {
        const char *digits = p;

        while (digits > plain && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        PROMISE(s, 1, strtol(digits, NULL, 10) >= 5, "totals of %ld people", strtol(digits, NULL, 10));
        p++;
    }
}

/* In how many more talks than one its author put it. */
static inline size_t places_of(struct story *s, const struct said *said)
{
    const int64_t posts =
        story_ask(s, "SELECT count(*) FROM post WHERE practice_id = $1 AND letter_id = $2", said->arrival.v, 0);

    return posts > 1 ? (size_t)posts - 1 : 0;
}

/* The end of a long text is in no excerpt: whoever reads it got the text. */
static inline void check_twice(struct story *s, size_t mail, unsigned readers)
{
    const struct mail *m = &s->c.mails[mail];
    size_t copies = 0;

    for (size_t i = 0; i < mail; i++)
        copies += !strcmp(s->c.mails[i].message_id, m->message_id);
    PROMISE(s, 5, copies <= s->doubtful, "the same mail %zu times, %zu in doubt", copies + 1, s->doubtful);
    if (!is_of_group(s->seen[mail].kind) || copies)
        return;
    for (size_t n = 0; n < s->said_count; n++) {
        const struct said *said = &s->said[n];
        size_t before = 0;

        if (!said->is_long || said->is_note || said->by < 0 || readers & 1u << said->by ||
            !circle_holds(m->text, canary(s, n, 't')))
            continue;
        for (size_t i = 0; i < mail; i++)
            before += s->seen[i].membership == s->seen[mail].membership && is_of_group(s->seen[i].kind) &&
                      circle_holds(s->c.mails[i].text, canary(s, n, 't')) &&
                      strcmp(s->c.mails[i].message_id, m->message_id) != 0;
        PROMISE(s, 5, before <= said->repeats + places_of(s, said), "text %zu came %zu times to one member", n,
                before + 1);
    }
}

/* --- promise 8 and 12: what may go to whom ----------------------------------------------------------------------------------------------------- */

static inline bool is_answer_to_anybody(int64_t kind)
{
    return kind == MAILING_HELP || kind == MAILING_STOPPED || kind == MAILING_CRISIS_ACK ||
           kind == MAILING_MEDICAL_ACK || kind == MAILING_LEFT || kind == MAILING_LEAVE_CHECK;
}

static inline void check_consent(struct story *s, size_t mail)
{
    const struct seen *seen = &s->seen[mail];
    const bool asks = seen->kind == MAILING_INVITATION || seen->kind == MAILING_INVITATION_AGAIN ||
                      seen->kind == MAILING_CONSENT_CHECK || seen->kind == MAILING_NOT_YES;
    size_t same = 0;

    for (size_t i = 0; i < s->who_count; i++) {
        const struct one *one = &s->who[i];

        if (one->person.v != seen->person || one->is_staff)
            continue;
        PROMISE(s, 8,
                asks || is_answer_to_anybody(seen->kind) ||
                    story_ask(s,
                              "SELECT count(*) FROM consent WHERE practice_id = $1 AND person_id = $2 AND kind = 1 AND"
                              " is_given = 1",
                              seen->person, 0) > 0,
                "kind %" PRId64 " before consent", seen->kind);
        PROMISE(s, 8, !one->is_stopped || is_answer_to_anybody(seen->kind) || asks, "kind %" PRId64 " after STOP",
                seen->kind);
        PROMISE(s, 8, !one->has_died, "kind %" PRId64 " to somebody who has died", seen->kind);
    }
    for (size_t i = 0; i <= mail; i++)
        same += s->seen[i].person == seen->person && s->seen[i].kind == seen->kind &&
                s->seen[i].membership == seen->membership && (i == mail || s->seen[i].delivery != seen->delivery);
    PROMISE(s, 8, !(seen->kind == MAILING_INVITATION || seen->kind == MAILING_INVITATION_AGAIN) || same <= 1,
            "invited %zu times", same);
}

static inline void check_once_a_day(struct story *s, size_t mail)
{
    static const int64_t once[] = { MAILING_RULES,      MAILING_INFO,        MAILING_ANON_HELP, MAILING_EMPTY_NOTE,
                                    MAILING_CRISIS_ACK, MAILING_MEDICAL_ACK, MAILING_TOO_BIG };
    const struct seen *seen = &s->seen[mail];
    size_t most = seen->kind == MAILING_HELP || seen->kind == MAILING_STOPPED || seen->kind == MAILING_STATUS ? 5 : 0,
           same = 1;

    for (size_t i = 0; i < COUNT_OF(once); i++)
        most = once[i] == seen->kind ? 1 : most;
    if (!most || (s->backward_step && seen->at_ms - s->backward_ms < MS_DAY))
        return;
    for (size_t i = 0; i < mail; i++)
        same += s->seen[i].person == seen->person && s->seen[i].kind == seen->kind &&
                s->seen[i].delivery != seen->delivery && s->seen[i].membership == seen->membership &&
                s->seen[i].subject == seen->subject && seen->at_ms - s->seen[i].at_ms < 23 * MS_HOUR;
    PROMISE(s, 12, same <= most, "answer of kind %" PRId64 ": %zu in a day", seen->kind, same);
}

/* --- promise 11 ----------------------------------------------------------------------------------------------------------------------------------- */

static inline void check_record(struct story *s)
{
    PROMISE(
        s, 11,
        story_ask(s,
                  "SELECT count(*) FROM review r WHERE practice_id = $1 AND NOT EXISTS (SELECT 1 FROM audit a WHERE"
                  " a.practice_id = $1 AND a.item_id = r.post_id AND a.actor_kind = 2 AND a.actor_id = r.staff_id AND"
                  " a.verb BETWEEN 33 AND 61 AND a.at_ms = r.at_ms)",
                  0, 0) == 0,
        "a decision without its row");
    PROMISE(s, 11,
            story_ask(
                s,
                "SELECT count(*) FROM page p WHERE practice_id = $1 AND claimed_by IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM audit a WHERE a.practice_id = $1 AND a.item_id = p.id AND a.verb = 51 AND a.actor_id ="
                " p.claimed_by)",
                0, 0) == 0,
            "a claim without its row");
    PROMISE(
        s, 11,
        story_ask(
            s,
            "SELECT count(*) FROM membership m WHERE practice_id = $1 AND state = 5 AND NOT EXISTS (SELECT 1 FROM"
            " audit a WHERE a.practice_id = $1 AND a.item_id = m.id AND a.verb IN (21, 93)) AND NOT EXISTS (SELECT 1"
            " FROM audit a WHERE a.practice_id = $1 AND a.item_id = m.person_id AND a.verb IN (21, 93))",
            0, 0) == 0,
        "a removal without its row");
    PROMISE(s, 11,
            story_ask(s,
                      "SELECT (SELECT count(*) FROM practice_key WHERE practice_id = $1 AND use_ = 1) - 1"
                      " - (SELECT count(*) FROM audit WHERE practice_id = $1 AND verb = 70)",
                      0, 0) == 0,
            "a key without its row");
    PROMISE(s, 11,
            story_ask(s,
                      "SELECT (SELECT count(*) FROM practice_key WHERE practice_id = $1 AND use_ = 1 AND state = 3)"
                      " - (SELECT count(*) FROM audit WHERE practice_id = $1 AND verb = 71)",
                      0, 0) == 0,
            "the end of a key without its row");
}

/* --- after each step -------------------------------------------------------------------------------------------------------------------------------- */

static inline void check_stop(struct story *s)
{
    if (!s->stopping)
        return;
    const int by = s->stopping->by;
    const int64_t outcome =
        story_ask(s, "SELECT outcome FROM letter WHERE practice_id = $1 AND id = $2", s->stopping->arrival.v, 0);

    s->who[by].is_stopped |= outcome == OUTCOME_COMMAND && readers_of(s, s->who[by].email) == 1u << by;
    s->stopping = NULL;
}

static inline void story_check(struct story *s)
{
    for (size_t i = s->checked; i < s->c.mail_count; i++) {
        const struct mail *m = &s->c.mails[i];
        const unsigned readers = readers_of(s, m->to);
        const bool is_staffs = readers & ((1u << STORY_STAFF) - 1);

        PROMISE(s, 12, readers, "a mail to nobody we know");
        check_envelope(s, m);
        check_consent(s, i);
        check_once_a_day(s, i);
        check_twice(s, i, readers);
        const char *plain = mail_plain(s, m);

        check_apart(s, m, plain);
        PROMISE(s, 13, s->seen[i].kind != MAILING_PAGE || !has_words(s, plain), "a page holds words of a letter");
        if (is_staffs && !is_of_group(s->seen[i].kind))
            continue;
        check_contacts(s, plain, readers);
        check_words(s, i, plain, readers);
        check_answers(s, plain, readers);
    }
    s->checked = s->c.mail_count;
    check_stop(s);
    check_pages(s);
    check_record(s);
}

/* Time is one in a home: what is due in the other practice is done too, and nothing of it in this one. */
static inline void story_other_works(struct story *s)
{
    struct rows before;

    if (!s->other)
        return;
    rows_read(s, &before);
    s->other->step = s->step;
    s->other->doing = "beside the other";
    story_work(s->other, ROLE_SORT);
    story_check(s->other);
    check_rows(s->other, &before);
}

/* --- at the end --------------------------------------------------------------------------------------------------------------------------------------- */

static inline void check_letters(struct story *s)
{
    PROMISE(s, 4, story_ask(s, "SELECT count(*) FROM arrival WHERE practice_id = $1 AND state IN (2, 3)", 0, 0) == 0,
            "an arrival was never looked at");
    PROMISE(
        s, 4,
        story_ask(
            s,
            "SELECT count(*) FROM arrival a WHERE practice_id = $1 AND state = 4 AND NOT EXISTS (SELECT 1 FROM letter"
            " l WHERE l.practice_id = $1 AND l.id = a.id AND l.outcome > 0)",
            0, 0) == 0,
        "a letter without an outcome");
    PROMISE(
        s, 4,
        story_ask(
            s,
            "SELECT count(*) FROM delivery WHERE practice_id = $1 AND (state IN (2, 3) OR state = 1 AND due_ms <= $2)",
            gate_now_ms(&s->c.g.gate), 0) == 0,
        "a delivery that is due was left");
}

static inline bool has_reached(struct story *s, size_t text, const char *address)
{
    const char *head = canary(s, text, 'h');

    for (size_t i = 0; i < s->c.mail_count; i++)
        if (!strcmp(s->c.mails[i].to, address) && is_of_group(s->seen[i].kind) &&
            circle_holds(s->c.mails[i].text, head))
            return true;
    return false;
}

static inline bool was_told(struct story *s, const char *address, const int64_t kind, const char *words)
{
    for (size_t i = 0; i < s->c.mail_count; i++)
        if (!strcmp(s->c.mails[i].to, address) && s->seen[i].kind == kind && circle_holds(s->c.mails[i].text, words))
            return true;
    return false;
}

/* What is out reached everybody who was there before it and had no quarrel with mail; when not, its author and staff know. */
static inline void check_reached(struct story *s)
{
    for (size_t n = 0; n < s->said_count; n++) {
        const struct said *said = &s->said[n];
        const int64_t group = said->arrival.v && said->by >= 0 && strstr(said->body, CANARY_WORD)
                                  ? story_ask(s,
                                              "SELECT group_id FROM post WHERE practice_id = $1 AND letter_id = $2 AND "
                                              "published_seq IS NOT NULL"
                                              " AND state IN (5, 6)",
                                              said->arrival.v, 0)
                                  : 0;

        for (size_t i = STORY_STAFF; group && i < s->who_count; i++) {
            const struct one *one = &s->who[i];
            const size_t g = group == s->groups[0].id.v ? 0 : 1;

            if (!one->seat[g].v || one->is_disturbed || (int)i == said->by || s->who[said->by].is_disturbed ||
                !strcmp(one->email, said->from) ||
                story_ask(s, "SELECT rhythm FROM membership WHERE practice_id = $1 AND id = $2", one->seat[g].v, 0) ==
                    RHYTHM_NEWS ||
                has_reached(s, n, one->email))
                continue;
            PROMISE(s, 4, was_told(s, said->from, MAILING_NOT_SENT, canary(s, n, 'h')),
                    "text %zu is released, did not reach person %zu%s, and its author does not know", n, i,
                    s->is_over[g] ? " (the group is over)" : "");
            PROMISE(s, 4, was_told(s, s->who[0].email, MAILING_STAFF_NOTICE, canary(s, n, 'h')),
                    "text %zu is released, did not reach person %zu, and staff do not know", n, i);
        }
    }
}

/* No file holds a word that only a person's mail may hold. */
static inline void check_file(struct story *s, int promise, const char *path)
{
    const char *const secrets[] = { CANARY_WORD,
                                    "kanar",
                                    "Kanar",
                                    "KANAR",
                                    "555-01",
                                    story_places[0].forbidden,
                                    story_places[1].forbidden,
                                    story_places[0].staff_domain,
                                    story_places[1].staff_domain };
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return;
    assert_int_equal(fstat(fd, &st), 0);
    char *bytes = arena_alloc(s->c.mem, (size_t)st.st_size + 1);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        PROMISE(s, promise, !memmem(bytes, (size_t)st.st_size, secrets[i], strlen(secrets[i])), "%s is in %s",
                secrets[i], strrchr(path, '/') + 1);
}

/* With its key every value opens, at its place; nothing of them can be read without. */
static inline void check_values(struct story *s)
{
    static const char *const secrets[] = { CANARY_WORD, "kanar", "Kanar", "KANAR" };

    for (size_t i = 0; i < rekey_columns_count; i++) {
        const struct rekey_column *col = &rekey_columns[i];
        CLEANUP(db_query_done) struct db_query *q = NULL;
        struct err err;
        bool row = true;

        HELP_OK(db_query(s->c.g.h.db, story_value_sql[i], &q, &err));
        db_bind_int(q, 1, s->practice.v);
        while (row) {
            HELP_OK(db_step(q, &row, &err));
            if (!row)
                break;
            size_t n = 0, len;
            const void *sealed = db_blob(q, 1, &n);
            char *plain;

            PROMISE(s, 9,
                    seal_open(s->c.g.gate.store.ring, (struct seal_place){ s->practice.v, col->column, db_int(q, 0) },
                              sealed, n, s->c.mem, &plain, &len, &err) == RC_OK,
                    "a value of %s.%s does not open: %s", col->table, col->name, err.msg);
            for (size_t k = 0; k < COUNT_OF(secrets); k++)
                PROMISE(s, 9, !memmem(sealed, n, secrets[k], strlen(secrets[k])), "a value of %s.%s is readable",
                        col->table, col->name);
        }
    }
}

/* What somebody was told that we have is there: as a letter, or raw; and what is raw still can be read. */
static inline void check_kept(struct story *s)
{
    for (size_t n = 0; n < s->said_count; n++) {
        const int64_t id = s->said[n].arrival.v;

        PROMISE(s, 4,
                !id || story_ask(s,
                                 "SELECT (SELECT count(*) FROM arrival WHERE practice_id = $1 AND id = $2 AND state > "
                                 "1) + (SELECT count(*)"
                                 " FROM letter WHERE practice_id = $1 AND id = $2)",
                                 id, 0) > 0,
                "letter %zu is gone", n);
    }
    PROMISE(s, 4,
            story_ask(s, "SELECT count(*) FROM arrival WHERE practice_id = $1 AND state = 5 AND reason <> 2", 0, 0) ==
                0,
            "a letter like all others was parked");
}

static inline void check_chain(struct story *s)
{
    struct audit_report report;
    struct err err;

    PROMISE(s, 11, audit_verify(&s->c.g.gate.store, NULL, &report, &err) == RC_OK, "the record: %s", err.msg);
}

static inline void check_end(struct story *s)
{
    check_letters(s);
    check_kept(s);
    check_reached(s);
    check_values(s);
    check_chain(s);
}

static inline void check_files(struct story *s)
{
    if (!help_is_pg()) {
        check_file(s, 9, arena_printf(s->c.mem, "%s/home/postcircle.db", s->c.g.h.dir));
        check_file(s, 9, arena_printf(s->c.mem, "%s/home/postcircle.db-wal", s->c.g.h.dir));
    }
    check_file(s, 10, arena_printf(s->c.mem, "%s/" STORY_LOG, getenv("POSTCIRCLE_TEST_DIR")));
}

#endif
