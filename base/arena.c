#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitized.h"

/* Sanitized, each allocation is a block of its own, so that AddressSanitizer sees its edges. */
#define ARENA_BLOCK (IS_SANITIZED ? 0 : 16384)
#define ARENA_ALIGN 16

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(ARENA_ALIGN) unsigned char bytes[];
};

struct arena {
    const char *name;
    struct block *blocks;
    size_t total;
};

static void *must_malloc(size_t n)
{
    void *p = malloc(n);

    if (!p) {
        fputs("postcircle: out of memory\n", stderr);
        abort();
    }
    return p;
}

struct arena *arena_new(const char *name)
{
    struct arena *a = must_malloc(sizeof *a);

    *a = (struct arena){ .name = name };
    return a;
}

void arena_clear(struct arena *arena)
{
    struct block *b = arena->blocks;

    while (b) {
        struct block *next = b->next;

        explicit_bzero(b->bytes, b->used);
        free(b);
        b = next;
    }
    arena->blocks = NULL;
    arena->total = 0;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    arena_clear(*arena);
    free(*arena);
    *arena = NULL;
}

static struct block *block_for(struct arena *arena, size_t n)
{
    const size_t size = n > ARENA_BLOCK / 4 ? n : ARENA_BLOCK;
    struct block *b;

    if (arena->blocks && arena->blocks->size - arena->blocks->used >= n)
        return arena->blocks;
    if (n > ARENA_MAX_BYTES - arena->total) {
        fprintf(stderr, "postcircle: arena %s over its limit\n", arena->name);
        abort();
    }
    b = must_malloc(sizeof *b + size);
    *b = (struct block){ .size = size };
    arena->total += size;
    /* A large block goes behind the current one, so the rest of that one stays in use. */
    if (arena->blocks && size == n && ARENA_BLOCK != 0) {
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    return b;
}

static void *take(struct arena *arena, size_t n)
{
    size_t need = n ? n : 1;
    struct block *b;
    void *p;

#if ARENA_BLOCK
    need = (need + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
#endif
    b = block_for(arena, need);
    p = b->bytes + b->used;
    b->used += need;
    return p;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    return memset(take(arena, n), 0, n);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        fprintf(stderr, "postcircle: arena %s: array too large\n", arena->name);
        abort();
    }
    return arena_alloc(arena, bytes);
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
    char *p = take(arena, n + 1);

    if (n > 0) /* s may be NULL then */
        memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *arena_strdup(struct arena *arena, const char *s)
{
    return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    char start[256]; /* nearly all are shorter, and printed once */
    va_list ap, again;
    char *p;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(start, sizeof start, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    p = take(arena, (size_t)n + 1);
    if ((size_t)n < sizeof start)
        memcpy(p, start, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    explicit_bzero(start, sizeof start);
    return p;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->total;
}
