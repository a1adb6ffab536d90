/*
 * tell: tells staff that something happened to a person: the message kind staff_notice.
 *
 * Shape    One mail to every active moderator and manager with an address, in their own language.
 * Errors   Those of the store. That nobody could be reached is no error here: it is an alarm of `doctor`, and the audit log has the act.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_TELL_H
#define GATEWAY_SAY_TELL_H

#include "gateway/practice/gate.h"
#include "store/person.h"

/* One flag of templates/KINDS.md, staff_notice. */
#define TELL_LEFT "is_left"
#define TELL_STOPPED "is_stopped"
#define TELL_WITHDRAWN "is_withdrawn"
#define TELL_OTHER_ADDRESS "is_other_address"
#define TELL_REPORTED "is_reported"
#define TELL_INVITE_ANSWER "is_invite_answer"
#define TELL_DIED "is_died"
#define TELL_UNDO "is_undo"
#define TELL_PARKED "is_parked"
#define TELL_TOO_BIG "is_too_big"
#define TELL_UNVERIFIED "is_unverified"
#define TELL_UNKNOWN_SENDER "is_unknown_sender"
#define TELL_NOT_MEMBER "is_not_member" /* wrote, and is not (any more) in the group */
#define TELL_ANSWER "is_answer"         /* to a moderator's question */
#define TELL_FREE_TEXT "is_free_text"   /* to the desk, or to no group there is */
#define TELL_EDIT_REFUSED "is_edit_refused"
#define TELL_BOUNCED "is_bounced"
#define TELL_SUSPENDED "is_suspended"       /* letters came back three times: we write there no more */
#define TELL_LETTERS_WAIT "is_letters_wait" /* many came back within an hour: what goes to many waits for RESUME */
#define TELL_LIFTED "is_lifted"             /* they wrote from there: we write there again */
#define TELL_GIVEN_BACK "is_given_back"     /* it waited when the group ended */
#define TELL_NOT_SENT "is_not_sent"         /* it had an OK */
#define TELL_COMPLAINT "is_complaint"
#define TELL_FREE_STOP "is_free_stop"             /* reads like STOP, in other words */
#define TELL_LISTS_CHANGED "is_lists_changed"     /* the word lists of triage are others than before */
#define TELL_ENCRYPTED "is_encrypted"             /* nobody here can read what they wrote */
#define TELL_LISTS_HELD "is_lists_held"           /* a change that makes them weaker waits for two people */
#define TELL_NO_TLS "is_no_tls"                   /* must be written to under TLS alone, and cannot: please call */
#define TELL_INFECTED "is_infected"               /* ClamAV found something in what they sent along: dropped */
#define TELL_SCANNER_DOWN "is_scanner_down"       /* it does not answer: mail with files waits */
#define TELL_UNJUDGED "is_unjudged"               /* it can not judge what they sent along: dropped */
#define TELL_TEXT_STOP "is_text_stop"             /* said STOP by text, or the provider says so */
#define TELL_TEXT_HELP "is_text_help"             /* asked for help by text */
#define TELL_TEXT_CAME "is_text_came"             /* a text that nothing else takes */
#define TELL_TEXT_UNANSWERED "is_text_unanswered" /* the month's money, or the parts of a day, kept our answer back */
#define TELL_TEXT_FAILED "is_text_failed"         /* texts to their number do not arrive */
#define TELL_TEXT_SILENT "is_text_silent"         /* nothing came from it for a year: asked anew */
#define TELL_TEXT_BACK "is_text_back"     /* START from a number that had long been stopped, or where nothing arrived */
#define TELL_TEXT_HALTED "is_text_halted" /* the provider takes nothing from us, or filters too much */
#define TELL_TEXT_UNCONFIRMED "is_text_unconfirmed" /* the confirmation of a STOP did not leave in time */
#define TELL_TEXT_BUDGET "is_text_budget"           /* number: percent of the month's budget */
#define TELL_CRISIS_TEXTS "is_crisis_texts"         /* what a person in danger reads is other than before */
#define TELL_FOLLOW_UP "is_follow_up"               /* number: of the alarm about them, closed the day before */
#define TELL_PIN_LOCKED "is_pin_locked"             /* wrong PINs by text, in their name */
#define TELL_REPLY_ALL "is_reply_all"               /* a mail went straight to other members too */

struct tell {
    const char *what;        /* TELL_… */
    const struct person *of; /* whom it is about; NULL: nobody we know */
    struct group_id group;   /* 0: none */
    int64_t subject_id;      /* what the mail is about */
    int64_t number;          /* 0: none */
    const char *text;        /* their words; NULL */
    bool has_alarm;          /* for this letter: its words are left out, the notice points to the alarm */
    const char *reason;      /* NULL */
    bool is_once_a_day;      /* about the same subject */
    bool asks_them;          /* the staff member whom it is about hears of it too: "Was this you?" */
};

MUST_CHECK enum rc tell_staff(struct gate *gate, const struct tell *tell, struct err *err);

#endif
