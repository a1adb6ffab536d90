/*
 * role: one of the small single-threaded processes that `serve` supervises; and one round of all of them, for `work --once`.
 *
 * Shape    sort    arrivals → letters → rules; also watches the Maildir of [receive]
 *          clock   whatever is due (gateway/serve/clock_work)
 *          urgent  the outbox's lane 0, on a connection of its own; alarms that are called again; the practice's own program
 *          mail    the outbox's other lanes; several workers share them
 *          lmtp    takes mail in (gateway/intake/lmtp_role, which runs it; it does none of what follows)
 *          imap    one per mailbox: takes mail out of it (gateway/intake/imap_role, likewise)
 *
 *          A role walks through the practices whose turn it is (store/due, real time), opens each one's gate (kept a while, and opened again after a
 *          change of keys or settings), works until nothing is left, and sleeps until a wake-up, a due time or WAKE_TICK_MS. Whoever did something wakes
 *          the others, since one's outcome is another's work.
 * Owns     A role borrows the home.
 * Errors   Those of one practice are logged, and that practice is left alone for ROLE_REST_MS. role_run ends with an error when the process itself
 *          cannot go on: the supervisor starts another. RC_CONFLICT: its node number was lost.
 * State    One process, one role; role_round may run several in turn.
 */
#ifndef GATEWAY_SERVE_ROLE_H
#define GATEWAY_SERVE_ROLE_H

#include "gateway/home/fault.h"
#include "gateway/home/home.h"

#define ROLE_REST_MS (30 * MS_SECOND)
#define ROLE_GATES_MAX 8           /* open at a time: a role stays small */
#define ROLE_GATE_AGE_MS MS_MINUTE /* real time; a change wakes sooner */

enum role_kind {
    ROLE_SORT,
    ROLE_CLOCK,
    ROLE_URGENT,
    ROLE_MAIL,
    ROLE_TEXT,
    ROLE_COUNT, /* of those that walk through the practices */
    ROLE_LMTP = ROLE_COUNT,
    ROLE_IMAP,
    ROLE_WEB
};

const char *role_name(enum role_kind kind);
/* What is noted when this role cannot work. */
enum fault role_fault(enum role_kind kind);
MUST_CHECK enum rc role_find(const char *name, enum role_kind *ret_kind, struct err *err);

struct role;
MUST_CHECK enum rc role_open(struct home *home, enum role_kind kind, struct role **ret_role, struct err *err);
void role_close(struct role **role);

/* Every practice once, in order of age, until nothing is left of it. ret_did counts what was done. The first error, when every practice was
 * tried. */
MUST_CHECK enum rc role_round(struct role *role, size_t *ret_did, struct err *err);

/* A program of the practice's runs, whose end a later round will write down. */
bool role_is_busy(const struct role *role);

/* Works until a signal asks to stop (process_catch comes first). worker tells several of one kind apart. */
MUST_CHECK enum rc role_run(struct role *role, int worker, struct err *err);

#endif
