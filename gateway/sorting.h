/*
 * sorting: one arrival on its way through the rules, and the rules in their order: sort brings it here read and scored.
 *
 * Rule     Each rule is one function; the first that sets outcome ends the letter (sorting.c has the list).
 *
 * Owns     Everything lives in mem, but the reader (sorting_done).
 * State    outcome 0 means that no rule has ended it yet.
 */
#ifndef GATEWAY_SORTING_H
#define GATEWAY_SORTING_H

#include "gateway/hold.h"
#include "store/arrival.h"

struct sorting {
    struct gate *gate;
    const struct triage_lexicon *lexicon;
    struct arena *mem;
    struct arrival arrival;
    int64_t lease;
    struct arrival_reader *reader;
    unsigned char chunk[ARRIVAL_CHUNK_BYTES];
    size_t chunk_at, chunk_n;

    const char *envelope_to; /* NULL: the transport told none */
    struct letter letter;
    const char *ours; /* text of our mail that it answers; "" none */
    struct sender sender;
    const char *const *names;
    struct triage_result triage;
    int64_t flags; /* enum post_flag */
    unsigned char dedupe_hash[CRYPT_MAC_BYTES], id_hash[CRYPT_MAC_BYTES];

    enum letter_outcome outcome;
    struct held held;
};

/* The rules in their order, until one ends the letter: also for a letter whose writer has told who they are. */
MUST_CHECK enum rc sorting_run_rules(struct sorting *s, struct err *err);
void sorting_done(struct sorting *s); /* for CLEANUP */

#endif
