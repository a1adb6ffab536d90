#include "gateway/say/likeness.h"

#include "base/text.h"
#include "gateway/say/render.h"
#include "store/person.h"

/* Nobody but staff is called so, in the languages we speak; compared by their shape. whole: alone; parts: anywhere; words: not inside another, as in
 * Padmini and Nursel. */
static const char *const whole[] = { "you", "me", "we", "tu", "usted", "vos", "yo", "nosotros", "staff", "postcircle" };
static const char *const parts[] = { "careteam", "moderator", "moderador",      "administrat", "administrad",
                                     "enfermer", "therapist", "equipodeatenci", "equipomedic", "clinic" };
static const char *const words[] = { "admin", "admins", "nurse", "nurses", "doctor", "doctors", "doctora" };
static const char *const titles[] = {
    "dr", "dr.", "dra", "dra.", "prof", "prof.", "rn", "md", "medico", "medica", "mod"
};

/* As it looks: a capital I is a small l too. */
static char *shape_of(const char *name, struct arena *mem)
{
    char *const like = text_likeness(mem, name);

    for (char *c = like; *c; c++)
        *c = (char)(*c == 'i' ? 'l' : *c);
    return like;
}

/* ---- whole words ---- */

/* A name cut where a word may end: at what is no letter, and before a capital behind a small letter. The shape of each piece. */
struct pieces {
    const char **of;
    size_t count;
};

static bool is_cut(int32_t before, int32_t cp)
{
    return !text_is_letter(cp) || !text_is_letter(before) || (before >= 'a' && before <= 'z' && cp >= 'A' && cp <= 'Z');
}

static struct pieces pieces_of(const char *name, struct arena *mem)
{
    struct pieces pieces = { ARENA_ARRAY(mem, text_length(name) + 1, const char *), 0 };
    const char *start = name, *p = name;

    for (int32_t before = ' ', cp; *p; before = cp) {
        const char *const here = p;

        cp = text_next(&p);
        if (here > start && is_cut(before, cp)) {
            pieces.of[pieces.count++] = shape_of(arena_strndup(mem, start, (size_t)(here - start)), mem);
            start = here;
        }
    }
    pieces.of[pieces.count++] = shape_of(start, mem);
    return pieces;
}

/* Do some pieces in a row make this word? One may be spelt with blanks, or be two. */
static bool has_word(const struct pieces *pieces, const char *word, struct arena *mem)
{
    const char *const shape = shape_of(word, mem);

    for (size_t first = 0; first < pieces->count; first++) {
        const char *rest = shape;

        for (size_t i = first; i < pieces->count && *rest && text_starts(rest, pieces->of[i]); i++)
            rest += strlen(pieces->of[i]);
        if (*shape && !*rest)
            return true;
    }
    return false;
}

/* ---- ours and staff's ---- */

static bool is_our_word(const char *like, const struct pieces *pieces, struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (has_word(pieces, words[i], mem))
            return true;
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        if (strcmp(like, shape_of(whole[i], mem)) == 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strstr(like, shape_of(parts[i], mem)))
            return true;
    return false;
}

static bool has_title(const char *name, struct arena *mem)
{
    const char *const word = text_fold_plain(mem, arena_strndup(mem, name, strcspn(name, " ")));

    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (strcmp(word, titles[i]) == 0)
            return true;
    return false;
}

static bool is_like(const char *like, const struct pieces *pieces, const struct person *staff, struct arena *mem)
{
    return has_word(pieces, staff->name, mem) || strcmp(like, shape_of(render_first_name(staff->name, mem), mem)) == 0;
}

bool likeness_is_of_practice(const struct gate *gate, const char *name, struct arena *mem)
{
    const char *const practice = shape_of(gate->facts.name, mem);

    return *practice && strchr(gate->facts.name, ' ') && strstr(shape_of(name, mem), practice);
}

enum rc likeness_is_of_staff(struct gate *gate, const char *name, bool *ret_is, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("likeness");
    const char *const like = shape_of(name, mem), *const practice = shape_of(gate->facts.name, mem);
    const struct pieces pieces = pieces_of(name, mem);
    struct person *staff;
    size_t n;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err_wrap(err, "likeness");
    *ret_is =
        !*like || is_our_word(like, &pieces, mem) || has_title(name, mem) || (*practice && strstr(like, practice));
    for (size_t i = 0; i < n; i++)
        *ret_is |= is_like(like, &pieces, &staff[i], mem);
    return RC_OK;
}
