/*
 * render: from a message kind and its values to a mailing that can be filled in for each reader.
 *
 * Shape    The one road from templates/ to mailer/serial: renders the kind's template, builds the wire form with its headers, and writes down
 *          what the slots mean. The caller stores the mailing (mailing_add) in its own transaction.
 *            From       "Maria via Tuesday Circle" <tuesday@domain>   of a member's post
 *                       "Tuesday Circle" <tuesday@domain>             of digests and notices
 *                       "Lakeside Clinic" <desk@domain>               of staff mail and what no group says
 *            List-*     of everything that a group says; Auto-Submitted of everything but a member's post
 *          Common values, set where the caller did not: practice_name, office_phone, office_hours, emergency_line, group_name,
 *          group_address, desk_address, first_name and reply_address (slots), date.
 * Owns     render->values is taken (and nulled), also on an error. ret_mailing's strings live in mem.
 * Errors   RC_INPUT  a template needs a value that was not given; a text that no header can hold
 *          RC_LIMIT  too large for a mail
 * State    Reads only, but for render_store.
 */
#ifndef GATEWAY_SAY_RENDER_H
#define GATEWAY_SAY_RENDER_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "gateway/say/slots.h"
#include "mailer/serial.h"
#include "store/group.h"
#include "store/mailing.h"
#include "store/person.h"

struct render {
    enum mailing_kind kind;
    enum person_language language;
    enum person_format format;
    const struct care_group *group; /* whose address it comes from; NULL: the desk */
    const char *writer;             /* shown name of the author of a post; NULL: the group or practice speaks */
    struct slots *slots;            /* its head says where replies go */
    struct json *values;
    const struct serial_calendar *calendar; /* of a mail to one person; NULL: none */
};

MUST_CHECK enum rc render_mailing(const struct gate *gate, struct render *render, struct arena *mem,
                                  struct mailing *ret_mailing, struct err *err);

/* And stores it, as a mailing about that row. Needs an open transaction. */
MUST_CHECK enum rc render_store(struct gate *gate, struct render *render, int64_t subject_id, struct arena *mem,
                                struct mailing_id *ret_id, struct err *err);

/* The template alone, marks and all: for previews. */
MUST_CHECK enum rc render_text(const struct gate *gate, struct render *render, struct arena *mem,
                               struct template_out *ret_text, struct err *err);

/* The name to greet by: "Ana" of "Ana Ruiz", "Rose" of "Mrs. Rose Marsh", "Dr. Lee" of "Dr. Lee". */
const char *render_first_name(const char *full_name, struct arena *mem);

#endif
