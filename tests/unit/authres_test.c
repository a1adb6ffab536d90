/* authres: the shapes that real borders write, and what forgers add above, below and inside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/text.h"
#include "inbound/parse.h"

#define GMAIL_TOP "Delivered-To: box@example.net\nReceived: by 2002:a05:6a20:1 with SMTP id x; Sun, 22 Nov 2026\n"
#define GMAIL_MX "Received: from mail.example.org (mail.example.org. [192.0.2.7]) by mx.google.com with ESMTPS id y\n"
#define GMAIL_SOR                                                                                                      \
    "Received: from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS "   \
    "id y (Google Transport Security)\n"
#define M365                                                                                                           \
    "Received: from AB.namprd01.prod.outlook.com (2603::1) by CD.namprd02.prod.outlook.com with HTTPS\n"               \
    "Received: from mail.example.org (192.0.2.7) by AB.mail.protection.outlook.com (10.1.1.1) with SMTP\n"
#define HEAD "From: Rosa <rosa@example.org>\nSubject: x\n\nhello\n"
#define HOP "Received: from a (b [192.0.2.1]) by mx.example.net (Postfix) with ESMTPS id 1\n"
#define FROM HOP HEAD
#define OURS "Authentication-Results: mx.example.net; "
/* As Postfix with OpenDKIM and OpenDMARC wrote them, SPF by OpenDMARC; measured. */
#define MILTERS(dmarc, spf, dkim)                                                                                      \
    OURS "dmarc=" dmarc " (p=none dis=none) header.from=example.org\n" OURS "spf=" spf                                 \
         " smtp.mailfrom=example.org\n" OURS "dkim=" dkim "; dkim-atps=neutral\n"

