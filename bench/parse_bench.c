/*
 * parse_bench: what understanding a letter costs beside a plain parse: every mail of tests/data/mail, read by GMime (structure alone, nothing
 * decoded) and by parse_letter (MIME, charsets, HTML, new words, reports, robots), in turns within one run. The figure is the ratio of
 * processor time: beside other work the clock on the wall says nothing.
 */
#include "base/io.h"
#include "inbound/parse.h"

#include <glob.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 5

struct mail {
    char *raw;
    size_t n;
};

static int64_t worked_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void plain(const struct mail *m)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(m->raw, m->n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    if (message)
        g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
}

static void understood(const struct mail *m)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const struct authres_trust trust = { .profile = AUTHRES_BY_ID, .authserv_id = "mx.example.net" };
    struct letter letter;
    struct err err;

    rc_ignore(parse_letter(m->raw, m->n, &trust, mem, &letter, &err), "some are over a limit");
}

static int64_t time_of(void (*fn)(const struct mail *m), const struct mail *mails, size_t count)
{
    const int64_t start_us = worked_us();

    for (size_t i = 0; i < count; i++)
        fn(&mails[i]);
    return worked_us() - start_us;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static size_t read_all(struct arena *mem, struct mail **ret, size_t *ret_bytes)
{
    struct mail *mails;
    struct err err;
    size_t n = 0;
    glob_t g;

    if (glob("tests/data/mail/*.eml", 0, NULL, &g) || glob("tests/data/mail/*/*.eml", GLOB_APPEND, NULL, &g))
        exit(1);
    mails = ARENA_ARRAY(mem, g.gl_pathc, struct mail);
    *ret_bytes = 0;
    for (size_t i = 0; i < g.gl_pathc; i++)
        if (io_read_file(g.gl_pathv[i], (size_t)4 << 20, mem, &mails[n].raw, &mails[n].n, &err) == RC_OK)
            *ret_bytes += mails[n++].n;
    globfree(&g);
    *ret = mails;
    return n;
}

int main(void)
{
    struct arena *mem = arena_new("mails");
    int64_t gmime[ROUNDS], ours[ROUNDS];
    double theirs_us, ours_us;
    struct mail *mails;
    size_t bytes;
    const size_t n = read_all(mem, &mails, &bytes);

    parse_setup();
    time_of(plain, mails, n);
    time_of(understood, mails, n);
    for (int i = 0; i < ROUNDS; i++) {
        gmime[i] = time_of(plain, mails, n);
        ours[i] = time_of(understood, mails, n);
    }
    qsort(gmime, ROUNDS, sizeof *gmime, compare);
    qsort(ours, ROUNDS, sizeof *ours, compare);
    theirs_us = (double)gmime[ROUNDS / 2];
    ours_us = (double)ours[ROUNDS / 2];
    printf("%zu mails, %zu KiB: GMime parses %.0f/s, parse and understand %.0f/s, ratio %.2f (median of %d)\n", n,
           bytes >> 10, (double)n * 1e6 / theirs_us, (double)n * 1e6 / ours_us, theirs_us / ours_us, ROUNDS);
    arena_free(&mem);
    return 0;
}
