#include "gateway/text/talk.h"

#include "gateway/note/names.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "gateway/text/talk_staff.h"
#include "gateway/text/text_take.h"
#include "inbound/text_word.h"
#include "inbound/words.h"
#include "store/answered.h"

#define STRANGER_MS (30 * MS_DAY)

bool talk_has_alarm(const struct talk *t)
{
    return t->triage->tier <= 2;
}

const struct talk_seat *talk_seat_of(const struct talk *t, struct group_id group)
{
    for (size_t i = 0; i < t->living_count; i++)
        if (t->seats[i].m.group.v == group.v)
            return &t->seats[i];
    return NULL;
}

const struct text_item *talk_item(const struct talk *t, int n)
{
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].n == n && (!t->writer.id.v || t->items[i].person.v == t->writer.id.v))
            return &t->items[i];
    return NULL;
}

/* ---- answers ---- */

enum rc talk_say_posts(struct talk *t, enum mailing_kind kind, struct json **values, const struct text_post *posts,
                       size_t n, struct err *err)
{
    CLEANUP(json_free) struct json *all = values && *values ? MOVE(*values) : json_object_new();
    struct text_say say = { .kind = kind,
                            .lane = -1,
                            .needs = kind == MAILING_TEXT_STRANGER ? TEXT_NEEDS_NO_STOP : TEXT_NEEDS_CONSENT,
                            .person = t->writer.id,
                            .address = t->line.address,
                            .sender = t->line.sender,
                            .subject_id = t->in->id.v,
                            .posts = posts,
                            .post_count = n };
    enum rc rc;

    if (t->is_silent)
        return RC_OK;
    rc = text_words(t->gate, kind, t->writer.language, &all, t->mem, &say.words, err);
    if (!rc)
        rc = text_queue(t->gate, &say, NULL, err);
    return rc == RC_NOT_FOUND || rc == RC_DENIED ? RC_OK : rc; /* may not be written to; talk_unsaid says why */
}

enum rc talk_say(struct talk *t, enum mailing_kind kind, struct json **values, struct err *err)
{
    return talk_say_posts(t, kind, values, NULL, 0, err);
}

enum rc talk_say_flag(struct talk *t, enum mailing_kind kind, const char *flag, struct err *err)
{
    struct json *values = json_object_new();

    json_set_bool(values, flag, true);
    return talk_say(t, kind, &values, err);
}

enum rc talk_tell(struct talk *t, const char *what, struct err *err)
{
    const struct tell tell = { .what = what,
                               .of = t->writer.id.v ? &t->writer : NULL,
                               .group = t->living_count == 1 ? t->seats[0].m.group : (struct group_id){ 0 },
                               .subject_id = t->in->id.v,
                               .text = t->in->words,
                               .has_alarm = talk_has_alarm(t) };

    return tell_staff(t->gate, &tell, err);
}

/* ---- what is open on the line ---- */

static enum rc read_users(struct talk *t, struct err *err)
{
    struct person *people;
    size_t n;

    if (text_holders_of(t->gate, t->line.address, t->mem, &people, &n, err))
        return err->rc;
    t->is_former = !n;
    if (t->is_former && person_by_address(&t->gate->store, t->line.address, t->mem, &people, &n, err))
        return err->rc;
    n = t->is_former && n > 1 ? 0 : n; /* who of them it was, nobody knows */
    for (size_t i = 0; i < n; i++)
        if (people[i].state == PERSON_ACTIVE)
            people[t->user_count++] = people[i];
    t->users = people;
    t->writer = t->user_count == 1 ? people[0] : (struct person){ .language = t->gate->facts.language };
    return RC_OK;
}

static bool is_living(const struct membership *m)
{
    return m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED;
}

static enum rc read_seats(struct talk *t, struct err *err)
{
    struct membership *list;
    size_t n;

    t->seat_count = t->living_count = 0;
    if (!t->writer.id.v)
        return RC_OK;
    if (membership_of_person(&t->gate->store, t->writer.id, t->mem, &list, &n, err))
        return err->rc;
    t->seats = ARENA_ARRAY(t->mem, n + 1, struct talk_seat);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < n; i++) {
            struct talk_seat seat = { .m = list[i] };

            if (round == 0 ? !is_living(&list[i]) : list[i].state != MEMBER_INVITED)
                continue;
            if (group_get(&t->gate->store, list[i].group, t->mem, &seat.group, err))
                return err->rc;
            if (seat.group.state == GROUP_OPEN)
                t->seats[t->seat_count++] = seat;
        }
        if (round == 0)
            t->living_count = t->seat_count;
    }
    return RC_OK;
}

