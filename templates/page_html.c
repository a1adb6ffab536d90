#include "templates/page_html.h"

/*
 * Colours, with their contrast on the ground they stand on (WCAG 2.1 formula):
 *   light  ink #2a2622 on paper #fdfaf5 14.4, on note #fff3d6 13.6; soft #5c544b on paper 7.1, on quote #f4eee3 6.4;
 *          link #17574f on paper 7.9; white on button #17574f 8.2
 *   dark   ink #f1ebe2 on paper #1f1c19 14.3, on note #3b3222 10.7; soft #c9beb0 on paper 9.2, on quote #2a2622 8.2;
 *          link #8fd6cb on paper 10.2; dark #10211f on button #8fd6cb 10.1
 * The dark ones come by class, because a media query cannot be inline; a client that drops <style> keeps the light page whole.
 */
static const char head[] =
    "<style>\n"
    ":root{color-scheme:light dark;supported-color-schemes:light dark}\n"
    "@media (prefers-color-scheme:dark){\n"
    "body,.page{background:#1f1c19!important;color:#f1ebe2!important}\n"
    "h1,h2,h3{color:#f1ebe2!important}\n"
    "a{color:#8fd6cb!important}\n"
    "a.button{background:#8fd6cb!important;color:#10211f!important}\n"
    ".quote{background:#2a2622!important;color:#c9beb0!important;border-color:#6b6156!important}\n"
    ".note{background:#3b3222!important;color:#f1ebe2!important;border-color:#d9a441!important}\n"
    ".foot{color:#c9beb0!important}\n"
    "hr,h2{border-color:#4a433b!important}\n"
    "}\n"
    "</style>\n";

#define BAR_BLOCK "\u2588" /* gateway/say/figures draws with it */
#define FONT "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
#define FONT_HEAD "Georgia,'Times New Roman',serif"
#define STYLE_BODY "margin:0;padding:0;background:#fdfaf5;color:#2a2622"
#define STYLE_H1 "margin:0 0 18px;font:bold 1.6em/1.25 " FONT_HEAD ";color:#2a2622"
#define STYLE_H2                                                                                                       \
    "margin:34px 0 14px;padding:20px 0 0;border-top:2px solid #e6dccb;font:bold 1.3em/1.3 " FONT_HEAD ";color:#2a2622"
#define STYLE_H3 "margin:26px 0 8px;font:bold 1.08em/1.35 " FONT ";color:#2a2622"
#define STYLE_PICTURE "display:block;max-width:100%;height:auto;border-radius:8px"
#define STYLE_P "margin:0 0 15px"
#define STYLE_QUOTE                                                                                                    \
    "margin:0 0 18px;padding:12px 16px 1px;border-left:4px solid #cdbfa8;background:#f4eee3;color:#5c544b"
#define STYLE_NOTE                                                                                                     \
    "margin:4px 0 18px;padding:14px 16px 1px;border-left:6px solid #b9770e;background:#fff3d6;color:#2a2622"
#define STYLE_BUTTON                                                                                                   \
    "display:inline-block;padding:13px 24px;border-radius:10px;background:#17574f;color:#ffffff;font-weight:bold;"     \
    "text-decoration:none"
#define STYLE_LINK "color:#17574f;text-decoration:underline"
#define STYLE_CELL "padding:4px 16px 4px 0;vertical-align:top;overflow-wrap:break-word"
#define STYLE_RULE "margin:34px 0 20px;border:0;border-top:2px solid #e6dccb"

struct printer {
    struct strbuf *out;
    bool is_foot;
    int boxes; /* open ones */
};

static void put_text(struct strbuf *out, const char *text, size_t n)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };

    while (n) {
        size_t plain = 0;

        while (plain < n && !strchr("&<>\"'", text[plain]))
            plain++;
        strbuf_add(out, text, plain);
        if (plain < n)
            for (size_t i = 0; i < COUNT_OF(entities); i++)
                if (entities[i].c == text[plain])
                    strbuf_str(out, entities[i].entity);
        plain += plain < n;
        text += plain;
        n -= plain;
    }
}

static void open_link(struct strbuf *out, const struct page_link *link, bool is_button)
{
    strbuf_str(out, is_button ? "<a class=\"button\" style=\"" STYLE_BUTTON "\" href=\""
                              : "<a style=\"" STYLE_LINK "\" href=\"");
    put_text(out, link->href, strlen(link->href));
    strbuf_str(out, "\">");
}

