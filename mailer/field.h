/*
 * field: the checks and header fields that building and filling share. Only serial.c and fill.c use it.
 *
 * Shape    field is a name for err; s may be NULL. Optional things are checked by the caller only when they are there,
 * except URLs. Errors   RC_INPUT  missing, not UTF-8, or cannot stand in a header   RC_LIMIT  over max bytes
 */
#ifndef MAILER_FIELD_H
#define MAILER_FIELD_H

#include "base/strbuf.h"

MUST_CHECK enum rc field_check_text(const char *field, const char *s, size_t max, struct err *err);
MUST_CHECK enum rc field_check_address(const char *field, const char *s, struct err *err);
MUST_CHECK enum rc field_check_id(const char *field, const char *s, struct err *err);
/* NULL is fine. */
MUST_CHECK enum rc field_check_url(const char *field, const char *s, struct err *err);

/* "From: Name <address>" CRLF. line is the name as encode_header_line makes it, and may be empty. */
void field_write_mailbox(const char *field, const char *line, const char *address, struct strbuf *out);
/* "Subject: …" CRLF */
void field_write_subject(const char *line, struct strbuf *out);

#endif
