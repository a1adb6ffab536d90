#include "inbound/reading.h"

#include "base/text.h"
#include "inbound/calendar.h"
#include "inbound/charset.h"
#include "inbound/report.h"
#include "inbound/robot.h"

static void read_calendar(struct reading *p)
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
            reading_warn(p, "bad_calendar");
        }
    }
}

static bool is_calendar_answer(const struct letter *l)
{
    return strcmp(l->calendar.method, "REPLY") == 0 || strcmp(l->calendar.method, "COUNTER") == 0;
}

/* Outlook forwards with the same header block as it answers: its subject tells. */
bool kind_has_forward_subject(const struct reading *p)
{
    static const char *const prefixes[] = { "fwd:", "fw:", "rv:",     "wg:", "tr:",    "i:", "enc:",
                                            "vs:",  "fs:", "doorst:", "pd:", "reenv:", "vl:" };
    const char *s = text_fold_plain(p->mem, p->letter->subject);

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (strncmp(s, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

bool kind_has_attached_message(const struct reading *p)
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

static enum letter_kind post_or_reply(const struct reading *p)
{
    const struct letter *l = p->letter;
    const char *s = text_fold_plain(p->mem, l->subject);
    const bool is_answer = *l->in_reply_to || l->reference_count || p->reply.has_quote || strncmp(s, "re:", 3) == 0;

    if (is_empty(l))
        return LETTER_EMPTY;
    return is_answer && !l->is_forwarded ? LETTER_REPLY : LETTER_POST;
}

void kind_read(struct reading *p)
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
