#include "inbound/measure.h"

#include "inbound/words.h"

#include <ctype.h>

/* Words for one unit; another list is another unit. Those of one letter, and "st", count only right behind a number. */
static const char *const units[] = {
    "lb lbs pound pounds libra libras",
    "kg kgs kilo kilos kilogram kilograms kilogramo kilogramos",
    "g gr gram grams gramo gramos",
    "oz ounce ounces onza onzas",
    "st stone stones",
    "mg",
    "mmol",
    "mmhg",
    "f fahrenheit",
    "c celsius centigrade centigrados",
    "step steps paso pasos",
    "min mins minute minutes minuto minutos",
    "h hr hrs hour hours hora horas",
    "day days dia dias",
    "% percent",
    "bpm beats latidos",
    "cm centimeter centimeters centimetro centimetros",
    "inch inches pulgada pulgadas",
    "m meter meters metro metros",
    "km kilometer kilometers kilometro kilometros",
    "mi mile miles milla millas",
    "ml milliliter milliliters mililitro mililitros",
    "l liter liters litre litres litro litros",
    "cup cups glass glasses taza tazas vaso vasos",
    "puff puffs",
    "unit units unidad unidades",
};

/* Said around a number without saying more. */
static const char small_talk[] =
    "about around approximately approx roughly almost nearly just exactly is was it it's its i i'm im am my the a an "
    "this "
    "today morning evening afternoon tonight now weigh weighed weight reading number answer level degrees grados "
    "unos unas casi como aproximadamente es fue son hoy esta este manana tarde noche mi el la yo ahora peso pese "
    "numero";

static int family_of(const char *plain)
{
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (words_among(plain, units[i]))
            return (int)i;
    return -1;
}

struct reader {
    const struct measure_input *in;
    const struct words_token *v;
    size_t i, from, to;
    int family;             /* of the unit that was asked for; -1: none we know */
    struct words_list unit; /* its words */
    struct words_list question;
    size_t numbers;
    int64_t first;
    bool is_unclear, is_other_unit, has_words;
    struct arena *mem;
};

static bool is_in(const struct words_list *list, const char *plain)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->v[i].kind == WORDS_WORD && !strcmp(list->v[i].plain, plain))
            return true;
    return false;
}

/* ---- a number ---- */

static size_t digits_of(const char *plain)
{
    size_t n = 0;

    while (isdigit((unsigned char)plain[n]))
        n++;
    return n;
}

/* Up to MEASURE_FRACTION digits as thousandths; the rest is dropped. */
static int64_t fraction_of(const char *digits, size_t n)
{
    int64_t milli = 0, weight = 100;

    for (size_t i = 0; i < n && i < MEASURE_FRACTION; i++, weight /= 10)
        milli += (digits[i] - '0') * weight;
    return milli;
}

static int64_t whole_of(const char *digits, size_t n)
{
    int64_t whole = 0;

    for (size_t i = 0; i < n; i++)
        whole = whole * 10 + (digits[i] - '0');
    return whole;
}

static bool is_plausible(const struct reader *r, int64_t milli)
{
    return (r->in->low == MEASURE_NO_LIMIT || milli >= r->in->low) &&
           (r->in->high == MEASURE_NO_LIMIT || milli <= r->in->high);
}

/* "1,200": as 1.2 or as 1200. */
static int64_t choose(struct reader *r, int64_t as_fraction, int64_t as_thousands)
{
    const bool is_fraction = is_plausible(r, as_fraction), is_thousands = is_plausible(r, as_thousands);

    r->is_unclear |= is_fraction == is_thousands;
    return is_fraction ? as_fraction : as_thousands;
}

static bool is_point(const struct reader *r, size_t i)
{
    return i + 1 < r->to && words_is_mark(&r->v[i], ". ,") && r->v[i].is_glued && r->v[i + 1].is_glued &&
           isdigit((unsigned char)*r->v[i + 1].plain);
}

/* A step counter writes 10,432.5 and a date 11.22.2026: more than one point is read only as thousands before a fraction. */
static int64_t read_value(struct reader *r, const char **ret_rest)
{
    const char *whole = r->v[r->i].plain, *part;
    size_t n = digits_of(whole), k;
    int64_t value;

    if (n > MEASURE_DIGITS) {
        r->is_unclear = true;
        n = MEASURE_DIGITS;
    }
    value = whole_of(whole, n) * 1000;
    *ret_rest = whole + digits_of(whole);
    if (**ret_rest || !is_point(r, r->i + 1)) {
        r->i++;
        return value;
    }
    part = r->v[r->i + 2].plain;
    k = digits_of(part);
    *ret_rest = part + k;
    r->i += 3;
    if (!**ret_rest && is_point(r, r->i)) {
        r->is_unclear |= k != 3 || words_is(&r->v[r->i - 2], r->v[r->i].plain);
        value = value * 1000 + whole_of(part, k < 4 ? k : 3) * 1000;
        part = r->v[r->i + 1].plain;
        k = digits_of(part);
        *ret_rest = part + k;
        r->i += 2;
        return value + fraction_of(part, k);
    }
    if (k == 3 && n <= 3 && value)
        return choose(r, value + fraction_of(part, k), value * 1000 + whole_of(part, k) * 1000);
    return value + fraction_of(part, k);
}

/* ---- what stands around it ---- */

static bool is_our_unit(const struct reader *r, const char *plain)
{
    return (r->family >= 0 && family_of(plain) == r->family) || is_in(&r->unit, plain);
}

static bool is_scale_end(const struct reader *r, size_t i)
{
    return i < r->to && words_is(&r->v[i], "10");
}

