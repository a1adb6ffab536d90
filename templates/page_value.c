#include "templates/page_value.h"

#include "base/slot.h"
#include "base/text.h"

/* Values are marked with plane 15, slots with the start of plane 16 (base/slot.h): never the same. */
#define MARK_FIRST 0xF0000

void page_mark(int n, char utf8[PAGE_MARK_SIZE])
{
    const uint32_t cp = MARK_FIRST + (uint32_t)n;

    utf8[0] = (char)(0xF0 | cp >> 18);
    utf8[1] = (char)(0x80 | (cp >> 12 & 63));
    utf8[2] = (char)(0x80 | (cp >> 6 & 63));
    utf8[3] = (char)(0x80 | (cp & 63));
    utf8[4] = '\0';
}

int page_mark_at(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;

    if (end - p < 4 || u[0] != 0xF3 || u[1] < 0xB0)
        return -1;
    return (u[1] & 15) << 12 | (u[2] & 63) << 6 | (u[3] & 63);
}

/* ---- values ---- */

static bool is_unwanted(int32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) || /* controls */
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||     /* would turn our own words around */
           cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp >= 0xE0000 && cp <= 0xE0FFF) ||
           (cp >= 0xE000 && cp <= 0xF8FF) || cp >= MARK_FIRST;
}

const char *page_clean(struct arena *mem, const char *value)
{
    char *out = arena_alloc(mem, strlen(value) + 1);
    char *w = out;

    for (const char *p = value; *p;) {
        const char *from = p;
        const int32_t cp = text_next(&p);

        if (cp <= 0)
            break;
        if (cp == '\r' || cp == 0x2028 || cp == 0x2029 || cp == 0x0B || cp == 0x0C || cp == 0x85) {
            if (cp != '\r' || *p != '\n')
                *w++ = '\n';
        } else if (slot_at(from, (size_t)(p - from)) >= 0 || !is_unwanted(cp)) {
            memcpy(w, from, (size_t)(p - from));
            w += p - from;
        }
    }
    *w = '\0';
    return out;
}

const char *page_clean_line(struct arena *mem, const char *value)
{
    char *line = (char *)(uintptr_t)page_clean(mem, value);
    char *w = line;

    for (const char *p = line; *p; p++) {
        if (!strchr(" \t\n", *p))
            *w++ = *p;
        else if (w > line && w[-1] != ' ')
            *w++ = ' ';
    }
    while (w > line && w[-1] == ' ')
        w--;
    *w = '\0';
    return line;
}

/* ---- links ---- */

static bool is_one_slot(const char *value)
{
    return slot_at(value, strlen(value)) >= 0 && strlen(value) == 4;
}

bool page_link_is_picture(const char *url)
{
    return text_starts(url, "cid:");
}

bool page_link_is_ours(const char *url)
{
    return text_starts(url, "mailto:") || text_starts(url, "https://");
}

/* A value inside a destination is one piece of it; a value that is all of it may also hold the marks of a URL. */
static void add_encoded(struct strbuf *b, const char *value, bool is_whole)
{
    if (is_one_slot(value)) {
        strbuf_str(b, value);
        return;
    }
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (is_plain || strchr("-._~@+", c) || (is_whole && strchr(":/?#[]!$&()*,;=%", c)))
            strbuf_char(b, (char)c);
        else
            strbuf_printf(b, "%%%02X", c);
    }
}

static void add_shown(struct strbuf *b, const char *value)
{
    for (; *value; value++)
        if (!strchr(" \t\n<>", *value))
            strbuf_char(b, *value);
}

static const char *shown_part(struct arena *mem, const char *url)
{
    if (!text_starts(url, "mailto:"))
        return url;
    url += strlen("mailto:");
    return arena_strndup(mem, url, strcspn(url, "?"));
}

const struct page_link *page_link_make(const char *url, const struct page_values *values, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf href = STRBUF(8192);
    CLEANUP(strbuf_done) struct strbuf shown = STRBUF(8192);
    const char *end = url + strlen(url);
    const bool is_whole = end - url == 4 && page_mark_at(url, end) >= 0;
    struct page_link *link;

    for (const char *p = url; p < end;) {
        const int n = page_mark_at(p, end);

        if (n >= 0 && n < values->count) {
            add_encoded(&href, values->value[n], is_whole);
            add_shown(&shown, values->value[n]);
            p += 4;
        } else {
            strbuf_char(&href, *p);
            strbuf_char(&shown, *p++);
        }
    }
    if (href.over || shown.over)
        return NULL;
    if (!page_link_is_ours(strbuf_peek(&href)) && !page_link_is_picture(strbuf_peek(&href)) &&
        !(is_whole && is_one_slot(strbuf_peek(&href))))
        return NULL;
    link = ARENA_NEW(mem, struct page_link);
    link->href = arena_strdup(mem, strbuf_peek(&href));
    link->is_picture = page_link_is_picture(link->href);
    link->shown = shown_part(mem, arena_strdup(mem, strbuf_peek(&shown)));
    return link;
}
