#include "gateway/text/talk_staff.h"

#include "gateway/say/tell.h"

/* Decisions by text need a PIN, and none can be set yet: they are read as any other text, and staff see it. */
enum rc talk_staff(struct talk *t, bool *ret_is_done, struct err *err)
{
    switch (t->meaning.kind) {
    case TEXT_MEANS_DECISION:
    case TEXT_MEANS_UNCLEAR:
    case TEXT_MEANS_PIN:
        *ret_is_done = true;
        return talk_tell(t, TELL_TEXT_CAME, err);
    default:
        *ret_is_done = false;
        return RC_OK;
    }
}
