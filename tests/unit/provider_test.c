/* Files of text providers: each that we ship loads and asks as its provider's page says; no value breaks out; faults are named by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/io.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "mailer/provider.h"
#include "mailer/sms_answer.h"
#include "mailer/sms_form.h"

#define TEXT "2 & 3 = \"{to}\" {secret.api_key}\\ <b>é\n+%41;#?"
#define TEXT_ESCAPED "2%20%26%203%20%3D%20%22%7Bto%7D%22%20%7Bsecret.api_key%7D%5C%20%3Cb%3E%C3%A9%0A%2B%2541%3B%23%3F"
#define TEXT_JSON "2 & 3 = \\\"{to}\\\" {secret.api_key}\\\\ <b>é\\n+%41;#?"
#define CALLBACK "https://gw.example.org/hooks/x?ref=r1"
#define CALLBACK_ESCAPED "https%3A%2F%2Fgw.example.org%2Fhooks%2Fx%3Fref%3Dr1"

static const char *const names[] = { "twilio", "telnyx", "bandwidth", "kannel", "plivo", "vonage" };

static const struct provider_value values[] = {
    { "setting.api", "https://api.twilio.com/2010-04-01" },
    { "setting.account", "AC1" },
    { "setting.application", "app-1" },
    { "setting.auth_id", "MA1" },
    { "setting.public_key", "key" },
    { "setting.signature", "hmac-md5" },
    { "secret.auth_token", "tok/en" },
    { "secret.signing_key", "sign" },
    { "secret.api_key", "K1" },
    { "secret.api_secret", "S1" },
    { "secret.signature", "secret" },
    { "secret.api_user", "u" },
    { "secret.api_password", "p" },
    { "secret.hook_user", "gw" },
    { "secret.hook_password", "pw:1" },
    { "secret.user", "gw" },
    { "secret.password", "g&w=p w" },
    { "secret.hook_token", "T0KEN" },
};

static int setup(void **state)
{
    struct err err;

    *state = arena_new("provider_test");
    return crypt_init(&err) ? -1 : 0;
}

static int teardown(void **state)
{
    struct arena *mem = *state;

    arena_free(&mem);
    return 0;
}

static const struct provider *load(struct arena *mem, const char *name)
{
    const struct provider *p = NULL;
    struct err err = { .rc = RC_OK };

    if (provider_load(arena_printf(mem, "mailer/providers/%s.conf", name), mem, &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static struct provider_text message(void)
{
    return (struct provider_text){ .to = "+15550100123",
                                   .from = "+15550199123",
                                   .text = TEXT,
                                   .callback = CALLBACK,
                                   .ref = "r1",
                                   .encoding = SEGMENT_UCS2,
                                   .now_ms = 1700000000000,
                                   .expires_ms = 1700014400000 };
}

static const struct provider_request *build(struct arena *mem, const char *name, const struct provider_text *text)
{
    const struct provider_request *r = NULL;
    struct err err = { .rc = RC_OK };

    if (provider_build(load(mem, name), text, values, COUNT_OF(values), mem, &r, &err))
        fail_msg("%s: %s", name, err.msg);
    return r;
}

static void all_files_load(void **state)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct provider *const p = load(*state, names[i]);

        assert_string_equal(provider_name(p), names[i]);
        assert_int_equal(provider_splits(p), strcmp(names[i], "kannel") != 0);
        assert_true(*provider_rule(p, PROVIDER_RULE_OK) && *provider_rule(p, PROVIDER_RULE_REPLY));
        for (int e = 0; e < PROVIDER_EVENT_COUNT; e++)
            assert_true(*provider_event_path(p, (enum provider_event)e, "id") ||
                        (e == PROVIDER_EVENT_DLR && !strcmp(names[i], "kannel")));
        assert_true(*provider_event_path(p, PROVIDER_EVENT_MO, "from") &&
                    *provider_event_path(p, PROVIDER_EVENT_MO, "text"));
        assert_true(*provider_event_path(p, PROVIDER_EVENT_DLR, "state"));
    }
}

/* What doctor asks: for nothing but who we are. */
static void each_has_a_check_of_the_key(void **state)
{
    static const char *const urls[] = {
        "https://api.twilio.com/2010-04-01/Accounts/AC1.json",
        "https://api.telnyx.com/v2/balance",
        "https://messaging.bandwidth.com/api/v2/users/AC1/media",
        "https://api.twilio.com/2010-04-01/cgi-bin/sendsms?username=gw&password=g%26w%3Dp%20w",
        "https://api.plivo.com/v1/Account/MA1/",
        "https://rest.nexmo.com/account/get-balance?api_key=K1&api_secret=S1"
    };
    const struct provider_request *r;
    struct err err = { .rc = RC_OK };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct provider *const p = load(*state, names[i]);
        const bool is_kannel = !strcmp(names[i], "kannel");

        assert_int_equal(provider_build_check(p, values, COUNT_OF(values), *state, &r, &err), RC_OK);
        assert_string_equal(r->method, "GET");
        assert_string_equal(r->url, urls[i]);
        assert_null(r->body);
        for (size_t k = 0; k < r->header_count; k++)
            assert_null(strstr(r->headers[k], "Content-Type"));
        assert_int_equal(sms_answer_knows_us(p, 200, "{}", 2, *state), !is_kannel);
        assert_int_equal(sms_answer_knows_us(p, 400, "x", 1, *state), is_kannel);
        assert_false(sms_answer_knows_us(p, 401, "{}", 2, *state));
        assert_false(sms_answer_knows_us(p, 403, "{}", 2, *state));
    }
    assert_int_equal(provider_build_check(load(*state, "demo"), values, COUNT_OF(values), *state, &r, &err),
                     RC_NOT_FOUND);
}

