/* gateway/digest/text_digest, text_compose, text_more: digests by text. The rules of when and how much: text_rules_test.c. */
#include "text_digest_help.h"

#include "gateway/digest/digest.h"
#include "gateway/text/text_letter.h"

static void one_text_from_the_same_issue(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    struct issue issue;
    struct post a, b;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    a = text_note(c, "I walked to the lake today.");
    b = circle_published(c, c->sam, "My soup has no salt.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1);
    assert_int_equal(t.kind, MAILING_TEXT_DIGEST);
    assert_true(t.parts <= 3);
    text_has(&t, "Tuesday Circle: 2 new.");
    text_has(&t, "\n10 Maria: I walked to the lake today.");
    text_has(&t, "\n11 Sam: My soup has no salt.");
    HELP_OK(issue_last(&c->g.gate.store, c->g.group.id, RHYTHM_DAILY, &issue, &err));
    assert_int_equal(t.issue.v, issue.id.v);
    assert_int_equal(t.to_seq, b.published_seq);
    assert_int_equal(text_cursor(c, &c->rose), 0);
    assert_int_equal(text_leave(c), 1);
    assert_int_equal(text_cursor(c, &c->rose), b.published_seq);
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM text_post WHERE is_whole = 1 AND version > 0"), 2);
    circle_has(circle_mail(c, MARIA, "letter 1"), "My soup has no salt.");
    assert_null(circle_mail(c, ROSE, "letter 1"));
    text_at(c, 1, 18, 1); /* nothing is new */
    text_of(c, &c->rose, 0, 1);
    (void)a;
}

static void levels_hold_what_they_say(void **state)
{
    static const char words[] =
        "I walked to the lake today and saw nine geese, and then I sat on the bench that my mother liked so much.";
    struct circle *c = *state;
    struct text_out count, line;

    text_member(c, &c->rose, "+15555550101", 0);
    text_member(c, &c->sam, "+15555550102", 1);
    text_note(c, words);
    text_at(c, 0, 18, 1);
    count = text_of(c, &c->rose, 0, 1);
    text_has(&count, "Tuesday Circle: 1 new.");
    text_has(&count, "Reply MORE");
    text_lacks(&count, "Maria");
    text_lacks(&count, "lake");
    line = text_of(c, &c->sam, 0, 1);
    text_has(&line, "Maria: I walked to the lake today and saw nine geese");
    text_lacks(&line, "bench");
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM text_post"), 1); /* Rose has no words of it */
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM text_post WHERE is_whole = 1"), 0);
}

/* Fewer words are wanted while a text waits to leave: it is composed anew. */
static void a_lower_level_holds_for_what_waits(void **state)
{
    const struct audit_who who = { AUDIT_STAFF, 1, AUDIT_WAY_CLI };
    struct circle *c = *state;
    struct text_level_change level = { .person = c->rose.person, .way = TEXT_BY_STAFF, .words = "asked for it" };
    struct text_out t;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1);
    text_has(&t, "lake");
    level.address = c->rose.address;
    CIRCLE_TX(c, HELP_OK(text_level_set(&c->g.gate, &who, &level, &err)));
    text_at(c, 0, 18, 2);
    t = text_of(c, &c->rose, 0, 1); /* the other one was taken back */
    text_has(&t, "1 new");
    text_lacks(&t, "lake");
}

static void what_does_not_fit_comes_with_more(void **state)
{
    struct circle *c = *state;
    const struct text_line *line;
    struct text_line mine;
    struct person rose;
    struct text_out t;
    struct err err;
    char words[700];
    size_t rounds = 0;
    enum rc rc = RC_OK;

    text_member(c, &c->rose, "+15555550101", 2);
    for (int i = 0; i < 12; i++) {
        int at = snprintf(words, sizeof words, "Note %d.", i);

        while (at < (i % 3 ? 100 : 600))
            at += snprintf(words + at, sizeof words - (size_t)at, " and so on");
        snprintf(words + at, sizeof words - (size_t)at, " end%d.", i);
        text_note(c, words);
    }
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1);
    assert_int_equal(t.parts, 3);
    text_has(&t, "Tuesday Circle: 12 new.");
    text_has(&t, "more: reply MORE.");
    text_lacks(&t, "end11.");
    text_leave(c);
    mine = (struct text_line){ c->rose.address, ours.id };
    line = &mine;
    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &rose, &err));
    while (!rc && rounds < 20) {
        struct db_tx tx = { 0 };

        home_set_time(c->home,
                      gate_now_ms(&c->g.gate) + 12 * MS_HOUR); /* twenty parts a day are enough for nobody here */
        HELP_OK(db_begin(c->home->db, &tx, &err));
        rc = text_more(&c->g.gate, &rose, line, &err);
        if (!rc)
            HELP_OK(db_commit(&tx, &err));
        else
            db_tx_done(&tx);
        rounds += !rc;
        text_leave(c);
    }
    assert_int_equal(rc, RC_NOT_FOUND);
    assert_int_equal(circle_count(c, "SELECT COUNT(DISTINCT post_id) FROM text_post WHERE is_whole = 1"), 12);
    assert_true(rounds >= 2);
}

