/*
 * mail_failed: what follows when a copy will not reach its reader: the relay refused it for good, or it could not be made.
 *
 * Rule     What had to travel under TLS and could not is gateway/send/tls's. Refusals to many people of a group at once are a mail server's doing (gateway/digest/breaker): then nobody is told of each, and no note is
 *          taken for unsendable, because RESUME tries again. Else staff hear of it, who may call: once a day for each person, at most
 *          MAIL_FAILED_A_DAY in all. A note of which no copy can reach anybody is told to its author (gateway/note/unsend).
 * Errors   Those of the store.
 * State    Needs an open transaction: the one that records the outcome.
 */
#ifndef GATEWAY_SEND_MAIL_FAILED_H
#define GATEWAY_SEND_MAIL_FAILED_H

#include "gateway/practice/gate.h"
#include "store/delivery.h"

#define MAIL_FAILED_A_DAY 20

MUST_CHECK enum rc mail_failed(struct gate *gate, const struct delivery *d, const struct delivery_outcome *o,
                               struct err *err);

/* Of a note on its own (POST, COMMENT, ANNOUNCEMENT): the copy that failed may have been the last that could reach anybody; then its author and staff are told. */
MUST_CHECK enum rc mail_failed_check_note(struct gate *gate, const struct delivery *d, struct err *err);

#endif
