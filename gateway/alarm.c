#include "gateway/alarm.h"

#include "gateway/context.h"
#include "gateway/notice.h"
#include "gateway/office.h"
#include "gateway/phrase.h"
#include "inbound/letter.h"
#include "store/audit.h"
#include "store/delivery.h"
#include "store/letter.h"

#define RECENT_MAX 50 /* deliveries of a person that are looked at */

/* How long an unclaimed page waits before it goes out again, to one person more. */
static const int64_t repeat_ms[3] = { 5 * MS_MINUTE, 30 * MS_MINUTE, 60 * MS_MINUTE };

static const int64_t claim_minutes[3] = { 15, 60, 60 };
static const char *const tier_words[3] = { "imminent", "crisis", "medical" };

static struct json *page_values(const struct gate *gate, const struct page *page, enum person_language language,
                                struct arena *mem)
{
    struct json *values = json_object_new();

    json_set_int(values, "page_number", phrase_number(page->id.v));
    json_set_bool(values, "is_medical", page->tier == 2);
    json_set_str(values, "received_when", phrase_moment(gate, language, NULL, page->created_ms, mem));
    json_set_int(values, "repeat", page->step + 1);
    json_set_int(values, "claim_minutes", claim_minutes[page->tier]);
    json_set_str(values, "next_who", NULL);
    return values;
}

static enum rc send_to(struct gate *gate, enum mailing_kind kind, const struct page *page, struct person_id person,
                       struct json *values, struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = person,
                             .subject_id = page->id.v,
                             .reply = TOKEN_DESK,
                             .lane = LANE_URGENT,
                             .values = values };
    const enum rc rc = notice_queue(gate, &notice, NULL, err);

    return rc == RC_NOT_FOUND ? RC_OK : rc; /* that person cannot be written to: the others can */
}

/* To the first contact, and to one more with each repeat. */
static enum rc send_page(struct gate *gate, const struct page *page, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page");
    const size_t reach = (size_t)page->step + 1;
    struct person *staff;
    size_t n;
    enum rc rc = office_contacts(gate, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n && i < reach; i++) {
        struct json *values = page_values(gate, page, staff[i].language, mem);

        if (reach < n)
            json_set_str(values, "next_who", staff[reach].name);
        rc = send_to(gate, MAILING_PAGE, page, staff[i].id, values, err);
    }
    return rc;
}

static enum rc acknowledge(struct gate *gate, const struct alarm *alarm, struct err *err)
{
    struct notice notice = { .kind = alarm->tier <= 1 ? MAILING_CRISIS_ACK : MAILING_MEDICAL_ACK,
                             .person = alarm->person,
                             .lane = LANE_URGENT,
                             .is_answer = true,
                             .is_once_a_day = true,
                             .in_reply_to = alarm->in_reply_to };
    enum rc rc;

    if (!alarm->person.v || !alarm->may_answer)
        return RC_OK;
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc alarm_raise(struct gate *gate, const struct alarm *alarm, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct page page = { .letter = alarm->letter,
                         .post = alarm->post,
                         .person = alarm->person,
                         .tier = alarm->tier,
                         .created_ms = now_ms,
                         .next_ms = now_ms + repeat_ms[alarm->tier] };
    enum rc rc = page_add(&gate->store, &page, err);

    if (!rc)
        rc = audit_append(&gate->store,
                          &(struct audit_entry){ .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                                 .verb = AUDIT_PAGE_RAISED,
                                                 .item_kind = AUDIT_ITEM_PAGE,
                                                 .item_id = page.id.v,
                                                 .new_value = tier_words[page.tier] },
                          err);
    if (!rc)
        rc = send_page(gate, &page, err);
    if (!rc)
        rc = acknowledge(gate, alarm, err);
    return rc ? err_wrap(err, "alarm") : RC_OK;
}

enum rc alarm_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm");
    const int64_t now_ms = gate_now_ms(gate);
    struct page page;
    enum rc rc;

