/* The second half of mailer/serial.h: one person's copy. The only file that can write a struct wire. */
#include "mailer/serial.h"

#include "base/slot.h"
#include "base/text.h"
#include "mailer/built.h"
#include "mailer/encode.h"
#include "mailer/field.h"

#include <string.h>

struct wire {
    struct strbuf bytes;
    struct strbuf line, work; /* scratch of filling, kept for the next one */
    char recipient[TEXT_ADDRESS_MAX + 1], sender[TEXT_ADDRESS_MAX + 1];
    enum serial_tls tls;
    bool is_filled;
};

struct wire *wire_new(void)
{
    struct wire *wire = calloc(1, sizeof *wire);

    if (!wire)
        abort();
    wire->bytes = STRBUF(SERIAL_WIRE_MAX);
    wire->line = STRBUF(SERIAL_LINE_MAX);
    wire->work = STRBUF(SERIAL_LINE_MAX);
    return wire;
}

void wire_free(struct wire **wire)
{
    if (!*wire)
        return;
    strbuf_done(&(*wire)->bytes);
    strbuf_done(&(*wire)->line);
    strbuf_done(&(*wire)->work);
    explicit_bzero(*wire, sizeof **wire);
    free(*wire);
    *wire = NULL;
}

const char *wire_bytes(const struct wire *wire, size_t *ret_n)
{
    *ret_n = wire->is_filled ? wire->bytes.len : 0;
    return wire->is_filled ? strbuf_peek(&wire->bytes) : "";
}

const char *wire_recipient(const struct wire *wire)
{
    return wire->is_filled ? wire->recipient : "";
}

const char *wire_sender(const struct wire *wire)
{
    return wire->is_filled ? wire->sender : "";
}

enum serial_tls wire_tls(const struct wire *wire)
{
    return wire->tls;
}

bool wire_is_filled(const struct wire *wire)
{
    return wire->is_filled;
}

/* ---- checks ---- */

static enum rc check_ids(const struct serial_person *p, struct err *err)
{
    enum rc rc = field_check_id("message_id", p->message_id, err);

    if (!rc && p->in_reply_to)
        rc = field_check_id("in_reply_to", p->in_reply_to, err);
    if (!rc && p->reference_count > SERIAL_REFERENCES_MAX)
        return err_set(err, RC_LIMIT, "over %d references", SERIAL_REFERENCES_MAX);
    for (size_t i = 0; !rc && i < p->reference_count; i++)
        rc = field_check_id("references", p->references[i], err);
    return rc;
}

static enum rc check_unsubscribe(const struct serial_person *p, struct err *err)
{
    enum rc rc = field_check_url("unsubscribe_https", p->unsubscribe_https, err);

    if (!rc)
        rc = field_check_url("unsubscribe_mailto", p->unsubscribe_mailto, err);
    if (!rc && p->unsubscribe_https && !text_starts(p->unsubscribe_https, "https:"))
        return err_set(err, RC_INPUT, "unsubscribe_https is not https");
    if (!rc && p->unsubscribe_mailto && !text_starts(p->unsubscribe_mailto, "mailto:"))
        return err_set(err, RC_INPUT, "unsubscribe_mailto is not mailto");
    return rc;
}

static enum rc check_person(const struct serial_person *p, struct err *err)
{
    enum rc rc = field_check_address("to_address", p->to_address, err);

    if (!rc && p->to_name)
        rc = field_check_text("to_name", p->to_name, SERIAL_NAME_MAX, err);
    if (!rc && p->reply_to)
        rc = field_check_address("reply_to", p->reply_to, err);
    if (!rc && !p->envelope_sender)
        return err_set(err, RC_INPUT, "envelope_sender is missing");
    if (!rc && *p->envelope_sender)
        rc = field_check_address("envelope_sender", p->envelope_sender, err);
    if (!rc)
        rc = check_ids(p, err);
    return rc ? rc : check_unsubscribe(p, err);
}

/* ---- slots ---- */

static enum rc add_value(const struct serial_person *p, size_t slot, enum encode_target target, struct strbuf *out,
                         struct err *err)
{
    const char *value = slot < p->value_count ? p->values[slot] : NULL;

    if (!value)
        return err_set(err, RC_INPUT, "slot %zu has no value", slot);
    if (strlen(value) > SERIAL_VALUE_MAX)
        return err_set(err, RC_LIMIT, "slot %zu is over %d bytes", slot, SERIAL_VALUE_MAX);
    if (!text_is_utf8(value, strlen(value)))
        return err_set(err, RC_INPUT, "slot %zu is not UTF-8", slot);
    encode_value(target, value, out);
    return RC_OK;
}

/* One line with its marks replaced, into wire->line. */
static enum rc put_values(struct wire *wire, const struct serial_person *p, const char *s, size_t n,
                          enum encode_target target, struct err *err)
{
    const char *end = s + n, *from = s, *mark = s;
    enum rc rc = RC_OK;

    strbuf_clear(&wire->line);
    while (!rc && mark < end && (mark = memchr(mark, 0xF4, (size_t)(end - mark)))) {
        const int slot = slot_at(mark, (size_t)(end - mark));

        if (slot < 0) {
            mark++;
            continue;
        }
        strbuf_add(&wire->line, from, (size_t)(mark - from));
        rc = add_value(p, (size_t)slot, target, &wire->line, err);
        mark += SLOT_UTF8_SIZE - 1;
        from = mark;
    }
    strbuf_add(&wire->line, from, (size_t)(end - from));
    return rc ? rc : strbuf_check(&wire->line, err);
}

