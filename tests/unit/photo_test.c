/* photo: what the second closed process makes of pictures: upright, small, and nothing of the file but pixels; what the parent takes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "inbound/jpeg_bare.h"
#include "inbound/sandbox.h"
#include "tests/unit/lockdown_help.h"

#define CANARY "canaryphoto"

static char *program(void)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/postcircle-photo", getenv("POSTCIRCLE_BUILD"));
    return path;
}

static struct sandbox *start(void)
{
    return sandbox_new(SANDBOX_PHOTO, program(), SANDBOX_DEADLINE_MS);
}

static void add_base64(struct strbuf *b, const unsigned char *p, size_t n)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        const unsigned v =
            (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

        strbuf_printf(b, "%c%c%c%c%s", set[v >> 18], set[v >> 12 & 63], i + 1 < n ? set[v >> 6 & 63] : '=',
                      i + 2 < n ? set[v & 63] : '=', i % 54 == 51 ? "\r\n" : "");
    }
}

/* A letter with the bytes as its second part. */
static enum rc develop(struct sandbox *s, const char *bytes, size_t n, bool is_pdf_allowed, struct arena *mem,
                       struct sandbox_picture *ret, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF((size_t)8 << 20);
    const struct sandbox_photo_wish wish = { .part = 1, .is_pdf_allowed = is_pdf_allowed };
    struct sandbox_bytes all;
    struct sandbox_source source;

    strbuf_str(
        &b,
        "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        "Look.\r\n--b\r\nContent-Type: image/x; name=\"" CANARY ".jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    add_base64(&b, (const unsigned char *)bytes, n);
    strbuf_str(&b, "\r\n--b--\r\n");
    all = (struct sandbox_bytes){ strbuf_peek(&b), b.len };
    source = sandbox_from_bytes(&all);
    return sandbox_photo(s, &source, &wish, mem, ret, err);
}

static void read_picture(const char *name, struct arena *mem, char **ret, size_t *ret_n)
{
    struct err err;

    assert_int_equal(io_read_file(arena_printf(mem, "tests/data/photo/%s", name), 1 << 20, mem, ret, ret_n, &err),
                     RC_OK);
}

/* Planted in EXIF (words, place, thumbnail), XMP, IPTC, the colour profile, comments, and behind the end. */
static void nothing_but_pixels_passes(void **state)
{
    static const struct {
        const char *name;
        int width, height; /* those with an orientation stand on their side in the file */
    } table[] = { { "canary.jpg", 160, 240 },
                  { "canary.png", 160, 240 },
                  { "canary.webp", 160, 240 },
                  { "canary.gif", 240, 160 },
                  { "canary.heic", 0, 0 } };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct sandbox_picture picture;
        struct err err;
        char *bytes;
        size_t n;

        read_picture(table[i].name, mem, &bytes, &n);
        assert_non_null(memmem(bytes, n, CANARY, strlen(CANARY)));
        if (develop(s, bytes, n, false, mem, &picture, &err))
            fail_msg("%s: %s", table[i].name, err.msg);
        assert_null(memmem(picture.jpeg, picture.n, CANARY, strlen(CANARY)));
        assert_null(memmem(picture.jpeg, picture.n, "Exif", 4));
        assert_null(memmem(picture.jpeg, picture.n, "ICC_PROFILE", 11));
        if (table[i].width && (picture.width != table[i].width || picture.height != table[i].height))
            fail_msg("%s is %d x %d", table[i].name, picture.width, picture.height);
    }
}

static void bombs_and_others_are_refused(void **state)
{
    static const char *const svg = "<svg xmlns='http://www.w3.org/2000/svg'/>", *const pdf = "%PDF-1.4\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start();
    struct sandbox_picture picture;
    struct err err;
    char *bytes;
    size_t n;

    (void)state;
    read_picture("bomb.png", mem, &bytes, &n);
    assert_int_equal(develop(s, bytes, n, false, mem, &picture, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "photo_pixels"));
    read_picture("bomb.gif", mem, &bytes, &n);
    assert_int_equal(develop(s, bytes, n, false, mem, &picture, &err), RC_LIMIT);
    assert_int_equal(develop(s, svg, strlen(svg), true, mem, &picture, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "photo_type"));
    assert_int_equal(develop(s, pdf, strlen(pdf), false, mem, &picture, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "photo_type"));
    assert_int_equal(develop(s, "\xFF\xD8\xFF\xE0 no picture", 15, false, mem, &picture, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "photo_broken"));
    read_picture("canary.jpg", mem, &bytes, &n);
    assert_int_equal(develop(s, bytes, n, false, mem, &picture, &err), RC_OK); /* and it goes on */
}

