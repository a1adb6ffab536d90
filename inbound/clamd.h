/*
 * clamd: asks a ClamAV daemon on this machine whether a message holds something that harms its reader.
 *
 * Shape    The raw message goes over the daemon's own socket, in pieces as the source gives them; clamd takes mail apart by itself.
 * Units    Milliseconds of real time.
 * Errors   RC_TEMP   clamd is not there, does not answer in time, or answers what is no verdict: it is not known, so nothing may be decoded
 *          others    those of the source
 * State    A connection for each message; none is kept.
 * Source   clamd(8) 1.0, "zPING", "zINSTREAM": pieces of a 4-byte length (big end first) and so many bytes, ended by a length of 0. Over its
 *          StreamMaxLength clamd says so and hangs up, also while it is still sent to.
 */
#ifndef INBOUND_CLAMD_H
#define INBOUND_CLAMD_H

#include "inbound/sandbox.h"

#define CLAMD_PING_MS 3000 /* a daemon that hangs must not hold up other mail for long */
#define CLAMD_SCAN_MS 30000

enum clamd_verdict { CLAMD_CLEAN, CLAMD_INFECTED, CLAMD_TOO_BIG };

MUST_CHECK enum rc clamd_ping(const char *socket_path, struct err *err);
MUST_CHECK enum rc clamd_scan(const char *socket_path, const struct sandbox_source *source,
                              enum clamd_verdict *ret_verdict, struct err *err);

#endif
