#include "gateway/practice/gates.h"

#include "gateway/home/home.h"

#include <stdlib.h>

struct kept {
    struct gate gate;
    bool is_open;
    int64_t opened_ms; /* steady */
};

struct gates {
    struct home *home;
    struct kept of[GATES_MAX];
};

struct gates *gates_new(struct home *home)
{
    struct gates *const gates = calloc(1, sizeof *gates);

    if (!gates)
        abort();
    gates->home = home;
    return gates;
}

static void close_one(struct kept *kept)
{
    if (kept->is_open)
        gate_close(&kept->gate);
    *kept = (struct kept){ .is_open = false };
}

void gates_free(struct gates **gates)
{
    for (size_t i = 0; *gates && i < GATES_MAX; i++)
        close_one(&(*gates)->of[i]);
    free(*gates);
    *gates = NULL;
}

enum rc gates_of(struct gates *gates, struct practice_id practice, struct gate **ret_gate, struct err *err)
{
    struct kept *free_one = NULL;

    for (size_t i = 0; i < GATES_MAX; i++) {
        struct kept *const k = &gates->of[i];

        if (k->is_open && k->gate.store.practice.v == practice.v) {
            *ret_gate = &k->gate;
            return RC_OK;
        }
        if (!k->is_open && !free_one)
            free_one = k;
    }
    if (!free_one)
        return err_set(err, RC_TEMP, "too many practices at a time");
    if (gate_open(gates->home, practice, &free_one->gate, err))
        return err->rc;
    free_one->is_open = true;
    free_one->opened_ms = clock_steady_ms();
    *ret_gate = &free_one->gate;
    return RC_OK;
}

void gates_refresh(struct gates *gates)
{
    for (size_t i = 0; i < GATES_MAX; i++) {
        struct kept *const k = &gates->of[i];
        bool is_fresh = k->is_open && clock_steady_ms() - k->opened_ms < GATES_AGE_MS;
        struct err ignored;

        if (is_fresh && keys_is_fresh(gates->home->db, k->gate.store.ring, &is_fresh, &ignored))
            is_fresh = false;
        if (k->is_open && !is_fresh)
            close_one(k);
    }
}

bool gates_is_open(const struct gates *gates, const struct gate *gate)
{
    for (size_t i = 0; i < GATES_MAX; i++)
        if (&gates->of[i].gate == gate)
            return gates->of[i].is_open;
    return false;
}
