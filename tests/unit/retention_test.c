/* What goes by itself: alarms that are closed, with the runs of the practice's program for them, when their time is over, and no others. */
#include "gate_help.h"

#include "gateway/serve/clock_work.h"
#include "store/page.h"
#include "store/page_call.h"
#include "store/retention.h"

static struct page_id add_page(struct gate_help *g, int64_t letter, bool is_done, int calls)
{
    struct page page = { .letter = { letter }, .tier = 1, .next_ms = g->now_ms, .created_ms = g->now_ms };
    struct page_call call;
    struct err err;

    IN_TX(g, page_add(&g->gate.store, &page, &err));
    for (int i = 0; i < calls; i++) {
        IN_TX(g, page_call_add(&g->gate.store, page.id, &err));
        IN_TX(g, page_call_start(&g->gate.store, MS_MINUTE, &call, &err));
        IN_TX(g, page_call_end(&g->gate.store, call.id, 0, &err));
    }
    if (is_done) {
        IN_TX(g, page_claim(&g->gate.store, page.id, g->staff, g->now_ms, &err));
        IN_TX(g, page_close(&g->gate.store, page.id, "talked", &err));
    }
    return page.id;
}

static int64_t purge(struct gate_help *g, bool is_dry)
{
    struct retention_counts counts = { { 0 } };
    struct err err;

    HELP_OK(clock_purge(&g->gate, is_dry, &counts, &err));
    return counts.of[RETENTION_ALARMS];
}

static void alarms_go_with_their_calls(void **state)
{
    struct gate_help g;
    struct page_id young;
    struct page kept;
    struct err err;

    (void)state;
    gate_help_start(&g);
    add_page(&g, 11, true, 3);
    add_page(&g, 12, true, 0);
    add_page(&g, 13, false, 2); /* nobody has closed it: it stays however old */
    g.now_ms += CLOCK_RECORD_KEPT_MS;
    young = add_page(&g, 14, true, 2);
    assert_int_equal(purge(&g, false), 0); /* to the millisecond */
    g.now_ms += 1;
    assert_int_equal(purge(&g, true), 2 + 3);
    assert_int_equal(help_int(&g.h, "SELECT COUNT(*) FROM page"), 4);
    assert_int_equal(purge(&g, false), 2 + 3);
    assert_int_equal(help_int(&g.h, "SELECT COUNT(*) FROM page"), 2);
    assert_int_equal(help_int(&g.h, "SELECT COUNT(*) FROM page WHERE state = 1"), 1);
    assert_int_equal(help_int(&g.h, "SELECT COUNT(*) FROM page_call"), 4);
    HELP_OK(page_get(&g.gate.store, young, g.gate.mem, &kept, &err));
    assert_string_equal(kept.outcome, "talked");
    assert_int_equal(purge(&g, false), 0);
    gate_help_stop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(alarms_go_with_their_calls) };

    return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
