#include "mailer/relay.h"

#include "base/secret.h"
#include "base/text.h"
#include "mailer/maildir.h"
#include "mailer/smtp_local.h"
#include "mailer/smtp_remote.h"

#include <signal.h>
#include <string.h>

enum kind { KIND_MAILDIR, KIND_MAILDIR_EACH, KIND_LOCAL, KIND_IMPLICIT, KIND_STARTTLS };

static const struct {
    const char *scheme;
    enum kind kind;
    int port;
} schemes[] = {
    { "maildir:", KIND_MAILDIR, 0 },    { "maildir-each:", KIND_MAILDIR_EACH, 0 },  { "smtp://", KIND_LOCAL, 25 },
    { "smtps://", KIND_IMPLICIT, 465 }, { "smtp+starttls://", KIND_STARTTLS, 587 },
};

struct place {
    enum kind kind;
    struct mail_place at; /* for a Maildir its host is the path */
};

/* This host, for sure: an address of 127.0.0.0/8, or the one name that stands for it. */
static bool is_this_host(const char *host)
{
    return text_equals(host, "localhost") || (text_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

static enum rc read_url(const char *url, struct arena *mem, struct place *place, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        const char *rest;

        if (!text_starts(url, schemes[i].scheme))
            continue;
        rest = url + strlen(schemes[i].scheme);
        *place = (struct place){ .kind = schemes[i].kind, .at = { .host = arena_strdup(mem, rest) } };
        if (place->kind == KIND_MAILDIR || place->kind == KIND_MAILDIR_EACH)
            return *rest ? RC_OK : err_set(err, RC_INPUT, "relay URL: the Maildir has no path");
        return mail_place_read(rest, schemes[i].port, "relay URL", mem, &place->at, err);
    }
    return err_set(err, RC_INPUT, "relay URL: want maildir:, maildir-each:, smtp://, smtps:// or smtp+starttls://");
}

/* What goes in clear text goes to this host alone, and needs no user. */
static enum rc check_local(const struct place *place, struct err *err)
{
    if (!is_this_host(place->at.host))
        return err_set(
            err, RC_INPUT,
            "smtp:// is clear text, for 127.0.0.1 only: write smtp+starttls:// or smtps:// for a relay elsewhere");
    if (place->at.user)
        return err_set(err, RC_INPUT, "smtp:// takes no user: a relay on this host trusts it");
    return RC_OK;
}

enum rc relay_check(const char *url, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("relay");
    struct place place;

    if (read_url(url, mem, &place, err))
        return err->rc;
    return place.kind == KIND_LOCAL ? check_local(&place, err) : RC_OK;
}

static enum rc make_local(const struct relay_settings *settings, const struct place *place, struct transport *ret,
                          struct err *err)
{
    const struct smtp_local_settings local = { .host = place->at.host,
                                               .port = place->at.port,
                                               .helo = settings->helo ? settings->helo : "localhost.localdomain",
                                               .timeout_ms =
                                                   settings->timeout_ms ? settings->timeout_ms : RELAY_TIMEOUT_MS };

    if (check_local(place, err))
        return err->rc;
    *ret = smtp_local_transport(&local);
    return RC_OK;
}

static enum rc make_remote(const struct relay_settings *settings, const struct place *place, struct arena *mem,
                           struct transport *ret, struct err *err)
{
    struct smtp_remote_settings remote = { .host = place->at.host,
                                           .port = place->at.port,
                                           .tls = place->kind == KIND_IMPLICIT ? SMTP_TLS_IMPLICIT : SMTP_TLS_STARTTLS,
                                           .user = place->at.user,
                                           .ca_file = settings->ca_file,
                                           .timeout_ms =
                                               settings->timeout_ms ? settings->timeout_ms : RELAY_TIMEOUT_MS };
    char *password = NULL;

    if (place->at.user)
        remote.oauth = settings->oauth;
    if (place->at.user && !settings->oauth && !settings->password_file)
        return err_set(err, RC_INPUT,
                       "the relay URL names a user, but there is no password file and no token settings");
    if (!place->at.user && settings->oauth)
        return err_set(err, RC_INPUT, "access tokens for the relay need a user in its URL: smtps://USER@HOST");
    if (place->at.user && !settings->oauth &&
        secret_read(settings->password_file, "the relay's password file", mem, &password, err))
        return err->rc;
    remote.password = password;
    *ret = smtp_remote_transport(&remote);
    return RC_OK;
}

enum rc relay_transport(const struct relay_settings *settings, struct transport *ret_transport, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("relay");
    struct place place;
    enum rc rc = read_url(settings->url, mem, &place, err);

    if (rc)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    switch (place.kind) {
    case KIND_MAILDIR:
    case KIND_MAILDIR_EACH:
        *ret_transport = maildir_transport(place.at.host, place.kind == KIND_MAILDIR ? MAILDIR_ONE : MAILDIR_EACH);
        return RC_OK;
    case KIND_LOCAL:
        return make_local(settings, &place, ret_transport, err);
    case KIND_IMPLICIT:
    case KIND_STARTTLS:
        return make_remote(settings, &place, mem, ret_transport, err);
    }
    return err_set(err, RC_BUG, "relay URL of an unknown kind");
}
