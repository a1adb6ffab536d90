#include "mailer/sms_sign.h"

#include "base/crypt.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "mailer/sms_form.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <sodium.h>

#define SIGNED_MAX ((size_t)4 * SMS_SIGN_BODY_MAX)
#define MAC_MAX 32

static const struct {
    const char *name;
    size_t keys;
} verifiers[SMS_VERIFIER_COUNT] = {
    [SMS_SIGN_TWILIO] = { "hmac-twilio", 1 }, [SMS_SIGN_TELNYX] = { "ed25519-telnyx", 1 },
    [SMS_SIGN_PLIVO] = { "hmac-plivo", 1 },   [SMS_SIGN_VONAGE] = { "sig-vonage", 2 },
    [SMS_SIGN_TOKEN] = { "token", 2 },        [SMS_SIGN_BASIC] = { "basic", 2 },
};

struct check {
    const struct sms_hook *hook;
    const char *const *keys;
    struct arena *mem;
    struct err *err;
};

const char *sms_verifier_name(enum sms_verifier verifier)
{
    return verifiers[verifier].name;
}

size_t sms_verifier_keys(enum sms_verifier verifier)
{
    return verifiers[verifier].keys;
}

static enum rc deny(const struct check *c, const char *why)
{
    return err_set(c->err, RC_DENIED, "%s", why);
}

/* Hashes first, so that neither the time nor the length of what differs shows. */
static bool is_same(const void *a, size_t a_len, const void *b, size_t b_len)
{
    unsigned char x[CRYPT_HASH_BYTES], y[CRYPT_HASH_BYTES];

    crypt_hash(a, a_len, x);
    crypt_hash(b, b_len, y);
    return crypt_is_equal(x, y, sizeof(x));
}

static bool is_same_text(const char *a, const char *b)
{
    return is_same(a, strlen(a), b, strlen(b));
}

/* NULL when it is missing or comes twice. */
static const char *header_of(const struct check *c, const char *name)
{
    const char *found = NULL;

    for (size_t i = 0; i < c->hook->header_count; i++)
        if (text_equals(c->hook->headers[i].name, name)) {
            if (found)
                return NULL;
            found = c->hook->headers[i].value;
        }
    return found;
}

static bool is_fresh(const struct check *c, const char *seconds)
{
    const int64_t now = c->hook->now_ms / 1000;
    int64_t then;

    if (!*seconds || strspn(seconds, "0123456789") != strlen(seconds) ||
        text_to_int(seconds, 0, INT64_MAX / 2, &then, NULL))
        return false;
    return then - now <= SMS_SIGN_SKEW_S && now - then <= SMS_SIGN_SKEW_S;
}

