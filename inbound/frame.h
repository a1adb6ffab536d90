/*
 * frame: how the parent and the sandboxed reader speak: a type, a length, bytes.
 *
 * Shape    8 bytes: type, three zeros, length (big-endian); then the payload.
 *          Request  PARSE {"profile":…,"authserv_id":…,"tenant_domains":…}, DATA*, END          TRIM, DATA* (letter), NEXT, DATA* (ours), { NEXT, DATA* (an earlier letter) }*, END
 *          PHOTO {"part":…,"page":…,"pdf":…}, DATA* (the whole message), END
 *          Answer   LETTER (JSON)   PICTURE (width, height: two bytes each, big-endian; JPEG)   LIMIT (its name)   FAULT (why)
 * Errors   frame_head_read: RC_CORRUPT for an unknown type or a length over max
 * State    None.
 */
#ifndef INBOUND_FRAME_H
#define INBOUND_FRAME_H

#include "base/err.h"

#define FRAME_HEAD_BYTES 8
#define FRAME_DATA_MAX_BYTES ((size_t)64 << 10)

enum frame_type {
    FRAME_PARSE = 'P',
    FRAME_TRIM = 'T',
    FRAME_PHOTO = 'I',
    FRAME_DATA = 'D',
    FRAME_NEXT = 'N',
    FRAME_END = 'E',
    FRAME_LETTER = 'R',
    FRAME_PICTURE = 'J',
    FRAME_LIMIT = 'L',
    FRAME_FAULT = 'F',
};

/* What a request begins with at most: how to judge, as JSON. The longest settings that it holds (tenant-domains, authserv-id) fit. */
#define FRAME_START_MAX 8192

static inline void frame_head_write(enum frame_type type, size_t n, unsigned char head[FRAME_HEAD_BYTES])
{
    head[0] = (unsigned char)type;
    head[1] = head[2] = head[3] = 0;
    for (int i = 0; i < 4; i++)
        head[4 + i] = (unsigned char)(n >> (24 - 8 * i));
}

MUST_CHECK static inline enum rc frame_head_read(const unsigned char head[FRAME_HEAD_BYTES], size_t max,
                                                 enum frame_type *ret_type, size_t *ret_n, struct err *err)
{
    size_t n = 0;

    for (int i = 0; i < 4; i++)
        n = n << 8 | head[4 + i];
    if (n > max)
        return err_set(err, RC_CORRUPT, "frame: over %zu bytes", max);
    switch (head[0]) {
    case FRAME_PARSE:
    case FRAME_TRIM:
    case FRAME_PHOTO:
    case FRAME_DATA:
    case FRAME_NEXT:
    case FRAME_END:
    case FRAME_LETTER:
    case FRAME_PICTURE:
    case FRAME_LIMIT:
    case FRAME_FAULT:
        *ret_type = (enum frame_type)head[0];
        *ret_n = n;
        return RC_OK;
    }
    return err_set(err, RC_CORRUPT, "frame: unknown type");
}

#endif
