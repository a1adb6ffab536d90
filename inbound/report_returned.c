/* Which letter of ours a report returns: its Message-ID stands in the copy below, in the status part, or in neither. */
#include "inbound/report.h"

#include "base/text.h"

#include <string.h>

#define RETURNED_MAX 8
#define LINES_MAX 2000 /* of a text that are looked at */

struct returned {
    struct arena *mem;
    const char *ids[RETURNED_MAX];
    size_t count;
};

/* " <a@b> ", or without the brackets. */
static void add_id(struct returned *r, const char *text, size_t n)
{
    const char *const end = text + n, *at = text;

    while (at < end && strchr(" \t\r<\"", *at))
        at++;
    n = 0;
    while (at + n < end && !strchr(" \t\r>\"", at[n]))
        n++;
    if (!memchr(at, '@', n) || n > LETTER_ID_MAX_BYTES || r->count == RETURNED_MAX)
        return;
    for (size_t i = 0; i < r->count; i++)
        if (strlen(r->ids[i]) == n && strncmp(r->ids[i], at, n) == 0)
            return;
    r->ids[r->count++] = arena_strndup(r->mem, at, n);
}

static void read_line(struct returned *r, const char *line, size_t n, const char *rest)
{
    static const char *const names[] = { "message-id:", "x-original-message-id:", "original-message-id:" };
    const char *const end = line + n, *next;
    size_t m;

    while (line < end && strchr(" \t>|", *line))
        line++;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const size_t k = strlen(names[i]);

        if ((size_t)(end - line) < k || strncasecmp(line, names[i], k) != 0)
            continue;
        if (line + k + 1 < end)
            add_id(r, line + k, (size_t)(end - line) - k);
        else if (text_next_line(&rest, &next, &m)) /* folded behind its name, as long ids are */
            add_id(r, next, m);
        return;
    }
}

static void read_lines(struct returned *r, const char *text)
{
    const char *line;
    size_t n, lines = 0;

    while (lines++ < LINES_MAX && text_next_line(&text, &line, &n))
        read_line(r, line, n, text);
}

void report_read_returned(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter)
{
    struct returned r = { .mem = mem };
    const char **ids;
    size_t room;

    for (size_t i = 0; i < mime->nested_field_count; i++)
        if (text_equals(mime->nested_fields[i].name, "Message-ID"))
            add_id(&r, mime->nested_fields[i].raw, strlen(mime->nested_fields[i].raw));
    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *p = &mime->parts[i];

        if (p->bytes && (text_starts(p->type, "message/") || text_equals(p->type, "text/rfc822-headers")))
            read_lines(&r, text_clean(mem, p->bytes, p->n));
    }
    read_lines(&r, body);
    ids = ARENA_ARRAY(mem, LETTER_REFERENCES_MAX, const char *);
    room = LETTER_REFERENCES_MAX - r.count < letter->reference_count ? LETTER_REFERENCES_MAX - r.count
                                                                     : letter->reference_count;
    for (size_t i = 0; i < room; i++)
        ids[i] = letter->references[letter->reference_count - room + i];
    for (size_t i = 0; i < r.count; i++)
        ids[room + i] = r.ids[i];
    letter->references = ids;
    letter->reference_count = room + r.count;
}
