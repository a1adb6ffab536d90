#include "mailer/built.h"

#include "base/slot.h"
#include "base/text.h"
#include "mailer/encode.h"
#include "mailer/serial.h"

#include <string.h>

#define MAGIC "PCB1"
#define MAGIC_BYTES 4
#define PIECE_HEAD_BYTES 5
#define LINE_MAX_BYTES 998 /* RFC 5322 2.1.1 */

static void put_u32(unsigned char *p, uint32_t v)
{
    p[0] = (unsigned char)(v >> 24);
    p[1] = (unsigned char)(v >> 16);
    p[2] = (unsigned char)(v >> 8);
    p[3] = (unsigned char)v;
}

static uint32_t get_u32(const char *bytes)
{
    const unsigned char *p = (const unsigned char *)bytes;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ---- writing ---- */

void built_begin(struct strbuf *out)
{
    strbuf_clear(out);
    strbuf_add(out, MAGIC "\0\0\0\0", MAGIC_BYTES + 4);
}

void built_add(struct strbuf *out, enum built_kind kind, const void *payload, size_t n)
{
    unsigned char head[PIECE_HEAD_BYTES] = { (unsigned char)kind };

    put_u32(head + 1, (uint32_t)n);
    strbuf_add(out, head, sizeof head);
    strbuf_add(out, payload, n);
}

void built_end(struct strbuf *out, size_t count)
{
    if (!out->over)
        put_u32((unsigned char *)out->p + MAGIC_BYTES, (uint32_t)count);
}

/* ---- checking ---- */

struct loading {
    size_t slots;
    bool is_past_head; /* the blank line after the header was seen */
};

/* One line of UTF-8 without controls. Slots are counted, or refused when slots is NULL. */
static bool is_clean_line(const char *p, size_t n, size_t *slots)
{
    if (!text_is_utf8(p, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        const int slot = slot_at(p + i, n - i);

        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F || (slot >= 0 && !slots))
            return false;
        if (slot >= 0 && (size_t)slot >= *slots)
            *slots = (size_t)slot + 1;
    }
    return true;
}

static bool is_from(const char *p, size_t n, size_t *slots)
{
    const char *lf = memchr(p, '\n', n);
    char address[TEXT_ADDRESS_MAX + 1];
    size_t len;

    if (!lf || (len = (size_t)(lf - p)) > TEXT_ADDRESS_MAX)
        return false;
    memcpy(address, p, len);
    address[len] = '\0';
    return encode_is_address(address) && is_clean_line(lf + 1, n - len - 1, slots);
}

/* The fields that are the same for everybody. Recipients are not among them: they are written by serial_fill alone. */
static bool is_allowed_field(const char *line, size_t n)
{
    static const char *const fields[] = { "From:",           "Subject:",
                                          "List-Id:",        "List-Post:",
                                          "List-Help:",      "List-Owner:",
                                          "MIME-Version:",   "Mime-Version:",
                                          "Content-Type:",   "Content-Transfer-Encoding:",
                                          "Auto-Submitted:", "X-Auto-Response-Suppress:" };

    if (*line == ' ' || *line == '\t')
        return true;
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (n > strlen(fields[i]) && !memcmp(line, fields[i], strlen(fields[i])))
            return true;
    return false;
}

static bool is_wire_line(const char *line, size_t n)
{
    if (n > LINE_MAX_BYTES || (n && *line == '.'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || (unsigned char)line[i] >= 0x7F) /* 7-bit only */
            return false;
    return true;
}

static bool is_literal(const char *p, size_t n, struct loading *l)
{
    for (const char *end = p + n; p < end;) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        size_t len;

        if (!lf || lf == p || lf[-1] != '\r')
            return false;
        len = (size_t)(lf - 1 - p);
        if (!is_wire_line(p, len) || (!l->is_past_head && len && !is_allowed_field(p, len)))
            return false;
        if (!len)
            l->is_past_head = true;
        p = lf + 1;
    }
    return true;
}

static bool is_piece(const struct built_piece *piece, size_t index, struct loading *l)
{
    if ((piece->kind == BUILT_PERSON) != (index == 0))
        return false;
    switch (piece->kind) {
    case BUILT_PERSON:
        return piece->n <= SERIAL_NAME_MAX && is_clean_line(piece->p, piece->n, NULL);
    case BUILT_FROM:
        return !l->is_past_head && is_from(piece->p, piece->n, &l->slots);
    case BUILT_SUBJECT:
        return !l->is_past_head && is_clean_line(piece->p, piece->n, &l->slots);
    case BUILT_LITERAL:
        return is_literal(piece->p, piece->n, l);
    case BUILT_TEXT_LINE:
    case BUILT_HTML_LINE:
        return l->is_past_head && is_clean_line(piece->p, piece->n, &l->slots);
    }
    return false;
}

enum rc built_load(const void *bytes, size_t n, struct arena *mem, const struct serial_built **ret_built,
                   struct err *err)
{
    struct serial_built *built = ARENA_NEW(mem, struct serial_built);
    struct built_piece *pieces;
    struct loading l = { 0 };
    const char *p, *end;

    if (n < MAGIC_BYTES + 4 || n > SERIAL_BUILT_MAX || memcmp(bytes, MAGIC, MAGIC_BYTES) != 0)
        return err_set(err, RC_CORRUPT, "stored message: not this form");
    built->bytes = arena_strndup(mem, bytes, n);
    built->n = n;
    built->count = get_u32(built->bytes + MAGIC_BYTES);
    if (!built->count || built->count > SERIAL_PIECES_MAX)
        return err_set(err, RC_CORRUPT, "stored message: %zu pieces", built->count);
    built->pieces = pieces = ARENA_ARRAY(mem, built->count, struct built_piece);
    p = built->bytes + MAGIC_BYTES + 4;
    end = built->bytes + n;
    for (size_t i = 0; i < built->count; i++) {
        if (end - p < PIECE_HEAD_BYTES || get_u32(p + 1) > (size_t)(end - p) - PIECE_HEAD_BYTES)
            return err_set(err, RC_CORRUPT, "stored message: piece %zu is cut", i);
        pieces[i] =
            (struct built_piece){ .kind = (enum built_kind) * p, .p = p + PIECE_HEAD_BYTES, .n = get_u32(p + 1) };
        p += PIECE_HEAD_BYTES + pieces[i].n;
        if (!is_piece(&pieces[i], i, &l))
            return err_set(err, RC_CORRUPT, "stored message: piece %zu is not valid", i);
    }
    if (p != end || !l.is_past_head)
        return err_set(err, RC_CORRUPT, "stored message: wrong end");
    built->slots = l.slots;
    *ret_built = built;
    return RC_OK;
}
