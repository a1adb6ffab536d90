#include "inbound/plan.h"

#include "base/text.h"
#include "inbound/line.h"

#include <ctype.h>

#define OWN_MARKS_MAX 2 /* lines with ">" that a person may have written */

size_t plan_next_text(const struct plan *p, size_t i)
{
    while (i < p->count && body_is_blank(&p->body->lines[i]))
        i++;
    return i;
}

size_t plan_run_end(const struct plan *p, size_t i)
{
    while (i < p->count && p->fate[i] == FATE_KEEP)
        i++;
    return i;
}

size_t plan_count_text(const struct plan *p, size_t from, size_t end)
{
    size_t n = 0;

    for (; from < end; from++)
        n += !body_is_blank(&p->body->lines[from]);
    return n;
}

void plan_mark(struct plan *p, size_t from, size_t end, enum fate fate)
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

        p->has_structure |= line->hint == BODY_QUOTE || line->hint == BODY_OLDER || line->hint == BODY_ATTRIBUTION;
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
                     line_is_original_words(p->fold[j - 1]) || line_is_titled_rule(p->fold[j - 1]))) {
        j--;
        if (!body_is_blank(&p->body->lines[j]))
            i = j;
    }
    return i;
}

/* Outlook's HTML has no text where its plain text has a rule. */
static void plan_rules_above(struct plan *p)
{
    for (size_t i = 1; i < p->count; i++)
        if (p->fate[i] == FATE_OLDER && p->fate[i - 1] == FATE_KEEP)
            plan_mark(p, rule_above(p, i), i, FATE_ATTRIBUTION);
}

/* Older mail begins at i and its header ends before end. Below it marks may go on: then only the header goes. */
static bool plan_older(struct plan *p, size_t i, size_t end)
{
    const size_t below = plan_next_text(p, end);

    if (is_quote(p, below)) {
        plan_mark(p, i, end, FATE_ATTRIBUTION);
        return false;
    }
    if (is_soft(p, below)) {
        plan_mark(p, i, end, FATE_ATTRIBUTION);
        plan_soft_quote(p, below);
        return false;
    }
    plan_mark(p, i, p->count, FATE_OLDER);
    return true;
}

/* A header block in what is still kept. Each line is asked: no look to the end of its run, which may be the whole text. */
static size_t header_block(const struct plan *p, size_t i)
{
    size_t n = 0;

    while (n < LINE_HEADER_LINES_MAX && i + n < p->count && p->fate[i + n] == FATE_KEEP)
        n++;
    return line_header_block(p->fold + i, n);
}

/* True when the line begins older mail that runs to the end. */
static bool plan_header(struct plan *p, size_t i)
{
    size_t block = header_block(p, i);

    if (line_is_forward_mark(p->fold[i])) {
        p->is_forwarded = true;
        plan_mark(p, i, p->count, FATE_OLDER);
        return true;
    }
    if (line_is_original_mark(p->fold[i])) {
        const size_t head = plan_next_text(p, i + 1);

        block = head < p->count ? line_header_block(p->fold + head, p->count - head) : 0;
        return plan_older(p, i, block ? head + block : i + 1);
    }
    if (!block && line_is_titled_rule(p->fold[i]) && i + 1 < p->count) {
        block = line_titled_block(p->fold + i + 1, p->count - i - 1);
        return block && plan_older(p, i, i + 1 + block);
    }
    return block && plan_older(p, rule_above(p, i), i + block);
}

/* The attribution that a mail program marks as one, over all its lines. */
static bool plan_marked_attribution(struct plan *p, size_t i)
{
    size_t end = i;

    while (end < p->count && p->body->lines[end].hint == BODY_ATTRIBUTION)
        end++;
    plan_mark(p, i, end, FATE_ATTRIBUTION);
    return end > i;
}

