/*
 * strbuf: text that grows up to a stated maximum.
 *
 * Shape    Made with its maximum: `CLEANUP(strbuf_done) struct strbuf b = STRBUF(4096);`
 * Owns     Its bytes, until strbuf_done (wipes) or strbuf_take (gives a copy to an arena).
 * Errors   Appends return nothing. Going over the maximum empties the buffer and sticks: strbuf_take and strbuf_check then say
 *          RC_LIMIT. A message is whole or absent, never cut.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/arena.h"
#include "base/err.h"

#include <stdarg.h>

struct strbuf {
    char *p;    /* always ends in NUL once something was added */
    size_t len; /* without the NUL */
    size_t cap;
    size_t max;
    bool over;
};

#define STRBUF(max_bytes) ((struct strbuf){ .max = (max_bytes) })

void strbuf_done(struct strbuf *b);
void strbuf_clear(struct strbuf *b);

/* Makes room for n more bytes and a NUL at once; false when that is over. */
bool strbuf_reserve(struct strbuf *b, size_t n);
void strbuf_add(struct strbuf *b, const void *bytes, size_t n);
void strbuf_str(struct strbuf *b, const char *s);
void strbuf_char(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Shortens to n bytes; n over the length changes nothing. */
void strbuf_cut(struct strbuf *b, size_t n);

/* The text so far ("" when empty or over); valid until the next append. */
const char *strbuf_peek(const struct strbuf *b);
MUST_CHECK enum rc strbuf_check(const struct strbuf *b, struct err *err);
/* Copies the text into mem and empties the buffer. */
MUST_CHECK enum rc strbuf_take(struct strbuf *b, struct arena *mem, char **ret_text, struct err *err);

#endif
