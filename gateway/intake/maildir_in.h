/*
 * maildir_in: a watched Maildir: what a mail server puts into new/ becomes an arrival.
 *
 * Shape    new/NAME ── intake ── committed ── renamed to cur/NAME:2,S. The name is the transport key: killed between commit and rename, the next
 *          scan finds the name known, stores nothing and only renames. A file that is nobody's (RC_NOT_FOUND) stays in new/ and is told once in the log.
 * Errors   RC_NOT_FOUND  the folder has no new/ or cur/
 *          RC_TEMP       a folder or file cannot be read, or the store failed: what was not taken stays in new/
 * State    One reader per Maildir is enough, several do no harm. Watching is inotify on new/: a scan follows every event.
 * Source   https://cr.yp.to/proto/maildir.html
 */
#ifndef GATEWAY_INTAKE_MAILDIR_IN_H
#define GATEWAY_INTAKE_MAILDIR_IN_H

#include "gateway/home/home.h"

#define MAILDIR_IN_SCAN_MAX 1000 /* files of one scan; the next takes more */

struct maildir_in;

MUST_CHECK enum rc maildir_in_open(const char *path, struct maildir_in **ret_in, struct err *err);
void maildir_in_close(struct maildir_in **in);
/* What lies in new/ of a Maildir, for status and doctor: takes nothing. At most MAILDIR_IN_SCAN_MAX files are looked at. */
struct maildir_in_counts {
    int64_t waiting; /* the next scan takes them */
    int64_t
        nobodys; /* no field on top names an address in a domain of this home, or they are no plain files: they stay */
};
MUST_CHECK enum rc maildir_in_count(const char *path, struct home *home, struct maildir_in_counts *ret_counts,
                                    struct err *err);
/* Readable when something came into new/; maildir_in_scan reads it empty. */
int maildir_in_fd(const struct maildir_in *in);
/* Takes what is there, oldest name first. ret_did counts the arrivals that are new. */
MUST_CHECK enum rc maildir_in_scan(struct maildir_in *in, struct home *home, size_t *ret_did, struct err *err);

#endif
