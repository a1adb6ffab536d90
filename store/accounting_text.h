/*
 * accounting_text: who got exactly what by text, when: the texts beside store/accounting's letters.
 *
 * Shape    As accounting_walk, over the same filter; of a post: every text that held words of it. A delivery or a mailing names no text.
 * Units    Time is when the provider took it, or when it was made while it has not.
 * Owns     A row and its strings live until the callback returns.
 * Errors   What the callback returns ends the walk.
 * State    Reads only; the callback must not write.
 */
#ifndef STORE_ACCOUNTING_TEXT_H
#define STORE_ACCOUNTING_TEXT_H

#include "store/accounting.h"
#include "store/text_out.h"

struct accounting_text {
    struct text_id id;
    enum text_state state;
    enum mailing_kind kind;
    int64_t parts, handed_ms, done_ms, created_ms, issue_number;
    const char *name;           /* NULL: nobody we know */
    const char *number, *words; /* words NULL: erased */
    const char *code;           /* the provider's; NULL */
    const char *slug;           /* NULL: no group */
    int64_t post_version;       /* of a post: which version it held */
    bool is_whole;
};

typedef enum rc accounting_text_fn(void *ctx, const struct accounting_text *row, struct err *err);

extern const struct db_domain accounting_text_domain;

MUST_CHECK enum rc accounting_text_walk(struct store *st, const struct accounting_filter *filter,
                                        accounting_text_fn *fn, void *ctx, struct err *err);

#endif
