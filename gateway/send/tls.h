/*
 * tls: members whose letters may travel under verified TLS alone, and what happens when that cannot be kept.
 *
 * Rule     It holds for a patient or caregiver whose address says so (`member set --require-tls`) or whose domain does (setting require-tls-domains).
 *          Staff's mail goes as ever: an alarm must not be kept back. What keeps it after our own hop to the relay:
 *            REQUIRETLS (RFC 8689), where the relay offers it in its TLS session: each server keeps it or sends the letter back
 *            the relay itself, for domains of which the practice says so (setting relay-enforces-tls, looked at by `doctor`)
 *          Else, and when a server on the way sends the letter back for want of TLS, no content goes. The delivery becomes no_tls, and once, until
 *          something changes or TLS_AGAIN_MS have passed: staff are told, and the person gets MAILING_PLEASE_CALL ("please call us"; no words of a
 *          group, by any way of mail), unless the setting require-tls-notice says no.
 *          When it works again, or may (a letter went out so; a setting changed; it is not asked for any more), notes and private words of the last
 *          TLS_AGAIN_MS go out after all; digests come with the next.
 * Errors   Those of the store.
 * State    tls_failed and tls_works need an open transaction.
 */
#ifndef GATEWAY_SEND_TLS_H
#define GATEWAY_SEND_TLS_H

#include "gateway/practice/gate.h"
#include "mailer/serial.h"
#include "store/audit.h"
#include "store/delivery.h"

#define TLS_AGAIN_MS (30 * MS_DAY)

bool tls_is_required(const struct gate *gate, const struct person *person, const struct address *address);
/* Whether the practice says that its relay enforces verified TLS to the domain. */
bool tls_is_enforced(const struct gate *gate, const char *domain);
/* What a copy to the address must keep. */
enum serial_tls tls_of_copy(const struct gate *gate, const struct person *person, const struct address *address);
/* The address alone says so from now on, or no longer. Needs an open transaction. */
MUST_CHECK enum rc tls_set(struct gate *gate, const struct audit_who *who, const struct address *address,
                           bool is_required, struct err *err);

/* What could not be carried to the address (0: to anybody) is tried again. */
MUST_CHECK enum rc tls_works(struct gate *gate, struct address_id address, struct err *err);
/* The delivery is no_tls now. */
MUST_CHECK enum rc tls_failed(struct gate *gate, const struct delivery *d, struct group_id group, struct err *err);

#endif
