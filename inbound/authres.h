/*
 * authres: what the border that took a letter in proved about its From address.
 *
 * Shape    The fields of the header in their order, top first. A trust profile says which Authentication-Results may be believed:
 *          AUTHRES_BY_ID          each one of the profile's authserv-id above the topmost Received. A border writes a Received on top
 *                                 of whatever came in, so that a stranger's fields stand below it. Postfix with OpenDKIM, OpenDMARC
 *                                 and an SPF service writes a field for each of them, all above
 *          AUTHRES_BESIDE_OWN_HOP one only, the topmost of that id, if it stands directly above or below the Received whose "by" is
 *                                 the authserv-id, at most two other hops above it: Gmail, and borders with a delivery hop behind
 *                                 them (LMTP, a content filter). The border must write one into each letter: else a stranger's counts
 *          AUTHRES_TOP_WITHOUT_ID the topmost field, which names no authserv-id, when there are Received fields above it and each is
 *                                 by *.outlook.com (Microsoft 365 writes these and renames what it finds)
 *          AUTHRES_NOTHING        no field
 *          A letter without any Received came through no border and proves nothing, in every profile.
 * Verdict  Over all fields that count, so that neither their order nor their number matters:
 *          fail     dmarc=fail anywhere: the worst word counts, for a border that contradicts itself proves nothing good
 *          pass     dmarc=pass, header.from, if given, is the From domain, and no other word about dmarc stands beside it
 *          aligned  no word about dmarc, or only dmarc=none (the domain has no record); and dkim=pass with header.d, or spf=pass with
 *                   smtp.mailfrom, of the From domain, of a domain above it or below it. A failed signature beside a good one is
 *                   ordinary (lists, two algorithms); spf has one answer for a mailfrom, so any other beside pass takes it away
 *          inside   of TOP_WITHOUT_ID: written inside the practice's own tenant (inbound/authres_inside)
 *          none     anything else: two From fields, temperror or permerror of dmarc, a domain that does not match, and one field of
 *                   ours that cannot be read to its end, because a stranger's words stand in it
 * Errors   None: a field that cannot be read proves nothing.
 * State    None.
 * Source   RFC 8601; Microsoft 365 anti-spam message headers; Gmail; Postfix 3.7 with OpenDKIM 2.11 and OpenDMARC 1.4, as measured:
 *          three fields above Postfix's own Received, forged ones below it taken away by RemoveARFrom only.
 */
#ifndef INBOUND_AUTHRES_H
#define INBOUND_AUTHRES_H

#include "inbound/letter.h"
#include "inbound/mime.h"

/* Numbers are stored: append only. */
enum authres_profile {
    AUTHRES_NOTHING = 1,
    AUTHRES_BY_ID,
    AUTHRES_TOP_WITHOUT_ID,
    AUTHRES_BESIDE_OWN_HOP,
    AUTHRES_PROFILE_COUNT
};

struct authres_trust {
    enum authres_profile profile;
    const char *authserv_id;    /* "" unless BY_ID or BESIDE_OWN_HOP */
    const char *tenant_domains; /* of TOP_WITHOUT_ID: inbound/authres_inside; NULL or "": none */
};

/* from_domain is that of the From address; *ret_domain lives in mem. */
enum letter_auth authres_judge(const struct mime_field *fields, size_t count, const struct authres_trust *trust,
                               const char *from_domain, struct arena *mem, const char **ret_domain);

#endif
