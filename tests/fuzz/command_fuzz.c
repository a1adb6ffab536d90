/* command and answer: any clean text gives an answer within its limits. */
#include "base/arena.h"
#include "base/text.h"
#include "inbound/answer.h"
#include "inbound/command.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "Rose Miller", "Ana", NULL };
    static const char *const groups[] = { "Tuesday Circle", NULL };
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text = text_clean(mem, (const char *)data, size);
    const struct command_input in = { text, text, names, groups, NULL };
    const struct command c = command_read(&in, mem);

    assert(c.kind < COMMAND_COUNT && c.text && text_is_utf8(c.text, strlen(c.text)));
    assert(c.kind != COMMAND_PAUSE || (c.days >= 1 && c.days <= COMMAND_PAUSE_MAX_DAYS));
    assert(c.kind != COMMAND_LEAVE || !*c.text || c.text == groups[0]);
    assert(*answer_name(answer_read(text, names, mem)));
    return 0;
}
