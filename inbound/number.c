#include "inbound/number.h"

#include "base/text.h"
#include "inbound/words.h"

static const char units[] =
    /* time */
    "second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks wk wks month months mo mos "
    "year years yr yrs decade "
    "decades night nights weekend weekends morning mornings afternoon afternoons evening evenings time times am pm "
    "o'clock oclock noon half "
    "segundo segundos minuto minutos hora horas dia dias semana semanas mes meses ano anos noche noches manana mananas "
    "tarde tardes vez veces "
    "january february march april june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    /* measure */
    "mg mgs mcg ml milligram milligrams miligramo miligramos gram grams gramo gramos g kg kgs kilo kilos lb lbs pound "
    "pounds libra libras oz ounce "
    "ounces onza onzas cm mm inch inches pulgadas feet foot ft pies mile miles millas km kilometros percent por-ciento "
    "unit units unidad unidades "
    "iu cc tsp tbsp teaspoon teaspoons tablespoon tablespoons cup cups taza tazas glass glasses vaso vasos degree "
    "degrees grado grados calorie "
    "calories calorias carb carbs point points puntos step steps pasos dollar dollars bucks cent cents dolares pesos "
    "euros hundred thousand "
    "million x "
    /* counted */
    "pill pills tablet tablets capsule capsules dose doses dosis shot shots puff puffs drop drops pastilla pastillas "
    "tableta tabletas capsula "
    "capsulas gota gotas inyecciones kid kids child children son sons daughter daughters grandchild grandchildren hijo "
    "hijos hija hijas "
    "nieto nietos nieta nietas hermanos hermanas people person persons persona personas men women man woman friend "
    "friend's friends amigo amigos "
    "amiga amigas of de or o to other others otra otras otro otros more mas thing things cosa cosas way ways out star "
    "stars estrellas doctor "
    "doctors doctores nurse nurses surgery surgeries cirugia cirugias visit visits question questions pregunta "
    "preguntas reason reasons "
    "member members miembros group groups st nd rd th";
static const char adjectives[] =
    "little big small new different separate full whole long short extra large good bad older younger nice great-big "
    "grown main real simple young old easy hard consecutive straight";
/* Words that end in s and open an answer all the same. */
static const char openers_s[] =
    "thanks yes congrats congratulations blessings hugs is was this as us his hers its it's has does gracias "
    "felicidades "
    "saludos besos abrazos es las los nos dios estamos vamos always sometimes perhaps sorry kudos regards bless wishes "
    "that's what's he's she's let's there's here's buenas buenos besitos felicitaciones muchas bendiciones";
static const char openers[] =
    "thanks thank thx thankyou gracias yes yeah si great love loved wonderful congrats congratulations felicidades "
    "sorry welcome hola hi hello dear agree muchas no me";

bool number_has(struct number_set issue, int n)
{
    for (size_t i = 0; i < issue.count; i++)
        if (issue.v[i] == n)
            return true;
    return false;
}

bool number_is_unit(const char *plain)
{
    return words_among(plain, units);
}

struct reader {
    const struct words_token *v;
    size_t i, to;
    struct number_set issue;
    bool is_spelled, is_strict; /* strict: only punctuation or a line break may follow */
};

static const struct words_token *at(const struct reader *r, size_t ahead)
{
    return r->i + ahead < r->to ? &r->v[r->i + ahead] : NULL;
}

static bool is(const struct words_token *t, const char *plain)
{
    return t && words_is(t, plain);
}

static bool among(const struct words_token *t, const char *list)
{
    return t && words_among(t->plain, list);
}

/* "#", "No.", "número", "item", "re:", "for" before the number. */
static void read_prefix(struct reader *r)
{
    const struct words_token *t = at(r, 0);

    if (is(t, "(")) /* "(2) Thanks" */
        r->i++;
    else if (among(t, "number numero num nr item post note nota re punto n")) {
        r->i += is(at(r, 1), ".") || is(at(r, 1), ":") ? 2 : 1;
        r->i += is(at(r, 0), "°") || is(at(r, 0), "º");
    } else if (is(t, "no") &&
               (is(at(r, 1), ".") || is(at(r, 1), "°") || (t->len > 2 && at(r, 1)))) { /* "No. 2", "Nº 2" */
        r->i += is(at(r, 1), ".") || is(at(r, 1), "°") ? 2 : 1;
    } else if (among(t, "for to on about para sobre al a")) {
        r->i++;
        r->is_strict = true;
        r->i += among(at(r, 0), "el la number numero");
    }
    if (is(at(r, 0), "#")) {
        r->i++;
        r->is_strict = false;
    }
}

static bool read_one(struct reader *r, struct number_piece *piece)
{
    const struct words_token *t = at(r, 0);
    const int n = t ? words_number(t) : -1;

    if (n < 0 || !number_has(r->issue, n) || piece->count == NUMBER_MAX_EACH)
        return false;
    r->is_spelled = r->is_spelled || strspn(t->plain, "0123456789") == 0;
    for (size_t i = 0; i < piece->count; i++)
        if (piece->numbers[i] == n)
            return false;
    piece->numbers[piece->count++] = n;
    r->i++;
    return true;
}

