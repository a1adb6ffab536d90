/*
 * triage_model: how much a note reads like the labelled ones that needed a person, by a linear model: the second judge beside the word lists.
 *
 * Shape    gateway/lexicon/model.txt: a weight for each bucket of gateway/triage/triage_feature, one printable character each, after lines of "key value"
 *          and under the SHA-256 of the whole rest, so that a damaged file is told. `make triage-model` makes it from the labelled notes.
 * Units    A score is 0 to 100: of labelled notes as many danger as not score 50. It is no probability that somebody is in danger.
 * Owns     The model lives in mem.
 * Errors   triage_model_read:  RC_INPUT      no such file of ours, another version, a damaged one: which, and what to do
 *                              RC_NOT_FOUND  no file    RC_LIMIT  over TRIAGE_MODEL_MAX_BYTES
 * Rule     Integers alone: the same note has the same score on every machine. A note is scored by its worst window of sentences.
 * State    Only read after it was opened.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_MODEL_H
#define GATEWAY_TRIAGE_TRIAGE_MODEL_H

#include "base/err.h"
#include "gateway/triage/triage_feature.h"

#define TRIAGE_MODEL_MAX_BYTES ((size_t)1 << 20)
#define TRIAGE_MODEL_LEVELS 46 /* a weight is -46 to 46 */
/* Chosen by cross-validation on the notes for tuning (docs/triage.md), never by the hold-out. */
#define TRIAGE_PAGE_USUAL 42  /* from this score on a note is a possible crisis, unless the practice has set another */
#define TRIAGE_PLAIN_BELOW 35 /* below it a phrase of tier 1 of our lists does not count */
#define TRIAGE_WEAK_BELOW 42  /* the same of one "unless", and of a hint */
#define TRIAGE_LONG_LESS                                                                                               \
    300 /* thousandths of a logit: a long letter has more windows, of which one reads badly by chance */
#define TRIAGE_MODEL_OFF 101 /* a threshold that no note reaches */

/* The threshold that a practice set: "1" to "100", or "off" (TRIAGE_MODEL_OFF). NULL is 0, as usual; so is what is none. */
int triage_model_page(const char *setting);

struct triage_model;

struct triage_verdict {
    int score;     /* 0 to 100; 0 for a note without words */
    size_t at, to; /* bytes of the text: the window that reads worst */
    bool is_cut;   /* the text went on after what was scored */
};

/* What stands in the file besides the weights. */
struct triage_model_head {
    int64_t unit; /* millionths of a logit, of one step of a weight */
    int64_t bias; /* thousandths of a logit */
};

MUST_CHECK enum rc triage_model_read(const char *path, struct arena *mem, const struct triage_model **ret_model,
                                     struct err *err);
/* The same from bytes; name is what errors call it. */
MUST_CHECK enum rc triage_model_parse(const char *bytes, size_t n, const char *name, struct arena *mem,
                                      const struct triage_model **ret_model, struct err *err);
/* The file of these weights, TRIAGE_BUCKETS of them; ended by NUL. */
char *triage_model_print(const struct triage_model_head *head, const signed char *weights, struct arena *mem);

struct triage_verdict triage_model_score(const struct triage_model *model, const char *text, struct arena *mem);
/* The same of a note whose features are known. */
struct triage_verdict triage_model_judge(const struct triage_model *model, const struct triage_features *features);

/* What the sum of a window with so many features is divided by, times 2^16: its number to the power 3/8. */
int64_t triage_model_share(size_t features);

#endif
