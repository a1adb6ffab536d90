/*
 * template: what we say, one Markdown file per message kind and language, to subject, plain text and HTML.
 *
 * Shape    DIR/en/KIND.md and DIR/es/KIND.md; a practice's own folder of the same shape may replace single files. A file is a
 *          head, an empty line, then Markdown with mustache tags:
 *              subject: {{practice_name}}, {{date}}
 *              values: practice_name, date, items, title
 *              values: office_phone
 *
 *              # Hello {{first_name}}
 *          `values` lists every name that a tag may use (for a.b: a); what a partial lists is allowed where it is included.
 *          A file whose name begins with "_" is a partial ({{> footer}} is _footer.md), has no subject and ends its paragraph. Unescaped tags,
 *          HTML, code, images, unknown values and private-use characters are errors at load, with file and line.
 *          Values are JSON text, numbers, booleans, objects and lists; templates/KINDS.md says which kind needs which.
 *          What differs from person to person is given as a slot mark (base/slot.h); in a link destination the mark stands for the
 *          whole destination ({{reply_link}}) or for a piece (mailto:{{reply_address}}), unencoded: whoever fills it
 *          encodes for HTML or text.
 * Owns     The set owns what it loaded; template_out lives in the caller's mem.
 * Errors   RC_NOT_FOUND  no such kind in that language (render), no such folder (load)
 *          RC_INPUT      a file is wrong, or a value that the text shows was not given ("en/page.md: line 7: value 'phone' is missing")
 *          RC_LIMIT      over TEMPLATE_MAX_MARKDOWN, TEMPLATE_MAX_OUT, PAGE_MAX_VALUES
 * State    A loaded set is only read: one per process.
 */
#ifndef TEMPLATES_TEMPLATE_H
#define TEMPLATES_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "templates/mustache.h"

#define TEMPLATE_MAX_FILE ((size_t)128 << 10)
#define TEMPLATE_MAX_MARKDOWN ((size_t)4 << 20)
#define TEMPLATE_MAX_OUT ((size_t)16 << 20)
#define TEMPLATE_MAX_SUBJECT ((size_t)4096)

struct template_set;

enum template_format { TEMPLATE_NORMAL, TEMPLATE_BIG };

struct template_out {
    char *subject; /* one line */
    char *text;    /* LF line ends */
    char *html;    /* a whole document */
};

/* One loaded file, for linters. */
struct template_info {
    const char *lang, *kind; /* of a partial: its name without "_" */
    const char *path;        /* "en/welcome.md" */
    const char *const *values;
    int value_count;
    bool is_partial;
};

/* override_dir may be NULL, may be missing, may hold any subset of the kinds. */
MUST_CHECK enum rc template_set_load(const char *dir, const char *override_dir, struct template_set **ret_set,
                                     struct err *err);
void template_set_free(struct template_set **set);
bool template_has(const struct template_set *set, const char *lang, const char *kind);

MUST_CHECK enum rc template_render(const struct template_set *set, const char *lang, const char *kind,
                                   enum template_format format, const struct json *values, struct arena *mem,
                                   struct template_out *ret_out, struct err *err);

int template_count(const struct template_set *set);
struct template_info template_at(const struct template_set *set, int i);
/* Tags of subject, then body; see mustache_each_tag. */
MUST_CHECK enum rc template_each_tag(const struct template_set *set, int i,
                                     enum rc (*fn)(void *ctx, enum mustache_tag tag, const char *name, int line,
                                                   struct err *err),
                                     void *ctx, struct err *err);
/* The literal text of every kind with its partials, in the Markdown of its source: what stands between two tags is one run, not ended by NUL. What a
 * practice's own file has replaced is told too: another practice says it. text NULL: the kind ends. */
void template_each_text(const struct template_set *set, void (*fn)(void *ctx, const char *text, size_t n), void *ctx);

#endif
