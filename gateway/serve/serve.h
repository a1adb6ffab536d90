/*
 * serve: the supervisor of the roles.
 *
 *            SIGTERM, SIGINT ── the roles finish their item, then everything ends (SIGKILL after SERVE_STOP_MS)
 *            SIGHUP ─────────── the roles end and start again with settings, keys and templates as they are now
 *            a role dies ────── it is started again: at once, then after pauses that double up to SERVE_PAUSE_MAX_MS
 *
 * Shape    Each role is this program again (fork and exec), so that it has a memory of its own; it ends when the supervisor does. The supervisor holds no
 *          key while they run. HOME/run/serve.pid is locked: one supervisor per home.
 * Errors   RC_CONFLICT  a supervisor runs on this home already
 *          RC_DENIED    POSTCIRCLE_NOW is set on a home that was made for real use
 *          RC_DENIED    the kernel cannot close the reader of mail, and neither option nor setting lets it be open
 *          and whatever keeps the roles from starting: settings, keys, a template (named with file and line)
 * State    One per process; process_catch is done here.
 */
#ifndef GATEWAY_SERVE_SERVE_H
#define GATEWAY_SERVE_SERVE_H

#include "base/clock.h"
#include "base/err.h"

#define SERVE_STOP_MS (30 * MS_SECOND)
#define SERVE_PAUSE_MS 100
#define SERVE_PAUSE_MAX_MS MS_MINUTE
#define SERVE_LOOK_MS (2 * MS_SECOND)   /* for faults that have lasted */
#define SERVE_LEARN_MS (10 * MS_MINUTE) /* between two looks at who is to be paged when all else fails */
#define SERVE_WELL_MS MS_MINUTE         /* who lived so long failed for a new reason */

/* may_read_open: as [limits] allow_open_reader. */
MUST_CHECK enum rc serve_run(const char *home_path, bool may_read_open, struct err *err);

/* The process id of the supervisor of this home; 0 when none runs. */
int64_t serve_pid(const char *home_path);

#endif
