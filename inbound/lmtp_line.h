/*
 * lmtp_line: reads one command line of an LMTP client.
 *
 * Shape    The bytes of a line without its CRLF. Words are read in any letter case; blanks after the colon of MAIL FROM: and RCPT TO: are forgiven.
 *          A path stands in angle brackets; a source route in front of it is dropped, quotes and blanks inside quotes stay.
 * Units    size is what the client declares, in bytes; -1 when it does not.
 * Errors   The line's fault, which the session answers.
 * State    None.
 * Source   RFC 5321 4.1.1 and 4.1.2, RFC 2033 4, RFC 1870, RFC 6152, RFC 6531.
 */
#ifndef INBOUND_LMTP_LINE_H
#define INBOUND_LMTP_LINE_H

#include "base/err.h"

#define LMTP_PATH_MAX                                                                                                  \
    1000 /* RFC 5321 says 256; a longer one is some gateway's sender, and no reason to lose the letter */

enum lmtp_verb {
    LMTP_VERB_UNKNOWN,
    LMTP_VERB_LHLO,
    LMTP_VERB_SMTP, /* HELO, EHLO: not spoken here */
    LMTP_VERB_MAIL,
    LMTP_VERB_RCPT,
    LMTP_VERB_DATA,
    LMTP_VERB_RSET,
    LMTP_VERB_NOOP,
    LMTP_VERB_QUIT,
    LMTP_VERB_VRFY,
    LMTP_VERB_HELP,
    LMTP_VERB_NOT_HERE /* a command that there is, and that we do not offer */
};

enum lmtp_line_fault {
    LMTP_LINE_FINE,
    LMTP_LINE_BYTES,     /* a control character, or no UTF-8 */
    LMTP_LINE_ARGUMENTS, /* missing, or some where none stand */
    LMTP_LINE_PATH,      /* no path in brackets, or one that is too long */
    LMTP_LINE_PARAMETER  /* not one of those that we offered */
};

struct lmtp_line {
    enum lmtp_verb verb;
    enum lmtp_line_fault fault;
    char path[LMTP_PATH_MAX + 1]; /* of MAIL and RCPT; "" is <> */
    int64_t size;
};

void lmtp_line_read(const char *line, size_t n, struct lmtp_line *ret_line);

#endif
