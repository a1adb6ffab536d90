#include "gateway/duty/alarm.h"

#include "gateway/duty/page_mail.h"
#include "gateway/duty/page_text.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/delivery.h"
#include "store/page_call.h"
#include "store/page_joined.h"

#define TEST_REPEAT_MS (4 * MS_HOUR) /* of office hours: nobody is hunted for a test */

static const char *const tier_words[PAGE_TIERS] = { "imminent", "crisis", "medical" };

/* --- one call --------------------------------------------------------------------------------------------------------------------- */

struct calling {
    struct gate *gate;
    const struct page *page;
    const char *next_who; /* NULL: there is nobody else */
    int64_t more;         /* letters that joined it */
    struct arena *mem;
};

static struct json *values_of(const struct calling *c, const struct person *who)
{
    struct json *values = page_mail_values(c->gate, c->page, who->language, c->mem);

    json_set_str(values, "next_who", c->next_who);
    if (c->more)
        json_set_int(values, "message_count", c->more + 1);
    return values;
}

/* By mail and by text. */
static enum rc call_person(const struct calling *c, const struct person *who, struct err *err)
{
    enum rc rc = page_mail_send(c->gate, MAILING_PAGE, c->page, who->id, values_of(c, who), err);

    if (!rc)
        rc = page_text_call(c->gate, c->page, who, err);
    return rc || c->page->step == 0
               ? rc
               : page_mail_send_others(c->gate, MAILING_PAGE, c->page, who->id, values_of(c, who), err);
}

/* Everybody whose time has come, and the program. Earlier calls that have not left yet are superseded: a relay that comes back brings one. */
static enum rc call(struct gate *gate, const struct page *page, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page");
    const struct page_clock clock = office_page_clock(gate, page->tier);
    const size_t reach = page_clock_reach(&clock, page->elapsed_ms);
    const bool has_command =
        *gate->facts.page_command &&
        (page->kind == PAGE_TEST ? page->step == 0 : page_clock_has_command(&clock, page->elapsed_ms));
    struct calling c = { .gate = gate, .page = page, .mem = mem };
    struct person *staff;
    size_t n;
    enum rc rc = office_contacts(gate, mem, &staff, &n, err);

    c.next_who = !rc && reach < n ? staff[reach].name : NULL;
    if (!rc && page->bundle)
        rc = page_joined_count(&gate->store, page->id, &c.more, err);
    if (!rc && page->step)
        rc = delivery_cancel_subject(&gate->store, page->id.v, NULL, err);
    for (size_t i = 0; !rc && i < n && i < reach; i++)
        rc = call_person(&c, &staff[i], err);
    return rc || !has_command ? rc : page_call_add(&gate->store, page->id, err);
}

/* When the next call is due, at this place of its clock. Real time may be ahead of that place, after a sleep of the machine. */
static int64_t next_call_ms(const struct gate *gate, const struct page *page, int64_t elapsed_ms)
{
    const struct page_clock clock = office_page_clock(gate, page->tier);
    const int64_t now_ms = gate_now_ms(gate);
    const int64_t real_ms = now_ms - page->created_ms;
    const int64_t wait_ms = page_clock_next_ms(&clock, elapsed_ms) - (real_ms > elapsed_ms ? real_ms : elapsed_ms);

    if (page->kind == PAGE_TEST)
        return office_after(gate, TEST_REPEAT_MS);
    return now_ms + (wait_ms > 0 ? wait_ms : MS_MINUTE);
}

static enum rc step(struct gate *gate, struct page *page, int64_t elapsed_ms, struct err *err)
{
    page->elapsed_ms = elapsed_ms;
    page->step++;
    if (page_stepped(&gate->store, page->id, elapsed_ms, next_call_ms(gate, page, elapsed_ms), err))
        return err->rc;
    return call(gate, page, err);
}

/* --- raising ---------------------------------------------------------------------------------------------------------------------- */

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

/* A letter that was parked has its page already when it is read again: what is known now is called anew under the same number. */
static enum rc enter(struct gate *gate, struct page *page, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm");
    struct page before;
    enum rc rc = RC_NOT_FOUND;

    if (page->letter.v && !page_joined_drop(&gate->store, page->letter, err))
        rc = page_find_letter(&gate->store, page->letter, mem, &before, err);
    else if (page->letter.v)
        return err->rc;
    if (rc == RC_NOT_FOUND)
        return page_add(&gate->store, page, err);
    if (rc)
        return rc;
    page->id = before.id;
    return page_raise_again(&gate->store, page, err);
}

