#include "gateway/triage/triage_list.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/triage/triage_phrase.h"

static const struct triage_section sections[] = {
    { "[not]", TRIAGE_IS_NOTHING, 4, 0 },
    { "[excuse]", TRIAGE_EXCUSES, 4, 0 },
    { "[no excuse]", TRIAGE_UNEXCUSES, 4, 0 },
    { "[hint]", TRIAGE_HINTS, 1, TRIAGE_CRISIS },
    { "[tier 0]", TRIAGE_COUNTS, 0, TRIAGE_CRISIS },
    { "[tier 0 unless]", TRIAGE_COUNTS_UNLESS, 0, TRIAGE_CRISIS },
    { "[tier 1]", TRIAGE_COUNTS, 1, TRIAGE_CRISIS },
    { "[tier 1 unless]", TRIAGE_COUNTS_UNLESS, 1, TRIAGE_CRISIS },
    { "[tier 2]", TRIAGE_COUNTS, 2, TRIAGE_MEDICAL },
    { "[tier 2 unless]", TRIAGE_COUNTS_UNLESS, 2, TRIAGE_MEDICAL },
    { "[flag medicine]", TRIAGE_COUNTS, 3, TRIAGE_MEDICINE },
    { "[flag medicine unless]", TRIAGE_COUNTS_UNLESS, 3, TRIAGE_MEDICINE },
    { "[flag results]", TRIAGE_COUNTS, 3, TRIAGE_RESULTS },
    { "[flag results unless]", TRIAGE_COUNTS_UNLESS, 3, TRIAGE_RESULTS },
    { "[flag doctor]", TRIAGE_COUNTS, 3, TRIAGE_DOCTOR },
    { "[flag doctor unless]", TRIAGE_COUNTS_UNLESS, 3, TRIAGE_DOCTOR },
    { "[flag conflict]", TRIAGE_COUNTS, 3, TRIAGE_CONFLICT },
    { "[flag conflict unless]", TRIAGE_COUNTS_UNLESS, 3, TRIAGE_CONFLICT },
};
#define HEADINGS "a heading such as [tier 1], [not] or [words NAME] (docs/triage.md has them all)"

enum kind { KIND_NONE, KIND_PHRASE, KIND_CLASS, KIND_SAME, KIND_TYPO, KIND_NOT_TYPO, KIND_NOT_NAME };

struct line {
    enum kind kind;
    const char *text; /* as written */
    const char *file;
    int number;
    const struct triage_section *section;
    size_t class_index;
    bool is_own;
};

struct reader {
    struct triage_list *list;
    struct triage_classes classes;
    struct line *lines;
    size_t count, room;
    const char *file;
    int number;
    enum kind kind;
    const struct triage_section *section;
    size_t class_index;
    bool is_own;
};

static enum rc wrong_line(const struct line *line, struct err *err)
{
    return err_wrap(err, "%s:%d", line->file, line->number);
}

/* ---- files to lines ---- */

static enum rc read_heading(struct reader *r, const char *line, struct err *err)
{
    static const struct {
        const char *heading;
        enum kind kind;
    } others[] = {
        { "[same]", KIND_SAME },
        { "[typo]", KIND_TYPO },
        { "[not typo]", KIND_NOT_TYPO },
        { "[not name]", KIND_NOT_NAME },
    };
    const size_t n = strlen(line);

    for (size_t i = 0; i < COUNT_OF(sections); i++)
        if (!strcmp(line, sections[i].heading)) {
            r->section = &sections[i];
            r->kind = KIND_PHRASE;
            return RC_OK;
        }
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (!strcmp(line, others[i].heading)) {
            r->kind = others[i].kind;
            return RC_OK;
        }
    if (n > 8 && !strncmp(line, "[words ", 7) && line[n - 1] == ']' && !strpbrk(line + 7, "<>/")) {
        const char *const name = triage_phrase_fold(arena_strndup(r->list->mem, line + 7, n - 8), r->list->mem);
        struct triage_class *const class = triage_classes_named(&r->classes, name, strlen(name), true);

        r->class_index = (size_t)(class - r->classes.v);
        r->kind = KIND_CLASS;
        return RC_OK;
    }
    return err_set(err, RC_INPUT, "%s:%d: expected " HEADINGS, r->file, r->number);
}

static enum rc read_line(struct reader *r, const char *text, struct err *err)
{
    if (text[0] == '[')
        return read_heading(r, text, err);
    if (!text[0] || text[0] == '#')
        return RC_OK;
    if (r->kind == KIND_NONE)
        return err_set(err, RC_INPUT, "%s:%d: before the first phrase expected " HEADINGS, r->file, r->number);
    if (r->count == TRIAGE_MAX_PHRASES)
        return err_set(err, RC_LIMIT, "%s:%d: more than %d lines in all lists", r->file, r->number, TRIAGE_MAX_PHRASES);
    if (r->count == r->room) {
        struct line *wide = ARENA_ARRAY(r->list->mem, r->room * 2 + 1024, struct line);

        if (r->count)
            memcpy(wide, r->lines, r->count * sizeof *wide);
        r->lines = wide;
        r->room = r->room * 2 + 1024;
    }
    r->lines[r->count++] = (struct line){ .kind = r->kind,
                                          .text = text,
                                          .file = r->file,
                                          .number = r->number,
                                          .section = r->section,
                                          .class_index = r->class_index,
                                          .is_own = r->is_own };
    return RC_OK;
}

static enum rc read_file(struct reader *r, const char *path, struct err *err)
{
    const char *p, *line;
    char *bytes;
    size_t n, len;
    enum rc rc = io_read_file(path, TRIAGE_MAX_FILE_BYTES, r->list->mem, &bytes, &len, err);

