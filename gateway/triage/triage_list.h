/*
 * triage_list: reads word lists into phrases, the words they know and one pattern. The format: docs/triage.md.
 *
 * Owns     All lives in the list's arena and ends with triage_list_done.
 * Errors   triage_list_read:  RC_INPUT      a bad file: "FILE:LINE: expected …"
 *                             RC_NOT_FOUND  no such file
 *                             RC_LIMIT      a file over TRIAGE_MAX_FILE_BYTES, more than TRIAGE_MAX_PHRASES, or a pattern over TRIAGE_MAX_UNITS
 * State    Only read after triage_list_read.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_LIST_H
#define GATEWAY_TRIAGE_TRIAGE_LIST_H

#include "gateway/triage/triage.h"
#include "gateway/triage/triage_pattern.h"
#include "gateway/triage/triage_words.h"

/* What a phrase does when it is found. */
enum triage_effect {
    TRIAGE_COUNTS,        /* always */
    TRIAGE_COUNTS_UNLESS, /* unless it is excused */
    TRIAGE_HINTS,         /* with a second one */
    TRIAGE_EXCUSES,       /* its sentence, and of crisis also the sentence before and after */
    TRIAGE_UNEXCUSES,     /* no excuse counts for its sentence */
    TRIAGE_IS_NOTHING     /* hits that lie inside do not count */
};

struct triage_section {
    const char *heading;
    enum triage_effect effect;
    int tier;
    enum triage_flag flag;
};

struct triage_phrase {
    const char *text; /* as the list has it */
    const char *file; /* as the path was given */
    int line;
    const struct triage_section *section;
    bool is_own; /* the practice's own: nothing takes it away */
};

struct triage_list {
    struct arena *mem;
    struct triage_words *words;
    struct triage_phrase *phrases;
    size_t count, class_count;
    struct triage_pattern *pattern;
    const char *const *common_names; /* folded, in order */
    size_t common_name_count;
};

/* From the file own_from on they are the practice's own. */
MUST_CHECK enum rc triage_list_read(struct triage_list *list, const char *const *paths, size_t own_from,
                                    struct err *err);
void triage_list_done(struct triage_list *list);

#endif
