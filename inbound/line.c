#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define JOIN_MAX 1000

bool line_is_blank(const char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    return !*line;
}

/* ---- attributions ---- */

/* What stands at the end ("wrote:") or, after a start word, in the middle ("schrieb Rosa:"). */
static const char *const verbs[] = {
    "wrote",
    "writes",
    "said",
    "escribio",
    "a ecrit",
    "schrieb",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisal",
    "napisala",
    "napisal(a)",
    "pisze",
    "napsal",
    "napsala",
    "napsal(a)",
    "kirjoitti",
    "yazdi",
    "sunlari yazdi",
    "irta",
    "a scris",
    "da viet",
    "menulis",
    "va escriure",
    "idatzi du",
    "пишет",
    "написал",
    "написала",
    "написал(а)",
    "пише",
    "написав",
    "εγραψε",
    "写道",
    "寫道",
    "님이 작성",
    "작성",
    "のメッセージ",
    "書きました",
    "wrote the following",
    "ha escrito",
    "escreveu o seguinte",
    "schreef het volgende",
    "pise",
    "je napisao/la",
    "napisao je",
    "geschreven",
    "skreiv",
};
/* What an attribution may start with. */
static const char *const starts[] = {
    "on ",        "am ",  "le ",   "el ",      "il ",      "em ",        "op ",         "den ",        "pa ",  "dnia ",
    "w dniu ",    "dne ", "at ",   "quoting ", "citando ", "zitat von ", "in article ", "in message ", "vao ", "pada ",
    "la ",        "a ",   "в ",    "в пн",     "пн",       "вт",         "ср",          "чт",          "пт",   "сб",
    "вс",         "mon",  "tue",   "wed",      "thu",      "fri",        "sat",         "sun",         "lun",  "mar",
    "mie",        "jue",  "vie",   "sab",      "dom",      "jeu",        "ven",         "\"",          "'",    "<",
    "在 ",        "於 ",  "στις ", "dana ",    "man",      "tir",        "ons",         "tor",         "fre",  "al ",
    "il giorno ", "u ",   "kl. ",  "ma ",      "ti ",      "ke ",        "to ",         "pe ",         "la ",  "su ",
};

static bool has_time(const char *s)
{
    for (; *s; s++)
        if (isdigit((unsigned char)s[0]) && (s[1] == ':' || s[1] == '.' || s[1] == 'h') &&
            isdigit((unsigned char)s[2]) && isdigit((unsigned char)s[3]))
            return true;
    return false;
}

static bool has_year(const char *s)
{
    for (const char *p = s; *p; p++) {
        const bool is_start = p == s || !isdigit((unsigned char)p[-1]);

        if (is_start && (memcmp(p, "19", 2) == 0 || memcmp(p, "20", 2) == 0) && isdigit((unsigned char)p[2]) &&
            isdigit((unsigned char)p[3]) && !isdigit((unsigned char)p[4]))
            return true;
        if (is_start && isdigit((unsigned char)*p)) { /* 3/4/20, 03.04.2020 */
            const char *q = p;
            int groups = 1;

            while (isdigit((unsigned char)*q))
                q++;
            while ((*q == '/' || *q == '.' || *q == '-') && isdigit((unsigned char)q[1]) && groups < 3) {
                groups++;
                for (q++; isdigit((unsigned char)*q); q++)
                    ;
            }
            if (groups == 3)
                return true;
        }
    }
    return false;
}

static bool has_address(const char *s)
{
    const char *at = strchr(s, '@');

    return (at && at > s && isalnum((unsigned char)at[1])) || strstr(s, "mailto:");
}

