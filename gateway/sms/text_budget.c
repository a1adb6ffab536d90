#include "gateway/sms/text_budget.h"

#include "gateway/sms/text_queue.h"
#include "schedules/zone.h"
#include "store/due.h"

enum rc text_budget_month_start(struct gate *gate, int64_t month, int64_t *ret_ms, struct err *err)
{
    const char *const zone = *gate->facts.zone ? gate->facts.zone : "UTC";

    return zone_utc_from_local(zone, 1970 + (int)(month / 12), 1 + (int)(month % 12), 1, 0, 0, ret_ms, err);
}

enum rc text_budget_month(struct gate *gate, int64_t *ret_month, int64_t *ret_from_ms, struct err *err)
{
    const char *const zone = *gate->facts.zone ? gate->facts.zone : "UTC";
    struct local_time now;

    if (zone_local_from_utc(zone, gate_now_ms(gate), &now, err) ||
        zone_utc_from_local(zone, now.year, now.month, 1, 0, 0, ret_from_ms, err))
        return err_wrap(err, "month of the budget");
    *ret_month = (now.year - 1970) * INT64_C(12) + now.month - 1;
    return RC_OK;
}

/* How much of the month's money is gone with so much more: percent, more than 100 too; 0 without a budget. */
static enum rc used_up(struct gate *gate, struct group_id group, int64_t more_micro, int64_t *ret_percent,
                       int64_t *ret_month, struct err *err)
{
    struct text_budget budget;
    struct text_sum sum;
    int64_t from_ms, all;
    enum rc rc = text_budget_get(&gate->store, group, &budget, err);

    *ret_percent = 0;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (!budget.month_micro)
        return RC_OK;
    if (text_budget_month(gate, ret_month, &from_ms, err) ||
        text_cost_sum(&gate->store, group, from_ms, INT64_MAX, &sum, err))
        return err->rc;
    all = sum.micro + more_micro;
    *ret_percent = all > budget.month_micro ? 101 : all * 100 / budget.month_micro;
    return RC_OK;
}

/* Whoever checks may say something to a person: staff are told by the clock (gateway/text/text_warning). */
static enum rc check_one(struct gate *gate, struct group_id group, int64_t more_micro, struct err *err)
{
    int64_t percent, month;

    if (used_up(gate, group, more_micro, &percent, &month, err))
        return err->rc;
    if (percent >= TEXT_BUDGET_WARN_PERCENT &&
        due_ensure(&gate->store, JOB_TEXT_BUDGET, group.v, gate_now_ms(gate), err))
        return err->rc;
    return percent > 100 ? err_set(err, RC_DENIED, "the month's budget for texts is used up") : RC_OK;
}

enum rc text_budget_warning(struct gate *gate, struct group_id group, int64_t *ret_percent, struct err *err)
{
    int64_t percent, month, micro;
    bool is_first;

    *ret_percent = 0;
    if (text_price(gate, 1, &micro, err) || used_up(gate, group, micro, &percent, &month, err))
        return err->rc;
    if (percent < TEXT_BUDGET_WARN_PERCENT)
        return RC_OK;
    percent = percent > 100 ? 100 : TEXT_BUDGET_WARN_PERCENT;
    if (text_budget_take_warning(&gate->store, group, month, percent, &is_first, err))
        return err->rc;
    *ret_percent = is_first ? percent : 0;
    return RC_OK;
}

enum rc text_budget_check(struct gate *gate, struct group_id group, int64_t parts, struct err *err)
{
    int64_t micro;

    if (text_price(gate, parts, &micro, err) || check_one(gate, (struct group_id){ 0 }, micro, err))
        return err->rc;
    return group.v ? check_one(gate, group, micro, err) : RC_OK;
}

enum rc text_budget_charge_all(struct gate *gate, const struct text_cost *costs, size_t n, struct err *err)
{
    int64_t micro;

    if (text_price(gate, 1, &micro, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct text_cost row = costs[i];

        row.estimate_micro = row.parts * micro;
        if (text_cost_add(&gate->store, &row, err))
            return err->rc;
    }
    return RC_OK;
}

enum rc text_budget_charge(struct gate *gate, const struct text_cost *cost, struct err *err)
{
    return text_budget_charge_all(gate, cost, 1, err);
}
