/*
 * postcircle-parse: reads hostile mail in a closed process. Requests on fd 0, answers on fd 1, see inbound/frame.h.
 *
 *   setup (opens converters, loads tables) → lockdown → { request → parse or trim → answer }* → end of fd 0: exit 0
 *   --check   prints as JSON which protections are active
 */
#include "base/io.h"
#include "base/text.h"
#include "inbound/frame.h"
#include "inbound/lockdown.h"
#include "inbound/parse.h"
#include "inbound/reply.h"

#include <unistd.h>

#define SECONDS_A_LETTER 10

struct request {
    enum frame_type type;
    struct strbuf first, second; /* the raw message; or the letter and our text */
    struct strbuf earlier[REPLY_EARLIER_MAX];
    size_t parts;
    char head[1024]; /* the payload of FRAME_PARSE */
};

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
    if ((type != FRAME_PARSE && type != FRAME_TRIM) || n >= sizeof r->head)
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

/* Going over a maximum empties the buffer and sticks: the rest is read and forgotten, then the answer says so. */
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

static enum rc write_answer(enum frame_type type, const char *bytes, size_t n, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];

    frame_head_write(type, n, head);
    if (io_write_all(STDOUT_FILENO, head, sizeof head, err))
        return err->rc;
    return io_write_all(STDOUT_FILENO, bytes, n, err);
}

static enum rc answer_letter(const struct letter *letter, struct err *err)
{
    CLEANUP(json_free) struct json *json = letter_to_json(letter);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_JSON_MAX_BYTES);

    json_print(json, false, &out);
    if (strbuf_check(&out, err))
        return write_answer(FRAME_LIMIT, "letter_bytes", 12, err);
    return write_answer(FRAME_LETTER, out.p, out.len, err);
}

static enum rc do_parse(struct request *r, struct arena *mem, struct letter *letter, struct err *err)
{
    CLEANUP(json_free) struct json *head = NULL;
    struct authres_trust trust = { .profile = AUTHRES_NOTHING, .authserv_id = "" };

    if (r->first.over)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    if (json_parse(r->head, strlen(r->head), &head, err))
        return err->rc;
    trust.profile = (enum authres_profile)json_get_int(head, "profile", AUTHRES_NOTHING);
    trust.authserv_id = arena_strdup(mem, json_get_str(head, "authserv_id", ""));
    return parse_letter(strbuf_peek(&r->first), r->first.len, &trust, mem, letter, err);
}

static enum rc do_trim(struct request *r, struct arena *mem, struct letter *letter, struct err *err)
{
    const char *ours, *earlier[REPLY_EARLIER_MAX];
    size_t count = 0;

    if (r->first.over || r->second.over)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    if (letter_from_json(strbuf_peek(&r->first), r->first.len, mem, letter, err))
        return err->rc;
    ours = text_clean(mem, strbuf_peek(&r->second), r->second.len);
    reply_trim_ours(letter, ours, mem);
    for (size_t i = 0; i + 1 < r->parts; i++) /* one that is too long is none */
        if (!r->earlier[i].over)
            earlier[count++] = text_clean(mem, strbuf_peek(&r->earlier[i]), r->earlier[i].len);
    reply_trim_tail(letter, earlier, count, mem);
    return RC_OK;
}

static enum rc serve_one(bool *ret_is_end, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("letter");
    struct request r = { .first = STRBUF(LETTER_MAX_BYTES), .second = STRBUF(LETTER_TEXT_MAX_BYTES) };
    struct letter letter;
    enum rc rc;

    for (size_t i = 0; i < REPLY_EARLIER_MAX; i++)
        r.earlier[i] = STRBUF(LETTER_TEXT_MAX_BYTES);
    rc = read_request(&r, ret_is_end, err);

    if (rc || *ret_is_end)
        return rc;
    lockdown_give_seconds(SECONDS_A_LETTER);
    rc = r.type == FRAME_PARSE ? do_parse(&r, mem, &letter, err) : do_trim(&r, mem, &letter, err);
    strbuf_done(&r.first);
    strbuf_done(&r.second);
    for (size_t i = 0; i < REPLY_EARLIER_MAX; i++)
        strbuf_done(&r.earlier[i]);
    if (rc)
        return write_answer(rc == RC_LIMIT ? FRAME_LIMIT : FRAME_FAULT, err->msg, strlen(err->msg), err);
    return answer_letter(&letter, err);
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

static int fail(const struct err *err)
{
    struct err ignored;

    rc_ignore(io_write_all(STDERR_FILENO, err->msg, strlen(err->msg), &ignored), "the exit code says it too");
    rc_ignore(io_write_all(STDERR_FILENO, "\n", 1, &ignored), "the exit code says it too");
    return 1;
}

int main(int argc, char **argv)
{
    struct lockdown_state state;
    bool is_end = false;
    struct err err;

    parse_setup();
    if (lockdown_enter(&state, &err))
        return fail(&err);
    if (argc == 2 && text_equals(argv[1], "--check"))
        return print_state(&state);
    while (!is_end)
        if (serve_one(&is_end, &err))
            return fail(&err);
    return 0;
}
