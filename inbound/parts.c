#include "inbound/reading.h"

#include "base/text.h"
#include "inbound/armour.h"
#include "inbound/charset.h"
#include "inbound/enriched.h"
#include "inbound/twin.h"
#include "inbound/unshown.h"

#define STUB_SHARE 5 /* a plain part under a fifth of the HTML's words is a stub */

/* RFC 2046 4.1.4: a text of a kind that nobody knows is shown as plain text. Not these: programs read them. */
static bool is_text(const struct mime_part *part)
{
    static const char *const not_words[] = { "calendar", "x-amp-html",          "watch-html", "vcard",
                                             "x-vcard",  "directory",           "csv",        "rtf",
                                             "css",      "javascript",          "xml",        "x-vcalendar",
                                             "x-vcf",    "tab-separated-values" };
    const char *kind;

    if (!text_starts(part->type, "text/"))
        return false;
    kind = part->type + strlen("text/");
    if (text_starts(kind, "rfc822-"))
        return false;
    for (size_t i = 0; i < COUNT_OF(not_words); i++)
        if (text_equals(kind, not_words[i]))
            return false;
    return true;
}

static bool is_enriched(const struct mime_part *part)
{
    return text_equals(part->type, "text/enriched") || text_equals(part->type, "text/richtext");
}

/* A part may be read twice. */
static void keep_hidden(struct reading *p, const struct body *body)
{
    if (body->hidden && !strstr(p->hidden, body->hidden))
        p->hidden = *p->hidden ? arena_printf(p->mem, "%s\n%s", p->hidden, body->hidden) : body->hidden;
}

/* A part without a label is in the charset that the header's encoded words name, if they name one. */
static const char *to_utf8(struct reading *p, const struct mime_part *part)
{
    const bool has_hint = !*part->charset && *p->mime.header_charset && !text_is_utf8(part->bytes, part->n);
    bool is_guessed;
    const char *text =
        charset_to_utf8(p->mem, has_hint ? p->mime.header_charset : part->charset, part->bytes, part->n, &is_guessed);

    if (is_guessed || has_hint)
        reading_warn(p, "charset_guessed");
    return text;
}

static const char *without_armour(struct reading *p, const char *text)
{
    enum armour found;

    text = armour_take_off(text, p->mem, &found);
    if (found == ARMOUR_ENCRYPTED)
        reading_warn(p, "encrypted");
    if (found == ARMOUR_SIGNED)
        reading_warn(p, "signed");
    return text;
}

static enum rc read_lines(struct reading *p, const struct mime_part *part, struct body *body)
{
    const bool is_html = text_equals(part->type, "text/html");
    const char *text;

    if (!part->bytes || (!is_html && part->n > LETTER_TEXT_MAX_BYTES))
        return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    text = to_utf8(p, part);
    if (is_html) {
        const enum rc rc = html_to_body(text, strlen(text), body, p->err);

        keep_hidden(p, body);
        return rc;
    }
    text = is_enriched(part) ? enriched_to_text(text, p->mem) : without_armour(p, text);
    body_from_text(body, text, part->is_flowed, part->is_delsp);
    return RC_OK;
}

/* The body is shared with who asked before: it is only read. */
static enum rc read_part(struct reading *p, size_t i, const struct body **ret_body)
{
    struct body body = { .mem = p->mem };

    if (!p->lines[i].mem) {
        if (read_lines(p, &p->mime.parts[i], &body))
            return p->err->rc;
        p->lines[i] = body;
    }
    *ret_body = &p->lines[i];
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
        body_add_line(to, &from->lines[i]);
    to->bytes += from->bytes;
}

/* Appends the lines of all shown parts of an alternative that are of that kind: Apple Mail writes one before and one behind each picture. */
static enum rc read_choice(struct reading *p, int alternative, bool wants_html, struct body *body, bool *ret_has)
{
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        const struct body *lines;

        if (part->alternative != alternative || part->is_attached || part->is_in_message || !is_text(part) ||
            text_equals(part->type, "text/html") != wants_html)
            continue;
        p->is_body[i] = true;
        if (!wants_html && !text_equals(part->type, "text/plain") && *ret_has)
            continue; /* a third form of the same words */
        *ret_has = true;
        if (read_part(p, i, &lines))
            return p->err->rc;
        append(body, lines);
    }
    return RC_OK;
}

static void show_choice(struct reading *p, int alternative, bool is_html, const struct body *body)
{
    for (size_t i = 0; i < p->mime.part_count; i++)
        if (p->mime.parts[i].alternative == alternative && p->is_body[i] && p->lines[i].mem)
            p->is_shown[i] = text_equals(p->mime.parts[i].type, "text/html") == is_html;
    append(&p->body, body);
}

/* The plain and the HTML of one alternative: the plain unless it is blank or a stub ("your program cannot show this"). */
static enum rc read_alternative(struct reading *p, int alternative)
{
    struct body a = { .mem = p->mem }, b = { .mem = p->mem };
    bool has_plain = false, has_html = false;

