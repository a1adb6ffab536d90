/*
 * triage_pattern: the one file that includes PCRE2. Patterns over bytes (UTF-8) and over words (32-bit codes), tried with limits.
 *
 * Why      The library for 32-bit units has no limit of 64 Ki on a compiled pattern, so all phrases are one pattern; a word is one unit.
 * Owns     A pattern is freed by its owner.
 * Errors   triage_pattern_words, triage_pattern_bytes:  RC_BUG    the pattern is wrong (ours: lists cannot write one)
 *                                                       RC_LIMIT  it is too large
 * Limits   TRIAGE_MATCH_LIMIT steps from one word; TRIAGE_MAX_CPU_MS for one text. A text that meets one is not searched whole.
 * State    A pattern over words counts what it searched, and is compiled for this machine when that pays.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_PATTERN_H
#define GATEWAY_TRIAGE_TRIAGE_PATTERN_H

#include "base/err.h"

#include <stdint.h>

#define TRIAGE_MATCH_LIMIT 100000
#define TRIAGE_MAX_CPU_MS 500

struct triage_pattern;

/* which: the number after (?C in a pattern over words; in one over bytes the first letter of its mark. false ends the search. */
typedef bool triage_found(void *ctx, uint32_t which, size_t from, size_t to);

MUST_CHECK enum rc triage_pattern_words(const uint32_t *pattern, size_t n, struct triage_pattern **ret,
                                        struct err *err);
MUST_CHECK enum rc triage_pattern_bytes(const char *pattern, struct triage_pattern **ret, struct err *err);
void triage_pattern_free(struct triage_pattern **pattern);

/* Every way in which an alternative ends in (?C"N") is found, overlapping ones too. false: the text was not searched whole. */
bool triage_pattern_find_words(struct triage_pattern *pattern, const uint32_t *text, size_t n, triage_found *found,
                               void *ctx);
/* One after the other. false: the text was not searched whole. */
bool triage_pattern_find_bytes(const struct triage_pattern *pattern, const char *text, triage_found *found, void *ctx);

#endif
