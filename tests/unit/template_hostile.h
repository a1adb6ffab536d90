/*
 * template_hostile: proves for one message and one value that the value did not become markup.
 *
 * Way      The message is rendered twice: every text of the samples replaced by the value, and by a harmless twin of it, which has an x for
 *          each character and the same white space. Tags (but for what stands in href, src and alt) must be the same one by one, and so must
 *          the text's own signs: underlines, notes, bullets, the rule.
 */
#ifndef TESTS_UNIT_TEMPLATE_HOSTILE_H
#define TESTS_UNIT_TEMPLATE_HOSTILE_H

#include "base/text.h"
#include "templates/page.h"
#include "tests/unit/template_samples.h"

/* What a page makes of the value, each character an x. A value that is not empty stays so, for sections ask. */
static inline const char *hostile_twin(struct arena *mem, const char *value)
{
    const char *clean = page_clean(mem, value);
    char *twin = arena_alloc(mem, strlen(clean) + 2);
    char *w = twin;

    for (const char *p = clean; *p;) {
        const int32_t cp = text_next(&p);

        *w++ = cp == ' ' || cp == '\t' || cp == '\n' ? (char)cp : 'x';
    }
    if (w == twin && *value)
        *w++ = '\x01';
    return twin;
}

struct hostile_copy {
    struct json *into;
    const char *value;
};

static inline struct json *hostile_array(const struct json *from, const char *value);

/* A destination that is one whole value was let in as an https link (gateway/visit/planner), whatever follows. */
static inline void set_hostile_text(const struct hostile_copy *c, const char *key, bool is_blank)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text");
    const bool is_link = strcmp(key, "visit_link") == 0;

    json_set_str(c->into, key, is_blank ? "" : arena_printf(mem, "%s%s", is_link ? "https://" : "", c->value));
}

static inline void hostile_member(void *ctx, const char *key, const struct json *from)
{
    const struct hostile_copy *c = ctx;
    struct hostile_copy inner = { NULL, c->value };

    if (json_holds_string(from)) {
        set_hostile_text(c, key, json_is_blank(from));
    } else if (json_holds_array(from)) {
        inner.into = hostile_array(from, c->value);
        json_set(c->into, key, &inner.into);
    } else if (json_holds_object(from)) {
        inner.into = json_object_new();
        json_each(from, hostile_member, &inner);
        json_set(c->into, key, &inner.into);
    } else if (json_is_blank(from)) {
        json_set_bool(c->into, key, false);
    } else {
        CLEANUP(arena_free) struct arena *mem = arena_new("number");
        const char *shown = json_shown(from, mem);

        if (*shown)
            json_set_str(c->into, key, shown);
        else
            json_set_bool(c->into, key, true);
    }
}

static inline struct json *hostile_array(const struct json *from, const char *value)
{
    struct json *into = json_array_new();

    for (size_t i = 0; i < json_count(from); i++) {
        struct hostile_copy c = { json_object_new(), value };

        json_each(json_at(from, i), hostile_member, &c);
        json_push(into, &c.into);
    }
    return into;
}

static inline bool hostile_render(const struct samples *s, struct template_info t, const char *flag, const char *value,
                                  struct arena *mem, struct template_out *out)
{
    CLEANUP(json_free) struct json *plain = samples_values(s, flag, true);
    CLEANUP(json_free) struct json *values = json_object_new();
    struct hostile_copy c = { values, value };
    struct err err = { .rc = RC_OK };
    enum rc rc;

    json_each(plain, hostile_member, &c);
    rc = template_render(s->set, t.lang, t.kind, TEMPLATE_NORMAL, values, mem, out, &err);
    if (rc && rc != RC_LIMIT) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return rc == RC_OK;
}

/* The tags of a document, one on a line, without what stands in href, src and alt. */
static inline char *hostile_tags(struct arena *mem, const char *html)
{
    char *out = arena_alloc(mem, 2 * strlen(html) + 1), *w = out;
    bool is_tag = false;

    for (const char *p = html; *p; p++) {
        if (*p == '<')
            is_tag = true;
        if (is_tag)
            *w++ = *p;
        if (is_tag && (!strncmp(p, "href=\"", 6) || !strncmp(p, "src=\"", 5) || !strncmp(p, "alt=\"", 5))) {
            p = strchr(strchr(p, '"') + 1, '"');
            if (!p)
                break;
        }
        if (*p == '>' && is_tag) {
            *w++ = '\n';
            is_tag = false;
        }
    }
    *w = '\0';
    return out;
}

/* The signs that a text's lines begin with: = and - for underlines, | for a note, * for the rule, . for a bullet. Lines of one note count once. */
static inline char *hostile_signs(struct arena *mem, const char *text)
{
    char *out = arena_alloc(mem, strlen(text) + 1), *w = out;
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        char sign = '\0';

        if (n && strspn(line, "=") >= n)
            sign = '=';
        else if (n && strspn(line, "-") >= n)
            sign = '-';
        else if (n && *line == '|')
            sign = '|';
        else if (n >= 2 && *line == '-' && line[1] == ' ')
            sign = '.';
        else if (n == 5 && !memcmp(line, "* * *", 5))
            sign = '*';
        if (sign && !(sign == '|' && w > out && w[-1] == '|'))
            *w++ = sign;
    }
    *w = '\0';
    return out;
}

/* NULL, or what went wrong. */
static inline const char *hostile_fault(const struct samples *s, int i, const char *flag, const char *value,
                                        struct arena *mem)
{
    const struct template_info t = template_at(s->set, i);
    struct template_out bad, good;

    if (!hostile_render(s, t, flag, value, mem, &bad) ||
        !hostile_render(s, t, flag, hostile_twin(mem, value), mem, &good))
        return NULL; /* over a limit: nothing is sent */
    if (strchr(bad.subject, '\n') || strchr(bad.subject, '\r'))
        return "the subject has two lines";
    if (strcmp(hostile_tags(mem, bad.html), hostile_tags(mem, good.html)) != 0)
        return "the HTML's tags differ";
    if (strcmp(hostile_signs(mem, bad.text), hostile_signs(mem, good.text)) != 0)
        return "the text's signs differ";
    return NULL;
}

#endif
