/*
 * pictures: the photos that a rendering shows, on their way from store/photo into the mail.
 *
 * Shape    Adds to a template's values `photos` [{`photo_cid`, `photo_alt`}], and keeps the bytes for mailer/serial. A mail shows at most
 *          SERIAL_IMAGES_MAX; who renders several posts asks pictures_has_room first.
 * Owns     Bytes and ids live in the arena that the rendering lives in.
 * Errors   Those of the store.
 * State    One per rendering; zeroed is empty.
 */
#ifndef GATEWAY_PICTURES_H
#define GATEWAY_PICTURES_H

#include "base/json.h"
#include "gateway/gate.h"
#include "mailer/serial.h"
#include "store/person.h"
#include "store/photo.h"
#include "store/post.h"

struct pictures {
    struct serial_image v[SERIAL_IMAGES_MAX];
    size_t n;
};

_Static_assert(PHOTO_POST_MAX <= SERIAL_IMAGES_MAX, "a mail holds the photos of any one post");

/* author: the name that readers of this mail see. */
MUST_CHECK enum rc pictures_add(struct gate *gate, struct pictures *pictures, const struct post *post,
                                const char *author, enum person_language language, struct arena *mem,
                                struct json *values, struct err *err);

#endif
