#define PCRE2_CODE_UNIT_WIDTH 8
#include "gateway/triage.h"

#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/words.h"

#include <ctype.h>
#include <pcre2.h>

#define PATTERN_MAX_BYTES ((size_t)4 << 20)
#define PATTERN_TOO_LARGE 120 /* PCRE2: over 64 Ki units compiled */
#define ROUTINE 4

/* The headings of a list. A tier of -1 marks the phrases that are nothing. */
struct section {
    const char *heading;
    int tier;
    enum triage_flag flag;
};

static const struct section sections[] = {
    { "[not]", -1, 0 },
    { "[tier 0]", 0, TRIAGE_CRISIS },
    { "[tier 1]", 1, TRIAGE_CRISIS },
    { "[tier 2]", 2, TRIAGE_MEDICAL },
    { "[flag medicine]", 3, TRIAGE_MEDICINE },
    { "[flag results]", 3, TRIAGE_RESULTS },
    { "[flag doctor]", 3, TRIAGE_DOCTOR },
    { "[flag conflict]", 3, TRIAGE_CONFLICT },
};
#define HEADINGS                                                                                                       \
    "[not], [tier 0], [tier 1], [tier 2], [flag medicine], [flag results], [flag doctor] or [flag conflict]"

struct phrase {
    const char *text;   /* as written in the list */
    const char *folded; /* as matched: folded words with one blank between, `*` alone for up to three words */
    const struct section *section;
};

struct triage_lexicon {
    struct arena *mem;
    struct phrase *phrases;
    size_t count;
    pcre2_code *code;
    pcre2_code *contacts;
    pcre2_match_context *limits;
};

/* ---- the form in which words are compared ---- */

struct normal {
    char *text;      /* folded words and marks that end a sentence, one blank between and around */
    size_t *starts;  /* for each word: where it begins in text, */
    size_t *at, *to; /* and the bytes of the original that it came from */
    size_t count;
    bool is_cut;
};

/* "su1cide" and "k1ll" are read as words; "10mg" and "b12" are not. */
static void undo_leet(char *w)
{
    static const char from[] = "01345", to[] = "oieas";
    const size_t n = strlen(w);
    size_t letters = 0;

    for (const char *p = w; *p; p++)
        letters += isalpha((unsigned char)*p) != 0;
    if (n < 4 || letters < 3 || letters == n || isdigit((unsigned char)w[0]) || isdigit((unsigned char)w[n - 1]))
        return;
    for (char *p = w; *p; p++) {
        const char *hit = strchr(from, *p);

        if (hit)
            *p = to[hit - from];
    }
}

/* Three and more of a letter are one: "diiie". Apostrophes go: "can't" is "cant". */
static void squeeze(char *w)
{
    char *to = w;

    for (const char *p = w; *p;) {
        size_t n = 1;

        while (p[n] == *p)
            n++;
        for (size_t i = 0; *p != '\'' && i < (n >= 3 && isalpha((unsigned char)*p) ? 1 : n); i++)
            *to++ = *p;
        p += n;
    }
    *to = '\0';
}

static bool ends_sentence(const struct words_token *t)
{
    return t->kind == WORDS_PUNCT && words_among(t->plain, ". ! ? ; : ( )");
}

static void add_normal(struct normal *n, struct strbuf *b, const struct words_token *t, struct arena *mem)
{
    char *w = arena_strdup(mem, t->plain);

    undo_leet(w);
    squeeze(w);
    n->starts[n->count] = b->len;
    n->at[n->count] = t->at;
    n->to[n->count++] = t->at + t->len;
    strbuf_str(b, *w ? w : "'");
    strbuf_char(b, ' ');
}

static struct normal normalise(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(PATTERN_MAX_BYTES * 8);
    const struct words_list list = words_split(text, 0, mem);
    struct normal n = { .is_cut = list.is_cut };

    n.starts = ARENA_ARRAY(mem, list.count + 1, size_t);
    n.at = ARENA_ARRAY(mem, list.count + 1, size_t);
    n.to = ARENA_ARRAY(mem, list.count + 1, size_t);
    strbuf_char(&b, ' ');
    for (size_t i = 0; i < list.count; i++)
        if (list.v[i].kind == WORDS_WORD || ends_sentence(&list.v[i]))
            add_normal(&n, &b, &list.v[i], mem);
    n.text = arena_strdup(mem, strbuf_peek(&b));
    return n;
}

/* ---- reading the lists ---- */

struct list_reader {
    struct triage_lexicon *lexicon;
    const char *file;
    int line;
    const struct section *section;
};

