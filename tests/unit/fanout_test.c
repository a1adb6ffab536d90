/*
 * A digest for many, with a worker that dies at any moment: nobody is missed, nobody is doubled beyond 32 a death, no copy knows
 * another member. POSTCIRCLE_SOAK makes it 50 deaths.
 */
#include "gate_help.h"

#include "gateway/digest/digest.h"
#include "gateway/send/mail_role.h"
#include "mailer/serial.h"
#include "mailer/transport.h"
#include "store/delivery.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define MEMBERS 2000
#define LEASE_MS 150
#define WIRE_MARK "\n=====\n"

/* A relay that keeps what it takes in one file, and may kill its process after the n-th message: taken, and nobody was told. */
struct spool {
    int fd;
    long die_after;
};

static enum rc spool_open(void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    return RC_OK;
}

static enum rc spool_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                          void *done_ctx, struct err *err)
{
    struct spool *s = ctx;
    const struct transport_result accepted = { .outcome = TRANSPORT_ACCEPTED, .code = 250 };

    for (size_t i = 0; i < count; i++) {
        CLEANUP(strbuf_done) struct strbuf out = STRBUF(SERIAL_WIRE_MAX);
        size_t n = 0;
        const char *bytes = wire_bytes(wires[i], &n);

        strbuf_printf(&out, "%s\n%s\n", wire_recipient(wires[i]), wire_sender(wires[i]));
        strbuf_add(&out, bytes, n);
        strbuf_str(&out, WIRE_MARK);
        if (io_write_all(s->fd, out.p, out.len, err))
            return err->rc;
        if (s->die_after && --s->die_after == 0)
            raise(SIGKILL);
        done(done_ctx, i, &accepted);
    }
    return RC_OK;
}

static void spool_close(void *ctx)
{
    (void)ctx;
}

static struct transport spool_transport(struct spool *s)
{
    return (struct transport){ spool_open, spool_send, spool_close, spool_close, s, NULL };
}

static void run_worker(struct gate_help *g, long die_after)
{
    struct err err;
    struct spool spool = { .die_after = die_after };
    const struct transport relay = spool_transport(&spool);
    const struct mail_lanes lanes = { LANE_URGENT, LANE_DIGEST, LEASE_MS };
    char path[128];
    size_t did = 0;

    snprintf(path, sizeof(path), "%s/spool", g->h.dir);
    spool.fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(spool.fd >= 0);
    HELP_OK(mail_run_once(&g->gate, &relay, &lanes, &did, &err));
    close(spool.fd);
}

/* What stands behind the last mark was not taken: the kill came inside write. A relay would not have it either. */
static void drop_half_taken(struct gate_help *g)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("spool");
    struct err err;
    char path[128], *all = NULL;
    const char *next;
    size_t n = 0, taken = 0;

    snprintf(path, sizeof(path), "%s/spool", g->h.dir);
    if (io_read_file(path, (size_t)256 << 20, mem, &all, &n, &err))
        return; /* killed before its first message */
    while ((next = memmem(all + taken, n - taken, WIRE_MARK, strlen(WIRE_MARK))) != NULL)
        taken = (size_t)(next - all) + strlen(WIRE_MARK);
    assert_int_equal(truncate(path, (off_t)taken), 0);
}

/* A process of its own, killed by itself after die_after messages, or by us after microseconds. */
static void run_and_kill(struct gate_help *g, int64_t node, long die_after, unsigned after_us)
{
    const pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        g->h.db = help_open(&g->h); /* a connection does not survive a fork */
        gate_help_open(g, node);
        run_worker(g, die_after);
        _exit(0);
    }
    if (after_us) {
        usleep(after_us);
        kill(pid, SIGKILL);
    }
    waitpid(pid, &status, 0);
    drop_half_taken(g);
    usleep((LEASE_MS + 50) * 1000); /* its leases run out */
}

/* --- what was sent ----------------------------------------------------------------------------------------------------------------- */

static bool has_text(const char *from, size_t n, const char *what)
{
    return memmem(from, n, what, strlen(what)) != NULL;
}

static size_t count_text(const char *from, size_t n, const char *what)
{
    const size_t len = strlen(what);
    size_t found = 0;

    for (const char *at = from; (at = memmem(at, n - (size_t)(at - from), what, len)) != NULL; at += len)
        found++;
    return found;
}

