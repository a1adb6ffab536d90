/*
 * err: result codes and the error that travels with them.
 *
 * Shape    A function that can fail returns enum rc and takes a struct err as its last parameter.
 * Owns     struct err lives on the caller's stack; there is nothing to free.
 * Errors   A code says what the caller does next, see enum rc. Every result but RC_OK fills err.
 * Privacy  err.msg is written by us from ids, field names and limits: it may be logged. Never put an address,
 *          a name, a subject or a remote reply into it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Gives ownership away: yields the pointer and leaves NULL behind for the cleanup attribute. */
#define MOVE(p)                                                                                                        \
    (__extension__({                                                                                                   \
        __typeof__(p) move_tmp_ = (p);                                                                                 \
        (p) = NULL;                                                                                                    \
        move_tmp_;                                                                                                     \
    }))

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

enum rc {
    RC_OK = 0,
    RC_NOT_FOUND, /* no such thing: not a fault */
    RC_INPUT,     /* what was given is wrong: tell the one who gave it */
    RC_LIMIT,     /* larger than a stated limit: tell the one who gave it */
    RC_CONFLICT,  /* somebody else was first: read again, then decide */
    RC_DENIED,    /* proof is missing or wrong: refuse, audit */
    RC_TEMP,      /* nothing happened: try later */
    RC_PERM,      /* give up */
    RC_UNCERTAIN, /* it may have happened and the answer is lost: look before doing it again */
    RC_CORRUPT,   /* stored bytes are not what was written: stop, tell staff */
    RC_BUG,       /* our own mistake */
    RC_COUNT
};

struct err {
    enum rc rc;
    char msg[256];
};

/* "ok", "not_found", … for logs and --json. */
const char *rc_name(enum rc rc);

/* Fills err (NULL is allowed) and returns rc: `return err_set(err, RC_LIMIT, "over %d parts", max);` */
#define err_set(err, code, ...)                                                                                        \
    (__extension__({                                                                                                   \
        const enum rc err_code_ = (code);                                                                              \
        err_fill(err, err_code_, __VA_ARGS__);                                                                         \
        err_code_;                                                                                                     \
    })) /* a macro, so that the compiler sees which code comes back */
void err_fill(struct err *err, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "what: " before the message that is there and returns err->rc. */
enum rc err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same with errno's text behind it. */
enum rc err_errno(struct err *err, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Says in the code, searchable, why a result is not looked at. */
static inline void rc_ignore(enum rc rc, const char *why)
{
    (void)rc;
    (void)why;
}

#endif
