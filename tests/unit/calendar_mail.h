/*
 * calendar_mail: the calendar object of a mail that left, and which rule of calendar mail it breaks (calendar_check.h has those of the object itself).
 * circle_help.h asks it of every mail of every test.
 *
 * Shape    A whole mail as it left in, and the envelope's recipient; the rule that is broken out, or NULL. has_object false: the mail has none.
 * Owns     Everything in the caller's arena.
 * Source   RFC 6047 2.4 and 3, RFC 2046 5.1.4 (the best alternative is the last), and what clients want: facts of calendar mail, docs/visits.md.
 */
#ifndef TESTS_CALENDAR_MAIL_H
#define TESTS_CALENDAR_MAIL_H

#include "calendar_check.h"

#include "base/arena.h"

struct calendar_mail {
    bool has_object;
    const char *method; /* of the Content-Type */
    char *text;         /* decoded */
    struct cc_body body;
};

static inline int cm_hex(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

static inline void cm_unquote(char *text)
{
    char *to = text;

    for (const char *p = text; *p;) {
        if (p[0] == '=' && p[1] == '\r') {
            p += 3;
        } else if (p[0] == '=') {
            *to++ = (char)(cm_hex(p[1]) << 4 | cm_hex(p[2]));
            p += 3;
        } else {
            *to++ = *p++;
        }
    }
    *to = '\0';
}

/* The field's value with its folds. */
static inline const char *cm_field(const char *raw, const char *name, struct arena *mem)
{
    const char *at = strstr(raw, name), *end;

    if (!at)
        return "";
    at += strlen(name);
    for (end = strstr(at, "\r\n"); end && (end[2] == ' ' || end[2] == '\t'); end = strstr(end + 2, "\r\n"))
        ;
    return arena_strndup(mem, at, end ? (size_t)(end - at) : strlen(at));
}

static inline const char *cm_read(const char *raw, struct arena *mem, struct calendar_mail *ret)
{
    const char *at = strstr(raw, "Content-Type: text/calendar;"), *body, *end, *method, *head;

    *ret = (struct calendar_mail){ .has_object = at != NULL };
    if (!at)
        return NULL;
    if (strstr(at + 1, "Content-Type:"))
        return "text/calendar is the last alternative, once";
    if (!strstr(raw, "Content-Type: multipart/alternative") || !strstr(raw, "Content-Type: text/plain") ||
        !strstr(raw, "Content-Type: text/html"))
        return "it stands beside the words, as an alternative";
    body = strstr(at, "\r\n\r\n");
    end = body ? strstr(body, "\r\n--=_") : NULL;
    method = strstr(at, "method=");
    if (!end || !method || method > body)
        return "its Content-Type has the method";
    head = arena_strndup(mem, at, (size_t)(body - at));
    if (!strcasestr(head, "charset=utf-8") || strstr(head, "Content-Disposition") || strstr(head, "name="))
        return "it is UTF-8, and no attachment";
    ret->method = arena_strndup(mem, method + 7, strcspn(method + 7, ";\r\n\" "));
    ret->text = arena_strndup(mem, body + 4, (size_t)(end - body - 4));
    if (strcasestr(head, "quoted-printable"))
        cm_unquote(ret->text);
    else if (!strcasestr(head, "Content-Transfer-Encoding: 7bit"))
        return "it goes as 7bit or quoted-printable";
    if (!*ret->text || strcmp(ret->text + strlen(ret->text) - 2, "\r\n") != 0)
        return "it ends with a line end";
    return NULL;
}

static inline const char *cm_check(const char *raw, const char *to, struct arena *mem, struct calendar_mail *ret)
{
    const char *why = cm_read(raw, mem, ret), *from, *title;
    bool is_es;

    if (why || !ret->has_object)
        return why;
    why = cc_check(ret->text, strlen(ret->text), ret->method, mem, &ret->body);
    if (why)
        return why;
    if (strcmp(cc_find(&ret->body, "VEVENT", "ATTENDEE")->value, arena_printf(mem, "mailto:%s", to)) != 0)
        return "its ATTENDEE is who the mail goes to";
    from = cc_find(&ret->body, "VEVENT", "ORGANIZER")->value + strlen("mailto:");
    if (!strstr(cm_field(raw, "\r\nFrom:", mem), arena_printf(mem, "<%s>", from)))
        return "its ORGANIZER is who the mail is from";
    /* in its reader's language, and nothing of what the group is about */
    is_es = strstr(raw, "lang=3D\"es\"") != NULL;
    title = cc_text(mem, cc_find(&ret->body, "VEVENT", "SUMMARY")->value);
    return strncmp(title, is_es ? "Visita en grupo - " : "Group visit - ", is_es ? 18 : 14) == 0
               ? NULL
               : "SUMMARY is neutral, in the reader's language";
}

#endif
