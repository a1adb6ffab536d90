/*
 * story_apart: two practices of one home: nothing of one reaches people or staff of the other, and no row of one changes while the other works. What
 * is broken is called promise 0: it is what makes a practice a practice.
 */
#ifndef TESTS_UNIT_STORY_APART_H
#define TESTS_UNIT_STORY_APART_H

#include "story_work.h"

/* --- a mail, as its readers see it --------------------------------------------------------------------------------------------------------------- */

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What the encoded words of a header hold ("=?utf-8?B?…?="), one after the other. */
static inline const char *encoded_words(struct story *s, const char *raw)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(65536);

    for (const char *p = raw; (p = strcasestr(p, "?b?"));) {
        unsigned bits = 0;
        int have = 0;

        for (p += 3; *p && *p != '?' && *p != '='; p++) {
            const char *at = strchr(digits, *p);

            if (!at)
                break;
            bits = bits << 6 | (unsigned)(at - digits);
            if ((have += 6) >= 8)
                strbuf_printf(&out, "%c", bits >> (have -= 8) & 255);
        }
    }
    return arena_strdup(s->c.mem, strbuf_peek(&out));
}

/* The bytes with quoted-printable undone, then what the reader of mail made of it, and the envelope; lower case. */
static inline char *mail_plain(struct story *s, const struct mail *m)
{
    const size_t n = strlen(m->raw);
    char *out =
        arena_printf(s->c.mem, "%s\n%s\n%s\n%s\n%s", m->raw, m->subject, m->text, m->sender, encoded_words(s, m->raw));
    char *to = out;

    for (const char *p = out; *p; p++) {
        if (p < out + n && p[0] == '=' && p[1] == '\r' && p[2] == '\n')
            p += 2;
        else if (p < out + n && p[0] == '=' && hex_digit(p[1]) > 0 && hex_digit(p[2]) >= 0) {
            *to++ = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
            p += 2;
        } else
            *to++ = *p >= 'A' && *p <= 'Z' ? (char)(*p | 32) : *p;
    }
    *to = '\0';
    return out;
}

static inline const char *lower(struct story *s, const char *text)
{
    char *copy = arena_strdup(s->c.mem, text);

    for (char *p = copy; *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 32) : *p;
    return copy;
}

/* People who read this address, a bit each. */
static inline unsigned readers_of(const struct story *s, const char *address)
{
    unsigned bits = 0;

    for (size_t i = 0; i < s->who_count; i++)
        bits |= strcmp(s->who[i].email, address) == 0 ? 1u << i : 0;
    return bits;
}

/* --- mails ---------------------------------------------------------------------------------------------------------------------------------------- */

static inline void check_foreign(struct story *s, const struct mail *m, const char *plain, const char *what,
                                 const char *secret)
{
    PROMISE(s, 0, !strstr(plain, lower(s, secret)), "a mail to %s holds the other practice's %s: %s", m->to, what,
            secret);
}

