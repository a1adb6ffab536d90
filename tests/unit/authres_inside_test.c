/* authres_inside: letters from mailbox to mailbox of one Microsoft 365 tenant, in the shape that Exchange Online writes, and what forgers from outside, other
 * tenants and insiders make of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/text.h"
#include "inbound/parse.h"

#define HEAD0 "From: Rosa <rosa@example.org>\nSubject: x\n"
#define BODY "\nhello\n"
/* Out of one mailbox of a tenant into another, as Exchange Online writes it. */
#define WITHIN                                                                                                         \
    "Received: from AM0PR01MB11.eurprd01.prod.outlook.com (2603:10a6:208:1::19) by\n"                                  \
    " AM0PR01MB22.eurprd01.prod.outlook.com with HTTPS; Mon, 2 Mar 2026 10:00:02 +0000\n"
#define MAPI                                                                                                           \
    "Received: from AM0PR01MB11.eurprd01.prod.outlook.com\n ([fe80::1d2:3e4f:5a6b:7c8d]) by"                           \
    " AM0PR01MB11.eurprd01.prod.outlook.com\n ([fe80::1d2:3e4f:5a6b:7c8d%4]) with mapi id 15.20.8466.016;"             \
    " Mon, 2 Mar 2026\n 10:00:01 +0000\n"
#define AUTH_AS(word) "X-MS-Exchange-Organization-AuthAs: " word "\n"
#define MECHANISM "X-MS-Exchange-Organization-AuthMechanism: 04\n"
#define SOURCE "X-MS-Exchange-Organization-AuthSource:\n AM0PR01MB11.eurprd01.prod.outlook.com\n"
#define CROSS(word)                                                                                                    \
    "X-MS-Exchange-CrossTenant-AuthAs: " word                                                                          \
    "\nX-MS-Exchange-CrossTenant-AuthSource: AM0PR01MB11.eurprd01.prod.outlook.com\n"                                  \
    "X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted\nX-MS-Exchange-CrossTenant-Id: "                               \
    "7d1f2c3a-0000-4000-8000-00000000c11e\n"
#define ORGANIZATION AUTH_AS("Internal") MECHANISM SOURCE
#define NONE_INSIDE                                                                                                    \
    "Authentication-Results: dkim=none (message not signed)\n header.d=none;dmarc=none action=none"                    \
    " header.from=example.org;\n"
#define INSIDE "example.net example.org"
/* The border of Exchange Online, whatever a stranger calls himself. */
#define BORDER                                                                                                         \
    "Received: from AM0PR01MB99.eurprd01.prod.outlook.com (192.0.2.66) by\n"                                           \
    " AM6EUR05FT011.mail.protection.outlook.com (10.233.240.1) with Microsoft SMTP Server\n"                           \
    " (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.8466.10\n via Frontend Transport\n"