/* A bar of a chart says nothing that the number beside it does not: those who listen do not hear "full block" forty times. */
static void put_words(struct strbuf *out, const struct page_span *s)
{
    const bool is_bar = s->len >= sizeof BAR_BLOCK - 1 && memcmp(s->text, BAR_BLOCK, sizeof BAR_BLOCK - 1) == 0;

    strbuf_str(out, is_bar ? "<span aria-hidden=\"true\">" : "");
    put_text(out, s->text, s->len);
    strbuf_str(out, is_bar ? "</span>" : "");
}

static void print_span(struct strbuf *out, const struct page_span *s)
{
    if (!s->text) {
        strbuf_str(out, "<br>\n");
        return;
    }
    if (s->is_strong)
        strbuf_str(out, "<strong>");
    if (s->is_emphasis)
        strbuf_str(out, "<em>");
    put_words(out, s);
    if (s->is_emphasis)
        strbuf_str(out, "</em>");
    if (s->is_strong)
        strbuf_str(out, "</strong>");
}

/* Returns the last span of it. */
static const struct page_span *print_picture(struct strbuf *out, const struct page_span *s)
{
    const struct page_link *picture = s->link;

    strbuf_str(out, "<img style=\"" STYLE_PICTURE "\" src=\"");
    put_text(out, picture->href, strlen(picture->href));
    strbuf_str(out, "\" alt=\"");
    for (;; s = s->next) {
        put_text(out, s->text ? s->text : " ", s->text ? s->len : 1);
        if (!s->next || s->next->link != picture)
            break;
    }
    strbuf_str(out, "\">");
    return s;
}

static void print_spans(struct strbuf *out, const struct page_block *b)
{
    const struct page_link *link = NULL;

    for (const struct page_span *s = b->span; s; s = s->next) {
        if (link && s->link != link)
            strbuf_str(out, "</a>");
        if (s->link && s->link->is_picture) {
            s = print_picture(out, s);
            link = NULL;
            continue;
        }
        if (s->link && s->link != link)
            open_link(out, s->link, b->is_button);
        link = s->link;
        print_span(out, s);
    }
    if (link)
        strbuf_str(out, "</a>");
}

static void print_heading(struct strbuf *out, const struct page_block *b)
{
    static const char *const styles[] = { STYLE_H1, STYLE_H2, STYLE_H3 };
    const int level = b->level < 3 ? b->level : 3;

    strbuf_printf(out, "<h%d style=\"%s\">", level, styles[level - 1]);
    print_spans(out, b);
    strbuf_printf(out, "</h%d>\n", level);
}

static void print_blocks(struct printer *p, const struct page_block *b, bool is_tight);

static void print_box(struct printer *p, const struct page_block *b, const char *open, const char *close)
{
    strbuf_str(p->out, open);
    p->boxes++;
    print_blocks(p, b->child, b->is_tight);
    p->boxes--;
    strbuf_str(p->out, close);
}

static void print_list(struct printer *p, const struct page_block *b)
{
    if (!b->number)
        strbuf_str(p->out, "<ul style=\"margin:0 0 16px;padding:0 0 0 1.3em\">\n");
    else
        strbuf_printf(p->out, "<ol start=\"%d\" style=\"margin:0 0 16px;padding:0 0 0 1.6em\">\n", b->number);
    print_blocks(p, b->child, b->is_tight);
    strbuf_str(p->out, b->number ? "</ol>\n" : "</ul>\n");
}

static void print_item(struct printer *p, const struct page_block *b, bool is_tight)
{
    strbuf_str(p->out, "<li style=\"margin:0 0 8px\">");
    print_blocks(p, b->child, is_tight);
    strbuf_str(p->out, "</li>\n");
}

/* The line that says who wrote stands close to the words, and the words a little apart from what follows. */
static const char *paragraph_style(const struct page_block *b)
{
    if (b->next && !b->is_value && b->next->is_value)
        return "margin:0 0 4px";
    return b->next && b->is_value && b->next->kind == PAGE_PARAGRAPH && !b->next->is_value ? "margin:0 0 22px"
                                                                                           : STYLE_P;
}