/* What came back is a stranger's word until it was looked at. */
static void only_bare_pictures_are_taken(void **state)
{
    static const char liar[] =
        "#!/bin/sh\nprintf 'J\\0\\0\\0\\0\\0\\0\\010\\0\\1\\0\\1\\377\\330\\377\\341'; exec cat >/dev/null\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *good = start(), *bad = NULL;
    char path[] = "/tmp/postcircle-photo-XXXXXX", *bytes;
    struct sandbox_picture picture;
    unsigned char *more;
    int fd = mkstemp(path), w, h;
    struct err err;
    size_t n;

    (void)state;
    assert_int_equal(write(fd, liar, sizeof liar - 1), (ssize_t)sizeof liar - 1);
    assert_int_equal(fchmod(fd, 0700), 0);
    close(fd);
    bad = sandbox_new(SANDBOX_PHOTO, path, 5000);
    read_picture("canary.jpg", mem, &bytes, &n);
    assert_false(jpeg_is_bare((const unsigned char *)bytes, n, &w, &h));
    assert_int_equal(develop(bad, bytes, n, false, mem, &picture, &err), RC_CORRUPT);
    unlink(path);

    assert_int_equal(develop(good, bytes, n, false, mem, &picture, &err), RC_OK);
    assert_true(jpeg_is_bare((const unsigned char *)picture.jpeg, picture.n, &w, &h));
    more = arena_alloc(mem, picture.n + 16);
    memcpy(more, picture.jpeg, picture.n);
    assert_false(jpeg_is_bare(more, picture.n + 1, &w, &h)); /* something behind the end */
    assert_false(jpeg_is_bare(more, picture.n - 1, &w, &h));
    memcpy(more + 2, "\xFF\xFE\x00\x06note", 8); /* a comment in place of a table */
    assert_false(jpeg_is_bare(more, picture.n, &w, &h));
}

/* A large picture within 256 MB: 10,000 x 9,000 pixels, which are 270 MB unpacked. */
static void large_ones_fit(void **state)
{
    if (IS_THREAD_SANITIZED) /* which keeps many times the memory */
        skip();

    const pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0) {
        struct arena *mem = arena_new("t");
        struct sandbox *s = start();
        struct sandbox_picture picture;
        struct rusage used = { 0 };
        struct err err;
        char *bytes;
        size_t n;
        enum rc rc;

        read_picture("large.png", mem, &bytes, &n);
        rc = develop(s, bytes, n, false, mem, &picture, &err);
        sandbox_free(&s);
        getrusage(RUSAGE_CHILDREN, &used);
        print_message("%ld KiB at most\n", used.ru_maxrss);
        _exit(rc ? 1 : picture.width != SANDBOX_PHOTO_MAX_SIDE ? 2 : used.ru_maxrss > (256 << 10) ? 3 : 0);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- what this process cannot do, though it may start threads ---- */

static void try_fork(void)
{
    _exit(fork() < 0 ? 1 : 0);
}
static void try_vfork(void)
{
    _exit(system("true") ? 1 : 0);
}
static void try_open(void)
{
    FILE *f = fopen("/etc/passwd", "re");

    _exit(f ? 0 : 1);
}
static void try_socket(void)
{
    int ends[2];

    _exit(pipe(ends) ? 1 : 0);
}

static void it_is_closed_too(void **state)
{
    (void)state;
    if (attack(LOCKDOWN_PHOTO, try_open) == ATTACK_NOT_POSSIBLE)
        skip(); /* a sanitizer, or a kernel without seccomp */
    assert_int_equal(attack(LOCKDOWN_PHOTO, try_open), 1);
    assert_int_equal(attack(LOCKDOWN_PHOTO, try_fork), 2);
    assert_int_equal(attack(LOCKDOWN_PHOTO, try_vfork), 2);
    assert_int_equal(attack(LOCKDOWN_PHOTO, try_socket), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_but_pixels_passes),
        cmocka_unit_test(bombs_and_others_are_refused),
        cmocka_unit_test(only_bare_pictures_are_taken),
        cmocka_unit_test(large_ones_fit),
        cmocka_unit_test(it_is_closed_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
