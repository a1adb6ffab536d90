#include "mailer/relay_token.h"

#include "base/clock.h"

struct relay_token {
    const struct oauth *oauth;
    struct arena *settings, *kept; /* kept: the token; NULL: none */
    const char *token;
    int64_t until_ms; /* steady */
};

struct relay_token *relay_token_new(const struct oauth *oauth)
{
    struct relay_token *t = calloc(1, sizeof *t);

    if (!t)
        abort();
    t->settings = arena_new("relay_token");
    t->oauth = oauth_copy(oauth, t->settings);
    return t;
}

void relay_token_free(struct relay_token **token)
{
    if (!*token)
        return;
    arena_free(&(*token)->kept);
    arena_free(&(*token)->settings);
    free(*token);
    *token = NULL;
}

void relay_token_forget(struct relay_token *t)
{
    arena_free(&t->kept);
    t->token = NULL;
}

enum rc relay_token_get(struct relay_token *t, const char **ret_token, bool *ret_is_fresh, struct err *err)
{
    struct oauth_token fetched;

    *ret_is_fresh = !t->token || clock_steady_ms() >= t->until_ms;
    if (*ret_is_fresh) {
        relay_token_forget(t);
        t->kept = arena_new("relay_token");
        if (oauth_get_token(t->oauth, t->kept, &fetched, err)) {
            relay_token_forget(t);
            return err->rc;
        }
        t->token = fetched.token;
        t->until_ms = clock_steady_ms() + fetched.expires_s * MS_SECOND - RELAY_TOKEN_EARLY_MS;
    }
    *ret_token = t->token;
    return RC_OK;
}
