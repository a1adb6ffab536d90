#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define JOIN_MAX 1000
#define KIN_WORDS 3 /* "my old doctor wrote" */

bool line_is_blank(const char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    return !*line;
}

/* ---- attributions ---- */

/* What stands at the end ("wrote:") or, after a start word, in the middle ("schrieb Rosa:"). Folded: of ł, ø, æ, ı both forms. */
static const char *const verbs[] = {
    /* English, Spanish, Catalan, Basque, Portuguese, Italian, French, Romanian */
    "wrote",
    "writes",
    "said",
    "wrote the following",
    "escribio",
    "escribia",
    "escribiu",
    "ha escrito",
    "va escriure",
    "ha escrit",
    "idatzi du",
    "escreveu",
    "escreveu o seguinte",
    "ha scritto",
    "scrive",
    "scriveva",
    "a ecrit",
    "ecrivait",
    "ecrit",
    "a scris",
    /* German, Dutch, the north */
    "schrieb",
    "geschrieben",
    "schrieb folgendes",
    "schreef",
    "schreef het volgende",
    "geschreven",
    "skrev",
    "skreiv",
    "skrev folgende",
    "skrev følgende",
    "skrifadi",
    "skrifaði",
    "kirjoitti",
    "kirjutas",
    /* the east of Europe, Greece, Turkey */
    "napisal",
    "napisala",
    "napisal(a)",
    "napisał",
    "napisała",
    "napisał(a)",
    "pisze",
    "pise",
    "napsal",
    "napsala",
    "napsal(a)",
    "napisao",
    "je napisao/la",
    "napisao je",
    "je napisal",
    "je napisala",
    "irta",
    "a kovetkezot irta",
    "rase",
    "rakstija",
    "пишет",
    "написал",
    "написала",
    "написал(а)",
    "пише",
    "написав",
    "написа",
    "је написао",
    "εγραψε",
    "yazdi",
    "yazdı",
    "sunlari yazdi",
    "sunlari yazdı",
    /* Asia and the Near East */
    "写道",
    "寫道",
    "のメッセーシ", /* folding takes the marks off: "ジ" */
    "のメール",
    "書きました",
    "か書いたメッセーシ",
    "님이 작성",
    "님이 씀",
    "작성",
    "썼습니다",
    "da viet",
    "đa viet",
    "menulis",
    "เขยนวา",
    "כתב/ה",
    "כתבה",
    "כתב",
    "كتب",
    "كتبت",
    "نوشت",
};
/* What an attribution may start with. */
static const char *const starts[] = {
    "on ",        "am ",  "le ",   "el ",      "il ",      "em ",        "op ",         "den ",        "pa ",   "dnia ",
    "w dniu ",    "dne ", "at ",   "quoting ", "citando ", "zitat von ", "in article ", "in message ", "vao ",  "pada ",
    "la ",        "a ",   "в ",    "в пн",     "пн",       "вт",         "ср",          "чт",          "пт",    "сб",
    "вс",         "mon",  "tue",   "wed",      "thu",      "fri",        "sat",         "sun",         "lun",   "mar",
    "mie",        "jue",  "vie",   "sab",      "dom",      "jeu",        "ven",         "\"",          "'",     "<",
    "在 ",        "於 ",  "στισ ", "dana ",    "man",      "tir",        "ons",         "tor",         "fre",   "al ",
    "il giorno ", "u ",   "kl. ",  "ma ",      "ti ",      "ke ",        "to ",         "pe ",         "su ",   "pon",
    "wt",         "sr",   "czw",   "pt",       "sob",      "niedz",      "po ",         "ut ",         "st ",   "ct ",
    "pa,",        "so ",  "ne ",   "do ",      "mo ",      "di ",        "mi ",         "fr ",         "sa ",   "za ",
    "zo ",        "wo ",  "vr ",   "date",     "вы ",      "де ",        "ngay ",       "ท",           "ในวนท", "na ",
    "dna ",
};

bool line_has_time(const char *s)
{
    for (; *s; s++)
        if (isdigit((unsigned char)s[0]) && (s[1] == ':' || s[1] == '.' || s[1] == 'h') &&
            isdigit((unsigned char)s[2]) && isdigit((unsigned char)s[3]))
            return true;
    return false;
}

