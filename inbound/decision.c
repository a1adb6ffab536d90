#include "inbound/decision.h"

#include "inbound/words.h"

/* What may stand behind a word. */
enum follow {
    FOLLOW_NOTHING,
    FOLLOW_TEXT,     /* a text, needed */
    FOLLOW_BLOCK,    /* the same, never on the word's own line: "EDIT the number out" is no new text */
    FOLLOW_MAY_TEXT, /* a text or nothing */
    FOLLOW_REASON,   /* nothing, a rule, a reason */
    FOLLOW_TARGET,   /* a number or NEW */
    FOLLOW_ALT       /* what a photo shows, on its line */
};

struct form {
    enum decision_kind kind;
    enum follow follow;
    const char *pattern;
};

/* The longest match wins, so OK CUT is no OK. */
static const struct form forms[] = {
    { DECISION_OK_CUT, FOLLOW_NOTHING, "ok|okay|vale cut|cortar|recortar" },
    { DECISION_OK, FOLLOW_NOTHING, "ok|okay|approve|approved|vale|aprobar|aprobado" },
    { DECISION_NO, FOLLOW_REASON, "no|rechazar" },
    { DECISION_ASK, FOLLOW_TEXT, "ask|pregunta|preguntar" },
    { DECISION_EDIT, FOLLOW_BLOCK, "edit|editar" },
    { DECISION_FIX, FOLLOW_TEXT, "fix|corregir|correccion|nota" },
    { DECISION_PRIVATE, FOLLOW_MAY_TEXT, "private|privado" },
    { DECISION_DONE, FOLLOW_MAY_TEXT, "done|hecho|listo" },
    { DECISION_MOVE, FOLLOW_TARGET, "move to?" },
    { DECISION_MOVE, FOLLOW_TARGET, "mover a?" },
    { DECISION_CRISIS, FOLLOW_NOTHING, "crisis" },
    { DECISION_CLAIM, FOLLOW_NOTHING, "claim|tomar" },
    { DECISION_CLAIM, FOLLOW_NOTHING, "lo tomo" },
    { DECISION_PASS, FOLLOW_NOTHING, "pass|pasar" },
    { DECISION_SEND, FOLLOW_NOTHING, "send|enviar" },
    { DECISION_UNDO, FOLLOW_NOTHING, "undo|deshacer" },
    { DECISION_ANNOUNCE, FOLLOW_TEXT, "announce|announcement|anuncio|anunciar" },
    { DECISION_TOPIC, FOLLOW_TEXT, "topic|tema" },
    { DECISION_ALT, FOLLOW_ALT, "alt|descripcion" },
};

/* A reason below NO that begins so reads on from it: "No / problem, send it". */
static const char no_reads_on[] = "problem problems problema worries that's thats that it's its objection objections "
                                  "need concerns concern issue issues "
                                  "doubt ok okay send fine approve approved hay esta vale enviar es aprobar";

#define SINGLE_ALTS_MAX 8 /* in answer to one note */

struct reader {
    const struct words_core *core;
    const struct words_token *v;
    size_t i, to;   /* what is left of the decision */
    size_t text_to; /* where its text would end: closings and names are part of a text */
    struct arena *mem;
};

static bool is(const struct reader *r, size_t ahead, const char *plain)
{
    return r->i + ahead < r->to && words_is(&r->v[r->i + ahead], plain);
}

static bool is_end(const struct reader *r)
{
    return r->i >= r->to;
}

/* The tokens that a thought may end with: "OK." "OK!" */
static void pass_stops(struct reader *r)
{
    while (!is_end(r) &&
           (is(r, 0, ".") || is(r, 0, "!") || is(r, 0, ",") || is(r, 0, ";") || r->v[r->i].kind == WORDS_BREAK))
        r->i++;
}

static const struct form *read_word(struct reader *r)
{
    const struct form *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const size_t n = words_match(forms[i].pattern, r->v + r->i, r->to - r->i);

        if (n != WORDS_NONE && n > most) {
            most = n;
            best = &forms[i];
        }
    }
    r->i += most;
    return best;
}

static const char *rest(const struct reader *r, size_t from)
{
    while (from < r->text_to && r->v[from].kind == WORDS_BREAK)
        from++;
    return words_span(r->core, from, r->text_to, r->mem);
}

/* The text of all tokens [from, to) is in capitals: then a word in capitals says nothing. */
static bool is_shouted(const struct reader *r, size_t from)
{
    for (size_t i = from; i < r->text_to; i++)
        if (r->v[i].kind == WORDS_WORD && !r->v[i].is_upper && r->v[i].len > 1)
            return false;
    return true;
}

/* A text behind the word at token `word`: after a colon, on the lines below, or on its line when only the word is in capitals.
 * false: what follows is none of these. No text at all gives "". */
