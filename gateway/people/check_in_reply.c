#include "gateway/people/check_in_reply.h"

#include "base/text.h"
#include "gateway/people/check_in_say.h"
#include "gateway/people/courtesies.h"
#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "gateway/say/tell.h"
#include "inbound/answer.h"
#include "inbound/measure.h"
#include "inbound/words.h"
#include "store/answered.h"

#define ANSWERS_A_DAY 5

/* One letter, and the check-in that it answers. */
struct reply {
    struct sorting *s;
    struct check_in c;
    struct check_in_round round; /* the open one; id 0: none */
    struct check_in_seat seat;
    enum check_in_part part;
    struct arena *mem;
};

static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

bool check_in_is_reply(const struct sorting *s)
{
    const enum mailing_kind kind = s->sender.mailing.kind;

    return kind == MAILING_CHECK_IN_ASK || kind == MAILING_CHECK_IN || kind == MAILING_CHECK_IN_ANSWER ||
           s->sender.token.purpose == TOKEN_CHECK_IN;
}

/* ---- telling ---- */

static struct notice answer_notice(const struct check_in_seat *seat, struct group_id group, int64_t subject,
                                   const char *in_reply_to)
{
    return (struct notice){ .kind = MAILING_CHECK_IN_ANSWER,
                            .person = seat->person,
                            .membership = seat->membership,
                            .group = group,
                            .reply = TOKEN_CHECK_IN,
                            .subject_id = subject,
                            .lane = -1,
                            .is_answer = true,
                            .in_reply_to = in_reply_to,
                            .values = json_object_new() };
}

static enum rc queue(struct gate *gate, struct notice *notice, int64_t about, struct err *err)
{
    enum rc rc = answered_take(&gate->store, notice->person, MAILING_CHECK_IN_ANSWER, about, ANSWERS_A_DAY, err);

    if (!rc)
        rc = notice_queue(gate, notice, NULL, err);
    json_free(&notice->values);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* The author alone gets this; what is different between two values is the values. */
static enum rc tell(struct reply *r, const char *flag, bool has_words, struct err *err)
{
    struct sorting *s = r->s;
    struct notice notice = answer_notice(&r->seat, r->c.group, r->c.id.v, s->letter.message_id);

    json_set_bool(notice.values, flag, true);
    json_set_bool(notice.values, "has_words", has_words);
    check_in_say_question(&r->c, r->seat.language, notice.values);
    if (check_in_say_chart(s->gate, &r->c, s->sender.group.zone, r->seat.person, r->seat.language, r->mem,
                           notice.values, err)) {
        json_free(&notice.values);
        return err->rc;
    }
    s->outcome = OUTCOME_ANSWER;
    return queue(s->gate, &notice, r->c.id.v, err);
}

/* ---- to staff ---- */

static const char *limits_text(const struct reply *r, bool is_spanish)
{
    const struct check_in_limits *l = &r->c.limits;
    const char *low = l->alert_low == CHECK_IN_NO_LIMIT ? NULL : check_in_say_number(&r->c, l->alert_low, r->mem);
    const char *high = l->alert_high == CHECK_IN_NO_LIMIT ? NULL : check_in_say_number(&r->c, l->alert_high, r->mem);

    if (low && high)
        return arena_printf(r->mem, is_spanish ? "de %s a %s" : "%s to %s", low, high);
    if (low)
        return arena_printf(r->mem, is_spanish ? "no menos de %s" : "not under %s", low);
    return high ? arena_printf(r->mem, is_spanish ? "no más de %s" : "not over %s", high) : "";
}

/* What stands beside the member's words, for staff alone: which question it was, what we took it for, why they should look. */
static const char *remark_of(const struct reply *r, const char *value, bool is_alert, bool is_kept)
{
    const bool is_spanish = r->s->gate->facts.language == LANGUAGE_SPANISH;
    const char *text = arena_printf(r->mem, is_spanish ? "Chequeo: %s" : "Check-in: %s",
                                    check_in_question(&r->c, r->s->gate->facts.language));

    if (value)
        text = arena_printf(r->mem, is_spanish ? "%s\nRespuesta: %s" : "%s\nAnswer: %s", text, value);
    if (is_alert)
        text = arena_printf(r->mem,
                            is_spanish ? "%s\nPor favor mire: está fuera de sus límites (%s)."
                                       : "%s\nPlease look: this is beyond your limits (%s).",
                            text, limits_text(r, is_spanish));
    if (!is_kept)
        text = arena_printf(
            r->mem, is_spanish ? "%s\nNo lo guardamos como respuesta." : "%s\nWe did not keep it as an answer.", text);
    return text;
}

static enum rc give_to_staff(struct reply *r, const char *remark, struct err *err)
{
    const struct talk_letter letter = { .arrival = r->s->arrival.id,
                                        .patient = &r->s->sender.person,
                                        .group = r->c.group,
                                        .text = r->s->letter.text,
                                        .remark = remark };

