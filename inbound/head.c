#include "inbound/reading.h"

#include "base/text.h"

static const char *value_or_empty(const struct reading *p, const char *name, size_t max)
{
    const char *v = mime_value(&p->mime, name);

    if (!v)
        return "";
    return strlen(v) <= max ? v : text_clean_line(p->mem, v, max - 8);
}

/* ---- addresses ---- */

struct address_list {
    struct reading *p;
    enum letter_field field;
    struct letter_recipient *recipients;
    const char *first_name, *first_address;
};

static const char *read_address(struct arena *mem, const char *s)
{
    struct err err;
    char *address;

    return text_address_in(s, mem, &address, &err) ? NULL : address;
}

/* What GMime finds no mailbox in ("J. Q. Public <j..q@x>") still has an address between brackets. */
static const char *bracketed(struct arena *mem, const char *raw)
{
    const char *open = strrchr(raw, '<'), *close = open ? strchr(open, '>') : NULL;

    return close ? read_address(mem, arena_strndup(mem, open + 1, (size_t)(close - open) - 1)) : NULL;
}

static void add_recipient(void *ctx, const char *name, const char *address)
{
    struct address_list *l = ctx;
    struct letter *letter = l->p->letter;
    const char *clean = read_address(l->p->mem, address);

    (void)name;
    if (!clean)
        return;
    for (size_t i = 0; i < letter->recipient_count; i++)
        if (l->recipients[i].field == l->field && strcmp(l->recipients[i].address, clean) == 0)
            return;
    if (letter->recipient_count == LETTER_RECIPIENTS_MAX) {
        reading_warn(l->p, "recipients_cut");
        return;
    }
    l->recipients[letter->recipient_count++] = (struct letter_recipient){ .field = l->field, .address = clean };
}

static void read_recipients(struct reading *p)
{
    /* The envelope's names first: they must not be pushed out by a long To. */
    static const struct {
        const char *name;
        enum letter_field field;
    } fields[] = {
        { "X-Original-To", LETTER_ORIGINAL_TO },
        { "Delivered-To", LETTER_DELIVERED_TO },
        { "X-Forwarded-To", LETTER_FORWARDED_TO },
        { "To", LETTER_TO },
        { "Cc", LETTER_CC },
    };
    struct address_list l = { .p = p,
                              .recipients = ARENA_ARRAY(p->mem, LETTER_RECIPIENTS_MAX, struct letter_recipient) };

    p->letter->recipients = l.recipients;
    for (size_t f = 0; f < COUNT_OF(fields); f++) {
        l.field = fields[f].field;
        for (size_t i = 0; i < p->mime.field_count; i++)
            if (text_equals(p->mime.fields[i].name, fields[f].name))
                mime_each_address(p->mime.fields[i].raw, p->mem, add_recipient, &l);
    }
}

static void keep_first(void *ctx, const char *name, const char *address)
{
    struct address_list *l = ctx;
    const char *clean = l->first_address ? NULL : read_address(l->p->mem, address);

    if (clean) {
        l->first_address = clean;
        l->first_name = name;
    }
}

static void read_from(struct reading *p)
{
    const char *raw = mime_raw(&p->mime, "From");
    struct address_list l = { .p = p, .first_name = "" };

    if (mime_count(&p->mime, "From") > 1)
        reading_warn(p, "many_froms");
    if (raw)
        mime_each_address(raw, p->mem, keep_first, &l);
    if (raw && !l.first_address)
        l.first_address = bracketed(p->mem, raw);
    if (!l.first_address) {
        reading_warn(p, "no_from");
        return;
    }
    p->letter->from = l.first_address;
    p->letter->from_name = strlen(l.first_name) <= LETTER_LINE_MAX_BYTES ? l.first_name : "";
}

static void read_return_path(struct reading *p)
{
    const char *raw = mime_raw(&p->mime, "Return-Path"), *address;

    if (!raw)
        return;
    while (*raw == ' ')
        raw++;
    p->letter->has_null_return_path = strncmp(raw, "<>", 2) == 0;
    address = *raw == '<' ? bracketed(p->mem, raw) : read_address(p->mem, raw);
    p->letter->return_path = address ? address : "";
}

/* ---- ids: brackets may be missing, commas may stand between (Exchange, iOS) ---- */

static bool next_id(const char **s, const char **ret_id, size_t *ret_n)
{
    const char *p = *s + strspn(*s, " \t,;<>\"");
    const size_t n = strcspn(p, " \t,;<>\"");

    *s = p + n;
    *ret_id = p;
    *ret_n = n;
    return n > 0;
}

static const char *first_id(struct reading *p, const char *name)
{
    const char *raw = mime_raw(&p->mime, name), *id;
    size_t n;

    while (raw && next_id(&raw, &id, &n))
        if (n <= LETTER_ID_MAX_BYTES && memchr(id, '@', n))
            return arena_strndup(p->mem, id, n);
    return "";
}

/* The newest are kept: the parent is the last. */
static void read_references(struct reading *p)
{
    const char *raw = mime_raw(&p->mime, "References"), *id;
    const char **ids = ARENA_ARRAY(p->mem, LETTER_REFERENCES_MAX, const char *);
    size_t n, count = 0;

    while (raw && next_id(&raw, &id, &n)) {
        if (n > LETTER_ID_MAX_BYTES || !memchr(id, '@', n))
            continue;
        if (count == LETTER_REFERENCES_MAX)
            memmove(ids, ids + 1, --count * sizeof *ids);
        ids[count++] = arena_strndup(p->mem, id, n);
    }
    p->letter->references = ids;
    p->letter->reference_count = count;
}

static const char *lower(char *s)
{
    for (char *p = s; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 32);
    return s;
}

void head_read(struct reading *p)
{
    struct letter *l = p->letter;
    const char *date = mime_raw(&p->mime, "Date");

    read_from(p);
    read_recipients(p);
    read_return_path(p);
    l->subject = value_or_empty(p, "Subject", LETTER_LINE_MAX_BYTES);
    l->message_id = first_id(p, "Message-ID");
    l->in_reply_to = first_id(p, "In-Reply-To");
    read_references(p);
    l->date_ms = date ? mime_date_ms(date) : 0;
    l->list_id = value_or_empty(p, "List-Id", LETTER_ID_MAX_BYTES);
    l->precedence = lower(arena_strdup(p->mem, value_or_empty(p, "Precedence", 64)));
}
