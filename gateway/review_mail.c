#include "gateway/review.h"

#include "base/text.h"
#include "gateway/context.h"
#include "gateway/hold.h"
#include "gateway/next_letter.h"
#include "gateway/notice.h"
#include "gateway/office.h"
#include "gateway/phrase.h"
#include "gateway/topic.h"
#include "inbound/place.h"
#include "store/conversation.h"
#include "store/due.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/question.h"

#define ALONE_MAX 3 /* over three waiting: one list mail */
#define LIST_MAX 20 /* items of one list mail */
#define LIST_DELAY_MS (10 * MS_MINUTE)
#define HISTORY_POSTS 3
#define PLACES_MAX 9

/* A review mail being written: one reader, one or several posts. */
struct writing {
    struct gate *gate;
    struct arena *mem;
    const struct person *reader;
    struct json *data; /* of the question: posts, versions and talks as shown */
    struct json *data_items;
    bool is_list;
};

static const char *word(const struct writing *w, enum phrase_word which)
{
    return phrase_word(w->reader->language, which);
}

/* --- one item ------------------------------------------------------------------------------------------------------------------- */

static void add_flag(struct json *flags, const char *words, const char *phrase)
{
    struct json *flag = json_object_new();

    json_set_str(flag, "flag", words);
    json_set_str(flag, "phrase", phrase);
    json_push(flags, &flag);
}

/* Each hit of the word lists with its phrase, then the flags that have none. */
static struct json *flags_json(const struct writing *w, const struct post *p, const struct context *c)
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
            if (!strcmp(phrase_flag_named(language, c->hits[i].flag), words)) {
                add_flag(flags, words, c->hits[i].phrase);
                has_hit = true;
            }
        if (!has_hit)
            add_flag(flags, words, NULL);
    }
    return flags;
}

/* The name that the group sees; of staff their own. */
static enum rc shown_name(const struct writing *w, struct group_id group, struct person_id person,
                          const char **ret_name, struct err *err)
{
    struct membership m;
    struct person who;
    enum rc rc = membership_find(&w->gate->store, group, person, w->mem, &m, err);

    if (rc == RC_OK) {
        *ret_name = m.name;
        return RC_OK;
    }
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = person_get(&w->gate->store, person, w->mem, &who, err);
    *ret_name = who.name;
    return rc;
}

static enum rc conversation_json(const struct writing *w, const struct post *p, struct json *item, struct err *err)
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

        rc = shown_name(w, p->group, posts[i].author, &who, err);
        json_set_str(line, "who", who);
        json_set_str(line, "when", phrase_moment(w->gate, w->reader->language, NULL, posts[i].published_ms, w->mem));
        json_set_str(line, "text", text_excerpt(w->mem, posts[i].text, 300));
        json_push(list, &line);
    }
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

static enum rc where_json(const struct writing *w, const struct post *p, struct json *item, struct err *err)
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
static const char *due_when(const struct writing *w, const struct post *p, const struct care_group *g)
{
    struct err ignored;
    int64_t due_ms;

    if (topic_due(w->gate, p, &due_ms, &ignored) || !due_ms)
        return next_letter_say(w->gate, g, w->reader->language, w->mem);
    return arena_printf(w->mem, "%s, %s", phrase_moment_there(w->gate, w->reader->language, g->zone, due_ms, w->mem),
                        word(w, PHRASE_IF_OK_BEFORE));
}

