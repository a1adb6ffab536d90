/* Words of members: each piece under its number, the rest where it can only belong; otherwise they are asked. */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/say/tell.h"
#include "gateway/text/talk_ask.h"
#include "gateway/text/talk_hold.h"
#include "inbound/words.h"
#include "store/conversation.h"
#include "store/post.h"
#include "store/question.h"

#define RECENT_MS MS_DAY /* an item that was given within this is what words without a number may answer */

/* ---- what a number names ---- */

static bool is_of_group(const struct text_item *item)
{
    return item->kind == TEXT_ITEM_CONVERSATION || item->kind == TEXT_ITEM_ANNOUNCEMENT;
}

/* An announcement that nobody answered yet has no conversation: 0. */
static enum rc conversation_of(const struct talk *t, const struct text_item *item, int64_t *ret_id, struct err *err)
{
    struct post post;

    *ret_id = item->target;
    if (item->kind == TEXT_ITEM_CONVERSATION)
        return RC_OK;
    if (post_get(&t->gate->store, (struct post_id){ item->target }, t->mem, &post, err))
        return err->rc;
    *ret_id = post.conversation.v;
    return RC_OK;
}

/* ---- "14 Thanks Maria", "14 and 15 thanks" ---- */

/* The pieces of the text for one group. */
static enum rc pieces_of(const struct talk *t, struct group_id group, struct place_piece *out, size_t *ret_n,
                         struct err *err)
{
    *ret_n = 0;
    for (size_t i = 0; i < t->meaning.pieces.count; i++) {
        const struct number_piece *const p = &t->meaning.pieces.v[i];
        int64_t *const ids = ARENA_ARRAY(t->mem, p->count, int64_t);
        size_t n = 0;

        for (size_t k = 0; k < p->count; k++) {
            const struct text_item *const item = talk_item(t, p->numbers[k]);

            if (!item || item->group.v != group.v || !is_of_group(item))
                continue;
            if (conversation_of(t, item, &ids[n], err))
                return err->rc;
            n += ids[n] != 0;
        }
        if (n)
            out[(*ret_n)++] = (struct place_piece){ .conversations = ids,
                                                    .count = n,
                                                    .text = arena_strndup(t->mem, t->in->words + p->at, p->len),
                                                    .words_at = p->words_at - p->at,
                                                    .why = PLACE_NUMBER };
    }
    return RC_OK;
}

/* How many numbers of the text go nowhere: a visit, private words, an announcement without a talk, a group they left. */
static enum rc count_lost(const struct talk *t, size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    for (size_t i = 0; i < t->meaning.pieces.count; i++)
        for (size_t k = 0; k < t->meaning.pieces.v[i].count; k++) {
            const struct text_item *const item = talk_item(t, t->meaning.pieces.v[i].numbers[k]);
            int64_t conversation = 0;

            if (item && is_of_group(item) && talk_seat_of(t, item->group) &&
                conversation_of(t, item, &conversation, err))
                return err->rc;
            *ret_n += conversation == 0;
        }
    return RC_OK;
}

static enum rc hold_numbered(struct talk *t, bool *ret_is_done, struct err *err)
{
    struct place_piece *const pieces = ARENA_ARRAY(t->mem, t->meaning.pieces.count, struct place_piece);
    const struct talk_seat *last = NULL;
    size_t n, lost;

    for (size_t i = 0; i < t->living_count; i++) {
        struct talk_hold hold = { .seat = &t->seats[i], .in = t->in, .pieces = pieces };
        struct held held;

        if (pieces_of(t, t->seats[i].m.group, pieces, &hold.count, err))
            return err->rc;
        if (!hold.count)
            continue;
        if (talk_hold(t, &hold, &held, err))
            return err->rc;
        last = &t->seats[i];
    }
    n = last != NULL;
    if (count_lost(t, &lost, err) || (lost && talk_tell(t, TELL_TEXT_CAME, err)))
        return err->rc;
    *ret_is_done = true;
    if (n)
        return talk_acknowledge(t, last, err);
    return talk_say_flag(t, MAILING_TEXT_SAY, "is_to_staff", err);
}

/* ---- words without a number ---- */

static size_t recent_items(const struct talk *t, struct group_id group, const struct text_item **out)
{
    const int64_t since = gate_now_ms(t->gate) - RECENT_MS;
    size_t n = 0;

    for (size_t i = 0; i < t->item_count; i++) {
        const struct text_item *const item = &t->items[i];

        if (is_of_group(item) && item->given_ms >= since && item->person.v == t->writer.id.v &&
            (group.v ? item->group.v == group.v : talk_seat_of(t, item->group) != NULL))
            out[n++] = item;
    }
    return n;
}

