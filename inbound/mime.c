#include "inbound/mime.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/charset.h"
#include "inbound/cms.h"
#include "inbound/encoded_word.h"
#include "inbound/mime_mend.h"
#include "inbound/uuencode.h"

#include <gmime/gmime.h>
#include <stdlib.h>

#define ESC '\x1B'
#define DECODE_CHUNK 4096

struct walk {
    struct arena *mem;
    struct err *err;
    struct mime_part *parts;
    struct mime *mime;
    size_t count, cap, kept; /* kept: bytes of parts */
    int objects, alternatives;
    int64_t wanted; /* number of the part that is kept whatever it is; -1 none */
};

struct place {
    int depth, alternative;
    bool is_choice, is_in_message;
};

static void object_unref(GObject **object)
{
    if (*object)
        g_object_unref(*object);
    *object = NULL;
}

static char *lower(struct arena *mem, const char *s)
{
    char *copy = text_clean_line(mem, s, strlen(s));

    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 32);
    return copy;
}

static char *upper(struct arena *mem, const char *s)
{
    char *copy = text_clean_line(mem, s, strlen(s));

    for (char *p = copy; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 32);
    return copy;
}

static char *type_name(struct arena *mem, GMimeContentType *ct)
{
    const char *type = ct ? g_mime_content_type_get_media_type(ct) : NULL,
               *sub = ct ? g_mime_content_type_get_media_subtype(ct) : NULL;

    return lower(mem, arena_printf(mem, "%s/%s", type ? type : "text", sub ? sub : "plain"));
}

static const char *parameter(GMimeContentType *ct, const char *name)
{
    const char *v = ct ? g_mime_content_type_get_parameter(ct, name) : NULL;

    return v ? v : "";
}

/* Fields are unfolded, made UTF-8 and decoded by us: GMime drops bytes of a wrongly labelled charset, and behind the lockdown it has none. */
static struct mime_field read_field(struct arena *mem, GMimeHeader *h, const char *charset)
{
    const char *raw = g_mime_header_get_raw_value(h), *name = g_mime_header_get_name(h);
    struct mime_field f = { .name = text_clean_line(mem, name, strlen(name)) };
    bool is_guessed;

    raw = raw ? raw : "";
    if (!text_is_utf8(raw, strlen(raw)) || strchr(raw, ESC)) /* ESC: Japanese by its escapes alone */
        raw = charset_to_utf8(mem, text_is_utf8(raw, strlen(raw)) ? "utf-8" : charset, raw, strlen(raw), &is_guessed);
    f.raw = text_clean_line(mem, raw, strlen(raw));
    f.value = strstr(f.raw, "=?") ? encoded_word_decode(f.raw, mem) : f.raw;
    return f;
}

/* charset: what 8-bit fields are in that are no UTF-8. */
static void read_fields(struct arena *mem, GMimeObject *object, const char *charset,
                        const struct mime_field **ret_fields, size_t *ret_count)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    const int n = g_mime_header_list_get_count(list);
    struct mime_field *fields = ARENA_ARRAY(mem, (size_t)n, struct mime_field);

    for (int i = 0; i < n; i++)
        fields[i] = read_field(mem, g_mime_header_list_get_header_at(list, i), charset);
    *ret_fields = fields;
    *ret_count = (size_t)n;
}

/* One of the two: base64, or GMime's filter for any other encoding; neither for what is not encoded. */
struct decoder {
    bool is_base64;
    gint state; /* of base64: how many letters of four were read, below 0 when the last one was padding */
    guint save;
    GMimeFilter *filter;
    char plain[DECODE_CHUNK];
};

static size_t step(struct decoder *d, char *chunk, size_t n, char **ret_bytes)
{
    size_t k = n, prespace;

    *ret_bytes = chunk;
    if (d->is_base64) {
        *ret_bytes = d->plain;
        return g_base64_decode_step(chunk, n, (guchar *)d->plain, &d->state, &d->save);
    }
    if (d->filter)
        g_mime_filter_filter(d->filter, chunk, n, 0, ret_bytes, &k, &prespace);
    return k;
}

