#include "gateway/say/pictures.h"

static const char *alt_of(const struct photo_row *photo, const char *author, enum person_language language,
                          struct arena *mem)
{
    if (*photo->alt)
        return photo->alt;
    return arena_printf(mem, language == LANGUAGE_SPANISH ? "Foto de %s" : "Photo from %s", author);
}

enum rc pictures_add(struct gate *gate, struct pictures *pictures, const struct post *post, const char *author,
                     enum person_language language, struct arena *mem, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct photo_row *photos = NULL;
    size_t n = 0;

    if (post->flags & POST_FLAG_WITH_PHOTO && photo_list(&gate->store, post->id, mem, &photos, &n, err))
        return err->rc;
    pictures->is_full = pictures->n + n > SERIAL_IMAGES_MAX;
    for (size_t i = 0; i < n && !pictures->is_full; i++) {
        const char *cid = arena_printf(mem, "photo%zu@%s", pictures->n + 1, gate->facts.domain);
        struct json *photo = json_object_new();

        pictures->v[pictures->n++] = (struct serial_image){ cid, photos[i].jpeg, photos[i].n };
        json_set_str(photo, "photo_cid", cid);
        json_set_str(photo, "photo_alt", alt_of(&photos[i], author, language, mem));
        json_set_str(photo, "photo_words", photos[i].alt);
        json_push(list, &photo);
    }
    json_set(values, "photos", &list);
    return RC_OK;
}
