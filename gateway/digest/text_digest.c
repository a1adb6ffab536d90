#include "gateway/digest/text_digest.h"

#include "gateway/digest/breaker.h"
#include "gateway/digest/digest.h"
#include "gateway/digest/news_by_mail.h"
#include "gateway/digest/text_by_mail.h"
#include "gateway/digest/text_compose.h"
#include "gateway/digest/text_range.h"
#include "gateway/digest/text_silence.h"
#include "gateway/say/notice_text.h"
#include "gateway/sms/text_budget.h"
#include "gateway/sms/text_hours.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "store/due.h"
#include "store/text_consent.h"
#include "store/text_owed.h"

#include <assert.h>

#define CORRECTED_MS (30 * MS_DAY) /* so long a note follows the words that it corrects */

/* One member, at the moment when their text is due. */
struct turn {
    struct gate *gate;
    struct arena *mem;
    struct roster_row row;
    struct care_group group;
    struct text_sender sender;
    struct text_consent consent;
    struct text_hours hours;
    struct text_reader reader;
    struct issue issue; /* the newest of their rhythm; id 0: none */
    int64_t from_seq;
    struct text_range range;
    bool must_remind;
};

/* ---- what is owed ---- */

enum rc text_digest_owe(struct gate *gate, struct membership_id membership, int64_t due_ms, struct err *err)
{
    int64_t set_ms;
    const enum rc rc = due_time_of(&gate->store, JOB_TEXT_DIGEST, membership.v, &set_ms, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return !rc && set_ms <= due_ms ? RC_OK : due_set(&gate->store, JOB_TEXT_DIGEST, membership.v, due_ms, err);
}

enum rc text_digest_reaches(struct gate *gate, const struct roster_row *row, bool *ret_does, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_reaches");
    struct text_sender sender;
    enum rc rc = text_sender_usual(&gate->store, mem, &sender, err);

    *ret_does = false;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *ret_does = text_may_write(gate, row->address, TEXT_NEEDS_CONSENT, &rc, err);
    return rc;
}

enum rc text_digest_changed(struct gate *gate, const struct post *post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_changed");
    struct membership_id *whose;
    size_t n;

    if (text_owed_take_back_post(&gate->store, post, mem, &whose, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (whose[i].v && text_digest_owe(gate, whose[i], gate_now_ms(gate), err))
            return err->rc;
    return RC_OK;
}

/* ---- who ---- */

/* The member as the roster has them now: active, said yes, not suppressed. RC_NOT_FOUND: nobody to text. */
static enum rc find_reader(struct turn *t, struct membership_id id, struct err *err)
{
    struct roster_filter filter = { .rhythms = 0 };
    struct membership m;
    size_t n = 0;
    bool does;

    if (membership_get(&t->gate->store, id, t->mem, &m, err))
        return err->rc;
    filter.group = m.group;
    if (membership_roster(&t->gate->store, &filter, (struct membership_id){ id.v - 1 }, &t->row, 1, &n, err))
        return err->rc;
    if (!n || t->row.membership.v != id.v || t->row.channel == CHANNEL_EMAIL)
        return err_set(err, RC_NOT_FOUND, "membership %" PRId64 " gets no texts", id.v);
    if (t->row.channel == CHANNEL_BOTH && notice_first_phone(t->gate, t->row.person, t->mem, &t->row.address, err))
        return err->rc;
    if (text_digest_reaches(t->gate, &t->row, &does, err) ||
        group_get(&t->gate->store, m.group, t->mem, &t->group, err))
        return err->rc;
    return does ? RC_OK : err_set(err, RC_NOT_FOUND, "membership %" PRId64 " may not be texted", id.v);
}

static enum rc start(struct turn *t, struct membership_id id, struct err *err)
{
    struct store *const st = &t->gate->store;
    const char *zone;

    if (find_reader(t, id, err) || text_sender_usual(st, t->mem, &t->sender, err) ||
        text_consent_for(st, t->row.address, t->row.person, &t->consent, err))
        return err->rc;
    zone = *t->row.zone ? t->row.zone : t->group.zone;
    t->reader = (struct text_reader){ .group = t->group.id,
                                      .person = t->row.person,
                                      .membership = t->row.membership,
                                      .line = { t->row.address, t->sender.id },
                                      .language = t->row.language,
                                      .zone = zone,
                                      .is_count = t->consent.level == TEXT_LEVEL_COUNT,
                                      .has_letters = t->row.channel == CHANNEL_BOTH };
    return text_hours(t->gate, zone, gate_now_ms(t->gate), &t->hours, err);
}

/* Due again when texts may go next, after at_ms. */
static enum rc put_off(struct turn *t, int64_t at_ms, struct err *err)
{
    struct text_hours next;

    return text_hours(t->gate, t->reader.zone, at_ms, &next, err)
               ? err->rc
               : text_digest_owe(t->gate, t->row.membership, next.from_ms, err);
}

/* What RC_NOT_FOUND, RC_CONFLICT and RC_DENIED of text_queue mean here: they have it, may not be written to, or get it when there is room. */
static enum rc queued(struct turn *t, enum rc rc, struct err *err)
{
    if (rc == RC_DENIED)
        return put_off(t, t->hours.until_ms, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

static struct text_say say_to(const struct turn *t, enum mailing_kind kind, const char *words)
{
    return (struct text_say){ .kind = kind,
                              .lane = -1,
                              .needs = TEXT_NEEDS_CONSENT,
                              .person = t->row.person,
                              .membership = t->row.membership,
                              .group = t->group.id,
                              .address = t->row.address,
                              .sender = t->sender.id,
                              .not_after_ms = t->hours.until_ms,
                              .words = words };
}

/* ---- corrections ---- */

static enum rc correct(struct turn *t, struct post_id id, struct err *err)
{
    struct json *values = json_object_new();
    struct text_entry entry;
    struct text_post held;
    struct text_say say;
    struct post post;
    const char *words;

    json_set_str(values, "group_name", t->group.alias);
    if (post_get(&t->gate->store, id, t->mem, &post, err) ||
        text_entry_of(t->gate, &post, t->reader.language, t->mem, &entry, err)) {
        json_free(&values);
        return err->rc;
    }
    json_set_str(values, "who", entry.who);
    json_set_str(values, "note_text", entry.note);
    json_set_str(values, "note_who", entry.note_by);
    json_set_bool(values, "is_wordless", t->consent.level == TEXT_LEVEL_COUNT);
    if (text_words(t->gate, MAILING_TEXT_CORRECTION, t->reader.language, &values, t->mem, &words, err))
        return err->rc;
    held = (struct text_post){ id, post.version, true };
    say = say_to(t, MAILING_TEXT_CORRECTION, words);
    say.subject_id = id.v;
    say.posts = &held;
    say.post_count = 1;
    return queued(t, text_queue(t->gate, &say, NULL, err), err);
}

static enum rc correct_all(struct turn *t, struct err *err)
{
    struct post_id *posts;
    size_t n;

    if (text_owed_corrections(&t->gate->store, t->row.membership, gate_now_ms(t->gate) - CORRECTED_MS, t->mem, &posts,
                              &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (correct(t, posts[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- the digest ---- */

static enum rc find_issue(struct turn *t, struct err *err)
{
    enum rc rc;

    if (t->row.rhythm == RHYTHM_NEWS)
        return RC_OK;
    rc = issue_last(&t->gate->store, t->group.id, t->row.rhythm == RHYTHM_WEEKLY ? RHYTHM_WEEKLY : RHYTHM_DAILY,
                    &t->issue, err);
    if (rc == RC_NOT_FOUND)
        t->issue = (struct issue){ .to_seq = 0 };
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Texts of who reads by mail too are a series of their own, from their phone's yes on: their cursor is the letters'. */
static enum rc from_of_both(struct turn *t, struct err *err)
{
    static const enum mailing_kind kinds[] = { MAILING_TEXT_DIGEST, MAILING_TEXT_NEWS };
    struct text_out last;

    if (issue_seq_at(&t->gate->store, t->group.id, t->consent.since_ms, &t->from_seq, err))
        return err->rc;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const enum rc rc = text_owed_last(&t->gate->store, t->row.membership, kinds[i], t->mem, &last, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (!rc && last.to_seq > t->from_seq)
            t->from_seq = last.to_seq;
    }
    return RC_OK;
}

static enum rc from_of(struct turn *t, struct err *err)
{
    int64_t texts, letters;

    if (t->row.channel == CHANNEL_BOTH)
        return from_of_both(t, err);
    if (text_out_unsent_seq(&t->gate->store, t->row.membership, &texts, err) ||
        delivery_unsent_seq(&t->gate->store, t->row.membership, &letters, err))
        return err->rc;
    t->from_seq = t->row.cursor_seq > texts ? t->row.cursor_seq : texts;
    if (letters > t->from_seq) /* they read by mail until now */
        t->from_seq = letters;
    return RC_OK;
}

static enum rc read_owed(struct turn *t, struct err *err)
{
    struct store *const st = &t->gate->store;
    struct issue_item *items = NULL;
    int64_t newest;
    size_t n = 0;

    if (text_owed_take_back(st, t->row.membership, MAILING_TEXT_DIGEST, err) ||
        text_owed_take_back(st, t->row.membership, MAILING_TEXT_NEWS, err) || find_issue(t, err) || from_of(t, err) ||
        issue_seq_at(st, t->group.id, gate_now_ms(t->gate), &newest, err))
        return err->rc;
    if (t->issue.to_seq > t->from_seq && issue_items(st, t->issue.id, t->mem, &items, &n, err))
        return err->rc;
    return text_range_read(t->gate, &t->reader, t->from_seq, t->issue.to_seq, newest, items, n, t->mem, &t->range, err);
}

/* How to stop was said too long ago, or in a text that never left (R10). */
static enum rc find_reminder(struct turn *t, struct err *err)
{
    bool is_out = true;

    t->must_remind = !t->consent.reminded_ms || gate_now_ms(t->gate) - t->consent.reminded_ms >= TEXT_REMIND_MS ||
                     t->consent.reminded_n >= TEXT_REMIND_DIGESTS - 1;
    if (!t->must_remind && text_owed_is_out(&t->gate->store, t->row.address, t->consent.reminded_ms, &is_out, err))
        return err->rc;
    t->must_remind |= !is_out;
    return RC_OK;
}

static enum rc compose(struct turn *t, bool is_digest, struct text_composed *ret, struct err *err)
{
    struct text_page page = { .kind = is_digest ? MAILING_TEXT_DIGEST : MAILING_TEXT_NEWS,
                              .language = t->reader.language,
                              .level = t->consent.level,
                              .group_name = t->group.alias,
                              .entries = t->range.entries,
                              .count = t->range.count,
                              .parts_max = TEXT_DIGEST_PARTS };

    if (find_reminder(t, err) || text_range_number(t->gate, &t->reader, &t->range, err))
        return err->rc;
    page.is_reminder = t->must_remind;
    return text_compose(t->gate, &page, t->mem, ret, err);
}

/* Who said yes to no mail: one part, once a month, that there is news and whom to call. */
static enum rc say_that_it_is_spent(struct turn *t, struct err *err)
{
    struct json *values = json_object_new();
    struct text_say say = say_to(t, MAILING_TEXT_NOTICE, NULL);
    int64_t month, from_ms;
    enum rc rc;

    json_set_str(values, "group_name", t->group.alias);
    json_set_bool(values, "is_spent", true);
    if (text_words(t->gate, say.kind, t->reader.language, &values, t->mem, &say.words, err) ||
        text_budget_month(t->gate, &month, &from_ms, err))
        return err->rc;
    say.is_past_budget = true;
    say.once = arena_printf(t->mem, "spent %" PRId64 " %" PRId64, t->row.membership.v, month);
    rc = text_queue(t->gate, &say, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND || rc == RC_DENIED ? RC_OK : rc;
}

/* Where the month's money is gone, and not only the day's parts: the issue's letter, or each announcement. */
static enum rc instead_by_mail(struct turn *t, bool is_digest, int64_t parts, struct err *err)
{
    const enum rc rc = text_budget_check(t->gate, t->group.id, parts, err);
    bool does = false;

    if (rc && rc != RC_DENIED)
        return rc;
    if (rc && (is_digest ? text_by_mail(t->gate, &t->row, &t->issue, t->from_seq, &does, err)
                         : news_by_mail(t->gate, &t->row, &t->group, &t->range, t->mem, &does, err)))
        return err->rc;
    if (does)
        return RC_OK;
    return rc && say_that_it_is_spent(t, err) ? err->rc : put_off(t, t->hours.until_ms, err);
}

static enum rc queue(struct turn *t, bool is_digest, const struct text_composed *c, struct err *err)
{
    struct text_say say = say_to(t, is_digest ? MAILING_TEXT_DIGEST : MAILING_TEXT_NEWS, c->words);
    int64_t tries = 0;
    enum rc rc;

    say.posts = text_range_posts(&t->range, c, t->mem, &say.post_count);
    say.from_seq = t->row.channel == CHANNEL_BOTH ? t->from_seq : t->row.cursor_seq;
    if (is_digest) {
        say.issue = t->issue.id;
        say.to_seq = t->issue.to_seq;
        if (text_owed_tries(&t->gate->store, t->issue.id, t->row.membership, &tries, err))
            return err->rc;
        say.once = arena_printf(t->mem, "digest %" PRId64 " %" PRId64, t->issue.id.v, tries);
    } else if (t->row.rhythm == RHYTHM_NEWS) {
        say.to_seq = t->range.last_news_seq;
    }
    rc = text_queue(t->gate, &say, NULL, err);
    if (rc == RC_DENIED && t->row.channel == CHANNEL_TEXT)
        return instead_by_mail(t, is_digest, c->parts, err);
    if (!rc && text_consent_reminded(&t->gate->store, t->row.address, t->must_remind, err))
        return err->rc;
    if (!rc && t->range.news) /* an announcement that does not leave today is looked after tomorrow */
        return put_off(t, t->hours.until_ms, err);
    return queued(t, rc, err);
}

/* The group's letters wait for staff, the week is full, or it would still be leaving when the quiet hours begin. */
static enum rc must_wait(struct turn *t, int64_t parts, int64_t *ret_until_ms, struct err *err)
{
    bool waits, is_full, fits;

    if (breaker_is_open(t->gate, t->group.id, &waits, err) ||
        text_week_is_full(t->gate, t->row.address, &is_full, err) ||
        text_fits_before(t->gate, t->sender.id, parts, t->hours.until_ms, &fits, err))
        return err->rc;
    *ret_until_ms = waits || is_full || !fits ? t->hours.until_ms : 0;
    return RC_OK;
}

static enum rc say_owed(struct turn *t, struct err *err)
{
    const bool is_digest = t->issue.to_seq > t->from_seq;
    struct text_composed composed;
    int64_t wait_ms = 0;

    if (!t->range.notes && !t->range.news) /* their own words, or nothing: read */
        return is_digest && t->row.channel == CHANNEL_TEXT
                   ? membership_set_cursor(&t->gate->store, t->row.membership, t->issue.to_seq, err)
                   : RC_OK;
    if (compose(t, is_digest, &composed, err) || must_wait(t, composed.parts, &wait_ms, err))
        return err->rc;
    return wait_ms ? put_off(t, wait_ms, err) : queue(t, is_digest, &composed, err);
}

enum rc text_digest_run(struct gate *gate, struct membership_id membership, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_digest");
    struct turn t = { .gate = gate, .mem = mem };
    bool is_asked;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    rc = start(&t, membership, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (t.hours.from_ms > gate_now_ms(gate))
        return text_digest_owe(gate, membership, t.hours.from_ms, err);
    if (text_silence(gate, &t.row, &t.group, &t.consent, &is_asked, err))
        return err->rc;
    if (is_asked)
        return RC_OK;
    if (correct_all(&t, err) || read_owed(&t, err) || say_owed(&t, err))
        return err_wrap(err, "text of membership %" PRId64, membership.v);
    return RC_OK;
}

/* ---- preview ---- */

enum rc text_digest_preview(struct gate *gate, const struct issue *issue, const struct issue_item *items, size_t n,
                            enum person_language language, int level, struct arena *mem, struct text_composed *ret,
                            struct err *err)
{
    struct text_reader reader = { .group = issue->group, .language = language };
    struct text_page page = { .kind = MAILING_TEXT_DIGEST, .language = language, .level = level };
    struct care_group group;
    struct text_sender sender;
    struct text_range range;
    int64_t number = TEXT_ITEM_FIRST - 1;

    if (text_sender_usual(&gate->store, mem, &sender, err) || group_get(&gate->store, issue->group, mem, &group, err))
        return err->rc;
    reader.zone = group.zone;
    if (text_range_read(gate, &reader, issue->from_seq, issue->to_seq, issue->to_seq, items, n, mem, &range, err))
        return err->rc;
    for (size_t i = 0; i < range.count; i++) {
        struct text_entry *const e = &range.entries[i];

        e->number = i && e[-1].kind == e->kind && e[-1].target == e->target ? number : ++number;
    }
    page.group_name = group.alias;
    page.entries = range.entries;
    page.count = range.count;
    page.parts_max = TEXT_DIGEST_PARTS;
    return text_compose(gate, &page, mem, ret, err);
}
