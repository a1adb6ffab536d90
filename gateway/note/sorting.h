/*
 * sorting: one arrival on its way: what gateway/sort/sort reads and scores, gateway/sort/rules decides and gateway/sort/reply answers.
 *
 * Owns     Everything lives in mem, but the reader (sorting_done).
 * State    outcome 0 means that no rule has ended it yet.
 */
#ifndef GATEWAY_NOTE_SORTING_H
#define GATEWAY_NOTE_SORTING_H

#include "gateway/note/darkroom.h"
#include "gateway/note/hold.h"
#include "store/arrival.h"

/* What ClamAV said of its files (gateway/sort/scan). */
enum scan {
    SCAN_NOT_NEEDED,
    SCAN_WAITS,
    SCAN_LEFT_OUT,
    SCAN_INFECTED,
    SCAN_UNJUDGED /* three times no verdict: left out */
};
struct scan_run {
    bool is_down;
    int64_t spent_ms; /* on letters that it did not judge */
};

struct sorting {
    struct gate *gate;
    const struct triage_lexicon *lexicon;
    struct sort_settings *settings; /* of this batch; NULL: contact data and names are not looked for again */
    struct arena *mem;
    struct arrival arrival;
    int64_t lease;
    struct arrival_reader *reader;
    unsigned char chunk[ARRIVAL_CHUNK_BYTES];
    size_t chunk_at, chunk_n;
    size_t head_bytes; /* of an oversized one: how much of its head was read */
    int newlines;      /* line ends in a row */

    const char *envelope_to; /* NULL: the transport told none */
    struct letter letter;
    struct delivery copy_of; /* it is this copy of ours itself, come back to us, by its Message-ID; id 0: it is none */
    const char *ours;        /* text of our mail that it answers, or is; "" none */
    struct sender sender;
    const char *const *names;
    struct triage_result triage;
    int64_t flags; /* enum post_flag */
    enum scan scan;
    bool was_scanned; /* ClamAV was asked, and may have said nothing */
    struct darkroom_result photos;
    unsigned char dedupe_hash[CRYPT_MAC_BYTES], id_hash[CRYPT_MAC_BYTES];

    enum letter_outcome outcome;
    struct held held;
    struct arrival_id told; /* an earlier letter whose writer this one has told; 0 none */
    struct person_id teller;
};

/* What the lists and the model say of a text; contact data and names are not looked for. whole: see triage_score_in. */
void sorting_score(const struct sorting *s, const char *trimmed, const char *whole, struct triage_result *ret);
/* Does it call a person? Not when it is a decision: those are staff's, about what they have in hand. */
bool sorting_has_alarm(const struct sorting *s);
/* Tells staff of this letter: who wrote it, to which group, in which words. what: TELL_… of gateway/say/tell. */
MUST_CHECK enum rc sorting_tell(const struct sorting *s, const char *what, struct err *err);

/* For CLEANUP. */
static inline void sorting_done(struct sorting *s)
{
    arrival_reader_free(&s->reader);
}

#endif
