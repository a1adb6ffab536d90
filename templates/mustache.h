/*
 * mustache: the template language of messages, texts and console pages. One engine, an escaper per target.
 *
 * Shape    A source is UTF-8 of at most MUSTACHE_MAX_SOURCE bytes; values are JSON. The core modules of the
 * specification: comments, delimiters, interpolation, inverted, partials, sections. No lambdas, no inheritance. Blank
 * for a section (json_is_blank): missing, null, false, "" and []. Owns     A compiled template and all it points to
 * live in mem; the source may go. Errors   RC_INPUT  the source is wrong ("line 3: section 'x' is not closed"), or, for
 * a strict target, a value is missing RC_LIMIT  source, nesting, output or work over the limits below State    None of
 * its own; a compiled template is only read. Source   https://github.com/mustache/spec 1.4; delimiters may be 1 to
 * MUSTACHE_MAX_DELIMITER bytes.
 */
#ifndef TEMPLATES_MUSTACHE_H
#define TEMPLATES_MUSTACHE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

#define MUSTACHE_MAX_SOURCE ((size_t)256 << 10)
#define MUSTACHE_MAX_DELIMITER 8
#define MUSTACHE_MAX_DEPTH 32              /* sections and partials inside each other */
#define MUSTACHE_MAX_STEPS ((long)1 << 20) /* rounds and nodes of one rendering */

struct mustache;

enum mustache_tag { MUSTACHE_VALUE, MUSTACHE_RAW, MUSTACHE_SECTION, MUSTACHE_INVERTED, MUSTACHE_PARTIAL };

/* Where a rendering goes. */
struct mustache_target {
    void *ctx;
    /* Writes one value in the target's language; NULL writes it as it is. {{{x}}} and {{&x}} never come here. */
    void (*put)(void *ctx, const char *value, struct strbuf *out);
    /* A partial by name, NULL when there is none (then it is empty); may be NULL. */
    const struct mustache *(*partial)(void *ctx, const char *name);
    /* A tag for a value that no context holds is an error instead of a hole. */
    bool is_strict;
};

MUST_CHECK enum rc mustache_compile(const char *source, size_t n, struct arena *mem,
                                    const struct mustache **ret_template, struct err *err);
/* Appends to out; after an error out holds no promise. */
MUST_CHECK enum rc mustache_render(const struct mustache *t, const struct json *values,
                                   const struct mustache_target *target, struct strbuf *out, struct err *err);
/* Calls fn for each tag in order of the source until it returns something other than RC_OK; lines count from 1. */
MUST_CHECK enum rc mustache_each_tag(const struct mustache *t,
                                     enum rc (*fn)(void *ctx, enum mustache_tag tag, const char *name, int line,
                                                   struct err *err),
                                     void *ctx, struct err *err);
/* Whoever reads the literal text of a template: each run between two tags in order of the source, that of sections and partials too. */
struct mustache_reader {
    void *ctx;
    void (*text)(void *ctx, const char *text, size_t n);
    const struct mustache *(*partial)(void *ctx, const char *name); /* as in mustache_target */
};

/* Partials inside each other beyond MUSTACHE_MAX_DEPTH are passed over. */
void mustache_each_text(const struct mustache *t, const struct mustache_reader *reader);
/* A `put` for HTML text and quoted attributes. */
void mustache_put_html(void *ctx, const char *value, struct strbuf *out);

#endif
