/*
 * fault: what does not work on this machine right now, kept where a locked database or a full disk cannot reach: in the small file HOME/run/faults, which
 * every process of the home writes and reads.
 *
 *            fault_note ── since ── (noted again before it is stale) ── lasts ── fault_take_call: one process pages, from memory (gateway/duty/distress)
 *            fault_clear, or no note for a while ── well
 *
 * Units    Steady time, which is one for all processes of a machine and which nobody sets.
 * Errors   None. What cannot be written down fault_note tells its caller.
 * State    The file has a fixed size and is written in place, under a lock: that works on a full disk.
 */
#ifndef GATEWAY_HOME_FAULT_H
#define GATEWAY_HOME_FAULT_H

#include "base/clock.h"
#include "base/err.h"

enum fault {
    FAULT_INTAKE, /* `receive` or `lmtp` cannot take mail in */
    FAULT_SORT,   /* the role cannot work, and so on */
    FAULT_CLOCK,
    FAULT_URGENT,
    FAULT_MAIL,
    FAULT_RELAY,  /* the relay takes nothing in lane 0 */
    FAULT_READER, /* the reader of mail dies of every letter */
    FAULT_DISK, /* nothing more fits into the home; what is written over in place still does, so roles need not fail */
    FAULT_TEXT, /* the role of texts cannot work */
    FAULT_COUNT
};
const char *fault_name(enum fault fault);

#define FAULT_PATIENCE_MS (8 * MS_SECOND)      /* it pages when it was noted again after so long, and never cleared */
#define FAULT_STALE_MS (3 * MS_MINUTE)         /* not noted again for so long: well */
#define FAULT_INTAKE_STALE_MS (20 * MS_MINUTE) /* a mail server tries again after minutes */
#define FAULT_REST_MS (15 * MS_MINUTE)         /* between two pages, whatever their faults */

/* Gives the file its size while there is room: when serve starts. */
void fault_prepare(const char *home_path);

/* False: it could not be kept, so nobody else knows. */
bool fault_note(const char *home_path, enum fault fault);
void fault_clear(const char *home_path, enum fault fault);
#define FAULT_DISK_FREE_BYTES (4 << 20) /* less is a full disk */
bool fault_is_disk_full(const char *home_path);

/* True for the one process that is to page now. */
bool fault_take_call(const char *home_path);

/* Pages that are not in the audit log yet, and what they were about, a bit for each fault; 0: none. */
int64_t fault_calls_to_audit(const char *home_path, int64_t *ret_faults);
/* So many of them are now. */
void fault_audited(const char *home_path, int64_t calls);

#endif
