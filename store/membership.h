/*
 * membership: a person in a group: role, state, rhythm, channel, shown name, audience tags, and how far they have been sent.
 *
 *            invited ── active ─┬─ paused ── active
 *               │               ├─ left ──── active (UNDO), invited (asked again)
 *               └── left        └─ removed ─ invited (asked again by staff)
 *
 * Shape    name is what others see; it is unique among the living memberships (invited, active, paused) of a group, compared folded.
 *          A member of the roster is active, not suppressed, alive, and has said yes on the channel: `membership_roster` is the only list that
 *          anything is fanned out to.
 * Units    hour_minute: chosen local minute of the day, -1 when the group's hour is good. *_ms are 0 when unset.
 * Owns     Strings of a read row live in mem.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   the person is in the group already (add); the state is not the expected one (change)
 * State    Writes need an open transaction.
 */
#ifndef STORE_MEMBERSHIP_H
#define STORE_MEMBERSHIP_H

#include "store/person.h"
#include "store/store.h"

#define MEMBERSHIP_TAG_MAX 31
#define MEMBERSHIP_PAGE_MAX 1000

/* Stored: append only. */
enum member_role {
    MEMBER_PATIENT = 1,
    MEMBER_CAREGIVER,
    MEMBER_PROVIDER,
    MEMBER_MODERATOR,
    MEMBER_MANAGER,
    MEMBER_ROLE_END
};
enum member_state { MEMBER_INVITED = 1, MEMBER_ACTIVE, MEMBER_PAUSED, MEMBER_LEFT, MEMBER_REMOVED, MEMBER_STATE_END };
enum member_rhythm { RHYTHM_EACH = 1, RHYTHM_DAILY, RHYTHM_WEEKLY, RHYTHM_NEWS, RHYTHM_END };
enum member_channel { CHANNEL_EMAIL = 1, CHANNEL_TEXT, CHANNEL_BOTH };

struct membership {
    struct membership_id id;
    struct group_id group;
    struct person_id person;
    struct address_id address; /* where this membership is written to */
    enum member_role role;
    enum member_state state;
    enum member_rhythm rhythm;
    enum member_channel channel;
    int64_t hour_minute;
    const char *name;
    const char *label; /* of a caregiver: "Rose's daughter"; NULL */
    int64_t cursor_seq;
    bool has_posted;
    int64_t paused_until_ms;
    int64_t joined_ms, left_ms;
    int64_t created_ms;
};

/* Whose consent stands for what the membership is sent: CHANNEL_BOTH has both, and the one to mail counts here. */
static inline enum member_channel membership_consent_channel(const struct membership *m)
{
    return m->channel == CHANNEL_TEXT ? CHANNEL_TEXT : CHANNEL_EMAIL;
}

/* What a fan-out needs of one member: nothing sealed, nothing allocated. zone is "" when the group's is good. */
struct roster_row {
    struct membership_id membership;
    struct person_id person;
    struct address_id address;
    enum member_role role;
    enum member_channel channel;
    enum person_language language;
    enum person_format format;
    enum member_rhythm rhythm;
    int64_t hour_minute;
    int64_t cursor_seq;
    char zone[64];
};

struct roster_filter {
    struct group_id group;
    unsigned rhythms; /* bits 1 << enum member_rhythm; 0: all */
    const char *tag;  /* NULL: everybody */
};

extern const struct db_domain membership_domain, membership_tag_domain, roster_domain;

/* Fills id and created_ms. */
MUST_CHECK enum rc membership_add(struct store *st, struct membership *m, struct err *err);
MUST_CHECK enum rc membership_get(struct store *st, struct membership_id id, struct arena *mem, struct membership *ret,
                                  struct err *err);
MUST_CHECK enum rc membership_find(struct store *st, struct group_id group, struct person_id person, struct arena *mem,
                                   struct membership *ret, struct err *err);
/* All memberships of a person, by id. */
MUST_CHECK enum rc membership_of_person(struct store *st, struct person_id person, struct arena *mem,
                                        struct membership **ret, size_t *ret_n, struct err *err);
/* Is the person in a group: invited, active or paused? */
MUST_CHECK enum rc membership_in_any(struct store *st, struct person_id person, bool *ret_is, struct err *err);
/* Every member of a group in whatever state, by id, after `after`; at most max. For lists, not for sending. */
MUST_CHECK enum rc membership_page(struct store *st, struct group_id group, struct membership_id after, size_t max,
                                   struct arena *mem, struct membership **ret, size_t *ret_n, struct err *err);
/* Writes every column but group, person, cursor_seq, has_posted and created_ms where the state is still `from`. Takes audit_lock first: what changes a
 * member is recorded, and a mail worker holds the record before it moves a cursor. */
MUST_CHECK enum rc membership_change(struct store *st, const struct membership *m, enum member_state from,
                                     struct err *err);
/* Moves the cursor forward, never back. */
MUST_CHECK enum rc membership_set_cursor(struct store *st, struct membership_id id, int64_t seq, struct err *err);
MUST_CHECK enum rc membership_set_posted(struct store *st, struct membership_id id, struct err *err);
/* Does a living membership of the group other than `except` (0: none) show this name? In a transaction nobody else asks for this group until it
 * has ended: of two who choose at once, the second finds the first. */
MUST_CHECK enum rc membership_is_name_taken(struct store *st, struct group_id group, const char *name,
                                            struct membership_id except, bool *ret_taken, struct err *err);

/* The next max members who may be written to, by membership id: rows belongs to the caller. */
MUST_CHECK enum rc membership_roster(struct store *st, const struct roster_filter *filter, struct membership_id after,
                                     struct roster_row *rows, size_t max, size_t *ret_n, struct err *err);
/* How many the filter names, and a number that changes when anybody joins, leaves or moves: for previews. */
struct roster_count {
    int64_t all, by_email, by_text;
    int64_t version;
};
MUST_CHECK enum rc membership_count(struct store *st, const struct roster_filter *filter, struct roster_count *ret,
                                    struct err *err);
/* Paused ones whose time is over; at most max. */
MUST_CHECK enum rc membership_due_resume(struct store *st, int64_t now_ms, size_t max, struct arena *mem,
                                         struct membership_id **ret, size_t *ret_n, struct err *err);

/* Who left or was removed at or after since_ms, oldest first; at most max. */
MUST_CHECK enum rc membership_left_since(struct store *st, int64_t since_ms, size_t max, struct arena *mem,
                                         struct membership_id **ret, size_t *ret_n, struct err *err);

/* Tags: lower-case letters, digits, hyphens, at most MEMBERSHIP_TAG_MAX; RC_INPUT otherwise. Setting twice is fine. */
MUST_CHECK enum rc membership_add_tag(struct store *st, struct membership_id id, const char *tag, struct err *err);
MUST_CHECK enum rc membership_remove_tag(struct store *st, struct membership_id id, const char *tag, struct err *err);
MUST_CHECK enum rc membership_tags(struct store *st, struct membership_id id, struct arena *mem, const char ***ret,
                                   size_t *ret_n, struct err *err);

const char *member_role_name(enum member_role role);
const char *member_state_name(enum member_state state);
const char *member_rhythm_name(enum member_rhythm rhythm);
const char *member_channel_name(enum member_channel channel);

#endif
