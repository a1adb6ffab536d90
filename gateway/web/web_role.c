#include "gateway/web/web_role.h"

#include "base/io.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/home/fault.h"
#include "gateway/home/lmtp_listen.h"
#include "gateway/home/process.h"
#include "gateway/home/wake.h"
#include "gateway/text/hook.h"
#include "gateway/visit/staff_calendar.h"

#include <microhttpd.h>
#include <poll.h>
#include <unistd.h>

#define CONNECTIONS_MAX 128
#define SILENCE_S 15
#define MEMORY_BYTES ((size_t)32 << 10)
#define HEADERS_MAX 64
#define TURN_MAX 256
#define LOOK_MS 1000

/* One request, from its first line to the end of its answer. */
struct call {
    char *path, *query; /* free() */
    struct strbuf body;
    struct hook_answer answer;
    bool is_decided;
    struct MHD_Connection *connection;
};

struct web {
    struct home *home;
    struct gates *gates;
    struct hooks *hooks;
    struct MHD_Daemon *daemon;
    struct db_tx tx; /* of this turn: opened by the first who writes */
    struct call *waiting[TURN_MAX];
    size_t waiting_count;
    bool has_failed, has_news, is_ill;
};

/* ---- answering ---- */

static enum MHD_Result say(struct MHD_Connection *connection, const struct hook_answer *a)
{
    struct MHD_Response *const r =
        MHD_create_response_from_buffer(strlen(a->body), (void *)(uintptr_t)a->body, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result ok;

    if (!r)
        return MHD_NO;
    if (*a->type)
        MHD_add_response_header(r, "Content-Type", a->type);
    ok = MHD_queue_response(connection, (unsigned)a->status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result say_status(struct MHD_Connection *connection, int status)
{
    const struct hook_answer a = { .status = status };

    return say(connection, &a);
}

/* ---- a calendar ---- */

/* Nothing is written, so it is answered at once. What does not open is not there: nobody learns why. */
static enum MHD_Result say_calendar(struct web *web, struct MHD_Connection *connection, const char *path)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("calendar");
    struct practice_id practice;
    struct MHD_Response *r;
    struct gate *gate = NULL;
    enum MHD_Result ok;
    const char *token;
    struct err err;
    char *text;
    enum rc rc;

    if (!staff_calendar_path(path, &practice, &token))
        return say_status(connection, 404);
    rc = gates_of(web->gates, practice, &gate, &err);
    if (!rc)
        rc = staff_calendar_read(gate, token, mem, &text, &err);
    if (rc && rc != RC_NOT_FOUND)
        log_err("calendar_not_read", &err);
    if (rc)
        return say_status(connection, rc == RC_NOT_FOUND ? 404 : 503);
    r = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (!r)
        return MHD_NO;
    MHD_add_response_header(r, "Content-Type", "text/calendar; charset=utf-8");
    MHD_add_response_header(r, "Cache-Control", "private, max-age=900");
    ok = MHD_queue_response(connection, 200, r);
    MHD_destroy_response(r);
    return ok;
}

/* ---- one call ---- */

struct header_list {
    struct sms_header of[HEADERS_MAX];
    size_t n;
};

static enum MHD_Result add_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct header_list *const list = ctx;

    (void)kind;
    if (list->n < HEADERS_MAX && value)
        list->of[list->n++] = (struct sms_header){ name, value };
    return MHD_YES;
}

static int status_of(enum rc rc)
{
    return rc == RC_NOT_FOUND ? 404 : rc == RC_DENIED ? 403 : rc == RC_LIMIT ? 413 : 503;
}

/* Stores it in the turn's transaction. 0: it waits for the commit; else the status to answer now. */
static int take(struct web *web, struct call *c, const char *method)
{
    struct header_list headers = { .n = 0 };
    struct hook_call call = { .method = method, .path = c->path, .query = c->query, .headers = headers.of };
    struct hook *hook = NULL;
    struct err err;
    enum rc rc;

    MHD_get_connection_values(c->connection, MHD_HEADER_KIND, add_header, &headers);
    call.header_count = headers.n;
    call.body = c->body.len ? strbuf_peek(&c->body) : "";
    call.body_len = c->body.len;
    rc = hook_open(web->hooks, &call, &hook, &err);
    if (!rc && web->has_failed)
        return 503;
    if (!rc && !web->tx.db)
        rc = db_begin(web->home->db, &web->tx, &err);
    if (!rc)
        rc = hook_take(hook, &call, &c->answer, &err);
    if (!rc)
        return 0;
    if (rc != RC_NOT_FOUND && rc != RC_DENIED && rc != RC_LIMIT) {
        log_err("hook_failed", &err);
        web->has_failed |= hook != NULL; /* what others wrote in this turn is gone with it */
    }
    return status_of(rc);
}

static enum MHD_Result on_call(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *n, void **state)
{
    struct web *const web = ctx;
    struct call *const c = *state;
    int status;

