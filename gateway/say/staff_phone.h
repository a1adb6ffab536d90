/*
 * staff_phone: whether a staff member can be written to by text, and why not.
 *
 * Shape    A staff member has one number (`staff set --phone`): an address of kind phone that is linked to them. It is written to when that very staff
 *          member has said yes by text, not another who uses or used the number, and never after STOP. The level that they chose (0 usual) says whether words of notes and alarms may stand in what they get;
 *          it counts only with their yes to the practice's mail (store/consent).
 * Errors   Of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_SAY_STAFF_PHONE_H
#define GATEWAY_SAY_STAFF_PHONE_H

#include "gateway/practice/gate.h"

enum staff_phone_state {
    STAFF_PHONE_NONE,      /* no number that texts can go to */
    STAFF_PHONE_NO_SENDER, /* the practice has no number of its own to write from */
    STAFF_PHONE_NOT_ASKED,
    STAFF_PHONE_ASKED, /* and has not answered */
    STAFF_PHONE_YES,
    STAFF_PHONE_STOPPED,
    STAFF_PHONE_FAILED, /* another person's, or nothing arrives there */
};

struct staff_phone {
    enum staff_phone_state state;
    struct address_id address;    /* 0: none */
    struct text_sender_id sender; /* 0: none */
    int level;
};

MUST_CHECK enum rc staff_phone_read(struct gate *gate, struct person_id staff, struct staff_phone *ret,
                                    struct err *err);
/* "none", "yes", "said STOP" … for the command line. */
const char *staff_phone_name(enum staff_phone_state state);

#endif
