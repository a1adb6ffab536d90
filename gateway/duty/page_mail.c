#include "gateway/duty/page_mail.h"

#include "gateway/duty/page_text.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/consent.h"

struct json *page_mail_values(const struct gate *gate, const struct page *page, enum person_language language,
                              struct arena *mem)
{
    struct json *values = json_object_new();

    json_set_int(values, "page_number", phrase_number(page->id.v));
    json_set_bool(values, "is_test", page->kind == PAGE_TEST);
    json_set_bool(values, "is_medical", page->tier == 2);
    json_set_bool(values, "is_open", office_is_open(gate));
    json_set_bool(values, "is_yours", false);
    json_set_bool(values, "is_done", page->state == PAGE_DONE);
    json_set_str(values, "received_when", phrase_moment(gate, language, NULL, page->created_ms, mem));
    json_set_int(values, "repeat", page->step + 1);
    json_set_int(values, "claim_minutes", office_page_clock(gate, page->tier).claim);
    json_set_str(values, "next_who", NULL);
    json_set_str(values, "message_count", NULL);
    return values;
}

/* Due a day ago: whatever happens to the clock, it goes out now. */
static enum rc send_to(struct gate *gate, enum mailing_kind kind, const struct page *page, struct person_id person,
                       struct address_id address, struct json *values, struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = person,
                             .address = address,
                             .subject_id = page->id.v,
                             .reply = TOKEN_DESK,
                             .due_ms = gate_now_ms(gate) - MS_DAY,
                             .lane = LANE_URGENT,
                             .values = values };
    const enum rc rc = notice_queue(gate, &notice, NULL, err);

    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc page_mail_send(struct gate *gate, enum mailing_kind kind, const struct page *page, struct person_id person,
                       struct json *values, struct err *err)
{
    return send_to(gate, kind, page, person, (struct address_id){ 0 }, values, err);
}

static bool is_email(const struct address *a)
{
    return a->kind == ADDRESS_EMAIL && a->state != ADDRESS_SUSPENDED;
}

enum rc page_mail_send_others(struct gate *gate, enum mailing_kind kind, const struct page *page,
                              struct person_id person, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *mine = values;
    CLEANUP(arena_free) struct arena *mem = arena_new("page_mail");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct address *addresses;
    size_t n, used = 0;
    enum rc rc = person_addresses(&gate->store, person, mem, &addresses, &n, err);

    json_print(mine, false, &text);
    for (size_t i = 0; !rc && i < n; i++) {
        struct json *copy = NULL;

        if (!is_email(&addresses[i]) || !used++) /* the first one has it */
            continue;
        rc = json_parse(strbuf_peek(&text), text.len, &copy, err);
        if (!rc)
            rc = send_to(gate, kind, page, person, addresses[i].id, copy, err);
    }
    return rc;
}

/* Which section of page_second and page_reminder is meant for this reader. */
static void add_flags(const struct gate *gate, const struct page_mail_news *news, const struct person *reader,
                      struct json *values)
{
    const bool is_theirs = reader->id.v == news->by->id.v;

    json_set_bool(values, "is_other", !is_theirs);
    json_set_bool(values, "is_yours", is_theirs && !news->is_fresh);
    json_set_bool(values, "is_asked", is_theirs && news->is_fresh && !gate->facts.has_solo_release);
    json_set_bool(values, "is_solo", is_theirs && news->is_fresh && gate->facts.has_solo_release);
}

/* What staff wrote about a patient: for those who said yes, and for who wrote it. */
static enum rc add_outcome(struct gate *gate, const struct page_mail_news *news, const struct person *reader,
                           struct json *values, struct err *err)
{
    const bool is_theirs = reader->id.v == news->outcome_by.v;
    bool has_said_yes;

    if (consent_of_staff(&gate->store, reader->id, &has_said_yes, err))
        return err->rc;
    json_set_str(values, "outcome", has_said_yes || is_theirs ? news->outcome : NULL);
    return RC_OK;
}

enum rc page_mail_tell(struct gate *gate, const struct page *page, const struct page_mail_news *news, size_t *ret_told,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_told");
    const struct page_text_news text = { news->kind, news->by, news->when_ms, news->is_fresh };
    struct person *staff;
    size_t n, told = 0;
    enum rc rc = office_contacts(gate, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        struct json *values;

        if (staff[i].id.v == news->not_to.v)
            continue;
        values = page_mail_values(gate, page, staff[i].language, mem);
        json_set_str(values, "who", news->by->name);
        json_set_str(values, "when", phrase_time(gate, staff[i].language, news->when_ms, mem));
        add_flags(gate, news, &staff[i], values);
        if (add_outcome(gate, news, &staff[i], values, err)) {
            json_free(&values);
            return err->rc;
        }
        rc = page_mail_send(gate, news->kind, page, staff[i].id, values, err);
        if (!rc)
            rc = page_text_tell(gate, page, &staff[i], &text, err);
        told += !rc;
    }
    *ret_told = told;
    return rc;
}
