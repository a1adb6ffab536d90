#include "inbound/courtesy.h"

#define CLOSING_MAX_TOKENS 24
#define SIGNATURE_MAX_LINES 10

static const char *const greetings[] = {
    "hi|hello|hey|hola|hiya|buenas|saludos|greetings "
    "there|all|everyone|everybody|again|team|folks|friends|doc|doctor|nurse|todos|todas|amigos|amigas|equipo?",
    "hola|saludos|buenas a todos|todas",
    "good morning|afternoon|evening|day|night all|everyone|again|team?",
    "buenos|buenas|buen dias|dia|tardes|noches a? todos|todas?",
};
static const char *const letter_openings[] = { "dear|estimado|estimada|estimados|querido|querida|queridos|queridas" };
static const char *const thanks[] = {
    "many|much? thanks|thx|thnx|tks|ty|tysm|thankyou so? much? "
    "again|all|everyone|everybody|friends|team|doctor|doc|nurse|kindly?",
    "thanks a lot|bunch|million|ton",
    "thank you so|very? much|kindly? again|all|everyone|doctor|doc|nurse?",
    "thanks|thank you? very|so? much? for everything|asking|inviting|checking|offering|understanding|waiting me|us?",
    "thanks|thank you? very|so? much? for all? your|the|this "
    "help|invitation|invite|work|note|letter|email|message|kindness|time|update|reminder|care",
    "much appreciated",
    "i appreciate it|this",
    "muchas|mil|muchisimas? gracias todos|todas|doctora|doctor|enfermera|enfermero?",
    "muchas|mil|muchisimas? gracias a todos|todas",
    "muchas|mil|muchisimas? gracias por todo|invitarme|preguntar|avisar",
    "muchas|mil|muchisimas? gracias por la|el|su|tu|esta|este|toda? la|su|tu? "
    "invitacion|ayuda|mensaje|carta|correo|tiempo|recordatorio|nota",
    "se|le lo? agradezco",
};
static const char *const polite[] = { "please|pls|plz|porfavor|porfa", "por favor" };
static const char *const closings[] = {
    "with? best|kind|warm|warmest|kindest|many? regards|wishes to? you|all?",
    "all? the? best",
    "yours? sincerely|truly|faithfully yours?",
    "cheers|warmly|cordially|respectfully|hugs|blessings|bye|goodbye|love|xoxo|xo|xx|xxx|x",
    "with|much|lots? of? love",
    "take care everyone|all?",
    "god? bless you|all? all?",
    "have a good|great|nice|lovely|blessed|wonderful day|weekend|evening|night|week|one",
    "talk|see to? you? soon",
    "saludos|cordiales|atentamente|cordialmente|abrazos|besos|bendiciones|adios|carinos cordiales?",
    "un|con abrazo|saludo|carino cordial|grande?",
    "que? dios le|te|la|lo|los|les bendiga",
    "que tenga|tengas|tengan un? buen|bonito|lindo|feliz|excelente dia|tarde|noche|semana",
    "hasta luego|pronto|manana",
};
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

#define SPAN(v, from, to) (v) + (from), (to) - (from)

static size_t longest(const char *const *patterns, size_t n, const struct words_token *v, size_t count)
{
    size_t best = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t k = words_match(patterns[i], v, count);

        if (k != WORDS_NONE && k > best)
            best = k;
    }
    return best;
}
#define LONGEST(table, v, from, to) longest((table), COUNT_OF(table), SPAN(v, from, to))

static bool is_mark(const struct words_token *t, const char *marks)
{
    return t->kind == WORDS_PUNCT && words_among(t->plain, marks);
}

/* Pictures that say no more than a smile. */
static bool is_friendly(const struct words_token *t)
{
    static const char smiles[] = "👍 🙏 🙂 😊 😀 😃 😄 😁 ❤ "
                                 "♥ ☺ 💕 💖 💗 💜 💙 💚 💛 "
                                 "🧡 🌷 🌸 🌹 🌻 🌼 💐 👏 🎉 "
                                 "✅ ✔ 😘 🤗 👌 🥰 😇 👋 ☀ "
                                 "✨ 🌞";

    return t->kind == WORDS_PICTURE && words_among(t->plain, smiles);
}

static bool is_known(const struct words_token *t, const char *known)
{
    return t->kind == WORDS_WORD && words_among(t->plain, known) && !words_among(t->plain, reserved);
}

/* How a run of name words at i reads: its end, and whether every word of it is known. */
static size_t name_run(const struct words_token *v, size_t i, size_t to, const char *known, int max, bool *ret_is_known)
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

static bool ends_clause(const struct words_token *v, size_t i, size_t to)
{
    return i >= to || v[i].kind == WORDS_BREAK || v[i].kind == WORDS_PICTURE || is_mark(&v[i], ", . ! - : ;");
}

