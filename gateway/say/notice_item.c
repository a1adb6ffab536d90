#include "gateway/say/notice_item.h"

#include "store/check_in.h"
#include "store/private.h"
#include "store/text_account.h"
#include "store/text_line.h"
#include "store/visit_seat.h"

#define VISIT_ASKED_MS (2 * MS_DAY)

/* What a notice is about on the line, and what it leaves open there; kind 0: nothing. */
struct about {
    struct text_item item;
    struct text_question question;
    bool ends_question; /* what was asked about it is answered */
};

static enum rc of_visit(struct gate *gate, const struct notice *n, struct arena *mem, const struct json *values,
                        struct about *a, struct err *err)
{
    struct visit_seat seat;
    struct visit visit;

    if (visit_seat_get(&gate->store, (struct visit_seat_id){ n->subject_id }, mem, &seat, err) ||
        visit_get(&gate->store, seat.visit, mem, &visit, err))
        return err->rc;
    a->item.live_ms = visit.start_ms + MS_DAY; /* who answers afterwards hears that it has been */
    a->item.kind = TEXT_ITEM_VISIT;
    a->item.target = a->question.subject_id = seat.visit.v;
    if (n->kind == MAILING_VISIT_QUESTIONS || json_get_bool(values, "asks", false)) {
        a->question.kind = n->kind == MAILING_VISIT_QUESTIONS ? TEXT_ASK_BEFORE_VISIT : TEXT_ASK_RSVP;
        a->question.due_ms = gate_now_ms(gate) + VISIT_ASKED_MS;
    }
    return RC_OK;
}

static enum rc of_talk(struct gate *gate, const struct notice *n, struct about *a, struct err *err)
{
    struct private_talk talk;
    const enum rc rc = private_find(&gate->store, n->group, n->person, &talk, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    a->item.kind = TEXT_ITEM_PRIVATE;
    a->item.target = talk.id.v;
    a->question.kind = TEXT_ASK_PRIVATE;
    return RC_OK;
}

static enum rc of_round(struct gate *gate, const struct notice *n, struct about *a, struct err *err)
{
    struct check_in_round round;

    if (check_in_round_get(&gate->store, (struct check_round_id){ n->subject_id }, &round, err))
        return err->rc;
    a->item.kind = TEXT_ITEM_CHECK_IN;
    a->item.target = round.check_in.v;
    a->question.kind = TEXT_ASK_CHECK_IN;
    return RC_OK;
}

/* An answer that asks back leaves the question open. */
static void of_check_in(const struct notice *n, const struct json *values, struct about *a)
{
    const bool asks = n->kind == MAILING_CHECK_IN_ASK || json_get_bool(values, "is_unclear", false) ||
                      json_get_bool(values, "is_not_plausible", false) || json_get_bool(values, "is_asked", false);

    if (n->kind == MAILING_CHECK_IN_ANSWER && n->reply != TOKEN_CHECK_IN) /* of all check-ins: none has a number */
        return;
    a->item.kind = TEXT_ITEM_CHECK_IN;
    a->item.target = n->subject_id;
    a->question.kind = asks ? TEXT_ASK_CHECK_IN : 0;
    a->ends_question = !asks;
}

static enum rc find(struct gate *gate, const struct notice *n, struct arena *mem, const struct json *values,
                    struct about *a, struct err *err)
{
    if (mailing_is_of_visit(n->kind))
        return of_visit(gate, n, mem, values, a, err);
    switch (n->kind) {
    case MAILING_PRIVATE_ANSWER:
        return of_talk(gate, n, a, err);
    case MAILING_ASK:
    case MAILING_EDIT_OK:
        a->item.kind = n->kind == MAILING_ASK ? TEXT_ITEM_ASK : TEXT_ITEM_EDIT;
        a->item.target = n->subject_id;
        a->question.kind = n->kind == MAILING_ASK ? TEXT_ASK_PRIVATE : TEXT_ASK_EDIT_OK;
        return RC_OK;
    case MAILING_CHECK_IN:
        return of_round(gate, n, a, err);
    case MAILING_CHECK_IN_ASK:
    case MAILING_CHECK_IN_ANSWER:
        of_check_in(n, values, a);
        return RC_OK;
    case MAILING_MAY_WE:
        a->item.kind = TEXT_ITEM_MAY_WE;
        a->item.target = n->subject_id;
        a->question.kind = json_get_bool(values, "asks", false) ? TEXT_ASK_MAY_WE : 0;
        return RC_OK;
    default:
        return RC_OK;
    }
}

/* A text that waits for "Which group?" or "Who is writing?" is not pushed aside: the number is enough to answer. */
static bool must_stay(const struct text_question *open)
{
    return open->kind == TEXT_ASK_WHICH_GROUP || open->kind == TEXT_ASK_WHO;
}

static enum rc put_question(struct gate *gate, const struct text_line *line, struct about *a, struct arena *mem,
                            struct err *err)
{
    struct text_question open = { .id = 0 };
    const enum rc rc = text_question_get(&gate->store, line, mem, &open, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (a->ends_question && !rc && open.kind == TEXT_ASK_CHECK_IN && open.subject_id == a->item.n)
        return text_question_close(&gate->store, line, err);
    if (!a->question.kind || (!rc && must_stay(&open)))
        return RC_OK;
    if (!a->question.subject_id)
        a->question.subject_id = a->item.n;
    return text_question_ask(&gate->store, line, &a->question, err);
}

enum rc notice_item_put(struct gate *gate, const struct notice *notice, struct address_id phone, struct arena *mem,
                        struct json *values, struct err *err)
{
    struct about a = { .item = { .person = notice->person, .group = notice->group },
                       .question = { .person = notice->person } };
    struct text_line line = { .address = phone };
    struct text_sender sender;

    if (find(gate, notice, mem, values, &a, err))
        return err->rc;
    if (!a.item.kind)
        return RC_OK;
    if (text_sender_usual(&gate->store, mem, &sender, err))
        return err->rc;
    line.sender = sender.id;
    if (text_item_give(&gate->store, &line, &a.item, err))
        return err->rc;
    json_set_int(values, "item_number", a.item.n);
    return put_question(gate, &line, &a, mem, err);
}
