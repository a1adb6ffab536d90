/*
 * person: patients, caregivers and staff, their addresses, and which addresses must get nothing.
 *
 * Shape    People and addresses are many to many: couples and caregivers share. Address values are normalised (text_address) before they
 *          come here; they are found by keyed hash, under every look-up key of the ring, newest first.
 * Units    rank 1 is where we write; duty_rank 0 is not on duty.
 * Owns     Strings of a read row live in mem; NULL when unset (name never is).
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   the address is known already (address_add)
 * State    Writes need an open transaction.
 */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "store/store.h"

/* Stored: append only. */
enum person_kind { PERSON_PATIENT = 1, PERSON_STAFF };
enum person_state { PERSON_ACTIVE = 1, PERSON_GONE, PERSON_DIED };
enum staff_role { STAFF_NONE, STAFF_PROVIDER, STAFF_MODERATOR, STAFF_MANAGER };
enum person_language { LANGUAGE_ENGLISH = 1, LANGUAGE_SPANISH };
enum person_format { FORMAT_NORMAL = 1, FORMAT_BIG };
enum address_kind { ADDRESS_EMAIL = 1, ADDRESS_PHONE };
enum address_state { ADDRESS_UNPROVED = 1, ADDRESS_PROVED, ADDRESS_SUSPENDED };
enum suppression_reason {
    SUPPRESSED_STOP = 1,
    SUPPRESSED_BOUNCED,
    SUPPRESSED_COMPLAINT,
    SUPPRESSED_DIED,
    SUPPRESSED_STAFF
};

struct person {
    struct person_id id;
    enum person_kind kind;
    enum person_state state;
    enum staff_role role; /* of staff */
    int64_t duty_rank;    /* 1 is called first */
    enum person_language language;
    enum person_format format;
    const char *zone; /* IANA; NULL: the group's */
    const char *name; /* full, as the chart has it: for staff's eyes */
    const char *phone;
    const char *emergency; /* emergency contact */
    const char *chart;     /* chart reference */
    const char *title;     /* of staff: "your nurse" */
    int64_t created_ms;
};

struct address {
    struct address_id id;
    enum address_kind kind;
    enum address_state state;
    const char *value;
    int64_t proved_ms;   /* 0: never */
    bool requires_tls;   /* letters go there under verified TLS alone */
    int64_t tls_told_ms; /* when its owner and staff were told that this cannot be kept; 0: they were not */
    int64_t created_ms;
};

extern const struct db_domain person_domain, address_domain;

/* Fills id and created_ms. */
MUST_CHECK enum rc person_add(struct store *st, struct person *person, struct err *err);
MUST_CHECK enum rc person_get(struct store *st, struct person_id id, struct arena *mem, struct person *ret_person,
                              struct err *err);
/* Writes every column of *person but kind and created_ms. */
MUST_CHECK enum rc person_change(struct store *st, const struct person *person, struct err *err);
/* The next max people of a kind after `after` (0: from the start), by id. */
MUST_CHECK enum rc person_page(struct store *st, enum person_kind kind, struct person_id after, size_t max,
                               struct arena *mem, struct person **ret_people, size_t *ret_n, struct err *err);
/* Active staff: those on duty in the order of duty_rank, then the others. */
MUST_CHECK enum rc person_staff(struct store *st, struct arena *mem, struct person **ret_people, size_t *ret_n,
                                struct err *err);

/* The hash that stands in address.hash, under one look-up key. */
void address_hash(const struct seal_key *key, enum address_kind kind, const char *value,
                  unsigned char hash[CRYPT_MAC_BYTES]);
/* Fills id, state (unproved when 0), created_ms. */
MUST_CHECK enum rc address_add(struct store *st, struct address *address, struct err *err);
MUST_CHECK enum rc address_get(struct store *st, struct address_id id, struct arena *mem, struct address *ret_address,
                               struct err *err);
MUST_CHECK enum rc address_find(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                                struct address *ret_address, struct err *err);
/* Finds the address or adds it. */
MUST_CHECK enum rc address_ensure(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                                  struct address *ret_address, struct err *err);
/* What was told about it before is forgotten. */
MUST_CHECK enum rc address_set_tls(struct store *st, struct address_id id, bool requires_tls, struct err *err);
MUST_CHECK enum rc address_set_tls_told(struct store *st, struct address_id id, int64_t at_ms, struct err *err);
/* Of every address: the practice's rules have changed. */
MUST_CHECK enum rc address_forget_tls_told(struct store *st, struct err *err);
/* Those that require it themselves, by id, after `after`; at most max. */
MUST_CHECK enum rc address_tls_page(struct store *st, struct address_id after, size_t max, struct arena *mem,
                                    struct address **ret_addresses, size_t *ret_n, struct err *err);
MUST_CHECK enum rc address_set_state(struct store *st, struct address_id id, enum address_state state, struct err *err);

/* Links (or moves to another rank). */
MUST_CHECK enum rc person_link_address(struct store *st, struct person_id person, struct address_id address,
                                       int64_t rank, struct err *err);
MUST_CHECK enum rc person_unlink_address(struct store *st, struct person_id person, struct address_id address,
                                         struct err *err);
/* Addresses of a person by rank; people of an address by id. None is RC_OK with 0. */
MUST_CHECK enum rc person_addresses(struct store *st, struct person_id person, struct arena *mem,
                                    struct address **ret_addresses, size_t *ret_n, struct err *err);
/* What staff call them on: the phone that they gave, else the number that they text with; "" when there is neither. */
MUST_CHECK enum rc person_phone(struct store *st, const struct person *person, struct arena *mem,
                                const char **ret_phone, struct err *err);
MUST_CHECK enum rc person_by_address(struct store *st, struct address_id address, struct arena *mem,
                                     struct person **ret_people, size_t *ret_n, struct err *err);
/* Everybody who uses this email address or number, known or not: 0 people when it is unknown. */
MUST_CHECK enum rc person_by_value(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                                   struct person **ret_people, size_t *ret_n, struct err *err);

MUST_CHECK enum rc suppression_add(struct store *st, struct address_id address, enum suppression_reason reason,
                                   struct err *err);
MUST_CHECK enum rc suppression_remove(struct store *st, struct address_id address, struct err *err);
/* RC_NOT_FOUND: we may write there. */
MUST_CHECK enum rc suppression_get(struct store *st, struct address_id address, enum suppression_reason *ret_reason,
                                   struct err *err);

const char *person_state_name(enum person_state state);
const char *staff_role_name(enum staff_role role);
const char *person_language_name(enum person_language language); /* "en", "es" */

#endif
