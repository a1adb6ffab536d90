#include "gateway/demo/client_body.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "schedules/zone.h"

#include <string.h>

struct pen {
    const struct client_mail *mail;
    const struct client_letter *a; /* NULL: nothing is quoted */
    struct local_time at;          /* of the quoted letter */
    const char *day, *day_full, *month, *month_full;
    int hour12;
    const char *am;
    struct arena *mem;
    struct strbuf *out;
};

#define SAY(pen, ...) strbuf_printf((pen)->out, __VA_ARGS__)

/* ---- small forms ---- */

static void put_html(struct strbuf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        switch (text[i]) {
        case '&':
            strbuf_str(out, "&amp;");
            break;
        case '<':
            strbuf_str(out, "&lt;");
            break;
        case '>':
            strbuf_str(out, "&gt;");
            break;
        default:
            strbuf_char(out, text[i]);
        }
}

/* Each line of words between open and close; an empty line becomes `empty`. */
static void put_each_line(struct pen *pen, const char *words, const char *open, const char *close, const char *empty)
{
    const char *line;
    size_t n;

    while (text_next_line(&words, &line, &n)) {
        if (!n) {
            strbuf_str(pen->out, empty);
            continue;
        }
        strbuf_str(pen->out, open);
        put_html(pen->out, line, n);
        strbuf_str(pen->out, close);
    }
}

static void put_quoted(struct pen *pen, const char *prefix)
{
    const char *text = pen->a->text, *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        strbuf_str(pen->out, n || *prefix != '>' ? prefix : ">");
        strbuf_add(pen->out, line, n);
        strbuf_char(pen->out, '\n');
    }
}

/* What stands between <body> and </body> of the letter. */
static void put_original(struct pen *pen)
{
    const char *const body = strstr(pen->a->html, "<body");
    const char *const from = body ? strchr(body, '>') : NULL;
    const char *const end = from ? strstr(from, "</body>") : NULL;

    if (end)
        strbuf_add(pen->out, from + 1, (size_t)(end - from - 1));
}

static void put_signature(struct pen *pen, const char *before)
{
    if (pen->mail->signature)
        SAY(pen, "%s%s\n", before, pen->mail->signature);
}

/* ---- Gmail on the web ---- */

static void gmail_text(struct pen *pen)
{
    SAY(pen, "%s\n", pen->mail->words);
    put_signature(pen, "\n-- \n");
    if (!pen->a)
        return;
    SAY(pen, "\nOn %s, %s %d, %d at %d:%02d %s %s <\n%s> wrote:\n\n", pen->day, pen->month, pen->at.day, pen->at.year,
        pen->hour12, pen->at.minute, pen->am, pen->a->from_name, pen->a->reply_to);
    put_quoted(pen, "> ");
}

static void gmail_html(struct pen *pen)
{
    SAY(pen, "<div dir=\"ltr\">");
    put_each_line(pen, pen->mail->words, "<div>", "</div>", "<div><br></div>");
    if (pen->mail->signature) {
        SAY(pen, "<div><br clear=\"all\"></div><div><br></div><span class=\"gmail_signature_prefix\">-- </span><br>"
                 "<div dir=\"ltr\" class=\"gmail_signature\" data-smartmail=\"gmail_signature\"><div dir=\"ltr\">");
        put_each_line(pen, pen->mail->signature, "<div>", "</div>", "<br>");
        SAY(pen, "</div></div>");
    }
    SAY(pen, "</div>\n");
    if (!pen->a)
        return;
    SAY(pen,
        "<br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On %s, %s %d, %d "
        "at "
        "%d:%02d %s %s &lt;<a href=\"mailto:%s\">%s</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" "
        "style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">\n",
        pen->day, pen->month, pen->at.day, pen->at.year, pen->hour12, pen->at.minute, pen->am, pen->a->from_name,
        pen->a->reply_to, pen->a->reply_to);
    put_original(pen);
    SAY(pen, "</blockquote></div>\n");
}

/* ---- Outlook on a PC ---- */

