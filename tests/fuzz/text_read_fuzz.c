/* text_read: any clean text means something, within its limits, and what is said of it lies inside it. The first byte chooses what is open. */
#include "base/arena.h"
#include "base/text.h"
#include "inbound/text_noise.h"
#include "inbound/text_read.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int live[] = { 10, 14, 15, 112 }, old[] = { 30 }, reviews[] = { 41, 50 };

static struct text_reading reading_of(uint8_t choice)
{
    static const char *const names[] = { "Rose Miller", "Ana", NULL };
    static const char *const groups[] = { "Tuesday Circle", "Walkers", NULL };
    struct text_reading in = { .names = names, .groups = groups };

    in.live = (struct number_set){ live, COUNT_OF(live) };
    in.old = (struct number_set){ old, COUNT_OF(old) };
    in.is_staff = (choice & 8) != 0;
    if (in.is_staff)
        in.reviews = (struct number_set){ reviews, COUNT_OF(reviews) };
    in.asked.kind = choice % (TEXT_ASKED_PIN + 1);
    in.asked.choices = in.asked.kind == TEXT_ASKED_CHOICE ? groups : NULL;
    in.asked.may_be_new = (choice & 16) != 0;
    in.asked.max = 10;
    return in;
}

static void check_pieces(const struct text_reading *in, const struct text_meaning *m)
{
    size_t at = 0;

    for (size_t i = 0; i < m->pieces.count; i++) {
        const struct number_piece *p = &m->pieces.v[i];

        assert(p->at == at && p->words_at >= p->at && p->words_at <= p->at + p->len && p->count);
        for (size_t k = 0; k < p->count; k++)
            assert(number_has(in->live, p->numbers[k]));
        at += p->len;
    }
    assert(at == strlen(in->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    struct text_reading in;
    struct text_meaning m;

    if (!size)
        return 0;
    in = reading_of(data[0]);
    in.text = text_clean(mem, (const char *)data + 1, size - 1);
    m = text_read(&in, mem);
    assert(*text_means_name(m.kind) && m.text && text_is_utf8(m.text, strlen(m.text)));
    if (m.kind == TEXT_MEANS_COMMENT)
        check_pieces(&in, &m);
    if (m.kind == TEXT_MEANS_DECISION)
        assert(in.is_staff && number_has(in.reviews, m.number) && m.decision.count == 1);
    if (m.kind == TEXT_MEANS_ANSWER)
        assert(in.asked.kind);
    (void)text_noise_is_of(m.text, in.text, mem);
    return 0;
}
