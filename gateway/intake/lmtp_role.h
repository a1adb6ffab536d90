/*
 * lmtp_role: the role lmtp: takes mail in from a mail server on this machine, many connections at once, in one epoll loop.
 *
 *            wait ── read what has come ── feed the sessions ── one commit for all letters that are whole ── answer ── wait
 *
 * Shape    A letter is answered 250 when its transaction is committed: one for all letters that became whole in the same turn, and for the pieces of longer ones. When that
 *          fails, each of them is answered 451 4.3.0 and the server keeps it. No letter is in memory whole: 64 KiB for each recipient of one that is coming, twice that
 *          once it is longer, LMTP_EXTRA_MAX such recipients beside the first ones.
 *          A connection waits for nobody but the store: who sends slowly, or does not read the answers, keeps nobody else waiting. When all
 *          connections are taken, more wait to be accepted.
 *          After a signal to stop nothing new is taken; letters that are coming have LMTP_STOP_MS, then their servers will send them again.
 * Doubled  A server that gets no answer sends again: a letter whose commit is done and whose answer does not arrive (this process is killed between the two, the
 *          server goes away) comes twice. RFC 1047 tells of it; the sorter knows the second by sender and Message-ID.
 * Errors   The process cannot go on: RC_CONFLICT (its node number was lost, somebody else listens), RC_TEMP, RC_INPUT (settings).
 * State    One per process, without keys (HOME_WITHOUT_KEYS). process_catch comes first.
 */
#ifndef GATEWAY_INTAKE_LMTP_ROLE_H
#define GATEWAY_INTAKE_LMTP_ROLE_H

#include "gateway/home/home.h"

#define LMTP_EXTRA_MAX 64
#define LMTP_STOP_MS (5 * MS_SECOND)
#define LMTP_LETTER_MS (30 * MS_MINUTE) /* a connection that keeps so long without a letter that was kept is ended */

MUST_CHECK enum rc lmtp_role_run(struct home *home, struct err *err);

#endif
