#include "templates/page.h"

#include "base/slot.h"
#include "base/text.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

/* Values are marked with plane 15, slots with the start of plane 16 (base/slot.h): never the same. */
#define MARK_FIRST 0xF0000

void page_mark(int n, char utf8[PAGE_MARK_SIZE])
{
    const uint32_t cp = MARK_FIRST + (uint32_t)n;

    utf8[0] = (char)(0xF0 | cp >> 18);
    utf8[1] = (char)(0x80 | (cp >> 12 & 63));
    utf8[2] = (char)(0x80 | (cp >> 6 & 63));
    utf8[3] = (char)(0x80 | (cp & 63));
    utf8[4] = '\0';
}

/* The value number of the mark at p (4 bytes), or -1. Text that cmark gives is valid UTF-8. */
static int mark_at(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;

    if (end - p < 4 || u[0] != 0xF3 || u[1] < 0xB0)
        return -1;
    return (u[1] & 15) << 12 | (u[2] & 63) << 6 | (u[3] & 63);
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static bool is_unwanted(int32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) || /* controls */
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||     /* would turn our own words around */
           cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp >= 0xE0000 && cp <= 0xE0FFF) ||
           (cp >= 0xE000 && cp <= 0xF8FF) || cp >= MARK_FIRST;
}

const char *page_clean(struct arena *mem, const char *value)
{
    char *out = arena_alloc(mem, strlen(value) + 1);
    char *w = out;

    for (const char *p = value; *p;) {
        const char *from = p;
        const int32_t cp = text_next(&p);

        if (cp <= 0)
            break;
        if (cp == '\r' || cp == 0x2028 || cp == 0x2029 || cp == 0x0B || cp == 0x0C || cp == 0x85) {
            if (cp != '\r' || *p != '\n')
                *w++ = '\n';
        } else if (slot_at(from, (size_t)(p - from)) >= 0 || !is_unwanted(cp)) {
            memcpy(w, from, (size_t)(p - from));
            w += p - from;
        }
    }
    *w = '\0';
    return out;
}

const char *page_clean_line(struct arena *mem, const char *value)
{
    char *line = (char *)(uintptr_t)page_clean(mem, value);
    char *w = line;

    for (const char *p = line; *p; p++) {
        if (!strchr(" \t\n", *p))
            *w++ = *p;
        else if (w > line && w[-1] != ' ')
            *w++ = ' ';
    }
    while (w > line && w[-1] == ' ')
        w--;
    *w = '\0';
    return line;
}

/* ---- links -------------------------------------------------------------------------------------------------------- */

static bool is_one_slot(const char *value)
{
    return slot_at(value, strlen(value)) >= 0 && strlen(value) == 4;
}

/* A picture that comes with the mail; one from elsewhere would tell who reads. */
static bool is_own_picture(const char *url)
{
    return text_starts(url, "cid:");
}

static bool is_ours(const char *url)
{
    return text_starts(url, "mailto:") || text_starts(url, "https://");
}

/* A value inside a destination is one piece of it; a value that is all of it may also hold the marks of a URL. */
static void add_encoded(struct strbuf *b, const char *value, bool is_whole)
{
    if (is_one_slot(value)) {
        strbuf_str(b, value);
        return;
    }
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (is_plain || strchr("-._~@+", c) || (is_whole && strchr(":/?#[]!$&()*,;=%", c)))
            strbuf_char(b, (char)c);
        else
            strbuf_printf(b, "%%%02X", c);
    }
}

static void add_shown(struct strbuf *b, const char *value)
{
    for (; *value; value++)
        if (!strchr(" \t\n<>", *value))
            strbuf_char(b, *value);
}

static const char *shown_part(struct arena *mem, const char *url)
{
    if (!text_starts(url, "mailto:"))
        return url;
    url += strlen("mailto:");
    return arena_strndup(mem, url, strcspn(url, "?"));
}

