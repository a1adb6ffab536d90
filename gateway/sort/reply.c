#include "gateway/sort/reply.h"

#include "gateway/note/anon.h"
#include "gateway/note/mark.h"
#include "gateway/note/own_name.h"
#include "gateway/note/photo_words.h"
#include "gateway/note/review.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/say/render.h"
#include "gateway/say/talk.h"
#include "gateway/say/tell.h"
#include "inbound/answer.h"
#include "inbound/place.h"
#include "inbound/words.h"
#include "store/question.h"

#define PEOPLE_MAX 9

/* What it is about is the membership (or, without one, the person): the same answer goes out once a day, however many letters ask for it. */
static struct notice notice_to_sender(const struct sorting *s, enum mailing_kind kind)
{
    const int64_t about = s->sender.membership.id.v ? s->sender.membership.id.v : s->sender.person.id.v;

    return (struct notice){ .kind = kind,
                            .person = s->sender.person.id,
                            .membership = s->sender.membership.id,
                            .group = s->sender.group.id,
                            .subject_id = about,
                            .lane = -1,
                            .is_answer = true,
                            .is_once_a_day = true,
                            .in_reply_to = s->letter.message_id,
                            .values = json_object_new() };
}

/* Who cannot be written to, or was told today already, is not told: that is no failure. */
static enum rc queue(struct sorting *s, struct notice *notice, struct err *err)
{
    const enum rc rc = notice_queue(s->gate, notice, NULL, err);

    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* --- asking back, refusing kindly -------------------------------------------------------------------------------------------------- */

enum rc reply_ask_who(struct sorting *s, struct err *err)
{
    struct question question = { .kind = QUESTION_WHO_IS_WRITING,
                                 .person = s->sender.people[0].id,
                                 .subject_id = s->arrival.id.v };
    struct notice notice = notice_to_sender(s, MAILING_WHO_IS_WRITING);
    struct json *people = json_array_new();

    for (size_t i = 0; i < s->sender.people_count && i < PEOPLE_MAX; i++) {
        struct json *one = json_object_new();

        json_set_int(one, "number", (int64_t)i + 1);
        json_set_str(one, "name", render_first_name(s->sender.people[i].name, s->mem));
        json_push(people, &one);
    }
    json_set(notice.values, "people", &people);
    json_set_str(notice.values, "text", s->letter.text);
    notice.person = s->sender.people[0].id;
    notice.address = s->sender.address.id;
    notice.is_once_a_day = false; /* each letter waits for its own answer */
    if (question_add(&s->gate->store, &question, err)) {
        json_free(&notice.values);
        return err->rc;
    }
    notice.subject_id = question.id.v;
    return queue(s, &notice, err);
}

enum rc reply_check_leave(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_LEAVE_CHECK);
    enum rc rc = queue(s, &notice, err);

    return rc ? rc
              : tell_staff(s->gate,
                           &(struct tell){ .what = TELL_UNVERIFIED,
                                           .of = &s->sender.person,
                                           .group = s->sender.group.id,
                                           .subject_id = s->sender.person.id.v,
                                           .is_once_a_day = true },
                           err);
}

enum rc reply_group_over(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_GROUP_OVER);

    json_set_str(notice.values, "text", s->letter.text);
    json_set_str(
        notice.values, "end_date",
        phrase_day(s->gate, s->sender.person.language, NULL,
                   s->sender.group.end_day ? s->sender.group.end_day * MS_DAY + MS_DAY / 2 : gate_now_ms(s->gate),
                   s->mem));
    return queue(s, &notice, err);
}

enum rc reply_not_understood(struct sorting *s, const char *guess, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_NOT_UNDERSTOOD);

    json_set_str(notice.values, "text", s->letter.text);
    json_set_str(notice.values, "guess", guess);
    return queue(s, &notice, err);
}

enum rc reply_empty(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_EMPTY_NOTE);

    json_set_bool(notice.values, "has_photo", s->letter.attachment_count > 0);
    if (sender_answers_private(&s->sender)) /* the words that they now type stay private too */
        notice.reply = TOKEN_PRIVATE;
    return queue(s, &notice, err);
}

