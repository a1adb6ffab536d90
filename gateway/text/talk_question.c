/* Answers to the open question of a line. */
#include "gateway/text/talk.h"

#include "gateway/say/tell.h"

/* What nobody here asked is told to staff. */
enum rc talk_question(struct talk *t, bool *ret_is_done, struct err *err)
{
    *ret_is_done = t->meaning.kind == TEXT_MEANS_ANSWER;
    return *ret_is_done ? talk_tell(t, TELL_TEXT_CAME, err) : RC_OK;
}