static void a_number_alone_brings_its_words(void **state)
{
    struct circle *c = *state;
    struct text_line line;
    struct text_item item;
    struct person rose;
    struct text_out t;
    struct err err;
    char words[400];

    text_member(c, &c->rose, "+15555550101", 1);
    snprintf(words, sizeof words, "A long story of a short walk. %0200d The end.", 0);
    text_note(c, words);
    text_at(c, 0, 18, 1);
    text_leave(c);
    line = (struct text_line){ c->rose.address, ours.id };
    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &rose, &err));
    HELP_OK(text_item_find(&c->g.gate.store, &line, 10, &item, &err));
    assert_true(item.is_live);
    CIRCLE_TX(c, HELP_OK(text_more_item(&c->g.gate, &rose, &line, &item, &err)));
    t = text_of(c, &c->rose, MAILING_TEXT_MORE, 1);
    text_has(&t, "10 Maria: A long story");
    text_has(&t, "The end.");
    assert_int_equal(t.to_seq, 0);
}

static void who_gets_the_count_is_asked_before_words(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_PATIENT, 0, AUDIT_WAY_TEXT };
    struct text_question question;
    struct text_consent_entry *log;
    struct text_line line;
    struct text_level_change level = { .person = c->rose.person, .level = 2, .way = TEXT_BY_TEXT, .evidence_id = 7 };
    struct person rose;
    struct text_out t;
    struct err err;
    size_t n;

    text_member(c, &c->rose, "+15555550101", 0);
    text_note(c, "Something of mine.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    line = (struct text_line){ c->rose.address, ours.id };
    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &rose, &err));
    CIRCLE_TX(c, HELP_OK(text_more(&c->g.gate, &rose, &line, &err)));
    t = text_of(c, &c->rose, MAILING_TEXT_LEVEL, 1);
    text_lacks(&t, "mine");
    level.address = c->rose.address;
    HELP_OK(text_question_get(&c->g.gate.store, &line, c->mem, &question, &err));
    assert_int_equal(question.kind, TEXT_ASK_LEVEL);
    CIRCLE_TX(c, HELP_OK(text_level_set(&c->g.gate, &who, &level, &err));
              HELP_OK(text_more(&c->g.gate, &rose, &line, &err)));
    t = text_of(c, &c->rose, MAILING_TEXT_MORE, 1);
    text_has(&t, "Something of mine.");
    HELP_OK(text_consent_log(&c->g.gate.store, c->rose.address, c->mem, &log, &n, &err));
    assert_int_equal(log[n - 1].new_level, 2);
    assert_int_equal(log[n - 1].evidence_id, 7);
    assert_string_equal(log[n - 1].wording, TEXT_WARNING_VERSION);
}

static void says(struct circle *c, const struct membership *m, const char *words)
{
    static int64_t id;
    struct text_in in = { .sender = ours.id, .account = ours.account, .address = m->address, .words = words };
    enum text_in_state end;
    struct err err;

    in.provider_id = arena_printf(c->mem, "in%" PRId64, ++id);
    CIRCLE_TX(c, HELP_OK(text_in_add(&c->g.gate.store, &in, &err));
              HELP_OK(text_letter(&c->g.gate, c->lexicon, &in, &end, &err)));
    assert_int_equal(end, TEXT_IN_DONE);
}

static void more_is_asked_by_text(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    char words[700];
    int at = snprintf(words, sizeof words, "A long one.");

    text_member(c, &c->rose, "+15555550101", 0);
    while (at < 600)
        at += snprintf(words + at, sizeof words - (size_t)at, " and so on");
    text_note(c, words);
    text_at(c, 0, 18, 1);
    text_leave(c);
    says(c, &c->rose, "MORE");
    text_of(c, &c->rose, MAILING_TEXT_LEVEL, 1);
    text_lacks(&(struct text_out){ .words = text_of(c, &c->rose, 0, 2).words }, "A long one");
    says(c, &c->rose, "yes");
    t = text_of(c, &c->rose, MAILING_TEXT_MORE, 1);
    text_has(&t, "A long one.");
    text_leave(c);
    says(c, &c->rose, "more");
    t = text_of(c, &c->rose, 0, 4);
    text_has(&t, "There is no more");
    says(c, &c->rose, "10");
    text_of(c, &c->rose, MAILING_TEXT_MORE, 2);
}