/* "1 and 3", "1, 3 & 4". A separator that no number of the issue follows stays. */
static bool read_list(struct reader *r, struct number_piece *piece)
{
    if (!read_one(r, piece))
        return false;
    for (;;) {
        size_t k = is(at(r, 0), ",") ? 1 : 0;

        k += among(at(r, k), "and y & e") ? 1 : 0;
        if (!k || !at(r, k) ||
            (k == 1 && is(at(r, 0), ",") && at(r, 0)->is_glued && at(r, 1)->is_glued && at(r, 1)->len >= 3))
            return true;
        k += is(at(r, k), "#") ? 1 : 0;
        if (!at(r, k) || words_number(at(r, k)) < 0)
            return true;
        r->i += k;
        if (!read_one(r, piece))
            return false;
    }
}

/* A mark right behind the number: does it end the number, or is it part of a date, a decimal or a range? */
static bool mark_ends(struct reader *r)
{
    const struct words_token *mark = at(r, 0), *after = at(r, 1);
    const bool is_figure = after && words_number(after) >= 0;

    if (words_among(mark->plain, "¡ ¿")) /* "2 ¡Gracias!" */
        return true;
    if (!words_among(mark->plain, ": ) . - , ; ! ]"))
        return false;
    if (is_figure && after->is_glued) /* 2.5, 2:30, 1,000, 2-3 */
        return false;
    if (is_figure && words_among(mark->plain, "- ,")) /* "2 - 3 times", "2, 3 weeks ago" */
        return false;
    if (words_is(mark, "-") && mark->is_glued && after && after->is_glued && after->kind == WORDS_WORD)
        return false; /* "2-year-old" */
    r->i++;
    while (at(r, 0) && at(r, 0)->kind == WORDS_PUNCT && words_among(at(r, 0)->plain, ": ) . - ; ] ,"))
        r->i++;
    if (words_is(mark, ",") || words_is(mark, "-") || words_is(mark, "."))
        return !(at(r, 0) && at(r, 0)->kind == WORDS_WORD && number_is_unit(at(r, 0)->plain));
    return true;
}

static bool ends_in_s(const char *plain)
{
    const size_t n = strlen(plain);

    return n > 2 && plain[n - 1] == 's';
}

/* The word behind the number says that the number counts something. */
static bool is_counted(const struct reader *r)
{
    const struct words_token *t = at(r, 0), *next = at(r, 1);

    if (number_is_unit(t->plain) || strpbrk(t->plain, "0123456789"))
        return true;
    if (words_among(t->plain, "a p") && is(next, ".") && next->is_glued) /* 2 a.m. */
        return true;
    if (words_is(t, "a") && among(next, "la day week dia semana month year night"))
        return true;
    if (words_among(t->plain, "in at on de por") && among(next, "the la night noon")) /* "2 in the morning" */
        return true;
    if (words_among(t->plain, "and y")) /* "2 and a half" */
        return true;
    if (words_is(t, "por") && is(next, "ciento"))
        return true;
    if (words_among(t->plain, adjectives) && next && next->kind == WORDS_WORD &&
        (ends_in_s(next->plain) || number_is_unit(next->plain)))
        return true;
    return !t->is_capital && ends_in_s(t->plain) && !words_among(t->plain, openers_s);
}

static bool word_may_follow(const struct reader *r)
{
    const struct words_token *t = at(r, 0);

    if (r->is_strict || is_counted(r))
        return false;
    if (!r->is_spelled)
        return true;
    return words_among(t->plain, openers) || (t->is_capital && !t->is_upper && !ends_in_s(t->plain)) ||
           (ends_in_s(t->plain) && words_among(t->plain, openers_s));
}

/* Reads the numbers that stand at token i; true when they are numbers of the issue and no prose. *ret_next is the token behind them. */
static bool read_numbers(const struct words_token *v, size_t i, size_t to, struct number_set issue,
                         struct number_piece *piece, size_t *ret_next)
{
    struct reader r = { .v = v, .i = i, .to = to, .issue = issue };
    const struct words_token *t;

    piece->count = 0;
    read_prefix(&r);
    if (!read_list(&r, piece))
        return false;
    t = at(&r, 0);
    if (t && t->kind == WORDS_PUNCT && !mark_ends(&r))
        return false;
    if (t && t->kind == WORDS_WORD && !word_may_follow(&r))
        return false;
    *ret_next = r.i;
    return true;
}

static bool is_line_start(const struct words_token *v, size_t i, size_t first)
{
    return i == first || v[i - 1].kind == WORDS_BREAK;
}

struct number_pieces number_split(const char *text, struct number_set issue, const char *const *names,
                                  struct arena *mem)
{
    const struct words_core core = issue.count ? words_core(text, names, mem) : (struct words_core){ .from = 0 };
    const struct words_token *v = core.list.v;
    const size_t first = core.from, to = core.list.count; /* without numbers there is nothing to find */
    struct number_piece *pieces = ARENA_ARRAY(mem, issue.count ? NUMBER_MAX_PIECES : 0, struct number_piece);
    struct number_piece piece = { .count = 0 };
    size_t count = 0, next = 0;

    for (size_t i = first; i < to && count < NUMBER_MAX_PIECES; i++) {
        if (!is_line_start(v, i, first) || !read_numbers(v, i, to, issue, &piece, &next)) {
            if (i == first)
                break;
            continue;
        }
        piece.at = count ? v[i].at : 0;
        piece.words_at = next < to ? v[next].at : strlen(text);
        if (count)
            pieces[count - 1].len = piece.at - pieces[count - 1].at;
        pieces[count++] = piece;
    }
    if (count)
        pieces[count - 1].len = strlen(text) - pieces[count - 1].at;
    return (struct number_pieces){ .v = pieces, .count = count };
}
