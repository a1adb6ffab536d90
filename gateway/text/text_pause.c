#include "gateway/text/text_pause.h"

#include "base/crypt.h"

struct text_pauses text_pauses_make(int64_t first_ms, int64_t most_ms)
{
    uint64_t seed;

    crypt_random(&seed, sizeof seed);
    return (struct text_pauses){ .fresh = pacing_make(first_ms, most_ms, seed) };
}

static size_t held(const struct text_pauses *p)
{
    return p->count < TEXT_PAUSES_MAX ? p->count : TEXT_PAUSES_MAX;
}

static struct text_pause *pause_of(struct text_pauses *p, struct text_account_id account)
{
    struct text_pause *fresh;

    for (size_t i = 0; i < held(p); i++)
        if (p->of[i].account.v == account.v)
            return &p->of[i];
    fresh = &p->of[p->count++ % TEXT_PAUSES_MAX];
    *fresh = (struct text_pause){ .account = account, .pacing = p->fresh };
    fresh->pacing.lot += p->count;
    return fresh;
}

void text_pause_note(struct text_pauses *p, struct text_account_id account, enum sms_end end)
{
    struct text_pause *const of = pause_of(p, account);

    of->has_answered |= end == SMS_ANSWERED;
    of->has_failed |= end == SMS_NOT_SENT || end == SMS_LOST;
}

void text_pauses_settle(struct text_pauses *p, int64_t now_ms)
{
    for (size_t i = 0; i < held(p); i++) {
        struct text_pause *const of = &p->of[i];

        if (of->has_answered)
            pacing_succeed(&of->pacing);
        else if (of->has_failed)
            pacing_fail(&of->pacing, now_ms);
        of->has_answered = of->has_failed = false;
    }
}

int64_t text_pause_left(const struct text_pauses *p, struct text_account_id account, int64_t now_ms)
{
    for (size_t i = 0; i < held(p); i++)
        if (p->of[i].account.v == account.v)
            return pacing_is_ready(&p->of[i].pacing, now_ms) ? 0 : p->of[i].pacing.ready_ms - now_ms;
    return 0;
}
