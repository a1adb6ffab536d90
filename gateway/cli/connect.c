/* postcircle connect google|microsoft: what an administrator does there, then the token, the mailbox's settings, and a mail to ourselves that shows what
 * arrives. */
#include "gateway/cli/cli.h"

#include "base/io.h"
#include "base/oauth.h"
#include "base/secret.h"
#include "base/text.h"
#include "gateway/imap_login.h"
#include "gateway/policy.h"
#include "gateway/round_trip.h"
#include "gateway/wake.h"

#include <string.h>

#define SETTINGS_MAX (1 << 20)
#define WAIT_SECONDS "120"

struct provider {
    const char *name, *host, *scope, *device_scope, *token_url, *device_url; /* TENANT: with_tenant */
    struct round_trip_provider trust;
    const char *limit, *steps, *page;
};

static const struct provider providers[] = {
    { .name = "google",
      .host = "imap.gmail.com",
      .scope = "https://mail.google.com/",
      .device_scope = "",
      .token_url = "https://oauth2.googleapis.com/token",
      .device_url = "",
      .trust = { { AUTHRES_BESIDE_OWN_HOP, AUTHRES_BY_ID }, "mx.google.com" },
      .limit = "2,000 mails a day for each account (Google Workspace), 10,000 recipients",
      .page = "docs/install-google.md",
      .steps = "1. Admin console: add the user whose mailbox this will be, and route the groups' domain to it\n"
               "   (Apps > Google Workspace > Gmail > Default routing: envelope recipient is @DOMAIN, change it to the "
               "mailbox).\n"
               "2. console.cloud.google.com: a project, in it a service account, for it a key of type JSON. Enable the "
               "Gmail API.\n"
               "3. Admin console: Security > API controls > Domain-wide delegation: the service account's client id,\n"
               "   scope https://mail.google.com/\n"
               "4. chmod 600 the key file here, then:\n"
               "   postcircle connect google --mailbox circles@DOMAIN --key-file FILE\n" },
    { .name = "microsoft",
      .host = "outlook.office365.com",
      .scope = "https://outlook.office365.com/.default",
      .device_scope = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
      .token_url = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
      .device_url = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/devicecode",
      .trust = { { AUTHRES_TOP_WITHOUT_ID, 0 }, "" },
      .limit = "10,000 recipients a day and 30 mails a minute for each mailbox (Exchange Online)",
      .page = "docs/install-microsoft.md",
      .steps =
          "1. Exchange admin center: add a shared mailbox, and let the groups' domain come to it (accepted domain,\n"
          "   a mail flow rule that sends @DOMAIN to it; Set-OrganizationConfig -DisablePlusAddressInRecipients "
          "$false).\n"
          "2. entra.microsoft.com > App registrations: a new application. Note its client id and the tenant id.\n"
          "   API permissions > Office 365 Exchange Online > Application > IMAP.AccessAsApp, and grant consent.\n"
          "   Certificates & secrets: a client secret, into a file here, chmod 600.\n"
          "3. Exchange Online PowerShell: New-ServicePrincipal -AppId CLIENT -ObjectId OBJECT;\n"
          "   Add-MailboxPermission -Identity circles@DOMAIN -User OBJECT -AccessRights FullAccess\n"
          "4. postcircle connect microsoft --mailbox circles@DOMAIN --tenant TENANT --client-id CLIENT "
          "--client-secret-file FILE\n"
          "   Or sign in once as the mailbox's user (a public client with IMAP.AccessAsUser.All): the same without the "
          "secret.\n" },
};

struct connect {
    struct cli *cli;
    const struct provider *provider;
    const char *mailbox, *name, *key_file, *client_id, *client_secret_file, *tenant, *token_file, *wait;
    const char *url, *token_url, *device_url, *ca_file; /* other places than the provider's usual ones */
    struct home_mailbox box;
    bool is_new;
};

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

static enum rc plan_mailbox(struct connect *c, struct err *err)
{
    struct arena *const mem = c->cli->mem;
    const bool is_device = !c->key_file && !c->client_secret_file;

    if (is_device && !*c->provider->device_url && !c->device_url)
        return err_set(err, RC_INPUT, "connect %s needs --key-file", c->provider->name);
    if (!c->key_file && !c->client_id)
        return err_set(err, RC_INPUT, "connect %s needs --client-id", c->provider->name);
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
        .refresh_token_file = is_device ? or_else(c->token_file, usual_token_file(c)) : "",
        .key_file = absolute(c, c->key_file),
        .scope = is_device ? c->provider->device_scope : c->provider->scope,
    };
    c->device_url = or_else(c->device_url, with_tenant(c, c->provider->device_url));
    return RC_OK;
}

