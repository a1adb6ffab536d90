#include "inbound/text_optout.h"

#include "base/text.h"

#define KEYWORD_MAX 32 /* letters */
#define FEW 6          /* words around a keyword */
#define FEW_MORE 8     /* words that end in "wrong number" */
#define PHRASE_MAX 16

/* Without blanks and marks: "opt-out", "S T O P" and "stop all" are here too. */
static const char keywords[] =
    "stop stopp stopall stopstop stopstopstop end quit revoke remove optout cancel unsubscribe unsubscribeme "
    "unsuscribe "
    "unsubcribe unsubscibe arret arrete alto baja parar pare paren detener detengan detengase detenganse sair cancelar "
    "cancele "
    "cancelen dardebaja darmedebaja desuscribir "
    "desuscribirme fin";
/* What our own texts say of it, and the word spelled out. */
static const char *const footers[] = {
    "reply|text|texto? stop to end|stop|quit|cancel|leave|unsubscribe|optout all|the|these|your? texts|messages?",
    "reply|text|texto? stop to opt out",
    "stop|alto|baja para terminar|salir|parar|cancelar todos? los? textos|mensajes?",
};

/* Of no meaning here: "stop f*ing texting me" is a plain wish. */
static const char curses[] =
    "asshole assholes bastard bastards bitch bitches damn damned dammit fuck fuckers fuckin fucking goddamn idiot "
    "idiots jerk jerks moron morons cabron cabrones idiota idiotas pendejo pendejos";
/* Each a sign of it wherever it stands. */
static const char signs[] = "stop stopall quit cancel unsubscribe revoke optout cancelar desuscribir desuscribirme";
/* May stand around a keyword. Words that would make it somebody's advice or question are not here. */
static const char fillers[] =
    "reply text texting texto ok okay yes no si please por favor but pero and y so just hi hey hola sorry thanks thank "
    "you gracias now ya today already me us it this that all everything todo ahora";
/* Everyday words: only these may stand around them. "No baja" is said of a fever. */
static const char everyday[] =
    "end remove alto baja parar pare paren detener detengan detengase detenganse sair cancele cancelen fin";
static const char polite[] =
    "reply text texting texto ok please por favor hi hey hola thanks thank you gracias now ahora";

