#include "templates/mustache.h"

enum { NODE_TEXT = MUSTACHE_PARTIAL + 1 };

struct node {
    struct node *next;
    struct node *child; /* of a section */
    const char *text;   /* of NODE_TEXT, text_len bytes; of a partial: its indentation, NUL-ended */
    size_t text_len;
    const char *name;
    const char **parts; /* name cut at its dots; none for "." */
    int part_count;
    int kind; /* enum mustache_tag or NODE_TEXT */
    int line;
};

struct mustache {
    struct node *first;
    const char *source; /* for a partial that is indented */
    size_t source_len;
};

/* ---- compile ------------------------------------------------------------------------------------------------------
 */

struct scan {
    const char *start, *p, *end;
    char open[MUSTACHE_MAX_DELIMITER + 1], close[MUSTACHE_MAX_DELIMITER + 1];
    struct arena *mem;
    struct node *section[MUSTACHE_MAX_DEPTH];
    struct node **tail[MUSTACHE_MAX_DEPTH + 1]; /* where the next node of each level goes */
    int depth;
    int line;
};

/* One tag as it stands in the source. */
struct tag {
    const char *start, *end; /* with its delimiters */
    const char *body;
    size_t body_len;
    char sigil; /* 0 for a plain value */
    int line;
};

static struct node *add_node(struct scan *s, int kind, int line)
{
    struct node *n = ARENA_NEW(s->mem, struct node);

    n->kind = kind;
    n->line = line;
    *s->tail[s->depth] = n;
    s->tail[s->depth] = &n->next;
    return n;
}

static void add_text(struct scan *s, const char *from, const char *to)
{
    struct node *n;

    if (to <= from)
        return;
    n = add_node(s, NODE_TEXT, s->line);
    n->text = from;
    n->text_len = (size_t)(to - from);
}

static void split_name(struct scan *s, struct node *n)
{
    char *rest = arena_strdup(s->mem, n->name);
    int dots = 0;

    if (!strcmp(n->name, "."))
        return;
    for (const char *p = rest; *p; p++)
        dots += *p == '.';
    n->parts = ARENA_ARRAY(s->mem, (size_t)dots + 1, const char *);
    while (rest)
        n->parts[n->part_count++] = strsep(&rest, ".");
}

static const char *find(const char *p, const char *end, const char *what)
{
    return memmem(p, (size_t)(end - p), what, strlen(what));
}

/* The next tag at or after s->p, with its sigil and its trimmed body. RC_NOT_FOUND: there is none. */
static enum rc next_tag(struct scan *s, struct tag *t, struct err *err)
{
    char closer[MUSTACHE_MAX_DELIMITER + 2];
    const char *p, *stop;

    t->start = find(s->p, s->end, s->open);
    if (!t->start)
        return RC_NOT_FOUND;
    t->line = s->line;
    for (p = s->p; p < t->start; p++)
        t->line += *p == '\n';
    p = t->start + strlen(s->open);
    t->sigil = p < s->end && strchr("!#^/>&={", *p) && *p ? *p : '\0';
    if (t->sigil == '{' && strcmp(s->open, "{{") != 0)
        t->sigil = '\0';
    if (t->sigil)
        p++;
    snprintf(closer, sizeof closer, "%s%s", t->sigil == '{' ? "}" : t->sigil == '=' ? "=" : "", s->close);
    stop = find(p, s->end, closer);
    if (!stop)
        return err_set(err, RC_INPUT, "line %d: a tag is not closed", t->line);
    t->end = stop + strlen(closer);
    while (p < stop && strchr(" \t\r\n", *p))
        p++;
    while (stop > p && strchr(" \t\r\n", stop[-1]))
        stop--;
    t->body = p;
    t->body_len = (size_t)(stop - p);
    return RC_OK;
}