enum rc reply_encrypted(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_ENCRYPTED_NOTE);

    return queue(s, &notice, err);
}

enum rc reply_files_left(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_FILES_LEFT);

    json_set_bool(notice.values, "takes_photos", s->sender.group.files >= GROUP_FILES_PHOTOS);
    json_set_bool(notice.values, "is_infected", s->scan == SCAN_INFECTED);
    return queue(s, &notice, err);
}

enum rc reply_too_big(struct sorting *s, const struct person **ret_person, struct err *err)
{
    const struct membership *m = &s->sender.membership;
    struct notice notice;

    *ret_person = NULL;
    if (s->letter.kind == LETTER_ROBOT || s->letter.kind == LETTER_REPORT || s->letter.kind == LETTER_COMPLAINT ||
        !sender_may(&s->sender, SENDER_POST) || !m->id.v || (m->state != MEMBER_ACTIVE && m->state != MEMBER_PAUSED))
        return RC_OK;
    *ret_person = &s->sender.person;
    notice = notice_to_sender(s, MAILING_TOO_BIG);
    json_set_int(notice.values, "limit_mb", (int64_t)(ARRIVAL_MAX_BYTES >> 20));
    return queue(s, &notice, err);
}

enum rc reply_anon_help(struct sorting *s, struct err *err)
{
    struct notice notice = notice_to_sender(s, MAILING_ANON_HELP);

    return queue(s, &notice, err);
}

/* --- answers to what we asked -------------------------------------------------------------------------------------------------------- */

/* "Which one?": an answer that names none, or comes too late, leaves the note to the moderator, who reads the answer too. */
static enum rc take_which_one(struct sorting *s, struct err *err)
{
    const enum rc rc =
        hold_answer_which(s->gate, (struct post_id){ s->sender.mailing.subject_id }, s->letter.text, s->names, err);

