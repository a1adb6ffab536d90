/* What of a text is ours, and what is a person's although it looks like ours. Templates of the test's own, in two files, one of them replaced by the
 * practice; the built-in ones are in own_words_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/io.h"
#include "gateway/triage/triage.h"
#include "gateway/triage/triage_model.h"
#include "gateway/triage/wording.h"

#include <stdlib.h>
#include <sys/stat.h>

#define HEAD "subject: {{who}}: your letter has come to us\nvalues: who, when\n\n"

static const char welcome[] =
    HEAD "# We are glad that you are here\n\n"
         "Hello {{who}}. There is no one to call. We got your message on {{when}} and a person will read it soon.\n\n"
         "It has not gone to the group. To see more, [open the page](https://example.org/{{who}}/now) when you like. "
         "Nothing goes out before that.\n\n"
         "Some people write to us: I want to kill myself tonight. Then we call them at home and do not wait. He wants "
         "to end his life and wrote to us.\n\n"
         "We watched it on the news, all of us. In an emergency call 911 and not us here.\n";
static const char farewell[] = HEAD "You can always come back to this group, whenever you like and as you are.\n";
static const char replaced[] = HEAD "Our door is open for you on every single day of the whole long year.\n";

struct fixture {
    char path[64];
    struct arena *mem;
    const struct wording *wording;
};

static void put(const struct fixture *f, const char *name, const char *text)
{
    struct err err;

    if (io_write_file(arena_printf(f->mem, "%s/%s", f->path, name), text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
}

static void start(struct fixture *f)
{
    static const char *const folders[] = { "ours", "ours/en", "ours/es", "own", "own/en" };
    struct template_set *set = NULL;
    struct err err;

    *f = (struct fixture){ .path = "/tmp/postcircle_wording_XXXXXX", .mem = arena_new("wording") };
    assert_non_null(mkdtemp(f->path));
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        assert_int_equal(mkdir(arena_printf(f->mem, "%s/%s", f->path, folders[i]), 0700), 0);
    put(f, "ours/en/welcome.md", welcome);
    put(f, "ours/en/farewell.md", farewell);
    put(f, "ours/es/welcome.md",
        HEAD "Mañana le escribimos otra vez, {{who}}, y todas las semanas que vienen después.\n");
    put(f, "own/en/farewell.md", replaced);
    if (template_set_load(arena_printf(f->mem, "%s/ours", f->path), arena_printf(f->mem, "%s/own", f->path), &set,
                          &err))
        fail_msg("%s", err.msg);
    f->wording = wording_read(set, f->mem);
    template_set_free(&set);
}

static void end(struct fixture *f)
{
    if (system(arena_printf(f->mem, "rm -r %s", f->path)))
        fail_msg("%s is left", f->path);
    arena_free(&f->mem);
}

/* What is left, less scraps, the spans with " / " between. */
static const char *rest_of(const struct fixture *f, const char *text)
{
    const struct wording_rest rest = wording_rest_of(f->wording, text, f->mem);
    const char *all = "";

    for (size_t i = 0; i < rest.count; i++)
        if (!rest.spans[i].is_scrap)
            all = arena_printf(f->mem, "%s%s%.*s", all, *all ? " / " : "", (int)rest.spans[i].len,
                               text + rest.spans[i].at);
    return all;
}

#define SURE "We got your message on Monday and a person will read it soon."

