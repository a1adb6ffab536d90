/*
 * ours: the addresses that are ours: a group's, with and without a token, and the practice's desk.
 *
 * Shape    tuesday@domain, tuesday+TOKEN@domain, TOKEN@domain, desk@domain. Read in any letter case.
 * Owns     Written addresses live in mem.
 * State    None.
 */
#ifndef GATEWAY_OURS_H
#define GATEWAY_OURS_H

#include "base/token.h"
#include "gateway/gate.h"

#define OURS_DESK "desk" /* no group may take this slug */

enum ours_kind { OURS_NOT, OURS_GROUP, OURS_DESK_ADDRESS, OURS_TOKEN_ONLY };

struct ours {
    enum ours_kind kind;
    const char *slug; /* of OURS_GROUP; maybe of no group there is */
    bool has_token;
    struct token token;
    bool has_bad_token; /* something stood where a token stands, and it was none of ours */
};

/* slug NULL is the desk; token NULL is the bare address. */
char *ours_write(const struct gate *gate, const char *slug, const struct token *token, struct arena *mem);
struct ours ours_read(const struct gate *gate, const char *address, struct arena *mem);

#endif