/* NULL when the destination is none that we keep. */
static const struct page_link *make_link(const char *url, const struct page_values *values, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf href = STRBUF(8192);
    CLEANUP(strbuf_done) struct strbuf shown = STRBUF(8192);
    const char *end = url + strlen(url);
    const bool is_whole = end - url == 4 && mark_at(url, end) >= 0;
    struct page_link *link;

    for (const char *p = url; p < end;) {
        const int n = mark_at(p, end);

        if (n >= 0 && n < values->count) {
            add_encoded(&href, values->value[n], is_whole);
            add_shown(&shown, values->value[n]);
            p += 4;
        } else {
            strbuf_char(&href, *p);
            strbuf_char(&shown, *p++);
        }
    }
    if (href.over || shown.over)
        return NULL;
    if (!is_ours(strbuf_peek(&href)) && !is_own_picture(strbuf_peek(&href)) &&
        !(is_whole && is_one_slot(strbuf_peek(&href))))
        return NULL;
    link = ARENA_NEW(mem, struct page_link);
    link->href = arena_strdup(mem, strbuf_peek(&href));
    link->is_picture = is_own_picture(link->href);
    link->shown = shown_part(mem, arena_strdup(mem, strbuf_peek(&shown)));
    return link;
}

/* ---- tree --------------------------------------------------------------------------------------------------------- */

struct reader {
    const struct page_values *values;
    struct arena *mem;
    struct err *err;
    struct page_span **tail; /* of the block being read */
    const struct page_link *link;
    int strong, emphasis;
};

static void free_node(cmark_node **node)
{
    if (*node)
        cmark_node_free(*node);
}

static void add_span(struct reader *r, const char *text, size_t len, bool is_value)
{
    struct page_span *s;

    if (text && !len)
        return;
    s = ARENA_NEW(r->mem, struct page_span);
    s->text = text;
    s->len = len;
    s->is_value = is_value;
    s->is_strong = r->strong > 0;
    s->is_emphasis = r->emphasis > 0;
    s->link = r->link;
    *r->tail = s;
    r->tail = &s->next;
}

static void add_text(struct reader *r, const char *literal)
{
    const char *text = arena_strdup(r->mem, literal);
    const char *end = text + strlen(text);
    const char *from = text;

    for (const char *p = text; p < end;) {
        const int n = mark_at(p, end);

        if (n < 0 || n >= r->values->count) {
            p++;
            continue;
        }
        add_span(r, from, (size_t)(p - from), false);
        from = p += 4;
        {
            const char *line = page_clean_line(r->mem, r->values->value[n]);

            add_span(r, line, strlen(line), true);
        }
    }
    add_span(r, from, (size_t)(end - from), false);
}

static enum rc read_spans(struct reader *r, cmark_node *parent, int depth);

static enum rc read_link(struct reader *r, cmark_node *node, int depth)
{
    const bool is_picture = cmark_node_get_type(node) == CMARK_NODE_IMAGE;
    enum rc rc;

    r->link = make_link(cmark_node_get_url(node), r->values, r->mem);
    if (r->link ? r->link->is_picture != is_picture : is_picture)
        return err_set(r->err, RC_INPUT, "a picture that does not come with the mail");
    rc = read_spans(r, node, depth + 1);
    r->link = NULL;
    return rc;
}

static enum rc read_span(struct reader *r, cmark_node *node, int depth)
{
    const cmark_node_type type = cmark_node_get_type(node);
    int *look = type == CMARK_NODE_STRONG ? &r->strong : type == CMARK_NODE_EMPH ? &r->emphasis : NULL;
    enum rc rc;

    if (type == CMARK_NODE_TEXT)
        add_text(r, cmark_node_get_literal(node));
    else if (type == CMARK_NODE_SOFTBREAK)
        add_span(r, " ", 1, false);
    else if (type == CMARK_NODE_LINEBREAK)
        add_span(r, NULL, 0, false);
    else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
        return read_link(r, node, depth);
    else if (look) {
        ++*look;
        rc = read_spans(r, node, depth + 1);
        --*look;
        return rc;
    } else
        return err_set(r->err, RC_INPUT, "HTML, code or an image in a message");
    return RC_OK;
}