static bool plan_attribution(struct plan *p, size_t i)
{
    size_t used = 1, below;
    const enum line_proof proof = line_attribution(p->fold + i, p->count - i, &used);

    if (plan_marked_attribution(p, i) || !proof)
        return false;
    for (size_t k = i; k < i + used; k++)
        if (p->fate[k] != FATE_KEEP)
            return false;
    below = plan_next_text(p, i + used);
    plan_odd_marks(p, below);
    if (is_quote(p, below) || is_soft(p, below) || (proof == LINE_STRONG && below == p->count)) {
        plan_mark(p, i, i + used, FATE_ATTRIBUTION);
        if (is_soft(p, below))
            plan_soft_quote(p, below);
        return false;
    }
    if (proof != LINE_STRONG)
        return false;
    plan_mark(p, i, p->count, FATE_OLDER);
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

/* "> 180: walk": figures that are compared, not the number of a list ("> 1. Rest"). */
static bool is_limit(const struct body_line *line)
{
    const char *behind = line->text + strspn(line->text, "0123456789");
    const bool is_number = (*behind == '.' || *behind == ')') && (behind[1] == ' ' || !behind[1]);

    return line->depth == 1 && *line->marks && behind > line->text && !is_number;
}

static void keep_mark(struct plan *p, size_t i)
{
    p->fate[i] = FATE_KEEP;
    body_unquote(p->body, i);
    p->fold[i] = p->body->lines[i].fold;
}

static bool is_words(const struct plan *p, size_t i)
{
    return i < p->count && p->fate[i] == FATE_KEEP && !body_is_blank(&p->body->lines[i]);
}

/* "< 70: juice" */
static bool is_counterpart(const struct plan *p, size_t i)
{
    return is_words(p, i) && *p->fold[i] == '<' && isdigit((unsigned char)*line_skip_blanks(p->fold[i] + 1));
}

/* What the marked lines from i to before end go on with stands beside them: words in the paragraph above, figures below, or their counterpart. */
static bool is_beside_words(const struct plan *p, size_t i, size_t end, bool is_introduced)
{
    if ((i > 0 && is_counterpart(p, i - 1)) || is_counterpart(p, end))
        return true;
    return !is_introduced && ((i > 0 && is_words(p, i - 1)) || strlen(p->body->lines[i].marks) == 1 ||
                              (is_words(p, end) && isdigit((unsigned char)*p->fold[end])));
}

/* Limits that a person wrote down: marked lines of figures and no others, above all that is introduced as a quotation, or beside their counterpart. */
static void plan_limits(struct plan *p)
{
    bool is_introduced = false;

    for (size_t i = 0, end; i < p->count; i = end + (end == i)) {
        bool is_all = true;

        is_introduced |=
            p->fate[i] == FATE_ATTRIBUTION || p->fate[i] == FATE_OLDER || p->body->lines[i].hint == BODY_QUOTE;
        for (end = i; is_quote(p, end) && *p->body->lines[end].marks; end++)
            is_all &= is_limit(&p->body->lines[end]);
        if (end == i || !is_all || !is_beside_words(p, i, end, is_introduced))
            continue;
        for (size_t k = i; k < end; k++)
            keep_mark(p, k);
    }
}

/* Line i of an answer: ">300 is too much", without the blank of a mail program. And the only such line, where it goes on like "> is bigger than <",
 * or ends the letter: whoever answers a line writes below it. */
static bool is_by_hand(const struct plan *p, size_t i, bool is_alone)
{
    const struct body_line *line = &p->body->lines[i];

    return (strlen(line->marks) == 1 && *line->text && strchr("0123456789=<", *line->text)) ||
           (is_alone && ((*line->text >= 'a' && *line->text <= 'z') || plan_next_text(p, i + 1) == p->count));
}

/* Few lines with ">" below words of the writer, in a letter where nothing introduces a quotation: "> is bigger than <". Some mail programs introduce
 * none when they answer, and people cut the line away: an answer's lines are quoted unless they read as written by hand. */
static void plan_own_marks(struct plan *p)
{
    size_t quoted = 0, first = p->count, used;

    for (size_t i = 0; i < p->count; i++) {
        if (p->fate[i] == FATE_ATTRIBUTION || p->fate[i] == FATE_OLDER || p->body->lines[i].hint == BODY_QUOTE)
            return;
        if (p->fate[i] != FATE_QUOTE || body_is_blank(&p->body->lines[i]))
            continue;
        if (++quoted > OWN_MARKS_MAX || line_attribution(p->fold + i, p->count - i, &used)) /* iPhones quote it too */
            return;
        first = i < first ? i : first;
    }
    if (!quoted || !plan_count_text(p, 0, first))
        return;
    for (size_t i = first; p->body->is_answer && i < p->count; i++)
        if (p->fate[i] == FATE_QUOTE && !body_is_blank(&p->body->lines[i]) && !is_by_hand(p, i, quoted == 1))
            return;
    for (size_t i = first; i < p->count; i++)
        if (p->fate[i] == FATE_QUOTE && *p->body->lines[i].marks)
            keep_mark(p, i);
}

/* Letters, not blanks, of the lines with a fate. */
static size_t weigh(const struct plan *p, enum fate fate)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++)
        if (p->fate[i] == fate && !body_is_blank(&p->body->lines[i]))
            n += strlen(p->body->lines[i].text);
    return n;
}

/* Guesses that take too much are taken back, but for notices: those are long by nature and known by their words. */
static void mend_guesses(struct plan *p)
{
    const size_t guessed = weigh(p, FATE_GUESS), kept = weigh(p, FATE_KEEP);

    if (!guessed || (kept && guessed * 100 <= (guessed + kept) * PLAN_GUESS_SHARE_MAX))
        return;
    for (size_t i = 0; i < p->count; i++)
        if (p->fate[i] == FATE_GUESS) {
            p->fate[i] = FATE_KEEP;
            p->is_mended = true;
        }
}

struct plan plan_read(struct body *body)
{
    struct plan p = { .body = body,
                      .fold = ARENA_ARRAY(body->mem, body->count + 1, const char *),
                      .fate = ARENA_ARRAY(body->mem, body->count + 1, enum fate),
                      .count = body->count };

    for (size_t i = 0; i < p.count; i++)
        p.fold[i] = body->lines[i].fold;
    plan_structure(&p);
    plan_rules_above(&p);
    plan_wrapped_quotes(&p);
    plan_older_mail(&p);
    plan_limits(&p);
    plan_own_marks(&p);
    plan_footers(&p);
    mend_guesses(&p);
    return p;
}
