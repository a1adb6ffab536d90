/*
 * triage_contact: phone numbers, email addresses, street addresses, links and accounts in a text.
 *
 * Rule     The office's own are none: a number is compared by its last seven digits, the rest letter by letter, whatever the case.
 * Owns     what is a literal; at and len are bytes of the text.
 * State    Only read after it was made.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_CONTACT_H
#define GATEWAY_TRIAGE_TRIAGE_CONTACT_H

#include "base/err.h"

struct triage_contacts;

/* what: "phone", "email", "address", "link" or "account" */
typedef void triage_contact_found(void *ctx, const char *what, size_t at, size_t len);

MUST_CHECK enum rc triage_contacts_new(struct triage_contacts **ret, struct err *err);
void triage_contacts_free(struct triage_contacts **contacts);
/* own: ended by NULL; NULL: none. false: the text was not searched whole. */
bool triage_contacts_find(const struct triage_contacts *contacts, const char *text, const char *const *own,
                          triage_contact_found *found, void *ctx);

#endif
