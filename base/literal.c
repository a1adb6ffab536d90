#include "base/literal.h"

#define LENGTH_MAX (INT64_MAX / 10 - 1)

static enum literal_state after(enum literal_state was, char c)
{
    if (c == '{')
        return LITERAL_DIGITS;
    if (was == LITERAL_DIGITS && c == '}')
        return LITERAL_BRACE;
    return was == LITERAL_BRACE && c == '\r' ? LITERAL_CR : LITERAL_TEXT;
}

/* One byte outside a literal. True when it ends the announcement of one. */
static bool feed_one(struct literal *l, char c)
{
    const enum literal_state was = l->state;

    if (was == LITERAL_DIGITS && c >= '0' && c <= '9') {
        l->length = l->length < LENGTH_MAX ? l->length * 10 + (c - '0') : LENGTH_MAX;
        return false;
    }
    l->state = after(was, c);
    if (l->state == LITERAL_DIGITS)
        l->length = 0;
    return c == '\n' && (was == LITERAL_BRACE || was == LITERAL_CR); /* libetpan takes a bare LF too */
}

bool literal_feed(struct literal *l, const char *bytes, size_t n, int64_t max)
{
    for (size_t i = 0; i < n;) {
        if (l->inside > 0) {
            const size_t k = (uint64_t)l->inside < n - i ? (size_t)l->inside : n - i;

            l->inside -= (int64_t)k;
            i += k;
        } else if (feed_one(l, bytes[i++])) {
            l->inside = l->length;
        } else if (l->state == LITERAL_BRACE &&
                   l->length > max) { /* libetpan makes room before it sees the end of the line */
            return false;
        }
    }
    return true;
}
