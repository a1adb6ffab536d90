#include "base/oauth.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/http.h"
#include "base/io.h"
#include "base/json.h"
#include "base/oauth_parts.h"
#include "base/pki.h"
#include "base/secret.h"
#include "base/text.h"

#include <poll.h>
#include <string.h>

#define FORM_MAX ((size_t)32 << 10)
#define JWT_LIFE_S 3600 /* the most that Google takes */
#define JWT_SKEW_S 60   /* our clock may be ahead */
#define ERROR_NAME_MAX 40

const struct oauth *oauth_copy(const struct oauth *oauth, struct arena *mem)
{
    struct oauth *const copy = ARENA_NEW(mem, struct oauth);

    *copy = (struct oauth){ .token_url = arena_strdup(mem, oauth->token_url),
                            .client_id = arena_strdup(mem, oauth->client_id),
                            .client_secret_file = arena_strdup(mem, oauth->client_secret_file),
                            .refresh_token_file = arena_strdup(mem, oauth->refresh_token_file),
                            .key_file = arena_strdup(mem, oauth->key_file),
                            .scope = arena_strdup(mem, oauth->scope),
                            .user = arena_strdup(mem, oauth->user),
                            .ca_file = arena_strdup(mem, oauth->ca_file) };
    return copy;
}

/* ---- what is asked ---- */

static char *base64_json(const struct json *json, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(FORM_MAX);

    json_print(json, false, &text);
    return crypt_base64url(text.p, text.len, mem);
}

/* RFC 7523: header.claims.signature */
static enum rc make_assertion(const struct oauth *oauth, const char *email, const char *key, struct arena *mem,
                              const char **ret_jwt, struct err *err)
{
    CLEANUP(json_free) struct json *header = json_object_new(), *claims = json_object_new();
    const int64_t now_s = clock_now_ms(clock_real()) / MS_SECOND - JWT_SKEW_S;
    const char *signed_part;
    void *signature;
    size_t n;

    json_set_str(header, "alg", "RS256");
    json_set_str(header, "typ", "JWT");
    json_set_str(claims, "iss", email);
    json_set_str(claims, "sub", oauth->user);
    json_set_str(claims, "scope", oauth->scope);
    json_set_str(claims, "aud", oauth->token_url);
    json_set_int(claims, "iat", now_s);
    json_set_int(claims, "exp", now_s + JWT_LIFE_S);
    signed_part = arena_printf(mem, "%s.%s", base64_json(header, mem), base64_json(claims, mem));
    if (pki_sign_rs256(key, signed_part, strlen(signed_part), mem, &signature, &n, err))
        return err->rc;
    *ret_jwt = arena_printf(mem, "%s.%s", signed_part, crypt_base64url(signature, n, mem));
    return RC_OK;
}

