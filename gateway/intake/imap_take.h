/*
 * imap_take: takes the letters of one folder: fetched in pieces, stored, committed together with the memory of it (store/mailbox), then moved.
 *
 *            list ── row? none ── fetch ── arrival + row, one commit ──▸ taken ── MOVE to Done ── settled
 *                              └─ nobody's, or fetching it failed too often ──▸ bad ── MOVE to Trouble ── settled
 *
 * Shape    Killed anywhere, the next look goes on where this one ended: what has a row is moved, what has none is fetched again. A server without MOVE copies, we remember
 *          that, and it deletes. A folder that is missing (Done, Trouble) is made. Letters older than the first look are left alone unless start = all.
 *          When UIDVALIDITY changes, letters that came since the first look (less IMAP_TAKE_SKEW_MS) are looked at again, and known by their print.
 *          A letter that the server refuses to give, or that kills this process, is bad after the third time; one during which the connection is lost, after the tenth.
 *          In Junk, only letters to an address that has the form of a token are taken; whether one stands in it, the sorter finds out, which has the keys,
 *          and only then the letter is moved out of Junk.
 * Errors   RC_TEMP, RC_DENIED  of the connection: end it      else those of the store: what was not committed stays where it is
 *          RC_NOT_FOUND        no such folder
 * State    Needs no keys. No transaction may be open. Expects process_catch.
 */
#ifndef GATEWAY_INTAKE_IMAP_TAKE_H
#define GATEWAY_INTAKE_IMAP_TAKE_H

#include "gateway/home/home.h"
#include "inbound/imap.h"

#define IMAP_TAKE_HARD 4 /* what a refusal or a death counts */
#define IMAP_TAKE_SOFT 1 /* a lost connection */
#define IMAP_TAKE_TRIES 12
#define IMAP_TAKE_SKEW_MS (10 * MS_MINUTE)

enum imap_take_from { IMAP_TAKE_ALL, IMAP_TAKE_TOKENS };

struct imap_look {
    struct home *home;
    const struct home_mailbox *box;
    struct imap *imap;
    const char *folder;
    enum imap_take_from from;
    int64_t taken, moved; /* counts, written */
    bool is_quiet;        /* nothing came while we looked, written */
    int64_t lost_uid;     /* kept from look to look: the connection was lost while this one was fetched */
};

/* Selects the folder, and stays in it. */
MUST_CHECK enum rc imap_take_look(struct imap_look *look, struct err *err);

#endif