static enum rc raise(struct gate *gate, struct page *page, enum audit_verb verb, const char *value, struct err *err)
{
    const struct audit_who rule = record_rule();

    page->created_ms = gate_now_ms(gate);
    page->next_ms = next_call_ms(gate, page, 0);
    if (enter(gate, page, err) || record_act(gate, &rule, verb, AUDIT_ITEM_PAGE, page->id.v, NULL, value, err))
        return err->rc;
    return call(gate, page, err);
}

static enum rc worsen(struct gate *gate, struct page *page, int tier, struct err *err)
{
    page->tier = tier;
    return page_worsen(&gate->store, page->id, tier, err) ? err->rc : step(gate, page, 0, err);
}

/* Everybody has been called for the page already, or will be: a letter more makes no sound, a graver one calls at once. */
static enum rc join(struct gate *gate, const struct alarm *alarm, struct page *page, struct err *err)
{
    const struct audit_who rule = record_rule();

    if (page_joined_add(&gate->store, page->id, alarm->letter, err) ||
        record_act(gate, &rule, AUDIT_PAGE_JOINED, AUDIT_ITEM_PAGE, page->id.v, NULL, tier_words[alarm->tier], err))
        return err->rc;
    return alarm->tier < page->tier ? worsen(gate, page, alarm->tier, err) : RC_OK;
}

/* RC_NOT_FOUND: it must be called on its own. What was on a page of its own stays there. */
static enum rc find_bundle(struct gate *gate, const struct alarm *alarm, struct arena *mem, struct page *ret,
                           struct err *err)
{
    struct page own;
    enum rc rc;

    if (!alarm->bundle)
        return RC_NOT_FOUND;
    rc = page_find_letter(&gate->store, alarm->letter, mem, &own, err);
    if (rc != RC_NOT_FOUND)
        return rc ? rc : RC_NOT_FOUND;
    return page_find_bundle(&gate->store, alarm->bundle, mem, ret, err);
}

enum rc alarm_raise(struct gate *gate, const struct alarm *alarm, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm_raise");
    struct page page = { .kind = PAGE_ALARM,
                         .bundle = alarm->bundle,
                         .letter = alarm->letter,
                         .post = alarm->post,
                         .person = alarm->person,
                         .tier = alarm->tier };
    struct page together;
    enum rc rc = find_bundle(gate, alarm, mem, &together, err);

    if (!rc)
        rc = join(gate, alarm, &together, err);
    else if (rc == RC_NOT_FOUND)
        rc = raise(gate, &page, AUDIT_PAGE_RAISED, tier_words[page.tier], err);
    if (!rc)
        rc = acknowledge(gate, alarm, err);
    return rc ? err_wrap(err, "alarm") : RC_OK;
}

enum rc alarm_raise_again(struct gate *gate, const struct alarm *alarm, struct page *page, struct err *err)
{
    const struct audit_who rule = record_rule();

    if (page->state != PAGE_DONE && page->tier <= alarm->tier)
        return RC_OK;
    if (page->state != PAGE_OPEN)
        return alarm_raise(gate, alarm, err);
    if (record_act(gate, &rule, AUDIT_PAGE_RAISED, AUDIT_ITEM_PAGE, page->id.v, NULL, tier_words[alarm->tier], err) ||
        worsen(gate, page, alarm->tier, err) || acknowledge(gate, alarm, err))
        return err_wrap(err, "graver alarm");
    return RC_OK;
}

enum rc alarm_raise_test(struct gate *gate, struct err *err)
{
    struct page page = { .kind = PAGE_TEST, .tier = 1 };

    return raise(gate, &page, AUDIT_PAGE_TESTED, NULL, err) ? err_wrap(err, "test page") : RC_OK;
}

/* --- by the clock ----------------------------------------------------------------------------------------------------------------- */

static enum rc call_again(struct gate *gate, struct page *page, struct err *err)
{
    const struct page_clock clock = office_page_clock(gate, page->tier);
    const int64_t next_ms = page_clock_next_ms(&clock, page->elapsed_ms);
    const int64_t slept_ms = page_clock_last_ms(&clock, gate_now_ms(gate) - page->created_ms);

