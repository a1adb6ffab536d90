#include "inbound/signature.h"

#define SIGNATURE_MAX_LINES 10

/* Never a name, whatever the capital says: what somebody may mean when he writes it. */
static const char reserved[] = "yes no ok okay not never none nope nah maybe sure stop wait hold don't dont do cannot "
                               "can't cant won't please help leave pause resume "
                               "approve approved reject rejected send sending edit ask private move fix crisis claim "
                               "pass done cut new all only but except unless after "
                               "before once if when first and or also without remove delete take keep change check "
                               "call see read look later today tomorrow now this "
                               "that the her his their my your it is i we you he she they what who why how where which "
                               "thanks thank join si vale pero espera espere "
                               "todavia nunca nada solo sin quite quitar borrar luego manana hoy despues antes ya aun "
                               "que quien como cuando porque enviar alto parar "
                               "salir ayuda aprobar rechazar daily weekly each news rules info status undo more big "
                               "english spanish name anon report topic announce "
                               "redact strike erase trim shorten mask hide blur crop correct rewrite rephrase reword "
                               "drop omit almost careful however though pending probably "
                               "perhaps possibly tentatively another both neither either almost later nearly partly "
                               "conditionally again nope anonymous anonymously anon "
                               "corregir omitir tachar casi quizas talvez excepto salvo ninguno tampoco "
                               "problem worries wrong good great fine sorry one two three un una tomar";
static const char credentials[] =
    "rn md np phd lcsw msw pa dnp lpn fnp aprn psyd ma ms dr dra mr mrs miss sr sra senor senora nurse doctor "
    "doctora enfermera enfermero jr sr ii iii msn bsn crnp facp mph mba esq cpa pe pmp jd lpc lmft mft pharmd rph ot "
    "pt slp cna cma dds dmd cde ccm licsw lic ing";
static const char places[] =
    "clinic clinica nurse manager center centre centro hospital health salud practice "
    "coordinator provider family medical "
    "medicine medicina physician department office oficina enfermera moderator moderadora "
    "care wellness tel phone fax cell "
    "telefono mobile inc llc ltd corp corporation company co gmbh sa group grupo services university "
    "universidad college school escuela institute agency associates partners bank director directora "
    "executive officer engineer analyst assistant asistente specialist consultant teacher professor "
    "president supervisor technician administrator secretary accountant attorney representative";
static const char devices[] =
    "my mi iphone ipad ipod android phone cell cellphone smartphone device dispositivo movil celular telefono mobile "
    "tablet "
    "samsung galaxy huawei xiaomi motorola pixel google yahoo mail for para gmail outlook aol att at t verizon "
    "tmobile sprint xfinity connect ios app pro max mini plus ultra note proton protonmail windows 10 5g 4g lte and y "
    "de desde an a un wireless";
static const char months[] =
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept "
    "oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre";
static const char date_words[] =
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun lunes martes "
    "miercoles jueves viernes sabado domingo de del at am pm el of the a las date fecha";

static bool is_known(const struct words_token *t, const char *known)
{
    return t->kind == WORDS_WORD && words_among(t->plain, known) && !words_among(t->plain, reserved);
}

/* How a run of name words at i reads: its end, and whether every word of it is known. */
size_t signature_name_run(const struct words_token *v, size_t i, size_t to, const char *known, int max,
                          bool *ret_is_known)
{
    *ret_is_known = true;
    for (; i < to && max; i++) {
        if (v[i].kind == WORDS_PUNCT) { /* "Dr." and "Rose M." and "Ruiz, RN" */
            const bool is_dot = words_is(&v[i], ".") && v[i].is_glued && i && v[i - 1].len <= 3;
            const bool is_comma = words_is(&v[i], ",") && i + 1 < to && words_among(v[i + 1].plain, credentials);

            if (!is_dot && !is_comma)
                break;
            continue;
        }
        if (v[i].kind != WORDS_WORD || words_among(v[i].plain, reserved))
            break;
        if (!is_known(&v[i], known) && !words_among(v[i].plain, credentials)) {
            if (!v[i].is_capital || words_number(&v[i]) >= 0 || (v[i].is_upper && v[i].len > 3 && !v[0].is_upper))
                break;
            *ret_is_known = false;
        }
        max--;
    }
    return i;
}

size_t signature_line_start(const struct words_token *v, size_t from, size_t to)
{
    while (to > from && v[to - 1].kind != WORDS_BREAK)
        to--;
    return to;
}

