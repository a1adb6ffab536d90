/*
 * wake: tells a waiting role that there is work.
 *
 * Shape    Each role listens on a Unix datagram socket of its own in HOME/run. After a commit the writer sends it one byte. Nobody depends on it: a
 *          byte may be lost (nobody listens, the queue is full), so a role also looks by itself every WAKE_TICK_MS.
 *              sort.sock, clock.sock, urgent.sock, mail-0.sock …
 *          WAKE_RELOAD says besides that keys, settings or templates changed.
 * Errors   RC_TEMP  the socket cannot be made (wake_listen). Sending has no errors: it is best effort.
 * State    One listener per name; a new one takes the place of a dead one's.
 */
#ifndef GATEWAY_HOME_WAKE_H
#define GATEWAY_HOME_WAKE_H

#include "base/err.h"

#include <signal.h>

#define WAKE_TICK_MS 5000
#define WAKE_NAME_MAX 24

enum wake_byte { WAKE_WORK = 'w', WAKE_RELOAD = 'r' };

/* To one role, or to every role that listens. */
void wake_role(const char *home_path, const char *name, enum wake_byte byte);
void wake_all(const char *home_path, enum wake_byte byte);

/* Does somebody listen under this name? */
bool wake_is_heard(const char *home_path, const char *name);

struct wake_listener {
    int dir, fd;
    char name[WAKE_NAME_MAX + 8];
};
#define WAKE_NONE ((struct wake_listener){ -1, -1, "" })

MUST_CHECK enum rc wake_listen(const char *home_path, const char *name, struct wake_listener *ret_listener,
                               struct err *err);
void wake_close(struct wake_listener *listener); /* for CLEANUP; takes the socket's file away */

/* Sleeps until a byte came (all that wait are taken), other_fd (-1: none) can be read, timeout_ms are over or a signal of
 * *during (the mask while asleep) came. True when one of the bytes was WAKE_RELOAD. */
bool wake_wait(const struct wake_listener *listener, int other_fd, int timeout_ms, const sigset_t *during);

#endif
