#include "inbound/courtesy.h"

#include "inbound/signature.h"

#define CLOSING_MAX_TOKENS 24

static const char *const greetings[] = {
    "hi|hello|hey|hola|hiya|buenas|saludos|greetings "
    "there|all|everyone|everybody|again|team|folks|friends|doc|doctor|nurse|todos|todas|amigos|amigas|equipo?",
    "hola|saludos|buenas a todos|todas",
    "good morning|afternoon|evening|day|night all|everyone|again|team?",
    "buenos|buenas|buen dias|dia|tardes|noches a? todos|todas?",
};
/* Behind "thank you" and "please" alone: "no more honey" is about honey. */
#define FOND "dear|dearie|sweetie|sweetheart|honey|hon|darling|darlin|sir|ma'am|maam|madam|miss?"
static const char *const letter_openings[] = { "dear|estimado|estimada|estimados|querido|querida|queridos|queridas" };
static const char *const thanks[] = {
    "many|much? thanks|thx|thnx|tks|ty|tysm|thankyou so? much? "
    "again|all|everyone|everybody|friends|team|doctor|doc|nurse|kindly|" FOND,
    "thanks a lot|bunch|million|ton",
    "thank you so|very? much|kindly? again|all|everyone|doctor|doc|nurse|" FOND,
    "thanks|thank you? very|so? much? for everything|asking|inviting|checking|offering|understanding|waiting me|us?",
    "thanks|thank you? very|so? much? for all? your|the|this "
    "help|invitation|invite|work|note|letter|email|message|kindness|time|update|reminder|care",
    "much appreciated",
    "i appreciate it|this",
    "muchas|mil|muchisimas? gracias todos|todas|doctora|doctor|enfermera|enfermero|senora|senor|senorita|querida?",
    "muchas|mil|muchisimas? gracias a todos|todas",
    "muchas|mil|muchisimas? gracias por todo|invitarme|preguntar|avisar",
    "muchas|mil|muchisimas? gracias por la|el|su|tu|esta|este|toda? la|su|tu? "
    "invitacion|ayuda|mensaje|carta|correo|tiempo|recordatorio|nota",
    "se|le lo? agradezco",
};
static const char *const polite[] = { "please|pls|plz|kindly|porfavor|porfa " FOND,
                                      "por favor senora|senor|senorita?" };
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

static bool ends_clause(const struct words_token *v, size_t i, size_t to)
{
    return i >= to || v[i].kind == WORDS_BREAK || v[i].kind == WORDS_PICTURE || words_is_mark(&v[i], ", . ! - : ;");
}

/* The end of "Hi Ana," from i on, or i. */
static size_t addressed(const struct words_token *v, size_t i, size_t to, const char *known, bool is_needed)
{
    bool is_known_run = true;
    const size_t j = i < to && words_is(&v[i], ",") ? i + 1 : i; /* "Hi, Ana," */
    size_t end = signature_name_run(v, j, to, known, 4, &is_known_run);

    if (end > j && is_known_run && j == i)
        return end;
    if (end > j && is_known_run && ends_clause(v, end, to))
        return end;
    if (end > j && j == i && ends_clause(v, end, to) && !(end < to && words_is_mark(&v[end], "?")))
        return end;
    return is_needed ? WORDS_NONE : i;
}

static size_t skip_front(const struct words_token *v, size_t from, size_t to, const char *marks)
{
    while (from < to && (v[from].kind == WORDS_BREAK || is_friendly(&v[from]) || words_is_mark(&v[from], marks)))
        from++;
    return from;
}