static void each_asks_as_its_page_says(void **state)
{
    static const struct {
        const char *name, *method, *url, *headers, *body;
    } want[] = {
        { "twilio", "POST", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
          "Authorization: Basic QUMxOnRvay9lbg==|Content-Type: application/x-www-form-urlencoded|",
          "To=%2B15550100123&From=%2B15550199123&Body=" TEXT_ESCAPED "&StatusCallback=" CALLBACK_ESCAPED
          "&ValidityPeriod=14400&SmartEncoded=false" },
        { "telnyx", "POST", "https://api.telnyx.com/v2/messages",
          "Authorization: Bearer K1|Content-Type: application/json|",
          "{\"to\":\"+15550100123\",\"from\":\"+15550199123\",\"text\":\"" TEXT_JSON
          "\",\"type\":\"SMS\",\"encoding\":\"ucs2\",\"webhook_url\":\"" CALLBACK "\"}" },
        { "bandwidth", "POST", "https://messaging.bandwidth.com/api/v2/users/AC1/messages",
          "Authorization: Basic dTpw|Content-Type: application/json|",
          "{\"applicationId\":\"app-1\",\"to\":[\"+15550100123\"],\"from\":\"+15550199123\",\"text\":\"" TEXT_JSON
          "\",\"tag\":\"r1\",\"expiration\":\"2023-11-15T02:13:20Z\"}" },
        { "kannel", "GET",
          "https://api.twilio.com/2010-04-01/cgi-bin/sendsms?username=gw&password=g%26w%3Dp%20w&from=%2B15550199123"
          "&to=%2B15550100123&text=" TEXT_ESCAPED
          "&coding=2&charset=UTF-8&validity=240&dlr-mask=31&dlr-url=" CALLBACK_ESCAPED
          "%26type%3D%25d%26fid%3D%25F%26ans%3D%25A",
          "", NULL },
        { "plivo", "POST", "https://api.plivo.com/v1/Account/MA1/Message/",
          "Authorization: Basic TUExOnRvay9lbg==|Content-Type: application/json|",
          "{\"src\":\"15550199123\",\"dst\":\"15550100123\",\"text\":\"" TEXT_JSON "\",\"url\":\"" CALLBACK
          "\",\"method\":\"POST\",\"log\":\"false\",\"message_expiry\":14400}" },
        { "vonage", "POST", "https://rest.nexmo.com/sms/json", "Content-Type: application/x-www-form-urlencoded|",
          "api_key=K1&api_secret=S1&from=15550199123&to=15550100123&text=" TEXT_ESCAPED
          "&type=unicode&ttl=14400000&callback=" CALLBACK_ESCAPED "&client-ref=r1" },
    };
    const struct provider_text text = message();

    for (size_t i = 0; i < COUNT_OF(want); i++) {
        const struct provider_request *const r = build(*state, want[i].name, &text);
        CLEANUP(strbuf_done) struct strbuf headers = STRBUF(4096);

        for (size_t k = 0; k < r->header_count; k++)
            strbuf_printf(&headers, "%s|", r->headers[k]);
        assert_string_equal(r->method, want[i].method);
        assert_string_equal(r->url, want[i].url);
        assert_string_equal(strbuf_peek(&headers), want[i].headers);
        if (want[i].body)
            assert_string_equal(r->body, want[i].body);
        else
            assert_null(r->body);
        assert_int_equal(r->body_len, want[i].body ? strlen(want[i].body) : 0);
    }
}

