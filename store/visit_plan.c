#include "store/visit_plan.h"

#include "base/json.h"

static const char *const names[] = { "title", "neutral", "link", "dial_in", "notes", "tag", "questions" };

static const char **word_at(struct visit_words *w, size_t i)
{
    const char **const all[] = { &w->title, &w->neutral, &w->link, &w->dial_in, &w->notes, &w->tag, &w->questions };

    return all[i];
}

static char *write_words(const struct visit_words *w, struct arena *mem)
{
    CLEANUP(json_free) struct json *json = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct visit_words words = *w;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_set_str(json, names[i], *word_at(&words, i) ? *word_at(&words, i) : "");
    json_print(json, false, &text);
    return arena_strdup(mem, strbuf_peek(&text));
}

void visit_plan_bind(const struct store *st, struct db_query *q, enum column column, int64_t row,
                     const struct visit_plan *plan, struct arena *mem)
{
    const int64_t before[] = { plan->group.v,  plan->staff.v,   plan->host.v,
                               plan->cohost.v, plan->speaker.v, (int64_t)plan->kind };
    const int64_t behind[] = { plan->day, plan->minute, plan->minutes, plan->capacity };

    for (size_t i = 0; i < COUNT_OF(before); i++)
        db_bind_int(q, 3 + (int)i, before[i]);
    db_bind_text(q, 9, plan->zone);
    for (size_t i = 0; i < COUNT_OF(behind); i++)
        db_bind_int(q, 10 + (int)i, behind[i]);
    store_bind_sealed(st, q, 14, column, row, write_words(&plan->words, mem), mem);
}

enum rc visit_plan_read(const struct store *st, struct db_query *q, int from, enum column column, int64_t row,
                        struct arena *mem, struct visit_plan *plan, struct err *err)
{
    CLEANUP(json_free) struct json *json = NULL;
    const char *words;

    *plan = (struct visit_plan){ .group = { db_int(q, from) },
                                 .staff = { db_int(q, from + 1) },
                                 .host = { db_int(q, from + 2) },
                                 .cohost = { db_int(q, from + 3) },
                                 .speaker = { db_int(q, from + 4) },
                                 .kind = (enum visit_kind)db_int(q, from + 5),
                                 .zone = arena_strdup(mem, db_text(q, from + 6)),
                                 .day = db_int(q, from + 7),
                                 .minute = db_int(q, from + 8),
                                 .minutes = db_int(q, from + 9),
                                 .capacity = db_int(q, from + 10) };
    if (store_sealed(st, q, from + 11, column, row, mem, &words, err) || json_parse(words, strlen(words), &json, err))
        return err->rc;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        *word_at(&plan->words, i) = arena_strdup(mem, json_get_str(json, names[i], ""));
    return RC_OK;
}
