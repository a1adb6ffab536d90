#include "gateway/triage/triage_phrase.h"

#include "base/text.h"

#include <ctype.h>

#define SIGNS " ,.!?;:\"-" /* between words */
#define WORD_ENDS SIGNS "*/()[]<>"

struct triage_class *triage_classes_named(struct triage_classes *c, const char *name, size_t n, bool may_add)
{
    for (size_t i = 0; i < c->count; i++)
        if (strlen(c->v[i].name) == n && !memcmp(c->v[i].name, name, n))
            return &c->v[i];
    if (!may_add)
        return NULL;
    if (c->count == c->room) {
        struct triage_class *wide = ARENA_ARRAY(c->mem, c->room * 2 + 32, struct triage_class);

        if (c->count)
            memcpy(wide, c->v, c->count * sizeof *wide);
        c->v = wide;
        c->room = c->room * 2 + 32;
    }
    c->v[c->count] = (struct triage_class){ .name = arena_strndup(c->mem, name, n) };
    return &c->v[c->count++];
}

void triage_class_add(struct triage_classes *classes, struct triage_class *class, const char *member)
{
    if (class->count == class->room) {
        const char **wide = ARENA_ARRAY(classes->mem, class->room * 2 + 16, const char *);

        if (class->count)
            memcpy(wide, class->members, class->count * sizeof *wide);
        class->members = wide;
        class->room = class->room * 2 + 16;
    }
    class->members[class->count++] = member;
}

void triage_units_add(struct triage_units *u, uint32_t unit, struct arena *mem)
{
    if (u->n == u->room) {
        uint32_t *wide = ARENA_ARRAY(mem, u->room * 2 + 64, uint32_t);

        if (u->n)
            memcpy(wide, u->v, u->n * sizeof *wide);
        u->v = wide;
        u->room = u->room * 2 + 64;
    }
    u->v[u->n++] = unit;
}

void triage_units_str(struct triage_units *u, const char *ascii, struct arena *mem)
{
    for (; *ascii; ascii++)
        triage_units_add(u, (unsigned char)*ascii, mem);
}

static void add_all(struct triage_units *u, const struct triage_units *more, struct arena *mem)
{
    for (size_t i = 0; i < more->n; i++)
        triage_units_add(u, more->v[i], mem);
}

char *triage_phrase_fold(const char *s, struct arena *mem)
{
    char *plain = text_fold_plain(mem, s), *to = plain;

    for (const char *p = plain; *p;) {
        if (!strncmp(p, "\u2019", 3) || !strncmp(p, "\u2018", 3)) {
            *to++ = '\'';
            p += 3;
        } else {
            *to++ = *p++;
        }
    }
    *to = '\0';
    return plain;
}

/* ---- a phrase: items; an item: atoms with / between; an atom: a word, (…/…), […/…], <…>, *, # ---- */

struct parser {
    struct triage_classes *classes;
    const char *p;
    bool is_learning; /* only the words are wanted */
    struct arena
        *mem; /* as long as the phrase: a class is written out anew in each, which over all of them is tens of MB */
    struct err *err;
};

/* What a piece of a pattern can match. */
struct shape {
    size_t least;   /* words */
    size_t choices; /* ways to read it */
    bool is_gap;
};

static enum rc compile_items(struct parser *ps, char end, struct triage_units *out, struct shape *ret);

static enum rc compile_word(struct parser *ps, struct triage_units *out, struct shape *ret)
{
    struct triage_classes *c = ps->classes;
    const size_t n = strcspn(ps->p, WORD_ENDS);
    const char *const word = arena_strndup(ps->mem, ps->p, n);
    struct triage_codes codes;

    ps->p += n;
    if (*ps->p == '*' && n) {
        size_t count = 0;
        const uint32_t *v;

        ps->p++;
        codes = triage_words_add(c->words, word, true);
        v = ps->is_learning ? NULL : triage_words_of_stem(c->words, codes.v[0], ps->mem, &count);
        triage_units_str(out, "[", ps->mem);
        for (size_t i = 0; i < count; i++)
            triage_units_add(out, v[i], ps->mem);
        triage_units_str(out, "]", ps->mem);
        *ret = (struct shape){ .least = 1, .choices = 1 };
        return RC_OK;
    }
    codes = triage_words_add(c->words, word, false);
    for (size_t i = 0; i < codes.n; i++)
        triage_units_add(out, codes.v[i], ps->mem);
    *ret = (struct shape){ .least = codes.n, .choices = 1 };
    return RC_OK;
}

