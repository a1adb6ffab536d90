/* One Authentication-Results field above a hop and one below: no crash, no pass without the words, nothing from below. */
#include "base/text.h"
#include "inbound/authres.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *raw = text_clean_line(mem, (const char *)data, n);
    static const char forged[] = "mx.example.net; dmarc=pass header.from=example.org";
    const struct mime_field fields[] = { { "Authentication-Results", raw, raw },
                                         { "Received", "by mx.example.net", "by mx.example.net" },
                                         { "Authentication-Results", forged, forged },
                                         { "From", "a@example.org", "a@example.org" } };
    const struct authres_trust trust = { .profile = n & 1 ? AUTHRES_BY_ID : AUTHRES_TOP_WITHOUT_ID,
                                         .authserv_id = "mx.example.net",
                                         .tenant_domains = "example.org" };
    const struct mime_field hop[] = { { "Received", raw, raw },
                                      { "From", "a@example.org", "a@example.org" },
                                      { "X-MS-Exchange-Organization-AuthAs", "Internal", "Internal" },
                                      { "X-MS-Exchange-Organization-AuthMechanism", "04", "04" },
                                      { "X-MS-Exchange-Organization-AuthSource", "a.prod.outlook.com",
                                        "a.prod.outlook.com" } };
    const char *domain;

    if (authres_judge(fields, COUNT_OF(fields), &trust, "example.org", mem, &domain) == LETTER_AUTH_PASS)
        assert(strcasestr(raw, "dmarc") && strcasestr(raw, "pass"));
    if (authres_judge(hop, COUNT_OF(hop), &trust, "example.org", mem, &domain) == LETTER_AUTH_INSIDE)
        assert(strcasestr(raw, "by") && strcasestr(raw, "a.prod.outlook.com") && strcasestr(raw, "mapi"));
    return 0;
}
