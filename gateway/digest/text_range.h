/*
 * text_range: the entries of a text: what one reader has not read of a range, and what MORE brings. Shared by text_digest.c, text_more.c.
 *
 * Shape    Visits, announcements, then conversations. Left out: the reader's own words, announcements for a tag that is not theirs, and
 *          what they were told already: announcements they had by text, or by mail where no text could go, visits whose number is live.
 *          Numbers are 0 until text_range_number gives them.
 * Owns     Everything lives in mem.
 * Errors   Of the store
 * State    Reads only; text_range_number needs an open transaction.
 */
#ifndef GATEWAY_DIGEST_TEXT_RANGE_H
#define GATEWAY_DIGEST_TEXT_RANGE_H

#include "gateway/digest/digest_range.h"
#include "gateway/digest/text_compose.h"

struct text_reader {
    struct group_id group;
    struct person_id person;         /* 0: a reader in general */
    struct membership_id membership; /* likewise */
    struct text_line line;
    enum person_language language;
    const char *zone; /* of what they read */
    bool is_count;    /* they get the count alone */
    bool has_letters; /* they read by mail too: each way says it */
    bool is_again;    /* also announcements and visits that other texts told them */
};

struct text_range {
    struct text_entry *entries;
    size_t count;
    size_t notes, news; /* of them */
    int64_t last_news_seq;
};

/* Notes up to talks_to, announcements up to news_to, of what comes after from_seq; items: the visits of the issue. */
MUST_CHECK enum rc text_range_read(struct gate *gate, const struct text_reader *reader, int64_t from_seq,
                                   int64_t talks_to, int64_t news_to, const struct issue_item *items, size_t n,
                                   struct arena *mem, struct text_range *ret, struct err *err);
/* Each item its number on the line. */
MUST_CHECK enum rc text_range_number(struct gate *gate, const struct text_reader *reader, struct text_range *range,
                                     struct err *err);
/* The posts whose words stand in what was composed, for store/text_out. */
struct text_post *text_range_posts(const struct text_range *range, const struct text_composed *composed,
                                   struct arena *mem, size_t *ret_n);

#endif
