#include "inbound/parse.h"

#include "base/text.h"
#include "inbound/calendar.h"
#include "inbound/charset.h"
#include "inbound/reading.h"

void reading_warn(struct reading *p, const char *name)
{
    if (p->letter->warning_count < LETTER_WARNINGS_MAX && !letter_has_warning(p->letter, name))
        p->warnings[p->letter->warning_count++] = name;
}

static void read_auth(struct reading *p, const struct authres_trust *trust)
{
    const char *at = strrchr(p->letter->from, '@');

    p->letter->auth =
        authres_judge(p->mime.fields, p->mime.field_count, trust, at ? at + 1 : "", p->mem, &p->letter->auth_domain);
}

static bool is_answer(const struct letter *l)
{
    return *l->in_reply_to || l->reference_count || strncasecmp(l->subject, "re:", 3) == 0;
}

static enum rc read_text(struct reading *p)
{
    struct letter *l = p->letter;

    if (parts_read_body(p))
        return p->err->rc;
    l->body = body_print(&p->body, 0, p->body.count, true, p->mem);
    parts_read_attachments(p);
    p->body.is_answer = is_answer(l);
    reply_read(&p->body, &p->reply);
    l->is_forwarded = p->reply.is_forwarded ||
                      (p->reply.has_quote && kind_has_forward_subject(p) && !p->reply.is_kept_whole) ||
                      (kind_has_attached_message(p) && kind_has_forward_subject(p));
    l->text = p->reply.text;
    l->trimmed = parts_read_unshown(p, p->reply.trimmed);
    l->segments = p->reply.segments;
    l->segment_count = p->reply.segment_count;
    if (strlen(l->body) > LETTER_TEXT_MAX_BYTES || strlen(l->trimmed) > LETTER_TEXT_MAX_BYTES)
        return err_set(p->err, RC_LIMIT, "text_bytes: over %zu", LETTER_TEXT_MAX_BYTES);
    if (p->reply.is_kept_whole)
        reading_warn(p, "kept_whole");
    if (p->reply.is_only_quoted)
        reading_warn(p, "only_quoted");
    return RC_OK;
}

enum rc parse_letter(const char *raw, size_t n, const struct authres_trust *trust, struct arena *mem,
                     struct letter *ret_letter, struct err *err)
{
    struct letter letter;
    struct reading p = { .mem = mem, .err = err, .letter = &letter, .body = { .mem = mem }, .hidden = "" };

    letter_init(&letter);
    p.warnings = ARENA_ARRAY(mem, LETTER_WARNINGS_MAX, const char *);
    letter.warnings = p.warnings;
    if (mime_read(raw, n, mem, &p.mime, err))
        return err->rc;
    p.is_body = ARENA_ARRAY(mem, p.mime.part_count, bool);
    p.is_shown = ARENA_ARRAY(mem, p.mime.part_count, bool);
    p.lines = ARENA_ARRAY(mem, p.mime.part_count, struct body);
    if (p.mime.has_no_header)
        reading_warn(&p, "no_header");
    if (p.mime.is_broken_multipart)
        reading_warn(&p, "broken_multipart");
    if (p.mime.is_signed)
        reading_warn(&p, "signed");
    if (p.mime.is_encrypted)
        reading_warn(&p, "encrypted");
    if (p.mime.is_fragment)
        reading_warn(&p, "fragment");
    head_read(&p);
    if (read_text(&p))
        return err->rc;
    read_auth(&p, trust);
    kind_read(&p);
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
