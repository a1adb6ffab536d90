/* postcircle connect: what to sign in with, and the settings of the mailbox. */
#include "gateway/cli/connect.h"

#include "base/io.h"
#include "base/oauth.h"
#include "base/oauth_visit.h"
#include "base/text.h"
#include "gateway/home/imap_login.h"
#include "gateway/home/wake.h"

#include <string.h>
#include <unistd.h>

#define SETTINGS_MAX (1 << 20)

/* ---- what to sign in with ---- */

static const char *or_else(const char *said, const char *usual)
{
    return said ? said : usual;
}

static const char *absolute(const struct connect *c, const char *path)
{
    char *const full = path && *path != '/' ? realpath(path, NULL) : NULL;
    const char *const kept = full ? arena_strdup(c->cli->mem, full) : path ? path : "";

    free(full);
    return kept;
}

/* Beside the key file: outside the home, so that a copy of the home opens no mailbox. */
static const char *usual_token_file(const struct connect *c)
{
    const char *const key = c->cli->home->settings.key_file;

    return arena_printf(c->cli->mem, "%.*s/%s.token", (int)(strrchr(key, '/') - key), key, c->name);
}

/* TENANT in an address is what --tenant says. */
static const char *with_tenant(const struct connect *c, const char *url)
{
    const char *const at = strstr(url, "TENANT");

    return at ? arena_printf(c->cli->mem, "%.*s%s%s", (int)(at - url), url, or_else(c->tenant, "common"), at + 6) : url;
}

/* What would be told of a line of the settings that nobody has written. */
static enum rc check_options(const struct connect *c, struct err *err)
{
    const struct {
        const char *option, *setting, *value;
    } said[] = { { "--url", "url", c->url }, { "--token-url", "token_url", c->token_url } };
    const char *expected;

    if (!home_is_mailbox_name(c->name))
        return err_set(err, RC_INPUT, "--name takes " HOME_MAILBOX_NAME_FORM);
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (said[i].value && !home_mailbox_takes(said[i].setting, said[i].value, c->cli->mem, &expected))
            return err_set(err, RC_INPUT, "%s has a wrong value, expected %s", said[i].option, expected);
    return RC_OK;
}

static enum rc plan_mailbox(struct connect *c, struct err *err)
{
    struct arena *const mem = c->cli->mem;
    char *address;
    const bool is_sign_in = !c->key_file && (*c->provider->auth_url || !c->client_secret_file);

    if (text_address(c->mailbox, mem, &address, err))
        return err_wrap(err, "--mailbox");
    if (check_options(c, err))
        return err->rc;
    if (!c->key_file && !c->client_id)
        return err_set(err, RC_INPUT, "connect %s needs %s--client-id (`postcircle connect %s` tells how)",
                       c->provider->name, *c->provider->auth_url ? "--key-file, or " : "", c->provider->name);
    c->box = (struct home_mailbox){
        .name = c->name,
        .url = or_else(c->url, arena_printf(mem, "imaps://%s@%s", c->mailbox, c->provider->host)),
        .password_file = "",
        .ca_file = absolute(c, c->ca_file),
        .folders = "INBOX",
        .junk = "auto",
        .done = "Done",
        .trouble = "Trouble",
        .start = "new",
        .token_url = or_else(c->token_url, with_tenant(c, c->provider->token_url)),
        .client_id = or_else(c->client_id, ""),
        .client_secret_file = absolute(c, c->client_secret_file),
        .refresh_token_file = is_sign_in ? or_else(c->token_file, usual_token_file(c)) : "",
        .key_file = absolute(c, c->key_file),
        .scope = is_sign_in ? c->provider->sign_in_scope : c->provider->scope,
    };
    c->device_url = or_else(c->device_url, with_tenant(c, c->provider->device_url));
    return RC_OK;
}

/* In a browser: here, or anywhere else, whose last address is then pasted. */
static enum rc visit_page(struct connect *c, const struct oauth *oauth, struct err *err)
{
    CLEANUP(oauth_visit_close) struct oauth_visit visit = { .port_fd = -1 };

    if (oauth_visit_begin(oauth, or_else(c->auth_url, c->provider->auth_url), c->cli->mem, &visit, err))
        return err->rc;
    cli_warn(c->cli,
             "Open this page in a browser, and sign in as %s:\n\n%s\n\nOn another machine the browser ends at %s/…, "
             "which it "
             "cannot reach: paste that whole address here.\n",
             c->mailbox, visit.page, visit.redirect);
    return oauth_visit_finish(oauth, &visit, STDIN_FILENO, OAUTH_VISIT_MS, err);
}

static enum rc use_device(struct connect *c, const struct oauth *oauth, struct err *err)
{
    struct oauth_device device;

