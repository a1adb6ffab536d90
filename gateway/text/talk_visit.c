/* Answers to visits. A text that also names conversations is left to talk_comment. */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/say/tell.h"
#include "gateway/visit/answering.h"
#include "gateway/visit/reminding.h"

static const struct text_item *find(const struct talk *t, int number)
{
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].n == number)
            return &t->items[i];
    return NULL;
}

static bool is_of_visits(const struct talk *t)
{
    const struct number_pieces *const pieces = &t->meaning.pieces;

    for (size_t i = 0; i < pieces->count; i++)
        for (size_t k = 0; k < pieces->v[i].count; k++) {
            const struct text_item *const item = find(t, pieces->v[i].numbers[k]);

            if (!item || item->kind != TEXT_ITEM_VISIT)
                return false;
        }
    return pieces->count > 0;
}

/* Words alone, a day or so before it: they say where they will be. */
static bool is_where(const struct talk *t, const struct visit_seat *seat, const struct rsvp *said)
{
    const int64_t minutes = (seat->told_start_ms - gate_now_ms(t->gate)) / MS_MINUTE;

    return said->answer == RSVP_NOTHING && said->has_words && reminding_is_day_before(minutes);
}

static enum rc answer(struct talk *t, struct visit_id visit, struct person_id person, const char *text, struct err *err)
{
    struct answering in = { .way = VISIT_BY_TEXT, .said = rsvp_read(text, t->names, t->mem), .text = t->in->id.v };
    struct visit_seat seat;
    const enum rc rc = visit_seat_find(&t->gate->store, visit, person, t->mem, &seat, err);

    if (rc)
        return rc == RC_NOT_FOUND ? talk_tell(t, TELL_TEXT_CAME, err) : rc;
    in.seat = &seat;
    in.sequence = seat.sequence;
    in.is_old = seat.sequence && seat.moved_sequence == seat.sequence && t->in->received_ms < seat.told_ms;
    in.words = in.said.has_words ? text : NULL;
    in.is_where = in.words && is_where(t, &seat, &in.said);
    return answering_take(t->gate, &in, err);
}

static enum rc answer_pieces(struct talk *t, struct err *err)
{
    const char *const text = t->in->words;

    for (size_t i = 0; i < t->meaning.pieces.count; i++) {
        const struct number_piece *const p = &t->meaning.pieces.v[i];
        const char *const words = text_clean(t->mem, text + p->words_at, p->at + p->len - p->words_at);

        for (size_t k = 0; k < p->count; k++) {
            const struct text_item *const item = find(t, p->numbers[k]);

            if (answer(t, (struct visit_id){ item->target }, item->person, words, err))
                return err->rc;
        }
    }
    return RC_OK;
}

/* YES, NO, and 1 and 2, as our texts and the phones of other practices have it. */
static bool is_answer(const struct text_meaning *m)
{
    return m->kind == TEXT_MEANS_ANSWER || m->kind == TEXT_MEANS_BARE ||
           (m->kind == TEXT_MEANS_UNKNOWN && (m->number == 1 || m->number == 2));
}

enum rc talk_visit(struct talk *t, bool *ret_is_done, struct err *err)
{
    const bool is_asked = t->question.id && t->question.kind == TEXT_ASK_RSVP && t->question.person.v;

    *ret_is_done = true;
    if (talk_has_alarm(t)) /* a person reads it first */
        *ret_is_done = false;
    else if (t->meaning.kind == TEXT_MEANS_COMMENT && is_of_visits(t))
        return answer_pieces(t, err);
    else if (is_asked && is_answer(&t->meaning))
        return text_question_close(&t->gate->store, &t->line, err)
                   ? err->rc
                   : answer(t, (struct visit_id){ t->question.subject_id }, t->question.person, t->in->words, err);
    else
        *ret_is_done = false;
    return RC_OK;
}
