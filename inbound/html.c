/*
 * HTML of a letter to lines. libxml2's traps are met before it sees a byte (html_mend): `<![…]>` of Word would come out as text, a tag
 * with 100,000 attributes takes it 20 seconds. Text below 256 levels is lost without XML_PARSE_HUGE, bad UTF-8 passes through.
 */
#include "inbound/body.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/html_mark.h"
#include "inbound/html_mend.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>

#define WALK_DEPTH_MAX 2000
#define HREF_MAX_BYTES 500

/* Blocks begin a line of their own; paragraphs have an empty line round them. */
static const char *const blocks[] = { "div",        "li",      "tr",      "table",    "ul",     "ol",
                                      "blockquote", "hr",      "pre",     "dl",       "dt",     "dd",
                                      "section",    "article", "header",  "footer",   "center", "body",
                                      "html",       "caption", "address", "fieldset", "form" };
static const char *const paragraphs[] = { "p", "h1", "h2", "h3", "h4", "h5", "h6" };

/* One list that is open: its next number, 0 for bullets. */
struct list {
    int number;
};

struct html {
    struct body *body;
    struct strbuf line;
    int quotes;
    enum body_hint hint;
    int pre, depth, item; /* item: number to print, -1 bullet, 0 none */
    int list_depth;
    bool is_older, wants_gap, has_text;
    bool has_nbsp; /* a no-break space stood where a line would begin: alone in its block it is an empty line */
    bool is_tiny;  /* letters of no size */
    struct strbuf hidden;
};

static const char *attribute(const void *of, const char *key)
{
    const xmlNode *node = of;

    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (text_equals((const char *)a->name, key))
            return a->children && a->children->content ? (const char *)a->children->content : "";
    return NULL;
}

static void end_line(struct html *h)
{
    if (h->line.len) {
        body_add(h->body, strbuf_peek(&h->line), h->line.len, h->quotes, h->is_older ? BODY_OLDER : h->hint);
        h->has_text = true;
    } else if (h->has_nbsp && h->has_text && !body_is_blank(&h->body->lines[h->body->count - 1])) {
        body_add(h->body, "", 0, h->quotes, h->is_older ? BODY_OLDER : h->hint);
    }
    h->has_nbsp = false;
    strbuf_clear(&h->line);
}

static void gap(struct html *h)
{
    end_line(h);
    if (h->has_text)
        h->wants_gap = true;
}

static void empty_line(struct html *h)
{
    body_add(h->body, "", 0, h->quotes, h->is_older ? BODY_OLDER : h->hint);
}

/* <br>: ends the line, or makes an empty one. */
static void line_break(struct html *h)
{
    if (!h->line.len)
        empty_line(h);
    end_line(h);
}

static void start_line(struct html *h)
{
    if (h->wants_gap && h->body->count && !body_is_blank(&h->body->lines[h->body->count - 1]))
        empty_line(h);
    h->wants_gap = false;
    for (int i = 1; h->item && i < h->list_depth; i++)
        strbuf_str(&h->line, "  ");
    if (h->item > 0)
        strbuf_printf(&h->line, "%d. ", h->item);
    else if (h->item)
        strbuf_str(&h->line, "- ");
    h->item = 0;
}

static void add_hidden(struct html *h, const char *s, size_t n)
{
    if (h->quotes || h->is_older || h->hidden.len + n + 1 > LETTER_TEXT_MAX_BYTES)
        return;
    strbuf_add(&h->hidden, s, n);
}

/* Letters and marks of ASCII at s. */
static size_t word_length(const char *s)
{
    size_t n = 0;

    while (s[n] > ' ' && s[n] < 0x7F)
        n++;
    return n;
}

