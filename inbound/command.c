#include "inbound/command.h"

#include "base/text.h"
#include "inbound/number.h"
#include "inbound/pause.h"
#include "inbound/phone_words.h"
#include "inbound/words.h"

#define PROSE_MAX_TOKENS 400 /* a wish to leave is said early; a longer text is read by a person anyway */
#define NAME_MAX_WORDS 4

struct phrase {
    enum command_kind kind;
    const char *pattern;
};

/* The whole text is one of these: act. */
static const struct phrase sure[] = {
    { COMMAND_HELP, "help|ayuda me?" },
    { COMMAND_STOP, "stop|alto|parar|pare|unsubscribe|baja|stopall|optout|quit|revoke|desuscribir|desuscribirme" },
    { COMMAND_STOP, "stop all" },
    { COMMAND_STOP, "opt out" },
    { COMMAND_STOP, "darme de baja" },
    { COMMAND_STOP, "unsubscribe me" },
    { COMMAND_LEAVE, "leave|salir the|this|my? group|circle|list?" },
    { COMMAND_LEAVE, "salir del|de este|mi? grupo|circulo" },
    { COMMAND_RESUME, "resume|reanudar|unpause|reanuda" },
    { COMMAND_DAILY, "daily|diario|diariamente" },
    { COMMAND_DAILY, "cada dia" },
    { COMMAND_WEEKLY, "weekly|semanal|semanalmente" },
    { COMMAND_EACH, "each one?" },
    { COMMAND_EACH, "cada uno|una" },
    { COMMAND_NEWS, "news|avisos" },
    { COMMAND_NEWS, "announcements|avisos only|solo?" },
    { COMMAND_NEWS, "solo|only|just avisos|announcements|news" },
    { COMMAND_RULES, "the|your|las? rules|reglas|normas" },
    { COMMAND_INFO, "info|informacion" },
    { COMMAND_BIG, "big|bigger|large|larger|grande print|letters|text|font|type?" },
    { COMMAND_BIG, "letra|letras|texto mas? grande|grandes" },
    { COMMAND_ENGLISH, "in|en? english|ingles" },
    { COMMAND_SPANISH, "in|en? spanish|espanol|castellano" },
    { COMMAND_STATUS, "status|estado" },
    { COMMAND_UNDO, "undo|deshacer" },
    { COMMAND_CHECK_IN, "checkin|checkins|chequeo|chequeos" },
    { COMMAND_CHECK_IN, "check in|ins" },
    { COMMAND_CHECK_IN_STOP, "stop|alto|no|parar the|my|el|los|mas? checkin|checkins|chequeo|chequeos" },
    { COMMAND_CHECK_IN_STOP, "stop|no the|my? check in|ins" },

};

