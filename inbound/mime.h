/*
 * mime: raw bytes to header fields and leaf parts. The only file of inbound/ that includes GMime.
 *
 * Shape    Any bytes are a message: what has no header line at all, or a multipart whose boundary never comes and cannot be found,
 *          yields one text part with the raw bytes and a flag. Fields stand in their order, top first; parts in theirs, depth first.
 *          A signed letter is opened: multipart/signed, and S/MIME that holds its text (inbound/cms). What is encrypted has no parts.
 *          Files that stand uuencoded within a text become parts behind all others (inbound/uuencode).
 * Owns     Everything lives in mem; raw is only read.
 * Errors   RC_LIMIT  the message says which of "message_bytes", "header_bytes", "nesting", "parts" was passed
 * State    mime_setup once per process (it loads what GMime loads lazily, before the sandbox closes).
 * Source   RFC 5322, 2045-2047, 2231, 3676. Odd mail: facts of GMime 3.2.13 are noted at the code that mends them.
 */
#ifndef INBOUND_MIME_H
#define INBOUND_MIME_H

#include "inbound/letter.h"

/* The largest part whose bytes are kept: HTML may carry inline pictures that html.c drops. */
#define MIME_KEEP_MAX_BYTES ((size_t)8 << 20)
/* Of all parts together: a 25 MB letter of many texts must fit beside itself in 128 MB. */
#define MIME_KEEP_ALL_BYTES ((size_t)12 << 20)

struct mime_field {
    const char *name;  /* as written */
    const char *raw;   /* unfolded, UTF-8, not decoded */
    const char *value; /* one line, RFC 2047 decoded */
};

struct mime_part {
    const char *type;    /* "text/plain", lower case */
    const char *charset; /* as labelled; "" without */
    const char *method;  /* of text/calendar, upper case; "" without */
    const char *name;    /* of its file, decoded, one line; NULL none */
    const char *bytes;   /* transfer encoding taken off; NULL when not kept (no text, or too large) */
    size_t n;            /* decoded, also when not kept */
    int number;          /* among all leaf parts */
    int alternative;     /* number of the innermost multipart/alternative round it; 0 = none */
    bool is_choice;      /* a direct child of that alternative, not beside a picture in one of its choices */
    bool is_flowed, is_delsp;
    bool is_attached;   /* Content-Disposition: attachment, or it has a file name and is no text */
    bool is_in_message; /* inside an attached message */
};

struct mime {
    const struct mime_field *fields;
    size_t field_count;
    const struct mime_part *parts;
    size_t part_count;
    const struct mime_field *nested_fields; /* the header of the first attached message */
    size_t nested_field_count;
    const char *top_type, *report_type; /* of the whole message, lower case */
    const char *header_charset; /* of the first encoded word that names one that is neither UTF-8 nor ASCII; "" */
    bool has_no_header, is_broken_multipart;
    bool is_encrypted, is_signed, is_fragment; /* fragment: message/partial */
};

void mime_setup(void);

/* For who needs no calendar, HTML or charset but one part: fewer libraries. */
void mime_setup_bare(void);

MUST_CHECK enum rc mime_read(const char *raw, size_t n, struct arena *mem, struct mime *ret_mime, struct err *err);
/* The same, with the bytes of that part too, whatever its type. */
MUST_CHECK enum rc mime_read_for(const char *raw, size_t n, int64_t number, struct arena *mem, struct mime *ret_mime,
                                 struct err *err);

/* The first field of that name (any case), decoded or raw; NULL when there is none. */
const char *mime_value(const struct mime *mime, const char *name);
const char *mime_raw(const struct mime *mime, const char *name);
size_t mime_count(const struct mime *mime, const char *name);

/* Calls fn for each mailbox of an address list, with clean text; address may be in any form. */
void mime_each_address(const char *raw_value, struct arena *mem,
                       void (*fn)(void *ctx, const char *name, const char *address), void *ctx);
/* 0 when it is no date. */
int64_t mime_date_ms(const char *raw_value);

#endif
