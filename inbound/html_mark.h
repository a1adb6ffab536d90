/*
 * html_mark: what a tag of a letter's HTML says about the lines in it: quoted, an attribution, a signature, older mail, not shown.
 *
 * Shape    Names and values as they stand in the HTML, in any case of letters.
 * Errors   None.
 * State    None.
 * Source   What mail programs write, by class, id and style: the table in html_mark.c. A program that is not in it is read by its words.
 */
#ifndef INBOUND_HTML_MARK_H
#define INBOUND_HTML_MARK_H

#include "base/err.h"

enum html_mark {
    HTML_NONE,
    HTML_SKIP,   /* no words of anybody */
    HTML_HIDDEN, /* words that no mail program shows */
    HTML_QUOTE,
    HTML_SOFT, /* a blockquote that a person may have made */
    HTML_ATTRIBUTION,
    HTML_SIGNATURE,
    HTML_OLDER
};

struct html_tag {
    const char *name;
    const void *node;
    const char *(*attribute)(const void *node, const char *key); /* NULL when it has none of that name */
};

enum html_mark html_mark_of(const struct html_tag *tag);
/* script, style, head, title */
bool html_is_dropped(const char *name);
bool html_is_one_of(const char *name, const char *const *names, size_t n);
/* A number behind a property's colon, as 0 and 0.0px; -1 when the style does not hold it. */
double html_style_number(const char *style, const char *property);

#endif
