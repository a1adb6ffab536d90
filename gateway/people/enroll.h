/*
 * enroll: takes people into the practice: what a name, an address, a phone number must look like, who is who, and their first rows.
 *
 * Shape    A person is found again by email address and full name (folded): the same two mean the same person in another group; another name on a
 *          known address means a couple or a caregiver who share it. Staff never share an address. Phone, emergency contact, chart reference,
 *          language and zone that are given for somebody we know are taken over.
 * Owns     Normalised strings live in mem.
 * Errors   RC_INPUT     a field is not of its form; the message names the field and the form, never the value
 *          RC_CONFLICT  in the group already; the address is another staff member's
 * State    Functions that write need an open transaction, and write their audit rows in it.
 */
#ifndef GATEWAY_PEOPLE_ENROLL_H
#define GATEWAY_PEOPLE_ENROLL_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/group.h"
#include "store/membership.h"

#define ENROLL_NAME_MAX 80   /* code points */
#define ENROLL_FIELD_MAX 200 /* of emergency contact, chart reference, label, title */
#define ENROLL_TAGS_MAX 16

struct enroll {
    const char *name;
    const char *email,
        *text; /* at least one; text: the phone that takes part by text, "+15555550101" once checked. With both, texts begin with a YES from there */
    const char *phone, *emergency, *chart; /* NULL: none */
    const char *title;                     /* of staff: "nurse" */
    enum staff_role staff_role;            /* of staff */
    int64_t duty_rank;                     /* of staff; 0: not on duty */
    enum person_language language;         /* 0: English */
    const char *zone;                      /* NULL: the group's */
};

/* Brings every field into its stored form, in place. */
MUST_CHECK enum rc enroll_check(struct enroll *e, struct arena *mem, struct err *err);

/* Adds a staff member; the invitation to opt in is invite_send's. */
MUST_CHECK enum rc enroll_staff(struct gate *gate, const struct audit_who *who, struct enroll *e, struct arena *mem,
                                struct person *ret_person, struct err *err);

struct enroll_seat {
    enum member_role role;     /* 0: patient */
    enum member_rhythm rhythm; /* 0: daily */
    int64_t hour_minute;       /* -1: the group's */
    const char *shown_name;    /* NULL: chosen from the name */
    const char *label;         /* of a caregiver; NULL */
    const char *tags[ENROLL_TAGS_MAX];
    size_t tag_count;
};

/* Finds or adds person and address, and adds the membership, invited. Without an email address it is one by text. The invitation is invite_send's. */
MUST_CHECK enum rc enroll_member(struct gate *gate, const struct audit_who *who, const struct care_group *group,
                                 struct enroll *e, const struct enroll_seat *seat, struct arena *mem,
                                 struct membership *ret_membership, struct err *err);

/* The phone of somebody we have, with an address of its own; e.text is set. */
MUST_CHECK enum rc enroll_phone(struct gate *gate, const struct audit_who *who, struct person_id person,
                                const char *number, struct arena *mem, struct address *ret_address, struct err *err);
/* "(555) 555-0100" → as given, one line, when it has 7 to 15 digits and nothing but digits and + ( ) - . x blanks. */
MUST_CHECK enum rc enroll_check_phone(const char *phone, struct arena *mem, const char **ret_phone, struct err *err);
MUST_CHECK enum rc enroll_check_zone(const char *zone, struct err *err);
/* "08:30" → minutes of the day. */
MUST_CHECK enum rc enroll_check_minute(const char *text, int64_t *ret_minute, struct err *err);

#endif