    if (rc)
        return rc;
    r->file = path;
    r->number = 0;
    r->kind = KIND_NONE;
    if (!text_is_utf8(bytes, len) || memchr(bytes, '\0', len))
        return err_set(err, RC_INPUT, "%s:1: expected UTF-8 text", r->file);
    for (p = bytes; !rc && text_next_line(&p, &line, &n);) {
        r->number++;
        rc = read_line(r, text_clean_line(r->list->mem, line, n), err);
    }
    return rc;
}

/* ---- lines to words ---- */

/* The next of "a, b, c", folded; NULL at the end. */
static char *next_of(const char **p, struct arena *mem)
{
    while (**p) {
        const size_t n = strcspn(*p, ",");
        char *one = triage_phrase_fold(text_clean_line(mem, *p, n), mem);

        *p += n + ((*p)[n] == ',');
        if (*one)
            return one;
    }
    return NULL;
}

static enum rc take_same(struct reader *r, const struct line *line, struct err *err)
{
    struct arena *mem = r->list->mem;
    const char *equals = strchr(line->text, '='), *p;
    char *right, *word;

    if (!equals)
        return err_set(err, RC_INPUT, "expected WORD = WORDS");
    p = arena_strndup(mem, line->text, (size_t)(equals - line->text));
    right = triage_phrase_fold(equals + 1, mem);
    while ((word = next_of(&p, mem)))
        if (strchr(word, ' ') || !triage_words_same(r->list->words, word, right))
            return err_set(err, RC_INPUT, "expected one word, = and at most %d words", TRIAGE_WORDS_OF_ONE);
    return RC_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void take_words(struct reader *r, const struct line *line, const char **names, size_t *count)
{
    struct arena *mem = r->list->mem;
    const char *p = line->text;
    char *word;

    while ((word = next_of(&p, mem)))
        switch (line->kind) {
        case KIND_TYPO:
            triage_words_key(r->list->words, word);
            break;
        case KIND_NOT_TYPO:
            triage_words_guard(r->list->words, word);
            break;
        case KIND_NOT_NAME:
            names[(*count)++] = word;
            break;
        case KIND_CLASS:
            triage_class_add(&r->classes, &r->classes.v[line->class_index], word);
            triage_phrase_learn(&r->classes, word);
            break;
        default:
            triage_phrase_learn(&r->classes, triage_phrase_fold(line->text, mem));
            return;
        }
}

/* First how words are spelled, then which there are, so that a phrase is read as a text is. */
static enum rc take_lines(struct reader *r, struct err *err)
{
    struct triage_list *list = r->list;
    size_t room = 0, count = 0;
    const char **names;

    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].kind == KIND_SAME && take_same(r, &r->lines[i], err))
            return wrong_line(&r->lines[i], err);
        room += r->lines[i].kind == KIND_NOT_NAME ? strlen(r->lines[i].text) : 0;
    }
    names = ARENA_ARRAY(list->mem, room + 1, const char *);
    for (size_t i = 0; i < r->count; i++)
        if (r->lines[i].kind != KIND_SAME)
            take_words(r, &r->lines[i], names, &count);
    qsort(names, count, sizeof *names, compare_names);
    list->common_names = names;
    list->common_name_count = count;
    return RC_OK;
}

/* ---- words to one pattern ---- */

/* "(?>…)(?C"7")": whole or not at all, and then told by its number. */
static enum rc add_phrase(struct reader *r, const struct line *line, struct triage_units *all, struct err *err)
{
    struct triage_list *list = r->list;
    char tail[32];

    triage_units_str(all, list->count ? "|(?>" : "(?>", r->classes.mem);
    if (triage_phrase_compile(&r->classes, triage_phrase_fold(line->text, r->classes.mem), all, err))
        return wrong_line(line, err);
    snprintf(tail, sizeof tail, ")(?C\"%zu\")", list->count);
    triage_units_str(all, tail, r->classes.mem);
    list->phrases[list->count++] = (struct triage_phrase){
        .text = line->text, .file = line->file, .line = line->number, .section = line->section, .is_own = line->is_own
    };
    return RC_OK;
}

static enum rc build(struct reader *r, struct err *err)
{
    struct triage_list *list = r->list;
    struct triage_units all = { 0 };

    list->phrases = ARENA_ARRAY(list->mem, r->count + 1, struct triage_phrase);
    triage_units_str(&all, "(?:", r->classes.mem);
    for (size_t i = 0; i < r->count; i++)
        if (r->lines[i].kind == KIND_PHRASE && add_phrase(r, &r->lines[i], &all, err))
            return err->rc;
    triage_units_str(&all, list->count ? ")" : "(*FAIL))", r->classes.mem);
    return triage_pattern_words(all.v, all.n, &list->pattern, err);
}

enum rc triage_list_read(struct triage_list *list, const char *const *paths, size_t own_from, struct err *err)
{
    CLEANUP(arena_free)
    struct arena *scratch = arena_new("lists"); /* classes and the pattern as text: not kept */
    struct reader r = { .list = list };
    enum rc rc = RC_OK;

    list->words = triage_words_new(list->mem);
    r.classes = (struct triage_classes){ .words = list->words, .mem = scratch };
    for (size_t i = 0; paths[i] && !rc; i++) {
        r.is_own = i >= own_from;
        rc = read_file(&r, paths[i], err);
    }
    if (!rc)
        rc = take_lines(&r, err);
    list->class_count = r.classes.count;
    return rc ? rc : build(&r, err);
}

void triage_list_done(struct triage_list *list)
{
    triage_pattern_free(&list->pattern);
    arena_free(&list->mem);
}
