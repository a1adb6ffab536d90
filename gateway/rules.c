#include "gateway/rules.h"

#include "base/text.h"
#include "gateway/bounce.h"
#include "gateway/check_in_reply.h"
#include "gateway/courtesies.h"
#include "gateway/desk_words.h"
#include "gateway/digest.h"
#include "gateway/identity.h"
#include "gateway/invite.h"
#include "gateway/member.h"
#include "gateway/photo_words.h"
#include "gateway/poll.h"
#include "gateway/provider.h"
#include "gateway/receipt.h"
#include "gateway/reply.h"
#include "gateway/reply_all.h"
#include "gateway/tell.h"
#include "inbound/command.h"
#include "store/audit.h"
#include "store/message_id.h"

/* One step of the order: sets s->outcome when the letter ends here. */
typedef enum rc step_fn(struct sorting *s, struct err *err);

/* --- what is no person's letter ----------------------------------------------------------------------------------------------------- */

static enum rc own_mail(struct sorting *s, struct err *err)
{
    unsigned char key[MESSAGE_KEY_BYTES];
    const char *id = s->letter.message_id;

    (void)err;
    if (ours_read(s->gate, s->letter.from, s->mem).kind != OURS_NOT ||
        message_id_read(id, strlen(id), s->gate->facts.domain, key))
        s->outcome = OUTCOME_OURS;
    return RC_OK;
}

static enum rc report_or_robot(struct sorting *s, struct err *err)
{
    static const enum letter_outcome outcomes[LETTER_KIND_COUNT] = { [LETTER_REPORT] = OUTCOME_REPORT,
                                                                     [LETTER_COMPLAINT] = OUTCOME_REPORT,
                                                                     [LETTER_ROBOT] = OUTCOME_ROBOT,
                                                                     [LETTER_CALENDAR] = OUTCOME_CALENDAR };

    s->outcome = outcomes[s->letter.kind];
    return s->outcome == OUTCOME_REPORT ? bounce_take(s->gate, &s->letter, &s->sender, s->mem, err) : RC_OK;
}

/* Nobody we know: kept, staff hear of it once a day, never answered. */
static enum rc unknown(struct sorting *s, struct err *err)
{
    if (s->sender.person.id.v || s->sender.is_ambiguous)
        return RC_OK;
    s->outcome = OUTCOME_UNKNOWN;
    return tell_staff(s->gate,
                      &(struct tell){ .what = TELL_UNKNOWN_SENDER,
                                      .group = s->sender.group.id,
                                      .subject_id = s->sender.group.id.v,
                                      .is_once_a_day = true },
                      err);
}

/* --- the same letter again ------------------------------------------------------------------------------------------------------------ */

static void hash_letter(struct sorting *s)
{
    const struct seal_key *key = keyring_current(s->gate->store.ring, SEAL_DEDUPE);
    const int64_t who[3] = { s->sender.group.id.v, s->sender.person.id.v, sender_may(&s->sender, SENDER_POST) };
    const struct crypt_span parts[] = { CRYPT_SPAN(who, sizeof who),
                                        CRYPT_SPAN(s->letter.message_id, strlen(s->letter.message_id)),
                                        CRYPT_SPAN(s->letter.body, strlen(s->letter.body)) };

    seal_hash(key, "letter", parts, COUNT_OF(parts), s->dedupe_hash);
    seal_hash(key, "message-id", parts, 2, s->id_hash);
}

static enum rc duplicate(struct sorting *s, struct err *err)
{
    struct arrival_id earlier;
    enum rc rc;

