#include "base/strbuf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_done(struct strbuf *b)
{
    if (b->p) {
        explicit_bzero(b->p, b->cap);
        free(b->p);
    }
    *b = (struct strbuf){ .max = b->max };
}

void strbuf_clear(struct strbuf *b)
{
    b->len = 0;
    b->over = false;
    if (b->p)
        b->p[0] = '\0';
}

static void go_over(struct strbuf *b)
{
    strbuf_clear(b);
    b->over = true;
}

/* A plain realloc could leave words behind in freed memory. */
bool strbuf_reserve(struct strbuf *b, size_t n)
{
    size_t cap;
    char *p;

    assert(b->max > 0);
    if (b->over)
        return false;
    if (n > b->max - b->len) {
        go_over(b);
        return false;
    }
    if (b->len + n < b->cap)
        return true;
    cap = b->cap ? b->cap * 2 : 128;
    if (cap < b->len + n + 1)
        cap = b->len + n + 1;
    p = malloc(cap);
    if (!p)
        abort();
    if (b->p) {
        memcpy(p, b->p, b->len);
        explicit_bzero(b->p, b->cap);
        free(b->p);
    }
    p[b->len] = '\0';
    b->p = p;
    b->cap = cap;
    return true;
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t n)
{
    if (!strbuf_reserve(b, n) || !n)
        return;
    memcpy(b->p + b->len, bytes, n);
    b->len += n;
    b->p[b->len] = '\0';
}

void strbuf_str(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_char(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    assert(n >= 0);
    if (strbuf_reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    strbuf_vprintf(b, fmt, ap);
    va_end(ap);
}

void strbuf_cut(struct strbuf *b, size_t n)
{
    if (n >= b->len)
        return;
    b->len = n;
    b->p[n] = '\0';
}

const char *strbuf_peek(const struct strbuf *b)
{
    return b->p && b->len ? b->p : "";
}

enum rc strbuf_check(const struct strbuf *b, struct err *err)
{
    if (b->over)
        return err_set(err, RC_LIMIT, "text is over %zu bytes", b->max);
    return RC_OK;
}

enum rc strbuf_take(struct strbuf *b, struct arena *mem, char **ret_text, struct err *err)
{
    enum rc rc = strbuf_check(b, err);

    if (rc)
        return rc;
    *ret_text = arena_strndup(mem, strbuf_peek(b), b->len);
    strbuf_clear(b);
    return RC_OK;
}
