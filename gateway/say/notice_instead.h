/*
 * notice_instead: where a member is written to whose texts cannot go (STOP, a bad number, the month's money gone): the mail that they said yes to.
 *
 * Errors   RC_NOT_FOUND  they said yes to no mail, or none of their addresses may be written to
 * State    Reads only.
 */
#ifndef GATEWAY_SAY_NOTICE_INSTEAD_H
#define GATEWAY_SAY_NOTICE_INSTEAD_H

#include "gateway/practice/gate.h"
#include "store/mailing.h"

MUST_CHECK enum rc notice_instead(struct gate *gate, struct person_id person, struct membership_id membership,
                                  enum mailing_kind kind, struct address_id *ret, struct err *err);

#endif
