/*
 * post: what people wrote, with every state from held to corrected.
 *
 * Shape    A post opens a conversation (store/conversation), a comment joins one, an announcement stands alone. context is a JSON text for moderators
 *          (original, trimmed, why placed, why flagged, suggested cut); note is the care team's note (JSON: text, name, role, source).
 *
 *            held ─┬─ asked, referred, half_released ─┬─ approved ── published ── corrected
 *                  └──────────────────────────────────┴─ rejected, returned, withdrawn, private
 *
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   compare-and-set: the post has another version or a state that forbids the change
 * State    Writes need an open transaction. Every change raises version by one.
 */
#ifndef STORE_POST_H
#define STORE_POST_H

#include "store/store.h"

enum post_kind { POST_POST = 1, POST_COMMENT, POST_ANNOUNCEMENT };

/* Stored: append only. POST_PUBLISHED and POST_CORRECTED are the only states whose words members ever see. */
enum post_state {
    POST_HELD = 1,
    POST_ASKED,         /* a question went to the author */
    POST_REFERRED,      /* PASS: waits for a second opinion */
    POST_HALF_RELEASED, /* one of two people released it */
    POST_PUBLISHED,
    POST_CORRECTED, /* published, with a note bound later */
    POST_REJECTED,
    POST_RETURNED, /* author was invited to write it again */
    POST_WITHDRAWN,
    POST_PRIVATE,
    POST_STATE_END
};

/* Held, or held again by a question, a second opinion or the first of two people. */
static inline bool post_state_is_waiting(enum post_state state)
{
    return state == POST_HELD || state == POST_ASKED || state == POST_REFERRED || state == POST_HALF_RELEASED;
}

static inline bool post_state_is_published(enum post_state state)
{
    return state == POST_PUBLISHED || state == POST_CORRECTED;
}

enum post_flag {
    POST_FLAG_CRISIS = 1,
    POST_FLAG_MEDICAL = 2,
    POST_FLAG_CONTACT = 4,
    POST_FLAG_MEDICINE = 8,
    POST_FLAG_RESULTS = 16,
    POST_FLAG_FOR_DOCTOR = 32,
    POST_FLAG_CONFLICT = 64,
    POST_FLAG_FIRST = 128,
    POST_FLAG_UNVERIFIED = 256,
    POST_FLAG_FORWARDED = 512,
    POST_FLAG_OLD_LETTER = 1024,
    POST_FLAG_MAYBE_NEW = 2048,
    POST_FLAG_NOT_TRIMMED = 4096,
    POST_FLAG_OTHER_BODY = 8192, /* same Message-ID, another body */
    POST_FLAG_UNPLACED = 16384,
    POST_FLAG_PHOTO = 32768,
    POST_FLAG_SENT_BEFORE = 65536,  /* the group has read nearly the same of this author */
    POST_FLAG_NAME = 131072,        /* a name of the chart that the group is not shown */
    POST_FLAG_READS = 262144,       /* a possible crisis by how the whole of it reads */
    POST_FLAG_OWN_NAME = 524288,    /* anonymous, and it names its author */
    POST_FLAG_ANON_WISH = 1048576,  /* its name goes out, and perhaps it asks for none */
    POST_FLAG_WITH_PHOTO = 1 << 30, /* photos go out with it (store/photo) */
    POST_FLAG_LAST = POST_FLAG_WITH_PHOTO
};

struct post {
    struct post_id id;
    struct group_id group;
    struct conversation_id conversation; /* 0: not placed yet */
    enum post_kind kind;
    enum post_state state;
    int64_t version;
    struct person_id author;
    struct arrival_id letter; /* 0: written by staff at the desk */
    int tier;
    int64_t flags;
    int64_t placed_why;
    bool is_anonymous;
    const char *audience_tag; /* NULL: everybody */
    const char *text;
    const char *context; /* JSON */
    const char *note;    /* JSON or NULL */
    struct person_id first_review_by;
    struct person_id deputy;
    int64_t published_seq, published_ms; /* 0 until published */
    int64_t remind_ms, reminders;
    int64_t created_ms;
    int64_t
        send_ms; /* waiting, and not 0: has its OK and goes out then (gateway/note/topic); such posts wait for nobody's decision */
};