    if (oauth_device_begin(oauth, c->device_url, c->cli->mem, &device, err))
        return err->rc;
    cli_warn(c->cli, "Open %s, type %s, and sign in as %s.\n", device.url, device.code, c->mailbox);
    return oauth_device_finish(oauth, &device, err);
}

static enum rc sign_in_elsewhere(struct connect *c, struct err *err)
{
    const struct oauth oauth = { .token_url = c->box.token_url,
                                 .client_id = c->box.client_id,
                                 .client_secret_file = c->box.client_secret_file,
                                 .refresh_token_file = c->box.refresh_token_file,
                                 .key_file = "",
                                 .scope = c->box.scope,
                                 .user = c->mailbox,
                                 .ca_file = c->box.ca_file };

    if (!*c->box.refresh_token_file)
        return RC_OK;
    return *c->provider->auth_url ? visit_page(c, &oauth, err) : use_device(c, &oauth, err);
}

/* ---- settings ---- */

static void add_line(struct strbuf *out, const char *name, const char *value)
{
    if (*value)
        strbuf_printf(out, "%s = %s\n", name, value);
}

/* The file as it is now, with the new section. */
static enum rc join_settings(const struct connect *c, char **ret, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(SETTINGS_MAX);
    const char *const path = arena_printf(c->cli->mem, "%s/postcircle.ini", c->cli->home->path);
    char *before;
    size_t n;

    if (io_read_file(path, SETTINGS_MAX, c->cli->mem, &before, &n, err))
        return err->rc;
    strbuf_add(&out, before, n);
    strbuf_printf(&out, "%s\n[imap %s]\n", n && before[n - 1] == '\n' ? "" : "\n", c->box.name);
    add_line(&out, "url", c->box.url);
    add_line(&out, "ca_file", c->box.ca_file);
    add_line(&out, "token_url", c->box.token_url);
    add_line(&out, "client_id", c->box.client_id);
    add_line(&out, "client_secret_file", c->box.client_secret_file);
    add_line(&out, "refresh_token_file", c->box.refresh_token_file);
    add_line(&out, "key_file", c->box.key_file);
    add_line(&out, "scope", c->box.scope);
    if (strbuf_take(&out, c->cli->mem, ret, err))
        return err->rc;
    return home_check_settings(c->cli->home->path, *ret, c->cli->mem, err);
}

/* What is wrong with it shows before anybody signs in. */
static enum rc try_settings(const struct connect *c, struct err *err)
{
    char *ignored;

    return join_settings(c, &ignored, err) ? err_wrap(err, "the settings stay as they were") : RC_OK;
}

/* The sign-in took minutes: what was written meanwhile stays. */
static enum rc write_settings(const struct connect *c, struct err *err)
{
    const char *const path = arena_printf(c->cli->mem, "%s/postcircle.ini", c->cli->home->path);
    char *now;

    if (join_settings(c, &now, err))
        return err_wrap(err,
                        "the settings were changed during the sign-in and cannot take [imap %s] (mend them, or "
                        "connect with another --name)",
                        c->box.name);
    return io_write_file(path, now, strlen(now), 0600, err);
}

/* The mailbox of that name when there is one: then only the mail to ourselves is sent, again. */
static enum rc find_mailbox(struct connect *c, struct err *err)
{
    const struct home_settings *const settings = &c->cli->home->settings;

    c->is_new = true;
    for (size_t i = 0; i < settings->mailbox_count; i++) {
        if (strcmp(settings->mailboxes[i].name, c->name))
            continue;
        c->box = settings->mailboxes[i];
        c->is_new = false;
        if (wake_is_heard(c->cli->home->path, arena_printf(c->cli->mem, "imap-%zu", i)))
            return err_set(err, RC_CONFLICT, "serve reads this mailbox: stop it first, it would take the mail away");
    }
    return RC_OK;
}

enum rc connect_sign_in(struct connect *c, struct err *err)
{
    CLEANUP(imap_free) struct imap *imap = NULL;

    if (find_mailbox(c, err))
        return err->rc;
    if (c->is_new && c->token_file && *c->token_file != '/')
        return err_set(err, RC_INPUT, "--token-file takes a path that begins with /");
    if (c->is_new && (plan_mailbox(c, err) || try_settings(c, err) || sign_in_elsewhere(c, err)))
        return err->rc;
    if (imap_login(&c->box, IMAP_LOGIN_TIMEOUT_MS, NULL, &imap, err))
        return err->rc;
    cli_say(c->cli, "Signed in to the mailbox%s.\n", imap_can_idle(imap) ? ", which tells of new mail" : "");
    return c->is_new ? write_settings(c, err) : RC_OK;
}
