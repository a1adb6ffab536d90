#include "inbound/reply.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/line.h"

#define SIGNATURE_LINES_MAX 12
#define LOOSE_SIGNATURE_LINES_MAX 6
#define PARAGRAPH_MAX 4000
#define GUESS_SHARE_MAX 60 /* percent of the unquoted text that guesses may take */

/* What becomes of a line. */
enum fate {
    FATE_KEEP,
    FATE_QUOTE,
    FATE_ATTRIBUTION,
    FATE_SIGNATURE,
    FATE_GUESS, /* a signature or footer by its looks only */
    FATE_OLDER  /* everything below a header of older mail */
};

struct plan {
    const struct body *body;
    const char **fold;
    enum fate *fate;
    size_t count;
    bool is_forwarded;
};

static size_t next_text(const struct plan *p, size_t i)
{
    while (i < p->count && body_is_blank(&p->body->lines[i]))
        i++;
    return i;
}

static void mark(struct plan *p, size_t from, size_t end, enum fate fate)
{
    for (size_t i = from; i < end; i++)
        if (p->fate[i] == FATE_KEEP)
            p->fate[i] = fate;
}

static bool is_quote(const struct plan *p, size_t i)
{
    return i < p->count && p->fate[i] == FATE_QUOTE;
}

static bool is_soft(const struct plan *p, size_t i)
{
    return i < p->count && p->body->lines[i].hint == BODY_SOFT_QUOTE;
}

/* First what quote marks and the mail program's structure say. */
static void plan_structure(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct body_line *line = &p->body->lines[i];

        if (line->hint == BODY_OLDER)
            p->fate[i] = FATE_OLDER;
        else if (line->hint == BODY_SIGNATURE && !line->depth)
            p->fate[i] = FATE_SIGNATURE;
        else if (line->depth && line->hint != BODY_SOFT_QUOTE)
            p->fate[i] = FATE_QUOTE;
    }
}

static void plan_soft_quote(struct plan *p, size_t i)
{
    for (; i < p->count && (is_soft(p, i) || body_is_blank(&p->body->lines[i])); i++)
        p->fate[i] = FATE_QUOTE;
}

/* The rules above a header block belong to it. */
static size_t rule_above(const struct plan *p, size_t i)
{
    size_t j = i;

    while (j > 0 && (body_is_blank(&p->body->lines[j - 1]) || line_is_rule(p->fold[j - 1]) ||
                     line_is_original_mark(p->fold[j - 1]))) {
        j--;
        if (!body_is_blank(&p->body->lines[j]))
            i = j;
    }
    return i;
}

/* Older mail begins at i and its header ends before end. Below it marks may go on: then only the header goes. */
static bool plan_older(struct plan *p, size_t i, size_t end)
{
    const size_t below = next_text(p, end);

    if (is_quote(p, below)) {
        mark(p, i, end, FATE_ATTRIBUTION);
        return false;
    }
    if (is_soft(p, below)) {
        mark(p, i, end, FATE_ATTRIBUTION);
        plan_soft_quote(p, below);
        return false;
    }
    mark(p, i, p->count, FATE_OLDER);
    return true;
}

/* True when the line begins older mail that runs to the end. */
static bool plan_header(struct plan *p, size_t i)
{
    size_t block = line_header_block(p->fold + i, p->count - i);

    if (line_is_forward_mark(p->fold[i])) {
        p->is_forwarded = true;
        mark(p, i, p->count, FATE_OLDER);
        return true;
    }
    if (line_is_original_mark(p->fold[i])) {
        const size_t head = next_text(p, i + 1);

        block = head < p->count ? line_header_block(p->fold + head, p->count - head) : 0;
        return plan_older(p, i, block ? head + block : i + 1);
    }
    return block && plan_older(p, rule_above(p, i), i + block);
}

static bool plan_attribution(struct plan *p, size_t i)
{
    size_t used = 1, below;
    enum line_proof proof = line_attribution(p->fold + i, p->count - i, &used);

    if (p->body->lines[i].hint == BODY_ATTRIBUTION) {
        while (i + used < p->count && p->body->lines[i + used].hint == BODY_ATTRIBUTION)
            used++;
        mark(p, i, i + used, FATE_ATTRIBUTION);
        return false;
    }
    for (size_t k = i; k < i + used; k++)
        if (p->fate[k] != FATE_KEEP)
            return false;
    below = next_text(p, i + used);
    if (!proof)
        return false;
    if (is_quote(p, below) || is_soft(p, below) || (proof == LINE_STRONG && below == p->count)) {
        mark(p, i, i + used, FATE_ATTRIBUTION);
        if (is_soft(p, below))
            plan_soft_quote(p, below);
        return false;
    }
    if (proof != LINE_STRONG)
        return false;
    mark(p, i, p->count, FATE_OLDER);
    return true;
}

