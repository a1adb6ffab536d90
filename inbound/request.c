#include "inbound/request.h"

#include "base/io.h"
#include "base/json.h"
#include "base/text.h"

#include <unistd.h>

static void init(struct request *r)
{
    *r = (struct request){ .first = STRBUF(LETTER_MAX_BYTES), .second = STRBUF(LETTER_TEXT_MAX_BYTES) };
    for (size_t i = 0; i < REPLY_EARLIER_MAX; i++)
        r->earlier[i] = STRBUF(LETTER_TEXT_MAX_BYTES);
}

void request_done(struct request *r)
{
    strbuf_done(&r->first);
    strbuf_done(&r->second);
    for (size_t i = 0; i < REPLY_EARLIER_MAX; i++)
        strbuf_done(&r->earlier[i]);
}

/* *ret_is_end: the other side closed between frames. */
static enum rc read_frame(enum frame_type *ret_type, char *bytes, size_t *ret_n, bool *ret_is_end, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];
    size_t n;

    *ret_is_end = false;
    if (io_read_full(STDIN_FILENO, head, sizeof head, &n, err))
        return err->rc;
    *ret_is_end = n == 0;
    if (n == 0)
        return RC_OK;
    if (n < sizeof head)
        return err_set(err, RC_CORRUPT, "frame: cut");
    if (frame_head_read(head, FRAME_DATA_MAX_BYTES, ret_type, ret_n, err))
        return err->rc;
    if (io_read_full(STDIN_FILENO, bytes, *ret_n, &n, err))
        return err->rc;
    return n == *ret_n ? RC_OK : err_set(err, RC_CORRUPT, "frame: cut");
}

static enum rc start_request(struct request *r, enum frame_type type, const char *bytes, size_t n, struct err *err)
{
    if ((type != FRAME_PARSE && type != FRAME_TRIM && type != FRAME_PHOTO) || n >= sizeof r->head)
        return err_set(err, RC_CORRUPT, "request: bad start");
    r->type = type;
    memcpy(r->head, bytes, n);
    r->head[n] = '\0';
    return RC_OK;
}

/* The letter, what we sent, then earlier letters; NULL when there are more. */
static struct strbuf *next_part(struct request *r, struct err *err)
{
    const size_t i = r->parts++;

    if (i == 0)
        return &r->second;
    if (i <= REPLY_EARLIER_MAX)
        return &r->earlier[i - 1];
    err_set(err, RC_CORRUPT, "request: too many parts");
    return NULL;
}

/* *ret_is_end: the other side closed between requests. Going over a maximum empties the buffer and sticks: the rest is read and forgotten, then the answer says so. */
static enum rc read_request(struct request *r, bool *ret_is_end, struct err *err)
{
    static char bytes[FRAME_DATA_MAX_BYTES];
    struct strbuf *to = &r->first;
    enum frame_type type = FRAME_END;
    size_t n = 0;

    if (read_frame(&type, bytes, &n, ret_is_end, err) || *ret_is_end)
        return *ret_is_end ? RC_OK : err->rc;
    if (start_request(r, type, bytes, n, err))
        return err->rc;
    for (;;) {
        if (read_frame(&type, bytes, &n, ret_is_end, err))
            return err->rc;
        if (*ret_is_end)
            return err_set(err, RC_CORRUPT, "request: cut");
        if (type == FRAME_END)
            return RC_OK;
        if (type == FRAME_NEXT && !(to = next_part(r, err)))
            return err->rc;
        if (type == FRAME_NEXT)
            continue;
        if (type == FRAME_DATA)
            strbuf_add(to, bytes, n);
        else
            return err_set(err, RC_CORRUPT, "request: unexpected frame");
    }
}

enum rc request_answer(enum frame_type type, const char *bytes, size_t n, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];

    frame_head_write(type, n, head);
    if (io_write_all(STDOUT_FILENO, head, sizeof head, err))
        return err->rc;
    return io_write_all(STDOUT_FILENO, bytes, n, err);
}

enum rc request_refuse(struct err *err)
{
    return request_answer(err->rc == RC_LIMIT ? FRAME_LIMIT : FRAME_FAULT, err->msg, strlen(err->msg), err);
}

static int print_state(const struct lockdown_state *s)
{
    CLEANUP(json_free) struct json *o = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);
    struct err err;

    json_set_bool(o, "no_new_privs", s->has_no_new_privs);
    json_set_bool(o, "undumpable", s->is_undumpable);
    json_set_bool(o, "rlimits", s->has_rlimits);
    json_set_bool(o, "landlock", s->has_landlock);
    json_set_bool(o, "seccomp", s->has_seccomp);
    json_print(o, false, &out);
    strbuf_char(&out, '\n');
    return io_write_all(STDOUT_FILENO, strbuf_peek(&out), out.len, &err) ? 1 : 0;
}

int request_fail(const struct err *err)
{
    struct err ignored;

    rc_ignore(io_write_all(STDERR_FILENO, err->msg, strlen(err->msg), &ignored), "the exit code says it too");
    rc_ignore(io_write_all(STDERR_FILENO, "\n", 1, &ignored), "the exit code says it too");
    return 1;
}

static enum rc serve_one(request_fn *answer, bool *ret_is_end, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("request");
    CLEANUP(request_done) struct request r = { .type = FRAME_END };
    enum rc rc;

    init(&r);
    rc = read_request(&r, ret_is_end, err);
    return rc || *ret_is_end ? rc : answer(&r, mem, err);
}

int request_serve(int argc, char **argv, enum lockdown_kind kind, request_fn *answer)
{
    struct lockdown_state state;
    bool is_end = false;
    struct err err;

    if (lockdown_enter(kind, &state, &err))
        return request_fail(&err);
    if (argc == 2 && text_equals(argv[1], "--check"))
        return print_state(&state);
    while (!is_end)
        if (serve_one(answer, &is_end, &err))
            return request_fail(&err);
    return 0;
}
