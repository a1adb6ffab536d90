#include "inbound/rsvp.h"

#include "inbound/answer.h"

struct phrase {
    enum rsvp_answer answer;
    const char *pattern;
    bool agrees;
};

/* Beside those of inbound/answer, at the start of a clause. NOTHING: what sounds like an answer and is none. */
static const struct phrase phrases[] = {
    { RSVP_NOTHING, "no problem|worries|hay", false },
    { RSVP_NOTHING, "no hay problema", false },
    { RSVP_NOTHING, "no doubt", false },
    { RSVP_NOTHING, "i'd|i would|really? really? love|like|want to come|be|join|attend|make? there|it?", false },
    { RSVP_NOTHING, "i'd|i would|really? really? love|like|want to", false },
    { RSVP_NOTHING, "i wish i could", false },
    { RSVP_NOTHING, "me gustaria|encantaria ir|asistir|participar? mucho?", false },
    { RSVP_YES, "i|we can make|come|be|join|attend it|there?", false },
    { RSVP_YES, "i|we plan to be|come|attend there?", false },
    { RSVP_YES, "i'm|im|i am|we are coming", false },
    { RSVP_YES, "i'm|im|i am|we are going|planning to be|come|attend|join there?", false },
    { RSVP_YES, "i'll|we'll|i will|be? be there", false },
    { RSVP_YES, "i'll|we'll come|join|attend|participate", false },
    { RSVP_YES, "see you there|then", false },
    { RSVP_YES, "looking forward to? it?", false },
    { RSVP_YES, "we will be there", false },
    { RSVP_YES, "voy|vamos|asistire|ire|vengo|puedo|podemos a|ir|asistir|venir?", false },
    { RSVP_YES, "nos vemos", false },
    { RSVP_YES, "estoy? de acuerdo", true },
    { RSVP_YES, "1", false },
    { RSVP_NO, "i|we can't|cant|cannot|won't|wont make|come|be|attend|join|do it|there|this|that?", false },
    { RSVP_NO, "i|we can't|cant|cannot|won't|wont", false },
    { RSVP_NO, "can't|cant|cannot|won't|wont make|come|be|attend|join it|there?", false },
    { RSVP_NO, "i|we will|can|do not be? able? to? come|make|attend|join|be? it|there?", false },
    { RSVP_NO, "i|we won't|wont be able to? come|make|attend|join? it|there?", false },
    { RSVP_NO, "i'm|im|i am|we are unable to? come|make|attend|join? it?", false },
    { RSVP_NO, "i'm|im|i am|we are not coming|going|able to? come|make|attend? it?", false },
    { RSVP_NO, "i|we have|need to cancel|miss|skip it|this?", false },
    { RSVP_NO, "please? cancel me|it|my? visit|appointment?", false },
    { RSVP_NO, "not coming", false },
    { RSVP_NO, "sorry no", false },
    { RSVP_NO, "no puedo|podemos|podre|voy|vamos|asistire|ire a|ir|asistir|venir?", false },
    { RSVP_NO, "tengo que cancelar", false },
    { RSVP_NO, "2", false },
    { RSVP_MAYBE, "i'll|i will try", false },
    { RSVP_MAYBE, "if i can", false },
    { RSVP_MAYBE, "i don't|dont|do not know yet?", false },
    { RSVP_MAYBE, "voy a ver|tratar", false },
};

static enum rsvp_answer of_answer(enum answer answer, bool *agrees)
{
    *agrees = *agrees || answer == ANSWER_AGREE;
    return answer == ANSWER_YES     ? RSVP_YES
           : answer == ANSWER_NO    ? RSVP_NO
           : answer == ANSWER_MAYBE ? RSVP_MAYBE
                                    : RSVP_NOTHING;
}

/* The longest phrase at the start of a clause, of both lists; ours wins a tie. */
static size_t clause_at(const struct words_token *v, size_t count, enum rsvp_answer *ret, bool *agrees)
{
    enum answer theirs = ANSWER_OTHER;
    const struct phrase *found = NULL;
    const size_t plain = answer_at(v, count, &theirs);
    size_t best = 0;

    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        const size_t n = words_match(phrases[i].pattern, v, count);

        if (n != WORDS_NONE && n > best) {
            best = n;
            found = &phrases[i];
        }
    }
    if (found && plain <= best) {
        *agrees = *agrees || found->agrees;
        *ret = found->answer;
        return best;
    }
    if (!plain)
        return 0;
    *ret = of_answer(theirs, agrees);
    return plain;
}

static bool is_between(const struct words_token *t)
{
    return t->kind == WORDS_BREAK || t->kind == WORDS_PICTURE ||
           (t->kind == WORDS_PUNCT && words_among(t->plain, ", . ! - ; : …")) ||
           words_among(t->plain, "and y but pero so thanks gracias please thank sorry perdon unfortunately lo siento");
}

/* Where the next clause begins: behind a mark or a joining word, or at once, as in "yes i agree". A question is words, whatever else. */
static size_t skip_clause(const struct words_token *v, size_t i, size_t count, bool *has_question)
{
    enum rsvp_answer next;
    bool agrees = false;

    if (i < count && !is_between(&v[i]) && clause_at(v + i, count - i, &next, &agrees))
        return i;
    while (i < count && !is_between(&v[i])) {
        *has_question = *has_question || words_is_mark(&v[i], "?");
        i++;
    }
    return i;
}

static enum rsvp_answer join(enum rsvp_answer all, enum rsvp_answer one)
{
    if (one == RSVP_NOTHING || all == one)
        return all;
    return all == RSVP_NOTHING ? one : RSVP_UNCLEAR;
}

/* "Maybe. I'll try": a maybe with a yes or no beside it is theirs to say again; but a maybe said twice is one. */
struct rsvp rsvp_read(const char *text, const char *const *names, struct arena *mem)
{
    const struct words_core core = words_core(text, names, mem);
    struct rsvp said = { RSVP_NOTHING, false, false };
    bool has_question = false;
    size_t i = core.from;

    if (core.list.is_cut)
        return (struct rsvp){ RSVP_UNCLEAR, false, true };
    while (i < core.to) {
        enum rsvp_answer one = RSVP_NOTHING;
        size_t n, end;

        if (is_between(&core.list.v[i])) {
            i++;
            continue;
        }
        n = clause_at(core.list.v + i, core.to - i, &one, &said.agrees);
        end = skip_clause(core.list.v, i + n, core.to, &has_question);
        said.has_words = said.has_words || n == 0 || end > i + n;
        said.answer = join(said.answer, has_question && end > i + n ? RSVP_NOTHING : one);
        i = end > i ? end : i + 1;
    }
    said.has_words = said.has_words || has_question || said.answer == RSVP_UNCLEAR;
    return said;
}

const char *rsvp_name(enum rsvp_answer answer)
{
    static const char *const names[] = { "nothing", "yes", "no", "maybe", "unclear" };

    return names[answer];
}
