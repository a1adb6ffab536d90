/* A person is forgotten: after purge nothing in the store that can be opened holds their words, name or address, and the rest still works. */
#include "circle_help.h"

#include "gateway/note/publish.h"
#include "gateway/office/erase.h"
#include "store/accounting.h"
#include "store/audit.h"
#include "store/rekey.h"

#define ZELDA "zelda.quillfeather@example.net"
#define NAME "Zelda Quillfeather"
#define NOTE "Every morning I polish my turquoise accordion before the first walk."
#define CUT "My number is (555) 555-0144 if anybody wants to polish with me."
#define REFUSED "Buy my turquoise accordion polish, half price until Sunday evening."
#define WAITS "The accordion fell down the purple staircase on Monday night."
#define SHORT "Blorptastic!"
#define FOLDED "Every mor=\r\nning I po=6Cish my"

/* What may be found in no value. First names are others' words. */
static const char *const canaries[] = { "quillfeather", "turquoise", "accordion",        "blorptastic",
                                        "555-0144",     "q-77123",   "purple staircase", "gooseberry" };

static struct membership add_zelda(struct circle *c)
{
    struct membership m;
    struct person p;
    struct err err;

    CIRCLE_TX(c, {
        m = gate_help_member(&c->g, "Zelda", ZELDA, RHYTHM_DAILY);
        HELP_OK(person_get(&c->g.gate.store, m.person, c->mem, &p, &err));
        p.name = NAME;
        p.phone = "(555) 555-0144";
        p.chart = "Q-77123";
        p.emergency = "Otto Quillfeather (555) 555-0145";
        HELP_OK(person_change(&c->g.gate.store, &p, &err));
        HELP_OK(membership_set_posted(&c->g.gate.store, m.id, &err));
    });
    return m;
}

static void decide(struct circle *c, const char *words)
{
    circle_reply(c, circle_mail(c, ANA, NULL), ANA, words, PASS);
}

/* What she tells the nurse alone, and what the nurse answers. */
static void talk_privately(struct circle *c)
{
    circle_write(c, ZELDA, GROUP, "x", "Dear nurse, may I come in on Friday?", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "PRIVATE: Yes, bring the gooseberry ointment.", PASS);
    circle_reply(c, circle_mail(c, ZELDA, "answer for you"), ZELDA, "The gooseberry ointment is all gone.", PASS);
    circle_reply(c, circle_mail(c, ANA, "private words"), ANA, "I have more gooseberry ointment here.", PASS);
}

/* Notes of every kind, two digests, an answer that quotes her, one that waits. */
static void play(struct circle *c)
{
    circle_wrote(c, &(struct wrote){ ZELDA, GROUP, "My turquoise accordion", NOTE, PASS, NULL, NULL, NULL });
    circle_run(c);
    decide(c, "OK");
    circle_write(c, ZELDA, GROUP, SHORT, SHORT, PASS);
    decide(c, "OK");
    circle_write(c, ZELDA, GROUP, "Offer", REFUSED, PASS);
    decide(c, "NO no selling here");
    circle_write(c, ZELDA, GROUP, "Call me", CUT, PASS);
    circle_digest(c);
    circle_has(circle_mail(c, ROSE, NULL), "turquoise accordion");
    circle_has(circle_mail(c, ROSE, NULL), "Blorptastic");
    circle_reply(c, circle_mail(c, ROSE, NULL), ROSE,
                 "1 Zelda, I liked it: \"every morning I polish my turquoise accordion\". I will walk more.", PASS);
    decide(c, "OK");
    circle_pass(c, 24 * MS_HOUR);
    circle_has(circle_mail(c, MARIA, NULL), "I will walk more");
    talk_privately(c);
    circle_write(c, ZELDA, GROUP, "Accordion", WAITS, PASS);
}

static bool holds(const char *text, size_t n, const char *canary)
{
    const size_t len = strlen(canary);

    for (size_t i = 0; i + len <= n; i++)
        if (!strncasecmp(text + i, canary, len))
            return true;
    return false;
}

/* Opens every sealed value of one column; returns how many hold a canary, and tells which. */
static size_t look_through(struct circle *c, const struct rekey_column *column, size_t *seen)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char *id = !strcmp(column->table, "audit_value") ? "seq" : "id";
    const char *sql = arena_printf(c->g.gate.mem, "SELECT %s, %s FROM %s WHERE %s IS NOT NULL", id, column->name,
                                   column->table, column->name);
    struct err err;
    size_t found = 0;
    bool row;

    HELP_OK(db_query(c->g.h.db, sql, &q, &err));
    HELP_OK(db_step(q, &row, &err));
    for (; row; (*seen)++) {
        const void *plain;
        const char *text;
        size_t n;

        HELP_OK(store_sealed_bytes(&c->g.gate.store, q, 1, column->column, db_int(q, 0), c->mem, &plain, &n, &err));
        text = erase_unfold(plain, n, c->mem, &n);
        for (size_t i = 0; i < COUNT_OF(canaries); i++)
            if (holds(text, n, canaries[i])) {
                print_message("%s.%s %" PRId64 " holds %s\n", column->table, column->name, db_int(q, 0), canaries[i]);
                found++;
            }
        HELP_OK(db_step(q, &row, &err));
    }
    return found;
}