/* What the decoder still holds. A single letter of four is no byte. */
static size_t finish(struct decoder *d, char *chunk, char **ret_bytes)
{
    size_t k = 0, prespace;

    *ret_bytes = d->plain;
    if (d->is_base64)
        return abs(d->state) < 2
                   ? 0
                   : g_base64_decode_step("==", (gsize)(4 - abs(d->state)), (guchar *)d->plain, &d->state, &d->save);
    if (d->filter)
        g_mime_filter_complete(d->filter, chunk, 0, 0, ret_bytes, &k, &prespace);
    return k;
}

/* Takes the transfer encoding off; out has room for all, or is NULL to count alone. Nothing is lost: base64 goes on behind padding in its middle (what adds
 * a footer writes a second piece), ends well without padding, and steps over what is no base64. GMime's own ends at the first padding. */
static size_t decode(GMimeDataWrapper *content, char *out)
{
    const GMimeContentEncoding encoding = g_mime_data_wrapper_get_encoding(content);
    const bool is_coded =
        encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE || encoding == GMIME_CONTENT_ENCODING_UUENCODE;
    CLEANUP(object_unref) GObject *filter = is_coded ? (GObject *)g_mime_filter_basic_new(encoding, FALSE) : NULL;
    struct decoder d = { .is_base64 = encoding == GMIME_CONTENT_ENCODING_BASE64, .filter = (GMimeFilter *)filter };
    GMimeStream *stream = g_mime_data_wrapper_get_stream(content);
    char chunk[DECODE_CHUNK], *bytes;
    size_t total = 0, k;
    ssize_t n;

    g_mime_stream_reset(stream);
    do {
        n = g_mime_stream_read(stream, chunk, sizeof chunk);
        k = n > 0 ? step(&d, chunk, (size_t)n, &bytes) : finish(&d, chunk, &bytes);
        if (out)
            memcpy(out + total, bytes, k);
        total += k;
    } while (n > 0);
    return total;
}

static bool is_cms(const struct mime_part *p)
{
    return text_equals(p->type, "application/pkcs7-mime") || text_equals(p->type, "application/x-pkcs7-mime");
}

static bool is_kept(const struct walk *w, const struct mime_part *p)
{
    if (p->number == w->wanted)
        return true;
    return p->n <= MIME_KEEP_MAX_BYTES && w->kept + p->n <= MIME_KEEP_ALL_BYTES &&
           (text_starts(p->type, "text/") || text_starts(p->type, "message/") || is_cms(p) ||
            text_equals(p->type, "application/ics"));
}

static struct mime_part *add_part(struct walk *w, struct place at)
{
    struct mime_part *p;

    if (w->count == w->cap) {
        const size_t cap = w->cap ? 2 * w->cap : 8;
        struct mime_part *more = ARENA_ARRAY(w->mem, cap, struct mime_part);

        if (w->count)
            memcpy(more, w->parts, w->count * sizeof *more);
        w->parts = more;
        w->cap = cap;
    }
    p = &w->parts[w->count];
    *p = (struct mime_part){
        .type = "text/plain",
        .charset = "",
        .method = "",
        .number = (int)w->count++,
        .alternative = at.alternative,
        .is_choice = at.is_choice,
        .is_in_message = at.is_in_message,
    };
    return p;
}

/* RFC 2045 5.2: a type that cannot be read is plain text. GMime says application/octet-stream. */
static bool is_nonsense_type(GMimePart *part, const char *type)
{
    const char *raw = text_equals(type, "application/octet-stream")
                          ? g_mime_object_get_header(GMIME_OBJECT(part), "Content-Type")
                          : NULL;

    return raw && !memchr(raw, '/', strcspn(raw, ";"));
}

static enum rc walk_object(struct walk *w, GMimeObject *object, struct place at);
static enum rc walk_bytes(struct walk *w, const char *entity, size_t n, struct place at);

/* S/MIME with the letter inside its signature: that is the letter. */
static enum rc open_cms(struct walk *w, const struct mime_part *p, struct place at)
{
    const struct cms cms = cms_open(p->bytes, p->n);

    w->mime->is_encrypted |= cms.kind == CMS_ENCRYPTED;
    w->mime->is_signed |= cms.kind == CMS_SIGNED;
    if (cms.kind != CMS_SIGNED || !cms.piece_count)
        return RC_OK;
    at.depth++;
    return walk_bytes(w, cms_join(&cms, w->mem), cms.n, at);
}

/* What stands in a fragment was never seen by the program that cut the letter: the first one begins with the letter's own fields. */
static enum rc open_fragment(struct walk *w, GMimeContentType *ct, const struct mime_part *p, struct place at)
{
    struct mime_part *text;

