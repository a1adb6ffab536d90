#include "gateway/triage/triage_spell.h"

#include "base/strbuf.h"
#include "base/text.h"

#include <ctype.h>

#define WORD_MAX_BYTES 256
#define NEAR_MIN_WORD 5
#define NEAR_MIN_KEY 6

const char *triage_spell_without(const char *word, char c, struct arena *mem)
{
    char *copy, *to;

    if (!strchr(word, c))
        return word;
    copy = to = arena_strdup(mem, word);
    for (const char *p = word; *p; p++)
        if (*p != c)
            *to++ = *p;
    *to = '\0';
    return copy;
}

const char *triage_spell_squeezed(const char *word, int keep, struct arena *mem)
{
    char *copy = NULL, *to = NULL;

    for (const char *p = word; *p;) {
        int n = 1;

        while (p[n] == *p)
            n++;
        if (n >= 3 && isalpha((unsigned char)*p) && !copy) {
            copy = arena_strdup(mem, word);
            to = copy + (p - word);
        }
        for (int i = 0; copy && i < (n >= 3 && isalpha((unsigned char)*p) ? keep : n); i++)
            *to++ = *p;
        p += n;
    }
    if (!copy)
        return word;
    *to = '\0';
    return copy;
}

/* ---- disguises ---- */

/* Cyrillic and Greek small letters that look like Latin ones. */
static const struct {
    int32_t from;
    char to;
} looks[] = {
    { 0x430, 'a' }, { 0x432, 'b' }, { 0x435, 'e' }, { 0x451, 'e' },  { 0x456, 'i' }, { 0x457, 'i' }, { 0x458, 'j' },
    { 0x43A, 'k' }, { 0x43C, 'm' }, { 0x43D, 'h' }, { 0x43E, 'o' },  { 0x440, 'p' }, { 0x441, 'c' }, { 0x442, 't' },
    { 0x443, 'y' }, { 0x445, 'x' }, { 0x455, 's' }, { 0x501, 'd' },  { 0x4BB, 'h' }, { 0x51B, 'q' }, { 0x51D, 'w' },
    { 0x3B1, 'a' }, { 0x3B2, 'b' }, { 0x3B5, 'e' }, { 0x3B9, 'i' },  { 0x3BA, 'k' }, { 0x3BD, 'v' }, { 0x3BF, 'o' },
    { 0x3C1, 'p' }, { 0x3C4, 't' }, { 0x3C5, 'u' }, { 0x3C7, 'x' },  { 0x3B7, 'n' }, { 0x3BC, 'm' }, { 0x3B6, 'z' },
    { 0x3C9, 'w' }, { 0x131, 'i' }, { 0xF8, 'o' },  { 0x1D26, 'l' },
};

static char look_of(int32_t cp)
{
    for (size_t i = 0; i < COUNT_OF(looks); i++)
        if (looks[i].from == cp)
            return looks[i].to;
    return '\0';
}

static char letter_of(int32_t cp, int variant)
{
    static const char from[] = "01345789!@$|+", to[] = "oieastbgiaslt";
    const char *hit = cp < 0x80 ? strchr(from, (char)cp) : NULL;

    if (cp >= 0x80)
        return look_of(cp);
    if (isalpha(cp) || cp == '\'')
        return (char)cp;
    if (cp == '*')
        return variant >= 2 ? (char)('a' + variant - 2) : '\0';
    if (variant == 1 && (cp == '1' || cp == '!'))
        return 'l';
    return hit && cp ? to[hit - from] : '\0';
}

const char *triage_spell_undisguised(const char *word, int variant, struct arena *mem)
{
    char buf[WORD_MAX_BYTES], *to = buf;
    const bool has_star = strchr(word, '*') != NULL;
    bool has_letter = false, has_other = false;

    if (strlen(word) >= sizeof buf || (variant >= 2) != has_star)
        return NULL;
    for (const char *p = word; *p;) {
        const int32_t cp = text_next(&p);
        const char c = letter_of(cp, variant);

        if (!c)
            return NULL;
        has_letter = has_letter || cp >= 0x80 || isalpha(cp);
        has_other = has_other || cp >= 0x80 || !isalpha(cp);
        *to++ = c;
    }
    *to = '\0';
    return has_letter && has_other ? arena_strdup(mem, buf) : NULL;
}

/* ---- one letter wrong ---- */

bool triage_spell_is_near(const char *word, const char *key)
{
    const size_t n = strlen(word), m = strlen(key);
    size_t i = 0, j = 0;

    if (word[0] != key[0] || n < NEAR_MIN_WORD || m < NEAR_MIN_KEY || n > m + 1 || m > n + 1)
        return false;
    while (word[i] && word[i] == key[i])
        i++;
    while (j < n - i && j < m - i && word[n - 1 - j] == key[m - 1 - j])
        j++;
    if (n - i - j <= 1 && m - i - j <= 1)
        return true;
    return n == m && n - i - j == 2 && word[i] == key[i + 1] && word[i + 1] == key[i];
}
