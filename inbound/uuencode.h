/*
 * uuencode: files that stand encoded within a text ("begin 644 photo.jpg"), as old mail programs send them.
 *
 * Shape    A block is a "begin" line with a mode and a name, and lines whose length fits the number that each begins with; "end" may be missing.
 *          A "begin" line in prose is followed by no such line and stays. The name's ending tells the type; the name itself is not kept.
 * Owns     Results live in mem; the input is only read.
 * Errors   None. At most UUENCODE_MAX_FILES are taken out of a text.
 * Source   POSIX uuencode(1).
 */
#ifndef INBOUND_UUENCODE_H
#define INBOUND_UUENCODE_H

#include "base/arena.h"

#define UUENCODE_MAX_FILES 50

struct uuencode_file {
    const char *type; /* "image/jpeg"; "application/octet-stream" when the name does not tell */
    size_t n;         /* decoded */
};

struct uuencode_files {
    const char *rest; /* the text without them */
    size_t rest_n;
    const struct uuencode_file *v;
    size_t count; /* 0: rest is the text itself */
};

struct uuencode_files uuencode_take_out(const char *text, size_t n, struct arena *mem);

#endif
