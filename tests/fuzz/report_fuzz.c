/* A report written for people: recipients, statuses and classes of any text. */
#include "base/text.h"
#include "inbound/report.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text = text_clean(mem, (const char *)data, n > 65536 ? 65536 : n);
    struct letter_report reports[LETTER_REPORTS_MAX];
    const struct letter_recipient us = { .field = LETTER_TO, .address = "bounces@example.net" };
    struct letter letter;
    size_t count;

    letter_init(&letter);
    letter.recipients = &us;
    letter.recipient_count = 1;
    count = report_read_text(text, &letter, mem, reports, LETTER_REPORTS_MAX);
    assert(count <= LETTER_REPORTS_MAX);
    for (size_t i = 0; i < count; i++) {
        assert(strchr(reports[i].recipient, '@') && strcmp(reports[i].recipient, us.address) != 0);
        assert(!*reports[i].status || (strchr("245", reports[i].status[0]) && reports[i].status[1] == '.'));
        assert(reports[i].why >= LETTER_CLASS_UNKNOWN && reports[i].why < LETTER_CLASS_COUNT);
    }
    assert(strlen(report_text_part(text, mem)) <= strlen(text));
    return 0;
}
