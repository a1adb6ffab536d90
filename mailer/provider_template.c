#include "mailer/provider_parts.h"

static const struct {
    const char *name;
    enum provider_piece_kind kind;
} names[] = {
    { "to", PIECE_TO },         { "from", PIECE_FROM },       { "text", PIECE_BODY }, { "cb", PIECE_CALLBACK },
    { "ref", PIECE_REF },       { "udh", PIECE_UDH },         { "ttl", PIECE_TTL_S }, { "ttl_min", PIECE_TTL_MIN },
    { "ttl_ms", PIECE_TTL_MS }, { "expires", PIECE_EXPIRES },
};
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"

static bool is_value_name(const char *name)
{
    const char *const dot = strchr(name, '.');

    return dot && (!strncmp(name, "secret.", 7) || !strncmp(name, "setting.", 8)) && dot[1] &&
           strspn(dot + 1, NAME_CHARS) == strlen(dot + 1);
}

/* enc:gsm7=X,ucs2=Y */
static bool read_encoding(const char *spec, struct arena *mem, struct provider_piece *piece)
{
    const char *const second = strstr(spec, ",ucs2=");

    if (strncmp(spec, "gsm7=", 5) || !second || strchr(second + 1, ','))
        return false;
    piece->kind = PIECE_ENCODING;
    piece->encoding[SEGMENT_GSM7] = arena_strndup(mem, spec + 5, (size_t)(second - spec) - 5);
    piece->encoding[SEGMENT_UCS2] = arena_strdup(mem, second + 6);
    return !strchr(piece->encoding[SEGMENT_GSM7], ',');
}

static bool read_name(char *name, struct arena *mem, struct provider_piece *piece)
{
    const size_t n = strlen(name);

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strcmp(names[i].name, name)) {
            piece->kind = names[i].kind;
            return true;
        }
    if (!strncmp(name, "enc:", 4))
        return read_encoding(name + 4, mem, piece);
    piece->kind = PIECE_VALUE;
    if (n && name[n - 1] == '?') {
        piece->kind = PIECE_OPTIONAL;
        name[n - 1] = '\0';
    }
    piece->text = name;
    return is_value_name(name);
}

bool provider_read_template(const char *text, struct arena *mem, struct provider_template *ret, const char **why)
{
    *ret = (struct provider_template){ 0 };
    while (*text) {
        const size_t plain = strcspn(text, "{}"), closing = strcspn(text, "}");
        struct provider_piece *const piece = &ret->pieces[ret->count];

        if (ret->count == PROVIDER_PIECES_MAX) {
            *why = "there are too many names in one value";
            return false;
        }
        ret->count++;
        if (plain) {
            *piece = (struct provider_piece){ .text = arena_strndup(mem, text, plain) };
            text += plain;
            continue;
        }
        if (*text == '}' || !text[closing] || !read_name(arena_strndup(mem, text + 1, closing - 1), mem, piece)) {
            *why = *text == '}' || !text[closing] ? "a brace stands alone"
                                                  : arena_printf(mem, "%.*s is no name", (int)closing + 1, text);
            return false;
        }
        text += closing + 1;
    }
    return true;
}

static bool has_name(const struct provider_template *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if ((t->pieces[i].kind == PIECE_VALUE || t->pieces[i].kind == PIECE_OPTIONAL) &&
            !strcmp(t->pieces[i].text, name))
            return true;
    return false;
}

bool provider_knows(const struct provider *p, const char *name)
{
    bool does = has_name(&p->url, name) || has_name(&p->check, name) || has_name(&p->user, name) ||
                has_name(&p->password, name);

    for (size_t i = 0; i < COUNT_OF(p->keys); i++)
        does |= has_name(&p->keys[i], name);
    for (size_t i = 0; i < p->header_count; i++)
        does |= has_name(&p->headers[i].value, name);
    for (size_t i = 0; i < p->field_count; i++)
        does |= has_name(&p->fields[i].value, name);
    return does;
}

/* ---- what is missing ---- */

const char *provider_find_value(const struct provider_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(values[i].name, name) && *values[i].value)
            return values[i].value;
    return NULL;
}

struct missing {
    const struct provider_value *values;
    size_t value_count;
    struct arena *mem;
    const char *list;
};

static void add_missing(struct missing *m, const struct provider_template *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct provider_piece *const piece = &t->pieces[i];

        if (piece->kind != PIECE_VALUE || provider_find_value(m->values, m->value_count, piece->text) ||
            strstr(arena_printf(m->mem, "%s,", m->list), arena_printf(m->mem, "%s,", piece->text)))
            continue;
        m->list = arena_printf(m->mem, "%s%s%s", m->list, *m->list ? ", " : "", piece->text);
    }
}

const char *provider_missing(const struct provider *p, const struct provider_value *values, size_t value_count,
                             bool with_keys, struct arena *mem)
{
    struct missing m = { values, value_count, mem, "" };

    add_missing(&m, &p->url);
    add_missing(&m, &p->user);
    add_missing(&m, &p->password);
    for (size_t i = 0; i < p->header_count; i++)
        add_missing(&m, &p->headers[i].value);
    for (size_t i = 0; i < p->field_count; i++)
        add_missing(&m, &p->fields[i].value);
    for (size_t i = 0; i < COUNT_OF(p->keys) && with_keys; i++)
        add_missing(&m, &p->keys[i]);
    return m.list;
}