/* A tag that shows nothing and is alone on its line takes the whole line with it (specification, "standalone"). */
static bool is_standalone(const struct scan *s, const struct tag *t, const char **ret_from, const char **ret_to)
{
    const char *from = t->start, *to = t->end;

    if (!t->sigil || t->sigil == '&' || t->sigil == '{')
        return false;
    while (from > s->start && (from[-1] == ' ' || from[-1] == '\t'))
        from--;
    if (from > s->start && from[-1] != '\n')
        return false;
    while (to < s->end && (*to == ' ' || *to == '\t'))
        to++;
    if (to < s->end && *to == '\r' && to + 1 < s->end && to[1] == '\n')
        to++;
    if (to < s->end && *to != '\n')
        return false;
    *ret_from = from;
    *ret_to = to < s->end ? to + 1 : to;
    return true;
}

static enum rc set_delimiters(struct scan *s, const struct tag *t, struct err *err)
{
    char *rest = arena_strndup(s->mem, t->body, t->body_len);
    const char *open = strsep(&rest, " \t\r\n");
    const char *close = rest ? rest + strspn(rest, " \t\r\n") : "";
    const size_t n = strlen(open), m = strlen(close);

    if (!n || !m || n > MUSTACHE_MAX_DELIMITER || m > MUSTACHE_MAX_DELIMITER || strpbrk(close, " \t\r\n=") ||
        strchr(open, '='))
        return err_set(err, RC_INPUT, "line %d: not a pair of delimiters", t->line);
    memcpy(s->open, open, n + 1);
    memcpy(s->close, close, m + 1);
    return RC_OK;
}

static enum rc open_section(struct scan *s, struct node *n, struct err *err)
{
    if (s->depth == MUSTACHE_MAX_DEPTH)
        return err_set(err, RC_LIMIT, "line %d: over %d sections inside each other", n->line, MUSTACHE_MAX_DEPTH);
    s->section[s->depth++] = n;
    s->tail[s->depth] = &n->child;
    return RC_OK;
}

static enum rc close_section(struct scan *s, const char *name, int line, struct err *err)
{
    if (!s->depth || strcmp(s->section[s->depth - 1]->name, name) != 0)
        return err_set(err, RC_INPUT, "line %d: '/%.40s' closes no section", line, name);
    s->depth--;
    return RC_OK;
}

static int tag_kind(char sigil)
{
    switch (sigil) {
    case '#':
        return MUSTACHE_SECTION;
    case '^':
        return MUSTACHE_INVERTED;
    case '>':
        return MUSTACHE_PARTIAL;
    case '&':
    case '{':
        return MUSTACHE_RAW;
    default:
        return MUSTACHE_VALUE;
    }
}

static enum rc take_tag(struct scan *s, const struct tag *t, const char *indent, struct err *err)
{
    struct node *n;
    char *name;

    if (t->sigil == '!')
        return RC_OK;
    if (t->sigil == '=')
        return set_delimiters(s, t, err);
    name = arena_strndup(s->mem, t->body, t->body_len);
    if (!*name || strpbrk(name, " \t\r\n"))
        return err_set(err, RC_INPUT, "line %d: a tag needs one name", t->line);
    if (t->sigil == '/')
        return close_section(s, name, t->line, err);
    n = add_node(s, tag_kind(t->sigil), t->line);
    n->name = name;
    n->text = indent;
    split_name(s, n);
    return t->sigil == '#' || t->sigil == '^' ? open_section(s, n, err) : RC_OK;
}

static enum rc scan_all(struct scan *s, struct err *err)
{
    for (;;) {
        struct tag t;
        const char *from, *to, *indent = "";
        enum rc rc = next_tag(s, &t, err);

        if (rc == RC_NOT_FOUND)
            break;
        if (rc)
            return rc;
        from = t.start;
        to = t.end;
        if (is_standalone(s, &t, &from, &to) && t.sigil == '>')
            indent = arena_strndup(s->mem, from, (size_t)(t.start - from));
        add_text(s, s->p, from);
        s->line = t.line;
        for (const char *p = t.start; p < to; p++)
            s->line += *p == '\n';
        rc = take_tag(s, &t, indent, err);
        if (rc)
            return rc;
        s->p = to;
    }
    add_text(s, s->p, s->end);
    if (s->depth)
        return err_set(err, RC_INPUT, "line %d: section '%.40s' is not closed", s->section[s->depth - 1]->line,
                       s->section[s->depth - 1]->name);
    return RC_OK;
}

