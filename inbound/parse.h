/*
 * parse: one raw message to a letter. Runs inside the sandboxed child; others call inbound/sandbox.h.
 *
 * Shape    Any bytes. The letter's texts are clean UTF-8 within the limits of letter.h.
 * Owns     Everything lives in mem; raw is only read.
 * Errors   RC_LIMIT  the message begins with the limit's name: message_bytes, header_bytes, nesting, parts, text_bytes, html_bytes.
 *                    The letter is then parked, not lost
 * State    parse_setup once per process, before the sandbox closes.
 *
 * WARNINGS (names in letter.warnings)
 *   no_header         no header line at all: everything is body      broken_multipart  the boundary never comes: raw text as body
 *   charset_guessed   a label was missing, unknown or wrong          html_only         the text was made from HTML
 *   plain_ignored     the plain part was a stub beside the HTML      kept_whole        nothing was trimmed though it looked like it
 *   many_froms        more than one From: proves nothing             no_from           no address that could be read
 *   only_quoted       the sender wrote nothing above what was quoted
 *   bad_calendar      a calendar answer that could not be read       recipients_cut    more recipients than are kept
 *   hidden_text       HTML with words that no mail program shows: display:none, size 0, comments; they are in `trimmed`
 *   answers_below     (after trimming ours) the sender's words stand among ours in `trimmed`
 *   signed            with S/MIME or PGP: read, and not verified     encrypted         a part that nobody here can read
 *   fragment          one of several mails that a program cut a letter into (message/partial)
 *   unshown_cut       so many words beside the text that they are not in `trimmed`
 */
#ifndef INBOUND_PARSE_H
#define INBOUND_PARSE_H

#include "inbound/authres.h"
#include "inbound/letter.h"

void parse_setup(void);
MUST_CHECK enum rc parse_letter(const char *raw, size_t n, const struct authres_trust *trust, struct arena *mem,
                                struct letter *ret_letter, struct err *err);

#endif
