/*
 * jpeg_bare: whether bytes are one JPEG that holds a picture and nothing beside it. The parent's check of what postcircle-photo made.
 *
 * Shape    SOI; JFIF without thumbnail; tables, one frame header, scans; EOI, and then the end. Any other segment (APP1 to APP15, comments,
 *          JFXX) makes it none: those are where EXIF, XMP, IPTC, profiles and thumbnails live.
 * Units    Pixels, as the frame header says.
 * Errors   None: false.
 * State    None.
 * Source   ITU-T T.81 annex B; T.871 (JFIF).
 */
#ifndef INBOUND_JPEG_BARE_H
#define INBOUND_JPEG_BARE_H

#include "base/err.h"

bool jpeg_is_bare(const unsigned char *bytes, size_t n, int *ret_width, int *ret_height);

#endif