    return talk_take(r->s->gate, &letter, err);
}

/* ---- answers ---- */

static bool is_beyond(const struct check_in_limits *l, int64_t v)
{
    return (l->alert_low != CHECK_IN_NO_LIMIT && v < l->alert_low) ||
           (l->alert_high != CHECK_IN_NO_LIMIT && v > l->alert_high);
}

static bool is_plausible(const struct check_in *c, int64_t v)
{
    const struct check_in_limits *l = &c->limits;

    return (l->low == CHECK_IN_NO_LIMIT || v >= l->low) && (l->high == CHECK_IN_NO_LIMIT || v <= l->high) &&
           (c->kind != CHECK_IN_SCALE || v % 1000 == 0);
}

/* The hundredth is a day to mark, if they like. */
static enum rc count(struct reply *r, struct err *err)
{
    int64_t n;

    if (check_in_answers_count(&r->s->gate->store, r->c.id, r->seat.person, &n, err))
        return err->rc;
    return courtesies_counted(r->s->gate, r->seat.membership, n, err);
}

static enum rc keep(struct reply *r, const char *value, bool is_alert, bool has_words, struct err *err)
{
    struct gate *gate = r->s->gate;
    const char *said = check_in_say_value(&r->c, value, gate->facts.language, r->mem);

    if (check_in_choose(gate, &r->c, &r->seat, CHECK_IN_TAKES_PART, err) ||
        check_in_answer(&gate->store, &r->round, r->seat.person, value, err))
        return err->rc;
    if (count(r, err))
        return err->rc;
    if ((is_alert || has_words) &&
        give_to_staff(r, remark_of(r, r->c.kind == CHECK_IN_WORDS ? NULL : said, is_alert, true), err))
        return err->rc;
    return tell(r, "is_kept", has_words, err);
}

static enum rc keep_number(struct reply *r, int64_t milli, bool has_words, struct err *err)
{
    const bool is_alert = is_beyond(&r->c.limits, milli);

    if (is_plausible(&r->c, milli))
        return keep(r, arena_printf(r->mem, "%" PRId64, milli), is_alert, has_words, err);
    if (give_to_staff(r, remark_of(r, check_in_say_number(&r->c, milli, r->mem), is_alert, false), err))
        return err->rc;
    return tell(r, "is_not_plausible", has_words, err);
}

/* Words that are no answer: staff have them, and what an answer looks like is said. */
static enum rc ask_back(struct reply *r, bool has_words, struct err *err)
{
    if (has_words && give_to_staff(r, remark_of(r, NULL, false, false), err))
        return err->rc;
    return tell(r, "is_unclear", has_words, err);
}

static enum rc take_number(struct reply *r, struct err *err)
{
    const struct measure_input in = { .text = r->s->letter.text,
                                      .names = r->s->names,
                                      .unit = r->c.unit,
                                      .question = check_in_question(&r->c, r->seat.language),
                                      .low = r->c.limits.low,
                                      .high = r->c.limits.high,
                                      .is_scale = r->c.kind == CHECK_IN_SCALE };
    const struct measure m = measure_read(&in, r->mem);

    return m.kind == MEASURE_ONE ? keep_number(r, m.milli, m.has_words, err) : ask_back(r, m.has_words, err);
}

/* "Yes but my knee hurts": the first word, where something is set off from it. */
static enum answer first_word(const struct reply *r)
{
    const struct words_core core = words_core(r->s->letter.text, r->s->names, r->mem);
    const struct words_token *v = core.list.v + core.from;

    if (core.to - core.from < 2 || !(v[1].kind == WORDS_BREAK || words_is_mark(&v[1], ", . ! - ;") ||
                                     words_among(v[1].plain, "but and because pero y porque")))
        return ANSWER_OTHER;
    return words_among(v[0].plain, "yes yeah yep si") ? ANSWER_YES : words_is(&v[0], "no") ? ANSWER_NO : ANSWER_OTHER;
}

static enum rc take_yes_no(struct reply *r, struct err *err)
{
    enum answer answer = answer_read(r->s->letter.text, r->s->names, r->mem);
    const bool has_words = answer != ANSWER_YES && answer != ANSWER_NO && answer != ANSWER_AGREE;
    int64_t milli;

