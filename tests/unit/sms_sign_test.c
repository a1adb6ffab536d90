/* Signatures of web hooks: the providers' own vectors, and what must not pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/crypt.h"
#include "mailer/sms_sign.h"

#define NOW 1700000100000
#define FORM                                                                                                           \
    {                                                                                                                  \
        "Content-Type", "application/x-www-form-urlencoded"                                                            \
    }
#define TELNYX_BODY                                                                                                    \
    "{\"data\":{\"event_type\":\"message.received\",\"id\":\"e1\",\"payload\":{\"from\":{\"phone_number\":"            \
    "\"+15550100123\"},\"id\":\"m1\",\"text\":\"2 Thanks Maria\",\"to\":[{\"phone_number\":\"+15550199123\"}]}}}"
#define TELNYX_KEY "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define TELNYX_MARK "6Z2oQVQz0i4TNk4dE2zNNSW0fKsrOCBmykPfXkIXYb8nJB17KpPMbJy71ahGC5++BfHZ6x7oK+iAa1lCr1lZBw=="
#define V1_BODY "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
#define V1_URL "https://mycompany.com/myapp.php?foo=1&bar=2"
#define V4_KEY "0123456789abcdef0123456789abcdef"
#define V4_URL "https://gw.example.org/hooks/twilio?acct=1"
#define V4_REST                                                                                                        \
    "MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001"                      \
    "&From=%2B15550100123&To=%2B15550199123&NumMedia=0&NumSegments=1"
#define PLIVO_KEY "MDEyMzQ1Njc4OWFi"
#define PLIVO_URL "https://gw.example.org/hooks/plivo?x=1"
#define PLIVO_BODY "From=15550100123&Text=2+Thanks+Maria&To=15550199123"
#define NONCE "05429567804466091622"
#define V2_MARK "GvaORzr8pzuyks0JwiI2MgujStwzS0e1P6Qeq/Z4WXo="
#define V3_MARK "/bx9OuuWIAmqb6Smg6VHyLX7ZL8BW+JpcFYSll2WF9U="
#define VONAGE(mark) "https://gw.example.org/h?a=1&b=2&timestamp=1461605396&sig=" mark
#define VONAGE_NOW 1461605400000
#define HELLO_HASH "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define HELLO_MARK "TmQ7REV2k8MWTLZB3VOQNqavLjw=" /* by openssl dgst -sha1 -hmac */

struct sample {
    const char *name;
    enum sms_verifier verifier;
    const char *keys[2];
    const char *method, *url;
    struct sms_header headers[5];
    const char *body;
    int64_t now_ms;
    enum rc want;
};

