/*
 * notice: says one thing to one person.
 *
 * Shape    Renders a message kind in the person's language, builds it with mailer/serial and puts one mailing and one delivery into the
 *          outbox, inside the caller's transaction. Addresses and tokens are filled in by the mail role when the copy is written.
 *          Every notice gets the common values: practice_name, office_phone, emergency_line, first_name (the person's shown name
 *          in the group, or first name), group_name (the neutral alias), and the footer's; values adds the kind's own.
 * By text  Who is written to by text (channel `text`, an address that is a phone, or no email address at all) gets it as a text: templates/../text_KIND.md, else
 *          text_notice, which says that there is something and whom to call: nothing vanishes. No calendar object, no picture. Words of others stand in it
 *          only where the number's level is 2.
 * Owns     notice->values is taken (and nulled), also on an error.
 * Errors   RC_NOT_FOUND  nothing queued: the person has no address we may write to, is suppressed, has died or was erased; or never said yes,
 *                        and this is no invitation, no answer to HELP, STOP or LEAVE, no help in danger, to staff no alarm; or no hour of theirs
 *                        for texts is left before not_after_ms
 *          RC_INPUT, RC_LIMIT  the invitation cannot be written (schedules/invitation)
 *          RC_CONFLICT   is_once_a_day and the same answer about the same thing went out within 24 h (nothing queued)
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_NOTICE_H
#define GATEWAY_SAY_NOTICE_H

#include "base/json.h"
#include "base/token.h"
#include "gateway/practice/gate.h"
#include "gateway/say/pictures.h"
#include "schedules/invitation.h"
#include "store/mailing.h"

struct notice {
    enum mailing_kind kind; /* store/mailing: also names the template */
    struct person_id person;
    struct membership_id membership; /* 0: none */
    struct group_id group;           /* 0: written from the practice's desk address */
    struct address_id
        address; /* 0: the membership's, else the person's first email address, else a phone that said yes */
    enum token_purpose reply; /* what Reply-To means; 0: TOKEN_REPLY for patients, TOKEN_DESK for staff */
    int64_t reply_row;        /* row of the token; 0: this delivery */
    int64_t subject_id;       /* what it is about: post, invitation, question, page … */
    int64_t due_ms;           /* 0: now; a text also waits for its hours */
    int64_t not_after_ms;     /* by text: what makes no sense from then on is not sent any more; 0: it always does */
    int lane;                 /* enum lane of store/mailing; 0 or less: by kind (the urgent kinds say so themselves) */
    bool is_answer;           /* Auto-Submitted: auto-replied, In-Reply-To, MAIL FROM:<> */
    bool is_once_a_day;       /* the answers to HELP and STOP, and "please say it again": five times */
    const char *in_reply_to;  /* Message-ID it answers, with angle brackets; NULL: none */
    struct json *values;      /* object; may be NULL */
    const struct pictures *pictures; /* that the values name; may be NULL */
    const struct invitation_copy *
        invitation; /* goes along as a calendar object; its attendee and organizer are this mail's To and From. NULL: none */
};

MUST_CHECK enum rc notice_queue(struct gate *gate, struct notice *notice, struct delivery_id *ret_delivery,
                                struct err *err);

/* The same to every active staff member on duty order (moderators and managers); values are copied for each and stay the caller's. Never fails for one
 * person without an address. RC_NOT_FOUND when nobody could be reached. */
MUST_CHECK enum rc notice_staff(struct gate *gate, enum mailing_kind kind, int64_t subject_id, struct group_id group,
                                struct json *values, struct err *err);

/* Whether a message of this kind may go to the address: nothing goes to a suppressed one but the answers to HELP and STOP. False with *ret_rc
 * RC_OK: it may not; otherwise err says what failed. */
bool notice_may_write(struct gate *gate, struct address_id address, enum mailing_kind kind, enum rc *ret_rc,
                      struct err *err);

#endif
