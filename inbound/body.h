/*
 * body: the text of a letter as lines that know how deep they were quoted and what the mail program said of them.
 *
 * Shape    Lines are clean UTF-8 without line end and without their quote marks. Source formats: plain text, format=flowed, HTML.
 * Owns     Everything lives in the arena given.
 * Errors   html_to_body: RC_LIMIT  "html_bytes": over LETTER_TEXT_MAX_BYTES after inline pictures were dropped
 * State    None.
 * Source   RFC 3676 (flowed). The classes and ids of mail programs' HTML: facts, section 6 of libraries; table in html_mark.c.
 */
#ifndef INBOUND_BODY_H
#define INBOUND_BODY_H

#include "inbound/letter.h"

#define BODY_DEPTH_MAX 20
#define BODY_PRINT_MAX_BYTES ((size_t)24 << 20) /* every line may gain BODY_DEPTH_MAX marks */

/* What the mail program said by its structure; plain text says nothing. */
enum body_hint {
    BODY_PLAIN,
    BODY_QUOTE,       /* quoted, and the program says so: no person makes this by hand */
    BODY_SOFT_QUOTE,  /* in a blockquote that a person may have made too: a quote only under an attribution */
    BODY_ATTRIBUTION, /* "On … wrote:" by class */
    BODY_SIGNATURE,
    BODY_OLDER, /* this line and all after it are older mail */
};

struct body_line {
    const char *text;
    const char *fold;  /* text_fold_plain of the text */
    const char *marks; /* the quote marks that stood before it, as written; "" when there were none or it was HTML */
    int depth;
    enum body_hint hint;
};

struct body {
    struct arena *mem;
    struct body_line *lines;
    size_t count, cap;
    size_t bytes;       /* of the lines' texts */
    bool is_answer;     /* the letter says that it answers another: In-Reply-To, References, "Re:" */
    const char *hidden; /* NULL, or words that the HTML holds and no mail program shows; not those that were quoted */
};

void body_add(struct body *body, const char *text, size_t n, int depth, enum body_hint hint);
/* A line of another body in the same arena. */
void body_add_line(struct body *body, const struct body_line *line);
/* Its marks were the writer's own: they are words again, and it is not quoted. */
void body_unquote(struct body *body, size_t i);
/* Text lines with ">" marks; soft-broken lines are joined when is_flowed (where a mark is one only in the first column). GroupWise's
 * ">>> Rosa 3/4/2026 7:08 AM >>>" is a line of text. */
void body_from_text(struct body *body, const char *text, bool is_flowed, bool is_delsp);
/* The lines from first to before end, "> " before quoted ones when has_marks; blank lines at both ends are dropped. */
char *body_print(const struct body *body, size_t first, size_t end, bool has_marks, struct arena *mem);
bool body_is_blank(const struct body_line *line);

/* inbound/html.c; html must be clean UTF-8. */
MUST_CHECK enum rc html_to_body(const char *html, size_t n, struct body *ret_body, struct err *err);
/* Once per process, before the sandbox closes. */
void html_setup(void);

#endif
