#include "gateway/sort/sort.h"

#include "base/log.h"
#include "base/text.h"
#include "gateway/duty/alarm.h"
#include "gateway/home/home.h"
#include "gateway/note/names.h"
#include "gateway/note/triage_people.h"
#include "gateway/say/tell.h"
#include "gateway/sort/crisis_texts.h"
#include "gateway/sort/reply.h"
#include "gateway/sort/rules.h"
#include "gateway/sort/scan.h"
#include "gateway/sort/sort_read.h"
#include "gateway/sort/untemplate.h"
#include "inbound/place.h"
#include "inbound/report.h"
#include "store/arrival.h"
#include "store/audit.h"
#include "store/health.h"
#include "store/mailbox.h"
#include "store/message_id.h"
#include "store/setting.h"

#define LEASE_MS (5 * MS_MINUTE)
#define ABOUT_PARKED (-1) /* what the notice of a day is about: no row of ours */

/* A text less the lines that we sent: quoted words of others must not page, hidden words of the writer must. */
static const char *foreign_lines(struct sorting *s, const char *text)
{
    const char *lines[PLACE_MAX_LINES + 1], *p = s->ours ? s->ours : "", *line;
    const struct place_item ours = { .title = "", .lines = lines };
    size_t n = 0, len;

    while (n < PLACE_MAX_LINES && text_next_line(&p, &line, &len))
        lines[n++] = arena_strndup(s->mem, line, len);
    lines[n] = NULL;
    return place_foreign_lines(&ours, 1, text, s->mem);
}

/* Of the subject and of what was trimmed only danger counts: nobody will read their phone numbers. */
static void add_danger(struct triage_result *to, const struct triage_result *rest)
{
    if (rest->tier > 2)
        return;
    to->tier = rest->tier < to->tier ? rest->tier : to->tier;
    to->flags |= rest->flags & (TRIAGE_CRISIS | TRIAGE_MEDICAL | TRIAGE_UNREAD | TRIAGE_READS);
    if (!to->hit_count) {
        to->hits = rest->hits;
        to->hit_count = rest->hit_count;
    }
}

/* The people of the group that the last letter was for: read once while a batch stays with one group. */
struct sort_settings {
    struct arena *mem;
    struct group_id group;
    bool is_read;
    struct triage_setting setting;
};

static void settings_done(struct sort_settings *settings)
{
    arena_free(&settings->mem);
}

static enum rc setting_of(struct sorting *s, struct err *err)
{
    struct sort_settings *c = s->settings;

    if (c->is_read && c->group.v == s->sender.group.id.v)
        return RC_OK;
    arena_clear(c->mem);
    c->is_read = false;
    if (triage_people_read(s->gate, &s->sender.group, c->mem, &c->setting, err))
        return err->rc;
    c->group = s->sender.group.id;
    c->is_read = true;
    return RC_OK;
}

static void score_danger(struct sorting *s, const char *text, const char *whole)
{
    struct triage_result rest;

    sorting_score(s, text, whole, &rest);
    add_danger(&s->triage, &rest);
}

/* What a report says itself: neither its copy of a letter nor quoted lines. */
static const char *own_lines_of_report(struct sorting *s)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_TEXT_MAX_BYTES);
    const char *p = report_text_part(s->letter.text, s->mem), *line;
    size_t n;

    while (text_next_line(&p, &line, &n))
        if (n && line[strspn(line, " \t")] != '>') {
            strbuf_add(&out, line, n);
            strbuf_add(&out, "\n", 1);
        }
    return foreign_lines(s, arena_strndup(s->mem, strbuf_peek(&out), out.len));
}

/* A person may have written on top of a report, or sent it as one. Its copy of a letter says nothing new, and a report in a language that the lists
 * do not know is no danger. */
static void score_report(struct sorting *s)
{
    struct triage_result words;

    sorting_score(s, own_lines_of_report(s), NULL, &words);
    if (words.hit_count)
        add_danger(&s->triage, &words);
}

/* Always, right after parsing, and before every refusal. */
static enum rc triage(struct sorting *s, struct err *err)
{
    const char *const comment = s->letter.calendar.comment;