static size_t skip_breaks(const struct words_token *v, size_t from, size_t to)
{
    while (to > from && v[to - 1].kind == WORDS_BREAK)
        to--;
    return to;
}

static bool is_phone_like(const struct words_token *v, size_t from, size_t to)
{
    size_t digits = 0;

    for (size_t i = from; i < to; i++) {
        const bool is_digits = v[i].kind == WORDS_WORD && strspn(v[i].plain, "0123456789") == strlen(v[i].plain);

        if (is_digits)
            digits += v[i].len;
        else if (v[i].kind == WORDS_WORD &&
                 !words_among(v[i].plain, "tel phone fax cell telefono mobile ext t p m f c o d h office direct main "
                                          "work home oficina celular movil"))
            return false;
    }
    return digits >= 7;
}

/* "Nurse Manager, Oak Clinic": title case with a word of a place or an office. */
static bool is_office(const struct words_token *v, size_t from, size_t to)
{
    bool has_place = false;

    if (to - from > 10)
        return false;
    for (size_t i = from; i < to; i++) {
        if (v[i].kind == WORDS_WORD && (!v[i].is_capital || words_among(v[i].plain, reserved)) &&
            !words_among(v[i].plain, "of de del the la y and"))
            return false;
        has_place = has_place || words_among(v[i].plain, places);
    }
    return has_place;
}

static bool is_robot_line(const struct words_token *v, size_t from, size_t to)
{
    static const char *const openings[] = { "sent|enviado|enviada|mandado from|via|desde|with|using|con",
                                            "get|obtener outlook for|para",
                                            "please? excuse|pardon any|my? typos|brevity|mistakes",
                                            "disculpe|perdone los|mis errores" };
    size_t i = from + words_longest(openings, COUNT_OF(openings), v + from, to - from);

    if (i == from)
        return false;
    for (; i < to; i++)
        if (v[i].kind == WORDS_WORD && !words_among(v[i].plain, devices) &&
            !words_among(v[i].plain, "typos brevity errores") && words_number(&v[i]) < 0 &&
            !(v[i].len <= 3 && strpbrk(v[i].plain, "0123456789")))
            return false;
    return true;
}

/* A whole line that is a date: a month or a weekday with a figure, or 11/22/2026. */
bool signature_is_date(const struct words_token *v, size_t from, size_t to)
{
    size_t names = 0, figures = 0, slashes = 0, years = 0;

    if (to - from < 2 || to - from > 14)
        return false;
    for (size_t i = from; i < to; i++) {
        const bool is_figure = strspn(v[i].plain, "0123456789") > 0;

        if (is_figure) {
            figures++;
            years += v[i].len > 2; /* "555-010-0123" is no date */
        } else if (words_among(v[i].plain, months))
            names++;
        else if (words_is_mark(&v[i], "/ -"))
            slashes += v[i].is_glued;
        else if (!words_among(v[i].plain, date_words) && !words_is_mark(&v[i], ", . :"))
            return false;
    }
    return (names == 1 && figures) || (slashes == 2 && figures == 3 && years < 2);
}

/* A line that a signature block may hold: a name, an office, a phone number, an address of mail or web, nothing. */
static bool is_block_line(const struct words_token *v, size_t from, size_t to, const char *known)
{
    bool is_known_run;

    if (from == to || is_office(v, from, to) || is_phone_like(v, from, to) || is_robot_line(v, from, to))
        return true;
    for (size_t i = from; i < to; i++)
        if (to - from <= 12 && (words_is_mark(&v[i], "@") || words_among(v[i].plain, "www http https")))
            return true;
    return signature_name_run(v, from, to, known, 5, &is_known_run) == to;
}

static bool is_block(const struct words_token *v, size_t from, size_t to, const char *known)
{
    while (from < to) {
        size_t end = from;

        while (end < to && v[end].kind != WORDS_BREAK)
            end++;
        if (!is_block_line(v, from, end, known))
            return false;
        from = end + (end < to);
    }
    return true;
}

/* "-- " alone on its line above a signature block (RFC 3676 4.3): where it begins, or to. */
static size_t dash_block(const struct words_token *v, size_t from, size_t to, const char *known)
{
    size_t end = to;

    for (int lines = 0; lines < SIGNATURE_MAX_LINES && end > from; lines++) {
        const size_t start = signature_line_start(v, from, end);

        if (end - start == 2 && words_is(&v[start], "-") && words_is(&v[start + 1], "-") && v[start + 1].is_glued)
            return is_block(v, end, to, known) ? start : to;
        end = start > from ? start - 1 : from;
    }
    return to;
}

