/* The built-in texts: complete in both languages, plain, safe to see from outside, and whole in both forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <ctype.h>

#include "base/text.h"
#include "mailer/translit.h"
#include "tests/unit/template_samples.h"

#define MAX_GRADE 6.0

static struct samples samples;

static int open_samples(void **state)
{
    (void)state;
    return samples_open(&samples);
}

static int close_samples(void **state)
{
    (void)state;
    samples_close(&samples);
    return 0;
}

/* ---- both languages say the same ----------------------------------------------------------------------------------- */

struct tag_list {
    char names[256][64];
    int count;
};

static enum rc note_tag(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err)
{
    struct tag_list *l = ctx;

    (void)line;
    (void)err;
    assert_true(l->count < (int)COUNT_OF(l->names));
    snprintf(l->names[l->count++], sizeof l->names[0], "%d %s", (int)tag, name);
    return RC_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int twin_of(struct template_info a)
{
    const char *lang = strcmp(a.lang, "en") == 0 ? "es" : "en";

    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info b = template_at(samples.set, i);

        if (!strcmp(b.lang, lang) && !strcmp(b.kind, a.kind) && b.is_partial == a.is_partial)
            return i;
    }
    return -1;
}

static bool lists(struct template_info t, const char *name)
{
    for (int i = 0; i < t.value_count; i++)
        if (!strcmp(t.values[i], name))
            return true;
    return false;
}

static void languages_match(void **state)
{
    (void)state;
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info a = template_at(samples.set, i);
        const int twin = twin_of(a);
        struct tag_list mine = { .count = 0 }, theirs = { .count = 0 };
        struct template_info b;
        struct err err;

        if (twin < 0)
            fail_msg("%s has no twin", a.path);
        b = template_at(samples.set, twin);
        for (int v = 0; v < a.value_count; v++)
            if (!lists(b, a.values[v]))
                fail_msg("%s does not list %s", b.path, a.values[v]);
        assert_int_equal(template_each_tag(samples.set, i, note_tag, &mine, &err), RC_OK);
        assert_int_equal(template_each_tag(samples.set, twin, note_tag, &theirs, &err), RC_OK);
        qsort(mine.names, (size_t)mine.count, sizeof mine.names[0], compare_names);
        qsort(theirs.names, (size_t)theirs.count, sizeof theirs.names[0], compare_names);
        for (int t = 0; t < mine.count && t < theirs.count; t++)
            if (strcmp(mine.names[t], theirs.names[t]) != 0)
                fail_msg("%s: tags differ at '%s'", a.path, mine.names[t]);
        assert_int_equal(mine.count, theirs.count);
    }
}

static void every_kind_is_documented(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("kinds");
    struct err err;
    char *text;
    size_t n;

    (void)state;
    assert_int_equal(io_read_file("templates/KINDS.md", 1 << 20, mem, &text, &n, &err), RC_OK);
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info t = template_at(samples.set, i);
        const char *row = strstr(text, arena_printf(mem, "| `%s` |", t.kind));

        if (t.is_partial || strcmp(t.lang, "en") != 0)
            continue;
        if (!row)
            fail_msg("templates/KINDS.md does not know %s", t.kind);
        row = arena_strndup(mem, row, strcspn(row, "\n"));
        for (int v = 0; v < t.value_count; v++)
            if (!strstr(row, arena_printf(mem, " %s", t.values[v])) &&
                !strstr(text, arena_printf(mem, "| %s |", t.values[v])))
                fail_msg("templates/KINDS.md: %s does not name %s", t.kind, t.values[v]);
    }
}

/* ---- subjects ------------------------------------------------------------------------------------------------------- */

static enum rc check_subject_tag(void *ctx, enum mustache_tag tag, const char *name, int line, struct err *err)
{
    static const char *const allowed[] = {
        "practice_name", "group_name",    "date",        "issue_number", "part",
        "review_number", "waiting_count", "total_count", "page_number",  "count",
        "paused_until",  "is_test",       "is_link",     "is_half",      "is_moved"
    };
    bool *is_subject = ctx;

    (void)tag;
    if (line != 1 || !*is_subject)
        return *is_subject = false, RC_OK;
    for (size_t i = 0; i < COUNT_OF(allowed); i++)
        if (!strcmp(name, allowed[i]))
            return RC_OK;
    return err_set(err, RC_INPUT, "subject shows '%s'", name);
}

