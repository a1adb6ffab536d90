#include "templates/page_text.h"

#include "base/slot.h"
#include "base/text.h"

/*
 * Lines are filled word by word. The prefix of a line says what it belongs to: "" the letter itself, "    " a quote, "| " a note,
 * "  " a member's own words. A value at the margin never starts a line with a sign that we use for structure.
 */
#define SIGNS "=-|*_>#+~"

#define TABLE_COLUMNS 6
#define TABLE_INDENT 2
#define TABLE_GAP 2

struct writer {
    struct strbuf *out;
    char prefix[PAGE_MAX_DEPTH * 6];
    char first[PAGE_MAX_DEPTH * 6 + 4]; /* prefix of the very next line, "" for none: a list's "- " */
    size_t line_columns;                /* 0: nothing on this line yet */
    size_t widest;                      /* of the block, for the underline */
    struct strbuf word;
    bool is_word_value; /* the word began with a value's character */
    bool is_open;       /* something was printed: a blank line goes before the next block */
};

static size_t columns(const char *text)
{
    size_t n = 0;

    while (*text) {
        const char *from = text;

        if (text_next(&text) <= 0)
            break;
        n += slot_at(from, (size_t)(text - from)) >= 0 ? PAGE_TEXT_SLOT_WIDTH : 1;
    }
    return n;
}

static void end_line(struct writer *w)
{
    if (w->line_columns)
        strbuf_char(w->out, '\n');
    w->line_columns = 0;
}

static void start_line(struct writer *w)
{
    const char *lead = *w->first ? w->first : w->prefix;

    strbuf_str(w->out, lead);
    w->line_columns = columns(lead);
    w->first[0] = '\0';
}

static void end_word(struct writer *w)
{
    const char *word = strbuf_peek(&w->word);
    const size_t n = columns(word);
    const bool is_sign = *word && strchr(SIGNS, *word);

    if (!n)
        return;
    if (w->line_columns && (is_sign || w->line_columns + 1 + n <= PAGE_TEXT_WIDTH)) {
        strbuf_char(w->out, ' ');
        w->line_columns++;
    } else {
        end_line(w);
        start_line(w);
        if (is_sign && w->is_word_value && !*w->prefix)
            strbuf_char(w->out, '\'');
    }
    strbuf_str(w->out, word);
    w->line_columns += n;
    if (w->line_columns > w->widest)
        w->widest = w->line_columns;
    strbuf_clear(&w->word);
}

static void add_chars(struct writer *w, const char *text, size_t n, bool is_value)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == ' ') {
            end_word(w);
            continue;
        }
        if (!w->word.len)
            w->is_word_value = is_value;
        if (is_value && text[i] == '|')
            strbuf_str(&w->word, "\xC2\xA6"); /* "¦": the bar is the note's */
        else
            strbuf_char(&w->word, text[i]);
    }
}

static void end_link(struct writer *w, const struct page_link *link, const struct strbuf *label)
{
    if (link->is_picture) {
        add_chars(w, "]", 1, false);
        return;
    }
    if (!strcmp(strbuf_peek(label), link->shown))
        return;
    end_word(w);
    strbuf_printf(&w->word, "<%s>", link->shown);
    w->is_word_value = false;
}

static void print_spans(struct writer *w, const struct page_span *s)
{
    CLEANUP(strbuf_done) struct strbuf label = STRBUF(1 << 20);
    const struct page_link *link = NULL;

    w->widest = 0;
    for (; s; s = s->next) {
        if (link && s->link != link)
            end_link(w, link, &label);
        if (s->link != link)
            strbuf_clear(&label);
        if (s->link != link && s->link && s->link->is_picture)
            add_chars(w, "[", 1, false);
        link = s->link;
        if (s->text) {
            add_chars(w, s->text, s->len, s->is_value);
            strbuf_add(&label, s->text, s->len);
        } else {
            end_word(w);
            end_line(w);
        }
    }
    if (link)
        end_link(w, link, &label);
    end_word(w);
    end_line(w);
}

static void underline(struct writer *w, char sign)
{
    const size_t n = w->widest < PAGE_TEXT_WIDTH ? w->widest : PAGE_TEXT_WIDTH;

    for (size_t i = 0; i < n; i++)
        strbuf_char(w->out, sign);
    strbuf_char(w->out, '\n');
}

static void print_blocks(struct writer *w, const struct page_block *b, bool is_tight);

/* Prints the children behind a longer prefix. */
static void print_inside(struct writer *w, const struct page_block *b, const char *more, const char *first,
                         bool is_tight)
{
    const size_t n = strlen(w->prefix);

    if (n + strlen(more) >= sizeof w->prefix)
        return;
    if (*first)
        snprintf(w->first, sizeof w->first, "%s%s", w->prefix, first);
    memcpy(w->prefix + n, more, strlen(more) + 1);
    if (b->child)
        w->is_open = false;
    print_blocks(w, b->child, is_tight);
    w->prefix[n] = '\0';
    w->first[0] = '\0';
}

static void print_items(struct writer *w, const struct page_block *list)
{
    int number = list->number;

    for (const struct page_block *item = list->child; item; item = item->next) {
        char first[16], more[16];
        const int n =
            list->number ? snprintf(first, sizeof first, "%d. ", number++) : snprintf(first, sizeof first, "- ");

        snprintf(more, sizeof more, "%*s", n, "");
        if (item != list->child && !list->is_tight)
            strbuf_char(w->out, '\n');
        print_inside(w, item, more, first, list->is_tight);
    }
}

