#include "gateway/note/review_item.h"

#include "base/text.h"
#include "gateway/digest/text_preview.h"
#include "gateway/home/context.h"
#include "gateway/note/hold.h"
#include "gateway/note/topic.h"
#include "gateway/note/two_oks.h"
#include "gateway/say/next_letter.h"
#include "gateway/say/phrase.h"
#include "inbound/place.h"
#include "store/conversation.h"
#include "store/membership.h"
#include "store/text_in.h"

#define HISTORY_POSTS 3
#define PLACES_MAX 9

static const char *word(const struct review_writing *w, enum phrase_word which)
{
    return phrase_word(w->reader->language, which);
}

static void add_flag(struct json *flags, const char *words, const char *phrase)
{
    struct json *flag = json_object_new();

    json_set_str(flag, "flag", words);
    json_set_str(flag, "phrase", phrase);
    json_push(flags, &flag);
}

/* Each hit of the word lists with its phrase, then the flags that have none. */
static struct json *flags_json(const struct review_writing *w, const struct post *p, const struct context *c)
{
    const enum person_language language = w->reader->language;
    struct json *flags = json_array_new();
    bool has_hit;

    for (int64_t bit = 1; bit <= POST_FLAG_LAST; bit <<= 1) {
        const char *words = phrase_flag(language, (enum post_flag)bit);

        if (!(p->flags & bit) || !*words)
            continue;
        has_hit = false;
        for (size_t i = 0; i < c->hit_count; i++)
            if (!strcmp(phrase_flag_named(language, c->hits[i].flag), words) && !context_hit_is_part(c, i)) {
                add_flag(flags, words, c->hits[i].phrase);
                has_hit = true;
            }
        if (!has_hit)
            add_flag(flags, words, NULL);
    }
    return flags;
}

enum rc review_shown_name(struct gate *gate, struct group_id group, struct person_id person, struct arena *mem,
                          const char **ret_name, struct err *err)
{
    struct membership m;
    struct person who;
    enum rc rc = membership_find(&gate->store, group, person, mem, &m, err);

    if (rc == RC_OK) {
        *ret_name = m.name;
        return RC_OK;
    }
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = person_get(&gate->store, person, mem, &who, err);
    *ret_name = who.name;
    return rc;
}

static enum rc conversation_json(const struct review_writing *w, const struct post *p, struct json *item,
                                 struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct post *posts = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;

    if (p->conversation.v)
        rc = post_in_conversation(&w->gate->store, p->conversation, INT64_MAX, 200, w->mem, &posts, &n, err);
    for (size_t i = n > HISTORY_POSTS ? n - HISTORY_POSTS : 0; !rc && i < n; i++) {
        struct json *line = json_object_new();
        const char *who = "";

        rc = review_shown_name(w->gate, p->group, posts[i].author, w->mem, &who, err);
        json_set_str(line, "who", who);
        json_set_str(line, "when", phrase_moment(w->gate, w->reader->language, NULL, posts[i].published_ms, w->mem));
        json_set_str(line, "text", text_excerpt(w->mem, posts[i].text, 300));
        json_push(list, &line);
    }
    json_set_bool(item, "has_talk", json_count(list) > 0);
    json_set(item, "conversation", &list);
    return rc;
}

static enum phrase_word why_placed(const struct post *p)
{
    static const enum phrase_word why[] = {
        [PLACE_TOKEN] = PHRASE_BY_ADDRESS,         [PLACE_INTERLEAVED] = PHRASE_BY_QUOTE,
        [PLACE_NUMBER] = PHRASE_BY_NUMBER,         [PLACE_ONLY_ONE] = PHRASE_BY_ONLY_ONE,
        [PLACE_UNKNOWN] = PHRASE_BY_NOBODY,        [HOLD_PLACED_BY_STAFF] = PHRASE_BY_STAFF,
        [HOLD_PLACED_BY_AUTHOR] = PHRASE_BY_AUTHOR
    };

    if (p->placed_why == PLACE_TOKEN && p->kind == POST_POST)
        return PHRASE_BY_NEW_MAIL;
    return p->placed_why >= 0 && p->placed_why < (int64_t)COUNT_OF(why) ? why[p->placed_why] : PHRASE_BY_NOBODY;
}

static enum rc where_json(const struct review_writing *w, const struct post *p, struct json *item, struct err *err)
{
    struct conversation c = { .title = "" };
    const char *where;
    enum rc rc = RC_OK;

    if (p->conversation.v)
        rc = conversation_get(&w->gate->store, p->conversation, w->mem, &c, err);
    if (rc)
        return rc;
    if (p->kind == POST_ANNOUNCEMENT)
        where = word(w, PHRASE_AS_NEWS);
    else if (!p->conversation.v)
        where = word(w, PHRASE_NO_TALK_YET);
    else
        where =
            arena_printf(w->mem, "%s: %s", word(w, p->kind == POST_POST ? PHRASE_NEW_TALK : PHRASE_IN_TALK), c.title);
    json_set_str(item, "placed_where", where);
    json_set_str(item, "placed_why", word(w, why_placed(p)));
    return RC_OK;
}

/* A note with a date goes out on it; any other with the next letter. */
static const char *due_when(const struct review_writing *w, const struct post *p, const struct care_group *g)
{
    struct err ignored;
    int64_t due_ms;

    if (topic_due(w->gate, p, &due_ms, &ignored) || !due_ms)
        return next_letter_say(w->gate, g, w->reader->language, w->mem);
    return arena_printf(w->mem, "%s, %s", phrase_moment_there(w->gate, w->reader->language, g->zone, due_ms, w->mem),
                        word(w, PHRASE_IF_OK_BEFORE));
}

