/*
 * text_row: how a row of text_out is read, and how far its requests are; shared by text_out.c (rows) and text_work.c (the way out and back).
 */
#ifndef STORE_TEXT_ROW_H
#define STORE_TEXT_ROW_H

#include "store/text_out.h"

#define TEXT_COLUMNS                                                                                                   \
    "id, state, kind, lane, needs, is_exempt, person_id, membership_id, group_id, address_id, sender_id, issue_id, "   \
    "subject_id, from_seq, to_seq,"                                                                                    \
    " ref, encoding, parts, requests, words_sealed, provider_id, due_ms, not_after_ms, attempt, reason, class, code, " \
    "sending_ms,"                                                                                                      \
    " settled_ms, handed_ms, done_ms, created_ms"

MUST_CHECK enum rc text_read_row(struct store *st, struct db_query *q, struct arena *mem, struct text_out *ret,
                                 struct err *err);
MUST_CHECK enum rc text_read_rows(struct store *st, struct db_query *q, struct arena *mem, struct text_out **ret,
                                  size_t *ret_n, struct err *err);
MUST_CHECK enum rc text_read_one(struct store *st, struct db_query *q, struct arena *mem, struct text_out *ret,
                                 struct err *err);

/* Each request as far as either says; an end stays. Both as long as size - 1, or "". */
void text_requests_merge(char *requests, const char *news);
/* What the text is: by its requests. */
enum text_state text_requests_state(const char *requests);

#endif
