/*
 * triage_files: which word lists there are: ours (en.txt, es.txt) and the practice's own, every HOME/lexicon/NAME.txt; and our model (model.txt).
 *
 * Rule     A changed file is read again while the role works; a bad one is told in the log and the lists from before go on counting.
 * Owns     A watch owns its lexicon.
 * Errors   Those of triage_open; RC_PERM when the folder cannot be listed.
 */
#ifndef GATEWAY_TRIAGE_FILES_H
#define GATEWAY_TRIAGE_FILES_H

#include "gateway/triage.h"

#define TRIAGE_HASH_CHARS 16 /* of the hash over all lists, in hex */

struct triage_watch {
    const char *home;
    struct triage_lexicon *lexicon;
    char hash[TRIAGE_HASH_CHARS + 1]; /* of what the lexicon was made of */
    uint64_t stamp;                   /* of the files as they were looked at last */
};

/* Our lists first, then the practice's by name, and our model. home NULL: ours alone. */
MUST_CHECK enum rc triage_files_find(const char *home, struct arena *mem, struct triage_sources *ret_sources,
                                     struct err *err);
MUST_CHECK enum rc triage_files_open(const char *home, struct triage_watch *ret_watch, struct err *err);
void triage_files_close(struct triage_watch *watch);
/* Looks at the files' times and sizes, and opens them again when one changed. */
void triage_files_refresh(struct triage_watch *watch);

#endif
