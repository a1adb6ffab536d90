#include "gateway/intake/lmtp_role.h"

#include "base/io.h"
#include "base/log.h"
#include "gateway/home/fault.h"
#include "gateway/home/lmtp_listen.h"
#include "gateway/home/process.h"
#include "gateway/intake/lmtp_conn.h"

#include <ctype.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define LOOK_MS 1000 /* for connections whose time is over */
#define HOST_MAX 255

/* The transaction of one turn: opened by the first who writes. */
struct turn {
    struct db_tx tx;
    bool has_failed;
    struct err why;
};

struct lmtp_role {
    struct home *home;
    int epoll, listener;
    bool is_accepting; /* the listener stands at epoll */
    char host[HOST_MAX + 1];
    struct lmtp_limits limits;
    struct lmtp_conn **conns;
    size_t count, max;
    size_t extra; /* recipients beside the first ones, of all connections */
    struct turn turn;
    bool is_ill;     /* a fault may be noted */
    int64_t stop_ms; /* steady; 0: nobody asked to stop */
    int64_t rest_ms; /* steady: accepts none before, because the system refused */
};

/* ---- one letter ---- */

static void drop_stream(struct lmtp_role *role, struct lmtp_conn *conn)
{
    role->extra -= conn->extra;
    conn->extra = 0;
    conn->is_whole = false;
    intake_stream_free(&conn->stream);
}

static void note_failure(struct lmtp_role *role, const struct err *err, int64_t letters)
{
    log_err("letters_not_taken", err, KV(count, letters));
    (void)fault_note(role->home->path, FAULT_INTAKE); /* serve pages when it lasts */
    role->is_ill = true;
}

static enum lmtp_verdict judge(struct lmtp_role *role, struct lmtp_conn *conn)
{
    struct err err;
    size_t before;

    if (!conn->stream)
        conn->stream = intake_stream_new(role->home, ARRIVAL_LMTP);
    before = intake_stream_count(conn->stream);
    if (before && role->extra >= LMTP_EXTRA_MAX)
        return LMTP_FULL;
    switch (intake_stream_to(conn->stream, lmtp_path(conn->session), &err)) {
    case RC_OK:
        role->extra += before > 0;
        conn->extra += before > 0;
        return LMTP_ACCEPTED;
    case RC_NOT_FOUND:
        return LMTP_NOBODY;
    case RC_INPUT:
        return LMTP_ELSEWHERE;
    default:
        note_failure(role, &err, 0);
        return LMTP_NOT_NOW;
    }
}

static void fail_turn(struct lmtp_role *role, const struct err *err)
{
    if (!role->turn.has_failed)
        role->turn.why = *err;
    role->turn.has_failed = true;
}

/* From here on the connection's fate is the transaction's. */
static bool enter_turn(struct lmtp_role *role, struct lmtp_conn *conn)
{
    struct err err;

    conn->has_written = true;
    if (!role->turn.has_failed && !role->turn.tx.db && db_begin(role->home->db, &role->turn.tx, &err))
        fail_turn(role, &err);
    return !role->turn.has_failed;
}

static void begin_letter(struct lmtp_role *role, struct lmtp_conn *conn)
{
    struct err err;

    if (!intake_stream_begin(conn->stream, lmtp_sender(conn->session), &err))
        return;
    note_failure(role, &err, 1);
    drop_stream(role, conn);
    lmtp_fail(conn->session);
}

static void add_bytes(struct lmtp_role *role, struct lmtp_conn *conn, const struct lmtp_event *ev)
{
    struct err err;

    if (!conn->stream || (intake_stream_will_write(conn->stream, ev->n) && !enter_turn(role, conn)))
        return;
    if (intake_stream_add(conn->stream, ev->bytes, ev->n, &err))
        fail_turn(role, &err);
}

static void end_letter(struct lmtp_role *role, struct lmtp_conn *conn)
{
    struct err err;

    conn->is_whole = true;
    if (enter_turn(role, conn) && intake_stream_finish(conn->stream, &err))
        fail_turn(role, &err);
}

/* ---- one turn ---- */

static void deal_with(struct lmtp_role *role, struct lmtp_conn *conn, const struct lmtp_event *ev)
{
    switch (ev->did) {
    case LMTP_RECIPIENT:
        lmtp_answer_recipient(conn->session, judge(role, conn));
        break;
    case LMTP_BEGIN:
        begin_letter(role, conn);
        break;
    case LMTP_BYTES:
        add_bytes(role, conn, ev);
        break;
    case LMTP_END:
        end_letter(role, conn);
        break;
    case LMTP_FORGET:
        drop_stream(role, conn);
        break;
    case LMTP_CLOSE:
        conn->is_closing = true;
        break;
    case LMTP_MORE:
        break;
    }
}