static const struct sample samples[] = {
    { "twilio V1",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_OK },
    { "twilio V1 said in lower case",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM, { "x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_OK },
    { "twilio V2 signed with the port",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "kvajT1Ptam85bY51eRf/AJRuM3w=" } },
      V1_BODY,
      NOW,
      RC_OK },
    { "twilio V1 under a URL with the port",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      "https://mycompany.com:443/myapp.php?foo=1&bar=2",
      { FORM, { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_OK },
    { "twilio V1 under another port",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      "https://mycompany.com:8443/myapp.php?foo=1&bar=2",
      { FORM, { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_DENIED },
    { "twilio V3 a name twice",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "IK+Dwps556ElfBT0I3Rgjkr1wJU=" } },
      "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
      NOW,
      RC_OK },
    { "twilio V4",
      SMS_SIGN_TWILIO,
      { V4_KEY },
      "POST",
      V4_URL,
      { FORM, { "X-Twilio-Signature", "uxTFkv8qlCesMVkSqtigmZoNtAM=" } },
      V4_REST "&Body=2+Thanks+Maria",
      NOW,
      RC_OK },
    { "twilio V5",
      SMS_SIGN_TWILIO,
      { V4_KEY },
      "POST",
      V4_URL,
      { FORM, { "X-Twilio-Signature", "6RbbVS+iBfQvOeW4rkLKtZgV+oI=" } },
      V4_REST "&Body=caf%C3%A9+%F0%9F%98%80+%2B%26%3D&OptOutType=STOP",
      NOW,
      RC_OK },
    { "signalwire",
      SMS_SIGN_TWILIO,
      { V4_KEY },
      "POST",
      V4_URL,
      { FORM, { "X-SignalWire-Signature", "uxTFkv8qlCesMVkSqtigmZoNtAM=" } },
      V4_REST "&Body=2+Thanks+Maria",
      NOW,
      RC_OK },
    { "twilio another word",
      SMS_SIGN_TWILIO,
      { V4_KEY },
      "POST",
      V4_URL,
      { FORM, { "X-Twilio-Signature", "uxTFkv8qlCesMVkSqtigmZoNtAM=" } },
      V4_REST "&Body=2+Thanks+Mario",
      NOW,
      RC_DENIED },
    { "twilio one field more",
      SMS_SIGN_TWILIO,
      { V4_KEY },
      "POST",
      V4_URL,
      { FORM, { "X-Twilio-Signature", "uxTFkv8qlCesMVkSqtigmZoNtAM=" } },
      V4_REST "&Body=2+Thanks+Maria&x=",
      NOW,
      RC_DENIED },
    { "twilio another key",
      SMS_SIGN_TWILIO,
      { "12346" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_DENIED },
    { "twilio no signature", SMS_SIGN_TWILIO, { "12345" }, "POST", V1_URL, { FORM }, V1_BODY, NOW, RC_DENIED },
    { "twilio an empty signature",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "" } },
      V1_BODY,
      NOW,
      RC_DENIED },
    { "twilio two signatures",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { FORM,
        { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
        { "x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_DENIED },
    { "twilio no key of ours",
      SMS_SIGN_TWILIO,
      { "" },
      "POST",
      V1_URL,
      { FORM, { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_INPUT },
    { "twilio a form that says to be none",
      SMS_SIGN_TWILIO,
      { "12345" },
      "POST",
      V1_URL,
      { { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" } },
      V1_BODY,
      NOW,
      RC_DENIED },
    { "telnyx",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      NOW,
      RC_OK },
    { "telnyx at the edge",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      1700000300000,
      RC_OK },
    { "telnyx too late",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      1700000301000,
      RC_DENIED },
    { "telnyx too early",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      1699999699000,
      RC_DENIED },
    { "telnyx another time",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000001" } },
      TELNYX_BODY,
      NOW,
      RC_DENIED },
    { "telnyx a blank in the time",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", " 1700000000" } },
      TELNYX_BODY,
      NOW,
      RC_DENIED },
    { "telnyx another body",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY " ",
      NOW,
      RC_DENIED },
    { "telnyx a short signature",
      SMS_SIGN_TELNYX,
      { TELNYX_KEY },
      "POST",
      "",
      { { "telnyx-signature-ed25519", "AAAA" }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      NOW,
      RC_DENIED },
    { "telnyx a bad key of ours",
      SMS_SIGN_TELNYX,
      { "AAAA" },
      "POST",
      "",
      { { "telnyx-signature-ed25519", TELNYX_MARK }, { "telnyx-timestamp", "1700000000" } },
      TELNYX_BODY,
      NOW,
      RC_INPUT },
    { "plivo V2",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-V2", V2_MARK }, { "X-Plivo-Signature-V2-Nonce", NONCE } },
      PLIVO_BODY,
      NOW,
      RC_OK },
    { "plivo V2 of the main account",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-Ma-V2", V2_MARK }, { "X-Plivo-Signature-V2-Nonce", NONCE } },
      PLIVO_BODY,
      NOW,
      RC_OK },
    { "plivo V2 another nonce",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-V2", V2_MARK }, { "X-Plivo-Signature-V2-Nonce", NONCE "1" } },
      PLIVO_BODY,
      NOW,
      RC_DENIED },
    { "plivo V3",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-V3", V3_MARK }, { "X-Plivo-Signature-V3-Nonce", NONCE } },
      PLIVO_BODY,
      NOW,
      RC_OK },
    { "plivo V3 the second of two",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-V3", "AAAA," V3_MARK }, { "X-Plivo-Signature-V3-Nonce", NONCE } },
      PLIVO_BODY,
      NOW,
      RC_OK },
    { "plivo V3 another word",
      SMS_SIGN_PLIVO,
      { PLIVO_KEY },
      "POST",
      PLIVO_URL,
      { FORM, { "X-Plivo-Signature-V3", V3_MARK }, { "X-Plivo-Signature-V3-Nonce", NONCE } },
      PLIVO_BODY "4",
      NOW,
      RC_DENIED },
    { "plivo nothing", SMS_SIGN_PLIVO, { PLIVO_KEY }, "POST", PLIVO_URL, { FORM }, PLIVO_BODY, NOW, RC_DENIED },
    { "vonage md5hash",
      SMS_SIGN_VONAGE,
      { "md5hash", "secret" },
      "GET",
      VONAGE("6af838ef94998832dbfc29020b564830"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_OK },
    { "vonage hmac-md5",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "GET",
      VONAGE("c15c21ced558c93a226c305f58f902f2"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_OK },
    { "vonage hmac-sha1",
      SMS_SIGN_VONAGE,
      { "hmac-sha1", "secret" },
      "GET",
      VONAGE("3e19a4e6880fdc2c1426bfd0587c98b9532f0210"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_OK },
    { "vonage hmac-sha256",
      SMS_SIGN_VONAGE,
      { "hmac-sha256", "secret" },
      "GET",
      VONAGE("a321e824b9b816be7c3f28859a31749a098713d39f613c80d455bbaffae1cd24"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_OK },
    { "vonage in capitals",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "GET",
      VONAGE("C15C21CED558C93A226C305F58F902F2"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_OK },
    { "vonage as JSON",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "POST",
      "https://gw.example.org/h",
      { { "Content-Type", "application/json" } },
      "{\"b\":\"2\",\"a\":\"1\",\"timestamp\":\"1461605396\",\"sig\":\"c15c21ced558c93a226c305f58f902f2\"}",
      VONAGE_NOW,
      RC_OK },
    { "vonage as a form",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "POST",
      "https://gw.example.org/h",
      { FORM },
      "b=2&a=1&timestamp=1461605396&sig=c15c21ced558c93a226c305f58f902f2",
      VONAGE_NOW,
      RC_OK },
    { "vonage too late",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "GET",
      VONAGE("c15c21ced558c93a226c305f58f902f2"),
      { { 0 } },
      "",
      NOW,
      RC_DENIED },
    { "vonage a name twice",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "GET",
      VONAGE("c15c21ced558c93a226c305f58f902f2") "&a=3",
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_DENIED },
    { "vonage another method",
      SMS_SIGN_VONAGE,
      { "hmac-sha1", "secret" },
      "GET",
      VONAGE("c15c21ced558c93a226c305f58f902f2"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_DENIED },
    { "vonage no such method",
      SMS_SIGN_VONAGE,
      { "none", "secret" },
      "GET",
      VONAGE("c15c21ced558c93a226c305f58f902f2"),
      { { 0 } },
      "",
      VONAGE_NOW,
      RC_INPUT },
    { "vonage nested JSON",
      SMS_SIGN_VONAGE,
      { "hmac-md5", "secret" },
      "POST",
      "https://gw.example.org/h",
      { { 0 } },
      "{\"a\":{}}",
      VONAGE_NOW,
      RC_DENIED },
    { "token",
      SMS_SIGN_TOKEN,
      { "tok", "T0KEN" },
      "GET",
      "http://127.0.0.1/sms/kannel/in?tok=T0KEN&from=1",
      { { 0 } },
      "",
      NOW,
      RC_OK },
    { "token longer",
      SMS_SIGN_TOKEN,
      { "tok", "T0KEN" },
      "GET",
      "http://127.0.0.1/sms/kannel/in?tok=T0KENS",
      { { 0 } },
      "",
      NOW,
      RC_DENIED },
    { "token cut by a NUL",
      SMS_SIGN_TOKEN,
      { "tok", "T0KEN" },
      "GET",
      "http://127.0.0.1/sms/kannel/in?tok=T0KEN%00",
      { { 0 } },
      "",
      NOW,
      RC_DENIED },
    { "token twice",
      SMS_SIGN_TOKEN,
      { "tok", "T0KEN" },
      "GET",
      "http://127.0.0.1/in?tok=T0KEN&tok=T0KEN",
      { { 0 } },
      "",
      NOW,
      RC_DENIED },
    { "token none", SMS_SIGN_TOKEN, { "tok", "T0KEN" }, "GET", "http://127.0.0.1/in", { { 0 } }, "", NOW, RC_DENIED },
    { "token not set", SMS_SIGN_TOKEN, { "tok", "" }, "GET", "http://127.0.0.1/in?tok=", { { 0 } }, "", NOW, RC_INPUT },
    { "basic",
      SMS_SIGN_BASIC,
      { "gw", "pw:1" },
      "POST",
      "",
      { { "authorization", "Basic Z3c6cHc6MQ==" } },
      "[]",
      NOW,
      RC_OK },
    { "basic another",
      SMS_SIGN_BASIC,
      { "gw", "pw:2" },
      "POST",
      "",
      { { "authorization", "Basic Z3c6cHc6MQ==" } },
      "[]",
      NOW,
      RC_DENIED },
    { "basic none", SMS_SIGN_BASIC, { "gw", "pw:1" }, "POST", "", { { 0 } }, "[]", NOW, RC_DENIED },
};

static enum rc check(const struct sample *s, size_t body_len)
{
    struct sms_hook hook = { .method = s->method,
                             .url = s->url,
                             .headers = s->headers,
                             .body = s->body,
                             .body_len = body_len,
                             .now_ms = s->now_ms };
    struct err err = { .rc = RC_OK };
    const enum rc rc = sms_sign_check(s->verifier, s->keys, &hook, &err);

    while (hook.header_count < COUNT_OF(s->headers) && s->headers[hook.header_count].name)
        hook.header_count++;
    return hook.header_count ? sms_sign_check(s->verifier, s->keys, &hook, &err) : rc;
}

static void each_signature_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        if (check(&samples[i], strlen(samples[i].body)) != samples[i].want)
            fail_msg("%s: not %s", samples[i].name, rc_name(samples[i].want));
}

/* JSON of Twilio's: the query holds the hash of the body, and is signed. The signature is made here as their page says. */
static void a_body_that_is_no_form_is_bound_by_its_hash(void **state)
{
    static const struct sample good = { "",
                                        SMS_SIGN_TWILIO,
                                        { V4_KEY },
                                        "POST",
                                        "https://gw.example.org/h?bodySHA256=" HELLO_HASH,
                                        { { "Content-Type", "application/json" },
                                          { "X-Twilio-Signature", HELLO_MARK } },
                                        "hello",
                                        NOW,
                                        RC_OK };
    struct sample other = good;

    (void)state;
    assert_int_equal(check(&good, 5), RC_OK);
    other.body = "hellp";
    assert_int_equal(check(&other, 5), RC_DENIED);
    other = good;
    other.url = "https://gw.example.org/h";
    assert_int_equal(check(&other, 5), RC_DENIED);
}

static void bodies_and_lists_have_a_limit(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("sms_sign_test");
    char *const body = arena_alloc(mem, SMS_SIGN_BODY_MAX + 2);
    struct sample s = samples[0];

    (void)state;
    memset(body, '&', SMS_SIGN_BODY_MAX + 1);
    s.body = body;
    assert_int_equal(check(&s, SMS_SIGN_BODY_MAX + 1), RC_LIMIT);
    assert_int_equal(check(&s, SMS_SIGN_BODY_MAX), RC_DENIED);
    for (size_t i = 0; i < 2 * (SMS_SIGN_PAIRS_MAX + 1); i += 2)
        body[i] = 'a';
    assert_int_equal(check(&s, SMS_SIGN_BODY_MAX), RC_LIMIT);
}

/* Each byte of a signed body changed, and each signature cut short. */
static void one_changed_byte_is_enough(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("sms_sign_test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct sample s = samples[i];
        char *const body = arena_strdup(mem, s.body);

        if (s.want != RC_OK || (s.verifier != SMS_SIGN_TWILIO && s.verifier != SMS_SIGN_TELNYX))
            continue;
        s.body = body;
        for (size_t k = 0; body[k]; k++) {
            const char was = body[k];

            body[k] = was == 'Z' ? 'Y' : 'Z';
            if (check(&s, strlen(body)) == RC_OK)
                fail_msg("%s: byte %zu does not count", s.name, k);
            body[k] = was;
        }
    }
}

static void hostile_bodies_are_refused(void **state)
{
    uint64_t lot = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 4000; round++) {
        struct sample s = samples[(size_t)round % COUNT_OF(samples)];
        char body[300];
        size_t n;

        for (size_t i = 0; i < sizeof(body); i++) {
            lot ^= lot << 13;
            lot ^= lot >> 7;
            lot ^= lot << 17;
            body[i] = round % 3 ? "%&=+a0\0{\"}:,"[lot % 12] : (char)lot;
        }
        n = (size_t)(lot >> 20) % sizeof(body);
        s.body = body;
        if (s.verifier != SMS_SIGN_TOKEN && s.verifier != SMS_SIGN_BASIC && s.verifier != SMS_SIGN_VONAGE &&
            s.verifier != SMS_SIGN_PLIVO)
            assert_int_not_equal(check(&s, n), RC_OK);
        else if (s.want != RC_OK)
            assert_int_not_equal(check(&s, n), RC_OK);
    }
}

static int init(void **state)
{
    struct err err;

    (void)state;
    return crypt_init(&err) ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signature_is_judged),      cmocka_unit_test(a_body_that_is_no_form_is_bound_by_its_hash),
        cmocka_unit_test(bodies_and_lists_have_a_limit), cmocka_unit_test(one_changed_byte_is_enough),
        cmocka_unit_test(hostile_bodies_are_refused),
    };

    return cmocka_run_group_tests(tests, init, NULL);
}
