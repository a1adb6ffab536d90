#include "gateway/alarm.h"

#include "gateway/notice.h"
#include "gateway/office.h"
#include "store/audit.h"

/* How long an unclaimed page waits before it goes out again, to one person more. */
static const int64_t repeat_ms[3] = { 5 * MS_MINUTE, 30 * MS_MINUTE, 60 * MS_MINUTE };

static const char *const tier_words[3] = { "imminent", "crisis", "medical" };

static struct json *page_values(const struct page *page)
{
    struct json *values = json_object_new();

    json_set_str(values, "tier", tier_words[page->tier]);
    json_set_bool(values, page->tier <= 1 ? "is_crisis" : "is_medical", true);
    json_set_bool(values, "is_repeat", page->step > 0);
    json_set_int(values, "times", page->step + 1);
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
    struct person *staff;
    size_t n;
    enum rc rc = office_duty(gate, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n && i <= (size_t)page->step; i++)
        rc = send_to(gate, MAILING_PAGE, page, staff[i].id, page_values(page), err);
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
    enum rc rc = office_duty(gate, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        struct json *values = page_values(page);

        json_set_str(values, "claimed_by", by->name);
        if (outcome)
            json_set_str(values, "outcome", outcome);
        rc = send_to(gate, kind, page, staff[i].id, values, err);
    }
    return rc;
}

/* What the claimer needs to pick up the phone. Reading it is audited. */
static enum rc send_details(struct gate *gate, const struct page *page, const struct person *staff, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_details");
    struct json *values = page_values(page);
    struct person who = { .name = "" };
    enum rc rc = RC_OK;

    if (page->person.v)
        rc = person_get(&gate->store, page->person, mem, &who, err);
    if (!rc)
        rc = audit_page(gate, AUDIT_PERSON_READ, page->id, staff, NULL, err);
    if (rc) {
        json_free(&values);
        return rc;
    }
    json_set_str(values, "person_name", who.name);
    json_set_str(values, "phone", who.phone ? who.phone : "");
    json_set_str(values, "emergency_contact", who.emergency ? who.emergency : "");
    json_set_str(values, "chart", who.chart ? who.chart : "");
    return send_to(gate, MAILING_PAGE_DETAILS, page, staff->id, values, err);
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
    rc = page_close(&gate->store, id, outcome, err);
    if (!rc)
        rc = audit_page(gate, AUDIT_PAGE_DONE, id, staff, outcome, err);
    if (!rc)
        rc = tell_all(gate, MAILING_PAGE_DONE, &page, staff, outcome, err);
    return rc;
}
