/* A ClamAV that hangs holds a batch for so long and no longer; e2e/clamd_test has the rest. */
#include "circle_help.h"

#include "gateway/sort/scan.h"
#include "store/setting.h"

static enum rc nobody_reads(void *ctx, struct sandbox_source *ret_source, struct err *err)
{
    (void)ctx;
    (void)ret_source;
    return err_set(err, RC_BUG, "nothing was to be read");
}

static struct sorting a_letter(struct circle *c)
{
    static const struct letter_attachment photo = { .type = "image/jpeg", .bytes = 10 };
    struct sorting s = { .gate = &c->g.gate, .lexicon = c->lexicon, .mem = c->mem, .triage = { .tier = 4 } };

    letter_init(&s.letter);
    s.letter.kind = LETTER_POST;
    s.letter.text = "My garden.";
    s.letter.attachments = &photo;
    s.letter.attachment_count = 1;
    s.sender.person.id = c->rose.person;
    s.sender.group = c->g.group;
    s.sender.group.files = GROUP_FILES_PHOTOS;
    return s;
}

static void the_rest_of_a_batch_waits_untried(void **state)
{
    static const struct {
        int64_t spent_ms;
        bool is_down; /* it was asked: nothing listens there */
    } cases[] = { { 0, true }, { SCAN_BATCH_MS - 1, true }, { SCAN_BATCH_MS, false }, { SCAN_BATCH_MS + 9, false } };
    const struct darkroom_source raw = { nobody_reads, NULL };
    struct circle *c = *state;
    struct err err;

    CIRCLE_TX(c, HELP_OK(setting_set(&c->g.gate.store, SETTING_CLAMD, "/nonexistent/clamd", &err)));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scan_run run = { .spent_ms = cases[i].spent_ms };
        struct sorting s = a_letter(c);

        HELP_OK(scan_letter(&s, &raw, &run, &err));
        assert_int_equal(s.scan, SCAN_WAITS);
        assert_int_equal(run.is_down, cases[i].is_down);
        assert_false(s.was_scanned); /* so that it counts no try */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_rest_of_a_batch_waits_untried, circle_setup, circle_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
