#include "templates/page.h"

#include "base/text.h"
#include "templates/page_value.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

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
        const int n = page_mark_at(p, end);

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

    r->link = page_link_make(cmark_node_get_url(node), r->values, r->mem);
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
    n = page_mark_at(text, text + strlen(text));
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
        return page_link_is_picture(cmark_node_get_url(node))
                   ? NULL
                   : "an image has no place in a message, unless it comes with it (cid:)";
    case CMARK_NODE_LINK:
        if (!page_link_is_ours(cmark_node_get_url(node)) && !text_starts(cmark_node_get_url(node), "{{"))
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