extern const struct db_domain post_domain, post_list_domain;

/* Fills post->id and version 1. */
MUST_CHECK enum rc post_add(struct store *st, struct post *post, struct err *err);
MUST_CHECK enum rc post_get(struct store *st, struct post_id id, struct arena *mem, struct post *ret_post,
                            struct err *err);
/* Writes state, place, text, tier, flags, note, reviewers and reminder of *post where its version is still post->version, and raises
 * it (also in *post). RC_CONFLICT when somebody was first. */
MUST_CHECK enum rc post_change(struct store *st, struct post *post, struct err *err);
/* Publishes: takes the group's next sequence number, sets state, published_*, and the conversation's last_seq. Needs a row in `review` for
 * (post, version): RC_DENIED without one. No other function can set POST_PUBLISHED. */
MUST_CHECK enum rc post_publish(struct store *st, struct post *post, struct err *err);

/* A waiting post has its OK for a date, or (0) no longer. Leaves the version: post_publish wants the review of this one. */
MUST_CHECK enum rc post_set_send(struct store *st, struct post *post, int64_t send_ms, struct err *err);

/* The way back of post_publish, for what nobody has got: to POST_HELD or POST_WITHDRAWN, without its sequence number, and nobody's first OK;
 * its conversation ends where it ended before. remind_ms is post's. RC_CONFLICT when somebody was first. */
MUST_CHECK enum rc post_take_back(struct store *st, struct post *post, enum post_state to, struct err *err);

/* The waiting ones (held, asked, referred, half released, and without an OK for a later date), most urgent first; at most max. */
MUST_CHECK enum rc post_waiting(struct store *st, size_t max, struct arena *mem, struct post **ret_posts, size_t *ret_n,
                                struct err *err);
/* The same of one group, oldest first. */
MUST_CHECK enum rc post_waiting_in(struct store *st, struct group_id group, size_t max, struct arena *mem,
                                   struct post **ret_posts, size_t *ret_n, struct err *err);
/* Published posts of a group with from_seq < published_seq <= to_seq, in order. Announcements too. At most max. */
MUST_CHECK enum rc post_published_between(struct store *st, struct group_id group, int64_t from_seq, int64_t to_seq,
                                          size_t max, struct arena *mem, struct post **ret_posts, size_t *ret_n,
                                          struct err *err);
/* Every post of a group, in whatever state, by id, after `after`; at most max. For exports. */
MUST_CHECK enum rc post_page(struct store *st, struct group_id group, struct post_id after, size_t max,
                             struct arena *mem, struct post **ret_posts, size_t *ret_n, struct err *err);
const char *post_state_name(enum post_state state);
/* Published posts of one conversation up to to_seq, in order. */
MUST_CHECK enum rc post_in_conversation(struct store *st, struct conversation_id conversation, int64_t to_seq,
                                        size_t max, struct arena *mem, struct post **ret_posts, size_t *ret_n,
                                        struct err *err);
/* All waiting posts of one author, oldest first. It opens every one: what runs for each letter uses the two below. */
MUST_CHECK enum rc post_waiting_by(struct store *st, struct person_id author, struct arena *mem,
                                   struct post **ret_posts, size_t *ret_n, struct err *err);
/* How many posts of one author wait; opens none of them. */
MUST_CHECK enum rc post_count_waiting_by(struct store *st, struct person_id author, int64_t *ret_n, struct err *err);
/* What an author wrote since, of any state, oldest first; the newest POST_BY_SINCE_MAX, so that a flood does not cost more with each letter. */
#define POST_BY_SINCE_MAX 40
MUST_CHECK enum rc post_by_since(struct store *st, struct person_id author, int64_t since_ms, struct arena *mem,
                                 struct post **ret_posts, size_t *ret_n, struct err *err);
MUST_CHECK enum rc post_due_reminder(struct store *st, int64_t now_ms, struct arena *mem, struct post **ret_posts,
                                     size_t *ret_n, struct err *err);

/* It was reminded of once more; next time at remind_ms. Leaves the version: a review mail on its way stays good. */
MUST_CHECK enum rc post_set_reminder(struct store *st, struct post_id id, int64_t remind_ms, struct err *err);

#endif
