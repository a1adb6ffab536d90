#include "gateway/sort/rule.h"

#include "gateway/desk/desk_words.h"
#include "gateway/people/invite.h"
#include "gateway/say/tell.h"
#include "store/audit.h"
#include "store/consent.h"

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

/* A decision before their own yes does nothing; they are told what to do first. */
static enum rc ask_yes_first(struct sorting *s, struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_STAFF, s->sender.person.id.v, AUDIT_WAY_EMAIL },
                                       .verb = AUDIT_DECISION_REFUSED,
                                       .item_kind = AUDIT_ITEM_LETTER,
                                       .item_id = s->arrival.id.v,
                                       .new_value = "has not said yes" };

    s->outcome = OUTCOME_ASKED;
    return audit_append(&s->gate->store, &entry, err)
               ? err->rc
               : invite_ask_yes_first(s->gate, s->sender.person.id, s->letter.message_id, err);
}

/* Words of the desk by a staff member: an announcement in answer to anything, a decision to anything but the group's own letters, where "OK"
 * is a comment. */
static bool is_desk_work(const struct sorting *s)
{
    const enum desk_words words = desk_words_of(&s->letter, s->names, s->mem);

    return words == DESK_ANNOUNCEMENT || (words == DESK_DECISION && !sender_answers_group(&s->sender));
}

/* STOP ends staff letters too, as their foot says; UNDO, of who said it, begins them again. */
static bool is_word(struct sorting *s, enum command_kind kind)
{
    const struct command command = rule_command_of(s);

    return command.kind == kind && command.strength == COMMAND_SURE;
}

/* A word of the desk in a mail of its own to the desk: asked to come as a reply, which proves more. */
static enum rc word_to_desk(struct sorting *s, const struct desk_letter *in, bool has_said_yes, struct err *err)
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
    if (!has_said_yes)
        return ask_yes_first(s, err);
    s->outcome = OUTCOME_ASKED;
    return desk_words_tell(s->gate, in, DESK_REPLY_FIRST, err);
}

enum rc rule_staff(struct sorting *s, struct err *err)
{
    const enum token_purpose purpose = s->sender.token.purpose;
    const bool is_desk = purpose == TOKEN_REVIEW || purpose == TOKEN_DESK;
    const struct desk_letter in = { s->arrival.id, &s->letter, &s->sender, s->names, &s->triage, s->lexicon };

    bool has_said_yes = false;

    if (is_desk && is_word(s, COMMAND_STOP))
        return RC_OK;
    if (s->sender.person.kind == PERSON_STAFF &&
        consent_of_staff(&s->gate->store, s->sender.person.id, &has_said_yes, err))
        return err->rc;
    if (!has_said_yes && (purpose == TOKEN_CONFIRM || (is_desk && is_word(s, COMMAND_UNDO))))
        return RC_OK; /* the answer that we wait for, or the yes taken up again */
    if (!is_desk && !(s->sender.person.kind == PERSON_STAFF && is_desk_work(s)))
        return word_to_desk(s, &in, has_said_yes, err);
    if (!sender_may(&s->sender, SENDER_DECIDE))
        return refuse_decision(s, err);
    if (!has_said_yes && !desk_is_claim(&in, s->mem)) /* somebody may be in danger: an alarm is theirs for the asking */
        return ask_yes_first(s, err);
    return desk_take(s->gate, &in, s->mem, &s->outcome, err);
}
