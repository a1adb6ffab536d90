/* Commands about what a group does together: POLL. */
#include "gateway/member_effect.h"
#include "gateway/poll.h"

enum rc effect_poll(struct effect *e, struct err *err)
{
    const struct poll_voter voter = { e->person.id, e->m.id, e->m.group, e->act->in_reply_to };

    return poll_take(e->gate, &voter, e->act->command->number, err);
}
