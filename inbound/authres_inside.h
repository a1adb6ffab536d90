/*
 * authres_inside: whether a letter was written inside the practice's own Microsoft 365 tenant, and never crossed its border.
 *
 * Mail between two mailboxes of one tenant bears no Authentication-Results, or one in which nothing but "none" stands. What Exchange Online says of it instead is
 * believed when ALL of this holds; anything else, anything twice, and anything that cannot be read leaves the letter unproved:
 *
 *   - the domain of From is one of those that the practice named as its own (setting tenant-domains; none by itself)
 *   - every Received is from and by *.prod.outlook.com, and the oldest says "with mapi": it began in a mailbox. What comes from outside, from another tenant or
 *     through a connector bears a hop by *.protection.outlook.com, which stands above whatever a stranger wrote; no stranger can take it away
 *   - exactly one X-MS-Exchange-Organization-AuthAs, "Internal"; exactly one AuthMechanism, "04" (a mailbox session); exactly one AuthSource, the host of the oldest
 *     Received. The border takes all X-MS-Exchange-Organization-* away from what comes in (header firewall): these two locks are independent of each other
 *   - no X-MS-Exchange-CrossTenant-AuthAs that says otherwise. That it says Internal proves nothing: the sender's tenant wrote it, whichever that is
 *   - no Authentication-Results with a word other than "none"; no Sender other than From; no Resent-* field: sent on somebody's behalf, or redirected
 *
 * Exchange Online lets a mailbox write only in the name of its own addresses, or those it was given "send as" for.
 * Google has no such mark: mail inside a Workspace passes mx.google.com (mail-sor-*.google.com) and is proved by its SPF, DKIM and DMARC like any other. The signature
 * of *.gappssmtp.com is not believed: it writes dots as hyphens, so that two domains may share one.
 *
 * Errors   None.   State    None.
 * Source   Microsoft: "Header firewall" (Exchange), "Anti-spam message headers in Microsoft 365"; messages of Exchange Online read in 2024-2026.
 */
#ifndef INBOUND_AUTHRES_INSIDE_H
#define INBOUND_AUTHRES_INSIDE_H

#include "inbound/mime.h"

/* tenant_domains: with blanks between them, lower-case A-labels; "" none. */
bool authres_is_inside(const struct mime_field *fields, size_t count, const char *tenant_domains,
                       const char *from_domain);

#endif
