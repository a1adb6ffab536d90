/* authres: the shapes that real borders write, and what forgers add above, below and inside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/text.h"
#include "inbound/parse.h"

#define GMAIL_TOP "Delivered-To: box@example.net\nReceived: by 2002:a05:6a20:1 with SMTP id x; Sun, 22 Nov 2026\n"
#define GMAIL_MX "Received: from mail.example.org (mail.example.org. [192.0.2.7]) by mx.google.com with ESMTPS id y\n"
#define M365                                                                                                           \
    "Received: from AB.namprd01.prod.outlook.com (2603::1) by CD.namprd02.prod.outlook.com with HTTPS\n"               \
    "Received: from mail.example.org (192.0.2.7) by AB.mail.protection.outlook.com (10.1.1.1) with SMTP\n"
#define FROM "From: Rosa <rosa@example.org>\nSubject: x\n\nhello\n"

static const struct {
    const char *name;
    enum authres_profile profile;
    const char *id, *raw;
    enum letter_auth want;
} table[] = {
    { "gmail", AUTHRES_BY_ID, "mx.google.com",
      GMAIL_TOP GMAIL_MX
      "Authentication-Results: mx.google.com;\n       dkim=pass header.i=@example.org header.s=s1 header.b=abc;\n"
      "       spf=pass (google.com: domain of rosa@example.org designates 192.0.2.7 as permitted sender) "
      "smtp.mailfrom=rosa@example.org;\n"
      "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org\n" FROM,
      LETTER_AUTH_PASS },
    { "postfix above Received", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=pass (p=none dis=none) header.from=example.org\n"
      "Received: from a (b [192.0.2.1]) by mx.example.net (Postfix) with ESMTPS id 1\n" FROM,
      LETTER_AUTH_PASS },
    { "postfix below Received", AUTHRES_BY_ID, "mx.example.net",
      "Received: from a (b [192.0.2.1]) by mx.example.net (Postfix) with ESMTPS id 1\n"
      "Authentication-Results: mx.example.net; dmarc=fail (p=none dis=none) header.from=example.org\n" FROM,
      LETTER_AUTH_FAIL },
    { "version", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net 1; dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_PASS },
    { "upper case", AUTHRES_BY_ID, "mx.example.net",
      "AUTHENTICATION-RESULTS: MX.Example.NET; DMARC=Pass Header.From=Example.ORG\n" FROM, LETTER_AUTH_PASS },
    { "quoted", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: \"mx.example.net\"; dmarc=\"pass\" header.from=\"example.org\"\n" FROM,
      LETTER_AUTH_PASS },
    { "comments everywhere", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: (a (nested) one) mx.example.net (x); (y) dmarc (z) = (w) pass (; dmarc=fail) "
      "header.from=example.org\n" FROM,
      LETTER_AUTH_PASS },
    { "verdict inside a comment", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; spf=none (dmarc=pass header.from=example.org)\n" FROM,
      LETTER_AUTH_NONE },
    { "verdict inside a quoted string", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; spf=none reason=\"; dmarc=pass header.from=example.org\"\n" FROM,
      LETTER_AUTH_NONE },
    { "open comment", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org (open\n" FROM, LETTER_AUTH_NONE },
    { "other id", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.com; dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_NONE },
    { "id as start of another", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net.evil.example; dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "forged below the border's", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=fail header.from=example.org\nReceived: from a by mx.example.net "
      "id 1\n"
      "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_FAIL },
    { "forged below a second hop", AUTHRES_BY_ID, "mx.example.net",
      "Received: from a by mx.example.net id 1\nReceived: from evil by a id 2\n"
      "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "forged below many hops", AUTHRES_BY_ID, "mx.example.net",
      "Received: from a by b\nReceived: from c by d\nReceived: from e by f\nAuthentication-Results: mx.example.net; "
      "dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "another domain passed", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=pass header.from=evil.example\n" FROM, LETTER_AUTH_NONE },
    { "another domain passed dkim too", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dkim=pass header.d=example.org; dmarc=pass "
      "header.from=evil.example\n" FROM,
      LETTER_AUTH_NONE },
    { "dkim aligned", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=none; dkim=pass header.d=mail.example.org\n" FROM,
      LETTER_AUTH_ALIGNED },
    { "spf aligned", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=<bounce@example.org>\n" FROM,
      LETTER_AUTH_ALIGNED },
    { "dkim of a stranger", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dkim=pass header.d=notexample.org\n" FROM, LETTER_AUTH_NONE },
    { "dkim of the top domain", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dkim=pass header.d=org\n" FROM, LETTER_AUTH_NONE },
    { "softfail", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; spf=softfail smtp.mailfrom=example.org; dmarc=temperror\n" FROM,
      LETTER_AUTH_NONE },
    { "none at all", AUTHRES_BY_ID, "mx.example.net", "Authentication-Results: mx.example.net; none\n" FROM,
      LETTER_AUTH_NONE },
    { "two From fields", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org\nFrom: evil@evil.example\n" FROM,
      LETTER_AUTH_NONE },
    { "arc is not it", AUTHRES_BY_ID, "mx.example.net",
      "ARC-Authentication-Results: i=1; mx.example.net; dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_NONE },
    { "nothing is trusted", AUTHRES_NOTHING, "",
      "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_NONE },
    { "m365", AUTHRES_TOP_WITHOUT_ID, "",
      M365 "Authentication-Results: spf=pass (sender IP is 192.0.2.7)\n smtp.mailfrom=example.org; dkim=pass "
           "(signature was verified)\n"
           " header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100\n" FROM,
      LETTER_AUTH_PASS },
    { "m365 fail", AUTHRES_TOP_WITHOUT_ID, "",
      M365 "Authentication-Results: spf=fail (x) smtp.mailfrom=example.org; dmarc=fail action=quarantine "
           "header.from=example.org\n" FROM,
      LETTER_AUTH_FAIL },
    { "m365 forged by the sender", AUTHRES_TOP_WITHOUT_ID, "",
      M365 "Received: from x by mail.example.org\nAuthentication-Results: spf=pass smtp.mailfrom=example.org; "
           "dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "m365 with an id", AUTHRES_TOP_WITHOUT_ID, "",
      M365 "Authentication-Results: evil.example; dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_NONE },
    { "m365 not at microsoft", AUTHRES_TOP_WITHOUT_ID, "",
      "Received: from a by b.outlook.com.evil.example\nAuthentication-Results: dmarc=pass "
      "header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
};

static void verdicts(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const struct authres_trust trust = { .profile = table[i].profile, .authserv_id = table[i].id };
        struct letter l;
        struct err err;

        assert_int_equal(parse_letter(table[i].raw, strlen(table[i].raw), &trust, mem, &l, &err), RC_OK);
        if (l.auth != table[i].want) {
            print_message("%s: got %s\n", table[i].name, letter_auth_name(l.auth));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts) };

    parse_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
