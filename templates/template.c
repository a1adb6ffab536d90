#include "templates/template.h"

#include "base/io.h"
#include "base/text.h"
#include "templates/page.h"
#include "templates/page_html.h"
#include "templates/page_text.h"

#include <dirent.h>

#define MAX_FILES 1024
#define MAX_VALUES 256
#define MAX_PARTIALS 8 /* inside each other */

static const char *const languages[] = { "en", "es" };

struct template_file {
    const char *lang, *kind, *path;
    const struct mustache *subject, *body;
    const char **values;
    int value_count;
    int subject_line;
    bool is_partial;
};

struct template_set {
    struct arena *mem;
    struct template_file *files[MAX_FILES];
    int count;
    struct template_file replaced[MAX_FILES]; /* built-in ones, as they were */
    int replaced_count;
};

static struct template_file *find_file(const struct template_set *set, const char *lang, const char *kind,
                                       bool is_partial)
{
    for (int i = 0; i < set->count; i++) {
        struct template_file *f = set->files[i];

        if (f->is_partial == is_partial && !strcmp(f->kind, kind) && !strcmp(f->lang, lang))
            return f;
    }
    return NULL;
}

/* ---- one file ----------------------------------------------------------------------------------------------------- */

/* Carriage returns go; what is no UTF-8 or would look like a mark of ours is refused. */
static enum rc check_bytes(char *bytes, size_t *n, struct err *err)
{
    int line = 1;
    char *w = bytes;

    if (!text_is_utf8(bytes, *n) || memchr(bytes, '\0', *n))
        return err_set(err, RC_INPUT, "line 1: not UTF-8 text");
    for (const char *p = bytes; p < bytes + *n;) {
        const char *from = p;
        const int32_t cp = text_next(&p);

        line += cp == '\n';
        if ((cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000)
            return err_set(err, RC_INPUT, "line %d: a private-use character", line);
        if (cp == '\r')
            continue;
        memmove(w, from, (size_t)(p - from)); /* onto itself until a CR went */
        w += p - from;
    }
    *n = (size_t)(w - bytes);
    bytes[*n] = '\0';
    return RC_OK;
}

static enum rc add_values(struct template_file *f, char *list, int line, struct err *err)
{
    for (char *name; (name = strsep(&list, ", \t"));) {
        if (!*name)
            continue;
        if (f->value_count == MAX_VALUES)
            return err_set(err, RC_LIMIT, "line %d: over %d values", line, MAX_VALUES);
        f->values[f->value_count++] = name;
    }
    return RC_OK;
}

static enum rc read_head_line(struct template_set *set, struct template_file *f, const char *text, size_t n, int line,
                              struct err *err)
{
    if (text_starts(text, "values:"))
        return add_values(f, arena_strndup(set->mem, text + 7, n - 7), line, err);
    if (text_starts(text, "subject:") && !f->is_partial && !f->subject) {
        const char *subject = text + 8 + strspn(text + 8, " ");
        const enum rc rc = mustache_compile(subject, n - (size_t)(subject - text), set->mem, &f->subject, err);

        f->subject_line = line;
        return rc ? err_wrap(err, "line %d: subject", line) : RC_OK;
    }
    return err_set(err, RC_INPUT, "line %d: the head knows 'subject:' (once) and 'values:'", line);
}

/* The head's bytes become blanks, so that the body's lines keep their numbers. */
static enum rc read_head(struct template_set *set, struct template_file *f, char *bytes, struct err *err)
{
    const char *p = bytes, *text;
    size_t n;
    int line = 1;

    for (; text_next_line(&p, &text, &n) && n; line++) {
        const enum rc rc = read_head_line(set, f, text, n, line, err);

        if (rc)
            return rc;
        memset(bytes + (text - bytes), ' ', n);
    }
    if (!f->subject && !f->is_partial)
        return err_set(err, RC_INPUT, "line %d: the head has no 'subject:'", line);
    return RC_OK;
}

static enum rc read_file(struct template_set *set, struct template_file *f, const char *path, struct err *err)
{
    char *bytes;
    size_t n;
    enum rc rc = io_read_file(path, TEMPLATE_MAX_FILE, set->mem, &bytes, &n, err);