static const char *const phrases[] = {
    "i quit",
    "i'd|i? would|want|wish|need|prefer? like? to? stop|discontinue|quit receiving|getting "
    "these|them|this|those|your|anything|any? more?",
    "how do|can i stop|end|quit getting|receiving these|this|them|the|your? texts|messages?",
    "i|i've|ive|we already? said|texted|replied|typed|wrote|sent|told|asked you? to? please? stop|unsubscribe|quit "
    "texting|messaging|sending|it|this? me|these? already|now|twice|before?",
    "stop|quit|unsubscribe|cancel texting|messaging? me? i mean it|that|this",
    "stop|quit|unsubscribe|cancel i am|i'm|im not kidding|joking|interested",
    "stop|quit now|it|this|texting|messaging? me|us? now? or else",
    "stop|quit now|it|this|texting|messaging? me|us? now? or i|i'll|we|we'll|my will|am|lawyer|attorney? going? to? "
    "will? sue|report|block|complain|call you|this|police|lawyer|number?",
    "ya? dije|digo que? alto|basta|pare|paren|stop",
    "ya pare|paren|parenle|basta|detengase|detenganse",
    "pare|paren|parenle|basta|detengase|detenganse ya",
    "remove|take|delete|drop|get me|us off|from? of? the|this|your|any|all? "
    "text|texting|message|messaging|group|mailing|phone|sms|contact? list|lists|texts|text|group|messages",
    "i'd|i? would|want|wish|need? like? to? stop|discontinue receiving|getting? these|the|your|all|any? more? "
    "texts|messages|alerts|texting|service",
    "i? no longer want|wish|need to? get|receive|have? any|these|the|your? more? texts|messages|anything|this|them "
    "from? you?",
    "discontinue all|the|these|this|my? texts|messages|service|texting?",
    "stop|quit contacting|texting|messaging|calling this|my|our number|phone",
    "don't|dont send me|us? any|anything|these|this|more? more|else|of? these|any? messages|texts|text? anymore|again?",
    "do not send me|us? any|anything|these|this|more? more|else|of? these|any? messages|texts|text? anymore|again?",
    "i'm|i? am? no longer interested",
    "enough of|with? these|the|all|your? texts|messages already?",
    "ya? basta ya? de|con? los|estos|sus|tantos? mensajes|textos",
    "quiero|quisiera|deseo? cancelar|cancele|cancelen|parar|paren|terminar los|estos|mis|mi|la|todos|el|sus? los? "
    "mensajes|textos|suscripcion|servicio",
    "stop|quit sending|texting|messaging|contacting|writing|bothering|calling to? me|us? these|this|the|your|any|more? "
    "more? of? these|your? texts|messages|alerts|notifications|text|sms?",
    "stop|cancel|end|quit|no|remove all|the|these|this|your|my|any|more? of? these|the|your? "
    "texts|messages|alerts|notifications|subscription|text|sms",
    "stop|cancel|end|quit all|these|this|it|now|everything|them",
    "no more of? these|this|your?",
    "don't|dont|never ever? text|message|contact|write|bother me|us? again|anymore|ever|back|any? more?",
    "do not text|message|contact|write|bother me|us? again|anymore|ever|back|any? more?",
    "remove|delete|lose|drop|take|erase my|this|our phone|cell? number|phone off|from? of? the|your? "
    "list|system|records?",
    "unsubscribe|remove me? from? all|everything|please? now|all|immediately?",
    "opt me|us out",
    "i|i'd? want|would|like|wish? to? opt out",
    "i revoke|withdraw my|all? consent|permission",
    "i? don't|dont|do not? want|need|wish these|your|any|more? more? texts|messages|alerts anymore|any? more?",
    "go away",
    "how do|can i stop|end|cancel these|the|your? texts|messages?",
    "can|could|would|will you please? stop texting|messaging|contacting me|us?",
    "no mas de? mensajes|textos|esto?",
    "ya? no me|nos "
    "manden|mande|mandes|envien|envie|envies|escriban|escriba|escribas|molesten|moleste|molestes|contacten mas? "
    "mensajes|textos|nada? mas?",
    "ya? no quiero|queremos|deseo recibir? mas|sus|estos|los|mensajes|textos mensajes|textos? mas?",
    "dejen|deje|deja|dejar|paren|pare|para de escribirme|escribir|mandarme|mandar|enviarme|enviar|molestarme|molestar "
    "mas|estos|sus|los? mensajes|textos?",
    "quitenme|quiteme|quitame|saquenme|saqueme|borrenme|borreme|eliminenme de|la|esta|su? la|esta|su? lista?",
    "borren|borre|quiten|quite|eliminen|elimine mi|este numero|telefono de? la|su? lista?",
    "quiero|quisiera|deseo darme de baja",
    "denme|deme|dame de baja",
    "basta de? mensajes|textos?",
};

static const char *const wrong[] = {
    "wrong number|person|phone|cell",
    "this|it is|was? a|the wrong number|person|phone",
    "no soy esa|esta|ella|el persona?",
    "you|u have|got|reached? the|a wrong number|person",
    "nobody|no-one|noone here|with by? that|this? name",
    "no one here|with by? that|this? name",
    "no such person here?",
    "numero|persona|telefono equivocado|equivocada|incorrecto",
    "se|te equivoco|equivocaste|equivocaron de numero|persona|telefono",
    "tiene|tienes el|un numero equivocado|incorrecto",
    "aqui no vive nadie con ese nombre",
};

/* <name>: a known name, or one word that begins with a capital letter. */
static const char *const holders[] = {
    "<name>|she|he|they no longer has|have|uses|use|owns|own this number|phone|cell|line anymore?",
    "<name>|she|he|they doesn't|doesnt|don't|dont have|use|own this number|phone|cell|line anymore|now?",
    "<name>|she|he|they does|do not have|use|own this number|phone|cell|line anymore|now?",
    "<name> ya no tiene|usa este numero|telefono",
};
/* Only a known name: "This is not Christmas". */
static const char *const strangers[] = {
    "sorry? this|it is not <name>",
    "sorry? this|it isn't|isnt <name>",
    "sorry? i'm|im not <name>",
    "sorry? i am not <name>",
    "this|it is not <name> number|phone",
    "this|it isn't|isnt <name> number|phone",
    "no soy <name>",
    "este|esta no es <name>",
};

