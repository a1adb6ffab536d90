#include "gateway/text/text_confirmed.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_queue.h"
#include "mailer/provider.h"
#include "store/due.h"
#include "store/text_out.h"

bool text_confirmed_is_late(const struct text_out *text, int64_t now_ms)
{
    const int64_t until = text->created_ms + TEXT_CONFIRM_MS;

    if (text->state == TEXT_CANCELLED) /* they died, or were erased: nobody waits for it */
        return false;
    if (text->class == PROVIDER_OPTOUT) /* the provider has stopped that number itself, and said so to it */
        return false;
    return text->handed_ms ? text->handed_ms > until : now_ms > until;
}

enum rc text_confirmed_watch(struct gate *gate, struct text_id text, struct err *err)
{
    return due_set(&gate->store, JOB_TEXT_CONFIRMED, text.v, gate_now_ms(gate) + TEXT_CONFIRM_MS + MS_SECOND, err);
}

enum rc text_confirmed_run(struct gate *gate, struct text_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_confirmed");
    struct tell tell = { .what = TELL_TEXT_UNCONFIRMED, .subject_id = id.v };
    struct text_out text;
    struct person person;

    if (text_out_get(&gate->store, id, mem, &text, err))
        return err->rc;
    if (!text_confirmed_is_late(&text, gate_now_ms(gate)))
        return RC_OK;
    if (text.person.v) {
        if (person_get(&gate->store, text.person, mem, &person, err))
            return err->rc;
        tell.of = &person;
    }
    return tell_staff(gate, &tell, err);
}