static enum rc ask_as_service(const struct oauth *oauth, struct strbuf *form, struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *file = NULL;
    const char *email, *key, *jwt = "";
    char *text;

    if (secret_read_all(oauth->key_file, "the mailbox's key file", mem, &text, err))
        return err->rc;
    if (json_parse(text, strlen(text), &file, err))
        return err_set(err, RC_INPUT, "the mailbox's key file is no JSON file of a service account");
    email = json_get_str(file, "client_email", "");
    key = json_get_str(file, "private_key", "");
    if (!*email || !*key)
        return err_set(err, RC_INPUT, "the mailbox's key file has no client_email or no private_key");
    if (make_assertion(oauth, email, key, mem, &jwt, err))
        return err_wrap(err, "the mailbox's key file");
    http_form_add(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    http_form_add(form, "assertion", jwt);
    return RC_OK;
}

static enum rc ask_as_client(const struct oauth *oauth, struct strbuf *form, struct arena *mem, struct err *err)
{
    const bool has_refresh = *oauth->refresh_token_file != '\0';
    char *secret = NULL, *refresh = NULL;

    if (*oauth->client_secret_file &&
        secret_read(oauth->client_secret_file, "the mailbox's client secret file", mem, &secret, err))
        return err->rc;
    if (has_refresh && secret_read(oauth->refresh_token_file, "the mailbox's refresh token file", mem, &refresh, err))
        return err->rc;
    if (!has_refresh && !secret)
        return err_set(
            err, RC_INPUT,
            "token_url needs refresh_token_file, key_file or client_secret_file: `postcircle connect` makes one");
    http_form_add(form, "grant_type", has_refresh ? "refresh_token" : "client_credentials");
    http_form_add(form, "client_id", oauth->client_id);
    if (secret)
        http_form_add(form, "client_secret", secret);
    if (has_refresh)
        http_form_add(form, "refresh_token", refresh);
    if (*oauth->scope)
        http_form_add(form, "scope", oauth->scope);
    return RC_OK;
}

/* ---- what is answered ---- */

const char *oauth_error_name(const struct json *answer)
{
    const char *const name = answer ? json_get_str(answer, "error", "") : "";
    const size_t n = strlen(name);

    return n && n < ERROR_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == n ? name : "no reason";
}

/* RFC 6749 5.2 and 4.1.2.1: whose fault the word means. */
static const char *what_mends(const char *name)
{
    static const struct {
        const char *name, *advice;
    } table[] = {
        { "invalid_client", ": wrong client id or secret, or the secret has expired" },
        { "unauthorized_client",
          ": the application may not do this: is its consent or domain-wide delegation granted?" },
        { "invalid_grant", ": the sign-in or key has expired or was taken back: `postcircle connect` again" },
        { "invalid_scope", ": the scope is not granted to this application" },
        { "access_denied", ": somebody there said no" },
        { "expired_token", ": nobody signed in in time" },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (!strcmp(name, table[i].name))
            return table[i].advice;
    return "";
}

enum rc oauth_refused(const char *who, const struct json *answer, long status, struct err *err)
{
    const char *const name = oauth_error_name(answer);

    return err_set(err, status >= 500 ? RC_TEMP : RC_DENIED, "the %s refuses: %s (%ld)%s", who, name, status,
                   what_mends(name));
}

/* Microsoft hands out a new one with each token, and forgets the old one in the end. */
enum rc oauth_keep_refresh(const struct oauth *oauth, const struct json *answer, struct err *err)
{
    const char *const fresh = json_get_str(answer, "refresh_token", "");

    if (!*fresh || !*oauth->refresh_token_file || strpbrk(fresh, "\r\n"))
        return RC_OK;
    return io_write_file(oauth->refresh_token_file, fresh, strlen(fresh), 0600, err)
               ? err_wrap(err, "the mailbox's refresh token file")
               : RC_OK;
}

static enum rc read_answer(const struct oauth *oauth, const struct http_answer *http, struct arena *mem,
                           struct oauth_token *ret_token, struct err *err)
{
    CLEANUP(json_free) struct json *answer = NULL;
    const char *token;
    struct err ignored;

    if (json_parse(http->body, http->n, &answer, &ignored) && http->status / 100 == 2)
        return err_set(err, RC_TEMP, "the token endpoint's answer is no JSON");
    if (http->status >= 500 || http->status == 429)
        return err_set(err, RC_TEMP, "the token endpoint answers %ld", http->status);
    if (http->status != 200)
        return oauth_refused("token endpoint", answer, http->status, err);
    token = json_get_str(answer, "access_token", "");
    if (!*token || strpbrk(token, "\r\n\1"))
        return err_set(err, RC_TEMP, "the token endpoint's answer holds no token");
    *ret_token = (struct oauth_token){ arena_strdup(mem, token), json_get_int(answer, "expires_in", 0) };
    return oauth_keep_refresh(oauth, answer, err);
}

enum rc oauth_get_token(const struct oauth *oauth, struct arena *mem, struct oauth_token *ret_token, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(FORM_MAX);
    struct http_post post = { .url = oauth->token_url, .ca_file = oauth->ca_file, .timeout_ms = OAUTH_TIMEOUT_MS };
    struct http_answer answer;
    enum rc rc = *oauth->key_file ? ask_as_service(oauth, &form, mem, err) : ask_as_client(oauth, &form, mem, err);

    if (rc || strbuf_check(&form, err))
        return err->rc;
    post.form = strbuf_peek(&form);
    if (http_post(&post, mem, &answer, err))
        return err_wrap(err, "the token endpoint");
    return read_answer(oauth, &answer, mem, ret_token, err);
}

/* ---- on another device ---- */

enum rc oauth_post_form(const struct oauth *oauth, const char *url, struct strbuf *form, struct arena *mem,
                        struct http_answer *answer, struct err *err)
{
    struct http_post post = { .url = url, .ca_file = oauth->ca_file, .timeout_ms = OAUTH_TIMEOUT_MS };

    if (strbuf_check(form, err))
        return err->rc;
    post.form = strbuf_peek(form);
    return http_post(&post, mem, answer, err) ? err_wrap(err, "the sign-in endpoint") : RC_OK;
}

/* For a person's eyes: one line of clean text. */
static const char *line_of(const struct json *json, const char *key, struct arena *mem)
{
    const char *const text = json_get_str(json, key, "");

    return text_clean_line(mem, text, strlen(text));
}

enum rc oauth_device_begin(const struct oauth *oauth, const char *device_url, struct arena *mem,
                           struct oauth_device *ret_device, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(FORM_MAX);
    CLEANUP(json_free) struct json *json = NULL;
    struct oauth_device d;
    struct http_answer answer;

    http_form_add(&form, "client_id", oauth->client_id);
    http_form_add(&form, "scope", oauth->scope);
    if (oauth_post_form(oauth, device_url, &form, mem, &answer, err))
        return err->rc;
    if (json_parse(answer.body, answer.n, &json, err))
        return err_set(err, RC_TEMP, "the sign-in endpoint's answer is no JSON");
    if (answer.status != 200)
        return oauth_refused("sign-in endpoint", json, answer.status, err);
    d = (struct oauth_device){ .url = line_of(json, "verification_uri", mem),
                               .code = line_of(json, "user_code", mem),
                               .device_code = arena_strdup(mem, json_get_str(json, "device_code", "")),
                               .interval_s = json_get_int(json, "interval", 5),
                               .expires_s = json_get_int(json, "expires_in", 900) };
    if (!*d.url || !*d.code || !*d.device_code || d.interval_s < 0 || d.interval_s > 60 || d.expires_s < 1)
        return err_set(err, RC_TEMP, "the sign-in endpoint's answer is not whole");
    *ret_device = d;
    return RC_OK;
}

/* One question: RC_OK signed in, RC_NOT_FOUND not yet. */
static enum rc ask_device(const struct oauth *oauth, const struct oauth_device *device, int64_t *interval_s,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("device");
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(FORM_MAX);
    CLEANUP(json_free) struct json *json = NULL;
    struct http_answer answer;
    const char *name;

    http_form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    http_form_add(&form, "client_id", oauth->client_id);
    http_form_add(&form, "device_code", device->device_code);
    if (oauth_post_form(oauth, oauth->token_url, &form, mem, &answer, err))
        return err->rc;
    if (json_parse(answer.body, answer.n, &json, err))
        return err_set(err, RC_TEMP, "the sign-in endpoint's answer is no JSON");
    if (answer.status == 200)
        return *json_get_str(json, "refresh_token", "")
                   ? oauth_keep_refresh(oauth, json, err)
                   : err_set(err, RC_DENIED, "the sign-in gave no refresh token: is offline_access in the scope?");
    name = oauth_error_name(json);
    *interval_s += strcmp(name, "slow_down") ? 0 : 5;
    if (!strcmp(name, "authorization_pending") || !strcmp(name, "slow_down"))
        return err_set(err, RC_NOT_FOUND, "nobody has signed in yet");
    return oauth_refused("sign-in endpoint", json, answer.status, err);
}

enum rc oauth_device_finish(const struct oauth *oauth, const struct oauth_device *device, struct err *err)
{
    const int64_t until_ms = clock_steady_ms() + device->expires_s * MS_SECOND;
    int64_t interval_s = device->interval_s;

    for (;;) {
        const enum rc rc = ask_device(oauth, device, &interval_s, err);

        if (rc != RC_NOT_FOUND)
            return rc;
        if (clock_steady_ms() >= until_ms)
            return err_set(err, RC_DENIED, "nobody signed in in time");
        poll(NULL, 0, (int)(interval_s * MS_SECOND));
    }
}
