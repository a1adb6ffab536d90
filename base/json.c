#include "base/json.h"

#include "base/text.h"

#include <jansson.h>

/* struct json is jansson's json_t under our name: the cast stays in this file. */
static json_t *jt(const struct json *j)
{
    return (json_t *)(uintptr_t)j;
}

static struct json *own(json_t *t)
{
    if (!t)
        abort();
    return (struct json *)t;
}

struct json *json_object_new(void)
{
    return own(json_object());
}

struct json *json_array_new(void)
{
    return own(json_array());
}

void json_free(struct json **root)
{
    if (*root)
        json_decref(jt(*root));
    *root = NULL;
}

/* Text of ours is UTF-8 already; anything else is mended rather than lost. */
static json_t *make_string(const char *text, size_t n)
{
    json_t *t = json_stringn(text, n);

    if (!t) {
        CLEANUP(arena_free) struct arena *mem = arena_new("json");

        t = json_string(text_clean(mem, text, n));
    }
    return t;
}

static void put(struct json *object, const char *key, json_t *t)
{
    if (!t || json_object_set_new(jt(object), key, t) != 0)
        abort();
}

void json_set_strn(struct json *object, const char *key, const char *text, size_t n)
{
    put(object, key, make_string(text, n));
}

void json_set_str(struct json *object, const char *key, const char *text)
{
    put(object, key, text ? make_string(text, strlen(text)) : json_null());
}

void json_set_int(struct json *object, const char *key, int64_t v)
{
    put(object, key, json_integer(v));
}

void json_set_bool(struct json *object, const char *key, bool v)
{
    put(object, key, json_boolean(v));
}

void json_set(struct json *object, const char *key, struct json **value)
{
    put(object, key, jt(MOVE(*value)));
}

void json_push(struct json *array, struct json **value)
{
    if (json_array_append_new(jt(array), jt(MOVE(*value))) != 0)
        abort();
}

void json_push_str(struct json *array, const char *text)
{
    if (json_array_append_new(jt(array), make_string(text, strlen(text))) != 0)
        abort();
}

enum rc json_parse(const char *text, size_t n, struct json **ret_root, struct err *err)
{
    json_error_t why;
    json_t *t;

    if (n > JSON_MAX_BYTES)
        return err_set(err, RC_LIMIT, "JSON is over %zu bytes", JSON_MAX_BYTES);
    t = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    if (!t)
        return err_set(err, RC_INPUT, "line %d column %d: not JSON (code %d)", why.line, why.column,
                       (int)json_error_code(&why));
    *ret_root = (struct json *)t;
    return RC_OK;
}

static int append(const char *buffer, size_t size, void *data)
{
    strbuf_add(data, buffer, size);
    return 0;
}

void json_print(const struct json *root, bool is_pretty, struct strbuf *out)
{
    json_dump_callback(jt(root), append, out, is_pretty ? JSON_INDENT(2) : JSON_COMPACT);
}

bool json_holds_object(const struct json *j)
{
    return j && json_typeof(jt(j)) == JSON_OBJECT;
}

bool json_holds_array(const struct json *j)
{
    return j && json_typeof(jt(j)) == JSON_ARRAY;
}

bool json_holds_string(const struct json *j)
{
    return j && json_typeof(jt(j)) == JSON_STRING;
}

bool json_is_blank(const struct json *j)
{
    if (!j)
        return true;
    switch (json_typeof(jt(j))) {
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    case JSON_STRING:
        return json_string_length(jt(j)) == 0;
    case JSON_ARRAY:
        return json_array_size(jt(j)) == 0;
    default:
        return false;
    }
}

struct json *json_find(const struct json *object, const char *key)
{
    return (struct json *)json_object_get(jt(object), key);
}

struct json *json_get(const struct json *object, const char *key)
{
    json_t *t = object ? json_object_get(jt(object), key) : NULL;

    return t && !json_is_null(t) ? (struct json *)t : NULL;
}

size_t json_count(const struct json *array)
{
    return array ? json_array_size(jt(array)) : 0;
}

struct json *json_at(const struct json *array, size_t i)
{
    return (struct json *)json_array_get(jt(array), i);
}

const char *json_text(const struct json *j)
{
    return j ? json_string_value(jt(j)) : NULL;
}

const char *json_shown(const struct json *j, struct arena *mem)
{
    char *shown;
    char *copy;

    if (!j || !(json_is_number(jt(j)) || json_is_string(jt(j))))
        return "";
    if (json_is_string(jt(j)))
        return json_string_value(jt(j));
    shown = json_dumps(jt(j), JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!shown)
        abort();
    copy = arena_strdup(mem, shown);
    free(shown);
    return copy;
}

const char *json_get_str(const struct json *object, const char *key, const char *or_else)
{
    const char *s = json_text(json_get(object, key));

    return s ? s : or_else;
}

int64_t json_get_int(const struct json *object, const char *key, int64_t or_else)
{
    const struct json *j = json_get(object, key);

    return j && json_is_integer(jt(j)) ? json_integer_value(jt(j)) : or_else;
}

bool json_get_bool(const struct json *object, const char *key, bool or_else)
{
    const struct json *j = json_get(object, key);

    return j && json_is_boolean(jt(j)) ? json_boolean_value(jt(j)) : or_else;
}

void json_each(const struct json *object, void (*fn)(void *ctx, const char *key, const struct json *value), void *ctx)
{
    const char *key;
    json_t *value;

    json_object_foreach (jt(object), key, value)
        fn(ctx, key, (struct json *)value);
}