static const struct {
    const char *name;
    enum authres_profile profile;
    const char *id, *raw;
    enum letter_auth want;
} table[] = {
    { "gmail", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP GMAIL_MX
      "Authentication-Results: mx.google.com;\n       dkim=pass header.i=@example.org header.s=s1 header.b=abc;\n"
      "       spf=pass (google.com: domain of rosa@example.org designates 192.0.2.7 as permitted sender) "
      "smtp.mailfrom=rosa@example.org;\n"
      "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org\n" FROM,
      LETTER_AUTH_PASS },
    { "gmail, the sender forges one below", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP GMAIL_MX "Authentication-Results: mx.google.com; spf=none smtp.mailfrom=example.org\n"
                         "Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "gmail, its own hop is missing", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP "Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\n" HEAD, LETTER_AUTH_NONE },
    { "gmail, below the sender's hop", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP GMAIL_MX "Received: from x by y\n"
                         "Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "gmail's shape is not Postfix's", AUTHRES_BY_ID, "mx.google.com",
      GMAIL_TOP GMAIL_MX "Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "a delivery hop above", AUTHRES_BESIDE_OWN_HOP, "mx.example.net",
      "Received: from mx.example.net by box.example.net with LMTP\n" OURS "dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_PASS },
    { "a delivery hop above, not told", AUTHRES_BY_ID, "mx.example.net",
      "Received: from mx.example.net by box.example.net with LMTP\n" OURS "dmarc=pass header.from=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "above Received", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass (p=none dis=none) header.from=example.org\n" FROM, LETTER_AUTH_PASS },
    { "below Received", AUTHRES_BY_ID, "mx.example.net", HOP OURS "dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "no Received", AUTHRES_BY_ID, "mx.example.net", OURS "dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "no Received, beside", AUTHRES_BESIDE_OWN_HOP, "mx.example.net", OURS "dmarc=pass header.from=example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "no Received, without id", AUTHRES_TOP_WITHOUT_ID, "",
      "Authentication-Results: dmarc=pass header.from=example.org\n" HEAD, LETTER_AUTH_NONE },
    { "milters: nothing", AUTHRES_BY_ID, "mx.example.net", MILTERS("none", "none", "none") FROM, LETTER_AUTH_NONE },
    { "milters: no record, spf", AUTHRES_BY_ID, "mx.example.net", MILTERS("none", "pass", "none") FROM,
      LETTER_AUTH_ALIGNED },
    { "milters: no record, dkim", AUTHRES_BY_ID, "mx.example.net",
      MILTERS("none", "fail", "pass header.d=example.org header.i=@example.org") FROM, LETTER_AUTH_ALIGNED },
    { "milters: pass", AUTHRES_BY_ID, "mx.example.net", MILTERS("pass", "pass", "none") FROM, LETTER_AUTH_PASS },
    { "milters: fail, though spf passed", AUTHRES_BY_ID, "mx.example.net", MILTERS("fail", "pass", "none") FROM,
      LETTER_AUTH_FAIL },
    { "milters: forged below", AUTHRES_BY_ID, "mx.example.net",
      MILTERS("none", "none", "none") HOP MILTERS("pass", "pass", "pass header.d=example.org") HEAD, LETTER_AUTH_NONE },
    { "milters: foreign above", AUTHRES_BY_ID, "mx.example.net",
      "Authentication-Results: mx.example.com; dkim=pass header.d=example.org\n" MILTERS("none", "none", "none") FROM,
      LETTER_AUTH_NONE },
    { "fail above pass", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=fail header.from=example.org\n" OURS "dmarc=pass header.from=example.org\n" FROM, LETTER_AUTH_FAIL },
    { "pass above fail", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=example.org\n" OURS "dmarc=fail header.from=example.org\n" FROM, LETTER_AUTH_FAIL },
    { "pass beside none", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=example.org\n" OURS "dmarc=none; dkim=pass header.d=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "pass beside permerror", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=example.org\n" OURS "dmarc=permerror\n" FROM, LETTER_AUTH_NONE },
    { "dmarc could not be asked", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=temperror\n" OURS "dkim=pass header.d=example.org\n" FROM, LETTER_AUTH_NONE },
    { "a field of ours is broken", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=example.org\n" OURS "spf=none (open\n" FROM, LETTER_AUTH_NONE },
    { "one good signature of two", AUTHRES_BY_ID, "mx.example.net",
      OURS "dkim=fail header.d=example.org; dkim=pass header.d=example.org\n" FROM, LETTER_AUTH_ALIGNED },
    { "spf contradicts itself", AUTHRES_BY_ID, "mx.example.net",
      OURS "spf=pass smtp.mailfrom=example.org\n" OURS "spf=softfail smtp.mailfrom=example.org\n" FROM,
      LETTER_AUTH_NONE },
    { "spf of the greeting says nothing", AUTHRES_BY_ID, "mx.example.net",
      OURS "spf=none smtp.helo=x\n" OURS "spf=pass smtp.mailfrom=example.org\n" FROM, LETTER_AUTH_ALIGNED },
    { "a quoted local part is no domain", AUTHRES_BY_ID, "mx.example.net",
      OURS "spf=pass smtp.mailfrom=\"x@example.org\"@evil.example\n" FROM, LETTER_AUTH_NONE },
    { "a pass in a quoted local part", AUTHRES_BY_ID, "mx.example.net",
      OURS "spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.org\"@evil.example\n" FROM, LETTER_AUTH_NONE },
    { "header.from of a domain below", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=evil.example.org\n" FROM, LETTER_AUTH_NONE },
    { "m365, no record", AUTHRES_TOP_WITHOUT_ID, "",
      M365 "Authentication-Results: spf=pass (x) smtp.mailfrom=example.org; dkim=none;dmarc=bestguesspass "
           "action=none header.from=example.org\n" HEAD,
      LETTER_AUTH_ALIGNED },
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
      "Authentication-Results: mx.example.net; dmarc=fail header.from=example.org\n" HOP
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
    { "two From fields, the proved one first", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass header.from=example.org\n" HOP "From: rosa@example.org\nFrom: evil@evil.example\n\nx\n",
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
    { "google, inside a Workspace", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP GMAIL_SOR
      "Authentication-Results: mx.google.com;\n dkim=pass header.i=@example.org header.s=google header.b=abc;\n"
      " spf=pass (google.com: domain of rosa@example.org designates 209.85.220.41 as permitted sender)"
      " smtp.mailfrom=rosa@example.org\n" HEAD,
      LETTER_AUTH_ALIGNED },
    { "google, inside, without a record of the domain", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      GMAIL_TOP GMAIL_SOR
      "Authentication-Results: mx.google.com;\n dkim=pass header.i=@example-org.20230601.gappssmtp.com"
      " header.s=20230601 header.b=abc;\n spf=neutral (google.com: 209.85.220.41 is neither permitted nor denied)"
      " smtp.mailfrom=rosa@example.org\n" HEAD,
      LETTER_AUTH_NONE },
    { "a pass of no domain, one mailbox", AUTHRES_BY_ID, "mx.example.net", OURS "dmarc=pass\n" FROM, LETTER_AUTH_PASS },
    { "a pass of no domain, a name like an address", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass\n" HOP "From: \"rosa@example.org\" <rosa@example.org>\nSubject: x\n\nhello\n",
      LETTER_AUTH_PASS },
    { "a pass of no domain, two mailboxes", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass\n" HOP "From: <rosa@example.org>, <evil@example.com>\nSubject: x\n\nhello\n", LETTER_AUTH_NONE },
    { "a pass of no domain, one in a comment", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass\n" HOP "From: rosa@example.org(<evil@example.com>)\nSubject: x\n\nhello\n", LETTER_AUTH_NONE },
    { "a pass of no domain, one behind the other", AUTHRES_BY_ID, "mx.example.net",
      OURS "dmarc=pass\n" HOP "From: rosa@example.org <evil@example.org>\nSubject: x\n\nhello\n", LETTER_AUTH_NONE },
    { "google, inside, no border at all", AUTHRES_BESIDE_OWN_HOP, "mx.google.com",
      "Received: by 10.1.2.3 with HTTP; Mon, 2 Mar 2026 10:00:00 -0800 (PST)\n"
      "X-Google-Smtp-Source: abc\nX-Gm-Message-State: abc\n" HEAD,
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
