/* MORE, the number of an item alone, and the answer to "Do you want the words by text?": gateway/digest/text_more does it. */
#include "gateway/text/talk.h"

#include "gateway/digest/text_compose.h"
#include "gateway/digest/text_more.h"
#include "gateway/sms/text_level.h"

/* What text_more says of it: nothing is left; the day's parts or the month's money are used up, which talk_unsaid says. */
static enum rc answered(struct talk *t, enum rc rc, struct err *err)
{
    struct json *values;

    if (rc != RC_NOT_FOUND)
        return rc == RC_DENIED ? RC_OK : rc;
    values = json_object_new();
    json_set_bool(values, "is_nothing_more", true);
    return talk_say(t, MAILING_TEXT_SAY, &values, err);
}

static const struct text_item *item_of(const struct talk *t, int64_t n)
{
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].n == n && t->items[i].person.v == t->writer.id.v)
            return &t->items[i];
    return NULL;
}

/* Their word for it is kept, with the text that said so; then they get what they had asked for. */
static enum rc take_level(struct talk *t, struct err *err)
{
    const struct audit_who who = { AUDIT_PATIENT, t->writer.id.v, AUDIT_WAY_TEXT };
    const struct text_level_change change = { .address = t->line.address,
                                              .person = t->writer.id,
                                              .level = TEXT_LEVEL_WORDS,
                                              .way = TEXT_BY_TEXT,
                                              .evidence_id = t->in->id.v,
                                              .words = t->in->words };
    const struct text_item *const item = item_of(t, t->question.subject_id);
    bool is_private;
    enum rc rc;

    if (text_question_close(&t->gate->store, &t->line, err))
        return err->rc;
    if (t->meaning.answer != ANSWER_YES)
        return talk_say_flag(t, MAILING_TEXT_SAY, "is_count_only", err);
    if (text_level_set(t->gate, &who, &change, err))
        return err->rc;
    t->consent.level = TEXT_LEVEL_WORDS;
    rc = talk_private_show(t, t->question.subject_id, &is_private, err);
    if (rc || is_private)
        return rc;
    rc =
        item ? text_more_item(t->gate, &t->writer, &t->line, item, err) : text_more(t->gate, &t->writer, &t->line, err);
    return answered(t, rc, err);
}

enum rc talk_more(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item *const item = t->meaning.number ? item_of(t, t->meaning.number) : NULL;
    enum rc rc;

    *ret_is_done = false;
    if (!t->writer.id.v)
        return RC_OK;
    if (t->question.id && t->question.kind == TEXT_ASK_LEVEL && t->meaning.kind == TEXT_MEANS_ANSWER) {
        *ret_is_done = true;
        return take_level(t, err);
    }
    if (t->meaning.kind != TEXT_MEANS_MORE ||
        (item && item->kind != TEXT_ITEM_CONVERSATION && item->kind != TEXT_ITEM_ANNOUNCEMENT))
        return RC_OK;
    *ret_is_done = true;
    if (t->is_silent)
        return RC_OK;
    rc = !t->meaning.number ? text_more(t->gate, &t->writer, &t->line, err)
         : item             ? text_more_item(t->gate, &t->writer, &t->line, item, err)
                            : err_set(err, RC_NOT_FOUND, "no such item");
    return answered(t, rc, err);
}
