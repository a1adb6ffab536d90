/*
 * imap_role: the role imap: one mailbox of postcircle.ini, read as long as it lives.
 *
 *            sign in ── look into the folders and Junk ── look into the first folder until nothing is left ── wait (IDLE) ─┐
 *               ▴ │ trouble: pause, doubled up to IMAP_ROLE_PAUSE_MAX_MS         ▴                                          │
 *               └─┘                                                              └──────── the server tells of something ───┘
 *
 * Shape    The first folder is waited in; the others and Junk are looked at every poll_seconds. Without IDLE the first one is, too. IDLE ends and begins again after
 *          idle_seconds. The password or token is read again for each connection.
 * Doubled  Nothing, whenever this is killed: gateway/intake/imap_take.
 * Errors   The process cannot go on: RC_CONFLICT (its node number was lost), RC_INPUT (there is no such mailbox). What does not work for
 *          IMAP_ROLE_PATIENCE_MS is noted as FAULT_INTAKE, and somebody is paged: mail waits unread in the mailbox meanwhile.
 * State    One per process, without keys (HOME_WITHOUT_KEYS): it holds no secret but the mailbox's own. process_catch comes first.
 */
#ifndef GATEWAY_INTAKE_IMAP_ROLE_H
#define GATEWAY_INTAKE_IMAP_ROLE_H

#include "gateway/home/home.h"

#define IMAP_ROLE_PAUSE_MS MS_SECOND
#define IMAP_ROLE_PAUSE_MAX_MS (5 * MS_MINUTE)
#define IMAP_ROLE_PATIENCE_MS (10 * MS_MINUTE)
#define IMAP_ROLE_FOLDERS_MAX 16

/* worker: which mailbox of the settings, from 0. */
MUST_CHECK enum rc imap_role_run(struct home *home, int64_t worker, struct err *err);
/* The names of the setting `folders`, the first of which is waited in. RC_INPUT: none, or too many. */
MUST_CHECK enum rc imap_role_folders(const struct home_mailbox *box, struct arena *mem,
                                     const char *ret_names[IMAP_ROLE_FOLDERS_MAX], size_t *ret_n, struct err *err);

#endif