static void phones_have_no_hook(void **state)
{
    const struct provider *const p = load(*state, "demo");
    const struct provider_text text = message();
    const struct provider_request *const r = build(*state, "demo", &text);
    const struct sms_hook call = { .method = "GET", .url = "https://gw.example.org/text/1/1", .body = "" };
    struct err err;

    assert_true(provider_is_phones(p) && !provider_is_phones(load(*state, "twilio")));
    assert_string_equal(r->method, "PHONES");
    assert_string_equal(r->url, "");
    assert_string_equal(r->body, "{\"to\":\"+15550100123\",\"from\":\"+15550199123\",\"text\":\"" TEXT_JSON
                                 "\",\"ref\":\"r1\"}");
    assert_int_equal(provider_check_hook(p, values, COUNT_OF(values), &call, &err), RC_DENIED);
}

static void kannel_takes_parts(void **state)
{
    unsigned char udh[SEGMENT_UDH_BYTES];
    struct provider_text text = message();
    const struct provider_request *r;
    struct err err;

    segment_udh(0x41, 2, 1, udh);
    text.udh = udh;
    text.encoding = SEGMENT_GSM7;
    text.callback = "";
    r = build(*state, "kannel", &text);
    assert_non_null(strstr(r->url, "&coding=0&charset=UTF-8&udh=%05%00%03A%02%01&validity=240"));
    assert_null(strstr(r->url, "dlr-url"));
    assert_int_equal(provider_build(load(*state, "twilio"), &text, values, COUNT_OF(values), *state, &r, &err),
                     RC_INPUT);
}

/* The bytes that a value can hold, as the other side reads them again. */
static void check_round_trip(struct arena *mem, const struct provider_request *r, const char *name, const char *text)
{
    struct sms_form form = sms_form_make(64);
    CLEANUP(json_free) struct json *root = NULL;
    const char *const pairs = r->body ? r->body : strchr(r->url, '?') + 1;
    const struct sms_span *found;
    struct err err;

    for (size_t i = 0; i < r->header_count; i++)
        assert_int_equal(strcspn(r->headers[i], "\r\n"), strlen(r->headers[i]));
    assert_int_equal(strcspn(r->url, " \r\n\"<>"), strlen(r->url));
    if (*pairs == '{') {
        assert_int_equal(json_parse(pairs, r->body_len, &root, &err), RC_OK);
        assert_string_equal(json_get_str(root, "text", ""), text);
        assert_int_equal(json_count(root), 0); /* an object, and no list */
        assert_string_equal(json_get_str(root, "from", json_get_str(root, "src", "")) +
                                (*json_get_str(root, "from", "") == '+'),
                            "15550199123");
    } else {
        assert_int_equal(sms_form_read(&form, pairs, strlen(pairs), mem, &err), RC_OK);
        found = sms_form_only(&form, strcmp(name, "twilio") ? "text" : "Body");
        assert_non_null(found);
        assert_int_equal(found->n, strlen(text));
        assert_memory_equal(found->p, text, found->n);
        found = sms_form_only(&form, strcmp(name, "twilio") ? "from" : "From");
        assert_non_null(found);
    }
}

