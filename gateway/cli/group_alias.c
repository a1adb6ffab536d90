#include "gateway/cli/group_alias.h"

#include "base/text.h"

#define WORD_ENDS " -_.,;:/&+'()0123456789"
#define SHARED_MIN 4 /* letters: "the" and "a" tell nothing */

/* Beginnings, without accents. */
static const char *const of_health[] = {
    "addict", "adhd",    "adicc",   "aids",     "alcoh",    "alzh",   "anorex",  "ansied",  "anxi",    "arthr",
    "artrit", "asma",    "asthma",  "autis",    "bariat",   "bipol",  "bulim",   "cancer",  "cardi",   "celia",
    "cirrh",  "colit",   "copd",    "corazon",  "crohn",    "cronic", "chronic", "dement",  "depres",  "diab",
    "dialys", "dialis",  "disease", "disorder", "dolor",    "drug",   "droga",   "duelo",   "eczem",   "embaraz",
    "enferm", "epilep",  "esclero", "esquizo",  "fibrom",   "grief",  "heart",   "hepat",   "hipert",  "hiv",
    "hypert", "illness", "insulin", "kidney",   "leuk",     "leucem", "liver",   "lung",    "lupus",   "mental",
    "migra",  "narcot",  "neurop",  "obes",     "oncol",    "opio",   "pain",    "parkins", "pregn",   "psic",
    "psiq",   "psych",   "ptsd",    "pulmon",   "renal",    "rinon",  "schiz",   "scleros", "sida",    "sindrom",
    "sober",  "sobri",   "stroke",  "suicid",   "syndrome", "tept",   "thyro",   "tiroid",  "transpl", "trastorn",
    "trauma", "tumor",   "vih",
};

/* What many groups are called by. */
static const char *const neutral[] = {
    "monday",    "tuesday", "wednesday", "thursday",  "friday",  "saturday", "sunday",   "lunes",     "martes",
    "miercoles", "jueves",  "viernes",   "sabado",    "domingo", "january",  "february", "march",     "april",
    "june",      "july",    "august",    "september", "october", "november", "december", "spring",    "summer",
    "autumn",    "winter",  "primavera", "verano",    "otono",   "invierno", "morning",  "afternoon", "evening",
    "manana",    "tarde",   "circle",    "circulo",   "group",   "grupo",    "club",     "table",     "mesa",
    "team",      "equipo",  "friends",   "amigos",    "support", "apoyo",    "walkers",
};

static bool is_of_health(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(of_health); i++)
        if (text_starts(word, of_health[i]))
            return true;
    return false;
}

static bool is_neutral(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(neutral); i++)
        if (!strcmp(word, neutral[i]))
            return true;
    return false;
}

static bool has_word(const char *folded, const char *word, struct arena *mem)
{
    while (*folded) {
        const size_t n = strcspn(folded, WORD_ENDS);

        if (n && !strcmp(arena_strndup(mem, folded, n), word))
            return true;
        folded += n + strspn(folded + n, WORD_ENDS);
    }
    return false;
}

const char *group_alias_telling(const char *alias, const char *name, struct arena *mem)
{
    const char *const folded_name = text_fold_plain(mem, name);
    const char *at = text_fold_plain(mem, alias);

    while (*at) {
        const size_t n = strcspn(at, WORD_ENDS);
        const char *const word = arena_strndup(mem, at, n);

        if (is_of_health(word) || (n >= SHARED_MIN && !is_neutral(word) && has_word(folded_name, word, mem)))
            return word;
        at += n + strspn(at + n, WORD_ENDS);
    }
    return NULL;
}
