/*
 * id: row numbers, and one struct per kind so that the compiler sees a mix-up.
 *
 * Shape    41 bits of milliseconds since 2020-01-01, 10 bits of node (leased from the store, so that several machines may write), 12 bits of
 *          sequence; always positive. Ids rise with time within a node. Real time, never the clock port.
 * State    A generator belongs to one process; id_next waits out a full millisecond.
 */
#ifndef STORE_ID_H
#define STORE_ID_H

#include "base/err.h"

#define ID_EPOCH_MS INT64_C(1577836800000)
#define ID_NODE_MAX 1023

struct practice_id {
    int64_t v;
};
struct person_id {
    int64_t v;
};
struct address_id {
    int64_t v;
};
struct group_id {
    int64_t v;
};
struct membership_id {
    int64_t v;
};
struct invitation_id {
    int64_t v;
};
struct arrival_id {
    int64_t v;
}; /* a letter has the id of its arrival */
struct conversation_id {
    int64_t v;
};
struct post_id {
    int64_t v;
};
struct issue_id {
    int64_t v;
};
struct mailing_id {
    int64_t v;
};
struct delivery_id {
    int64_t v;
};
struct question_id {
    int64_t v;
};
struct page_id {
    int64_t v;
};
struct shift_id {
    int64_t v;
};
struct talk_id {
    int64_t v;
}; /* a private conversation */
struct text_account_id {
    int64_t v;
}; /* at a provider of text messages */
struct text_sender_id {
    int64_t v;
}; /* a number of ours */
struct text_id {
    int64_t v;
}; /* a text that leaves */
struct text_in_id {
    int64_t v;
}; /* a text that came */
struct check_in_id {
    int64_t v;
};
struct check_round_id {
    int64_t v;
}; /* one asking of a check-in */
struct topic_series_id {
    int64_t v;
};
struct visit_id {
    int64_t v;
};
struct visit_series_id {
    int64_t v;
};
struct visit_seat_id {
    int64_t v;
}; /* one person's copy of a visit */

struct feed_id {
    int64_t v;
}; /* a private calendar */

struct id_source {
    int64_t node, last_ms, sequence;
};
void id_source_init(struct id_source *source, int64_t node);
int64_t id_next(struct id_source *source);
/* When an id was made, UTC milliseconds. */
int64_t id_made_ms(int64_t id);

#endif