static void what_is_left(void **state)
{
    static const struct {
        const char *text, *rest;
    } cases[] = {
        /* whatever the slots held, however it is wrapped, marked and spelt */
        { SURE, "" },
        { "> WE got your\n> message on the very\n> last Monday and a  person\n> will read it soon.",
          " the very\n> last Monday " },
        { "Mañana le escribimos otra vez, Ana, y todas las semanas que vienen después.", "" },
        { "Manana le escribimos otra vez, Ana, y todas las semanas que vienen despues", "" },
        /* around it */
        { "I feel low today. " SURE " And tired of it.", "I feel low today.  / . And tired of it." },
        { SURE " And tired of it.\nThere is no one to call.", ". And tired of it.\n" },
        /* a sentence of ours that anybody may write, without a letter of ours */
        { "There is no one to call.", "There is no one to call." },
        { "It has not gone to the group.", "It has not gone to the group." },
        { "There is no one to call. It is nothing. It has not gone to the group, or has it?",
          "There is no one to call. It is nothing. It has not gone to the group, or has it?" },
        /* taken over and gone on with, before and behind */
        { SURE "\nNow that it has not gone to the group.\n", ".\nNow that it has not gone to the group.\n" },
        { SURE "\nIt has not gone to the group, and I will end it\n",
          ".\nIt has not gone to the group, and I will end it\n" },
        { SURE "\nIt has not gone to the group!\n", "" },
        /* said twice it is no surer */
        { "There is no one to call. There is no one to call. There is no one to call.",
          "There is no one to call. There is no one to call. There is no one to call." },
        /* what a template quotes */
        { SURE " I want to kill myself tonight. Then we call them at home and do not wait.",
          ". I want to kill myself tonight. " },
        /* where a link goes is no part of a sentence */
        { SURE " To see more, open the page <https://example.org/a/now> when you like. Nothing goes out before that.",
          " <https://example.org/a/now> " },
        /* what the practice's own text has replaced, and that text */
        { "Our door is open for you on every single day of the whole long year.", "" },
        { "You can always come back to this group, whenever you like and as you are.", "" },
    };
    struct fixture f;
    int wrong = 0;

    (void)state;
    start(&f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const rest = rest_of(&f, cases[i].text);

        if (strcmp(rest, cases[i].rest) == 0)
            continue;
        print_error("%zu: \"%s\"\n", i, rest);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(wording_rest_of(f.wording, SURE, f.mem).count, 1); /* the value of the slot */
    assert_true(wording_rest_of(f.wording, SURE, f.mem).spans[0].is_scrap);
    assert_false(wording_rest_of(f.wording, "Chest pain!", f.mem).spans[0].is_scrap);
    end(&f);
}

/* The most urgent of what the lists found. */
static int tier_by_list(const struct triage_result *r)
{
    int tier = 4;

    for (size_t i = 0; i < r->hit_count; i++)
        tier = *r->hits[i].rule && r->hits[i].tier < tier ? r->hits[i].tier : tier;
    return tier;
}

/* Words that a list knows call staff even where a template has them, for whoever copies them. */
static void what_a_list_knows_is_heard(void **state)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    const struct triage_sources sources = { .lists = lists,
                                            .own_from = SIZE_MAX,
                                            .model = "gateway/lexicon/model.txt" };
    struct triage_setting setting = { .page_from = 0 };
    struct triage_lexicon *lexicon = NULL;
    struct triage_result r;
    struct fixture f;
    struct err err;

    (void)state;
    start(&f);
    assert_int_equal(triage_open(&sources, &lexicon, &err), RC_OK);
    setting.wording = f.wording;
    triage_score_in(lexicon, &setting, SURE " He wants to end his life and wrote to us. Thank you!", NULL, f.mem, &r);
    assert_int_equal(r.score, 0);
    assert_true(r.tier <= 1 && r.hit_count > 0);
    triage_score_in(lexicon, &setting, "I want to kill myself tonight.", NULL, f.mem, &r);
    assert_true(r.tier <= 1 && r.score >= TRIAGE_PAGE_USUAL);
    /* in few words too, among ours, and of illness when we did not say it */
    triage_score_in(lexicon, &setting, SURE " Chest pain! It has not gone to the group.", NULL, f.mem, &r);
    assert_int_equal(r.tier, 2);
    triage_score_in(lexicon, &setting, SURE " In an emergency call 911 and not us here.", NULL, f.mem, &r);
    assert_int_equal(r.tier, 4);
    triage_score_in(lexicon, &setting, SURE " I should have called 911 and not you.", NULL, f.mem, &r);
    assert_int_equal(r.tier, 2);
    /* and no sentence of ours excuses a person's */
    triage_score_in(lexicon, &setting,
                    "We watched it on the news, all of us. I want to kill myself, I do not see why not.", NULL, f.mem,
                    &r);
    assert_int_equal(tier_by_list(&r), 4);
    triage_score_in(lexicon, &setting,
                    SURE " We watched it on the news, all of us. I want to kill myself, I do not see why not.", NULL,
                    f.mem, &r);
    assert_int_equal(tier_by_list(&r), 1);
    triage_close_lexicon(&lexicon);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_left), cmocka_unit_test(what_a_list_knows_is_heard) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
