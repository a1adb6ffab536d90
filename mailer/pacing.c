#include "mailer/pacing.h"

#include <assert.h>

struct pacing pacing_make(int64_t base_ms, int64_t max_ms, uint64_t seed)
{
    assert(base_ms > 0 && max_ms >= base_ms);
    return (struct pacing){ .base_ms = base_ms, .max_ms = max_ms, .lot = seed };
}

/* splitmix64 (Vigna 2015): any seed will do. */
static uint64_t draw(uint64_t *lot)
{
    uint64_t z = *lot += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

int64_t pacing_fail(struct pacing *pacing, int64_t now_ms)
{
    int64_t wait_ms = pacing->base_ms;

    for (unsigned i = 0; i < pacing->failures && wait_ms < pacing->max_ms; i++)
        wait_ms = wait_ms > pacing->max_ms / 2 ? pacing->max_ms : wait_ms * 2;
    if (pacing->failures < UINT32_MAX)
        pacing->failures++;
    wait_ms = wait_ms / 2 + (int64_t)(draw(&pacing->lot) % (uint64_t)(wait_ms - wait_ms / 2 + 1));
    pacing->ready_ms = now_ms + wait_ms;
    return wait_ms;
}

void pacing_succeed(struct pacing *pacing)
{
    pacing->failures = 0;
    pacing->ready_ms = 0;
}

bool pacing_is_ready(const struct pacing *pacing, int64_t now_ms)
{
    return now_ms >= pacing->ready_ms;
}
