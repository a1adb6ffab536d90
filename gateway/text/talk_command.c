/* Commands by text: what they do is gateway/people/member's, as by mail. */
#include "gateway/text/talk.h"

#include "gateway/people/member.h"
#include "gateway/say/tell.h"

/* The group that a command is about when it names none: the only one. */
static struct membership_id only_seat(const struct talk *t)
{
    return t->living_count == 1 ? t->seats[0].m.id : (struct membership_id){ 0 };
}

static enum rc run(struct talk *t, const struct command *command, bool *ret_is_done, struct err *err)
{
    const struct member_act act = { .command = command,
                                    .person = t->writer.id,
                                    .membership = only_seat(t),
                                    .address = t->line.address,
                                    .letter = { t->in->id.v },
                                    .is_by_text = true,
                                    .is_unanswered = t->is_silent };
    const enum rc rc = member_command(t->gate, &act, ret_is_done, err);

    if (rc != RC_NOT_FOUND && rc != RC_INPUT)
        return rc;
    *ret_is_done = true; /* no membership to act on: staff know them */
    return talk_tell(t, TELL_TEXT_CAME, err);
}

enum rc talk_command(struct talk *t, bool *ret_is_done, struct err *err)
{
    *ret_is_done = false;
    if (!t->writer.id.v || t->meaning.kind != TEXT_MEANS_COMMAND)
        return RC_OK;
    return t->meaning.is_sure ? run(t, &t->meaning.command, ret_is_done, err) : RC_OK;
}
