/*
 * built: the stored form of a rendering, between serial_build and serial_fill. Only serial.c uses it.
 *
 * Shape    "PCB1", a count (4 bytes, big-endian), then the pieces: kind (1 byte), length (4 bytes), bytes. The first
 * piece, and no other, is BUILT_PERSON. Numbers of kinds are stored: append only. Owns     A loaded form lives in its
 * arena; the pieces point into its bytes. Errors   RC_CORRUPT  built_load: not such a form. Everything is looked at, so
 * that fill need not: lengths, kinds, the list of header fields that a literal may hold, 7-bit and CRLF in literals,
 * clean UTF-8 elsewhere.
 */
#ifndef MAILER_BUILT_H
#define MAILER_BUILT_H

#include "base/strbuf.h"

enum built_kind {
    BUILT_PERSON = 1,    /* here go the fields of the person; payload: display name of Reply-To, or nothing */
    BUILT_FROM = 2,      /* payload: address, LF, display name with slots */
    BUILT_SUBJECT = 3,   /* payload: text with slots */
    BUILT_LITERAL = 4,   /* payload: wire bytes, whole lines */
    BUILT_TEXT_LINE = 5, /* payload: one line with slots, to be encoded when filled */
    BUILT_HTML_LINE = 6, /* the same; values are escaped for HTML */
};

struct built_piece {
    enum built_kind kind;
    const char *p;
    size_t n;
};

struct serial_built {
    const char *bytes;
    size_t n;
    const struct built_piece *pieces;
    size_t count;
    size_t slots; /* highest slot + 1 */
};

void built_begin(struct strbuf *out);
void built_add(struct strbuf *out, enum built_kind kind, const void *payload, size_t n);
/* Writes the count; call it last. */
void built_end(struct strbuf *out, size_t count);

MUST_CHECK enum rc built_load(const void *bytes, size_t n, struct arena *mem, const struct serial_built **ret_built,
                              struct err *err);

#endif