static void no_text_breaks_out(void **state)
{
    static const char *const hostile[] = {
        "\",\"to\":\"+15550100999\"}",
        "&To=%2B15550100999",
        "\r\nX-Evil: 1\r\n\r\n",
        "{to}{text}{secret.api_key}",
        "%00%0d%0a",
        "\\u0022\\",
        "a\x01\x1f\x7f b",
        "</script>",
        "=&=&?#;+",
        "\xE2\x80\xA8",
        "{{to}}",
        "}{",
    };
    uint64_t lot = 88172645463325252u;
    struct provider_text text = message();

    for (size_t round = 0; round < 400; round++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("round");
        char random[120];

        for (size_t i = 0; i < sizeof(random); i++) {
            lot ^= lot << 13;
            lot ^= lot >> 7;
            lot ^= lot << 17;
            random[i] = (char)(1 + lot % 127);
        }
        random[sizeof(random) - 1] = '\0';
        text.text = round < COUNT_OF(hostile) ? hostile[round] : random;
        for (size_t i = 0; i < COUNT_OF(names); i++)
            check_round_trip(mem, build(mem, names[i], &text), names[i], text.text);
    }
    (void)state;
}

static enum rc try_text(struct arena *mem, const char *name, const struct provider_text *text, const char *value_name,
                        const char *value)
{
    struct provider_value other[COUNT_OF(values)];
    const struct provider_request *r = NULL;
    struct err err = { .rc = RC_OK };
    enum rc rc;

    memcpy(other, values, sizeof(values));
    for (size_t i = 0; i < COUNT_OF(other); i++)
        if (!strcmp(other[i].name, value_name))
            other[i].value = value;
    rc = provider_build(load(mem, name), text, other, COUNT_OF(other), mem, &r, &err);
    if (rc && strlen(value) > 8) /* shorter ones may stand in our own words */
        assert_null(strstr(err.msg, value));
    return rc;
}

static void what_is_malformed_is_refused(void **state)
{
    static const struct {
        const char *provider, *name, *value;
        enum rc want;
    } settings[] = {
        { "telnyx", "secret.api_key", "K\r\nX-Evil: 1", RC_INPUT },
        { "telnyx", "secret.api_key", "ké", RC_INPUT },
        { "telnyx", "secret.api_key", "", RC_INPUT },
        { "twilio", "setting.account", "a:b", RC_INPUT },
        { "twilio", "setting.account", "..", RC_INPUT },
        { "twilio", "setting.account", "a/../b?c#d", RC_OK },
        { "twilio", "setting.api", "http://api.example.org", RC_INPUT },
        { "twilio", "setting.api", "https://user@example.org", RC_INPUT },
        { "twilio", "setting.api", "https://example.org/x?y", RC_INPUT },
        { "twilio", "setting.api", "https://example.org/../x", RC_INPUT },
        { "twilio", "setting.api", "file:///etc/passwd", RC_INPUT },
        { "twilio", "setting.api", "https://", RC_INPUT },
        { "kannel", "setting.api", "http://127.0.0.1:13013", RC_OK },
        { "kannel", "setting.api", "http://[::1]:13013", RC_OK },
        { "kannel", "setting.api", "http://127.0.0.1.example.org", RC_INPUT },
        { "kannel", "setting.api", "http://[::1]", RC_OK },
        { "kannel", "setting.api", "http://[::1].example.org", RC_INPUT },
        { "kannel", "setting.api", "http://localhost.example.org:1", RC_INPUT },
    };
    struct provider_text t = message();

    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (try_text(*state, settings[i].provider, &t, settings[i].name, settings[i].value) != settings[i].want)
            fail_msg("%s %s: not %s", settings[i].name, settings[i].value, rc_name(settings[i].want));
#define REFUSES(field, bad)                                                                                            \
    do {                                                                                                               \
        t = message();                                                                                                 \
        t.field = bad;                                                                                                 \
        assert_int_equal(try_text(*state, "twilio", &t, "", ""), RC_INPUT);                                            \
    } while (0)
    REFUSES(to, "15550100123");
    REFUSES(to, "+1555010012a");
    REFUSES(to, "+1555&To=1");
    REFUSES(to, "+05550100123");
    REFUSES(from, "Clinic");
    REFUSES(text, "");
    REFUSES(text, "a\xFF");
    REFUSES(callback, "http://gw.example.org/x");
    REFUSES(callback, "https://gw.example.org/%70");
    REFUSES(ref, "");
    REFUSES(ref, "a b");
    REFUSES(expires_ms, t.now_ms + 59999);
    REFUSES(expires_ms, t.now_ms + 36001000);
}

static void a_long_text_is_refused_whole(void **state)
{
    struct provider_text t = message();
    char *const text = arena_alloc(*state, 40001);

    memset(text, '&', 40000);
    t.text = text;
    assert_int_equal(try_text(*state, "twilio", &t, "", ""), RC_LIMIT);
    assert_int_equal(try_text(*state, "telnyx", &t, "", ""), RC_OK);
}

