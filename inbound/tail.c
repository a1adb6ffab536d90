/*
 * Takes a signature out of a letter that other letters of the same person ended with too. A person may say the same thing again, so it must
 * also look like a signature: a name alone on a line, or a way to reach somebody.
 */
#include "inbound/reply.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/line.h"

#define TAIL_MAX_LINES 10
#define TAIL_MIN_WORDS 4
#define SEEN_BEFORE 2 /* letters that must have had it */

struct lines {
    const char **v;
    size_t count;
};

/* Lines with text, without blanks and quote marks at their ends. */
static struct lines split(const char *text, struct arena *mem)
{
    struct lines l = { 0 };
    const char *p = text, *line;
    size_t n, max = 0;

    while (text_next_line(&p, &line, &n))
        max++;
    l.v = ARENA_ARRAY(mem, max + 1, const char *);
    while (text_next_line(&text, &line, &n)) {
        const char *clean = text_clean_line(mem, line, n);

        if (*clean)
            l.v[l.count++] = clean;
    }
    return l;
}

/* How many of the last lines of a stand one after another in b. */
static size_t common(const struct lines *a, const struct lines *b)
{
    size_t best = 0;

    for (size_t end = b->count; end > 0 && a->count; end--) {
        size_t k = 0;

        while (k < TAIL_MAX_LINES && k < a->count && k < end && strcmp(a->v[a->count - 1 - k], b->v[end - 1 - k]) == 0)
            k++;
        best = k > best ? k : best;
    }
    return best;
}

static size_t count_words(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += *s != ' ' && (s[1] == ' ' || !s[1]);
    return n;
}

/* The lines at the end that go: below the name that a person signs with, or all when no name stands there. 0 when it is no signature. */
static size_t signature_in(const struct lines *a, size_t tail)
{
    size_t words = 0, cut = tail;
    bool has_name = false, has_reach = false;

    for (size_t i = a->count - tail; i < a->count; i++) {
        const enum line_contact kind = line_contact(a->v[i]);

        words += count_words(a->v[i]);
        has_reach |= kind == LINE_CONTACT_REACH || kind == LINE_CONTACT_CARD;
        if (kind == LINE_CONTACT_NAME && !has_name && count_words(a->v[i]) <= 3) {
            has_name = true;
            cut = a->count - i - 1;
        }
    }
    return (has_name || has_reach) && words >= TAIL_MIN_WORDS ? cut : 0;
}

/* The start of the last n lines with text. */
static const char *last_lines(const char *text, size_t n)
{
    const char *p = text + strlen(text);

    while (n && p > text) {
        const char *start;

        while (p > text && strchr(" \t\n", p[-1]))
            p--;
        for (start = p; start > text && start[-1] != '\n'; start--)
            ;
        p = start;
        n--;
    }
    return p;
}

/* The start of a text up to at, without the blanks there. */
static const char *head_of(const char *text, const char *at, struct arena *mem)
{
    while (at > text && strchr(" \t\n", at[-1]))
        at--;
    return arena_strndup(mem, text, (size_t)(at - text));
}

static void cut_last(struct letter *letter, size_t lines, struct arena *mem)
{
    struct letter_segment *segments = ARENA_ARRAY(mem, letter->segment_count, struct letter_segment);
    struct letter_segment *last = &segments[letter->segment_count - 1];
    const char *at, *text = letter->text, *whole_at = last_lines(text, lines);

    memcpy(segments, letter->segments, letter->segment_count * sizeof *segments);
    at = last_lines(last->text, lines);
    last->text = head_of(last->text, at, mem);
    letter->trimmed = *letter->trimmed ? arena_printf(mem, "%s\n%s", letter->trimmed, at) : at;
    letter->text = head_of(text, whole_at, mem);
    letter->segments = segments;
}

void reply_trim_tail(struct letter *letter, const char *const *earlier, size_t count, struct arena *mem)
{
    struct lines last;
    size_t best[SEEN_BEFORE] = { 0 }, cut;

    if (!letter->segment_count)
        return;
    last = split(letter->segments[letter->segment_count - 1].text, mem);
    for (size_t i = 0; i < count; i++) {
        const struct lines before = split(earlier[i], mem);
        const size_t k = common(&last, &before);

        if (k > best[0]) {
            best[1] = best[0];
            best[0] = k;
        } else if (k > best[1]) {
            best[1] = k;
        }
    }
    cut = best[1] >= last.count ? 0 : best[1] ? signature_in(&last, best[1]) : 0;
    if (cut)
        cut_last(letter, cut, mem);
}