static void outlook_text(struct pen *pen)
{
    SAY(pen, "%s\n", pen->mail->words);
    put_signature(pen, "\n");
    if (!pen->a)
        return;
    SAY(pen, "\nFrom: %s <%s> \nSent: %s, %s %d, %d %d:%02d %s\nTo: %s\nSubject: %s\n\n", pen->a->from_name,
        pen->a->from_address, pen->day_full, pen->month_full, pen->at.day, pen->at.year, pen->hour12, pen->at.minute,
        pen->am, pen->a->to, pen->a->subject);
    put_quoted(pen, "");
}

static void outlook_html(struct pen *pen)
{
    SAY(pen, "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" "
             "xmlns=\"http://www.w3.org/TR/REC-html40\"><head><meta name=\"Generator\" content=\"Microsoft Word 15 "
             "(filtered "
             "medium)\"><style><!--\np.MsoNormal{margin:0in;font-size:11.0pt;font-family:\"Calibri\",sans-serif}\n--></"
             "style>"
             "</head><body lang=\"EN-US\" link=\"#0563C1\" vlink=\"#954F72\"><div class=\"WordSection1\">");
    put_each_line(pen, pen->mail->words, "<p class=\"MsoNormal\">", "<o:p></o:p></p>",
                  "<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>");
    if (pen->mail->signature) {
        SAY(pen, "<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>");
        put_each_line(pen, pen->mail->signature, "<p class=\"MsoNormal\">", "<o:p></o:p></p>", "");
    }
    if (pen->a) {
        SAY(pen,
            "<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p><div><div style=\"border:none;border-top:solid #E1E1E1 "
            "1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\"><b>From:</b> %s &lt;%s&gt; <br><b>Sent:</b> %s, "
            "%s %d, %d "
            "%d:%02d %s<br><b>To:</b> %s<br><b>Subject:</b> %s<o:p></o:p></p></div></div><p "
            "class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>\n",
            pen->a->from_name, pen->a->from_address, pen->day_full, pen->month_full, pen->at.day, pen->at.year,
            pen->hour12, pen->at.minute, pen->am, pen->a->to, pen->a->subject);
        put_original(pen);
    }
    SAY(pen, "</div></body></html>\n");
}

/* ---- Outlook on a phone ---- */

static void outlook_phone_text(struct pen *pen)
{
    SAY(pen, "%s\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", pen->mail->words);
    if (!pen->a)
        return;
    SAY(pen,
        "________________________________\nFrom: %s <%s>\nSent: %s, %s %d, %d %d:%02d:%02d %s\nTo: %s\nSubject: %s\n\n",
        pen->a->from_name, pen->a->from_address, pen->day_full, pen->month_full, pen->at.day, pen->at.year, pen->hour12,
        pen->at.minute, pen->at.second, pen->am, pen->a->to, pen->a->subject);
    put_quoted(pen, "");
}

static void outlook_phone_html(struct pen *pen)
{
    SAY(pen, "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>");
    put_each_line(pen, pen->mail->words, "<div dir=\"auto\">", "</div>", "<div dir=\"auto\"><br></div>");
    SAY(pen, "<div id=\"ms-outlook-mobile-body-separator-line\" dir=\"auto\"><br></div><div "
             "id=\"ms-outlook-mobile-signature\" dir=\"auto\">Get <a href=\"https://aka.ms/o0ukef\">Outlook for "
             "iOS</a></div>");
    if (pen->a) {
        SAY(pen,
            "<hr style=\"display:inline-block;width:98%%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font "
            "face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\"><b>From:</b> %s "
            "&lt;%s&gt;<br><b>Sent:</b> %s, "
            "%s %d, %d %d:%02d:%02d %s<br><b>To:</b> %s<br><b>Subject:</b> %s</font><div>&nbsp;</div></div>\n",
            pen->a->from_name, pen->a->from_address, pen->day_full, pen->month_full, pen->at.day, pen->at.year,
            pen->hour12, pen->at.minute, pen->at.second, pen->am, pen->a->to, pen->a->subject);
        put_original(pen);
    }
    SAY(pen, "</body></html>\n");
}

/* ---- Mail on an iPhone ---- */

