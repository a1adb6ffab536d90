/*
 * mime_mend: what must be put right in raw bytes before a MIME parser can see the parts.
 *
 * Shape    mime_mend_lines    line ends: CR alone (no LF in the header), CR CR LF; CRLF and LF mixed; blank lines above the header. The bytes themselves when
 *                             nothing is wrong, else a copy with *n changed.
 *          mime_mend_boundary the body of a multipart whose boundary is missing or another than its lines show: an entity with a header that
 *                             names the boundary found, NULL when no line looks like one.
 *          mime_mend_delimiters a body without the lines that are this boundary: what is left when no part came.
 *          mime_mend_type     the type of a part by its bytes: a whole HTML document that is labelled text/plain is text/html.
 * Owns     Copies live in mem.
 * Errors   None.
 * State    None.
 * Source   RFC 2046 5.1.1: a boundary's line begins with "--" and a part's fields, or a blank line, follow.
 */
#ifndef INBOUND_MIME_MEND_H
#define INBOUND_MIME_MEND_H

#include "base/arena.h"
#include "base/err.h"

const char *mime_mend_lines(const char *raw, size_t *n, struct arena *mem);
const char *mime_mend_boundary(const char *body, size_t n, struct arena *mem, size_t *ret_n);
const char *mime_mend_delimiters(const char *body, size_t n, const char *boundary, struct arena *mem, size_t *ret_n);
const char *mime_mend_type(const char *type, const char *bytes, size_t n);

#endif