size_t signature_machine(const struct words_token *v, size_t from, size_t to, const char *known)
{
    for (;;) {
        const size_t end = skip_breaks(v, from, to);
        const size_t start = signature_line_start(v, from, end);
        const size_t cut = dash_block(v, from, end, known);

        if (cut < end)
            to = cut;
        else if (end > start && is_robot_line(v, start, end))
            to = start;
        else
            return end;
    }
}

/* ---- a block of name, office and ways to reach somebody, without a mark above it ---- */

/* Enough words of an address to be sure of it. */
static bool is_address(const struct words_token *v, size_t from, size_t to)
{
    bool has_sign = false;

    for (size_t i = from; i < to; i++) {
        const bool is_part = v[i].is_glued || (i + 1 < to && v[i + 1].is_glued);

        has_sign = has_sign || words_is_mark(&v[i], "@") || words_among(v[i].plain, "www http https");
        if (v[i].kind == WORDS_WORD && !is_part && !words_among(v[i].plain, "e email mail correo web website sitio"))
            return false;
    }
    return has_sign;
}

static bool is_title_case(const struct words_token *v, size_t from, size_t to)
{
    size_t words = 0;

    for (size_t i = from; i < to; i++) {
        if (v[i].kind != WORDS_WORD || words_among(v[i].plain, "of de del and y the la"))
            continue;
        if (!v[i].is_capital || words_among(v[i].plain, reserved))
            return false;
        words++;
    }
    return words > 0 && words <= 6;
}

/* "1200 Lake Street, Suite 4, Springfield, IL 62701" */
static bool is_street(const struct words_token *v, size_t from, size_t to)
{
    bool has_figure = false, has_street = false;

    for (size_t i = from; i < to && to - from <= 18; i++) {
        const bool is_figure = v[i].kind == WORDS_WORD && strspn(v[i].plain, "0123456789") == v[i].len;

        has_figure |= is_figure;
        has_street = has_street ||
                     words_among(v[i].plain, "street st avenue ave road rd drive suite ste blvd boulevard floor lane "
                                             "ln highway hwy calle avenida box building bldg");
        if ((v[i].kind == WORDS_WORD && !is_figure && (!v[i].is_capital || words_among(v[i].plain, reserved))))
            return false;
    }
    return has_figure && has_street;
}

enum piece { PIECE_NONE, PIECE_LOOSE, PIECE_OFFICE, PIECE_REACH, PIECE_NAME };

static enum piece piece_of(const struct words_token *v, size_t from, size_t to, const char *known)
{
    bool is_known_run;

    if (signature_name_run(v, from, to, known, 6, &is_known_run) == to && is_known_run)
        return PIECE_NAME;
    if (is_phone_like(v, from, to) || is_address(v, from, to) || is_street(v, from, to))
        return PIECE_REACH;
    if (is_office(v, from, to))
        return PIECE_OFFICE;
    return is_title_case(v, from, to) ? PIECE_LOOSE : PIECE_NONE;
}

struct contact {
    bool has_name, has_reach, has_loose;
};

/* A line between bars: false when one piece of it is anything else. */
static bool read_contact_line(const struct words_token *v, size_t from, size_t to, const char *known, struct contact *c)
{
    for (size_t i = from; i < to; i++) {
        size_t end = i;
        enum piece piece;

        for (; end < to && !words_is_mark(&v[end], "| \u2022 \u00b7"); end++)
            if (v[end].kind == WORDS_PICTURE || words_is_mark(&v[end], "? ! …"))
                return false;
        piece = end > i ? piece_of(v, i, end, known) : PIECE_OFFICE;
        if (piece == PIECE_NONE)
            return false;
        c->has_name |= piece == PIECE_NAME && i == from;
        c->has_reach |= piece == PIECE_REACH;
        c->has_loose |= piece == PIECE_LOOSE;
        i = end;
    }
    return true;
}

/* A name known to the caller, and below it only what signatures hold. A line of which only its capitals speak counts when a number or an address
 * stands in the block: "Ana" above "Not This One" is no signature. */
size_t signature_block(const struct words_token *v, size_t from, size_t to, const char *known)
{
    struct contact c = { 0 };
    size_t end = to;

    for (int lines = 0; lines < SIGNATURE_MAX_LINES && end > from; lines++) {
        const size_t start = signature_line_start(v, from, end);

        if (!read_contact_line(v, start, end, known, &c))
            return to;
        if (c.has_name)
            return c.has_loose && !c.has_reach ? to : start;
        end = start > from ? start - 1 : from;
    }
    return to;
}
