#include "gateway/sms/text_budget.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_queue.h"
#include "schedules/zone.h"

#define WARN_PERCENT 80

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

static enum rc warn_staff(struct gate *gate, struct group_id group, int64_t month, int64_t percent, struct err *err)
{
    const struct tell tell = { .what = TELL_TEXT_BUDGET, .group = group, .number = percent };
    bool is_first;

    if (text_budget_take_warning(&gate->store, group, month, percent, &is_first, err))
        return err->rc;
    return is_first ? tell_staff(gate, &tell, err) : RC_OK;
}

static enum rc check_one(struct gate *gate, struct group_id group, int64_t more_micro, struct err *err)
{
    struct text_budget budget;
    struct text_sum sum;
    int64_t month, from_ms;
    enum rc rc = text_budget_get(&gate->store, group, &budget, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (!budget.month_micro)
        return RC_OK;
    if (text_budget_month(gate, &month, &from_ms, err) ||
        text_cost_sum(&gate->store, group, from_ms, INT64_MAX, &sum, err))
        return err->rc;
    if (sum.micro + more_micro > budget.month_micro)
        return warn_staff(gate, group, month, 100, err)
                   ? err->rc
                   : err_set(err, RC_DENIED, "the month's budget for texts is used up");
    if ((sum.micro + more_micro) * 100 >= budget.month_micro * WARN_PERCENT)
        return warn_staff(gate, group, month, WARN_PERCENT, err);
    return RC_OK;
}

enum rc text_budget_check(struct gate *gate, struct group_id group, int64_t parts, struct err *err)
{
    int64_t micro;

    if (text_price(gate, parts, &micro, err) || check_one(gate, (struct group_id){ 0 }, micro, err))
        return err->rc;
    return group.v ? check_one(gate, group, micro, err) : RC_OK;
}

enum rc text_budget_charge(struct gate *gate, const struct text_cost *cost, struct err *err)
{
    struct text_cost row = *cost;

    if (text_price(gate, row.parts, &row.estimate_micro, err))
        return err->rc;
    return text_cost_add(&gate->store, &row, err);
}