    *ret_did = 0;
    while ((rc = page_due(&gate->store, now_ms, mem, &page, err)) == RC_OK) {
        rc = page_stepped(&gate->store, page.id, now_ms + repeat_ms[page.tier], err);
        page.step++;
        if (!rc)
            rc = send_page(gate, &page, err);
        if (rc)
            return err_wrap(err, "page %" PRId64, page.id.v);
        (*ret_did)++;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc audit_page(struct gate *gate, enum audit_verb verb, struct page_id page, const struct person *staff,
                          const char *value, struct err *err)
{
    return audit_append(&gate->store,
                        &(struct audit_entry){ .who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL },
                                               .verb = verb,
                                               .item_kind = AUDIT_ITEM_PAGE,
                                               .item_id = page.v,
                                               .new_value = value },
                        err);
}

/* Everybody on duty hears who has it: nobody else needs to hurry now. */
static enum rc tell_all(struct gate *gate, enum mailing_kind kind, const struct page *page, const struct person *by,
                        const char *outcome, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_told");
    struct person *staff;
    size_t n;
    enum rc rc = office_contacts(gate, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        struct json *values = page_values(gate, page, staff[i].language, mem);

        json_set_str(values, "who", by->name);
        json_set_str(values, "when", phrase_time(gate, staff[i].language, gate_now_ms(gate), mem));
        json_set_str(values, "outcome", outcome);
        rc = send_to(gate, kind, page, staff[i].id, values, err);
    }
    return rc;
}

/* --- what the claimer needs to pick up the phone -------------------------------------------------------------------------------- */

/* Their words and why they are marked: of the held note, else of the letter. */
static enum rc add_words(struct gate *gate, const struct page *page, enum person_language language, struct json *values,
                         struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *flags = json_array_new();
    struct post post = { .text = "" };
    struct letter_row row = { .json = "" };
    struct letter letter = { .text = "" };
    struct context context = { .hit_count = 0 };
    enum rc rc = RC_OK;

    if (page->post.v)
        rc = post_get(&gate->store, page->post, mem, &post, err);
    if (!rc && page->post.v)
        rc = context_read(post.context, mem, &context, err);
    if (!rc && !page->post.v)
        rc = letter_get(&gate->store, page->letter, mem, &row, err);
    if (!rc && *row.json)
        rc = letter_from_json(row.json, strlen(row.json), mem, &letter, err);
    if (rc && rc != RC_NOT_FOUND) /* a parked letter has no words that we could read */
        return rc;
    for (size_t i = 0; i < context.hit_count; i++) {
        struct json *flag = json_object_new();

        json_set_str(flag, "flag", phrase_flag_named(language, context.hits[i].flag));
        json_set_str(flag, "phrase", context.hits[i].phrase);
        json_push(flags, &flag);
    }
    json_set(values, "flags", &flags);
    json_set_str(values, "text", page->post.v ? post.text : letter.text);
    return RC_OK;
}

/* When the writer got the note with the crisis lines; NULL when we did not write back. */
static enum rc acknowledged(struct gate *gate, const struct page *page, enum person_language language,
                            struct arena *mem, const char **ret_when, struct err *err)
{
    struct delivery *rows = NULL;
    struct mailing m;
    size_t n = 0;
    enum rc rc =
        delivery_of_person(&gate->store, page->person, (struct delivery_id){ 0 }, RECENT_MAX, mem, &rows, &n, err);

    *ret_when = NULL;
    for (size_t i = 0; !rc && i < n && !*ret_when; i++) {
        if (!rows[i].mailing.v || rows[i].state != DELIVERY_SENT || rows[i].sent_ms < page->created_ms - MS_DAY)
            continue;
        rc = mailing_get(&gate->store, rows[i].mailing, mem, &m, err);
        if (!rc && (m.kind == MAILING_CRISIS_ACK || m.kind == MAILING_MEDICAL_ACK))
            *ret_when = phrase_moment(gate, language, NULL, rows[i].sent_ms, mem);
    }
    return rc;
}

/* Reading them is audited. */
static enum rc send_details(struct gate *gate, const struct page *page, const struct person *staff, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_details");
    CLEANUP(json_free) struct json *values = page_values(gate, page, staff->language, mem);
    struct person who = { .name = "" };
    const char *ack_when = NULL;
    enum rc rc = RC_OK;

    if (page->person.v)
        rc = person_get(&gate->store, page->person, mem, &who, err);
    if (!rc && page->person.v)
        rc = acknowledged(gate, page, staff->language, mem, &ack_when, err);
    if (!rc)
        rc = add_words(gate, page, staff->language, values, mem, err);
    if (!rc)
        rc = audit_page(gate, AUDIT_PERSON_READ, page->id, staff, NULL, err);
    if (rc)
        return rc;
    json_set_str(values, "author_real", who.name);
    json_set_str(values, "phone", who.phone ? who.phone : "");
    json_set_str(values, "emergency_contact", who.emergency);
    json_set_str(values, "chart_reference", who.chart);
    json_set_str(values, "ack_when", ack_when);
    json_set_bool(values, "needs_second", false);
    return send_to(gate, MAILING_PAGE_DETAILS, page, staff->id, MOVE(values), err);
}

enum rc alarm_claim(struct gate *gate, struct page_id id, const struct person *staff, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("claim");
    struct page page;
    enum rc rc = page_claim(&gate->store, id, staff->id, err);

    if (!rc)
        rc = page_get(&gate->store, id, mem, &page, err);
    if (!rc)
        rc = audit_page(gate, AUDIT_PAGE_CLAIMED, id, staff, NULL, err);
    if (!rc)
        rc = tell_all(gate, MAILING_PAGE_CLAIMED, &page, staff, NULL, err);
    if (!rc)
        rc = send_details(gate, &page, staff, err);
    return rc;
}

enum rc alarm_done(struct gate *gate, struct page_id id, const struct person *staff, const char *outcome,
                   struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_done");
    struct page page;
    enum rc rc = page_get(&gate->store, id, mem, &page, err);

    if (rc)
        return rc;
    if (!*outcome)
        return err_set(err, RC_INPUT, "DONE needs an outcome: what happened, in a few words");
    if (page.state == PAGE_CLAIMED && page.claimed_by.v != staff->id.v)
        return err_set(err, RC_DENIED, "page %" PRId64 " was claimed by another person", id.v);
    if (page.state == PAGE_OPEN) { /* who has done it has taken it */
        rc = page_claim(&gate->store, id, staff->id, err);
        if (!rc)
            rc = audit_page(gate, AUDIT_PAGE_CLAIMED, id, staff, NULL, err);
    }
    if (!rc)
        rc = page_close(&gate->store, id, outcome, err);
    if (!rc)
        rc = audit_page(gate, AUDIT_PAGE_DONE, id, staff, outcome, err);
    if (!rc)
        rc = tell_all(gate, MAILING_PAGE_DONE, &page, staff, outcome, err);
    return rc;
}
