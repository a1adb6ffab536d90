#include "inbound/desk_word.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/words.h"

#define GROUP_TOKENS_MAX 64 /* who names a group says no more than that on the line */

/* What may stand behind a word, on its line (args) and behind a colon or below (text). */
enum follow {
    FOLLOW_GROUP,
    FOLLOW_PERSON,
    FOLLOW_TEXT,
    FOLLOW_INVITE,
    FOLLOW_TOPIC,
    FOLLOW_NUMBER,
    FOLLOW_RESUME,
    FOLLOW_NOTHING
};

struct form {
    enum desk_word_kind kind;
    enum follow follow;
    bool may_text; /* behind a colon or below */
    const char *pattern;
};

static const struct form forms[] = {
    { DESK_WORD_INVITE, FOLLOW_INVITE, false, "invite|invitar|invita" },
    { DESK_WORD_AGAIN, FOLLOW_PERSON, true, "again" },
    { DESK_WORD_AGAIN, FOLLOW_PERSON, true, "otra vez" },
    { DESK_WORD_AGAIN, FOLLOW_PERSON, true, "de nuevo" },
    { DESK_WORD_WHO, FOLLOW_GROUP, false, "who|quien|quienes" },
    { DESK_WORD_WHO, FOLLOW_GROUP, false, "who is in" },
    { DESK_WORD_WHO, FOLLOW_GROUP, false, "quien|quienes esta|estan en" },
    { DESK_WORD_QUEUE, FOLLOW_GROUP, false, "queue|cola|pendientes" },
    { DESK_WORD_PAUSE, FOLLOW_PERSON, false, "pause|pausa|pausar" },
    { DESK_WORD_REMOVE, FOLLOW_PERSON, true, "remove|quitar|retirar" },
    { DESK_WORD_RULES, FOLLOW_GROUP, true, "rules|reglas" },
    { DESK_WORD_HOURS, FOLLOW_TEXT, true, "hours|horario|horas" },
    { DESK_WORD_DUTY, FOLLOW_TEXT, true, "duty|guardia|turno" },
    { DESK_WORD_TOPIC, FOLLOW_TOPIC, true, "topic|tema" },
    { DESK_WORD_STATS, FOLLOW_GROUP, false, "stats|cifras|estadisticas" },
    { DESK_WORD_HELP, FOLLOW_NOTHING, false, "help|ayuda" },
    { DESK_WORD_CHECK_IN, FOLLOW_NUMBER, true, "checkin|checkins|chequeo|chequeos" },
    { DESK_WORD_CHECK_IN, FOLLOW_NUMBER, true, "check in|ins" },
    { DESK_WORD_CHECK_IN_END, FOLLOW_NUMBER, false, "end|terminar checkin|chequeo" },
    { DESK_WORD_CHECK_IN_END, FOLLOW_NUMBER, false, "end check in" },
    { DESK_WORD_RESUME, FOLLOW_RESUME, false, "resume|reanudar" },
    { DESK_WORD_RESUME_PERSON, FOLLOW_PERSON, false, "unpause" },
    { DESK_WORD_STRANGERS, FOLLOW_NOTHING, false, "strangers|desconocidos" },
    { DESK_WORD_TOPICS, FOLLOW_GROUP, false, "topics|temas" },
};

struct reader {
    const struct words_core *core;
    const struct words_token *v;
    size_t i, line_to; /* what is left of the word's own line, less its text */
    struct arena *mem;
    const char *const *groups;
    int names_each;
};

static const struct form *read_form(struct reader *r)
{
    const struct form *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const size_t n = words_match(forms[i].pattern, r->v + r->i, r->line_to - r->i);

        if (n != WORDS_NONE && n > most) {
            most = n;
            best = &forms[i];
        }
    }
    r->i += most;
    return best;
}

static const char *span(const struct reader *r, size_t from, size_t to)
{
    const char *s = words_span(r->core, from, to, r->mem);

    return text_clean_line(r->mem, s, strlen(s));
}

/* A colon with a blank, a line's end or nothing behind it; the one in 9:00 is none. */
static bool is_separator(const struct reader *r, size_t at, size_t to)
{
    return words_is(&r->v[at], ":") &&
           (at == r->i || at + 1 >= to || !r->v[at + 1].is_glued || r->v[at + 1].kind == WORDS_BREAK);
}

