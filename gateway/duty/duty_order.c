#include "gateway/duty/duty_order.h"

#include "gateway/practice/record.h"

const char *duty_order_describe(const struct person *p, struct arena *mem)
{
    return arena_printf(mem, "%s, %s, duty %" PRId64 ", %s, %s", p->name, staff_role_name(p->role), p->duty_rank,
                        p->title ? p->title : "no title", person_state_name(p->state));
}

static int64_t rank_of(struct person_id person, const struct person_id *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (order[i].v == person.v)
            return (int64_t)i + 1;
    return 0;
}

enum rc duty_order_set(struct gate *gate, const struct audit_who *who, const struct person_id *order, size_t count,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("duty_order");
    struct person *staff;
    size_t n;

    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const char *const old = duty_order_describe(&staff[i], mem);
        const int64_t rank = rank_of(staff[i].id, order, count);

        if (rank == staff[i].duty_rank)
            continue;
        staff[i].duty_rank = rank;
        if (person_change(&gate->store, &staff[i], err) ||
            record_act(gate, who, AUDIT_STAFF_CHANGED, AUDIT_ITEM_PERSON, staff[i].id.v, old,
                       duty_order_describe(&staff[i], mem), err))
            return err->rc;
    }
    return RC_OK;
}