static size_t found_anywhere(struct circle *c)
{
    size_t found = 0, seen = 0;

    for (size_t i = 0; i < rekey_columns_count; i++)
        found += look_through(c, &rekey_columns[i], &seen);
    assert_true(seen > 60);
    return found;
}

static enum rc run_erase(struct circle *c, struct person_id id, bool is_dry, struct erase_result *result)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct person p;
    struct err err;
    enum rc rc;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &p, &err));
    rc = erase_run(&c->g.gate, &who, &p, is_dry, NULL, result, &err);
    if (rc)
        print_message("%s\n", err.msg);
    return rc;
}

static void nothing_of_a_person_is_left(void **state)
{
    struct erase_result dry, result;
    struct audit_report report;
    struct membership zelda;
    struct circle c;
    struct err err;
    int64_t rows, raw;

    (void)state;
    circle_start(&c);
    zelda = add_zelda(&c);
    play(&c);
    assert_true(found_anywhere(&c) > 30);
    rows = circle_count(&c, "SELECT COUNT(*) FROM audit_value");
    raw = circle_count(&c, "SELECT COUNT(*) FROM arrival_chunk");
    HELP_OK(run_erase(&c, zelda.person, true, &dry));
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM audit_value"), rows);
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM arrival_chunk"), raw);
    HELP_OK(run_erase(&c, zelda.person, false, &result));
    assert_memory_equal(&dry.counts, &result.counts, sizeof dry.counts);
    assert_int_equal(result.counts.posts, 6);
    assert_int_equal(result.withdrawn, 2);
    assert_int_equal(found_anywhere(&c), 0);
    assert_int_equal(circle_count(&c, "SELECT COUNT(*) FROM arrival_chunk"), 0);
    HELP_OK(audit_verify(&c.g.gate.store, NULL, &report, &err));
    assert_true(report.erased > 0 && result.counts.audit_values > 0);
    HELP_OK(run_erase(&c, zelda.person, false, &result)); /* once more does no harm */
    assert_int_equal(result.withdrawn, 0);
    circle_stop(&c);
}

static enum rc count_row(void *ctx, const struct accounting_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int64_t *)ctx;
    return RC_OK;
}

/* Rose's answer stays, without the line that quotes; letters, replies to old letters and the accounting go on. */
static void the_circle_goes_on(void **state)
{
    struct accounting_filter filter = { .from_ms = 0 };
    struct erase_result result;
    struct membership zelda;
    const struct mail *old;
    struct circle c;
    struct err err;
    int64_t before = 0, after = 0;

    (void)state;
    circle_start(&c);
    zelda = add_zelda(&c);
    play(&c);
    old = circle_mail(&c, MARIA, NULL);
    filter.person = zelda.person;
    HELP_OK(accounting_walk(&c.g.gate.store, &filter, count_row, &before, &err));
    HELP_OK(run_erase(&c, zelda.person, false, &result));
    HELP_OK(accounting_walk(&c.g.gate.store, &filter, count_row, &after, &err));
    assert_int_equal(before, after); /* who got what, without words */
    circle_listen(&c);
    circle_reply(&c, old, MARIA, "1 I walk with you, Rose, every single day now.", PASS);
    assert_int_equal(circle_outcome(&c), OUTCOME_HELD);
    decide(&c, "OK");
    circle_pass(&c, 24 * MS_HOUR);
    circle_has(circle_since(&c, ROSE, NULL), "I walk with you, Rose");
    circle_lacks(circle_since(&c, ROSE, NULL), "accordion");
    assert_int_equal(circle_new(&c, ZELDA), 0);
    circle_stop(&c);
}

