#include "inbound/parse.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/body.h"
#include "inbound/calendar.h"
#include "inbound/charset.h"
#include "inbound/mime.h"
#include "inbound/reply.h"
#include "inbound/report.h"
#include "inbound/robot.h"
#include "inbound/unshown.h"

#define STUB_SHARE 5 /* a plain part under a fifth of the HTML's words is a stub */

struct parse {
    struct arena *mem;
    struct err *err;
    struct mime mime;
    struct letter *letter;
    const char **warnings;
    struct body body;
    const char *hidden; /* "" when no part hides anything */
    bool *is_body;      /* per part: shown as text */
    struct reply reply;
};

static void add_warning(struct parse *p, const char *name)
{
    if (p->letter->warning_count < LETTER_WARNINGS_MAX && !letter_has_warning(p->letter, name))
        p->warnings[p->letter->warning_count++] = name;
}

static const char *value_or_empty(const struct parse *p, const char *name, size_t max)
{
    const char *v = mime_value(&p->mime, name);

    if (!v)
        return "";
    return strlen(v) <= max ? v : text_clean_line(p->mem, v, max - 8);
}

/* ---- addresses ---- */

struct address_list {
    struct parse *p;
    enum letter_field field;
    struct letter_recipient *recipients;
    const char *first_name, *first_address;
};

static const char *read_address(struct arena *mem, const char *s)
{
    struct err err;
    char *address;

    return text_address_in(s, mem, &address, &err) ? NULL : address;
}

/* What GMime finds no mailbox in ("J. Q. Public <j..q@x>") still has an address between brackets. */
static const char *bracketed(struct arena *mem, const char *raw)
{
    const char *open = strrchr(raw, '<'), *close = open ? strchr(open, '>') : NULL;

    return close ? read_address(mem, arena_strndup(mem, open + 1, (size_t)(close - open) - 1)) : NULL;
}

static void add_recipient(void *ctx, const char *name, const char *address)
{
    struct address_list *l = ctx;
    struct letter *letter = l->p->letter;
    const char *clean = read_address(l->p->mem, address);

    (void)name;
    if (!clean)
        return;
    for (size_t i = 0; i < letter->recipient_count; i++)
        if (l->recipients[i].field == l->field && strcmp(l->recipients[i].address, clean) == 0)
            return;
    if (letter->recipient_count == LETTER_RECIPIENTS_MAX) {
        add_warning(l->p, "recipients_cut");
        return;
    }
    l->recipients[letter->recipient_count++] = (struct letter_recipient){ .field = l->field, .address = clean };
}

static void read_recipients(struct parse *p)
{
    /* The envelope's names first: they must not be pushed out by a long To. */
    static const struct {
        const char *name;
        enum letter_field field;
    } fields[] = {
        { "X-Original-To", LETTER_ORIGINAL_TO },
        { "Delivered-To", LETTER_DELIVERED_TO },
        { "X-Forwarded-To", LETTER_FORWARDED_TO },
        { "To", LETTER_TO },
        { "Cc", LETTER_CC },
    };
    struct address_list l = { .p = p,
                              .recipients = ARENA_ARRAY(p->mem, LETTER_RECIPIENTS_MAX, struct letter_recipient) };

    p->letter->recipients = l.recipients;
    for (size_t f = 0; f < COUNT_OF(fields); f++) {
        l.field = fields[f].field;
        for (size_t i = 0; i < p->mime.field_count; i++)
            if (text_equals(p->mime.fields[i].name, fields[f].name))
                mime_each_address(p->mime.fields[i].raw, p->mem, add_recipient, &l);
    }
}

static void keep_first(void *ctx, const char *name, const char *address)
{
    struct address_list *l = ctx;
    const char *clean = l->first_address ? NULL : read_address(l->p->mem, address);

    if (clean) {
        l->first_address = clean;
        l->first_name = name;
    }
}

static void read_from(struct parse *p)
{
    const char *raw = mime_raw(&p->mime, "From");
    struct address_list l = { .p = p, .first_name = "" };

    if (mime_count(&p->mime, "From") > 1)
        add_warning(p, "many_froms");
    if (raw)
        mime_each_address(raw, p->mem, keep_first, &l);
    if (raw && !l.first_address)
        l.first_address = bracketed(p->mem, raw);
    if (!l.first_address) {
        add_warning(p, "no_from");
        return;
    }
    p->letter->from = l.first_address;
    p->letter->from_name = strlen(l.first_name) <= LETTER_LINE_MAX_BYTES ? l.first_name : "";
}

static void read_return_path(struct parse *p)
{
    const char *raw = mime_raw(&p->mime, "Return-Path"), *address;

    if (!raw)
        return;
    while (*raw == ' ')
        raw++;
    p->letter->has_null_return_path = strncmp(raw, "<>", 2) == 0;
    address = *raw == '<' ? bracketed(p->mem, raw) : read_address(p->mem, raw);
    p->letter->return_path = address ? address : "";
}

