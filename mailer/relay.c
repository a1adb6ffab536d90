#include "mailer/relay.h"

#include "base/io.h"
#include "base/text.h"
#include "mailer/maildir.h"
#include "mailer/smtp_local.h"
#include "mailer/smtp_remote.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define PASSWORD_MAX 4096
#define HOST_MAX 253

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
    char *user, *host; /* user NULL: none; for a Maildir host is the path */
    int port;
};

static bool is_host(const char *s)
{
    const size_t n = strlen(s);

    return n && n <= HOST_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == n &&
           *s != '-' && *s != '.';
}

/* This host, for sure: an address of 127.0.0.0/8, or the one name that stands for it. */
static bool is_this_host(const char *host)
{
    return text_equals(host, "localhost") || (text_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

static enum rc read_authority(char *rest, struct place *place, struct err *err)
{
    char *at = strrchr(rest, '@'), *colon;
    int64_t port = place->port;

    place->host = at ? at + 1 : rest;
    if (at) {
        *at = '\0';
        place->user = rest;
    }
    colon = strchr(place->host, ':');
    if (colon) {
        *colon = '\0';
        if (text_to_int(colon + 1, 1, 65535, &port, NULL))
            return err_set(err, RC_INPUT, "relay URL: the port is no number from 1 to 65535");
    }
    place->port = (int)port;
    if (!is_host(place->host) || (at && (!*place->user || strchr(place->user, ':'))))
        return err_set(err, RC_INPUT, "relay URL: want scheme://[user@]host[:port], and no password in it");
    return RC_OK;
}

static enum rc read_url(const char *url, struct arena *mem, struct place *place, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        char *rest;

        if (!text_starts(url, schemes[i].scheme))
            continue;
        rest = arena_strdup(mem, url + strlen(schemes[i].scheme));
        *place = (struct place){ .kind = schemes[i].kind, .port = schemes[i].port, .host = rest };
        if (place->kind == KIND_MAILDIR || place->kind == KIND_MAILDIR_EACH)
            return *rest ? RC_OK : err_set(err, RC_INPUT, "relay URL: the Maildir has no path");
        return read_authority(rest, place, err);
    }
    return err_set(err, RC_INPUT, "relay URL: want maildir:, maildir-each:, smtp://, smtps:// or smtp+starttls://");
}

static enum rc read_password(const char *path, struct arena *mem, char **ret_password, struct err *err)
{
    struct stat st;
    size_t n;
    enum rc rc;

    if (!path)
        return err_set(err, RC_INPUT, "the relay URL names a user, but there is no password file");
    if (!stat(path, &st) && (st.st_mode & 077))
        return err_set(err, RC_INPUT, "the relay's password file may be read by others: chmod 600");
    rc = io_read_file(path, PASSWORD_MAX, mem, ret_password, &n, err);
    if (rc)
        return err_set(err, RC_INPUT, "the relay's password file cannot be read (%s)", rc_name(rc));
    (*ret_password)[strcspn(*ret_password, "\r\n")] = '\0';
    return **ret_password ? RC_OK : err_set(err, RC_INPUT, "the relay's password file is empty");
}

static enum rc make_local(const struct relay_settings *settings, const struct place *place, struct transport *ret,
                          struct err *err)
{
    const struct smtp_local_settings local = { .host = place->host,
                                               .port = place->port,
                                               .helo = settings->helo ? settings->helo : "localhost.localdomain",
                                               .timeout_ms =
                                                   settings->timeout_ms ? settings->timeout_ms : RELAY_TIMEOUT_MS };

    if (!is_this_host(place->host))
        return err_set(
            err, RC_INPUT,
            "smtp:// is clear text, for 127.0.0.1 only: write smtp+starttls:// or smtps:// for a relay elsewhere");
    if (place->user)
        return err_set(err, RC_INPUT, "smtp:// takes no user: a relay on this host trusts it");
    *ret = smtp_local_transport(&local);
    return RC_OK;
}

static enum rc make_remote(const struct relay_settings *settings, const struct place *place, struct arena *mem,
                           struct transport *ret, struct err *err)
{
    struct smtp_remote_settings remote = { .host = place->host,
                                           .port = place->port,
                                           .tls = place->kind == KIND_IMPLICIT ? SMTP_TLS_IMPLICIT : SMTP_TLS_STARTTLS,
                                           .user = place->user,
                                           .ca_file = settings->ca_file,
                                           .timeout_ms =
                                               settings->timeout_ms ? settings->timeout_ms : RELAY_TIMEOUT_MS };
    char *password = NULL;
    enum rc rc = place->user ? read_password(settings->password_file, mem, &password, err) : RC_OK;

    if (rc)
        return rc;
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
        *ret_transport = maildir_transport(place.host, place.kind == KIND_MAILDIR ? MAILDIR_ONE : MAILDIR_EACH);
        return RC_OK;
    case KIND_LOCAL:
        return make_local(settings, &place, ret_transport, err);
    case KIND_IMPLICIT:
    case KIND_STARTTLS:
        return make_remote(settings, &place, mem, ret_transport, err);
    }
    return err_set(err, RC_BUG, "relay URL of an unknown kind");
}
