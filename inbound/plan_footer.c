#include "inbound/line.h"
#include "inbound/plan.h"

#include <ctype.h>

#define SIGNATURE_LINES_MAX 12
#define LOOSE_SIGNATURE_LINES_MAX 6
#define CARD_PROSE_LINES_MAX 4
#define LIST_FOOTER_LINES_MAX 8
#define CONTACT_LINES_MAX 10
#define JOB_MAX_BYTES 50
#define ADVERT_LINES_MAX 3
#define PARAGRAPH_MAX 4000
#define BANNER_LINES_MAX 4

static bool is_reach(enum line_contact kind)
{
    return kind == LINE_CONTACT_REACH || kind == LINE_CONTACT_CARD;
}

static bool is_contact_line(const struct plan *p, size_t i)
{
    return p->fate[i] == FATE_KEEP && !body_is_blank(&p->body->lines[i]);
}

/* "Massage therapist" right below a whole name: what somebody is, with small letters. Two ways to reach them below it, or a rule above the name, are
 * the proof. */
static bool is_job(const struct plan *p, size_t from, size_t i, size_t reaches)
{
    const char *text = p->body->lines[i].text + strspn(p->body->lines[i].text, "*_"), *name;
    const size_t n = strlen(text);

    if (i <= from || !is_contact_line(p, i) || n > JOB_MAX_BYTES || !n || !isupper((unsigned char)*text) ||
        strchr(".,:;?!", text[n - 1]))
        return false;
    name = p->body->lines[i - 1].text;
    if (!is_contact_line(p, i - 1) || line_contact(name) != LINE_CONTACT_NAME || !strchr(name, ' '))
        return false;
    return reaches > 1 ||
           (reaches && i > 1 && (line_is_rule(p->fold[i - 2]) || line_is_long_dash(p->body->lines[i - 2].text)));
}

/* The bare dashes, without the blank of a mail program, and a sentence below them that goes on in small letters: "--\nno, five. I sat down." */
static bool is_pause(const struct plan *p, size_t i)
{
    const size_t below = plan_next_text(p, i + 1);
    const char *text = below < p->count ? p->body->lines[below].text : "";
    const size_t n = strlen(text);

    return strcmp(p->body->lines[i].text, "--") == 0 && islower((unsigned char)*text) && memchr(text, ' ', n) &&
           strchr(".?!,", text[n - 1]);
}

/* Which of the lines above those of a signature may be one, too. */
static bool may_be_contact(const struct plan *p, size_t from, size_t i, size_t reaches)
{
    return body_is_blank(&p->body->lines[i]) || line_is_long_dash(p->body->lines[i].text) ||
           line_contact(p->body->lines[i].text) || is_job(p, from, i, reaches);
}

/* More than LOOSE_SIGNATURE_LINES_MAX lines below the mark of a mail program: it begins with a name, or tells how to reach somebody, and little of it
 * is prose: people write below the signature that their program has put in. */
static bool is_card_below(const struct plan *p, size_t mark, size_t end)
{
    const size_t first = plan_next_text(p, mark + 1);
    size_t prose = 0;
    bool is_card = false;

    if (strcmp(p->body->lines[mark].text, "-- ") != 0)
        return false;
    for (size_t i = first; i < end; i++) {
        const enum line_contact kind = line_contact(p->body->lines[i].text);

        is_card |= is_reach(kind) || (kind && i == first);
        prose += !kind && !body_is_blank(&p->body->lines[i]);
    }
    return is_card && prose <= CARD_PROSE_LINES_MAX;
}