/* Subjects are read from the outside: names, dates and numbers only. (Tags of line 1 are the subject's; the head has no others.) */
static void subjects_tell_nothing(void **state)
{
    static const char *const forbidden[] = { "crisis",  "suicid", "medic", "health",          "salud",        "diabet",
                                             "cancer",  "pain",   "dolor", "heart",           "clinic visit", "urgent",
                                             "emergen", "diagn",  "lemon", "What do you cook" };

    (void)state;
    for (int i = 0; i < template_count(samples.set); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("subject");
        const struct template_info t = template_at(samples.set, i);
        struct err err = { .rc = RC_OK };
        bool is_subject = true;
        const char *bare;

        if (t.is_partial)
            continue;
        if (template_each_tag(samples.set, i, check_subject_tag, &is_subject, &err))
            fail_msg("%s: %s", t.path, err.msg);
        bare = samples_render(&samples, t, NULL, true, mem).subject;
        for (size_t f = 0; f < COUNT_OF(forbidden); f++)
            if (strcasestr(bare, forbidden[f]))
                fail_msg("%s: the subject says '%s'", t.path, forbidden[f]);
    }
}

/* ---- reading level -------------------------------------------------------------------------------------------------- */

static int syllables(const char *word, size_t n)
{
    int count = 0;
    bool was_vowel = false;

    for (size_t i = 0; i < n; i++) {
        const bool is_vowel = strchr("aeiouy", tolower((unsigned char)word[i])) != NULL;

        count += is_vowel && !was_vowel;
        was_vowel = is_vowel;
    }
    if (n > 2 && tolower((unsigned char)word[n - 1]) == 'e' && !strchr("aeiouyl", tolower((unsigned char)word[n - 2])))
        count--;
    if (n > 3 && tolower((unsigned char)word[n - 1]) == 'd' && tolower((unsigned char)word[n - 2]) == 'e' &&
        !strchr("dtaeiouy", tolower((unsigned char)word[n - 3])))
        count--;
    return count > 0 ? count : 1;
}

/* Flesch-Kincaid grade of a text twin; link targets, rules and underlines are no words. A line end after an empty line or before a list sign
 * ends a sentence, as do . ! and ?. */
static double grade_of(const char *text)
{
    long words = 0, sentences = 0, sounds = 0, open = 0;

    for (const char *p = text; *p;) {
        if (*p == '<' && strchr(p, '>')) {
            p = strchr(p, '>') + 1;
        } else if (isalnum((unsigned char)*p)) {
            size_t n = 1;

            while (isalnum((unsigned char)p[n]) || (strchr("'-.@", p[n]) && p[n] && isalnum((unsigned char)p[n + 1])))
                n++;
            words++;
            open++;
            sounds += isdigit((unsigned char)*p) ? 1 : syllables(p, n);
            p += n;
        } else {
            if (strchr(".!?", *p) || (*p == '\n' && strchr("\n-=", p[1]))) {
                sentences += open > 0;
                open = 0;
            }
            p++;
        }
    }
    sentences += open > 0;
    return 0.39 * (double)words / (double)sentences + 11.8 * (double)sounds / (double)words - 15.59;
}

static void english_is_sixth_grade(void **state)
{
    double worst = 0;

    (void)state;
    assert_true(grade_of("The cat sat on the mat. It was a good cat.") < 1);
    assert_true(
        grade_of("Participation necessitates authorization documentation regarding confidentiality obligations.") > 20);
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info t = template_at(samples.set, i);
        struct variants v = samples_variants(&samples, i);

        for (int n = 0; n < v.count && !t.is_partial && !strcmp(t.lang, "en"); n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("grade");
            const double grade = grade_of(samples_render(&samples, t, v.flag[n], true, mem).text);

            worst = grade > worst ? grade : worst;
            print_message("%s %s: grade %.1f\n", t.kind, v.flag[n] ? v.flag[n] : "", grade);
            if (grade > MAX_GRADE)
                fail_msg("%s %s: grade %.1f", t.path, v.flag[n] ? v.flag[n] : "", grade);
        }
    }
    print_message("worst grade %.1f\n", worst);
}

