/*
 * message: what somebody wrote to us, for staff to read: of a mail, of one that nobody could read, or of a text message.
 *
 * Shape    from and from_name are what the mail says itself: nothing proves them. words is the subject where there is nothing else; rest is what was
 *          taken away, quoted lines and signatures, with the names of files.
 * Owns     Strings live in mem; "" is what nobody knows.
 * Errors   Those of the store. What is not there any more is an empty message.
 */
#ifndef GATEWAY_DUTY_MESSAGE_H
#define GATEWAY_DUTY_MESSAGE_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/person.h"

#define MESSAGES_MAX                                                                                                   \
    20 /* that one letter to staff shows: with their words cut they fit well below what mail programs cut */

struct message {
    const char *words, *subject, *from, *from_name, *rest;
    int64_t at_ms;
    struct address_id address; /* of from; 0: we do not know it */
};

MUST_CHECK enum rc message_get(struct gate *gate, struct arrival_id id, struct arena *mem, struct message *ret,
                               struct err *err);
/* A line of the values `messages`, its words cut where they are long. */
struct json *message_line(const struct gate *gate, struct arrival_id id, const struct message *m,
                          enum person_language language, struct arena *mem);
MUST_CHECK enum rc message_push(struct gate *gate, struct arrival_id id, enum person_language language,
                                struct arena *mem, struct json *list, struct err *err);

#endif