/* From the highest "-- " of a run that has few enough lines below it. */
static void plan_signature_mark(struct plan *p, size_t from, size_t end)
{
    size_t start = end, lines = 0, below = 0, reaches = 0;
    bool only_contact = true;

    for (size_t i = end; i-- > from && lines <= SIGNATURE_LINES_MAX;) {
        const char *text = p->body->lines[i].text;

        only_contact = only_contact && may_be_contact(p, from, i, reaches);
        if ((line_is_signature_mark(text) && !is_pause(p, i)) || (only_contact && lines && line_is_long_dash(text))) {
            start = i;
            below = lines;
        }
        reaches += only_contact && is_reach(line_contact(text));
        lines += !body_is_blank(&p->body->lines[i]);
    }
    if (start < end)
        plan_mark(p, start, end,
                  below <= LOOSE_SIGNATURE_LINES_MAX || is_card_below(p, start, end) ? FATE_SIGNATURE : FATE_GUESS);
}

static bool is_alone(const struct plan *p, size_t i)
{
    const bool above = i == 0 || p->fate[i - 1] != FATE_KEEP || body_is_blank(&p->body->lines[i - 1]);
    const bool below = i + 1 == p->count || p->fate[i + 1] != FATE_KEEP || body_is_blank(&p->body->lines[i + 1]);

    return above && below;
}

/* A line that goes on a footer of the phone right above it. */
static bool goes_on_footer(const struct plan *p, size_t i)
{
    for (size_t k = 0; k < ADVERT_LINES_MAX && i > 0 && p->fate[i - 1] == FATE_KEEP && line_is_advert(p->fold[i]); k++)
        if (line_is_mobile_footer(p->fold[--i]))
            return true;
    return false;
}

