/*
 * seat: the words by which `member add`, `member set` and a CSV file describe a member, brought into the structs of gateway/people/enroll.
 *
 * Errors   RC_INPUT  a word is not of its list; the message names the column
 */
#ifndef GATEWAY_CLI_SEAT_H
#define GATEWAY_CLI_SEAT_H

#include "gateway/cli/cli.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/send/tls.h"

enum seat_word {
    SEAT_NAME,
    SEAT_EMAIL,
    SEAT_PHONE,
    SEAT_EMERGENCY,
    SEAT_CHART,
    SEAT_ROLE,
    SEAT_RHYTHM,
    SEAT_LANGUAGE,
    SEAT_ZONE,
    SEAT_HOUR,
    SEAT_SHOWN_NAME,
    SEAT_LABEL,
    SEAT_TAGS,
    SEAT_CONSENT,
    SEAT_EVIDENCE,
    SEAT_REQUIRE_TLS,
    SEAT_TEXT,
    SEAT_WORD_COUNT
};
extern const char *const seat_names[SEAT_WORD_COUNT];

struct seat {
    struct enroll person;
    struct enroll_seat seat;
    enum consent_way way;
    const char *evidence;
    bool requires_tls;
    bool is_also_staff; /* a patient whose address a staff member has */
};

MUST_CHECK enum rc seat_read(const char *const words[SEAT_WORD_COUNT], struct arena *mem, struct seat *ret_seat,
                             struct err *err);
/* Enrols and invites; needs an open transaction. */
MUST_CHECK enum rc seat_take(struct cli *cli, const struct care_group *group, struct person_id invited_by,
                             struct seat *seat, struct arena *mem, struct membership *ret_membership, struct err *err);
/* Their phone too: it is asked for its own yes. reason: why again; NULL. Needs an open transaction. */
MUST_CHECK enum rc seat_add_text(struct cli *cli, const struct membership *m, const char *number, struct person_id by,
                                 enum consent_way way, const char *reason, struct err *err);
/* RC_CONFLICT when an active person of that kind has the address; option: what allows it. */
MUST_CHECK enum rc seat_check_kind(struct cli *cli, const char *email, enum person_kind kind, const char *option,
                                   struct err *err);
/* Who invites: the staff member named, else the first on duty. */
/* Says that invitations wait, and for what, when they do. */
void seat_say_waiting(const struct cli *cli, const struct care_group *group);
MUST_CHECK enum rc seat_inviter(struct cli *cli, const char *by, struct person_id *ret_id, struct err *err);

#endif
