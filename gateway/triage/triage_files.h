/*
 * triage_files: which word lists there are: ours (en.txt, es.txt) and the practice's own, every HOME/lexicon/NAME.txt; and our model (model.txt).
 *
 * Rule     A changed file is read again while the role works; a bad one is told in the log and the lists from before go on counting. A change of
 *          the practice's own that would call a person less often (gateway/triage/triage_change) waits until two people have agreed to it: till then
 *          what counted last goes on counting, whole. That is kept in HOME/lexicon/.kept, which only the watch and triage_files_accept write; a
 *          home that has none keeps what it finds. It guards against slips and against one person alone, not against who may write there.
 * Owns     A watch owns its lexicon. What is found lives in mem.
 * Errors   Those of triage_open; RC_PERM when the folder cannot be listed.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_FILES_H
#define GATEWAY_TRIAGE_TRIAGE_FILES_H

#include "gateway/triage/triage.h"

#define TRIAGE_HASH_CHARS 16 /* of a hash in hex */
#define TRIAGE_LINE_MAX 160

struct triage_found {
    struct triage_sources sources;    /* what counts */
    const char *own;                  /* the practice's own files as they are now, one after the other */
    const char *held;                 /* the line that makes them weaker than what counts; NULL: nothing waits */
    char mark[TRIAGE_HASH_CHARS + 1]; /* of own */
    bool is_kept;                     /* own is what was kept */
};

struct triage_watch {
    const char *home;
    struct triage_lexicon *lexicon;
    char hash[TRIAGE_HASH_CHARS + 1]; /* of what the lexicon was made of */
    char held[TRIAGE_HASH_CHARS + 1]; /* of the change that waits; "" none */
    char held_line[TRIAGE_LINE_MAX];
    uint64_t stamp; /* of the files as they were looked at last */
    bool is_kept;   /* what counts is in .kept, or could not be put there */
};

/* Our lists first, then the practice's by name, and our model. home NULL: ours alone. */
MUST_CHECK enum rc triage_files_find(const char *home, struct arena *mem, struct triage_found *ret_found,
                                     struct err *err);
MUST_CHECK enum rc triage_files_open(const char *home, struct triage_watch *ret_watch, struct err *err);
void triage_files_close(struct triage_watch *watch);
/* Looks at the files' times and sizes, opens them again when one changed, and keeps what counts. */
void triage_files_refresh(struct triage_watch *watch);
/* Two people have agreed to the change with this mark. RC_CONFLICT: it is another by now; else RC_INPUT: it cannot be read. */
MUST_CHECK enum rc triage_files_accept(const char *home, const char *mark, struct err *err);

#endif
