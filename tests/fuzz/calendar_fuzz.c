/* An answer to an invitation: clean texts of bounded length, never a date expanded; and the words beside it only ever lose some. */
#include "base/text.h"
#include "inbound/calendar.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    static bool is_set_up;
    const char *const text = text_clean(mem, (const char *)data, n);
    struct letter_calendar c;
    struct err err;

    if (!is_set_up)
        calendar_setup();
    is_set_up = true;
    if (!calendar_read(text, mem, &c, &err)) {
        const char *const values[] = { c.method, c.uid, c.attendee, c.partstat, c.comment };

        for (size_t i = 0; i < COUNT_OF(values); i++)
            assert(values[i] && text_is_utf8(values[i], strlen(values[i])));
        assert(*c.method && c.sequence >= -1);
    }
    assert(strlen(calendar_said(text, mem)) <= strlen(text));
    return 0;
}