    w->mime->is_fragment = true;
    at.depth++;
    if (text_equals(parameter(ct, "number"), "1"))
        return walk_bytes(w, p->bytes, p->n, at);
    text = add_part(w, at);
    text->bytes = p->bytes;
    text->n = p->n;
    return RC_OK;
}

/* "quoted-printable" in quotes or with a comment behind it is no token, and means what it says. */
static void mend_encoding(struct arena *mem, GMimePart *part, GMimeDataWrapper *content)
{
    GMimeContentEncoding encoding;
    const char *raw;

    if (!content || g_mime_data_wrapper_get_encoding(content) != GMIME_CONTENT_ENCODING_DEFAULT)
        return;
    raw = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");
    if (!raw)
        return;
    raw += strspn(raw, " \t\"'");
    encoding = g_mime_content_encoding_from_string(arena_strndup(mem, raw, strcspn(raw, " \t\"';(")));
    g_mime_data_wrapper_set_encoding(content, encoding);
}

static enum rc add_leaf(struct walk *w, GMimePart *part, struct place at)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    const char *disposition = g_mime_object_get_disposition(GMIME_OBJECT(part));
    struct mime_part *p = add_part(w, at);
    const char *charset = parameter(ct, "charset"), *name = g_mime_part_get_filename(part);
    char *bytes = NULL;

    p->type = type_name(w->mem, ct);
    if (is_nonsense_type(part, p->type))
        p->type = "text/plain";
    p->charset = text_clean_line(w->mem, charset, strlen(charset));
    p->method = upper(w->mem, parameter(ct, "method"));
    p->is_flowed = text_equals(parameter(ct, "format"), "flowed");
    p->is_delsp = text_equals(parameter(ct, "delsp"), "yes");
    if (name)
        p->name = text_clean_line(w->mem, name, strlen(name));
    p->is_attached =
        (disposition && text_equals(disposition, "attachment")) || (name && !text_starts(p->type, "text/"));
    mend_encoding(w->mem, part, content);
    p->n = content ? decode(content, NULL) : 0;
    if (!is_kept(w, p))
        return RC_OK;
    if (content)
        decode(content, bytes = arena_alloc(w->mem, p->n + 1));
    p->bytes = content ? bytes : ""; /* no blank line behind its fields: nothing */
    w->kept += p->n;
    p->type = mime_mend_type(p->type, p->bytes, p->n);
    if (is_cms(p) && !at.is_in_message)
        return open_cms(w, &(struct mime_part){ .bytes = p->bytes, .n = p->n }, at);
    if (text_equals(p->type, "message/partial") && !at.is_in_message)
        return open_fragment(w, ct, &(struct mime_part){ .bytes = p->bytes, .n = p->n }, at);
    return RC_OK;
}

static enum rc walk_multipart(struct walk *w, GMimeMultipart *multi, struct place at)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(multi));
    const int n = g_mime_multipart_get_count(multi);
    enum rc rc = RC_OK;

    at.depth++;
    at.is_choice = ct && g_mime_content_type_is_type(ct, "multipart", "alternative");
    if (at.is_choice)
        at.alternative = ++w->alternatives;
    if (ct && g_mime_content_type_is_type(ct, "multipart", "encrypted") && !at.is_in_message) {
        w->mime->is_encrypted = true;
        return RC_OK;
    }
    w->mime->is_signed |= ct && g_mime_content_type_is_type(ct, "multipart", "signed") && !at.is_in_message;
    for (int i = 0; i < n && !rc; i++)
        rc = walk_object(w, g_mime_multipart_get_part(multi, i), at);
    return rc;
}

static enum rc walk_message(struct walk *w, GMimeMessagePart *holder, struct place at)
{
    GMimeMessage *message = g_mime_message_part_get_message(holder);
    struct mime_part *p = add_part(w, at);

    p->type = "message/rfc822";
    p->is_attached = true;
    if (!message)
        return RC_OK;
    if (!w->mime->nested_fields)
        read_fields(w->mem, GMIME_OBJECT(message), "", &w->mime->nested_fields, &w->mime->nested_field_count);
    at.depth++;
    at.is_in_message = true;
    return walk_object(w, g_mime_message_get_mime_part(message), at);
}