static void add_text(struct html *h, const char *s)
{
    if (h->is_tiny) {
        add_hidden(h, s, strlen(s));
        return;
    }
    while (*s) {
        const char *start = s;
        const size_t word = word_length(s);
        const int32_t cp = word ? (s += word, *start) : text_next(&s);
        const bool is_space = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r' || cp == 0xA0;

        if (h->pre && cp == '\n') {
            line_break(h);
        } else if (is_space && !h->pre) {
            h->has_nbsp |= !h->line.len && cp == 0xA0;
            if (h->line.len && h->line.p[h->line.len - 1] != ' ')
                strbuf_char(&h->line, ' ');
        } else if (cp != 0x200B && cp != 0xFEFF) {
            if (!h->line.len)
                start_line(h);
            strbuf_add(&h->line, start, (size_t)(s - start));
        }
    }
}

/* A link whose words do not show where it goes. */
static void add_href(struct html *h, const xmlNode *node, size_t start)
{
    const char *href = attribute(node, "href"), *shown;

    if (!href || !(text_starts(href, "http://") || text_starts(href, "https://")) || strlen(href) > HREF_MAX_BYTES)
        return;
    if (start >= h->line.len || h->is_older || h->quotes)
        return;
    shown = h->line.p + start;
    if (strstr(href, shown) || text_starts(shown, "http") || text_starts(shown, "www."))
        return;
    add_text(h, " <");
    add_text(h, href);
    add_text(h, ">");
}

static void walk(struct html *h, const xmlNode *node);

static void enter(struct html *h, const xmlNode *node, const char *tag, struct list *list)
{
    const bool is_list = text_equals(tag, "ul") || text_equals(tag, "ol");
    const size_t start = h->line.len;

    h->pre += text_equals(tag, "pre");
    h->list_depth += is_list;
    if (text_equals(tag, "li"))
        h->item = list && list->number ? list->number++ : -1;
    for (const xmlNode *child = node->children; child; child = child->next)
        walk(h, child);
    if (text_equals(tag, "a"))
        add_href(h, node, start);
    h->pre -= text_equals(tag, "pre");
    h->list_depth -= is_list;
}

static void walk_block(struct html *h, const xmlNode *node, const char *tag)
{
    if (html_is_one_of(tag, paragraphs, COUNT_OF(paragraphs))) {
        gap(h);
        enter(h, node, tag, NULL);
        gap(h);
    } else if (html_is_one_of(tag, blocks, COUNT_OF(blocks))) {
        struct list number = { 0 };

        end_line(h);
        if (text_equals(tag, "li") && node->parent && text_equals((const char *)node->parent->name, "ol")) {
            number.number = 1;
            for (const xmlNode *p = node->prev; p; p = p->prev)
                number.number += p->type == XML_ELEMENT_NODE;
        }
        enter(h, node, tag, &number);
        end_line(h);
    } else {
        enter(h, node, tag, NULL);
        if (text_equals(tag, "td") || text_equals(tag, "th"))
            add_text(h, " ");
    }
}

static void walk_hidden(struct html *h, const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        if (node->content)
            add_hidden(h, (const char *)node->content, strlen((const char *)node->content));
        return;
    }
    if (node->type != XML_ELEMENT_NODE || html_is_dropped((const char *)node->name) || h->depth >= WALK_DEPTH_MAX)
        return;
    h->depth++;
    for (const xmlNode *child = node->children; child; child = child->next)
        walk_hidden(h, child);
    h->depth--;
    add_hidden(h, "\n", 1);
}

/* A size of nothing goes on inward until another size is named: tables use it between their cells. */
static bool is_tiny(const struct html *h, const xmlNode *node)
{
    const char *style = attribute(node, "style");
    const double size = style ? html_style_number(style, "font-size") : -1;

    return size < 0 ? h->is_tiny : size == 0;
}

