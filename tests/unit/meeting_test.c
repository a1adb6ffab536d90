/* A Zoom that takes every call and answers none: what else the clock owes is not late by more than a turn. */
#define CIRCLE_MAILS_MAX 2000
#include "visit_help.h"

#include "gateway/visit/meeting.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLACK_MS (2 * MS_SECOND) /* of a busy machine; a turn and this are less than one request of old */

/* Takes connections, and says nothing. */
static int silent_server(int *ret_port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0 && !bind(fd, (struct sockaddr *)&at, n) && !listen(fd, 16) &&
                !getsockname(fd, (struct sockaddr *)&at, &n));
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static void use(struct circle *c, int port)
{
    const char *const url = arena_printf(c->mem, "https://127.0.0.1:%d", port);
    struct err err;

    CIRCLE_TX(c, HELP_OK(video_account_set(
                     &c->g.gate.store,
                     arena_printf(c->mem,
                                  "{\"account_id\":\"a\",\"client_id\":\"c\",\"client_secret\":\"s\",\"user\":\"me\","
                                  "\"token_url\":\"%s/oauth/token\",\"api_url\":\"%s\",\"ca_file\":\"\"}",
                                  url, url),
                     &err)));
}

static void nothing_waits_for_it_longer_than_a_turn(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    int64_t tries[2] = { 0 };
    struct visit v[2];
    struct err err;
    int port;
    const int fd = silent_server(&port);

    use(c, port);
    plan.words.link = VIDEO_LINK;
    v[0] = visit_planned(c, &plan);
    plan.day += 7;
    v[1] = visit_planned(c, &plan);
    for (int round = 0; round < 2; round++) { /* a meeting a turn; both are due */
        const int64_t from_ms = clock_steady_ms();
        size_t did;

        HELP_OK(clock_work(&c->g.gate, &did, &err));
        assert_in_range(clock_steady_ms() - from_ms, 0, MEETING_TURN_MS + SLACK_MS);
        if (round)
            continue;
        circle_post_office(c);
        assert_non_null(circle_mail(c, MARIA, "can you come")); /* what the same round owed has gone */
    }
    for (int i = 0; i < 2; i++) {
        struct video_meeting row;

        HELP_OK(video_meeting_get(&c->g.gate.store, v[i].id, c->mem, &row, &err));
        tries[i] = row.tries;
        assert_true(row.due_ms > gate_now_ms(&c->g.gate) && row.due_ms < VIDEO_NEVER);
    }
    assert_int_equal(tries[0] + tries[1], 2); /* each was tried once, and is again */
    close(fd);
}

/* No time is left: nothing is asked, and nothing hangs. */
static void behind_the_end_nothing_is_asked(void **state)
{
    struct circle *c = *state;
    struct zoom_account account;
    struct zoom zoom;
    struct err err;
    int port;
    const int fd = silent_server(&port);
    const int64_t from_ms = clock_steady_ms();

    use(c, port);
    HELP_OK(meeting_account(&c->g.gate, c->mem, &account, &err));
    assert_string_equal(account.client_secret, "s");
    assert_int_equal(zoom_open(&account, from_ms - 1, c->mem, &zoom, &err), RC_TEMP);
    assert_in_range(clock_steady_ms() - from_ms, 0, SLACK_MS);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(nothing_waits_for_it_longer_than_a_turn),
                                        TEST(behind_the_end_nothing_is_asked) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
