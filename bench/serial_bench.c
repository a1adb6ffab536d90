/* What writing messages costs: a digest of 20 items, built, stored, loaded and filled. No peer: the figures are for ourselves. */
#include "base/clock.h"
#include "base/slot.h"
#include "base/strbuf.h"
#include "mailer/serial.h"

#include <sys/resource.h>

#define ITEMS 20
#define SPAN_MS 1500
#define SLOTS (ITEMS + 2)

static void write_bodies(struct strbuf *text, struct strbuf *html)
{
    char mark[SLOT_UTF8_SIZE];

    slot_mark(ITEMS, mark);
    strbuf_printf(text, "Hello %s,\n\n", mark);
    strbuf_printf(html, "<p>Hello %s,</p>\n", mark);
    for (int i = 0; i < ITEMS; i++) {
        slot_mark(i, mark);
        for (int line = 0; line < 6; line++) {
            strbuf_printf(text, "%d. This week José wrote a few lines about what helped, and others answered him.\n",
                          i + 1);
            strbuf_printf(html, "<p style=\"margin:0\">%d. This week José wrote what helped; others answered.</p>\n",
                          i + 1);
        }
        strbuf_printf(text, "Answer: https://example.org/i/%s\n\n", mark);
        strbuf_printf(html, "<p><a href=\"mailto:tuesday+%s@example.org\">Answer</a></p>\n", mark);
    }
}

static double per_second(int64_t count, int64_t start_ms)
{
    const int64_t ms = clock_steady_ms() - start_ms;

    return (double)count * 1000.0 / (double)(ms ? ms : 1);
}

static double bench_build(const struct serial_message *m)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const int64_t start_ms = clock_steady_ms();
    const struct serial_built *built;
    struct err err;
    int64_t n = 0;

    for (; clock_steady_ms() - start_ms < SPAN_MS; n++) {
        arena_clear(mem);
        if (serial_build(m, mem, &built, &err))
            abort();
    }
    return per_second(n, start_ms);
}

static double bench_fill(const struct serial_built *built, const char *name, size_t *ret_bytes)
{
    CLEANUP(wire_free) struct wire *wire = wire_new();
    const int64_t start_ms = clock_steady_ms();
    const char *values[SLOTS] = { 0 };
    struct serial_person p = { .to_name = name,
                               .to_address = "rose@example.net",
                               .envelope_sender = "b+abcdefghijklmnopqrstuvwxyz234567@example.org",
                               .reply_to = "tuesday+abcdefghijklmnopqrstuvwxyz234567@example.org",
                               .message_id = "abcdefghijklmnopqrstuvwxyz234567@example.org",
                               .unsubscribe_https = "https://example.org/u/abcdefghijklmnopqrstuvwxyz234567",
                               .unsubscribe_mailto = "mailto:tuesday+abcdefghijklmnopqrstuvwxyz234567@example.org",
                               .values = values,
                               .value_count = SLOTS };
    struct err err;
    int64_t n = 0;

    for (int i = 0; i < SLOTS; i++)
        values[i] = i == ITEMS ? name : "abcdefghijklmnopqrstuvwxyz234567";
    for (; n % 256 || clock_steady_ms() - start_ms < SPAN_MS; n++)
        if (serial_fill(built, &p, wire, &err))
            abort();
    wire_bytes(wire, ret_bytes);
    return per_second(n, start_ms);
}

int main(void)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(1 << 17), html = STRBUF(1 << 17);
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const struct serial_built *built, *loaded;
    struct rusage used;
    struct err err;
    const void *bytes_of_built;
    size_t bytes, stored;
    double fills;

    write_bodies(&text, &html);
    const struct serial_message m = { .from_name = "Tuesday Circle",
                                      .from_address = "tuesday@example.org",
                                      .reply_name = "Tuesday Circle",
                                      .subject = "Tuesday Circle: digest 12, 22 November",
                                      .text = strbuf_peek(&text),
                                      .html = strbuf_peek(&html),
                                      .automatic = SERIAL_AUTO_GENERATED,
                                      .list_id = "tuesday.example.org" };
    if (serial_build(&m, mem, &built, &err))
        return 1;
    bytes_of_built = serial_save(built, &stored);
    if (serial_load(bytes_of_built, stored, mem, &loaded, &err))
        return 1;
    printf("build   %10.0f /s\n", bench_build(&m));
    fills = bench_fill(loaded, "Rose", &bytes);
    printf("fill    %10.0f /s  (%zu bytes on the wire, %zu stored, %zu slots)\n", fills, bytes, stored,
           serial_slots(loaded));
    fills = bench_fill(loaded, "José \"Pepe\" Ñandú", &bytes);
    printf("fill    %10.0f /s  (a name that must be encoded)\n", fills);
    getrusage(RUSAGE_SELF, &used);
    printf("memory  %10ld KB at most\n", used.ru_maxrss);
    return 0;
}
