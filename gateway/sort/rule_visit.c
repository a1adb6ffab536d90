#include "gateway/sort/rule_visit.h"

#include "base/text.h"
#include "gateway/say/tell.h"
#include "gateway/visit/answering.h"
#include "gateway/visit/questions.h"
#include "gateway/visit/reminding.h"
#include "inbound/calendar.h"
#include "inbound/words.h"
#include "schedules/zone.h"
#include "store/visit_record.h"

static bool is_of_visit(const struct sorting *s)
{
    return mailing_is_of_visit(s->sender.mailing.kind) || s->sender.token.purpose == TOKEN_RSVP;
}

static enum rc to_staff(struct sorting *s, struct err *err)
{
    s->outcome = OUTCOME_STAFF;
    return sorting_tell(s, TELL_UNVERIFIED, err);
}

/* The newest copy's, unless it was written before that copy told another time. */
static void set_age(const struct sorting *s, struct answering *in)
{
    in->sequence = in->seat->sequence;
    in->is_old = s->sender.delivery.id.v < in->seat->moved_delivery.v;
    if (in->is_old && in->sequence)
        in->sequence = in->seat->moved_sequence - 1;
}

/* The reminder of the day before asks it, however late it went. */
static enum rc answers_where(const struct sorting *s, const struct visit_seat *seat, bool *ret_does, struct err *err)
{
    const struct mailing *const m = &s->sender.mailing;
    int64_t minutes;
    enum rc rc;

    *ret_does = false;
    if (m->kind != MAILING_VISIT_REMINDER)
        return RC_OK;
    rc = visit_reminder_at(&s->gate->store, seat->id, m->created_ms, &minutes, err);
    *ret_does = !rc && reminding_is_day_before(minutes);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc rule_visit_words(struct sorting *s, const struct command *command, struct err *err)
{
    const bool is_theirs = s->sender.delivery.person.v && s->sender.delivery.person.v == s->sender.person.id.v;
    const bool is_command =
        command->kind != COMMAND_NONE && command->kind != COMMAND_ANON && command->strength == COMMAND_SURE;
    struct answering in = { .way = VISIT_BY_EMAIL,
                            .is_other_address = s->sender.is_other_address,
                            .letter = s->arrival.id.v,
                            .in_reply_to = s->letter.message_id };
    const char *text = *s->letter.text ? s->letter.text : words_subject(s->letter.subject);
    struct visit_seat seat;
    enum rc rc;

    if (!is_of_visit(s) || is_command)
        return RC_OK;
    if (!is_theirs || !(sender_may(&s->sender, SENDER_ANSWER) || sender_may(&s->sender, SENDER_POST)))
        return to_staff(s, err);
    rc = visit_seat_get(&s->gate->store, (struct visit_seat_id){ s->sender.mailing.subject_id }, s->mem, &seat, err);
    if (rc)
        return rc == RC_NOT_FOUND ? to_staff(s, err) : rc;
    in.seat = &seat;
    if (s->sender.mailing.kind == MAILING_VISIT_QUESTIONS) {
        const struct questions_words words = { .text = text, .names = s->names };
        bool is_taken = false;

        if (questions_take(s->gate, &seat, &words, s->mem, &is_taken, err))
            return err->rc;
        if (is_taken) {
            s->outcome = OUTCOME_ANSWER;
            return answering_thank(s->gate, &in, err);
        }
    }
    in.said = rsvp_read(text, s->names, s->mem);
    in.words = in.said.has_words && *s->letter.text ? s->letter.text : NULL;
    if (in.words && answers_where(s, &seat, &in.is_where, err))
        return err->rc;
    set_age(s, &in);
    s->outcome = OUTCOME_ANSWER;
    return answering_take(s->gate, &in, err);
}

/* ---- calendars ---- */

static enum rsvp_answer answer_of(const char *partstat)
{
    return !strcmp(partstat, "ACCEPTED")    ? RSVP_YES
           : !strcmp(partstat, "DECLINED")  ? RSVP_NO
           : !strcmp(partstat, "TENTATIVE") ? RSVP_MAYBE
           : !strcmp(partstat, "DELEGATED") ? RSVP_UNCLEAR
                                            : RSVP_NOTHING;
}

static enum rc find_seat(struct sorting *s, struct visit_seat *seat, struct err *err)
{
    const char *const uid = s->letter.calendar.uid, *const at = strchr(uid, '@');

    if (!at || !text_equals(at + 1, s->gate->facts.domain))
        return err_set(err, RC_NOT_FOUND, "no UID of ours");
    return visit_seat_by_uid(&s->gate->store, uid, (size_t)(at - uid), s->mem, seat, err);
}

/* What stands beside it and in COMMENT, once. */
static const char *words_of(const struct sorting *s)
{
    const char *const comment = s->letter.calendar.comment, *const text = calendar_said(s->letter.text, s->mem);

    if (*comment && *text && !strstr(text, comment))
        return arena_printf(s->mem, "%s\n\n%s", text, comment);
    return *text ? text : *comment ? comment : NULL;
}

/* "20260313T140000", with Z or in a zone; 0: no time that we know. */
static int64_t time_of(const char *text, const char *zone)
{
    const bool is_utc = strchr(text, 'Z') != NULL;
    struct tm tm = { .tm_mday = 0 };
    const char *const end = strptime(text, "%Y%m%dT%H%M%S", &tm);
    struct err ignored;
    int64_t ms;

    if (!end || strcmp(end, is_utc ? "Z" : "") != 0 || !(is_utc || zone_is_name(zone)) ||
        !zone_is_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) ||
        zone_utc_from_local(is_utc ? "UTC" : zone, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                            &ms, &ignored))
        return 0;
    return ms + tm.tm_sec * MS_SECOND;
}

/* An answer that carries an older SEQUENCE is to an older copy; one without any is taken for the newest. */
enum rc rule_visit_calendar(struct sorting *s, bool *ret_is_ours, struct err *err)
{
    const struct letter_calendar *c = &s->letter.calendar;
    const bool is_reply = !strcmp(c->method, "REPLY"), is_counter = !strcmp(c->method, "COUNTER");
    struct answering in = { .way = VISIT_BY_CALENDAR,
                            .asks_other_time = is_counter,
                            .said = { .answer = answer_of(c->partstat) },
                            .letter = s->arrival.id.v,
                            .words = words_of(s),
                            .in_reply_to = s->letter.message_id };
    struct visit_seat seat;
    enum rc rc;

    *ret_is_ours = false;
    rc = find_seat(s, &seat, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *ret_is_ours = true;
    if (!(is_reply || is_counter))
        return RC_OK;
    if (is_reply && c->is_mixed)
        in.said.answer = RSVP_UNCLEAR;
    if (is_reply && in.said.answer == RSVP_NOTHING && !in.words) /* NEEDS-ACTION: nothing was said */
        return RC_OK;
    in.asked_ms = is_counter ? time_of(c->start, c->zone) : 0;
    in.said_ms = time_of(c->stamp, "");
    in.seat = &seat;
    in.sequence = c->sequence < 0 ? seat.sequence : c->sequence;
    in.is_old = c->sequence >= 0 && c->sequence < seat.moved_sequence;
    in.is_other_address = s->sender.person.id.v != seat.person.v;
    return seat.part == VISIT_MEMBER ? answering_take(s->gate, &in, err) : answering_take_staff(s->gate, &in, err);
}
