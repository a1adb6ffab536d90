#include "gateway/say/poll_open.h"

#include "gateway/say/phrase.h"
#include "schedules/zone.h"
#include "store/group.h"

enum rc poll_open_closes(struct gate *gate, const struct poll *poll, struct arena *mem, const char **ret_zone,
                         int64_t *ret_ms, struct err *err)
{
    struct care_group g;

    if (group_get(&gate->store, poll->group, mem, &g, err))
        return err->rc;
    *ret_zone = g.zone;
    return zone_utc_from_minute(g.zone, poll->day, (int)poll->minute, ret_ms, err);
}

enum rc poll_open_until(struct gate *gate, struct post_id id, enum person_language language, struct arena *mem,
                        const char **ret_until, struct err *err)
{
    struct poll poll;
    struct post post;
    const char *zone = NULL;
    int64_t closes_ms;
    const enum rc rc = poll_get(&gate->store, id, &poll, err);

    *ret_until = NULL;
    if (rc || poll.state != POLL_OPEN)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (post_get(&gate->store, id, mem, &post, err) || poll_open_closes(gate, &poll, mem, &zone, &closes_ms, err))
        return err->rc;
    if (post_state_is_published(post.state) && closes_ms > gate_now_ms(gate))
        *ret_until = phrase_moment(gate, language, zone, closes_ms, mem);
    return RC_OK;
}
