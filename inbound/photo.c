#include "inbound/photo.h"

#include "inbound/photo_pdf.h"

#include <malloc.h>
#include <pthread.h>
#include <vips/vips.h>
#include <vips/vector.h>

#define PDF_DPI 110
#define STACK_BYTES (2 << 20)

enum kind { KIND_NONE, KIND_JPEG, KIND_PNG, KIND_WEBP, KIND_HEIF, KIND_GIF, KIND_PDF };

/* How large a picture may say that it is. JPEG and PNG pass line by line; the others are decoded whole. */
static const double megapixels_max[] = {
    [KIND_JPEG] = 220, [KIND_PNG] = 100, [KIND_WEBP] = 25, [KIND_HEIF] = 25, [KIND_GIF] = 16, [KIND_PDF] = 25,
};

static void image_unref(VipsImage **image)
{
    if (*image)
        g_object_unref(*image);
    *image = NULL;
}

static void area_unref(VipsArrayDouble **area)
{
    vips_area_unref(VIPS_AREA(*area));
}

static bool starts(const char *bytes, size_t n, size_t at, const char *with)
{
    return n >= at + strlen(with) && memcmp(bytes + at, with, strlen(with)) == 0;
}

static bool is_heif_brand(const char *brand)
{
    static const char *const brands[] = { "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif" };

    for (size_t i = 0; i < COUNT_OF(brands); i++)
        if (memcmp(brand, brands[i], 4) == 0)
            return true;
    return false;
}

static enum kind kind_of(const char *bytes, size_t n)
{
    if (starts(bytes, n, 0, "\xFF\xD8\xFF"))
        return KIND_JPEG;
    if (starts(bytes, n, 0, "\x89PNG\r\n\x1A\n"))
        return KIND_PNG;
    if (starts(bytes, n, 0, "RIFF") && starts(bytes, n, 8, "WEBP"))
        return KIND_WEBP;
    if (starts(bytes, n, 4, "ftyp") && n >= 12 && is_heif_brand(bytes + 8))
        return KIND_HEIF;
    if (starts(bytes, n, 0, "GIF87a") || starts(bytes, n, 0, "GIF89a"))
        return KIND_GIF;
    return starts(bytes, n, 0, "%PDF-") ? KIND_PDF : KIND_NONE;
}

