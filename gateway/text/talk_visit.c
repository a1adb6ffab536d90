/* Answers to visits, and to the questions before them. What a text names beside visits is left to talk_comment. */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/say/tell.h"
#include "gateway/visit/answering.h"
#include "gateway/visit/questions.h"
#include "gateway/visit/reminding.h"

static const struct text_item *find(const struct talk *t, int number)
{
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].n == number)
            return &t->items[i];
    return NULL;
}

/* Words alone, a day or so before it: they say where they will be. */
static bool is_where(const struct talk *t, const struct visit_seat *seat, const struct rsvp *said)
{
    const int64_t minutes = (seat->told_start_ms - gate_now_ms(t->gate)) / MS_MINUTE;

    return said->answer == RSVP_NOTHING && said->has_words && reminding_is_day_before(minutes);
}

/* ---- the questions before it ---- */

static enum rc find_asked(const struct talk *t, struct visit_id id, struct person_id person, struct visit *visit,
                          struct visit_seat *seat, struct err *err)
{
    if (visit_get(&t->gate->store, id, t->mem, visit, err) ||
        visit_seat_find(&t->gate->store, id, person, t->mem, seat, err))
        return err->rc;
    return *visit->plan.words.questions && visit->state == VISIT_PLANNED && visit->start_ms > gate_now_ms(t->gate) &&
                   seat->state == VISIT_SEAT_INVITED && seat->answer != VISIT_NO
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "visit %" PRId64 " asks them nothing", id.v);
}

bool talk_visit_has_questions(const struct talk *t, const struct text_item *item)
{
    struct visit_seat seat;
    struct visit visit;
    struct err err;

    return item->kind == TEXT_ITEM_VISIT &&
           !find_asked(t, (struct visit_id){ item->target }, item->person, &visit, &seat, &err);
}

enum rc talk_visit_show(struct talk *t, const struct text_item *item, struct err *err)
{
    struct visit_seat seat;
    struct visit visit;

    if (find_asked(t, (struct visit_id){ item->target }, item->person, &visit, &seat, err))
        return err->rc;
    return questions_again(t->gate, &visit, &seat, err);
}

static bool asks_before(const struct talk *t, struct visit_id visit)
{
    return t->question.id && t->question.kind == TEXT_ASK_BEFORE_VISIT && t->question.person.v &&
           t->question.subject_id == visit.v;
}

/* ---- one answer ---- */

struct said {
    struct visit_id visit;
    struct person_id person;
    const char *text;
    bool has_number; /* it stood behind the number of the visit */
};

/* "1 Fine": to the questions while they are open, else where it says nothing about coming. */
static enum rc take_questions(struct talk *t, const struct said *said, const struct answering *in, bool *ret_is_taken,
                              struct err *err)
{
    const bool is_open = asks_before(t, said->visit);
    const struct questions_words words = { .text = said->text,
                                           .names = t->names,
                                           .must_be_numbered = said->has_number || !is_open };

    *ret_is_taken = false;
    if (!is_open && (in->said.answer != RSVP_NOTHING || in->said.agrees))
        return RC_OK;
    if (questions_take(t->gate, in->seat, &words, t->mem, ret_is_taken, err))
        return err->rc;
    return *ret_is_taken ? answering_thank(t->gate, in, err) : RC_OK;
}

static enum rc answer(struct talk *t, const struct said *said, struct err *err)
{
    struct answering in = { .way = VISIT_BY_TEXT,
                            .said = rsvp_read(said->text, t->names, t->mem),
                            .text = t->in->id.v,
                            .phone = t->line.address };
    struct visit_seat seat;
    bool is_taken;
    const enum rc rc = visit_seat_find(&t->gate->store, said->visit, said->person, t->mem, &seat, err);

    if (rc)
        return rc == RC_NOT_FOUND ? talk_tell(t, TELL_TEXT_CAME, err) : rc;
    in.seat = &seat;
    in.sequence = seat.sequence;
    in.is_old = seat.sequence && seat.moved_sequence == seat.sequence && t->in->received_ms < seat.told_ms;
    if (take_questions(t, said, &in, &is_taken, err))
        return err->rc;
    if (is_taken)
        return RC_OK;
    in.words = in.said.has_words ? said->text : NULL;
    in.is_where = in.words && is_where(t, &seat, &in.said);
    return answering_take(t->gate, &in, err);
}

/* What a piece says of its visits is done; *rest is what it names beside them. */
static enum rc answer_piece(struct talk *t, const struct number_piece *p, struct number_piece *rest, struct err *err)
{
    const char *const words = text_clean(t->mem, t->in->words + p->words_at, p->at + p->len - p->words_at);

    *rest = *p;
    rest->count = 0;
    for (size_t k = 0; k < p->count; k++) {
        const struct text_item *const item = find(t, p->numbers[k]);

        if (!item || item->kind != TEXT_ITEM_VISIT) {
            rest->numbers[rest->count++] = p->numbers[k];
        } else {
            const struct said said = { { item->target }, item->person, words, true };

            if (answer(t, &said, err))
                return err->rc;
        }
    }
    return RC_OK;
}

static enum rc answer_pieces(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct number_pieces all = t->meaning.pieces;
    struct number_piece *const rest = ARENA_ARRAY(t->mem, all.count + 1, struct number_piece);
    size_t n = 0;

    for (size_t i = 0; i < all.count; i++) {
        if (answer_piece(t, &all.v[i], &rest[n], err))
            return err->rc;
        n += rest[n].count > 0;
    }
    *ret_is_done = n == 0;
    t->meaning.pieces = (struct number_pieces){ rest, n };
    return RC_OK;
}

/* YES, NO, and 1 and 2, as our texts and the phones of other practices have it. */
static bool is_answer(const struct text_meaning *m)
{
    return m->kind == TEXT_MEANS_ANSWER || m->kind == TEXT_MEANS_BARE ||
           (m->kind == TEXT_MEANS_UNKNOWN && (m->number == 1 || m->number == 2));
}

/* MORE and a number, or MORE alone while its questions wait to be read. */
static enum rc show(struct talk *t, bool *ret_is_done, struct err *err)
{
    int64_t n = t->meaning.number;

    for (size_t i = 0; !n && i < t->item_count; i++)
        if (t->items[i].kind == TEXT_ITEM_VISIT && asks_before(t, (struct visit_id){ t->items[i].target }))
            n = t->items[i].n;
    *ret_is_done = n && find(t, (int)n) && talk_visit_has_questions(t, find(t, (int)n));
    return *ret_is_done && !t->is_silent ? talk_private_show(t, n, ret_is_done, err) : RC_OK;
}

enum rc talk_visit(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct said said = { { t->question.subject_id }, t->question.person, t->in->words, false };
    const bool is_open = t->question.id && t->question.person.v;

    *ret_is_done = !talk_has_alarm(t); /* with one, a person reads it first */
    if (!*ret_is_done)
        return RC_OK;
    if (t->meaning.kind == TEXT_MEANS_COMMENT)
        return answer_pieces(t, ret_is_done, err);
    if (t->meaning.kind == TEXT_MEANS_MORE)
        return show(t, ret_is_done, err);
    if (is_open && t->question.kind == TEXT_ASK_BEFORE_VISIT && t->meaning.kind == TEXT_MEANS_ANSWER)
        return answer(t, &said, err); /* it stays open: they may go on in another text */
    *ret_is_done = is_open && t->question.kind == TEXT_ASK_RSVP && is_answer(&t->meaning);
    if (!*ret_is_done)
        return RC_OK;
    return text_question_close(&t->gate->store, &t->line, err) ? err->rc : answer(t, &said, err);
}