    (void)url;
    (void)version;
    if (!c)
        return MHD_NO;
    if (!c->connection) { /* the head is here; the body follows */
        c->connection = connection;
        return strcmp(method, "GET") && strcmp(method, "POST") ? say_status(connection, 405) : MHD_YES;
    }
    if (*n) {
        strbuf_add(&c->body, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    if (c->is_decided)
        return say(connection, &c->answer);
    if (text_starts(c->path, "/calendar/"))
        return say_calendar(web, connection, c->path);
    if (c->body.over)
        return say_status(connection, 413);
    status = web->waiting_count == TURN_MAX ? 503 : take(web, c, method);
    if (status)
        return say_status(connection, status);
    web->waiting[web->waiting_count++] = c;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

/* The raw line: a signature covers the query as it came. */
static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    struct call *const c = calloc(1, sizeof *c);
    const size_t n = strcspn(uri, "?");

    (void)ctx;
    (void)connection;
    if (!c)
        abort();
    c->path = strndup(uri, n);
    c->query = strdup(uri[n] ? uri + n + 1 : "");
    if (!c->path || !c->query)
        abort();
    c->body = STRBUF(SMS_SIGN_BODY_MAX);
    return c;
}

static void on_end(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    struct call *const c = *state;

    (void)ctx;
    (void)connection;
    (void)why;
    if (!c)
        return;
    free(c->path);
    free(c->query);
    strbuf_done(&c->body);
    free(c);
    *state = NULL;
}

/* ---- one turn ---- */

static void note(struct web *web, bool is_ill, const struct err *err)
{
    if (is_ill) {
        log_err("calls_not_taken", err, KV(count, (int64_t)web->waiting_count));
        (void)fault_note(web->home->path, FAULT_INTAKE);
    } else if (web->is_ill) {
        fault_clear(web->home->path, FAULT_INTAKE);
    }
    web->is_ill = is_ill;
}

/* One commit for all that wait; then they are answered. */
static void end_turn(struct web *web)
{
    struct err err = { .rc = RC_TEMP, .msg = "a call of this turn failed" };
    const bool has_written = web->tx.db != NULL;
    const bool is_kept = has_written && !web->has_failed && !db_commit(&web->tx, &err);

    db_tx_done(&web->tx);
    web->tx = (struct db_tx){ 0 };
    if (has_written)
        note(web, !is_kept, &err);
    for (size_t i = 0; i < web->waiting_count; i++) {
        struct call *const c = web->waiting[i];

        web->has_news |= is_kept && c->answer.has_news;
        if (!is_kept)
            c->answer = (struct hook_answer){ .status = 503 };
        c->is_decided = true;
        MHD_resume_connection(c->connection);
    }
    web->waiting_count = 0;
    web->has_failed = false;
}

static void wake(struct web *web)
{
    if (!web->has_news)
        return;
    wake_role(web->home->path, "text", WAKE_WORK);
    wake_role(web->home->path, "urgent", WAKE_WORK);
    web->has_news = false;
}

static enum rc take_turns(struct web *web, struct err *err)
{
    const union MHD_DaemonInfo *const info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);

    while (!process_must_stop()) {
        struct pollfd at = { .fd = info->epoll_fd, .events = POLLIN };
        MHD_UNSIGNED_LONG_LONG most = LOOK_MS;
        struct timespec wait;

        if (home_tick(web->home, err))
            return err->rc;
        if (MHD_get_timeout(web->daemon, &most) == MHD_YES && most > LOOK_MS)
            most = LOOK_MS;
        wait = (struct timespec){ (time_t)(most / 1000), (long)(most % 1000) * 1000000L };
        ppoll(&at, 1, &wait, process_waiting());
        if (MHD_run(web->daemon) != MHD_YES)
            return err_set(err, RC_TEMP, "the listener of hooks failed");
        if (web->waiting_count) {
            end_turn(web);
            MHD_run(web->daemon); /* answers go now */
            wake(web);
        }
        hooks_count_refused(web->hooks);
        gates_refresh(web->gates);
        hooks_refresh(web->hooks);
        if (process_must_reload())
            return RC_OK;
    }
    return RC_OK;
}

static void web_close(struct web *web)
{
    if (web->daemon)
        MHD_stop_daemon(web->daemon); /* takes the listening socket along */
    hooks_free(&web->hooks);
    gates_free(&web->gates);
}

enum rc web_role_run(struct home *home, struct err *err)
{
    CLEANUP(web_close) struct web web = { .home = home, .gates = gates_new(home) };
    int listener = -1;

    web.hooks = hooks_new(web.gates);
    if (lmtp_listen(home->settings.web_listen, &listener, err))
        return err_wrap(err, "[web] listen");
    web.daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_call, &web,
                                  MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT,
                                  (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
                                  MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES, MHD_OPTION_URI_LOG_CALLBACK, on_uri,
                                  NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (!web.daemon) {
        io_close(&listener);
        return err_set(err, RC_TEMP, "libmicrohttpd does not start");
    }
    log_info("role_started", KV(pid, getpid()));
    if (take_turns(&web, err))
        return err->rc;
    lmtp_unlisten(home->settings.web_listen);
    log_info("role_stopped", KV(pid, getpid()));
    return RC_OK;
}
