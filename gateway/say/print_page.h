/*
 * print_page: a page to print, of templates/LANGUAGE/NAME: plain HTML that a browser prints, with no file beside it.
 *
 * Shape    values as the page names them; every tag needs its value.
 * Errors   RC_NOT_FOUND  no such page
 *          RC_INPUT      a value is missing
 *          RC_LIMIT      longer than out takes
 * State    None; reads the template's file.
 */
#ifndef GATEWAY_SAY_PRINT_PAGE_H
#define GATEWAY_SAY_PRINT_PAGE_H

#include "base/json.h"
#include "base/strbuf.h"
#include "store/person.h"

#define PRINT_PAGE_MAX_BYTES ((size_t)2 << 20)

MUST_CHECK enum rc print_page_render(const char *name, enum person_language language, const struct json *values,
                                     struct strbuf *out, struct err *err);

#endif