#define HEAD "[x]\nsend = POST https://x.example.org/a form\n"
#define TAIL "field = To {to}\nfield = Body {text}\nverify = token tok {secret.t}\n"

static void a_faulty_file_is_named_with_its_line(void **state)
{
    static const struct {
        const char *file, *want;
    } cases[] = {
        { "", ":0: send is missing" },
        { "send = x\n", ":1: there is no proper [NAME] above" },
        { HEAD TAIL "colour = red\n", ":6: colour is no key" },
        { HEAD TAIL "nonsense\n", ":6: this is no setting" },
        { HEAD TAIL "[y]\nok = 200\n", ":7: there is a second [NAME]" },
        { HEAD HEAD TAIL, ":4: send comes twice" },
        { "[x]\nsend = PUT https://x.example.org form\n", ":2: send is malformed" },
        { "[x]\nsend = GET https://x.example.org json\n", ":2: send is malformed" },
        { "[x]\nsend = PHONES https://x.example.org json\n", ":2: send is malformed" },
        { "[x]\nsend = PHONES\nfield = to {to}\n", ":3: the fields lack {to} or {text}" },
        { "[x]\nsend = POST http://x.example.org form\n", ":2: the URL is not safe" },
        { "[x]\nsend = POST https://x.example.org/{to} form\n", ":2: the URL holds what a message brings" },
        { HEAD "header = X: {text}\n", ":3: a header holds what a message brings" },
        { HEAD "header = X Y: 1\n", ":3: header is malformed" },
        { HEAD "auth = digest a b\n", ":3: auth is malformed" },
        { HEAD "field = a {tto}\n", ":3: {tto} is no name" },
        { HEAD "field = a {to\n", ":3: a brace stands alone" },
        { HEAD "field = a to}\n", ":3: a brace stands alone" },
        { HEAD "field = a {secret.}\n", ":3: {secret.} is no name" },
        { HEAD "field = a {enc:gsm7=0}\n", ":3: {enc:gsm7=0} is no name" },
        { HEAD "field = a&b {to}\n", ":3: field is malformed" },
        { HEAD "field = a[] {to}\n", ":3: lists and numbers are for JSON" },
        { HEAD "field = a 1\nfield = a 2\n", ":4: a field comes twice" },
        { HEAD "verify = none\n", ":3: verify is malformed" },
        { HEAD "check = POST https://x.example.org/me\n", ":3: check is malformed" },
        { HEAD "check = GET http://x.example.org/me\n", ":3: the URL is not safe" },
        { HEAD "check = GET https://x.example.org/{to}\n", ":3: the URL holds what a message brings" },
        { HEAD "verify = basic {secret.a}\n", ":3: verify has not its keys" },
        { HEAD "field = To {to}\nfield = Body {text}\n", ":4: verify is missing" },
        { HEAD "verify = token tok {secret.t}\nfield = To {to}\n", ":4: the fields lack {to} or {text}" },
        { HEAD TAIL "split = self-udh\n", ":6: split = self-udh needs {udh}" },
        { HEAD TAIL "field = udh {udh}\n", ":6: {udh} does not go with JSON or split = provider" },
        { HEAD TAIL "number = roman\n", ":6: roman is not known" },
        { HEAD TAIL "state = sent:GONE\n", ":6: sent:GONE has no meaning" },
        { HEAD TAIL "class = 1:OPTOUT\nclass = 0-5:TEMP\n", ":7: 0-5 comes twice" },
        { HEAD TAIL "class = 9-3:TEMP\n", ":6: a code is malformed" },
        { HEAD TAIL "class = ,:TEMP\n", ":6: a code is malformed" },
        { HEAD TAIL "dlr.map = name=x\n", ":6: name is no field" },
        { HEAD TAIL "dlr.map = id=x id=y\n", ":6: id comes twice" },
        { HEAD TAIL "ok = fine\n", ":6: ok is malformed" },
        { HEAD TAIL "id = a\nid = b\n", ":7: id comes twice" },
    };
    const char *const path = arena_printf(*state, "/tmp/provider_test.%d.conf", (int)getpid());

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct provider *p = NULL;
        struct err err = { .rc = RC_OK };

        assert_int_equal(io_write_file(path, cases[i].file, strlen(cases[i].file), 0600, &err), RC_OK);
        assert_int_equal(provider_load(path, *state, &p, &err), RC_INPUT);
        if (strncmp(err.msg, path, strlen(path)) || !strstr(err.msg, cases[i].want) || !strstr(err.msg, ", expected "))
            fail_msg("%s: %s", cases[i].want, err.msg);
        assert_null(p);
    }
    unlink(path);
}

