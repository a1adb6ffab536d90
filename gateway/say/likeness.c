#include "gateway/say/likeness.h"

#include "base/text.h"
#include "gateway/say/render.h"
#include "store/person.h"

/* Nobody but staff is called so, in the languages we speak; as text_likeness writes them. */
static const char *const whole[] = { "you", "me", "we", "tu", "usted", "vos", "yo", "nosotros", "staff", "postcircle" };
static const char *const parts[] = { "careteam", "moderator", "moderador",      "administrator", "nurse", "enfermer",
                                     "doctor",   "therapist", "equipodeatenci", "equipomedic",   "clinic" };
static const char *const titles[] = { "dr", "dr.", "dra", "dra.", "prof", "prof.", "rn", "md" };

static bool is_our_word(const char *like)
{
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        if (strcmp(like, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strstr(like, parts[i]))
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
    const char *const full = text_likeness(mem, staff->name);

    return (*full && strstr(like, full)) || strcmp(like, text_likeness(mem, render_first_name(staff->name, mem))) == 0;
}

bool likeness_is_of_practice(const struct gate *gate, const char *name, struct arena *mem)
{
    const char *const practice = text_likeness(mem, gate->facts.name);

    return *practice && strchr(gate->facts.name, ' ') && strstr(text_likeness(mem, name), practice);
}

enum rc likeness_is_of_staff(struct gate *gate, const char *name, bool *ret_is, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("likeness");
    const char *const like = text_likeness(mem, name), *const practice = text_likeness(mem, gate->facts.name);
    struct person *staff;
    size_t n;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err_wrap(err, "likeness");
    *ret_is = !*like || is_our_word(like) || has_title(name, mem) || (*practice && strstr(like, practice));
    for (size_t i = 0; i < n; i++)
        *ret_is |= is_like(like, &staff[i], mem);
    return RC_OK;
}