/* The header alone: pixels are decoded when they are asked for. shrink: what the loader may leave out by itself. */
static VipsImage *load(enum kind kind, const char *bytes, size_t n, int page, int shrink)
{
    void *const p = (void *)(uintptr_t)bytes;
    VipsImage *image = NULL;
    int failed = 1;

    switch (kind) {
    case KIND_JPEG:
        failed = vips_jpegload_buffer(p, n, &image, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case KIND_PNG:
        failed = vips_pngload_buffer(p, n, &image, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case KIND_WEBP:
        failed = vips_webpload_buffer(p, n, &image, NULL);
        break;
    case KIND_HEIF:
        failed = vips_heifload_buffer(p, n, &image, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case KIND_GIF:
        failed = vips_gifload_buffer(p, n, &image, NULL);
        break;
    case KIND_PDF:
        failed = vips_pdfload_buffer(p, n, &image, "page", page, "dpi", (double)PDF_DPI, NULL);
        break;
    case KIND_NONE:
        break;
    }
    return failed ? NULL : image;
}

static enum rc check_pixels(enum kind kind, const VipsImage *image, struct err *err)
{
    const double pixels = (double)vips_image_get_width(image) * (double)vips_image_get_height(image);

    return pixels > megapixels_max[kind] * 1e6 ? err_set(err, RC_LIMIT, "photo_pixels: over its limit") : RC_OK;
}

/* JPEG's decoder leaves out what a smaller picture does not need. */
static int shrink_for(const VipsImage *image)
{
    const int w = vips_image_get_width(image), h = vips_image_get_height(image), side = w > h ? w : h;
    int shrink = 1;

    while (shrink < 8 && side / (shrink * 2) >= PHOTO_SIDE_MAX)
        shrink *= 2;
    return shrink;
}

static VipsImage *scaled(VipsImage *image, int side, const char *profile)
{
    VipsImage *made = NULL;
    const int failed = profile ? vips_thumbnail_image(image, &made, side, "height", side, "size", VIPS_SIZE_DOWN,
                                                      "export_profile", profile, NULL)
                               : vips_thumbnail_image(image, &made, side, "height", side, "size", VIPS_SIZE_DOWN, NULL);

    return failed ? NULL : made;
}

/* Colours that say whose they are become sRGB; those that say nothing are sRGB already, and a transform would only bend them. */
static const char *profile_for(const VipsImage *image)
{
    const bool is_print = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;

    return is_print || vips_image_get_typeof(image, VIPS_META_ICC_NAME) ? "srgb" : NULL;
}

/* Upright, small, sRGB, without alpha, and in memory: what was lazy has run. */
static VipsImage *developed(VipsImage *image, const char *profile)
{
    CLEANUP(image_unref) VipsImage *small = scaled(image, PHOTO_SIDE_MAX, profile), *flat = NULL, *plain = NULL;
    CLEANUP(area_unref) VipsArrayDouble *white = vips_array_double_newv(1, 255.0);

    if (!small)
        return NULL;
    if (vips_image_hasalpha(small) && vips_flatten(small, &flat, "background", white, NULL))
        return NULL;
    if (vips_colourspace(flat ? flat : small, &plain,
                         vips_image_get_bands(small) < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL))
        return NULL;
    return vips_image_copy_memory(plain);
}

static enum rc encode(VipsImage *image, struct arena *mem, struct photo *ret_photo, struct err *err)
{
    static const struct {
        int side, quality;
    } tries[] = {
        { PHOTO_SIDE_MAX, 78 }, { PHOTO_SIDE_MAX, 62 }, { 1280, 66 }, { 1024, 60 }, { 800, 55 }, { 600, 45 }
    };

    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        CLEANUP(image_unref) VipsImage *small = scaled(image, tries[i].side, NULL);
        void *bytes = NULL;
        size_t n = 0;

        if (!small || vips_jpegsave_buffer(small, &bytes, &n, "Q", tries[i].quality, "strip", TRUE, "optimize_coding",
                                           TRUE, NULL))
            return err_set(err, RC_LIMIT, "photo_broken: it cannot be written");
        if (n <= PHOTO_BYTES_MAX)
            *ret_photo = (struct photo){ arena_strndup(mem, bytes, n), n, vips_image_get_width(small),
                                         vips_image_get_height(small) };
        g_free(bytes);
        if (n <= PHOTO_BYTES_MAX)
            return RC_OK;
    }
    return err_set(err, RC_LIMIT, "photo_pixels: it stays too large");
}

enum rc photo_make(const char *bytes, size_t n, bool is_pdf_allowed, int page, struct arena *mem,
                   struct photo *ret_photo, struct err *err)
{
    CLEANUP(image_unref) VipsImage *image = NULL, *picture = NULL;
    const enum kind kind = kind_of(bytes, n);

    if (kind == KIND_NONE || (kind == KIND_PDF && !is_pdf_allowed))
        return err_set(err, RC_LIMIT, "photo_type: none that is taken");
    if (kind == KIND_PDF && photo_pdf_check(bytes, n, page, err))
        return err->rc;
    image = load(kind, bytes, n, page, 1);
    if (!image)
        return err_set(err, RC_LIMIT, "photo_broken: no picture");
    if (check_pixels(kind, image, err))
        return err->rc;
    if (kind == KIND_JPEG && shrink_for(image) > 1) {
        const int shrink = shrink_for(image);

        image_unref(&image);
        image = load(kind, bytes, n, page, shrink);
    }
    picture = image ? developed(image, profile_for(image)) : NULL;
    if (!picture && image) { /* a broken profile is no reason to lose the picture */
        image_unref(&image);
        image = load(kind, bytes, n, page, kind == KIND_JPEG ? 8 : 1);
        picture = image ? developed(image, NULL) : NULL;
    }
    if (!picture)
        return err_set(err, RC_LIMIT, "photo_broken: it cannot be decoded");
    return encode(picture, mem, ret_photo, err);
}

/* Its words would go to the log, and tell of what people send. */
static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, void *data)
{
    (void)level;
    (void)fields;
    (void)n;
    (void)data;
    return G_LOG_WRITER_HANDLED;
}

/* The threads that decode the tiles of a HEIC would set aside 8 MB each for a stack, and 64 MB for a heap, of which little is used. */
static void keep_threads_small(void)
{
    pthread_attr_t attr;

    mallopt(M_ARENA_MAX, 1);
    if (pthread_attr_init(&attr))
        return;
    if (!pthread_attr_setstacksize(&attr, STACK_BYTES))
        rc_ignore(pthread_setattr_default_np(&attr) ? RC_TEMP : RC_OK, "then they are larger");
    pthread_attr_destroy(&attr);
}

enum rc photo_setup(struct err *err)
{
    keep_threads_small();
    g_log_set_writer_func(say_nothing, NULL, NULL);
    if (VIPS_INIT("postcircle-photo"))
        return err_set(err, RC_TEMP, "vips does not start");
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_vector_set_enabled(FALSE); /* it would write code into a file and run it */
    return RC_OK;
}