/* "… please stop texting me", where a sentence ends; not what somebody else was asked. */
static const char *const pleas[] = {
    "please stop|quit texting|messaging|contacting me|us|this? number?",
    "please stop|quit sending me|us? these|this|the|your|any|more? more? of? these|your? texts|messages|text",
    "please stop|end|cancel these|the|your|all texts|messages",
    "please take|remove|get me|us off from? the|this|your? text|texting texts|messages|service",
    "por favor dejen|deje|paren|pare de escribirme|mandarme|enviarme mas|estos|sus|los? mensajes|textos?",
};
static const char others[] =
    "to and told tell tells telling asked ask asks said say says begged wrote he she they could would que dije dijo "
    "pedi pidio";

struct phrase {
    struct words_token v[PHRASE_MAX]; /* words only */
    size_t n;
    bool is_cut; /* the text has more of them */
};

/* "stopppp", "stooop": runs of three letters and the last letter's run are one. */
static const char *drawn_in(const char *plain, struct arena *mem)
{
    const size_t n = strlen(plain);
    char *to = arena_alloc(mem, n + 1);
    size_t k = 0;

    for (size_t i = 0, run; i < n; i += run) {
        run = 1;
        while (i + run < n && plain[i + run] == plain[i])
            run++;
        for (size_t j = 0; j < (run > 2 || i + run == n ? 1 : run); j++)
            to[k++] = plain[i];
    }
    to[k] = '\0';
    return to;
}

/* Keywords of another script's letters that look alike, or with letters drawn out, as they are meant; other words as they are. */
static const char *as_meant(const char *plain, struct arena *mem)
{
    const char *s = plain;

    for (const char *p = plain; *p; p++)
        if ((unsigned char)*p >= 0x80) {
            s = text_likeness(mem, plain);
            break;
        }
    if (!words_among(s, signs))
        s = drawn_in(s, mem);
    return words_among(s, signs) ? s : plain;
}

/* The letters of the tokens in one; "" with figures among them or when there are too many. */
static void squash(const struct words_token *v, size_t n, struct arena *mem, char to[KEYWORD_MAX + 1])
{
    size_t k = 0;

    to[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *plain = as_meant(v[i].plain, mem);
        const size_t len = strlen(plain);

        if (v[i].kind != WORDS_WORD)
            continue;
        if (k + len > KEYWORD_MAX || strpbrk(plain, "0123456789")) {
            to[0] = '\0';
            return;
        }
        memcpy(to + k, plain, len);
        k += len;
        to[k] = '\0';
    }
}

static bool is_keyword(const struct words_token *v, size_t n, struct arena *mem)
{
    char letters[KEYWORD_MAX + 1];

    squash(v, n, mem, letters);
    return *letters && words_among(letters, keywords);
}

/* The stop sign, U+1F6D1, and nothing else but marks. */
static bool is_stop_sign(const struct words_token *v, size_t n)
{
    size_t signs_seen = 0;

    for (size_t i = 0; i < n; i++) {
        if (v[i].kind == WORDS_WORD || (v[i].kind == WORDS_PICTURE && strncmp(v[i].plain, "\xF0\x9F\x9B\x91", 4) != 0))
            return false;
        signs_seen += v[i].kind == WORDS_PICTURE;
    }
    return signs_seen > 0;
}

/* As phones write: "pls stop txting me". */
static const char *spelled_out(const char *plain, struct arena *mem)
{
    static const char *const pairs[][2] = {
        { "txt", "text" },    { "txts", "texts" },        { "txting", "texting" }, { "textin", "texting" },
        { "msg", "message" }, { "msgs", "messages" },     { "pls", "please" },     { "plz", "please" },
        { "thx", "thanks" },  { "tks", "thanks" },        { "u", "you" },          { "ur", "your" },
        { "num", "number" },  { "mensages", "mensajes" }, { "q", "que" }
    };

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (strcmp(plain, pairs[i][0]) == 0)
            return pairs[i][1];
    return as_meant(plain, mem);
}

static struct phrase words_of(const struct words_core *core, struct arena *mem)
{
    struct phrase p = { .n = 0 };

    for (size_t i = core->from; i < core->to && !p.is_cut; i++) {
        if (core->list.v[i].kind != WORDS_WORD || words_among(core->list.v[i].plain, curses))
            continue;
        p.is_cut = p.n == PHRASE_MAX;
        if (p.is_cut)
            break;
        p.v[p.n] = core->list.v[i];
        p.v[p.n].plain = spelled_out(p.v[p.n].plain, mem);
        p.n++;
    }
    return p;
}

