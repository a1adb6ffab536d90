#include "inbound/place.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/words.h"

#define LINE_MAX_BYTES 1000 /* RFC 5322 2.1.1 */
#define ITEM_MAX_BYTES 65536
#define TRIPLES_MAX 12
#define LINE_WORDS 64
#define COURTESY_MAX_BYTES 1000

/* What we printed under one item, as folded words between blanks. */
struct shelf {
    int64_t conversation;
    const char *words;
};

struct placer {
    const struct place_input *in;
    struct arena *mem;
    struct shelf *shelves;
    size_t shelf_count;
    size_t lines; /* quoted lines looked at so far */
};

/* ---- quoted lines ---- */

/* " word word word " of one line, without quote marks. */
static const char *line_words(const char *line, size_t n, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(ITEM_MAX_BYTES);
    struct words_list list;

    while (n && (*line == '>' || *line == ' ' || *line == '|')) {
        line++;
        n--;
    }
    list = words_split(arena_strndup(mem, line, n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES), LINE_WORDS, mem);
    strbuf_char(&b, ' ');
    for (size_t i = 0; i < list.count; i++)
        if (list.v[i].kind == WORDS_WORD) {
            strbuf_str(&b, list.v[i].plain);
            strbuf_char(&b, ' ');
        }
    return arena_strdup(mem, strbuf_peek(&b));
}

static void add_words(struct strbuf *b, const char *text, struct arena *mem)
{
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n))
        strbuf_str(b, line_words(line, n, mem) + 1);
}

static void fill_shelf(struct shelf *shelf, const struct place_item *item, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(ITEM_MAX_BYTES);

    strbuf_char(&b, ' ');
    add_words(&b, item->title ? item->title : "", mem);
    for (size_t i = 0; item->lines && item->lines[i] && b.len < ITEM_MAX_BYTES / 2; i++)
        add_words(&b, item->lines[i], mem);
    shelf->conversation = item->conversation;
    shelf->words = arena_strdup(mem, strbuf_peek(&b));
}

static size_t count_words(const char *words)
{
    size_t n = 0;

    for (const char *p = words; *p; p++)
        n += *p == ' ';
    return n ? n - 1 : 0;
}

/* The share of the line's word triples that stand in the text, in percent: what an editor changed in a line costs a few of them. */
static int triples_found(const char *words, const char *text)
{
    const size_t n = strlen(text);
    int all = 0, found = 0;

    for (const char *p = words; all < TRIPLES_MAX; p = strchr(p + 1, ' ')) {
        const char *end = p;

        for (int k = 0; k < 3 && end; k++)
            end = strchr(end + 1, ' ');
        if (!end)
            break;
        all++;
        found += memmem(text, n, p, (size_t)(end - p) + 1) != NULL;
    }
    return all >= 2 ? found * 100 / all : 0;
}

static bool is_on_shelf(const char *words, const struct shelf *shelf)
{
    return strstr(shelf->words, words) != NULL || triples_found(words, shelf->words) >= 60;
}

enum { LINE_OTHER = -1, LINE_BLANK = -2 }; /* LINE_OTHER: words that are no item's, or of several */

/* Which shelf the line came from. A short line (a wrapped tail) belongs to the shelf of the line before it, if it stands there. */
static int line_shelf(struct placer *p, const char *line, size_t n, int before)
{
    const char *words = line_words(line, n, p->mem);
    const size_t count = count_words(words);
    int only = LINE_OTHER;

    p->lines++;
    if (!count)
        return LINE_BLANK;
    if (before >= 0 && strstr(p->shelves[before].words, words))
        return before;
    if (count < 2)
        return LINE_OTHER;
    for (size_t i = 0; i < p->shelf_count; i++)
        if (is_on_shelf(words, &p->shelves[i])) {
            if (only >= 0)
                return LINE_OTHER;
            only = (int)i;
        }
    return only;
}

char *place_foreign_lines(const struct place_item *items, size_t count, const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(strlen(text) + 2);
    struct shelf *shelves = ARENA_ARRAY(mem, count < PLACE_MAX_ITEMS ? count : PLACE_MAX_ITEMS, struct shelf);
    const size_t n = count < PLACE_MAX_ITEMS ? count : PLACE_MAX_ITEMS;
    const char *line;
    size_t len;

    for (size_t i = 0; i < n; i++)
        fill_shelf(&shelves[i], &items[i], mem);
    while (text_next_line(&text, &line, &len)) {
        const char *words = line_words(line, len, mem);
        bool is_ours = count_words(words) == 0;

        for (size_t i = 0; !is_ours && i < n; i++)
            is_ours = is_on_shelf(words, &shelves[i]);
        if (!is_ours) {
            strbuf_add(&out, line, len);
            strbuf_char(&out, '\n');
        }
    }
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}

