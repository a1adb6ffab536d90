#include "gateway/duty/claim.h"

#include "gateway/duty/alarm.h"
#include "gateway/duty/follow_up.h"
#include "gateway/duty/page_details.h"
#include "gateway/duty/page_mail.h"
#include "gateway/duty/page_text.h"
#include "gateway/practice/record.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"

/* One act on one page. */
struct claiming {
    struct gate *gate;
    const struct claim *in;
    struct page page; /* as it was */
    struct arena *mem;
};

static enum rc record(struct claiming *c, enum audit_verb verb, const char *old_value, const char *new_value,
                      struct err *err)
{
    const struct audit_who who = { AUDIT_STAFF, c->in->staff->id.v, c->in->way };

    return record_act(c->gate, &who, verb, AUDIT_ITEM_PAGE, c->page.id.v, old_value, new_value, err);
}

/* Whoever claims has the details to read: no letter tells them that they need not do a thing. Of a test it is their answer. */
static enum rc tell_all(struct claiming *c, enum mailing_kind kind, const char *outcome, struct err *err)
{
    const bool is_theirs = kind == MAILING_PAGE_CLAIMED && c->page.kind == PAGE_ALARM;
    const struct page_mail_news news = { .kind = kind,
                                         .not_to = is_theirs ? c->in->staff->id : (struct person_id){ 0 },
                                         .by = c->in->staff,
                                         .when_ms = gate_now_ms(c->gate),
                                         .outcome = outcome,
                                         .outcome_by =
                                             c->page.first_done_by.v ? c->page.first_done_by : c->in->staff->id,
                                         .is_fresh = true };
    size_t told;

    return page_mail_tell(c->gate, &c->page, &news, &told, err);
}

static int64_t reminder_ms(const struct claiming *c)
{
    return gate_now_ms(c->gate) + office_page_clock(c->gate, c->page.tier).done * MS_MINUTE;
}

/* --- too late --------------------------------------------------------------------------------------------------------------------- */

/* Friendly: who has it, and since when. */
static enum rc tell_taken(struct claiming *c, struct err *err)
{
    struct page_text_news news = { .kind = MAILING_PAGE_TAKEN, .when_ms = c->page.claimed_ms };
    struct json *values;
    struct person by;

    if (person_get(&c->gate->store, c->page.claimed_by, c->mem, &by, err))
        return err->rc;
    news.by = &by;
    values = page_mail_values(c->gate, &c->page, c->in->staff->language, c->mem);
    json_set_str(values, "who", by.name);
    json_set_str(values, "when", phrase_time(c->gate, c->in->staff->language, c->page.claimed_ms, c->mem));
    if (page_mail_send(c->gate, MAILING_PAGE_TAKEN, &c->page, c->in->staff->id, values, err) ||
        page_text_tell(c->gate, &c->page, c->in->staff, &news, err))
        return err->rc;
    return err_set(err, RC_CONFLICT, "page %" PRId64 " was claimed by another person", c->page.id.v);
}

/* --- CLAIM ------------------------------------------------------------------------------------------------------------------------ */

/* A test needs no more than the proof that it arrived. */
static enum rc close_test(struct claiming *c, struct err *err)
{
    if (page_close(&c->gate->store, c->page.id, "", err))
        return err->rc;
    return tell_all(c, MAILING_PAGE_CLAIMED, NULL, err);
}

static enum rc take_open(struct claiming *c, struct err *err)
{
    if (page_claim(&c->gate->store, c->page.id, c->in->staff->id, reminder_ms(c), err) ||
        record(c, AUDIT_PAGE_CLAIMED, NULL, NULL, err))
        return err->rc;
    if (c->page.kind == PAGE_TEST)
        return close_test(c, err);
    if (tell_all(c, MAILING_PAGE_CLAIMED, NULL, err))
        return err->rc;
    return page_details_send(c->gate, &c->page, c->in->staff, c->in->way, err);
}

static enum rc take_over(struct claiming *c, struct err *err)
{
    const char *const from = arena_printf(c->mem, "%" PRId64, c->page.claimed_by.v);

    if (page_take_over(&c->gate->store, c->page.id, c->page.claimed_by, c->in->staff->id, reminder_ms(c), err) ||
        record(c, AUDIT_PAGE_CLAIMED, from, NULL, err) || tell_all(c, MAILING_PAGE_CLAIMED, NULL, err))
        return err->rc;
    return page_details_send(c->gate, &c->page, c->in->staff, c->in->way, err);
}

enum rc claim_take(struct gate *gate, const struct claim *claim, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("claim");
    struct claiming c = { .gate = gate, .in = claim, .mem = mem };

    if (page_get(&gate->store, claim->page, mem, &c.page, err))
        return err->rc;
    if (c.page.state == PAGE_OPEN)
        return take_open(&c, err);
    if (c.page.state == PAGE_CLAIMED && c.page.claimed_by.v == claim->staff->id.v)
        return page_details_send(gate, &c.page, claim->staff, claim->way, err); /* asked for again */
    if (c.page.state == PAGE_CLAIMED && c.page.reminders && !c.page.first_done_by.v)
        return take_over(&c, err);
    return tell_taken(&c, err);
}