    hash_letter(s);
    if (!*s->letter.message_id)
        return RC_OK;
    rc = letter_find_duplicate(&s->gate->store, s->dedupe_hash, &earlier, err);
    if (rc == RC_OK) {
        s->outcome = OUTCOME_DUPLICATE;
        return RC_OK;
    }
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = letter_find_same_id(&s->gate->store, s->id_hash, &earlier, err);
    if (rc == RC_OK)
        s->flags |= POST_FLAG_OTHER_BODY;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Who writes to us can be reached: before the rest, so that the answer gets there too. */
static enum rc reachable(struct sorting *s, struct err *err)
{
    return bounce_lift(s->gate, &s->sender, err);
}

/* --- staff ------------------------------------------------------------------------------------------------------------------------------ */

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

static struct command read_command(struct sorting *s);

/* STOP ends staff letters too, as their foot says. */
static bool is_stop(struct sorting *s)
{
    const struct command command = read_command(s);

    return command.kind == COMMAND_STOP && command.strength == COMMAND_SURE;
}

/* A word of the desk in a mail of its own to the desk: asked to come as a reply, which proves more. */
static enum rc word_to_desk(struct sorting *s, const struct desk_letter *in, struct err *err)
{
    bool is_word = false, is_loud;

    if (!s->sender.is_to_desk || s->sender.person.kind != PERSON_STAFF ||
        desk_words_is(s->gate, &s->letter, s->names, s->mem, &is_word, &is_loud, err))
        return s->sender.is_to_desk && s->sender.person.kind == PERSON_STAFF ? err->rc : RC_OK;
    if (!is_word)
        return RC_OK;
    if (s->sender.proof != PROOF_DMARC || s->sender.is_other_address || s->sender.person.state != PERSON_ACTIVE)
        return refuse_decision(s, err);
    s->outcome = OUTCOME_ASKED;
    return desk_words_reply_first(s->gate, in, err);
}

static enum rc staff(struct sorting *s, struct err *err)
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

/* --- invitations ------------------------------------------------------------------------------------------------------------------------- */

static enum rc invitation(struct sorting *s, struct err *err)
{
    const struct invite_reply reply = { .invitation = s->sender.invitation.id,
                                        .letter = s->arrival.id,
                                        .text = s->letter.text,
                                        .from_address = *s->letter.from ? s->letter.from : NULL,
                                        .in_reply_to = s->letter.message_id };
    enum invite_effect effect = INVITE_TO_STAFF;
    enum rc rc;

    if (s->sender.token.purpose != TOKEN_CONFIRM)
        return RC_OK;
    s->outcome = OUTCOME_STAFF;
    if (!s->sender.invitation.id.v)
        return RC_OK;
    rc = invite_answer(s->gate, &reply, &effect, err);
    if (rc == RC_CONFLICT) { /* answered before: a second yes changes nothing */
        s->outcome = OUTCOME_ANSWER;
        return RC_OK;
    }
    s->outcome = effect == INVITE_TO_STAFF ? OUTCOME_STAFF : OUTCOME_ANSWER;
    return rc;
}

/* --- who is it, and what may they do -------------------------------------------------------------------------------------------------------- */

static enum rc ambiguous(struct sorting *s, struct err *err)
{
    if (!s->sender.is_ambiguous)
        return RC_OK;
    if (s->sender.proof != PROOF_DMARC && s->sender.proof != PROOF_ALIGNED) {
        s->outcome = OUTCOME_UNVERIFIED;
        return tell_staff(s->gate,
                          &(struct tell){ .what = TELL_UNVERIFIED,
                                          .of = &s->sender.people[0],
                                          .subject_id = s->sender.people[0].id.v,
                                          .is_once_a_day = true },
                          err);
    }
    s->outcome = OUTCOME_ASKED;
    return reply_ask_who(s, err);
}

static struct command read_command(struct sorting *s)
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

/* The harmless direction acts on a token alone; without one and without proof the registered address is asked. */
static enum rc leaving(struct sorting *s, struct err *err)
{
    const struct command command = read_command(s);

    if (command.strength != COMMAND_SURE || !(is_leaving(command.kind) || is_for_anybody(command.kind)))
        return RC_OK;
    if (sender_may(&s->sender, SENDER_LEAVE))
        return act(s, &command, err);
    if (!is_leaving(command.kind))
        return RC_OK;
    s->outcome = OUTCOME_ASKED;
    return reply_check_leave(s, err);
}

/* Nobody here has a key, so nobody read it: its author is asked to write plainly, and staff to call them. */
static enum rc encrypted(struct sorting *s, struct err *err)
{
    const struct membership *m = &s->sender.membership;
    const bool is_member = m->id.v && (m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED);
    enum rc rc;

