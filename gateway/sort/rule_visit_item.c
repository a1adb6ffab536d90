#include "gateway/sort/rule_visit_item.h"

#include "base/text.h"
#include "gateway/visit/answering.h"
#include "inbound/number.h"
#include "store/issue.h"

static const struct issue_item *find(const struct issue_item *items, size_t n, int number)
{
    for (size_t i = 0; i < n; i++)
        if (items[i].number == number)
            return items[i].kind == ISSUE_ITEM_VISIT ? &items[i] : NULL;
    return NULL;
}

/* Whether every number of the piece is a visit's. */
static bool is_of_visits(const struct number_piece *piece, const struct issue_item *items, size_t n)
{
    for (size_t i = 0; i < piece->count; i++)
        if (!find(items, n, piece->numbers[i]))
            return false;
    return piece->count > 0;
}

static enum rc answer(struct sorting *s, const struct issue_item *item, const char *text, struct err *err)
{
    struct answering in = { .way = VISIT_BY_EMAIL,
                            .is_other_address = s->sender.is_other_address,
                            .said = rsvp_read(text, s->names, s->mem),
                            .letter = s->arrival.id.v,
                            .in_reply_to = s->letter.message_id };
    struct visit_seat seat;
    const enum rc rc =
        visit_seat_find(&s->gate->store, (struct visit_id){ item->target }, s->sender.person.id, s->mem, &seat, err);

    if (rc) /* was not asked: joined today, or is staff */
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    in.seat = &seat;
    in.sequence = seat.sequence;
    in.is_old = s->sender.delivery.id.v < seat.moved_delivery.v;
    in.words = in.said.has_words ? text : NULL;
    return answering_take(s->gate, &in, err);
}

static enum rc take_pieces(struct sorting *s, const struct issue_item *items, size_t n, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf rest = STRBUF((size_t)1 << 20);
    const char *const text = s->letter.text;
    int *numbers = arena_array(s->mem, n + 1, sizeof *numbers);
    struct number_pieces pieces;
    size_t taken = 0;

    for (size_t i = 0; i < n; i++)
        numbers[i] = (int)items[i].number;
    pieces = number_split(text, (struct number_set){ numbers, n }, s->names, s->mem);
    for (size_t i = 0; i < pieces.count; i++) {
        const struct number_piece *p = &pieces.v[i];

        if (!is_of_visits(p, items, n)) {
            strbuf_add(&rest, text + p->at, p->len);
            continue;
        }
        for (size_t k = 0; k < p->count; k++)
            if (answer(s, find(items, n, p->numbers[k]),
                       text_clean(s->mem, text + p->words_at, p->at + p->len - p->words_at), err))
                return err->rc;
        taken++;
    }
    if (!taken)
        return RC_OK;
    s->letter.text = arena_strdup(s->mem, strbuf_peek(&rest));
    if (taken == pieces.count)
        s->outcome = OUTCOME_ANSWER;
    return RC_OK;
}

enum rc rule_visit_item(struct sorting *s, struct err *err)
{
    const struct issue_item *of_address;
    struct issue_item *items;
    size_t n;

    if (!s->sender.delivery.issue.v || !*s->letter.text || s->sender.delivery.person.v != s->sender.person.id.v ||
        !(sender_may(&s->sender, SENDER_ANSWER) || sender_may(&s->sender, SENDER_POST)))
        return RC_OK;
    if (issue_items(&s->gate->store, s->sender.delivery.issue, s->mem, &items, &n, err))
        return err->rc;
    of_address = s->sender.token.purpose == TOKEN_ITEM ? find(items, n, s->sender.token.ordinal) : NULL;
    if (!of_address)
        return take_pieces(s, items, n, err);
    s->outcome = OUTCOME_ANSWER;
    return answer(s, of_address, s->letter.text, err);
}