    s->triage = (struct triage_result){ .tier = 4 };
    if (s->letter.kind == LETTER_REPORT || s->letter.kind == LETTER_COMPLAINT) {
        score_report(s);
        return RC_OK;
    }
    if (setting_of(s, err))
        return err_wrap(err, "triage");
    if (s->copy_of.id
            .v) { /* what somebody wrote into it; a copy that cannot be made again is taken for ours as a whole */
        if (*s->ours)
            score_danger(s, foreign_lines(s, s->letter.body), NULL);
        return RC_OK;
    }
    triage_score_in(s->lexicon, &s->settings->setting, s->letter.text, NULL, s->mem, &s->triage);
    score_danger(s, s->letter.subject, foreign_lines(s, s->letter.trimmed));
    if (*s->letter.file_names)
        score_danger(s, s->letter.file_names, NULL);
    if (comment && *comment) /* what is written beside a calendar's yes or no */
        score_danger(s, comment, NULL);
    return RC_OK;
}

static enum rc raise_alarm(struct sorting *s, struct err *err)
{
    const bool is_robot = s->outcome == OUTCOME_ROBOT || s->outcome == OUTCOME_REPORT ||
                          s->outcome == OUTCOME_DUPLICATE || s->outcome == OUTCOME_OURS;
    const bool is_stranger = !s->sender.person.id.v && !s->sender.is_ambiguous && !s->held.count;
    const struct alarm alarm = { .letter = s->arrival.id,
                                 .bundle = is_stranger ? PAGE_OF_STRANGERS : PAGE_ALONE,
                                 .post = s->held.count ? s->held.posts[0].id : (struct post_id){ 0 },
                                 .person = s->sender.person.id,
                                 .group = s->sender.group.id,
                                 .tier = s->triage.tier,
                                 .may_answer = !is_robot,
                                 .in_reply_to = s->letter.message_id };

    return !sorting_has_alarm(s) ? RC_OK : alarm_raise(s->gate, &alarm, err);
}

static void print_letter(const struct letter *letter, struct strbuf *out)
{
    CLEANUP(json_free) struct json *json = letter_to_json(letter);

    json_print(json, false, out);
}

static enum rc keep_letter(struct sorting *s, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf json = STRBUF(LETTER_JSON_MAX_BYTES);
    const bool has_hash =
        s->outcome != OUTCOME_OURS && *s->letter.message_id && s->outcome != OUTCOME_DUPLICATE && s->sender.person.id.v;
    struct letter_row row = { .id = s->arrival.id,
                              .kind = s->letter.kind,
                              .outcome = s->outcome,
                              .proof = s->sender.proof,
                              .token_purpose = s->sender.token.purpose,
                              .tier = s->triage.tier,
                              .group = s->sender.group.id,
                              .person = s->sender.person.id,
                              .address = s->sender.address.id,
                              .delivery = s->sender.delivery.id,
                              .id_hash = has_hash ? s->id_hash : NULL,
                              .dedupe_hash = has_hash ? s->dedupe_hash : NULL,
                              .received_ms = s->arrival.received_ms };

    print_letter(&s->letter, &json);
    row.json = strbuf_peek(&json);
    return letter_add(&s->gate->store, &row, err);
}

/* Everything that a letter causes is one transaction, with its arrival marked done. */
static enum rc sort_letter(struct sorting *s, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &s->gate->store;
    enum rc rc = db_begin(st->db, &tx, err);

    if (!rc)
        rc = sender_resolve(s->gate, &s->letter, s->envelope_to, s->mem, &s->sender, err);
    if (!rc)
        rc = names_known(s->gate, &s->sender, s->mem, &s->names, err);
    if (!rc)
        rc = triage(s, err);
    if (!rc)
        rc = rules_run(s, err);
    if (!rc)
        rc = raise_alarm(s, err);
    if (!rc)
        rc = scan_tell(s, err);
    if (!rc)
        rc = keep_letter(s, err);
    if (!rc)
        rc = arrival_done(st->db, st->practice, s->arrival.id, s->lease, gate_now_ms(s->gate), err);
    return rc ? rc : db_commit(&tx, err);
}

