#include "inbound/answer.h"

struct phrase {
    enum answer answer;
    const char *pattern;
};

static const struct phrase phrases[] = {
    { ANSWER_YES, "yes|yeah|yep|yup|yea|sure|certainly|absolutely|definitely|ok|okay|okey" },
    { ANSWER_YES, "of course" },
    { ANSWER_YES, "i'd|i'll|i would|will? love|like|be happy|glad? to? join|come|participate|attend|be? there|part? "
                  "of? it|you|the|this? group?" },
    { ANSWER_YES, "i'd|i would? love|like that|this|it very? much?" },
    { ANSWER_YES, "i will|do|would join|come|attend|participate?" },
    { ANSWER_YES, "i'll|i will? be there" },
    { ANSWER_YES, "you? can? count me|us in" },
    { ANSWER_YES, "i'm|im|i am? in" },
    { ANSWER_YES, "sign me|us up" },
    { ANSWER_YES, "add me to? the? group|list?" },
    { ANSWER_YES, "i want|wish to join|participate the|this|your? group?" },
    { ANSWER_YES, "join me? the|this|your? group?" },
    { ANSWER_YES, "i accept" },
    { ANSWER_YES, "sounds good|great" },
    { ANSWER_YES, "si|claro|vale|bueno|dale" },
    { ANSWER_YES, "claro que si" },
    { ANSWER_YES, "por supuesto" },
    { ANSWER_YES, "de acuerdo" },
    { ANSWER_YES, "con gusto|placer" },
    { ANSWER_YES, "me gustaria|encantaria participar|unirme|ir|asistir? en|al? el? grupo?" },
    { ANSWER_YES, "si? quiero unirme|participar al|en? el? grupo?" },
    { ANSWER_YES, "si quiero" },
    { ANSWER_YES, "cuente|cuenta|cuenten conmigo" },
    { ANSWER_YES, "apunteme|inscribame|apuntame|unirme|alli|ahi|estare" },
    { ANSWER_YES, "ahi|alli estare" },
    { ANSWER_NO, "no|nope|nah" },
    { ANSWER_NO, "not now|today|yet|interested|this|right time|now?" },
    { ANSWER_NO, "i'm|im|i am not interested" },
    { ANSWER_NO, "i can't|cant|cannot make|come|join|attend? it?" },
    { ANSWER_NO, "i will|would? not|rather|prefer not|to? join|come|to?" },
    { ANSWER_NO, "i'd|i would? rather|prefer not to? join|come?" },
    { ANSWER_NO, "i don't|dont|do not? want to? join|come|it?" },
    { ANSWER_NO, "i? decline" },
    { ANSWER_NO, "prefiero que? no" },
    { ANSWER_NO, "mejor no" },
    { ANSWER_NO, "count me out" },
    { ANSWER_NO, "ahora|hoy no" },
    { ANSWER_NO, "por ahora|hoy|el no" },
    { ANSWER_NO, "por el momento no" },
    { ANSWER_NO, "no? por ahora" },
    { ANSWER_NO, "no puedo|quiero ir|asistir|participar|unirme?" },
    { ANSWER_NO, "no me interesa" },
    { ANSWER_NO, "no estoy interesada|interesado" },
    { ANSWER_MAYBE, "maybe|perhaps|possibly|tentative|quiza|quizas" },
    { ANSWER_MAYBE, "i'm|im|i am? not sure yet?" },
    { ANSWER_MAYBE, "i might" },
    { ANSWER_MAYBE, "tal vez" },
    { ANSWER_MAYBE, "a lo mejor" },
    { ANSWER_MAYBE, "no se todavia|aun?" },
    { ANSWER_MAYBE, "no estoy segura|seguro" },
    { ANSWER_AGREE, "i? agree|agreed to? the|these? rules|terms?" },
    { ANSWER_AGREE, "estoy de acuerdo con? las|los? reglas|normas?" },
    { ANSWER_AGREE, "yo? acepto las|los? reglas|normas|terminos?" },
};

/* The longest. */
size_t answer_at(const struct words_token *v, size_t count, enum answer *ret_answer)
{
    size_t best = 0;

    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        const size_t n = words_match(phrases[i].pattern, v, count);

        if (n != WORDS_NONE && n > best) {
            best = n;
            *ret_answer = phrases[i].answer;
        }
    }
    return best;
}

/* Whom one speaks to: "yes please dear", "sí señorita". */
static const char fond[] = "dear dearie sweetie sweetheart honey hon darling darlin sir ma'am maam madam miss senora "
                           "senor senorita querida querido carino corazon mija mijo mijita mijito";

static bool is_between(const struct words_token *t)
{
    return t->kind == WORDS_BREAK || (t->kind == WORDS_PUNCT && words_among(t->plain, ", . ! - ;")) ||
           words_is(t, "and") || words_is(t, "y") || words_is(t, "please") || words_among(t->plain, fond);
}

/* Two phrases in one answer: the same, or a yes with an agreement. */
static enum answer join(enum answer a, enum answer b)
{
    if (a == ANSWER_OTHER || a == b)
        return b;
    if ((a == ANSWER_YES && b == ANSWER_AGREE) || (a == ANSWER_AGREE && b == ANSWER_YES))
        return ANSWER_AGREE;
    return ANSWER_OTHER;
}

enum answer answer_read(const char *text, const char *const *names, struct arena *mem)
{
    const struct words_core core = words_core(text, names, mem);
    enum answer all = ANSWER_OTHER, one = ANSWER_OTHER;
    size_t i = core.from;

    if (core.list.is_cut)
        return ANSWER_OTHER;
    while (i < core.to) {
        const size_t n = answer_at(core.list.v + i, core.to - i, &one);

        if (!n)
            return ANSWER_OTHER;
        all = join(all, one);
        if (all == ANSWER_OTHER)
            return ANSWER_OTHER;
        i += n;
        while (i < core.to && is_between(&core.list.v[i]))
            i++;
    }
    return all;
}

const char *answer_name(enum answer answer)
{
    static const char *const names[] = { "other", "yes", "no", "maybe", "agree" };

    return names[answer];
}
