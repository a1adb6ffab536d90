#include "gateway/sms/text_queue.h"

#include "gateway/sms/text_budget.h"
#include "gateway/sms/text_hours.h"
#include "mailer/translit.h"
#include "store/setting.h"
#include "store/text_consent.h"

#include <assert.h>

#define PRICE_MICRO 12000 /* a US part of 2026 with the carrier's fee */

enum rc text_measure(const char *words, struct arena *mem, struct text_measure *ret, struct err *err)
{
    const struct segments *segments;
    struct text_measure m = { 0 };

    if (translit_split(words, strlen(words), TRANSLIT_AUTO, mem, &segments, &m.changed, err))
        return err_wrap(err, "words of a text");
    if (!segments->count)
        return err_set(err, RC_INPUT, "a text without words");
    m.parts = (int64_t)segments->count;
    m.is_ucs2 = segments->encoding == SEGMENT_UCS2;
    m.words = segments->text;
    *ret = m;
    return RC_OK;
}

bool text_may_write(struct gate *gate, struct address_id address, enum text_needs needs, enum rc *ret_rc,
                    struct err *err)
{
    enum suppression_reason reason;
    struct text_consent consent;

    *ret_rc = RC_OK;
    if (needs == TEXT_NEEDS_NOTHING)
        return true;
    *ret_rc = text_consent_get(&gate->store, address, &consent, err);
    if (*ret_rc)
        return false;
    if (consent.state >= TEXT_STOPPED || (needs == TEXT_NEEDS_CONSENT && consent.state != TEXT_YES))
        return false;
    *ret_rc = suppression_get(&gate->store, address, &reason, err);
    if (*ret_rc != RC_NOT_FOUND)
        return false;
    *ret_rc = RC_OK;
    return true;
}

enum rc text_price(struct gate *gate, int64_t parts, int64_t *ret_micro, struct err *err)
{
    int64_t micro;

    if (setting_get_int(&gate->store, SETTING_TEXT_PRICE, PRICE_MICRO, &micro, err))
        return err->rc;
    *ret_micro = parts * micro;
    return RC_OK;
}

static enum rc pick_sender(struct gate *gate, const struct text_say *say, struct arena *mem, struct text_sender *ret,
                           struct err *err)
{
    return say->sender.v ? text_sender_get(&gate->store, say->sender, mem, ret, err)
                         : text_sender_usual(&gate->store, mem, ret, err);
}

/* Twenty parts a day end any loop; staff, who are called by text, are no members. */
static enum rc check_day(struct gate *gate, const struct text_say *say, enum lane lane, int64_t parts, struct err *err)
{
    bool is_full;

    if (say->is_exempt || lane < LANE_REPLY)
        return RC_OK;
    if (text_day_is_full(gate, say->address, parts, &is_full, err))
        return err->rc;
    if (!is_full)
        return RC_OK;
    gate->refused = (struct text_refused){ .address = say->address };
    return err_set(err, RC_DENIED, "that number has had %d parts within a day", TEXT_PARTS_A_DAY);
}

static enum rc check_month(struct gate *gate, const struct text_say *say, int64_t parts, struct err *err)
{
    enum rc rc;

    if (say->is_exempt || say->is_past_budget)
        return RC_OK;
    rc = text_budget_check(gate, say->group, parts, err);
    if (rc == RC_DENIED)
        gate->refused = (struct text_refused){ .address = say->address, .is_month = true };
    return rc;
}

enum rc text_queue(struct gate *gate, const struct text_say *say, struct text_id *ret_id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_queue");
    const int64_t now = gate_now_ms(gate), due = say->due_ms ? say->due_ms : now;
    struct text_measure m;
    const enum lane lane = say->lane < 0 ? mailing_default_lane(say->kind) : (enum lane)say->lane;
    struct text_sender sender;
    struct text_out out;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    if (pick_sender(gate, say, mem, &sender, err))
        return err_wrap(err, "number to write from");
    if (!text_may_write(gate, say->address, say->needs, &rc, err))
        return rc ? rc : err_set(err, RC_NOT_FOUND, "that number may not be written to");
    if (text_measure(say->words, mem, &m, err))
        return err->rc;
    if (m.parts > TEXT_PARTS_MAX)
        return err_set(err, RC_LIMIT, "a text of %" PRId64 " parts; at most %d", m.parts, TEXT_PARTS_MAX);
    if (check_day(gate, say, lane, m.parts, err) || check_month(gate, say, m.parts, err))
        return err->rc;
    out = (struct text_out){ .kind = say->kind,
                             .lane = lane,
                             .needs = say->needs,
                             .is_exempt = say->is_exempt,
                             .person = say->person,
                             .membership = say->membership,
                             .group = say->group,
                             .address = say->address,
                             .sender = sender.id,
                             .issue = say->issue,
                             .subject_id = say->subject_id,
                             .from_seq = say->from_seq,
                             .to_seq = say->to_seq,
                             .is_ucs2 = m.is_ucs2,
                             .parts = m.parts,
                             .words = m.words,
                             .due_ms = due,
                             .not_after_ms = say->not_after_ms ? say->not_after_ms : due + TEXT_LIVE_MS,
                             .once = say->once };
    rc = text_out_add(&gate->store, &out, say->posts, say->post_count, err);
    if (!rc && ret_id)
        *ret_id = out.id;
    return rc;
}