static enum rc read_heading(struct list_reader *r, const char *line, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(sections); i++)
        if (strcmp(line, sections[i].heading) == 0) {
            r->section = &sections[i];
            return RC_OK;
        }
    return err_set(err, RC_INPUT, "%s:%d: expected %s", r->file, r->line, HEADINGS);
}

/* The folded form; a star keeps its place. */
static char *fold_phrase(const char *line, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(TRIAGE_MAX_FILE_BYTES * 4);
    const char *p = line;

    while (*p) {
        const size_t n = strcspn(p, "*");
        const char *words = normalise(arena_strndup(mem, p, n), mem).text;

        strbuf_add(&b, words + 1, strlen(words) - 1);
        if (p[n] == '*')
            strbuf_str(&b, "* ");
        p += n + (p[n] == '*');
    }
    strbuf_cut(&b, b.len ? b.len - 1 : 0);
    return arena_strdup(mem, strbuf_peek(&b));
}

static enum rc read_phrase(struct list_reader *r, char *line, struct err *err)
{
    struct triage_lexicon *lexicon = r->lexicon;
    struct phrase *phrase = &lexicon->phrases[lexicon->count];
    const size_t n = strlen(line);

    if (!r->section)
        return err_set(err, RC_INPUT, "%s:%d: expected a heading before the first phrase: %s", r->file, r->line,
                       HEADINGS);
    if (lexicon->count == TRIAGE_MAX_PHRASES)
        return err_set(err, RC_LIMIT, "%s:%d: more than %d phrases", r->file, r->line, TRIAGE_MAX_PHRASES);
    if (line[0] == '*' || line[n - 1] == '*')
        return err_set(err, RC_INPUT, "%s:%d: expected a word at both ends of a phrase, not *", r->file, r->line);
    phrase->text = line;
    phrase->folded = fold_phrase(line, lexicon->mem);
    phrase->section = r->section;
    if (!*phrase->folded)
        return err_set(err, RC_INPUT, "%s:%d: expected a phrase of words", r->file, r->line);
    lexicon->count++;
    return RC_OK;
}

static enum rc read_list(struct triage_lexicon *lexicon, const char *path, struct err *err)
{
    struct list_reader r = { .lexicon = lexicon, .file = path };
    const char *p, *line;
    char *bytes;
    size_t n, len;
    enum rc rc = io_read_file(path, TRIAGE_MAX_FILE_BYTES, lexicon->mem, &bytes, &len, err);

    if (rc)
        return rc;
    if (!text_is_utf8(bytes, len) || memchr(bytes, '\0', len))
        return err_set(err, RC_INPUT, "%s:1: expected UTF-8 text", path);
    for (p = bytes; !rc && text_next_line(&p, &line, &n);) {
        char *clean = text_clean_line(lexicon->mem, line, n);

        r.line++;
        if (clean[0] == '[')
            rc = read_heading(&r, clean, err);
        else if (clean[0] && clean[0] != '#')
            rc = read_phrase(&r, clean, err);
    }
    return rc;
}

/* ---- one pattern ---- */

/* "\Qa b\E" and for `*` up to three words; the mark carries the phrase's number. */
static void add_alternative(struct strbuf *b, const struct phrase *phrase, size_t number)
{
    const char *p = phrase->folded;

    strbuf_printf(b, "%s(?:", number ? "|" : "");
    while (*p) {
        const size_t n = strcspn(p, " ");

        if (n == 1 && *p == '*')
            strbuf_str(b, "(?:[^ .!?;]+ ){0,3}?");
        else
            strbuf_printf(b, "\\Q%.*s\\E%s", (int)n, p, p[n] ? " " : "");
        p += n + (p[n] == ' ');
    }
    strbuf_printf(b, "\\b(*MARK:%zu))", number);
}

static int compare_phrases(const void *a, const void *b)
{
    const struct phrase *x = a, *y = b;
    const size_t n = strlen(x->folded), m = strlen(y->folded);

    if (x->section->tier != y->section->tier) /* what counts most is tried first at each word; [not] is -1 */
        return x->section->tier - y->section->tier;
    return n == m ? 0 : n > m ? -1 : 1;
}

static enum rc compile(const char *pattern, uint32_t options, pcre2_code **ret_code, struct err *err)
{
    PCRE2_SIZE at = 0;
    int code = 0;

    *ret_code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP | options, &code, &at, NULL);
    if (!*ret_code && code == PATTERN_TOO_LARGE)
        return err_set(err, RC_LIMIT, "the phrases together are too long for one pattern");
    if (!*ret_code)
        return err_set(err, RC_BUG, "pattern does not compile: code %d at %zu", code, (size_t)at);
    if (pcre2_jit_compile(*ret_code, PCRE2_JIT_COMPLETE) != 0)
        return RC_OK; /* no just-in-time compiler here: slower, the same answers */
    return RC_OK;
}

