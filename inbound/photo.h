/*
 * photo: one picture out of hostile bytes, made anew. Runs inside the second closed process (postcircle-photo); others call inbound/darkroom.h.
 *
 * Shape    JPEG, PNG, WebP, HEIC, AVIF or GIF (its first frame) in, told by their first bytes; a baseline JPEG out: upright, sRGB, on white, at
 *          most PHOTO_SIDE_MAX pixels a side and PHOTO_BYTES_MAX bytes. Only pixels pass: no EXIF, XMP, IPTC, ICC, comment, thumbnail or name.
 *          Of a PDF the page asked for, drawn.
 * Owns     The picture's bytes live in mem.
 * Errors   RC_LIMIT  the message begins with "photo_type" (none of these), "photo_pixels" (larger than can be decoded in bounded memory),
 *                    "photo_broken" (cannot be decoded), or what inbound/photo_pdf says
 * State    photo_setup once per process, before the sandbox closes: vips loads its modules from files.
 * Source   libvips 8.14. Only the loaders named here are called: vips would try ImageMagick for anything.
 */
#ifndef INBOUND_PHOTO_H
#define INBOUND_PHOTO_H

#include "base/arena.h"
#include "base/err.h"

#define PHOTO_SIDE_MAX 1600
#define PHOTO_BYTES_MAX ((size_t)200 << 10)

struct photo {
    const char *jpeg;
    size_t n;
    int width, height;
};

MUST_CHECK enum rc photo_setup(struct err *err);
/* page: of a PDF, from 0; is_pdf_allowed false: a PDF is photo_type. */
MUST_CHECK enum rc photo_make(const char *bytes, size_t n, bool is_pdf_allowed, int page, struct arena *mem,
                              struct photo *ret_photo, struct err *err);

#endif
