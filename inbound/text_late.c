#include "inbound/text_late.h"

#define PHRASE_MAX 24

/* That they want no texts. */
static const char *const refusals[] = {
    "please? can|could|would|will? you? please? do? don't|dont|not|stop|quit|never "
    "text|texting|message|messaging|write|writing|contact|contacting|call|calling me|us|people?",
    "please? can|could|would|will? you? please? do? don't|dont|not|stop|quit|never send|sending me|us? "
    "any|your|these|those|the|more|so|many? texts|messages|text|message|stuff to? me|us?",
    "no more? your? texts|messages|texting|text to|for? me|us? please?",
    "please? por? favor? ya? no me|nos escriban|escriba|textee|texteen|llamen|llame",
    "please? por? favor? ya? no me|nos manden|mande|envien|envie los|sus|mas|estos? mensajes|textos|mensaje|nada?",
    "no mensajes|textos",
};

/* Texting somebody. */
static const char *const acts[] = {
    "can|could|would|will you please? text|message|send me|us|these|them|it|your|the? texts|messages? to? me|us? "
    "instead|only?",
    "why do|did|are|would|must you text|texting|message|messaging|write|writing|call|calling me|us?",
    "you|they keep|always? text|message|write|call|texted|messaged|wrote|called|texting|calling me|us?",
    "your|the|these|those|my? texts|messages|text|message come|comes|came|are|is|arrive|arrives to|for? me|us?",
    "me|nos escriben|mandan|envian|llegan|llaman los|sus|estos? mensajes|textos?",
    "por? que me|nos escriben|mandan|envian|llaman los|sus? mensajes|textos?",
    "los|sus|estos mensajes|textos me? llegan|son|vienen",
};

/* A time of the day, or that it was the wrong one. */
static const char *const times[] = {
    "so|too|this|that|very|way late|early at|in? the? night|evening|morning? anymore|any|again? more?",
    "late|early at|in the? night|evening|morning? anymore|any|again? more?",
    "at|in|during|by so|late? the? night|nights|nite|nighttime|evening|evenings|midnight|bedtime|dawn anymore|any? "
    "more?",
    "in the middle of the night",
    "at|during this|that|these|those|such|crazy|all an? ungodly? hour|hours of? the? night?",
    "when|while i'm|im|we're|i|we am|are? sleeping|asleep|sleep|in? bed?",
    "after|before|past dark|bedtime|supper|dinner|midnight|noon",
    "later|earlier in|at|on? the? day|morning|evening|night? instead|please?",
    "in|during the? morning|mornings|afternoon|afternoons|daytime|day instead|only|please?",
    "tan|muy|demasiado tarde|temprano",
    "de|en|por la? noche|noches|madrugada",
    "a estas|esa|esas|esta horas|hora de? la? noche?",
};

static const char *const woken[] = {
    "your|the|this|that|you text|texts|message|messages? woke|wake|wakes|woken|waking me|us|my? "
    "up|wife|husband|baby? up? last|at|in|so? the|night|late|early? night?",
    "me|nos desperto|despertaron|despierta|despiertan su|sus|el|los? mensaje|mensajes|texto|textos?",
};

/* "2am", "11pm" */
static bool is_glued_hour(const char *plain)
{
    const size_t figures = strspn(plain, "0123456789");

    return figures && figures <= 2 && words_among(plain + figures, "am pm a p");
}

/* "9", "9:30 pm", "2am", "2 in the morning", "las 2 de la mañana" */
static bool is_hour(const struct words_token *v, size_t n)
{
    static const char part_of_day[] =
        "p|a|pm|am|p.m|a.m|o'clock|oclock? m? at|de|in? la|the? night|noche|morning|manana|madrugada|afternoon? "
        "anymore|again|please?";
    size_t i = 0;

    if (!n)
        return false;
    if (words_number(&v[0]) >= 0)
        i += 1 + (n > 1 && words_number(&v[1]) >= 0);
    else if (is_glued_hour(v[0].plain))
        i = 1;
    return i && words_match(part_of_day, v + i, n - i) == n - i;
}

/* "after 9", "past 9:30 pm", "before 8 o'clock", "después de las 9"; "at 2 am" of who wants none then. */
static bool is_clock(const struct words_token *v, size_t n, bool is_refusal)
{
    static const char *const before[] = { "after|before|past|until|till", "despues|antes de las|la" };
    static const char *const at[] = { "at", "a las|la" };
    size_t i = words_longest(before, COUNT_OF(before), v, n);

    if (!i && is_refusal)
        i = words_longest(at, COUNT_OF(at), v, n);
    return i && is_hour(v + i, n - i);
}

static bool is_time(const struct words_token *v, size_t n, bool is_refusal)
{
    return n && (words_longest(times, COUNT_OF(times), v, n) == n || is_clock(v, n, is_refusal));
}

bool text_late_is(const struct words_core *core)
{
    struct words_token v[PHRASE_MAX];
    size_t n = 0, refused, acted;

    for (size_t i = core->from; i < core->to; i++) {
        if (core->list.v[i].kind != WORDS_WORD)
            continue;
        if (n == PHRASE_MAX)
            return false;
        v[n++] = core->list.v[i];
    }
    if (n < 2)
        return false;
    if (words_longest(woken, COUNT_OF(woken), v, n) == n)
        return true;
    refused = words_longest(refusals, COUNT_OF(refusals), v, n);
    if (refused && is_time(v + refused, n - refused, true))
        return true;
    acted = words_longest(acts, COUNT_OF(acts), v, n);
    return acted && is_time(v + acted, n - acted, false);
}
