#include "gateway/visit/issue_visits.h"

#include "gateway/visit/saying.h"

enum rc issue_visits_number(struct gate *gate, struct group_id group, struct issue_item *items, size_t *ret_n,
                            struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("issue_visits");
    const int64_t now_ms = gate_now_ms(gate);
    struct visit *list;
    size_t n;

    *ret_n = 0;
    if (visit_between(&gate->store, group, now_ms, now_ms + ISSUE_VISITS_DAYS * MS_DAY, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && *ret_n < ISSUE_VISITS_MAX; i++)
        if (list[i].state == VISIT_PLANNED && !*list[i].plan.words.tag) {
            items[*ret_n] = (struct issue_item){ (int64_t)*ret_n + 1, ISSUE_ITEM_VISIT, list[i].id.v };
            ++*ret_n;
        }
    return RC_OK;
}

static enum rc put_one(struct gate *gate, const struct issue_item *item, enum person_language language,
                       struct slots *slots, struct arena *mem, struct json *list, struct err *err)
{
    struct saying s = { .gate = gate, .language = language, .mem = mem };
    struct json *row;
    struct visit v;

    if (visit_get(&gate->store, (struct visit_id){ item->target }, mem, &v, err))
        return err->rc;
    if (v.state != VISIT_PLANNED)
        return RC_OK;
    s.visit = &v;
    row = json_object_new();
    json_set_int(row, "number", item->number);
    json_set_str(row, "visit_title", v.plan.words.title);
    json_set_str(row, "visit_when", saying_when(&s, v.plan.zone, v.start_ms));
    json_set_str(row, "item_address",
                 slots_mark(slots, (struct slot_meaning){ .kind = SLOT_ITEM, .id = item->number }));
    json_push(list, &row);
    return RC_OK;
}

enum rc issue_visits_put(struct gate *gate, const struct issue_item *items, size_t n, enum person_language language,
                         struct slots *slots, struct arena *mem, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    for (size_t i = 0; i < n; i++)
        if (items[i].kind == ISSUE_ITEM_VISIT && put_one(gate, &items[i], language, slots, mem, list, err))
            return err->rc;
    json_set(values, "visits", &list);
    return RC_OK;
}
