#include "gateway/say/likeness.h"

#include "base/text.h"
#include "gateway/say/render.h"
#include "store/person.h"

/* Nobody but staff is called so, in the languages we speak; compared by their shape. */
static const char *const whole[] = { "you", "me", "we", "tu", "usted", "vos", "yo", "nosotros", "staff", "postcircle" };
static const char *const parts[] = { "careteam", "moderator", "moderador",      "admin",       "nurse", "enfermer",
                                     "doctor",   "therapist", "equipodeatenci", "equipomedic", "clinic" };
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

static bool is_our_word(const char *like, struct arena *mem)
{
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

static bool is_like(const char *like, const struct person *staff, struct arena *mem)
{
    const char *const full = shape_of(staff->name, mem);

    return (*full && strstr(like, full)) || strcmp(like, shape_of(render_first_name(staff->name, mem), mem)) == 0;
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
    struct person *staff;
    size_t n;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err_wrap(err, "likeness");
    *ret_is = !*like || is_our_word(like, mem) || has_title(name, mem) || (*practice && strstr(like, practice));
    for (size_t i = 0; i < n; i++)
        *ret_is |= is_like(like, &staff[i], mem);
    return RC_OK;
}
