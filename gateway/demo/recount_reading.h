/*
 * recount_reading: what the files of a recount share: recount.c reads the mails, recount_texts.c the phones.
 *
 * State    One reading of one folder.
 */
#ifndef GATEWAY_DEMO_RECOUNT_READING_H
#define GATEWAY_DEMO_RECOUNT_READING_H

#include "base/json.h"
#include "gateway/demo/heard.h"
#include "gateway/demo/recount.h"

#define RECOUNT_KNOWN_MAX_BYTES ((size_t)1 << 20)
#define RECOUNT_FILES_MAX 5000

struct recount_reading {
    const char *dir;
    struct json *known;
    struct heard *heard;
    struct arena *mem;
    struct recount *out;
};

void recount_find(struct recount_reading *r, int64_t *counter, const char *path, const char *what);
/* Does the text hold a secret of anybody but staff and the owner (a person of known.json)? */
bool recount_tells_another(const struct recount_reading *r, const struct json *owner,
                           bool (*has)(const void *text, const char *secret), const void *text);
/* Paths DIR/FOLDER/NAME relative to DIR, sorted; a folder that is not there is empty. */
MUST_CHECK enum rc recount_files(const struct recount_reading *r, const char *folder, const char ***ret, size_t *ret_n,
                                 struct err *err);
MUST_CHECK enum rc recount_texts(struct recount_reading *r, struct err *err);

#endif
