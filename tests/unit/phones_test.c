/* Phones that are files: what arrives and what is written is whole, in order, known by its id; and how a terminal shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/text.h"
#include "gateway/cli/phones_screen.h"

#define ROSE "+15555550101"
#define OURS "+15555550199"
#define OK(call)                                                                                                       \
    do {                                                                                                               \
        struct err whole = { .rc = RC_OK };                                                                            \
        if (call)                                                                                                      \
            fail_msg("%s", whole.msg);                                                                                 \
    } while (0)

struct world {
    struct arena *mem;
    char folder[40];
    const char *dir;
    const struct provider *demo;
};

static int setup(void **state)
{
    static struct world w;
    struct err err;

    w = (struct world){ .mem = arena_new("phones_test"), .folder = "/tmp/phones-XXXXXX" };
    if (crypt_init(&err) || !mkdtemp(w.folder) || provider_load("mailer/providers/demo.conf", w.mem, &w.demo, &err) ||
        !setlocale(LC_CTYPE, "C.UTF-8"))
        return -1;
    w.dir = arena_printf(w.mem, "%s/phones/1", w.folder);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *const w = *state;

    (void)!system(arena_printf(w->mem, "rm -rf %s", w->folder));
    arena_free(&w->mem);
    return 0;
}

static struct sms_http_result put(struct world *w, const char *to, const char *words)
{
    const struct provider_text text = {
        .to = to, .from = OURS, .text = words, .callback = "", .ref = "r1", .now_ms = 1, .expires_ms = 3600000
    };
    const struct provider_request *request = NULL;
    struct sms_http_result result;

    OK(provider_build(w->demo, &text, NULL, 0, w->mem, &request, &whole));
    assert_string_equal(request->method, "PHONES");
    phones_put(w->dir, request, 1700000000000, w->mem, &result);
    return result;
}

static size_t waiting(struct world *w, struct phones_item **ret)
{
    size_t n = 99;

    OK(phones_waiting(w->dir, w->mem, ret, &n, &whole));
    return n;
}

static void nothing_is_nothing(void **state)
{
    struct world *const w = *state;
    struct phones_item *items;
    struct phones_line *lines;
    const char **numbers;
    struct err err;
    size_t n = 9;

    assert_int_equal(waiting(w, &items), 0);
    OK(phones_list(w->dir, w->mem, &numbers, &n, &whole));
    assert_int_equal(n, 0);
    assert_int_equal(phones_thread(w->dir, ROSE, w->mem, &lines, &n, &err), RC_NOT_FOUND);
    assert_int_equal(phones_thread(w->dir, "../x", w->mem, &lines, &n, &err), RC_INPUT);
    OK(phones_taken(w->dir, "0-0", &whole));
}

/* A batch may hold texts to phones and requests of carriers: asking for these leaves the answers of those alone. */
static void the_answer_stays(void **state)
{
    struct world *const w = *state;
    const struct sms_http_options usual = SMS_HTTP_USUAL;
    const struct provider_request *const nothing[] = { NULL };
    struct sms_http_result result = put(w, ROSE, "Hello");
    CLEANUP(sms_http_free) struct sms_http *http = NULL;

    OK(sms_http_new(&usual, &http, &whole));
    sms_http_run(http, nothing, 1, w->mem, &result);
    assert_int_equal(result.end, SMS_ANSWERED);
    assert_int_equal(result.status, 200);
}

