/*
 * recount: counts again, from nothing but the .eml files and the phones of a demo and the list of what its nurse let out, whether anybody got what they should not.
 *
 * Shape    Reads DIR/known.json (who has which address, phone and folder; the words that were let out), DIR/mail/PERSON/NNN.eml and
 *          DIR/phones/NUMBER. No database, no log, and no code of the parts that wrote the mails and texts.
 *            two recipients   not exactly one To with one address, or a Cc, a Bcc, or a Delivered-To that is another; a text on a phone
 *                             that is not exactly one person's, or from a number that is not the practice's
 *            another's data   a member's letter or text holds the address, the phone number or the full name of another person who is no staff: header
 *                             fields, text, HTML, raw bytes
 *            unreviewed       a member's letter or text holds more than RECOUNT_RUN_MAX words in a row that neither our templates nor the practice said,
 *                             nobody let out, and the reader did not write
 *            unasked          a text, but for the invitation and its repeat, to a phone that has not said yes; after STOP more than what confirms it;
 *                             each text of such a phone may be answered once
 * Owns     Findings live in mem.
 * Errors   RC_NOT_FOUND  no demo in DIR (the message says how to make one)   RC_INPUT  known.json, a mail or a phone cannot be read
 * State    Reads only.
 */
#ifndef GATEWAY_DEMO_RECOUNT_H
#define GATEWAY_DEMO_RECOUNT_H

#include "base/arena.h"
#include "base/err.h"

#define RECOUNT_FINDINGS_MAX 100
#define RECOUNT_RUN_MAX 5

struct recount_finding {
    const char *path, *what; /* what: "two recipients", … */
};

struct recount {
    int64_t messages, people;
    int64_t texts, phones;
    int64_t two_recipients, other_data, unreviewed, unasked;
    struct recount_finding findings[RECOUNT_FINDINGS_MAX];
    size_t finding_count;
};

MUST_CHECK enum rc recount_read(const char *dir, struct arena *mem, struct recount *ret_recount, struct err *err);
static inline bool recount_is_clean(const struct recount *r)
{
    return !r->two_recipients && !r->other_data && !r->unreviewed && !r->unasked;
}

#endif
