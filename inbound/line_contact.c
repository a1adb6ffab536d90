#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define CONTACT_MAX_BYTES 120
#define WORD_MAX_BYTES 30 /* of all lists */
#define PIECE_WORDS_MAX 8
#define NAME_WORDS_MAX 4
#define PHONE_DIGITS_MIN 7
#define EXTENSION_DIGITS_MIN 3
#define PHONE_DIGITS_MAX 18

/* One word of a line: letters, digits and what joins them. */
struct piece {
    const char *at;
    size_t n;
};

/* Whether the word, in any case, is one of a list with blanks between them. */
static bool is_among(const char *word, size_t n, const char *list)
{
    char key[WORD_MAX_BYTES + 1];

    if (!n || n > WORD_MAX_BYTES)
        return false;
    for (size_t i = 0; i < n; i++)
        key[i] = text_lower(word[i]);
    key[n] = '\0';
    for (const char *p = list; (p = strstr(p, key)); p++)
        if ((p == list || p[-1] == ' ') && (!p[n] || p[n] == ' '))
            return true;
    return false;
}

static bool is_between_words(char c)
{
    switch (c) {
    case ' ':
    case '\t':
    case ',':
    case ';':
    case ':':
    case '(':
    case ')':
    case '*':
    case '_':
    case '/':
    case '"':
        return true;
    default:
        return false;
    }
}

static bool next_word(const char **s, const char *end, struct piece *ret)
{
    const char *p = *s;

    while (p < end && is_between_words(*p))
        p++;
    ret->at = p;
    while (p < end && !is_between_words(*p))
        p++;
    ret->n = (size_t)(p - ret->at);
    *s = p;
    return ret->n > 0;
}

/* Also "é" and other scripts' letters, which have no case that matters here. */
static bool is_capital(const struct piece *w)
{
    return isupper((unsigned char)*w->at) || (unsigned char)*w->at >= 0xC3;
}

static bool is_small_word(const struct piece *w)
{
    return is_among(
        w->at, w->n,
        "of de del la las los el y and the for von van der zu du des & - da do di e en für fur am im et et. at");
}

/* Groups of figures: how many, and of how many figures the last two are. */
struct figures {
    size_t groups, total, last, before;
};

/* False when the word holds more than figures and what joins them. */
static bool add_figures(struct figures *f, const struct piece *w)
{
    for (size_t i = 0; i < w->n; i++) {
        const bool is_start = i == 0 || !isdigit((unsigned char)w->at[i - 1]);

        if (!isdigit((unsigned char)w->at[i])) {
            if (!strchr("+-.", w->at[i]))
                return false;
            continue;
        }
        if (is_start) {
            f->groups++;
            f->before = f->last;
            f->last = 0;
        }
        f->last++;
        f->total++;
    }
    return f->total > 0;
}

/* "(555) 555-0142", "Phone: 555-0118", "+34 91 555 01 42". Without a word or a plus only numbers as they are written in North America: "120/80 130/85"
 * and "2026-03-04" are none. */
static bool is_phone(const char *s, const char *end)
{
    const bool has_plus = *s == '+' || (*s == '(' && s[1] == '+'), has_slash = memchr(s, '/', (size_t)(end - s));
    struct figures f = { 0 };
    bool has_label = false, is_extension = false;

    for (struct piece w; next_word(&s, end, &w);) {
        const bool is_label = is_among(
            w.at, w.n,
            "phone ph ph. tel tel. telephone fax cell mobile mobil movil móvil mov mov. móv móv. celular cel cel. "
            "telefono teléfono telf telf. tlf tlf. tfno tfno. fijo office oficina direct main whatsapp telefax "
            "work home t t. p p. m m. f f. c c. o o. d d. h h. telefon handy fon mob mob. gsm "
            "portable fixe tél tél. téléphone telefone telemóvel cellulare cell. telefoon mobiel puh puh. "
            "telefonnummer mobiltelefon telefón тел тел. телефон моб моб. 电话 手机 電話 携帯 전화 휴대폰");
        const bool is_short =
            is_among(w.at, w.n, "ext ext. extension extn extn. anexo poste durchwahl interno bleep pager");

        if (is_label && f.total >= PHONE_DIGITS_MIN) /* "O: 937 555-0161  F: 937 555-0163" */
            f = (struct figures){ 0 };
        is_extension |= is_short && !f.total;
        has_label |= is_label || is_short;
        if (is_short)
            continue;
        if (!is_label && !is_among(w.at, w.n, "x no no. nr line number numero or - .") && !add_figures(&f, &w))
            return false;
    }
    if (f.total < (is_extension ? EXTENSION_DIGITS_MIN : PHONE_DIGITS_MIN) || f.total > PHONE_DIGITS_MAX)
        return false;
    return has_label || has_plus || (f.last == 4 && f.before == 3 && !has_slash);
}

