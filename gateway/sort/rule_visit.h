/*
 * rule_visit: letters about visits: what answers a mail about one, and what a calendar program sends.
 *
 * Rule     Neither is ever held for the group. A calendar's answer names its copy by a UID that only its reader was sent; the address need not match (an
 *          alias, a relative's account): that is noted. Answers in words need the token of the mail, or the member's own proved address.
 * Errors   Those of the store.
 * State    Needs an open transaction. Sets s->outcome; leaves it 0 for what is none of theirs.
 */
#ifndef GATEWAY_SORT_RULE_VISIT_H
#define GATEWAY_SORT_RULE_VISIT_H

#include "gateway/note/sorting.h"
#include "inbound/command.h"

/* command: what the whole text is, if it is one: HELP and their like are commands here too. */
MUST_CHECK enum rc rule_visit_words(struct sorting *s, const struct command *command, struct err *err);
/* RC_OK with *ret_is_ours false: the UID is none of ours. */
MUST_CHECK enum rc rule_visit_calendar(struct sorting *s, bool *ret_is_ours, struct err *err);

#endif