/* A member's own words at the margin are set in, so that no line of theirs can look like one of ours. */
static void print_value(struct writer *w, const struct page_block *b)
{
    const bool is_margin = !*w->prefix;

    if (is_margin)
        memcpy(w->prefix, "  ", 3);
    print_spans(w, b->span);
    if (is_margin)
        w->prefix[0] = '\0';
}

/* ---- tables ---- */

static void cell_text(const struct page_block *cell, struct strbuf *out)
{
    for (const struct page_span *s = cell->span; s; s = s->next)
        for (size_t i = 0; s->text && i < s->len; i++)
            strbuf_str(out, s->text[i] == '|' ? "\xC2\xA6" : (char[]){ s->text[i], '\0' });
    while (out->len && out->p[out->len - 1] == ' ') /* before an empty value */
        out->p[--out->len] = '\0';
}

/* The widths of the first columns; false when the rows would not fit on a line. */
static bool measure(const struct page_block *table, size_t widths[TABLE_COLUMNS])
{
    size_t all = TABLE_INDENT;

    memset(widths, 0, TABLE_COLUMNS * sizeof *widths);
    for (const struct page_block *row = table->child; row; row = row->next) {
        size_t i = 0;

        for (const struct page_block *cell = row->child; cell; cell = cell->next, i++) {
            CLEANUP(strbuf_done) struct strbuf text = STRBUF(1 << 20);
            size_t n;

            if (i == TABLE_COLUMNS)
                return false;
            cell_text(cell, &text);
            n = columns(strbuf_peek(&text));
            widths[i] = n > widths[i] ? n : widths[i];
        }
    }
    for (size_t i = 0; i < TABLE_COLUMNS; i++)
        all += widths[i] + TABLE_GAP;
    return all <= PAGE_TEXT_WIDTH;
}

/* Set in, so that no value stands at the margin. */
static void print_row(struct writer *w, const struct page_block *row, const size_t *widths)
{
    size_t i = 0, gap = TABLE_INDENT;

    strbuf_str(w->out, w->prefix);
    for (const struct page_block *cell = row->child; cell; cell = cell->next, i++) {
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(1 << 20);

        cell_text(cell, &text);
        if (text.len) {
            strbuf_printf(w->out, "%*s%s", (int)gap, "", strbuf_peek(&text));
            gap = 0;
        }
        gap += TABLE_GAP + widths[i] - columns(strbuf_peek(&text));
    }
    strbuf_char(w->out, '\n');
}

/* Where columns do not fit: what a row is about, and below it each cell behind the heading of its column. */
static void print_record(struct writer *w, const struct page_block *head, const struct page_block *row)
{
    const size_t n = strlen(w->prefix);
    const struct page_block *name = head->child;

    for (const struct page_block *cell = row->child; cell && name; cell = cell->next, name = name->next) {
        const bool is_first = cell == row->child;
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(1 << 20), heading = STRBUF(1 << 20);

        cell_text(cell, &text);
        cell_text(name, &heading);
        if (!text.len || n + 2 * TABLE_INDENT >= sizeof w->prefix)
            continue;
        snprintf(w->prefix + n, sizeof w->prefix - n, "%*s", is_first ? TABLE_INDENT : 2 * TABLE_INDENT, "");
        if (!is_first)
            add_chars(w, strbuf_peek(&heading), heading.len, false);
        if (!is_first)
            add_chars(w, ": ", 2, false);
        print_spans(w, cell->span);
        w->prefix[n] = '\0';
    }
}

static void print_table(struct writer *w, const struct page_block *table)
{
    size_t widths[TABLE_COLUMNS];

    if (measure(table, widths))
        for (const struct page_block *row = table->child; row; row = row->next)
            print_row(w, row, widths);
    else
        for (const struct page_block *row = table->child ? table->child->next : NULL; row; row = row->next)
            print_record(w, table->child, row);
}

static void print_block(struct writer *w, const struct page_block *b)
{
    switch (b->kind) {
    case PAGE_HEADING:
        print_spans(w, b->span);
        if (b->level < 3)
            underline(w, b->level == 1 ? '=' : '-');
        break;
    case PAGE_PARAGRAPH:
        if (b->is_value)
            print_value(w, b);
        else
            print_spans(w, b->span);
        break;
    case PAGE_LIST:
        print_items(w, b);
        break;
    case PAGE_QUOTE:
        print_inside(w, b, "    ", "", false);
        break;
    case PAGE_NOTE:
        print_inside(w, b, "| ", "", false);
        break;
    case PAGE_RULE:
        strbuf_str(w->out, "* * *\n");
        break;
    case PAGE_TABLE:
        print_table(w, b);
        break;
    case PAGE_ITEM:
    case PAGE_ROW:
    case PAGE_CELL:
        break;
    }
}

static void print_blocks(struct writer *w, const struct page_block *b, bool is_tight)
{
    for (; b; b = b->next) {
        if (w->is_open && !is_tight) {
            const size_t n = strlen(w->prefix);

            if (n && w->prefix[0] == '|')
                strbuf_str(w->out, "|");
            strbuf_char(w->out, '\n');
        }
        print_block(w, b);
        w->is_open = true;
    }
}

void page_print_text(const struct page_block *first, struct strbuf *out)
{
    struct writer w = { .out = out, .word = STRBUF(1 << 20) };

    print_blocks(&w, first, false);
    strbuf_done(&w.word);
}