/* The same as header text, which ends in wire->work. */
static enum rc put_header_values(struct wire *wire, const struct serial_person *p, const char *s, size_t n, size_t max,
                                 struct err *err)
{
    enum rc rc = put_values(wire, p, s, n, ENCODE_PLAIN, err);

    if (rc)
        return rc;
    strbuf_clear(&wire->work);
    encode_header_line(strbuf_peek(&wire->line), &wire->work);
    if (wire->work.len > max)
        return err_set(err, RC_LIMIT, "filled header is over %zu bytes", max);
    return RC_OK;
}

/* ---- fields of the person ---- */

static void write_ids(const struct serial_person *p, struct strbuf *out)
{
    strbuf_printf(out, "Message-ID: <%s>\r\n", p->message_id);
    if (p->in_reply_to)
        strbuf_printf(out, "In-Reply-To: <%s>\r\n", p->in_reply_to);
    for (size_t i = 0; i < p->reference_count; i++)
        strbuf_printf(out, "%s<%s>\r\n", i ? " " : "References: ", p->references[i]);
}

/* One URL a line, and never a fold within one: long folded ones have broken DKIM verifiers. */
static void write_unsubscribe(const struct serial_person *p, struct strbuf *out)
{
    const char *https = p->unsubscribe_https, *mailto = p->unsubscribe_mailto;

    if (https)
        strbuf_printf(out, "List-Unsubscribe: <%s>%s", https, mailto ? ",\r\n " : "\r\n");
    if (mailto)
        strbuf_printf(out, "%s<%s>\r\n", https ? "" : "List-Unsubscribe: ", mailto);
    if (https)
        strbuf_str(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

static void write_person(struct wire *wire, const struct serial_person *p, const struct built_piece *reply_name)
{
    struct strbuf *out = &wire->bytes;

    strbuf_str(out, "Date: ");
    encode_date(p->date_ms, out);
    strbuf_str(out, "\r\n");
    strbuf_clear(&wire->work);
    encode_header_line(p->to_name ? p->to_name : "", &wire->work);
    field_write_mailbox("To: ", strbuf_peek(&wire->work), p->to_address, out);
    if (p->reply_to) {
        strbuf_clear(&wire->work);
        strbuf_add(&wire->work, reply_name->p, reply_name->n);
        field_write_mailbox("Reply-To: ", strbuf_peek(&wire->work), p->reply_to, out);
    }
    write_ids(p, out);
    write_unsubscribe(p, out);
}

static enum rc write_from(struct wire *wire, const struct serial_person *p, const struct built_piece *piece,
                          struct err *err)
{
    const char *lf = memchr(piece->p, '\n', piece->n); /* built_load has seen it */
    const size_t len = (size_t)(lf - piece->p);
    char address[TEXT_ADDRESS_MAX + 1];
    enum rc rc = put_header_values(wire, p, lf + 1, piece->n - len - 1, SERIAL_NAME_MAX, err);

    if (rc)
        return err_wrap(err, "from_name");
    memcpy(address, piece->p, len);
    address[len] = '\0';
    field_write_mailbox("From: ", strbuf_peek(&wire->work), address, &wire->bytes);
    return RC_OK;
}

static enum rc write_piece(struct wire *wire, const struct serial_person *p, const struct built_piece *piece,
                           struct err *err)
{
    const enum encode_target target = piece->kind == BUILT_HTML_LINE ? ENCODE_HTML : ENCODE_PLAIN;
    enum rc rc = RC_OK;

    switch (piece->kind) {
    case BUILT_PERSON:
        write_person(wire, p, piece);
        break;
    case BUILT_FROM:
        return write_from(wire, p, piece, err);
    case BUILT_SUBJECT:
        rc = put_header_values(wire, p, piece->p, piece->n, SERIAL_SUBJECT_MAX, err);
        if (rc)
            return err_wrap(err, "subject");
        field_write_subject(strbuf_peek(&wire->work), &wire->bytes);
        break;
    case BUILT_LITERAL:
        strbuf_add(&wire->bytes, piece->p, piece->n);
        break;
    case BUILT_TEXT_LINE:
    case BUILT_HTML_LINE:
        rc = put_values(wire, p, piece->p, piece->n, target, err);
        if (!rc)
            encode_qp_line(strbuf_peek(&wire->line), wire->line.len, &wire->bytes);
        break;
    }
    return rc;
}

enum rc serial_fill(const struct serial_built *built, const struct serial_person *person, struct wire *wire,
                    struct err *err)
{
    enum rc rc = check_person(person, err);

    wire->is_filled = false;
    strbuf_clear(&wire->bytes);
    for (size_t i = 0; !rc && i < built->count; i++)
        rc = write_piece(wire, person, &built->pieces[i], err);
    if (!rc)
        rc = strbuf_check(&wire->bytes, err);
    if (rc)
        return rc;
    memcpy(wire->recipient, person->to_address, strlen(person->to_address) + 1);
    memcpy(wire->sender, person->envelope_sender, strlen(person->envelope_sender) + 1);
    wire->tls = person->tls;
    wire->is_filled = true;
    return RC_OK;
}