static bool read_text(struct reader *r, size_t word, bool is_strict, struct decision *d)
{
    d->text = "";
    if (is(r, 0, ":") || (r->i < r->text_to && words_is(&r->v[r->i], ":"))) {
        d->text = rest(r, r->i + 1);
        return true;
    }
    while (r->i < r->text_to && (words_is(&r->v[r->i], ".") || words_is(&r->v[r->i], "!")) && r->v[r->i].is_glued)
        r->i++;
    if (is_end(r)) /* at most thanks and a name below */
        return true;
    if (r->v[r->i].kind == WORDS_BREAK) {
        d->text = rest(r, r->i);
        return true;
    }
    if (is_strict || !r->v[word].is_upper || is_shouted(r, r->i) || r->v[r->i].kind != WORDS_WORD ||
        words_among(r->v[r->i].plain, "it this that them")) /* "FIX it" */
        return false;
    d->text = rest(r, r->i);
    return true;
}

/* "4", "rule 4", "#4", "regla 4"; 0 when there is none. */
static int read_rule(struct reader *r, bool is_word_needed)
{
    const bool is_colon = is(r, 0, ":");
    const size_t start = r->i;
    size_t k = is(r, 0, ",") || is(r, 0, ":") || is(r, 0, "-") ? 1 : 0;
    bool has_word = false;
    int n;

    while (is(r, k, "rule") || is(r, k, "regla") || is(r, k, "#") || is(r, k, "norma") || is(r, k, "no") ||
           is(r, k, "number")) {
        has_word = has_word || !is(r, k, "#");
        k++;
    }
    if (r->i + k >= r->to || (is_word_needed && !has_word))
        return 0;
    n = words_number(&r->v[r->i + k]);
    if (n < 1 || strspn(r->v[r->i + k].plain, "0123456789") == 0)
        return 0;
    r->i += k + 1;
    if (is_colon && !is_end(r)) { /* "NO: 4 reasons …" */
        r->i = start;
        return 0;
    }
    return n;
}

/* "NO / that's fine, send it" */
static bool reads_on(const struct reader *r, size_t from)
{
    size_t i = from;

    while (i < r->text_to && r->v[i].kind == WORDS_BREAK)
        i++;
    return i > from && i < r->text_to && words_among(r->v[i].plain, no_reads_on);
}

static bool read_no(struct reader *r, size_t word, bool is_list, struct decision *d)
{
    const bool is_stop = is(r, 0, ".") || is(r, 0, "!");

    d->rule = is_stop ? 0 : read_rule(r, is_list);
    if (!d->rule && !is_end(r) && reads_on(r, r->i + is_stop))
        return false;
    return read_text(r, word, true, d);
}

static bool read_target(struct reader *r, struct decision *d)
{
    int n;

    while (is(r, 0, ":") || is(r, 0, "#") || is(r, 0, "to") || is(r, 0, "a"))
        r->i++;
    if (is_end(r))
        return false;
    n = words_number(&r->v[r->i]);
    if (!words_among(r->v[r->i].plain, "new nuevo nueva") && n < 1)
        return false;
    d->move_to = n < 1 ? 0 : n;
    r->i++;
    pass_stops(r);
    return is_end(r);
}

static int digits(const struct reader *r, size_t ahead)
{
    const struct words_token *t = r->i + ahead < r->to ? &r->v[r->i + ahead] : NULL;

    return t && strspn(t->plain, "0123456789") > 0 ? words_number(t) : -1;
}

/* "ALT A red cat", "alt: a red cat", "ALT 2: the second photo". The reader ends with the line. */
static bool read_alt(struct reader *r, size_t word, struct decision *d)
{
    const bool has_colon = is(r, 0, ":");
    const size_t k = is(r, has_colon, "photo") || is(r, has_colon, "foto") ? has_colon + 1 : has_colon;
    const int n = digits(r, k);

    if (!has_colon && !r->v[word].is_upper)
        return false;
    r->i += has_colon;
    if (n > 0 && is(r, k + 1 - has_colon, ":")) {
        d->photo = n;
        r->i += k + 2 - has_colon;
    }
    d->text = rest(r, r->i);
    return *d->text != '\0';
}

/* What follows the word, by its form. true: a whole decision. */
static bool read_follow(struct reader *r, const struct form *form, size_t word, bool is_list, struct decision *d)
{
    switch (form->follow) {
    case FOLLOW_NOTHING:
        pass_stops(r);
        return is_end(r);
    case FOLLOW_TEXT:
        return read_text(r, word, false, d) && *d->text;
    case FOLLOW_BLOCK:
        return read_text(r, word, true, d) && *d->text;
    case FOLLOW_MAY_TEXT:
        return read_text(r, word, false, d);
    case FOLLOW_REASON:
        return read_no(r, word, is_list, d);
    case FOLLOW_TARGET:
        return read_target(r, d);
    case FOLLOW_ALT:
        return read_alt(r, word, d);
    }
    return false;
}

