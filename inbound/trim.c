/*
 * Takes our own message out of an answer to it. Words are compared, not lines: mail programs wrap, indent and mark what they
 * quote. Every run of RUN_WORDS words that also stands in our message is ours; a line goes when all its words are.
 */
#include "inbound/reply.h"

#include "base/hash.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/line.h"

#define RUN_WORDS 5

struct word {
    uint64_t hash;
    size_t line;
    bool is_ours;
};

struct words {
    struct word *w;
    size_t count, cap;
};

/* A set of hashes: open addressing, a power of two, at most half full. */
struct set {
    uint64_t *slot;
    size_t mask;
};

static void add_word(struct words *ws, uint64_t hash, size_t line, struct arena *mem)
{
    if (ws->count == ws->cap) {
        const size_t cap = ws->cap ? 2 * ws->cap : 256;
        struct word *more = ARENA_ARRAY(mem, cap, struct word);

        if (ws->count)
            memcpy(more, ws->w, ws->count * sizeof *more);
        ws->w = more;
        ws->cap = cap;
    }
    ws->w[ws->count++] = (struct word){ .hash = hash, .line = line };
}

/* Words are runs of letters and digits, folded; anything else parts them. */
static void read_words(struct words *ws, const char *text, size_t line, struct arena *mem)
{
    const char *s = text_fold_plain(mem, text);
    uint64_t hash = 0;

    while (*s) {
        const char *start = s;
        const int32_t cp = text_next(&s);

        if (text_is_letter(cp) || text_is_digit(cp)) {
            hash = hash_bytes(hash ? hash : HASH_START, start, (size_t)(s - start));
        } else if (hash) {
            add_word(ws, hash | 1, line, mem);
            hash = 0;
        }
    }
    if (hash)
        add_word(ws, hash | 1, line, mem);
}

static size_t read_lines(struct words *ws, const char *text, struct arena *mem)
{
    const char *line;
    size_t n, count = 0;

    while (text_next_line(&text, &line, &n))
        read_words(ws, arena_strndup(mem, line, n), count++, mem);
    return count;
}

static uint64_t run_hash(const struct word *w, size_t n)
{
    uint64_t h = n;

    for (size_t i = 0; i < n; i++)
        h = (h ^ w[i].hash) * UINT64_C(0x9E3779B97F4A7C15) + (h >> 29);
    return h ? h : 1;
}

static void set_add(struct set *set, uint64_t h)
{
    size_t i = h & set->mask;

    while (set->slot[i] && set->slot[i] != h)
        i = (i + 1) & set->mask;
    set->slot[i] = h;
}

static bool set_has(const struct set *set, uint64_t h)
{
    size_t i = h & set->mask;

    while (set->slot[i] && set->slot[i] != h)
        i = (i + 1) & set->mask;
    return set->slot[i] == h;
}

/* Runs of our words; of whole lines too, so that a short line of ours is known when it stands alone among ours. */
static struct set index_ours(const struct words *ours, struct arena *mem)
{
    size_t cap = 16;
    struct set set;

    while (cap < 4 * ours->count)
        cap *= 2;
    set = (struct set){ .slot = ARENA_ARRAY(mem, cap, uint64_t), .mask = cap - 1 };
    for (size_t i = 0; i + RUN_WORDS <= ours->count; i++)
        set_add(&set, run_hash(ours->w + i, RUN_WORDS));
    for (size_t i = 0; i < ours->count;) {
        size_t end = i;

        while (end < ours->count && ours->w[end].line == ours->w[i].line)
            end++;
        set_add(&set, ~run_hash(ours->w + i, end - i));
        i = end;
    }
    return set;
}

enum line_owner { OWNER_BLANK, OWNER_SENDER, OWNER_SHORT, OWNER_US };

/* Who wrote each line. A short line that equals a whole line of ours is ours only beside another of ours. */
static void find_owners(struct words *ws, const struct set *ours, enum line_owner *owner, size_t lines)
{
    for (size_t i = 0; i + RUN_WORDS <= ws->count; i++)
        for (size_t k = 0; set_has(ours, run_hash(ws->w + i, RUN_WORDS)) && k < RUN_WORDS; k++)
            ws->w[i + k].is_ours = true;
    for (size_t i = 0; i < ws->count;) {
        size_t end = i;
        bool is_ours = true;

        for (; end < ws->count && ws->w[end].line == ws->w[i].line; end++)
            is_ours &= ws->w[end].is_ours;
        owner[ws->w[i].line] = is_ours                                        ? OWNER_US
                               : set_has(ours, ~run_hash(ws->w + i, end - i)) ? OWNER_SHORT
                                                                              : OWNER_SENDER;
        i = end;
    }
    for (int pass = 0; pass < 2; pass++) {
        enum line_owner last = OWNER_BLANK;

        for (size_t k = 0; k < lines; k++) {
            enum line_owner *o = &owner[pass ? lines - 1 - k : k];

            if (*o == OWNER_SHORT && last == OWNER_US)
                *o = OWNER_US;
            if (*o != OWNER_BLANK)
                last = *o;
        }
    }
}

