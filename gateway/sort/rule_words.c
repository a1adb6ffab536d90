#include "gateway/sort/rule.h"

#include "gateway/digest/digest.h"
#include "gateway/note/poll.h"
#include "gateway/people/check_in_reply.h"
#include "gateway/people/courtesies.h"
#include "gateway/people/member.h"
#include "gateway/say/tell.h"
#include "gateway/sort/reply.h"
#include "gateway/sort/rule_visit.h"
#include "gateway/sort/rule_visit_item.h"
#include "gateway/sort/rules.h"

struct command rule_command_of(const struct sorting *s)
{
    const char *groups[] = { s->sender.group.alias, s->sender.group.name, s->sender.group.slug, NULL };
    const struct command_input in = { .subject = s->letter.subject,
                                      .text = s->letter.text,
                                      .names = s->names,
                                      .groups = s->sender.group.id.v ? groups : NULL };

    if (s->sender.token.purpose == TOKEN_UNSUBSCRIBE)
        return (struct command){ .kind = COMMAND_LEAVE, .strength = COMMAND_SURE, .text = "" };
    return command_read(&in, s->mem);
}

static bool is_leaving(enum command_kind kind)
{
    return kind == COMMAND_STOP || kind == COMMAND_LEAVE || kind == COMMAND_PAUSE;
}

/* What somebody may say who has left or was stopped: UNDO could not work otherwise. */
static bool is_for_anybody(enum command_kind kind)
{
    return kind == COMMAND_HELP || kind == COMMAND_UNDO || kind == COMMAND_ENGLISH || kind == COMMAND_SPANISH;
}

static enum rc act(struct sorting *s, const struct command *command, struct err *err)
{
    const struct member_act in = { .command = command,
                                   .person = s->sender.person.id,
                                   .membership = s->sender.membership.id,
                                   .address =
                                       s->sender.address.id.v ? s->sender.address.id : s->sender.delivery.address,
                                   .letter = s->arrival.id,
                                   .issue = s->sender.delivery.issue,
                                   .delivery = s->sender.delivery.id,
                                   .in_reply_to = s->letter.message_id };
    bool is_done = false;
    enum rc rc = member_command(s->gate, &in, &is_done, err);

    if (rc == RC_NOT_FOUND || rc == RC_INPUT) { /* no membership to act on: staff know them */
        s->outcome = OUTCOME_STAFF;
        return RC_OK;
    }
    s->outcome = is_done ? OUTCOME_COMMAND : s->outcome;
    return rc;
}

/* What nothing proves, and what is no note either, goes to staff. */
static enum rc to_staff_unproved(struct sorting *s, struct err *err)
{
    s->outcome = OUTCOME_UNVERIFIED;
    return sorting_tell(s, TELL_UNVERIFIED, err);
}

/* The harmless direction acts on a token alone; without one and without proof the registered address is asked. */
enum rc rule_leaving(struct sorting *s, struct err *err)
{
    const struct command command = rule_command_of(s);

    if (command.strength != COMMAND_SURE || !(is_leaving(command.kind) || is_for_anybody(command.kind)))
        return RC_OK;
    if (command.kind == COMMAND_UNDO &&
        !sender_may(&s->sender, SENDER_POST)) /* back into the letters: no harmless way */
        return s->sender.person.id.v ? to_staff_unproved(s, err) : RC_OK;
    if (sender_may(&s->sender, SENDER_LEAVE))
        return act(s, &command, err);
    if (!is_leaving(command.kind))
        return RC_OK;
    s->outcome = OUTCOME_ASKED;
    return reply_check_leave(s, err);
}

/* What only sends a letter to the address on file: a token is enough. */
static bool is_only_telling(enum command_kind kind)
{
    return kind == COMMAND_HELP || kind == COMMAND_RULES || kind == COMMAND_INFO || kind == COMMAND_STATUS ||
           kind == COMMAND_MORE;
}

/* The next part of the letter that is answered; when there is none, when the next letter comes. */
static enum rc more(struct sorting *s, struct err *err)
{
    const struct command status = { .kind = COMMAND_STATUS, .strength = COMMAND_SURE, .text = "" };
    const enum rc rc = s->sender.delivery.issue.v ? digest_send_more(s->gate, &s->sender.delivery, err) : RC_NOT_FOUND;

    if (rc == RC_NOT_FOUND)
        return act(s, &status, err);
    s->outcome = OUTCOME_COMMAND;
    return rc == RC_CONFLICT ? RC_OK : rc;
}

/* The word and no note below it. */
static enum rc anon_alone(struct sorting *s, struct err *err)
{
    s->outcome = OUTCOME_COMMAND;
    return reply_anon_help(s, err);
}

/* A wish to end it in other words than ours counts too: they are asked, and staff hear of it. */
static enum rc tell_free_stop(struct sorting *s, struct err *err)
{
    return sorting_tell(s, TELL_FREE_STOP, err);
}

/* Whoever left the group is answered too: the visit may still stand in their calendar. */
enum rc rule_visit(struct sorting *s, struct err *err)
{
    const struct command c = rule_command_of(s);

    return s->sender.delivery.issue.v ? rule_visit_item(s, err) : rule_visit_words(s, &c, err);
}