struct quote {
    int last;    /* shelf of the last line that is not blank */
    int only;    /* the only shelf of the block; LINE_OTHER when several or none */
    bool is_any; /* something of an item was quoted */
};

static struct quote read_quote(struct placer *p, const char *text)
{
    struct quote q = { LINE_OTHER, LINE_OTHER, false };
    bool is_mixed = false;
    int before = LINE_OTHER;
    const char *line;
    size_t n;

    while (p->lines < PLACE_MAX_LINES && text_next_line(&text, &line, &n)) {
        const int shelf = line_shelf(p, line, n, before);

        if (shelf == LINE_BLANK)
            continue;
        before = q.last = shelf;
        if (shelf < 0)
            continue;
        is_mixed = is_mixed || (q.only >= 0 && q.only != shelf);
        q.only = shelf;
        q.is_any = true;
    }
    if (is_mixed)
        q.only = LINE_OTHER;
    return q;
}

/* The shelf for words that stand right below the block; -1 when the block does not say. */
static int shelf_below(const struct quote *q)
{
    return q->only >= 0 ? q->only : q->last;
}

/* ---- pieces ---- */

struct pieces {
    struct place_piece *v;
    size_t count;
};

static const int64_t *one_id(int64_t id, struct arena *mem)
{
    int64_t *copy = ARENA_NEW(mem, int64_t);

    *copy = id;
    return copy;
}

static struct place_pieces whole(const struct place_input *in, int64_t conversation, enum place_why why,
                                 struct arena *mem)
{
    struct place_piece *piece = ARENA_NEW(mem, struct place_piece);

    piece->text = in->text;
    piece->why = why;
    if (why != PLACE_UNKNOWN) {
        piece->conversations = one_id(conversation, mem);
        piece->count = 1;
    }
    return (struct place_pieces){ .v = piece, .count = 1 };
}

static const struct place_item *item_numbered(const struct place_input *in, int number)
{
    for (size_t i = 0; i < in->item_count; i++)
        if (in->items[i].number == number && in->items[i].conversation)
            return &in->items[i];
    return NULL;
}

static struct number_set numbers_of(const struct place_input *in, struct arena *mem)
{
    int *v = ARENA_ARRAY(mem, in->item_count, int);
    size_t count = 0;

    for (size_t i = 0; i < in->item_count; i++)
        if (in->items[i].conversation)
            v[count++] = in->items[i].number;
    return (struct number_set){ .v = v, .count = count };
}

/* ---- (2) interleaved ---- */

struct stretch {
    size_t end; /* of its words in the new text */
    int shelf;
    bool is_courtesy;
};

static bool is_courtesy(const struct placer *p, const char *text)
{
    struct words_core core;

    if (strnlen(text, COURTESY_MAX_BYTES) == COURTESY_MAX_BYTES)
        return false;
    core = words_core(text, p->in->names, p->mem);
    return core.from == core.to;
}

/* Where the words of a segment end in the new text, from `from` on, blanks and line ends aside; WORDS_NONE when they do not stand there. */
static size_t find_words(const char *text, size_t from, const char *words)
{
    const char *t = text + from;
    const char *end = t;

    for (; *words; words++) {
        if (strchr(" \t\n\r", *words))
            continue;
        t += strspn(t, " \t\n\r");
        if (*t != *words)
            return WORDS_NONE;
        end = ++t;
    }
    return (size_t)(end - text) + strspn(end, " \t\n\r");
}

/* The unquoted segments as spans of the new text, each with the shelf that the quotation above it names. */
static size_t read_stretches(struct placer *p, struct stretch *v)
{
    const struct place_input *in = p->in;
    struct quote above = { LINE_OTHER, LINE_OTHER, false };
    size_t count = 0, at = 0;

    for (size_t i = 0; i < in->segment_count; i++) {
        const struct place_segment *s = &in->segments[i];
        const size_t end = s->is_quoted ? WORDS_NONE : find_words(in->text, at, s->text);

        if (s->is_quoted) {
            const struct quote q = read_quote(p, s->text);

            if (q.is_any || !above.is_any) /* lines that are no item's, "On … wrote:", change nothing */
                above = q;
            else
                above.last = above.only < 0 ? LINE_OTHER : above.last;
        } else if (end != WORDS_NONE && end > at) {
            v[count].end = at = end;
            v[count].is_courtesy = is_courtesy(p, s->text);
            v[count++].shelf = shelf_below(&above);
        }
    }
    return count;
}

/* Courtesy goes with its neighbour: "See below. / > … / I agree". */
static void spread(struct stretch *v, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (v[i].is_courtesy)
            v[i].shelf = v[i - 1].shelf;
    for (size_t i = count; i-- > 1;)
        if (v[i - 1].is_courtesy && v[i - 1].shelf < 0)
            v[i - 1].shelf = v[i].shelf;
}

