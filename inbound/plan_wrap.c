#include "inbound/line.h"
#include "inbound/plan.h"

#include <ctype.h>

#define WRAP_MIN_BYTES 60  /* shorter lines were not wrapped */
#define WRAP_COLUMN_MIN 72 /* where mail programs wrap */
#define WRAP_TAIL_LINES_MAX 3

static bool ends_sentence(const char *s)
{
    size_t n = strlen(s);

    while (n && strchr(" \")'*_", s[n - 1]))
        n--;
    return !n || strchr(".?!:;-", s[n - 1]);
}

/* A line that goes on in small letters where the one above broke off for want of room. */
static bool goes_on(const char *above, size_t marks, const char *line)
{
    const size_t word = strcspn(line, " ");

    return strlen(above) + marks >= WRAP_MIN_BYTES && strlen(above) + marks + 1 + word > WRAP_COLUMN_MIN &&
           !ends_sentence(above) && islower((unsigned char)*line);
}

/* Lines at i that belong to the quoted line above: 0 when what stands there is the writer's. Behind them comes a blank or quoted line, as behind
 * a paragraph that was wrapped; who answers in the middle of somebody's sentence is taken at their word by no more than that. */
static size_t tail_length(const struct plan *p, size_t i)
{
    size_t n = 0;

    while (n < WRAP_TAIL_LINES_MAX && i + n < p->count && p->fate[i + n] == FATE_KEEP &&
           !body_is_blank(&p->body->lines[i + n])) {
        const struct body_line *above = &p->body->lines[i + n - 1];
        const size_t marks = n ? 0 : strlen(above->marks) + 1;

        if (!goes_on(above->text, marks, p->body->lines[i + n].text))
            break;
        n++;
    }
    if (!n || i + n == p->count)
        return 0;
    return body_is_blank(&p->body->lines[i + n]) || p->fate[i + n] == FATE_QUOTE ? n : 0;
}

void plan_wrapped_quotes(struct plan *p)
{
    for (size_t i = 1; i < p->count; i++) {
        const bool is_below_mark = p->fate[i - 1] == FATE_QUOTE && *p->body->lines[i - 1].marks;
        const size_t n = is_below_mark && p->fate[i] == FATE_KEEP ? tail_length(p, i) : 0;

        plan_mark(p, i, i + n, FATE_QUOTE);
        i += n;
    }
}

void plan_odd_marks(struct plan *p, size_t i)
{
    size_t n;

    if (i >= p->count || p->fate[i] != FATE_KEEP || !line_odd_mark(p->body->lines[i].text))
        return;
    for (; i < p->count; i++) {
        struct body_line *line = &p->body->lines[i];

        if (p->fate[i] != FATE_KEEP || !(n = line_odd_mark(line->text)))
            continue;
        line->marks = arena_strndup(p->body->mem, line->text, n);
        line->text = arena_strdup(p->body->mem, line->text + n);
        line->depth = 1;
        p->fate[i] = FATE_QUOTE;
    }
}
