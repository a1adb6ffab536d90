#include "inbound/text_read.h"

#include "base/text.h"
#include "inbound/text_decision.h"
#include "inbound/text_late.h"
#include "inbound/text_noise.h"
#include "inbound/text_optout.h"
#include "inbound/words.h"

#define ZONE_MAX_WORDS 4

struct reader {
    const struct text_reading *in;
    struct words_core core;
    struct words_core bare; /* without question marks and quotes at its ends */
    struct arena *mem;
    int alone; /* the number that is the whole text; -1 */
    struct text_meaning m;
};

static bool is(struct reader *r, enum text_means kind)
{
    r->m.kind = kind;
    return true;
}

static bool is_word_or_picture(const struct words_token *t)
{
    return t->kind == WORDS_WORD || t->kind == WORDS_PICTURE;
}

static struct words_core without_marks(const struct words_core *core)
{
    struct words_core bare = *core;

    while (bare.from < bare.to && words_is_mark(&bare.list.v[bare.from], "¿ \" ' ( ¡ #"))
        bare.from++;
    while (bare.to > bare.from && words_is_mark(&bare.list.v[bare.to - 1], "? \" ' ) ] : - … ! ."))
        bare.to--;
    return bare;
}

/* "14", "#14.", "14?", "fourteen": the number that is the whole text. Courtesy in front or behind is said with it, as "14 thanks" is a comment. */
static int number_alone(const struct reader *r)
{
    const struct words_list *list = &r->core.list;
    size_t words = 0, polite = 0;

    if (r->bare.to != r->bare.from + 1)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (is_word_or_picture(&list->v[i]) && i != r->bare.from) {
            words++;
            polite += words_among(list->v[i].plain, "please pls por favor");
        }
    return words == polite ? words_number(&list->v[r->bare.from]) : -1;
}

static bool read_noise(struct reader *r)
{
    static const enum text_means kinds[] = { [TEXT_NOISE_REACTION] = TEXT_MEANS_REACTION,
                                             [TEXT_NOISE_TAKEN_BACK] = TEXT_MEANS_TAKEN_BACK,
                                             [TEXT_NOISE_AUTOMATIC] = TEXT_MEANS_AUTOMATIC };
    const struct text_noise noise = text_noise_read(r->in->text, r->mem);

    if (!noise.kind)
        return false;
    if (noise.kind != TEXT_NOISE_AUTOMATIC)
        r->m.text = noise.quote;
    return is(r, kinds[noise.kind]);
}

static bool read_stop(struct reader *r)
{
    const enum text_optout out = text_optout_read(&r->core, &r->m.command, r->in->names, r->in->groups, r->mem);

    r->m.stop_in_prose = out == TEXT_OPTOUT_PROSE;
    if (out == TEXT_OPTOUT_NONE || out == TEXT_OPTOUT_PROSE)
        return false;
    r->m.is_sure = out == TEXT_OPTOUT_SURE;
    return is(r, out == TEXT_OPTOUT_WRONG_NUMBER ? TEXT_MEANS_WRONG_NUMBER : TEXT_MEANS_STOP);
}

/* Somebody in need, not somebody who asks what this number is. */
static bool is_plea(const struct words_core *core)
{
    return words_core_is(core, "please|pls? help me|us") || words_core_is(core, "i|we? need help") ||
           words_core_is(core, "ayudame|ayudeme|ayudenme|ayudenos") ||
           words_core_is(core, "necesito|necesitamos ayuda");
}

/* "911", "call 911", "llamen al 988": sent to us, it reaches nobody there. An item never has these numbers; the number alone may still be what
 * was asked for. */
static bool is_emergency(const struct reader *r)
{
    const bool takes_numbers = r->in->asked.kind != TEXT_ASKED_NOTHING && r->in->asked.kind != TEXT_ASKED_YES_NO;

    return words_core_is(&r->bare, "please? call|dial|text|llame|llamen|llama|marque|marquen al|a? 911|988") ||
           (!takes_numbers && words_core_is(&r->bare, "please? al|a? 911|988"));
}

