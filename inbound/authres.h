/*
 * authres: what the border that took a letter in proved about its From address.
 *
 * Shape    The fields of the header in their order, top first. A trust profile says which field may be believed:
 *          AUTHRES_BY_ID          the topmost Authentication-Results whose authserv-id is the profile's, if it stands above, or
 *                                 directly below, the Received field of that host
 *          AUTHRES_TOP_WITHOUT_ID the topmost field, which names no authserv-id, when every Received above it is by
 *                                 *.outlook.com (Microsoft 365 writes these and renames what it finds)
 *          AUTHRES_NOTHING        no field
 * Verdict  pass     dmarc=pass, and header.from, if given, is the From domain
 *          aligned  no DMARC verdict for it; dkim=pass with header.d, or spf=pass with smtp.mailfrom, of the From domain, of a domain
 *                   above it or below it
 *          fail     dmarc=fail
 *          none     anything else: also two From fields, temperror, a domain that does not match
 * Errors   None: a field that cannot be read proves nothing.
 * State    None.
 * Source   RFC 8601; Microsoft 365 anti-spam message headers; Gmail, Fastmail, Postfix with OpenDKIM and OpenDMARC, rspamd.
 */
#ifndef INBOUND_AUTHRES_H
#define INBOUND_AUTHRES_H

#include "inbound/letter.h"
#include "inbound/mime.h"

/* Numbers are stored: append only. */
enum authres_profile { AUTHRES_NOTHING = 1, AUTHRES_BY_ID, AUTHRES_TOP_WITHOUT_ID, AUTHRES_PROFILE_COUNT };

struct authres_trust {
    enum authres_profile profile;
    const char *authserv_id; /* "" unless BY_ID */
};

/* from_domain is that of the From address; *ret_domain lives in mem. */
enum letter_auth authres_judge(const struct mime_field *fields, size_t count, const struct authres_trust *trust,
                               const char *from_domain, struct arena *mem, const char **ret_domain);

#endif
