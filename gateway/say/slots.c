#include "gateway/say/slots.h"

#include "base/json.h"
#include "store/rows.h"

struct slots {
    struct arena *mem;
    struct slots_head head;
    struct slot_meaning *v;
    size_t n, cap;
    bool over;
    struct mailing_post *posts;
    size_t post_count, post_cap;
    struct pictures pictures;
};

struct slots *slots_new(struct arena *mem)
{
    struct slots *s = ARENA_NEW(mem, struct slots);

    s->mem = mem;
    s->head.slug = "";
    return s;
}

struct slots_head *slots_head(struct slots *s)
{
    return &s->head;
}

size_t slots_count(const struct slots *s)
{
    return s->n;
}

const struct slot_meaning *slots_at(const struct slots *s, size_t n)
{
    return n < s->n ? &s->v[n] : NULL;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct slot_meaning *a, const struct slot_meaning *b)
{
    return a->kind == b->kind && a->id == b->id && is_same_text(a->name, b->name) && is_same_text(a->own, b->own);
}

static void push(struct slots *s, struct slot_meaning meaning)
{
    if (s->n == s->cap) {
        const size_t cap = s->cap ? s->cap * 2 : 16;
        struct slot_meaning *bigger = ARENA_ARRAY(s->mem, cap, struct slot_meaning);

        if (s->n)
            memcpy(bigger, s->v, s->n * sizeof(*s->v));
        s->v = bigger;
        s->cap = cap;
    }
    s->v[s->n++] = meaning;
}

const char *slots_mark(struct slots *s, struct slot_meaning meaning)
{
    char *mark = arena_alloc(s->mem, SLOT_UTF8_SIZE);
    size_t at = 0;

    while (at < s->n && !is_same(&s->v[at], &meaning))
        at++;
    if (at == SLOT_MAX) {
        s->over = true;
        return "";
    }
    if (at == s->n)
        push(s, meaning);
    slot_mark((int)at, mark);
    return mark;
}

void slots_note_post(struct slots *s, struct mailing_post post)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->post_count; i++)
        if (s->posts[i].post.v == post.post.v) {
            s->posts[i].is_whole |= post.is_whole;
            return;
        }
    s->posts = rows_room(s->mem, s->posts, s->post_count, &s->post_cap, sizeof *s->posts);
    s->posts[s->post_count++] = post;
}

const struct mailing_post *slots_posts(const struct slots *s, size_t *ret_n)
{
    *ret_n = s->post_count;
    return s->posts;
}

struct pictures *slots_pictures(struct slots *s)
{
    return &s->pictures;
}

enum rc slots_check(const struct slots *s, struct err *err)
{
    return s->over ? err_set(err, RC_LIMIT, "over %d slots", SLOT_MAX) : RC_OK;
}

char *slots_write(const struct slots *s, struct arena *mem)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct json *list = json_array_new();

    json_set_str(root, "slug", s->head.slug);
    json_set_int(root, "reply", s->head.reply);
    json_set_int(root, "reply_row", s->head.reply_row);
    json_set_bool(root, "answer", s->head.is_answer);
    if (s->head.in_reply_to)
        json_set_str(root, "in_reply_to", s->head.in_reply_to);
    json_set_int(root, "thread", s->head.thread.v);
    for (size_t i = 0; i < s->n; i++) {
        struct json *one = json_object_new();

        json_set_int(one, "k", s->v[i].kind);
        if (s->v[i].id)
            json_set_int(one, "id", s->v[i].id);
        if (s->v[i].name)
            json_set_str(one, "name", s->v[i].name);
        if (s->v[i].own)
            json_set_str(one, "own", s->v[i].own);
        json_push(list, &one);
    }
    json_set(root, "slots", &list);
    json_print(root, false, &text);
    return arena_strdup(mem, strbuf_peek(&text));
}

static const char *copy_text(const struct json *object, const char *key, struct arena *mem)
{
    const char *text = json_get_str(object, key, NULL);

    return text ? arena_strdup(mem, text) : NULL;
}

enum rc slots_read(const char *json, struct arena *mem, struct slots **ret_slots, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct slots *s = slots_new(mem);
    const struct json *list;

    if (json_parse(json, strlen(json), &root, err))
        return err_set(err, RC_CORRUPT, "slots of a mailing are no JSON");
    s->head.slug = copy_text(root, "slug", mem);
    s->head.reply = (enum token_purpose)json_get_int(root, "reply", 0);
    s->head.reply_row = json_get_int(root, "reply_row", 0);
    s->head.is_answer = json_get_bool(root, "answer", false);
    s->head.in_reply_to = copy_text(root, "in_reply_to", mem);
    s->head.thread.v = json_get_int(root, "thread", 0);
    list = json_get(root, "slots");
    if (!s->head.slug || !json_holds_array(list) || json_count(list) > SLOT_MAX)
        return err_set(err, RC_CORRUPT, "slots of a mailing have another form");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);

        push(s, (struct slot_meaning){ .kind = (enum slot_kind)json_get_int(one, "k", 0),
                                       .id = json_get_int(one, "id", 0),
                                       .name = copy_text(one, "name", mem),
                                       .own = copy_text(one, "own", mem) });
    }
    *ret_slots = s;
    return RC_OK;
}
