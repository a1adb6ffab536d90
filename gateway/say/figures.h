/*
 * figures: how a group does, in numbers without names, for staff: the values of `group_figures` in templates/KINDS.md.
 *
 * Shape    The last seven days; how long published notes waited for their release, by urgency (median, and 95 of 100); and a table of the last
 *          eight weeks: "12 ████████████", the number first, so that the bar says nothing that the text does not (screen readers pass over
 *          it, templates/page_html).
 * Owns     Returned JSON is the caller's; strings live in mem.
 * Errors   Those of the store.
 * State    Reads only; nothing sealed.
 */
#ifndef GATEWAY_SAY_FIGURES_H
#define GATEWAY_SAY_FIGURES_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/group.h"

#define FIGURES_WEEKS 8
#define FIGURES_BAR_MAX 10 /* blocks of the longest bar */

/* The p-th of a hundred of a sorted list of n > 0 (nearest rank). */
int64_t figures_percentile(const int64_t *sorted, size_t n, size_t p);
MUST_CHECK enum rc figures_of_group(struct gate *gate, const struct care_group *group, enum person_language language,
                                    struct arena *mem, struct json **ret_values, struct err *err);
/* One for each open group. */
MUST_CHECK enum rc figures_all(struct gate *gate, enum person_language language, struct arena *mem,
                               struct json **ret_list, struct err *err);

#endif