    s->outcome = OUTCOME_ANSWER;
    if (rc != RC_INPUT && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
        return rc;
    s->outcome = OUTCOME_STAFF;
    return tell_staff(s->gate,
                      &(struct tell){ .what = TELL_ANSWER,
                                      .of = &s->sender.person,
                                      .group = s->sender.group.id,
                                      .subject_id = s->arrival.id.v,
                                      .text = s->letter.text,
                                      .has_alarm = sorting_has_alarm(s) },
                      err);
}

/* Every word is the person's number, a word of their name, or small talk; and one of the first two is there. */
static bool is_named(const struct words_core *core, int number, const char *name, struct arena *mem)
{
    const struct words_list parts = words_split(name, 0, mem);
    bool has_found = false;

    for (size_t i = core->from; i < core->to; i++) {
        const struct words_token *t = &core->list.v[i];
        bool is_theirs = words_number(t) == number;

        for (size_t k = 0; k < parts.count; k++)
            is_theirs |= parts.v[k].kind == WORDS_WORD && !strcmp(parts.v[k].plain, t->plain);
        has_found |= is_theirs;
        if (!is_theirs && t->kind == WORDS_WORD &&
            !words_among(t->plain, "number for it it's its is this i am i'm para es soy yo"))
            return false;
    }
    return has_found;
}

/* "2", "Harold", "2 Harold", "the second": an index of the sender's people, or people_count when it names none or several. */
static size_t read_who(const struct sorting *s)
{
    const struct words_core core = words_core(s->letter.text, NULL, s->mem);
    const size_t n = s->sender.people_count < PEOPLE_MAX ? s->sender.people_count : PEOPLE_MAX;
    int numbers[PEOPLE_MAX], number = 0;
    size_t found = s->sender.people_count, hits = 0;

    for (size_t i = 0; i < n; i++) {
        numbers[i] = (int)i + 1;
        if (is_named(&core, (int)i + 1, s->sender.people[i].name, s->mem)) {
            found = i;
            hits++;
        }
    }
    if (hits == 1)
        return found;
    if (place_read_which(s->letter.text, (struct number_set){ numbers, n }, NULL, s->mem, &number) ==
        PLACE_WHICH_NUMBER)
        return (size_t)number - 1;
    return s->sender.people_count;
}

static enum rc take_who(struct sorting *s, struct err *err)
{
    const size_t who = read_who(s);
    struct question question;
    enum rc rc =
        question_get(&s->gate->store, (struct question_id){ s->sender.mailing.subject_id }, s->mem, &question, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (who == s->sender.people_count)
        return RC_OK;
    s->outcome = OUTCOME_ANSWER;
    rc = question_close(&s->gate->store, question.id, QUESTION_ANSWERED, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    s->told.v = question.subject_id;
    s->teller = s->sender.people[who].id;
    return RC_OK;
}

/* "ANON" above any answer counts for the note; where the wish is half clear, a person decides. */
static void take_wish(struct post *p, enum anon_wish wish)
{
    p->is_anonymous |= wish == ANON_CLEAR;
    p->flags |= wish == ANON_MAYBE && !p->is_anonymous ? POST_FLAG_ANON_WISH : 0;
}

/* Whom the group must not know: NULL where the writer may be named. */
static const char *const *own_names(const struct sorting *s, const struct post *p)
{
    return p->is_anonymous ? own_name_list(&s->sender, &s->letter, s->mem) : NULL;
}

/* The words that staff proposed: whoever released the old ones has not released these. */
static enum rc take_new_text(struct sorting *s, struct post *p, const char *text, struct err *err)
{
    const char *const *const own = own_names(s, p);

    p->text = arena_strdup(s->mem, text);
    p->first_review_by.v = 0;
    p->flags |= own && own_name_is_in(p->text, own, s->mem) ? POST_FLAG_OWN_NAME : 0;
    return mark_context_changed(p->context, s->mem, &p->context, err);
}

/* "Or reply with the words that you like": marked like any new words. */
static void take_own_words(struct sorting *s, struct post *p, const char *text)
{
    const char *const *const own = own_names(s, p);

    p->text = text;
    p->first_review_by.v = 0;
    p->flags |= mark_flags(&s->triage);
    p->flags |= own && own_name_is_in(p->text, own, s->mem) ? POST_FLAG_OWN_NAME : 0;
    if (s->triage.tier < p->tier)
        p->tier = s->triage.tier;
    if (p->tier == 4 && p->flags)
        p->tier = 3;
    p->context =
        mark_context(&(struct mark){ &s->letter, &s->triage, own, s->sender.is_other_address }, p->text, s->mem);
}

/* "May we change your words so?" YES releases nothing: the note goes back to review with the new words. */
static enum rc take_edit_ok(struct sorting *s, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct anon anon = anon_read(s->letter.text, s->names, s->mem);
    const enum answer answer = answer_read(anon.text, s->names, s->mem);
    struct question question;
    struct post p;
    enum rc rc = question_find(&s->gate->store, QUESTION_EDIT_OK, s->sender.mailing.subject_id, s->mem, &question, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    rc = post_get(&s->gate->store, (struct post_id){ question.subject_id }, s->mem, &p, err);
    if (!rc)
        rc = json_parse(question.data, strlen(question.data), &data, err);
    if (rc || p.state != POST_ASKED)
        return rc;
    take_wish(&p, anon.wish);
    if (answer == ANSWER_YES)
        rc = take_new_text(s, &p, json_get_str(data, "new_text", p.text), err);
    else if (answer != ANSWER_NO)
        take_own_words(s, &p, anon.text);
    if (rc)
        return rc;
    p.state = POST_HELD;
    s->outcome = OUTCOME_ANSWER;
    rc = post_change(&s->gate->store, &p, err);
    if (!rc)
        rc = question_close(&s->gate->store, question.id, QUESTION_ANSWERED, err);
    if (!rc && answer == ANSWER_NO)
        rc = tell_staff(s->gate,
                        &(struct tell){ .what = TELL_EDIT_REFUSED,
                                        .of = &s->sender.person,
                                        .group = p.group,
                                        .subject_id = p.id.v,
                                        .text = s->letter.text,
                                        .has_alarm = sorting_has_alarm(s) },
                        err);
    return rc ? rc : review_offer(s->gate, &p, err);
}

/* Staff must know that there was one: a talk holds words alone. */
static const char *photo_remark(const struct sorting *s)
{
    if (!s->photos.count)
        return NULL;
    return s->gate->facts.language == LANGUAGE_SPANISH ? "Con este correo vino una foto. Aquí no se muestra."
                                                       : "A photo came with this mail. It is not shown here.";
}

static enum rc to_talk(struct sorting *s, struct group_id group, struct err *err)
{
    const struct talk_letter letter = { s->arrival.id, &s->sender.person, group, s->letter.text, photo_remark(s) };

    if (!*letter.text)
        return RC_OK; /* a photo alone: reply_in_private, and asked for words */
    s->outcome = OUTCOME_STAFF;
    return talk_take(s->gate, &letter, err);
}

/* A moderator's question: the answer goes to staff, never to the group; the note waits for its decision again. */
static enum rc take_ask(struct sorting *s, struct err *err)
{
    struct question question;
    struct post p;
    enum rc rc = question_find(&s->gate->store, QUESTION_ASK, s->sender.mailing.subject_id, s->mem, &question, err);

    if (rc == RC_NOT_FOUND) /* answered before, or decided meanwhile */
        return to_talk(s, s->sender.group.id, err);
    if (!rc)
        rc = post_get(&s->gate->store, (struct post_id){ question.subject_id }, s->mem, &p, err);
    if (!rc)
        rc = question_close(&s->gate->store, question.id, QUESTION_ANSWERED, err);
    if (!rc)
        rc = to_talk(s, p.group, err);
    if (rc || p.state != POST_ASKED)
        return rc;
    p.state = POST_HELD;
    rc = post_change(&s->gate->store, &p, err);
    return rc ? rc : review_offer(s->gate, &p, err);
}

enum rc reply_in_private(struct sorting *s, struct err *err)
{
    return to_talk(s, s->sender.group.id, err);
}

enum rc reply_to_question(struct sorting *s, struct err *err)
{
    if (s->sender.token.purpose == TOKEN_PRIVATE && s->sender.mailing.kind != MAILING_ASK)
        return to_talk(s, s->sender.group.id, err);
    switch (s->sender.mailing.kind) {
    case MAILING_WHICH_ONE:
    case MAILING_OLD_LETTER:
        return take_which_one(s, err);
    case MAILING_WHO_IS_WRITING:
        return take_who(s, err);
    case MAILING_EDIT_OK:
        return take_edit_ok(s, err);
    case MAILING_ASK:
        return take_ask(s, err);
    case MAILING_PHOTO_WORDS:
        return photo_words_answer(s, err);
    case MAILING_PRIVATE_ANSWER:
    case MAILING_CRISIS_ACK: /* "it has not gone to the group", and no more does what answers that */
    case MAILING_MEDICAL_ACK:
        return to_talk(s, s->sender.group.id, err);
    default:
        return RC_OK;
    }
}

bool reply_is_to_question(const struct sorting *s)
{
    const enum mailing_kind kind = s->sender.mailing.kind;

    return kind == MAILING_WHICH_ONE || kind == MAILING_OLD_LETTER || kind == MAILING_WHO_IS_WRITING ||
           kind == MAILING_EDIT_OK || kind == MAILING_ASK || kind == MAILING_PHOTO_WORDS ||
           kind == MAILING_PRIVATE_ANSWER || kind == MAILING_CRISIS_ACK || kind == MAILING_MEDICAL_ACK;
}

bool reply_needs_more_than_code(const struct sorting *s)
{
    const enum mailing_kind kind = s->sender.mailing.kind;

    return kind == MAILING_EDIT_OK || kind == MAILING_WHO_IS_WRITING || kind == MAILING_PHOTO_WORDS;
}
