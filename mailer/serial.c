/*
 * How a message is made. GMime builds the frame: the fields that everybody gets and the MIME structure, with bodies
 * that are already quoted-printable. A body line that holds slots is, in the frame, a line "=_N"; quoted-printable
 * never contains "=_" (RFC 2045 6.7), so neither such a line nor the boundary can occur by chance or by design of an
 * author. The frame is then cut at these lines into the pieces of built.h, and built_load checks the result like any
 * stored one.
 */
#include "mailer/serial.h"

#include "base/slot.h"
#include "base/text.h"
#include "mailer/built.h"
#include "mailer/encode.h"
#include "mailer/field.h"

#include <gmime/gmime.h>
#include <string.h>

#define BOUNDARY "=_postcircle_1"
#define BOUNDARY_RELATED "=_postcircle_2"

static bool has_slot(const char *s, size_t n)
{
    for (const char *p = s; (p = memchr(p, 0xF4, (size_t)(s + n - p))); p++)
        if (slot_at(p, (size_t)(s + n - p)) >= 0)
            return true;
    return false;
}

/* ---- checks of what we are given ---- */

static enum rc check_list(const struct serial_message *m, struct err *err)
{
    char probe[256];
    enum rc rc = RC_OK;

    if (m->list_id && (strlen(m->list_id) > 250 || snprintf(probe, sizeof probe, "x@%s", m->list_id) < 0 ||
                       !encode_is_address(probe)))
        return err_set(err, RC_INPUT, "list_id is not label.domain");
    if (m->list_post && strcmp(m->list_post, "NO") != 0)
        rc = field_check_url("list_post", m->list_post, err);
    if (!rc)
        rc = field_check_url("list_help", m->list_help, err);
    return rc ? rc : field_check_url("list_owner", m->list_owner, err);
}

