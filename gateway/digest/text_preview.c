#include "gateway/digest/text_preview.h"

#include "base/text.h"
#include "gateway/sms/text_queue.h"
#include "store/membership.h"

#define MICRO INT64_C(1000000)

static enum rc count_phones(struct gate *gate, struct group_id group, const char *tag, int64_t *ret_n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_phones");
    const struct roster_filter filter = { .group = group, .tag = tag };
    struct text_sender sender;
    struct roster_count count;
    const enum rc rc = text_sender_usual(&gate->store, mem, &sender, err);

    *ret_n = 0;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (membership_count(&gate->store, &filter, &count, err))
        return err->rc;
    *ret_n = count.by_text;
    return RC_OK;
}

enum rc text_preview_put(struct gate *gate, const struct care_group *group, const char *tag, const char *who,
                         const char *words, struct json *values, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_preview");
    struct text_measure m;
    int64_t phones, micro;

    json_set_str(values, "text_phones", NULL);
    if (count_phones(gate, group->id, tag, &phones, err))
        return err->rc;
    if (!phones || !text_has_letter(words))
        return RC_OK;
    if (text_measure(arena_printf(mem, "%s:\n10 %s: %s", group->alias, who, text_clean_line(mem, words, strlen(words))),
                     mem, &m, err) ||
        text_price(gate, m.parts * phones, &micro, err))
        return err->rc;
    json_set_int(values, "text_phones", phones);
    json_set_int(values, "text_parts", m.parts);
    json_set_int(values, "text_all", m.parts * phones);
    json_set_str(values, "text_cost",
                 arena_printf(mem, "%" PRId64 ".%02" PRId64, micro / MICRO, micro % MICRO / (MICRO / 100)));
    return RC_OK;
}