static enum rc read_spans(struct reader *r, cmark_node *parent, int depth)
{
    if (depth > PAGE_MAX_DEPTH)
        return err_set(r->err, RC_LIMIT, "Markdown nested over %d deep", PAGE_MAX_DEPTH);
    for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n)) {
        const enum rc rc = read_span(r, n, depth);

        if (rc)
            return rc;
    }
    return RC_OK;
}

static struct page_block *add_block(struct reader *r, struct page_block ***tail, enum page_kind kind)
{
    struct page_block *b = ARENA_NEW(r->mem, struct page_block);

    b->kind = kind;
    **tail = b;
    *tail = &b->next;
    r->tail = &b->span;
    return b;
}

/* A value's own paragraphs: empty lines part them, other line ends are breaks. Spaces at line starts go. */
static void add_value_blocks(struct reader *r, struct page_block ***tail, const char *value)
{
    bool is_open = false;

    while (*value) {
        const size_t lead = strspn(value, " \t");
        const size_t n = strcspn(value + lead, "\n");
        size_t len = n;

        while (len && strchr(" \t", value[lead + len - 1]))
            len--;
        if (len && is_open)
            add_span(r, NULL, 0, true);
        if (len && !is_open)
            add_block(r, tail, PAGE_PARAGRAPH)->is_value = true;
        add_span(r, value + lead, len, true);
        is_open = len > 0;
        value += lead + n;
        value += *value == '\n';
    }
}

/* The number of the value that is the whole paragraph, or -1. */
static int sole_value(cmark_node *paragraph)
{
    cmark_node *only = cmark_node_first_child(paragraph);
    const char *text;
    int n;

    if (!only || cmark_node_next(only) || cmark_node_get_type(only) != CMARK_NODE_TEXT)
        return -1;
    text = cmark_node_get_literal(only);
    n = mark_at(text, text + strlen(text));
    return n >= 0 && strlen(text) == 4 ? n : -1;
}

static bool is_one_link(const struct page_block *b)
{
    const struct page_link *link = b->span ? b->span->link : NULL;

    for (const struct page_span *s = b->span; s; s = s->next)
        if (s->link != link)
            return false;
    return link != NULL;
}

static enum rc read_paragraph(struct reader *r, cmark_node *node, struct page_block ***tail, int depth)
{
    struct page_block **at = *tail;
    const int n = sole_value(node);
    struct page_block *b;
    enum rc rc;

    if (n >= 0 && n < r->values->count) {
        add_value_blocks(r, tail, r->values->value[n]);
        return RC_OK;
    }
    b = add_block(r, tail, PAGE_PARAGRAPH);
    rc = read_spans(r, node, depth);
    b->is_button = is_one_link(b);
    if (!b->span) { /* every value in it was empty */
        *at = NULL;
        *tail = at;
    }
    return rc;
}

static enum rc read_blocks(struct reader *r, cmark_node *parent, struct page_block **first, int depth);

static enum rc read_quote(struct reader *r, cmark_node *node, struct page_block *b, int depth)
{
    const enum rc rc = read_blocks(r, node, &b->child, depth + 1);

    if (b->child && b->child->span && b->child->span->is_strong)
        b->kind = PAGE_NOTE;
    return rc;
}

static enum rc read_list(struct reader *r, cmark_node *node, struct page_block *b, int depth)
{
    b->is_tight = cmark_node_get_list_tight(node) != 0;
    b->number = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? cmark_node_get_list_start(node) : 0;
    return read_blocks(r, node, &b->child, depth + 1);
}

/* Debian ships no header with the node types of tables: they are known by their names. */
static enum rc read_row(struct reader *r, cmark_node *node, struct page_block *row, int depth)
{
    struct page_block **tail = &row->child;

    for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
        add_block(r, &tail, PAGE_CELL);
        if (read_spans(r, n, depth + 1))
            return r->err->rc;
    }
    return RC_OK;
}

static enum rc read_table(struct reader *r, cmark_node *node, struct page_block *table, int depth)
{
    struct page_block **tail = &table->child;

