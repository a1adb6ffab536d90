#include "inbound/body.h"

#include "base/strbuf.h"
#include "base/text.h"

void body_add_line(struct body *body, const struct body_line *line)
{
    if (body->count == body->cap) {
        const size_t cap = body->cap ? 2 * body->cap : 64;
        struct body_line *more = ARENA_ARRAY(body->mem, cap, struct body_line);

        if (body->count)
            memcpy(more, body->lines, body->count * sizeof *more);
        body->lines = more;
        body->cap = cap;
    }
    body->lines[body->count++] = *line;
}

void body_add(struct body *body, const char *text, size_t n, int depth, enum body_hint hint)
{
    const size_t mark = n > 2 && memcmp(text, "-- ", 3) == 0 ? 3 : 0; /* its blank tells a mail program from a person */

    while (n > mark && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    text = arena_strndup(body->mem, text, n);
    body->bytes += n;
    body_add_line(body, &(struct body_line){
                            .text = text,
                            .fold = text_fold_plain(body->mem, text),
                            .marks = "",
                            .depth = depth > BODY_DEPTH_MAX ? BODY_DEPTH_MAX : depth,
                            .hint = hint,
                        });
}

void body_unquote(struct body *body, size_t i)
{
    struct body_line *line = &body->lines[i];

    line->text = arena_printf(body->mem, "%s%s", line->marks, line->text);
    line->fold = text_fold_plain(body->mem, line->text);
    line->depth = 0;
}

bool body_is_blank(const struct body_line *line)
{
    for (const char *p = line->text; *p;) {
        const int32_t cp = text_next(&p);

        if (cp != ' ' && cp != '\t' && cp != 0xA0 && cp != 0x200B && cp != 0x200C && cp != 0x200D && cp != 0x2060)
            return false;
    }
    return true;
}

/* ">>> Rosa Vega <rosa@example.org> 3/4/2026 7:08 AM >>>" */
static bool is_groupwise(const char *line, size_t n)
{
    while (n && line[n - 1] == ' ')
        n--;
    return n > 12 && memcmp(line, ">>> ", 4) == 0 && memcmp(line + n - 4, " >>>", 4) == 0 && memchr(line, ':', n);
}

/* Steps over "> > " marks: a mark may have one blank before it when another mark stood before that, in flowed text none before the first. */
static int quote_depth(const char **line, size_t *n, bool is_flowed)
{
    const char *p = *line, *end = p + *n;
    int depth = 0;

    if (is_groupwise(*line, *n))
        return 0;
    for (;;) {
        const char *q = p;

        while (q < end && *q == ' ' && q - p < (depth ? 2 : !is_flowed))
            q++;
        if (q == end || *q != '>')
            break;
        depth++;
        p = q + 1;
    }
    if (depth && p < end && *p == ' ')
        p++;
    *n = (size_t)(end - p);
    *line = p;
    return depth;
}

/* One paragraph of flowed text is put together from several lines. */
struct flow {
    struct strbuf text;
    int depth;
    bool is_open;
};

static void flow_end(struct flow *f, struct body *body)
{
    if (f->is_open)
        body_add(body, strbuf_peek(&f->text), f->text.len, f->depth, BODY_PLAIN);
    strbuf_clear(&f->text);
    f->is_open = false;
}

static void flow_line(struct flow *f, struct body *body, const char *line, size_t n, int depth, bool is_delsp)
{
    const bool is_signature = n == 3 && memcmp(line, "-- ", 3) == 0;
    const bool is_soft = n && line[n - 1] == ' ' && !is_signature;

    if (f->is_open && (f->depth != depth || is_signature))
        flow_end(f, body);
    if (!depth && n && *line == ' ') { /* space-stuffed */
        line++;
        n--;
    }
    strbuf_add(&f->text, line, n - (is_soft && is_delsp));
    f->depth = depth;
    f->is_open = true;
    if (!is_soft)
        flow_end(f, body);
}

void body_from_text(struct body *body, const char *text, bool is_flowed, bool is_delsp)
{
    struct flow f = { .text = STRBUF(BODY_PRINT_MAX_BYTES) };
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        const char *start = line;
        const int depth = quote_depth(&line, &n, is_flowed);

        if (is_flowed) {
            flow_line(&f, body, line, n, depth, is_delsp);
            continue;
        }
        body_add(body, line, n, depth, BODY_PLAIN);
        if (depth)
            body->lines[body->count - 1].marks = arena_strndup(body->mem, start, (size_t)(line - start));
    }
    flow_end(&f, body);
    strbuf_done(&f.text);
}

char *body_print(const struct body *body, size_t first, size_t end, bool has_marks, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(BODY_PRINT_MAX_BYTES);
    struct err err;
    char *text = NULL;

    while (first < end && body_is_blank(&body->lines[first]))
        first++;
    while (end > first && body_is_blank(&body->lines[end - 1]))
        end--;
    for (size_t i = first; i < end; i++) {
        for (int d = 0; has_marks && d < body->lines[i].depth; d++)
            strbuf_char(&out, '>');
        if (has_marks && body->lines[i].depth)
            strbuf_char(&out, ' ');
        strbuf_str(&out, body->lines[i].text);
        if (i + 1 < end)
            strbuf_char(&out, '\n');
    }
    if (!strbuf_peek(&out)[0] || strbuf_take(&out, mem, &text, &err))
        return arena_strdup(mem, "");
    return text;
}
