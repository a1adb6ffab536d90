#include "gateway/demo/client.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/demo/client_body.h"
#include "mailer/encode.h"
#include "schedules/zone.h"

#include <string.h>

static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};
static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* How each program writes: what its parts are called, and how they are encoded. */
enum encoding { ENCODED_8BIT, ENCODED_QP, ENCODED_BASE64 };
struct habit {
    const char *name, *mailer; /* mailer: the field that names the program */
    enum encoding encoding;
    bool has_html;
    const char *text_type;
    const char *boundary;
    const char *re;
};
static const struct habit habits[CLIENT_COUNT] = {
    [CLIENT_GMAIL] = { "Gmail on the web", "", ENCODED_QP, true, "text/plain; charset=\"UTF-8\"",
                       "000000000000%012" PRIx64, "Re: " },
    [CLIENT_OUTLOOK] = { "Outlook on a PC",
                         "X-Mailer: Microsoft Outlook 16.0\r\nThread-Index: AdsM3vYkQ0a1bGk5TmW9r8c4k2ZfZw==\r\n"
                         "Content-Language: en-us\r\n",
                         ENCODED_BASE64, true, "text/plain;\r\n\tcharset=\"utf-8\"",
                         "----=_NextPart_000_%04" PRIX64 "_01DB2C3F.5A6B7C80", "RE: " },
    [CLIENT_OUTLOOK_PHONE] = { "Outlook on a phone", "Accept-Language: en-US\r\nContent-Language: en-US\r\n",
                               ENCODED_QP, true, "text/plain; charset=\"utf-8\"",
                               "_000_SN6PR%06" PRIX64 "namprd04prod_", "Re: " },
    [CLIENT_IPHONE] = { "Mail on an iPhone", "X-Mailer: iPhone Mail (21G93)\r\n", ENCODED_QP, true,
                        "text/plain; charset=utf-8", "Apple-Mail-%08" PRIX64 "-5C1E-4F0A-9D0E-2B7C6A", "Re: " },
    [CLIENT_YAHOO] = { "Yahoo on the web", "X-Mailer: WebService/1.1.22876 YahooMailIosMobile\r\n", ENCODED_QP, true,
                       "text/plain; charset=UTF-8", "----=_Part_%" PRId64 "_1512030011.1730712345678", "Re: " },
    [CLIENT_THUNDERBIRD] = { "Thunderbird", "User-Agent: Mozilla Thunderbird\r\nContent-Language: en-US\r\n",
                             ENCODED_8BIT, false, "text/plain; charset=UTF-8; format=flowed", "------------%012" PRIX64,
                             "Re: " },
};

const char *client_name(enum client client)
{
    return habits[client].name;
}

/* ---- encodings ---- */

static void put_base64(const char *p, size_t n, struct strbuf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        const uint32_t a = (unsigned char)p[i], b = i + 1 < n ? (unsigned char)p[i + 1] : 0,
                       c = i + 2 < n ? (unsigned char)p[i + 2] : 0, bits = a << 16 | b << 8 | c;

        if (i && i % 57 == 0)
            strbuf_str(out, "\r\n");
        strbuf_char(out, digits[bits >> 18]);
        strbuf_char(out, digits[bits >> 12 & 63]);
        strbuf_char(out, i + 1 < n ? digits[bits >> 6 & 63] : '=');
        strbuf_char(out, i + 2 < n ? digits[bits & 63] : '=');
    }
    strbuf_str(out, "\r\n");
}

static void put_lines(const char *text, bool is_qp, struct strbuf *out)
{
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        if (is_qp) {
            encode_qp_line(line, n, out);
            continue;
        }
        strbuf_add(out, line, n);
        strbuf_str(out, "\r\n");
    }
}

static void put_part(const struct habit *h, const char *type, const char *text, struct strbuf *out)
{
    static const char *const names[] = { "8bit", "quoted-printable", "base64" };

    strbuf_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n", type, names[h->encoding]);
    if (h->encoding == ENCODED_BASE64)
        put_base64(text, strlen(text), out);
    else
        put_lines(text, h->encoding == ENCODED_QP, out);
}

/* ---- attachments ---- */

/* A small grey picture whose file name and comment tell more than they should. */
static void put_photo(struct strbuf *out)
{
    static const char jpeg[] = "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xFF\xFE\x00\x2B"
                               "GPS 41.8827 N 87.6233 W Rose Whitfield kitchen";

    strbuf_str(out, "Content-Type: image/jpeg; name=\"Rose_Whitfield_555-0143_kitchen.jpg\"\r\n"
                    "Content-Disposition: attachment; filename=\"Rose_Whitfield_555-0143_kitchen.jpg\"\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n");
    put_base64(jpeg, sizeof jpeg - 1, out);
}

static void put_card(const struct client_mail *mail, struct arena *mem, struct strbuf *out)
{
    const char *const card =
        arena_printf(mem,
                     "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nEMAIL:%s\r\nTEL;TYPE=CELL:(555) 555-0177\r\n"
                     "ADR;TYPE=HOME:;;12 Maple Court;Lakeside;;;\r\nEND:VCARD\r\n",
                     mail->from_name, mail->from_address);

    strbuf_str(out, "Content-Type: text/vcard; charset=UTF-8; name=\"contact.vcf\"\r\n"
                    "Content-Disposition: attachment; filename=\"contact.vcf\"\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n");
    put_base64(card, strlen(card), out);
}

