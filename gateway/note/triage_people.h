/*
 * triage_people: what a text is about to be told to, for the rules about names and contact data: the group's people as the chart and as the group
 * know them, and the office's own phone numbers and addresses.
 *
 * Rule     Staff's names are shown: no flag. Of members of any state the chart name is hidden and the shown name is shown.
 * Owns     All lives in mem.
 * Errors   Those of the store.
 */
#ifndef GATEWAY_NOTE_TRIAGE_PEOPLE_H
#define GATEWAY_NOTE_TRIAGE_PEOPLE_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "store/group.h"

/* group id 0: no people, the office's contacts alone. */
MUST_CHECK enum rc triage_people_read(struct gate *gate, const struct care_group *group, struct arena *mem,
                                      struct triage_setting *ret_setting, struct err *err);

#endif
