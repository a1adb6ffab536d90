#include "gateway/note/names.h"

#define NAMES_MAX 256

struct list {
    const char **v;
    size_t count;
    struct arena *mem;
};

static void add(struct list *l, const char *name)
{
    if (name && *name && l->count < NAMES_MAX)
        l->v[l->count++] = name;
}

/* "Ana María Ruiz" is signed whole, or with any of its words. */
static void add_full(struct list *l, const char *name)
{
    static const char blanks[] = " .,";

    add(l, name);
    for (const char *p = name; p && *p;) {
        const size_t n = strcspn(p += strspn(p, blanks), blanks);

        if (n > 1 && n < strlen(name))
            add(l, arena_strndup(l->mem, p, n));
        p += n;
    }
}

enum rc names_known(struct gate *gate, const struct sender *sender, struct arena *mem, const char *const **ret_names,
                    struct err *err)
{
    struct list l = { .v = ARENA_ARRAY(mem, NAMES_MAX + 1, const char *), .mem = mem };
    struct person *staff;
    size_t n;
    enum rc rc = person_staff(&gate->store, mem, &staff, &n, err);

    if (rc)
        return rc;
    add_full(&l, sender->person.name);
    add(&l, sender->membership.name);
    add(&l, sender->group.alias);
    add(&l, gate->facts.name);
    for (size_t i = 0; i < n; i++)
        add_full(&l, staff[i].name);
    for (size_t i = 0; i < sender->people_count; i++)
        add_full(&l, sender->people[i].name);
    *ret_names = l.v;
    return RC_OK;
}
