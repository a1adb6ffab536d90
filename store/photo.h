/*
 * photo: pictures that a member sent along with a note, made anew: pixels and nothing else.
 *
 * Shape    A row belongs to a post: it is held, shown to moderators, released, and erased with it. place counts from 1 within the post.
 * Units    Pixels; jpeg is at most PHOTO_ROW_MAX_BYTES.
 * Owns     Strings and bytes live in mem. alt is "" when nobody said what it shows.
 * Errors   RC_NOT_FOUND  photo_set_alt: no such photo
 * State    Writes need an open transaction.
 */
#ifndef STORE_PHOTO_H
#define STORE_PHOTO_H

#include "store/store.h"

#define PHOTO_POST_MAX 3 /* of one post */
#define PHOTO_ROW_MAX_BYTES ((size_t)200 << 10)
#define PHOTO_ALT_MAX 200 /* code points */

struct photo_row {
    int64_t id;
    struct post_id post;
    int64_t place, width, height;
    const char *alt;
    const char *jpeg;
    size_t n;
};

extern const struct db_domain photo_domain;

/* Puts these in the place of whatever the post has; post, id and place are filled in. */
MUST_CHECK enum rc photo_put(struct store *st, struct post_id post, struct photo_row *rows, size_t n, struct err *err);
MUST_CHECK enum rc photo_list(struct store *st, struct post_id post, struct arena *mem, struct photo_row **ret,
                              size_t *ret_n, struct err *err);
/* How many, without opening them. */
MUST_CHECK enum rc photo_count(struct store *st, struct post_id post, int64_t *ret_n, struct err *err);
/* Of all photos of the post when place is 0. */
MUST_CHECK enum rc photo_set_alt(struct store *st, struct post_id post, int64_t place, const char *alt,
                                 struct err *err);

#endif