    if (read_choice(p, alternative, false, &a, &has_plain))
        return p->err->rc;
    if (read_choice(p, alternative, true, &b, &has_html)) {
        if (!count_letters(&a))
            return p->err->rc;
        b = (struct body){ .mem = p->mem };
    }
    if (has_plain && count_letters(&a) > 0 && count_letters(&a) * STUB_SHARE >= count_letters(&b)) {
        twin_mark(&a, &b);
        show_choice(p, alternative, false, &a);
        return RC_OK;
    }
    if (count_letters(&b))
        reading_warn(p, count_letters(&a) ? "plain_ignored" : "html_only");
    show_choice(p, alternative, true, &b);
    return RC_OK;
}

static enum rc read_single(struct reading *p, size_t i)
{
    const struct body *body;

    if (read_part(p, i, &body))
        return p->err->rc;
    if (text_equals(p->mime.parts[i].type, "text/html") && count_letters(body))
        reading_warn(p, "html_only");
    append(&p->body, body);
    p->is_shown[i] = true;
    return RC_OK;
}

enum rc parts_read_body(struct reading *p)
{
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        enum rc rc;

        if (!is_text(part) || part->is_attached || part->is_in_message || p->is_body[i])
            continue;
        p->is_body[i] = true;
        rc = part->alternative ? read_alternative(p, part->alternative) : read_single(p, i);
        if (rc)
            return rc;
        if (p->body.bytes > LETTER_TEXT_MAX_BYTES) /* hundreds of parts may follow */
            return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
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

static bool is_unshown(const struct reading *p, size_t i)
{
    return is_text(&p->mime.parts[i]) && !p->is_shown[i];
}

static bool has_unshown(const struct reading *p)
{
    for (size_t i = 0; i < p->mime.part_count; i++)
        if (is_unshown(p, i))
            return true;
    return false;
}

static const char *with_unshown(struct reading *p, const char *trimmed)
{
    struct err why, *err = p->err;
    const size_t warnings = p->letter->warning_count;
    struct unshown u;
    size_t bytes = 0;

    if (!has_unshown(p))
        return trimmed;
    unshown_init(&u, &p->body, p->mem);
    p->err = &why; /* what cannot be read here is no text, and no reason to warn */
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct body *body;

        if (!is_unshown(p, i) || (bytes += p->mime.parts[i].n) > 2 * LETTER_TEXT_MAX_BYTES)
            continue;
        if (read_part(p, i, &body) == RC_OK)
            unshown_add(&u, body);
    }
    p->err = err;
    p->letter->warning_count = warnings;
    return with_more(p, trimmed, unshown_take(&u));
}

const char *parts_read_unshown(struct reading *p, const char *trimmed)
{
    return with_hidden(p, with_unshown(p, trimmed));
}

/* Signatures, seals and the second halves of things: nobody sent them as a file. */
static bool is_machine(const struct mime_part *part)
{
    static const char *const types[] = { "text/calendar",
                                         "text/x-amp-html",
                                         "text/watch-html",
                                         "message/partial",
                                         "application/pkcs7-mime",
                                         "application/x-pkcs7-mime",
                                         "application/pkcs7-signature",
                                         "application/x-pkcs7-signature",
                                         "application/pgp-signature",
                                         "application/pgp-keys",
                                         "application/applefile" };

    if (text_starts(part->type, "message/delivery-") || text_starts(part->type, "message/feedback-") ||
        text_starts(part->type, "text/rfc822-"))
        return true;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_equals(part->type, types[i]))
            return !part->is_attached || !text_equals(part->type, "text/calendar");
    return false;
}

static bool is_attachment(const struct reading *p, size_t i)
{
    const struct mime_part *part = &p->mime.parts[i];

    if (p->is_body[i] || part->is_in_message || is_machine(part) || strlen(part->type) > 200)
        return false;
    if (part->alternative && part->is_choice && !part->is_attached)
        return false; /* another form of the words */
    return part->n || text_equals(part->type, "message/rfc822");
}

/* "i_want_to.jpg" is "i want to.jpg": names are read as words. Those past the limit of a line are left out. */
static const char *file_names(struct reading *p)
{
    const char *names = "";

    for (size_t i = 0; i < p->mime.part_count; i++) {
        const char *const name = p->mime.parts[i].name;
        char *words;

        if (!name || !*name || strlen(names) + strlen(name) + 1 > LETTER_LINE_MAX_BYTES)
            continue;
        words = arena_strdup(p->mem, name);
        for (char *c = words; *c; c++)
            *c = *c == '_' || *c == '-' || *c == '+' ? ' ' : *c;
        names = *names ? arena_printf(p->mem, "%s\n%s", names, words) : words;
    }
    return names;
}

void parts_read_attachments(struct reading *p)
{
    struct letter_attachment *list = ARENA_ARRAY(p->mem, p->mime.part_count, struct letter_attachment);
    size_t n = 0;

    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];

        if (is_attachment(p, i))
            list[n++] =
                (struct letter_attachment){ .type = part->type, .bytes = (int64_t)part->n, .part = part->number };
    }
    p->letter->attachments = list;
    p->letter->attachment_count = n;
    p->letter->file_names = file_names(p);
}
