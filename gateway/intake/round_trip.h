/*
 * round_trip: sends a mail to an address of ours and reads it back from the mailbox, to see what the mail servers on the way leave of it.
 *
 * Shape    To desk+TOKEN@domain, from desk@domain, with a token in the envelope sender, through the practice's relay: the road of a member's answer. It is looked for in the
 *          first folder of the mailbox and in Junk, known by its Message-ID, and moved to Done. Whose Authentication-Results may be believed is tried with the
 *          profiles that this provider is known for, never with another.
 * Units    wait_ms: how long it may take.
 * Errors   Of the relay (mailer/transport), the mailbox (gateway/home/imap_login) and the reader of mail. That it does not come is no error: has_come.
 * Owns     Texts live in mem.
 * State    The role of that mailbox must not run: it would take the mail away. Changes no setting.
 */
#ifndef GATEWAY_INTAKE_ROUND_TRIP_H
#define GATEWAY_INTAKE_ROUND_TRIP_H

#include "gateway/home/home.h"
#include "gateway/practice/gate.h"
#include "inbound/authres.h"
#include "inbound/letter.h"

struct round_trip_provider {
    enum authres_profile profiles[2]; /* 0: none */
    const char *authserv_id;          /* "": the topmost Authentication-Results says */
};

struct round_trip {
    bool has_come, is_in_junk;
    int64_t ms;
    bool has_from, has_plus, has_envelope; /* as they were sent */
    bool has_results;                      /* an Authentication-Results stands in it */
    enum authres_profile profile;          /* under which it proves us; AUTHRES_NOTHING: under none */
    const char *authserv_id;
    enum letter_auth auth;
};

MUST_CHECK enum rc round_trip_run(struct gate *gate, const struct home_mailbox *box,
                                  const struct round_trip_provider *provider, int64_t wait_ms, struct arena *mem,
                                  struct round_trip *ret_trip, struct err *err);

#endif
