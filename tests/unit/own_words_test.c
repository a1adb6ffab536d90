/* Our own letters, quoted back whole by a client that names none of our Message-IDs, page nobody: only what tells of help in danger may. */
#include "tests/unit/template_samples.h"

#include "gateway/triage.h"

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
    size_t pages = 0;

    for (int i = 0; i < template_count(s->set); i++) {
        const struct template_info t = template_at(s->set, i);
        const struct variants v = samples_variants(s, i);

        for (int n = 0; n < v.count && !t.is_partial && !is_about_danger(t.kind); n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("own words");
            struct triage_result r;

            triage_score(lexicon, samples_render(s, t, v.flag[n], true, mem).text, "", mem, &r);
            if (r.tier <= 2)
                print_error("%s %s: tier %d by \"%s\"\n", t.path, v.flag[n] ? v.flag[n] : "", r.tier,
                            r.hit_count ? r.hits[0].phrase : "");
            pages += r.tier <= 2;
        }
    }
    return pages;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(our_own_words_page_nobody) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