/* ---- header ---- */

static enum rc put_date(const struct client_mail *mail, struct strbuf *out, struct err *err)
{
    struct local_time t;
    int64_t as_utc, offset;

    if (zone_local_from_utc(mail->zone, mail->at_ms, &t, err))
        return err->rc;
    as_utc = clock_days_from_civil(t.year, t.month, t.day) * MS_DAY + t.hour * MS_HOUR + t.minute * MS_MINUTE;
    offset = (as_utc - (mail->at_ms - mail->at_ms % MS_MINUTE)) / MS_MINUTE;
    strbuf_printf(out, "%s, %d %s %d %02d:%02d:%02d %c%02d%02d", days[t.weekday], t.day, months[t.month - 1], t.year,
                  t.hour, t.minute, t.second, offset < 0 ? '-' : '+', (int)(llabs(offset) / 60),
                  (int)(llabs(offset) % 60));
    return RC_OK;
}

static enum rc put_header(const struct client_mail *mail, struct strbuf *out, struct err *err)
{
    const struct habit *const h = &habits[mail->client];
    const struct client_letter *const a = mail->answers;
    const char *const domain = strchr(mail->from_address, '@') + 1;
    CLEANUP(strbuf_done) struct strbuf date = STRBUF(128);
    CLEANUP(strbuf_done) struct strbuf subject = STRBUF(4096);

    if (put_date(mail, &date, err))
        return err->rc;
    strbuf_printf(out, "Authentication-Results: %s; %s\r\n", mail->border, mail->proof);
    strbuf_printf(out,
                  "Received: from out-%" PRId64 ".%s (out-%" PRId64
                  ".%s [192.0.2.%d])\r\n\tby %s (Postfix) with ESMTPS id "
                  "4X%010" PRIX64 "\r\n\tfor <%s>; %s\r\n",
                  mail->serial % 9 + 1, domain, mail->serial % 9 + 1, domain, (int)(mail->serial % 200 + 10),
                  mail->border, mail->serial * 7919, mail->to, strbuf_peek(&date));
    strbuf_printf(out, "From: ");
    encode_phrase(mail->from_name, out);
    strbuf_printf(out, " <%s>\r\nTo: %s\r\nDate: %s\r\n", mail->from_address, mail->to, strbuf_peek(&date));
    strbuf_str(&subject, a && strncasecmp(mail->subject, "re:", 3) ? h->re : "");
    strbuf_str(&subject, mail->subject);
    strbuf_str(out, "Subject: ");
    encode_unstructured(strbuf_peek(&subject), 9, out);
    strbuf_printf(out, "\r\nMessage-ID: <%" PRIX64 ".%" PRId64 "@mail.%s>\r\n",
                  (uint64_t)mail->serial * UINT64_C(0x9E3779B97F4A7C15), mail->serial, domain);
    if (a && *a->message_id)
        strbuf_printf(out, "In-Reply-To: %s\r\nReferences: %s\r\n", a->message_id, a->message_id);
    if (mail->is_robot)
        strbuf_str(out, "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nPrecedence: bulk\r\n");
    strbuf_printf(out, "%sMIME-Version: 1.0\r\n", h->mailer);
    return RC_OK;
}

/* ---- the whole ---- */

static void put_alternative(const struct habit *h, const char *boundary, const struct client_body *body,
                            struct strbuf *out)
{
    if (!h->has_html) {
        put_part(h, h->text_type, body->text, out);
        return;
    }
    strbuf_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
    put_part(h, h->text_type, body->text, out);
    strbuf_printf(out, "--%s\r\n", boundary);
    put_part(h, "text/html; charset=\"UTF-8\"", body->html, out);
    strbuf_printf(out, "--%s--\r\n", boundary);
}

enum rc client_write(const struct client_mail *mail, struct arena *mem, const char **ret_bytes, size_t *ret_n,
                     struct err *err)
{
    const struct habit *const h = &habits[mail->client];
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(CLIENT_MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf inner = STRBUF(64);
    struct client_body body;
    char *bytes;

    if (put_header(mail, &out, err) || client_write_body(mail, mem, &body, err))
        return err->rc;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    strbuf_printf(&inner, h->boundary, mail->serial * 104729);
#pragma GCC diagnostic pop
    if (mail->has_card || mail->has_photo) {
        strbuf_printf(&out, "Content-Type: multipart/mixed; boundary=\"mixed_%s\"\r\n\r\n--mixed_%s\r\n",
                      strbuf_peek(&inner), strbuf_peek(&inner));
        put_alternative(h, strbuf_peek(&inner), &body, &out);
        strbuf_printf(&out, "--mixed_%s\r\n", strbuf_peek(&inner));
        if (mail->has_photo)
            put_photo(&out);
        else
            put_card(mail, mem, &out);
        strbuf_printf(&out, "--mixed_%s--\r\n", strbuf_peek(&inner));
    } else {
        put_alternative(h, strbuf_peek(&inner), &body, &out);
    }
    *ret_n = out.len;
    if (strbuf_take(&out, mem, &bytes, err))
        return err->rc;
    *ret_bytes = bytes;
    return RC_OK;
}