static enum rc sign_in_elsewhere(struct connect *c, struct err *err)
{
    const struct oauth oauth = { .token_url = c->box.token_url,
                                 .client_id = c->box.client_id,
                                 .client_secret_file = "",
                                 .refresh_token_file = c->box.refresh_token_file,
                                 .key_file = "",
                                 .scope = c->box.scope,
                                 .user = c->mailbox,
                                 .ca_file = c->box.ca_file };
    struct oauth_device device;

    if (!*c->box.refresh_token_file)
        return RC_OK;
    if (oauth_device_begin(&oauth, c->device_url, c->cli->mem, &device, err))
        return err->rc;
    cli_warn(c->cli, "Open %s, type %s, and sign in as %s.\n", device.url, device.code, c->mailbox);
    return oauth_device_finish(&oauth, &device, err);
}

/* ---- settings ---- */

static void add_line(struct strbuf *out, const char *name, const char *value)
{
    if (*value)
        strbuf_printf(out, "%s = %s\n", name, value);
}

static enum rc write_section(const struct connect *c, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(SETTINGS_MAX);
    const char *const path = arena_printf(c->cli->mem, "%s/postcircle.ini", c->cli->home->path);
    struct home_settings settings;
    struct err later;
    char *before, *text;
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
    if (strbuf_take(&out, c->cli->mem, &text, err) || io_write_file(path, text, strlen(text), 0600, err))
        return err->rc;
    if (!home_read_settings(c->cli->home->path, c->cli->mem, &settings, err))
        return RC_OK;
    rc_ignore(io_write_file(path, before, n, 0600, &later), "what is wrong with it is told, with its line");
    return err_wrap(err, "the settings stay as they were");
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

static enum rc sign_in(struct connect *c, struct err *err)
{
    CLEANUP(imap_free) struct imap *imap = NULL;

    if (find_mailbox(c, err))
        return err->rc;
    if (c->is_new && c->token_file && *c->token_file != '/')
        return err_set(err, RC_INPUT, "--token-file takes a path that begins with /");
    if (c->is_new && (plan_mailbox(c, err) || sign_in_elsewhere(c, err)))
        return err->rc;
    if (imap_login(&c->box, IMAP_LOGIN_TIMEOUT_MS, NULL, &imap, err))
        return err->rc;
    cli_say(c->cli, "Signed in to the mailbox%s.\n", imap_can_idle(imap) ? ", which tells of new mail" : "");
    return c->is_new ? write_section(c, err) : RC_OK;
}

/* ---- the mail to ourselves ---- */

static void tell(struct connect *c, struct json *root, struct cli_table *table, const char *key, const char *what,
                 bool is_good, const char *found)
{
    const char *const cells[] = { what, is_good ? "yes" : "NO", found };

    json_set_bool(root, key, is_good);
    if (!c->cli->is_json)
        cli_table_row(table, cells);
}

static void show(struct connect *c, struct json *root, const struct round_trip *trip)
{
    static const char *const header[] = { "what", "survived", "so" };
    struct cli_table *const table = cli_table_new(c->cli->mem, header, COUNT_OF(header));

    tell(c, root, table, "from", "From", trip->has_from,
         trip->has_from ? "members see the group's address"
                        : "the relay rewrites it: let this account send as the domain");
    tell(c, root, table, "plus", "plus part", trip->has_plus,
         trip->has_plus ? "answers are known by their address"
                        : "answers are known by Message-ID and the code at the foot");
    tell(c, root, table, "envelope", "envelope sender", trip->has_envelope,
         trip->has_envelope ? "bounces are known by their address" : "bounces are known by the Message-ID they quote");
    tell(c, root, table, "proof", "proof of senders", trip->profile != AUTHRES_NOTHING,
         trip->profile != AUTHRES_NOTHING ? "members' addresses can be proved"
         : trip->has_results ? "Authentication-Results are there, and prove nothing about us: SPF, DKIM, DMARC?"
                             : "no Authentication-Results: nobody can be proved");
    if (!c->cli->is_json)
        cli_table_print(c->cli, table);
    json_set_bool(root, "in_junk", trip->is_in_junk);
    json_set_int(root, "ms", trip->ms);
    json_set_int(root, "trust", trip->profile);
    json_set_str(root, "bounces", trip->has_envelope ? "envelope" : "message-id");
    json_set_str(root, "limit", c->provider->limit);
    cli_say(c->cli, "It took %.1f s%s.\nDaily limit: %s.\n", (double)trip->ms / MS_SECOND,
            trip->is_in_junk ? ", and came into Junk" : "", c->provider->limit);
}

/* What proves a member is the practice's setting: in the record, as if somebody had typed it. */
static enum rc keep_trust(struct connect *c, const struct round_trip *trip, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct gate *const gate = c->cli->gate;
    const char *const trust = arena_printf(c->cli->mem, "%d", (int)trip->profile);

    if (trip->profile == AUTHRES_NOTHING)
        return RC_OK;
    if (db_begin(gate->store.db, &tx, err) ||
        policy_set(gate, &c->cli->who, SETTING_AUTHSERV_ID, trip->authserv_id, err) ||
        policy_set(gate, &c->cli->who, SETTING_TRUST, trust, err))
        return err->rc;
    cli_say(c->cli, "Set: trust %s%s%s.\n", trust, *trip->authserv_id ? ", authserv-id " : "", trip->authserv_id);
    return db_commit(&tx, err);
}

static enum rc try_it(struct connect *c, struct json *root, struct err *err)
{
    struct round_trip trip;
    int64_t wait_s;

    if (text_to_int(c->wait, 1, 3600, &wait_s, err))
        return err_set(err, RC_INPUT, "--wait takes seconds, from 1 to 3600");
    cli_say(c->cli, "Sending a mail to ourselves, and waiting for it …\n");
    if (round_trip_run(c->cli->gate, &c->box, &c->provider->trust, wait_s * MS_SECOND, c->cli->mem, &trip, err))
        return err->rc;
    json_set_bool(root, "came", trip.has_come);
    if (!trip.has_come)
        return err_set(err, RC_TEMP,
                       "the mail to ourselves did not come within %" PRId64 " s: is mail to @%s routed to the mailbox?",
                       wait_s, c->cli->gate->facts.domain);
    show(c, root, &trip);
    return keep_trust(c, &trip, err);
}

static const struct provider *find_provider(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(providers); i++)
        if (text_equals(name, providers[i].name))
            return &providers[i];
    return NULL;
}