    if (*s->letter.text || !letter_has_warning(&s->letter, "encrypted"))
        return RC_OK;
    s->outcome = OUTCOME_ENCRYPTED;
    rc = is_member && sender_may(&s->sender, SENDER_POST) ? reply_encrypted(s, err) : RC_OK;
    return rc ? rc
              : tell_staff(s->gate,
                           &(struct tell){ .what = TELL_ENCRYPTED,
                                           .of = &s->sender.person,
                                           .group = s->sender.group.id,
                                           .subject_id = s->sender.person.id.v,
                                           .is_once_a_day = true },
                           err);
}

static enum rc group_state(struct sorting *s, struct err *err)
{
    if (s->sender.group.state == GROUP_ENDED) {
        s->outcome = OUTCOME_GROUP_OVER;
        return reply_group_over(s, err);
    }
    if (s->sender.group.id.v)
        return RC_OK;
    s->outcome = OUTCOME_STAFF; /* to the desk, or to a group that there is not */
    return tell_staff(
        s->gate,
        &(struct tell){
            .what = TELL_FREE_TEXT, .of = &s->sender.person, .subject_id = s->arrival.id.v, .text = s->letter.text },
        err);
}

static enum rc membership(struct sorting *s, struct err *err)
{
    const struct membership *m = &s->sender.membership;

    if (m->id.v && (m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED))
        return RC_OK;
    s->outcome = m->state == MEMBER_INVITED ? OUTCOME_STAFF : OUTCOME_NOT_MEMBER;
    return tell_staff(s->gate,
                      &(struct tell){ .what = m->state == MEMBER_INVITED ? TELL_INVITE_ANSWER : TELL_NOT_MEMBER,
                                      .of = &s->sender.person,
                                      .group = s->sender.group.id,
                                      .subject_id = s->arrival.id.v,
                                      .text = s->letter.text },
                      err);
}

/* --- words of a member ---------------------------------------------------------------------------------------------------------------------- */

/* What only sends a letter to the address on file: a token is enough. */
static bool is_only_telling(enum command_kind kind)
{
    return kind == COMMAND_HELP || kind == COMMAND_RULES || kind == COMMAND_INFO || kind == COMMAND_STATUS ||
           kind == COMMAND_MORE;
}

/* What nothing proves, and what is no note either, goes to staff. */
static enum rc to_staff_unproved(struct sorting *s, struct err *err)
{
    s->outcome = OUTCOME_UNVERIFIED;
    return tell_staff(s->gate,
                      &(struct tell){ .what = TELL_UNVERIFIED,
                                      .of = &s->sender.person,
                                      .group = s->sender.group.id,
                                      .subject_id = s->arrival.id.v,
                                      .text = s->letter.text },
                      err);
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
    return tell_staff(s->gate,
                      &(struct tell){ .what = TELL_FREE_STOP,
                                      .of = &s->sender.person,
                                      .group = s->sender.group.id,
                                      .subject_id = s->arrival.id.v,
                                      .text = s->letter.text },
                      err);
}

/* An answer to a check-in goes to its author and staff, and nowhere else. */
static enum rc check_in(struct sorting *s, struct err *err)
{
    const struct command c = read_command(s);

    return check_in_is_reply(s) ? check_in_reply(s, &c, err) : RC_OK;
}

/* Yes or no to what we asked about them; commands are commands here too. */
static enum rc may_we(struct sorting *s, struct err *err)
{
    const struct command c = read_command(s);
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

static enum rc command(struct sorting *s, struct err *err)
{
    const struct command c = read_command(s);
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
static enum rc vote(struct sorting *s, struct err *err)
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
    const struct triage_setting setting = { .wording = gate_wording(s->gate), .page_from = s->gate->facts.triage_page };
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
    triage_score_in(s->lexicon, &setting, again.letter.text, "", s->mem, &again.triage);
    rc = rules_run(&again, err);
    return rc ? rc : letter_set_outcome(&s->gate->store, s->told, again.outcome, err);
}

/* An answer to something we asked this person. Unproved, it must not become a note: it was never meant for the group. */
static enum rc question(struct sorting *s, struct err *err)
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
static enum rc private_words(struct sorting *s, struct err *err)
{
    const enum mailing_kind kind = s->sender.mailing.kind;
    struct command c;

