/* Answers to the open question of a line, and who of several writes. */
#include "gateway/text/talk.h"

#include "gateway/say/render.h"
#include "gateway/say/tell.h"
#include "gateway/text/talk_ask.h"
#include "gateway/text/talk_hold.h"
#include "inbound/words.h"

static enum rc close_it(struct talk *t, struct err *err)
{
    if (text_question_close(&t->gate->store, &t->line, err))
        return err->rc;
    t->question.id = 0;
    return RC_OK;
}

static enum rc earlier_text(struct talk *t, struct text_in *ret, struct err *err)
{
    if (text_in_get(&t->gate->store, (struct text_in_id){ t->question.subject_id }, t->mem, ret, err))
        return err->rc;
    return ret->words ? RC_OK : err_set(err, RC_NOT_FOUND, "the words were erased");
}

/* The text that waited becomes a note of that group. */
static enum rc take_group(struct talk *t, int64_t id, struct err *err)
{
    const struct talk_seat *const seat = talk_seat_of(t, (struct group_id){ id });
    struct text_in earlier;
    struct talk_hold hold = { .seat = seat, .in = &earlier, .count = 1, .is_new = true };
    struct held held;

    if (!seat || earlier_text(t, &earlier, err))
        return seat && err->rc != RC_NOT_FOUND ? err->rc : talk_tell(t, TELL_TEXT_CAME, err);
    hold.pieces = talk_piece(t, earlier.words, 0, PLACE_TOKEN);
    return talk_hold(t, &hold, &held, err) ? err->rc : talk_acknowledge(t, seat, err);
}

static enum rc take_item(struct talk *t, struct err *err)
{
    const struct post_id post = { t->question.subject_id };
    const char *const answer = t->meaning.is_new ? "NEW" : arena_printf(t->mem, "%d", t->meaning.number);
    const enum rc rc = hold_answer_which(t->gate, post, answer, t->names, err);

    if (rc && rc != RC_NOT_FOUND && rc != RC_CONFLICT) /* staff were faster: it is placed */
        return rc;
    return talk_say_flag(t, MAILING_TEXT_SAY, "is_placed", err);
}

/* The text that waited is read as that person's. */
static enum rc take_who(struct talk *t, int64_t id, struct err *err)
{
    static const struct triage_result calm = { .tier = 4 }; /* danger was looked for when it came */
    const struct person *who = NULL;
    enum text_in_state ignored;
    struct text_in earlier;
    struct talk again;

    for (size_t i = 0; i < t->user_count; i++)
        who = t->users[i].id.v == id ? &t->users[i] : who;
    if (!who || earlier_text(t, &earlier, err))
        return who && err->rc != RC_NOT_FOUND ? err->rc : talk_tell(t, TELL_TEXT_CAME, err);
    if (talk_open(t->gate, t->lexicon, &earlier, &calm, t->mem, &again, err) || talk_pick(&again, who, err))
        return err->rc;
    again.is_silent = t->is_silent; /* it is the answer that is answered */
    return talk_run(&again, &ignored, err);
}

static enum rc take_answer(struct talk *t, struct err *err)
{
    const enum text_question_kind kind = t->question.kind;
    int64_t id = 0;

    if (kind == TEXT_ASK_WHICH_GROUP || kind == TEXT_ASK_WHO) {
        if (talk_ask_choice(t, t->meaning.number, &id, err) || close_it(t, err))
            return err->rc;
        return kind == TEXT_ASK_WHO ? take_who(t, id, err) : take_group(t, id, err);
    }
    if (kind == TEXT_ASK_LANGUAGE) {
        if (close_it(t, err))
            return err->rc;
        return t->meaning.answer == ANSWER_YES ? talk_set_language(t, (enum person_language)t->question.subject_id, err)
                                               : talk_say_flag(t, MAILING_TEXT_SAY, "is_language_kept", err);
    }
    if (kind == TEXT_ASK_WHICH_ITEM)
        return close_it(t, err) || take_item(t, err) ? err->rc : RC_OK;
    return close_it(t, err) ? err->rc : talk_tell(t, TELL_TEXT_CAME, err);
}

/* ---- several who share the phone ---- */

/* A number is of one of them. */
static const struct person *owner_of_numbers(const struct talk *t)
{
    const int n = t->meaning.kind == TEXT_MEANS_COMMENT ? t->meaning.pieces.v[0].numbers[0] : t->meaning.number;

    for (size_t i = 0; n && i < t->item_count; i++)
        for (size_t k = 0; t->items[i].n == n && k < t->user_count; k++)
            if (t->users[k].id.v == t->items[i].person.v)
                return &t->users[k];
    return NULL;
}

