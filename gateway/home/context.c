#include "gateway/home/context.h"

#define CONTEXT_MAX_BYTES ((size_t)8 << 20)

char *context_write(const struct context *c, struct arena *mem)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(CONTEXT_MAX_BYTES);
    struct json *hits = json_array_new();

    json_set_str(root, "original", c->original);
    json_set_str(root, "trimmed", c->trimmed);
    json_set_str(root, "subject", c->subject);
    json_set_str(root, "cut", c->cut);
    json_set_str(root, "from_name", c->from_name);
    json_set_str(root, "earlier", c->earlier ? c->earlier : "");
    json_set_bool(root, "other_address", c->is_other_address);
    for (size_t i = 0; i < c->hit_count; i++) {
        struct json *hit = json_object_new();

        json_set_str(hit, "flag", c->hits[i].flag);
        json_set_str(hit, "phrase", c->hits[i].phrase);
        json_set_int(hit, "at", c->hits[i].at);
        json_set_int(hit, "len", c->hits[i].len);
        json_push(hits, &hit);
    }
    json_set(root, "hits", &hits);
    json_print(root, false, &out);
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}

static const char *copy(const struct json *root, const char *key, struct arena *mem)
{
    return arena_strdup(mem, json_get_str(root, key, ""));
}

enum rc context_read(const char *json, struct arena *mem, struct context *ret_context, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    const struct json *hits;
    struct context c = { 0 };
    enum rc rc = json_parse(json, strlen(json), &root, err);

    if (rc || !json_holds_object(root))
        return err_set(err, RC_CORRUPT, "context of a post is not an object");
    c.original = copy(root, "original", mem);
    c.trimmed = copy(root, "trimmed", mem);
    c.subject = copy(root, "subject", mem);
    c.cut = copy(root, "cut", mem);
    c.from_name = copy(root, "from_name", mem);
    c.earlier = copy(root, "earlier", mem);
    c.is_other_address = json_get_bool(root, "other_address", false);
    hits = json_get(root, "hits");
    for (size_t i = 0; i < json_count(hits) && i < CONTEXT_HITS_MAX; i++) {
        const struct json *hit = json_at(hits, i);

        c.hits[c.hit_count++] = (struct context_hit){ .flag = copy(hit, "flag", mem),
                                                      .phrase = copy(hit, "phrase", mem),
                                                      .at = json_get_int(hit, "at", 0),
                                                      .len = json_get_int(hit, "len", 0) };
    }
    *ret_context = c;
    return RC_OK;
}

bool context_hit_is_part(const struct context *c, size_t at)
{
    for (size_t i = 0; i < c->hit_count; i++)
        if (i != at && !strcmp(c->hits[i].flag, c->hits[at].flag) && strstr(c->hits[i].phrase, c->hits[at].phrase) &&
            (i < at || strlen(c->hits[i].phrase) > strlen(c->hits[at].phrase)))
            return true;
    return false;
}