    if (kind != MAILING_PRIVATE_ANSWER && kind != MAILING_ASK)
        return RC_OK;
    c = read_command(s);
    return c.kind != COMMAND_NONE && c.strength == COMMAND_SURE ? RC_OK : question(s, err);
}

/* Some write the whole note into the subject. */
static enum rc empty(struct sorting *s, struct err *err)
{
    if (!*s->letter.text && s->letter.kind != LETTER_REPLY && !s->sender.delivery.id.v && !s->letter.attachment_count)
        s->letter.text = s->letter.subject;
    if (!*s->letter.text && s->photos.count && sender_may(&s->sender, SENDER_POST)) /* the photo is what they say */
        s->letter.text = s->sender.person.language == LANGUAGE_SPANISH ? "(foto)" : "(photo)";
    if (*s->letter.text)
        return RC_OK;
    s->outcome = OUTCOME_EMPTY;
    return sender_may(&s->sender, SENDER_POST) ? reply_empty(s, err) : RC_OK;
}

static bool is_provider_reply(const struct sorting *s, const struct post *p)
{
    return s->sender.person.kind == PERSON_STAFF && p->kind == POST_COMMENT && p->conversation.v;
}

/* A subject that names a number or tells of danger is no title; one about medicine or results is read by the moderator like the text. */
static bool is_subject_plain(const struct sorting *s)
{
    const struct triage_setting setting = { .wording = gate_wording(s->gate), .page_from = s->gate->facts.triage_page };
    struct triage_result subject;

    triage_score_in(s->lexicon, &setting, s->letter.subject, NULL, s->mem, &subject);
    return subject.tier > 2 && !(subject.flags & (TRIAGE_CONTACT | TRIAGE_UNREAD));
}

static enum rc hold(struct sorting *s, struct err *err)
{
    const bool is_proved = sender_may(&s->sender, SENDER_POST);
    const struct hold in = { .arrival = s->arrival.id,
                             .letter = &s->letter,
                             .sender = &s->sender,
                             .triage = &s->triage,
                             .flags = s->flags | (is_proved ? 0 : POST_FLAG_UNVERIFIED),
                             .is_subject_plain = is_subject_plain(s),
                             .names = s->names,
                             .photos = s->photos.photos,
                             .photo_count = s->photos.count,
                             .has_dropped = s->photos.has_dropped };
    enum rc rc = hold_letter(s->gate, &in, s->mem, &s->held, err);

    s->outcome = s->held.is_repeat ? OUTCOME_DUPLICATE : is_proved ? OUTCOME_HELD : OUTCOME_UNVERIFIED;
    if (!rc && is_proved && s->photos.has_dropped && s->sender.person.kind == PERSON_PATIENT)
        rc = reply_files_left(s, err);
    if (!rc && is_proved)
        rc = reply_all_tell(s->gate, &s->letter, &s->sender, s->mem, err);
    if (rc || !s->held.count)
        return rc;
    if (!is_proved)
        return identity_ask(s->gate, s->arrival.id, &s->letter, &s->sender, &s->held, err);
    if (is_provider_reply(s, &s->held.posts[0]))
        return provider_ask(s->gate, &s->held.posts[0], &s->sender.person, err);
    if (photo_words_ask(s, err))
        return err->rc;
    if (s->sender.mailing.kind == MAILING_RECEIPT)
        return RC_OK; /* a machine that answers receipts would get one for each answer */
    return receipt_send(s->gate, &s->held.posts[0], &s->sender.membership, s->letter.message_id, err);
}

/* The order of DESIGN.md section 3. */
static step_fn *const steps[] = { own_mail,   report_or_robot, unknown,       duplicate,
                                  reachable,  staff,           invitation,    ambiguous,
                                  leaving,    encrypted,       private_words, group_state,
                                  membership, check_in,        may_we,        command,
                                  vote,       question,        empty,         hold };

enum rc rules_run(struct sorting *s, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && !s->outcome && i < COUNT_OF(steps); i++)
        rc = steps[i](s, err);
    return rc;
}
