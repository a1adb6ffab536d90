#include "inbound/text_noise.h"

#include "base/text.h"
#include "inbound/words.h"

#define LEAD_MAX 10       /* tokens before the quote */
#define AUTOMATIC_MAX 120 /* tokens of what a phone says by itself */

/* What stands before the quote; * is one or more pictures. */
static const struct {
    enum text_noise_kind kind;
    const char *pattern;
} leads[] = {
    { TEXT_NOISE_REACTION, "liked|loved|disliked|emphasized|emphasised|questioned" },
    { TEXT_NOISE_REACTION, "laughed at" },
    { TEXT_NOISE_REACTION, "reacted * to" },
    { TEXT_NOISE_REACTION, "reacted with a sticker|memoji|emoji to" },
    { TEXT_NOISE_REACTION, "* to|a" },
    { TEXT_NOISE_REACTION, "no? le gusto|gusta" },
    { TEXT_NOISE_REACTION, "no? le ha gustado|encantado" },
    { TEXT_NOISE_REACTION, "le encanto|encanta" },
    { TEXT_NOISE_REACTION, "le? ha? dio|da|dado un|una? me? gusta|encanta|risa|corazon a|en?" },
    { TEXT_NOISE_REACTION, "ha? puso|puesto un|una me? gusta|encanta|corazon a|en" },
    { TEXT_NOISE_REACTION, "ha? indico|marco|indicado|marcado un|con? me gusta|encanta a|en?" },
    { TEXT_NOISE_REACTION, "se ha? rio|rie|reido de" },
    { TEXT_NOISE_REACTION, "ha? enfatizo|destaco|cuestiono|pregunto|enfatizado|destacado|cuestionado" },
    { TEXT_NOISE_REACTION, "ha? reacciono|reaccionado con un|una? *|sticker|calcomania a" },
    { TEXT_NOISE_TAKEN_BACK,
      "removed a|an? like|heart|dislike|laugh|exclamation|question|sticker|* mark|reaction? from" },
    { TEXT_NOISE_TAKEN_BACK, "se? ha? quito|elimino|quitado|eliminado un|una|el|la? "
                             "me|no|corazon|risa|exclamacion|signo|* me? gusta? de|exclamacion|"
                             "interrogacion? de?" },
};

/* The whole text: what was reacted to has no words. */
static const char *const wordless[] = {
    "liked|loved|disliked|emphasized|emphasised|questioned an|a "
    "image|message|movie|photo|video|link|attachment|sticker",
    "liked|loved|disliked|emphasized|emphasised|questioned an|a audio|voice message",
    "laughed at an|a image|message|movie|photo|video|link|attachment|sticker",
    "le gusto|gusta|encanto|encanta una|un imagen|mensaje|foto|video|enlace",
};

static const struct {
    bool is_whole; /* else the text begins so */
    const char *pattern;
} automatic[] = {
    { false, "i'm|im|i am? driving with do not disturb while driving turned on" },
    { false, "i'm|im|i am? driving with focus|driving focus? turned on" },
    { false, "i'm|im|i am? not receiving notifications if this is urgent reply urgent" },
    { true, "sorry? i'm|im|i am? driving right|at now|the? moment?" },
    { false, "sorry? i'm|im|i am? driving right|at now|the? moment? and? i'll|i will? get|call|text|reply|respond" },
    { false, "sent by|from drive|driving|car mode" },
    { false, "estoy conduciendo|manejando con la funcion|el|un modo|enfoque|no" },
    { true, "estoy conduciendo|manejando ahora|en mismo|este? momento?" },
    { true, "ahora mismo? estoy conduciendo|manejando" },
    { false, "ahora mismo? estoy conduciendo|manejando te|le|responderé|respondere|llamare|contestare" },
    { false, "no estoy recibiendo notificaciones si es urgente responde|responda" },
};

/* A program names itself, with a mark behind it. */
static const char *const labels[] = {
    "auto reply|response|responder|respond|message",
    "autoreply|autoresponse|autoresponder",
    "automatic|automated reply|response|message",
    "respuesta|mensaje automatica|automatico",
};

static bool is_quote(const struct words_token *t)
{
    return t->kind == WORDS_PUNCT && words_is(t, "\"");
}

/* The words of v less other marks, pictures as "*"; at most max. */
static size_t bare(const struct words_token *v, size_t count, struct words_token *to, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < count && n < max; i++) {
        if (v[i].kind == WORDS_PICTURE && n && words_is(&to[n - 1], "*"))
            continue;
        if (v[i].kind != WORDS_WORD && v[i].kind != WORDS_PICTURE)
            continue;
        to[n] = v[i];
        if (v[i].kind == WORDS_PICTURE)
            to[n].plain = "*";
        to[n++].kind = WORDS_WORD;
    }
    return n;
}

