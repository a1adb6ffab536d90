/*
 * two_people: an act at the command line that two staff members must agree to (facts 3d: roster export, fewer alarms).
 *
 * Shape    two_people_ask mails each of them a code of 8 digits; whoever sits at the computer types both. The second cannot be the first: two active
 *          people, without an address in common. The codes are good for one scope, once, for a day and five tries. Each hears by that mail
 *          that an export is asked for in their name. It guards the ordinary way: whoever is root and holds the key can read the
 *          database without us.
 * Errors   RC_INPUT   the two are one, not active, share an address, or no such staff
 *          RC_DENIED  one of the two has not said yes; a code is wrong, used or too old (the try is counted); nothing was asked
 * State    Opens its own transactions; none may be open. Both acts are audited.
 */
#ifndef GATEWAY_DUTY_TWO_PEOPLE_H
#define GATEWAY_DUTY_TWO_PEOPLE_H

#include "gateway/practice/record.h"
#include "store/person.h"

#define TWO_PEOPLE_MS MS_DAY

enum two_people_act { TWO_PEOPLE_EXPORT, TWO_PEOPLE_FEWER_ALARMS };

/* what: "the members of tuesday", for the mail and the log. */
MUST_CHECK enum rc two_people_ask(struct gate *gate, const struct audit_who *who, enum two_people_act act,
                                  const struct person *first, const struct person *second, const char *scope,
                                  const char *what, struct err *err);
/* ret_who: "12 and 34", the people's numbers, for the log. */
MUST_CHECK enum rc two_people_check(struct gate *gate, const struct audit_who *who, enum two_people_act act,
                                    const char *scope, const char *one, const char *other, struct arena *mem,
                                    const char **ret_who, struct err *err);

#endif