static bool read_start_or_help(struct reader *r)
{
    r->m.is_emergency = is_emergency(r);
    if (r->m.is_emergency || is_plea(&r->bare)) {
        r->m.is_plea = true;
        r->m.command.kind = COMMAND_NONE;
        return is(r, TEXT_MEANS_FREE);
    }
    if (words_core_is(&r->bare, "start|unstop|restart|iniciar|comenzar|empezar|reiniciar"))
        return is(r, TEXT_MEANS_START);
    if (words_core_is(&r->bare, "help|info") ||
        (r->m.command.kind == COMMAND_HELP && r->m.command.strength == COMMAND_SURE) ||
        (r->m.command.kind == COMMAND_INFO && r->m.command.strength == COMMAND_SURE))
        return is(r, TEXT_MEANS_HELP);
    return false;
}

static bool read_decision(struct reader *r)
{
    struct text_decision d;

    if (!r->in->is_staff)
        return false;
    d = text_decision_read(r->in->text, r->in->reviews, r->in->names, r->mem);
    r->m.pin = d.pin;
    if (d.is_pin)
        return is(r, TEXT_MEANS_PIN);
    if (!d.is_near ||
        (!d.number && (r->in->asked.kind || number_split(r->in->text, r->in->live, r->in->names, r->mem).count)))
        return false;
    r->m.number = d.number;
    r->m.decision = d.set;
    return is(r, d.set.count ? TEXT_MEANS_DECISION : TEXT_MEANS_UNCLEAR);
}

/* "Yes", "SI.", "yes please dear", "Yes, sign me up": the word, and nothing behind it that takes it back. */
static bool has_very_word(const struct reader *r)
{
    return r->bare.from < r->bare.to && words_match("yes|si", r->core.list.v + r->bare.from, 1) == 1;
}

static void read_yes_or_no(struct reader *r)
{
    r->m.answer = answer_read(r->in->text, r->in->names, r->mem);
    if (!r->m.answer && words_core_is(&r->bare, "yes|si") &&
        !words_is_mark(&r->core.list.v[r->core.to - 1], "?")) /* in quotes */
        r->m.answer = ANSWER_YES;
    r->m.is_very_word = r->m.answer == ANSWER_YES && has_very_word(r);
}

static bool same_words(const struct words_core *core, const char *name, struct arena *mem)
{
    const struct words_list list = words_split(name, 0, mem);

    if (!list.count || list.count != core->to - core->from)
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.v[i].plain, core->list.v[core->from + i].plain) != 0)
            return false;
    return true;
}

/* A choice by its number or its name; a known name may look like courtesy, so the whole text counts too. */
static bool read_choice(struct reader *r)
{
    const struct text_asked *asked = &r->in->asked;
    const struct words_core all = { .list = r->core.list, .to = r->core.list.count, .text = r->in->text };
    int count = 0;

    for (const char *const *c = asked->choices; c && *c; c++) {
        count++;
        if (same_words(&r->bare, *c, r->mem) || same_words(&all, *c, r->mem)) {
            r->m.number = count;
            return is(r, TEXT_MEANS_ANSWER);
        }
    }
    if (asked->may_be_new && words_core_is(&r->bare, "new|nuevo|nueva one|post|note|uno|una?")) {
        r->m.is_new = true;
        return is(r, TEXT_MEANS_ANSWER);
    }
    if (r->alone < 1 || r->alone > count || asked->is_by_name)
        return false;
    r->m.number = r->alone;
    return is(r, TEXT_MEANS_ANSWER);
}

static bool read_answer(struct reader *r)
{
    const struct text_asked *asked = &r->in->asked;

    switch (asked->kind) {
    case TEXT_ASKED_CHOICE:
        return read_choice(r);
    case TEXT_ASKED_YES_NO:
        read_yes_or_no(r);
        return r->m.answer && is(r, TEXT_MEANS_ANSWER);
    case TEXT_ASKED_NUMBER:
        r->m.number = r->alone;
        return r->alone >= 0 && r->alone >= asked->min && r->alone <= asked->max && is(r, TEXT_MEANS_ANSWER);
    default:
        return false;
    }
}

