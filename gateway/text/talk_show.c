/* What there is to read by text: LIST and GROUPS. How much of people's words may leave is the number's level (R19). */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/say/phrase.h"
#include "store/conversation.h"

#include <stdlib.h>

#define LIST_MAX 6     /* three parts */
#define TITLE_CHARS 60 /* level 1 */

/* "Maria: …" of what people wrote is level 2; their title, level 1. */
static enum rc title_of(const struct talk *t, const struct text_item *item, const char **ret_title, struct err *err)
{
    struct conversation c;
    enum rc rc;

    *ret_title = "";
    if (t->consent.level == 0 || item->kind != TEXT_ITEM_CONVERSATION)
        return RC_OK;
    rc = conversation_get(&t->gate->store, (struct conversation_id){ item->target }, t->mem, &c, err);
    if (!rc && c.title)
        *ret_title = text_excerpt(t->mem, c.title, TITLE_CHARS);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static bool is_readable(const struct talk *t, const struct text_item *item)
{
    return item->person.v == t->writer.id.v && talk_seat_of(t, item->group) &&
           (item->kind == TEXT_ITEM_CONVERSATION || item->kind == TEXT_ITEM_ANNOUNCEMENT);
}

static enum rc put_item(const struct talk *t, const struct text_item *item, struct json *items, struct err *err)
{
    struct json *row;
    const char *title;

    if (title_of(t, item, &title, err))
        return err->rc;
    row = json_object_new();
    json_set_int(row, "number", item->n);
    json_set_str(row, "title", *title ? title : talk_seat_of(t, item->group)->group.alias);
    json_push(items, &row);
    return RC_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct text_item *const *x = a, *const *y = b;

    if ((*x)->given_ms != (*y)->given_ms)
        return (*x)->given_ms < (*y)->given_ms ? -1 : 1;
    return (*x)->n < (*y)->n ? -1 : 1;
}

/* The newest, and how many older ones can be answered too. */
enum rc talk_show_list(struct talk *t, struct err *err)
{
    const struct text_item **const live = ARENA_ARRAY(t->mem, t->item_count + 1, const struct text_item *);
    struct json *values = json_object_new(), *items = json_array_new();
    size_t n = 0, older;

    for (size_t i = 0; i < t->item_count; i++)
        if (is_readable(t, &t->items[i]))
            live[n++] = &t->items[i];
    qsort(live, n, sizeof *live, by_time);
    older = n > LIST_MAX ? n - LIST_MAX : 0;
    for (size_t i = older; i < n; i++)
        if (put_item(t, live[i], items, err)) {
            json_free(&values);
            json_free(&items);
            return err->rc;
        }
    json_set_bool(values, "has_items", n > 0);
    json_set_str(values, "more_count", NULL);
    if (older)
        json_set_int(values, "more_count", (int64_t)older);
    json_set(values, "items", &items);
    return talk_say(t, MAILING_TEXT_LIST, &values, err);
}

enum rc talk_show_groups(struct talk *t, struct err *err)
{
    struct json *values = json_object_new(), *items = json_array_new();

    for (size_t i = 0; i < t->living_count; i++) {
        const struct talk_seat *const seat = &t->seats[i];
        struct json *item = json_object_new();

        json_set_str(item, "title", seat->group.alias);
        json_set_str(item, "paused_until",
                     seat->m.state == MEMBER_PAUSED
                         ? phrase_day(t->gate, t->writer.language, seat->group.zone, seat->m.paused_until_ms, t->mem)
                         : NULL);
        json_push(items, &item);
    }
    json_set(values, "items", &items);
    return talk_say(t, MAILING_TEXT_GROUPS, &values, err);
}
