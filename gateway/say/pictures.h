/*
 * pictures: the photos that a rendering shows, on their way from store/photo into the mail.
 *
 * Shape    Adds to a template's values `photos` [{`photo_cid`, `photo_alt`, `photo_words`}], and keeps the bytes for mailer/serial. photo_alt is
 *          what author or moderator said (photo_words, "" when nobody did), else "Photo from Maria". A mail shows at most SERIAL_IMAGES_MAX:
 *          of a post that finds no room none is shown, and is_full says so.
 * Owns     Bytes and ids live in the arena that the rendering lives in.
 * Errors   Those of the store.
 * State    One per rendering; zeroed is empty.
 */
#ifndef GATEWAY_SAY_PICTURES_H
#define GATEWAY_SAY_PICTURES_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "mailer/serial.h"
#include "store/person.h"
#include "store/photo.h"
#include "store/post.h"

struct pictures {
    struct serial_image v[SERIAL_IMAGES_MAX];
    size_t n;
    bool is_full; /* the last post has photos that are not shown */
};

_Static_assert(PHOTO_POST_MAX <= SERIAL_IMAGES_MAX, "a mail holds the photos of any one post");

/* author: the name that readers of this mail see. */
MUST_CHECK enum rc pictures_add(struct gate *gate, struct pictures *pictures, const struct post *post,
                                const char *author, enum person_language language, struct arena *mem,
                                struct json *values, struct err *err);

#endif