/* ZONE x: a place or a zone's name of a few words. */
static bool read_zone(struct reader *r)
{
    const struct words_token *v = r->core.list.v;
    size_t i = r->core.from, words = 0;
    bool is_marked;

    if (i == r->core.to || words_match("zone|zona|timezone", v + i, 1) != 1)
        return false;
    is_marked = v[i].is_upper;
    i++;
    if (i < r->core.to && words_is(&v[i], ":")) {
        is_marked = true;
        i++;
    }
    for (size_t k = i; k < r->core.to; k++) {
        if (v[k].kind != WORDS_WORD && !words_is_mark(&v[k], "/ _ + - , ."))
            return false;
        words += v[k].kind == WORDS_WORD;
    }
    if (words > ZONE_MAX_WORDS || (words && !is_marked && !v[i].is_capital))
        return false;
    r->m.text = words_span(&r->core, i, r->core.to, r->mem);
    return is(r, TEXT_MEANS_ZONE);
}

/* MOD text: all that follows, courtesy too. */
static bool read_mod(struct reader *r)
{
    const struct words_list *list = &r->core.list;
    size_t i = 0;
    bool is_marked;

    while (i < list->count && !is_word_or_picture(&list->v[i]))
        i++;
    if (i == list->count || words_match("mod|moderator|moderador|moderadora", list->v + i, 1) != 1)
        return false;
    is_marked = list->v[i].is_upper || words_is(&list->v[i], "mod") || i + 1 == list->count;
    i++;
    while (i < list->count && words_is_mark(&list->v[i], ": , -")) {
        is_marked = true;
        i++;
    }
    if (!is_marked)
        return false;
    r->m.text = i < list->count ? r->in->text + list->v[i].at : "";
    return is(r, TEXT_MEANS_MOD);
}

static bool read_late(struct reader *r)
{
    if (!text_late_is(&r->bare))
        return false;
    r->m.stop_in_prose = false; /* "stop texting me so late" ends nothing, and is no wish to */
    return is(r, TEXT_MEANS_LATE);
}

static bool read_command(struct reader *r)
{
    const struct command *c = &r->m.command;

    if (read_late(r))
        return true;
    if (words_core_is(&r->bare, "my|mis|which|what|que? groups|grupos|circles|circulos") ||
        words_core_is(&r->bare, "what|which groups|group am i in") ||
        words_core_is(&r->bare, "en? que|cuales? grupos|grupo estoy"))
        return is(r, TEXT_MEANS_GROUPS);
    if (words_core_is(&r->bare, "list|lista"))
        return is(r, TEXT_MEANS_LIST);
    if (read_zone(r) || read_mod(r))
        return true;
    if (!c->kind || (c->kind == COMMAND_THANKS && !c->number))
        return false;
    if (c->strength == COMMAND_PROSE) {
        r->m.seen = c->kind == COMMAND_STOP ? COMMAND_NONE : c->kind;
        return false;
    }
    r->m.is_sure = c->strength == COMMAND_SURE;
    r->m.number = c->number;
    return is(r, c->kind == COMMAND_MORE ? TEXT_MEANS_MORE : TEXT_MEANS_COMMAND);
}

/* A live number in figures before words that number_split takes for what it counts. */
static bool read_unsure(struct reader *r)
{
    const struct words_token *v = r->core.list.v;
    size_t i = r->core.from;
    const size_t to = r->core.list.count;

    i += i < to && words_is(&v[i], "#");
    if (i + 1 >= to || strspn(v[i].plain, "0123456789") == 0 || !number_has(r->in->live, words_number(&v[i])) ||
        (v[i + 1].kind != WORDS_WORD && !words_is(&v[i + 1], "%")))
        return false;
    r->m.number = words_number(&v[i]);
    return is(r, TEXT_MEANS_UNSURE);
}