static char *without_ours(const char *text, const struct set *ours, struct strbuf *trimmed, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(BODY_PRINT_MAX_BYTES);
    struct words ws = { 0 };
    const size_t lines = read_lines(&ws, text, mem);
    enum line_owner *owner = ARENA_ARRAY(mem, lines + 1, enum line_owner);
    const char *line;
    bool is_gap = false;
    size_t n;

    find_owners(&ws, ours, owner, lines);
    for (size_t i = 0; text_next_line(&text, &line, &n); i++) {
        struct strbuf *to = owner[i] == OWNER_US ? trimmed : &out;
        const bool is_text = n && strspn(line, " \t>") < n;

        if (owner[i] == OWNER_BLANK && !is_text) {
            is_gap = true;
            continue;
        }
        if (to->len)
            strbuf_str(to, is_gap && to == &out ? "\n\n" : "\n");
        is_gap = false;
        strbuf_add(to, line, n);
    }
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}

static void trim_segments(struct letter *letter, const struct set *set, struct strbuf *trimmed, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(BODY_PRINT_MAX_BYTES);
    struct letter_segment *left = ARENA_ARRAY(mem, letter->segment_count, struct letter_segment);
    size_t count = 0;

    for (size_t i = 0; i < letter->segment_count; i++) {
        const char *rest = without_ours(letter->segments[i].text, set, trimmed, mem);

        if (!*rest)
            continue;
        left[count++] = (struct letter_segment){ .text = rest, .quoted = letter->segments[i].quoted };
        if (text.len)
            strbuf_str(&text, "\n\n");
        strbuf_str(&text, rest);
    }
    letter->segments = left;
    letter->segment_count = count;
    letter->text = arena_strndup(mem, strbuf_peek(&text), text.len);
}

/* Lines of programs, which stand below older mail too. */
static bool is_of_a_program(const char *folded)
{
    return line_is_list_footer(folded) || line_is_mobile_footer(folded) || line_is_disclaimer(folded, false) ||
           line_is_rule(folded) || line_is_link(folded) || line_is_placeholder(folded);
}

/* A line of some words that is neither marked as quoted nor an address of ours, written out beside its link. */
static bool is_written(const char *line, size_t n, size_t words, struct arena *mem)
{
    return words >= 2 && *line != '>' && !memmem(line, n, "@", 1) && !memmem(line, n, "://", 3) &&
           !is_of_a_program(text_fold_plain(mem, arena_strndup(mem, line, n)));
}

/* What was taken away as a whole, and whose each line is. */
struct below {
    enum line_owner *owner;
    bool *is_answer; /* the sender's, below words of ours */
    size_t lines, answers, ours;
};

static struct below look_below(const char *trimmed, const struct set *ours, struct arena *mem)
{
    struct words ws = { 0 };
    struct below b = { .lines = read_lines(&ws, trimmed, mem) };
    size_t *count = ARENA_ARRAY(mem, b.lines + 1, size_t), n;
    bool is_below = false;
    const char *line;

    b.owner = ARENA_ARRAY(mem, b.lines + 1, enum line_owner);
    b.is_answer = ARENA_ARRAY(mem, b.lines + 1, bool);
    find_owners(&ws, ours, b.owner, b.lines);
    for (size_t i = 0; i < ws.count; i++)
        count[ws.w[i].line]++;
    for (size_t i = 0; text_next_line(&trimmed, &line, &n); i++) {
        is_below |= b.owner[i] == OWNER_US && *line != '>';
        b.ours += b.owner[i] == OWNER_US && *line != '>';
        b.is_answer[i] = is_below && b.owner[i] == OWNER_SENDER && is_written(line, n, count[i], mem);
        b.answers += b.is_answer[i];
    }
    return b;
}

/* Segments of the sender's lines that stand between lines of ours, each with the lines of ours above it. */
struct between {
    struct letter *letter;
    struct strbuf text, quoted, rest;
    struct letter_segment *segments;
    size_t count;
    struct arena *mem;
};

