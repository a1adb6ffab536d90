/*
 * imap_login: signs in to a mailbox of postcircle.ini, as it says how.
 *
 * Errors   Those of inbound/imap, of base/oauth and of base/secret.
 * State    Secrets are read anew each time, and forgotten when the connection stands.
 */
#ifndef GATEWAY_HOME_IMAP_LOGIN_H
#define GATEWAY_HOME_IMAP_LOGIN_H

#include "gateway/home/home.h"
#include "inbound/imap.h"

#define IMAP_LOGIN_TIMEOUT_MS (60 * MS_SECOND) /* of silence */

MUST_CHECK enum rc imap_login(const struct home_mailbox *box, int64_t timeout_ms, bool (*must_stop)(void),
                              struct imap **ret_imap, struct err *err);

#endif
