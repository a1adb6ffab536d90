/*
 * sandbox: the parent's side of the closed processes: one reads hostile mail, one makes photos anew.
 *
 * Shape    One child at a time, started when first needed, renewed after SANDBOX_LETTERS_MAX letters and after any fault. The raw
 *          message is streamed: the parent never holds a whole one.
 * Units    deadline_ms is wall time for one call, from start to answer.
 * Owns     sandbox_free ends the child. Letters live in the arena given.
 * Errors   RC_LIMIT    the letter passed a limit of letter.h; the message begins with its name: park it, tell staff
 *          RC_CORRUPT  the child crashed, was killed, passed the deadline or answered nonsense: count a try; three, then park
 *          RC_TEMP     the program cannot be started: no fault of this letter
 *          and whatever the source returned
 * State    One call at a time.
 */
#ifndef INBOUND_SANDBOX_H
#define INBOUND_SANDBOX_H

#include "inbound/authres.h"
#include "inbound/letter.h"

#define SANDBOX_LETTERS_MAX 200
#define SANDBOX_DEADLINE_MS (30 * 1000)

/* Gives the raw message piece by piece: up to max bytes, *ret_n = 0 at the end. */
struct sandbox_source {
    enum rc (*read)(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err);
    void *ctx;
};

#define SANDBOX_PHOTO_MAX_BYTES ((size_t)200 << 10)
#define SANDBOX_PHOTO_MAX_SIDE 1600

struct sandbox;

enum sandbox_program { SANDBOX_READER, SANDBOX_PHOTO };

/* path NULL: $POSTCIRCLE_PARSER or $POSTCIRCLE_PHOTO, else postcircle-parse or -photo beside this program or in ../libexec/postcircle, else in
 * POSTCIRCLE_LIBEXEC. Starts nothing yet. */
struct sandbox *sandbox_new(enum sandbox_program program, const char *path, int deadline_ms);
void sandbox_free(struct sandbox **sandbox);

MUST_CHECK enum rc sandbox_parse(struct sandbox *sandbox, const struct sandbox_source *source,
                                 const struct authres_trust *trust, struct arena *mem, struct letter *ret_letter,
                                 struct err *err);
/* What is known about a letter's sender once they are found (inbound/reply.h). */
struct sandbox_known {
    const char *ours;           /* the text of the message that we sent to that person; "" for none */
    const char *const *earlier; /* whole texts of their earlier letters, at most REPLY_EARLIER_MAX */
    size_t earlier_count;
};
/* The letter without what is ours and without the signature that the sender's earlier letters have. */
MUST_CHECK enum rc sandbox_trim(struct sandbox *sandbox, const struct letter *letter, const struct sandbox_known *known,
                                struct arena *mem, struct letter *ret_letter, struct err *err);
/* The picture in that part of the message (letter_attachment.part), made anew by the photo program: a JPEG with pixels and nothing else.
 * RC_LIMIT names why there is none: photo_type, photo_pixels, photo_broken, photo_page. */
struct sandbox_photo_wish {
    int part, page; /* page of a PDF, from 0 */
    bool is_pdf_allowed;
};
struct sandbox_picture {
    const char *jpeg; /* n bytes in mem, at most SANDBOX_PHOTO_MAX_BYTES */
    size_t n;
    int width, height; /* at most SANDBOX_PHOTO_MAX_SIDE */
};
MUST_CHECK enum rc sandbox_photo(struct sandbox *sandbox, const struct sandbox_source *source,
                                 const struct sandbox_photo_wish *wish, struct arena *mem,
                                 struct sandbox_picture *ret_picture, struct err *err);

const char *sandbox_path(const struct sandbox *sandbox);
/* inbound/sandbox_check.c: which protections the closed process has on this machine, as it tells itself (--check): {"seccomp": true, …}. */
MUST_CHECK enum rc sandbox_protections(enum sandbox_program program, const char *path, struct json **ret_protections,
                                       struct err *err);
/* Letters that the present child has read; 0 when there is none. */
int sandbox_letters(const struct sandbox *sandbox);

/* Sources: a descriptor read to its end, and bytes in memory. */
struct sandbox_source sandbox_from_fd(int *fd);
struct sandbox_bytes {
    const char *p;
    size_t n;
};
struct sandbox_source sandbox_from_bytes(struct sandbox_bytes *bytes);

#endif