bool line_has_year(const char *s)
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
    s += *s == '(';
    return isdigit((unsigned char)*s) || line_starts_with_one(s, starts, COUNT_OF(starts));
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
           (line_has_year(s) || strstr(s, "年"));
}

/* "---- On Fri, 12 Jan 2018 10:00:00 +0100 Rosa <rosa@example.org> wrote ----" */
const char *line_skip_dashes(const char *s)
{
    while (*s == '-' || *s == ' ' || *s == '*' || *s == '_')
        s++;
    return s;
}

/* "Quoting Rosa <rosa@example.org>:" */
static bool is_quoting(const char *s)
{
    static const char *const words[] = { "quoting ", "citando ", "zitat von ",     "en reponse a ", "citando a ",
                                         "citat ",   "citeren ", "excerpts from ", "thus spake " };

    return line_starts_with_one(s, words, COUNT_OF(words));
}

/* ">>> Rosa Vega <rosa@example.org> 3/4/2026 7:08 AM >>>" of GroupWise, with or without its marks at the start. */
static bool is_groupwise(const char *s, size_t n)
{
    return n > 12 && strncmp(s, ">>> ", 4) == 0 && strcmp(s + n - 4, " >>>") == 0 &&
           (line_has_year(s) || line_has_time(s));
}

/* A line that ends as an attribution does, with a verb at its end. */
static enum line_proof judge_end(const char *s, bool is_started, bool is_addressed)
{
    if (is_addressed && (line_has_year(s) || line_has_time(s) || s[0] == '<' || s[0] == '"' || strchr(s, '<')))
        return LINE_STRONG;
    return is_started && line_has_year(s) && line_has_time(s) ? LINE_STRONG : LINE_WEAK;
}

static bool ends_with_address(const char *s)
{
    const size_t n = strlen(s);

    return n > 2 && s[n - 1] == ':' && s[n - 2] == '>';
}

/* With the verb before the name or the date: "Am 3.3.2026 um 07:40 schrieb Rosa:", "Rosa schrieb am 3.3.2026 um 07:40:" */
static enum line_proof judge_middle(const char *s, const char *after, bool is_started, bool is_addressed)
{
    if (!(line_has_year(s) || line_has_time(s)))
        return is_addressed && ends_with_address(s) ? LINE_WEAK : LINE_NO;
    if (!is_started)
        return line_has_year(after) && is_addressed ? LINE_STRONG : line_has_year(after) ? LINE_WEAK : LINE_NO;
    return is_addressed || (line_has_year(s) && line_has_time(s)) ? LINE_STRONG : LINE_WEAK;
}

/* "Quoting Rosa (2026-11-16 9:12:00)" */
static bool is_quoting_of(const char *s, size_t n)
{
    return s[n - 1] == ')' && is_quoting(s) && line_has_year(s) && line_has_time(s);
}

static bool ends_like_attribution(const char *whole, const char *s, size_t n)
{
    while (n && (s[n - 1] == ' ' || s[n - 1] == '*' || s[n - 1] == '_'))
        n--;
    return n && (s[n - 1] == ':' || is_quoting_of(s, n) || (s != whole && n > 4 && strncmp(s + n - 4, "----", 4) == 0));
}

/* What the writer says of themselves, without an address: "On 3/4/2026 I wrote:" */
static bool is_of_writer(const char *s)
{
    static const char *const words[] = {
        "i wrote",    "i said",     "yo escribi", "schrieb ich", "habe ich geschrieben",
        "j'ai ecrit", "j'ecrivais", "ho scritto", "eu escrevi"
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *at = strstr(s, words[i]);

        if (at && (at == s || at[-1] == ' '))
            return true;
    }
    return false;
}