static bool is_cid(const char *s)
{
    static const char inner[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.@";
    const size_t n = s ? strlen(s) : 0;

    return n && n <= 100 && strspn(s, inner) == n && !strchr("-.@", s[0]) && !strchr("-.@", s[n - 1]);
}

static enum rc check_images(const struct serial_message *m, struct err *err)
{
    if (m->image_count && !m->html)
        return err_set(err, RC_INPUT, "images stand in HTML only");
    if (m->image_count > SERIAL_IMAGES_MAX)
        return err_set(err, RC_LIMIT, "over %d images", SERIAL_IMAGES_MAX);
    for (size_t i = 0; i < m->image_count; i++) {
        const struct serial_image *image = &m->images[i];

        if (!is_cid(image->cid) || !image->n || memcmp(image->jpeg, "\xFF\xD8\xFF", image->n < 3 ? image->n : 3) != 0)
            return err_set(err, RC_INPUT, "image %zu has no id, or is no JPEG", i);
        if (image->n > SERIAL_IMAGE_MAX)
            return err_set(err, RC_LIMIT, "image %zu is over %zu bytes", i, SERIAL_IMAGE_MAX);
    }
    return RC_OK;
}

static enum rc check_calendar(const struct serial_message *m, struct err *err)
{
    const struct serial_calendar *c = m->calendar;

    if (!c)
        return RC_OK;
    if (!m->html || !c->method || !*c->method || strspn(c->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(c->method))
        return err_set(err, RC_INPUT, "a calendar object needs html beside it and its method");
    if (c->n < 2 || memcmp(c->text + c->n - 2, "\r\n", 2) != 0 || strlen(c->text) != c->n)
        return err_set(err, RC_INPUT, "a calendar object ends with CRLF");
    return text_is_utf8(c->text, c->n) ? RC_OK : err_set(err, RC_INPUT, "a calendar object is UTF-8");
}

static enum rc check_message(const struct serial_message *m, struct err *err)
{
    enum rc rc = field_check_text("from_name", m->from_name, SERIAL_NAME_MAX, err);

    if (!rc)
        rc = field_check_address("from_address", m->from_address, err);
    if (!rc && m->reply_name)
        rc = field_check_text("reply_name", m->reply_name, SERIAL_NAME_MAX, err);
    if (!rc)
        rc = field_check_text("subject", m->subject, SERIAL_SUBJECT_MAX, err);
    if (!rc)
        rc = field_check_text("text", m->text, SERIAL_BUILT_MAX, err);
    if (!rc && m->html)
        rc = field_check_text("html", m->html, SERIAL_BUILT_MAX, err);
    if (!rc)
        rc = check_images(m, err);
    if (!rc)
        rc = check_calendar(m, err);
    return rc ? rc : check_list(m, err);
}

/* ---- build ---- */

struct waiting {
    struct built_piece piece;
    struct waiting *next;
};

struct build {
    const struct serial_message *m;
    struct arena *mem;
    struct strbuf line, work;        /* scratch */
    struct strbuf parts[3];          /* encoded bodies: text, HTML, calendar */
    struct waiting *waiting, **tail; /* the lines that hold slots, in order */
    struct strbuf out;               /* the stored form */
    size_t piece_count;
};

static void build_done(struct build *b)
{
    struct strbuf *const all[] = { &b->line, &b->work, &b->parts[0], &b->parts[1], &b->parts[2], &b->out };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        strbuf_done(all[i]);
}

static void add_piece(struct build *b, enum built_kind kind, const void *p, size_t n)
{
    if (!n && kind != BUILT_PERSON)
        return;
    built_add(&b->out, kind, p, n);
    b->piece_count++;
}

/* Text with its slot marks kept and all else cleaned; header text is put on one line as well. */
static void clean_around_slots(struct build *b, const char *p, size_t n)
{
    const char *end = p + n, *from = p;

    strbuf_clear(&b->line);
    for (; p <= end; p++) {
        if (p < end && slot_at(p, (size_t)(end - p)) < 0)
            continue;
        strbuf_clear(&b->work);
        strbuf_add(&b->work, from, (size_t)(p - from));
        encode_value(ENCODE_PLAIN, strbuf_peek(&b->work), &b->line);
        if (p == end)
            break;
        strbuf_add(&b->line, p, SLOT_UTF8_SIZE - 1);
        from = p + SLOT_UTF8_SIZE - 1;
        p = from - 1;
    }
}

/* Puts b->line into the list. */
static void add_waiting(struct build *b, enum built_kind kind)
{
    struct waiting *w = ARENA_NEW(b->mem, struct waiting);

    w->piece = (struct built_piece){ .kind = kind, .n = b->line.len };
    w->piece.p = arena_strndup(b->mem, strbuf_peek(&b->line), b->line.len);
    *b->tail = w;
    b->tail = &w->next;
}

/* One body as quoted-printable, with a line "=_" for each line that waits for values. */
static void encode_body(struct build *b, const char *s, enum built_kind kind, struct strbuf *out)
{
    const char *line;
    size_t n;

    while (text_next_line(&s, &line, &n)) {
        if (n && line[n - 1] == '\r')
            n--;
        clean_around_slots(b, line, n);
        if (!has_slot(line, n)) {
            encode_qp_line(strbuf_peek(&b->line), b->line.len, out);
            continue;
        }
        add_waiting(b, kind);
        strbuf_str(out, "=_\r\n");
    }
}

static GMimeObject *new_part(const char *subtype, const struct strbuf *body)
{
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(strbuf_peek(body), body->len);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);

    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_mime_part_set_content(part, content);
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

/* The lines of the object are short and have CRLF already. */
static void encode_calendar(const struct serial_calendar *c, struct strbuf *out)
{
    const char *rest = c->text, *line;
    size_t n;

    if (c->is_ascii) {
        strbuf_add(out, c->text, c->n);
        return;
    }
    while (*rest && text_next_line(&rest, &line, &n))
        encode_qp_line(line, n && line[n - 1] == '\r' ? n - 1 : n, out);
}

static GMimeObject *new_calendar(const struct build *b)
{
    const struct serial_calendar *c = b->m->calendar;
    const GMimeContentEncoding encoding =
        c->is_ascii ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    GMimePart *part = g_mime_part_new_with_type("text", "calendar");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(strbuf_peek(&b->parts[2]), b->parts[2].len);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, encoding);

    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "method", c->method);
    g_mime_part_set_content_encoding(part, encoding);
    g_mime_part_set_content(part, content);
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

static void add_image(GMimeMultipart *related, const struct serial_image *image)
{
    GMimePart *part = g_mime_part_new_with_type("image", "jpeg");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(image->jpeg, image->n);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_part_set_content(part, content);
    g_mime_object_set_disposition(GMIME_OBJECT(part), "inline");
    g_mime_object_set_content_id(GMIME_OBJECT(part), image->cid);
    g_mime_multipart_add(related, GMIME_OBJECT(part));
    g_object_unref(content);
    g_object_unref(stream);
    g_object_unref(part);
}

static GMimeObject *new_html(const struct build *b)
{
    GMimeObject *html = new_part("html", &b->parts[1]);
    GMimeMultipart *related;

    if (!b->m->image_count)
        return html;
    related = g_mime_multipart_new_with_subtype("related");
    g_mime_multipart_set_boundary(related, BOUNDARY_RELATED);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(related), "type", "text/html");
    g_mime_multipart_add(related, html);
    g_object_unref(html);
    for (size_t i = 0; i < b->m->image_count; i++)
        add_image(related, &b->m->images[i]);
    return GMIME_OBJECT(related);
}