enum rc mustache_compile(const char *source, size_t n, struct arena *mem, const struct mustache **ret_template,
                         struct err *err)
{
    struct scan s = { .open = "{{", .close = "}}", .mem = mem, .line = 1 };
    struct mustache *t;
    enum rc rc;

    if (n > MUSTACHE_MAX_SOURCE)
        return err_set(err, RC_LIMIT, "a template is over %zu bytes", MUSTACHE_MAX_SOURCE);
    t = ARENA_NEW(mem, struct mustache);
    t->source = arena_strndup(mem, source, n);
    t->source_len = n;
    s.start = s.p = t->source;
    s.end = s.start + n;
    s.tail[0] = &t->first;
    rc = scan_all(&s, err);
    if (rc)
        return rc;
    *ret_template = t;
    return RC_OK;
}

/* ---- render -------------------------------------------------------------------------------------------------------
 */

struct frame {
    const struct json *value;
    const struct frame *up;
};

struct run {
    const struct mustache_target *target;
    struct strbuf *out;
    struct arena *mem;
    struct err *err;
    long steps;
    int depth;
};

static enum rc run_nodes(struct run *r, const struct node *n, const struct frame *top);

/* The first part is looked for from the innermost context out, the others only inside what was found. */
static bool look_up(const struct node *n, const struct frame *top, const struct json **ret_value)
{
    const struct json *v = NULL;

    *ret_value = NULL;
    if (!n->part_count) {
        *ret_value = top->value;
        return true;
    }
    for (; top && !v; top = top->up)
        v = json_find(top->value, n->parts[0]);
    for (int i = 1; v && i < n->part_count; i++)
        v = json_find(v, n->parts[i]);
    *ret_value = v;
    return v != NULL;
}

static enum rc run_value(struct run *r, const struct node *n, const struct frame *top)
{
    const struct json *v;
    const char *shown;

    if (!look_up(n, top, &v) && r->target->is_strict)
        return err_set(r->err, RC_INPUT, "line %d: value '%.60s' is missing", n->line, n->name);
    shown = json_shown(v, r->mem);
    if (n->kind == MUSTACHE_VALUE && r->target->put)
        r->target->put(r->target->ctx, shown, r->out);
    else
        strbuf_str(r->out, shown);
    return RC_OK;
}

static enum rc run_section(struct run *r, const struct node *n, const struct frame *top)
{
    const struct json *v;

    look_up(n, top, &v);
    if (json_is_blank(v))
        return RC_OK;
    if (!json_holds_array(v))
        return run_nodes(r, n->child, &(struct frame){ v, top });
    for (size_t i = 0; i < json_count(v); i++) {
        const enum rc rc = run_nodes(r, n->child, &(struct frame){ json_at(v, i), top });

        if (rc)
            return rc;
    }
    return RC_OK;
}

static enum rc run_inverted(struct run *r, const struct node *n, const struct frame *top)
{
    const struct json *v;

    look_up(n, top, &v);
    return json_is_blank(v) ? run_nodes(r, n->child, top) : RC_OK;
}

/* An indented partial is the partial's source with each line indented, read again. */
static enum rc indent_partial(struct run *r, const struct mustache *plain, const char *indent,
                              const struct mustache **ret_template)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(MUSTACHE_MAX_SOURCE);
    const char *p = plain->source, *end = p + plain->source_len;
    enum rc rc;

    while (p < end) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        const char *next = eol ? eol + 1 : end;

        strbuf_str(&b, indent);
        strbuf_add(&b, p, (size_t)(next - p));
        p = next;
    }
    rc = strbuf_check(&b, r->err);
    if (rc)
        return rc;
    return mustache_compile(strbuf_peek(&b), b.len, r->mem, ret_template, r->err);
}