static enum rc read_words_known(struct talk *t, struct err *err)
{
    const struct sender sender = { .person = t->writer,
                                   .people = t->users,
                                   .people_count = t->user_count,
                                   .membership = t->seat_count ? t->seats[0].m : (struct membership){ .name = NULL },
                                   .group = t->seat_count ? t->seats[0].group : (struct care_group){ .alias = NULL } };
    const char **groups = ARENA_ARRAY(t->mem, 3 * t->seat_count + 1, const char *);
    size_t n = 0;

    for (size_t i = 0; i < t->living_count; i++) {
        groups[n++] = t->seats[i].group.alias;
        groups[n++] = t->seats[i].group.name;
        groups[n++] = t->seats[i].group.slug;
    }
    t->groups = n ? groups : NULL;
    return names_known(t->gate, &sender, t->mem, &t->names, err);
}

static bool is_users(const struct talk *t, struct person_id person)
{
    for (size_t i = 0; i < t->user_count; i++)
        if (t->users[i].id.v == person.v)
            return true;
    return false;
}

/* What was given to people who use the number no more is nobody's. */
static enum rc read_items(struct talk *t, struct err *err)
{
    struct text_item *items;
    size_t n;

    if (text_item_list(&t->gate->store, &t->line, t->mem, &items, &n, err))
        return err->rc;
    t->items = items;
    for (size_t i = 0; i < n; i++)
        if (is_users(t, items[i].person))
            items[t->item_count++] = items[i];
    return RC_OK;
}

static enum rc read_question(struct talk *t, struct err *err)
{
    const enum rc rc = text_question_get(&t->gate->store, &t->line, t->mem, &t->question, err);

    if (rc == RC_NOT_FOUND || (!rc && t->question.person.v && !is_users(t, t->question.person)))
        t->question.id = 0;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- what the text means ---- */

static bool is_for_staff(const struct text_item *item)
{
    return item->kind == TEXT_ITEM_REVIEW || item->kind == TEXT_ITEM_PAGE;
}

static struct number_set numbers_of(const struct talk *t, bool for_staff)
{
    int *v = ARENA_ARRAY(t->mem, t->item_count + 1, int);
    size_t n = 0;

    for (size_t i = 0; i < t->item_count; i++)
        if (is_for_staff(&t->items[i]) == for_staff)
            v[n++] = (int)t->items[i].n;
    return (struct number_set){ v, n };
}

/* The number that the text begins with, where it is one that was given and is over. */
static enum rc read_old(struct talk *t, struct number_set *ret_old, struct err *err)
{
    const struct words_list list = words_split(t->in->words, 8, t->mem);
    int *const v = ARENA_ARRAY(t->mem, 1, int);
    struct text_item item;
    int n = -1;
    enum rc rc;

