#include "gateway/sort/rules.h"

#include "gateway/office/address_check.h"
#include "gateway/people/invite.h"
#include "gateway/say/tell.h"
#include "gateway/sort/bounce.h"
#include "gateway/sort/reply.h"
#include "gateway/sort/rule.h"
#include "gateway/sort/rule_visit.h"
#include "inbound/calendar.h"
#include "inbound/report.h"

/* --- what is no person's letter ----------------------------------------------------------------------------------------------------- */

static enum rc own_mail(struct sorting *s, struct err *err)
{
    if (s->sender.token.purpose == TOKEN_ADDRESS_CHECK) { /* whoever sent it: it reached us */
        const enum rc rc = address_check_passed(s->gate, (struct group_id){ s->sender.token.row_id }, err);

        s->outcome = OUTCOME_OURS;
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    }
    if (s->copy_of.id.v || ours_read(s->gate, s->letter.from, s->mem).kind != OURS_NOT)
        s->outcome = OUTCOME_OURS;
    return RC_OK;
}

/* Staff get the words of what is else no person's letter. */
static enum rc words_to_staff(struct sorting *s, const char *text, struct err *err)
{
    const bool is_proved = sender_may(&s->sender, SENDER_POST);

    return tell_staff(s->gate,
                      &(struct tell){ .what = !s->sender.person.id.v ? TELL_UNKNOWN_SENDER
                                              : is_proved            ? TELL_FREE_TEXT
                                                                     : TELL_UNVERIFIED,
                                      .of = s->sender.person.id.v ? &s->sender.person : NULL,
                                      .group = s->sender.group.id,
                                      .subject_id = is_proved ? s->arrival.id.v : s->sender.group.id.v,
                                      .text = is_proved ? text : NULL,
                                      .has_alarm = sorting_has_alarm(s),
                                      .is_once_a_day = !is_proved },
                      err);
}

/* What somebody wrote beside a calendar's yes or no. The answer itself holds nothing to read. */
static enum rc calendar_words(struct sorting *s, struct err *err)
{
    const char *comment = s->letter.calendar.comment, *text = calendar_said(s->letter.text, s->mem);

    if (*comment && !strstr(text, comment))
        text = *text ? arena_printf(s->mem, "%s\n\n%s", text, comment) : comment;
    return *text ? words_to_staff(s, text, err) : RC_OK;
}

/* No mail system has a member's address, and a way back to it: they wrote it, in the form of a report. */
static enum rc words_of_report(struct sorting *s, struct err *err)
{
    const char *const text = report_text_part(s->letter.text, s->mem);

    return *text && *s->letter.return_path && sender_may(&s->sender, SENDER_POST) ? words_to_staff(s, text, err)
                                                                                  : RC_OK;
}

/* To a visit of ours, or to whatever else somebody has in their calendar. */
static enum rc calendar_answer(struct sorting *s, struct err *err)
{
    bool is_ours = false;

    if (rule_visit_calendar(s, &is_ours, err))
        return err->rc;
    return is_ours ? RC_OK : calendar_words(s, err);
}

static enum rc report_or_robot(struct sorting *s, struct err *err)
{
    static const enum letter_outcome outcomes[LETTER_KIND_COUNT] = { [LETTER_REPORT] = OUTCOME_REPORT,
                                                                     [LETTER_COMPLAINT] = OUTCOME_REPORT,
                                                                     [LETTER_ROBOT] = OUTCOME_ROBOT,
                                                                     [LETTER_CALENDAR] = OUTCOME_CALENDAR };

    s->outcome = outcomes[s->letter.kind];
    if (s->outcome == OUTCOME_CALENDAR)
        return calendar_answer(s, err);
    if (s->outcome != OUTCOME_REPORT)
        return RC_OK;
    return words_of_report(s, err) ? err->rc : bounce_take(s->gate, &s->letter, &s->sender, s->mem, err);
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

/* --- who is it, and what may they do -------------------------------------------------------------------------------------------------------- */

static enum rc invitation(struct sorting *s, struct err *err)
{
    const struct invite_reply reply = { .invitation = s->sender.invitation.id,
                                        .letter = s->arrival.id,
                                        .text = s->letter.text,
                                        .has_alarm = sorting_has_alarm(s),
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

static enum rc ambiguous(struct sorting *s, struct err *err)
{
    if (!s->sender.is_ambiguous)
        return RC_OK;
    if (!sender_is_proved(&s->sender)) {
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
    return sorting_tell(s, TELL_FREE_TEXT, err);
}

static enum rc membership(struct sorting *s, struct err *err)
{
    const struct membership *m = &s->sender.membership;

    if (m->id.v && (m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED))
        return RC_OK;
    s->outcome = m->state == MEMBER_INVITED ? OUTCOME_STAFF : OUTCOME_NOT_MEMBER;
    return sorting_tell(s, m->state == MEMBER_INVITED ? TELL_INVITE_ANSWER : TELL_NOT_MEMBER, err);
}

/* Some write the whole note into the subject. */
static enum rc empty(struct sorting *s, struct err *err)
{
    if (!*s->letter.text && s->letter.kind != LETTER_REPLY && !s->sender.delivery.id.v && !s->letter.attachment_count)
        s->letter.text = s->letter.subject;
    if (!*s->letter.text && s->photos.count && sender_may(&s->sender, SENDER_POST)) { /* the photo is what they say */
        s->letter.text = s->sender.person.language == LANGUAGE_SPANISH ? "(foto)" : "(photo)";
        return sender_answers_private(&s->sender) ? reply_empty(s, err) : RC_OK; /* in words, please */
    }
    if (*s->letter.text)
        return RC_OK;
    s->outcome = OUTCOME_EMPTY;
    return sender_may(&s->sender, SENDER_POST) ? reply_empty(s, err) : RC_OK;
}

/* The order of DESIGN.md section 3. */
static rule_fn *const steps[] = { own_mail,    report_or_robot,    unknown,     duplicate,     reachable,
                                  rule_staff,  invitation,         ambiguous,   rule_leaving,  encrypted,
                                  rule_visit,  rule_private_words, group_state, membership,    rule_check_in,
                                  rule_may_we, rule_command,       rule_vote,   rule_question, empty,
                                  rule_hold };

enum rc rules_run(struct sorting *s, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && !s->outcome && i < COUNT_OF(steps); i++)
        rc = steps[i](s, err);
    return rc;
}