    return step(gate, page, slept_ms > next_ms ? slept_ms : next_ms, err);
}

enum rc alarm_call_next(struct gate *gate, struct page_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm");
    struct page_clock clock;
    struct page page;
    int64_t elapsed_ms;

    if (page_get(&gate->store, id, mem, &page, err))
        return err->rc;
    clock = office_page_clock(gate, page.tier);
    elapsed_ms = page.elapsed_ms;
    do
        elapsed_ms = page_clock_next_ms(&clock, elapsed_ms);
    while (page_clock_reach(&clock, elapsed_ms) == page_clock_reach(&clock, page.elapsed_ms));
    return step(gate, &page, elapsed_ms, err);
}

/* Claimed and not done: its claimer, from the second time on everybody. Where two must say done, the one who has not. */
static enum rc remind(struct gate *gate, const struct page *page, struct arena *mem, struct err *err)
{
    const bool is_half = page->first_done_by.v != 0;
    const struct person_id who = is_half ? page->first_done_by : page->claimed_by;
    struct page_mail_news news = { .kind = is_half ? MAILING_PAGE_SECOND : MAILING_PAGE_REMINDER,
                                   .when_ms = is_half ? page->first_done_ms : page->claimed_ms,
                                   .outcome = page->outcome,
                                   .outcome_by = page->first_done_by };
    const int64_t now_ms = gate_now_ms(gate);
    struct json *values;
    struct person by;
    size_t told;

    if (page_reminded(&gate->store, page->id, now_ms + office_page_clock(gate, page->tier).done * MS_MINUTE, err) ||
        person_get(&gate->store, who, mem, &by, err))
        return err->rc;
    news.by = &by;
    news.not_to = is_half && !gate->facts.has_solo_release ? who : (struct person_id){ 0 };
    if (is_half || page->reminders)
        return page_mail_tell(gate, page, &news, &told, err);
    values = page_mail_values(gate, page, by.language, mem);
    json_set_str(values, "who", by.name);
    json_set_str(values, "when", phrase_time(gate, by.language, news.when_ms, mem));
    json_set_bool(values, "is_yours", true);
    if (page_mail_send(gate, news.kind, page, who, values, err))
        return err->rc;
    return page_text_tell(gate, page, &by,
                          &(struct page_text_news){ .kind = news.kind, .by = &by, .when_ms = news.when_ms }, err);
}

/* A next time that lies further ahead than any call or reminder can be was set by a clock that has been set back since. */
static enum rc find_due(struct gate *gate, enum page_state state, struct arena *mem, struct page *ret, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    int64_t latest_ms[PAGE_TIERS];

    for (int tier = 0; tier < PAGE_TIERS; tier++) {
        const struct page_clock clock = office_page_clock(gate, tier);
        const int64_t most_ms = (state == PAGE_OPEN ? clock.repeat : clock.done) * MS_MINUTE;

        latest_ms[tier] =
            now_ms + (state == PAGE_CLAIMED && most_ms < OFFICE_SOLO_WAIT_MS ? OFFICE_SOLO_WAIT_MS : most_ms);
    }
    return page_due(&gate->store, state, now_ms, latest_ms, mem, ret, err);
}

enum rc alarm_is_due(struct gate *gate, bool *ret_is_due, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm");
    struct page page;
    enum rc rc = find_due(gate, PAGE_OPEN, mem, &page, err);

    if (rc == RC_NOT_FOUND)
        rc = find_due(gate, PAGE_CLAIMED, mem, &page, err);
    *ret_is_due = !rc;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc tick_state(struct gate *gate, enum page_state state, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("alarm");
    struct page page;
    enum rc rc;

    while ((rc = find_due(gate, state, mem, &page, err)) == RC_OK) {
        rc = state == PAGE_OPEN ? call_again(gate, &page, err) : remind(gate, &page, mem, err);
        if (rc)
            return err_wrap(err, "page %" PRId64, page.id.v);
        ++*did;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc alarm_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    *ret_did = 0;
    if (tick_state(gate, PAGE_OPEN, ret_did, err) || tick_state(gate, PAGE_CLAIMED, ret_did, err))
        return err->rc;
    return RC_OK;
}