static enum rc walk_object(struct walk *w, GMimeObject *object, struct place at)
{
    if (!object)
        return RC_OK;
    if (at.depth > LETTER_NESTING_MAX)
        return err_set(w->err, RC_LIMIT, "nesting: over %d", LETTER_NESTING_MAX);
    if (++w->objects > LETTER_PARTS_MAX)
        return err_set(w->err, RC_LIMIT, "parts: over %d", LETTER_PARTS_MAX);
    if (GMIME_IS_MULTIPART(object))
        return walk_multipart(w, GMIME_MULTIPART(object), at);
    if (GMIME_IS_MESSAGE_PART(object))
        return walk_message(w, GMIME_MESSAGE_PART(object), at);
    return GMIME_IS_PART(object) ? add_leaf(w, GMIME_PART(object), at) : RC_OK;
}

/* Bytes in the caller's hand, not copied: they outlive the stream. */
static GObject *stream_of(const char *bytes, size_t n, GByteArray **ret_array)
{
    GMimeStream *stream;

    *ret_array = g_byte_array_new_take((guint8 *)(uintptr_t)bytes, n);
    stream = g_mime_stream_mem_new_with_byte_array(*ret_array);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    return G_OBJECT(stream);
}

static void array_forget(GByteArray **array)
{
    if (*array)
        g_byte_array_steal(*array, NULL);
    if (*array)
        g_byte_array_unref(*array);
    *array = NULL;
}

/* An entity of its own: header and body. */
static enum rc walk_bytes(struct walk *w, const char *entity, size_t n, struct place at)
{
    CLEANUP(array_forget) GByteArray *array = NULL;
    CLEANUP(object_unref) GObject *stream = stream_of(entity, n, &array), *parser = NULL, *part = NULL;

    parser = G_OBJECT(g_mime_parser_new_with_stream(GMIME_STREAM(stream)));
    part = (GObject *)g_mime_parser_construct_part(GMIME_PARSER(parser), NULL);
    return part ? walk_object(w, GMIME_OBJECT(part), at) : RC_OK;
}

/* The length of the header with its empty line; n when there is no end. */
static size_t header_length(const char *raw, size_t n)
{
    const char *const end = raw + n;

    for (const char *p = raw; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        if (end - p > 1 && p[1] == '\n')
            return (size_t)(p - raw) + 2;
        if (end - p > 2 && p[1] == '\r' && p[2] == '\n')
            return (size_t)(p - raw) + 3;
    }
    return n;
}

static bool is_field(const char *raw, size_t n)
{
    size_t i = 0;

    while (i < n && raw[i] > ' ' && raw[i] < '\x7f' && raw[i] != ':')
        i++;
    return i && i < n && raw[i] == ':';
}

/* The fields at the start alone: up to the first line that is none and goes on none, where a text begins that lacks an empty line before it. */
static size_t fields_length(const char *raw, size_t n)
{
    const char *const end = raw + n, *p = raw, *lf;

    while (p < end && (*p == ' ' || *p == '\t' || is_field(p, (size_t)(end - p)))) {
        lf = memchr(p, '\n', (size_t)(end - p));
        p = lf ? lf + 1 : end;
    }
    return (size_t)(p - raw);
}

/* Of too long a header the first lines, which tell that it is one: GMime takes hundreds of bytes for each field, and much time. */
static size_t start_length(const char *raw, size_t n)
{
    const size_t max = n < LETTER_HEADER_MAX_BYTES ? n : LETTER_HEADER_MAX_BYTES;
    const char *lf = memrchr(raw, '\n', max);

    return lf ? (size_t)(lf - raw) + 1 : max;
}

/* Mail without a header line, or whose boundary never comes: GMime gives nothing, so the bytes themselves are the text. */
static void add_raw_text(struct walk *w, const char *raw, size_t n)
{
    struct mime_part *p = add_part(w, (struct place){ 0 });

    p->n = n;
    if (n <= MIME_KEEP_MAX_BYTES)
        p->bytes = arena_strndup(w->mem, raw, n);
}

/* A multipart of which nothing came: its lines may tell another boundary than its header does. */
static enum rc mend_multipart(struct walk *w, GMimeContentType *ct, const char *body, size_t n)
{
    size_t entity_n;
    const char *entity = mime_mend_boundary(body, n, w->mem, &entity_n);
    enum rc rc = RC_OK;

