/*
 * inspect: what we understood of one message, for `postcircle inspect`: needs no home, changes nothing.
 *
 * Shape    One raw message on fd, read to its end. JSON is one object (DESIGN.md section 8), indented; else text for people.
 * Errors   those of inbound/sandbox.h
 * State    None; starts and ends a parser of its own.
 */
#ifndef INBOUND_INSPECT_H
#define INBOUND_INSPECT_H

#include "base/strbuf.h"
#include "inbound/letter.h"

MUST_CHECK enum rc inspect_run(int fd, bool is_json, struct strbuf *out, struct err *err);
/* The same of a letter that was read. */
void inspect_print(const struct letter *letter, bool is_json, struct strbuf *out);

#endif
