#include "inbound/words.h"

#include "base/text.h"

#include <ctype.h>

/* ---- tokens ---- */

enum glyph { GLYPH_SPACE, GLYPH_BREAK, GLYPH_WORD, GLYPH_JOINER, GLYPH_QUOTE, GLYPH_PUNCT, GLYPH_PICTURE };

static bool is_space(int32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000;
}

/* Marks and invisible characters belong to what stands before them. */
static bool is_joiner(int32_t cp)
{
    return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x2064) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF || cp == 0xAD ||
           (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

static bool is_quote(int32_t cp)
{
    return cp == '\'' || (cp >= 0x2018 && cp <= 0x201B) || cp == 0x2032 || cp == '`' || cp == 0xB4;
}

static enum glyph glyph_of(int32_t cp)
{
    if (cp == '\n' || cp == 0x2028 || cp == 0x2029)
        return GLYPH_BREAK;
    if (is_space(cp))
        return GLYPH_SPACE;
    if (is_joiner(cp))
        return GLYPH_JOINER;
    if (text_is_letter(cp) || text_is_digit(cp))
        return GLYPH_WORD;
    if (is_quote(cp))
        return GLYPH_QUOTE;
    return cp >= 0x2100 && cp != 0x2212 ? GLYPH_PICTURE : GLYPH_PUNCT;
}

static const char *punct_plain(int32_t cp, const char *s, size_t n, struct arena *mem)
{
    if (is_quote(cp))
        return "'";
    if ((cp >= 0x201C && cp <= 0x201F) || cp == 0xAB || cp == 0xBB || cp == 0x2033)
        return "\"";
    if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
        return "-";
    if (cp == 0x2026)
        return "…";
    return arena_strndup(mem, s, n);
}

static const char *peek(const char *p, enum glyph *ret_glyph, int32_t *ret_cp)
{
    *ret_cp = text_next(&p);
    *ret_glyph = glyph_of(*ret_cp);
    return p;
}

/* The end of the word that begins at p: letters, digits, joiners and quotes between letters. */
static const char *word_end(const char *p)
{
    enum glyph g, after;
    int32_t cp;

    while (*p) {
        const char *next = peek(p, &g, &cp);

        if (g == GLYPH_QUOTE && *next) {
            peek(next, &after, &cp);
            if (after != GLYPH_WORD)
                break;
        } else if (g != GLYPH_WORD && g != GLYPH_JOINER) {
            break;
        }
        p = next;
    }
    return p;
}

static void add_word(struct words_token *t, const char *s, size_t n, struct arena *mem)
{
    char *copy = arena_alloc(mem, n + 1), *to = copy;
    const char *p = s;
    int letters = 0, upper = 0;
    bool is_ascii = true;

    while (p < s + n) {
        const char *start = p;
        const int32_t cp = text_next(&p);

        if (is_joiner(cp) && cp >= 0x370) /* accents stay for the fold */
            continue;
        if (is_quote(cp)) {
            *to++ = '\'';
            continue;
        }
        memcpy(to, start, (size_t)(p - start));
        to += p - start;
        is_ascii = is_ascii && cp < 0x80;
    }
    *to = '\0';
    t->kind = WORDS_WORD;
    if (is_ascii)
        for (char *c = copy; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    t->plain = is_ascii ? copy : text_fold_plain(mem, copy);
    for (size_t i = 0; i < n; i++) {
        letters += isalpha((unsigned char)s[i]) != 0;
        upper += isupper((unsigned char)s[i]) != 0;
    }
    t->is_upper = letters >= 2 && upper == letters;
    t->is_capital = isupper((unsigned char)s[0]) || ((unsigned char)s[0] == 0xC3 && (unsigned char)s[1] < 0x9F);
}

/* Reads the token at p; returns its end. */
static const char *read_token(const char *p, enum glyph g, int32_t cp, struct words_token *t, struct arena *mem)
{
    const char *end = p;

    text_next(&end);
    if (g == GLYPH_WORD) {
        end = word_end(p);
        add_word(t, p, (size_t)(end - p), mem);
    } else if (g == GLYPH_BREAK) {
        t->kind = WORDS_BREAK;
        t->plain = "\n";
    } else if (cp == '.' && p[1] == '.') {
        end = p + strspn(p, ".");
        t->kind = WORDS_PUNCT;
        t->plain = "…";
    } else {
        t->kind = g == GLYPH_PICTURE ? WORDS_PICTURE : WORDS_PUNCT;
        t->plain = punct_plain(cp, p, (size_t)(end - p), mem);
    }
    t->len = (size_t)(end - p);
    return end;
}

struct words_list words_split(const char *text, size_t max, struct arena *mem)
{
    const size_t cap = max && max < WORDS_MAX_TOKENS ? max : WORDS_MAX_TOKENS;
    const size_t room = strnlen(text, cap) + 1; /* a token has at least one byte */
    struct words_token *v = ARENA_ARRAY(mem, room, struct words_token);
    struct words_list list = { .v = v };
    const char *p = text, *last = NULL;
    enum glyph g;
    int32_t cp;

    while (*p) {
        const char *next = peek(p, &g, &cp);

        if (g == GLYPH_SPACE || g == GLYPH_JOINER) {
            last = g == GLYPH_JOINER && last == p ? next : last;
            p = next;
            continue;
        }
        if (list.count == cap) {
            list.is_cut = true;
            break;
        }
        v[list.count].at = (size_t)(p - text);
        v[list.count].is_glued = last == p;
        p = last = read_token(p, g, cp, &v[list.count++], mem);
    }
    return list;
}

/* ---- words, patterns, numbers ---- */

size_t words_last_line(const struct words_list *list, size_t to)
{
    while (to && list->v[to - 1].kind != WORDS_WORD)
        to--;
    while (to && list->v[to - 1].kind != WORDS_BREAK)
        to--;
    return to;
}

bool words_is(const struct words_token *token, const char *plain)
{
    return strcmp(token->plain, plain) == 0;
}

bool words_among(const char *plain, const char *list)
{
    const size_t n = strlen(plain);

    while (n && *list) {
        const size_t k = strcspn(list, " ");

        if (k == n && memcmp(list, plain, n) == 0)
            return true;
        list += k + (list[k] == ' ');
    }
    return false;
}

/* One item of a pattern, "a|b|c", against a word. */
static bool item_has(const char *item, size_t n, const char *plain)
{
    const size_t len = strlen(plain);

    while (n) {
        const char *bar = memchr(item, '|', n);
        const size_t k = bar ? (size_t)(bar - item) : n;

        if (k == len && memcmp(item, plain, k) == 0)
            return true;
        item += bar ? k + 1 : k;
        n -= bar ? k + 1 : k;
    }
    return false;
}

/* A comma, or a hyphen that joins two words, is passed over between the words of a phrase. */
static size_t pass_comma(const struct words_token *v, size_t count, size_t i)
{
    if (i == 0 || i + 1 >= count)
        return i;
    if (words_is(&v[i], ","))
        return i + 1;
    return words_is(&v[i], "-") && v[i].is_glued && v[i + 1].is_glued ? i + 1 : i;
}

static size_t match_from(const char *pattern, const struct words_token *v, size_t count, size_t i)
{
    const char *item = pattern + strspn(pattern, " ");
    const size_t n = strcspn(item, " ");
    const bool is_optional = n && item[n - 1] == '?';
    const size_t j = pass_comma(v, count, i);
    size_t best = WORDS_NONE, r;

    if (!n)
        return i;
    if (j < count && v[j].kind == WORDS_WORD && item_has(item, n - is_optional, v[j].plain))
        best = match_from(item + n, v, count, j + 1);
    if (is_optional) {
        r = match_from(item + n, v, count, i);
        if (best == WORDS_NONE || (r != WORDS_NONE && r > best))
            best = r;
    }
    return best;
}

size_t words_match(const char *pattern, const struct words_token *v, size_t count)
{
    return match_from(pattern, v, count, 0);
}

bool words_core_is(const struct words_core *core, const char *pattern)
{
    const size_t n = core->to - core->from;

    return n && words_match(pattern, core->list.v + core->from, n) == n;
}

char *words_span(const struct words_core *core, size_t from, size_t to, struct arena *mem)
{
    const struct words_token *v = core->list.v;

    if (from >= to)
        return arena_strdup(mem, "");
    return arena_strndup(mem, core->text + v[from].at, v[to - 1].at + v[to - 1].len - v[from].at);
}

int words_number(const struct words_token *token)
{
    static const char *const en[] = { "one",     "two",     "three",     "four",     "five",     "six",      "seven",
                                      "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen", "fourteen",
                                      "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty" };
    static const char *const es[] = { "uno",       "dos",        "tres",      "cuatro",     "cinco",
                                      "seis",      "siete",      "ocho",      "nueve",      "diez",
                                      "once",      "doce",       "trece",     "catorce",    "quince",
                                      "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte" };
    const char *p = token->plain;
    int n = 0;

    if (token->kind != WORDS_WORD)
        return -1;
    for (size_t i = 0; i < COUNT_OF(en); i++)
        if (strcmp(p, en[i]) == 0 || strcmp(p, es[i]) == 0)
            return (int)i + 1;
    if (strlen(p) > 4 || strspn(p, "0123456789") != strlen(p))
        return -1;
    while (*p)
        n = n * 10 + (*p++ - '0');
    return n;
}

const char *words_subject(const char *subject)
{
    static const char *const marks[] = { "re:", "fwd:", "fw:", "rv:", "tr:", "aw:", "res:", "fyi:" };
    bool is_more = true;

    while (is_more) {
        is_more = false;
        subject += strspn(subject, " \t");
        for (size_t i = 0; i < COUNT_OF(marks); i++)
            if (text_starts(subject, marks[i])) {
                subject += strlen(marks[i]);
                is_more = true;
            }
    }
    return subject;
}

bool words_is_mark(const struct words_token *token, const char *marks)
{
    return token->kind == WORDS_PUNCT && words_among(token->plain, marks);
}

size_t words_longest(const char *const *patterns, size_t n, const struct words_token *v, size_t count)
{
    size_t best = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t k = words_match(patterns[i], v, count);

        if (k != WORDS_NONE && k > best)
            best = k;
    }
    return best;
}

bool words_ends_paragraph(const struct words_list *list, size_t i)
{
    if (list->v[i].kind != WORDS_BREAK)
        return false;
    while (++i < list->count && words_is_mark(&list->v[i], "> |"))
        ;
    return i < list->count && list->v[i].kind == WORDS_BREAK;
}
