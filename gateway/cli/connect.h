/*
 * connect: what `postcircle connect` knows of a provider, and the sign-in there. Of gateway/cli/connect*.c alone.
 *
 * Shape    connect_sign_in plans the mailbox's settings, gets a token where somebody must sign in, signs in to the mailbox, and writes [imap NAME] into
 *          postcircle.ini; where that stands already, it only signs in.
 * Errors   RC_INPUT     an option is missing or wrong; the settings stay as they were
 *          RC_CONFLICT  serve reads this mailbox
 *          else those of base/oauth, base/oauth_visit and gateway/home/imap_login
 */
#ifndef GATEWAY_CLI_CONNECT_H
#define GATEWAY_CLI_CONNECT_H

#include "gateway/cli/cli.h"
#include "gateway/intake/round_trip.h"

struct connect_provider {
    const char *name, *host, *scope, *sign_in_scope, *token_url, *device_url,
        *auth_url; /* TENANT: with_tenant; "" none */
    struct round_trip_provider trust;
    const char *limit, *steps, *page;
};

struct connect {
    struct cli *cli;
    const struct connect_provider *provider;
    const char *mailbox, *name, *key_file, *client_id, *client_secret_file, *tenant, *token_file, *wait;
    const char *url, *token_url, *device_url, *auth_url, *ca_file; /* other places than the provider's usual ones */
    struct home_mailbox box;
    int64_t wait_s;
    bool is_new;
    bool is_for_all; /* every group lives behind the plus of this mailbox */
};

/* NULL: none of that name. */
const struct connect_provider *connect_find_provider(const char *name);
MUST_CHECK enum rc connect_sign_in(struct connect *c, struct err *err);

#endif