/* "On 3 November 2026 at 9:12 my daughter wrote:": nobody is called so in an attribution. */
static bool is_of_kin(const char *s, const char *verb, const char *after)
{
    static const char *const words[] = {
        " my ",       " our ",         " his ",        " her ",       " she ",        " he ",
        " they ",     " mein ",        " meine ",      " unsere ",    " mijn ",       " notre ",
        " minha ",    " meu ",         " nuestra ",    " nuestro ",   " ella ",       " mi hija ",
        " mi hijo ",  " mi madre ",    " mi doctor",   " mi medic",   " mi espos",    " mi herman",
        " ma mere ",  " ma fille ",    " ma soeur ",   " ma femme ",  " mon mari ",   " mon fils ",
        " mon pere ", " mon medecin ", " mia figlia ", " mia madre ", " mio marito ", " mio figlio ",
    };
    const char *from = verb;

    for (int n = 0; from > s && n < KIN_WORDS + 1; from--)
        n += *from == ' ';
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *at = strstr(from, words[i]);

        if (at && at < after + 1)
            return true;
    }
    return false;
}

static enum line_proof judge_verb(const char *s, const char *verb, const char *after, bool is_addressed)
{
    const bool is_started = starts_like_attribution(s), is_end = is_only(after, ": -*_.\t");
    const enum line_proof proof =
        is_end ? judge_end(s, is_started, is_addressed) : judge_middle(s, after, is_started, is_addressed);

    return proof == LINE_STRONG && !is_addressed && is_of_kin(s, verb, after) ? LINE_WEAK : proof;
}

static enum line_proof judge(const char *whole)
{
    const char *s = line_skip_dashes(whole), *after = "", *verb;
    const size_t n = strlen(s);
    bool is_whole, is_addressed;

    if (n < 4 || n > JOIN_MAX)
        return LINE_NO;
    is_whole = is_groupwise(s, n) || is_date_and_address(s, n);
    if (!is_whole && !ends_like_attribution(whole, s, n))
        return LINE_NO;
    is_addressed = has_address(s);
    if (!is_addressed && is_of_writer(s))
        return LINE_NO;
    if (is_whole)
        return LINE_STRONG;
    verb = find_verb(s, &after);
    if (verb)
        return judge_verb(s, verb, after, is_addressed);
    if (is_quoting(s))
        return is_addressed ? LINE_STRONG : LINE_WEAK;
    if (!is_addressed)
        return LINE_NO;
    if (!line_has_time(s) || !line_has_year(s)) /* in a language whose verb is not known */
        return ends_with_address(s) ? LINE_WEAK : LINE_NO;
    return ends_with_address(s) ? LINE_STRONG : LINE_WEAK;
}

/* Yahoo on phones sets the older mail's first line right behind it: "On … wrote:   Tuesday Circle". */
static bool is_attribution_with_more(const char *line)
{
    char head[JOIN_MAX + 1];
    const char *colon = strstr(line, ":  ");
    const size_t n = colon ? (size_t)(colon - line) + 1 : 0;

    if (!n || n >= sizeof head || !starts_like_attribution(line))
        return false;
    memcpy(head, line, n);
    head[n] = '\0';
    return has_address(head) && line_has_year(head) && line_has_time(head) && judge(head) == LINE_STRONG;
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

/* Only what starts like one may go on over several lines; a line that is one by itself belongs to no other. */
static bool may_go_on(const char *first, const char *line)
{
    const char *start = line_skip_dashes(line_skip_blanks(first));

    if (!starts_like_attribution(start) && !line_has_year(start) && !has_address(start) && *line != '<')
        return false;
    if (line_is_rule(line) || line_is_original_mark(line) || line_is_field(line))
        return false;
    return !(judge(line) && (line_has_year(line) || strncmp(line, "on ", 3) == 0));
}

enum line_proof line_attribution(const char *const *lines, size_t count, size_t *ret_used)
{
    char joined[JOIN_MAX + 1] = "";
    size_t n = 0;

    for (size_t i = 0; i < count && i < LINE_ATTRIBUTION_LINES_MAX && !line_is_blank(lines[i]); i++) {
        const char *line = line_skip_blanks(lines[i]);
        enum line_proof proof;

        if ((i > 0 && !may_go_on(lines[0], line)) || !join_line(joined, &n, line))
            return LINE_NO;
        proof = i == 0 && is_attribution_with_more(line) ? LINE_STRONG : judge(joined);
        if (i > 0 && proof == LINE_WEAK && !line_has_year(joined) && !line_has_time(joined) && !has_address(joined))
            return LINE_NO;
        if (proof) {
            *ret_used = i + 1;
            return proof;
        }
    }
    return LINE_NO;
}