/* What nurses read first is as plain, and short enough for one sheet of paper at 10 points. Rows of its table are sentences. */
static void the_nurses_page_is_one_page(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page");
    struct err err;
    char *text;
    size_t n;
    long words = 0;

    (void)state;
    assert_int_equal(io_read_file("docs/moderating.md", 1 << 16, mem, &text, &n, &err), RC_OK);
    for (char *p = text; *p; p++) {
        words += isspace((unsigned char)*p) && isalnum((unsigned char)p[1]);
        if (*p == '|' || *p == '`')
            *p = p[1] == '\n' ? '.' : ' ';
    }
    print_message("docs/moderating.md: grade %.1f, %ld words\n", grade_of(text), words);
    assert_true(grade_of(text) <= MAX_GRADE);
    assert_in_range(words, 300, 640);
}

/* ---- the two forms --------------------------------------------------------------------------------------------------- */

/* Strict for what we print: every tag closed in order, attributes in double quotes, no bare & or <. */
static void check_html(const char *path, const char *html, const char *lang)
{
    char stack[64][16];
    int depth = 0, headings = 0, level = 0;

    if (!strstr(html, lang[1] == 'n' ? "<html lang=\"en\">" : "<html lang=\"es\">"))
        fail_msg("%s: no lang", path);
    for (const char *p = strstr(html, "<html"); *p; p++) {
        char name[16] = "";
        size_t n = 0;
        const bool is_end = *p == '<' && p[1] == '/';

        if (*p == '&' && strncmp(p, "&amp;", 5) && strncmp(p, "&lt;", 4) && strncmp(p, "&gt;", 4) &&
            strncmp(p, "&quot;", 6) && strncmp(p, "&#39;", 5))
            fail_msg("%s: bare & at %.30s", path, p);
        if (*p == '>')
            fail_msg("%s: bare > at %.30s", path, p);
        if (*p != '<')
            continue;
        for (p += 1 + is_end; isalnum((unsigned char)*p) && n + 1 < sizeof name; p++)
            name[n++] = *p;
        while (*p != '>') {
            if (*p == '"')
                p = strchr(p + 1, '"');
            if (!p || !*p || *p == '<')
                fail_msg("%s: a broken tag %s", path, name);
            p++;
        }
        if (!strcmp(name, "meta") || !strcmp(name, "br") || !strcmp(name, "hr") || !strcmp(name, "img"))
            continue;
        if (is_end) {
            if (!depth || strcmp(stack[--depth], name) != 0)
                fail_msg("%s: </%s> closes %s", path, name, depth ? stack[depth] : "nothing");
            continue;
        }
        assert_true(depth < 64);
        snprintf(stack[depth++], sizeof stack[0], "%s", name);
        if (!strcmp(name, "style"))
            p = strstr(p, "</style>") - 1;
        if (name[0] == 'h' && isdigit((unsigned char)name[1])) {
            headings += name[1] == '1';
            if (name[1] - '0' > level + 1)
                fail_msg("%s: %s follows h%d", path, name, level);
            level = name[1] - '0';
        }
    }
    assert_int_equal(depth, 0);
    if (headings != 1)
        fail_msg("%s: %d h1", path, headings);
}

/* The next word of the HTML body, entities read, tags taken as blanks only where they part words. */
static bool next_html_word(const char **p, char *word, size_t max)
{
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
    size_t n = 0;

    while (**p) {
        if (**p == '<') {
            const bool is_inline = !strncmp(*p, "<strong", 7) || !strncmp(*p, "</strong", 8) ||
                                   !strncmp(*p, "<em", 3) || !strncmp(*p, "</em", 4) || !strncmp(*p, "<a ", 3) ||
                                   !strncmp(*p, "</a", 3);

            *p = strchr(*p, '>') + 1;
            if (n && !is_inline)
                break;
        } else if (isspace((unsigned char)**p)) {
            ++*p;
            if (n)
                break;
        } else {
            char c = **p;
            size_t step = 1;

            for (size_t e = 0; c == '&' && e < COUNT_OF(entities); e++)
                if (!strncmp(*p, entities[e], strlen(entities[e]))) {
                    c = "&<>\"'"[e];
                    step = strlen(entities[e]);
                    break;
                }
            assert_true(n + 1 < max);
            word[n++] = c;
            *p += step;
        }
    }
    word[n] = '\0';
    return n > 0;
}