static GMimeObject *new_body(const struct build *b)
{
    GMimeObject *text = new_part("plain", &b->parts[0]), *html;
    GMimeMultipart *both;

    if (!b->m->html)
        return text;
    html = new_html(b);
    both = g_mime_multipart_new_with_subtype("alternative");
    g_mime_multipart_set_boundary(both, BOUNDARY);
    g_mime_multipart_add(both, text);
    g_mime_multipart_add(both, html);
    if (b->m->calendar) {
        GMimeObject *calendar = new_calendar(b);

        g_mime_multipart_add(both, calendar);
        g_object_unref(calendar);
    }
    g_object_unref(text);
    g_object_unref(html);
    return GMIME_OBJECT(both);
}

static void set_field(GMimeMessage *message, const char *name, const char *value)
{
    if (value)
        g_mime_object_set_header(GMIME_OBJECT(message), name, value, NULL);
}

static void set_url_field(GMimeMessage *message, const char *name, const char *url)
{
    char *text = url ? g_strdup_printf("<%s>", url) : NULL;

    set_field(message, name, text);
    g_free(text);
}

/* Everything that GMime writes, in wire form. */
static void write_frame(const struct build *b, struct strbuf *out)
{
    static const char *const automatic[] = { NULL, "auto-generated", "auto-replied" };
    const bool is_post_closed = b->m->list_post && !strcmp(b->m->list_post, "NO");
    GMimeMessage *message = g_mime_message_new(FALSE);
    GMimeObject *body = new_body(b);
    GMimeFormatOptions *options = g_mime_format_options_new();
    char *bytes;

    set_url_field(message, "List-Id", b->m->list_id);
    if (is_post_closed)
        set_field(message, "List-Post", "NO");
    else
        set_url_field(message, "List-Post", b->m->list_post);
    set_url_field(message, "List-Help", b->m->list_help);
    set_url_field(message, "List-Owner", b->m->list_owner);
    set_field(message, "Auto-Submitted", automatic[b->m->automatic]);
    set_field(message, "X-Auto-Response-Suppress", automatic[b->m->automatic] ? "All" : NULL);
    g_mime_message_set_mime_part(message, body);
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    bytes = g_mime_object_to_string(GMIME_OBJECT(message), options);
    strbuf_str(out, bytes);
    explicit_bzero(bytes, strlen(bytes));
    g_free(bytes);
    g_mime_format_options_free(options);
    g_object_unref(body);
    g_object_unref(message);
}

