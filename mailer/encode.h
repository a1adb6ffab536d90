/*
 * encode: the byte forms of mail that a person's values take: header text, folded and encoded, and quoted-printable
 * lines.
 *
 * Shape    Input is checked UTF-8. Output is 7-bit, its line ends are CRLF, no output line is over 78 characters unless
 * one address or URL is. Nothing that comes in can end a header or a line: control characters and line breaks (C0, C1,
 * U+2028, U+2029) and slot marks are blanks here. Owns     Appends to the caller's buffer; whether it went over is the
 * caller's to check. Errors   None. State    None. Source   RFC 5322 2.2.3 and 3.2 (folding, phrases), RFC 2047
 * (encoded words), RFC 2045 6.7 (quoted-printable).
 */
#ifndef MAILER_ENCODE_H
#define MAILER_ENCODE_H

#include "base/strbuf.h"

enum encode_target { ENCODE_PLAIN, ENCODE_HTML };

/* A value as it enters a body line: on one line; for HTML with & < > " ' escaped. */
void encode_value(enum encode_target target, const char *value, struct strbuf *out);
/* A header's text on one line: runs of white space, breaks and controls become one blank, ends trimmed. */
void encode_header_line(const char *text, struct strbuf *out);

/* A display name after "From: " or the like (RFC 5322 phrase): atoms, a quoted string or encoded words. line is
 * what encode_header_line made. */
void encode_phrase(const char *line, struct strbuf *out);
/* The text of an unstructured header (Subject), which starts at column col. */
void encode_unstructured(const char *line, size_t col, struct strbuf *out);

/* One line of text of n bytes (without its end) as quoted-printable, soft breaks where needed, CRLF at the end. No
 * output line starts with a dot or with "From ". */
void encode_qp_line(const char *line, size_t n, struct strbuf *out);

/* "Sun, 22 Nov 2026 02:10:00 +0000" */
void encode_date(int64_t ms, struct strbuf *out);

/* Whether s may stand between angle brackets in a header or a command. */
bool encode_is_address(const char *s); /* ASCII dot-atom@host.name, at most 254 characters, local part at most 64 */
bool encode_is_url(const char *s);     /* https: or mailto:, printable ASCII without blanks, <, >, comma; at most 900 */

#endif