char *sms_sign_base64(const void *bytes, size_t n, struct arena *mem)
{
    const size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *const out = arena_alloc(mem, size);

    return sodium_bin2base64(out, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

static bool from_base64(const char *text, unsigned char *out, size_t n)
{
    size_t len = 0;

    return !sodium_base642bin(out, n, text, strlen(text), NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) && len == n;
}

/* Returns the bytes of the MAC; 0 when the library refuses the method (FIPS mode and MD5). */
static size_t mac_of(gnutls_mac_algorithm_t method, const char *key, const struct strbuf *text, unsigned char *mac)
{
    const size_t n = gnutls_hmac_get_len(method);

    assert(n && n <= MAC_MAX);
    return gnutls_hmac_fast(method, key, strlen(key), strbuf_peek(text), text->len, mac) ? 0 : n;
}

static bool is_mac(gnutls_mac_algorithm_t method, const char *key, const struct strbuf *text, const char *said)
{
    unsigned char mac[MAC_MAX], theirs[MAC_MAX];
    const size_t n = text->over ? 0 : mac_of(method, key, text, mac);

    return n && from_base64(said, theirs, n) && crypt_is_equal(mac, theirs, n);
}

static bool is_form(const struct check *c)
{
    const char *const type = header_of(c, "Content-Type");

    return type && text_starts(type, "application/x-www-form-urlencoded");
}

static enum rc read_query(const struct check *c, struct sms_form *form)
{
    const char *const query = strchr(c->hook->url, '?');

    return query ? sms_form_read(form, query + 1, strlen(query + 1), c->mem, c->err) : RC_OK;
}

static void add_sorted(struct strbuf *out, struct sms_form *form, bool is_once)
{
    sms_form_sort(form);
    for (size_t i = 0; i < form->count; i++) {
        const struct sms_pair *const p = &form->pairs[i];

        if (is_once && i && sms_span_equals(&p->name, &p[-1].name) && sms_span_equals(&p->value, &p[-1].value))
            continue;
        strbuf_add(out, p->name.p, p->name.n);
        strbuf_add(out, p->value.p, p->value.n);
    }
}

/* A URL in its two forms, without and with the port that its scheme has anyway; the second NULL for another port. */
static void urls_of(const struct check *c, const char *ret_urls[2])
{
    const char *const url = c->hook->url, *const slashes = strstr(url, "://");
    const char *const host = slashes ? slashes + 3 : url;
    const char *const port = text_starts(url, "http://") ? ":80" : ":443";
    const char *const end = host + strcspn(host, "/?");
    const char *const bracket = memchr(host, ']', (size_t)(end - host));
    const char *const from = bracket ? bracket : host, *const colon = memchr(from, ':', (size_t)(end - from));

    ret_urls[0] = url;
    ret_urls[1] = NULL;
    if (!colon)
        ret_urls[1] = arena_printf(c->mem, "%.*s%s%s", (int)(end - url), url, port, end);
    else if ((size_t)(end - colon) == strlen(port) && !strncmp(colon, port, strlen(port)))
        ret_urls[1] = arena_printf(c->mem, "%.*s%s", (int)(colon - url), url, end);
}

/* What is no form is not signed itself: its hash stands in the query, which is. */
static enum rc check_body_hash(const struct check *c)
{
    struct sms_form query = sms_form_make(SMS_SIGN_PAIRS_MAX);
    unsigned char hash[CRYPT_HASH_BYTES];
    char hex[2 * CRYPT_HASH_BYTES + 1];
    const struct sms_span *said;
    const enum rc rc = read_query(c, &query);

    if (rc)
        return rc;
    said = sms_form_only(&query, "bodySHA256");
    crypt_hash(c->hook->body, c->hook->body_len, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return said && is_same(hex, strlen(hex), said->p, said->n) ? RC_OK : deny(c, "the hash of the body does not fit");
}

static enum rc check_twilio(const struct check *c)
{
    const char *const names[] = { "X-SignalWire-Signature", "X-Twilio-Signature" };
    struct sms_form form = sms_form_make(SMS_SIGN_PAIRS_MAX);
    const char *urls[2];
    enum rc rc = RC_OK;

    if (is_form(c))
        rc = sms_form_read(&form, c->hook->body, c->hook->body_len, c->mem, c->err);
    else if (c->hook->body_len)
        rc = check_body_hash(c);
    if (rc)
        return rc;
    urls_of(c, urls);
    for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(urls); i++) {
        const char *const url = urls[i % COUNT_OF(urls)], *const said = header_of(c, names[i / COUNT_OF(urls)]);
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(SIGNED_MAX);

        if (!url || !said)
            continue;
        strbuf_str(&text, url);
        add_sorted(&text, &form, true);
        if (is_mac(GNUTLS_MAC_SHA1, c->keys[0], &text, said))
            return RC_OK;
    }
    return deny(c, "no valid Twilio signature");
}

static enum rc check_telnyx(const struct check *c)
{
    const char *const said = header_of(c, "telnyx-signature-ed25519"), *const when = header_of(c, "telnyx-timestamp");
    unsigned char key[crypto_sign_PUBLICKEYBYTES], mark[crypto_sign_BYTES];
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(SIGNED_MAX);

    if (!from_base64(c->keys[0], key, sizeof(key)))
        return err_set(c->err, RC_INPUT, "the public key is not 32 bytes in Base64");
    if (!said || !when || !from_base64(said, mark, sizeof(mark)))
        return deny(c, "no valid Telnyx signature");
    if (!is_fresh(c, when))
        return deny(c, "the Telnyx timestamp is not of now");
    strbuf_str(&text, when);
    strbuf_char(&text, '|');
    strbuf_add(&text, c->hook->body, c->hook->body_len);
    if (text.over || crypto_sign_verify_detached(mark, (const unsigned char *)strbuf_peek(&text), text.len, key))
        return deny(c, "no valid Telnyx signature");
    return RC_OK;
}

/* Several signatures may stand in one header; any valid one will do. */
static bool is_any_mac(const struct check *c, const struct strbuf *text, const char *said)
{
    while (said && *said) {
        const size_t skip = strspn(said, ", "), n = strcspn(said + skip, ", ");

        if (n && is_mac(GNUTLS_MAC_SHA256, c->keys[0], text, arena_strndup(c->mem, said + skip, n)))
            return true;
        said += skip + n;
    }
    return false;
}

static enum rc build_plivo_v3(const struct check *c, const char *nonce, struct strbuf *text)
{
    struct sms_form query = sms_form_make(SMS_SIGN_PAIRS_MAX), body = sms_form_make(SMS_SIGN_PAIRS_MAX);
    const size_t path = strcspn(c->hook->url, "?");
    const bool is_post = text_equals(c->hook->method, "POST");
    enum rc rc = read_query(c, &query);

    if (!rc && is_post)
        rc = sms_form_read(&body, c->hook->body, c->hook->body_len, c->mem, c->err);
    if (rc)
        return rc;
    strbuf_add(text, c->hook->url, path);
    if (query.count || body.count)
        strbuf_char(text, '?');
    sms_form_sort(&query);
    for (size_t i = 0; i < query.count; i++) {
        strbuf_str(text, i ? "&" : "");
        strbuf_add(text, query.pairs[i].name.p, query.pairs[i].name.n);
        strbuf_char(text, '=');
        strbuf_add(text, query.pairs[i].value.p, query.pairs[i].value.n);
    }
    if (query.count && body.count)
        strbuf_char(text, '.');
    add_sorted(text, &body, false);
    strbuf_char(text, '.');
    strbuf_str(text, nonce);
    return RC_OK;
}

static enum rc check_plivo(const struct check *c)
{
    const char *said = header_of(c, "X-Plivo-Signature-V3"), *nonce = header_of(c, "X-Plivo-Signature-V3-Nonce");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(SIGNED_MAX);
    enum rc rc;

    if (said && nonce && *nonce) {
        if (c->hook->body_len && !is_form(c))
            return deny(c, "Plivo signs forms only");
        rc = build_plivo_v3(c, nonce, &text);
        if (rc)
            return rc;
        return is_any_mac(c, &text, said) ? RC_OK : deny(c, "no valid Plivo V3 signature");
    }
    nonce = header_of(c, "X-Plivo-Signature-V2-Nonce");
    if (!nonce || !*nonce)
        return deny(c, "no Plivo signature");
    strbuf_add(&text, c->hook->url, strcspn(c->hook->url, "?"));
    strbuf_str(&text, nonce);
    if (is_any_mac(c, &text, header_of(c, "X-Plivo-Signature-V2")) ||
        is_any_mac(c, &text, header_of(c, "X-Plivo-Signature-Ma-V2")))
        return RC_OK;
    return deny(c, "no valid Plivo V2 signature");
}

/* "&name=value" each, but for sig (and for `but`); & and = inside a value become _. False when a name comes twice. */
static bool build_vonage(struct sms_form *form, const struct sms_span *but, struct strbuf *text)
{
    static const struct sms_span sig = { "sig", 3 };

    sms_form_sort(form);
    for (size_t i = 0; i < form->count; i++) {
        const struct sms_pair *const p = &form->pairs[i];

        if (i && sms_span_equals(&p->name, &p[-1].name))
            return false;
        if (sms_span_equals(&p->name, &sig) || (but && sms_span_equals(&p->name, but)))
            continue;
        strbuf_char(text, '&');
        strbuf_add(text, p->name.p, p->name.n);
        strbuf_char(text, '=');
        for (size_t k = 0; k < p->value.n; k++)
            strbuf_char(text, p->value.p[k] == '&' || p->value.p[k] == '=' ? '_' : p->value.p[k]);
    }
    return !text->over;
}

static enum rc read_any(const struct check *c, struct sms_form *form)
{
    enum rc rc = read_query(c, form);

    if (rc || !c->hook->body_len)
        return rc;
    return is_form(c) ? sms_form_read(form, c->hook->body, c->hook->body_len, c->mem, c->err)
                      : sms_form_read_json(form, c->hook->body, c->hook->body_len, c->mem, c->err);
}

/* The hex of the signature over text; NULL when the method has no such name. */
static const char *vonage_mark(const struct check *c, struct strbuf *text)
{
    static const struct {
        const char *name;
        gnutls_mac_algorithm_t method;
    } methods[] = { { "hmac-md5", GNUTLS_MAC_MD5 },
                    { "hmac-sha1", GNUTLS_MAC_SHA1 },
                    { "hmac-sha256", GNUTLS_MAC_SHA256 } };
    unsigned char mac[MAC_MAX];
    char *const hex = arena_alloc(c->mem, 2 * MAC_MAX + 1);
    size_t n = 0;

    if (!strcmp(c->keys[0], "md5hash")) {
        strbuf_str(text, c->keys[1]);
        n = gnutls_hash_fast(GNUTLS_DIG_MD5, strbuf_peek(text), text->len, mac) ? 0 : 16;
    }
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (!strcmp(c->keys[0], methods[i].name))
            n = mac_of(methods[i].method, c->keys[1], text, mac);
    return n ? sodium_bin2hex(hex, 2 * MAC_MAX + 1, mac, n) : NULL;
}

static enum rc compare_vonage(const struct check *c, struct sms_form *form, const struct sms_span *but)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(SIGNED_MAX);
    const struct sms_span *said;
    const char *mark;
    char *lower;

    if (!build_vonage(form, but, &text)) /* sorts: look for nothing before */
        return deny(c, "a Vonage parameter comes twice");
    said = sms_form_only(form, "sig");
    mark = vonage_mark(c, &text);
    if (!mark)
        return err_set(c->err, RC_INPUT, "the method must be md5hash, hmac-md5, hmac-sha1 or hmac-sha256");
    lower = arena_strndup(c->mem, said->p, said->n);
    for (char *p = lower; *p; p++)
        *p = *p >= 'A' && *p <= 'F' ? (char)(*p + 'a' - 'A') : *p;
    return is_same(mark, strlen(mark), lower, said->n) ? RC_OK : deny(c, "no valid Vonage signature");
}

/* Whether what stands in our own callback's URL is signed too, its pages do not say: both count. The reference that is read is the signed one, client-ref. */
static enum rc check_vonage(const struct check *c)
{
    static const struct sms_span ours = { "ref", 3 };
    struct sms_form form = sms_form_make(SMS_SIGN_PAIRS_MAX);
    const struct sms_span *when;
    enum rc rc = read_any(c, &form);

    if (rc == RC_INPUT)
        return deny(c, "the body is neither form nor flat JSON");
    if (rc)
        return rc;
    when = sms_form_only(&form, "timestamp");
    if (!sms_form_only(&form, "sig") || !when || strlen(when->p) != when->n)
        return deny(c, "no Vonage signature");
    if (!is_fresh(c, when->p))
        return deny(c, "the Vonage timestamp is not of now");
    rc = compare_vonage(c, &form, NULL);
    return rc == RC_DENIED && sms_form_only(&form, "ref") ? compare_vonage(c, &form, &ours) : rc;
}

static enum rc check_token(const struct check *c)
{
    struct sms_form query = sms_form_make(SMS_SIGN_PAIRS_MAX);
    const struct sms_span *said;
    const enum rc rc = read_query(c, &query);

    if (rc)
        return rc;
    said = sms_form_only(&query, c->keys[0]);
    return said && is_same(said->p, said->n, c->keys[1], strlen(c->keys[1])) ? RC_OK : deny(c, "no valid token");
}

static enum rc check_basic(const struct check *c)
{
    const char *const said = header_of(c, "Authorization");
    const char *const pair = arena_printf(c->mem, "%s:%s", c->keys[0], c->keys[1]);

    if (!said || !text_starts(said, "Basic "))
        return deny(c, "no Basic credentials");
    return is_same_text(said + strlen("Basic "), sms_sign_base64(pair, strlen(pair), c->mem))
               ? RC_OK
               : deny(c, "no valid Basic credentials");
}

enum rc sms_sign_check(enum sms_verifier verifier, const char *const *keys, const struct sms_hook *hook,
                       struct err *err)
{
    static enum rc (*const checks[SMS_VERIFIER_COUNT])(const struct check *) = {
        [SMS_SIGN_TWILIO] = check_twilio, [SMS_SIGN_TELNYX] = check_telnyx, [SMS_SIGN_PLIVO] = check_plivo,
        [SMS_SIGN_VONAGE] = check_vonage, [SMS_SIGN_TOKEN] = check_token,   [SMS_SIGN_BASIC] = check_basic,
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("sms_sign");
    const struct check c = { hook, keys, mem, err };

    for (size_t i = 0; i < verifiers[verifier].keys; i++)
        if (!keys[i] || !*keys[i])
            return err_set(err, RC_INPUT, "%s needs %zu keys, and one is empty", verifiers[verifier].name,
                           verifiers[verifier].keys);
    if (hook->body_len > SMS_SIGN_BODY_MAX)
        return err_set(err, RC_LIMIT, "over %zu bytes of body", SMS_SIGN_BODY_MAX);
    return checks[verifier](&c);
}