/* Cuts the text off the word's line: behind the separator, or the lines below. The stop of its last sentence is its own. */
static const char *take_text(struct reader *r, size_t to)
{
    size_t from = r->line_to;

    for (size_t at = r->i; at < r->line_to; at++)
        if (is_separator(r, at, to)) {
            r->line_to = at;
            from = at + 1;
        }
    while (from < to && r->v[from].kind == WORDS_BREAK)
        from++;
    for (; from < to && to < r->core->list.count && words_is_mark(&r->v[to], ". ! ? …") && r->v[to].is_glued; to++)
        ;
    return words_span(r->core, from, to, r->mem);
}

/* ---- what stands on the line ---- */

/* What a name of any group may have around it. */
static bool says_group(const struct words_token *t)
{
    return words_among(t->plain, "the this our my group groups people el la este nuestro mi grupo grupos");
}

/* Each word of from..line_to, but those, is one of the name. A figure alone is a number of what is asked for, not of "Type 2". */
static bool has_words(const struct reader *r, size_t from, const char *name)
{
    const char *const words = arena_printf(r->mem, " %s ", text_fold_plain(r->mem, name));
    bool has = false;

    for (size_t i = from; i < r->line_to; i++) {
        if (says_group(&r->v[i]))
            continue;
        if (!strstr(words, arena_printf(r->mem, " %s ", r->v[i].plain)))
            return false;
        has = has || strspn(r->v[i].plain, "0123456789") < strlen(r->v[i].plain);
    }
    return has;
}

/* The place of the first name of the only group whose names hold the words; -1: none, or several. */
static int group_by_words(const struct reader *r, size_t from)
{
    int found = -1;

    for (int g = 0; r->groups && r->groups[g]; g++) {
        const int first = g - g % r->names_each;

        if (found == first || !has_words(r, from, r->groups[g]))
            continue;
        if (found >= 0)
            return -1;
        found = first;
    }
    return found;
}

/* The place of a name of a group that the line from..line_to is; -1 when there is none. */
static int group_at(const struct reader *r, size_t from)
{
    const char *said = text_fold_plain(r->mem, span(r, from, r->line_to));

    for (int g = 0; *said && r->groups && r->groups[g]; g++)
        if (*r->groups[g] && !strcmp(said, text_fold_plain(r->mem, r->groups[g])))
            return g;
    return group_by_words(r, from);
}

/* "the group": the one that the letter is about. */
static bool is_this_group(const struct reader *r, size_t from)
{
    size_t i = from;

    while (i < r->line_to && says_group(&r->v[i]))
        i++;
    return i > from && i == r->line_to;
}

static void take_group(struct reader *r, bool may_be_alone, struct desk_word *w)
{
    if (r->line_to - r->i > GROUP_TOKENS_MAX)
        return;
    if (may_be_alone && ((w->group = group_at(r, r->i)) >= 0 || is_this_group(r, r->i))) {
        r->i = r->line_to;
        return;
    }
    for (size_t at = r->i; at + 1 < r->line_to; at++)
        if (words_among(r->v[at].plain, "in to for from en a para de") &&
            ((w->group = group_at(r, at + 1)) >= 0 || is_this_group(r, at + 1))) {
            r->line_to = at;
            return;
        }
}

static void trim(struct reader *r)
{
    while (r->i < r->line_to && words_is_mark(&r->v[r->i], ", - < ("))
        r->i++;
    while (r->i < r->line_to && words_is_mark(&r->v[r->line_to - 1], ", . ! - > )"))
        r->line_to--;
}

static int days_of(const struct words_token *unit)
{
    return words_among(unit->plain, "day days dia dias")           ? 1
           : words_among(unit->plain, "week weeks semana semanas") ? 7
           : words_among(unit->plain, "month months mes meses")    ? 30
                                                                   : 0;
}