/* A notice a day, with how many lie there: each of them is on an alarm, so none waits for it. */
static enum rc tell_of_parked(struct gate *gate, enum arrival_reason reason, const struct person *of, struct err *err)
{
    const bool is_too_big = reason == ARRIVAL_OVERSIZE;
    struct tell tell = { .what = is_too_big ? TELL_TOO_BIG : TELL_PARKED,
                         .of = of,
                         .subject_id = of ? of->id.v : ABOUT_PARKED,
                         .is_once_a_day = true };
    struct health health;

    if (health_read(&gate->store, &health, err))
        return err->rc;
    tell.number = health.parked_arrivals.count;
    return tell_staff(gate, &tell, err);
}

/* What nobody can read counts as tier 2 until a person opens it. of: its writer, when that is proved; NULL else. */
static enum rc tell_parked(struct gate *gate, struct arrival_id id, enum arrival_reason reason, const struct person *of,
                           struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                       .verb = AUDIT_LETTER_PARKED,
                                       .item_kind = AUDIT_ITEM_LETTER,
                                       .item_id = id.v };
    const struct alarm alarm = { .letter = id,
                                 .bundle = of ? PAGE_ALONE : PAGE_OF_UNREAD,
                                 .person = of ? of->id : (struct person_id){ 0 },
                                 .tier = 2 };
    enum rc rc = audit_append(&gate->store, &entry, err);

    if (!rc)
        rc = tell_of_parked(gate, reason, of, err);
    return rc ? rc : alarm_raise(gate, &alarm, err);
}

/* Of an oversized one the head was read: a member whose address is proved is told, once a day. */
static enum rc park(struct sorting *s, enum arrival_reason reason, bool has_head, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &s->gate->store;
    const struct person *of = NULL;
    enum rc rc = db_begin(st->db, &tx, err);

    if (!rc && has_head)
        rc = sender_resolve(s->gate, &s->letter, s->envelope_to, s->mem, &s->sender, err);
    if (!rc && has_head)
        rc = reply_too_big(s, &of, err);
    if (!rc)
        rc = arrival_park(st->db, st->practice, s->arrival.id, s->lease, reason, gate_now_ms(s->gate), err);
    if (!rc)
        rc = tell_parked(s->gate, s->arrival.id, reason, of, err);
    return rc ? rc : db_commit(&tx, err);
}

static enum rc develop(struct sorting *s, struct err *err)
{
    const struct darkroom_source source = { sort_read_again, s };
    const bool is_known = s->sender.person.id.v && s->sender.group.id.v;

    if (s->scan || !s->letter.attachment_count || (s->letter.kind != LETTER_POST && s->letter.kind != LETTER_REPLY))
        return RC_OK;
    return darkroom_develop(&s->letter, is_known ? s->sender.group.files : GROUP_FILES_NONE, &source, s->mem,
                            &s->photos, err);
}

/* Before anything of its files is decoded. What reads like danger never waits: it is scored first. */
static enum rc scan(struct sorter *sorter, struct sorting *s, struct err *err)
{
    const struct darkroom_source source = { sort_read_again, s };
    enum rc rc = s->letter.attachment_count ? triage(s, err) : RC_OK;

    if (!rc)
        rc = scan_letter(s, &source, sorter->scan, err);
    return rc || s->scan != SCAN_WAITS ? rc : scan_put_off(s, sorter->scan, err);
}

/* The form of our Message-IDs proves nothing: anybody can write one. */
static enum rc find_copy(struct sorting *s, struct err *err)
{
    const char *const id = s->letter.message_id;
    unsigned char key[MESSAGE_KEY_BYTES];
    enum rc rc = RC_NOT_FOUND;