static enum rc hold_one(struct talk *t, const struct talk_seat *seat, int64_t conversation, bool is_new,
                        struct held *ret_held, struct err *err)
{
    const enum place_why why = conversation ? PLACE_ONLY_ONE : is_new ? PLACE_TOKEN : PLACE_UNKNOWN;
    const struct talk_hold hold = { .seat = seat,
                                    .in = t->in,
                                    .pieces = talk_piece(t, t->in->words, conversation, why),
                                    .count = 1,
                                    .is_new = is_new };

    return talk_hold(t, &hold, ret_held, err);
}

/* Levels 0 and 1 show no titles by text: the number is what they saw. */
static enum rc name_item(const struct talk *t, const struct text_item *item, int64_t conversation,
                         const char **ret_name, struct err *err)
{
    struct conversation c;

    *ret_name = arena_printf(t->mem, "(%" PRId64 ")", item->n);
    if (t->consent.level == 0 || !conversation)
        return RC_OK;
    if (conversation_get(&t->gate->store, (struct conversation_id){ conversation }, t->mem, &c, err))
        return err->rc;
    if (c.title && *c.title)
        *ret_name = arena_printf(t->mem, "(%" PRId64 ") %s", item->n, c.title);
    return RC_OK;
}

/* Held unplaced, as by mail: what hold_answer_which reads. */
static enum rc keep_question(struct talk *t, const struct post *p, const struct talk_choice *choices, size_t n,
                             struct err *err)
{
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(strbuf_done) struct strbuf data = STRBUF(JSON_MAX_BYTES);
    struct json *items = json_array_new();
    struct question question = { .kind = QUESTION_WHICH_ONE,
                                 .person = t->writer.id,
                                 .subject_id = p->id.v,
                                 .due_ms = gate_now_ms(t->gate) + TEXT_QUESTION_LIVE_MS };

    for (size_t i = 0; i < n; i++) {
        struct json *choice = json_object_new();

        json_set_int(choice, "number", (int64_t)i + 1);
        json_set_str(choice, "title", choices[i].name);
        json_set_int(choice, "conversation", choices[i].id);
        json_push(items, &choice);
    }
    json_set(values, "items", &items);
    json_print(values, false, &data);
    question.data = strbuf_peek(&data);
    return question_add(&t->gate->store, &question, err);
}

static enum rc ask_item(struct talk *t, const struct talk_seat *seat, const struct text_item *const *items, size_t n,
                        struct err *err)
{
    struct talk_choice choices[TALK_CHOICES_MAX];
    struct held held;
    size_t count = 0;
    bool asked;

    for (size_t i = 0; i < n && count < TALK_CHOICES_MAX; i++) {
        int64_t conversation;

        if (conversation_of(t, items[i], &conversation, err) ||
            (conversation && name_item(t, items[i], conversation, &choices[count].name, err)))
            return err->rc;
        choices[count].id = conversation;
        count += conversation != 0;
    }
    if (!count)
        return hold_one(t, seat, 0, true, &held, err) ? err->rc : talk_acknowledge(t, seat, err);
    if (hold_one(t, seat, 0, false, &held, err))
        return err->rc;
    if (!held.count || held.joined[0])
        return talk_acknowledge(t, seat, err);
    if (keep_question(t, &held.posts[0], choices, count, err))
        return err->rc;
    return talk_ask(t, TEXT_ASK_WHICH_ITEM, held.posts[0].id.v, choices, count, &asked, err);
}

static enum rc ask_group(struct talk *t, bool *ret_is_done, struct err *err)
{
    struct talk_choice choices[TALK_CHOICES_MAX];
    size_t n = 0;

    for (; n < t->living_count && n < TALK_CHOICES_MAX; n++)
        choices[n] = (struct talk_choice){ t->seats[n].group.alias, t->seats[n].m.group.v };
    return talk_ask(t, TEXT_ASK_WHICH_GROUP, t->in->id.v, choices, n, ret_is_done, err);
}

static enum rc hold_free(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item **const items = ARENA_ARRAY(t->mem, t->item_count + 1, const struct text_item *);
    const size_t n = recent_items(t, (struct group_id){ 0 }, items);
    const struct talk_seat *seat = n == 1 ? talk_seat_of(t, items[0]->group) : &t->seats[0];
    int64_t conversation = 0;
    struct held held;

    if (n != 1 && t->living_count > 1)
        return ask_group(t, ret_is_done, err);
    *ret_is_done = true;
    if (n > 1)
        return ask_item(t, seat, items, n, err);
    if (n == 1 && conversation_of(t, items[0], &conversation, err))
        return err->rc;
    return hold_one(t, seat, conversation, !conversation, &held, err) ? err->rc : talk_acknowledge(t, seat, err);
}