static enum rc author_json(const struct review_writing *w, const struct post *p, struct json *item, struct err *err)
{
    struct json *history = json_array_new();
    struct json *line = json_object_new();
    struct person who = { .name = "" };
    const char *name = "";
    int64_t n = 0;
    enum rc rc = review_shown_name(w->gate, p->group, p->author, w->mem, &name, err);

    if (!rc)
        rc = person_get(&w->gate->store, p->author, w->mem, &who, err);
    if (!rc)
        rc = post_count_waiting_by(&w->gate->store, p->author, &n, err);
    if (p->is_anonymous)
        name = arena_printf(w->mem, "%s (%s)", name, word(w, PHRASE_AS_A_MEMBER));
    json_set_str(item, "author", name);
    json_set_str(item, "author_real", who.name);
    json_set_str(item, "chart_reference", who.chart ? who.chart : "");
    json_set_str(line, "line",
                 p->flags & POST_FLAG_FIRST ? word(w, PHRASE_FIRST_NOTE)
                                            : arena_printf(w->mem, "%s: %" PRId64, word(w, PHRASE_NOTES_WAIT), n));
    json_push(history, &line);
    json_set(item, "author_history", &history);
    return rc;
}

/* Of two people who must say OK: who did, and when. */
static enum rc first_json(const struct review_writing *w, const struct post *p, struct json *item, struct err *err)
{
    struct two_oks_first first = { .by = { .name = NULL } };
    const enum rc rc = two_oks_first(w->gate, p, w->mem, &first, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    json_set_str(item, "first_who", rc ? NULL : first.by.name);
    json_set_str(item, "first_when", rc ? NULL : phrase_time(w->gate, w->reader->language, first.at_ms, w->mem));
    json_set_bool(item, "has_said_ok", !rc && first.by.id.v == w->reader->id.v);
    return RC_OK;
}

/* All photos of a note or none: what is not shown is not released by an answer. */
static enum rc photos_json(struct review_writing *w, const struct post *p, struct json *item, struct err *err)
{
    const size_t before = w->pictures.n;
    enum rc rc;

    if (w->is_reminder) {
        w->photos_shown = 0;
        return RC_OK;
    }
    rc = pictures_add(w->gate, &w->pictures, p, json_get_str(item, "author", ""), w->reader->language, w->mem, item,
                      err);
    w->photos_shown = w->pictures.n - before;
    json_set_bool(item, "has_photo_unseen", !rc && w->pictures.is_full);
    return rc;
}

/* A letter of a text is the text that came. */
static enum rc put_channel(const struct review_writing *w, const struct post *p, struct json *item, struct err *err)
{
    struct text_in text;
    const enum rc rc = text_in_get(&w->gate->store, (struct text_in_id){ p->letter.v }, w->mem, &text, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    json_set_str(item, "channel", word(w, rc ? PHRASE_EMAIL : PHRASE_TEXT));
    return RC_OK;
}

enum rc review_fill_item(struct review_writing *w, const struct post *p, const struct care_group *g, struct json *item,
                         struct err *err)
{
    const int64_t now_ms = gate_now_ms(w->gate);
    struct context c;
    struct json *flags;
    enum rc rc = context_read(p->context, w->mem, &c, err);

    if (rc)
        return rc;
    flags = flags_json(w, p, &c);
    json_set(item, "flags", &flags);
    json_set_str(item, "text", p->text);
    json_set_str(item, "trimmed", c.trimmed);
    json_set_bool(item, "suggested_cut", *c.cut != '\0');
    json_set_str(item, "cut", c.cut);
    json_set_str(item, "earlier", c.earlier);
    json_set_str(item, "received_when", phrase_moment(w->gate, w->reader->language, NULL, p->created_ms, w->mem));
    json_set_str(item, "waiting", phrase_span(w->reader->language, now_ms - p->created_ms, w->mem));
    json_set_bool(item, "needs_second", two_oks_needed(p, g));
    json_set_bool(item, "is_unverified", (p->flags & POST_FLAG_UNVERIFIED) != 0);
    json_set_str(item, "due_when", due_when(w, p, g));
    rc = put_channel(w, p, item, err);
    if (!rc)
        rc = author_json(w, p, item, err);
    if (!rc)
        rc = first_json(w, p, item, err);
    if (!rc)
        rc = text_preview_put(w->gate, g, p->audience_tag, json_get_str(item, "author", ""), p->text, item, err);
    if (!rc)
        rc = photos_json(w, p, item, err);
    if (!rc)
        rc = where_json(w, p, item, err);
    if (!rc)
        rc = conversation_json(w, p, item, err);
    return rc;
}

enum rc review_add_places(struct review_writing *w, struct group_id group, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *places = json_array_new();
    CLEANUP(json_free) struct json *ids = json_array_new();
    struct conversation *talks;
    size_t n;
    enum rc rc = conversation_recent(&w->gate->store, group, PLACES_MAX, w->mem, &talks, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        struct json *place = json_object_new();
        struct json *id = json_object_new();

        json_set_int(place, "number", (int64_t)i + 1);
        json_set_str(place, "title", talks[i].title);
        json_push(places, &place);
        json_set_int(id, "id", talks[i].id.v);
        json_push(ids, &id);
    }
    json_set_bool(values, "has_places", n > 0);
    json_set(values, "places", &places);
    json_set(w->data, "places", &ids);
    return rc;
}