static enum rc run_partial(struct run *r, const struct node *n, const struct frame *top)
{
    const struct mustache *t = r->target->partial ? r->target->partial(r->target->ctx, n->name) : NULL;
    enum rc rc;

    if (!t)
        return RC_OK;
    if (*n->text) {
        rc = indent_partial(r, t, n->text, &t);
        if (rc)
            return rc;
    }
    return run_nodes(r, t->first, top);
}

static enum rc run_node(struct run *r, const struct node *n, const struct frame *top)
{
    switch (n->kind) {
    case NODE_TEXT:
        strbuf_add(r->out, n->text, n->text_len);
        return RC_OK;
    case MUSTACHE_SECTION:
        return run_section(r, n, top);
    case MUSTACHE_INVERTED:
        return run_inverted(r, n, top);
    case MUSTACHE_PARTIAL:
        return run_partial(r, n, top);
    default:
        return run_value(r, n, top);
    }
}

static enum rc run_nodes(struct run *r, const struct node *n, const struct frame *top)
{
    enum rc rc = RC_OK;

    if (r->depth == MUSTACHE_MAX_DEPTH)
        return err_set(r->err, RC_LIMIT, "over %d sections and partials inside each other", MUSTACHE_MAX_DEPTH);
    r->depth++;
    for (; n && !rc; n = n->next) {
        if (++r->steps > MUSTACHE_MAX_STEPS)
            return err_set(r->err, RC_LIMIT, "over %ld steps", MUSTACHE_MAX_STEPS);
        rc = run_node(r, n, top);
    }
    r->depth--;
    return rc;
}

enum rc mustache_render(const struct mustache *t, const struct json *values, const struct mustache_target *target,
                        struct strbuf *out, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mustache");
    struct run r = { .target = target, .out = out, .mem = mem, .err = err };
    const enum rc rc = run_nodes(&r, t->first, &(struct frame){ values, NULL });

    return rc ? rc : strbuf_check(out, err);
}

static enum rc each_tag(const struct node *n,
                        enum rc (*fn)(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err),
                        void *ctx, struct err *err)
{
    enum rc rc = RC_OK;

    for (; n && !rc; n = n->next) {
        if (n->kind != NODE_TEXT)
            rc = fn(ctx, (enum mustache_tag)n->kind, n->name, n->line, err);
        if (!rc)
            rc = each_tag(n->child, fn, ctx, err);
    }
    return rc;
}

enum rc mustache_each_tag(const struct mustache *t,
                          enum rc (*fn)(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err),
                          void *ctx, struct err *err)
{
    return each_tag(t->first, fn, ctx, err);
}

static void each_text(const struct node *n, const struct mustache_reader *r, int depth)
{
    const struct mustache *partial;

    if (depth == MUSTACHE_MAX_DEPTH)
        return;
    for (; n; n = n->next) {
        partial = n->kind == MUSTACHE_PARTIAL && r->partial ? r->partial(r->ctx, n->name) : NULL;
        if (n->kind == NODE_TEXT)
            r->text(r->ctx, n->text, n->text_len);
        each_text(partial ? partial->first : n->child, r, depth + 1);
    }
}

void mustache_each_text(const struct mustache *t, const struct mustache_reader *reader)
{
    each_text(t->first, reader, 0);
}

void mustache_put_html(void *ctx, const char *value, struct strbuf *out)
{
    (void)ctx;
    for (; *value; value++) {
        switch (*value) {
        case '&':
            strbuf_str(out, "&amp;");
            break;
        case '<':
            strbuf_str(out, "&lt;");
            break;
        case '>':
            strbuf_str(out, "&gt;");
            break;
        case '"':
            strbuf_str(out, "&quot;");
            break;
        default:
            strbuf_char(out, *value);
        }
    }
}
