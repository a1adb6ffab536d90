#include "gateway/home/imap_login.h"

#include "base/oauth.h"
#include "base/secret.h"
#include "base/text.h"

/* An access token where the settings tell of a token endpoint, else the password. */
static enum rc find_secret(const struct home_mailbox *box, const char *user, struct arena *mem,
                           struct imap_settings *settings, struct err *err)
{
    const struct oauth oauth = { .token_url = box->token_url,
                                 .client_id = box->client_id,
                                 .client_secret_file = box->client_secret_file,
                                 .refresh_token_file = box->refresh_token_file,
                                 .key_file = box->key_file,
                                 .scope = box->scope,
                                 .user = user,
                                 .ca_file = box->ca_file };
    struct oauth_token token;
    char *password;

    if (!*box->token_url) {
        if (secret_read(box->password_file, "the mailbox's password file", mem, &password, err))
            return err->rc;
        settings->password = password;
        return RC_OK;
    }
    if (oauth_get_token(&oauth, mem, &token, err))
        return err->rc;
    settings->token = token.token;
    return RC_OK;
}

enum rc imap_login(const struct home_mailbox *box, int64_t timeout_ms, bool (*must_stop)(void), struct imap **ret_imap,
                   struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("imap_login");
    const bool is_implicit = text_starts(box->url, "imaps://");
    struct mail_place place;
    struct imap_settings settings;

    if (mail_place_read(strstr(box->url, "://") + 3, is_implicit ? 993 : 143, "url", mem, &place, err))
        return err->rc;
    settings = (struct imap_settings){ .host = place.host,
                                       .port = place.port,
                                       .tls = is_implicit ? IMAP_TLS_IMPLICIT : IMAP_TLS_STARTTLS,
                                       .ca_file = *box->ca_file ? box->ca_file : NULL,
                                       .user = place.user,
                                       .timeout_ms = timeout_ms,
                                       .must_stop = must_stop };
    if (find_secret(box, place.user, mem, &settings, err))
        return err->rc;
    return imap_open(&settings, ret_imap, err);
}