/* "14 mg helped", with 14 live: it may be that talk, or a note of its own. */
static enum rc hold_unsure(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item *const item = talk_item(t, t->meaning.number);
    const struct talk_seat *const seat = item && is_of_group(item) ? talk_seat_of(t, item->group) : NULL;

    if (!seat)
        return RC_OK;
    *ret_is_done = true;
    return ask_item(t, seat, &item, 1, err);
}

/* "Thanks!", a heart, a bare yes: words only where one item alone can be meant. */
static enum rc hold_courtesy(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item **const items = ARENA_ARRAY(t->mem, t->item_count + 1, const struct text_item *);

    if (recent_items(t, (struct group_id){ 0 }, items) == 1)
        return hold_free(t, ret_is_done, err);
    *ret_is_done = t->meaning.kind == TEXT_MEANS_COURTESY && !talk_has_alarm(t);
    return RC_OK;
}

/* "I can't stop crying", "cancel my Tuesday visit": it ends nothing, and a person reads it soon (R2). */
static enum rc mark_prose(struct talk *t, struct err *err)
{
    return t->meaning.stop_in_prose ? talk_tell(t, TELL_FREE_STOP, err) : RC_OK;
}

static enum rc say_old(struct talk *t, bool *ret_is_done, struct err *err)
{
    if (talk_has_alarm(t)) /* answered with the words for such a moment; staff have it */
        return RC_OK;
    *ret_is_done = true;
    if (t->meaning.kind == TEXT_MEANS_OLD && talk_tell(t, TELL_TEXT_CAME, err))
        return err->rc;
    return talk_say_flag(t, MAILING_TEXT_SAY, t->meaning.kind == TEXT_MEANS_OLD ? "is_old" : "is_no_number", err);
}

/* "THANKS 14", where thanks are not counted in private: the word, under the number. */
static enum rc hold_thanks(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item *const item = talk_item(t, t->meaning.command.number);
    const struct talk_seat *const seat = item && is_of_group(item) ? talk_seat_of(t, item->group) : NULL;
    const struct words_list list = words_split(t->in->words, 0, t->mem);
    struct talk_hold hold = { .seat = seat, .in = t->in, .count = 1 };
    int64_t conversation;
    struct held held;
    size_t i = 0;

    while (i < list.count && !words_among(list.v[i].plain, "thanks gracias"))
        i++;
    if (!seat || i == list.count)
        return say_old(t, ret_is_done, err);
    if (conversation_of(t, item, &conversation, err))
        return err->rc;
    *ret_is_done = true;
    hold.pieces = talk_piece(t, arena_strndup(t->mem, t->in->words + list.v[i].at, list.v[i].len), conversation,
                             conversation ? PLACE_NUMBER : PLACE_TOKEN);
    hold.is_new = !conversation;
    return talk_hold(t, &hold, &held, err) ? err->rc : talk_acknowledge(t, seat, err);
}

enum rc talk_comment(struct talk *t, bool *ret_is_done, struct err *err)
{
    *ret_is_done = false;
    if (!t->writer.id.v || t->writer.kind == PERSON_STAFF || !t->living_count)
        return RC_OK;
    if (mark_prose(t, err))
        return err->rc;
    switch (t->meaning.kind) {
    case TEXT_MEANS_COMMENT:
        return hold_numbered(t, ret_is_done, err);
    case TEXT_MEANS_COMMAND: /* THANKS 14; ANON and a note; a wish in other words than ours */
        return t->meaning.command.kind == COMMAND_THANKS ? hold_thanks(t, ret_is_done, err)
                                                         : hold_free(t, ret_is_done, err);
    case TEXT_MEANS_FREE:
        return hold_free(t, ret_is_done, err);
    case TEXT_MEANS_UNSURE:
        return hold_unsure(t, ret_is_done, err);
    case TEXT_MEANS_COURTESY:
    case TEXT_MEANS_BARE:
        return hold_courtesy(t, ret_is_done, err);
    case TEXT_MEANS_OLD:
    case TEXT_MEANS_UNKNOWN:
        return say_old(t, ret_is_done, err);
    default:
        return RC_OK;
    }
}