/* No rule, no colour: a table of numbers is read by its columns. The head row and the first cell say to those who listen what a number is
 * of. */
static void print_row(struct strbuf *out, const struct page_block *row, bool is_head)
{
    strbuf_str(out, "<tr>");
    for (const struct page_block *cell = row->child; cell; cell = cell->next) {
        const bool is_first = cell == row->child;

        strbuf_str(out, is_head    ? "<th scope=\"col\" style=\"" STYLE_CELL "\">"
                        : is_first ? "<th scope=\"row\" style=\"font-weight:normal;" STYLE_CELL "\">"
                                   : "<td style=\"" STYLE_CELL "\">");
        print_spans(out, cell);
        strbuf_str(out, is_head || is_first ? "</th>" : "</td>");
    }
    strbuf_str(out, "</tr>\n");
}

static void print_table(struct strbuf *out, const struct page_block *b)
{
    strbuf_str(out, "<table style=\"margin:0 0 16px;border-collapse:collapse;text-align:left\">\n");
    for (const struct page_block *row = b->child; row; row = row->next) {
        strbuf_str(out, row == b->child ? "<thead>\n" : row == b->child->next ? "<tbody>\n" : "");
        print_row(out, row, row == b->child);
        strbuf_str(out, row == b->child ? "</thead>\n" : !row->next ? "</tbody>\n" : "");
    }
    strbuf_str(out, "</table>\n");
}

/* Somebody's words stand behind a line of their own, as the text twin sets them in: a line in them that looks like ours ("Rose wrote on
 * Monday", "Note from the care team") is seen to be theirs. */
static const char *words_style(const struct printer *p, const struct page_block *b)
{
    return b->is_value && !p->boxes ? ";padding:0 0 0 14px;border-left:3px solid #b8ab94" : "";
}

static void print_paragraph(struct printer *p, const struct page_block *b, bool is_tight)
{
    if (!is_tight)
        strbuf_printf(p->out, "<p style=\"%s%s\">", paragraph_style(b), words_style(p, b));
    print_spans(p->out, b);
    strbuf_str(p->out, is_tight ? "\n" : "</p>\n");
}

static void print_rule(struct printer *p)
{
    strbuf_str(p->out, "<hr style=\"" STYLE_RULE "\">\n");
    if (!p->is_foot)
        strbuf_str(p->out, "<div class=\"foot\" style=\"color:#5c544b\">\n");
    p->is_foot = true;
}

static void print_blocks(struct printer *p, const struct page_block *b, bool is_tight)
{
    for (; b; b = b->next) {
        switch (b->kind) {
        case PAGE_HEADING:
            print_heading(p->out, b);
            break;
        case PAGE_PARAGRAPH:
            print_paragraph(p, b, is_tight);
            break;
        case PAGE_LIST:
            print_list(p, b);
            break;
        case PAGE_ITEM:
            print_item(p, b, is_tight);
            break;
        case PAGE_QUOTE:
            print_box(p, b, "<blockquote class=\"quote\" style=\"" STYLE_QUOTE "\">\n", "</blockquote>\n");
            break;
        case PAGE_NOTE:
            print_box(p, b, "<div class=\"note\" style=\"" STYLE_NOTE "\">\n", "</div>\n");
            break;
        case PAGE_RULE:
            print_rule(p);
            break;
        case PAGE_TABLE:
            print_table(p->out, b);
            break;
        case PAGE_ROW:
        case PAGE_CELL:
            break;
        }
    }
}

void page_print_html(const struct page_block *first, const char *lang, const char *title, int type_px,
                     struct strbuf *out)
{
    struct printer p = { .out = out };

    strbuf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang);
    strbuf_str(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    put_text(out, title, strlen(title));
    strbuf_str(out, "</title>\n");
    strbuf_str(out, head);
    strbuf_printf(out,
                  "</head>\n<body style=\"%s\">\n<div class=\"page\" style=\"max-width:40em;margin:0 auto;"
                  "padding:24px 20px 32px;background:#fdfaf5;color:#2a2622;font:%dpx/1.55 " FONT
                  ";overflow-wrap:anywhere\">\n",
                  STYLE_BODY, type_px);
    print_blocks(&p, first, false);
    strbuf_str(out, p.is_foot ? "</div>\n</div>\n</body>\n</html>\n" : "</div>\n</body>\n</html>\n");
}