/* Between queue and provider: a note of the care team, and a withdrawal. */
static void what_waits_is_said_anew(void **state)
{
    struct circle *c = *state;
    struct post a, b;
    struct text_out t;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    a = text_note(c, "I eat no salt at all.");
    b = text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    text_of(c, &c->rose, 0, 1);
    a.note = "{\"text\":\"Ask us first.\",\"name\":\"Dr Cole\",\"role\":\"\",\"source\":\"\"}";
    a.state = POST_CORRECTED;
    b.state = POST_WITHDRAWN;
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &a, &err)); HELP_OK(publish_correction(&c->g.gate, &a, &err)));
    circle_work(c);
    t = text_of(c, &c->rose, 0, 1);
    text_has(&t, "I eat no salt at all. [Note from the care team, Dr Cole: Ask us first.]");
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &b, &err)); HELP_OK(publish_withdrawal(&c->g.gate, &b, &err)));
    circle_work(c);
    t = text_of(c, &c->rose, 0, 1);
    text_lacks(&t, "I feel well");
    text_has(&t, "Ask us first.");
    assert_int_equal(text_leave(c), 1);
    text_at(c, 1, 18, 1);
    text_of(c, &c->rose, 0, 1); /* it had the note with it: no correction of its own */
}

static void a_correction_follows_what_was_had(void **state)
{
    struct circle *c = *state;
    struct post a;
    struct text_out t;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 0);
    a = text_note(c, "I eat no salt at all.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    a.note = "{\"text\":\"Ask us first.\",\"name\":\"Dr Cole\",\"role\":\"\",\"source\":\"\"}";
    a.state = POST_CORRECTED;
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &a, &err)); HELP_OK(publish_correction(&c->g.gate, &a, &err)));
    circle_work(c);
    t = text_of(c, &c->rose, MAILING_TEXT_CORRECTION, 1);
    text_has(&t, "Dr Cole, about what Maria wrote: Ask us first.");
    text_of(c, &c->sam, 0, 1);                  /* had no words of it */
    assert_int_equal(text_leave_as(c, '4'), 1); /* nobody knows whether it arrived */
    text_at(c, 1, 11, 0);
    text_of(c, &c->rose, MAILING_TEXT_CORRECTION, 1);
}

/* A note that does not fit behind its words leaves both out. */
static void no_words_without_their_note(void **state)
{
    struct circle *c = *state;
    char note[900];
    struct post a;
    struct text_out t;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    a = text_note(c, "I eat no salt at all.");
    snprintf(note, sizeof note, "{\"text\":\"%0600d\",\"name\":\"Dr Cole\",\"role\":\"\",\"source\":\"\"}", 0);
    a.note = note;
    a.state = POST_CORRECTED;
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &a, &err)));
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1);
    text_lacks(&t, "salt");
    text_has(&t, "Reply MORE");
}

static void an_announcement_goes_at_once_and_is_not_said_twice(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    struct post p;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 0);
    CIRCLE_TX(c, p = gate_help_post(&c->g, c->ida, POST_ANNOUNCEMENT, (struct conversation_id){ 0 }, NULL,
                                    "We meet in room 4.");
              HELP_OK(publish_post(&c->g.gate, &p, &err)));
    circle_work(c);
    t = text_of(c, &c->rose, MAILING_TEXT_NEWS, 1);
    text_has(&t, "10 Dr Cole, care team: We meet in room 4.");
    t = text_of(c, &c->sam, MAILING_TEXT_NEWS, 1);
    text_lacks(&t, "room");
    text_has(&t, "1 from your care team.");
    assert_int_equal(text_leave(c), 2);
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    text_lacks(&t, "room 4");
    t = text_of(c, &c->sam, MAILING_TEXT_DIGEST, 1);
    text_has(&t, "1 new.");
    text_lacks(&t, "care team"); /* it was counted once, and is not again, though no text held it */
    text_of(c, &c->sam, MAILING_TEXT_NEWS, 1);
    text_at(c, 2, 12, 1);
    text_of(c, &c->sam, MAILING_TEXT_NEWS, 1);
}

/* What it costs stands in the review mail, the announcement's preview and the preview of a digest. */
static void staff_see_what_it_costs_before(void **state)
{
    struct circle *c = *state;
    const struct mail *m;
    struct err err;
    char *text;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 0);
    circle_write(c, MARIA, GROUP, "Soup", "My soup has no salt and tastes fine.", PASS);
    m = circle_mail(c, ANA, "note waits");
    circle_has(m, "By text: 2 phones, parts for each: 1, in all: 2 (about 0.02). Texts are not private.");
    circle_reply(c, m, ANA, "OK", PASS);
    HELP_OK(digest_preview(&c->g.gate, c->g.group.id, RHYTHM_DAILY, LANGUAGE_ENGLISH, c->mem, &text, &err));
    assert_non_null(strstr(text, "--- as a text, level 0 (the count alone): 1 part ---\nTuesday Circle: 1 new."));
    assert_non_null(
        strstr(text, "level 2 (the words): 1 part ---\nTuesday Circle: 1 new.\n10 Maria: My soup has no salt"));
    circle_digest(c);
    circle_reply(c, circle_mail(c, IDA, "letter 1"), IDA, "ANNOUNCE\r\nWe meet in room 4.", PASS);
    circle_has(circle_mail(c, IDA, "send it to"), "in all: 2 (about 0.02)");
}

