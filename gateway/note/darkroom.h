/*
 * darkroom: from a letter's attachments to photos that may go out, by the second closed process (inbound/sandbox_photo).
 *
 * Shape    What the group lets through (group set --files) and can be made anew becomes a row for store/photo, at most PHOTO_POST_MAX; of a PDF its
 *          first pages, where the group takes those. Specks (logos, tracking pixels) are passed over in silence. Everything else is dropped, and
 *          *ret_dropped says so: the author is told.
 * Owns     Rows live in mem.
 * Errors   RC_TEMP  the program cannot be started: try the letter again. What a picture does to its reader is that picture's fault alone
 * State    Starts the program for a letter that has such attachments, and ends it again. Not within a transaction.
 */
#ifndef GATEWAY_NOTE_DARKROOM_H
#define GATEWAY_NOTE_DARKROOM_H

#include "inbound/letter.h"
#include "inbound/sandbox.h"
#include "store/group.h"
#include "store/photo.h"

#define DARKROOM_SPECK 96 /* pixels: no side of a photo is shorter */
#define DARKROOM_TRIES_MAX 12

/* Gives the raw letter from its beginning, once for each picture. */
struct darkroom_source {
    enum rc (*open)(void *ctx, struct sandbox_source *ret_source, struct err *err);
    void *ctx;
};

struct darkroom_result {
    struct photo_row photos[PHOTO_POST_MAX];
    size_t count;
    bool has_dropped;
};

/* Something came along that somebody meant to show: no speck, seal or card. */
bool darkroom_has_files(const struct letter *letter);

MUST_CHECK enum rc darkroom_develop(const struct letter *letter, enum group_files files,
                                    const struct darkroom_source *source, struct arena *mem,
                                    struct darkroom_result *ret, struct err *err);

#endif
