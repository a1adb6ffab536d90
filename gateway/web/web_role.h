/*
 * web_role: what is asked of us over HTTP: the hooks of text providers, whose calls it proves, stores, and answers 2xx after the commit; and the private
 * calendars of staff (gateway/visit/staff_calendar). One process, one thread. The only file of gateway/ with libmicrohttpd.
 *
 * Shape    [web] listen is an address of this machine, behind a proxy that speaks TLS. PUBLIC-URL/text/PRACTICE/ACCOUNT is one account's hook, for texts and
 *          receipts alike. What it answers:
 *            2xx and what the provider's file says   stored and committed (or here already)
 *            403   the signature proves nothing: counted, nothing is kept
 *            404, 405, 413   no such hook; not GET or POST; over SMS_SIGN_BODY_MAX
 *            503   the database: the provider comes again
 *          The signature is checked over the raw bytes and the *configured* public URL with the query as it came. Calls that come at the same time share one
 *          commit. A proved call that cannot be read is kept with its bytes, and staff are told.
 *          PUBLIC-URL/calendar/PRACTICE/TOKEN.ics is a calendar: 200, or 404 whatever is wrong with the link.
 *          Nothing is understood here but STOP, START and HELP (text_take); the text role does the rest.
 * Errors   RC_INPUT, RC_CONFLICT, RC_TEMP  it cannot listen
 * State    Until a signal asks to stop (process_catch comes first).
 */
#ifndef GATEWAY_WEB_WEB_ROLE_H
#define GATEWAY_WEB_WEB_ROLE_H

#include "gateway/home/home.h"

MUST_CHECK enum rc web_role_run(struct home *home, struct err *err);

#endif