static size_t line_end(const struct reader *r, size_t from, size_t to)
{
    while (from < to && r->v[from].kind != WORDS_BREAK)
        from++;
    return from;
}

static bool at_alt(struct reader r)
{
    const struct form *form = r.i < r.to ? read_word(&r) : NULL;

    return form && form->kind == DECISION_ALT;
}

/* The ALT lines that stand next. The last may end with a name or thanks, which are its text: text_to is the end then. false: one is none. */
static bool read_alts(struct reader *r, struct decision *v, size_t *count)
{
    const size_t to = r->to, text_to = r->text_to;
    bool is_whole = true;

    while (is_whole && at_alt(*r)) {
        const size_t word = r->i;
        struct decision d = { .kind = DECISION_ALT, .text = "" };

        r->to = r->text_to = line_end(r, r->i, text_to);
        read_word(r);
        is_whole = *count < SINGLE_ALTS_MAX && read_alt(r, word, &d);
        v[(*count)++ % SINGLE_ALTS_MAX] = d;
        r->i = r->to;
        r->to = to;
        r->text_to = text_to;
        pass_stops(r);
    }
    return is_whole;
}

/* What takes no text may have ALT lines below it. */
static bool read_one(struct reader *r, const struct form *form, size_t word, struct decision *d)
{
    const size_t to = r->to, end = line_end(r, r->i, to);
    struct reader below = *r;
    bool is_whole;

    while (below.i < to && (below.i < end || below.v[below.i].kind == WORDS_BREAK))
        below.i++;
    if (form->follow != FOLLOW_NOTHING || !at_alt(below))
        return read_follow(r, form, word, false, d);
    r->to = end;
    is_whole = read_follow(r, form, word, false, d);
    r->i = below.i;
    r->to = to;
    return is_whole;
}

static struct decision_set read_single(struct reader *r)
{
    struct decision *v = ARENA_ARRAY(r->mem, SINGLE_ALTS_MAX + 1, struct decision), d = { .text = "" };
    const struct form *form;
    size_t n = 0, word;

    if (!read_alts(r, v, &n))
        return (struct decision_set){ .near = DECISION_ALT };
    if (n && is_end(r))
        return (struct decision_set){ .v = v, .count = n, .near = DECISION_ALT };
    word = r->i;
    form = read_word(r);
    if (!form)
        return (struct decision_set){ .near = n ? DECISION_ALT : DECISION_UNCLEAR };
    d.kind = form->kind;
    if (!read_one(r, form, word, &d) || (form->follow == FOLLOW_NOTHING && !read_alts(r, v, &n)) ||
        (form->follow == FOLLOW_NOTHING && !is_end(r)))
        return (struct decision_set){ .near = form->kind };
    v[n++] = d;
    return (struct decision_set){ .v = v, .count = n, .near = form->kind };
}

/* ---- list mails ---- */

struct items {
    int v[DECISION_MAX_ITEMS];
    size_t count;
    int max;
    bool has_all; /* OK ALL was said: what no other line names */
    bool used[DECISION_MAX_ITEMS + 1];
};

static bool add_item(struct items *items, int n)
{
    if (n < 1 || n > items->max || items->used[n] || items->count == DECISION_MAX_ITEMS)
        return false;
    items->used[n] = true;
    items->v[items->count++] = n;
    return true;
}

static bool add_range(struct items *items, int from, int to)
{
    if (to < from)
        return false;
    for (int n = from; n <= to; n++)
        if (!add_item(items, n))
            return false;
    return true;
}

/* "1 2 5-9", "1, 2 and 5-9", "#3". false: a number that the list does not have, or one twice. */
static bool read_items(struct reader *r, bool is_one, struct items *items)
{
    const size_t before = items->count;

    while (is(r, 0, ":") && digits(r, 1) >= 0)
        r->i++;
    for (;;) {
        const size_t k = is(r, 0, "#") ? 1 : 0;
        const int n = digits(r, k);

        if (n < 0)
            return items->count > before;
        r->i += k + 1;
        if (!is_one && (is(r, 0, "-") || is(r, 0, "to") || is(r, 0, "al")) && digits(r, 1) >= 0) {
            if (!add_range(items, n, digits(r, 1)))
                return false;
            r->i += 2;
        } else if (!add_item(items, n)) {
            return false;
        }
        if (is_one)
            return true;
        if ((is(r, 0, ",") || is(r, 0, "and") || is(r, 0, "y") || is(r, 0, "&")) &&
            (digits(r, 1) >= 0 || is(r, 1, "#")))
            r->i++;
        else if (is(r, 0, ",") && (is(r, 1, "and") || is(r, 1, "y")) && digits(r, 2) >= 0)
            r->i += 2;
    }
}

