/* post_row: how a row of post is read; shared by post.c (one post) and post_list.c (many). Nobody else includes this. */
#ifndef STORE_POST_ROW_H
#define STORE_POST_ROW_H

#include "store/post.h"

#define POST_COLUMNS                                                                                                   \
    "id, group_id, conversation_id, kind, state, version, author_id, letter_id, tier, flags, placed_why, "             \
    "is_anonymous,"                                                                                                    \
    " audience_tag, text_sealed, context_sealed, note_sealed, first_review_by, deputy_id, published_seq, "             \
    "published_ms,"                                                                                                    \
    " remind_ms, reminders, created_ms, send_ms"

/* States in which somebody decides; UNDECIDED leaves out those that have their OK for a date. */
#define POST_WAITING_STATES "(1, 2, 3, 4)"
#define POST_UNDECIDED "state IN " POST_WAITING_STATES " AND send_ms IS NULL"

/* RC_CORRUPT: a sealed value does not open. */
MUST_CHECK enum rc post_read_row(struct store *st, struct db_query *q, struct arena *mem, struct post *p,
                                 struct err *err);

#endif
