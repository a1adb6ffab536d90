/*
 * json: reading and writing JSON, over jansson. The only file of base/ that includes jansson.h.
 *
 * Shape    Strict: UTF-8 only, no duplicate keys, no trailing bytes, no NUL in strings, integers exact to 64 bits.
 * Owns     json_free frees a root. What json_get and json_at return belongs to its root. Setters take ownership of
 * values. Errors   RC_INPUT  not JSON or not the type asked for; the message names key, line and column, never a value
 *          RC_LIMIT  over JSON_MAX_BYTES
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

#define JSON_MAX_BYTES ((size_t)32 << 20)

struct json;

struct json *json_object_new(void);
struct json *json_array_new(void);
void json_free(struct json **root);

void json_set_str(struct json *object, const char *key, const char *text); /* NULL becomes null */
void json_set_strn(struct json *object, const char *key, const char *text, size_t n);
void json_set_int(struct json *object, const char *key, int64_t v);
void json_set_bool(struct json *object, const char *key, bool v);
void json_set(struct json *object, const char *key, struct json **value); /* takes it, nulls the variable */
void json_push(struct json *array, struct json **value);
void json_push_str(struct json *array, const char *text);

MUST_CHECK enum rc json_parse(const char *text, size_t n, struct json **ret_root, struct err *err);
/* Compact on one line, or indented by two for people. */
void json_print(const struct json *root, bool is_pretty, struct strbuf *out);

bool json_holds_object(const struct json *j);
bool json_holds_array(const struct json *j);
bool json_holds_string(const struct json *j);
/* Missing, null, false, "" or an empty list: what a template's section leaves out. */
bool json_is_blank(const struct json *j);
/* NULL when the key is missing or null. */
struct json *json_get(const struct json *object, const char *key);
/* The same, but a null member is found; NULL also when object is no object. */
struct json *json_find(const struct json *object, const char *key);
size_t json_count(const struct json *array);
struct json *json_at(const struct json *array, size_t i);
/* The value as text; NULL when it is no string. */
const char *json_text(const struct json *j);
/* A string as it is, a number as JSON writes it, anything else "". */
const char *json_shown(const struct json *j, struct arena *mem);
/* Members with a default for a missing key; false/default on a wrong type too. */
const char *json_get_str(const struct json *object, const char *key, const char *or_else);
int64_t json_get_int(const struct json *object, const char *key, int64_t or_else);
bool json_get_bool(const struct json *object, const char *key, bool or_else);
/* Members in order of insertion: fn is called for each. */
void json_each(const struct json *object, void (*fn)(void *ctx, const char *key, const struct json *value), void *ctx);

#endif