static void what_arrives_is_answered_for(void **state)
{
    struct world *const w = *state;
    const struct sms_http_result result = put(w, ROSE, "Hello \"Rose\"\n{to} \xF0\x9F\x98\x80");
    struct sms_answer answer;
    struct phones_item *items;
    struct phones_line *lines;
    struct stat st;
    size_t n;

    assert_int_equal(result.end, SMS_ANSWERED);
    sms_answer_read(w->demo, result.status, result.body, result.body_len, w->mem, &answer);
    assert_true(answer.is_accepted);
    assert_int_equal(waiting(w, &items), 1);
    assert_int_equal(items[0].event.kind, PROVIDER_EVENT_DLR);
    assert_string_equal(items[0].event.id, answer.id);
    assert_string_equal(items[0].event.ref, "r1");
    assert_int_equal(provider_state_of(w->demo, items[0].event.state), PROVIDER_DELIVERED);
    OK(phones_thread(w->dir, ROSE, w->mem, &lines, &n, &whole));
    assert_int_equal(n, 1);
    assert_false(lines[0].is_theirs);
    assert_string_equal(lines[0].words, "Hello \"Rose\"\n{to} \xF0\x9F\x98\x80");
    assert_string_equal(lines[0].other, OURS);
    assert_int_equal(lines[0].at_ms, 1700000000000);
    assert_int_equal(stat(w->dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(arena_printf(w->mem, "%s/" ROSE, w->dir), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_written_waits_until_it_is_taken(void **state)
{
    struct world *const w = *state;
    struct phones_item *items, *again;
    struct phones_line *lines;
    size_t n;

    for (int i = 0; i < 3; i++)
        OK(phones_say(w->dir, ROSE, OURS, i == 1 ? "14 Thanks\r\nMaria" : "x", 5 + i, &whole));
    assert_int_equal(waiting(w, &items), 3);
    assert_int_equal(waiting(w, &again), 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(items[i].id, again[i].id); /* by which the store knows it again */
    assert_true(strcmp(items[0].id, items[1].id) != 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(items[i].event.kind, PROVIDER_EVENT_MO);
        assert_string_equal(items[i].event.id, items[i].id);
        assert_string_equal(items[i].event.from, ROSE);
        assert_string_equal(items[i].event.to, OURS);
        OK(phones_taken(w->dir, items[i].id, &whole));
    }
    assert_int_equal(waiting(w, &again), 0);
    OK(phones_thread(w->dir, ROSE, w->mem, &lines, &n, &whole));
    assert_int_equal(n, 3);
    assert_true(lines[1].is_theirs);
    assert_string_equal(lines[1].words, "14 Thanks\nMaria");
}

static void what_cannot_be_is_refused(void **state)
{
    struct world *const w = *state;
    static const struct {
        const char *from, *words;
        enum rc want;
    } cases[] = {
        { "15555550101", "x", RC_INPUT }, { "+1/../../x", "x", RC_INPUT }, { ROSE, "", RC_INPUT },
        { ROSE, "\x01", RC_INPUT },       { ROSE, NULL, RC_LIMIT },
    };
    char *const much = arena_alloc(w->mem, PHONES_WORDS_MAX + 2);
    struct err err;

    memset(much, 'a', PHONES_WORDS_MAX + 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(phones_say(w->dir, cases[i].from, OURS, cases[i].words ? cases[i].words : much, 1, &err),
                         cases[i].want);
    assert_int_not_equal(access(w->dir, F_OK), 0);
}

static void a_broken_folder_is_no_answer(void **state)
{
    struct world *const w = *state;
    const char *const parent = arena_printf(w->mem, "%s/phones", w->folder);
    const int fd = open(parent, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    struct phones_item *items;
    struct err err;
    size_t n;

    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(put(w, ROSE, "x").end, SMS_NOT_SENT);
    assert_int_equal(phones_say(w->dir, ROSE, OURS, "x", 1, &err), RC_TEMP);
    assert_int_equal(phones_waiting(w->dir, w->mem, &items, &n, &err), RC_TEMP);
}

static void a_torn_line_and_a_torn_file(void **state)
{
    struct world *const w = *state;
    struct phones_item *items;
    struct phones_line *lines;
    FILE *file;
    size_t n;

    OK(phones_say(w->dir, ROSE, OURS, "one", 1, &whole));
    file = fopen(arena_printf(w->mem, "%s/" ROSE, w->dir), "ae");
    assert_non_null(file);
    fputs("{\"at\": 2, \"te\n", file);
    fclose(file);
    OK(phones_say(w->dir, ROSE, OURS, "two", 3, &whole));
    OK(phones_thread(w->dir, ROSE, w->mem, &lines, &n, &whole));
    assert_int_equal(n, 2);
    assert_string_equal(lines[1].words, "two");
    file = fopen(arena_printf(w->mem, "%s/new/0-0", w->dir), "we");
    assert_non_null(file);
    fputs("{\"from", file);
    fclose(file);
    assert_int_equal(waiting(w, &items), 3);
    assert_string_equal(items[0].raw, "{\"from");
    assert_null(items[1].raw);
}

static void lines_are_wrapped(void **state)
{
    struct world *const w = *state;
    static const struct {
        const char *words;
        size_t width;
        const char *want;
    } cases[] = {
        { "one two three", 8, "one two|three|" },
        { "one two three", 40, "one two three|" },
        { "onetwothree", 4, "onet|woth|ree|" },
        { "a\n\nb", 4, "a||b|" },
        { "\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 3, "\xF0\x9F\x98\x80|\xF0\x9F\x98\x80|" }, /* two columns each */
        { "\xC3\xA9\xC3\xA9\xC3\xA9", 3, "\xC3\xA9\xC3\xA9\xC3\xA9|" },
        { "a\x1b[2J", 20, "a\\x1b[2J|" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char **lines;
        const char *got = "";
        const size_t n = phones_wrap(cases[i].words, cases[i].width, w->mem, &lines);

        for (size_t k = 0; k < n; k++)
            got = arena_printf(w->mem, "%s%s|", got, lines[k]);
        assert_string_equal(got, cases[i].want);
    }
}

static void a_screen_of_any_size_is_drawn(void **state)
{
    struct world *const w = *state;
    const struct phones_line lines[] = { { 1700000000000, false, OURS, "Reply YES to get texts, \x1b]0;title\a" },
                                         { 1700000060000, true, OURS, "YES" } };
    struct phones_screen s = { .count = 3, .zone = "UTC", .typed = "14 Tha", .notice = "" };

    for (size_t i = 0; i < 3; i++)
        s.phones[i] = (struct phones_view){ i ? "+15555550102" : ROSE, i ? "" : "Rose Whitfield", lines, 2 };
    for (s.rows = 1; s.rows < 40; s.rows += 3)
        for (s.columns = 1; s.columns < 200; s.columns += 7) {
            CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);

            s.chosen = (size_t)s.columns % 3;
            phones_screen_draw(&s, w->mem, &out);
            assert_null(strstr(strbuf_peek(&out), "\033]"));
            assert_non_null(
                strstr(strbuf_peek(&out), s.rows < 9 || s.columns < PHONES_WIDTH_MIN ? "too small" : "14 Tha"));
        }
    assert_string_equal(phones_moment("America/Chicago", 1700000000000, w->mem), "Tue Nov 14 16:13");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_nothing),
        TEST(what_arrives_is_answered_for),
        TEST(the_answer_stays),
        TEST(what_is_written_waits_until_it_is_taken),
        TEST(what_cannot_be_is_refused),
        TEST(a_broken_folder_is_no_answer),
        TEST(a_torn_line_and_a_torn_file),
        TEST(lines_are_wrapped),
        TEST(a_screen_of_any_size_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