static bool takes_one(enum follow follow)
{
    return follow == FOLLOW_TEXT || follow == FOLLOW_BLOCK || follow == FOLLOW_MAY_TEXT || follow == FOLLOW_TARGET ||
           follow == FOLLOW_ALT;
}

/* A note that ALT describes takes another decision too. */
static struct items *items_for(const struct reader *r, const struct form *form, struct items *items)
{
    struct items *own;

    if (form->kind != DECISION_ALT)
        return items;
    own = ARENA_NEW(r->mem, struct items);
    own->max = items->max;
    return own;
}

/* One line of a list mail. */
static bool read_line(struct reader *r, struct items *all, struct decision *d)
{
    const size_t word = r->i;
    const struct form *form = read_word(r);
    struct items *items;
    size_t before;
    int *copy;

    *d = (struct decision){ .text = "" };
    if (!form || form->kind == DECISION_ANNOUNCE || form->kind == DECISION_TOPIC || form->kind == DECISION_SEND)
        return false;
    d->kind = form->kind;
    items = items_for(r, form, all);
    before = items->count;
    if (form->kind == DECISION_OK && (is(r, 0, "all") || is(r, 0, "todo") || is(r, 0, "todos"))) {
        r->i++;
        if (items->has_all)
            return false;
        items->has_all = d->is_all = true;
        return read_follow(r, form, word, true, d);
    } else if (!read_items(r, takes_one(form->follow), items)) {
        return false;
    }
    copy = ARENA_ARRAY(r->mem, items->count - before, int);
    memcpy(copy, items->v + before, (items->count - before) * sizeof *copy);
    d->items = copy;
    d->item_count = items->count - before;
    return read_follow(r, form, word, true, d);
}

/* OK ALL: what no other line names. */
static void take_rest(struct items *items, struct decision *all, struct arena *mem)
{
    int *const rest = ARENA_ARRAY(mem, (size_t)items->max, int);

    for (int n = 1; n <= items->max; n++)
        if (!items->used[n])
            rest[all->item_count++] = n;
    all->items = rest;
}

/* What photos show is said before they go out. */
static void put_alts_first(struct decision *v, size_t n, struct arena *mem)
{
    struct decision *sorted = ARENA_ARRAY(mem, n + 1, struct decision);
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (v[i].kind == DECISION_ALT)
            sorted[k++] = v[i];
    for (size_t i = 0; i < n; i++)
        if (v[i].kind != DECISION_ALT)
            sorted[k++] = v[i];
    memcpy(v, sorted, n * sizeof *v);
}

static struct decision_set read_list(struct reader *r, int max)
{
    struct items *items = ARENA_NEW(r->mem, struct items);
    struct decision *v = ARENA_ARRAY(r->mem, DECISION_MAX_ITEMS, struct decision);
    struct decision_set set = { .v = v };
    struct decision d = { .text = "" };

    items->max = max < DECISION_MAX_ITEMS ? max : DECISION_MAX_ITEMS;
    for (size_t start = r->i, to = r->to, end; start < to; start = end + 1) {
        for (end = start; end < to && r->v[end].kind != WORDS_BREAK;)
            end++;
        if (end == start)
            continue;
        r->i = start;
        r->to = r->text_to = end;
        if (set.count == DECISION_MAX_ITEMS || !read_line(r, items, &d))
            return (struct decision_set){ .near = d.kind };
        v[set.count++] = d;
    }
    for (size_t i = 0; i < set.count; i++)
        if (v[i].is_all)
            take_rest(items, &v[i], r->mem);
    put_alts_first(v, set.count, r->mem);
    return set;
}

struct decision_set decision_read(const struct decision_input *in, struct arena *mem)
{
    const struct words_core core = words_core(in->text, in->names, mem);
    struct reader r = {
        .core = &core, .v = core.list.v, .i = core.from, .to = core.to, .text_to = core.robot_to, .mem = mem
    };

    if (core.list.is_cut) {
        const struct form *form = read_word(&r);

        return (struct decision_set){ .near = form ? form->kind : DECISION_UNCLEAR };
    }
    return in->list_max > 0 ? read_list(&r, in->list_max) : read_single(&r);
}

const char *decision_name(enum decision_kind kind)
{
    static const char *const names[DECISION_COUNT] = { "unclear", "ok",   "ok_cut",   "edit",   "no",    "ask",
                                                       "private", "move", "fix",      "crisis", "claim", "pass",
                                                       "done",    "send", "announce", "topic",  "undo",  "alt" };

    return names[(unsigned)kind < DECISION_COUNT ? kind : DECISION_UNCLEAR];
}

const char *decision_word(enum decision_kind kind, struct arena *mem)
{
    char *const word = arena_strdup(mem, decision_name(kind));

    for (char *p = word; *p; p++)
        *p = *p == '_' ? ' ' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    return word;
}