/* "#", "#40" or "#300-600" */
static enum rc compile_number(struct parser *ps, struct triage_units *out, struct shape *ret)
{
    struct arena *const mem = ps->mem;
    uint32_t from = 0, to = TRIAGE_NUMBER_MAX;
    char *end;

    ps->p++;
    if (isdigit((unsigned char)*ps->p)) {
        from = (uint32_t)strtoul(ps->p, &end, 10);
        to = from;
        ps->p = end;
        if (*ps->p == '-' && isdigit((unsigned char)ps->p[1])) {
            to = (uint32_t)strtoul(ps->p + 1, &end, 10);
            ps->p = end;
        }
    }
    if (to < from || to > TRIAGE_NUMBER_MAX || (*ps->p && !strchr(" /)", *ps->p)))
        return err_set(ps->err, RC_INPUT, "expected #, #40 or #300-600");
    triage_units_str(out, "[", mem);
    triage_units_add(out, TRIAGE_NUMBER + from, mem);
    triage_units_str(out, "-", mem);
    triage_units_add(out, TRIAGE_NUMBER + to, mem);
    triage_units_str(out, "]", mem);
    *ret = (struct shape){ .least = 1, .choices = 1 };
    return RC_OK;
}

static void widen(struct shape *all, const struct shape *one, bool is_first)
{
    all->least = is_first || one->least < all->least ? one->least : all->least;
    all->choices = is_first || one->choices > all->choices ? one->choices : all->choices;
}

static enum rc compile_member(struct parser *ps, const char *member, struct triage_units *out, struct shape *ret)
{
    struct parser inner = *ps;

    inner.p = member;
    return compile_items(&inner, '\0', out, ret);
}

/* Words of one unit go into one set; the others are alternatives, those with more words first. */
static enum rc compile_class(struct parser *ps, struct triage_units *out, struct shape *ret)
{
    struct triage_classes *c = ps->classes;
    const size_t n = strcspn(ps->p + 1, ">");
    struct triage_class *const class = triage_classes_named(c, ps->p + 1, n, false);
    struct triage_units set = { 0 };

    if (ps->p[1 + n] != '>')
        return err_set(ps->err, RC_INPUT, "expected > after <%.20s", ps->p + 1);
    if (!class || !class->count)
        return err_set(ps->err, RC_INPUT, "expected a heading [words %.*s] for <%.*s>", (int)n, ps->p + 1, (int)n,
                       ps->p + 1);
    if (class->is_open)
        return err_set(ps->err, RC_INPUT, "[words %s] holds itself", class->name);
    ps->p += n + 2;
    class->is_open = true;
    triage_units_str(out, "(?:", ps->mem);
    for (size_t i = 0; i < class->count; i++) {
        struct triage_units one = { 0 };
        struct shape shape;

        if (compile_member(ps, class->members[i], &one, &shape))
            return ps->err->rc;
        widen(ret, &shape, i == 0);
        if (one.n == 1) {
            add_all(&set, &one, ps->mem);
        } else {
            add_all(out, &one, ps->mem);
            triage_units_str(out, "|", ps->mem);
        }
    }
    class->is_open = false;
    if (set.n) {
        triage_units_str(out, "[", ps->mem);
        add_all(out, &set, ps->mem);
        triage_units_str(out, "]", ps->mem);
    } else {
        out->n--; /* the last bar */
    }
    triage_units_str(out, ")", ps->mem);
    return RC_OK;
}

/* "(a b/c)" or, when it may be missing, "[a b/c]": phrases with / between. */
static enum rc compile_group(struct parser *ps, struct triage_units *out, struct shape *ret)
{
    struct arena *const mem = ps->mem;
    const bool may_miss = *ps->p == '[';
    const char end = may_miss ? ']' : ')';
    bool is_first = true;

    triage_units_str(out, "(?:", mem);
    do {
        struct shape shape;

        ps->p++;
        if (!is_first)
            triage_units_str(out, "|", mem);
        if (compile_items(ps, end, out, &shape))
            return ps->err->rc;
        widen(ret, &shape, is_first);
        is_first = false;
    } while (*ps->p == '/');
    if (*ps->p != end)
        return err_set(ps->err, RC_INPUT, "expected %c", end);
    ps->p++;
    triage_units_str(out, may_miss ? ")?" : ")", mem);
    ret->least = may_miss ? 0 : ret->least;
    ret->choices = may_miss ? ret->choices * 2 : ret->choices;
    return RC_OK;
}