static const struct {
    const char *name, *raw;
    enum letter_auth want;
    const char *tenant;
} table[] = {
    { "inside", WITHIN MAPI HEAD0 ORGANIZATION CROSS("Internal") BODY, LETTER_AUTH_INSIDE, INSIDE },
    { "inside, with the sender's own nothing", WITHIN MAPI HEAD0 ORGANIZATION NONE_INSIDE CROSS("Internal") BODY,
      LETTER_AUTH_INSIDE, INSIDE },
    { "inside, its own nothing on top", WITHIN NONE_INSIDE MAPI HEAD0 ORGANIZATION BODY, LETTER_AUTH_INSIDE, INSIDE },
    { "inside, redirected by a rule of the tenant",
      WITHIN
      "Received: from AM0PR01MB11.eurprd01.prod.outlook.com (2603:10a6::1) by\n"
      " DB7PR01MB33.eurprd01.prod.outlook.com (2603:10a6::2) with Microsoft SMTP Server (version=TLS1_3) id 15\n" MAPI
          HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_INSIDE, INSIDE },
    { "inside, not told whose tenant it is", WITHIN MAPI HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE, "" },
    { "inside, another domain of the tenant", WITHIN MAPI HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE,
      "example.net clinic.example.org xexample.org" },
    { "from outside, forged", WITHIN BORDER MAPI HEAD0 ORGANIZATION CROSS("Internal") BODY, LETTER_AUTH_NONE, INSIDE },
    { "from outside, the border's own word beside the forged", WITHIN MAPI HEAD0 ORGANIZATION AUTH_AS("Anonymous") BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "AuthAs twice, both good", WITHIN MAPI AUTH_AS("Internal") HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE, INSIDE },
    { "AuthMechanism twice", WITHIN MAPI HEAD0 ORGANIZATION MECHANISM BODY, LETTER_AUTH_NONE, INSIDE },
    { "AuthSource twice", WITHIN MAPI HEAD0 ORGANIZATION SOURCE BODY, LETTER_AUTH_NONE, INSIDE },
    { "AuthAs: Anonymous", WITHIN MAPI HEAD0 AUTH_AS("Anonymous") MECHANISM SOURCE CROSS("Internal") BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "AuthAs with more behind it", WITHIN MAPI HEAD0 AUTH_AS("Internal, Anonymous") MECHANISM SOURCE BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "another tenant's word alone", WITHIN MAPI HEAD0 CROSS("Internal") BODY, LETTER_AUTH_NONE, INSIDE },
    { "another tenant, through the border",
      WITHIN BORDER
      "Received: from AM0PR01MB11.eurprd01.prod.outlook.com by AM0PR01MB11.eurprd01.prod.outlook.com with mapi id "
      "15\n" HEAD0 AUTH_AS("Anonymous") SOURCE CROSS("Internal") BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "the other view of it is not inside", WITHIN MAPI HEAD0 ORGANIZATION CROSS("Anonymous") BODY, LETTER_AUTH_NONE,
      INSIDE },
    { "handed in by a server of the practice",
      WITHIN "Received: from scanner.example.org (192.0.2.9) by AM0PR01MB11.eurprd01.prod.outlook.com with SMTP\n" HEAD0
          ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "handed in, and made to look as if it had begun inside",
      WITHIN
      "Received: from scanner.example.org (192.0.2.9) by AM0PR01MB11.eurprd01.prod.outlook.com with SMTP\n" MAPI HEAD0
          ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "a domain that only begins alike", WITHIN MAPI HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE, "example.net example" },
    { "handed in, not out of a mailbox",
      WITHIN "Received: from AM0PR01MB11.eurprd01.prod.outlook.com by AM0PR01MB11.eurprd01.prod.outlook.com with "
             "ESMTPSA\n" HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "mapi in a comment",
      WITHIN "Received: from AM0PR01MB11.eurprd01.prod.outlook.com by AM0PR01MB11.eurprd01.prod.outlook.com (with mapi "
             "id 15) with SMTP\n" HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "no hop at all", HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE, INSIDE },
    { "a host that ends alike",
      "Received: from evilprod.outlook.com by evilprod.outlook.com with mapi id 15\n" HEAD0 AUTH_AS("Internal")
          MECHANISM "X-MS-Exchange-Organization-AuthSource: evilprod.outlook.com\n" BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "another mechanism",
      WITHIN MAPI HEAD0 AUTH_AS("Internal") "X-MS-Exchange-Organization-AuthMechanism: 10\n" SOURCE BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "another source",
      WITHIN MAPI HEAD0 AUTH_AS("Internal") MECHANISM
      "X-MS-Exchange-Organization-AuthSource: AM0PR01MB12.eurprd01.prod.outlook.com\n" BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "inside, but dmarc failed",
      WITHIN "Authentication-Results: dmarc=fail action=none header.from=example.org\n" MAPI HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_FAIL, INSIDE },
    { "inside, with a stranger's pass below",
      WITHIN MAPI "Authentication-Results: mx.example.com; dkim=pass header.d=example.com\n" HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "on somebody's behalf", WITHIN MAPI "Sender: Desk <desk@example.org>\n" HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE,
      INSIDE },
    { "the sender named twice alike", WITHIN MAPI "Sender: Rosa <rosa@example.org>\n" HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_INSIDE, INSIDE },
    { "redirected by hand", WITHIN MAPI "Resent-From: Desk <desk@example.org>\n" HEAD0 ORGANIZATION BODY,
      LETTER_AUTH_NONE, INSIDE },
    { "two From", WITHIN MAPI "From: desk@example.org\n" HEAD0 ORGANIZATION BODY, LETTER_AUTH_NONE, INSIDE },
};

static enum letter_auth judge(const char *raw, const struct authres_trust *trust)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct letter l;
    struct err err;

    assert_int_equal(parse_letter(raw, strlen(raw), trust, mem, &l, &err), RC_OK);
    if (l.auth == LETTER_AUTH_INSIDE)
        assert_string_equal(l.auth_domain, "example.org");
    return l.auth;
}

static void verdicts(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct authres_trust trust = { .profile = AUTHRES_TOP_WITHOUT_ID,
                                             .authserv_id = "",
                                             .tenant_domains = table[i].tenant };
        const enum letter_auth got = judge(table[i].raw, &trust);

        if (got != table[i].want) {
            print_message("%s: got %s\n", table[i].name, letter_auth_name(got));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void no_other_profile_believes_it(void **state)
{
    (void)state;
    for (enum authres_profile p = AUTHRES_NOTHING; p < AUTHRES_PROFILE_COUNT; p++) {
        const struct authres_trust trust = { .profile = p, .authserv_id = "mx.example.org", .tenant_domains = INSIDE };
        const enum letter_auth want = p == AUTHRES_TOP_WITHOUT_ID ? LETTER_AUTH_INSIDE : LETTER_AUTH_NONE;

        assert_int_equal(judge(WITHIN MAPI HEAD0 ORGANIZATION BODY, &trust), want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts), cmocka_unit_test(no_other_profile_believes_it) };

    parse_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
