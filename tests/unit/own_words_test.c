/* Our own letters page nobody when they come back quoted whole by a client that names none of our Message-IDs, or from another home: only what tells
 * of help in danger may. And what somebody wrote among our words is read as if it stood by itself. */
#include "tests/unit/template_samples.h"

#include "gateway/triage/triage.h"
#include "gateway/triage/wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* These name the danger, or hold words of a patient. */
static const char *const may_page[] = { "crisis_ack", "medical_ack", "page", "page_details", "page_reminder" };

static bool is_about_danger(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(may_page); i++)
        if (!strcmp(kind, may_page[i]))
            return true;
    return false;
}

static size_t count_pages(struct samples *s, const struct triage_lexicon *lexicon)
{
    const struct triage_setting setting = { .wording = wording_read(s->set, s->mem) };
    size_t pages = 0;

    for (int i = 0; i < template_count(s->set); i++) {
        const struct template_info t = template_at(s->set, i);
        const struct variants v = samples_variants(s, i);

        for (int n = 0; n < v.count && !t.is_partial && !is_about_danger(t.kind); n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("own words");
            struct triage_result r;

            triage_score_in(lexicon, &setting, samples_render(s, t, v.flag[n], true, mem).text, NULL, mem, &r);
            if (r.tier <= 2)
                print_error("%s %s: tier %d by \"%s\"\n", t.path, v.flag[n] ? v.flag[n] : "", r.tier,
                            r.hit_count ? r.hits[0].phrase : "");
            pages += r.tier <= 2;
        }
    }
    return pages;
}

/* By the lists alone, as where a practice has turned the model off. */
static void our_own_words_page_nobody(void **state)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    struct triage_lexicon *lexicon;
    struct samples samples;
    struct err err;

    (void)state;
    assert_int_equal(samples_open(&samples), 0);
    assert_int_equal(triage_open_lexicon(lists, &lexicon, &err), RC_OK);
    assert_int_equal(count_pages(&samples, lexicon), 0);
    triage_close_lexicon(&lexicon);
    samples_close(&samples);
}

/* ---- how it reads: by the model too, which our own words do not reach ---- */

struct judges {
    struct samples samples;
    struct triage_lexicon *lexicon;
    struct triage_setting setting;
};

static void judges_open(struct judges *j)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    const struct triage_sources sources = { .lists = lists,
                                            .own_from = SIZE_MAX,
                                            .model = "gateway/lexicon/model.txt" };
    struct err err;

    *j = (struct judges){ .lexicon = NULL };
    assert_int_equal(samples_open(&j->samples), 0);
    assert_int_equal(triage_open(&sources, &j->lexicon, &err), RC_OK);
    j->setting.wording = wording_read(j->samples.set, j->samples.mem);
}

static void judges_close(struct judges *j)
{
    triage_close_lexicon(&j->lexicon);
    samples_close(&j->samples);
}

static struct triage_result judged(const struct judges *j, const char *text, struct arena *mem)
{
    struct triage_result r;

    triage_score_in(j->lexicon, &j->setting, text, NULL, mem, &r);
    return r;
}

/* Quoted by a program that wraps short and marks each line. */
static const char *quoted(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(1 << 20);
    size_t column = 0;

    strbuf_str(&out, "> ");
    for (; *text; text++) {
        const bool is_wrap = *text == ' ' && column > 34;

        strbuf_str(&out, *text == '\n' || is_wrap ? "\n> " : (char[]){ *text, '\0' });
        column = *text == '\n' || is_wrap ? 0 : column + 1;
    }
    return arena_strdup(mem, strbuf_peek(&out));
}

typedef void each_letter(const struct judges *j, const struct template_info *t, const struct template_out *out,
                         struct arena *mem, void *ctx);

static void for_each_letter(struct judges *j, each_letter *fn, void *ctx)
{
    for (int i = 0; i < template_count(j->samples.set); i++) {
        const struct template_info t = template_at(j->samples.set, i);
        const struct variants v = samples_variants(&j->samples, i);

        for (int n = 0; n < v.count && !t.is_partial; n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("own words");
            const struct template_out out = samples_render(&j->samples, t, v.flag[n], true, mem);

            fn(j, &t, &out, mem, ctx);
        }
    }
}

/* page_details holds words of a patient. In the sample of review_done two answers run into one another, as in no letter. */
static bool may_read(const char *kind)
{
    return !strcmp(kind, "page_details") || !strcmp(kind, "review_done");
}

static void reads_like_danger(const struct judges *j, const struct template_info *t, const struct template_out *out,
                              struct arena *mem, void *ctx)
{
    const char *const texts[] = { out->text, quoted(out->text, mem), arena_printf(mem, "Re: %s", out->subject) };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const struct triage_result r = judged(j, texts[i], mem);

        if (r.tier > 2 || may_read(t->kind))
            continue;
        print_error("%s: tier %d by \"%s\"\n", t->path, r.tier, r.hits[0].phrase);
        ++*(int *)ctx;
    }
}

static void our_own_letters_read_like_no_danger(void **state)
{
    struct judges j;
    int pages = 0;

    (void)state;
    judges_open(&j);
    for_each_letter(&j, reads_like_danger, &pages);
    judges_close(&j);
    assert_int_equal(pages, 0);
}

/* Some are found by the lists, others by the model alone. */
static const char *const cries[] = {
    "I want to kill myself.",
    "I can not go on any more, nobody would miss me.",
    "There is no one to call. I am so tired of all of it, and they would be better off without me.",
    "Quiero matarme.",
    "Ya no quiero seguir viviendo, soy una carga para todos.",
};

struct hearing {
    size_t next; /* each letter has another cry: all of them in all would take half a minute */
    int missed;
};

/* Behind the first sentence of ours, on its line; as the last line; and between two quoted lines. */
static void hears_cries(const struct judges *j, const struct template_info *t, const struct template_out *out,
                        struct arena *mem, void *ctx)
{
    struct hearing *const h = ctx;
    const char *const stop = strstr(out->text, ". "), *const line = strstr(out->text, "\n\n");
    const size_t at = stop ? (size_t)(stop - out->text) + 2 : 0, from = line ? (size_t)(line - out->text) + 2 : 0;
    const char *const cry = cries[h->next++ % COUNT_OF(cries)];
    const char *const texts[] = {
        arena_printf(mem, "%.*s%s %s", (int)at, out->text, cry, out->text + at),
        arena_printf(mem, "%s\n%s\n", out->text, cry),
        quoted(arena_printf(mem, "%.*s%s\n%s", (int)from, out->text, cry, out->text + from), mem),
    };

    for (size_t k = 0; k < COUNT_OF(texts); k++) {
        if (judged(j, texts[k], mem).tier <= 1)
            continue;
        print_error("%s: \"%s\" is not heard, place %zu\n", t->path, cry, k);
        h->missed++;
    }
}

static void what_stands_among_our_words_is_heard(void **state)
{
    struct judges j;
    struct hearing hearing = { .next = 0 };

    (void)state;
    judges_open(&j);
    for (size_t i = 0; i < COUNT_OF(cries); i++)
        assert_true(judged(&j, cries[i], j.samples.mem).tier <= 1);
    for_each_letter(&j, hears_cries, &hearing);
    judges_close(&j);
    assert_int_equal(hearing.missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_words_page_nobody),
        cmocka_unit_test(our_own_letters_read_like_no_danger),
        cmocka_unit_test(what_stands_among_our_words_is_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
