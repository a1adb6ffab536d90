#include "gateway/sms/text_hours.h"

#include "schedules/quiet.h"
#include "store/setting.h"
#include "store/text_owed.h"

enum rc text_hours(struct gate *gate, const char *zone, int64_t at_ms, struct text_hours *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_hours");
    const char *text;
    struct quiet quiet;

    if (setting_get(&gate->store, SETTING_TEXT_HOURS, mem, &text, err) ||
        quiet_parse(text ? text : "", gate->facts.holidays, zone && *zone ? zone : gate->facts.zone, &quiet, err) ||
        quiet_window(&quiet, at_ms, &ret->from_ms, &ret->until_ms, err))
        return err_wrap(err, "hours of texts");
    return RC_OK;
}

enum rc text_week_is_full(struct gate *gate, struct address_id address, bool *ret_is_full, struct err *err)
{
    int64_t most, texts, parts;

    if (setting_get_int(&gate->store, SETTING_TEXT_WEEK, TEXT_A_WEEK, &most, err) ||
        text_owed_count(&gate->store, address, gate_now_ms(gate) - 7 * MS_DAY + 1, &texts, &parts, err))
        return err->rc;
    *ret_is_full = texts >= most;
    return RC_OK;
}

enum rc text_day_is_full(struct gate *gate, struct address_id address, int64_t more, bool *ret_is_full, struct err *err)
{
    int64_t texts, parts;

    if (text_owed_count(&gate->store, address, gate_now_ms(gate) - MS_DAY + 1, &texts, &parts, err))
        return err->rc;
    *ret_is_full = parts + more > TEXT_PARTS_A_DAY;
    return RC_OK;
}

enum rc text_fits_before(struct gate *gate, struct text_sender_id id, int64_t parts, int64_t until_ms, bool *ret_fits,
                         struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_fits");
    struct text_campaign campaign = { .parts_per_minute = 0 };
    struct text_sender sender;
    int64_t waiting, needs_ms = 0;

    if (text_sender_get(&gate->store, id, mem, &sender, err) ||
        (sender.campaign && text_campaign_get(&gate->store, sender.campaign, mem, &campaign, err)) ||
        text_owed_backlog(&gate->store, id, &waiting, err))
        return err->rc;
    if (sender.rate_milli)
        needs_ms = (waiting + parts) * MS_SECOND * 1000 / sender.rate_milli;
    if (campaign.parts_per_minute && (waiting + parts) * MS_MINUTE / campaign.parts_per_minute > needs_ms)
        needs_ms = (waiting + parts) * MS_MINUTE / campaign.parts_per_minute;
    *ret_fits = gate_now_ms(gate) + needs_ms <= until_ms;
    return RC_OK;
}
