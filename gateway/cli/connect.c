/* postcircle connect google|microsoft: what an administrator does there, then the token, the mailbox's settings, and a mail to ourselves that shows what
 * arrives. */
#include "gateway/cli/connect.h"

#include "base/text.h"
#include "gateway/office/policy.h"

#define WAIT_SECONDS "120"

/* ---- the mail to ourselves ---- */

static const char *bounces_word(const struct round_trip *trip)
{
    return trip->has_envelope ? SETTING_BOUNCES_ENVELOPE : SETTING_BOUNCES_MESSAGE_ID;
}

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
    json_set_str(root, "bounces", bounces_word(trip));
    json_set_str(root, "limit", c->provider->limit);
    cli_say(c->cli, "It took %.1f s%s.\nDaily limit: %s.\n", (double)trip->ms / MS_SECOND,
            trip->is_in_junk ? ", and came into Junk" : "", c->provider->limit);
}

static enum rc keep_trust(struct connect *c, const struct round_trip *trip, struct err *err)
{
    struct gate *const gate = c->cli->gate;
    const char *const trust = arena_printf(c->cli->mem, "%d", (int)trip->profile);

    if (trip->profile == AUTHRES_NOTHING)
        return RC_OK;
    if (policy_set(gate, &c->cli->who, SETTING_AUTHSERV_ID, trip->authserv_id, err) ||
        policy_set(gate, &c->cli->who, SETTING_TRUST, trust, err))
        return err->rc;
    cli_say(c->cli, "Set: trust %s%s%s.\n", trust, *trip->authserv_id ? ", authserv-id " : "", trip->authserv_id);
    return RC_OK;
}

/* The practice's settings: in the record, as if somebody had typed them. */
static enum rc keep(struct connect *c, const struct round_trip *trip, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct gate *const gate = c->cli->gate;

    if (db_begin(gate->store.db, &tx, err) || keep_trust(c, trip, err) ||
        policy_set(gate, &c->cli->who, SETTING_BOUNCES, bounces_word(trip), err) ||
        (c->is_for_all && policy_set(gate, &c->cli->who, SETTING_MAILBOX, c->mailbox, err)))
        return err->rc;
    cli_say(c->cli, "Set: bounces %s.\n", bounces_word(trip));
    if (db_commit(&tx, err))
        return err->rc;
    cli_check_addresses(c->cli);
    return RC_OK;
}

static enum rc try_it(struct connect *c, struct json *root, struct err *err)
{
    struct round_trip trip;

    cli_say(c->cli, "Sending a mail to ourselves, and waiting for it …\n");
    if (round_trip_run(c->cli->gate, &c->box, &c->provider->trust, c->wait_s * MS_SECOND, c->cli->mem, &trip, err))
        return err->rc;
    json_set_bool(root, "came", trip.has_come);
    if (!trip.has_come)
        return err_set(err, RC_TEMP,
                       "the mail to ourselves did not come within %" PRId64 " s: is mail to @%s routed to the mailbox?",
                       c->wait_s, c->cli->gate->facts.domain);
    show(c, root, &trip);
    if (c->is_for_all && !trip.has_plus)
        return err_set(
            err, RC_DENIED,
            "the mail server does not keep what stands behind the plus: this mailbox cannot be for all groups");
    return keep(c, &trip, err);
}

/* The mail to ourselves goes the way that the groups' addresses will; it is stored when that has worked. */
static enum rc plan_addresses(struct connect *c, struct err *err)
{
    const char *const at = strchr(c->mailbox, '@'), *const domain = c->cli->gate->facts.domain;

    if (!c->is_for_all)
        return RC_OK;
    if (!at || !text_equals(at + 1, domain))
        return err_set(err, RC_INPUT, "--one-mailbox: the mailbox must be in the practice's mail domain, which is %s",
                       *domain ? domain : "not set: practice set domain NAME");
    c->cli->gate->facts.mailbox =
        text_fold(c->cli->mem, arena_strndup(c->cli->mem, c->mailbox, (size_t)(at - c->mailbox)));
    return RC_OK;
}

static enum rc read_wait(struct connect *c, struct err *err)
{
    return text_to_int(c->wait, 1, 3600, &c->wait_s, err)
               ? err_set(err, RC_INPUT, "--wait takes seconds, from 1 to 3600")
               : RC_OK;
}

static int run(struct connect *c)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct err err;
    int code;

    code = cli_gate(c->cli);
    if (code != CLI_GO_ON)
        return code;
    if (read_wait(c, &err) || plan_addresses(c, &err) || connect_sign_in(c, &err) || try_it(c, root, &err))
        return cli_fail(c->cli, &err);
    cli_say(c->cli, "\nNow start serve, or reload it: systemctl reload postcircle\n");
    cli_put(c->cli, &root);
    return EX_OK;
}

static int show_steps(const struct connect *c)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    const char *page = c->provider->page;
    struct err ignored;

    rc_ignore(home_data_path(page, c->cli->mem, &page, &ignored), "then it is in the source tree");
    json_set_str(root, "steps", c->provider->steps);
    json_set_str(root, "page", page);
    cli_say(c->cli, "%s\nMore: %s\n", c->provider->steps, page);
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
        { .name = "client-id",
          .value = "ID",
          .help = "of your application (microsoft), your desktop client (google)",
          .to = &c.client_id },
        { .name = "client-secret-file",
          .value = "FILE",
          .help = "its secret, mode 600; microsoft: without it you sign in once",
          .to = &c.client_secret_file },
        { .name = "token-file",
          .value = "FILE",
          .help = "where the sign-in is kept (beside the key file)",
          .to = &c.token_file },
        { .name = "one-mailbox",
          .help = "all groups live in it: circles+GROUP@DOMAIN, no domain of their own",
          .flag = &c.is_for_all },
        { .name = "wait", .value = "SECONDS", .help = "for the mail to ourselves (120)", .to = &c.wait },
        { .name = "url", .value = "URL", .help = "another server: imaps://USER@HOST[:PORT]", .to = &c.url },
        { .name = "token-url", .value = "URL", .help = "another token endpoint", .to = &c.token_url },
        { .name = "device-url", .value = "URL", .help = "another sign-in endpoint", .to = &c.device_url },
        { .name = "auth-url", .value = "URL", .help = "another sign-in page", .to = &c.auth_url },
        { .name = "ca-file", .value = "FILE", .help = "who signs their certificates, PEM", .to = &c.ca_file },
    };
    const int code = cli_options(cli, "google|microsoft [options]", options, COUNT_OF(options), argc, argv, &which, 1);

    if (code != CLI_GO_ON)
        return code;
    c.provider = connect_find_provider(which);
    if (!c.provider)
        return cli_usage(cli, "connect to whom? google or microsoft");
    return c.mailbox ? run(&c) : show_steps(&c);
}
