/* An answer that could not be said: the month's money is gone, or the number has had its parts of a day. One part says so, and whom to call; staff hear it. */
#include "gateway/text/talk.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_budget.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"

/* Once in the month, or in the day, that is full. */
static enum rc say_it(struct talk *t, bool is_month, struct err *err)
{
    struct json *values = json_object_new();
    struct text_say say = { .kind = MAILING_TEXT_NOTICE,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .is_exempt = true,
                            .person = t->writer.id,
                            .address = t->line.address,
                            .sender = t->line.sender,
                            .subject_id = t->in->id.v };
    int64_t month, from_ms;
    enum rc rc;

    json_set_bool(values, is_month ? "is_month_full" : "is_day_full", true);
    if (text_words(t->gate, say.kind, t->writer.language, &values, t->mem, &say.words, err) ||
        text_budget_month(t->gate, &month, &from_ms, err))
        return err->rc;
    say.once = arena_printf(t->mem, "unsaid %" PRId64 " %s %" PRId64, t->line.address.v, is_month ? "month" : "day",
                            is_month ? month : gate_now_ms(t->gate) / MS_DAY);
    rc = text_queue(t->gate, &say, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc talk_unsaid(struct talk *t, struct err *err)
{
    const struct tell tell = { .what = TELL_TEXT_UNANSWERED,
                               .of = t->writer.id.v ? &t->writer : NULL,
                               .subject_id = t->line.address.v,
                               .has_alarm = talk_has_alarm(t),
                               .is_once_a_day = true };
    const struct text_refused *const refused = &t->gate->refused;

    if (t->is_silent || !t->user_count || t->writer.kind == PERSON_STAFF || t->consent.state != TEXT_YES ||
        refused->address.v != t->line.address.v)
        return RC_OK;
    if (!talk_has_alarm(t) && say_it(t, refused->is_month, err)) /* with one, they have the words for such a moment */
        return err->rc;
    return tell_staff(t->gate, &tell, err);
}
