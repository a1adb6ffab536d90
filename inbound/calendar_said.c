/* Wordings of Google, Apple, Outlook, Yahoo, Zimbra, Thunderbird, SOGo and Nextcloud, English and Spanish. */
#include "inbound/calendar.h"

#include "base/strbuf.h"
#include "base/text.h"

#define SENTENCE_MAX 400

/* What they say was done, and to what; a person says "I". */
static const char *const done[] = { " accepted ",     " declined ",     " has confirmed ", " tentatively ",
                                    " is unsure ",    " has replied ",  " ha aceptado ",   " ha rechazado ",
                                    " ha declinado ", " ha respondido " };
static const char *const to_what[] = { "invitation", "invite", "event",   "meeting", "appointment",
                                       "invitacion", "evento", "reunion", "cita" };
static const char *const first_person[] = { " i ", " i'", " we ", " my ", " me ", " yo ", " he ", " mi ", " nos " };
static const char *const labels[] = { "when:",       "where:", "title:",  "location:", "organizer:", "invitees:",
                                      "attendees:",  "time:",  "date:",   "calendar:", "status:",    "who:",
                                      "cuando:",     "donde:", "titulo:", "lugar:",    "fecha:",     "organizador:",
                                      "calendario:", "hora:",  "quien:",  "invitados:" };

static bool has_one(const char *text, const char *const *words, size_t n, bool is_start)
{
    for (size_t i = 0; i < n; i++)
        if (is_start ? text_starts(text, words[i]) : strstr(text, words[i]) != NULL)
            return true;
    return false;
}

#define HAS(text, words) has_one(text, words, COUNT_OF(words), false)
#define BEGINS(text, words) has_one(text, words, COUNT_OF(words), true)

/* The paragraph at *text on one line, folded; *text goes behind it. NULL: there is none. */
static const char *next_paragraph(const char **text, const char **ret_start, size_t *ret_n, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_TEXT_MAX_BYTES);
    const char *line, *start = NULL;
    size_t n = 0, all = 0;

    while (text_next_line(text, &line, &n)) {
        if (strspn(line, " \t") >= n) {
            if (start)
                break;
            continue;
        }
        start = start ? start : line;
        all = (size_t)(line + n - start);
        strbuf_printf(&out, "%s%.*s", out.len ? " " : "", (int)n, line);
    }
    *ret_start = start;
    *ret_n = all;
    return start ? text_fold_plain(mem, strbuf_peek(&out)) : NULL;
}

/* "Rose Marsh has accepted this invitation.": one sentence, about somebody. */
static bool is_programs(const char *paragraph, struct arena *mem)
{
    const char *const s = arena_printf(mem, " %s ", paragraph);

    return strlen(s) < SENTENCE_MAX && HAS(s, done) && HAS(s, to_what) && !HAS(s, first_person) &&
           !strpbrk(paragraph, "!?;") && !(strstr(s, ". ") && *(strstr(s, ". ") + 2));
}

static bool is_of_google(const char *paragraph)
{
    return strstr(paragraph, "google calendar") != NULL;
}

const char *calendar_said(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_TEXT_MAX_BYTES);
    const char *const whole = text, *start, *p = next_paragraph(&text, &start, &(size_t){ 0 }, mem);
    size_t n;

    if (!p || !is_programs(p, mem))
        return whole;
    if (is_of_google(text_fold_plain(mem, text)) && !strstr(p, "note") && !strstr(p, "nota"))
        return "";
    while ((p = next_paragraph(&text, &start, &n, mem)))
        if (!BEGINS(p, labels) && !is_of_google(p) && !text_starts(p, "http"))
            strbuf_printf(&out, "%s%.*s", out.len ? "\n\n" : "", (int)n, start);
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}
