#include "gateway/desk/desk_find.h"

#include "base/text.h"
#include "gateway/desk/desk_name.h"

#define PAGE_OF_MEMBERS 500

static enum rc has_address(struct gate *gate, struct person_id person, const char *said, struct arena *mem, bool *ret,
                           struct err *err)
{
    struct err ignored;
    struct person *users;
    char *address;
    size_t n;

    *ret = false;
    if (!strchr(said, '@') || text_address(said, mem, &address, &ignored))
        return RC_OK;
    if (person_by_value(&gate->store, ADDRESS_EMAIL, address, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret = *ret || users[i].id.v == person.v;
    return RC_OK;
}

enum rc desk_find_groups(struct gate *gate, struct arena *mem, struct desk_groups *ret, struct err *err)
{
    struct desk_groups g = { .n = 0 };
    size_t all;

    if (group_list(&gate->store, mem, &g.v, &all, err))
        return err->rc;
    while (g.n < all && g.v[g.n].state == GROUP_OPEN)
        g.n++;
    g.names = ARENA_ARRAY(mem, DESK_GROUP_NAMES * g.n + 1, const char *);
    for (size_t i = 0, k = 0; i < g.n; i++) {
        g.names[k++] = g.v[i].alias;
        g.names[k++] = g.v[i].slug;
        g.names[k++] = g.v[i].name;
    }
    *ret = g;
    return RC_OK;
}

struct search {
    const char *name;
    struct desk_found *found;
    size_t n, in_full;
    enum desk_likeness best;
    struct arena *mem;
};

/* By an address, or by the better one of the two names. */
static enum rc likeness_of(struct gate *gate, const struct search *s, const struct membership *m,
                           const struct person *p, struct arena *mem, enum desk_likeness *ret, struct err *err)
{
    const enum desk_likeness shown = desk_name_likeness(s->name, m->name, mem);
    const enum desk_likeness full = desk_name_likeness(s->name, p->name, mem);
    bool is_address;

    if (has_address(gate, p->id, s->name, mem, &is_address, err))
        return err->rc;
    *ret = is_address ? DESK_EXACTLY : shown > full ? shown : full;
    return RC_OK;
}

/* page: what was read to compare goes before the next page of a large group is read; who is meant is read again, to stay. */
static enum rc add_if_meant(struct gate *gate, struct search *s, const struct membership *one,
                            const struct care_group *group, struct arena *page, struct err *err)
{
    struct membership m;
    struct person p;
    enum desk_likeness like = DESK_NOT_MEANT;

    if (person_get(&gate->store, one->person, page, &p, err) || likeness_of(gate, s, one, &p, page, &like, err))
        return err->rc;
    if (s->best == DESK_BY_START && like > s->best)
        s->n = 0;
    if (like == DESK_NOT_MEANT || (like == DESK_BY_START && s->best > like) || s->n == DESK_FIND_MAX)
        return RC_OK;
    if (membership_get(&gate->store, one->id, s->mem, &m, err))
        return err->rc;
    s->best = like > s->best ? like : s->best;
    s->found[s->n] = (struct desk_found){ m, arena_strdup(s->mem, p.name), group->alias };
    if (like >= DESK_IN_FULL) { /* those in full stand first */
        const struct desk_found full = s->found[s->n];

        s->found[s->n] = s->found[s->in_full];
        s->found[s->in_full++] = full;
    }
    s->n++;
    return RC_OK;
}

static enum rc search_group(struct gate *gate, struct search *s, const struct care_group *group, struct err *err)
{
    CLEANUP(arena_free) struct arena *page = arena_new("find");
    struct membership_id after = { 0 };
    struct membership *list;
    size_t n;

    do {
        arena_clear(page);
        if (membership_page(&gate->store, group->id, after, PAGE_OF_MEMBERS, page, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            if (add_if_meant(gate, s, &list[i], group, page, err))
                return err->rc;
            after = list[i].id;
        }
    } while (n == PAGE_OF_MEMBERS);
    return RC_OK;
}

enum rc desk_find_members(struct gate *gate, const struct desk_groups *groups, struct group_id group, const char *name,
                          struct arena *mem, struct desk_found *ret_found, size_t *ret_n, struct err *err)
{
    struct search s = { .name = name, .found = ret_found, .mem = mem };

    for (size_t i = 0; i < groups->n; i++)
        if ((!group.v || groups->v[i].id.v == group.v) && search_group(gate, &s, &groups->v[i], err))
            return err->rc;
    *ret_n = s.n;
    return RC_OK;
}

enum rc desk_find_staff(struct gate *gate, const char *name, struct arena *mem, struct person **ret_found,
                        size_t *ret_n, struct err *err)
{
    enum desk_likeness best = DESK_NOT_MEANT;
    struct person *staff;
    size_t n, count = 0;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        enum desk_likeness like = desk_name_likeness(name, staff[i].name, mem);
        bool is_address;

        if (has_address(gate, staff[i].id, name, mem, &is_address, err))
            return err->rc;
        like = is_address ? DESK_EXACTLY : like;
        if (like > best)
            count = 0;
        if (like == DESK_NOT_MEANT || like < best)
            continue;
        best = like;
        staff[count++] = staff[i];
    }
    *ret_found = staff;
    *ret_n = count;
    return RC_OK;
}
