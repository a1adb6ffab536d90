#include "gateway/visit/plan_change.h"

#include "base/text.h"
#include "store/person.h"

struct field {
    const char *name, *was, *now;
    bool is_seen;
};

static const char *number(int64_t n, struct arena *mem)
{
    return arena_printf(mem, "%" PRId64, n);
}

/* "" of nobody. */
static enum rc name_of(struct gate *gate, struct person_id id, struct arena *mem, const char **ret, struct err *err)
{
    struct person person;

    *ret = "";
    if (!id.v)
        return RC_OK;
    if (person_get(&gate->store, id, mem, &person, err))
        return err->rc;
    *ret = arena_printf(mem, "%s (%" PRId64 ")", person.name, id.v); /* two may have one name */
    return RC_OK;
}

static const char *append(const char *list, const char *name, const char *value, struct arena *mem)
{
    return arena_printf(mem, "%s%s%s: %s", list, *list ? "; " : "", name, text_clean_line(mem, value, strlen(value)));
}

static void compare(const struct field *fields, size_t n, struct arena *mem, struct plan_change *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &fields[i];

        if (!strcmp(f->was, f->now))
            continue;
        ret->count++;
        ret->is_seen = ret->is_seen || f->is_seen;
        ret->old_value = append(ret->old_value, f->name, f->was, mem);
        ret->new_value = append(ret->new_value, f->name, f->now, mem);
    }
}

enum rc plan_change_of(struct gate *gate, const struct visit_plan *was, const struct visit_plan *now, struct arena *mem,
                       struct plan_change *ret, struct err *err)
{
    const struct visit_words *const a = &was->words, *const b = &now->words;
    struct field staff[] = { { "host", "", "", true }, { "speaker", "", "", true }, { "co-host", "", "", false } };
    const struct person_id people[][2] = { { was->host, now->host },
                                           { was->speaker, now->speaker },
                                           { was->cohost, now->cohost } };
    const struct field fields[] = {
        { "title", a->title, b->title, true },
        { "calendar title", a->neutral, b->neutral, true },
        { "link", a->link, b->link, true },
        { "dial-in", a->dial_in, b->dial_in, true },
        { "notes", a->notes, b->notes, true },
        { "minutes", number(was->minutes, mem), number(now->minutes, mem), true },
        { "capacity", number(was->capacity, mem), number(now->capacity, mem), false },
        { "kind", visit_kind_name(was->kind), visit_kind_name(now->kind), false },
        { "tag", a->tag, b->tag, false },
        { "questions", a->questions, b->questions, false },
    };

    *ret = (struct plan_change){ .old_value = "", .new_value = "" };
    for (size_t i = 0; i < COUNT_OF(staff); i++)
        if (name_of(gate, people[i][0], mem, &staff[i].was, err) ||
            name_of(gate, people[i][1], mem, &staff[i].now, err))
            return err->rc;
    compare(fields, COUNT_OF(fields), mem, ret);
    compare(staff, COUNT_OF(staff), mem, ret);
    return RC_OK;
}