/* Where the last sentence of a text begins, or its last part behind a comma. */
static size_t last_part(const struct words_core *core)
{
    size_t i = core->to;

    while (i > core->from && core->list.v[i - 1].kind != WORDS_WORD)
        i--;
    while (i > core->from && core->list.v[i - 1].kind != WORDS_BREAK &&
           !words_is_mark(&core->list.v[i - 1], ". ? ! , ; : …"))
        i--;
    return i;
}

static bool is_one_of(const char *const *patterns, size_t count, const struct words_token *v, size_t n)
{
    for (size_t i = 0; n && i < count; i++)
        if (words_match(patterns[i], v, n) == n)
            return true;
    return false;
}

/* How many words at the end are the name of a group. */
static size_t group_at_end(const struct words_token *v, size_t n, const char *const *groups, struct arena *mem)
{
    for (; groups && *groups; groups++) {
        const struct words_list name = words_split(*groups, 0, mem);
        size_t k = 0;

        while (k < name.count && name.count < n && strcmp(name.v[k].plain, v[n - name.count + k].plain) == 0)
            k++;
        if (k && k == name.count)
            return k;
    }
    return 0;
}

/* Less an item's number at either end, a group's name at the end, and words around it. */
static struct phrase stripped(const struct phrase *whole, const char *around, const char *const *groups,
                              struct arena *mem)
{
    struct phrase p = { .n = 0 };
    size_t from = 0, to = whole->n;

    to -= group_at_end(whole->v, to, groups, mem);
    while (from < to && (words_number(&whole->v[from]) >= 0 || words_among(whole->v[from].plain, around)))
        from++;
    while (to > from && (words_number(&whole->v[to - 1]) >= 0 || words_among(whole->v[to - 1].plain, around)))
        to--;
    for (; from < to; from++)
        p.v[p.n++] = whole->v[from];
    return p;
}

/* "I think you have the wrong number", "número equivocado no soy María" */
static bool has_wrong_at_an_end(const struct phrase *p)
{
    if (p->n < 2 || p->n > FEW_MORE)
        return false;
    return is_one_of(wrong, 1, p->v + p->n - 2, 2) || words_match("numero equivocado|incorrecto", p->v, 2) == 2 ||
           words_match("wrong number", p->v, 2) == 2;
}

static bool has_sign(const struct words_list *list)
{
    const struct words_token *v = list->v;

    for (size_t i = 0; i < list->count; i++)
        if (words_among(v[i].plain, signs) || (i + 1 < list->count && (words_match("wrong number", v + i, 2) == 2 ||
                                                                       words_match("opt out", v + i, 2) == 2)))
            return true;
    return false;
}

/* The number in front of it aside: "14 stop texting me". */
static enum text_optout read_phrase(const struct phrase *p, const char *const *groups, struct arena *mem)
{
    const struct phrase bare = stripped(p, fillers, groups, mem), strict = stripped(p, polite, groups, mem);
    const size_t skip = p->n > 1 && words_number(&p->v[0]) >= 0;

    if (is_one_of(wrong, COUNT_OF(wrong), p->v, p->n) || is_one_of(wrong, COUNT_OF(wrong), bare.v, bare.n) ||
        has_wrong_at_an_end(p))
        return TEXT_OPTOUT_WRONG_NUMBER;
    if (is_one_of(phrases, COUNT_OF(phrases), p->v + skip, p->n - skip) ||
        is_one_of(phrases, COUNT_OF(phrases), bare.v, bare.n))
        return TEXT_OPTOUT_LIKELY;
    if (p->n > FEW || !is_keyword(bare.v, bare.n, mem) ||
        (bare.n == 1 && words_among(bare.v[0].plain, everyday) && strict.n > 1))
        return TEXT_OPTOUT_NONE;
    return TEXT_OPTOUT_LIKELY;
}

/* Is the word one of a known name's? */
static bool is_known(const char *plain, const char *const *names, struct arena *mem)
{
    for (; names && *names; names++) {
        const struct words_list name = words_split(*names, 0, mem);

        for (size_t i = 0; i < name.count; i++)
            if (name.v[i].kind == WORDS_WORD && strcmp(name.v[i].plain, plain) == 0)
                return true;
    }
    return false;
}

/* "Rose's" as "rose". */
static const char *of_whom(const char *plain, struct arena *mem)
{
    const size_t n = strlen(plain);

    return n > 2 && strcmp(plain + n - 2, "'s") == 0 ? arena_strndup(mem, plain, n - 2) : plain;
}