    w->mime->is_broken_multipart = true;
    if (entity)
        rc = walk_bytes(w, entity, entity_n, (struct place){ .depth = 1 });
    if (!rc && w->count == 0 && n <= MIME_KEEP_MAX_BYTES) {
        body = mime_mend_delimiters(body, n, parameter(ct, "boundary"), w->mem, &n);
        add_raw_text(w, body, n);
    }
    return rc;
}

static const char *charset_of_text(const struct walk *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (*w->parts[i].charset)
            return w->parts[i].charset;
    return "";
}

static const char *charset_of_header(const struct mime *mime, struct arena *mem)
{
    const char *charset = "";

    for (size_t i = 0; i < mime->field_count && !*charset; i++)
        charset = encoded_word_charset(mime->fields[i].raw, mem);
    return charset;
}

/* Files within the text: out of it, and behind the other parts. */
static void take_out_files(struct walk *w)
{
    const size_t count = w->count;

    for (size_t i = 0; i < count; i++) {
        struct uuencode_files files;
        struct mime_part *p = &w->parts[i];

        if (!text_equals(p->type, "text/plain") || p->is_attached || p->is_in_message || !p->bytes)
            continue;
        files = uuencode_take_out(p->bytes, p->n, w->mem);
        if (!files.count)
            continue;
        p->bytes = files.rest;
        p->n = files.rest_n;
        for (size_t k = 0; k < files.count && w->objects++ < LETTER_PARTS_MAX; k++) {
            struct mime_part *file = add_part(w, (struct place){ 0 });

            file->type = files.v[k].type;
            file->n = files.v[k].n;
            file->is_attached = true;
        }
    }
}

static enum rc read_message(struct walk *w, GMimeObject *top, const char *raw, size_t n)
{
    GMimeContentType *ct = g_mime_object_get_content_type(top);
    const size_t head = header_length(raw, n);

    w->mime->top_type = type_name(w->mem, ct);
    w->mime->report_type = lower(w->mem, parameter(ct, "report-type"));
    if (walk_object(w, top, (struct place){ 0 }))
        return w->err->rc;
    if (GMIME_IS_MULTIPART(top) && w->count == 0 && !w->mime->is_encrypted && head < n &&
        mend_multipart(w, ct, raw + head, n - head))
        return w->err->rc;
    read_fields(w->mem, top, charset_of_text(w), &w->mime->fields, &w->mime->field_count);
    w->mime->header_charset = charset_of_header(w->mime, w->mem);
    take_out_files(w);
    return RC_OK;
}

/* The bytes of the lines that mailbox files set above a letter, as some servers leave them standing. */
static size_t mailbox_lines(const char *raw, size_t n)
{
    const char *const end = raw + n, *p = raw;

    for (;;) {
        const char *from = p < end && *p == '>' ? p + 1 : p;

        if (end - from < 5 || memcmp(from, "From ", 5) != 0)
            return (size_t)(p - raw);
        p = memchr(from, '\n', (size_t)(end - from));
        p = p ? p + 1 : end;
    }
}

enum rc mime_read(const char *raw, size_t n, struct arena *mem, struct mime *ret_mime, struct err *err)
{
    return mime_read_for(raw, n, -1, mem, ret_mime, err);
}

enum rc mime_read_for(const char *raw, size_t n, int64_t number, struct arena *mem, struct mime *ret_mime,
                      struct err *err)
{
    CLEANUP(array_forget) GByteArray *array = NULL;
    CLEANUP(object_unref) GObject *stream = NULL, *parser = NULL, *top = NULL;
    struct mime mime = { .top_type = "text/plain", .report_type = "", .header_charset = "" };
    struct walk w = { .mem = mem, .err = err, .mime = &mime, .wanted = number };
    size_t skipped;
    bool is_over;

