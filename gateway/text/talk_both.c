/*
 * A text that names a visit and a conversation in one breath: "1 and thanks 14", "10 yes 14 thanks Maria". Where each has a line of its own, or one number
 * stands beside the other ("10 and 14 yes"), talk_visit and talk_comment act on both. Where the words of one may hold the other, nothing is half done: staff
 * have the words, and they are asked which one they mean.
 */
#include "gateway/text/talk.h"

#include "gateway/say/tell.h"
#include "inbound/rsvp.h"
#include "inbound/words.h"

static bool is_talk(const struct text_item *item)
{
    return item && (item->kind == TEXT_ITEM_CONVERSATION || item->kind == TEXT_ITEM_ANNOUNCEMENT);
}

static bool is_visit(const struct text_item *item)
{
    return item && item->kind == TEXT_ITEM_VISIT;
}

/* The live item that a token of figures names; no time of day, and nothing that is counted. */
static const struct text_item *named(const struct talk *t, const struct words_list *list, size_t i)
{
    const struct words_token *const v = &list->v[i];

    if (v->kind != WORDS_WORD || strspn(v->plain, "0123456789") != strlen(v->plain) ||
        (i + 1 < list->count && number_is_unit(list->v[i + 1].plain)) ||
        (i + 1 < list->count && list->v[i + 1].is_glued && !words_is_mark(&list->v[i + 1], ". , ! ? :")) ||
        (i + 2 < list->count && list->v[i + 1].is_glued && list->v[i + 2].is_glued) ||
        (i && words_among(list->v[i - 1].plain, "at las")))
        return NULL;
    return talk_item(t, words_number(v));
}

static bool is_said(enum rsvp_answer answer)
{
    return answer == RSVP_YES || answer == RSVP_NO || answer == RSVP_MAYBE;
}

/* Of words that belong to one: the first item of the other kind in them, of a visit with an answer behind it. NULL: none. */
static const struct text_item *other_in(const struct talk *t, const char *words, bool wants_visit)
{
    const struct words_list list = words_split(words, 0, t->mem);

    for (size_t i = 0; i < list.count; i++) {
        const struct text_item *const item = named(t, &list, i);

        if (!wants_visit && is_talk(item))
            return item;
        if (wants_visit && is_visit(item) &&
            is_said(rsvp_read(words + list.v[i].at + list.v[i].len, t->names, t->mem).answer))
            return item;
    }
    return NULL;
}

static enum rc ask(struct talk *t, const struct text_item *visit, const struct text_item *talk, struct err *err)
{
    struct json *values = json_object_new();

    json_set_bool(values, "is_both", true);
    json_set_int(values, "number", visit->n);
    json_set_int(values, "item_number", talk->n);
    if (talk_tell(t, TELL_TEXT_CAME, err)) {
        json_free(&values);
        return err->rc;
    }
    return talk_say(t, MAILING_TEXT_SAY, &values, err);
}

/* "10 yes 14 thanks": the words behind a number hold the other one. */
static bool in_a_piece(const struct talk *t, const struct text_item **visit, const struct text_item **talk)
{
    const struct number_pieces *const all = &t->meaning.pieces;

    for (size_t i = 0; i < all->count; i++) {
        const struct number_piece *const p = &all->v[i];
        const char *const words = arena_strndup(t->mem, t->in->words + p->words_at, p->at + p->len - p->words_at);
        const struct text_item *const item = talk_item(t, p->numbers[0]);

        *visit = is_visit(item) ? item : other_in(t, words, true);
        *talk = is_talk(item) ? item : other_in(t, words, false);
        if (p->count == 1 && *visit && *talk)
            return true;
    }
    return false;
}

/* "1 and thanks 14", "yes, and 14 thanks": an answer to the open question, then the number of a conversation. */
static bool behind_an_answer(const struct talk *t, const struct text_item **visit, const struct text_item **talk)
{
    const struct words_list list = words_split(t->in->words, 0, t->mem);

    *visit = *talk = NULL;
    if (!t->question.id || t->question.kind != TEXT_ASK_RSVP)
        return false;
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].kind == TEXT_ITEM_VISIT && t->items[i].target == t->question.subject_id &&
            t->items[i].person.v == t->question.person.v)
            *visit = &t->items[i];
    for (size_t i = 1; *visit && i < list.count; i++) {
        *talk = named(t, &list, i);
        if (is_talk(*talk))
            return is_said(rsvp_read(arena_strndup(t->mem, t->in->words, list.v[i].at), t->names, t->mem).answer);
    }
    return false;
}

enum rc talk_both(struct talk *t, bool *ret_is_done, struct err *err)
{
    const enum text_means means = t->meaning.kind;
    const struct text_item *visit, *talk;

    *ret_is_done = !talk_has_alarm(t) && (means == TEXT_MEANS_COMMENT ? in_a_piece(t, &visit, &talk)
                                          : means == TEXT_MEANS_FREE || means == TEXT_MEANS_BARE ||
                                                  means == TEXT_MEANS_ANSWER || means == TEXT_MEANS_COURTESY
                                              ? behind_an_answer(t, &visit, &talk)
                                              : false);
    return *ret_is_done ? ask(t, visit, talk, err) : RC_OK;
}
