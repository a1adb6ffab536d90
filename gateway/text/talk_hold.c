#include "gateway/text/talk_hold.h"

#include "gateway/note/triage_people.h"
#include "store/text_out.h"

#define ACKS_A_DAY 3

struct place_piece *talk_piece(const struct talk *t, const char *words, int64_t conversation, enum place_why why)
{
    int64_t *const ids = ARENA_ARRAY(t->mem, 1, int64_t);
    struct place_piece *const piece = ARENA_NEW(t->mem, struct place_piece);

    ids[0] = conversation;
    *piece = (struct place_piece){
        .conversations = conversation ? ids : NULL, .count = conversation ? 1 : 0, .text = words, .why = why
    };
    return piece;
}

/* Danger was looked for when the text came; names and contact data are the group's. */
static enum rc score(struct talk *t, const struct talk_hold *hold, struct triage_result *ret, struct err *err)
{
    struct triage_setting setting = { .page_from = t->gate->facts.triage_page };

    if (triage_people_read(t->gate, &hold->seat->group, t->mem, &setting, err))
        return err->rc;
    setting.wording = gate_wording(t->gate);
    setting.page_from = t->gate->facts.triage_page;
    triage_score_in(t->lexicon, &setting, hold->in->words, NULL, t->mem, ret);
    if (hold->in == t->in && t->triage->tier < ret->tier) {
        ret->tier = t->triage->tier;
        ret->flags |= t->triage->flags;
    }
    return RC_OK;
}

enum rc talk_hold(struct talk *t, const struct talk_hold *hold, struct held *ret_held, struct err *err)
{
    const struct place_pieces places = { hold->pieces, hold->count };
    const struct sender sender = { .person = t->writer,
                                   .people = t->users,
                                   .people_count = t->user_count,
                                   .membership = hold->seat->m,
                                   .group = hold->seat->group };
    struct triage_result triage;
    struct letter letter;
    const struct hold in = { .arrival = { hold->in->id.v },
                             .letter = &letter,
                             .sender = &sender,
                             .triage = &triage,
                             .names = t->names,
                             .has_dropped = hold->in->media > 0,
                             .places = &places,
                             .is_new = hold->is_new };

    letter_init(&letter);
    letter.kind = LETTER_POST;
    letter.text = letter.body = hold->in->words;
    if (score(t, hold, &triage, err) || hold_letter(t->gate, &in, t->mem, ret_held, err))
        return err_wrap(err, "hold a text");
    return RC_OK;
}

enum rc talk_acknowledge(struct talk *t, const struct talk_seat *seat, struct err *err)
{
    struct json *values;
    int64_t said;

    if (talk_has_alarm(t)) /* answered with the words for such a moment */
        return RC_OK;
    if (text_out_count(&t->gate->store, t->line.address, MAILING_TEXT_GOT_IT, gate_now_ms(t->gate) - MS_DAY, &said,
                       err))
        return err->rc;
    if (said >= ACKS_A_DAY && !t->meaning.is_long)
        return RC_OK;
    values = json_object_new();
    json_set_str(values, "group_name", seat->group.alias);
    json_set_bool(values, "is_long", t->meaning.is_long);
    return talk_say(t, MAILING_TEXT_GOT_IT, &values, err);
}