/* Cuts the frame at the waiting lines and puts their pieces between. */
static void add_frame(struct build *b, const struct strbuf *frame)
{
    const char *p = strbuf_peek(frame), *look = p;

    for (const struct waiting *w = b->waiting; w; w = w->next) {
        const char *hit = strstr(look, "\r\n=_\r\n") + 2;

        add_piece(b, BUILT_LITERAL, p, (size_t)(hit - p));
        add_piece(b, w->piece.kind, w->piece.p, w->piece.n);
        p = hit + strlen("=_\r\n");
        look = p - strlen("\r\n");
    }
    add_piece(b, BUILT_LITERAL, p, strlen(p));
}

static void add_from(struct build *b, struct strbuf *frame)
{
    const struct serial_message *m = b->m;

    if (!has_slot(m->from_name, strlen(m->from_name))) {
        strbuf_clear(&b->line);
        encode_header_line(m->from_name, &b->line);
        field_write_mailbox("From: ", strbuf_peek(&b->line), m->from_address, frame);
        return;
    }
    clean_around_slots(b, m->from_name, strlen(m->from_name));
    strbuf_clear(&b->work);
    strbuf_printf(&b->work, "%s\n%s", m->from_address, strbuf_peek(&b->line));
    add_piece(b, BUILT_FROM, strbuf_peek(&b->work), b->work.len);
}

static void add_subject(struct build *b, struct strbuf *frame)
{
    const char *subject = b->m->subject;

    if (!has_slot(subject, strlen(subject))) {
        strbuf_clear(&b->line);
        encode_header_line(subject, &b->line);
        field_write_subject(strbuf_peek(&b->line), frame);
        return;
    }
    clean_around_slots(b, subject, strlen(subject));
    add_piece(b, BUILT_SUBJECT, strbuf_peek(&b->line), b->line.len);
}

static void build_form(struct build *b, struct strbuf *frame)
{
    const struct serial_message *m = b->m;

    built_begin(&b->out);
    encode_header_line(m->reply_name ? m->reply_name : "", &b->line);
    add_piece(b, BUILT_PERSON, strbuf_peek(&b->line), b->line.len);
    add_from(b, frame);
    add_subject(b, frame);
    encode_body(b, m->text, BUILT_TEXT_LINE, &b->parts[0]);
    if (m->html)
        encode_body(b, m->html, BUILT_HTML_LINE, &b->parts[1]);
    if (m->calendar)
        encode_calendar(m->calendar, &b->parts[2]);
    write_frame(b, frame);
    add_frame(b, frame);
    built_end(&b->out, b->piece_count);
}

enum rc serial_build(const struct serial_message *message, struct arena *mem, const struct serial_built **ret_built,
                     struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf frame = STRBUF(2 * SERIAL_BUILT_MAX);
    CLEANUP(build_done)
    struct build b = {
        .m = message,
        .mem = mem,
        .line = STRBUF(SERIAL_BUILT_MAX),
        .work = STRBUF(SERIAL_BUILT_MAX),
        .parts = { STRBUF(SERIAL_BUILT_MAX), STRBUF(SERIAL_BUILT_MAX), STRBUF(SERIAL_BUILT_MAX) },
        .out = STRBUF(SERIAL_BUILT_MAX),
    };
    enum rc rc = check_message(message, err);

    if (rc)
        return rc;
    g_mime_init(); /* counts its calls */
    b.tail = &b.waiting;
    build_form(&b, &frame);
    if (b.parts[0].over || b.parts[1].over || b.parts[2].over || b.out.over || b.piece_count > SERIAL_PIECES_MAX)
        return err_set(err, RC_LIMIT, "message is over %zu bytes or %d pieces", SERIAL_BUILT_MAX, SERIAL_PIECES_MAX);
    rc = built_load(strbuf_peek(&b.out), b.out.len, mem, ret_built, err);
    return rc ? err_set(err, RC_BUG, "what was just built does not pass the check of what is stored") : RC_OK;
}

const void *serial_save(const struct serial_built *built, size_t *ret_n)
{
    *ret_n = built->n;
    return built->bytes;
}

enum rc serial_load(const void *bytes, size_t n, struct arena *mem, const struct serial_built **ret_built,
                    struct err *err)
{
    return built_load(bytes, n, mem, ret_built, err);
}

size_t serial_slots(const struct serial_built *built)
{
    return built->slots;
}
