/*
 * postcircle-photo: makes pictures anew in a closed process. Requests on fd 0, answers on fd 1, see inbound/frame.h.
 *
 *   setup (vips, its modules, a picture of each kind) → lockdown → { PHOTO request → picture }* → end of fd 0: exit 0
 *   --check   prints as JSON which protections are active
 */
#include "base/sanitized.h"
#include "inbound/mime.h"
#include "inbound/photo.h"
#include "inbound/request.h"

#define SECONDS_A_PHOTO 20

#if IS_THREAD_SANITIZED
/* libvips and its threads were not built to be watched: how they lock is not seen. Ours is one thread. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libvips.so\nrace:libglib-2.0.so\n";
}
#endif

static enum rc find_part(const struct mime *mime, int64_t number, const struct mime_part **ret_part, struct err *err)
{
    for (size_t i = 0; i < mime->part_count; i++)
        if (mime->parts[i].number == number && mime->parts[i].bytes && !mime->parts[i].is_in_message) {
            *ret_part = &mime->parts[i];
            return RC_OK;
        }
    return err_set(err, RC_LIMIT, "photo_type: no such part");
}

static enum rc develop(const struct request *r, struct arena *mem, struct photo *photo, struct err *err)
{
    CLEANUP(json_free) struct json *head = NULL;
    const struct mime_part *part = NULL;
    struct mime mime;
    int64_t number, page;

    if (r->first.over)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    if (json_parse(r->head, strlen(r->head), &head, err))
        return err->rc;
    number = json_get_int(head, "part", -1);
    page = json_get_int(head, "page", 0);
    if (mime_read_for(strbuf_peek(&r->first), r->first.len, number, mem, &mime, err) ||
        find_part(&mime, number, &part, err))
        return err->rc;
    return photo_make(part->bytes, part->n, json_get_bool(head, "pdf", false), page < 100 ? (int)page : 100, mem, photo,
                      err);
}

/* Width and height, two bytes each, big end first; then the JPEG. */
static enum rc answer_photo(const struct photo *photo, struct arena *mem, struct err *err)
{
    unsigned char *bytes = arena_alloc(mem, photo->n + 4);

    bytes[0] = (unsigned char)(photo->width >> 8);
    bytes[1] = (unsigned char)photo->width;
    bytes[2] = (unsigned char)(photo->height >> 8);
    bytes[3] = (unsigned char)photo->height;
    memcpy(bytes + 4, photo->jpeg, photo->n);
    return request_answer(FRAME_PICTURE, (const char *)bytes, photo->n + 4, err);
}

static enum rc answer(struct request *r, struct arena *mem, struct err *err)
{
    struct photo photo;

    if (r->type != FRAME_PHOTO)
        return err_set(err, RC_CORRUPT, "request: not for this program");
    lockdown_give_seconds(SECONDS_A_PHOTO);
    return develop(r, mem, &photo, err) ? request_refuse(err) : answer_photo(&photo, mem, err);
}

int main(int argc, char **argv)
{
    struct err err;

    mime_setup_bare();
    if (photo_setup(&err))
        return request_fail(&err);
    return request_serve(argc, argv, LOCKDOWN_PHOTO, answer);
}