/* An answer to a check-in goes to its author and staff, and nowhere else. */
enum rc rule_check_in(struct sorting *s, struct err *err)
{
    const struct command c = rule_command_of(s);

    return check_in_is_reply(s) ? check_in_reply(s, &c, err) : RC_OK;
}

/* Yes or no to what we asked about them; commands are commands here too. */
enum rc rule_may_we(struct sorting *s, struct err *err)
{
    const struct command c = rule_command_of(s);
    const bool is_command = c.kind != COMMAND_NONE && c.kind != COMMAND_ANON && c.strength != COMMAND_PROSE;

    return courtesies_is_reply(s) && !is_command ? courtesies_reply(s, err) : RC_OK;
}

/* THANKS n, where the group does this; elsewhere it is a note. */
static enum rc thanks(struct sorting *s, const struct command *command, struct err *err)
{
    const struct courtesies_thanks thanks = { .by = s->sender.person.id,
                                              .group = s->sender.group.id,
                                              .answers = &s->sender.delivery,
                                              .mailing = &s->sender.mailing,
                                              .token = s->sender.token,
                                              .number = command->number };
    bool is_done = false;

    if (courtesies_thank(s->gate, &thanks, &is_done, err))
        return err->rc;
    s->outcome = is_done ? OUTCOME_COMMAND : s->outcome;
    return RC_OK;
}

enum rc rule_command(struct sorting *s, struct err *err)
{
    const struct command c = rule_command_of(s);
    const bool is_proved = sender_may(&s->sender, SENDER_POST);

    if (c.kind == COMMAND_NONE || (c.kind == COMMAND_ANON && *c.text) || c.strength == COMMAND_PROSE)
        return RC_OK;
    if (!is_proved && !(is_only_telling(c.kind) && s->sender.ref == REF_TOKEN))
        return c.strength == COMMAND_SURE ? to_staff_unproved(s, err) : RC_OK;
    if (c.kind == COMMAND_ANON)
        return anon_alone(s, err);
    if (c.kind == COMMAND_THANKS)
        return thanks(s, &c, err);
    if (c.strength == COMMAND_SURE)
        return c.kind == COMMAND_MORE ? more(s, err) : act(s, &c, err);
    s->outcome = OUTCOME_ASKED;
    if ((c.kind == COMMAND_STOP || c.kind == COMMAND_LEAVE) && tell_free_stop(s, err))
        return err->rc;
    return reply_not_understood(s, command_name(c.kind), err);
}

/* A bare number in answer to a poll itself. */
enum rc rule_vote(struct sorting *s, struct err *err)
{
    bool is_vote = false;

    if (!sender_may(&s->sender, SENDER_POST))
        return RC_OK;
    if (poll_reply(s->gate, &s->sender, &s->letter, s->names, s->mem, &is_vote, err))
        return err->rc;
    s->outcome = is_vote ? OUTCOME_COMMAND : s->outcome;
    return RC_OK;
}

/* The letter that waited for "Who is writing?", read again with its writer known. */
static enum rc sort_again(struct sorting *s, struct err *err)
{
    struct sorting again = {
        .gate = s->gate, .lexicon = s->lexicon, .mem = s->mem, .arrival = { .id = s->told }, .names = s->names
    };
    struct letter_row row;
    enum rc rc = letter_get(&s->gate->store, s->told, s->mem, &row, err);

    if (!rc)
        rc = letter_from_json(row.json, strlen(row.json), s->mem, &again.letter, err);
    if (!rc)
        rc = sender_resolve(s->gate, &again.letter, NULL, s->mem, &again.sender, err);
    if (!rc)
        rc = sender_pick(s->gate, &again.sender, s->teller, s->mem, err);
    if (rc)
        return rc;
    again.photos.has_dropped = darkroom_has_files(&again.letter); /* its files are not made anew: its writer is told */
    sorting_score(s, again.letter.text, "", &again.triage);
    rc = rules_run(&again, err);
    return rc ? rc : letter_set_outcome(&s->gate->store, s->told, again.outcome, err);
}

/* An answer to something we asked this person. Unproved, it must not become a note: it was never meant for the group. */
enum rc rule_question(struct sorting *s, struct err *err)
{
    if (s->sender.ref == REF_CODE && reply_needs_more_than_code(s)) /* a reference without power */
        return to_staff_unproved(s, err);
    if (sender_may(&s->sender, SENDER_POST)) {
        const enum rc rc = reply_to_question(s, err);

        return rc || !s->told.v ? rc : sort_again(s, err);
    }
    return reply_is_to_question(s) ? to_staff_unproved(s, err) : RC_OK;
}

/* Private words need no group: it may be over, or its writer gone from it. */
enum rc rule_private_words(struct sorting *s, struct err *err)
{
    const enum mailing_kind kind = s->sender.mailing.kind;
    struct command c;

    if (kind != MAILING_PRIVATE_ANSWER && kind != MAILING_ASK && kind != MAILING_CRISIS_ACK &&
        kind != MAILING_MEDICAL_ACK)
        return RC_OK;
    c = rule_command_of(s);
    return c.kind != COMMAND_NONE && c.strength == COMMAND_SURE ? RC_OK : rule_question(s, err);
}
