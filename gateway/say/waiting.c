#include "gateway/say/waiting.h"

#include "gateway/say/phrase.h"
#include "store/page.h"
#include "store/private.h"

#define TALKS_MAX 500
#define PAGES_MAX 100

enum rc waiting_counts(struct gate *gate, const struct person *reader, struct arena *mem, struct json *values,
                       struct err *err)
{
    struct private_talk *talks;
    struct page *pages;
    size_t n;
    int64_t owed = 0, pages_open = 0, oldest_ms = 0;

    if (private_list(&gate->store, (struct person_id){ 0 }, TALKS_MAX, mem, &talks, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (talks[i].state == TALK_OPEN && talks[i].owed_ms) {
            owed++;
            oldest_ms = !oldest_ms || talks[i].owed_ms < oldest_ms ? talks[i].owed_ms : oldest_ms;
        }
    if (page_list_open(&gate->store, PAGES_MAX, mem, &pages, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        pages_open += pages[i].kind == PAGE_ALARM;
    json_set_str(values, "talk_count", NULL);
    if (owed)
        json_set_int(values, "talk_count", owed);
    json_set_str(values, "talk_waiting", owed ? phrase_span(reader->language, gate_now_ms(gate) - oldest_ms, mem) : "");
    json_set_str(values, "page_count", NULL);
    if (pages_open)
        json_set_int(values, "page_count", pages_open);
    return RC_OK;
}
