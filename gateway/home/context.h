/*
 * context: what a moderator sees beside a held text: how it came, what was taken away, why it is flagged, where it was placed.
 *
 * Shape    Stored as JSON in post.context (sealed). Offsets are bytes of the text as it was held.
 * Owns     Strings live in the arena that read it.
 * Errors   RC_CORRUPT  the stored JSON is not of this form
 * State    None.
 */
#ifndef GATEWAY_HOME_CONTEXT_H
#define GATEWAY_HOME_CONTEXT_H

#include "base/json.h"
#include "store/post.h"

#define CONTEXT_HITS_MAX 32
#define MARK_OWN_NAME "own_name"

struct context_hit {
    const char *flag;   /* triage_flag_name, or MARK_OWN_NAME */
    const char *phrase; /* what of the word list matched, or "phone", "email", "address" */
    int64_t at, len;    /* in the held text; len 0: it stands in what was trimmed */
};

struct context {
    const char *original; /* the new words as they came */
    const char *trimmed;  /* what was taken away; "" nothing */
    const char *subject;
    const char
        *cut; /* the suggested redaction: the text less contact data and own names; "" when there is nothing to cut */
    const char *from_name;
    const char *earlier; /* the words before these, when its author sent it again; "" none */
    bool is_other_address;
    struct context_hit hits[CONTEXT_HITS_MAX];
    size_t hit_count;
};

char *context_write(const struct context *c, struct arena *mem);
MUST_CHECK enum rc context_read(const char *json, struct arena *mem, struct context *ret_context, struct err *err);
/* Its words stand in another hit of the same kind: a person would read them twice. */
bool context_hit_is_part(const struct context *c, size_t at);

#endif
