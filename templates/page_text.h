/*
 * page_text: prints a page as plain text, complete in itself.
 *
 * Shape    LF line ends, lines of at most PAGE_TEXT_WIDTH columns unless one word is longer. Headings are underlined; a link is followed
 *          by its target in angle brackets; the columns of a table stand below each other where they fit; a note stands behind "| ", a quote is set in.
 *          No value can look like that: its lines never start at the margin with such a sign (fuzzed in template_fuzz.c).
 * Units    Columns are code points; a slot mark counts PAGE_TEXT_SLOT_WIDTH.
 * Errors   None; out sticks when it goes over its maximum.
 */
#ifndef TEMPLATES_PAGE_TEXT_H
#define TEMPLATES_PAGE_TEXT_H

#include "templates/page.h"

#define PAGE_TEXT_WIDTH 74
#define PAGE_TEXT_SLOT_WIDTH 12

void page_print_text(const struct page_block *first, struct strbuf *out);

#endif