/* What a reasonable person reads as "no more" (or nearly a command): ask back once. Inside a longer text: prose. */
static const struct phrase likely[] = {
    { COMMAND_STOP, "stop|quit sending|emailing|mailing|writing|contacting|texting to? me|us "
                    "these|this|the|your|any|more? emails|mails|letters|messages|email|notes?" },
    { COMMAND_STOP, "stop these|this|the|all|your emails|mails|letters|messages|email" },
    { COMMAND_STOP,
      "take|remove|get|delete me|us off|from? of? the|this|your|these|all? list|group|mailing|emails|lists list?" },
    { COMMAND_STOP, "take|get me|us off" },
    { COMMAND_STOP, "bajeme|bajenme|bajame|saquenme|eliminenme|elimineme|denme|deme de la|esta|su|baja? lista?" },
    { COMMAND_STOP, "remove|delete me|us" },
    { COMMAND_STOP, "take|remove|delete my|our? name|email|address off|from the|this|your list|group" },
    { COMMAND_STOP, "i? don't|dont|do|no not? longer? want|wish|need to get|receive|have any|more? "
                    "these|this|your|the|any|more? emails|mails|letters|messages|of? these? any? anymore|more?" },
    { COMMAND_STOP, "i? don't|dont|do|no not? longer? want|need any|more? these|this|them|your|the|any|more "
                    "emails|mails|letters|messages? any? anymore|more|longer?" },
    { COMMAND_STOP, "ya no quiero esto|estos|estas|nada|mas correos|mensajes|cartas?" },
    { COMMAND_STOP, "i|i'm|im am? not interested" },
    { COMMAND_STOP, "not interested" },
    { COMMAND_STOP, "leave me|us alone" },
    { COMMAND_STOP, "no me interesa|interesan" },
    { COMMAND_STOP, "dejenme|dejeme|dejame en paz" },
    { COMMAND_STOP, "ya? no me escriban|manden|envien|escriba|mande|envie mas? nada|correos|mensajes|cartas? mas?" },
    { COMMAND_STOP, "persona|correo|direccion equivocada|equivocado" },
    { COMMAND_STOP, "no more emails|mails|letters|messages?" },
    { COMMAND_STOP, "no mas correos|mensajes|cartas?" },
    { COMMAND_STOP, "you? have|got|reached? the|a? wrong person|address|email|number address?" },
    { COMMAND_STOP, "i? want to|a? unsubscribe|stop|opt out? from? this|the|these? list|group|emails?" },
    { COMMAND_STOP, "unsubscribe me? from this|the|your? list|group|emails?" },
    { COMMAND_STOP,
      "dejen|deje|deja|dejar de escribirme|mandarme|enviarme|mandar|enviar estos|mas|los? correos|mensajes|cartas?" },
    { COMMAND_STOP, "ya? no quiero|deseo recibir mas|estos|sus|los? correos|mensajes|cartas|esto|nada?" },
    { COMMAND_STOP, "quiteme|quitame|quitenme|borreme|borrenme|saqueme|saquenme de la|esta|su lista" },
    { COMMAND_STOP, "quiero darme de baja" },
    { COMMAND_STOP, "cancel|end|cancelar|remove|fin" },
    { COMMAND_LEAVE, "i|i'd? want|would|like|wish like? to leave the|this|your? group|circle?" },
    { COMMAND_LEAVE, "i am|i'm leaving this|the group" },
    { COMMAND_LEAVE, "leave this|the|your group" },
    { COMMAND_LEAVE, "i|i'd? want|would|like|wish like? to quit|exit the|this|your group|circle" },
    { COMMAND_LEAVE, "i|i'd? want|would|like|wish like? to drop out of? the|this|your? group|circle?" },
    { COMMAND_LEAVE, "take|get me|us out of? the|this|your group|circle" },
    { COMMAND_LEAVE, "i want out" },
    { COMMAND_LEAVE, "ya? me? quiero|deseo|quisiera salir|salirme|dejar de|del|el|este? grupo?" },
    { COMMAND_PAUSE, "i? want|need|would|like like? to|a pause|break for? a? while?" },
    { COMMAND_PAUSE, "quiero|necesito una|un? pausa|descanso|pausar" },
    { COMMAND_RESUME, "start|begin again" },
    { COMMAND_RESUME, "start|begin sending|writing me|us? the|these|your? emails|mails|letters|messages? again" },
    { COMMAND_RESUME, "quiero volver|regresar al? grupo?" },
    { COMMAND_DAILY, "once a day" },
    { COMMAND_DAILY, "every day" },
    { COMMAND_DAILY, "todos los dias" },
    { COMMAND_DAILY, "una vez al dia" },
    { COMMAND_WEEKLY, "only|just? once a week is? enough|plenty|fine?" },
    { COMMAND_WEEKLY, "weekly|every is|week enough|plenty|fine?" },
    { COMMAND_WEEKLY, "solo? una|1 vez a|por|cada la? semana" },
    { COMMAND_WEEKLY, "solo? cada semana" },
    { COMMAND_WEEKLY, "too many emails|mails|letters|messages" },
    { COMMAND_WEEKLY, "demasiados|muchos correos|mensajes" },
};

