/*
 * page_html: prints a page as one whole HTML document for mail clients.
 *
 * Shape    Linear, styles inline, lang set, no images, no scripts, nothing fetched. Reads well at phone width, with large type, in light,
 *          dark and forced dark, and aloud. A paragraph that is one link becomes a big tap target. What follows the rule is the footer.
 * Units    Type in pixels: PAGE_HTML_SIZE or, for people who asked for big letters, PAGE_HTML_SIZE_BIG.
 * Errors   None; out sticks when it goes over its maximum.
 * Source   WCAG 2.1 contrast >= 4.5:1: see the colours in page_html.c, each with its ratio.
 */
#ifndef TEMPLATES_PAGE_HTML_H
#define TEMPLATES_PAGE_HTML_H

#include "templates/page.h"

#define PAGE_HTML_SIZE 17
#define PAGE_HTML_SIZE_BIG 22

void page_print_html(const struct page_block *first, const char *lang, const char *title, int type_px,
                     struct strbuf *out);

#endif
