#include "gateway/desk/desk_name.h"

#include "base/text.h"

#define WORDS_MAX 12
#define START_MIN 2 /* letters */
#define BLANKS " \t,;()"

/* "M.D." is "md", "O'Brien" stays. */
static const char *without_dots(const char *word, size_t n, struct arena *mem)
{
    char *plain = arena_strndup(mem, word, n), *to = plain;

    for (const char *p = plain; *p; p++)
        if (*p != '.')
            *to++ = *p;
    *to = '\0';
    return plain;
}

/* Forms of address, which stand before a name; what stands behind one, and some families are called. */
static const char *const before[] = { "dr",   "dra",  "doctor",   "doctora",   "nurse", "enfermera", "enfermero",
                                      "lic",  "mr",   "mrs",      "ms",        "miss",  "sr",        "sra",
                                      "srta", "prof", "provider", "moderator", NULL };
static const char *const behind[] = { "md",   "do",  "phd", "rn",    "lpn",  "np",  "pa",
                                      "aprn", "dnp", "rd",  "cdces", "lcsw", "esq", NULL };

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list))
            return true;
    return false;
}

static bool is_title(const char *word)
{
    return is_one_of(word, before) || is_one_of(word, behind);
}

struct name {
    const char *words[WORDS_MAX]; /* folded, without the dots */
    bool is_title[WORDS_MAX];
    size_t n, titles;
};

static struct name name_of(const char *text, struct arena *mem)
{
    const char *p = text_fold_plain(mem, text);
    struct name name = { .n = 0 };

    for (p += strspn(p, BLANKS); *p && name.n < WORDS_MAX; p += strspn(p, BLANKS)) {
        const size_t n = strcspn(p, BLANKS);
        const char *word = without_dots(p, n, mem);

        if (*word) {
            name.titles += name.is_title[name.n] = is_title(word);
            name.words[name.n++] = word;
        }
        p += n;
    }
    return name;
}

static bool has_word(const struct name *name, const char *word, bool is_start)
{
    for (size_t i = 0; i < name->n; i++)
        if (is_start ? strlen(word) >= START_MIN && text_starts(name->words[i], word) : !strcmp(name->words[i], word))
            return true;
    return false;
}

/* Titles count where there is nothing else. */
static bool are_in(const struct name *some, const struct name *name, bool is_start)
{
    for (size_t i = 0; i < some->n; i++)
        if ((!some->is_title[i] || some->titles == some->n) && !has_word(name, some->words[i], is_start))
            return false;
    return some->n > 0;
}

enum desk_likeness desk_name_likeness(const char *said, const char *name, struct arena *mem)
{
    const struct name s = name_of(said, mem), their = name_of(name, mem);

    if (!are_in(&s, &their, false))
        return are_in(&s, &their, true) ? DESK_BY_START : DESK_NOT_MEANT;
    if (!are_in(&their, &s, false))
        return DESK_BY_PART;
    return s.n == their.n && s.titles == their.titles ? DESK_EXACTLY : DESK_IN_FULL;
}

bool desk_name_is_title(const char *said, struct arena *mem)
{
    const struct name name = name_of(said, mem);

    return name.n && name.titles == name.n;
}

static bool has_small(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            return true;
    return false;
}

/* "Lan Do" and "Do Lan", but not "Lan Roe, Do", "Lan DO", "Lan D.O." nor "Nurse Lan". */
bool desk_name_holds(const char *name, const char *said, struct arena *mem)
{
    const struct name s = name_of(said, mem);
    const bool is_mixed = has_small(name, strlen(name));

    for (const char *p = name + strspn(name, " \t"); *p && !strchr(",;(", *p); p += strspn(p, " \t")) {
        const size_t n = strcspn(p, BLANKS);
        const char *const word = text_fold_plain(mem, arena_strndup(mem, p, n));

        if (s.n == 1 && !strcmp(word, s.words[0]) && (!is_mixed || has_small(p, n)) &&
            (p > name || !is_one_of(word, before)))
            return true;
        p += n;
    }
    return false;
}
