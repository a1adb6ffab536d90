#include "gateway/mail_relay.h"

#include "gateway/home.h"

struct relay_settings mail_relay_settings(const struct gate *gate)
{
    const struct home_settings *s = &gate->home->settings;

    return (struct relay_settings){
        .url = gate->facts.relay,
        .password_file = *s->relay_password_file ? s->relay_password_file : NULL,
        .ca_file = *s->relay_ca_file ? s->relay_ca_file : NULL,
        .helo = *s->hello_name ? s->hello_name : NULL,
    };
}

enum rc mail_relay(const struct gate *gate, struct transport *ret_relay, struct err *err)
{
    const struct relay_settings relay = mail_relay_settings(gate);

    return relay_transport(&relay, ret_relay, err);
}