/* Skipping, quoting and hints; then the element itself. */
static void walk_element(struct html *h, const xmlNode *node, const char *tag)
{
    const enum body_hint hint = h->hint;
    const int quotes = h->quotes;
    const bool was_tiny = h->is_tiny;
    const enum html_mark mark = html_mark_of(&(struct html_tag){ tag, node, attribute });

    if (mark == HTML_HIDDEN)
        walk_hidden(h, node);
    if (mark == HTML_SKIP || mark == HTML_HIDDEN)
        return;
    h->is_tiny = is_tiny(h, node);
    if (mark != HTML_NONE)
        end_line(h);
    if (mark == HTML_OLDER)
        h->is_older = true;
    if (mark == HTML_QUOTE || mark == HTML_SOFT)
        h->quotes++;
    if (mark == HTML_QUOTE)
        h->hint = BODY_QUOTE;
    if (mark == HTML_SOFT && !quotes && hint == BODY_PLAIN)
        h->hint = BODY_SOFT_QUOTE;
    if (mark == HTML_ATTRIBUTION || mark == HTML_SIGNATURE)
        h->hint = mark == HTML_ATTRIBUTION ? BODY_ATTRIBUTION : BODY_SIGNATURE;
    walk_block(h, node, tag);
    if (mark != HTML_NONE)
        end_line(h);
    if (h->is_tiny && !was_tiny)
        add_hidden(h, "\n", 1);
    h->is_tiny = was_tiny;
    h->hint = hint;
    h->quotes = quotes;
}

static void walk(struct html *h, const xmlNode *node)
{
    const char *tag = (const char *)node->name;

    if (h->depth >= WALK_DEPTH_MAX || h->line.over)
        return;
    h->depth++;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        if (node->content)
            add_text(h, (const char *)node->content);
    } else if (node->type == XML_ELEMENT_NODE) {
        if (text_equals(tag, "br"))
            line_break(h);
        else
            walk_element(h, node, tag);
    }
    h->depth--;
}

static void ignore_error(void *ctx, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void ignore_error(void *ctx, const char *fmt, ...)
{
    (void)ctx;
    (void)fmt;
}

void html_setup(void)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("html_setup");
    struct body body = { .mem = mem };
    struct err err;
    static const char sample[] = "<html><body><p>x&eacute;</p></body></html>";

    xmlInitParser();
    xmlSetGenericErrorFunc(NULL, ignore_error);
    rc_ignore(html_to_body(sample, sizeof sample - 1, &body, &err), "only to load what libxml2 loads lazily");
}

static void run(struct html *h, const char *html, size_t n)
{
    xmlDoc *doc = htmlReadMemory(html, (int)n, NULL, "utf-8",
                                 HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                     HTML_PARSE_COMPACT | (int)XML_PARSE_HUGE);

    if (!doc)
        return;
    for (const xmlNode *node = doc->children; node; node = node->next)
        walk(h, node);
    end_line(h);
    xmlFreeDoc(doc);
}

/* One line for each thing that was hidden, blanks and marks aside. */
static const char *tidy_hidden(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(2 * LETTER_TEXT_MAX_BYTES);
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        const char *clean = text_clean_line(mem, line, n), *p = clean;
        bool has_word = false;

        while (*p && !has_word)
            has_word = text_is_letter(text_next(&p));
        if (!has_word || text_equals(clean, "StartFragment") || text_equals(clean, "EndFragment"))
            continue;
        strbuf_str(&out, clean);
        strbuf_char(&out, '\n');
    }
    return out.len ? arena_strndup(mem, strbuf_peek(&out), out.len - 1) : NULL;
}

enum rc html_to_body(const char *html, size_t n, struct body *ret_body, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf mended = STRBUF(LETTER_TEXT_MAX_BYTES);
    struct html h = { .body = ret_body,
                      .line = STRBUF(LETTER_TEXT_MAX_BYTES),
                      .hidden = STRBUF(LETTER_TEXT_MAX_BYTES) };

    html_mend(html, n, &mended, &h.hidden);
    if (mended.over) {
        strbuf_done(&h.hidden);
        return err_set(err, RC_LIMIT, "html_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    }
    if (mended.len)
        run(&h, mended.p, mended.len);
    ret_body->hidden = tidy_hidden(strbuf_peek(&h.hidden), ret_body->mem);
    strbuf_done(&h.hidden);
    strbuf_done(&h.line);
    return RC_OK;
}