static void plan_older_mail(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->fate[i] != FATE_KEEP || body_is_blank(&p->body->lines[i]))
            continue;
        if (plan_header(p, i) || plan_attribution(p, i))
            return;
    }
}

/* A run of kept lines ends where something else or the end of the letter stands. */
static size_t run_end(const struct plan *p, size_t i)
{
    while (i < p->count && p->fate[i] == FATE_KEEP)
        i++;
    return i;
}

static size_t count_text(const struct plan *p, size_t from, size_t end)
{
    size_t n = 0;

    for (; from < end; from++)
        n += !body_is_blank(&p->body->lines[from]);
    return n;
}

static void plan_signature_marks(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const char *text = p->body->lines[i].text;
        size_t end, lines;

        if (p->fate[i] != FATE_KEEP || !line_is_signature_mark(text))
            continue;
        end = run_end(p, i);
        lines = count_text(p, i + 1, end);
        if (lines <= SIGNATURE_LINES_MAX)
            mark(p, i, end, lines <= LOOSE_SIGNATURE_LINES_MAX ? FATE_SIGNATURE : FATE_GUESS);
    }
}

static bool is_alone(const struct plan *p, size_t i)
{
    const bool above = i == 0 || p->fate[i - 1] != FATE_KEEP || body_is_blank(&p->body->lines[i - 1]);
    const bool below = i + 1 == p->count || p->fate[i + 1] != FATE_KEEP || body_is_blank(&p->body->lines[i + 1]);

    return above && below;
}

/* A footer of the phone: as a paragraph of its own, or as the last line of the run. */
static void plan_mobile_footers(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->fate[i] == FATE_KEEP && line_is_mobile_footer(p->fold[i]) &&
            (is_alone(p, i) || count_text(p, i + 1, run_end(p, i)) == 0))
            p->fate[i] = FATE_SIGNATURE;
}

static void join_paragraph(const struct plan *p, size_t i, size_t end, char *out)
{
    size_t n = 0;

    for (; i < end && !body_is_blank(&p->body->lines[i]); i++) {
        const size_t k = strlen(p->fold[i]);

        if (n + k + 2 > PARAGRAPH_MAX)
            break;
        memcpy(out + n, p->fold[i], k);
        n += k;
        out[n++] = ' ';
    }
    out[n] = '\0';
}

/* Legal footers stand last: from the paragraph that begins one to the end of the run. */
static void plan_disclaimers(struct plan *p, size_t from, size_t end)
{
    char paragraph[PARAGRAPH_MAX + 1];

    for (size_t i = from; i < end; i++) {
        const bool is_start = i == from || body_is_blank(&p->body->lines[i - 1]) || line_is_rule(p->fold[i - 1]);

        if (!is_start || body_is_blank(&p->body->lines[i]) || line_is_rule(p->fold[i]))
            continue;
        join_paragraph(p, i, end, paragraph);
        if (!line_is_disclaimer(paragraph))
            continue;
        while (i > from && line_is_rule(p->fold[i - 1]))
            i--;
        mark(p, i, end, FATE_GUESS);
        return;
    }
}

/* A rule with a few lines of a mailing list or a virus scanner below it, at the end of a run. */
static void plan_list_footer(struct plan *p, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        bool is_footer = false;

        if (!line_is_rule(p->fold[i]) || count_text(p, i, end) > 8)
            continue;
        for (size_t j = i; j < end; j++)
            is_footer |= line_is_list_footer(p->fold[j]);
        if (is_footer) {
            mark(p, i, end, FATE_SIGNATURE);
            return;
        }
    }
}

static void plan_last_line(struct plan *p, size_t from, size_t end)
{
    while (end > from && body_is_blank(&p->body->lines[end - 1]))
        end--;
    if (end > from && line_is_rule(p->fold[end - 1])) /* a rule with nothing below it */
        p->fate[--end] = FATE_GUESS;
    while (end > from && body_is_blank(&p->body->lines[end - 1]))
        end--;
    if (end > from + 1 && line_is_dash_name(p->body->lines[end - 1].text))
        p->fate[end - 1] = FATE_GUESS;
}

