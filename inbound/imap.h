/*
 * imap: one mailbox on a server elsewhere, read by IMAP, always under TLS. The only file of inbound/ with libetpan.
 *
 * Shape    imap_open connects, has the certificate checked (base/mail_stream), and signs in: with an access token by XOAUTH2, else with the password by PLAIN, LOGIN or the
 *          command LOGIN, whichever the server offers first in this order. No secret goes to a server that is not proven.
 *          Names of folders are UTF-8 here, and modified UTF-7 on the wire. A letter is known by its UID, which counts under the folder's UIDVALIDITY only.
 *          A letter comes in pieces of at most IMAP_PIECE_BYTES; what the server may say in one answer is bounded in bytes and in time.
 *          Structures that the server parses for us (BODYSTRUCTURE, ENVELOPE) are never asked for.
 * Units    UIDs are 32 bits, kept in int64_t. internal_ms is UTC; 0: the server told none that can be read.
 * Errors   RC_TEMP       the connection is gone, or what came is no IMAP: imap_free it, wait, open another
 *          RC_DENIED     the certificate proves nothing; no STARTTLS; the password or token is refused: waiting mends nothing
 *          RC_NOT_FOUND  no such folder, no such letter (any more)
 *          RC_PERM       the server says NO to this; the connection is well
 *          RC_INPUT      settings: a CA file that cannot be read, a name that is no UTF-8
 * Owns     A piece lives until the next call. Names and UIDs live in mem.
 * State    One connection. Expects SIGPIPE to be ignored.
 * Source   RFC 3501, 2177 (IDLE), 4315 (UIDPLUS), 6851 (MOVE), 6154 (SPECIAL-USE). What libetpan needs from us: top of imap.c.
 */
#ifndef INBOUND_IMAP_H
#define INBOUND_IMAP_H

#include "base/arena.h"
#include "base/err.h"

#include <signal.h>

#define IMAP_PIECE_BYTES ((int64_t)256 << 10)
#define IMAP_WINDOW_UIDS 20000
#define IMAP_UID_MAX INT64_C(4294967295)

enum imap_tls { IMAP_TLS_IMPLICIT, IMAP_TLS_STARTTLS };

struct imap_settings {
    const char *host;
    int port;
    enum imap_tls tls;
    const char *ca_file; /* NULL: the system's trust store */
    const char *user;
    const char *password; /* one of these two */
    const char *token;    /* XOAUTH2 */
    int64_t timeout_ms;   /* of silence */
    bool (*must_stop)(void);
};

struct imap;
MUST_CHECK enum rc imap_open(const struct imap_settings *settings, struct imap **ret_imap, struct err *err);
/* Says goodbye where the connection is well. */
void imap_free(struct imap **imap);

struct imap_folder {
    int64_t count, validity, next_uid; /* next_uid 0: not told */
};
MUST_CHECK enum rc imap_select(struct imap *imap, const char *folder, struct imap_folder *ret_folder, struct err *err);
/* Makes a folder and subscribes to it; one that is there is fine. */
MUST_CHECK enum rc imap_make_folder(struct imap *imap, const char *folder, struct err *err);
/* The folder that the server marks as \Junk; RC_NOT_FOUND: none. */
MUST_CHECK enum rc imap_find_junk(struct imap *imap, struct arena *mem, const char **ret_folder, struct err *err);

/* The UIDs from first to last of the selected folder, rising: more than some IMAP_WINDOW_UIDS of them are more than the server may say. Where imap_delete leaves a mark only, those that bear it are
 * left out. */
MUST_CHECK enum rc imap_list(struct imap *imap, int64_t first, int64_t last, struct arena *mem, int64_t **ret_uids,
                             size_t *ret_n, struct err *err);

/* The lowest UID of what the server took in since the day of since_ms, or the day before; RC_NOT_FOUND: nothing. */
MUST_CHECK enum rc imap_first_since(struct imap *imap, int64_t since_ms, int64_t *ret_uid, struct err *err);
/* How many letters the selected folder holds, as the server told last, by the way. */
int64_t imap_count(const struct imap *imap);

struct imap_piece {
    const char *bytes;
    int64_t n;
    int64_t size;        /* what the server holds for the whole letter's; Exchange only guesses */
    int64_t internal_ms; /* when the server took it in */
};
/* From offset on, at most max bytes (≤ IMAP_PIECE_BYTES); marks nothing as read. n < max: there may be no more. */
MUST_CHECK enum rc imap_fetch(struct imap *imap, int64_t uid, int64_t offset, int64_t max, struct imap_piece *ret_piece,
                              struct err *err);

/* Whether the server can move; else copy, then delete. */
bool imap_can_move(const struct imap *imap);
MUST_CHECK enum rc imap_move(struct imap *imap, int64_t uid, const char *folder, struct err *err);
MUST_CHECK enum rc imap_copy(struct imap *imap, int64_t uid, const char *folder, struct err *err);
/* Marks as deleted, and takes just this one out of the folder. Where the server cannot do that (no UIDPLUS) the mark stays: others' deleted letters are not
 * ours to take away. */
MUST_CHECK enum rc imap_delete(struct imap *imap, int64_t uid, struct err *err);

/* Waiting in the selected folder: begin, on as often as wanted, end. Without IDLE the server tells of nothing meanwhile. */
#define IMAP_IDLE_MS (INT64_C(29) * 60 * 1000) /* RFC 2177: end and begin again at least so often */
bool imap_can_idle(const struct imap *imap);
MUST_CHECK enum rc imap_wait_begin(struct imap *imap, struct err *err);
/* Sleeps until the server tells of something (true), other_fd (-1: none) can be read, ms are over or a signal of *during came. */
bool imap_wait_on(struct imap *imap, int64_t ms, int other_fd, const sigset_t *during);
MUST_CHECK enum rc imap_wait_end(struct imap *imap, struct err *err);

#endif