/* One courtesy at the start; from when there is none. */
static size_t front_once(const struct words_token *v, size_t from, size_t to, const char *known)
{
    size_t n = words_longest(greetings, COUNT_OF(greetings), v + from, to - from), end;
    bool is_known_run;

    if (n)
        return skip_front(v, addressed(v, from + n, to, known, false), to, ", . ! - : ;");
    n = words_longest(letter_openings, COUNT_OF(letter_openings), v + from, to - from);
    if (n) {
        end = addressed(v, from + n, to, known, true);
        return end == WORDS_NONE ? from : skip_front(v, end, to, ", . ! - : ;");
    }
    n = words_longest(polite, COUNT_OF(polite), v + from, to - from);
    if (n)
        return from + n;
    n = words_longest(thanks, COUNT_OF(thanks), v + from, to - from);
    if (n) {
        end = addressed(v, from + n, to, known, false);
        return ends_clause(v, end, to) ? skip_front(v, end, to, ", . ! - : ;") : from;
    }
    end = signature_name_run(v, from, to, known, 3, &is_known_run);
    if (end > from && is_known_run && end < to && words_is_mark(&v[end], ", - :"))
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

/* ":)" and "<3": how many tokens at the end make one. */
static size_t smiley(const struct words_token *v, size_t from, size_t to)
{
    const struct words_token *t = &v[to - 1];

    if (to - from < 2 || !t->is_glued)
        return 0;
    if (words_is(t, "3"))
        return words_is_mark(&v[to - 2], "<") ? 2 : 0;
    if (!words_is(t, ")") || !words_is_mark(&v[to - 2], ": ; -"))
        return 0;
    return to - from >= 3 && words_is(&v[to - 2], "-") && words_is_mark(&v[to - 3], ": ;") ? 3 : 2;
}

/* Blank lines, friendly pictures, . , ! and smileys. "?" and "…" stay. */
static size_t skip_back(const struct words_token *v, size_t from, size_t to)
{
    while (to > from) {
        const struct words_token *t = &v[to - 1];
        const size_t n = smiley(v, from, to);

        if (!n && t->kind != WORDS_BREAK && !is_friendly(t) && !words_is_mark(t, ". , ! \" - ; :"))
            break;
        to -= n ? n : 1;
    }
    return to;
}

static bool begins_clause(const struct words_token *v, size_t from, size_t i)
{
    return i == from || v[i - 1].kind == WORDS_BREAK || v[i - 1].kind == WORDS_PICTURE ||
           words_is_mark(&v[i - 1], ", . ! - ; : …");
}

/* [i, to) is the phrase of n tokens and nothing but names behind it. */
static bool is_closing(const struct words_token *v, size_t i, size_t n, size_t to, const char *known)
{
    size_t j = i + n, end;
    bool is_known_run;

    if (!n)
        return false;
    while (j < to && (v[j].kind == WORDS_BREAK || is_friendly(&v[j]) || words_is_mark(&v[j], ", . ! - ;")))
        j++;
    end = signature_name_run(v, j, to, known, 4, &is_known_run);
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
        if (is_closing(v, i, words_longest(thanks, COUNT_OF(thanks), v + i, to - i), to, known))
            return i;
        if (words_longest(polite, COUNT_OF(polite), v + i, to - i) == to - i)
            return i;
        if (begins_clause(v, from, i) &&
            is_closing(v, i, words_longest(closings, COUNT_OF(closings), v + i, to - i), to, known))
            return i;
        if (i > from && begins_clause(v, from, i) && signature_name_run(v, i, to, known, 5, &is_known_run) == to &&
            is_known_run)
            return i;
    }
    return to;
}

size_t courtesy_back(const struct words_token *v, size_t from, size_t to, const char *known)
{
    for (;;) {
        const size_t end = skip_back(v, from, signature_machine(v, from, to, known));
        const size_t start = signature_line_start(v, from, end);
        size_t next = signature_block(v, from, end, known);

        if (next == end)
            next = closing_start(v, from, end, known);
        if (next == end && signature_is_date(v, start, end))
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
    core.robot_to = signature_machine(v, core.from, core.to, known);
    core.to = courtesy_back(v, core.from, core.robot_to, known);
    return core;
}