    for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n))
        if (read_row(r, n, add_block(r, &tail, PAGE_ROW), depth + 1))
            return r->err->rc;
    return RC_OK;
}

static enum rc read_block(struct reader *r, cmark_node *node, struct page_block ***tail, int depth)
{
    struct page_block *b;

    if (!strcmp(cmark_node_get_type_string(node), "table"))
        return read_table(r, node, add_block(r, tail, PAGE_TABLE), depth);
    switch ((int)cmark_node_get_type(node)) {
    case CMARK_NODE_PARAGRAPH:
        return read_paragraph(r, node, tail, depth);
    case CMARK_NODE_HEADING:
        b = add_block(r, tail, PAGE_HEADING);
        b->level = cmark_node_get_heading_level(node);
        return read_spans(r, node, depth);
    case CMARK_NODE_LIST:
        return read_list(r, node, add_block(r, tail, PAGE_LIST), depth);
    case CMARK_NODE_ITEM:
        return read_blocks(r, node, &add_block(r, tail, PAGE_ITEM)->child, depth + 1);
    case CMARK_NODE_BLOCK_QUOTE:
        return read_quote(r, node, add_block(r, tail, PAGE_QUOTE), depth);
    case CMARK_NODE_THEMATIC_BREAK:
        add_block(r, tail, PAGE_RULE);
        return RC_OK;
    default:
        return err_set(r->err, RC_INPUT, "HTML, code or an image in a message");
    }
}

static enum rc read_blocks(struct reader *r, cmark_node *parent, struct page_block **first, int depth)
{
    struct page_block **tail = first;

    if (depth > PAGE_MAX_DEPTH)
        return err_set(r->err, RC_LIMIT, "Markdown nested over %d deep", PAGE_MAX_DEPTH);
    for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n)) {
        const enum rc rc = read_block(r, n, &tail, depth);

        if (rc)
            return rc;
    }
    return RC_OK;
}

static cmark_node *parse(const char *markdown, size_t n)
{
    cmark_parser *parser;
    cmark_node *document;

    cmark_gfm_core_extensions_ensure_registered();
    parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser, markdown, n);
    document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    cmark_consolidate_text_nodes(document);
    return document;
}

enum rc page_read(const char *markdown, size_t n, const struct page_values *values, struct arena *mem,
                  const struct page_block **ret_first, struct err *err)
{
    CLEANUP(free_node) cmark_node *document = parse(markdown, n);
    struct reader r = { .values = values, .mem = mem, .err = err };
    struct page_block *first = NULL;
    const enum rc rc = read_blocks(&r, document, &first, 0);

    if (rc)
        return rc;
    *ret_first = first;
    return RC_OK;
}

static void free_iter(cmark_iter **iter)
{
    cmark_iter_free(*iter);
}

static const char *fault_of(cmark_node *node)
{
    switch ((int)cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        return "HTML has no place in a message";
    case CMARK_NODE_CODE_BLOCK:
    case CMARK_NODE_CODE:
        return "code has no place in a message (a line that starts with four spaces is code)";
    case CMARK_NODE_IMAGE:
        return is_own_picture(cmark_node_get_url(node))
                   ? NULL
                   : "an image has no place in a message, unless it comes with it (cid:)";
    case CMARK_NODE_LINK:
        if (!is_ours(cmark_node_get_url(node)) && !text_starts(cmark_node_get_url(node), "{{"))
            return "a link must begin with mailto: or https://";
        return NULL;
    default:
        return NULL;
    }
}

enum rc page_check(const char *markdown, size_t n, struct err *err)
{
    CLEANUP(free_node) cmark_node *document = parse(markdown, n);
    CLEANUP(free_iter) cmark_iter *iter = cmark_iter_new(document);
    int line = 1;

    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        const char *fault = fault_of(node);

        if (cmark_node_get_start_line(node) > 0)
            line = cmark_node_get_start_line(node);
        if (fault)
            return err_set(err, RC_INPUT, "line %d: %s", line, fault);
    }
    return RC_OK;
}
