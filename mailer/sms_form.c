#include "mailer/sms_form.h"

#include "base/json.h"

#define FIRST_ROOM 16

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static struct sms_span decode(const char *p, size_t n, struct arena *mem)
{
    char *const out = arena_alloc(mem, n + 1);
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '%' && n - i > 2 && hex_of(p[i + 1]) >= 0 && hex_of(p[i + 2]) >= 0) {
            out[len++] = (char)(hex_of(p[i + 1]) << 4 | hex_of(p[i + 2]));
            i += 2;
        } else {
            out[len++] = p[i] == '+' ? ' ' : p[i];
        }
    }
    return (struct sms_span){ out, len };
}

/* Most calls have some ten parameters: room for all that a call may have would be most of the work. */
static void make_room(struct sms_form *form, struct arena *mem)
{
    const size_t room = form->room ? 4 * form->room : FIRST_ROOM;
    struct sms_pair *const pairs = ARENA_ARRAY(mem, room, struct sms_pair);

    if (form->count)
        memcpy(pairs, form->pairs, form->count * sizeof *pairs);
    form->pairs = pairs;
    form->room = room;
}

static enum rc add(struct sms_form *form, struct sms_span name, struct sms_span value, struct arena *mem,
                   struct err *err)
{
    if (form->count == form->max)
        return err_set(err, RC_LIMIT, "over %zu parameters", form->max);
    if (form->count == form->room)
        make_room(form, mem);
    form->pairs[form->count++] = (struct sms_pair){ name, value };
    return RC_OK;
}

struct sms_form sms_form_make(size_t max)
{
    return (struct sms_form){ .max = max };
}

enum rc sms_form_read(struct sms_form *form, const char *text, size_t n, struct arena *mem, struct err *err)
{
    const char *const end = text + n;
    enum rc rc = RC_OK;

    while (!rc && text < end) {
        const char *const amp = memchr(text, '&', (size_t)(end - text));
        const char *const stop = amp ? amp : end;
        const char *const is = memchr(text, '=', (size_t)(stop - text));
        const char *const name_end = is ? is : stop;
        const char *const value = is ? is + 1 : stop;

        if (stop > text)
            rc = add(form, decode(text, (size_t)(name_end - text), mem), decode(value, (size_t)(stop - value), mem),
                     mem, err);
        text = amp ? amp + 1 : end;
    }
    return rc;
}

struct json_pass {
    struct sms_form *form;
    struct arena *mem;
    struct err *err;
    enum rc rc;
};

static void on_member(void *ctx, const char *key, const struct json *value)
{
    struct json_pass *const pass = ctx;
    const char *const k = arena_strdup(pass->mem, key), *const v =
                                                            arena_strdup(pass->mem, json_shown(value, pass->mem));

    if (pass->rc)
        return;
    if (json_holds_object(value) || json_holds_array(value))
        pass->rc = err_set(pass->err, RC_INPUT, "the JSON is not flat");
    else
        pass->rc =
            add(pass->form, (struct sms_span){ k, strlen(k) }, (struct sms_span){ v, strlen(v) }, pass->mem, pass->err);
}

enum rc sms_form_read_json(struct sms_form *form, const char *text, size_t n, struct arena *mem, struct err *err)
{
    struct json_pass pass = { form, mem, err, RC_OK };
    CLEANUP(json_free) struct json *root = NULL;
    const enum rc rc = json_parse(text, n, &root, err);

    if (rc)
        return rc;
    if (!json_holds_object(root))
        return err_set(err, RC_INPUT, "the JSON is no object");
    json_each(root, on_member, &pass);
    return pass.rc;
}

static int compare_spans(const struct sms_span *a, const struct sms_span *b)
{
    const int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

    return order ? order : (a->n > b->n) - (a->n < b->n);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct sms_pair *const x = a, *const y = b;
    const int order = compare_spans(&x->name, &y->name);

    return order ? order : compare_spans(&x->value, &y->value);
}

void sms_form_sort(struct sms_form *form)
{
    if (form->count)
        qsort(form->pairs, form->count, sizeof(*form->pairs), compare_pairs);
}

bool sms_span_equals(const struct sms_span *a, const struct sms_span *b)
{
    return !compare_spans(a, b);
}

const struct sms_span *sms_form_only(const struct sms_form *form, const char *name)
{
    const struct sms_span wanted = { name, strlen(name) }, *found = NULL;

    for (size_t i = 0; i < form->count; i++)
        if (sms_span_equals(&form->pairs[i].name, &wanted)) {
            if (found)
                return NULL;
            found = &form->pairs[i].value;
        }
    return found;
}

/* A number that is no half of a pair. */
static size_t put_utf8(char *to, uint32_t c)
{
    const size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = { 0, 0xC0, 0xE0, 0xF0 };

    to[0] = (char)(lead[more] | c >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3F));
    return more + 1;
}

static uint32_t unit_at(const struct sms_span *s, size_t i)
{
    return i + 1 < s->n ? (uint32_t)(unsigned char)s->p[i] << 8 | (unsigned char)s->p[i + 1] : 0;
}

const char *sms_span_from_utf16(const struct sms_span *utf16, struct arena *mem)
{
    char *const out = arena_alloc(mem, utf16->n * 2 + 1); /* a unit of two bytes has at most three */
    size_t n = 0;

    for (size_t i = 0; i + 1 < utf16->n; i += 2) {
        const uint32_t first = unit_at(utf16, i), second = unit_at(utf16, i + 2);
        const bool is_half = first >= 0xD800 && first <= 0xDFFF;
        const bool is_pair = is_half && first < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF;

        n += put_utf8(out + n, is_pair   ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                               : is_half ? 0xFFFD
                                         : first);
        i += is_pair ? 2 : 0;
    }
    out[n] = '\0';
    return out;
}
