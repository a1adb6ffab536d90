#include "gateway/rule.h"

#include "gateway/desk_words.h"
#include "gateway/tell.h"
#include "store/audit.h"

/* A decision without proof does nothing; its owner and the others hear of it. */
static enum rc refuse_decision(struct sorting *s, struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_EMAIL },
                                       .verb = AUDIT_DECISION_REFUSED,
                                       .item_kind = AUDIT_ITEM_LETTER,
                                       .item_id = s->arrival.id.v,
                                       .new_value = "not proved" };
    enum rc rc = audit_append(&s->gate->store, &entry, err);

    s->outcome = OUTCOME_UNVERIFIED;
    return rc ? rc
              : tell_staff(s->gate,
                           &(struct tell){ .what = TELL_UNVERIFIED,
                                           .of = &s->sender.person,
                                           .subject_id = s->sender.person.id.v,
                                           .is_once_a_day = true,
                                           .asks_them = true },
                           err);
}

/* Words of the desk by a staff member: an announcement in answer to anything, a decision to anything but the group's own letters, where "OK"
 * is a comment. */
static bool is_desk_work(const struct sorting *s)
{
    const enum desk_words words = desk_words_of(&s->letter, s->names, s->mem);

    return words == DESK_ANNOUNCEMENT || (words == DESK_DECISION && !sender_answers_group(&s->sender));
}

/* STOP ends staff letters too, as their foot says. */
static bool is_stop(struct sorting *s)
{
    const struct command command = rule_command_of(s);

    return command.kind == COMMAND_STOP && command.strength == COMMAND_SURE;
}

/* A word of the desk in a mail of its own to the desk: asked to come as a reply, which proves more. */
static enum rc word_to_desk(struct sorting *s, const struct desk_letter *in, struct err *err)
{
    bool is_word = false, is_loud;

    if (!s->sender.is_to_desk || s->sender.person.kind != PERSON_STAFF)
        return RC_OK;
    if (desk_words_is(s->gate, &s->letter, s->names, s->mem, &is_word, &is_loud, err))
        return err->rc;
    if (!is_word)
        return RC_OK;
    if (s->sender.proof != PROOF_DMARC || s->sender.is_other_address || s->sender.person.state != PERSON_ACTIVE)
        return refuse_decision(s, err);
    s->outcome = OUTCOME_ASKED;
    return desk_words_reply_first(s->gate, in, err);
}

enum rc rule_staff(struct sorting *s, struct err *err)
{
    const enum token_purpose purpose = s->sender.token.purpose;
    const bool is_desk = purpose == TOKEN_REVIEW || purpose == TOKEN_DESK;
    const struct desk_letter in = { s->arrival.id, &s->letter, &s->sender, s->names, &s->triage, s->lexicon };

    if (is_desk && is_stop(s))
        return RC_OK;
    if (!is_desk && !(s->sender.person.kind == PERSON_STAFF && is_desk_work(s)))
        return word_to_desk(s, &in, err);
    if (!sender_may(&s->sender, SENDER_DECIDE))
        return refuse_decision(s, err);
    return desk_take(s->gate, &in, s->mem, &s->outcome, err);
}