/* What holds her note and has not left goes without it; a copy of somebody's answer above two lines of hers is made anew. */
static void what_has_not_left_loses_them(void **state)
{
    struct erase_result result;
    struct membership zelda;
    struct circle c;
    struct err err;
    struct post opener, answer;
    struct delivery *rows;
    size_t n;

    (void)state;
    circle_start(&c);
    zelda = add_zelda(&c);
    opener = circle_published(&c, zelda, NOTE);
    CIRCLE_TX(&c, {
        answer = gate_help_post(&c.g, c.rose.person, POST_COMMENT, opener.conversation, NULL, "I will walk more.");
        HELP_OK(publish_post(&c.g.gate, &answer, &err));
    });
    HELP_OK(delivery_of_person(&c.g.gate.store, c.sam.person, (struct delivery_id){ 0 }, 10, c.mem, &rows, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].state, DELIVERY_READY);
    HELP_OK(run_erase(&c, zelda.person, false, &result));
    assert_int_equal(result.counts.made_again, 1);
    circle_work(&c);
    circle_has(circle_mail(&c, SAM, NULL), "I will walk more.");
    circle_lacks(circle_mail(&c, SAM, NULL), "accordion");
    circle_stop(&c);
}

static void who_shares_an_address_keeps_it(void **state)
{
    struct erase_result result;
    struct membership zelda, otto;
    struct address a;
    struct circle c;
    struct err err;

    (void)state;
    circle_start(&c);
    zelda = add_zelda(&c);
    CIRCLE_TX(&c, otto = circle_shares(&c, ZELDA, "Otto"));
    HELP_OK(run_erase(&c, zelda.person, false, &result));
    assert_int_equal(result.counts.addresses, 0);
    HELP_OK(address_get(&c.g.gate.store, otto.address, c.mem, &a, &err));
    assert_string_equal(a.value, ZELDA);
    circle_published(&c, c.rose, "A note about long walks in the rain.");
    circle_digest(&c);
    circle_has(circle_mail(&c, ZELDA, NULL), "long walks");
    circle_stop(&c);
}

static void it_waits_for_an_alarm_and_keeps_staff(void **state)
{
    struct erase_result result;
    struct membership zelda;
    struct circle c;

    (void)state;
    circle_start(&c);
    zelda = add_zelda(&c);
    circle_write(&c, ZELDA, GROUP, "tonight", "I want to kill myself tonight.", PASS);
    assert_int_equal(run_erase(&c, zelda.person, false, &result), RC_CONFLICT);
    assert_int_equal(run_erase(&c, c.ana, false, &result), RC_INPUT);
    circle_stop(&c);
}

/* --- erase_marks -------------------------------------------------------------------------------------------------------------------------- */

static void words_are_found_however_they_are_wrapped(void **state)
{
    static const struct {
        const char *text, *want;
        bool is_json;
    } cases[] = {
        { "> Every morning I\r\n> polish my turquoise", "> [removed]", false },
        { "She said: every MORNING, I polish -- my shoes.", "She said: [removed] shoes.", false },
        { "Every morning I walk.", "Every morning I walk.", false },
        { "Zelda Quillfeather wrote this, Zelda did.", "[removed] wrote this, Zelda did.", false },
        { "mail zelda.quillfeather@example.net now", "mail [removed] now", false },
        { "{\"a\":\"x\\nEvery morning\\nI polish my\",\"b\":\"turquoise\"}",
          "{\"a\":\"x\\n[removed]\",\"b\":\"turquoise\"}", true },
        { "{\"a\":\"every morning I\",\"b\":\"polish my turquoise\"}",
          "{\"a\":\"every morning I\",\"b\":\"polish my turquoise\"}", true },
        { "Thanks Will, I will try. Rose rose early.", "Thanks [removed], I will try. [removed] rose early.", false },
        { "", "", false },
    };
    struct arena *mem = arena_new("marks");
    struct erase_marks *marks = erase_marks_new(mem);
    const char *unfolded;
    size_t n;

    (void)state;
    erase_marks_text(marks, "Every morning I polish my turquoise");
    erase_marks_phrase(marks, NAME);
    erase_marks_phrase(marks, ZELDA);
    erase_marks_name(marks, "Will");
    erase_marks_name(marks, "Rose");
    erase_marks_phrase(marks, "Zelda"); /* one short word: not looked for */
    erase_marks_text(marks, "Thank you so much");
    erase_marks_close(marks);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(erase_scrub(marks, cases[i].text, cases[i].is_json, ERASE_GONE, mem), cases[i].want);
    unfolded = erase_unfold(FOLDED, sizeof FOLDED - 1, mem, &n);
    assert_string_equal(unfolded, "Every morning I polish my");
    assert_true(erase_finds(marks, unfolded, n));
    assert_false(erase_finds(marks, "Thank you so much", 17));
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_however_they_are_wrapped),
        cmocka_unit_test(nothing_of_a_person_is_left),
        cmocka_unit_test(the_circle_goes_on),
        cmocka_unit_test(what_has_not_left_loses_them),
        cmocka_unit_test(who_shares_an_address_keeps_it),
        cmocka_unit_test(it_waits_for_an_alarm_and_keeps_staff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
