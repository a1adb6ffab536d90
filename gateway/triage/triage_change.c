#include "gateway/triage/triage_change.h"

#include "base/text.h"
#include "gateway/triage/triage_phrase.h"

#include <stdlib.h>

/* What more or fewer lines under a heading do. */
enum kind { KIND_CALLS, KIND_HUSHES, KIND_CLASS };

/* All lines of some lists as "heading line", folded, in order, each once. */
struct lines {
    const char **v;
    size_t count;
};

static enum kind kind_of(const char *line)
{
    static const char *const hush[] = { "[excuse]", "[not]", "[not typo]", "[not name]", "[same]" };

    for (size_t i = 0; i < COUNT_OF(hush); i++)
        if (!strncmp(line, hush[i], strlen(hush[i])))
            return KIND_HUSHES;
    return !strncmp(line, "[words ", 7) ? KIND_CLASS : KIND_CALLS;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_lines(const char *const *texts)
{
    size_t n = 0;

    for (; *texts; texts++)
        for (const char *p = *texts; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
            n++;
    return n;
}

static struct lines lines_of(const char *const *texts, struct arena *mem)
{
    struct lines lines = { .v = ARENA_ARRAY(mem, count_lines(texts) + 1, const char *) };
    size_t count = 0, n;
    const char *line;

    for (; *texts; texts++) {
        const char *heading = "", *p = *texts;

        while (text_next_line(&p, &line, &n)) {
            const char *const one = triage_phrase_fold(text_clean_line(mem, line, n), mem);

            if (*one == '[')
                heading = one;
            else if (*one && *one != '#')
                lines.v[lines.count++] = arena_printf(mem, "%s %s", heading, one);
        }
    }
    qsort(lines.v, lines.count, sizeof *lines.v, compare);
    for (size_t i = 0; i < lines.count; i++)
        if (!count || strcmp(lines.v[count - 1], lines.v[i]) != 0)
            lines.v[count++] = lines.v[i];
    lines.count = count;
    return lines;
}

static bool has(const struct lines *lines, const char *line)
{
    return bsearch(&line, lines->v, lines->count, sizeof *lines->v, compare) != NULL;
}

/* The class of a line "[words name] …" has words already. */
static bool has_class(const struct lines *lines, const char *line)
{
    const size_t n = (size_t)(strchr(line, ']') + 1 - line);

    for (size_t i = 0; i < lines->count; i++)
        if (!strncmp(lines->v[i], line, n))
            return true;
    return false;
}

static bool is_weaker_without(const char *line)
{
    return kind_of(line) != KIND_HUSHES || !strncmp(line, "[same]", 6);
}

bool triage_change_is_weaker(const char *const *before, const char *const *after, const char *const *ours,
                             struct arena *mem, const char **ret_line)
{
    const struct lines old = lines_of(before, mem), now = lines_of(after, mem), first = lines_of(ours, mem);

    for (size_t i = 0; i < old.count; i++)
        if (is_weaker_without(old.v[i]) && !has(&now, old.v[i])) {
            *ret_line = old.v[i];
            return true;
        }
    for (size_t i = 0; i < now.count; i++) {
        const char *const line = now.v[i];
        const enum kind kind = kind_of(line);

        if (has(&old, line) || kind == KIND_CALLS ||
            (kind == KIND_CLASS && !has_class(&old, line) && !has_class(&first, line)))
            continue;
        *ret_line = line;
        return true;
    }
    return false;
}
