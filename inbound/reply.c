#include "inbound/reply.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/line.h"
#include "inbound/plan.h"

struct build {
    struct strbuf text, trimmed, quoted;
    struct letter_segment *segments;
    size_t count;
    size_t last_at; /* where the last segment begins in the text */
};

static char *take(struct strbuf *b, struct arena *mem)
{
    struct err err;
    char *text;

    if (!strbuf_peek(b)[0] || strbuf_take(b, mem, &text, &err))
        return arena_strdup(mem, "");
    return text;
}

/* More turns than LETTER_SEGMENTS_MAX: the last segment goes on to the end of the text. */
static void add_segment(struct build *b, const struct body *body, size_t from, size_t end)
{
    const char *text = body_print(body, from, end, false, body->mem);

    text = line_without_placeholders(text + strspn(text, " \t"), body->mem); /* Yahoo indents the first line */
    if (!*text)
        return;
    if (b->text.len)
        strbuf_str(&b->text, "\n\n");
    b->last_at = b->count < LETTER_SEGMENTS_MAX ? b->text.len : b->last_at;
    strbuf_str(&b->text, text);
    if (b->count < LETTER_SEGMENTS_MAX)
        b->segments[b->count++] = (struct letter_segment){ .text = text, .quoted = take(&b->quoted, body->mem) };
}

static void add_line(struct strbuf *b, const char *text)
{
    if (b->len)
        strbuf_char(b, '\n');
    strbuf_str(b, text);
}

static size_t count_runs(const struct plan *p)
{
    size_t n = 1;

    for (size_t i = 1; i < p->count; i++)
        n += p->fate[i] == FATE_KEEP && p->fate[i - 1] != FATE_KEEP;
    return n < LETTER_SEGMENTS_MAX ? n : LETTER_SEGMENTS_MAX;
}

static void build_reply(const struct plan *p, struct reply *reply)
{
    struct arena *mem = p->body->mem;
    struct build b = { .text = STRBUF(BODY_PRINT_MAX_BYTES),
                       .trimmed = STRBUF(BODY_PRINT_MAX_BYTES),
                       .quoted = STRBUF(BODY_PRINT_MAX_BYTES),
                       .segments = ARENA_ARRAY(mem, count_runs(p) + 1, struct letter_segment) };

    for (size_t i = 0; i < p->count; i++) {
        const struct body_line *line = &p->body->lines[i];

        if (p->fate[i] == FATE_KEEP) {
            const size_t end = plan_run_end(p, i);

            add_segment(&b, p->body, i, end);
            i = end - 1;
            continue;
        }
        add_line(&b.trimmed, body_print(p->body, i, i + 1, true, mem));
        if (p->fate[i] == FATE_QUOTE && (b.quoted.len || !body_is_blank(line)))
            add_line(&b.quoted, line->text);
        reply->has_quote |= p->fate[i] != FATE_SIGNATURE && p->fate[i] != FATE_GUESS;
    }
    reply->text = take(&b.text, mem);
    if (b.count)
        b.segments[b.count - 1].text = reply->text + b.last_at;
    reply->trimmed = take(&b.trimmed, mem);
    reply->segments = b.segments;
    reply->segment_count = b.count;
    strbuf_done(&b.text);
    strbuf_done(&b.trimmed);
    strbuf_done(&b.quoted);
}

static void keep_whole(const struct body *body, struct reply *reply)
{
    struct letter_segment *all = ARENA_NEW(body->mem, struct letter_segment);

    all->text = body_print(body, 0, body->count, true, body->mem);
    all->quoted = "";
    reply->text = all->text;
    reply->trimmed = "";
    reply->segments = all;
    reply->segment_count = *all->text ? 1 : 0;
    reply->is_kept_whole = *all->text != '\0';
}

/* Nothing is left, and what went was quoted, by structure or by marks under its attribution, or a footer of a phone: the sender wrote nothing. */
static bool is_sure(const struct plan *p)
{
    bool has_proof = p->has_structure, is_footer = true;

    for (size_t i = 0; i < p->count; i++) {
        const bool is_blank = body_is_blank(&p->body->lines[i]);

        has_proof |= p->fate[i] == FATE_ATTRIBUTION;
        is_footer &= is_blank || line_is_mobile_footer(p->fold[i]) || line_is_placeholder(p->fold[i]);
        if (!is_blank &&
            (p->fate[i] == FATE_GUESS || (p->fate[i] == FATE_OLDER && p->body->lines[i].hint != BODY_OLDER)))
            return false;
    }
    return p->count && (has_proof || is_footer);
}

void reply_read(struct body *body, struct reply *ret_reply)
{
    struct plan p = plan_read(body);
    struct reply reply = { .text = "", .trimmed = "" };

    build_reply(&p, &reply);
    reply.is_forwarded = p.is_forwarded;
    reply.is_kept_whole = p.is_mended;
    reply.is_only_quoted = !*reply.text && is_sure(&p);
    if (!*reply.text && !reply.is_forwarded && !reply.is_only_quoted)
        keep_whole(body, &reply);
    *ret_reply = reply;
}