/* ---- ids: brackets may be missing, commas may stand between (Exchange, iOS) ---- */

static bool next_id(const char **s, const char **ret_id, size_t *ret_n)
{
    const char *p = *s + strspn(*s, " \t,;<>\"");
    const size_t n = strcspn(p, " \t,;<>\"");

    *s = p + n;
    *ret_id = p;
    *ret_n = n;
    return n > 0;
}

static const char *first_id(struct parse *p, const char *name)
{
    const char *raw = mime_raw(&p->mime, name), *id;
    size_t n;

    while (raw && next_id(&raw, &id, &n))
        if (n <= LETTER_ID_MAX_BYTES && memchr(id, '@', n))
            return arena_strndup(p->mem, id, n);
    return "";
}

/* The newest are kept: the parent is the last. */
static void read_references(struct parse *p)
{
    const char *raw = mime_raw(&p->mime, "References"), *id;
    const char **ids = ARENA_ARRAY(p->mem, LETTER_REFERENCES_MAX, const char *);
    size_t n, count = 0;

    while (raw && next_id(&raw, &id, &n)) {
        if (n > LETTER_ID_MAX_BYTES || !memchr(id, '@', n))
            continue;
        if (count == LETTER_REFERENCES_MAX)
            memmove(ids, ids + 1, --count * sizeof *ids);
        ids[count++] = arena_strndup(p->mem, id, n);
    }
    p->letter->references = ids;
    p->letter->reference_count = count;
}

static const char *lower(char *s)
{
    for (char *p = s; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 32);
    return s;
}

static void read_header(struct parse *p)
{
    struct letter *l = p->letter;
    const char *date = mime_raw(&p->mime, "Date");

    read_from(p);
    read_recipients(p);
    read_return_path(p);
    l->subject = value_or_empty(p, "Subject", LETTER_LINE_MAX_BYTES);
    l->message_id = first_id(p, "Message-ID");
    l->in_reply_to = first_id(p, "In-Reply-To");
    read_references(p);
    l->date_ms = date ? mime_date_ms(date) : 0;
    l->list_id = value_or_empty(p, "List-Id", LETTER_ID_MAX_BYTES);
    l->precedence = lower(arena_strdup(p->mem, value_or_empty(p, "Precedence", 64)));
}

/* ---- text ---- */

static bool is_text(const struct mime_part *part)
{
    return text_equals(part->type, "text/plain") || text_equals(part->type, "text/html") ||
           text_equals(part->type, "text/enriched");
}

/* A part may be read twice. */
static void keep_hidden(struct parse *p, const struct body *body)
{
    if (body->hidden && !strstr(p->hidden, body->hidden))
        p->hidden = *p->hidden ? arena_printf(p->mem, "%s\n%s", p->hidden, body->hidden) : body->hidden;
}

static enum rc read_part(struct parse *p, const struct mime_part *part, struct body *body)
{
    const bool is_html = text_equals(part->type, "text/html");
    bool is_guessed;
    const char *text;

    if (!part->bytes || (!is_html && part->n > LETTER_TEXT_MAX_BYTES))
        return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    text = charset_to_utf8(p->mem, part->charset, part->bytes, part->n, &is_guessed);
    if (is_guessed)
        add_warning(p, "charset_guessed");
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
static enum rc read_alternative(struct parse *p, const struct mime_part *plain, const struct mime_part *html)
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
        add_warning(p, count_letters(&a) ? "plain_ignored" : "html_only");
    append(&p->body, &b);
    return RC_OK;
}

static const struct mime_part *find_in(struct parse *p, int alternative, const char *type)
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

static enum rc read_body(struct parse *p)
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
static const char *with_more(struct parse *p, const char *trimmed, const char *more)
{
    if (!*more)
        return trimmed;
    if (strlen(trimmed) + strlen(more) + 1 > LETTER_TEXT_MAX_BYTES) {
        add_warning(p, "unshown_cut");
        return trimmed;
    }
    return *trimmed ? arena_printf(p->mem, "%s\n%s", trimmed, more) : more;
}

static const char *with_hidden(struct parse *p, const char *trimmed)
{
    if (*p->hidden)
        add_warning(p, "hidden_text");
    return with_more(p, trimmed, p->hidden);
}

/* What the writer or a reader could see elsewhere in the letter goes to what was taken away: triage and moderators look there. */
static const char *with_unshown(struct parse *p, const char *trimmed)
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

static void read_attachments(struct parse *p)
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

/* ---- kind ---- */

