/* Who has not said yes by text: YES and NO to our request, START; everything else is for staff. */
#include "gateway/text/talk.h"

#include "gateway/say/tell.h"

/* Nothing a number says before its yes is a note or a command, and nothing is answered but a yes: staff read it. */
enum rc talk_consent(struct talk *t, bool *ret_is_done, struct err *err)
{
    *ret_is_done = t->consent.state != TEXT_YES;
    return *ret_is_done ? talk_tell(t, TELL_TEXT_CAME, err) : RC_OK;
}
