#include "inbound/sandbox.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/sanitized.h"
#include "base/strbuf.h"
#include "inbound/frame.h"
#include "inbound/jpeg_bare.h"
#include "inbound/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_MAX_BYTES 4096
#define NAME_MAX_BYTES 40

/* Which closed program, and what names another in its place. */
static const struct {
    const char *name, *variable;
} programs[] = { [SANDBOX_READER] = { "postcircle-parse", "POSTCIRCLE_PARSER" },
                 [SANDBOX_PHOTO] = { "postcircle-photo", "POSTCIRCLE_PHOTO" } };

struct sandbox {
    enum sandbox_program program;
    char *path;
    int deadline_ms;
    pid_t pid; /* 0: no child */
    int fd;    /* -1: none */
    int letters;
    int64_t until_ms; /* of the call that runs */
};

/* Beside this program (a build folder), or where an installation has it: bin/ beside libexec/. */
static bool near_us(const char *name, char path[PATH_MAX_BYTES])
{
    static const char *const places[] = { "/", "/../libexec/postcircle/" };
    const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX_BYTES - 2 * NAME_MAX_BYTES);
    char *slash;

    if (n <= 0)
        return false;
    path[n] = '\0';
    slash = strrchr(path, '/');
    for (size_t i = 0; slash && i < COUNT_OF(places); i++) {
        snprintf(slash, 2 * NAME_MAX_BYTES, "%s%s", places[i], name);
        if (!access(path, X_OK))
            return true;
    }
    return false;
}

struct sandbox *sandbox_new(enum sandbox_program program, const char *path, int deadline_ms)
{
    struct sandbox *s = calloc(1, sizeof *s);
    const char *named = getenv(programs[program].variable);
    char found[PATH_MAX_BYTES];

    if (!s)
        abort();
    if (!path && named && *named)
        path = named;
    if (!path && !near_us(programs[program].name, found))
        snprintf(found, sizeof found, "%s/%s", POSTCIRCLE_LIBEXEC, programs[program].name);
    s->program = program;
    s->path = strdup(path ? path : found);
    if (!s->path)
        abort();
    s->deadline_ms = deadline_ms;
    s->fd = -1;
    return s;
}

const char *sandbox_path(const struct sandbox *sandbox)
{
    return sandbox->path;
}

static void end_child(struct sandbox *s)
{
    io_close(&s->fd);
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    s->pid = 0;
    s->letters = 0;
}

void sandbox_free(struct sandbox **sandbox)
{
    if (!*sandbox)
        return;
    end_child(*sandbox);
    free((*sandbox)->path);
    free(*sandbox);
    *sandbox = NULL;
}

int sandbox_letters(const struct sandbox *sandbox)
{
    return sandbox->letters;
}

/* What it says goes nowhere: the log is no place for a stranger's words. */
static bool is_silenced(void)
{
    const int nowhere = IS_SANITIZED ? STDERR_FILENO : open("/dev/null", O_WRONLY | O_CLOEXEC);

    return dup2(nowhere, STDERR_FILENO) >= 0;
}

/* In the child: only the socket is left, as fd 0 and 1; nothing of our environment. */
static void become_program(const char *name, const char *path, int fd)
{
    char program[NAME_MAX_BYTES], locale[] = "LC_ALL=C.UTF-8";
    char *argv[] = { program, NULL }, *envp[] = { locale, NULL };

    snprintf(program, sizeof program, "%s", name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 || !is_silenced() || close_range(3, ~0u, 0))
        _exit(126);
    execve(path, argv, envp);
    _exit(127);
}

static enum rc start_child(struct sandbox *s, struct err *err)
{
    int pair[2];

    if (s->pid && s->letters >= SANDBOX_LETTERS_MAX)
        end_child(s);
    if (s->pid)
        return RC_OK;
    if (access(s->path, X_OK))
        return err_set(err, RC_TEMP, "sandbox: the program %s is not there", programs[s->program].name);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return err_errno(err, RC_TEMP, "sandbox: socket pair");
    s->pid = fork();
    if (s->pid == 0)
        become_program(programs[s->program].name, s->path, pair[1]);
    close(pair[1]);
    s->fd = pair[0];
    if (s->pid < 0) {
        s->pid = 0;
        io_close(&s->fd);
        return err_errno(err, RC_TEMP, "sandbox: fork");
    }
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    return RC_OK;
}

/* ---- bytes to and from the child, within the deadline ---- */

static enum rc wait_for(struct sandbox *s, short events, struct err *err)
{
    for (;;) {
        struct pollfd p = { .fd = s->fd, .events = events };
        const int64_t left = s->until_ms - clock_steady_ms();
        const int n = left > 0 ? poll(&p, 1, (int)left) : 0;

        if (n > 0)
            return RC_OK;
        if (n == 0)
            return err_set(err, RC_CORRUPT, "sandbox: deadline of %d ms", s->deadline_ms);
        if (errno != EINTR)
            return err_errno(err, RC_CORRUPT, "sandbox: poll");
    }
}

