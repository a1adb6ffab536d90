/*
 * page_value: how values enter a page: their marks in text, and destinations of links with values in them.
 *
 * Owns     What is made lives in mem.
 * State    None.
 */
#ifndef TEMPLATES_PAGE_VALUE_H
#define TEMPLATES_PAGE_VALUE_H

#include "templates/page.h"

/* The value number of the mark at p (4 bytes), or -1. Text that cmark gives is valid UTF-8. */
int page_mark_at(const char *p, const char *end);

/* url: a destination in which values stand as marks. NULL: none that we keep (neither ours nor a picture of this mail). */
const struct page_link *page_link_make(const char *url, const struct page_values *values, struct arena *mem);

/* mailto: or https:, the only ones that our Markdown may have. */
bool page_link_is_ours(const char *url);
/* A picture that comes with the mail; one from elsewhere would tell who reads. */
bool page_link_is_picture(const char *url);

#endif
