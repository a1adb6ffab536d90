#include "gateway/desk/desk_find.h"

#include "base/text.h"
#include "gateway/say/render.h"

#define PAGE_OF_MEMBERS 500

enum likeness { NOT_MEANT, BY_PART, IN_FULL };

static bool is_same(const char *a, const char *b, struct arena *mem)
{
    return !strcmp(text_fold_plain(mem, a), text_fold_plain(mem, b));
}

static enum likeness likeness_of(const char *said, const char *shown, const char *full, struct arena *mem)
{
    if (is_same(said, full, mem) || (shown && is_same(said, shown, mem)))
        return IN_FULL;
    return is_same(said, render_first_name(full, mem), mem) ? BY_PART : NOT_MEANT;
}

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
    g.names = ARENA_ARRAY(mem, 3 * g.n + 1, const char *);
    for (size_t i = 0; i < g.n; i++) {
        g.names[3 * i] = g.v[i].alias;
        g.names[3 * i + 1] = g.v[i].slug;
        g.names[3 * i + 2] = g.v[i].name;
    }
    *ret = g;
    return RC_OK;
}

struct search {
    const char *name;
    struct desk_found *found;
    size_t n, in_full;
    struct arena *mem;
};

/* page: what was read to compare goes before the next page of a large group is read; who is meant is read again, to stay. */
static enum rc add_if_meant(struct gate *gate, struct search *s, const struct membership *one,
                            const struct care_group *group, struct arena *page, struct err *err)
{
    struct membership m;
    struct person p;
    enum likeness like;
    bool is_address;

    if (person_get(&gate->store, one->person, page, &p, err) ||
        has_address(gate, one->person, s->name, page, &is_address, err))
        return err->rc;
    like = is_address ? IN_FULL : likeness_of(s->name, one->name, p.name, page);
    if (like == NOT_MEANT || s->n == DESK_FIND_MAX)
        return RC_OK;
    if (membership_get(&gate->store, one->id, s->mem, &m, err))
        return err->rc;
    s->found[s->n] = (struct desk_found){ m, arena_strdup(s->mem, p.name), group->alias };
    if (like == IN_FULL) { /* those in full stand first */
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

enum rc desk_find_staff(struct gate *gate, const char *name, struct arena *mem, struct person_id *ret_id,
                        struct err *err)
{
    enum likeness best = NOT_MEANT;
    struct person *staff;
    size_t n, count = 0;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        enum likeness like;
        bool is_address;

        if (has_address(gate, staff[i].id, name, mem, &is_address, err))
            return err->rc;
        like = is_address ? IN_FULL : likeness_of(name, NULL, staff[i].name, mem);
        if (like > best)
            count = 0;
        if (like == NOT_MEANT || like < best)
            continue;
        best = like;
        *ret_id = staff[i].id;
        count++;
    }
    return count == 1 ? RC_OK : err_set(err, RC_NOT_FOUND, "%zu staff members have that name", count);
}