static void iphone_text(struct pen *pen)
{
    SAY(pen, "%s\n\nSent from my iPhone\n", pen->mail->words);
    if (!pen->a)
        return;
    SAY(pen, "\n> On %s %d, %d, at %d:%02d\xE2\x80\xAF%s, %s <%s> wrote:\n> \n", pen->month, pen->at.day, pen->at.year,
        pen->hour12, pen->at.minute, pen->am, pen->a->from_name, pen->a->reply_to);
    put_quoted(pen, "> ");
}

static void iphone_html(struct pen *pen)
{
    SAY(pen, "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body "
             "dir=\"auto\">");
    put_each_line(pen, pen->mail->words, "<div>", "</div>", "<div><br></div>");
    SAY(pen, "<br id=\"lineBreakAtBeginningOfSignature\"><div dir=\"ltr\">Sent from my iPhone</div>");
    if (pen->a) {
        SAY(pen,
            "<div dir=\"ltr\"><br><blockquote type=\"cite\">On %s %d, %d, at %d:%02d\xE2\x80\xAF%s, %s &lt;%s&gt; "
            "wrote:<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">\xEF\xBB\xBF\n",
            pen->month, pen->at.day, pen->at.year, pen->hour12, pen->at.minute, pen->am, pen->a->from_name,
            pen->a->reply_to);
        put_original(pen);
        SAY(pen, "</div></blockquote>");
    }
    SAY(pen, "</body></html>\n");
}

/* ---- Yahoo on the web ---- */

static void yahoo_text(struct pen *pen)
{
    SAY(pen, " %s\n", pen->mail->words);
    put_signature(pen, "\n");
    if (!pen->a)
        return;
    SAY(pen, "\n    On %s, %s %d, %d at %02d:%02d:%02d %s CST, %s <%s> wrote:  \n \n", pen->day_full, pen->month_full,
        pen->at.day, pen->at.year, pen->hour12, pen->at.minute, pen->at.second, pen->am, pen->a->from_name,
        pen->a->reply_to);
    put_quoted(pen, " ");
    SAY(pen, "  \n");
}

static void yahoo_html(struct pen *pen)
{
    SAY(pen, "<html><head></head><body><div class=\"ydp2f1c3a90yahoo-style-wrap\" style=\"font-family:Helvetica Neue, "
             "Helvetica, "
             "Arial, sans-serif;font-size:16px;\">");
    put_each_line(pen, pen->mail->words, "<div dir=\"ltr\" data-setdir=\"false\">", "</div>", "<div><br></div>");
    if (pen->mail->signature)
        put_each_line(pen, pen->mail->signature, "<div>", "</div>", "");
    SAY(pen, "<div><br></div></div>");
    if (pen->a) {
        SAY(pen,
            "<div id=\"yahoo_quoted_4415926535\" class=\"yahoo_quoted\"><div style=\"font-family:'Helvetica Neue', "
            "Helvetica, "
            "Arial, sans-serif;font-size:13px;color:#26282a;\"><div>On %s, %s %d, %d at %02d:%02d:%02d %s CST, %s "
            "&lt;%s&gt; "
            "wrote:</div><div><br></div><div><br></div><div>\n",
            pen->day_full, pen->month_full, pen->at.day, pen->at.year, pen->hour12, pen->at.minute, pen->at.second,
            pen->am, pen->a->from_name, pen->a->reply_to);
        put_original(pen);
        SAY(pen, "</div></div></div>");
    }
    SAY(pen, "</body></html>\n");
}

/* ---- Thunderbird ---- */

/* The words of the stretch "@LINE" whose LINE stands in the quoted line; NULL when there is none. */
static const char *stretch_for(struct pen *pen, const char *quoted, size_t n)
{
    const char *const line = arena_strndup(pen->mem, quoted, n);

    for (const char *at = strchr(pen->mail->words, '@'); at; at = strchr(at + 1, '@')) {
        const char *const end = strchr(at, '\n');

        if (end && strstr(line, arena_strndup(pen->mem, at + 1, (size_t)(end - at - 1)))) {
            const char *const next = strstr(end, "\n@");

            return next ? arena_strndup(pen->mem, end + 1, (size_t)(next - end - 1)) : end + 1;
        }
    }
    return NULL;
}