/* The end of "Hi Ana," from i on, or i. */
static size_t addressed(const struct words_token *v, size_t i, size_t to, const char *known, bool is_needed)
{
    bool is_known_run = true;
    const size_t j = i < to && words_is(&v[i], ",") ? i + 1 : i; /* "Hi, Ana," */
    size_t end = name_run(v, j, to, known, 4, &is_known_run);

    if (end > j && is_known_run && j == i)
        return end;
    if (end > j && is_known_run && ends_clause(v, end, to))
        return end;
    if (end > j && j == i && ends_clause(v, end, to) && !(end < to && is_mark(&v[end], "?")))
        return end;
    return is_needed ? WORDS_NONE : i;
}

static size_t skip_front(const struct words_token *v, size_t from, size_t to, const char *marks)
{
    while (from < to && (v[from].kind == WORDS_BREAK || is_friendly(&v[from]) || is_mark(&v[from], marks)))
        from++;
    return from;
}

/* One courtesy at the start; from when there is none. */
static size_t front_once(const struct words_token *v, size_t from, size_t to, const char *known)
{
    size_t n = LONGEST(greetings, v, from, to), end;
    bool is_known_run;

    if (n)
        return skip_front(v, addressed(v, from + n, to, known, false), to, ", . ! - : ;");
    n = LONGEST(letter_openings, v, from, to);
    if (n) {
        end = addressed(v, from + n, to, known, true);
        return end == WORDS_NONE ? from : skip_front(v, end, to, ", . ! - : ;");
    }
    n = LONGEST(polite, v, from, to);
    if (n)
        return from + n;
    n = LONGEST(thanks, v, from, to);
    if (n) {
        end = addressed(v, from + n, to, known, false);
        return ends_clause(v, end, to) ? skip_front(v, end, to, ", . ! - : ;") : from;
    }
    end = name_run(v, from, to, known, 3, &is_known_run);
    if (end > from && is_known_run && end < to && is_mark(&v[end], ", - :"))
        return end;
    return from;
}

size_t courtesy_front(const struct words_token *v, size_t from, size_t to, const char *known)
{
    for (;;) {
        const size_t start = skip_front(v, from, to, ", . ! \" ¡");
        const size_t next = front_once(v, start, to, known);

        if (next == start)
            return start;
        from = next;
    }
}

/* ---- the end ---- */

static size_t line_start(const struct words_token *v, size_t from, size_t to)
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

/* ":)" and "<3": how many tokens at the end make one. */
static size_t smiley(const struct words_token *v, size_t from, size_t to)
{
    const struct words_token *t = &v[to - 1];

    if (to - from < 2 || !t->is_glued)
        return 0;
    if (words_is(t, "3"))
        return is_mark(&v[to - 2], "<") ? 2 : 0;
    if (!words_is(t, ")") || !is_mark(&v[to - 2], ": ; -"))
        return 0;
    return to - from >= 3 && words_is(&v[to - 2], "-") && is_mark(&v[to - 3], ": ;") ? 3 : 2;
}

/* Blank lines, friendly pictures, . , ! and smileys. "?" and "…" stay. */
static size_t skip_back(const struct words_token *v, size_t from, size_t to)
{
    while (to > from) {
        const struct words_token *t = &v[to - 1];
        const size_t n = smiley(v, from, to);

        if (!n && t->kind != WORDS_BREAK && !is_friendly(t) && !is_mark(t, ". , ! \" - ; :"))
            break;
        to -= n ? n : 1;
    }
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
    size_t i = from + LONGEST(openings, v, from, to);

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
static bool is_date_line(const struct words_token *v, size_t from, size_t to)
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
        else if (is_mark(&v[i], "/ -"))
            slashes += v[i].is_glued;
        else if (!words_among(v[i].plain, date_words) && !is_mark(&v[i], ", . :"))
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
        if (to - from <= 12 && (is_mark(&v[i], "@") || words_among(v[i].plain, "www http https")))
            return true;
    return name_run(v, from, to, known, 5, &is_known_run) == to;
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
        const size_t start = line_start(v, from, end);

        if (end - start == 2 && words_is(&v[start], "-") && words_is(&v[start + 1], "-") && v[start + 1].is_glued)
            return is_block(v, end, to, known) ? start : to;
        end = start > from ? start - 1 : from;
    }
    return to;
}

size_t courtesy_robot(const struct words_token *v, size_t from, size_t to, const char *known)
{
    for (;;) {
        const size_t end = skip_breaks(v, from, to);
        const size_t start = line_start(v, from, end);
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

        has_sign = has_sign || is_mark(&v[i], "@") || words_among(v[i].plain, "www http https");
        if (v[i].kind == WORDS_WORD && !is_part && !words_among(v[i].plain, "e email mail correo web website sitio"))
            return false;
    }
    return has_sign;
}