static const char contact_pattern[] =
    "(?:(?<![\\w.])(?:\\+?\\d{1,3}[ .-]{0,2})?(?:\\(\\d{3}\\)|\\d{3})[ .-]{0,2}\\d{3}[ .-]{0,2}\\d{4}(?!\\w)"
    "|(?<![\\w.])\\+\\d[\\d ().-]{7,18}\\d(?!\\w)"
    "|(?<![\\w./-])\\d{3}[-.]\\d{4}(?![\\w/-]))(*MARK:phone)"
    "|[\\w.+%-]{1,64}(?:@|\\s?\\((?:at|arroba)\\)\\s?)[\\w-]{1,63}(?:\\.[\\w-]{2,63})+(*MARK:email)"
    "|\\b(?i)[\\w.]{2,64} (?:at|arroba) (?:gmail|yahoo|hotmail|outlook|aol|icloud)\\b(?:(?: dot | punto "
    "|\\.)com)?(?-i)(*MARK:email)"
    "|\\b\\d{1,6}[A-Z]? (?:[NSEW]\\.? )?(?:[A-Z0-9][\\w.']{0,30} "
    "){1,3}(?i:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|terrace|"
    "highway|hwy)\\b(*MARK:address)"
    "|\\b(?:Calle|Avenida|Av\\.|Carrera|Plaza) (?:[\\p{Lu}0-9][\\w.]{0,30}[ ,]{1,2}(?:de |del |la |las |los "
    ")?){1,4}(?:#|No\\.?|n\\.º)? ?\\d{1,5}(*MARK:address)";

static enum rc build(struct triage_lexicon *lexicon, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(PATTERN_MAX_BYTES);
    enum rc rc;

    qsort(lexicon->phrases, lexicon->count, sizeof *lexicon->phrases, compare_phrases);
    strbuf_str(&b, "(?<= )(?:");
    for (size_t i = 0; i < lexicon->count; i++)
        add_alternative(&b, &lexicon->phrases[i], i);
    strbuf_str(&b, lexicon->count ? ")" : "(*FAIL))");
    rc = strbuf_check(&b, err);
    if (!rc)
        rc = compile(strbuf_peek(&b), 0, &lexicon->code, err);
    if (!rc)
        rc = compile(contact_pattern, 0, &lexicon->contacts, err);
    lexicon->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(lexicon->limits, TRIAGE_MATCH_LIMIT);
    return rc;
}

enum rc triage_open_lexicon(const char *const *paths, struct triage_lexicon **ret_lexicon, struct err *err)
{
    struct arena *mem = arena_new("lexicon");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = ARENA_NEW(mem, struct triage_lexicon);
    enum rc rc = RC_OK;

    lexicon->mem = mem;
    lexicon->phrases = ARENA_ARRAY(mem, TRIAGE_MAX_PHRASES, struct phrase);
    for (; *paths && !rc; paths++)
        rc = read_list(lexicon, *paths, err);
    if (!rc)
        rc = build(lexicon, err);
    if (rc)
        return err_wrap(err, "word lists");
    *ret_lexicon = MOVE(lexicon);
    return RC_OK;
}

void triage_close_lexicon(struct triage_lexicon **lexicon)
{
    struct arena *mem;

    if (!*lexicon)
        return;
    mem = (*lexicon)->mem;
    pcre2_code_free((*lexicon)->code);
    pcre2_code_free((*lexicon)->contacts);
    pcre2_match_context_free((*lexicon)->limits);
    arena_free(&mem); /* the lexicon lives in it */
    *lexicon = NULL;
}

/* ---- scoring ---- */

struct scorer {
    const struct triage_lexicon *lexicon;
    struct arena *mem;
    pcre2_match_data *match;
    struct triage_result *result;
    struct triage_hit *hits;
    bool is_in_whole;
};

/* A scan over one text: how far the last [not] phrase reaches. */
struct scan {
    size_t at;
    size_t not_to;
};

static void data_free(pcre2_match_data **match)
{
    pcre2_match_data_free(*match);
}

static void count_hit(struct scorer *s, struct triage_hit hit)
{
    struct triage_result *r = s->result;

    r->flags |= hit.flag;
    if (hit.tier < r->tier)
        r->tier = hit.tier;
    for (size_t i = 0; i < r->hit_count; i++)
        if (s->is_in_whole && !s->hits[i].is_in_whole && s->hits[i].phrase == hit.phrase)
            return; /* the trimmed text has shown it */
    if (r->hit_count < TRIAGE_MAX_HITS) {
        hit.is_in_whole = s->is_in_whole;
        s->hits[r->hit_count++] = hit;
    }
}

