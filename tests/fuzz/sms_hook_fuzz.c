/* A call to the hook of texts: read within its limits; and nobody without the key signs one. The first byte says which verifier. */
#include "base/text.h"
#include "mailer/sms_form.h"
#include "mailer/sms_sign.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* "Name: value" lines, a blank line, the body. */
static struct sms_hook hook_of(char *text, size_t n, struct sms_header headers[16])
{
    struct sms_hook hook = { .method = "POST",
                             .url = "https://texts.example.org/hook?a=1",
                             .headers = headers,
                             .now_ms = INT64_C(1700000000000) };
    char *end;

    while ((end = memchr(text, '\n', n)) && end != text && hook.header_count < 16) {
        char *const colon = memchr(text, ':', (size_t)(end - text));

        *end = '\0';
        if (colon) {
            *colon = '\0';
            headers[hook.header_count++] = (struct sms_header){ text, colon + 1 };
        }
        n -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    hook.body = text;
    hook.body_len = n;
    return hook;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const keys[SMS_VERIFIER_COUNT][SMS_SIGN_KEYS_MAX] = {
        [SMS_SIGN_TWILIO] = { "an-auth-token-of-32-characters-x" },
        [SMS_SIGN_TELNYX] = { "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
        [SMS_SIGN_PLIVO] = { "an-auth-token-of-32-characters-x" },
        [SMS_SIGN_VONAGE] = { "hmac-sha256", "a-signature-secret-of-some-length" },
        [SMS_SIGN_TOKEN] = { "key", "7f3d1b5e9a2c4860f1e2d3c4b5a69788" },
        [SMS_SIGN_BASIC] = { "postcircle", "7f3d1b5e9a2c4860f1e2d3c4b5a69788" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const enum sms_verifier which = n ? (enum sms_verifier)(data[0] % SMS_VERIFIER_COUNT) : SMS_SIGN_TWILIO;
    char *const text = arena_strndup(mem, (const char *)data + (n > 0), n - (n > 0));
    struct sms_header headers[16];
    const struct sms_hook hook = hook_of(text, n - (n > 0), headers);
    struct sms_form form = sms_form_make(32);
    struct err err;

    assert(sms_sign_check(which, keys[which], &hook, &err) != RC_OK && *err.msg);
    if (sms_form_read(&form, hook.body, hook.body_len, mem, &err) == RC_OK)
        sms_form_sort(&form);
    assert(form.count <= 32);
    for (size_t i = 1; i < form.count; i++) /* sorted or cut off; ended by NUL either way */
        assert(!form.pairs[i].name.p[form.pairs[i].name.n] && !form.pairs[i].value.p[form.pairs[i].value.n]);
    form = sms_form_make(32);
    rc_ignore(sms_form_read_json(&form, hook.body, hook.body_len, mem, &err), "no flat object");
    return 0;
}