/* The whole text is one of these, with a question mark or without: info is told, the others are asked back about. */
static const struct phrase questions[] = {
    { COMMAND_INFO, "who is|are this|you|these|they people?" },
    { COMMAND_INFO, "who's|whos this|that" },
    { COMMAND_INFO, "what is this|that|it? about?" },
    { COMMAND_INFO, "what's|whats this|that about?" },
    { COMMAND_INFO, "quien|quienes es|son usted|ustedes|este|esto?" },
    { COMMAND_INFO, "que es esto|eso" },
    { COMMAND_INFO, "quien me? escribe|manda esto?" },
    { COMMAND_INFO, "de que se? trata|es esto" },
    { COMMAND_STOP, "how do|can|could i unsubscribe|stop this|these|the|your? emails|mails|letters|messages?" },
    { COMMAND_STOP, "can|could|would|will you please? stop|quit sending|emailing|mailing|writing? to? me|us? "
                    "these|this|the|your|any|more? emails|mails|letters|messages?" },
    { COMMAND_STOP, "como me doy|damos de baja" },
    { COMMAND_STOP, "como dejo|dejar|puedo dejar? de recibir estos|los|sus? correos|mensajes|cartas?" },
    { COMMAND_LEAVE, "how do|can|could i leave|quit|get the|this|your|out? of? this|the? group?" },
    { COMMAND_LEAVE, "como me? salgo de|del? este? grupo?" },
    { COMMAND_PAUSE, "can|could|may i take|have|get a break|pause" },
    { COMMAND_PAUSE, "puedo tomar|hacer una|un pausa|descanso" },
    { COMMAND_WEEKLY, "can|could|may i|you get|have|receive|send these|this|them|it? me? just|only? once|only? "
                      "a|every|once? week|weekly" },
};

/* Too short to say anything inside a longer text. */
static bool is_phrase_of_prose(const struct phrase *phrase, size_t n)
{
    return n >= 3 || (phrase->kind == COMMAND_STOP && n == 2);
}

static struct command make(enum command_kind kind, enum command_strength strength)
{
    return (struct command){ .kind = kind, .strength = strength, .text = "" };
}

static const struct phrase *whole(const struct phrase *phrases, size_t count, const struct words_core *core)
{
    for (size_t i = 0; i < count; i++)
        if (words_core_is(core, phrases[i].pattern))
            return &phrases[i];
    return NULL;
}

/* A question less its marks. */
static struct words_core without_question_marks(const struct words_core *core)
{
    struct words_core bare = *core;

    while (bare.from < bare.to && words_is(&bare.list.v[bare.from], "\u00bf"))
        bare.from++;
    while (bare.to > bare.from && words_is(&bare.list.v[bare.to - 1], "?"))
        bare.to--;
    return bare;
}

/* "I do not want to leave the group" */
static bool is_negated(const struct words_core *core, size_t i)
{
    const struct words_token *v = core->list.v;

    while (i > core->from && words_among(v[i - 1].plain, "to want wish like i do would going ready yet yo"))
        i--;
    return i > core->from && words_among(v[i - 1].plain, "not no never don't dont nunca tampoco");
}

static bool ends_sentence(const struct words_token *v, size_t i)
{
    return v[i].kind == WORDS_BREAK || (v[i].kind == WORDS_PUNCT && words_among(v[i].plain, ". ! , ; : …"));
}

/* What goes on behind a phrase may change what is left: "quiero salir de mi casa". */
static bool is_enough(const struct phrase *phrase, const struct words_token *v, size_t n)
{
    return n >= 3 && (phrase->kind != COMMAND_LEAVE || words_among(v[n - 1].plain, "group circle grupo circulo"));
}

/* A phrase that stands somewhere in the text, at the start of a sentence or alone in one. */
static const struct phrase *inside(const struct words_core *core)
{
    const struct words_token *v = core->list.v;
    const size_t to = core->to - core->from > PROSE_MAX_TOKENS ? core->from + PROSE_MAX_TOKENS : core->to;

    for (size_t i = core->from; i < to; i++)
        for (size_t k = 0; v[i].kind == WORDS_WORD && k < COUNT_OF(likely); k++) {
            const size_t n = words_match(likely[k].pattern, v + i, to - i);

            if (n != WORDS_NONE && is_phrase_of_prose(&likely[k], n) && !is_negated(core, i) &&
                (i + n == core->to || ends_sentence(v, i + n) || is_enough(&likely[k], &v[i], n)))
                return &likely[k];
        }
    return NULL;
}

/* ---- commands with arguments; i stands behind the word ---- */

static bool same_words(const struct words_core *core, size_t i, const char *name, struct arena *mem)
{
    const struct words_list list = words_split(name, 0, mem);

    if (list.count != core->to - i)
        return false;
    for (size_t k = 0; k < list.count; k++)
        if (strcmp(list.v[k].plain, core->list.v[i + k].plain) != 0)
            return false;
    return list.count > 0;
}

