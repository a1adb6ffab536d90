/*
 * segment: a text message cut into the parts that a network carries, and how many there are.
 *
 * Shape    GSM 7-bit when its alphabet has every character, else UCS-2. One part holds 160 septets or 70 units; of several, each
 *          holds 153 or 67, because six bytes go to the header that joins them. Parts joined give segments.text: NFC, line ends LF.
 *          No part ends inside an escape or a surrogate pair, nor inside what a reader sees as one character (UAX 29), except where
 *          that alone is longer than a part.
 * Units    septets (GSM 7-bit) or 16-bit units (UCS-2)
 * Owns     everything lives in mem
 * Errors   RC_INPUT  no UTF-8, or a NUL   RC_LIMIT  over SEGMENT_TEXT_MAX bytes, or over SEGMENT_PARTS_MAX parts
 *          An empty text is no error here: it has 0 parts, and nobody should send it.
 * Source   3GPP TS 23.040 9.2.3.24.1 (joining), TS 23.038
 */
#ifndef MAILER_SEGMENT_H
#define MAILER_SEGMENT_H

#include "base/arena.h"
#include "base/err.h"

#define SEGMENT_TEXT_MAX ((size_t)64 << 10)
#define SEGMENT_PARTS_MAX 255
#define SEGMENT_UDH_BYTES 6

enum segment_encoding { SEGMENT_GSM7, SEGMENT_UCS2 };

struct segment_part {
    const char *text;
    size_t units;
};

struct segments {
    enum segment_encoding encoding;
    const char *text;
    size_t units; /* of all parts */
    size_t left;  /* units that still fit without one more part */
    size_t count;
    const struct segment_part *parts;
};

MUST_CHECK enum rc segment_split(const char *text, size_t n, struct arena *mem, const struct segments **ret_segments,
                                 struct err *err);

/* The header of part seq of total (both from 1) for providers that leave joining to us; ref is the same in all parts. */
void segment_udh(unsigned char ref, unsigned char total, unsigned char seq, unsigned char udh[SEGMENT_UDH_BYTES]);

#endif