/* --- PASS ------------------------------------------------------------------------------------------------------------------------- */

enum rc claim_pass(struct gate *gate, const struct claim *claim, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("claim");
    struct claiming c = { .gate = gate, .in = claim, .mem = mem };

    if (page_get(&gate->store, claim->page, mem, &c.page, err))
        return err->rc;
    if (c.page.state == PAGE_DONE)
        return tell_taken(&c, err);
    if (c.page.state == PAGE_CLAIMED && c.page.claimed_by.v != claim->staff->id.v)
        return err_set(err, RC_DENIED, "page %" PRId64 " was claimed by another person", claim->page.v);
    if (c.page.state == PAGE_CLAIMED &&
        page_reopen(&gate->store, claim->page, c.page.elapsed_ms, gate_now_ms(gate), err))
        return err->rc;
    if (record(&c, AUDIT_PAGE_PASSED, NULL, NULL, err))
        return err->rc;
    return alarm_call_next(gate, claim->page, err);
}

/* --- DONE ------------------------------------------------------------------------------------------------------------------------- */

static bool needs_two(const struct page *page)
{
    return page->kind == PAGE_ALARM && page->tier == 0;
}

static enum rc close_it(struct claiming *c, const char *outcome, const char *audited, struct err *err)
{
    if (page_close(&c->gate->store, c->page.id, outcome, err) || record(c, AUDIT_PAGE_DONE, NULL, audited, err) ||
        follow_up_plan(c->gate, &c->page, err))
        return err->rc;
    return tell_all(c, MAILING_PAGE_DONE, outcome, err);
}

/* It stays claimed. Where nobody else is there, the same person is asked once more in half an hour. */
static enum rc ask_second(struct claiming *c, const char *outcome, struct err *err)
{
    const int64_t next_ms =
        c->gate->facts.has_solo_release ? gate_now_ms(c->gate) + OFFICE_SOLO_WAIT_MS : reminder_ms(c);

    if (page_half_close(&c->gate->store, c->page.id, c->in->staff->id, outcome, next_ms, err) ||
        record(c, AUDIT_PAGE_HALF_DONE, NULL, outcome, err))
        return err->rc;
    return tell_all(c, MAILING_PAGE_SECOND, outcome, err);
}

/* What the second one adds stands below the first one's words. */
static enum rc agree(struct claiming *c, const char *outcome, struct err *err)
{
    const char *const whole =
        *outcome ? arena_printf(c->mem, "%s\n\n%s: %s", c->page.outcome, c->in->staff->name, outcome) : c->page.outcome;

    if (c->page.first_done_by.v != c->in->staff->id.v)
        return close_it(c, whole, *outcome ? outcome : NULL, err);
    if (!c->gate->facts.has_solo_release)
        return err_set(err, RC_LIMIT, "a second person must say DONE");
    if (gate_now_ms(c->gate) - c->page.first_done_ms < OFFICE_SOLO_WAIT_MS)
        return err_set(err, RC_LIMIT, "say DONE once more when half an hour has passed");
    return close_it(c, whole, "solo_release", err);
}

static enum rc done_first(struct claiming *c, const char *outcome, bool *ret_is_closed, struct err *err)
{
    if (!*outcome)
        return err_set(err, RC_INPUT, "DONE needs an outcome: what happened, in a few words");
    if (c->page.state == PAGE_OPEN && /* who has done it has taken it */
        (page_claim(&c->gate->store, c->page.id, c->in->staff->id, reminder_ms(c), err) ||
         record(c, AUDIT_PAGE_CLAIMED, NULL, NULL, err)))
        return err->rc;
    *ret_is_closed = !needs_two(&c->page);
    return *ret_is_closed ? close_it(c, outcome, outcome, err) : ask_second(c, outcome, err);
}

enum rc claim_done(struct gate *gate, const struct claim *claim, const char *outcome, bool *ret_is_closed,
                   struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("claim");
    struct claiming c = { .gate = gate, .in = claim, .mem = mem };

    *ret_is_closed = true;
    if (page_get(&gate->store, claim->page, mem, &c.page, err))
        return err->rc;
    if (c.page.state == PAGE_DONE)
        return tell_taken(&c, err);
    if (c.page.kind == PAGE_TEST)
        return take_open(&c, err);
    if (c.page.first_done_by.v)
        return agree(&c, outcome, err);
    if (c.page.state == PAGE_CLAIMED && c.page.claimed_by.v != claim->staff->id.v)
        return err_set(err, RC_DENIED, "page %" PRId64 " was claimed by another person", claim->page.v);
    return done_first(&c, outcome, ret_is_closed, err);
}
