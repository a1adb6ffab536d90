#include "gateway/text/text_route.h"

#include "store/setting.h"

void text_routes_clear(struct text_routes *routes)
{
    routes->count = 0;
}

static enum rc provider_of(struct text_routes *routes, struct text_account_id account, const struct text_provider **ret,
                           struct err *err)
{
    struct text_provider *opened;

    for (size_t i = 0; i < routes->provider_count; i++)
        if (routes->providers[i]->account.id.v == account.v) {
            *ret = routes->providers[i];
            return RC_OK;
        }
    opened = ARENA_NEW(routes->gate->mem, struct text_provider);
    if (text_provider_open(routes->gate, account, routes->gate->mem, opened, err))
        return err->rc;
    if (routes->provider_count == TEXT_ROUTES_MAX)
        routes->provider_count = 0;
    *ret = routes->providers[routes->provider_count++] = opened;
    return RC_OK;
}

/* The carriers' day begins at midnight Pacific, in winter 8:00 UTC. */
static int64_t day_start_ms(void)
{
    const int64_t now = clock_now_ms(clock_real()), start = now / MS_DAY * MS_DAY + 8 * MS_HOUR;

    return start > now ? start - MS_DAY : start;
}

static enum rc want_of(struct text_routes *routes, const struct text_sender *sender, struct arena *mem,
                       struct text_want *ret, struct err *err)
{
    struct store *const st = &routes->gate->store;
    struct text_campaign campaign = { .parts_per_minute = 0 };
    int64_t brand;

    if ((sender->campaign && text_campaign_get(st, sender->campaign, mem, &campaign, err)) ||
        setting_get_int(st, SETTING_TEXT_BRAND_DAY, 0, &brand, err))
        return err->rc;
    *ret = (struct text_want){ .sender = sender->id,
                               .rate_milli = sender->rate_milli,
                               .campaign = sender->campaign,
                               .parts_per_minute = campaign.parts_per_minute,
                               .brand_per_day = brand,
                               .day_start_ms = day_start_ms() };
    return RC_OK;
}

enum rc text_route_of(struct text_routes *routes, struct text_sender_id sender, struct arena *mem,
                      const struct text_route **ret_route, struct err *err)
{
    struct text_route route;

    for (size_t i = 0; i < routes->count; i++)
        if (routes->of[i].sender.id.v == sender.v) {
            *ret_route = &routes->of[i];
            return RC_OK;
        }
    if (text_sender_get(&routes->gate->store, sender, mem, &route.sender, err) ||
        provider_of(routes, route.sender.account, &route.provider, err) ||
        want_of(routes, &route.sender, mem, &route.want, err))
        return err->rc;
    if (routes->count == TEXT_ROUTES_MAX)
        routes->count = 0;
    routes->of[routes->count] = route;
    *ret_route = &routes->of[routes->count++];
    return RC_OK;
}
