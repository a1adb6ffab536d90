/*
 * ours: the addresses that are ours: a group's, with and without a token, and the practice's desk.
 *
 * Shape    each group an address of its own    tuesday@domain, tuesday+TOKEN@domain, TOKEN@domain, desk@domain, desk+TOKEN@domain
 *          one mailbox for all (the setting    circles+tuesday@domain, circles+tuesday+TOKEN@domain, circles+desk@domain, …; the slug is left out where it would make the local
 *          mailbox, here "circles")            part longer than 64 octets, as the token says it all: circles+TOKEN@domain. circles@domain alone (OURS_MAILBOX) is where each
 *                                              letter is delivered to: it names nobody. Whatever else lives in that domain is not ours, but for addresses of the first kind with a token of
 *                                              ours: they stand in letters from before the setting.
 *          Read in any letter case.
 * Owns     Written addresses live in mem.
 * State    None.
 * Source   RFC 5233 (detail behind a plus), RFC 5321 4.5.3.1.1 (64 octets).
 */
#ifndef GATEWAY_PRACTICE_OURS_H
#define GATEWAY_PRACTICE_OURS_H

#include "base/token.h"
#include "gateway/practice/gate.h"

#define OURS_DESK "desk" /* no group may take this slug */
#define OURS_LOCAL_MAX 64
#define OURS_MAILBOX_MAX (OURS_LOCAL_MAX - 1 - TOKEN_CHARS)

enum ours_kind { OURS_NOT, OURS_GROUP, OURS_DESK_ADDRESS, OURS_TOKEN_ONLY, OURS_MAILBOX };

struct ours {
    enum ours_kind kind;
    const char *slug; /* of OURS_GROUP; maybe of no group there is */
    bool has_token;
    struct token token;
    bool has_bad_token; /* something stood where a token stands, and it was none of ours */
};

/* A local part at its pluses; pieces of the text that was given. */
struct ours_local {
    size_t name_len;    /* before the first plus, or all of it */
    const char *behind; /* the first plus; NULL: there is none */
    size_t behind_len;
    const char *last; /* behind the last plus, where a token stands; NULL: there is none */
    size_t last_len;
};

struct ours_local ours_split(const char *local, size_t n);

/* slug NULL is the desk; token NULL is the bare address. */
char *ours_write(const struct gate *gate, const char *slug, const struct token *token, struct arena *mem);
struct ours ours_read(const struct gate *gate, const char *address, struct arena *mem);

#endif
