#include "gateway/note/darkroom.h"

#include "base/text.h"

#define PDF_PAGES_MAX PHOTO_POST_MAX /* one more is looked for, so that its writer is told */
#define LOGO_MAX_BYTES (20 << 10)    /* of a signature: no photo is as small */

struct work {
    struct sandbox *sandbox;
    const struct darkroom_source *source;
    struct arena *mem;
    struct darkroom_result *out;
    int tries;
};

static bool is_picture(const char *type)
{
    return text_starts(type, "image/");
}

static bool is_pdf(const char *type)
{
    return text_equals(type, "application/pdf") || text_equals(type, "application/x-pdf");
}

/* A key, a seal or a card: nobody sent it to be shown. */
static bool is_by_the_way(const struct letter_attachment *a)
{
    return text_equals(a->type, "message/rfc822") || text_equals(a->type, "text/plain") ||
           text_equals(a->type, "text/html") || (is_picture(a->type) && a->bytes < LOGO_MAX_BYTES);
}

bool darkroom_has_files(const struct letter *letter)
{
    for (size_t i = 0; i < letter->attachment_count; i++)
        if (!is_by_the_way(&letter->attachments[i]))
            return true;
    return false;
}

static void add(struct work *w, const struct sandbox_picture *picture)
{
    struct darkroom_result *out = w->out;

    if (picture->width < DARKROOM_SPECK || picture->height < DARKROOM_SPECK)
        return;
    if (out->count == PHOTO_POST_MAX) {
        out->has_dropped = true;
        return;
    }
    out->photos[out->count++] = (struct photo_row){
        .width = picture->width, .height = picture->height, .alt = "", .jpeg = picture->jpeg, .n = picture->n
    };
}

/* *ret_made: there is such a picture; it may be too small to count. */
static enum rc take_one(struct work *w, const struct letter_attachment *a, int page, bool *ret_made, struct err *err)
{
    const struct sandbox_photo_wish wish = { .part = a->part, .page = page, .is_pdf_allowed = is_pdf(a->type) };
    struct sandbox_picture picture;
    struct sandbox_source source;
    enum rc rc;

    *ret_made = false;
    if (w->tries++ == DARKROOM_TRIES_MAX) {
        w->out->has_dropped = true;
        return RC_OK;
    }
    if (w->source->open(w->source->ctx, &source, err))
        return err->rc;
    rc = sandbox_photo(w->sandbox, &source, &wish, w->mem, &picture, err);
    if (rc == RC_LIMIT || rc == RC_CORRUPT) {
        w->out->has_dropped |= page == 0 || !strstr(err->msg, "photo_page"); /* past the last */
        return RC_OK;
    }
    if (rc)
        return rc;
    *ret_made = true;
    add(w, &picture);
    return RC_OK;
}

static enum rc take(struct work *w, const struct letter_attachment *a, enum group_files files, struct err *err)
{
    const bool is_paper = is_pdf(a->type);
    bool is_made = true;
    enum rc rc = RC_OK;

    if ((is_picture(a->type) && files >= GROUP_FILES_PHOTOS) || (is_paper && files == GROUP_FILES_PDF)) {
        for (int page = 0; !rc && is_made && page < (is_paper ? PDF_PAGES_MAX + 1 : 1); page++)
            rc = take_one(w, a, page, &is_made, err);
        return rc;
    }
    w->out->has_dropped |= !is_by_the_way(a);
    return RC_OK;
}

enum rc darkroom_develop(const struct letter *letter, enum group_files files, const struct darkroom_source *source,
                         struct arena *mem, struct darkroom_result *ret, struct err *err)
{
    CLEANUP(sandbox_free) struct sandbox *sandbox = sandbox_new(SANDBOX_PHOTO, NULL, SANDBOX_DEADLINE_MS);
    struct work w = { .sandbox = sandbox, .source = source, .mem = mem, .out = ret };

    *ret = (struct darkroom_result){ .count = 0 };
    for (size_t i = 0; i < letter->attachment_count; i++)
        if (take(&w, &letter->attachments[i], files, err))
            return err_wrap(err, "photos");
    return RC_OK;
}
