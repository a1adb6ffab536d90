#include "gateway/cli/text_values.h"

#include "base/io.h"
#include "base/text.h"

#include <unistd.h>

#define SECRETS_MAX ((size_t)16 << 10)
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define TOKEN_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

struct reading {
    struct cli *cli;
    const struct provider *p;
    struct json *values;
    struct err *err;
};

/* The two that every account may have: where its provider reaches us, and what it says then. */
static enum rc check_ours(const struct reading *r, const char *name, const char **value, bool *ret_is)
{
    const bool is_hook = !strcmp(name, "setting.hook"), is_token = !strcmp(name, "secret.hook_token");
    size_t n = strlen(*value);
    const bool is_cleared = !n;

    *ret_is = is_hook || is_token;
    if (is_token && strspn(*value, TOKEN_CHARS) != n)
        return err_set(r->err, RC_INPUT, "secret.hook_token takes letters, digits, - . _ ~: it stands in an address");
    while (is_hook && n && (*value)[n - 1] == '/')
        n--;
    *value = arena_strndup(r->cli->mem, *value, n);
    if (is_hook && !is_cleared && !provider_is_base_url(*value))
        return err_set(r->err, RC_INPUT, "setting.hook is not https://HOST, or http:// on this machine");
    return RC_OK;
}

static enum rc put_value(const struct reading *r, const char *kind, const char *line)
{
    const char *const is = strchr(line, '=');
    const char *name, *value;
    bool is_ours;

    if (!is || is == line)
        return err_set(r->err, RC_INPUT, "%ss are lines NAME=VALUE", kind);
    name = arena_strndup(r->cli->mem, line, (size_t)(is - line));
    value = is + 1;
    if (strspn(name, NAME_CHARS) != strlen(name))
        return err_set(r->err, RC_INPUT, "the name of a %s has small letters, digits and _ only", kind);
    name = arena_printf(r->cli->mem, "%s.%s", kind, name);
    if (check_ours(r, name, &value, &is_ours))
        return r->err->rc;
    if (!is_ours && !provider_knows(r->p, name))
        return err_set(r->err, RC_INPUT, "%s has no %s; its file, %s.conf, says what it takes", provider_name(r->p),
                       name, provider_name(r->p));
    json_set_str(r->values, name, value);
    return RC_OK;
}

/* From a file of its owner's, or standard input: never from the command line, which everybody on this machine can read. */
static enum rc read_secrets(const struct reading *r, const char *from)
{
    const bool is_stdin = !strcmp(from, "-");
    const char *line, *text;
    char *bytes;
    size_t n;

    if (is_stdin) {
        bytes = arena_alloc(r->cli->mem, SECRETS_MAX + 1);
        if (io_read_full(STDIN_FILENO, bytes, SECRETS_MAX, &n, r->err))
            return err_wrap(r->err, "secrets");
        bytes[n] = '\0';
    } else if (io_read_file(from, SECRETS_MAX, r->cli->mem, &bytes, &n, r->err)) {
        return err_wrap(r->err, "secrets");
    }
    text = text_clean(r->cli->mem, bytes, n);
    crypt_wipe(bytes, n);
    while (text_next_line(&text, &line, &n))
        if (n && *line != '#' && put_value(r, "secret", arena_strndup(r->cli->mem, line, n)))
            return r->err->rc;
    return RC_OK;
}

static void copy_value(void *ctx, const char *key, const struct json *value)
{
    json_set_str(ctx, key, json_text(value));
}

enum rc text_values_make(struct cli *cli, const struct provider *p, const struct text_values *now, const char *old,
                         const char **ret, struct err *err)
{
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(json_free) struct json *before = NULL;
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(SECRETS_MAX * 2);
    const struct reading r = { cli, p, values, err };
    char *text;

    if (json_parse(old, strlen(old), &before, err))
        return err->rc;
    json_each(before, copy_value, values);
    for (size_t i = 0; i < now->settings.count; i++)
        if (put_value(&r, "setting", now->settings.values[i]))
            return err->rc;
    if (now->secrets && read_secrets(&r, now->secrets))
        return err->rc;
    json_print(values, false, &out);
    if (strbuf_take(&out, cli->mem, &text, err))
        return err->rc;
    *ret = text;
    return RC_OK;
}

enum rc text_values_try(struct cli *cli, struct text_account_id id, const char *number, struct err *err)
{
    struct provider_text probe = {
        .to = "+15555550100", .from = number, .text = "test", .ref = "0", .now_ms = 1, .expires_ms = MS_HOUR
    };
    const struct provider_request *ignored;
    struct text_provider provider;
    const char *missing;

    if (text_provider_open(cli->gate, id, cli->mem, &provider, err))
        return err_wrap(err, "provider");
    missing =
        provider_missing(provider.p, provider.values, provider.value_count, !provider.account.is_polled, cli->mem);
    if (*missing)
        return err_set(err, RC_INPUT, "%s needs %s (--setting NAME=VALUE, --secrets FILE): see docs/text-providers.md",
                       provider_name(provider.p), missing);
    probe.callback = text_provider_callback(&provider, probe.ref, cli->mem);
    if (provider_build(provider.p, &probe, provider.values, provider.value_count, cli->mem, &ignored, err) ||
        (!provider.account.is_polled && provider_check_keys(provider.p, provider.values, provider.value_count, err)))
        return err_wrap(err, "provider");
    return RC_OK;
}
