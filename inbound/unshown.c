#include "inbound/unshown.h"

#include "base/text.h"

/* Folded letters and digits, which line breaks, marks of quoting and markup do not touch. */
static const char *essence(const char *text, struct arena *mem)
{
    char *folded = text_fold_plain(mem, text), *to = folded;
    const char *p = folded;

    while (*p) {
        const char *start = p;
        const int32_t cp = text_next(&p);

        if (text_is_letter(cp) || text_is_digit(cp)) {
            memmove(to, start, (size_t)(p - start));
            to += p - start;
        }
    }
    *to = '\0';
    return folded;
}

void unshown_init(struct unshown *u, const struct body *shown, struct arena *mem)
{
    *u = (struct unshown){ .mem = mem, .out = STRBUF(UNSHOWN_MAX_BYTES) };
    u->shown = essence(body_print(shown, 0, shown->count, false, mem), mem);
}

static bool is_shown(struct unshown *u, const char *line)
{
    const char *words = essence(line, u->mem);

    u->work += strlen(u->shown);
    return !*words || (u->work <= UNSHOWN_WORK_BYTES && strstr(u->shown, words));
}

void unshown_add(struct unshown *u, const struct body *part)
{
    for (size_t i = 0; i < part->count; i++) {
        const char *line = part->lines[i].text;

        if (is_shown(u, line))
            continue;
        if (u->out.len + strlen(line) + 1 > UNSHOWN_MAX_BYTES)
            return;
        if (u->out.len)
            strbuf_char(&u->out, '\n');
        strbuf_str(&u->out, line);
    }
}

const char *unshown_take(struct unshown *u)
{
    const char *text = arena_strndup(u->mem, strbuf_peek(&u->out), u->out.len);

    strbuf_done(&u->out);
    return text;
}
