/*
 * Who has not said yes by text, and who was asked into one more group: YES and NO to our request, START. Whatever else a number says before its yes is
 * neither note nor command: staff read it, and nothing is answered.
 */
#include "gateway/text/talk.h"

#include "gateway/people/invite.h"
#include "gateway/people/text_ask.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/text/text_take.h"
#include "inbound/words.h"
#include "store/invitation.h"

/* ---- whose yes it is ---- */

/* The invitation of a seat that waits for an answer from this very phone. */
static enum rc waiting_for(const struct talk *t, const struct talk_seat *seat, struct invitation *ret_inv,
                           bool *ret_waits, struct err *err)
{
    const enum rc rc = invitation_newest(&t->gate->store, seat->m.person, seat->m.id, t->mem, ret_inv, err);

    *ret_waits = !rc && ret_inv->address.v == t->line.address.v && ret_inv->state != INVITATION_YES &&
                 ret_inv->state != INVITATION_WITHDRAWN;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* How many seats wait for an answer from here; the first of them. */
static enum rc count_waiting(const struct talk *t, struct invitation *ret_first, size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    for (size_t i = t->living_count; i < t->seat_count; i++) {
        struct invitation inv;
        bool waits;

        if (waiting_for(t, &t->seats[i], &inv, &waits, err))
            return err->rc;
        if (waits && ++*ret_n == 1)
            *ret_first = inv;
    }
    return RC_OK;
}

/* Several share the phone: the one of them who was asked. */
static enum rc find_asked(struct talk *t, struct err *err)
{
    const struct person *asked = NULL;
    const struct person before = t->writer;

    if (before.id.v)
        return RC_OK;
    for (size_t i = 0; i < t->user_count; i++) {
        struct invitation inv;
        size_t n;

        if (talk_pick(t, &t->users[i], err) || count_waiting(t, &inv, &n, err))
            return err->rc;
        if (n && asked)
            return talk_pick(t, &before, err); /* two wait: a person must find out */
        asked = n ? &t->users[i] : asked;
    }
    return talk_pick(t, asked ? asked : &before, err);
}

/* ---- yes ---- */

static enum rc set_number(struct talk *t, enum text_consent_state state, struct err *err)
{
    const struct text_consent_change change = { .address = t->line.address,
                                                .person = t->writer.id,
                                                .state = state,
                                                .level = -1,
                                                .way = TEXT_BY_TEXT,
                                                .evidence_id = t->in->id.v,
                                                .wording = TEXT_ASK_VERSION,
                                                .words = t->in->words };
    const struct audit_who who = { AUDIT_PATIENT, t->writer.id.v, AUDIT_WAY_TEXT };
    const enum text_consent_state before = t->consent.state;

    if (before == state)
        return RC_OK;
    if (text_consent_set(&t->gate->store, &change, err) ||
        record_act(t->gate, &who, state == TEXT_YES ? AUDIT_TEXT_STARTED : AUDIT_TEXT_STOPPED, AUDIT_ITEM_ADDRESS,
                   t->line.address.v, text_consent_state_name(before), text_consent_state_name(state), err))
        return err->rc;
    t->consent.state = state;
    return RC_OK;
}

static enum rc answer_invitations(struct talk *t, const char *words, size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    for (size_t i = t->living_count; i < t->seat_count; i++) {
        struct invite_reply reply = { .letter = { t->in->id.v }, .text = words, .has_alarm = talk_has_alarm(t) };
        enum invite_effect effect;
        struct invitation inv;
        bool waits;

        if (waiting_for(t, &t->seats[i], &inv, &waits, err))
            return err->rc;
        if (!waits)
            continue;
        reply.invitation = inv.id;
        if (invite_answer(t->gate, &reply, &effect, err))
            return err->rc;
        ++*ret_n;
    }
    return RC_OK;
}

static enum rc say_yes(struct talk *t, struct err *err)
{
    const struct audit_who who = { AUDIT_PATIENT, t->writer.id.v, AUDIT_WAY_TEXT };
    const bool is_first = t->consent.state != TEXT_YES;
    size_t joined;

    if (set_number(t, TEXT_YES, err) || address_set_state(&t->gate->store, t->line.address, ADDRESS_PROVED, err) ||
        answer_invitations(t, "YES", &joined, err))
        return err->rc;
    for (size_t i = 0; is_first && i < t->living_count; i++)
        if (text_ask_both(t->gate, &who, &t->seats[i].m, t->line.address, t->in->id.v, t->in->words, err))
            return err->rc;
    return is_first && !joined ? talk_say_flag(t, MAILING_TEXT_SAY, "is_in", err)
                               : RC_OK; /* a new member is welcomed by invite_answer */
}

/* A no to the first question ends texts, and nothing is said: the number never agreed to be written to. */
static enum rc say_no(struct talk *t, struct err *err)
{
    size_t n;

    if (answer_invitations(t, "NO", &n, err))
        return err->rc;
    return t->consent.state == TEXT_YES ? RC_OK : set_number(t, TEXT_STOPPED, err);
}

/* ---- which it is ---- */

static bool is_yes(const struct talk *t)
{
    const struct text_meaning *const m = &t->meaning;

    return m->kind == TEXT_MEANS_START ||
           ((m->kind == TEXT_MEANS_BARE || m->kind == TEXT_MEANS_ANSWER) && m->is_very_word);
}

static bool is_no(const struct talk *t)
{
    return (t->meaning.kind == TEXT_MEANS_BARE || t->meaning.kind == TEXT_MEANS_ANSWER) &&
           t->meaning.answer == ANSWER_NO;
}

/* "Yes, thank you" to what confirms a STOP is no wish to come back. */
static bool is_one_word(const struct talk *t)
{
    const struct words_list list = words_split(t->in->words, 8, t->mem);
    size_t words = 0;

    for (size_t i = 0; i < list.count; i++)
        words += list.v[i].kind == WORDS_WORD;
    return words == 1;
}

/* R6: the word YES after STOP is START where nothing is asked that it could answer. */
enum rc talk_come_back(struct talk *t, bool *ret_is_back, struct err *err)
{
    *ret_is_back = false;
    if (t->consent.state != TEXT_STOPPED || t->question.id || t->meaning.kind != TEXT_MEANS_BARE ||
        !t->meaning.is_very_word || !is_one_word(t))
        return RC_OK;
    if (text_take_word(t->gate, t->in, TEXT_WORD_START, err) ||
        text_consent_get(&t->gate->store, t->in->address, &t->consent, err))
        return err->rc;
    *ret_is_back = t->consent.state == TEXT_YES;
    return RC_OK;
}

enum rc talk_consent(struct talk *t, bool *ret_is_done, struct err *err)
{
    const bool has_yes = t->consent.state == TEXT_YES;
    bool comes_back = t->consent.state == TEXT_STOPPED && t->meaning.kind == TEXT_MEANS_START; /* R6 */
    struct invitation first;
    size_t waiting;

    *ret_is_done = false;
    if (has_yes && t->question.id) /* the newer question is the one that is answered */
        return RC_OK;
    if (find_asked(t, err) || count_waiting(t, &first, &waiting, err))
        return err->rc;
    if (has_yes && !(waiting && (is_yes(t) || is_no(t))))
        return RC_OK;
    if (comes_back && text_start_counts(t->gate, t->in, &comes_back, err))
        return err->rc;
    *ret_is_done = true;
    if (t->writer.id.v && (has_yes || comes_back || t->consent.state == TEXT_ASKED)) {
        if (is_yes(t))
            return say_yes(t, err);
        if (is_no(t))
            return say_no(t, err);
    }
    if (t->in->word == TEXT_WORD_START && has_yes)
        return RC_OK; /* it was taken when it was stored */
    return talk_tell(t, TELL_TEXT_CAME, err);
}