/* One of those who use the phone. */
static bool is_users_name(const struct talk *t, const char *plain)
{
    for (size_t i = 0; i < t->user_count; i++) {
        const struct words_list name = words_split(t->users[i].name, 0, t->mem);

        for (size_t k = 0; k < name.count; k++)
            if (name.v[k].kind == WORDS_WORD && !strcmp(name.v[k].plain, plain))
                return true;
    }
    return false;
}

/* "Neither Rose nor Harold live here", "who is Rose? I don't know her": they may be a stranger, who is shown no names. */
static bool denies_them(const struct talk *t)
{
    static const char no[] =
        "no not never isn't isnt aren't arent ain't aint don't dont doesn't doesnt didn't didnt wrong neither nor none "
        "nobody anybody anymore longer who quien ningun ninguna ninguno nadie ni tampoco equivocado";
    const struct words_list list = words_split(t->in->words, 0, t->mem);
    bool has_name = false, has_no = false;

    for (size_t i = 0; i < list.count; i++) {
        has_name |= list.v[i].kind == WORDS_WORD && is_users_name(t, list.v[i].plain);
        has_no |= words_among(list.v[i].plain, no);
    }
    return has_name && has_no;
}

static enum rc ask_who(struct talk *t, bool *ret_is_done, struct err *err)
{
    struct talk_choice choices[TALK_CHOICES_MAX];
    size_t n = 0;

    t->hides_names |= denies_them(t);
    for (; n < t->user_count && n < TALK_CHOICES_MAX; n++)
        choices[n] = (struct talk_choice){ render_first_name(t->users[n].name, t->mem), t->users[n].id.v };
    return talk_ask(t, TEXT_ASK_WHO, t->in->id.v, choices, n, ret_is_done, err);
}

/* "It's not Rose", "This isn't Rose Marsh", "No soy Rosa": said of one who uses the phone, and nothing else. */
static bool is_not_them(const struct talk *t)
{
    static const char *const sayings[] = { "no? sorry? it's|its|i'm|im|this|it is|am? not|isn't|isnt",
                                           "no? sorry? i am not", "este|esta|esto? no soy|es" };
    const struct words_list all = words_split(t->in->words, 12, t->mem);
    struct words_token v[12];
    size_t n = 0, named = 0;

    for (size_t i = 0; i < all.count && i < COUNT_OF(v); i++)
        if (all.v[i].kind == WORDS_WORD)
            v[n++] = all.v[i];
    while (named < n && is_users_name(t, v[n - 1 - named].plain))
        named++;
    for (size_t i = 0; named && all.count < COUNT_OF(v) && i < COUNT_OF(sayings); i++)
        if (words_match(sayings[i], v, n - named) == n - named)
            return true;
    return false;
}

enum rc talk_not_them(struct talk *t, bool *ret_is_done, struct err *err)
{
    struct json *values;

    *ret_is_done = false;
    if (t->user_count < 2 || t->consent.state != TEXT_YES || talk_has_alarm(t) || !is_not_them(t))
        return RC_OK;
    if (!t->writer.id.v) {
        t->hides_names = true;
        return talk_tell(t, TELL_TEXT_CAME, err) ? err->rc : ask_who(t, ret_is_done, err);
    }
    *ret_is_done = true; /* they have said who: staff mend what stands under the wrong name */
    if (talk_tell(t, TELL_TEXT_CAME, err))
        return err->rc;
    values = json_object_new();
    json_set_str(values, "writer", render_first_name(t->writer.name, t->mem));
    return talk_say(t, MAILING_TEXT_SAY, &values, err);
}

static bool needs_writer(enum text_means kind)
{
    return kind == TEXT_MEANS_COMMENT || kind == TEXT_MEANS_FREE || kind == TEXT_MEANS_UNSURE ||
           kind == TEXT_MEANS_COMMAND || kind == TEXT_MEANS_LIST || kind == TEXT_MEANS_GROUPS ||
           kind == TEXT_MEANS_MORE || kind == TEXT_MEANS_ZONE || kind == TEXT_MEANS_LATE;
}

enum rc talk_question(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct person *owner;

    *ret_is_done = false;
    if (t->meaning.kind == TEXT_MEANS_ANSWER) {
        *ret_is_done = true;
        return take_answer(t, err);
    }
    if (t->writer.id.v || !needs_writer(t->meaning.kind))
        return RC_OK;
    owner = owner_of_numbers(t);
    return owner ? talk_pick(t, owner, err) : ask_who(t, ret_is_done, err);
}