/* What has come, until the letter is whole, the output full or nothing left. A turn that has failed goes on: the next one mends it. */
static void feed(struct lmtp_role *role, struct lmtp_conn *conn)
{
    size_t at = 0;

    while (at < conn->fill && !conn->is_whole && !conn->is_closing && !(conn->has_written && role->turn.has_failed)) {
        struct lmtp_event ev;
        const size_t took = lmtp_feed(conn->session, conn->in + at, conn->fill - at, &ev);

        at += took;
        if (!took && ev.did == LMTP_MORE)
            break;
        deal_with(role, conn, &ev);
    }
    memmove(conn->in, conn->in + at, conn->fill - at);
    conn->fill -= at;
}

static void fail_letter(struct lmtp_role *role, struct lmtp_conn *conn)
{
    const bool was_whole = conn->is_whole;

    if (conn->stream)
        intake_stream_rolled_back(conn->stream);
    drop_stream(role, conn);
    if (was_whole)
        lmtp_answer_letter(conn->session, LMTP_NOT_NOW);
    else if (lmtp_is_in_letter(conn->session))
        lmtp_fail(conn->session);
}

static void keep_letter(struct lmtp_role *role, struct lmtp_conn *conn)
{
    for (size_t i = 0; i < intake_stream_count(conn->stream); i++) {
        const struct intake_result r = intake_stream_result(conn->stream, i);

        log_info("arrival_taken", KV(arrival, r.arrival.v), KV(practice, r.practice.v), KV(bytes, r.bytes));
    }
    lmtp_answer_letter(conn->session, LMTP_ACCEPTED);
    conn->since_ms = clock_steady_ms();
    drop_stream(role, conn);
}

static bool commit_turn(struct lmtp_role *role)
{
    struct err err;

    if (!role->turn.has_failed && role->turn.tx.db && db_commit(&role->turn.tx, &err))
        fail_turn(role, &err);
    db_tx_done(&role->turn.tx);
    role->turn.tx = (struct db_tx){ 0 };
    return !role->turn.has_failed;
}

/* The commit, and what it means for everybody who wrote. */
static void end_turn(struct lmtp_role *role)
{
    const bool is_kept = commit_turn(role);
    int64_t letters = 0, written = 0;

    for (size_t i = 0; i < role->count; i++) {
        struct lmtp_conn *const conn = role->conns[i];

        written += conn->has_written;
        letters += conn->is_whole;
        if (!is_kept && conn->has_written)
            fail_letter(role, conn);
        else if (conn->is_whole)
            keep_letter(role, conn);
        conn->has_written = false;
    }
    if (!is_kept)
        note_failure(role, &role->turn.why, written);
    else if (letters) {
        intake_stream_wake(role->home);
        if (role->is_ill)
            fault_clear(role->home->path, FAULT_INTAKE);
        role->is_ill = false;
    }
    role->turn.has_failed = false;
}

static void take_turn(struct lmtp_role *role)
{
    for (size_t i = 0; i < role->count; i++)
        if (lmtp_conn_has_work(role->conns[i]))
            feed(role, role->conns[i]);
    end_turn(role);
}

/* ---- connections ---- */

static void accept_or_not(struct lmtp_role *role, bool must_accept)
{
    struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = NULL };

    if (must_accept == role->is_accepting || role->listener < 0)
        return;
    if (!epoll_ctl(role->epoll, must_accept ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, role->listener, &wanted))
        role->is_accepting = must_accept;
}