static int run(struct connect *c)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct err err;
    int code;

    code = cli_gate(c->cli);
    if (code != CLI_GO_ON)
        return code;
    if (sign_in(c, &err) || try_it(c, root, &err))
        return cli_fail(c->cli, &err);
    cli_say(c->cli, "\nNow start serve, or reload it: systemctl reload postcircle\n");
    cli_put(c->cli, &root);
    return EX_OK;
}

static int show_steps(const struct connect *c)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    json_set_str(root, "steps", c->provider->steps);
    json_set_str(root, "page", c->provider->page);
    cli_say(c->cli, "%s\nMore: %s\n", c->provider->steps, c->provider->page);
    cli_put(c->cli, &root);
    return EX_OK;
}

int cli_connect(struct cli *cli, int argc, char **argv)
{
    const char *which = NULL;
    struct connect c = { .cli = cli, .name = "circles", .wait = WAIT_SECONDS };
    const struct cli_option options[] = {
        { .name = "mailbox",
          .value = "ADDRESS",
          .help = "whose mailbox; without it the steps there are shown",
          .to = &c.mailbox },
        { .name = "name", .value = "NAME", .help = "what it is called here: [imap NAME] (circles)", .to = &c.name },
        { .name = "key-file",
          .value = "FILE",
          .help = "google: the service account's key, JSON, mode 600",
          .to = &c.key_file },
        { .name = "tenant", .value = "ID", .help = "microsoft: the directory (tenant) id", .to = &c.tenant },
        { .name = "client-id", .value = "ID", .help = "microsoft: the application (client) id", .to = &c.client_id },
        { .name = "client-secret-file",
          .value = "FILE",
          .help = "its secret, mode 600; without it you sign in once",
          .to = &c.client_secret_file },
        { .name = "token-file",
          .value = "FILE",
          .help = "where the sign-in is kept (beside the key file)",
          .to = &c.token_file },
        { .name = "wait", .value = "SECONDS", .help = "for the mail to ourselves (120)", .to = &c.wait },
        { .name = "url", .value = "URL", .help = "another server: imaps://USER@HOST[:PORT]", .to = &c.url },
        { .name = "token-url", .value = "URL", .help = "another token endpoint", .to = &c.token_url },
        { .name = "device-url", .value = "URL", .help = "another sign-in endpoint", .to = &c.device_url },
        { .name = "ca-file", .value = "FILE", .help = "who signs their certificates, PEM", .to = &c.ca_file },
    };
    const int code = cli_options(cli, "google|microsoft [options]", options, COUNT_OF(options), argc, argv, &which, 1);

    if (code != CLI_GO_ON)
        return code;
    c.provider = find_provider(which);
    if (!c.provider)
        return cli_usage(cli, "connect to whom? google or microsoft");
    return c.mailbox ? run(&c) : show_steps(&c);
}
