#include "inbound/unshown.h"

#include "base/text.h"

#include <ctype.h>

/* Puts the letters and digits of a folded text to `to`, which line breaks, marks of quoting and markup do not touch; returns where they end. */
static char *add_essence(const char *fold, char *to)
{
    while (*fold) {
        const char *start = fold;
        int32_t cp;

        if (isascii((unsigned char)*fold)) {
            *to = *fold++;
            to += isalnum((unsigned char)*to) != 0;
            continue;
        }
        cp = text_next(&fold);
        if (text_is_letter(cp) || text_is_digit(cp)) {
            memcpy(to, start, (size_t)(fold - start));
            to += fold - start;
        }
    }
    *to = '\0';
    return to;
}

void unshown_init(struct unshown *u, const struct body *shown, struct arena *mem)
{
    size_t n = 1;
    char *to;

    for (size_t i = 0; i < shown->count; i++)
        n += strlen(shown->lines[i].fold);
    *u = (struct unshown){ .mem = mem, .out = STRBUF(UNSHOWN_MAX_BYTES) };
    u->shown = to = arena_alloc(mem, n);
    for (size_t i = 0; i < shown->count; i++)
        to = add_essence(shown->lines[i].fold, to);
}

static bool is_shown(struct unshown *u, const struct body_line *line)
{
    char *words = arena_alloc(u->mem, strlen(line->fold) + 1);

    add_essence(line->fold, words);
    u->work += strlen(u->shown);
    return !*words || (u->work <= UNSHOWN_WORK_BYTES && strstr(u->shown, words));
}

void unshown_add(struct unshown *u, const struct body *part)
{
    for (size_t i = 0; i < part->count; i++) {
        const char *line = part->lines[i].text;

        if (is_shown(u, &part->lines[i]))
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