static bool is_title_case(const struct words_token *v, size_t from, size_t to)
{
    size_t words = 0;

    for (size_t i = from; i < to; i++) {
        if (v[i].kind == WORDS_PICTURE || is_mark(&v[i], "? ! …"))
            return false;
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
        if (v[i].kind == WORDS_PICTURE || is_mark(&v[i], "? ! …") ||
            (v[i].kind == WORDS_WORD && !is_figure && (!v[i].is_capital || words_among(v[i].plain, reserved))))
            return false;
    }
    return has_figure && has_street;
}

enum piece { PIECE_NONE, PIECE_LOOSE, PIECE_OFFICE, PIECE_REACH, PIECE_NAME };

static enum piece piece_of(const struct words_token *v, size_t from, size_t to, const char *known)
{
    bool is_known_run;

    if (name_run(v, from, to, known, 6, &is_known_run) == to && is_known_run)
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

        while (end < to && !is_mark(&v[end], "| \u2022 \u00b7"))
            end++;
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
static size_t name_block(const struct words_token *v, size_t from, size_t to, const char *known)
{
    struct contact c = { 0 };
    size_t end = to;

    for (int lines = 0; lines < SIGNATURE_MAX_LINES && end > from; lines++) {
        const size_t start = line_start(v, from, end);

        if (!read_contact_line(v, start, end, known, &c))
            return to;
        if (c.has_name)
            return c.has_loose && !c.has_reach ? to : start;
        end = start > from ? start - 1 : from;
    }
    return to;
}

static bool begins_clause(const struct words_token *v, size_t from, size_t i)
{
    return i == from || v[i - 1].kind == WORDS_BREAK || v[i - 1].kind == WORDS_PICTURE ||
           is_mark(&v[i - 1], ", . ! - ; : …");
}

/* [i, to) is the phrase of n tokens and nothing but names behind it. */
static bool is_closing(const struct words_token *v, size_t i, size_t n, size_t to, const char *known)
{
    size_t j = i + n, end;
    bool is_known_run;

    if (!n)
        return false;
    while (j < to && (v[j].kind == WORDS_BREAK || is_friendly(&v[j]) || is_mark(&v[j], ", . ! - ;")))
        j++;
    end = name_run(v, j, to, known, 4, &is_known_run);
    return end == to;
}

/* Where a thanks, a please, a closing or a known name at the end begins; to when there is none. */
static size_t closing_start(const struct words_token *v, size_t from, size_t to, const char *known)
{
    const size_t low = to - from > CLOSING_MAX_TOKENS ? to - CLOSING_MAX_TOKENS : from;
    bool is_known_run;

    for (size_t i = low; i < to; i++) {
        if (v[i].kind != WORDS_WORD)
            continue;
        if (is_closing(v, i, LONGEST(thanks, v, i, to), to, known))
            return i;
        if (LONGEST(polite, v, i, to) == to - i)
            return i;
        if (begins_clause(v, from, i) && is_closing(v, i, LONGEST(closings, v, i, to), to, known))
            return i;
        if (i > from && begins_clause(v, from, i) && name_run(v, i, to, known, 5, &is_known_run) == to && is_known_run)
            return i;
    }
    return to;
}

size_t courtesy_back(const struct words_token *v, size_t from, size_t to, const char *known)
{
    for (;;) {
        const size_t end = skip_back(v, from, courtesy_robot(v, from, to, known));
        const size_t start = line_start(v, from, end);
        size_t next = name_block(v, from, end, known);

        if (next == end)
            next = closing_start(v, from, end, known);
        if (next == end && is_date_line(v, start, end))
            next = start;
        if (next == end)
            return end;
        to = next;
    }
}

/* ---- the core ---- */

static const char *known_words(const char *const *names, struct arena *mem)
{
    char *known = arena_strdup(mem, "");

    for (; names && *names; names++) {
        const struct words_list list = words_split(*names, 16, mem);

        for (size_t i = 0; i < list.count; i++)
            if (list.v[i].kind == WORDS_WORD)
                known = arena_printf(mem, "%s%s ", known, list.v[i].plain);
    }
    return known;
}

struct words_core words_core(const char *text, const char *const *names, struct arena *mem)
{
    struct words_core core = { .list = words_split(text, 0, mem), .text = text };
    const struct words_token *v = core.list.v;
    const char *known = known_words(names, mem);

    core.to = core.robot_to = core.list.count;
    if (core.list.is_cut)
        return core;
    core.from = courtesy_front(v, 0, core.to, known);
    core.robot_to = courtesy_robot(v, core.from, core.to, known);
    core.to = courtesy_back(v, core.from, core.robot_to, known);
    return core;
}