/* LEAVE name: only a group of the person's is one. "Leave me alone" is none. */
static struct command read_leave(const struct words_core *core, size_t i, const char *const *groups, struct arena *mem)
{
    struct command c = make(COMMAND_LEAVE, COMMAND_SURE);

    if (i < core->to && words_among(core->list.v[i].plain, ": the el la"))
        i++;
    for (; groups && *groups; groups++)
        if (same_words(core, i, *groups, mem)) {
            c.text = *groups;
            return c;
        }
    return make(COMMAND_NONE, COMMAND_SURE);
}

/* NAME x: up to four words on one line that may be a name. */
static struct command read_name(const struct words_core *core, size_t i, struct arena *mem)
{
    const struct words_token *v = core->list.v;
    const bool is_marked = v[i - 1].is_upper || words_is(&v[i], ":");
    struct command c = make(COMMAND_NAME, COMMAND_SURE);
    size_t words = 0;

    i += words_is(&v[i], ":");
    if (i >= core->to || words_among(v[i].plain, "of is the a an that this for de es el la un una del = ?"))
        return make(COMMAND_NONE, COMMAND_SURE);
    for (size_t k = i; k < core->to; k++) {
        if (v[k].kind == WORDS_BREAK || v[k].kind == WORDS_PICTURE || words_is(&v[k], "?") || words_is(&v[k], "@"))
            return make(COMMAND_NONE, COMMAND_SURE);
        words += v[k].kind == WORDS_WORD;
    }
    c.text = words_span(core, i, core->to, mem);
    if (words == 0 || words > NAME_MAX_WORDS || text_length(c.text) > COMMAND_NAME_MAX)
        return make(COMMAND_NONE, COMMAND_SURE);
    if (!is_marked && !v[i].is_capital)
        c.strength = COMMAND_LIKELY;
    return c;
}

static size_t pass(const struct words_core *core, size_t i, const char *marks)
{
    while (i < core->to && (core->list.v[i].kind == WORDS_BREAK || words_among(core->list.v[i].plain, marks)))
        i++;
    return i;
}

/* REPORT n [why] */
static struct command read_report(const struct words_core *core, size_t i, struct arena *mem)
{
    const struct words_token *v = core->list.v;
    struct command c = make(COMMAND_REPORT, COMMAND_SURE);

    i = pass(core, i, "# : number numero no");
    if (i >= core->to) {
        c.strength = COMMAND_LIKELY;
        return c;
    }
    c.number = words_number(&v[i++]);
    if (c.number < 1 || (i < core->to && (number_is_unit(v[i].plain) || words_is(&v[i], "/") || words_is(&v[i], "%"))))
        return make(COMMAND_NONE, COMMAND_SURE);
    c.text = words_span(core, pass(core, i, ": , - ."), core->to, mem);
    return c;
}

static struct command read_more(const struct words_core *core, size_t i)
{
    struct command c = make(COMMAND_MORE, COMMAND_SURE);

    i = pass(core, i, "#");
    if (i == core->to)
        return c;
    c.number = words_number(&core->list.v[i]);
    return c.number > 0 && i + 1 == core->to ? c : make(COMMAND_NONE, COMMAND_SURE);
}

/* POLL [n] */
static struct command read_poll(const struct words_core *core, size_t i)
{
    struct command c = make(COMMAND_POLL, COMMAND_SURE);

    i = pass(core, i, "# : number numero for por");
    if (i == core->to)
        return c;
    c.number = words_number(&core->list.v[i]);
    return c.number > 0 && i + 1 == core->to ? c : make(COMMAND_NONE, COMMAND_SURE);
}

/* ANON alone on the first line or before a colon; the rest is the post, whole. */
static struct command read_anon(const struct words_core *core, size_t i, struct arena *mem)
{
    const struct words_token *v = core->list.v;
    struct command c = make(COMMAND_ANON, COMMAND_SURE);

    if (i < core->robot_to && words_among(v[i].plain, ": . ! , -"))
        i += words_is(&v[i], ":") || i + 1 == core->robot_to || v[i + 1].kind == WORDS_BREAK;
    if (i < core->robot_to && v[i].kind != WORDS_BREAK && !words_is(&v[i - 1], ":"))
        return make(COMMAND_NONE, COMMAND_SURE);
    while (i < core->robot_to && v[i].kind == WORDS_BREAK)
        i++;
    c.text = words_span(core, i, core->robot_to, mem);
    return c;
}