static bool is_text_sign(const char *word)
{
    const size_t n = strlen(word);

    return word[0] == '<' || !strcmp(word, "-") || !strcmp(word, "|") || !strcmp(word, "*") || strspn(word, "=") == n ||
           strspn(word, "-") == n || (n <= 3 && word[n - 1] == '.' && strspn(word, "0123456789") == n - 1);
}

/* A picture is what it shows, in brackets, for who reads the text. */
static void put_alts(const char *html, struct strbuf *out)
{
    const char *img;

    while ((img = strstr(html, "<img "))) {
        const char *alt = strstr(img, " alt=\"") + strlen(" alt=\""), *end = strchr(alt, '"');

        strbuf_add(out, html, (size_t)(img - html));
        strbuf_printf(out, "[%.*s]", (int)(end - alt), alt);
        html = strchr(end, '>') + 1;
    }
    strbuf_str(out, html);
}

/* Each word of the HTML stands in the text in the same order, and the text holds nothing else but its own signs. */
static void check_twins(const char *path, const char *html, const char *text)
{
    CLEANUP(strbuf_done) struct strbuf words = STRBUF(1 << 20);
    const char *h;
    char want[512], got[512];

    put_alts(strstr(html, "<body"), &words);
    h = strbuf_peek(&words);
    while (next_html_word(&h, want, sizeof want)) {
        bool is_found = false;

        while (!is_found && *text) {
            const size_t blank = strspn(text, " \n");
            const size_t n = strcspn(text + blank, " \n");

            assert_true(n < sizeof got);
            memcpy(got, text + blank, n);
            got[n] = '\0';
            text += blank + n;
            is_found = !strcmp(got, want);
            if (!is_found && n && !is_text_sign(got))
                fail_msg("%s: '%s' in the text, '%s' in the HTML", path, got, want);
        }
        if (!is_found)
            fail_msg("%s: the text lost '%s'", path, want);
    }
    while (*text) {
        const size_t blank = strspn(text, " \n");
        const size_t n = strcspn(text + blank, " \n");

        snprintf(got, sizeof got, "%.*s", (int)n, text + blank);
        if (n && !is_text_sign(got))
            fail_msg("%s: only the text says '%s'", path, got);
        text += blank + n;
    }
}

static char *on_one_line(struct arena *mem, const char *text)
{
    char *flat = arena_strdup(mem, text);

    for (char *p = flat; *p; p++)
        *p = *p == '\n' ? ' ' : *p;
    return flat;
}

static void check_message(struct template_info t, const struct template_out *out, struct arena *mem)
{
    static const char *const rude[] = { "do not reply", "don't reply", "no responda",
                                        "no-reply",     "noreply",     "no conteste" };

    const char *flat = on_one_line(mem, out->text);

    check_html(t.path, out->html, t.lang);
    if (strstr(out->html, "garlic. My sister")) /* {{text}} is not alone in its paragraph */
        fail_msg("%s: a member's paragraphs run together", t.path);
    check_twins(t.path, out->html, out->text);
    for (size_t r = 0; r < COUNT_OF(rude); r++)
        if (strcasestr(flat, rude[r]) || strcasestr(out->subject, rude[r]))
            fail_msg("%s says '%s'", t.path, rude[r]);
    if (!strstr(flat, "Riverside Clinic") || !strstr(flat, "555-0100") || !strstr(flat, "911") ||
        !strcasestr(flat, t.lang[1] == 'n' ? "reply STOP" : "responda ALTO"))
        fail_msg("%s: the footer is not whole", t.path);
    for (const char *p = out->text; *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (strcspn(p, "\n") > 110) /* bytes: 74 columns, or one long address */
            fail_msg("%s: a long line: %.60s", t.path, p);
    assert_null(strstr(out->text, "\n\n\n"));
    assert_null(strstr(out->text, " \n"));
}

static bool is_text_message(struct template_info t)
{
    return strncmp(t.kind, "text_", 5) == 0;
}

/* What may be the first text of ours that somebody reads, or stands for itself, says who writes. */
static bool must_say_who(const char *kind)
{
    static const char *const kinds[] = { "text_stopped",
                                         "text_started",
                                         "text_help",
                                         "text_notice",
                                         "text_stranger",
                                         "text_invitation",
                                         "text_invitation_again",
                                         "text_consent_check",
                                         "text_welcome",
                                         "text_page",
                                         "text_page_news",
                                         "text_staff" };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (!strcmp(kind, kinds[i]))
            return true;
    return false;
}

/* Those hold what people wrote, or a list. */
static bool may_be_long(struct template_info t)
{
    static const char *const values[] = { "text", "answer", "question", "items", "entries", "rules", "new_text" };

    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (lists(t, values[i]))
            return true;
    return false;
}

static void check_text_message(struct template_info t, const char *flag)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("texts");
    const struct template_out out = samples_render(&samples, t, flag, true, mem);
    const char *const words = text_clean_line(mem, out.text, strlen(out.text));
    const struct segments *s;
    size_t changed; /* accents that GSM 7-bit lacks go on the way */
    struct err err;

    if (!*words) /* no flag: no text of its own */
        return;
    assert_int_equal(translit_split(words, strlen(words), TRANSLIT_AUTO, mem, &s, &changed, &err), RC_OK);
    if (s->count > (may_be_long(t) ? 6 : must_say_who(t.kind) ? 1 : 2))
        fail_msg("%s: %zu parts: %s", t.path, s->count, words);
    if (must_say_who(t.kind) && !strstr(words, "Riverside Clinic"))
        fail_msg("%s does not say who writes: %s", t.path, words);
}