static enum rc put(struct sandbox *s, const void *bytes, size_t n, struct err *err)
{
    const char *p = bytes;

    while (n) {
        const ssize_t k = send(s->fd, p, n, MSG_NOSIGNAL);

        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k < 0 && errno != EAGAIN && errno != EINTR) {
            return err_set(err, RC_CORRUPT, "sandbox: the parser ended");
        } else if (wait_for(s, POLLOUT, err)) {
            return err->rc;
        }
    }
    return RC_OK;
}

static enum rc get(struct sandbox *s, void *bytes, size_t n, struct err *err)
{
    char *p = bytes;

    while (n) {
        const ssize_t k = recv(s->fd, p, n, 0);

        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k == 0 || (errno != EAGAIN && errno != EINTR)) {
            return err_set(err, RC_CORRUPT, "sandbox: the parser ended");
        } else if (wait_for(s, POLLIN, err)) {
            return err->rc;
        }
    }
    return RC_OK;
}

static enum rc put_frame(struct sandbox *s, enum frame_type type, const void *bytes, size_t n, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];

    frame_head_write(type, n, head);
    return put(s, head, sizeof head, err) ? err->rc : put(s, bytes, n, err);
}

static enum rc put_source(struct sandbox *s, const struct sandbox_source *source, struct err *err)
{
    char *bytes = malloc(FRAME_DATA_MAX_BYTES);
    enum rc rc = bytes ? RC_OK : err_set(err, RC_TEMP, "sandbox: memory");
    size_t n = 1, total = 0;

    while (!rc && n) {
        rc = source->read(source->ctx, bytes, FRAME_DATA_MAX_BYTES, &n, err);
        total += rc ? 0 : n;
        if (!rc && total > LETTER_MAX_BYTES)
            rc = err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
        if (!rc && n)
            rc = put_frame(s, FRAME_DATA, bytes, n, err);
    }
    free(bytes);
    return rc;
}

/* The child may be in a stranger's hand: only letters of our own limit names are repeated. */
static enum rc not_wanted(enum frame_type type, char *bytes, struct err *err)
{
    if (type != FRAME_LIMIT)
        return err_set(err, RC_CORRUPT, "sandbox: the program gave up");
    bytes[strspn(bytes, "abcdefghijklmnopqrstuvwxyz_")] = '\0';
    return err_set(err, RC_LIMIT, "%.32s: over its limit", bytes);
}

static enum rc get_frame(struct sandbox *s, size_t max, struct arena *mem, enum frame_type *ret_type, char **ret_bytes,
                         size_t *ret_n, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];

    if (get(s, head, sizeof head, err) || frame_head_read(head, max, ret_type, ret_n, err))
        return err->rc;
    *ret_bytes = arena_alloc(mem, *ret_n + 1);
    return get(s, *ret_bytes, *ret_n, err);
}

static enum rc get_answer(struct sandbox *s, struct arena *mem, struct letter *ret_letter, struct err *err)
{
    CLEANUP(arena_free) struct arena *tmp = arena_new("answer");
    enum frame_type type;
    char *bytes;
    size_t n;

    if (get_frame(s, LETTER_JSON_MAX_BYTES, tmp, &type, &bytes, &n, err))
        return err->rc;
    return type == FRAME_LETTER ? letter_from_json(bytes, n, mem, ret_letter, err) : not_wanted(type, bytes, err);
}

/* A call that did not end with an answer leaves the child in an unknown state. */
static enum rc finish(struct sandbox *s, bool is_answered, enum rc rc)
{
    if (is_answered && (rc == RC_OK || rc == RC_LIMIT))
        s->letters++;
    else
        end_child(s);
    return rc;
}

static enum rc put_parse(struct sandbox *s, const struct sandbox_source *source, const struct authres_trust *trust,
                         struct err *err)
{
    CLEANUP(json_free) struct json *head = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(FRAME_START_MAX);

    json_set_int(head, "profile", trust->profile);
    json_set_str(head, "authserv_id", trust->authserv_id);
    json_set_str(head, "tenant_domains", trust->tenant_domains ? trust->tenant_domains : "");
    json_print(head, false, &out);
    if (strbuf_check(&out, err) || put_frame(s, FRAME_PARSE, out.p, out.len, err) || put_source(s, source, err))
        return err->rc;
    return put_frame(s, FRAME_END, "", 0, err);
}

