/* Reads the few fields that say where a message was delivered. Hostile bytes: nothing here trusts a length or an end. */
#include "gateway/intake/intake.h"

#include "base/strbuf.h"
#include "base/text.h"

#define FIELD_MAX 4096 /* of one unfolded field; what is longer is passed over */

#define DELIVERED_FIELDS 4

/* In order of certainty: what a delivering server writes, then what the writer wrote. */
static const char *const recipient_fields[] = { "Delivered-To", "X-Original-To",
                                                "Envelope-To",  "X-Envelope-To",
                                                "To",           "Cc" };

struct field {
    const char *name;
    size_t name_n;
    const char *value; /* unfolded */
};

/* Steps over one line; the length is without its end. */
static bool next_line(const char **at, const char *end, const char **ret_line, size_t *ret_n)
{
    const char *const start = *at, *const lf = memchr(start, '\n', (size_t)(end - start));

    if (start == end)
        return false;
    *at = lf ? lf + 1 : end;
    *ret_line = start;
    *ret_n = (size_t)((lf ? lf : end) - start);
    if (*ret_n && start[*ret_n - 1] == '\r')
        --*ret_n;
    return true;
}

/* The next field with its folded lines; false at the empty line or the end. Lines that are no field are passed over. */
static bool next_field(const char **at, const char *end, struct arena *mem, struct field *ret)
{
    const char *line;
    size_t n;

    while (next_line(at, end, &line, &n) && n) {
        const char *const colon = memchr(line, ':', n);
        CLEANUP(strbuf_done) struct strbuf value = STRBUF(FIELD_MAX);
        struct err over;
        char *text;

        if (colon)
            strbuf_add(&value, colon + 1, n - (size_t)(colon - line) - 1);
        ret->name = line;
        ret->name_n = colon ? (size_t)(colon - line) : 0;
        while (*at < end && (**at == ' ' || **at == '\t')) {
            const char *more;

            if (!next_line(at, end, &more, &n))
                break;
            strbuf_add(&value, more, n);
        }
        if (!colon || strbuf_take(&value, mem, &text, &over))
            continue;
        ret->value = text;
        return true;
    }
    return false;
}

static bool is_named(const struct field *f, const char *name)
{
    return strlen(name) == f->name_n && !strncasecmp(f->name, name, f->name_n);
}

/* "Lakeside <a@b>" and " a@b " to the bare address; NULL when it is none. */
static const char *bare_address(const char *s, size_t n, struct arena *mem)
{
    const char *const open = memchr(s, '<', n);
    const char *const close = open ? memchr(open, '>', n - (size_t)(open - s)) : NULL;
    const char *const text =
        close ? text_clean_line(mem, open + 1, (size_t)(close - open) - 1) : text_clean_line(mem, s, n);
    struct err none;
    char *address;

    return text_address_in(text, mem, &address, &none) ? NULL : address;
}

static void add_recipient(struct intake_head *head, const char *address)
{
    for (size_t i = 0; i < head->recipient_count; i++)
        if (!strcmp(head->recipients[i], address))
            return;
    if (head->recipient_count < INTAKE_RECIPIENTS_MAX)
        head->recipients[head->recipient_count++] = address;
}

/* Commas inside quoted names make pieces that are no address: they fall away. */
static void add_list(struct intake_head *head, const char *value, struct arena *mem)
{
    while (*value) {
        const size_t n = strcspn(value, ",");
        const char *const address = bare_address(value, n, mem);

        if (address)
            add_recipient(head, address);
        value += n + (value[n] == ',');
    }
}

void intake_read_head(const char *bytes, size_t n, struct arena *mem, struct intake_head *ret_head)
{
    const char *const end = bytes + n;
    struct field f;

    *ret_head = (struct intake_head){ 0 };
    for (size_t i = 0; i < COUNT_OF(recipient_fields); i++) {
        for (const char *at = bytes; next_field(&at, end, mem, &f);)
            if (is_named(&f, recipient_fields[i]))
                add_list(ret_head, f.value, mem);
        if (i < DELIVERED_FIELDS)
            ret_head->delivered_count = ret_head->recipient_count;
    }
    for (const char *at = bytes; !ret_head->return_path && next_field(&at, end, mem, &f);) {
        const char *address;

        if (!is_named(&f, "Return-Path"))
            continue;
        address = bare_address(f.value, strlen(f.value), mem);
        ret_head->return_path = address ? address : "";
    }
}