static bool read_alone(struct reader *r)
{
    if (r->alone < 0)
        return false;
    r->m.number = r->alone;
    if (number_has(r->in->live, r->alone))
        return is(r, TEXT_MEANS_MORE);
    return is(r, number_has(r->in->old, r->alone) ? TEXT_MEANS_OLD : TEXT_MEANS_UNKNOWN);
}

static bool read_numbers(struct reader *r)
{
    struct number_pieces old;

    r->m.pieces = number_split(r->in->text, r->in->live, r->in->names, r->mem);
    if (r->m.pieces.count)
        return is(r, TEXT_MEANS_COMMENT);
    if (r->in->asked.kind == TEXT_ASKED_WORDS)
        return is(r, TEXT_MEANS_ANSWER);
    old = number_split(r->in->text, r->in->old, r->in->names, r->mem);
    if (!old.count)
        return read_unsure(r);
    r->m.number = old.v[0].numbers[0];
    return is(r, TEXT_MEANS_OLD);
}

/* A staff decision on a number that nobody has, or has no more: it must not become somebody's words. */
static bool read_lost_decision(struct reader *r)
{
    const struct words_token *v = r->core.list.v;
    struct text_decision d;
    int n;

    if (!r->in->is_staff || r->core.from == r->core.list.count)
        return false;
    n = words_number(&v[r->core.from]);
    if (n < 10 || number_has(r->in->live, n))
        return false;
    d = text_decision_read(r->in->text, (struct number_set){ &n, 1 }, r->in->names, r->mem);
    r->m.number = n;
    return d.set.count && is(r, TEXT_MEANS_UNKNOWN);
}

static bool read_bare(struct reader *r)
{
    read_yes_or_no(r);
    return r->m.answer && is(r, TEXT_MEANS_BARE);
}

static bool read_rest(struct reader *r)
{
    bool has_words = false;

    for (size_t i = 0; i < r->core.list.count; i++)
        has_words = has_words || is_word_or_picture(&r->core.list.v[i]);
    if (!has_words)
        return is(r, TEXT_MEANS_NOTHING);
    return is(r, r->core.from == r->core.to ? TEXT_MEANS_COURTESY : TEXT_MEANS_FREE);
}

typedef bool read_step(struct reader *);
static read_step *const first_steps[] = { read_noise, read_stop, read_start_or_help };
static read_step *const later_steps[] = { read_decision,      read_answer,  read_command, read_alone,
                                          read_lost_decision, read_numbers, read_bare,    read_rest };

static bool take_steps(struct reader *r, read_step *const *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i](r))
            return true;
    return false;
}

static struct reader begin(const struct text_reading *in, struct arena *mem)
{
    struct reader r = { .in = in, .core = words_core(in->text, in->names, mem), .mem = mem };
    const struct command_input command = { NULL, in->text, in->names, in->groups, &r.core };

    r.bare = without_marks(&r.core);
    r.m.command = command_read(&command, mem);
    r.m.text = in->text;
    return r;
}

struct text_meaning text_read(const struct text_reading *in, struct arena *mem)
{
    struct reader r = begin(in, mem);

    r.alone = number_alone(&r);
    r.m.is_long = text_length(in->text) > TEXT_READ_LONG;
    if (!take_steps(&r, first_steps, COUNT_OF(first_steps)))
        take_steps(&r, later_steps, COUNT_OF(later_steps));
    return r.m;
}

enum text_means text_read_word(const char *text, struct arena *mem)
{
    const struct text_reading in = { .text = text };
    struct reader r = begin(&in, mem);

    return take_steps(&r, first_steps, COUNT_OF(first_steps)) ? r.m.kind : TEXT_MEANS_FREE;
}

const char *text_means_name(enum text_means kind)
{
    static const char *const names[TEXT_MEANS_COUNT] = {
        "nothing", "reaction", "unreaction", "robot",  "stop",    "wrong", "start",    "help",    "decision",
        "unclear", "pin",      "answer",     "groups", "list",    "zone",  "mod",      "command", "late",
        "more",    "comment",  "old",        "unsure", "unknown", "bare",  "courtesy", "free"
    };

    return names[kind];
}
