/*
 * triage: how soon a person must look at a text, and why.
 *
 * Shape    Two judges, and the more urgent counts. Word lists are plain files: lexicon/en.txt, es.txt, and a practice's own of the same form in
 *          HOME/lexicon. docs/triage.md tells how they are written; gateway/triage/triage_list.h and triage_phrase.h how they are read. A model
 *          (gateway/triage/triage_model) says how much the whole reads like notes that needed a person: at its threshold and above that is tier 1.
 * Units    Tier 0 imminent, 1 possible crisis, 2 medical and urgent, 3 sensitive, 4 routine.
 * Owns     The lexicon owns its phrases; results live in mem and point into the lexicon.
 * Errors   triage_open:  RC_INPUT      a bad file: "FILE:LINE: expected …", or a damaged model: "FILE: damaged: …"
 *                        RC_NOT_FOUND  no such file
 *                        RC_LIMIT      a file over TRIAGE_MAX_FILE_BYTES, more than TRIAGE_MAX_PHRASES lines, or too long together
 * Rule     It only orders and flags. A text that cannot be scored whole (too long, a limit of triage_pattern.h met) is tier 2 with TRIAGE_UNREAD:
 *          a person must read it.
 *          Where the model finds a text calm, a phrase of tier 1 of our own lists does not count, if its sentence alone is calm too; a weak one ("unless",
 *          hint) goes more easily. Tier 0 and all phrases of the practice's own lists always count; a model that is turned off takes nothing away.
 *          The model reads a text less our own sentences (gateway/triage/wording), whoever's letter brought them; the lists read all of it, and what they
 *          find of tiers 0 and 1 counts whoever said it: no template, not even a practice's own, can hide a cry for help.
 * State    A lexicon is only read after it was opened.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_H
#define GATEWAY_TRIAGE_TRIAGE_H

#include "base/arena.h"
#include "base/err.h"

struct wording;

#define TRIAGE_MAX_FILE_BYTES ((size_t)1 << 20)
#define TRIAGE_MAX_PHRASES 20000
#define TRIAGE_MAX_HITS 64

enum triage_flag {
    TRIAGE_CRISIS = 1 << 0,
    TRIAGE_MEDICAL = 1 << 1,
    TRIAGE_CONTACT = 1 << 2,  /* a phone number, an email address, a street address, a link or an account */
    TRIAGE_MEDICINE = 1 << 3, /* advice to change a medicine */
    TRIAGE_RESULTS = 1 << 4,  /* test results */
    TRIAGE_DOCTOR = 1 << 5,   /* a question meant for the doctor */
    TRIAGE_CONFLICT = 1 << 6,
    TRIAGE_UNREAD = 1 << 7,
    TRIAGE_NAME = 1 << 8, /* a name of the chart that the group is not shown */
    TRIAGE_READS = 1 << 9 /* a possible crisis by how it reads: with TRIAGE_CRISIS */
};
#define TRIAGE_FLAG_COUNT 10

struct triage_hit {
    enum triage_flag flag;
    int tier;
    const char *
        phrase; /* the words as the text has them, on one line; of contact data "phone", "email", "address", "link" or "account"; of the model
                 * its score and the words: "87: I would …" */
    const char *rule; /* the phrase of the list; "" when no list has found it */
    size_t at, len;   /* bytes of the text in which it stands */
    bool is_in_whole; /* it stands in the whole text; the offsets are that text's. Otherwise the trimmed one */
};

struct triage_result {
    int tier;
    unsigned flags; /* of enum triage_flag */
    const struct triage_hit *hits;
    int score;        /* of the model, of the text that reads worst; 0 without one */
    size_t hit_count; /* at most TRIAGE_MAX_HITS, the most urgent of each text first; tier and flags count all */
};

/* One of the people whose chart the practice keeps. first and last may be "". */
struct triage_person {
    const char *first, *last;
    const char *shown; /* the name that the group sees; "" none */
};

/* What a text is about to be told to: NULL members for nothing. */
struct triage_setting {
    const struct triage_person *people;
    size_t people_count;
    const char *const *own;        /* the office's own phone numbers and addresses: no contact data. Ended by NULL */
    const struct wording *wording; /* our own sentences, which the model does not read; NULL: none */
    int page_from; /* the score from which the model calls a person; 0: TRIAGE_PAGE_USUAL, TRIAGE_MODEL_OFF: it is not asked */
};

/* What a lexicon is made of. */
struct triage_sources {
    const char *const *lists; /* files, ended by NULL */
    size_t own_from;          /* from this one on they are the practice's own */
    const char *model;        /* NULL: none */
};

struct triage_lexicon;

/* What a lexicon holds, for doctor. */
struct triage_counts {
    size_t phrases, classes, words;
};

MUST_CHECK enum rc triage_open(const struct triage_sources *sources, struct triage_lexicon **ret_lexicon,
                               struct err *err);
/* Lists alone, all of them ours. */
MUST_CHECK enum rc triage_open_lexicon(const char *const *paths, struct triage_lexicon **ret_lexicon, struct err *err);
void triage_close_lexicon(struct triage_lexicon **lexicon);
struct triage_counts triage_count(const struct triage_lexicon *lexicon);

/* Scores the new words and the whole text (both without our own templates; whole may be NULL) and takes the more urgent tier, so that a bad
 * trim cannot hide a sentence. Contact data and names are looked for in the new words alone. setting may be NULL. */
void triage_score_in(const struct triage_lexicon *lexicon, const struct triage_setting *setting, const char *trimmed,
                     const char *whole, struct arena *mem, struct triage_result *ret_result);
void triage_score(const struct triage_lexicon *lexicon, const char *trimmed, const char *whole, struct arena *mem,
                  struct triage_result *ret_result);
/* "crisis", "medical", … */
const char *triage_flag_name(enum triage_flag flag);

#endif