static enum rc author_json(const struct writing *w, const struct post *p, struct json *item, struct err *err)
{
    struct json *history = json_array_new();
    struct json *line = json_object_new();
    struct person who = { .name = "" };
    const char *name = "";
    int64_t n = 0;
    enum rc rc = shown_name(w, p->group, p->author, &name, err);

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

/* The values of templates/_review_item for one post. */
static enum rc fill_item(struct writing *w, const struct post *p, const struct care_group *g, struct json *item,
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
    json_set_str(item, "channel", word(w, PHRASE_EMAIL));
    json_set_str(item, "received_when", phrase_moment(w->gate, w->reader->language, NULL, p->created_ms, w->mem));
    json_set_str(item, "waiting", phrase_span(w->reader->language, now_ms - p->created_ms, w->mem));
    json_set_bool(item, "needs_second", p->tier <= 1 || g->review == GROUP_REVIEW_TWO_PEOPLE);
    json_set_bool(item, "is_unverified", (p->flags & POST_FLAG_UNVERIFIED) != 0);
    json_set_str(item, "due_when", due_when(w, p, g));
    rc = author_json(w, p, item, err);
    if (!rc)
        rc = where_json(w, p, item, err);
    if (!rc)
        rc = conversation_json(w, p, item, err);
    return rc;
}

/* The newest talks of the group, numbered: what MOVE may name. */
static enum rc add_places(struct writing *w, struct group_id group, struct json *values, struct err *err)
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

static void remember(struct writing *w, const struct post *p)
{
    struct json *item = json_object_new();

    json_set_int(item, "post", p->id.v);
    json_set_int(item, "version", p->version);
    json_push(w->data_items, &item);
}

/* --- the mails ------------------------------------------------------------------------------------------------------------------ */

static struct writing start(struct gate *gate, struct arena *mem, const struct person *reader, bool is_list)
{
    return (struct writing){ .gate = gate,
                             .mem = mem,
                             .reader = reader,
                             .data = json_object_new(),
                             .data_items = json_array_new(),
                             .is_list = is_list };
}

/* Stores what was shown, then queues the mail about it. Takes values. */
static enum rc finish(struct writing *w, enum mailing_kind kind, struct group_id group, int64_t subject,
                      struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *data = MOVE(w->data);
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)1 << 20);
    struct question question = { .kind = QUESTION_REVIEW, .person = w->reader->id, .subject_id = subject };
    struct notice notice = { .kind = kind, .person = w->reader->id, .group = group, .reply = TOKEN_REVIEW, .lane = -1 };
    enum rc rc;

    json_set(data, "items", &w->data_items);
    json_print(data, false, &text);
    question.data = strbuf_peek(&text);
    rc = question_add(&w->gate->store, &question, err);
    if (rc) {
        json_free(&values);
        return rc;
    }
    notice.subject_id = question.id.v;
    notice.values = values;
    json_set_int(values, "review_number", phrase_number(question.id.v));
    rc = notice_queue(w->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* that person cannot be written to: reminders and doctor show it */
}

static void abandon(struct writing *w, struct json **values)
{
    json_free(&w->data);
    json_free(&w->data_items);
    json_free(values);
}

static enum rc send_single(struct gate *gate, const struct post *p, const struct person *reader, struct arena *mem,
                           struct err *err)
{
    struct writing w = start(gate, mem, reader, false);
    struct json *values = json_object_new();
    struct care_group g;
    enum rc rc = group_get(&gate->store, p->group, mem, &g, err);

    if (!rc)
        rc = fill_item(&w, p, &g, values, err);
    if (!rc)
        rc = add_places(&w, p->group, values, err);
    if (rc) {
        abandon(&w, &values);
        return err_wrap(err, "review mail of post %" PRId64, p->id.v);
    }
    json_set_str(values, "group_name", g.alias);
    remember(&w, p);
    return finish(&w, MAILING_REVIEW, p->group, p->id.v, values, err);
}

static enum rc add_item(struct writing *w, const struct post *p, int64_t number, struct json *items,
                        struct care_group *ret_group, struct err *err)
{
    CLEANUP(json_free) struct json *item = json_object_new();
    enum rc rc = group_get(&w->gate->store, p->group, w->mem, ret_group, err);

    if (!rc)
        rc = fill_item(w, p, ret_group, item, err);
    if (rc)
        return rc;
    json_set_int(item, "number", number);
    json_push(items, &item);
    remember(w, p);
    return RC_OK;
}

static enum rc send_list(struct gate *gate, enum mailing_kind kind, const struct post *posts, size_t n,
                         const struct person *reader, struct arena *mem, struct err *err)
{
    struct writing w = start(gate, mem, reader, true);
    struct json *values = json_object_new();
    CLEANUP(json_free) struct json *items = json_array_new();
    struct care_group g = { .alias = "" };
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < n && i < LIST_MAX; i++)
        rc = add_item(&w, &posts[i], (int64_t)i + 1, items, &g, err);
    if (rc) {
        abandon(&w, &values);
        return err_wrap(err, "review list");
    }
    json_set(values, "items", &items);
    json_set_int(values, "waiting_count", (int64_t)n);
    json_set_str(values, "waiting", phrase_span(reader->language, gate_now_ms(gate) - posts[0].created_ms, mem));
    json_set_str(values, "date", phrase_day(gate, reader->language, NULL, gate_now_ms(gate), mem));
    json_set_str(values, "group_name", g.alias);
    json_set_str(values, "next_who", "");
    return finish(&w, kind, g.id, 0, values, err);
}

