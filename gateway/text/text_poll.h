/*
 * text_poll: asks a provider what has come, where it cannot call us: Twilio and SignalWire, whose list of messages can be read.
 *
 * Shape    GET …/Messages.json of each number of ours, from the day before the last time that worked on, page after page; what is here already is known
 *          by its id (text_take). Then the same of what we sent, for the words about texts that are still on their way.
 *          One of unknown end is found in the list by its number and its words, and known by the provider's id from then on; prices that came late
 *          go to the ledger.
 *          An account whose provider calls us is asked too: once an hour (what it could not tell us while we were away), and while one of its texts
 *          is of unknown end.
 *          A text is in the store before the time of the account moves on: what fails is asked for again.
 * Errors   RC_TEMP   the provider does not answer, or not with a list    RC_PERM  this provider has no list that we can read
 *          and those of the store
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_TEXT_TEXT_POLL_H
#define GATEWAY_TEXT_TEXT_POLL_H

#include "gateway/sms/text_provider.h"
#include "mailer/sms_http.h"

#define TEXT_POLL_MS (20 * MS_SECOND)
#define TEXT_SWEEP_MS                                                                                                  \
    (10 * MS_MINUTE) /* how often is_sweep is worth it: a provider that does not answer holds us up no oftener */

/* Can this provider be asked? For `text add --poll`. */
bool text_poll_can(const char *provider);
/* Every polled account of the practice; with is_sweep also those whose last hour is over. ret_did counts texts that are new. */
MUST_CHECK enum rc text_poll(struct gate *gate, struct sms_http *http, bool is_sweep, size_t *ret_did, struct err *err);

#endif
