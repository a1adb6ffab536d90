#include "inbound/text_late.h"

#define PHRASE_MAX 24

/* Texting somebody. */
static const char *const acts[] = {
    "please? can|could|would|will? you? please? don't|dont|do|not|stop|quit|never not? "
    "text|texting|message|messaging|write|writing|contact|contacting|call|calling me|us|people?",
    "please? can|could|would|will? you? please? don't|dont|do|not|stop|quit|never not? send|sending me|us? "
    "any|your|these|those|the|more|so|many? texts|messages|text|message|stuff to? me|us?",
    "can|could|would|will you please? text|message|send me|us|these|them|it|your|the? texts|messages? to? me|us? "
    "instead|only?",
    "why do|did|are|would|must you text|texting|message|messaging|write|writing|call|calling me|us?",
    "you|they keep|always? text|message|write|call|texted|messaged|wrote|called|texting|calling me|us?",
    "your|the|these|those|my? texts|messages|text|message come|comes|came|are|is|arrive|arrives to|for? me|us?",
    "no more? your? texts|messages|texting|text to|for? me|us? please?",
    "please? por? favor? ya? no me|nos escriban|escriba|textee|texteen|llamen|llame",
    "please? por? favor? ya? no me|nos manden|mande|envien|envie los|sus|mas|estos? mensajes|textos|mensaje|nada?",
    "me|nos escriben|mandan|envian|llegan|llaman los|sus|estos? mensajes|textos?",
    "por? que me|nos escriben|mandan|envian|llaman los|sus? mensajes|textos?",
    "los|sus|estos mensajes|textos me? llegan|son|vienen",
    "no mensajes|textos",
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

/* "after 9", "past 9:30 pm", "before 8 o'clock", "después de las 9" */
static bool is_clock(const struct words_token *v, size_t n)
{
    static const char *const before[] = { "after|before|past|until|till", "despues|antes de las|la" };
    size_t i = words_longest(before, COUNT_OF(before), v, n);

    if (!i || i == n || words_number(&v[i++]) < 0)
        return false;
    i += i < n && words_number(&v[i]) >= 0;
    return i == n || words_match("p|a|pm|am|p.m|a.m|o'clock|oclock|at|de|in|la? m|the|night|noche? night?", v + i,
                                 n - i) == n - i;
}

static bool is_time(const struct words_token *v, size_t n)
{
    return n && (words_longest(times, COUNT_OF(times), v, n) == n || is_clock(v, n));
}

bool text_late_is(const struct words_core *core)
{
    struct words_token v[PHRASE_MAX];
    size_t n = 0, acted;

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
    acted = words_longest(acts, COUNT_OF(acts), v, n);
    return acted && is_time(v + acted, n - acted);
}