static void add_stretch(struct placer *p, struct pieces *out, const char *text, int shelf)
{
    struct place_piece *piece = &out->v[out->count++];

    piece->text = text;
    piece->why = shelf < 0 ? PLACE_UNKNOWN : PLACE_INTERLEAVED;
    if (shelf < 0)
        return;
    piece->conversations = one_id(p->shelves[shelf].conversation, p->mem);
    piece->count = 1;
}

static bool place_interleaved(struct placer *p, struct place_pieces *ret)
{
    struct stretch *v = ARENA_ARRAY(p->mem, p->in->segment_count, struct stretch);
    struct pieces out = { ARENA_ARRAY(p->mem, p->in->segment_count, struct place_piece), 0 };
    const size_t count = p->in->segment_count <= PLACE_MAX_SEGMENTS ? read_stretches(p, v) : 0,
                 total = strlen(p->in->text);
    bool is_any = false;

    for (size_t i = 0; i < count; i++)
        is_any = is_any || (v[i].shelf >= 0 && !v[i].is_courtesy);
    if (!is_any)
        return false;
    spread(v, count);
    for (size_t i = 0, from = 0; i < count; i++) {
        if (i + 1 < count && v[i + 1].shelf == v[i].shelf)
            continue;
        if (i + 1 == count)
            v[i].end = total;
        add_stretch(p, &out, arena_strndup(p->mem, p->in->text + from, v[i].end - from), v[i].shelf);
        from = v[i].end;
    }
    *ret = (struct place_pieces){ .v = out.v, .count = out.count };
    return true;
}

/* ---- (3) numbers ---- */

static bool place_numbers(struct placer *p, struct place_pieces *ret)
{
    const struct number_pieces numbers = number_split(p->in->text, numbers_of(p->in, p->mem), p->in->names, p->mem);
    struct place_piece *v = ARENA_ARRAY(p->mem, numbers.count, struct place_piece);

    for (size_t i = 0; i < numbers.count; i++) {
        const struct number_piece *n = &numbers.v[i];
        int64_t *ids = ARENA_ARRAY(p->mem, n->count, int64_t);

        for (size_t k = 0; k < n->count; k++)
            ids[k] = item_numbered(p->in, n->numbers[k])->conversation;
        v[i] = (struct place_piece){
            .conversations = ids, .count = n->count, .why = PLACE_NUMBER, .words_at = n->words_at - n->at
        };
        v[i].text = arena_strndup(p->mem, p->in->text + n->at, n->len);
    }
    *ret = (struct place_pieces){ .v = v, .count = numbers.count };
    return numbers.count > 0;
}

/* ---- all of it ---- */

static void fill_shelves(struct placer *p)
{
    const struct place_input *in = p->in;

    p->shelves = ARENA_ARRAY(p->mem, in->item_count, struct shelf);
    for (size_t i = 0; i < in->item_count && i < PLACE_MAX_ITEMS; i++)
        if (in->items[i].conversation)
            fill_shelf(&p->shelves[p->shelf_count++], &in->items[i], p->mem);
}

/* The only conversation that the letter quotes anything of. */
static int64_t guess(struct placer *p)
{
    int only = LINE_OTHER;

    for (size_t i = 0; i < p->in->segment_count; i++) {
        const struct quote q =
            p->in->segments[i].is_quoted ? read_quote(p, p->in->segments[i].text) : (struct quote){ 0 };

        if (!q.is_any)
            continue;
        if (q.only < 0 || (only >= 0 && only != q.only))
            return 0;
        only = q.only;
    }
    return only >= 0 ? p->shelves[only].conversation : 0;
}

struct place_pieces place_resolve(const struct place_input *in, struct arena *mem)
{
    struct placer p = { .in = in, .mem = mem };
    const struct place_item *item = in->ordinal ? item_numbered(in, in->ordinal) : NULL;
    struct place_pieces pieces = { .count = 0 };
    struct place_piece *unknown;

    if (item)
        return whole(in, item->conversation, PLACE_TOKEN, mem);
    fill_shelves(&p);
    if (place_interleaved(&p, &pieces) || place_numbers(&p, &pieces))
        return pieces;
    if (p.shelf_count == 1)
        return whole(in, p.shelves[0].conversation, PLACE_ONLY_ONE, mem);
    unknown = ARENA_NEW(mem, struct place_piece);
    *unknown = (struct place_piece){ .text = in->text, .why = PLACE_UNKNOWN };
    p.lines = 0;
    unknown->guess = guess(&p);
    return (struct place_pieces){ .v = unknown, .count = 1 };
}

const char *place_why_name(enum place_why why)
{
    static const char *const names[] = { "token", "interleaved", "number", "only_one", "unknown" };

    return names[why];
}

/* ---- "Which one?" ---- */
