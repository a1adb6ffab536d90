/* Requests to providers: handles that are used again, connections of each host, and what a server that hangs leaves undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "mailer/sms_http.h"
#include "tests/unit/text_help.h"

#define WAIT_MS 400
#define ASKS_MAX 8

struct world {
    struct arena *mem;
    char dir[40];
    struct text_stub stub;
    int silent, silent_port; /* it takes connections and never says a word */
    struct sms_http *http;
    struct provider_request asks[ASKS_MAX];
    struct sms_http_result results[ASKS_MAX];
    size_t count;
};

static int setup(void **state)
{
    struct world *const w = calloc(1, sizeof *w);
    const struct sms_http_options options = { "", WAIT_MS, WAIT_MS, 1, 0 };
    struct err err = { .rc = RC_OK };

    *state = w;
    w->mem = arena_new("test");
    snprintf(w->dir, sizeof w->dir, "/tmp/postcircle-sms_http.XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    text_stub_start(&w->stub, w->dir);
    w->silent = stub_listen(&w->silent_port);
    assert_int_equal(sms_http_new(&options, &w->http, &err), RC_OK);
    return 0;
}

static int teardown(void **state)
{
    struct world *const w = *state;

    sms_http_free(&w->http);
    close(w->silent);
    text_stub_stop(&w->stub);
    unlink(w->stub.log);
    rmdir(w->dir);
    arena_free(&w->mem);
    free(w);
    return 0;
}

static void ask(struct world *w, int port, const char *body)
{
    struct provider_request *const r = &w->asks[w->count++];

    *r = (struct provider_request){ .method = body ? "POST" : "GET", .body = body };
    r->url = arena_printf(w->mem, "http://127.0.0.1:%d/text", port);
    r->body_len = body ? strlen(body) : 0;
}

static void run(struct world *w)
{
    const struct provider_request *asks[ASKS_MAX];

    for (size_t i = 0; i < w->count; i++)
        asks[i] = &w->asks[i];
    sms_http_run(w->http, asks, w->count, w->mem, w->results);
}

/* All go by one handle. */
static void nothing_is_left_of_the_request_before(void **state)
{
    struct world *const w = *state;
    char log[4096];
    FILE *f;
    size_t n;

    ask(w, w->stub.port, "To=%2B15555550112&Body=first");
    ask(w, w->stub.port, NULL);
    ask(w, w->stub.port, "To=%2B15555550101");
    run(w);
    assert_int_equal(w->results[0].status, 429);
    assert_int_equal(w->results[0].retry_after_ms, 7000);
    for (size_t i = 1; i < w->count; i++) {
        assert_int_equal(w->results[i].end, SMS_ANSWERED);
        assert_int_equal(w->results[i].status, 201);
        assert_int_equal(w->results[i].retry_after_ms, 0);
    }
    f = fopen(w->stub.log, "r");
    assert_non_null(f);
    n = fread(log, 1, sizeof log - 1, f);
    fclose(f);
    log[n] = '\0';
    assert_non_null(strstr(log, "POST /text "));
    assert_null(strstr(strstr(log, "Body=first") + 1, "Body=first"));
    assert_null(strstr(strstr(strstr(log, "GET /text "), "\n"), "GET"));
    assert_non_null(strstr(strstr(log, "GET /text "), "POST /text "));
}

/* Each of them waiting for its own time would hold the batch past its lease. */
static void what_a_hung_server_leaves_no_time_for_has_not_left(void **state)
{
    struct world *const w = *state;
    const int64_t from_ms = clock_steady_ms();

    for (size_t i = 0; i < 6; i++)
        ask(w, w->silent_port, "To=%2B15555550101");
    run(w);
    assert_in_range(clock_steady_ms() - from_ms, WAIT_MS - 50, 3 * WAIT_MS);
    assert_int_equal(w->results[0].end, SMS_LOST);
    for (size_t i = 1; i < w->count; i++)
        assert_int_equal(w->results[i].end, SMS_NO_TURN);
}

static void a_hung_server_holds_up_nobody_elses_texts(void **state)
{
    struct world *const w = *state;

    for (size_t i = 0; i < 3; i++)
        ask(w, w->silent_port, "To=%2B15555550101");
    ask(w, w->stub.port, "To=%2B15555550101");
    ask(w, w->stub.port, "To=%2B15555550103");
    run(w);
    assert_int_equal(w->results[0].end, SMS_LOST);
    assert_int_equal(w->results[3].end, SMS_ANSWERED);
    assert_int_equal(w->results[4].end, SMS_ANSWERED);
}

/* It works, and takes 600 ms an answer. */
static void a_slow_server_loses_no_request(void **state)
{
    struct world *const w = *state;
    const struct sms_http_options options = { "", 2000, 2000, 1, 1200 };
    struct err err = { .rc = RC_OK };

    sms_http_free(&w->http);
    assert_int_equal(sms_http_new(&options, &w->http, &err), RC_OK);
    for (size_t i = 0; i < 5; i++)
        ask(w, w->stub.port, "To=%2B15555550118");
    run(w);
    assert_int_equal(w->results[0].end, SMS_ANSWERED);
    for (size_t i = 1; i < w->count; i++)
        assert_true(w->results[i].end == SMS_ANSWERED || w->results[i].end == SMS_NO_TURN);
    assert_int_equal(w->results[4].end, SMS_NO_TURN);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_left_of_the_request_before),
        TEST(what_a_hung_server_leaves_no_time_for_has_not_left),
        TEST(a_hung_server_holds_up_nobody_elses_texts),
        TEST(a_slow_server_loses_no_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