static void put_between(struct pen *pen)
{
    const char *text = pen->a->text, *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        const char *const words = n ? stretch_for(pen, line, n) : NULL;

        SAY(pen, "> %.*s\n", (int)n, line);
        if (words)
            SAY(pen, "\n%s\n\n", words);
    }
}

static void thunderbird_text(struct pen *pen)
{
    if (!pen->mail->is_between)
        SAY(pen, "%s\n", pen->mail->words);
    if (pen->a) {
        SAY(pen, "%sOn %d/%d/%02d %02d:%02d, %s wrote:\n", pen->mail->is_between ? "" : "\n", pen->at.month,
            pen->at.day, pen->at.year % 100, pen->at.hour, pen->at.minute, pen->a->from_name);
        if (pen->mail->is_between)
            put_between(pen);
        else
            put_quoted(pen, "> ");
    }
    put_signature(pen, "\n-- \n");
}

static void no_html(struct pen *pen)
{
    SAY(pen, " ");
}

/* ---- all ---- */

static const struct {
    void (*text)(struct pen *pen);
    void (*html)(struct pen *pen);
} writers[CLIENT_COUNT] = {
    [CLIENT_GMAIL] = { gmail_text, gmail_html },
    [CLIENT_OUTLOOK] = { outlook_text, outlook_html },
    [CLIENT_OUTLOOK_PHONE] = { outlook_phone_text, outlook_phone_html },
    [CLIENT_IPHONE] = { iphone_text, iphone_html },
    [CLIENT_YAHOO] = { yahoo_text, yahoo_html },
    [CLIENT_THUNDERBIRD] = { thunderbird_text, no_html },
};

static enum rc read_moment(struct pen *pen, struct err *err)
{
    static const char *const day_names[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                             "Thursday", "Friday", "Saturday" };
    static const char *const month_names[] = { "January", "February", "March",     "April",   "May",      "June",
                                               "July",    "August",   "September", "October", "November", "December" };

    if (zone_local_from_utc(pen->mail->zone, pen->a->at_ms, &pen->at, err))
        return err->rc;
    pen->day_full = day_names[pen->at.weekday];
    pen->month_full = month_names[pen->at.month - 1];
    pen->day = arena_strndup(pen->mem, pen->day_full, 3);
    pen->month = arena_strndup(pen->mem, pen->month_full, 3);
    pen->hour12 = pen->at.hour % 12 ? pen->at.hour % 12 : 12;
    pen->am = pen->at.hour < 12 ? "AM" : "PM";
    return RC_OK;
}

/* Every stretch must have its line, else words of the story would be lost. */
static enum rc check_stretches(struct pen *pen, struct err *err)
{
    size_t n = 0;

    for (const char *at = strchr(pen->mail->words, '@'); at; at = strchr(at + 1, '@'), n++) {
        const size_t len = strcspn(at + 1, "\n");

        if (!strstr(pen->a->text, arena_strndup(pen->mem, at + 1, len)))
            return err_set(err, RC_NOT_FOUND, "line %zu to write below is not in the quoted letter", n + 1);
    }
    return RC_OK;
}

enum rc client_write_body(const struct client_mail *mail, struct arena *mem, struct client_body *ret_body,
                          struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(CLIENT_MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf html = STRBUF(CLIENT_MAX_BYTES);
    struct pen pen = { .mail = mail, .a = mail->answers, .mem = mem, .out = &text };
    char *text_bytes, *html_bytes;

    if ((pen.a && read_moment(&pen, err)) || (pen.a && mail->is_between && check_stretches(&pen, err)))
        return err->rc;
    writers[mail->client].text(&pen);
    pen.out = &html;
    writers[mail->client].html(&pen);
    if (strbuf_take(&text, mem, &text_bytes, err) || strbuf_take(&html, mem, &html_bytes, err))
        return err->rc;
    *ret_body = (struct client_body){ text_bytes, html_bytes };
    return RC_OK;
}
