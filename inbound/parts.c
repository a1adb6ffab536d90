#include "inbound/reading.h"

#include "base/text.h"
#include "inbound/charset.h"
#include "inbound/unshown.h"

#define STUB_SHARE 5 /* a plain part under a fifth of the HTML's words is a stub */

static bool is_text(const struct mime_part *part)
{
    return text_equals(part->type, "text/plain") || text_equals(part->type, "text/html") ||
           text_equals(part->type, "text/enriched");
}

/* A part may be read twice. */
static void keep_hidden(struct reading *p, const struct body *body)
{
    if (body->hidden && !strstr(p->hidden, body->hidden))
        p->hidden = *p->hidden ? arena_printf(p->mem, "%s\n%s", p->hidden, body->hidden) : body->hidden;
}

static enum rc read_part(struct reading *p, const struct mime_part *part, struct body *body)
{
    const bool is_html = text_equals(part->type, "text/html");
    bool is_guessed;
    const char *text;

    if (!part->bytes || (!is_html && part->n > LETTER_TEXT_MAX_BYTES))
        return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    text = charset_to_utf8(p->mem, part->charset, part->bytes, part->n, &is_guessed);
    if (is_guessed)
        reading_warn(p, "charset_guessed");
    if (is_html) {
        const enum rc rc = html_to_body(text, strlen(text), body, p->err);

        keep_hidden(p, body);
        return rc;
    }
    body_from_text(body, text, part->is_flowed, part->is_delsp);
    return RC_OK;
}

static size_t count_letters(const struct body *body)
{
    size_t n = 0;

    for (size_t i = 0; i < body->count; i++)
        if (!body_is_blank(&body->lines[i]))
            n += strlen(body->lines[i].text);
    return n;
}

static void append(struct body *to, const struct body *from)
{
    if (to->count && from->count)
        body_add(to, "", 0, 0, BODY_PLAIN);
    for (size_t i = 0; i < from->count; i++)
        body_add(to, from->lines[i].text, strlen(from->lines[i].text), from->lines[i].depth, from->lines[i].hint);
}

/* The plain and the HTML of one alternative: the plain unless it is blank or a stub ("your program cannot show this"). */
static enum rc read_alternative(struct reading *p, const struct mime_part *plain, const struct mime_part *html)
{
    struct body a = { .mem = p->mem }, b = { .mem = p->mem };
    enum rc rc;

    if (plain && read_part(p, plain, &a))
        return p->err->rc;
    if (html) {
        rc = read_part(p, html, &b);
        if (rc && !count_letters(&a))
            return rc;
        if (rc)
            b = (struct body){ .mem = p->mem };
    }
    if (plain && count_letters(&a) > 0 && count_letters(&a) * STUB_SHARE >= count_letters(&b)) {
        append(&p->body, &a);
        return RC_OK;
    }
    if (count_letters(&b))
        reading_warn(p, count_letters(&a) ? "plain_ignored" : "html_only");
    append(&p->body, &b);
    return RC_OK;
}

static const struct mime_part *find_in(struct reading *p, int alternative, const char *type)
{
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];

        if (part->alternative == alternative && !part->is_attached && !part->is_in_message &&
            text_equals(part->type, type)) {
            p->is_body[i] = true;
            return part;
        }
    }
    return NULL;
}

enum rc parts_read_body(struct reading *p)
{
    int done = 0; /* alternatives are numbered as they are met */

    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        const bool is_html = text_equals(part->type, "text/html");
        enum rc rc = RC_OK;

        if (!is_text(part) || part->is_attached || part->is_in_message || p->is_body[i])
            continue;
        p->is_body[i] = true;
        if (part->alternative > done) {
            done = part->alternative;
            rc = read_alternative(p, find_in(p, part->alternative, "text/plain"),
                                  find_in(p, part->alternative, "text/html"));
        } else if (!part->alternative) {
            rc = read_alternative(p, is_html ? NULL : part, is_html ? part : NULL);
        }
        if (rc)
            return rc;
    }
    return RC_OK;
}

/* Adds to what was taken away, unless that would pass the limit: then a warning must do. */
static const char *with_more(struct reading *p, const char *trimmed, const char *more)
{
    if (!*more)
        return trimmed;
    if (strlen(trimmed) + strlen(more) + 1 > LETTER_TEXT_MAX_BYTES) {
        reading_warn(p, "unshown_cut");
        return trimmed;
    }
    return *trimmed ? arena_printf(p->mem, "%s\n%s", trimmed, more) : more;
}

static const char *with_hidden(struct reading *p, const char *trimmed)
{
    if (*p->hidden)
        reading_warn(p, "hidden_text");
    return with_more(p, trimmed, p->hidden);
}

static const char *with_unshown(struct reading *p, const char *trimmed)
{
    struct err why, *err = p->err;
    const size_t warnings = p->letter->warning_count;
    struct unshown u;
    size_t bytes = 0;

    if (p->mime.part_count < 2)
        return trimmed;
    unshown_init(&u, &p->body, p->mem);
    p->err = &why; /* what cannot be read here is no text, and no reason to warn */
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        struct body body = { .mem = p->mem };

        if (!is_text(part) || (bytes += part->n) > 2 * LETTER_TEXT_MAX_BYTES)
            continue;
        if (read_part(p, part, &body) == RC_OK)
            unshown_add(&u, &body);
    }
    p->err = err;
    p->letter->warning_count = warnings;
    return with_more(p, trimmed, unshown_take(&u));
}

const char *parts_read_unshown(struct reading *p, const char *trimmed)
{
    return with_hidden(p, with_unshown(p, trimmed));
}

void parts_read_attachments(struct reading *p)
{
    struct letter_attachment *list = ARENA_ARRAY(p->mem, p->mime.part_count, struct letter_attachment);
    size_t n = 0;

    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        const bool is_machine = text_starts(part->type, "text/calendar") ||
                                text_starts(part->type, "message/delivery-") ||
                                text_starts(part->type, "message/feedback-") || text_starts(part->type, "text/rfc822-");

        if (p->is_body[i] || part->is_in_message || (part->alternative && !part->is_attached) ||
            (is_machine && !part->is_attached))
            continue;
        if (strlen(part->type) > 200 || (!part->n && !text_equals(part->type, "message/rfc822")))
            continue;
        list[n++] = (struct letter_attachment){ .type = part->type, .bytes = (int64_t)part->n, .part = part->number };
    }
    p->letter->attachments = list;
    p->letter->attachment_count = n;
}