/* People of the other practice are strangers here, also where they are here too under the same address. */
static inline void check_apart(struct story *s, const struct mail *m, const char *plain)
{
    const struct story *o = s->other;

    if (!o)
        return;
    check_foreign(s, m, plain, "name", o->place->practice);
    check_foreign(s, m, plain, "telephone", o->place->phone);
    check_foreign(s, m, plain, "domain", o->place->domain);
    check_foreign(s, m, plain, "group", o->place->alias);
    check_foreign(s, m, plain, "group", o->place->second_alias);
    check_foreign(s, m, plain, "condition", o->place->forbidden);
    for (size_t i = 0; i < o->who_count; i++) {
        const struct one *one = &o->who[i];

        if (!readers_of(s, one->email))
            check_foreign(s, m, plain, "person's address", one->email);
        if (!one->is_staff || !readers_of(s, one->email))
            check_foreign(s, m, plain, "person's name", one->name);
        if (one->is_staff)
            continue;
        check_foreign(s, m, plain, "person's telephone", one->phone);
        check_foreign(s, m, plain, "person's chart", one->chart);
        check_foreign(s, m, plain, "person's emergency contact", one->emergency);
    }
    for (const char *p = plain; (p = strstr(p, CANARY_WORD)); p++) {
        char part;

        PROMISE(s, 0, canary_read(o, p, &part) < 0, "a mail to %s holds text %d of the other practice", m->to,
                canary_read(o, p, &part));
    }
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------------------- */

/* Every table of a practice, and what of its rows changes when they do. */
/* clang-format off */
#define STORY_TABLES(X)                                                                                                \
    X("due_practice", "next_due_ms % 9973") X("practice_key", "state") X("rekey_step", "step") X("setting", "id % 9973")   \
    X("audit", "seq") X("audit_value", "seq") X("person", "state + LENGTH(name_sealed)") X("address", "state")          \
    X("person_address", "rank") X("suppression", "1") X("care_group", "LENGTH(texts_sealed)")                           \
    X("membership", "state * 64 + rhythm * 8") X("membership_tag", "1") X("consent", "is_given") X("invitation", "state") \
    X("arrival", "state * 8 + tries") X("arrival_chunk", "n") X("letter", "outcome") X("conversation", "last_seq")      \
    X("post", "version * 16 + state") X("review", "decision") X("question", "state") X("page", "state * 64 + step")     \
    X("issue", "version * 8 + state") X("issue_item", "number") X("mailing", "kind + LENGTH(built_sealed)")             \
    X("delivery", "state * 64 + attempt") X("answered", "count_") X("undo", "is_used") X("due_job", "kind")             \
    X("shift", "1") X("mailing_post", "1") X("retention_run", "1") X("page_call", "1") X("page_joined", "1") X("restored", "1")               \
    X("private_talk", "1") X("private_note", "1") X("approval", "1") X("topic", "1") X("topic_hour", "1") X("topic_series", "state") X("topic_series_day", "post_id")               \
    X("goodbye", "1") X("poll", "1") X("poll_vote", "1") X("check_in", "1") X("check_in_round", "1")                    \
    X("check_in_member", "1") X("check_in_value", "1") X("group_custom", "1") X("member_choice", "1")                   \
    X("thanks", "1") X("mailbox_letter", "1") X("photo", "1")                                                          \
    X("text_account", "state") X("text_campaign", "1") X("text_sender", "state") X("text_out", "state * 64 + attempt")  \
    X("text_post", "1") X("text_in", "state") X("text_receipt", "tries") X("text_consent", "state * 4 + level")         \
    X("text_consent_log", "1") X("text_item", "n") X("text_asked", "1") X("text_ledger", "parts")                       \
    X("text_staff", "wrong") X("text_budget", "1") X("text_bucket", "milli % 9973")                                                               \
    X("visit", "version * 4 + state") X("visit_series", "state") X("visit_series_day", "1") X("visit_rsvp", "1")        \
    X("visit_seat", "sequence * 64 + answer * 8 + place") X("visit_reminder", "1") X("agreement", "1")                  \
    X("attendance", "1") X("visit_reply", "1") X("calendar_feed", "state")                              \
    X("video_account", "1") X("video_meeting", "remote_id + due_ms") X("video_seat", "1")
#define STORY_TABLE_SQL(table, what)                                                                                   \
    "SELECT CAST(count(*) * 1000003 + COALESCE(SUM(" what "), 0) AS BIGINT) FROM " table " WHERE practice_id = $1",
#define STORY_TABLE_NAME(table, what) table,
/* clang-format on */
static const char *const story_table_sql[] = { STORY_TABLES(STORY_TABLE_SQL) };
static const char *const story_table_names[] = { STORY_TABLES(STORY_TABLE_NAME) };

struct rows {
    int64_t of[COUNT_OF(story_table_sql)];
};

/* s may be NULL: there is no other practice. */
static inline void rows_read(struct story *s, struct rows *ret_rows)
{
    for (size_t i = 0; s && i < COUNT_OF(story_table_sql); i++)
        ret_rows->of[i] = story_ask(s, story_table_sql[i], 0, 0);
}

/* While s worked, the other practice's rows stayed as they were. */
static inline void check_rows(struct story *s, const struct rows *before)
{
    struct rows now;

    rows_read(s->other, &now);
    for (size_t i = 0; s->other && i < COUNT_OF(story_table_sql); i++)
        PROMISE(s, 0, now.of[i] == before->of[i], "rows of %s of the other practice changed", story_table_names[i]);
}

#endif