static void read_calendar(struct parse *p)
{
    for (size_t i = 0; i < p->mime.part_count; i++) {
        const struct mime_part *part = &p->mime.parts[i];
        const bool is_ics = text_equals(part->type, "text/calendar") || text_equals(part->type, "application/ics");
        struct err why;
        bool is_guessed;

        if (!is_ics || part->is_in_message || !part->bytes || part->n > LETTER_TEXT_MAX_BYTES)
            continue;
        if (!calendar_read(
                charset_to_utf8(p->mem, *part->charset ? part->charset : "utf-8", part->bytes, part->n, &is_guessed),
                p->mem, &p->letter->calendar, &why))
            return;
        if (text_equals(part->method, "REPLY") || text_equals(part->method, "COUNTER")) {
            p->letter->calendar.method = part->method;
            add_warning(p, "bad_calendar");
        }
    }
}

static bool is_calendar_answer(const struct letter *l)
{
    return strcmp(l->calendar.method, "REPLY") == 0 || strcmp(l->calendar.method, "COUNTER") == 0;
}

/* Outlook forwards with the same header block as it answers: its subject tells. */
static bool has_forward_subject(struct parse *p)
{
    static const char *const prefixes[] = { "fwd:", "fw:", "rv:",     "wg:", "tr:",    "i:", "enc:",
                                            "vs:",  "fs:", "doorst:", "pd:", "reenv:", "vl:" };
    const char *s = text_fold_plain(p->mem, p->letter->subject);

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (strncmp(s, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool has_attached_message(const struct parse *p)
{
    for (size_t i = 0; i < p->letter->attachment_count; i++)
        if (text_equals(p->letter->attachments[i].type, "message/rfc822"))
            return true;
    return false;
}

static bool is_empty(const struct letter *l)
{
    return !*l->text && !l->attachment_count && !l->is_forwarded;
}

static enum letter_kind post_or_reply(const struct parse *p)
{
    const struct letter *l = p->letter;
    const char *s = text_fold_plain(p->mem, l->subject);
    const bool is_answer = *l->in_reply_to || l->reference_count || p->reply.has_quote || strncmp(s, "re:", 3) == 0;

    if (is_empty(l))
        return LETTER_EMPTY;
    return is_answer && !l->is_forwarded ? LETTER_REPLY : LETTER_POST;
}

static void read_kind(struct parse *p)
{
    struct letter *l = p->letter;
    const char *why;

    if (report_read(&p->mime, l->body, p->mem, l))
        return;
    read_calendar(p);
    why = robot_why(&p->mime, l, p->mem);
    if (is_calendar_answer(l)) {
        l->kind = LETTER_CALENDAR;
    } else if (why) {
        l->robot = why;
        l->kind = LETTER_ROBOT;
    } else {
        l->kind = post_or_reply(p);
    }
}

static void read_auth(struct parse *p, const struct authres_trust *trust)
{
    const char *at = strrchr(p->letter->from, '@');

    p->letter->auth =
        authres_judge(p->mime.fields, p->mime.field_count, trust, at ? at + 1 : "", p->mem, &p->letter->auth_domain);
}

static enum rc read_text(struct parse *p)
{
    struct letter *l = p->letter;

    if (read_body(p))
        return p->err->rc;
    l->body = body_print(&p->body, 0, p->body.count, true, p->mem);
    read_attachments(p);
    reply_read(&p->body, &p->reply);
    l->is_forwarded = p->reply.is_forwarded ||
                      (p->reply.has_quote && has_forward_subject(p) && !p->reply.is_kept_whole) ||
                      (has_attached_message(p) && has_forward_subject(p));
    l->text = p->reply.text;
    l->trimmed = with_hidden(p, with_unshown(p, p->reply.trimmed));
    l->segments = p->reply.segments;
    l->segment_count = p->reply.segment_count;
    if (strlen(l->body) > LETTER_TEXT_MAX_BYTES || strlen(l->trimmed) > LETTER_TEXT_MAX_BYTES)
        return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    if (p->reply.is_kept_whole)
        add_warning(p, "kept_whole");
    if (p->reply.is_only_quoted)
        add_warning(p, "only_quoted");
    return RC_OK;
}

enum rc parse_letter(const char *raw, size_t n, const struct authres_trust *trust, struct arena *mem,
                     struct letter *ret_letter, struct err *err)
{
    struct letter letter;
    struct parse p = { .mem = mem, .err = err, .letter = &letter, .body = { .mem = mem }, .hidden = "" };

    letter_init(&letter);
    p.warnings = ARENA_ARRAY(mem, LETTER_WARNINGS_MAX, const char *);
    letter.warnings = p.warnings;
    if (mime_read(raw, n, mem, &p.mime, err))
        return err->rc;
    p.is_body = ARENA_ARRAY(mem, p.mime.part_count, bool);
    if (p.mime.has_no_header)
        add_warning(&p, "no_header");
    if (p.mime.is_broken_multipart)
        add_warning(&p, "broken_multipart");
    read_header(&p);
    if (read_text(&p))
        return err->rc;
    read_auth(&p, trust);
    read_kind(&p);
    *ret_letter = letter;
    return RC_OK;
}

void parse_setup(void)
{
    charset_open_all();
    mime_setup();
    html_setup();
    calendar_setup();
}
