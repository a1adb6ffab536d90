#include "mailer/maildir.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "mailer/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX 1024

struct maildir {
    char *path;
    enum maildir_mode mode;
    unsigned delivered; /* makes names unique within a millisecond */
};

static enum rc maildir_open(void *ctx, struct err *err)
{
    const struct maildir *m = ctx;

    return io_make_dir(m->path, 0700, err);
}

static enum rc make_folders(const char *dir, struct arena *mem, struct err *err)
{
    static const char *const names[] = { "", "/tmp", "/new", "/cur" };
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < COUNT_OF(names); i++)
        rc = io_make_dir(arena_printf(mem, "%s%s", dir, names[i]), 0700, err);
    return rc;
}

/* The Maildir of one recipient. */
static enum rc find_folder(const struct maildir *m, const struct wire *wire, struct arena *mem, char **ret_dir,
                           struct err *err)
{
    char *name = arena_strdup(mem, wire_recipient(wire)), *person;
    enum rc rc;

    *ret_dir = m->path;
    if (m->mode == MAILDIR_EACH) {
        for (char *p = name; (p = strchr(p, '/'));)
            *p = '_';
        person = arena_printf(mem, "%s/%s", m->path, name);
        *ret_dir = arena_printf(mem, "%s/Maildir", person);
        rc = io_make_dir(person, 0700, err);
        if (rc)
            return err_set(err, RC_TEMP, "a recipient's folder cannot be made");
    }
    rc = make_folders(*ret_dir, mem, err);
    return rc ? err_set(err, RC_TEMP, "the folders of a Maildir cannot be made") : RC_OK;
}

/* The wire as a stored file: LF line ends behind the two trace lines. */
static void write_file_form(const struct wire *wire, struct strbuf *out)
{
    size_t n;
    const char *p = wire_bytes(wire, &n), *end = p + n;

    strbuf_printf(out, "Return-Path: <%s>\nDelivered-To: %s\n", wire_sender(wire), wire_recipient(wire));
    while (p < end) {
        const char *cr = memchr(p, '\r', (size_t)(end - p));
        const char *stop = cr ? cr : end;

        strbuf_add(out, p, (size_t)(stop - p));
        p = cr ? cr + 1 : end;
    }
}

static enum rc write_synced(const char *path, const struct strbuf *file, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum rc rc;

    if (fd < 0)
        return err_set(err, RC_TEMP, "create in Maildir: %s", strerror(errno));
    rc = io_write_all(fd, strbuf_peek(file), file->len, err);
    if (!rc && fsync(fd) < 0)
        rc = err_errno(err, RC_TEMP, "sync in Maildir");
    if (rc)
        unlink(path);
    return rc;
}

static enum rc deliver(struct maildir *m, const struct wire *wire, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf file = STRBUF(SERIAL_WIRE_MAX + HEAD_MAX);
    CLEANUP(arena_free) struct arena *mem = arena_new("maildir");
    char *dir, *name, *tmp;
    enum rc rc = find_folder(m, wire, mem, &dir, err);

    if (rc)
        return rc;
    write_file_form(wire, &file);
    name =
        arena_printf(mem, "%" PRId64 ".P%dQ%u.postcircle", clock_now_ms(clock_real()), (int)getpid(), m->delivered++);
    tmp = arena_printf(mem, "%s/tmp/%s", dir, name);
    rc = strbuf_check(&file, err);
    if (!rc)
        rc = write_synced(tmp, &file, err);
    if (rc)
        return rc;
    if (rename(tmp, arena_printf(mem, "%s/new/%s", dir, name)) < 0) {
        unlink(tmp);
        return err_set(err, RC_TEMP, "move within Maildir failed");
    }
    /* it is there, if perhaps not yet after a power cut; saying "not sent" now would double it */
    rc_ignore(io_sync_dir(arena_printf(mem, "%s/new", dir), err), "the message has been delivered");
    return RC_OK;
}

static enum rc maildir_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                            void *done_ctx, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < count; i++) {
        struct transport_result result = { .outcome = TRANSPORT_NOT_SENT };

        if (!rc)
            rc = deliver(ctx, wires[i], err);
        if (!rc)
            result = (struct transport_result){ .outcome = TRANSPORT_ACCEPTED, .code = 250 };
        done(done_ctx, i, &result);
    }
    return rc;
}

static void maildir_close(void *ctx)
{
    (void)ctx;
}

static void maildir_free(void *ctx)
{
    struct maildir *m = ctx;

    free(m->path);
    free(m);
}

struct transport maildir_transport(const char *path, enum maildir_mode mode)
{
    struct maildir *m = calloc(1, sizeof *m);

    if (!m || !(m->path = strdup(path)))
        abort();
    m->mode = mode;
    return (struct transport){
        .open = maildir_open, .send = maildir_send, .close = maildir_close, .free = maildir_free, .ctx = m
    };
}
