/*
 * scan: the files of a letter before anything of them is decoded, where the practice has a ClamAV daemon (setting clamd).
 *
 *            no files, no clamd, clean ── goes on
 *            infected               ── its files are dropped; staff and writer are told, its words go on
 *            over clamd's limit     ── its files are dropped; writer told
 *            clamd is down          ── waits a while and comes again, however often; staff are told once a day, doctor is red.
 *            clamd is there, gives  ── a try, and the letter comes again; the third time its files are dropped, staff and writer are told.
 *            no verdict on it          Other mail goes on meanwhile.
 *                                      Nothing waits whose files nobody would decode: words of danger, commands, decisions, groups without files.
 *
 * Errors   those of the store
 * State    scan_letter and scan_put_off write transactions of their own; scan_tell needs one open. struct scan_run is one batch of the sorter: a
 *          daemon that did not answer a ping is not asked again in it, nor one that kept it waiting for SCAN_BATCH_MS without a verdict: the rest waits, and no try is counted.
 */
#ifndef GATEWAY_SORT_SCAN_H
#define GATEWAY_SORT_SCAN_H

#include "gateway/note/sorting.h"
#include "inbound/clamd.h"

#define SCAN_BATCH_MS ((int64_t)2 * CLAMD_SCAN_MS)

/* Sets s->scan, and s->photos.has_dropped where the files are left out. open gives the raw letter from its beginning. */
MUST_CHECK enum rc scan_letter(struct sorting *s, const struct darkroom_source *raw, struct scan_run *run,
                               struct err *err);
/* SCAN_WAITS: the letter stays claimed for a while. While clamd is down that counts no try, and staff are told. */
MUST_CHECK enum rc scan_put_off(struct sorting *s, const struct scan_run *run, struct err *err);
/* SCAN_INFECTED: staff and the audit log hear of it. SCAN_UNJUDGED: staff do. */
MUST_CHECK enum rc scan_tell(struct sorting *s, struct err *err);

#endif
