#include "inbound/enriched.h"

#include "base/strbuf.h"

#define COMMAND_MAX_BYTES 60 /* RFC 1896 */

struct enriched {
    struct strbuf out;
    int params, nofills;
};

static bool is_command(const char *p, size_t n, const char *name)
{
    return n == strlen(name) && strncasecmp(p, name, n) == 0;
}

static void take_command(struct enriched *e, const char *p, size_t n)
{
    if (is_command(p, n, "param"))
        e->params++;
    else if (is_command(p, n, "/param"))
        e->params -= e->params > 0;
    else if (is_command(p, n, "nofill"))
        e->nofills++;
    else if (is_command(p, n, "/nofill"))
        e->nofills -= e->nofills > 0;
    else if (is_command(p, n, "nl") || is_command(p, n, "np"))
        strbuf_char(&e->out, '\n');
    else if (is_command(p, n, "lt"))
        strbuf_char(&e->out, '<');
}

static void add_breaks(struct enriched *e, size_t n)
{
    if (n == 1 && !e->nofills)
        strbuf_char(&e->out, ' ');
    for (size_t i = e->nofills ? 0 : 1; i < n; i++)
        strbuf_char(&e->out, '\n');
}

char *enriched_to_text(const char *text, struct arena *mem)
{
    struct enriched e = { .out = STRBUF(strlen(text) + 1) };
    char *result;

    while (*text) {
        const size_t breaks = strspn(text, "\n"), n = *text == '<' ? strcspn(text, ">\n") : 0;

        if (text[0] == '<' && text[1] == '<') {
            strbuf_char(&e.out, '<');
            text += 2;
        } else if (n && n <= COMMAND_MAX_BYTES && text[n] == '>') {
            take_command(&e, text + 1, n - 1);
            text += n + 1;
        } else if (breaks) {
            add_breaks(&e, breaks);
            text += breaks;
        } else {
            if (!e.params)
                strbuf_char(&e.out, *text);
            text++;
        }
    }
    result = arena_strndup(mem, strbuf_peek(&e.out), e.out.len);
    strbuf_done(&e.out);
    return result;
}