/* The number has another holder: "This is not Rose", "Maria no longer has this number". */
static bool is_of_another(const struct words_list *list, const char *const *names, struct arena *mem)
{
    const struct words_core whole = { .list = *list, .to = list->count };
    struct phrase p = words_of(&whole, mem), named = { .n = 0 };

    if (!p.n || p.is_cut)
        return false;
    for (size_t i = 0; i < p.n; i++) {
        const bool is_name = is_known(of_whom(p.v[i].plain, mem), names, mem);

        if (is_name && named.n && words_is(&named.v[named.n - 1], "<name>"))
            continue; /* first name and family name */
        named.v[named.n] = p.v[i];
        if (is_name)
            named.v[named.n].plain = "<name>";
        named.n++;
    }
    if (is_one_of(strangers, COUNT_OF(strangers), named.v, named.n))
        return true;
    if (named.v[0].is_capital && !words_among(named.v[0].plain, "i i'm im we you my our"))
        named.v[0].plain = words_among(named.v[0].plain, "she he they") ? named.v[0].plain : "<name>";
    return is_one_of(holders, COUNT_OF(holders), named.v, named.n);
}

/* "my mother passed away please stop texting": the wish ends its sentence, and nobody else is told it. */
static bool has_plea(const struct words_list *list, struct arena *mem)
{
    size_t from = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct words_token *v = &list->v[i];
        struct phrase p = { .n = 0 };

        if (v->kind == WORDS_BREAK || words_is_mark(v, ". ? ! …"))
            from = i + 1;
        else if (v->kind == WORDS_WORD && words_among(v->plain, others))
            from = WORDS_NONE; /* the rest of this sentence is another's */
        if (from == WORDS_NONE || from > i || !words_among(spelled_out(v->plain, mem), "please por"))
            continue;
        for (size_t k = i; k < list->count && p.n < PHRASE_MAX; k++) {
            if (list->v[k].kind != WORDS_WORD)
                break;
            p.v[p.n] = list->v[k];
            p.v[p.n].plain = spelled_out(p.v[p.n].plain, mem);
            p.n++;
        }
        if (is_one_of(pleas, COUNT_OF(pleas), p.v, p.n))
            return true;
    }
    return false;
}

static bool is_sure(const struct words_core *core, struct arena *mem)
{
    const struct words_token *const v = core->list.v + core->from;
    const size_t n = core->to - core->from;
    const struct words_core whole = { .list = core->list, .to = core->list.count };
    const struct phrase p = words_of(&whole, mem);

    return is_keyword(core->list.v, core->list.count, mem) || is_keyword(v, n, mem) ||
           is_stop_sign(core->list.v, core->list.count) || is_stop_sign(v, n) ||
           (!p.is_cut && is_one_of(footers, COUNT_OF(footers), p.v, p.n));
}

static enum text_optout read_parts(struct words_core core, const char *const *names, const char *const *groups,
                                   struct arena *mem)
{
    const struct phrase p = words_of(&core, mem);
    struct phrase end;
    enum text_optout found = TEXT_OPTOUT_NONE;

    if (is_of_another(&core.list, names, mem))
        return TEXT_OPTOUT_WRONG_NUMBER;
    if (p.n && !p.is_cut)
        found = read_phrase(&p, groups, mem);
    if (!found && p.n <= FEW_MORE && !p.is_cut) { /* "I'm not Rose, please stop" */
        core.from = last_part(&core);
        end = words_of(&core, mem);
        found = read_phrase(&end, groups, mem);
    }
    return !found && has_plea(&core.list, mem) ? TEXT_OPTOUT_LIKELY : found;
}

enum text_optout text_optout_read(const struct words_core *core, const struct command *command,
                                  const char *const *names, const char *const *groups, struct arena *mem)
{
    enum text_optout found;

    if (is_sure(core, mem))
        return TEXT_OPTOUT_SURE;
    found = read_parts(*core, names, groups, mem);
    if (found)
        return found;
    if (command->kind == COMMAND_STOP && command->strength != COMMAND_PROSE)
        return TEXT_OPTOUT_LIKELY;
    return command->kind == COMMAND_STOP || has_sign(&core->list) ? TEXT_OPTOUT_PROSE : TEXT_OPTOUT_NONE;
}