static size_t without_soft_breaks(char *body, size_t n)
{
    size_t out = 0;

    for (size_t i = 0; i < n; i++) {
        if (body[i] == '=' && i + 2 < n && body[i + 1] == '\r' && body[i + 2] == '\n')
            i += 2;
        else
            body[out++] = body[i];
    }
    return out;
}

static void check_copy(char *copy, size_t n, int *member)
{
    const char *const head_end = memmem(copy, n, "\r\n\r\n", 4);
    const size_t head = (size_t)(head_end - copy);
    char own[64];

    assert_non_null(head_end);
    *member = (int)strtol(copy + 1, NULL, 10);
    snprintf(own, sizeof(own), "m%d@example.net", *member);
    assert_int_equal(count_text(copy, head, "\r\nTo: "), 1);
    assert_false(has_text(copy, head, "\r\nCc:"));
    assert_false(has_text(copy, head, "\r\nBcc:"));
    for (size_t i = 0; i + 8 < head; i++)
        assert_true(strncasecmp(copy + i, GATE_CANARY, strlen(GATE_CANARY)) != 0);
    n = without_soft_breaks(copy, n);
    /* the envelope, To, and nobody else's */
    assert_int_equal(count_text(copy, n, "@example.net"), 2);
    assert_int_equal(count_text(copy, n, own), 2);
}

static void count_copies(struct gate_help *g, int *copies)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("spool");
    struct err err;
    char path[128], *all = NULL, *at, *end;
    size_t n = 0;

    snprintf(path, sizeof(path), "%s/spool", g->h.dir);
    HELP_OK(io_read_file(path, (size_t)256 << 20, mem, &all, &n, &err));
    for (at = all; at < all + n; at = end + strlen(WIRE_MARK)) {
        int member = -1;

        end = memmem(at, n - (size_t)(at - all), WIRE_MARK, strlen(WIRE_MARK));
        assert_non_null(end);
        check_copy(at, (size_t)(end - at), &member);
        assert_in_range(member, 0, MEMBERS - 1);
        copies[member]++;
    }
}

static void make_members(struct gate_help *g, int count)
{
    struct err err;
    struct db_tx tx = { 0 };
    struct membership first = { .id = { 0 } };
    char name[32], email[64];

    HELP_OK(db_begin(g->h.db, &tx, &err));
    for (int i = 0; i < count; i++) {
        struct membership m;

        snprintf(name, sizeof(name), "Rose %d", i);
        snprintf(email, sizeof(email), "m%d@example.net", i);
        m = gate_help_member(g, name, email, RHYTHM_DAILY);
        if (i == 0)
            first = m;
    }
    gate_help_post(g, first.person, POST_POST, (struct conversation_id){ 0 }, NULL,
                   "My " GATE_CANARY " story: I walked each day this week. Does anyone else walk before breakfast?");
    HELP_OK(db_commit(&tx, &err));
}

static void test_worker_dies_at_any_moment(void **state)
{
    static int copies[MEMBERS];
    const int deaths = getenv("POSTCIRCLE_SOAK") ? 50 : 5;
    struct gate_help g;
    struct err err;
    struct issue issue;
    int64_t twice = 0;
    unsigned seed = 20260303;

    (void)state;
    gate_help_start(&g);
    make_members(&g, MEMBERS);
    HELP_OK(digest_close(&g.gate, g.group.id, RHYTHM_DAILY, &issue, &err));
    db_close(&g.h.db);
    for (int i = 0; i < deaths; i++) {
        const long messages = 1 + rand_r(&seed) % (2 * MEMBERS / deaths);
        const unsigned us = 5000 + (unsigned)rand_r(&seed) % 120000;

        run_and_kill(&g, 10 + i, i % 2 ? 0 : messages, i % 2 ? us : 0);
    }
    g.h.db = help_open(&g.h);
    gate_help_close(&g);
    gate_help_open(&g, 2);
    run_worker(&g, 0);
    memset(copies, 0, sizeof(copies));
    count_copies(&g, copies);
    for (int i = 0; i < MEMBERS; i++) {
        assert_true(copies[i] >= 1);
        twice += copies[i] - 1;
    }
    print_message("%d deaths: %" PRId64 " of %d doubled\n", deaths, twice, MEMBERS);
    assert_true(twice <= (int64_t)deaths * DELIVERY_BATCH_MAX);
    gate_help_stop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_worker_dies_at_any_moment) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
