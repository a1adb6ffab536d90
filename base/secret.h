/*
 * secret: a secret from a file of its own, and the server that it is for.
 *
 * Shape    secret_read gives the first line of a file that only its owner can read; secret_read_all gives all of it (a key file).
 *          mail_place_read takes [user@]host[:port] apart; the user may hold an @: the last one separates. No password can stand in it.
 * Errors   RC_INPUT  the file is missing, empty, or others may read it; no such place. err says which with `what` ("the relay's password file"), and holds no secret
 * Owns     Texts live in mem, which wipes them when it is freed.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/arena.h"
#include "base/err.h"

MUST_CHECK enum rc secret_read(const char *path, const char *what, struct arena *mem, char **ret_secret,
                               struct err *err);
MUST_CHECK enum rc secret_read_all(const char *path, const char *what, struct arena *mem, char **ret_secret,
                                   struct err *err);

struct mail_place {
    const char *user; /* NULL: none */
    const char *host;
    int port;
};
MUST_CHECK enum rc mail_place_read(const char *text, int usual_port, const char *what, struct arena *mem,
                                   struct mail_place *ret_place, struct err *err);

#endif