enum rc sandbox_parse(struct sandbox *s, const struct sandbox_source *source, const struct authres_trust *trust,
                      struct arena *mem, struct letter *ret_letter, struct err *err)
{
    s->until_ms = clock_steady_ms() + s->deadline_ms;
    if (start_child(s, err))
        return err->rc;
    if (put_parse(s, source, trust, err))
        return finish(s, false, err->rc);
    return finish(s, true, get_answer(s, mem, ret_letter, err));
}

static enum rc put_all(struct sandbox *s, const char *bytes, size_t n, struct err *err)
{
    struct sandbox_bytes all = { bytes, n };
    const struct sandbox_source source = sandbox_from_bytes(&all);

    return put_source(s, &source, err);
}

static enum rc put_trim(struct sandbox *s, const struct letter *letter, const struct sandbox_known *known,
                        struct err *err)
{
    CLEANUP(json_free) struct json *json = letter_to_json(letter);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_JSON_MAX_BYTES);

    json_print(json, false, &out);
    if (strbuf_check(&out, err) || put_frame(s, FRAME_TRIM, "", 0, err) || put_all(s, out.p, out.len, err) ||
        put_frame(s, FRAME_NEXT, "", 0, err) || put_all(s, known->ours, strlen(known->ours), err))
        return err->rc;
    for (size_t i = 0; i < known->earlier_count && i < REPLY_EARLIER_MAX; i++)
        if (put_frame(s, FRAME_NEXT, "", 0, err) || put_all(s, known->earlier[i], strlen(known->earlier[i]), err))
            return err->rc;
    return put_frame(s, FRAME_END, "", 0, err);
}

enum rc sandbox_trim(struct sandbox *s, const struct letter *letter, const struct sandbox_known *known,
                     struct arena *mem, struct letter *ret_letter, struct err *err)
{
    s->until_ms = clock_steady_ms() + s->deadline_ms;
    if (start_child(s, err))
        return err->rc;
    if (put_trim(s, letter, known, err))
        return finish(s, false, err->rc);
    return finish(s, true, get_answer(s, mem, ret_letter, err));
}

/* ---- photos ---- */

static enum rc put_photo(struct sandbox *s, const struct sandbox_source *source, const struct sandbox_photo_wish *wish,
                         struct err *err)
{
    CLEANUP(json_free) struct json *head = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(1000);

    json_set_int(head, "part", wish->part);
    json_set_int(head, "page", wish->page);
    json_set_bool(head, "pdf", wish->is_pdf_allowed);
    json_print(head, false, &out);
    if (strbuf_check(&out, err) || put_frame(s, FRAME_PHOTO, out.p, out.len, err) || put_source(s, source, err))
        return err->rc;
    return put_frame(s, FRAME_END, "", 0, err);
}

/* What comes back is looked at as a stranger's: a picture of that size, and nothing beside it. */
static enum rc get_photo(struct sandbox *s, struct arena *mem, struct sandbox_picture *ret, struct err *err)
{
    enum frame_type type;
    char *bytes;
    size_t n;

    if (get_frame(s, SANDBOX_PHOTO_MAX_BYTES + 4, mem, &type, &bytes, &n, err))
        return err->rc;
    if (type != FRAME_PICTURE)
        return not_wanted(type, bytes, err);
    if (n < 4 || !jpeg_is_bare((const unsigned char *)bytes + 4, n - 4, &ret->width, &ret->height) ||
        ret->width > SANDBOX_PHOTO_MAX_SIDE || ret->height > SANDBOX_PHOTO_MAX_SIDE)
        return err_set(err, RC_CORRUPT, "sandbox: this is no bare picture");
    ret->jpeg = bytes + 4;
    ret->n = n - 4;
    return RC_OK;
}

enum rc sandbox_photo(struct sandbox *s, const struct sandbox_source *source, const struct sandbox_photo_wish *wish,
                      struct arena *mem, struct sandbox_picture *ret_picture, struct err *err)
{
    s->until_ms = clock_steady_ms() + s->deadline_ms;
    if (start_child(s, err))
        return err->rc;
    if (put_photo(s, source, wish, err))
        return finish(s, false, err->rc);
    return finish(s, true, get_photo(s, mem, ret_picture, err));
}

/* ---- sources ---- */

static enum rc read_fd(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err)
{
    return io_read_full(*(int *)ctx, bytes, max, ret_n, err);
}

struct sandbox_source sandbox_from_fd(int *fd)
{
    return (struct sandbox_source){ .read = read_fd, .ctx = fd };
}

static enum rc read_bytes(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err)
{
    struct sandbox_bytes *b = ctx;

    (void)err;
    *ret_n = b->n < max ? b->n : max;
    memcpy(bytes, b->p, *ret_n);
    b->p += *ret_n;
    b->n -= *ret_n;
    return RC_OK;
}

struct sandbox_source sandbox_from_bytes(struct sandbox_bytes *bytes)
{
    return (struct sandbox_source){ .read = read_bytes, .ctx = bytes };
}
