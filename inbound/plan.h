/*
 * plan: what becomes of each line of a letter: kept as new words, or taken away, and why.
 *
 * Rule     First what the mail program marked: quotes, their attribution, signatures, older mail. Then words and shapes: attributions and
 *          headers of older mail in many languages (line.h), signature marks, footers of phones, notices, blocks of name and phone. A leaked
 *          quotation is a blemish, a lost sentence is a fault: what only looks like a footer is a guess, and guesses that would take over
 *          PLAN_GUESS_SHARE_MAX percent of the unquoted text are taken back. A few lines with ">" below words of the
 *          writer, in a letter that quotes nothing else, are the writer's own where the letter answers nothing; in an answer only those that read as
 *          written by hand (">300", "> is bigger than <"): words that somebody else wrote are nobody's new words. Limits that go on with the writer's words
 *          ("< 70: juice", "> 180: walk") stay wherever nothing introduced a quotation above them.
 * Shape    fate[i] and fold[i] belong to line i of the body. Lines may be changed in place: their own marks are put back.
 * Owns     Arrays live in the body's arena.
 * Errors   None.
 * State    None. Linear in the lines, but for the six lines that an attribution may have.
 */
#ifndef INBOUND_PLAN_H
#define INBOUND_PLAN_H

#include "inbound/body.h"

#define PLAN_GUESS_SHARE_MAX 60

enum fate {
    FATE_KEEP,
    FATE_QUOTE,
    FATE_ATTRIBUTION,
    FATE_SIGNATURE,
    FATE_GUESS, /* a signature or footer by its looks only */
    FATE_OLDER, /* everything below a header of older mail */
    FATE_COUNT
};

struct plan {
    struct body *body;
    const char **fold; /* of each line */
    enum fate *fate;
    size_t count;
    bool is_forwarded;
    bool has_structure; /* the mail program marked quotes or older mail */
    bool is_mended;     /* guesses were taken back */
};

struct plan plan_read(struct body *body);

/* For the files that make a plan. */
size_t plan_next_text(const struct plan *p, size_t i);
/* The end of the run of kept lines that i is in. */
size_t plan_run_end(const struct plan *p, size_t i);
size_t plan_count_text(const struct plan *p, size_t from, size_t end);
/* Gives kept lines from..end a fate. */
void plan_mark(struct plan *p, size_t from, size_t end, enum fate fate);
/* inbound/plan_wrap.c: quotes with marks of old mail programs. The ends of quoted lines that an old mail program wrapped without marking them again. */
void plan_wrapped_quotes(struct plan *p);
/* What stands under an attribution at i with marks of its own, "| " or initials as in "RV> ": quoted, and all such lines below. */
void plan_odd_marks(struct plan *p, size_t i);
/* inbound/plan_footer.c: signatures, footers and notices of what is kept. */
void plan_footers(struct plan *p);

#endif
