/* decision: every item that a decision names is one of the mail's, and none is named twice. */
#include "base/arena.h"
#include "base/text.h"
#include "inbound/decision.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct decision_set *set, int max)
{
    bool seen[DECISION_MAX_ITEMS + 1] = { false };

    for (size_t i = 0; i < set->count; i++) {
        const struct decision *d = &set->v[i];

        assert(d->kind > DECISION_UNCLEAR && d->kind < DECISION_COUNT && d->text);
        assert(text_is_utf8(d->text, strlen(d->text)));
        assert((d->item_count > 0) == (max > 0));
        for (size_t k = 0; k < d->item_count; k++) {
            assert(d->items[k] >= 1 && d->items[k] <= max && !seen[d->items[k]]);
            seen[d->items[k]] = true;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "Ana Ruiz", NULL };
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text = text_clean(mem, (const char *)data, size);
    struct decision_set set = decision_read(&(struct decision_input){ text, names, 0 }, mem);

    assert(set.count <= 1);
    check(&set, 0);
    set = decision_read(&(struct decision_input){ text, names, 9 }, mem);
    check(&set, 9);
    return 0;
}