/* What goes by text message fits into one or two parts, as it leaves. */
static void text_messages_are_short(void **state)
{
    int seen = 0;

    (void)state;
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info t = template_at(samples.set, i);
        const struct variants v = samples_variants(&samples, i);

        for (int n = 0; n < v.count && is_text_message(t); n++, seen++)
            check_text_message(t, v.flag[n]);
    }
    assert_true(seen >= 6);
}

static void every_message_is_whole(void **state)
{
    int rendered = 0;

    (void)state;
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info t = template_at(samples.set, i);
        const struct variants v = samples_variants(&samples, i);

        for (int n = 0; n < v.count && !t.is_partial && !is_text_message(t); n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("whole");
            const struct template_out full = samples_render(&samples, t, v.flag[n], true, mem);
            const struct template_out sparse = samples_render(&samples, t, v.flag[n], false, mem);

            check_message(t, &full, mem);
            check_message(t, &sparse, mem);
            rendered += 2;
        }
    }
    print_message("%d messages\n", rendered);
    assert_true(rendered > 300);
}

/* facts 3d: what the acknowledgement of a possible crisis must and must not say. */
static void crisis_acknowledgement_keeps_its_rules(void **state)
{
    static const struct {
        const char *kind, *lang, *must[4];
    } cases[] = { { "crisis_ack", "en", { "988", "911", "not soon", "has not gone to the group" } },
                  { "crisis_ack", "es", { "988", "911", "no pronto", "No ha salido al grupo" } },
                  { "text_crisis", "en", { "988", "911", "not soon", "A person will read it" } },
                  { "text_crisis", "es", { "988", "911", "no pronto", "Una persona lo va a leer" } } };
    static const char *const never[] = { "on the way",  "monitor",   "rule",  "where are you", "Tuesday Circle", "?",
                                         "I use lemon", "en camino", "regla", "pills",         "suicid" };

    (void)state;
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("crisis");
        const struct template_info t = { .lang = cases[c].lang, .kind = cases[c].kind, .path = cases[c].lang };
        const struct template_out out = samples_render(&samples, t, NULL, true, mem);

        for (size_t i = 0; i < COUNT_OF(cases[c].must); i++)
            assert_non_null(strstr(on_one_line(mem, out.text), cases[c].must[i]));
        for (size_t i = 0; i < COUNT_OF(never); i++) {
            assert_null(strcasestr(out.text, never[i]));
            assert_null(strcasestr(out.subject, never[i]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_match),
        cmocka_unit_test(every_kind_is_documented),
        cmocka_unit_test(subjects_tell_nothing),
        cmocka_unit_test(english_is_sixth_grade),
        cmocka_unit_test(the_nurses_page_is_one_page),
        cmocka_unit_test(every_message_is_whole),
        cmocka_unit_test(text_messages_are_short),
        cmocka_unit_test(crisis_acknowledgement_keeps_its_rules),
    };

    return cmocka_run_group_tests_name("template_lint", tests, open_samples, close_samples);
}
