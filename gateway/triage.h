/*
 * triage: how soon a person must look at a text, and why.
 *
 * Shape    Word lists are plain files (lexicon/en.txt, es.txt, and a practice's own of the same form):
 *            # comment
 *            [tier 0]  [tier 1]  [tier 2]                                  imminent, possible crisis, medical and urgent
 *            [flag medicine]  [flag results]  [flag doctor]  [flag conflict]
 *            [not]     phrases that look like the above and are not: "feet are killing me", "no thoughts of suicide"
 *          below each heading one phrase a line; a word `*` stands for up to three words. Case, accents, quotes, dashes and wrapped lines make
 *          no difference. A hit that lies inside a [not] phrase does not count.
 * Units    Tier 0 imminent, 1 possible crisis, 2 medical and urgent, 3 sensitive, 4 routine.
 * Owns     The lexicon owns its phrases; results live in mem and point into the lexicon.
 * Errors   triage_open_lexicon:  RC_INPUT      a bad file: "FILE:LINE: expected …"
 *                                RC_NOT_FOUND  no such file
 *                                RC_LIMIT      a file over TRIAGE_MAX_FILE_BYTES, more than TRIAGE_MAX_PHRASES, or too long
 *                                              together for one pattern (64 KiB compiled, about 900 phrases)
 * Rule     It only orders and flags. A text that cannot be scored whole (match limit) is tier 2 with TRIAGE_UNREAD: a person must read it.
 * State    A lexicon is only read after it was opened.
 */
#ifndef GATEWAY_TRIAGE_H
#define GATEWAY_TRIAGE_H

#include "base/arena.h"
#include "base/err.h"

#define TRIAGE_MAX_FILE_BYTES ((size_t)1 << 20)
#define TRIAGE_MAX_PHRASES 1500
#define TRIAGE_MAX_HITS 64
#define TRIAGE_MATCH_LIMIT 100000

enum triage_flag {
    TRIAGE_CRISIS = 1 << 0,
    TRIAGE_MEDICAL = 1 << 1,
    TRIAGE_CONTACT = 1 << 2,  /* a phone number, an email address or a street address */
    TRIAGE_MEDICINE = 1 << 3, /* advice to change a medicine */
    TRIAGE_RESULTS = 1 << 4,  /* test results */
    TRIAGE_DOCTOR = 1 << 5,   /* a question meant for the doctor */
    TRIAGE_CONFLICT = 1 << 6,
    TRIAGE_UNREAD = 1 << 7
};
#define TRIAGE_FLAG_COUNT 8

struct triage_hit {
    enum triage_flag flag;
    int tier;
    const char *phrase; /* the phrase of the list, or "phone", "email", "address" */
    size_t at, len;     /* bytes of the text in which it stands */
    bool is_in_whole;   /* it stands in the whole text; the offsets are that text's. Otherwise the trimmed one */
};

struct triage_result {
    int tier;
    unsigned flags; /* of enum triage_flag */
    const struct triage_hit *hits;
    size_t hit_count; /* at most TRIAGE_MAX_HITS; tier and flags count all */
};

struct triage_lexicon;

/* Reads the files, ended by NULL. */
MUST_CHECK enum rc triage_open_lexicon(const char *const *paths, struct triage_lexicon **ret_lexicon, struct err *err);
void triage_close_lexicon(struct triage_lexicon **lexicon);

/* Scores the new words and the whole text (both without our own templates; whole may be NULL) and takes the more urgent tier, so that a bad
 * trim cannot hide a sentence. Contact data are looked for in the new words alone. */
void triage_score(const struct triage_lexicon *lexicon, const char *trimmed, const char *whole, struct arena *mem,
                  struct triage_result *ret_result);
/* "crisis", "medical", … */
const char *triage_flag_name(enum triage_flag flag);

#endif