static void unread(struct scorer *s)
{
    s->result->flags |= TRIAGE_UNREAD;
    if (s->result->tier > 2)
        s->result->tier = 2;
}

static size_t word_of(const struct normal *n, size_t offset)
{
    size_t low = 0, high = n->count;

    while (low + 1 < high) {
        const size_t middle = (low + high) / 2;

        if (n->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void count_phrase(struct scorer *s, const struct normal *n, struct scan *scan, size_t from, size_t to)
{
    const char *mark = (const char *)pcre2_get_mark(s->match);
    const struct phrase *phrase = &s->lexicon->phrases[mark ? strtoul(mark, NULL, 10) : 0];
    const size_t first = word_of(n, from), last = word_of(n, to - 1);

    if (phrase->section->tier < 0) {
        if (to > scan->not_to)
            scan->not_to = to;
    } else if (to > scan->not_to) {
        count_hit(s, (struct triage_hit){ .flag = phrase->section->flag,
                                          .tier = phrase->section->tier,
                                          .phrase = phrase->text,
                                          .at = n->at[first],
                                          .len = n->to[last] - n->at[first] });
    }
}

/* Every word that begins a phrase is looked at, so that phrases may overlap. */
static void score_phrases(struct scorer *s, const struct normal *n)
{
    const size_t len = strlen(n->text);
    struct scan scan = { .at = 0 };

    while (scan.at < len) {
        const int k = pcre2_match(s->lexicon->code, (PCRE2_SPTR)n->text, len, scan.at, PCRE2_NO_UTF_CHECK, s->match,
                                  s->lexicon->limits);
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer(s->match);

        if (k == PCRE2_ERROR_NOMATCH)
            return;
        if (k < 0) {
            unread(s);
            return;
        }
        count_phrase(s, n, &scan, v[0], v[1]);
        scan.at = v[0] + strcspn(n->text + v[0], " ");
    }
}

static void score_contacts(struct scorer *s, const char *text)
{
    const size_t len = strlen(text);
    size_t at = 0;

    while (at < len) {
        const int k = pcre2_match(s->lexicon->contacts, (PCRE2_SPTR)text, len, at, PCRE2_NO_UTF_CHECK, s->match,
                                  s->lexicon->limits);
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer(s->match);
        const char *mark = k > 0 ? (const char *)pcre2_get_mark(s->match) : NULL;

        if (k == PCRE2_ERROR_NOMATCH)
            return;
        if (k < 0) {
            unread(s);
            return;
        }
        count_hit(s, (struct triage_hit){ .flag = TRIAGE_CONTACT,
                                          .tier = 3,
                                          .at = v[0],
                                          .len = v[1] - v[0],
                                          .phrase = mark && *mark == 'p'   ? "phone"
                                                    : mark && *mark == 'e' ? "email"
                                                                           : "address" });
        at = v[1] > at ? v[1] : at + 1;
    }
}

static void score_text(struct scorer *s, const char *text, bool is_whole)
{
    struct normal n;

    s->is_in_whole = is_whole;
    text = text_is_utf8(text, strlen(text)) ? text : text_clean(s->mem, text, strlen(text));
    n = normalise(text, s->mem);
    if (n.is_cut)
        unread(s);
    score_phrases(s, &n);
    if (!is_whole) /* what was trimmed goes to nobody; quoted letters are full of our own addresses */
        score_contacts(s, text);
}

void triage_score(const struct triage_lexicon *lexicon, const char *trimmed, const char *whole, struct arena *mem,
                  struct triage_result *ret_result)
{
    CLEANUP(data_free) pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    struct scorer s = { .lexicon = lexicon, .mem = mem, .match = match, .result = ret_result };

    s.hits = ARENA_ARRAY(mem, TRIAGE_MAX_HITS, struct triage_hit);
    *ret_result = (struct triage_result){ .tier = ROUTINE, .hits = s.hits };
    score_text(&s, trimmed, false);
    if (whole && strcmp(whole, trimmed) != 0)
        score_text(&s, whole, true);
}

const char *triage_flag_name(enum triage_flag flag)
{
    static const char *const names[TRIAGE_FLAG_COUNT] = { "crisis",  "medical", "contact",  "medicine",
                                                          "results", "doctor",  "conflict", "unread" };

    for (int i = 0; i < TRIAGE_FLAG_COUNT; i++)
        if (flag == 1u << i)
            return names[i];
    return "";
}