    *ret_old = (struct number_set){ v, 0 };
    for (size_t i = 0; i < list.count && n < TEXT_ITEM_FIRST; i++)
        n = words_number(&list.v[i]);
    if (n < TEXT_ITEM_FIRST)
        return RC_OK;
    rc = text_item_find(&t->gate->store, &t->line, n, &item, err);
    if (rc == RC_OK && !item.is_live) {
        v[0] = n;
        ret_old->count = 1;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static const char *const *choices_of(const struct json *list, struct arena *mem)
{
    const size_t n = json_count(list);
    const char **v = ARENA_ARRAY(mem, n + 1, const char *);

    for (size_t i = 0; i < n; i++)
        v[i] = arena_strdup(mem, json_get_str(json_at(list, i), "name", ""));
    return v;
}

static enum rc read_asked(const struct talk *t, struct text_asked *asked, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;

    *asked = (struct text_asked){ .kind = TEXT_ASKED_NOTHING };
    if (!t->question.id)
        return RC_OK;
    switch (t->question.kind) {
    case TEXT_ASK_CONSENT:
    case TEXT_ASK_EDIT_OK:
    case TEXT_ASK_MAY_WE:
    case TEXT_ASK_RSVP:
    case TEXT_ASK_LEVEL:
    case TEXT_ASK_LANGUAGE:
        asked->kind = TEXT_ASKED_YES_NO;
        return RC_OK;
    case TEXT_ASK_WHICH_GROUP:
    case TEXT_ASK_WHICH_ITEM:
    case TEXT_ASK_WHO:
        if (json_parse(t->question.data, strlen(t->question.data), &data, err))
            return err_wrap(err, "open question");
        asked->kind = TEXT_ASKED_CHOICE;
        asked->choices = choices_of(json_get(data, "choices"), t->mem);
        asked->may_be_new = t->question.kind == TEXT_ASK_WHICH_ITEM;
        asked->is_by_name = json_get_bool(data, "by_name", false);
        return RC_OK;
    case TEXT_ASK_PIN:
        asked->kind = TEXT_ASKED_PIN;
        return RC_OK;
    default:
        asked->kind = TEXT_ASKED_WORDS;
        return RC_OK;
    }
}

static enum rc read_meaning(struct talk *t, struct err *err)
{
    struct text_reading in = { .text = t->in->words, .live = numbers_of(t, false), .reviews = numbers_of(t, true) };

    if (read_words_known(t, err) || read_old(t, &in.old, err) || read_asked(t, &in.asked, err))
        return err->rc;
    for (size_t i = 0; i < t->user_count; i++)
        in.is_staff |= t->users[i].kind == PERSON_STAFF;
    t->hides_names = in.asked.is_by_name;
    in.names = t->names;
    in.groups = t->groups;
    t->meaning = text_read(&in, t->mem);
    return RC_OK;
}

/* What the number said, and how much the writer is told by text (R19): one of several, and nobody knows which, nothing. */
static enum rc read_consent(struct talk *t, struct err *err)
{
    if (text_consent_for(&t->gate->store, t->line.address, t->writer.id, &t->consent, err))
        return err->rc;
    if (!t->writer.id.v && t->user_count > 1)
        t->consent.level = 0;
    return RC_OK;
}

/* Two machines that answer each other come to an end; a person who says the same twice was answered. */
static enum rc read_loop(struct talk *t, struct err *err)
{
    const int64_t now = gate_now_ms(t->gate);
    struct text_in *list;
    size_t n;

    if (text_out_answers(&t->gate->store, t->line.address, now - MS_HOUR, &t->said, err) ||
        text_in_of_address(&t->gate->store, t->line.address, now - TALK_SAME_MS, 16, t->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].id.v < t->in->id.v) {
            t->is_same = list[i].words && !strcmp(list[i].words, t->in->words);
            break;
        }
    return RC_OK;
}

/* Who answers what we asked, or sends the MORE that we asked for, is no machine that talks to itself, and two of the same are two answers; who wants to
 * leave is never kept; each UNDO takes one more thing back, which they must know. */
static bool is_owed(const struct text_meaning *m)
{
    return m->kind == TEXT_MEANS_ANSWER || m->kind == TEXT_MEANS_MORE ||
           (m->kind == TEXT_MEANS_COMMAND && (m->command.kind == COMMAND_LEAVE || m->command.kind == COMMAND_UNDO));
}

static void set_silence(struct talk *t)
{
    if (is_owed(&t->meaning))
        t->is_silent = t->said >= TALK_ANSWERS_OWED;
    else
        t->is_silent = t->is_same || t->said >= TALK_ANSWERS_AN_HOUR;
}

enum rc talk_open(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *in,
                  const struct triage_result *triage, struct arena *mem, struct talk *t, struct err *err)
{
    *t = (struct talk){
        .gate = gate, .lexicon = lexicon, .in = in, .triage = triage, .line = { in->address, in->sender }, .mem = mem
    };
    gate->refused = (struct text_refused){ .is_month = false };
    if (!in->sender.v) { /* we do not know at which of our numbers it came: the usual line */
        struct text_sender sender;
        const enum rc rc = text_sender_usual(&gate->store, mem, &sender, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        t->line.sender = rc ? t->line.sender : sender.id;
    }
    if (read_users(t, err) || read_consent(t, err) || read_seats(t, err) || read_items(t, err) ||
        read_question(t, err) || read_loop(t, err))
        return err_wrap(err, "conversation by text");
    if (read_meaning(t, err))
        return err->rc;
    set_silence(t);
    return RC_OK;
}

enum rc talk_pick(struct talk *t, const struct person *writer, struct err *err)
{
    t->writer = *writer;
    return read_consent(t, err) || read_seats(t, err) ? err->rc : read_meaning(t, err);
}

/* ---- who does it ---- */

static enum rc answer_stranger(struct talk *t, enum text_in_state *ret_end, struct err *err)
{
    const int64_t since = gate_now_ms(t->gate) - STRANGER_MS;
    int64_t said;

    *ret_end = TEXT_IN_PARKED;
    if (text_out_count(&t->gate->store, t->line.address, MAILING_TEXT_STRANGER, since, &said, err))
        return err->rc;
    if (!said && talk_say(t, MAILING_TEXT_STRANGER, NULL, err))
        return err->rc;
    return talk_tell(t, TELL_TEXT_CAME, err);
}

static bool is_noise(enum text_means kind)
{
    return kind == TEXT_MEANS_REACTION || kind == TEXT_MEANS_TAKEN_BACK || kind == TEXT_MEANS_AUTOMATIC ||
           kind == TEXT_MEANS_NOTHING;
}

/* The staff member among those who use the number: their decisions come first. */
static enum rc ask_staff(struct talk *t, bool *is_done, struct err *err)
{
    const struct person before = t->writer;

    for (size_t i = 0; i < t->user_count; i++)
        if (t->users[i].kind == PERSON_STAFF) {
            t->writer = t->users[i];
            if (talk_staff(t, is_done, err))
                return err->rc;
            break;
        }
    if (!*is_done)
        t->writer = before;
    return RC_OK;
}

/* From a phone of several, the answer to what one of them was asked is theirs. */
static enum rc pick_asked(struct talk *t, bool *ret_is_done, struct err *err)
{
    *ret_is_done = false;
    if (t->writer.id.v || !t->question.id || t->meaning.kind != TEXT_MEANS_ANSWER)
        return RC_OK;
    for (size_t i = 0; i < t->user_count; i++)
        if (t->users[i].id.v == t->question.person.v)
            return talk_pick(t, &t->users[i], err);
    return RC_OK;
}

static enum rc run_steps(struct talk *t, enum text_in_state *ret_end, struct err *err)
{
    typedef enum rc step(struct talk * t, bool *ret_is_done, struct err *err);
    static step *const steps[] = { ask_staff,    pick_asked, talk_consent,  talk_both,    talk_visit,
                                   talk_private, talk_more,  talk_question, talk_command, talk_comment };
    bool is_done = false;

    *ret_end = TEXT_IN_DONE;
    if (is_noise(t->meaning.kind))
        return talk_has_alarm(t) ? talk_tell(t, TELL_TEXT_CAME, err) : RC_OK;
    if (talk_not_them(t, &is_done, err))
        return err->rc;
    if (is_done)
        return RC_OK;
    if (t->in->word == TEXT_WORD_NONE && text_word_of(t->meaning.kind))
        return text_take_word(t->gate, t->in, text_word_of(t->meaning.kind), err);
    if (talk_come_back(t, &is_done, err))
        return err->rc;
    if (is_done)
        return RC_OK;
    if (!t->user_count)
        return answer_stranger(t, ret_end, err);
    for (size_t i = 0; i < COUNT_OF(steps) && !is_done; i++)
        if (steps[i](t, &is_done, err))
            return err->rc;
    if (is_done || t->meaning.kind == TEXT_MEANS_START) /* done when it was stored */
        return RC_OK;
    return talk_tell(t, TELL_TEXT_CAME, err);
}

/* It was dropped, with words or without; whoever sent it hears so once a day. */
static enum rc say_of_picture(struct talk *t, struct err *err)
{
    enum rc rc;

    if (!t->in->media || !t->user_count || t->is_silent || talk_has_alarm(t))
        return RC_OK;
    rc = answered_take(&t->gate->store, t->users[0].id, MAILING_TEXT_SAY, t->line.address.v, 1, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    return talk_say_flag(t, MAILING_TEXT_SAY, "is_picture", err);
}

enum rc talk_run(struct talk *t, enum text_in_state *ret_end, struct err *err)
{
    if (run_steps(t, ret_end, err) || say_of_picture(t, err) || (!is_noise(t->meaning.kind) && talk_unsaid(t, err)))
        return err->rc;
    return talk_language(t, err);
}