static void lines_and_files_have_a_limit(void **state)
{
    const char *const path = arena_printf(*state, "/tmp/provider_test.%d.conf", (int)getpid());
    const struct provider *p = NULL;
    struct err err;
    char line[300];

    memset(line, 'a', sizeof(line));
    assert_int_equal(io_write_file(path, line, sizeof(line), 0600, &err), RC_OK);
    assert_int_equal(provider_load(path, *state, &p, &err), RC_INPUT);
    assert_non_null(strstr(err.msg, ":1: the line or the file is too long"));
    unlink(path);
    assert_int_equal(provider_load(path, *state, &p, &err), RC_NOT_FOUND);
}

static void codes_and_words_mean_what_the_pages_say(void **state)
{
    static const struct {
        const char *name, *code;
        int http;
        enum provider_class want;
    } codes[] = {
        { "twilio", "21610", 400, PROVIDER_OPTOUT },
        { "twilio", "21635", 400, PROVIDER_BAD_NUMBER },
        { "twilio", "30005", 200, PROVIDER_BAD_NUMBER },
        { "twilio", "30006", 200, PROVIDER_BAD_NUMBER },
        { "twilio", "30003", 200, PROVIDER_TEMPORARY },
        { "twilio", "30007", 200, PROVIDER_FILTERED },
        { "twilio", "20429", 429, PROVIDER_THROTTLE },
        { "twilio", "30034", 200, PROVIDER_SETUP },
        { "twilio", "99999", 400, PROVIDER_OTHER },
        { "twilio", "", 429, PROVIDER_THROTTLE },
        { "twilio", "", 401, PROVIDER_SETUP },
        { "twilio", "", 500, PROVIDER_OTHER },
        { "telnyx", "40300", 400, PROVIDER_OPTOUT },
        { "telnyx", "40001", 400, PROVIDER_BAD_NUMBER },
        { "telnyx", "40002", 400, PROVIDER_FILTERED },
        { "telnyx", "40003", 400, PROVIDER_FILTERED },
        { "telnyx", "40005", 400, PROVIDER_TEMPORARY },
        { "telnyx", "40007", 400, PROVIDER_OTHER },
        { "telnyx", "40011", 429, PROVIDER_THROTTLE },
        { "bandwidth", "4775", 400, PROVIDER_OPTOUT },
        { "bandwidth", "4482", 400, PROVIDER_OPTOUT },
        { "bandwidth", "4720", 400, PROVIDER_BAD_NUMBER },
        { "bandwidth", "5100", 400, PROVIDER_TEMPORARY },
        { "bandwidth", "5199", 400, PROVIDER_TEMPORARY },
        { "bandwidth", "5200", 400, PROVIDER_OTHER },
        { "bandwidth", "4770", 400, PROVIDER_FILTERED },
        { "bandwidth", "4781", 400, PROVIDER_THROTTLE },
        { "bandwidth", "4403", 400, PROVIDER_SETUP },
        { "vonage", "1", 200, PROVIDER_THROTTLE },
        { "vonage", "9", 200, PROVIDER_SETUP },
        { "kannel", "", 403, PROVIDER_SETUP },
        { "kannel", "", 503, PROVIDER_TEMPORARY },
        { "bandwidth", "max-message-queue-size-exceeded", 429, PROVIDER_THROTTLE },
    };
    static const struct {
        const char *name, *word;
        enum provider_state want;
    } words[] = {
        { "twilio", "queued", PROVIDER_ACCEPTED },
        { "twilio", "partially_delivered", PROVIDER_SENT },
        { "twilio", "read", PROVIDER_DELIVERED },
        { "twilio", "undelivered", PROVIDER_FAILED },
        { "twilio", "canceled", PROVIDER_EXPIRED },
        { "twilio", "receiving", PROVIDER_STATE_UNKNOWN },
        { "telnyx", "delivery_unconfirmed", PROVIDER_SENT },
        { "telnyx", "sending_failed", PROVIDER_FAILED },
        { "telnyx", "delivered", PROVIDER_DELIVERED },
        { "telnyx", "expired", PROVIDER_EXPIRED },
        { "bandwidth", "message-sent", PROVIDER_SENT },
        { "bandwidth", "message-failed", PROVIDER_FAILED },
        { "kannel", "1", PROVIDER_DELIVERED },
        { "kannel", "8", PROVIDER_SENT },
        { "kannel", "16", PROVIDER_FAILED },
        { "kannel", "01x", PROVIDER_STATE_UNKNOWN },
        { "plivo", "undelivered", PROVIDER_FAILED },
        { "vonage", "rejected", PROVIDER_FAILED },
        { "vonage", "", PROVIDER_STATE_UNKNOWN },
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (provider_class_of(load(*state, codes[i].name), codes[i].http, codes[i].code) != codes[i].want)
            fail_msg("%s %d %s: not %s", codes[i].name, codes[i].http, codes[i].code,
                     provider_class_name(codes[i].want));
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (provider_state_of(load(*state, words[i].name), words[i].word) != words[i].want)
            fail_msg("%s %s", words[i].name, words[i].word);
    /* Vonage's 9 is no credit in an answer, and opted out in a receipt */
    assert_int_equal(provider_receipt_class_of(load(*state, "vonage"), "9"), PROVIDER_OPTOUT);
    assert_int_equal(provider_receipt_class_of(load(*state, "twilio"), "21610"), PROVIDER_OPTOUT);
}

static void each_class_has_its_action(void **state)
{
    (void)state;
    assert_true(provider_action_of(PROVIDER_OPTOUT).ends_consent);
    assert_true(provider_action_of(PROVIDER_BAD_NUMBER).goes_to_email);
    assert_true(provider_action_of(PROVIDER_FILTERED).counts_as_spam);
    assert_true(provider_action_of(PROVIDER_SETUP).stops_sender && provider_action_of(PROVIDER_SETUP).tells_operator);
    assert_true(provider_action_of(PROVIDER_THROTTLE).halves_rate);
    for (int c = 0; c < PROVIDER_CLASS_COUNT; c++)
        assert_int_equal(provider_action_of((enum provider_class)c).may_go_again, c == PROVIDER_THROTTLE);
}

static void a_call_of_the_hook_is_proved_as_the_file_says(void **state)
{
    const struct sms_header basic = { "Authorization", "Basic Z3c6cHc6MQ==" };
    struct sms_hook hook = { .method = "GET", .url = "http://127.0.0.1/in?tok=T0KEN", .body = "" };
    struct err err;

    assert_int_equal(provider_check_hook(load(*state, "kannel"), values, COUNT_OF(values), &hook, &err), RC_OK);
    assert_int_equal(provider_check_hook(load(*state, "kannel"), values, 0, &hook, &err), RC_INPUT);
    assert_int_equal(provider_check_hook(load(*state, "bandwidth"), values, COUNT_OF(values), &hook, &err), RC_DENIED);
    hook.headers = &basic;
    hook.header_count = 1;
    assert_int_equal(provider_check_hook(load(*state, "bandwidth"), values, COUNT_OF(values), &hook, &err), RC_OK);
    hook.url = "http://127.0.0.1/in?tok=T0KEM";
    assert_int_equal(provider_check_hook(load(*state, "kannel"), values, COUNT_OF(values), &hook, &err), RC_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_files_load, setup, teardown),
        cmocka_unit_test_setup_teardown(each_has_a_check_of_the_key, setup, teardown),
        cmocka_unit_test_setup_teardown(each_asks_as_its_page_says, setup, teardown),
        cmocka_unit_test_setup_teardown(phones_have_no_hook, setup, teardown),
        cmocka_unit_test_setup_teardown(kannel_takes_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(no_text_breaks_out, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_malformed_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_text_is_refused_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_faulty_file_is_named_with_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_and_files_have_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(codes_and_words_mean_what_the_pages_say, setup, teardown),
        cmocka_unit_test_setup_teardown(each_class_has_its_action, setup, teardown),
        cmocka_unit_test_setup_teardown(a_call_of_the_hook_is_proved_as_the_file_says, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