    if (has_words)
        answer = first_word(r);
    if (answer != ANSWER_YES && answer != ANSWER_NO && answer != ANSWER_AGREE)
        return ask_back(r, true, err);
    milli = answer == ANSWER_NO ? 0 : 1000;
    return keep(r, milli ? "1000" : "0", is_beyond(&r->c.limits, milli), has_words, err);
}

static enum rc take_answer(struct reply *r, struct err *err)
{
    switch (r->c.kind) {
    case CHECK_IN_WORDS:
        return keep(r, r->s->letter.text, false, true, err);
    case CHECK_IN_YES_NO:
        return take_yes_no(r, err);
    default:
        return take_number(r, err);
    }
}

/* ---- whether they want to ---- */

static bool is_skip(const struct reply *r)
{
    const struct words_core core = words_core(r->s->letter.text, r->s->names, r->mem);

    return words_core_is(&core, "skip|omitir|saltar|later|luego this|today|hoy? time|one?") ||
           words_core_is(&core, "not now|today");
}

static enum rc skip(struct reply *r, struct err *err)
{
    return tell(r, "is_skipped", false, err);
}

static enum rc stop(struct reply *r, struct err *err)
{
    if (check_in_choose(r->s->gate, &r->c, &r->seat, CHECK_IN_OUT, err))
        return err->rc;
    return tell(r, "is_out", false, err);
}

static enum rc join(struct reply *r, struct err *err)
{
    const enum rc rc = check_in_choose(r->s->gate, &r->c, &r->seat, CHECK_IN_TAKES_PART, err);

    r->s->outcome = OUTCOME_ANSWER;
    return rc ? rc : maybe(check_in_send(r->s->gate, &r->c, &r->round, &r->seat, true, err));
}

/* "Do you want to?" A number, too, is a yes: whoever sends it has begun. Of other words none is taken for one. */
static enum rc take_choice(struct reply *r, struct err *err)
{
    const enum answer answer = answer_read(r->s->letter.text, r->s->names, r->mem);

    if (is_skip(r))
        return skip(r, err);
    if (answer == ANSWER_YES || answer == ANSWER_AGREE)
        return join(r, err);
    if (answer == ANSWER_NO)
        return stop(r, err);
    if (r->c.kind == CHECK_IN_NUMBER || r->c.kind == CHECK_IN_SCALE)
        return take_number(r, err);
    if (give_to_staff(r, remark_of(r, NULL, false, false), err))
        return err->rc;
    return tell(r, "is_asked", true, err);
}

/* ---- one letter ---- */

/* Of a check-in letter, a token of ours whose mail is forgotten, or one that somebody else has: staff know what to do. */
static enum rc to_staff(struct sorting *s, struct err *err)
{
    s->outcome = OUTCOME_STAFF;
    return sorting_tell(s, TELL_UNVERIFIED, err);
}

static bool is_proved(const struct sorting *s, const struct command *command)
{
    const bool is_theirs = s->sender.delivery.person.v == s->sender.person.id.v;

    if (command->kind == COMMAND_CHECK_IN_STOP && command->strength == COMMAND_SURE)
        return is_theirs && sender_may(&s->sender, SENDER_LEAVE); /* the harmless direction */
    return is_theirs && sender_may(&s->sender, SENDER_POST);
}

static enum rc load(struct reply *r, struct err *err)
{
    struct sorting *s = r->s;
    struct check_in_member m = { .part = CHECK_IN_ASKED };
    struct check_in_round of = { .id = { s->sender.mailing.subject_id } };
    struct check_in_id id = { s->sender.mailing.subject_id };

    if (s->sender.mailing.kind == MAILING_CHECK_IN) {
        if (check_in_round_get(&s->gate->store, of.id, &of, err))
            return err->rc;
        id = of.check_in;
    }
    if (check_in_get(&s->gate->store, id, r->mem, &r->c, err) ||
        maybe(check_in_round_newest(&s->gate->store, id, &r->round, err)) ||
        maybe(check_in_member_find(&s->gate->store, id, s->sender.membership.id, &m, err)))
        return err->rc;
    if (r->round.closed_ms)
        r->round.id.v = 0;
    r->part = m.part;
    r->seat = (struct check_in_seat){ s->sender.person.id, s->sender.membership.id, s->sender.person.language };
    return RC_OK;
}

/* It has ended, or they had said STOP CHECKIN: their words are not lost, and no answer of theirs is kept. */
static enum rc too_late(struct reply *r, const char *flag, struct err *err)
{
    if (give_to_staff(r, remark_of(r, NULL, false, false), err))
        return err->rc;
    return tell(r, flag, true, err);
}

enum rc check_in_reply(struct sorting *s, const struct command *command, struct err *err)
{
    struct reply r = { .s = s, .mem = s->mem };
    const bool is_stop = command->kind == COMMAND_CHECK_IN_STOP && command->strength == COMMAND_SURE;
    enum rc rc;

