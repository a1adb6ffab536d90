/*
 * visit_seat: one person's copy of a visit and the answer that holds; and every answer that came, whichever way.
 *
 * Shape    Members have a seat by their membership, the host, co-host and speaker one without. uid is random: who knows it was sent it.
 *          An answer is for a start: when the visit starts at another time now, a yes is a yes to the old time.
 * Units    *_ms UTC; 0 unset. sequence and told_ms are those of the last copy (SEQUENCE, DTSTAMP).
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   visit_seat_add: the person has one
 * State    Writes need an open transaction. visit_rsvp_add only adds.
 */
#ifndef STORE_VISIT_SEAT_H
#define STORE_VISIT_SEAT_H

#include "store/visit.h"

#define VISIT_UID_BYTES 20
#define VISIT_UID_CHARS 32

/* All stored: append only. */
enum visit_part { VISIT_MEMBER = 1, VISIT_HOST, VISIT_COHOST, VISIT_GUEST };
enum visit_seat_state { VISIT_SEAT_INVITED = 1, VISIT_SEAT_BACK };
enum visit_answer { VISIT_NO_ANSWER, VISIT_YES, VISIT_NO, VISIT_MAYBE, VISIT_OTHER_TIME };
enum visit_way { VISIT_BY_EMAIL = 1, VISIT_BY_CALENDAR, VISIT_BY_TEXT, VISIT_BY_STAFF };
enum visit_place { VISIT_NO_PLACE, VISIT_HAS_PLACE, VISIT_WAITS, VISIT_OFFERED };

struct visit_seat {
    struct visit_seat_id id;
    struct visit_id visit;
    struct person_id person;
    struct membership_id membership;
    enum visit_part part;
    enum visit_seat_state state;
    unsigned char uid[VISIT_UID_BYTES];
    int64_t sequence;
    int64_t told_version, told_start_ms, told_ms; /* 0: not told yet */
    int64_t moved_sequence;                       /* of the first copy that told this start */
    struct delivery_id moved_delivery;            /* likewise: answers to letters before it are to the old time */
    bool has_link;
    enum visit_answer answer; /* never VISIT_OTHER_TIME */
    int64_t answer_start_ms, answer_ms;
    enum visit_way answer_way;
    enum visit_place place;
    int64_t place_ms, offer_until_ms;
    const char *whereabouts; /* NULL */
};

struct visit_rsvp {
    int64_t id;
    struct visit_seat_id seat;
    struct visit_id visit;
    struct person_id person;
    enum visit_answer answer;
    enum visit_way way;
    int64_t sequence;
    bool is_old;       /* to an older copy, or said before an answer that had come already */
    const char *words; /* NULL */
    int64_t at_ms;     /* when it was said: the DTSTAMP of a calendar's answer, else when it came */
};

extern const struct db_domain visit_seat_domain;

/* Fills id, uid and state. */
MUST_CHECK enum rc visit_seat_add(struct store *st, struct visit_seat *seat, struct err *err);
MUST_CHECK enum rc visit_seat_get(struct store *st, struct visit_seat_id id, struct arena *mem, struct visit_seat *ret,
                                  struct err *err);
MUST_CHECK enum rc visit_seat_find(struct store *st, struct visit_id visit, struct person_id person, struct arena *mem,
                                   struct visit_seat *ret, struct err *err);
/* uid: the left part of a calendar's UID. */
MUST_CHECK enum rc visit_seat_by_uid(struct store *st, const char *uid, size_t len, struct arena *mem,
                                     struct visit_seat *ret, struct err *err);
/* Of a visit, or of a membership in visits to come (start_ms > after_ms), by id. */
MUST_CHECK enum rc visit_seats(struct store *st, struct visit_id visit, struct arena *mem, struct visit_seat **ret,
                               size_t *ret_n, struct err *err);
MUST_CHECK enum rc visit_seats_of(struct store *st, struct membership_id membership, int64_t after_ms,
                                  struct arena *mem, struct visit_seat **ret, size_t *ret_n, struct err *err);
/* A person's in all visits, by id: for what is told about somebody. */
MUST_CHECK enum rc visit_seats_of_person(struct store *st, struct person_id person, struct arena *mem,
                                         struct visit_seat **ret, size_t *ret_n, struct err *err);
/* Every column but visit, person and uid. */
MUST_CHECK enum rc visit_seat_change(struct store *st, const struct visit_seat *seat, struct err *err);
void visit_seat_uid(const struct visit_seat *seat, char text[VISIT_UID_CHARS + 1]);

/* Fills id, and at_ms where it is 0. */
MUST_CHECK enum rc visit_rsvp_add(struct store *st, struct visit_rsvp *rsvp, struct err *err);
/* When the newest YES, NO or MAYBE of a seat that came this way and is not old was said; 0: there is none. */
MUST_CHECK enum rc visit_rsvp_newest(struct store *st, const struct visit_seat *seat, enum visit_way way,
                                     int64_t *ret_ms, struct err *err);
/* In the order in which they came. */
MUST_CHECK enum rc visit_rsvps(struct store *st, struct visit_id visit, struct arena *mem, struct visit_rsvp **ret,
                               size_t *ret_n, struct err *err);

/* "none", "yes", "no", "maybe", "another time"; "email", "calendar", "text", "staff"; "", "place", "waits", "offered" */
const char *visit_answer_name(enum visit_answer answer);
const char *visit_way_name(enum visit_way way);
const char *visit_place_name(enum visit_place place);
/* "member", "host", "co-host", "speaker" */
const char *visit_part_name(enum visit_part part);

#endif