    if (!rc)
        rc = check_bytes(bytes, &n, err);
    if (!rc)
        rc = read_head(set, f, bytes, err);
    if (!rc && f->is_partial) { /* what follows it begins a new paragraph */
        bytes = arena_printf(set->mem, "%s\n\n", bytes);
        n = strlen(bytes);
    }
    if (!rc)
        rc = mustache_compile(bytes, n, set->mem, &f->body, err);
    if (!rc)
        rc = page_check(bytes, n, err);
    return rc;
}

/* "_footer.md" is the partial "footer"; NULL for a file that is none of ours. */
static char *kind_of(struct arena *mem, const char *file)
{
    const size_t n = strlen(file);

    if (n < 4 || strcmp(file + n - 3, ".md") != 0 || *file == '.')
        return NULL;
    file += *file == '_';
    return arena_strndup(mem, file, strlen(file) - 3);
}

static enum rc load_file(struct template_set *set, const char *dir, const char *lang, const char *file,
                         bool is_override, struct err *err)
{
    struct template_file *f = ARENA_NEW(set->mem, struct template_file), *built_in;
    enum rc rc;

    f->lang = lang;
    f->kind = kind_of(set->mem, file);
    if (!f->kind)
        return RC_OK;
    f->path = arena_printf(set->mem, "%s/%s", lang, file);
    f->is_partial = *file == '_';
    f->values = ARENA_ARRAY(set->mem, MAX_VALUES, const char *);
    rc = read_file(set, f, arena_printf(set->mem, "%s/%s/%s", dir, lang, file), err);
    if (rc)
        return err_wrap(err, "%s", f->path);
    built_in = find_file(set, lang, f->kind, f->is_partial);
    if (is_override && !built_in)
        return err_set(err, RC_INPUT, "%s: line 1: there is no such kind of message", f->path);
    if (built_in) { /* which values there are is not the practice's choice */
        f->values = built_in->values;
        f->value_count = built_in->value_count;
        if (set->replaced_count < MAX_FILES)
            set->replaced[set->replaced_count++] = *built_in;
        *built_in = *f;
        return RC_OK;
    }
    if (set->count == MAX_FILES)
        return err_set(err, RC_LIMIT, "over %d templates", MAX_FILES);
    set->files[set->count++] = f;
    return RC_OK;
}

static void free_names(struct dirent ***names)
{
    if (*names)
        for (struct dirent **n = *names; *n; n++)
            free(*n);
    free(*names);
}

static enum rc load_language(struct template_set *set, const char *dir, const char *lang, bool is_override,
                             struct err *err)
{
    CLEANUP(free_names) struct dirent **names = NULL;
    struct dirent **found = NULL;
    const int n = scandir(arena_printf(set->mem, "%s/%s", dir, lang), &found, NULL, alphasort);
    enum rc rc = RC_OK;

    if (n < 0)
        return is_override ? RC_OK : err_set(err, RC_NOT_FOUND, "no folder of %s templates", lang);
    names = reallocarray(found, (size_t)n + 1, sizeof *names);
    if (!names)
        abort();
    names[n] = NULL;
    for (int i = 0; i < n && !rc; i++)
        rc = load_file(set, dir, lang, names[i]->d_name, is_override, err);
    return rc;
}

/* ---- checks that need all files ----------------------------------------------------------------------------------- */

struct check {
    const struct template_set *set;
    const struct template_file *file;
};

static bool has_value(const struct template_file *f, const char *name, size_t n)
{
    for (int i = 0; i < f->value_count; i++)
        if (strlen(f->values[i]) == n && !memcmp(f->values[i], name, n))
            return true;
    return false;
}

static enum rc check_tag(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err)
{
    const struct check *c = ctx;
    const size_t n = strcspn(name, ".");

    if (tag == MUSTACHE_RAW)
        return err_set(err, RC_INPUT, "line %d: the unescaped tag '%.40s' is not allowed", line, name);
    if (tag == MUSTACHE_PARTIAL)
        return find_file(c->set, c->file->lang, name, true)
                   ? RC_OK
                   : err_set(err, RC_INPUT, "line %d: there is no partial '%.40s'", line, name);
    if (!strcmp(name, ".") || has_value(c->file, name, n))
        return RC_OK;
    return err_set(err, RC_INPUT, "line %d: unknown value '%.40s'", line, name);
}

/* Collects what partials list into the file that includes them. */
struct gather {
    const struct template_set *set;
    struct template_file *into;
    const char *lang;
    int depth;
};

static enum rc gather_tag(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err)
{
    struct gather g = *(struct gather *)ctx;
    const struct template_file *partial;

