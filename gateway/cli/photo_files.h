/*
 * photo_files: the photos of notes as files: the pictures that were made anew, never what came in.
 *
 * Shape    FOLDER/POST-PLACE.jpg (photo_files_name), each a new file for this user alone.
 * Owns     What is given back lives in mem.
 * Errors   RC_CONFLICT  a file of that name is there already
 *          RC_TEMP      it cannot be written
 * State    None.
 */
#ifndef GATEWAY_CLI_PHOTO_FILES_H
#define GATEWAY_CLI_PHOTO_FILES_H

#include "gateway/cli/cli.h"
#include "store/photo.h"

/* The photos of one post; folder NULL: none is written. */
MUST_CHECK enum rc photo_files_save(struct cli *cli, struct post_id post, const char *folder, struct arena *mem,
                                    struct photo_row **ret_photos, size_t *ret_n, struct err *err);
const char *photo_files_name(const struct photo_row *photo, struct arena *mem);

#endif
