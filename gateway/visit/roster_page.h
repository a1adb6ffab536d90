/*
 * roster_page: who was asked to a visit and who came, to print, to sign and to file: no word of what was said.
 *
 * Shape    HTML by templates/LANGUAGE/visit_roster.html; members in the order of their numbers, times in the visit's zone. What is not known stays
 *          empty, to be filled in by hand; ROSTER_PAGE_SPARE empty lines are for who came without being asked.
 * Errors   Those of the store, and of gateway/say/print_page.
 * State    Reads only; that somebody looked is the caller's to audit.
 */
#ifndef GATEWAY_VISIT_ROSTER_PAGE_H
#define GATEWAY_VISIT_ROSTER_PAGE_H

#include "base/strbuf.h"
#include "gateway/visit/roster.h"

#define ROSTER_PAGE_SPARE 2

MUST_CHECK enum rc roster_page_render(struct gate *gate, const struct visit *v, const struct roster *r,
                                      enum person_language language, struct strbuf *out, struct err *err);

#endif
