/*
 * reading: one letter on its way from raw parts to what was understood. Shared by parse.c and the files that do one job of it each.
 *
 * Shape    parse_letter makes one and calls, in this order: head_read, parts_read_body, parts_read_attachments, (reply_read),
 *          parts_read_unshown, kind_read. Each fills members of the letter.
 * Owns     Everything lives in mem.
 * Errors   parts_read_body: RC_LIMIT, as parse.h says. The others have none: what cannot be read stays "".
 * State    None.
 */
#ifndef INBOUND_READING_H
#define INBOUND_READING_H

#include "inbound/body.h"
#include "inbound/letter.h"
#include "inbound/mime.h"
#include "inbound/reply.h"

struct reading {
    struct arena *mem;
    struct err *err;
    struct mime mime;
    struct letter *letter;
    const char **warnings;
    struct body body;
    const char *hidden; /* "" when no part hides anything */
    bool *is_body;      /* per part: shown as text */
    bool *is_shown;     /* per part: all its lines are in body */
    struct body *lines; /* per part: what was read of it; mem is NULL before */
    struct reply reply;
};

void reading_warn(struct reading *p, const char *name);

/* inbound/head.c: who wrote, to whom, when, about what, in answer to what. */
void head_read(struct reading *p);

/* inbound/parts.c: which parts are the text, and their lines. */
MUST_CHECK enum rc parts_read_body(struct reading *p);
/* What the sender or a reader could see elsewhere in the letter, added to what was taken away: triage and moderators look there. */
const char *parts_read_unshown(struct reading *p, const char *trimmed);
void parts_read_attachments(struct reading *p);

/* inbound/kind.c: report, complaint, calendar answer, robot, or a person's words; needs the text. */
void kind_read(struct reading *p);
bool kind_has_forward_subject(const struct reading *p);
bool kind_has_attached_message(const struct reading *p);

#endif