    if (n > LETTER_MAX_BYTES)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    raw = mime_mend_lines(raw, &n, mem);
    skipped = mailbox_lines(raw, n);
    is_over = fields_length(raw + skipped, n - skipped) > LETTER_HEADER_MAX_BYTES;
    stream = stream_of(raw + skipped, is_over ? start_length(raw + skipped, n - skipped) : n - skipped, &array);
    parser = G_OBJECT(g_mime_parser_new_with_stream(GMIME_STREAM(stream)));
    /* As a part, whose fields stay as they are written: as a message GMime would read every address in them, and so do we. */
    top = (GObject *)g_mime_parser_construct_part(GMIME_PARSER(parser), NULL);
    if (top && (is_over || header_length(raw, n) > LETTER_HEADER_MAX_BYTES))
        return err_set(err, RC_LIMIT, "header_bytes: over %zu", LETTER_HEADER_MAX_BYTES);
    if (top) {
        if (read_message(&w, GMIME_OBJECT(top), raw, n))
            return err->rc;
    } else if (skipped < n || !n) {
        mime.has_no_header = true;
        add_raw_text(&w, raw, n);
    }
    mime.parts = w.parts;
    mime.part_count = w.count;
    *ret_mime = mime;
    return RC_OK;
}

void mime_setup_bare(void)
{
    g_mime_init();
}

void mime_setup(void)
{
    static const char sample[] =
        "Return-Path: <a@example.org>\nDate: Sun, 22 Nov 2026 02:00:00 +0100 (CET)\n"
        "From: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= <a@example.org>, Group: b@xn--bcher-kva.example;\n"
        "Subject: =?iso-8859-1?Q?caf=E9?= =?windows-1252?Q?=93?= =?utf-8?B?w6k=?=\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\nx=C3=A9\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\nz\n"
        "--b\nContent-Type: image/png; name*=utf-8''%C3%A9.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("mime_setup");
    struct mime mime;
    struct err err;

    g_mime_init();
    rc_ignore(mime_read(sample, sizeof sample - 1, mem, &mime, &err), "only to load what GMime loads lazily");
    mime_date_ms("Sun, 22 Nov 2026 02:00:00 +0100");
}

static void each_address(InternetAddressList *list, int depth, const struct encoded_word_kept *words, struct arena *mem,
                         void (*fn)(void *, const char *, const char *), void *ctx)
{
    const int n = internet_address_list_length(list);

    for (int i = 0; i < n; i++) {
        InternetAddress *a = internet_address_list_get_address(list, i);
        const char *name = internet_address_get_name(a), *addr;

        if (INTERNET_ADDRESS_IS_GROUP(a) && depth < 2) {
            each_address(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(a)), depth + 1, words, mem, fn, ctx);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(a)) {
            addr = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a));
            if (addr)
                fn(ctx, encoded_word_show(name ? name : "", words, mem), text_clean_line(mem, addr, strlen(addr)));
        }
    }
}

/* The bytes of "rosa.vega+x@mail.example.org" at s, which need no parser; 0 when there is no such address. */
static size_t bare_address_length(const char *s)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    const char *p = s;
    bool has_at = false;

    for (;;) {
        const size_t n = strspn(p, word);

        p += n;
        if (!n || (*p != '.' && *p != '@') || (*p == '@' && has_at))
            return n && has_at ? (size_t)(p - s) : 0;
        has_at |= *p++ == '@';
    }
}

/* "rosa@example.org" or "Rosa Vega <rosa@example.org>" and nothing else, as most fields are. */
static bool read_bare_address(const char *s, struct arena *mem, const char **ret_name, const char **ret_address)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ";
    const size_t name = strspn(s, letters), at = s[name] == '<' ? name + 1 : 0;
    const size_t n = bare_address_length(s + at);

    if (!n || strcmp(s + at + n, at ? ">" : "") != 0)
        return false;
    *ret_name = text_clean_line(mem, s, at ? name : 0);
    *ret_address = arena_strndup(mem, s + at, n);
    return true;
}

void mime_each_address(const char *raw_value, struct arena *mem,
                       void (*fn)(void *ctx, const char *name, const char *address), void *ctx)
{
    const char *name, *address;
    struct encoded_word_kept words;
    InternetAddressList *list;

    if (read_bare_address(raw_value, mem, &name, &address)) {
        fn(ctx, name, address);
        return;
    }
    list = internet_address_list_parse(NULL, encoded_word_hide(raw_value, mem, &words));
    if (!list)
        return;
    each_address(list, 0, &words, mem, fn, ctx);
    g_object_unref(list);
}

int64_t mime_date_ms(const char *raw_value)
{
    GDateTime *when = g_mime_utils_header_decode_date(raw_value);
    const int64_t s = when ? g_date_time_to_unix(when) : 0;

    if (when)
        g_date_time_unref(when);
    return s > 0 ? s * 1000 : 0;
}