static void plan_footers(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->fate[i] != FATE_KEEP)
            continue;
        plan_list_footer(p, i, run_end(p, i));
        plan_disclaimers(p, i, run_end(p, i));
        plan_last_line(p, i, run_end(p, i));
        i = run_end(p, i);
    }
}

/* Letters, not blanks, of the lines with one of two fates. */
static size_t weigh(const struct plan *p, enum fate a, enum fate b)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++)
        if ((p->fate[i] == a || p->fate[i] == b) && !body_is_blank(&p->body->lines[i]))
            n += strlen(p->body->lines[i].text);
    return n;
}

/* Guesses that take too much are taken back. */
static bool mend_guesses(struct plan *p)
{
    const size_t guessed = weigh(p, FATE_GUESS, FATE_GUESS), kept = weigh(p, FATE_KEEP, FATE_KEEP);
    bool is_mended = false;

    if (!guessed || (kept && guessed * 100 <= (guessed + kept) * GUESS_SHARE_MAX))
        return false;
    for (size_t i = 0; i < p->count; i++) {
        char paragraph[PARAGRAPH_MAX + 1];

        if (p->fate[i] != FATE_GUESS)
            continue;
        join_paragraph(p, i, p->count, paragraph);
        if (kept && line_is_disclaimer(paragraph)) { /* long by nature and known by its words */
            while (i + 1 < p->count && p->fate[i + 1] == FATE_GUESS)
                i++;
            continue;
        }
        p->fate[i] = FATE_KEEP;
        is_mended = true;
    }
    return is_mended;
}

/* ---- putting it together ---- */

struct build {
    struct strbuf text, trimmed, quoted;
    struct letter_segment *segments;
    size_t count;
};

static char *take(struct strbuf *b, struct arena *mem)
{
    struct err err;
    char *text;

    if (!strbuf_peek(b)[0] || strbuf_take(b, mem, &text, &err))
        return arena_strdup(mem, "");
    return text;
}

static void add_segment(struct build *b, const struct body *body, size_t from, size_t end)
{
    const char *text = body_print(body, from, end, false, body->mem);

    if (!*text)
        return;
    text += strspn(text, " \t"); /* Yahoo indents the first line */
    if (b->text.len)
        strbuf_str(&b->text, "\n\n");
    strbuf_str(&b->text, text);
    if (b->count < LETTER_SEGMENTS_MAX) {
        const char *quoted = take(&b->quoted, body->mem);

        b->segments[b->count++] = (struct letter_segment){ .text = text, .quoted = quoted };
    } else { /* so many turns that they are one */
        struct letter_segment *last = &b->segments[b->count - 1];

        last->text = arena_printf(body->mem, "%s\n\n%s", last->text, text);
    }
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
            const size_t end = run_end(p, i);

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

/* Nothing is left, and what went was quoted by marks or structure under its attribution: the sender wrote nothing. */
static bool is_sure(const struct plan *p)
{
    bool has_attribution = false;

    for (size_t i = 0; i < p->count; i++) {
        const bool is_blank = body_is_blank(&p->body->lines[i]);

        has_attribution |= p->fate[i] == FATE_ATTRIBUTION;
        if (!is_blank &&
            (p->fate[i] == FATE_GUESS || (p->fate[i] == FATE_OLDER && p->body->lines[i].hint != BODY_OLDER)))
            return false;
    }
    return has_attribution || (p->count && p->body->lines[p->count - 1].hint == BODY_OLDER);
}

void reply_read(const struct body *body, struct reply *ret_reply)
{
    struct plan p = { .body = body,
                      .fold = ARENA_ARRAY(body->mem, body->count, const char *),
                      .fate = ARENA_ARRAY(body->mem, body->count, enum fate),
                      .count = body->count };
    struct reply reply = { .text = "", .trimmed = "" };
    bool is_mended;

    for (size_t i = 0; i < p.count; i++)
        p.fold[i] = text_fold_plain(body->mem, body->lines[i].text);
    plan_structure(&p);
    plan_older_mail(&p);
    plan_signature_marks(&p);
    plan_mobile_footers(&p);
    plan_footers(&p);
    is_mended = mend_guesses(&p);
    build_reply(&p, &reply);
    reply.is_forwarded = p.is_forwarded;
    reply.is_kept_whole = is_mended;
    reply.is_only_quoted = !*reply.text && is_sure(&p);
    if (!*reply.text && !reply.is_forwarded && !reply.is_only_quoted)
        keep_whole(body, &reply);
    *ret_reply = reply;
}