/* "Rose 2 weeks", "Rose for 10 days" */
static bool take_days(struct reader *r, struct desk_word *w)
{
    const size_t n = r->line_to - r->i;
    int unit, count;

    w->days = DESK_WORD_PAUSE_DAYS;
    unit = n >= 2 ? days_of(&r->v[r->line_to - 1]) : 0;
    if (!unit)
        return true;
    count = words_among(r->v[r->line_to - 2].plain, "a one un una") ? 1 : words_number(&r->v[r->line_to - 2]);
    if (count < 1 || count * unit > DESK_WORD_PAUSE_MAX)
        return false;
    w->days = count * unit;
    r->line_to -= 2;
    if (r->line_to > r->i && words_among(r->v[r->line_to - 1].plain, "for por"))
        r->line_to--;
    return true;
}

static bool read_person(struct reader *r, struct desk_word *w)
{
    if (w->kind == DESK_WORD_PAUSE && !take_days(r, w))
        return false;
    take_group(r, false, w);
    if (w->kind == DESK_WORD_PAUSE && w->days == DESK_WORD_PAUSE_DAYS && !take_days(r, w))
        return false;
    trim(r);
    if (r->i + 1 < r->line_to && words_is(&r->v[r->i], "a")) /* "pausa a Rosa" */
        r->i++;
    w->name = span(r, r->i, r->line_to);
    return *w->name != '\0' && text_length(w->name) <= 80;
}

/* The word with an @ is the address, the others are the name. */
static bool read_invite(struct reader *r, struct desk_word *w)
{
    CLEANUP(strbuf_done) struct strbuf name = STRBUF(512);
    const char *s;

    take_group(r, false, w);
    if (r->i < r->line_to && words_is(&r->v[r->i], "a")) /* "invitar a" */
        r->i++;
    for (s = span(r, r->i, r->line_to); *s; s += strspn(s, " ")) {
        const size_t n = strcspn(s, " ");
        const size_t from = strspn(s, "<(,");
        size_t end = n;

        if (memchr(s, '@', n)) {
            while (end > from && strchr(">),.;", s[end - 1]))
                end--;
            if (*w->address)
                return false;
            w->address = arena_strndup(r->mem, s + from, end - from);
        } else {
            if (name.len)
                strbuf_str(&name, " ");
            strbuf_add(&name, s, n - (s[n - 1] == ','));
        }
        s += n;
    }
    w->name = arena_strdup(r->mem, strbuf_peek(&name));
    return *w->address && *w->name;
}

static bool is_shouted(const struct reader *r)
{
    for (size_t i = r->i; i < r->line_to; i++)
        if (r->v[i].kind == WORDS_WORD && !r->v[i].is_upper && r->v[i].len > 1)
            return false;
    return true;
}

/* "[in GROUP] [at DAY TIME]", or the words themselves behind a TOPIC in capitals. */
static bool read_topic(struct reader *r, size_t word, struct desk_word *w)
{
    size_t at;

    if (r->i < r->line_to && !*w->text && r->v[word].is_upper && !is_shouted(r)) {
        w->text = words_span(r->core, r->i, r->line_to, r->mem);
        return true;
    }
    for (at = r->i; at < r->line_to && !words_among(r->v[at].plain, "at on el"); at++)
        ;
    if (at < r->line_to) {
        w->when = span(r, at + 1, r->line_to);
        r->line_to = at;
    }
    take_group(r, false, w);
    trim(r);
    return r->i >= r->line_to && *w->text;
}

/* "2", "2 in Tuesday Circle", "in Tuesday Circle" */
static bool read_number(struct reader *r, struct desk_word *w)
{
    trim(r);
    take_group(r, true, w);
    trim(r);
    if (r->i + 1 == r->line_to && words_number(&r->v[r->i]) > 0 && !*w->text)
        w->number = words_number(&r->v[r->i++]);
    return r->i >= r->line_to && (w->number || w->kind == DESK_WORD_CHECK_IN);
}

/* Nothing, a group, or a person whose letters shall come again. */
static bool read_resume(struct reader *r, struct desk_word *w)
{
    const size_t from = r->i, line_to = r->line_to;

    trim(r);
    take_group(r, true, w);
    if (r->i >= r->line_to) {
        if (w->group >= 0) /* "Rose", where a group is the Rose Circle */
            w->name = span(r, from, line_to);
        return true;
    }
    r->i = from;
    r->line_to = line_to;
    w->group = -1;
    w->kind = DESK_WORD_RESUME_PERSON;
    return read_person(r, w);
}

