#include "inbound/photo_pdf.h"

#define __POPPLER_ATTACHMENT_H__ /* not needed, and base/banned.h refuses the name of one of its fields */
#include <poppler.h>

#define SIDE_MAX 3000.0 /* points: a poster of a metre */

static void document_unref(PopplerDocument **document)
{
    if (*document)
        g_object_unref(*document);
}

static void page_unref(PopplerPage **page)
{
    if (*page)
        g_object_unref(*page);
}

static void info_free(PopplerFontInfo **info)
{
    if (*info)
        g_object_unref(*info);
}

static void fonts_free(PopplerFontsIter **fonts)
{
    poppler_fonts_iter_free(*fonts);
}

static PopplerDocument *open_document(const char *bytes, size_t n, struct err *err)
{
    GBytes *const all = g_bytes_new_static(bytes, n);
    GError *why = NULL;
    PopplerDocument *const document = poppler_document_new_from_bytes(all, NULL, &why);
    const bool is_locked = why && g_error_matches(why, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);

    g_bytes_unref(all);
    g_clear_error(&why);
    if (!document)
        err_set(err, RC_LIMIT, is_locked ? "photo_locked: it has a password" : "photo_broken: no PDF");
    return document;
}

static enum rc check_size(PopplerPage *page, struct err *err)
{
    double width = 0, height = 0;

    poppler_page_get_size(page, &width, &height);
    if (width > 0 && height > 0 && width <= SIDE_MAX && height <= SIDE_MAX)
        return RC_OK;
    return err_set(err, RC_LIMIT, "photo_pixels: the page is too large");
}

/* Fonts of the pages up to this one: poppler goes through them from the first. */
static enum rc check_fonts(PopplerDocument *document, int page, struct err *err)
{
    CLEANUP(info_free) PopplerFontInfo *info = poppler_font_info_new(document);
    CLEANUP(fonts_free) PopplerFontsIter *fonts = NULL;

    if (!poppler_font_info_scan(info, page + 1, &fonts) || !fonts)
        return RC_OK; /* none */
    do {
        if (!poppler_fonts_iter_is_embedded(fonts))
            return err_set(err, RC_LIMIT, "photo_font: it does not carry its fonts");
    } while (poppler_fonts_iter_next(fonts));
    return RC_OK;
}

enum rc photo_pdf_check(const char *bytes, size_t n, int page, struct err *err)
{
    CLEANUP(document_unref) PopplerDocument *document = open_document(bytes, n, err);
    CLEANUP(page_unref) PopplerPage *sheet = NULL;

    if (!document)
        return err->rc;
    if (page >= poppler_document_get_n_pages(document))
        return err_set(err, RC_LIMIT, "photo_page: it has fewer");
    sheet = poppler_document_get_page(document, page);
    if (!sheet)
        return err_set(err, RC_LIMIT, "photo_broken: a page that cannot be read");
    return check_size(sheet, err) ? err->rc : check_fonts(document, page, err);
}