/* The n-th person on duty who may decide about the post; id 0 when there is none. */
static enum rc reader_of(struct gate *gate, const struct post *p, size_t nth, struct arena *mem,
                         struct person *ret_reader, struct err *err)
{
    struct person *staff;
    size_t n;
    enum rc rc = office_duty(gate, mem, &staff, &n, err);

    *ret_reader = (struct person){ .name = "" };
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (p->deputy.v == staff[i].id.v) {
            *ret_reader = staff[i];
            return RC_OK;
        }
    for (size_t i = 0; i < n; i++)
        if (staff[i].id.v != p->first_review_by.v && nth-- == 0) {
            *ret_reader = staff[i];
            return RC_OK;
        }
    return RC_OK;
}

/* Urgent ones and second opinions always come alone; so do the first three. */
enum rc review_offer(struct gate *gate, const struct post *p, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_offer");
    struct person reader;
    struct post *waiting;
    size_t n;
    enum rc rc = reader_of(gate, p, 0, mem, &reader, err);

    if (rc || !reader.id.v)
        return rc;
    rc = post_waiting(&gate->store, ALONE_MAX + 1, mem, &waiting, &n, err);
    if (rc)
        return rc;
    if (n > ALONE_MAX && p->tier > 2 && p->state == POST_HELD)
        return due_ensure(&gate->store, JOB_REVIEW_LIST, 0, gate_now_ms(gate) + LIST_DELAY_MS, err);
    return send_single(gate, p, &reader, mem, err);
}

/* What a list is about: notes whose writer is known. Announcements wait for the SEND of whoever wrote them, unverified notes for the answer to
 * the letter about them. */
static size_t keep_listed(struct post *posts, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (posts[i].kind != POST_ANNOUNCEMENT && !(posts[i].flags & POST_FLAG_UNVERIFIED))
            posts[kept++] = posts[i];
    return kept < LIST_MAX ? kept : LIST_MAX;
}

enum rc review_send_list(struct gate *gate, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_list");
    struct person reader;
    struct post *waiting;
    size_t n;
    enum rc rc = post_waiting(&gate->store, 2 * LIST_MAX, mem, &waiting, &n, err);

    if (!rc)
        n = keep_listed(waiting, n);
    if (rc || !n)
        return rc;
    rc = reader_of(gate, &waiting[0], 0, mem, &reader, err);
    if (rc || !reader.id.v)
        return rc;
    return n == 1 ? send_single(gate, &waiting[0], &reader, mem, err)
                  : send_list(gate, MAILING_REVIEW_LIST, waiting, n, &reader, mem, err);
}

/* By the clock of its tier (office_reminder), then daily; from the second reminder on the deputy gets it too. */
static enum rc remind(struct gate *gate, const struct post *due, size_t n, struct arena *mem, struct err *err)
{
    struct person_id told = { 0 };
    struct person reader;
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < (due[0].reminders ? 2u : 1u); i++) {
        rc = reader_of(gate, &due[0], i, mem, &reader, err);
        if (rc || !reader.id.v || reader.id.v == told.v)
            continue;
        told = reader.id;
        rc = send_list(gate, MAILING_REVIEW_REMINDER, due, n, &reader, mem, err);
    }
    return rc;
}

enum rc review_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_tick");
    struct post *due;
    size_t n;
    enum rc rc = post_due_reminder(&gate->store, gate_now_ms(gate), mem, &due, &n, err);

    *ret_did = 0;
    if (rc || !n)
        return rc;
    n = n < LIST_MAX ? n : LIST_MAX; /* the rest is due in the next round */
    rc = remind(gate, due, n, mem, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = post_set_reminder(&gate->store, due[i].id, office_reminder(gate, due[i].tier, due[i].reminders + 1), err);
        (*ret_did)++;
    }
    return rc;
}