static bool is_all(const char *pattern, const struct words_token *v, size_t n)
{
    return n && words_match(pattern, v, n) == n;
}

static enum text_noise_kind lead_kind(const struct words_token *v, size_t count)
{
    struct words_token lead[LEAD_MAX];
    const size_t n = bare(v, count, lead, LEAD_MAX);

    for (size_t i = 0; i < COUNT_OF(leads); i++)
        if (is_all(leads[i].pattern, lead, n))
            return leads[i].kind;
    return TEXT_NOISE_NONE;
}

/* The first quote mark from i on that a lead may stand before; LEAD_MAX + 1: none. */
static size_t next_quote(const struct words_list *list, size_t i)
{
    while (i < list->count && i <= LEAD_MAX && !is_quote(&list->v[i]))
        i++;
    return i < list->count ? i : LEAD_MAX + 1;
}

/* The quote that opens at from, and nothing behind it. */
static struct text_noise read_quote_at(const char *text, const struct words_list *list, size_t from, struct arena *mem)
{
    const struct words_token *v = list->v;
    struct text_noise noise = { TEXT_NOISE_NONE, "" };
    size_t to = list->count;

    while (to > from + 1 && v[to - 1].kind == WORDS_BREAK)
        to--;
    if (to > from + 1 && is_quote(&v[to - 1]))
        to--;
    else
        for (size_t i = from + 1; i < to; i++)
            if (is_quote(&v[i]))
                return noise;
    noise.kind = lead_kind(v, from);
    if (noise.kind && to > from + 1)
        noise.quote = arena_strndup(mem, text + v[from + 1].at, v[to - 1].at + v[to - 1].len - v[from + 1].at);
    return noise;
}

/* Lead, a quote, and nothing behind it. A lead may hold quote marks itself: Le dio un “Me gusta” a “…”. */
static struct text_noise read_quoted(const char *text, const struct words_list *list, struct arena *mem)
{
    struct text_noise noise = { TEXT_NOISE_NONE, "" };

    for (size_t from = next_quote(list, 0); from <= LEAD_MAX && !noise.kind;) {
        noise = read_quote_at(text, list, from, mem);
        from = next_quote(list, next_quote(list, from + 1) + 1); /* behind the pair */
    }
    return noise;
}

static bool is_label(const struct words_token *v, size_t count)
{
    size_t from = 0, n;

    while (from < count && v[from].kind == WORDS_PUNCT)
        from++;
    n = words_longest(labels, COUNT_OF(labels), v + from, count - from);
    return n && from + n < count && words_is_mark(&v[from + n], ": ] ) -");
}

static bool is_automatic(const struct words_list *list, struct arena *mem)
{
    struct words_token *words = ARENA_ARRAY(mem, AUTOMATIC_MAX, struct words_token);
    const size_t n = bare(list->v, list->count, words, AUTOMATIC_MAX);

    if (n == AUTOMATIC_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(automatic); i++) {
        const size_t k = words_match(automatic[i].pattern, words, n);

        if (n && k != WORDS_NONE && k && (!automatic[i].is_whole || k == n))
            return true;
    }
    return is_label(list->v, list->count);
}

struct text_noise text_noise_read(const char *text, struct arena *mem)
{
    const struct words_list list = words_split(text, 0, mem);
    struct text_noise noise = { TEXT_NOISE_NONE, "" };
    struct words_token words[LEAD_MAX];
    size_t n;

    if (!list.count || list.is_cut)
        return noise;
    noise = read_quoted(text, &list, mem);
    if (noise.kind)
        return noise;
    n = bare(list.v, list.count, words, LEAD_MAX);
    for (size_t i = 0; i < COUNT_OF(wordless); i++)
        if (n < LEAD_MAX && is_all(wordless[i], words, n))
            noise.kind = TEXT_NOISE_REACTION;
    if (!noise.kind && is_automatic(&list, mem))
        noise.kind = TEXT_NOISE_AUTOMATIC;
    return noise;
}

bool text_noise_is_of(const char *quote, const char *sent, struct arena *mem)
{
    const struct words_list a = words_split(quote, 0, mem), b = words_split(sent, 0, mem);
    size_t k = 0, matched = 0;

    for (size_t i = 0; i < a.count; i++) {
        if (a.v[i].kind == WORDS_BREAK || is_quote(&a.v[i]))
            continue;
        while (k < b.count && (b.v[k].kind == WORDS_BREAK || is_quote(&b.v[k])))
            k++;
        /* a phone shortens what it quotes: "…" at the end, or in the middle of a word */
        if (i + 1 == a.count && words_is(&a.v[i], "…"))
            return matched > 0;
        if (k == b.count ||
            (strcmp(a.v[i].plain, b.v[k].plain) != 0 && (i + 1 < a.count || !text_starts(b.v[k].plain, a.v[i].plain))))
            return false;
        k++;
        matched++;
    }
    return matched > 0;
}