    if (!*s->letter.text && !is_stop)
        return RC_OK;
    if (!is_proved(s, command))
        return to_staff(s, err);
    if (command->kind != COMMAND_NONE && command->kind != COMMAND_ANON && command->strength != COMMAND_PROSE &&
        !is_stop)
        return RC_OK;
    rc = load(&r, err);
    if (rc)
        return rc == RC_NOT_FOUND ? to_staff(s, err) : rc;
    if (is_stop)
        return stop(&r, err);
    if (r.c.state == CHECK_IN_ENDED || !r.round.id.v)
        return too_late(&r, "is_over", err);
    if (r.part == CHECK_IN_OUT)
        return too_late(&r, "is_out", err);
    if (s->sender.mailing.kind == MAILING_CHECK_IN_ASK && r.part != CHECK_IN_TAKES_PART)
        return take_choice(&r, err);
    return is_skip(&r) ? skip(&r, err) : take_answer(&r, err);
}

/* ---- all check-ins of a group ---- */

static enum rc is_meant(struct gate *gate, const struct check_in *c, struct membership_id membership, struct arena *mem,
                        bool *ret, struct err *err)
{
    const char **tags;
    size_t n;

    *ret = !*c->tag;
    if (*ret)
        return RC_OK;
    if (membership_tags(&gate->store, membership, mem, &tags, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret = *ret || !strcmp(tags[i], c->tag);
    return RC_OK;
}

static enum rc say_plain(struct gate *gate, const struct check_in_caller *caller, const char *flag, struct err *err)
{
    struct notice notice = answer_notice(&caller->seat, caller->group, caller->seat.membership.v, caller->in_reply_to);

    notice.reply = TOKEN_REPLY;
    json_set_bool(notice.values, flag, true);
    return queue(gate, &notice, caller->seat.membership.v, err);
}

enum rc check_in_stop_all(struct gate *gate, const struct check_in_caller *caller, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_stop");
    struct check_in *list;
    size_t n;

    if (check_in_list(&gate->store, caller->group, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && list[i].state == CHECK_IN_OPEN; i++)
        if (check_in_choose(gate, &list[i], &caller->seat, CHECK_IN_OUT, err))
            return err->rc;
    return say_plain(gate, caller, "is_out", err);
}

/* The question once more to whom takes part, and to all others whether they want to. */
static enum rc again(struct gate *gate, const struct check_in_caller *caller, const struct check_in *c, struct err *err)
{
    struct check_in_round round;
    struct check_in_member m = { .asks = 0 };

    if (maybe(check_in_member_find(&gate->store, c->id, caller->seat.membership, &m, err)))
        return err->rc;
    if (m.part != CHECK_IN_TAKES_PART)
        return maybe(check_in_ask(gate, c, &caller->seat, m.asks, err));
    if (check_in_round_newest(&gate->store, c->id, &round, err))
        return maybe(err->rc);
    return maybe(check_in_send(gate, c, &round, &caller->seat, false, err));
}

enum rc check_in_again(struct gate *gate, const struct check_in_caller *caller, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_again");
    struct check_in *list;
    size_t n, sent = 0;
    enum rc rc;

    if (check_in_list(&gate->store, caller->group, mem, &list, &n, err))
        return err->rc;
    rc = answered_take(&gate->store, caller->seat.person, MAILING_CHECK_IN, caller->seat.membership.v, ANSWERS_A_DAY,
                       err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    for (size_t i = 0; i < n && list[i].state == CHECK_IN_OPEN; i++) {
        bool is_theirs;

        if (is_meant(gate, &list[i], caller->seat.membership, mem, &is_theirs, err) ||
            (is_theirs && again(gate, caller, &list[i], err)))
            return err->rc;
        sent += is_theirs;
    }
    return sent ? RC_OK : say_plain(gate, caller, "is_over", err);
}
