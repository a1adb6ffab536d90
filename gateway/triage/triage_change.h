/*
 * triage_change: whether the word lists of a practice, as they are now, call a person less often than as they were.
 *
 * Shape    Both are what stands in the practice's own files, whole, as text; in which file a line stands does not matter.
 * Rule     Judged by lines, on the safe side. At once count: more lines under a tier, a hint, a flag, [no excuse] or [typo]; more words of a new
 *          class; remarks; order. All else is weaker: a line of these gone, more under [excuse], [not], [not typo], [not name] or [same], a class
 *          with other words.
 * Owns     *ret_line lives in mem: "[tier 1] give up on it" of the first line that makes it weaker.
 * State    None.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_CHANGE_H
#define GATEWAY_TRIAGE_TRIAGE_CHANGE_H

#include "base/arena.h"

/* Each ended by NULL. ours: our own lists, whose classes are not new. */
bool triage_change_is_weaker(const char *const *before, const char *const *after, const char *const *ours,
                             struct arena *mem, const char **ret_line);

#endif
