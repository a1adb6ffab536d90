#include "gateway/visit/awake.h"

#include "gateway/sms/text_hours.h"
#include "gateway/sms/text_queue.h"
#include "schedules/zone.h"
#include "store/text_account.h"

static enum rc from_of_mail(const char *zone, int64_t at_ms, int64_t *ret_ms, struct err *err)
{
    struct local_time local;
    int64_t day;

    if (zone_local_from_utc(zone, at_ms, &local, err))
        return err->rc;
    *ret_ms = at_ms;
    if (local.hour >= AWAKE_FROM && local.hour < AWAKE_UNTIL)
        return RC_OK;
    day = clock_days_from_civil(local.year, local.month, local.day) + (local.hour >= AWAKE_UNTIL);
    return zone_utc_from_minute(zone, day, AWAKE_FROM * 60, ret_ms, err);
}

enum rc awake_by_text(struct gate *gate, const struct membership *m, bool *ret_is, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("awake");
    struct text_sender sender;
    enum rc rc;

    *ret_is = false;
    if (m->channel != CHANNEL_TEXT)
        return RC_OK;
    rc = text_sender_usual(&gate->store, mem, &sender, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *ret_is = text_may_write(gate, m->address, TEXT_NEEDS_CONSENT, &rc, err);
    return rc;
}

enum rc awake_from(struct gate *gate, bool is_by_text, const char *zone, int64_t at_ms, int64_t *ret_ms,
                   struct err *err)
{
    struct text_hours hours;

    if (!is_by_text)
        return from_of_mail(zone, at_ms, ret_ms, err);
    if (text_hours(gate, zone, at_ms, &hours, err))
        return err->rc;
    *ret_ms = hours.from_ms > at_ms ? hours.from_ms : at_ms;
    return RC_OK;
}