    if (message_id_read(id, strlen(id), s->gate->facts.domain, key))
        rc = delivery_find_message(&s->gate->store, key, s->mem, &s->copy_of, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Who answers what is looked up twice: here for our own words, and in the transaction for the rules. */
static enum rc untemplate(struct sorter *sorter, struct sorting *s, struct err *err)
{
    enum rc rc = sender_resolve(s->gate, &s->letter, s->envelope_to, s->mem, &s->sender, err);

    if (!rc)
        rc = find_copy(s, err);
    if (!rc && s->copy_of.id.v)
        return untemplate_copy(s->gate, sorter->sandbox, &s->copy_of, s->mem, &s->ours, err);
    return rc ? rc : untemplate_letter(s->gate, sorter->sandbox, &s->sender, s->mem, &s->letter, &s->ours, err);
}

/* From a Junk folder only what one of our tokens brings is taken: the role imap saw the form alone. Nothing of the rest is looked at or told, and the mailbox keeps it. */
static enum rc leave_junk(struct sorting *s, bool *ret_is_left, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &s->gate->store;
    bool is_asked = false;

    *ret_is_left = false;
    if (s->arrival.source != ARRIVAL_IMAP)
        return RC_OK;
    if (db_begin(st->db, &tx, err) || mailbox_is_asked(st->db, st->practice, s->arrival.id, &is_asked, err))
        return err->rc;
    if (!is_asked)
        return RC_OK;
    *ret_is_left = !s->sender.token.purpose;
    if (mailbox_answer(st->db, st->practice, s->arrival.id, !*ret_is_left, clock_now_ms(clock_real()), err) ||
        (*ret_is_left && arrival_done(st->db, st->practice, s->arrival.id, s->lease, gate_now_ms(s->gate), err)))
        return err->rc;
    return db_commit(&tx, err);
}

/* A fault of the reader counts a try (the arrival was claimed); three park it. */
static enum rc sort_oversize(struct sorter *sorter, struct sorting *s, struct err *err)
{
    struct err unread;
    const bool has_head = sort_read(s, sorter->sandbox, true, &unread) == RC_OK;
    bool is_left;

    if (has_head && sender_resolve(s->gate, &s->letter, s->envelope_to, s->mem, &s->sender, err))
        return err->rc;
    if (leave_junk(s, &is_left, err))
        return err->rc;
    return is_left ? RC_OK : park(s, ARRIVAL_OVERSIZE, has_head, err);
}

static enum rc sort_one(struct sorter *sorter, struct sorting *s, struct err *err)
{
    bool is_left = false;
    enum rc rc;

    if (s->arrival.is_oversize)
        return sort_oversize(sorter, s, err);
    rc = sort_read(s, sorter->sandbox, false, err);
    sorter->unread += rc == RC_CORRUPT || rc == RC_TEMP;
    if (!rc)
        rc = untemplate(sorter, s, err);
    if (!rc)
        rc = leave_junk(s, &is_left, err);
    if (!rc && !is_left)
        rc = scan(sorter, s, err);
    if (!rc && s->scan == SCAN_WAITS)
        return RC_OK;
    if (!rc && !is_left)
        rc = develop(s, err);
    if (!rc && !is_left)
        rc = sort_letter(s, err);
    if (rc == RC_LIMIT) /* a second try would meet the same limit */
        return park(s, ARRIVAL_UNREADABLE, false, err);
    return rc ? err_wrap(err, "arrival %" PRId64, s->arrival.id.v) : RC_OK;
}

/* Those whose reader died three times: parked and told in one commit, so that none lies there untold. */
static enum rc park_hopeless(struct sorter *sorter, struct arena *mem, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &sorter->gate->store;
    struct arrival *list = NULL;
    size_t n = 0;
    enum rc rc = db_begin(st->db, &tx, err);

    if (!rc)
        rc = arrival_park_hopeless(st->db, st->practice, gate_now_ms(sorter->gate), 10, mem, &list, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = tell_parked(sorter->gate, list[i].id, ARRIVAL_TRIES, NULL, err);
    return rc ? rc : db_commit(&tx, err);
}

static enum rc claim(struct sorter *sorter, size_t max, struct arena *mem, int64_t *ret_lease, struct arrival **ret,
                     size_t *ret_n, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &sorter->gate->store;
    enum rc rc = db_begin(st->db, &tx, err);

    *ret_lease = id_next(st->ids);
    if (!rc)
        rc = arrival_claim(st->db, st->practice, *ret_lease, LEASE_MS, max, mem, ret, ret_n, err);
    return rc ? rc : db_commit(&tx, err);
}

/* Staff and the log hear of a mark once: which lists count, and which change of them waits. */
static enum rc tell_mark(struct sorter *sorter, enum setting setting, enum audit_verb verb, const char *mark,
                         const struct tell *tell, struct arena *mem, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *st = &sorter->gate->store;
    const char *before;
    struct audit_entry entry = { .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                 .verb = verb,
                                 .item_kind = AUDIT_ITEM_SETTING,
                                 .item_id = setting,
                                 .new_value = mark };

    if (setting_get(st, setting, mem, &before, err))
        return err->rc;
    if (before && !strcmp(before, mark))
        return RC_OK;
    entry.old_value = before;
    if (db_begin(st->db, &tx, err) || setting_set(st, setting, mark, err) || audit_append(st, &entry, err) ||
        ((before || setting == SETTING_LISTS_HELD) && tell_staff(sorter->gate, tell, err)))
        return err->rc;
    return db_commit(&tx, err);
}

/* The lists decide who is paged, so whoever changes them does it before everybody's eyes. */
static enum rc tell_lists(struct sorter *sorter, struct arena *mem, struct err *err)
{
    const struct tell changed = { .what = TELL_LISTS_CHANGED, .reason = sorter->lists };
    const struct tell held = { .what = TELL_LISTS_HELD, .reason = sorter->held_line };

    if (sorter->lists && tell_mark(sorter, SETTING_WORD_LISTS, AUDIT_LISTS_CHANGED, sorter->lists, &changed, mem, err))
        return err->rc;
    if (sorter->held && *sorter->held)
        return tell_mark(sorter, SETTING_LISTS_HELD, AUDIT_LISTS_HELD, sorter->held, &held, mem, err);
    return RC_OK;
}

/* The same of what answers a person in danger. */
static enum rc tell_crisis_texts(struct sorter *sorter, struct arena *mem, struct err *err)
{
    struct tell changed = { .what = TELL_CRISIS_TEXTS };
    const char *mark;

    if (crisis_texts_mark(sorter->gate, mem, &mark, err))
        return err->rc;
    changed.reason = mark;
    return tell_mark(sorter, SETTING_CRISIS_TEXTS, AUDIT_CRISIS_TEXTS_CHANGED, mark, &changed, mem, err);
}

enum rc sort_run(struct sorter *sorter, size_t max, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("sort_run");
    CLEANUP(settings_done) struct sort_settings settings = { .mem = arena_new("sort_people") };
    struct scan_run scan_run = { .is_down = false };
    struct arrival *list = NULL;
    size_t n = 0;
    int64_t lease = 0;
    enum rc rc;

    *ret_did = 0;
    sorter->scan = &scan_run;
    rc = tell_lists(sorter, mem, err);
    if (!rc)
        rc = tell_crisis_texts(sorter, mem, err);
    if (!rc)
        rc = park_hopeless(sorter, mem, err);
    if (!rc)
        rc = claim(sorter, max, mem, &lease, &list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        CLEANUP(arena_free) struct arena *one = arena_new("letter");
        CLEANUP(sorting_done)
        struct sorting s = { .gate = sorter->gate,
                             .lexicon = sorter->lexicon,
                             .settings = &settings,
                             .mem = one,
                             .arrival = list[i],
                             .lease = lease };
        struct err why;

        const enum rc how = sort_one(sorter, &s, &why);

        if (how == RC_OK && s.scan == SCAN_WAITS) {
            log_info("arrival_waits", KV(arrival, list[i].id.v));
        } else if (how == RC_OK) {
            log_info("arrival_sorted", KV(arrival, list[i].id.v), KV_NAME(result, letter_outcome_name(s.outcome)),
                     KV(tier, s.triage.tier));
            (*ret_did)++;
        } else {
            log_err("arrival_failed", &why, KV(arrival, list[i].id.v), KV(attempt, list[i].tries));
        }
    }
    return rc;
}
