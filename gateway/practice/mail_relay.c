#include "gateway/practice/mail_relay.h"

#include "base/secret.h"
#include "gateway/home/home.h"

/* The user of the relay's URL: whose mailbox a service account's token is for. */
static const char *user_of(const struct gate *gate, struct arena *mem)
{
    const char *const rest = strstr(gate->facts.relay, "://");
    struct mail_place place;
    struct err ignored;

    return rest && !mail_place_read(rest + 3, 587, "relay URL", mem, &place, &ignored) && place.user ? place.user : "";
}

static const struct oauth *tokens_of(const struct gate *gate, const struct home_settings *s, struct arena *mem)
{
    for (size_t i = 0; *s->relay_tokens_of && i < s->mailbox_count; i++) {
        const struct home_mailbox *const box = &s->mailboxes[i];
        struct oauth *oauth;

        if (strcmp(box->name, s->relay_tokens_of))
            continue;
        oauth = ARENA_NEW(mem, struct oauth);
        *oauth = (struct oauth){ .token_url = box->token_url,
                                 .client_id = box->client_id,
                                 .client_secret_file = box->client_secret_file,
                                 .refresh_token_file = box->refresh_token_file,
                                 .key_file = box->key_file,
                                 .scope = *s->relay_scope ? s->relay_scope : box->scope,
                                 .user = user_of(gate, mem),
                                 .ca_file = box->ca_file };
        return oauth;
    }
    return NULL;
}

struct relay_settings mail_relay_settings(const struct gate *gate, struct arena *mem)
{
    const struct home_settings *s = &gate->home->settings;

    return (struct relay_settings){
        .url = gate->facts.relay,
        .password_file = *s->relay_password_file ? s->relay_password_file : NULL,
        .oauth = tokens_of(gate, s, mem),
        .ca_file = *s->relay_ca_file ? s->relay_ca_file : NULL,
        .helo = *s->hello_name ? s->hello_name : NULL,
    };
}

enum rc mail_relay(const struct gate *gate, struct transport *ret_relay, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mail_relay");
    const struct relay_settings relay = mail_relay_settings(gate, mem);

    return relay_transport(&relay, ret_relay, err);
}