static void own_words_are_no_news(void **state)
{
    struct circle *c = *state;
    struct post p;

    text_member(c, &c->rose, "+15555550101", 2);
    p = circle_published(c, c->rose, "I feel well.");
    text_at(c, 0, 18, 1);
    size_t n;
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    assert_int_equal(text_cursor(c, &c->rose), p.published_seq);
}

static void what_the_provider_refused_comes_with_the_next(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    struct err err;

    text_member(c, &c->rose, "+15555550101", 2);
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    assert_int_equal(text_leave_as(c, '8'), 1);
    assert_int_equal(text_cursor(c, &c->rose), 0);
    text_at(c, 1, 18, 1);
    t = text_of(c, &c->rose, 0, 2);
    text_has(&t, "I feel well.");
    assert_int_equal(text_leave_as(c, '4'), 1); /* unknown: not again, until nobody waits for its receipt */
    text_at(c, 2, 18, 1);
    text_of(c, &c->rose, 0, 2);
    CIRCLE_TX(c, HELP_OK(text_out_settle(&c->g.gate.store, t.id, &err)));
    text_at(c, 3, 18, 1);
    t = text_of(c, &c->rose, 0, 3);
    text_has(&t, "I feel well.");
}

/* MORE again and again: at the day's cap it says so instead of nothing, also with a part or two still free. */
static void more_than_a_day_holds(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    char words[900];
    int at = snprintf(words, sizeof words, "A long one.");

    text_member(c, &c->rose, "+15555550101", 2);
    while (at < 800)
        at += snprintf(words + at, sizeof words - (size_t)at, " and so on");
    text_note(c, words);
    text_at(c, 0, 18, 1);
    text_leave(c);
    help_raw(&c->g.h, "UPDATE text_out SET parts = 18");
    says(c, &c->rose, "MORE");
    t = text_of(c, &c->rose, 0, 2);
    text_has(&t, "We cannot answer more texts today. Please call us");
}

/* Each MORE is one page: the same word again is no machine. LIST is three parts at most, and hides nothing. */
static void more_pages_through_a_long_digest(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    size_t n;

    text_member(c, &c->rose, "+15555550101", 2);
    for (int i = 0; i < 16; i++)
        text_note(c, arena_printf(c->mem, "Note %d: the %s lake was %s and I had %d soups with my %s sister. end%d.", i,
                                  i % 2 ? "big" : "small", i % 3 ? "cold" : "warm", i, i % 5 ? "dear" : "old", i));
    text_at(c, 0, 18, 1);
    text_leave(c);
    text_has(&(struct text_out){ .words = text_of(c, &c->rose, 0, 1).words }, "16 new.");
    says(c, &c->rose, "MORE");
    says(c, &c->rose, "MORE");
    texts_of(c, &c->rose, MAILING_TEXT_MORE, &n);
    assert_int_equal(n, 2);
    assert_int_equal(circle_count(c, "SELECT COUNT(DISTINCT post_id) FROM text_post WHERE is_whole = 1"), 16);
    says(c, &c->rose, "LIST");
    t = text_of(c, &c->rose, MAILING_TEXT_LIST, 1);
    assert_true(t.parts <= 3);
    text_has(&t, "Note 15");
    text_has(&t, "And 10 older.");
    text_lacks(&t, "Note 9:");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_text_from_the_same_issue),
        TEST(levels_hold_what_they_say),
        TEST(a_lower_level_holds_for_what_waits),
        TEST(what_does_not_fit_comes_with_more),
        TEST(a_number_alone_brings_its_words),
        TEST(who_gets_the_count_is_asked_before_words),
        TEST(more_is_asked_by_text),
        TEST(what_waits_is_said_anew),
        TEST(a_correction_follows_what_was_had),
        TEST(no_words_without_their_note),
        TEST(an_announcement_goes_at_once_and_is_not_said_twice),
        TEST(staff_see_what_it_costs_before),
        TEST(own_words_are_no_news),
        TEST(what_the_provider_refused_comes_with_the_next),
        TEST(more_than_a_day_holds),
        TEST(more_pages_through_a_long_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
