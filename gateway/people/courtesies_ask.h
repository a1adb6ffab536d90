/*
 * courtesies_ask: inside gateway/people/courtesies: what its two files share.
 *
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_COURTESIES_ASK_H
#define GATEWAY_PEOPLE_COURTESIES_ASK_H

#include "gateway/people/courtesies.h"

/* "May we?", once for each; nothing where the group does not do this. */
MUST_CHECK enum rc courtesies_ask(struct gate *gate, struct membership_id id, enum custom custom, int64_t about,
                                  struct err *err);
/* How many thanked this member, who said yes to it; nothing while they are too few. */
MUST_CHECK enum rc courtesies_tell_thanks(struct gate *gate, struct membership_id author, struct err *err);

#endif