static enum rc compile_atom(struct parser *ps, struct triage_units *out, struct shape *ret)
{
    *ret = (struct shape){ .choices = 1 };
    switch (*ps->p) {
    case '*':
        ps->p++;
        triage_units_str(out, "[^", ps->mem);
        triage_units_add(out, TRIAGE_MARK, ps->mem);
        triage_units_str(out, "]{0,3}?", ps->mem);
        *ret = (struct shape){ .choices = 4, .is_gap = true };
        return RC_OK;
    case '#':
        return compile_number(ps, out, ret);
    case '<':
        return compile_class(ps, out, ret);
    case '(':
    case '[':
        return compile_group(ps, out, ret);
    case '/':
    case '>':
    case ')':
    case ']':
        return err_set(ps->err, RC_INPUT, "expected a word, not %c", *ps->p);
    default:
        return compile_word(ps, out, ret);
    }
}

/* end: of the group that it stands in, where / parts longer pieces; '\0' outside of one. */
static enum rc compile_item(struct parser *ps, char end, struct triage_units *out, struct shape *ret)
{
    struct arena *const mem = ps->mem;
    struct triage_units all = { 0 };
    size_t count = 0;

    do {
        struct triage_units one = { 0 };
        struct shape shape;

        ps->p += count > 0;
        if (compile_atom(ps, &one, &shape))
            return ps->err->rc;
        if (count++)
            triage_units_str(&all, "|", mem);
        add_all(&all, &one, mem);
        widen(ret, &shape, count == 1);
        ret->is_gap = shape.is_gap;
        if (shape.is_gap && !end && (count > 1 || *ps->p == '/'))
            return err_set(ps->err, RC_INPUT, "expected a word beside /, not *");
    } while (!end && *ps->p == '/');
    if (*ps->p && !strchr(SIGNS "/)]", *ps->p))
        return err_set(ps->err, RC_INPUT, "expected a blank before %c", *ps->p);
    if (count == 1) {
        add_all(out, &all, mem);
        return RC_OK;
    }
    triage_units_str(out, "(?:", mem);
    add_all(out, &all, mem);
    triage_units_str(out, ")", mem);
    return RC_OK;
}

static enum rc compile_items(struct parser *ps, char end, struct triage_units *out, struct shape *ret)
{
    bool is_first = true, is_gap = false;

    *ret = (struct shape){ .choices = 1 };
    while (*(ps->p += strspn(ps->p, SIGNS)) && *ps->p != end && !(end && *ps->p == '/')) {
        struct shape shape = { 0 };

        if (compile_item(ps, end, out, &shape))
            return ps->err->rc;
        if (shape.is_gap && is_first && !end)
            return err_set(ps->err, RC_INPUT, "expected a word at both ends of a phrase, not *");
        is_first = false;
        is_gap = shape.is_gap;
        ret->least += shape.least;
        ret->choices = ret->choices * shape.choices < TRIAGE_MAX_CHOICES * 2 ? ret->choices * shape.choices
                                                                             : TRIAGE_MAX_CHOICES * 2;
    }
    if (is_gap && !end)
        return err_set(ps->err, RC_INPUT, "expected a word at both ends of a phrase, not *");
    return RC_OK;
}

void triage_phrase_learn(struct triage_classes *classes, const char *phrase)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phrase");
    struct triage_units scrap = { 0 };
    struct err err;

    for (const char *p = phrase; *(p += strspn(p, SIGNS "*/()[]<>#"));) {
        struct parser ps = { .classes = classes, .p = p, .is_learning = true, .mem = mem, .err = &err };
        struct shape shape;

        if (p > phrase && (p[-1] == '<' || p[-1] == '#'))
            ps.p += strcspn(p, p[-1] == '<' ? ">" : " /)]"); /* the name of a class, a number */
        else
            rc_ignore(compile_word(&ps, &scrap, &shape), "compiling tells what is wrong");
        p = ps.p > p ? ps.p : p + 1;
    }
}

enum rc triage_phrase_compile(struct triage_classes *classes, const char *phrase, struct triage_units *out,
                              struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phrase");
    struct parser ps = { .classes = classes, .p = phrase, .mem = mem, .err = err };
    struct triage_units units = { 0 };
    struct shape shape;

    if (compile_items(&ps, '\0', &units, &shape))
        return err->rc;
    if (!shape.least)
        return err_set(err, RC_INPUT, "expected a phrase of words that are not all in [ ]");
    if (shape.choices >= TRIAGE_MAX_CHOICES)
        return err_set(err, RC_INPUT, "too many * and [ ] in one phrase: make two of it");
    if (out->n + units.n > TRIAGE_MAX_UNITS)
        return err_set(err, RC_LIMIT, "the phrases together are too long for one pattern");
    add_all(out, &units, classes->mem);
    return RC_OK;
}