static bool starts_like_attribution(const char *s)
{
    if (isdigit((unsigned char)*s))
        return true;
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (strncmp(s, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* Letters of ASCII words only: other scripts join verbs to names. */
static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* The last verb of the line; NULL for none. ret_end is what follows it. */
static const char *find_verb(const char *s, const char **ret_end)
{
    const char *best = NULL;

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const size_t n = strlen(verbs[i]);

        for (const char *p = s; (p = strstr(p, verbs[i])); p += n) {
            const bool is_ascii = isalpha((unsigned char)*p);

            if (is_ascii && ((p > s && is_word_char(p[-1])) || is_word_char(p[n])))
                continue;
            if (!best || p > best || (p == best && p + n > *ret_end)) {
                best = p;
                *ret_end = p + n;
            }
        }
    }
    return best;
}

static bool is_only(const char *s, const char *allowed)
{
    return strspn(s, allowed) == strlen(s);
}

/* "2012/10/23 Rosa <rosa@example.org>", "28.04.2014, 17:18, "Rosa" <rosa@example.org>:" */
static bool is_date_and_address(const char *s, size_t n)
{
    while (n && (s[n - 1] == ':' || s[n - 1] == ' '))
        n--;
    return isdigit((unsigned char)*s) && n && (s[n - 1] == '>' || s[n - 1] == ')') && has_address(s) &&
           (has_year(s) || strstr(s, "年"));
}

/* "---- On Fri, 12 Jan 2018 10:00:00 +0100 Rosa <rosa@example.org> wrote ----" */
const char *line_skip_dashes(const char *s)
{
    while (*s == '-' || *s == ' ' || *s == '*' || *s == '_')
        s++;
    return s;
}

static enum line_proof judge(const char *whole)
{
    const char *s = line_skip_dashes(whole), *after = "", *verb;
    const size_t n = strlen(s);
    const bool is_started = starts_like_attribution(s), is_addressed = has_address(s);
    bool ends;

    if (n < 4 || n > JOIN_MAX)
        return LINE_NO;
    if (is_date_and_address(s, n))
        return LINE_STRONG;
    ends = s[n - 1] == ':' || (n > 2 && s[n - 1] == '*' && strchr(s + n - 3, ':')) ||
           (s != whole && n > 4 && strcmp(s + n - 4, "----") == 0);
    verb = find_verb(s, &after);
    if (!verb) {
        const bool is_quoting = strncmp(s, "quoting ", 8) == 0 || strncmp(s, "citando ", 8) == 0 ||
                                strncmp(s, "zitat von ", 10) == 0 || strncmp(s, "en reponse a ", 13) == 0;

        if (ends && is_quoting && is_addressed)
            return LINE_STRONG;
        return ends && is_addressed && has_time(s) && has_year(s) && n > 2 && s[n - 2] == '>' ? LINE_STRONG : LINE_NO;
    }
    if (!ends)
        return LINE_NO;
    if (is_only(after, ": -*_.\t")) {
        if (is_addressed && (has_year(s) || has_time(s) || s[0] == '<' || s[0] == '"' || strchr(s, '<')))
            return LINE_STRONG;
        if (is_started && has_year(s) && (has_time(s) || strncmp(s, "on ", 3) == 0))
            return LINE_STRONG;
        return LINE_WEAK;
    }
    if (!is_started || !(has_year(s) || has_time(s)))
        return LINE_NO;
    return is_addressed || (has_year(s) && has_time(s)) ? LINE_STRONG : LINE_WEAK;
}

static bool join_line(char *joined, size_t *n, const char *line)
{
    const size_t k = strlen(line);

    if (*n + k + 2 > JOIN_MAX)
        return false;
    if (*n)
        joined[(*n)++] = ' ';
    memcpy(joined + *n, line, k + 1);
    *n += k;
    return true;
}

const char *line_skip_blanks(const char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

enum line_proof line_attribution(const char *const *lines, size_t count, size_t *ret_used)
{
    char joined[JOIN_MAX + 1] = "";
    size_t n = 0;

    for (size_t i = 0; i < count && i < LINE_ATTRIBUTION_LINES_MAX && !line_is_blank(lines[i]); i++) {
        const char *line = line_skip_blanks(lines[i]);
        enum line_proof proof;

        /* Only what starts like one may go on over several lines; what goes on must not itself be the start. */
        if (i == 1 && !starts_like_attribution(line_skip_dashes(line_skip_blanks(lines[0]))) && *line != '<')
            return LINE_NO;
        if (i > 0 && strncmp(line, "on ", 3) == 0 && judge(line))
            return LINE_NO;
        if (!join_line(joined, &n, line))
            return LINE_NO;
        proof = judge(joined);
        if (i > 0 && proof == LINE_WEAK && !has_year(joined) && !has_time(joined) && !has_address(joined))
            return LINE_NO;
        if (proof) {
            *ret_used = i + 1;
            return proof;
        }
    }
    return LINE_NO;
}