/* A footer of the phone: as a paragraph of its own, or as the last line of the run. Place holders of pictures anywhere. */
static void plan_mobile_footers(struct plan *p)
{
    bool has_text_below = false; /* in the run */

    for (size_t i = p->count; i-- > 0;) {
        if (p->fate[i] != FATE_KEEP)
            has_text_below = false;
        else if (line_is_placeholder(p->fold[i]) || (!has_text_below && goes_on_footer(p, i)) ||
                 (line_is_mobile_footer(p->fold[i]) && (!has_text_below || is_alone(p, i))))
            p->fate[i] = FATE_SIGNATURE;
        else
            has_text_below |= !body_is_blank(&p->body->lines[i]);
    }
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

/* Words of the writer above line i. */
static bool has_kept_text(const struct plan *p, size_t i)
{
    while (i-- > 0)
        if (p->fate[i] == FATE_KEEP && !body_is_blank(&p->body->lines[i]))
            return true;
    return false;
}

/* Legal footers stand last: from the paragraph that begins one to the end of the run. Their words are proof when something of the writer
 * stands above. */
static void plan_disclaimers(struct plan *p, size_t from, size_t end)
{
    char paragraph[PARAGRAPH_MAX + 1];

    for (size_t i = from; i < end; i++) {
        const bool is_start = i == from || body_is_blank(&p->body->lines[i - 1]) || line_is_rule(p->fold[i - 1]);

        if (!is_start || body_is_blank(&p->body->lines[i]) || line_is_rule(p->fold[i]))
            continue;
        join_paragraph(p, i, end, paragraph);
        if (!line_is_disclaimer(paragraph, i > from && line_is_rule(p->fold[i - 1])))
            continue;
        while (i > from && line_is_rule(p->fold[i - 1]))
            i--;
        plan_mark(p, i, end, has_kept_text(p, i) ? FATE_SIGNATURE : FATE_GUESS);
        return;
    }
}

/* A rule with a few lines of a mailing list or a virus scanner below it, or such lines and links alone, at the end of a run. */
static void plan_list_footer(struct plan *p, size_t from, size_t end)
{
    size_t start = end, left = LIST_FOOTER_LINES_MAX;
    bool is_footer = false, is_all = true, has_way = false;

    for (size_t i = end; i-- > from && left;) {
        const bool is_way = line_is_link(p->fold[i]) || line_is_rule(p->fold[i]) || line_is_address(p->fold[i]);
        const bool is_it = line_is_list_footer(p->fold[i]) || (line_names_list(p->fold[i]) && has_way);

        if (body_is_blank(&p->body->lines[i]))
            continue;
        left--;
        has_way |= is_way;
        is_footer |= is_it;
        is_all &= is_it || is_way;
        if (is_footer && (is_all || line_has_rule(p->fold[i])))
            start = i;
    }
    if (start < end)
        plan_mark(p, start, end, FATE_SIGNATURE);
}

static size_t trim_end(const struct plan *p, size_t from, size_t end)
{
    while (end > from && (body_is_blank(&p->body->lines[end - 1]) || p->fate[end - 1] != FATE_KEEP))
        end--;
    return end;
}

/* The place of a picture, taken away already. */
static bool is_logo(const struct plan *p, size_t i)
{
    return p->fate[i] == FATE_SIGNATURE && line_is_placeholder(p->fold[i]);
}

/* "Marvin Oyelaran / Payroll, Canal Street Depot / Phone: 555-0118": the last paragraph, or its end. What somebody announces ("my new
 * address is:") is no signature. */
static void plan_contact(struct plan *p, size_t from, size_t end)
{
    size_t start, top, above, reaches = 0;

    end = trim_end(p, from, end);
    start = top = end;
    for (size_t k = 0; from && k < 2 * CONTACT_LINES_MAX && (p->fate[from - 1] == FATE_KEEP || is_logo(p, from - 1));
         k++)
        from--;
    while (top > from && end - top < CONTACT_LINES_MAX && (is_logo(p, top - 1) || is_contact_line(p, top - 1))) {
        const enum line_contact kind = line_contact(p->body->lines[top - 1].text);

        if (is_logo(p, top - 1)) {
            top--;
            continue;
        }
        if (kind == LINE_CONTACT_NO && !is_job(p, from, top - 1, reaches))
            break;
        reaches += is_reach(kind);
        top--;
        if (reaches && (kind == LINE_CONTACT_NAME || kind == LINE_CONTACT_CARD))
            start = top;
    }
    above = trim_end(p, from, start);
    if (start == end || above == from || line_announces(p->fold[above - 1]))
        return;
    while (above < start && !line_is_rule(p->fold[above]))
        above++;
    plan_mark(p, above, end, FATE_SIGNATURE);
}

static void plan_last_line(struct plan *p, size_t from, size_t end)
{
    end = trim_end(p, from, end);
    if (end > from && line_is_rule(p->fold[end - 1])) /* a rule with nothing below it */
        p->fate[--end] = FATE_GUESS;
    end = trim_end(p, from, end);
    if (end > from + 1 && (line_is_dash_name(p->body->lines[end - 1].text) ||
                           (line_is_address(p->fold[end - 1]) && !line_announces(p->fold[end - 2]))))
        p->fate[end - 1] = FATE_GUESS;
}

/* What the border of an organisation writes above all mail that comes in, alone in its lines. */
static void plan_banner(struct plan *p)
{
    const size_t from = plan_next_text(p, 0), below = plan_run_end(p, from);
    char paragraph[PARAGRAPH_MAX + 1];
    size_t end = from;

    while (end < below && end < from + BANNER_LINES_MAX && !body_is_blank(&p->body->lines[end])) {
        join_paragraph(p, from, ++end, paragraph);
        if (line_is_banner(paragraph))
            break;
    }
    if (end == from || !line_is_banner(paragraph))
        return;
    while (end < below && line_goes_on_banner(p->fold[end]))
        end++;
    if (plan_count_text(p, end, below))
        plan_mark(p, from, end, FATE_SIGNATURE);
}

void plan_footers(struct plan *p)
{
    plan_banner(p);
    for (size_t i = 0, end; i < p->count; i = end + 1) {
        end = plan_run_end(p, i);
        plan_signature_mark(p, i, end);
    }
    plan_mobile_footers(p);
    for (size_t i = 0, end; i < p->count; i = end + 1) {
        end = plan_run_end(p, i);
        if (end == i)
            continue;
        plan_list_footer(p, i, end);
        plan_disclaimers(p, i, plan_run_end(p, i));
        plan_contact(p, i, plan_run_end(p, i));
        plan_last_line(p, i, plan_run_end(p, i));
    }
}