    if (tag != MUSTACHE_PARTIAL)
        return RC_OK;
    if (++g.depth > MAX_PARTIALS)
        return err_set(err, RC_LIMIT, "line %d: over %d partials inside each other", line, MAX_PARTIALS);
    partial = find_file(g.set, g.lang, name, true);
    if (!partial)
        return RC_OK;
    for (int i = 0; i < partial->value_count; i++) {
        if (has_value(g.into, partial->values[i], strlen(partial->values[i])))
            continue;
        if (g.into->value_count == MAX_VALUES)
            return err_set(err, RC_LIMIT, "line %d: over %d values", line, MAX_VALUES);
        g.into->values[g.into->value_count++] = partial->values[i];
    }
    return mustache_each_tag(partial->body, gather_tag, &g, err);
}

/* A practice's own file may use only what the built-in one lists, so nothing is gathered for it. */
static enum rc check_file(struct template_set *set, struct template_file *f, bool is_override, struct err *err)
{
    struct check check = { set, f };
    struct gather gather = { set, f, f->lang, 0 };
    enum rc rc = is_override ? RC_OK : mustache_each_tag(f->body, gather_tag, &gather, err);

    if (!rc && f->subject) {
        rc = mustache_each_tag(f->subject, check_tag, &check, err);
        if (rc)
            err_wrap(err, "line %d: subject", f->subject_line);
    }
    if (!rc)
        rc = mustache_each_tag(f->body, check_tag, &check, err);
    return rc ? err_wrap(err, "%s", f->path) : RC_OK;
}

static enum rc check_all(struct template_set *set, bool is_override, struct err *err)
{
    enum rc rc = RC_OK;

    for (int i = 0; i < set->count && !rc; i++)
        rc = check_file(set, set->files[i], is_override, err);
    return rc;
}

static enum rc load_all(struct template_set *set, const char *dir, bool is_override, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < COUNT_OF(languages) && !rc; i++)
        rc = load_language(set, dir, languages[i], is_override, err);
    return rc ? rc : check_all(set, is_override, err);
}

enum rc template_set_load(const char *dir, const char *override_dir, struct template_set **ret_set, struct err *err)
{
    struct arena *mem = arena_new("templates");
    CLEANUP(template_set_free) struct template_set *set = ARENA_NEW(mem, struct template_set);
    enum rc rc;

    set->mem = mem;
    rc = load_all(set, dir, false, err);
    if (!rc && override_dir) {
        rc = load_all(set, override_dir, true, err);
        if (rc)
            err_wrap(err, "the practice's own templates");
    }
    if (rc)
        return rc;
    *ret_set = MOVE(set);
    return RC_OK;
}

void template_set_free(struct template_set **set)
{
    struct arena *mem = *set ? (*set)->mem : NULL;

    if (mem)
        arena_free(&mem);
    *set = NULL;
}

bool template_has(const struct template_set *set, const char *lang, const char *kind)
{
    return find_file(set, lang, kind, false) != NULL;
}

int template_count(const struct template_set *set)
{
    return set->count;
}

struct template_info template_at(const struct template_set *set, int i)
{
    const struct template_file *f = set->files[i];

    return (struct template_info){ f->lang, f->kind, f->path, f->values, f->value_count, f->is_partial };
}

enum rc template_each_tag(const struct template_set *set, int i,
                          enum rc (*fn)(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err),
                          void *ctx, struct err *err)
{
    const struct template_file *f = set->files[i];
    const enum rc rc = f->subject ? mustache_each_tag(f->subject, fn, ctx, err) : RC_OK;

    return rc ? rc : mustache_each_tag(f->body, fn, ctx, err);
}

/* ---- render ------------------------------------------------------------------------------------------------------- */

struct render {
    const struct template_set *set;
    const char *lang;
    struct arena *mem; /* until the rendering is done */
    struct page_values values;
    int cap;
};

static const struct mustache *find_partial(void *ctx, const char *name)
{
    const struct render *r = ctx;
    const struct template_file *f = find_file(r->set, r->lang, name, true);

    return f ? f->body : NULL;
}

static void put_line(void *ctx, const char *value, struct strbuf *out)
{
    const struct render *r = ctx;

    strbuf_str(out, page_clean_line(r->mem, value));
}

/* Leaves a mark in the Markdown and keeps the value aside. */
static void put_mark(void *ctx, const char *value, struct strbuf *out)
{
    struct render *r = ctx;
    char mark[PAGE_MARK_SIZE];

    if (r->values.count == r->cap) {
        const char **more = ARENA_ARRAY(r->mem, (size_t)r->cap * 2, const char *);

        memcpy(more, r->values.value, (size_t)r->cap * sizeof *more);
        r->values.value = more;
        r->cap *= 2;
    }
    page_mark(r->values.count < PAGE_MAX_VALUES ? r->values.count : PAGE_MAX_VALUES, mark);
    if (r->values.count <= PAGE_MAX_VALUES)
        r->values.value[r->values.count++] = page_clean(r->mem, value);
    strbuf_str(out, mark);
}