static struct command with_argument(const struct words_core *core, const struct command_input *in, struct arena *mem)
{
    const struct words_token *first = &core->list.v[core->from];
    const size_t i = core->from + 1;

    if (words_among(first->plain, "anon anonimo anonima anonymous anonymously"))
        return read_anon(core, i, mem);
    if (words_among(first->plain, "report reportar"))
        return read_report(core, i, mem);
    if (words_among(first->plain, "more mas"))
        return read_more(core, i);
    if (words_among(first->plain, "poll vote encuesta voto votar"))
        return read_poll(core, i);
    if (i == core->to)
        return make(COMMAND_NONE, COMMAND_SURE);
    if (words_among(first->plain, "name nombre"))
        return read_name(core, i, mem);
    if (words_among(first->plain, "leave salir"))
        return read_leave(core, i, in->groups, mem);
    return make(COMMAND_NONE, COMMAND_SURE);
}

static struct command read_core(const struct words_core *core, const struct command_input *in, struct arena *mem)
{
    const struct phrase *phrase = whole(sure, COUNT_OF(sure), core);
    struct words_core bare;
    struct command c;

    if (phrase)
        return make(phrase->kind, COMMAND_SURE);
    c = pause_read(core);
    if (!c.kind)
        c = with_argument(core, in, mem);
    if (!c.kind && phone_words_read(core, mem, &c.text))
        c.kind = COMMAND_PHONE;
    if (c.kind)
        return c;
    c.text = "";
    bare = without_question_marks(core);
    if ((phrase = whole(questions, COUNT_OF(questions), &bare)) != NULL)
        c = make(phrase->kind, phrase->kind == COMMAND_INFO ? COMMAND_SURE : COMMAND_LIKELY);
    else if ((phrase = whole(likely, COUNT_OF(likely), core)) != NULL)
        c = make(phrase->kind, COMMAND_LIKELY);
    else if ((phrase = inside(core)) != NULL)
        c = make(phrase->kind, COMMAND_PROSE);
    if (c.kind == COMMAND_PAUSE)
        c.days = COMMAND_PAUSE_DEFAULT_DAYS;
    return c;
}

/* THANKS n: the core is the number alone, for the word counts as courtesy. */
static struct command read_thanks(const struct words_core *core)
{
    const struct words_token *v = core->list.v;
    struct command c = make(COMMAND_THANKS, COMMAND_SURE);
    size_t i = 0;

    while (i < core->robot_to && v[i].kind == WORDS_BREAK)
        i++;
    if (i >= core->robot_to || !words_among(v[i].plain, "thanks gracias"))
        return make(COMMAND_NONE, COMMAND_SURE);
    if (core->from == core->to)
        return v[i].is_upper && i + 1 == core->robot_to ? c : make(COMMAND_NONE, COMMAND_SURE);
    i += 1 + (i + 1 < core->to && words_is(&v[i + 1], "#"));
    c.number = i + 1 == core->to ? words_number(&v[i]) : -1;
    return c.number > 0 ? c : make(COMMAND_NONE, COMMAND_SURE);
}

struct command command_read(const struct command_input *in, struct arena *mem)
{
    struct words_core core = in->core ? *in->core : words_core(in->text, in->names, mem);
    struct command c;

    c = read_thanks(&core);
    if (c.kind)
        return c;
    if (core.from < core.to)
        return read_core(&core, in, mem);
    if (!in->subject)
        return make(COMMAND_NONE, COMMAND_SURE);
    core = words_core(words_subject(in->subject), in->names, mem);
    if (core.from == core.to)
        return make(COMMAND_NONE, COMMAND_SURE);
    c = read_core(&core, in, mem);
    return c.kind == COMMAND_ANON || c.strength == COMMAND_PROSE ? make(COMMAND_NONE, COMMAND_SURE) : c;
}

const char *command_name(enum command_kind kind)
{
    static const char *const names[COMMAND_COUNT] = { "",        "help",   "stop",   "leave", "pause",   "resume",
                                                      "daily",   "weekly", "each",   "news",  "rules",   "info",
                                                      "name",    "anon",   "report", "more",  "big",     "english",
                                                      "spanish", "status", "undo",   "poll",  "checkin", "stop checkin",
                                                      "thanks",  "phone" };

    return names[kind];
}
