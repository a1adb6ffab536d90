/*
 * page: one message as a small tree, made from our Markdown and the values that belong into it.
 *
 * Shape    Markdown of ours, in which each value stands as a mark (page_mark): CommonMark is parsed first, values enter afterwards, into
 *          text and link destinations only, so no value can become markup. A value alone in its paragraph becomes paragraphs
 *          and line breaks (is_value); anywhere else it becomes one line. Slot marks (base/slot.h) in values pass whole.
 *          Allowed: headings, paragraphs, lists, quotes, rules, tables, strong, emphasis, links, breaks. A table's first row names its columns.
 * Owns     The page lives in mem and may point into the values.
 * Errors   RC_INPUT  raw HTML, code, images, or a link of ours that is neither mailto: nor https: ("line 4: …")
 *          RC_LIMIT  nested deeper than PAGE_MAX_DEPTH
 * State    None. The only file of templates/ that includes cmark-gfm is page.c.
 * Source   CommonMark 0.29; tables as in GitHub Flavored Markdown 0.29, 4.10.
 */
#ifndef TEMPLATES_PAGE_H
#define TEMPLATES_PAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

#define PAGE_MAX_DEPTH 16
#define PAGE_MAX_VALUES 65000
#define PAGE_MARK_SIZE 5

enum page_kind {
    PAGE_HEADING,
    PAGE_PARAGRAPH,
    PAGE_LIST,
    PAGE_ITEM,
    PAGE_QUOTE,
    PAGE_NOTE,
    PAGE_RULE,
    PAGE_TABLE,
    PAGE_ROW,
    PAGE_CELL
};

struct page_link {
    const char *href;  /* complete and encoded, but not yet escaped for HTML; a slot mark stands in it as it is */
    const char *shown; /* for people: without "mailto:" and what follows "?" */
    bool is_picture;   /* of this very mail ("cid:"): its spans say what it shows */
};

/* A run of text of one look. */
struct page_span {
    struct page_span *next;
    const struct page_link *link; /* NULL, or shared by the spans of one link */
    const char *text;             /* NULL: a line break */
    size_t len;
    bool is_value, is_strong, is_emphasis;
};

struct page_block {
    struct page_block *next;
    struct page_block
        *child; /* of lists, items, quotes, tables, rows and notes (a note is a quote that opens with strong text) */
    struct page_span *span; /* of headings, paragraphs and cells */
    enum page_kind kind;
    int level;      /* heading 1 to 6 */
    int number;     /* first number of an ordered list, 0 for bullets */
    bool is_tight;  /* list items without space between them */
    bool is_value;  /* a paragraph that is the words of one value */
    bool is_button; /* a paragraph that is one link */
};

/* Values by number, as page_clean left them. */
struct page_values {
    const char **value;
    int count;
};

/* The mark of value n, UTF-8 with NUL. */
void page_mark(int n, char utf8[PAGE_MARK_SIZE]);
/* A value as it may enter a page: no control, private-use (slot marks stay) or text-direction characters, LF line ends. */
const char *page_clean(struct arena *mem, const char *value);
/* The same on one line. */
const char *page_clean_line(struct arena *mem, const char *value);
/* Looks at Markdown that still holds mustache tags; err names the line. */
MUST_CHECK enum rc page_check(const char *markdown, size_t n, struct err *err);
MUST_CHECK enum rc page_read(const char *markdown, size_t n, const struct page_values *values, struct arena *mem,
                             const struct page_block **ret_first, struct err *err);

#endif