/* "7/10", "7 out of 10", "7 de 10" */
static void pass_scale(struct reader *r)
{
    size_t i = r->i;

    if (!r->in->is_scale || i >= r->to)
        return;
    if (words_is(&r->v[i], "out") && i + 1 < r->to && words_is(&r->v[i + 1], "of"))
        i += 2;
    else if (words_among(r->v[i].plain, "/ of de sobre"))
        i++;
    else
        return;
    if (is_scale_end(r, i))
        r->i = i + 1;
}

static void pass_unit(struct reader *r, const char *rest)
{
    if (*rest) {
        if (is_our_unit(r, rest) || (!*r->in->unit && family_of(rest) >= 0))
            rest = "";
        else if (family_of(rest) >= 0)
            r->is_other_unit = true;
        else
            r->is_unclear = true; /* 5th, 7am, 2x */
    } else {
        while (r->i < r->to && words_is_mark(&r->v[r->i], "° º"))
            r->i++;
        if (r->i >= r->to)
            return;
        rest = r->v[r->i].plain;
        if (is_our_unit(r, rest) || (!*r->in->unit && family_of(rest) >= 0))
            r->i++;
        else if (family_of(rest) >= 0) {
            r->is_other_unit = true;
            r->i++;
        } else
            return;
    }
    if (r->i + 1 < r->to && words_is(&r->v[r->i], "/") && words_among(r->v[r->i + 1].plain, "dl l min"))
        r->i += 2;
}

static void add_number(struct reader *r, int64_t value)
{
    if (!r->numbers || r->first != value)
        r->numbers++;
    if (r->numbers == 1)
        r->first = value;
}

static void read_number(struct reader *r)
{
    const bool has_minus =
        r->i > r->from && words_is(&r->v[r->i - 1], "-") && r->v[r->i].is_glued && !r->v[r->i - 1].is_glued;
    const bool may_be_negative = r->in->low != MEASURE_NO_LIMIT && r->in->low < 0;
    const char *rest;
    int64_t value;

    if (r->i > r->from && family_of(r->v[r->i - 1].plain) >= 0 && strlen(r->v[r->i - 1].plain) > 1 && *r->in->unit &&
        !is_our_unit(r, r->v[r->i - 1].plain))
        r->is_other_unit = true; /* "kg 82" */
    value = read_value(r, &rest);
    add_number(r, has_minus && may_be_negative ? -value : value);
    pass_unit(r, rest);
    pass_scale(r);
}

static bool is_small_talk(const struct reader *r, const struct words_token *t)
{
    return words_among(t->plain, small_talk) || is_our_unit(r, t->plain) || is_in(&r->question, t->plain);
}

static void read_token(struct reader *r)
{
    const struct words_token *t = &r->v[r->i];

    if (t->kind == WORDS_WORD && isdigit((unsigned char)*t->plain)) {
        read_number(r);
        return;
    }
    if (t->kind == WORDS_WORD && r->in->is_scale && words_number(t) >= 0 && r->from + 1 == r->to)
        add_number(r, words_number(t) * INT64_C(1000));
    else if (t->kind == WORDS_WORD ? !is_small_talk(r, t) : words_is(t, "?"))
        r->has_words = true;
    r->i++;
}

struct measure measure_read(const struct measure_input *in, struct arena *mem)
{
    const struct words_core core = words_core(in->text, in->names, mem);
    struct reader r = { .in = in,
                        .v = core.list.v,
                        .i = core.from,
                        .from = core.from,
                        .to = core.to,
                        .family = -1,
                        .unit = words_split(in->unit, 0, mem),
                        .question = words_split(in->question, 0, mem),
                        .mem = mem };
    struct measure m = { .kind = MEASURE_NONE };

    for (size_t i = 0; i < r.unit.count && r.family < 0; i++)
        r.family = family_of(r.unit.v[i].plain);
    while (r.i < r.to)
        read_token(&r);
    m.milli = r.first;
    m.has_words = r.has_words || core.list.is_cut;
    m.kind = !r.numbers        ? MEASURE_NONE
             : r.numbers > 1   ? MEASURE_SEVERAL
             : r.is_other_unit ? MEASURE_OTHER_UNIT
             : r.is_unclear    ? MEASURE_UNCLEAR
                               : MEASURE_ONE;
    return m;
}

/* ---- as text ---- */

const char *measure_print(int64_t milli, struct arena *mem)
{
    const int64_t size = milli < 0 ? -milli : milli;
    char *text = arena_printf(mem, "%s%" PRId64 ".%03" PRId64, milli < 0 ? "-" : "", size / 1000, size % 1000);
    size_t n = strlen(text);

    while (text[n - 1] == '0')
        n--;
    n -= text[n - 1] == '.';
    text[n] = '\0';
    return text;
}

enum rc measure_parse(const char *text, int64_t *ret_milli, struct err *err)
{
    const bool is_negative = *text == '-';
    const char *digits = text + is_negative;
    const size_t n = digits_of(digits), k = digits[n] == '.' ? digits_of(digits + n + 1) : 0;
    int64_t milli;

    if (!n || n > MEASURE_DIGITS || k > MEASURE_FRACTION || (digits[n] == '.' && !k) ||
        digits[n + (k ? k + 1 : 0)] != '\0')
        return err_set(err, RC_INPUT, "a number like 182 or 36.5 is expected");
    milli = whole_of(digits, n) * 1000 + (k ? fraction_of(digits + n + 1, k) : 0);
    *ret_milli = is_negative ? -milli : milli;
    return RC_OK;
}