/* "example.org", "www.example.org/about": letters stand behind the last dot of the name. */
static bool is_domain(const struct piece *w)
{
    size_t letters = 0;
    bool has_dot = false;

    for (size_t i = 0; i < w->n; i++) {
        has_dot |= w->at[i] == '.' && i;
        letters = isalpha((unsigned char)w->at[i]) ? letters + 1 : 0;
    }
    return has_dot && letters >= 2;
}

/* "rosa@example.org", "Email: rosa@example.org", "www.example.org" */
static bool is_web(const char *s, const char *end)
{
    const char *slash = memchr(s, '/', (size_t)(end - s));
    bool has_address = false;

    for (struct piece w; next_word(&s, end, &w);) {
        const bool is_it = memchr(w.at, '@', w.n) || is_domain(&w);

        has_address |= is_it;
        if (!is_it && !(slash && w.at > slash) &&
            !is_among(w.at, w.n,
                      "facebook instagram twitter linkedin youtube tiktok skype e w e-mail email mail correo web "
                      "website sitio http https mailto <mailto <http <https"))
            return false;
    }
    return has_address;
}

/* "Lindenweg", "Hauptstr.", "Dorpsstraat": the word ends in what a street is. */
static bool is_street_name(const struct piece *w)
{
    static const char *const ends[] = { "straße", "strasse", "str.", "weg",   "platz",  "allee",
                                        "gasse",  "straat",  "laan", "plein", "gracht", "gatan",
                                        "vägen",  "gade",    "vej",  "veien", "katu",   "utca" };

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const size_t n = strlen(ends[i]);

        if (w->n > n + 2 && strncasecmp(w->at + w->n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

/* "118 Birch Lane", "Springfield, IL 62701", "Calle Mayor 12", "C/ Mayor 12, 2.º A", "12 rue des Lilas" */
static bool is_street(const char *s, const char *end)
{
    size_t words = 0, figures = 0, streets = 0;

    for (struct piece w; next_word(&s, end, &w) && words <= PIECE_WORDS_MAX + 4; words++) {
        const bool is_figure = isdigit((unsigned char)*w.at) || *w.at == '#';
        const bool is_street_word = is_among(
            w.at, w.n,
            "street st st. avenue ave ave. road rd rd. drive dr dr. lane ln ln. boulevard blvd blvd. way court ct "
            "place "
            "pl suite ste ste. floor highway hwy box calle avenida av av. plaza paseo camino apt apt. unit building "
            "rue chemin allée impasse quai via viale corso piazza rua travessa ulica ul ul. ulice улица ул ул.");

        figures += is_figure;
        streets += is_street_word || is_street_name(&w) || (w.n == 1 && *w.at == 'C' && w.at[1] == '/');
        if (!is_figure && !is_street_word && !is_capital(&w) && !is_small_word(&w))
            return false;
    }
    return figures && streets && words > 1 && words <= PIECE_WORDS_MAX + 4;
}

/* What is said in capitals and is no name: a closing, an answer, what one asks for. */
static bool is_said(const struct piece *w)
{
    return is_among(w->at, w->n,
                    "thanks thank best regards love sincerely saludos gracias hugs hi hello dear hola yes no ok okay "
                    "si cheers greetings yours "
                    "warmly take call please stop help not never but wait hold only except without remove cut sin pero "
                    "espere quite i you we my me it this that these un una abrazo besos "
                    "atentamente cordialmente gruss "
                    "grusse danke merci");
}

/* Words in capitals; their number, 0 when one is not. */
static size_t count_capitals(const char *s, const char *end)
{
    size_t words = 0;

    for (struct piece w; next_word(&s, end, &w);) {
        if (is_small_word(&w))
            continue;
        if (!is_capital(&w) || is_said(&w))
            return 0;
        words++;
    }
    return words <= PIECE_WORDS_MAX ? words : 0;
}

/* "12345 Musterstadt", "1012 AB Amsterdam", "Amtsgericht Musterstadt, HRB 12345", "CIF B-5501234": nothing by itself, but no sentence either. */
static bool is_register(const char *s, const char *end)
{
    struct piece first, w;
    size_t words = 0, figures = 0;
    bool is_code, has_name = false;

    if (!next_word(&s, end, &first))
        return false;
    is_code = first.n >= 4 && first.n <= 6 && strspn(first.at, "0123456789") == first.n;
    w = first;
    do {
        const bool is_figure = memchr("0123456789", w.at[w.n - 1], 10) != NULL;

        figures += is_figure;
        words++;
        has_name |= is_among(w.at, w.n,
                             "hrb hra amtsgericht registergericht handelsregister geschäftsführer ust-id ust-idnr. "
                             "ustid steuernummer vat cif nif siret siren rcs p.iva p.i. iva kvk btw reg registered "
                             "npi lic license cnpj ico ičo dič nip regon krs инн огрн");
        if (!is_figure && !is_capital(&w) && !is_small_word(&w) && !has_name)
            return false;
    } while (next_word(&s, end, &w) && words <= PIECE_WORDS_MAX);
    return words <= PIECE_WORDS_MAX && (has_name ? figures > 0 : is_code && words > 1 && words <= 4 && figures == 1);
}

/* "Sam Okafor (they/them)" */
static const char *without_pronouns(const char *s, const char *end)
{
    const char *open = end > s && end[-1] == ')' ? memrchr(s, '(', (size_t)(end - s)) : NULL, *p = open;

    for (struct piece w; p && next_word(&p, end, &w);)
        if (!is_among(w.at, w.n, "she her hers he him his they them theirs el ella elle"))
            return end;
    while (open && open > s && open[-1] == ' ')
        open--;
    return open ? open : end;
}

/* Without one it is no phone, no street and no register. */
static bool has_figure(const char *s, const char *end)
{
    while (s < end && !isdigit((unsigned char)*s) && *s != '#')
        s++;
    return s < end;
}

/* What stands beside a way to reach somebody, and says nothing of a patient. */
static bool is_beside_reach(const char *s, const char *end)
{
    static const char *const starts[] = { "pronouns:",     "office hours:", "follow us on ",
                                          "follow me on ", "find us on ",   "connect with me" };

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if ((size_t)(end - s) >= strlen(starts[i]) && strncasecmp(s, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static enum line_contact contact_of(const char *s, const char *stop)
{
    const char *end = without_pronouns(s, stop);
    const char last = end > s ? end[-1] : '\0';
    const bool has_number = has_figure(s, end);
    size_t words;

    if (is_web(s, end) || (has_number && (is_phone(s, end) || is_street(s, end))))
        return LINE_CONTACT_REACH;
    if (is_beside_reach(s, end))
        return LINE_CONTACT_LOOSE;
    if (last == ',' || last == '!' || last == '?' || last == ':' || last == '>')
        return LINE_CONTACT_NO;
    if (has_number && is_register(s, end))
        return LINE_CONTACT_LOOSE;
    words = count_capitals(s, end);
    if (!words || (last == '.' && words > NAME_WORDS_MAX))
        return LINE_CONTACT_NO;
    return words <= NAME_WORDS_MAX && !memchr(s, '.', (size_t)(end - s) - 1) ? LINE_CONTACT_NAME : LINE_CONTACT_LOOSE;
}

/* The bytes of a mark between two parts of a line, 0 for none. */
static size_t bar_at(const char *s)
{
    if (*s == '|')
        return 1;
    if (strncmp(s, "•", 3) == 0)
        return 3;
    return strncmp(s, "·", 2) == 0 ? 2 : 0;
}

enum line_contact line_contact(const char *line)
{
    const char *s = line_skip_blanks(line), *end;
    enum line_contact first = LINE_CONTACT_NO;
    bool has_reach = false, has_bar = false;

    if (!*s || strlen(s) > CONTACT_MAX_BYTES)
        return LINE_CONTACT_NO;
    for (;; s = line_skip_blanks(end + bar_at(end))) {
        const char *stop;
        enum line_contact kind;

        for (end = s; *end && !bar_at(end); end++)
            ;
        for (stop = end; stop > s && strchr(" \t*_", stop[-1]); stop--)
            ;
        kind = contact_of(s, stop);
        if (kind == LINE_CONTACT_NO)
            return LINE_CONTACT_NO;
        first = first ? first : kind;
        has_reach |= kind == LINE_CONTACT_REACH;
        has_bar |= *end != '\0';
        if (!*end)
            break;
    }
    if (first == LINE_CONTACT_NAME && has_bar)
        return has_reach ? LINE_CONTACT_CARD : LINE_CONTACT_LOOSE;
    return has_reach ? LINE_CONTACT_REACH : first;
}

bool line_announces(const char *line)
{
    static const char *const words[] = { "address",  "phone",       "number",   "call me",  "reach me",
                                         "contact",  "direccion",   "telefono", "numero",   "llame",
                                         "llamar",   "write to me", "escribe",  "escriba",  "escribir",
                                         "adresse",  "nummer",      "mail me",  "email me", "live at",
                                         "moved to", "vivo en",     "telefon",  "my new",   "send it to" };
    size_t n = strlen(line);
    const char *last;

    while (n && line[n - 1] == ' ')
        n--;
    if (n && line[n - 1] == ':')
        return true;
    last = memrchr(line, ' ', n);
    if (last && is_among(last + 1, n - (size_t)(last + 1 - line),
                         "is are was at to with from and or by for of the my es son era en a de del con y o la el mi "
                         "ist sind bei von mit und der die das"))
        return true; /* the sentence goes on */
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *at = strstr(line, words[i]);

        if (at && (at == line || !isalpha((unsigned char)at[-1]))) /* no "iPhone" */
            return true;
    }
    return false;
}
