/*
 * html_mend: HTML without what libxml2 stumbles over, and apart from it the words of its comments.
 *
 * Shape    Clean UTF-8 in. Out: no comments, no `<![…]>` of Word, no tag over 16 KiB, every '<' begins a tag. Comments: a line each, without
 *          their tags; not those inside style and script, nor Word's settings. Those past LETTER_TEXT_MAX_BYTES are left out.
 * Errors   None; a buffer that runs over says so itself.
 * State    None.
 */
#ifndef INBOUND_HTML_MEND_H
#define INBOUND_HTML_MEND_H

#include "base/strbuf.h"

void html_mend(const char *html, size_t n, struct strbuf *out, struct strbuf *comments);

#endif
