/* What there is to read by text: LIST and GROUPS. How much of people's words may leave is the number's level (R19). */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/say/phrase.h"
#include "store/conversation.h"

#define LIST_MAX 12
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

enum rc talk_show_list(struct talk *t, struct err *err)
{
    struct json *values = json_object_new(), *items = json_array_new();
    size_t n = 0;

    for (size_t i = 0; i < t->item_count && n < LIST_MAX; i++) {
        struct json *item;
        const char *title;

        if (!is_readable(t, &t->items[i]))
            continue;
        if (title_of(t, &t->items[i], &title, err)) {
            json_free(&values);
            json_free(&items);
            return err->rc;
        }
        item = json_object_new();
        json_set_int(item, "number", t->items[i].n);
        json_set_str(item, "title", *title ? title : talk_seat_of(t, t->items[i].group)->group.alias);
        json_push(items, &item);
        n++;
    }
    json_set_bool(values, "has_items", n > 0);
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