static enum rc render_subject(struct render *r, const struct template_file *f, const struct json *values,
                              struct arena *mem, char **ret_subject, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(TEMPLATE_MAX_SUBJECT);
    const struct mustache_target target = { r, put_line, find_partial, true };
    const enum rc rc = mustache_render(f->subject, values, &target, &out, err);

    if (rc)
        return err_wrap(err, "subject");
    *ret_subject = arena_strdup(mem, page_clean_line(r->mem, strbuf_peek(&out)));
    return RC_OK;
}

static enum rc read_body(struct render *r, const struct template_file *f, const struct json *values,
                         const struct page_block **ret_page, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf markdown = STRBUF(TEMPLATE_MAX_MARKDOWN);
    const struct mustache_target target = { r, put_mark, find_partial, true };
    const enum rc rc = mustache_render(f->body, values, &target, &markdown, err);

    if (rc)
        return rc;
    if (r->values.count > PAGE_MAX_VALUES)
        return err_set(err, RC_LIMIT, "over %d values in one message", PAGE_MAX_VALUES);
    return page_read(strbuf_peek(&markdown), markdown.len, &r->values, r->mem, ret_page, err);
}

static enum rc print_page(const struct page_block *page, const char *lang, enum template_format format,
                          struct arena *mem, struct template_out *out, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(TEMPLATE_MAX_OUT);
    CLEANUP(strbuf_done) struct strbuf html = STRBUF(TEMPLATE_MAX_OUT);
    enum rc rc;

    page_print_text(page, &text);
    page_print_html(page, lang, out->subject, format == TEMPLATE_BIG ? PAGE_HTML_SIZE_BIG : PAGE_HTML_SIZE, &html);
    rc = strbuf_take(&text, mem, &out->text, err);
    return rc ? rc : strbuf_take(&html, mem, &out->html, err);
}

enum rc template_render(const struct template_set *set, const char *lang, const char *kind, enum template_format format,
                        const struct json *values, struct arena *mem, struct template_out *ret_out, struct err *err)
{
    CLEANUP(arena_free) struct arena *work = arena_new("render");
    struct render r = { .set = set, .lang = lang, .mem = work, .cap = 64 };
    const struct template_file *f = find_file(set, lang, kind, false);
    const struct page_block *page = NULL;
    struct template_out out = { 0 };
    enum rc rc;

    if (!f)
        return err_set(err, RC_NOT_FOUND, "no template '%.40s' in '%.8s'", kind, lang);
    r.values.value = ARENA_ARRAY(work, (size_t)r.cap, const char *);
    rc = render_subject(&r, f, values, mem, &out.subject, err);
    if (!rc)
        rc = read_body(&r, f, values, &page, err);
    if (!rc)
        rc = print_page(page, f->lang, format, mem, &out, err);
    if (rc)
        return err_wrap(err, "%s", f->path);
    *ret_out = out;
    return RC_OK;
}

/* ---- what we say, without values ---------------------------------------------------------------------------------- */

struct telling {
    struct render partials; /* for find_partial */
    void (*fn)(void *ctx, const char *text, size_t n);
    void *ctx;
};

static void tell_text(void *ctx, const char *text, size_t n)
{
    const struct telling *t = ctx;

    t->fn(t->ctx, text, n);
}

static const struct mustache *tell_partial(void *ctx, const char *name)
{
    return find_partial(&((struct telling *)ctx)->partials, name);
}

static void tell_file(const struct template_set *set, const struct template_file *f, struct telling *t)
{
    const struct mustache_reader reader = { t, tell_text, tell_partial };

    t->partials = (struct render){ .set = set, .lang = f->lang };
    if (f->subject)
        mustache_each_text(f->subject, &reader);
    mustache_each_text(f->body, &reader);
    t->fn(t->ctx, NULL, 0);
}

void template_each_text(const struct template_set *set, void (*fn)(void *ctx, const char *text, size_t n), void *ctx)
{
    struct telling telling = { .fn = fn, .ctx = ctx };

    for (int i = 0; i < set->count; i++)
        if (!set->files[i]->is_partial) /* told where they are included */
            tell_file(set, set->files[i], &telling);
    for (int i = 0; i < set->replaced_count; i++)
        tell_file(set, &set->replaced[i], &telling);
}
