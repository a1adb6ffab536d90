/*
 * photo_pdf: whether a page of a PDF can be drawn as its writer saw it. Runs inside the second closed process.
 *
 * Rule     No file can be opened there, so letters of a font that the PDF does not carry would be missing from the picture: a moderator would be
 *          shown, and let out, a page with holes. Such a page is refused, and so is what is locked by a password.
 * Errors   RC_LIMIT  the message begins with "photo_locked", "photo_font", "photo_pixels" (the page is too large), "photo_page" (there is no such
 *                    page) or "photo_broken"
 * State    None.
 * Source   poppler 22.12, poppler-document.h.
 */
#ifndef INBOUND_PHOTO_PDF_H
#define INBOUND_PHOTO_PDF_H

#include "base/err.h"

/* page counts from 0. */
MUST_CHECK enum rc photo_pdf_check(const char *bytes, size_t n, int page, struct err *err);

#endif
