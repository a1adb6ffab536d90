/* Commands about what a group does together: POLL, CHECKIN, STOP CHECKIN. */
#include "gateway/note/poll.h"
#include "gateway/people/check_in_reply.h"
#include "gateway/people/member_effect.h"

enum rc effect_poll(struct effect *e, struct err *err)
{
    const struct poll_voter voter = { e->person.id, e->m.id, e->m.group, e->act->in_reply_to };

    return poll_take(e->gate, &voter, e->act->command->number, err);
}

static struct check_in_caller caller_of(const struct effect *e)
{
    return (struct check_in_caller){ { e->person.id, e->m.id, e->person.language }, e->m.group, e->act->in_reply_to };
}

enum rc effect_check_in(struct effect *e, struct err *err)
{
    const struct check_in_caller caller = caller_of(e);

    return check_in_again(e->gate, &caller, err);
}

enum rc effect_check_in_stop(struct effect *e, struct err *err)
{
    const struct check_in_caller caller = caller_of(e);

    return check_in_stop_all(e->gate, &caller, err);
}
