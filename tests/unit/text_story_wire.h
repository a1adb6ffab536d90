/*
 * text_story_wire: the provider of a random story of texts, as a process of its own on this machine: HTTP in, what reached the phones in memory that the
 * test shares with it.
 *
 * Shape    Each request becomes a row: when (by the story's clock), from, to, words, our reference, and what the provider made of it. What it makes of
 *          one follows from the words, the number and the step's salt alone, so that a seed always tells the same story.
 *          TOOK and LOST reach the phone (the answer of a LOST one never comes, or is a 500); all others reach nobody.
 */
#ifndef TESTS_UNIT_TEXT_STORY_WIRE_H
#define TESTS_UNIT_TEXT_STORY_WIRE_H

#include "text_help.h"

#include <stdint.h>
#include <sys/mman.h>

#define WIRE_ROWS_MAX 4000
#define WIRE_WORDS_MAX 1800

/* Stored in rows: what the provider made of a request. */
enum wire_mood {
    WIRE_TOOK,
    WIRE_LOST,     /* it went out; the connection ended */
    WIRE_BROKE,    /* it went out, perhaps; 500 */
    WIRE_THROTTLE, /* not taken: again later */
    WIRE_BUSY,     /* 503 and a code: not taken */
    WIRE_OPTOUT,
    WIRE_BAD_NUMBER,
    WIRE_FILTERED,
    WIRE_TEMPORARY,
    WIRE_SETUP,
    WIRE_MOOD_COUNT
};

struct wire_row {
    int64_t at_ms;
    enum wire_mood mood;
    char from[24], to[24], ref[48], words[WIRE_WORDS_MAX];
    int id; /* SM%d */
};

struct wire {
    int64_t now_ms;
    uint64_t salt;
    unsigned trouble[WIRE_MOOD_COUNT]; /* percent of each mood but TOOK */
    size_t count;
    struct wire_row rows[WIRE_ROWS_MAX];
};

static inline bool wire_reaches(enum wire_mood mood)
{
    return mood <= WIRE_BROKE;
}

/* One field of a form, decoded; "" where it is not there or too long. */
static inline void wire_field(const char *form, const char *name, char *out, size_t max)
{
    const size_t n = strlen(name);
    size_t len = 0;

    out[0] = '\0';
    for (const char *p = form; p; p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL) {
        if (strncmp(p, name, n) || p[n] != '=')
            continue;
        for (p += n + 1; *p && *p != '&' && len + 1 < max; p++) {
            char hex[3] = { p[0] == '%' ? p[1] : '\0', p[0] == '%' ? p[2] : '\0', '\0' };

            out[len++] = *p == '%' ? (char)strtol(hex, NULL, 16) : *p == '+' ? ' ' : *p;
            p += *p == '%' ? 2 : 0;
        }
        out[len] = '\0';
        return;
    }
}

static inline uint64_t wire_hash(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return h ^ h >> 29;
}

static inline enum wire_mood wire_mood_of(const struct wire *w, const struct wire_row *row)
{
    const unsigned at = (unsigned)(wire_hash(wire_hash(w->salt, row->to), row->words) % 100);
    unsigned sum = 0;

    for (enum wire_mood m = WIRE_LOST; m < WIRE_MOOD_COUNT; m++) {
        sum += w->trouble[m];
        if (at < sum)
            return m;
    }
    return WIRE_TOOK;
}

static inline bool wire_answer(struct wire *w, int fd, const char *form)
{
    static const char *const refusals[WIRE_MOOD_COUNT][2] = {
        [WIRE_BROKE] = { "500 Oh", "" },
        [WIRE_THROTTLE] = { "429 Too Many", "{\"code\":20429}" },
        [WIRE_BUSY] = { "503 Later", "{\"code\":30008}" },
        [WIRE_OPTOUT] = { "400 Bad Request", "{\"code\":21610}" },
        [WIRE_BAD_NUMBER] = { "400 Bad Request", "{\"code\":21211}" },
        [WIRE_FILTERED] = { "400 Bad Request", "{\"code\":30007}" },
        [WIRE_TEMPORARY] = { "400 Bad Request", "{\"code\":30003}" },
        [WIRE_SETUP] = { "401 Unauthorized", "{\"code\":20003}" },
    };
    struct wire_row *const row = &w->rows[w->count];
    char callback[256], body[96];

    if (w->count + 1 >= WIRE_ROWS_MAX)
        return false;
    wire_field(form, "To", row->to, sizeof row->to);
    wire_field(form, "From", row->from, sizeof row->from);
    wire_field(form, "Body", row->words, sizeof row->words);
    wire_field(form, "StatusCallback", callback, sizeof callback);
    snprintf(row->ref, sizeof row->ref, "%.47s", strstr(callback, "ref=") ? strstr(callback, "ref=") + 4 : "");
    row->at_ms = w->now_ms;
    row->id = (int)w->count + 1;
    row->mood = wire_mood_of(w, row);
    __atomic_store_n(&w->count, w->count + 1, __ATOMIC_SEQ_CST);
    if (row->mood == WIRE_LOST)
        return false;
    if (row->mood != WIRE_TOOK) {
        stub_say(fd, refusals[row->mood][0], "", refusals[row->mood][1]);
        return true;
    }
    snprintf(body, sizeof body, "{\"sid\":\"SM%d\",\"status\":\"queued\",\"num_segments\":\"1\",\"price\":\"-0.0083\"}",
             row->id);
    stub_say(fd, "201 Created", "", body);
    return true;
}

/* One whole request; false: the connection ends. */
static inline bool wire_serve(struct wire *w, int fd)
{
    char in[16384];
    size_t n = 0;
    const char *head_end = NULL, *length;

    do {
        const ssize_t got = read(fd, in + n, sizeof in - 1 - n);

        if (got <= 0)
            return false;
        n += (size_t)got;
        in[n] = '\0';
        head_end = strstr(in, "\r\n\r\n");
        length = strcasestr(in, "content-length: ");
    } while (!head_end || (length && n < (size_t)(head_end + 4 - in) + strtoul(length + 16, NULL, 10)));
    return wire_answer(w, fd, head_end + 4);
}

__attribute__((noreturn)) static inline void wire_run(struct wire *w, int listener)
{
    struct pollfd fds[STUB_CONNS] = { { .fd = listener, .events = POLLIN } };
    nfds_t n = 1;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (poll(fds, n, -1) > 0) {
        for (nfds_t i = n - 1; i > 0; i--)
            if (fds[i].revents && !wire_serve(w, fds[i].fd)) {
                close(fds[i].fd);
                fds[i] = fds[--n];
            }
        if (fds[0].revents && n < STUB_CONNS)
            fds[n++] = (struct pollfd){ .fd = accept(listener, NULL, NULL), .events = POLLIN };
    }
    _exit(1);
}

/* It ends with the process that started it. */
static inline struct wire *wire_start(int *ret_port)
{
    struct wire *const w = mmap(NULL, sizeof *w, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const int listener = stub_listen(ret_port);

    if (w == MAP_FAILED)
        abort();
    if (fork() == 0)
        wire_run(w, listener);
    close(listener);
    return w;
}

#endif