static void accept_all(struct lmtp_role *role)
{
    while (role->count < role->max) {
        const int fd = accept4(role->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        struct lmtp_conn *conn;

        if (fd < 0) {
            if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
                role->rest_ms = clock_steady_ms() + LOOK_MS;
            return;
        }
        conn = lmtp_conn_new(fd, role->epoll, &role->limits);
        if (conn)
            role->conns[role->count++] = conn;
    }
}

static void end_late(struct lmtp_role *role, struct lmtp_conn *conn, int64_t now_ms)
{
    const int64_t silence_ms = role->home->settings.lmtp_timeout_seconds * MS_SECOND;

    if (role->stop_ms && !lmtp_is_in_letter(conn->session))
        lmtp_conn_end(conn, LMTP_STOPPING);
    else if (now_ms - conn->heard_ms > silence_ms || now_ms - conn->since_ms > LMTP_LETTER_MS) {
        conn->is_broken = conn->is_closing; /* it was told, and does not read */
        lmtp_conn_end(conn, LMTP_TIMEOUT);
    }
}

/* Answers, and farewells. */
static void write_all(struct lmtp_role *role)
{
    const int64_t now_ms = clock_steady_ms();

    for (size_t i = role->count; i-- > 0;) {
        struct lmtp_conn *const conn = role->conns[i];

        end_late(role, conn, now_ms);
        lmtp_conn_write(conn);
        if (!lmtp_conn_is_done(conn))
            continue;
        drop_stream(role, conn);
        lmtp_conn_free(&role->conns[i]);
        role->conns[i] = role->conns[--role->count];
    }
    accept_or_not(role, role->count < role->max && !role->stop_ms && now_ms >= role->rest_ms);
}

/* ---- the loop ---- */

static int wait_ms(const struct lmtp_role *role)
{
    for (size_t i = 0; i < role->count; i++)
        if (lmtp_conn_has_work(role->conns[i]))
            return 0;
    return LOOK_MS;
}

static enum rc hear(struct lmtp_role *role, struct err *err)
{
    struct epoll_event events[EVENTS_MAX];
    const int n = epoll_pwait(role->epoll, events, EVENTS_MAX, wait_ms(role), process_waiting());

    if (n < 0 && errno != EINTR)
        return err_errno(err, RC_TEMP, "epoll");
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr)
            lmtp_conn_read(events[i].data.ptr);
        else
            accept_all(role);
    return RC_OK;
}

static void begin_to_stop(struct lmtp_role *role)
{
    role->stop_ms = clock_steady_ms() + LMTP_STOP_MS;
    accept_or_not(role, false);
    io_close(&role->listener);
    lmtp_unlisten(role->home->settings.lmtp_listen);
}

/* A store that cannot be reached for a while is answered for letter by letter; without a node number no id may be made. */
static enum rc tick(struct lmtp_role *role, struct err *err)
{
    const enum rc rc = home_tick(role->home, err);

    return rc == RC_CONFLICT || clock_now_ms(clock_real()) >= role->home->node.until_ms ? rc : RC_OK;
}

static enum rc live(struct lmtp_role *role, struct err *err)
{
    for (;;) {
        if (!role->stop_ms && process_must_stop())
            begin_to_stop(role);
        write_all(role);
        if (role->stop_ms && (!role->count || clock_steady_ms() >= role->stop_ms))
            return RC_OK;
        if (hear(role, err) || tick(role, err))
            return err->rc;
        take_turn(role);
    }
}

/* hello_name, else the machine's; nothing that could break a line. */
static void find_host(struct lmtp_role *role)
{
    const char *const said = role->home->settings.hello_name;

    if (*said)
        snprintf(role->host, sizeof role->host, "%s", said);
    else if (gethostname(role->host, sizeof role->host - 1))
        *role->host = '\0';
    for (char *p = role->host; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '.' && *p != '-')
            *p = '-';
    if (!*role->host)
        snprintf(role->host, sizeof role->host, "localhost");
}

static enum rc open_role(struct lmtp_role *role, struct err *err)
{
    const struct home_settings *const settings = &role->home->settings;

    if (!*settings->lmtp_listen)
        return err_set(err, RC_INPUT, "[lmtp] listen is not set in postcircle.ini: " LMTP_LISTEN_FORMS);
    find_host(role);
    role->limits = (struct lmtp_limits){ .host = role->host,
                                         .max_bytes = settings->lmtp_max_bytes,
                                         .max_recipients = settings->lmtp_recipients };
    role->max = (size_t)settings->lmtp_connections;
    role->conns = calloc(role->max, sizeof(struct lmtp_conn *));
    if (!role->conns)
        abort();
    role->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (role->epoll < 0)
        return err_errno(err, RC_TEMP, "epoll");
    return lmtp_listen(settings->lmtp_listen, &role->listener, err);
}

static void close_role(struct lmtp_role *role)
{
    for (size_t i = 0; i < role->count; i++)
        lmtp_conn_free(&role->conns[i]);
    free(role->conns);
    if (role->listener >= 0)
        lmtp_unlisten(role->home->settings.lmtp_listen);
    io_close(&role->listener);
    io_close(&role->epoll);
}

enum rc lmtp_role_run(struct home *home, struct err *err)
{
    CLEANUP(close_role) struct lmtp_role role = { .home = home, .epoll = -1, .listener = -1, .is_ill = true };

    if (open_role(&role, err))
        return err->rc;
    log_info("role_started", KV(pid, getpid()), KV(worker, 0));
    if (live(&role, err))
        return err->rc;
    log_info("role_stopped", KV(pid, getpid()), KV(worker, 0));
    return RC_OK;
}