static void add_to(struct strbuf *to, const char *line, size_t n)
{
    if (to->len)
        strbuf_char(to, '\n');
    strbuf_add(to, line, n);
}

static char *take_text(struct strbuf *b, struct arena *mem)
{
    char *text = arena_strndup(mem, strbuf_peek(b), b->len);

    strbuf_clear(b);
    return text;
}

static void end_answer(struct between *b)
{
    if (!b->text.len)
        return;
    b->segments[b->count++] =
        (struct letter_segment){ .text = take_text(&b->text, b->mem), .quoted = take_text(&b->quoted, b->mem) };
}

static void walk_between(struct between *b, const struct below *below, const char *trimmed)
{
    const char *line;
    size_t n;

    for (size_t i = 0; text_next_line(&trimmed, &line, &n); i++) {
        const bool is_last = b->letter->segment_count + b->count + 1 >= LETTER_SEGMENTS_MAX;

        if (below->is_answer[i]) {
            add_to(&b->text, line, n);
            continue;
        }
        if (b->text.len && below->owner[i] != OWNER_BLANK && !is_last)
            end_answer(b);
        if (below->owner[i] == OWNER_US)
            add_to(&b->quoted, line, n);
        add_to(&b->rest, line, n);
    }
    end_answer(b);
}

/* An answer between the lines of a quotation without marks (Outlook) is the sender's all the same. Only where at least as many lines are ours
 * as are not: else this is another letter than the one we know, or one that was translated. */
static void lift_answers(struct letter *letter, const struct below *below, struct arena *mem)
{
    struct between b = { .letter = letter,
                         .text = STRBUF(BODY_PRINT_MAX_BYTES),
                         .quoted = STRBUF(BODY_PRINT_MAX_BYTES),
                         .rest = STRBUF(BODY_PRINT_MAX_BYTES),
                         .segments =
                             ARENA_ARRAY(mem, letter->segment_count + below->answers + 1, struct letter_segment),
                         .mem = mem };
    CLEANUP(strbuf_done) struct strbuf all = STRBUF(BODY_PRINT_MAX_BYTES);

    for (size_t i = 0; i < letter->segment_count; i++)
        b.segments[i] = letter->segments[i];
    b.segments += letter->segment_count;
    walk_between(&b, below, letter->trimmed);
    letter->segments = b.segments - letter->segment_count;
    letter->segment_count += b.count;
    for (size_t i = 0; i < letter->segment_count; i++) {
        if (all.len)
            strbuf_str(&all, "\n\n");
        strbuf_str(&all, letter->segments[i].text);
    }
    letter->text = arena_strndup(mem, strbuf_peek(&all), all.len);
    letter->trimmed = take_text(&b.rest, mem);
    if (letter->kind == LETTER_EMPTY)
        letter->kind = LETTER_REPLY;
    strbuf_done(&b.text);
    strbuf_done(&b.quoted);
    strbuf_done(&b.rest);
}

static void add_warning(struct letter *letter, const char *name, struct arena *mem)
{
    const char **more = ARENA_ARRAY(mem, letter->warning_count + 1, const char *);

    if (letter->warning_count == LETTER_WARNINGS_MAX)
        return;
    for (size_t i = 0; i < letter->warning_count; i++)
        more[i] = letter->warnings[i];
    more[letter->warning_count++] = name;
    letter->warnings = more;
}

static const char *joined(const char *a, const char *b, struct arena *mem)
{
    return *a && *b ? arena_printf(mem, "%s\n%s", a, b) : *a ? a : b;
}

void reply_trim_ours(struct letter *letter, const char *ours, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf more = STRBUF(BODY_PRINT_MAX_BYTES);
    struct words words = { 0 };
    struct below below;
    struct set set;

    read_lines(&words, ours, mem);
    if (!words.count)
        return;
    set = index_ours(&words, mem);
    below = look_below(letter->trimmed, &set, mem);
    if (letter->segment_count)
        trim_segments(letter, &set, &more, mem);
    if (below.answers)
        add_warning(letter, "answers_below", mem);
    if (below.answers && below.answers <= below.ours && !letter->is_forwarded)
        lift_answers(letter, &below, mem);
    letter->trimmed = joined(letter->trimmed, arena_strndup(mem, strbuf_peek(&more), more.len), mem);
    if (!*letter->text && !letter->attachment_count && (letter->kind == LETTER_POST || letter->kind == LETTER_REPLY))
        letter->kind = LETTER_EMPTY;
}