/* "WHO?" asks for the list, "who?" may be talk. */
static void trim_question(struct reader *r, const struct desk_word *w)
{
    while (w->is_loud && r->line_to > r->i && words_is(&r->v[r->line_to - 1], "?"))
        r->line_to--;
    trim(r);
}

static bool read_follow(struct reader *r, const struct form *form, size_t word, struct desk_word *w)
{
    switch (form->follow) {
    case FOLLOW_INVITE:
        return read_invite(r, w);
    case FOLLOW_PERSON:
        return read_person(r, w);
    case FOLLOW_TOPIC:
        return read_topic(r, word, w);
    case FOLLOW_TEXT:
        trim(r);
        if (r->i < r->line_to && *w->text)
            return false;
        if (r->i < r->line_to)
            w->text = span(r, r->i, r->line_to);
        return true;
    case FOLLOW_NUMBER:
        return read_number(r, w);
    case FOLLOW_GROUP:
        trim_question(r, w);
        take_group(r, true, w);
        return r->i >= r->line_to;
    case FOLLOW_RESUME:
        return read_resume(r, w);
    case FOLLOW_NOTHING:
        trim_question(r, w);
        return r->i >= r->line_to;
    }
    return false;
}

/* Names known to the caller are taken off the end only below the word's own line: "DUTY Lee, Ana" is no signature. */
static size_t end_of(const struct words_core *bare, const struct words_core *named, size_t from)
{
    size_t end = from;

    while (end < bare->to && bare->list.v[end].kind != WORDS_BREAK)
        end++;
    return end > named->to ? end : named->to;
}

/* The names below DUTY are what it is about; one that stands apart, or behind thanks, is the signature. */
static size_t end_of_names(const struct reader *r, size_t to)
{
    const char *const rest = text_fold_plain(r->mem, words_span(r->core, to, r->core->to, r->mem));

    return strstr(rest, "\n\n") || strstr(rest, "thank") || strstr(rest, "gracias") ? to : r->core->to;
}

struct desk_word desk_word_read(const struct desk_word_input *in, struct arena *mem)
{
    const struct words_core bare = words_core(in->text, NULL, mem), named = words_core(in->text, in->names, mem);
    struct reader r = { .core = &bare, .v = bare.list.v, .i = bare.from, .mem = mem, .groups = in->groups };
    struct desk_word w = { .address = "", .name = "", .group = -1, .when = "", .text = "" };
    const struct form *form;
    size_t to, word;

    r.names_each = in->names_each ? in->names_each : 1;
    if (bare.list.is_cut)
        return w;
    if (named.from > r.i && named.from < bare.to)
        r.i = named.from; /* "Hi desk," */
    word = r.i;
    to = end_of(&bare, &named, r.i);
    for (r.line_to = r.i; r.line_to < to && r.v[r.line_to].kind != WORDS_BREAK; r.line_to++)
        ;
    form = read_form(&r);
    if (!form)
        return w;
    w.kind = form->kind;
    w.is_loud = r.v[word].is_upper;
    w.text = take_text(&r, form->kind == DESK_WORD_DUTY ? end_of_names(&r, to) : to);
    if (*w.text && !form->may_text)
        return w;
    w.is_whole = read_follow(&r, form, word, &w);
    return w;
}

const char *desk_word_name(enum desk_word_kind kind, bool is_spanish)
{
    static const char *const names[DESK_WORD_COUNT][2] = {
        { "", "" },
        { "INVITE", "INVITAR" },
        { "AGAIN", "OTRA VEZ" },
        { "WHO", "QUIÉN" },
        { "QUEUE", "COLA" },
        { "PAUSE", "PAUSA" },
        { "REMOVE", "QUITAR" },
        { "RULES", "REGLAS" },
        { "HOURS", "HORARIO" },
        { "DUTY", "GUARDIA" },
        { "TOPIC", "TEMA" },
        { "STATS", "CIFRAS" },
        { "HELP", "AYUDA" },
        { "CHECKIN", "CHEQUEO" },
        { "END CHECKIN", "TERMINAR CHEQUEO" },
        { "RESUME", "REANUDAR" },
        { "STRANGERS", "DESCONOCIDOS" },
        { "TOPICS", "TEMAS" },
        { "RESUME", "REANUDAR" },
    };

    return names[kind][is_spanish];
}
