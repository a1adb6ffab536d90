/*
 * triage_name: names of the chart in a text which the group is not shown.
 *
 * Rule     A surname counts wherever it stands, unless it is an everyday word, a usual first name ([not name] of the lists) or somebody's shown
 *          name: these count only right after a first or shown name of the same person or a title (Mr, Señora), and with a capital. A first name
 *          that is not shown counts with a capital when it is no usual one and nobody's shown name. A shown name is never a hit.
 * Owns     at and len are bytes of the text.
 * State    None.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_NAME_H
#define GATEWAY_TRIAGE_TRIAGE_NAME_H

#include "gateway/triage/triage.h"

struct triage_names {
    const struct triage_person *people;
    size_t people_count;
    const char *const *common; /* folded, in order */
    size_t common_count;
};

typedef void triage_name_found(void *ctx, size_t at, size_t len);

void triage_names_find(const struct triage_names *names, const char *text, struct arena *mem, triage_name_found *found,
                       void *ctx);

#endif
