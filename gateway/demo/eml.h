/*
 * eml: reads a mail back as any mail program would: header fields, the text part and the HTML part.
 *
 * Shape    Bytes of one message, CRLF or LF, at most EML_MAX_BYTES; multiparts three deep. Field values are unfolded and their RFC 2047 words
 *          decoded. text and html are "" when there is no such part; the first of each kind is taken.
 * Owns     Everything lives in mem.
 * Errors   RC_INPUT  no header, or a part of it is no field
 *          RC_LIMIT  over EML_MAX_BYTES or EML_MAX_FIELDS
 * Rule     It shares no code with what wrote the mail (mailer/) nor with what reads patients' mail (inbound/): the recount relies on it.
 * State    None.
 * Source   RFC 5322, RFC 2045 6.7 and 6.8, RFC 2046 5.1, RFC 2047.
 */
#ifndef GATEWAY_DEMO_EML_H
#define GATEWAY_DEMO_EML_H

#include "base/arena.h"
#include "base/err.h"

#define EML_MAX_BYTES ((size_t)4 << 20)
#define EML_MAX_FIELDS 200

struct eml_field {
    const char *name, *value;
};

struct eml {
    const struct eml_field *fields;
    size_t field_count;
    const char *text, *html;
};

MUST_CHECK enum rc eml_read(const char *bytes, size_t n, struct arena *mem, struct eml *ret_eml, struct err *err);
/* The first field of that name, "" when there is none. */
const char *eml_get(const struct eml *eml, const char *name);
size_t eml_count(const struct eml *eml, const char *name);
/* The address between angle brackets, else the whole value; lower case. */
const char *eml_bare(const char *value, struct arena *mem);
/* The words of an HTML text: tags away, entities read, blocks on lines of their own. */
const char *eml_words(const char *html, struct arena *mem);

#endif
