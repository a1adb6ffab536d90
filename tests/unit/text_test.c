/* gateway/text: texts to a provider and back, the words STOP, START and HELP, budgets; mailer/sms_answer; inbound/text_word. */
#include "tests/unit/people_help.h"
#include "tests/unit/text_help.h"

#include "gateway/duty/page_details.h"
#include "gateway/sms/text_budget.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_queue.h"
#include "gateway/serve/clock_work.h"
#include "gateway/text/text_part.h"
#include "gateway/text/text_send.h"
#include "gateway/text/text_take.h"
#include "gateway/text/text_warning.h"
#include "gateway/text/text_work.h"
#include "inbound/text_word.h"
#include "mailer/sms_answer.h"
#include "store/text_consent.h"
#include "store/text_in.h"

struct lab {
    struct world w;
    struct text_stub stub;
    struct text_account account;
    struct text_sender sender;
    struct text_provider provider;
    struct text_worker *worker;
    struct triage_lexicon *lexicon;
    const char *keyword;            /* what the provider says that it took a text for */
    struct text_sender_id from[16]; /* several numbers of ours, in turns; */
    size_t from_count;              /* 0: the usual one */
};

static struct err err;

#define TX(l, ...)                                                                                                     \
    do {                                                                                                               \
        struct db_tx tx_ = { 0 };                                                                                      \
        OK(db_begin((l)->w.home->db, &tx_, &err));                                                                     \
        __VA_ARGS__;                                                                                                   \
        OK(db_commit(&tx_, &err));                                                                                     \
    } while (0)

static void add_account(struct lab *l, const char *provider, const char *number)
{
    l->account = (struct text_account){ .provider = provider };
    l->account.values =
        arena_printf(l->w.mem,
                     "{\"setting.api\":\"http://127.0.0.1:%d\",\"setting.account\":\"AC1\","
                     "\"secret.auth_token\":\"t0ken\",\"secret.signing_key\":\"t0ken\","
                     "\"secret.api_key\":\"k\",\"secret.api_secret\":\"s\","
                     "\"secret.user\":\"gw\",\"secret.password\":\"gwpw\",\"secret.hook_token\":\"T0K\"}",
                     l->stub.port);
    l->sender = (struct text_sender){ .kind = TEXT_LONG_CODE, .number = number };
    TX(l, OK(text_account_add(&l->w.gate.store, &l->account, &err)); l->sender.account = l->account.id;
       OK(text_sender_add(&l->w.gate.store, &l->sender, &err)));
    OK(text_provider_open(&l->w.gate, l->account.id, l->w.gate.mem, &l->provider, &err));
}

static int start(void **state)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    static struct lab l;

    l = (struct lab){ .worker = NULL };
    world_start(&l.w);
    TX(&l, world_set(&l.w, SETTING_PUBLIC_URL, "https://gw.example.org"));
    OK(gate_read_facts(&l.w.gate, &err));
    text_stub_start(&l.stub, l.w.h.dir);
    l.worker = text_worker_new(&l.w.gate, TEXT_ALL);
    OK(triage_open_lexicon(lists, &l.lexicon, &err));
    *state = &l;
    return 0;
}

static int stop(void **state)
{
    struct lab *l = *state;

    text_worker_free(&l->worker);
    triage_close_lexicon(&l->lexicon);
    text_stub_stop(&l->stub);
    world_stop(&l->w);
    return 0;
}

static struct address_id phone(struct lab *l, const char *number, enum text_consent_state said)
{
    struct address a;
    struct text_consent_change change = { .state = said, .level = -1, .way = TEXT_BY_TEXT };

    TX(l, OK(address_ensure(&l->w.gate.store, ADDRESS_PHONE, number, l->w.mem, &a, &err)); change.address = a.id;
       if (said) OK(text_consent_set(&l->w.gate.store, &change, &err)));
    return a.id;
}

static struct text_id queue_from(struct lab *l, struct text_sender_id from, struct address_id to, const char *words)
{
    const struct text_say say = {
        .kind = MAILING_DIGEST, .lane = -1, .needs = TEXT_NEEDS_CONSENT, .address = to, .sender = from, .words = words
    };
    struct text_id id = { 0 };

    TX(l, OK(text_queue(&l->w.gate, &say, &id, &err)));
    return id;
}

static struct text_id queue(struct lab *l, struct address_id to, const char *words)
{
    return queue_from(l, (struct text_sender_id){ 0 }, to, words);
}

static struct text_out get(struct lab *l, struct text_id id)
{
    struct text_out t;

    OK(text_out_get(&l->w.gate.store, id, l->w.mem, &t, &err));
    return t;
}

static size_t step(struct lab *l)
{
    size_t did;

    OK(text_worker_step(l->worker, &did, &err));
    return did;
}

/* Requests whose line in the stub's log holds a text. */
static size_t asked(struct lab *l, const char *holds)
{
    char *bytes;
    size_t n, count = 0;

    OK(io_read_file(l->stub.log, 1 << 20, l->w.mem, &bytes, &n, &err));
    for (const char *line = bytes; *line; line += strcspn(line, "\n") + 1) {
        const size_t len = strcspn(line, "\n");

        count += memmem(line, len, holds, strlen(holds)) != NULL;
    }
    return count;
}

static struct text_in take(struct lab *l, const char *id, const char *from, const char *words)
{
    const struct sms_event event = { .kind = PROVIDER_EVENT_MO,
                                     .id = id,
                                     .from = from,
                                     .to = l->sender.number,
                                     .text = words,
                                     .ref = "",
                                     .state = "",
                                     .err = "",
                                     .keyword = l->keyword };
    struct text_in_id in = { 0 };
    struct text_in got;

    TX(l, OK(text_take(&l->w.gate, &l->provider, &event, NULL, 0, &in, &err)));
    OK(text_in_get(&l->w.gate.store, in, l->w.mem, &got, &err));
    return got;
}

static enum text_consent_state said(struct lab *l, struct address_id address)
{
    struct text_consent c;

    OK(text_consent_get(&l->w.gate.store, address, &c, &err));
    return c.state;
}

static int64_t sent_by_kind(struct lab *l, enum mailing_kind kind)
{
    return help_int(&l->w.h,
                    arena_printf(l->w.mem, "SELECT COUNT(*) FROM text_out WHERE kind = %d AND state <> 10", kind));
}

static int64_t staff_mails(struct lab *l)
{
    return help_int(&l->w.h, "SELECT COUNT(*) FROM mailing WHERE kind = 100");
}

/* ---- out ---- */

static void a_text_is_asked_for_as_the_provider_wants(void **state)
{
    struct lab *l = *state;
    struct text_id id;
    struct text_out t;
    struct text_sum sum;

    add_account(l, "twilio", "+15555550199");
    id = queue(l, phone(l, "+15555550101", TEXT_YES), "Tuesday: 2 new \xe2\x80\x9cnotes\xe2\x80\x9d");
    assert_int_equal(step(l), 1);
    t = get(l, id);
    assert_int_equal(t.state, TEXT_ACCEPTED);
    assert_string_equal(t.provider_id, "SM1");
    assert_int_equal(asked(l, "POST /Accounts/AC1/Messages.json "), 1);
    assert_int_equal(asked(l, "To=%2B15555550101&From=%2B15555550199&Body=Tuesday%3A%202%20new%20%22notes%22"), 1);
    assert_int_equal(
        asked(l, arena_printf(l->w.mem, "%%3Ftok%%3DT0K%%26ref%%3D%s", text_ref_write(t.ref, 0, l->w.mem))), 1);
    assert_int_equal(asked(l, "&ValidityPeriod=14400"), 1);
    assert_int_equal(asked(l, "Authorization: Basic QUMxOnQwa2Vu"), 1);
    OK(text_cost_sum(&l->w.gate.store, (struct group_id){ 0 }, 0, INT64_MAX, &sum, &err));
    assert_int_equal(sum.micro, 8300);
    assert_int_equal(step(l), 0);
}

/* The hours of a day are eleven; providers take ten at most, and a minute at least. */
static void a_text_leaves_in_the_first_and_in_the_last_minute_of_its_hours(void **state)
{
    static const struct {
        int64_t left_ms;
        const char *asked;
    } cases[] = { { 13 * MS_HOUR, "&ValidityPeriod=36000" }, { 20 * MS_SECOND, "&ValidityPeriod=60" } };
    struct lab *l = *state;
    struct text_say say = {
        .kind = MAILING_VISIT_INVITATION, .lane = -1, .needs = TEXT_NEEDS_CONSENT, .words = "Come"
    };
    struct text_id id;

    add_account(l, "twilio", "+15555550199");
    say.address = phone(l, "+15555550101", TEXT_YES);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {

        say.not_after_ms = gate_now_ms(&l->w.gate) + cases[i].left_ms;
        TX(l, OK(text_queue(&l->w.gate, &say, &id, &err)));
        step(l);
        assert_int_equal(get(l, id).state, TEXT_ACCEPTED);
        assert_int_equal(asked(l, cases[i].asked), 1);
    }
    say.not_after_ms = gate_now_ms(&l->w.gate); /* too late is expired, not failed: private words come again */
    TX(l, OK(text_queue(&l->w.gate, &say, &id, &err)));
    step(l);
    assert_int_equal(get(l, id).state, TEXT_EXPIRED);
    assert_int_equal(get(l, id).reason, TEXT_TOO_LATE);
}

static void what_a_refusal_means(void **state)
{
    static const struct {
        const char *to;
        enum text_state state;
        enum text_consent_state said;
    } cases[] = {
        { "+15555550110", TEXT_FAILED, TEXT_STOPPED }, { "+15555550111", TEXT_FAILED, TEXT_UNDELIVERABLE },
        { "+15555550112", TEXT_QUEUED, TEXT_YES },     { "+15555550115", TEXT_UNKNOWN, TEXT_YES },
        { "+15555550116", TEXT_FAILED, TEXT_YES },
    };
    struct lab *l = *state;

    add_account(l, "twilio", "+15555550199");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct address_id to = phone(l, cases[i].to, TEXT_YES);
        const struct text_id id = queue(l, to, "Hello");

        step(l);
        if (get(l, id).state != cases[i].state)
            print_error("%s: %s\n", cases[i].to, text_state_name(get(l, id).state));
        assert_int_equal(get(l, id).state, cases[i].state);
        assert_int_equal(said(l, to), cases[i].said);
        assert_int_equal(asked(l, arena_printf(l->w.mem, "To=%%2B%s", cases[i].to + 1)), 1);
    }
    assert_true(staff_mails(l) > 0);
}

static void a_throttled_text_goes_later(void **state)
{
    struct lab *l = *state;
    struct text_id id;

    add_account(l, "twilio", "+15555550199");
    id = queue(l, phone(l, "+15555550112", TEXT_YES), "Hello");
    step(l);
    assert_in_range(get(l, id).due_ms, NOW0 + 7000, NOW0 + 8750); /* Retry-After, and a little that differs */
    assert_string_equal(get(l, id).code, "20429");
    assert_int_equal(step(l), 0);
    home_set_time(l->w.home, NOW0 + 8750);
    step(l);
    assert_int_equal(asked(l, "To=%2B15555550112"), 2);
}

/* A quarter of an hour of refusals must not use up its tries. */
static void who_is_throttled_waits_longer_each_time(void **state)
{
    struct lab *l = *state;
    struct text_id id;
    int64_t least = 30 * MS_SECOND;

    add_account(l, "twilio", "+15555550199");
    id = queue(l, phone(l, "+15555550117", TEXT_YES), "Hello");
    for (int i = 0; i < 7; i++) {
        const int64_t now = gate_now_ms(&l->w.gate);

        step(l);
        assert_int_equal(get(l, id).state, TEXT_QUEUED);
        assert_in_range(get(l, id).due_ms - now, least, least + least / 4);
        home_set_time(l->w.home, get(l, id).due_ms);
        least = least < 16 * MS_MINUTE ? 2 * least : least;
    }
}

static void a_wrong_set_up_stops_the_account(void **state)
{
    struct lab *l = *state;
    struct text_account account;
    struct text_id id;

    add_account(l, "twilio", "+15555550199");
    id = queue(l, phone(l, "+15555550114", TEXT_YES), "Hello");
    step(l);
    OK(text_account_get(&l->w.gate.store, l->account.id, l->w.mem, &account, &err));
    assert_int_equal(account.state, TEXT_HALTED);
    assert_string_equal(account.stop_code, "20003");
    assert_int_equal(get(l, id).state, TEXT_QUEUED); /* waits until it is mended */
    home_set_time(l->w.home, NOW0 + MS_HOUR);
    assert_int_equal(step(l), 0);
    assert_int_equal(asked(l, "To=%2B15555550114"), 1);
}

/* The connection is kept from the first text, and dies with the second: libcurl would ask again by itself. */
static void a_lost_answer_is_never_asked_for_again(void **state)
{
    struct lab *l = *state;
    const struct sms_event event = { .kind = PROVIDER_EVENT_DLR,
                                     .id = "SM7",
                                     .from = "",
                                     .to = "",
                                     .text = "",
                                     .state = "delivered",
                                     .err = "",
                                     .cost_micro = -1 };
    struct sms_event late = event;
    struct text_id id;
    size_t did;

    add_account(l, "twilio", "+15555550199");
    queue(l, phone(l, "+15555550101", TEXT_YES), "Hello");
    step(l);
    id = queue(l, phone(l, "+15555550113", TEXT_YES), "Hello");
    step(l);
    assert_int_equal(get(l, id).state, TEXT_UNKNOWN);
    home_set_time(l->w.home, NOW0 + MS_HOUR);
    assert_int_equal(step(l), 0);
    assert_int_equal(asked(l, "To=%2B15555550113"), 1);
    late.ref = text_ref_write(get(l, id).ref, 0, l->w.mem);
    TX(l, OK(text_take_receipt(&l->w.gate, &l->provider, &late, &err)));
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(get(l, id).state, TEXT_DELIVERED);
}

static void a_provider_that_is_away_costs_nothing(void **state)
{
    struct lab *l = *state;
    struct text_id id;

    add_account(l, "twilio", "+15555550199");
    text_stub_stop(&l->stub);
    id = queue(l, phone(l, "+15555550101", TEXT_YES), "Hello");
    assert_int_equal(step(l), 0);
    assert_int_equal(get(l, id).state, TEXT_QUEUED);
    assert_int_equal(get(l, id).attempt, 0);
    assert_true(get(l, id).due_ms > NOW0);
    text_stub_start(&l->stub, l->w.h.dir); /* for stop() */
}

/* All of a batch that found nobody are one failure of their account. */
static void a_provider_that_is_away_holds_up_no_other(void **state)
{
    struct lab *l = *state;
    const int there = l->stub.port;
    struct text_id away[12], id;
    struct text_sender_id from;

    close(stub_listen(&l->stub.port)); /* nobody is there */
    add_account(l, "twilio", "+15555550199");
    from = l->sender.id;
    l->stub.port = there;
    add_account(l, "twilio", "+15555550198");
    for (size_t i = 0; i < COUNT_OF(away); i++)
        away[i] = queue_from(l, from, phone(l, "+15555550101", TEXT_YES), arena_printf(l->w.mem, "Hello %zu", i));
    assert_int_equal(step(l), 0);
    for (size_t i = 0; i < COUNT_OF(away); i++)
        assert_in_range(get(l, away[i]).due_ms, NOW0 + 1, NOW0 + 2 * MS_SECOND);
    away[0] = queue_from(l, from, phone(l, "+15555550101", TEXT_YES), "Hello again");
    id = queue_from(l, l->sender.id, phone(l, "+15555550102", TEXT_YES), "Hello");
    assert_int_equal(step(l), 1);
    assert_int_equal(get(l, id).state, TEXT_ACCEPTED);
    assert_int_equal(get(l, away[0]).state, TEXT_QUEUED);
    assert_true(get(l, away[0]).due_ms > NOW0);
}

static void kannel_gets_parts(void **state)
{
    struct lab *l = *state;
    const struct sms_event event = {
        .kind = PROVIDER_EVENT_DLR, .id = "", .from = "", .to = "", .text = "", .err = ""
    };
    struct sms_event dlr = event;
    char words[201];
    struct text_id id;
    size_t did;

    add_account(l, "kannel", "+15555550199");
    memset(words, 'a', 200);
    words[200] = '\0';
    id = queue(l, phone(l, "+15555550101", TEXT_YES), words);
    step(l);
    assert_int_equal(get(l, id).state, TEXT_ACCEPTED);
    assert_string_equal(get(l, id).requests, "55");
    assert_int_equal(
        asked(l, "GET /cgi-bin/sendsms?username=gw&password=gwpw&from=%2B15555550199&to=%2B15555550101&text=aaa"), 2);
    assert_int_equal(asked(l, "udh=%05%00%03"), 2);
    assert_int_equal(asked(l, "%02%01&"), 1); /* with what follows: the byte before is any */
    assert_int_equal(asked(l, "%02%02&"), 1);
    for (size_t part = 0; part < 2; part++) {
        assert_int_equal(get(l, id).state, TEXT_ACCEPTED);
        dlr.ref = text_ref_write(get(l, id).ref, part, l->w.mem);
        dlr.state = "1";
        TX(l, OK(text_take_receipt(&l->w.gate, &l->provider, &dlr, &err)));
        OK(text_work(&l->w.gate, l->lexicon, &did, &err));
        assert_int_equal(did, 1);
    }
    assert_int_equal(get(l, id).state, TEXT_DELIVERED);
}

static void too_much_filtered_stops_the_number(void **state)
{
    struct lab *l = *state;
    const struct sms_event event = {
        .kind = PROVIDER_EVENT_DLR, .id = "", .from = "", .to = "", .text = "", .state = "undelivered", .err = "30007"
    };
    struct sms_event dlr = event;
    struct text_sender sender;
    size_t did;

    add_account(l, "twilio", "+15555550199");
    for (int i = 0; i < 5; i++) {
        const struct text_id id = queue(l, phone(l, "+15555550101", TEXT_YES), "Hello");

        step(l);
        dlr.ref = text_ref_write(get(l, id).ref, 0, l->w.mem);
        TX(l, OK(text_take_receipt(&l->w.gate, &l->provider, &dlr, &err)));
        OK(text_work(&l->w.gate, l->lexicon, &did, &err));
        assert_int_equal(get(l, id).state, TEXT_FAILED);
        OK(text_sender_get(&l->w.gate.store, l->sender.id, l->w.mem, &sender, &err));
        assert_int_equal(sender.state, i < 4 ? TEXT_IN_USE : TEXT_HALTED);
    }
}

static void only_so_much_a_month(void **state)
{
    struct lab *l = *state;
    struct text_say say = { .kind = MAILING_DIGEST, .lane = -1, .needs = TEXT_NEEDS_NOTHING, .words = "Hello" };
    const struct text_budget budget = { .month_micro = 30000 };
    struct text_cost spent = { .id = 1, .is_out = true, .parts = 2, .actual_micro = -1 };
    struct db_tx tx = { 0 };

    add_account(l, "twilio", "+15555550199");
    say.address = phone(l, "+15555550101", TEXT_YES);
    TX(l, OK(text_budget_set(&l->w.gate.store, &budget, &err)); OK(text_budget_charge(&l->w.gate, &spent, &err)));
    OK(db_begin(l->w.home->db, &tx, &err));
    assert_int_equal(text_queue(&l->w.gate, &say, NULL, &err), RC_DENIED);
    OK(db_commit(&tx, &err)); /* staff are told by the clock, once */
    for (int i = 0; i < 2; i++)
        TX(l, OK(text_warning_run(&l->w.gate, (struct group_id){ 0 }, &err)));
    assert_int_equal(staff_mails(l), 2);
    say.is_exempt = true;
    TX(l, OK(text_queue(&l->w.gate, &say, NULL, &err)));
}

/* ---- in ---- */

static void words_are_read(void **state)
{
    static const struct {
        enum text_word want;
        const char *text;
    } cases[] = {
        { TEXT_WORD_STOP, "STOP" },
        { TEXT_WORD_STOP, " stop. " },
        { TEXT_WORD_STOP, "\"Stop\"" },
        { TEXT_WORD_STOP, "\xe2\x80\x9cSTOP\xe2\x80\x9d" },
        { TEXT_WORD_STOP, "Opt-Out" },
        { TEXT_WORD_STOP, "stopall" },
        { TEXT_WORD_STOP, "BAJA" },
        { TEXT_WORD_STOP, "No m\xc3\xa1s" },
        { TEXT_WORD_STOP, "please stop" },
        { TEXT_WORD_STOP, "Stop texting me please!" },
        { TEXT_WORD_STOP, "take me off your list" },
        { TEXT_WORD_STOP, "2 stop" },
        { TEXT_WORD_STOP, "don\xe2\x80\x99t text me again" },
        { TEXT_WORD_STOP, "STOP STOP STOP" },
        { TEXT_WORD_STOP, "no me escriban mas" },
        { TEXT_WORD_WRONG_NUMBER, "Wrong number" },
        { TEXT_WORD_WRONG_NUMBER, "you have the wrong number" },
        { TEXT_WORD_START, "START" },
        { TEXT_WORD_START, "unstop" },
        { TEXT_WORD_HELP, "Help!" },
        { TEXT_WORD_HELP, "ayuda" },
        { TEXT_WORD_NONE, "I can't stop crying" },
        { TEXT_WORD_NONE, "cancel my Tuesday visit" },
        { TEXT_WORD_NONE, "I want to end it" },
        { TEXT_WORD_NONE, "stop the pain" },
        { TEXT_WORD_NONE, "yes" },
        { TEXT_WORD_NONE, "please help me" },
        { TEXT_WORD_NONE, "14 Thanks Maria" },
        { TEXT_WORD_NONE, "Liked \"Tuesday: 2 new. STOP to end\"" },
        { TEXT_WORD_NONE, "Loved \xe2\x80\x9cSTOP\xe2\x80\x9d" },
        { TEXT_WORD_NONE, "" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("words");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (text_word_read(cases[i].text, mem) != cases[i].want)
            print_error("%s\n", cases[i].text);
        assert_int_equal(text_word_read(cases[i].text, mem), cases[i].want);
    }
}

static void stop_acts_where_it_is_stored(void **state)
{
    struct lab *l = *state;
    struct address_id to;
    struct text_id waiting;

    add_account(l, "kannel", "+15555550199"); /* it answers nothing itself */
    to = phone(l, "+15555550101", TEXT_YES);
    waiting = queue(l, to, "Hello");
    assert_int_equal(take(l, "1", "+15555550101", "Stop").word, TEXT_WORD_STOP);
    assert_int_equal(said(l, to), TEXT_STOPPED);
    assert_int_equal(get(l, waiting).state, TEXT_CANCELLED);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STOPPED), 1);
    take(l, "2", "+15555550101", "STOP!!!");
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STOPPED), 1); /* none within 24 h */
    assert_int_equal(step(l), 1);                               /* and it leaves, past STOP */
    home_set_time(l->w.home, NOW0 + MS_DAY);
    take(l, "3", "+15555550101", "stop");
    home_set_time(l->w.home, NOW0 + MS_DAY + TEXT_CONFIRM_MS);
    assert_int_equal(step(l), 0); /* not after five minutes */
    take(l, "4", "+15555550101", "START");
    assert_int_equal(said(l, to), TEXT_YES);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STARTED), 1);
}

static void who_is_answered_by_the_provider_is_not_by_us(void **state)
{
    static const char *const words[] = { "STOP", " stop\n", "Unsubscribe", "OptOut" };
    struct lab *l = *state;

    add_account(l, "twilio", "+15555550199");
    phone(l, "+15555550101", TEXT_YES);
    take(l, "1", "+15555550101", "HELP");
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_HELP), 0);
    assert_int_equal(staff_mails(l), 2);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *const number = arena_printf(l->w.mem, "+1555555011%zu", i);

        phone(l, number, TEXT_YES);
        assert_int_equal(take(l, number, number, words[i]).word, TEXT_WORD_STOP);
    }
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STOPPED), 0);
    assert_int_equal(staff_mails(l), 10); /* both staff, of each */
}

/* A provider answers its own words alone: STOP in another tongue or in other words it passes on, and says nothing. */
static void what_the_provider_does_not_answer_we_do(void **state)
{
    static const char *const words[] = {
        "ALTO", "please stop", "Stop all texts", "S T O P", "\xf0\x9f\x9b\x91", "STOP!"
    };
    struct lab *l = *state;
    struct address_id back;

    add_account(l, "twilio", "+15555550199");
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *const number = arena_printf(l->w.mem, "+1555555011%zu", i);

        phone(l, number, TEXT_YES);
        assert_int_equal(take(l, number, number, words[i]).word, TEXT_WORD_STOP);
        assert_int_equal(sent_by_kind(l, MAILING_TEXT_STOPPED), i + 1);
    }
    take(l, "h", "+15555550101", "Ayuda");
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_HELP), 1);
    back = phone(l, "+15555550120", TEXT_YES);
    take(l, "s", "+15555550120", "STOP");
    take(l, "t", "+15555550120", "Iniciar");
    assert_int_equal(said(l, back), TEXT_YES);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STARTED), 1);
}

/* Twilio's Advanced Opt-Out: the practice chose the words there, and the call says what Twilio did. */
static void what_the_provider_says_of_a_word_counts(void **state)
{
    struct lab *l = *state;
    struct address_id to;

    add_account(l, "twilio", "+15555550199");
    to = phone(l, "+15555550101", TEXT_YES);
    l->keyword = "HELP";
    assert_int_equal(take(l, "1", "+15555550101", "AYUDA").word, TEXT_WORD_HELP);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_HELP), 0);
    l->keyword = "STOP";
    assert_int_equal(take(l, "2", "+15555550101", "ENOUGHNOW").word, TEXT_WORD_STOP);
    assert_int_equal(said(l, to), TEXT_STOPPED);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STOPPED), 0);
    l->keyword = "START";
    assert_int_equal(take(l, "3", "+15555550101", "AGAIN").word, TEXT_WORD_START);
    assert_int_equal(said(l, to), TEXT_YES);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STARTED), 0);
}

static void start_is_no_first_yes(void **state)
{
    struct lab *l = *state;
    struct text_in in;

    add_account(l, "kannel", "+15555550199");
    in = take(l, "1", "+15555550103", "START");
    assert_int_equal(said(l, in.address), TEXT_NEVER_ASKED);
    take(l, "2", "+15555550103", "STOP");
    take(l, "3", "+15555550103", "START");
    assert_int_equal(said(l, in.address), TEXT_STOPPED);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STARTED), 0);
    phone(l, "+15555550104", TEXT_YES);
    in = take(l, "4", "+15555550104", "wrong number");
    take(l, "5", "+15555550104", "START"); /* somebody else's yes is not theirs */
    assert_int_equal(said(l, in.address), TEXT_WRONG_NUMBER);
}

static void read_all(struct lab *l)
{
    size_t did = 1;

    while (did)
        OK(text_work(&l->w.gate, l->lexicon, &did, &err));
}

/* Staff say so of a text whose words are erased. */
static void a_word_needs_no_words(void **state)
{
    struct lab *l = *state;
    struct text_in in;
    bool does;

    add_account(l, "kannel", "+15555550199");
    l->sender.kind = TEXT_TOLL_FREE;
    TX(l, OK(text_sender_change(&l->w.gate.store, &l->sender, &err)));
    phone(l, "+15555550103", TEXT_YES);
    in = take(l, "1", "+15555550103", "restart");
    in.words = NULL;
    OK(text_start_counts(&l->w.gate, &in, &does, &err));
    assert_false(does);
}

/* Blanks behind commas and small letters: as people write a file of their own. */
static void a_list_of_words_may_have_blanks(void **state)
{
    struct lab *l = *state;
    const char *const dir = arena_printf(l->w.mem, "%s/providers", l->w.home->path);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(16384);
    char line[512];
    FILE *in = fopen("mailer/providers/twilio.conf", "r"), *to;

    assert_non_null(in);
    while (fgets(line, sizeof line, in))
        strbuf_str(&out, strncmp(line, "autoreply", 9) ? line : "autoreply = Stop, start ,STOP ALL,\n");
    fclose(in);
    mkdir(dir, 0700);
    to = fopen(arena_printf(l->w.mem, "%s/twilio.conf", dir), "w");
    assert_true(to && fputs(strbuf_peek(&out), to) >= 0 && fclose(to) == 0);
    add_account(l, "twilio", "+15555550199");
    assert_true(text_provider_answers(&l->provider, "STOP", l->w.mem));
    assert_true(text_provider_answers(&l->provider, " Start\n", l->w.mem));
    assert_true(text_provider_answers(&l->provider, "stop all", l->w.mem));
    assert_false(text_provider_answers(&l->provider, "HELP", l->w.mem));
    assert_false(text_provider_answers(&l->provider, "", l->w.mem));
}

/* R16: the carrier of a toll-free number knows two words that undo its STOP. */
static void a_toll_free_number_is_started_by_two_words(void **state)
{
    static const struct {
        const char *words;
        bool starts;
    } cases[] = { { "Iniciar", false }, { "restart", false }, { "YES", false }, { "start", true }, { "UNSTOP", true } };
    struct lab *l = *state;

    add_account(l, "kannel", "+15555550199");
    l->sender.kind = TEXT_TOLL_FREE;
    TX(l, OK(text_sender_change(&l->w.gate.store, &l->sender, &err)));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const number = arena_printf(l->w.mem, "+1555555011%zu", i);
        const struct address_id from = phone(l, number, TEXT_YES);

        take(l, arena_printf(l->w.mem, "a%zu", i), number, "STOP");
        take(l, arena_printf(l->w.mem, "b%zu", i), number, cases[i].words);
        read_all(l);
        assert_int_equal(said(l, from), cases[i].starts ? TEXT_YES : TEXT_STOPPED);
    }
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_STARTED), 2);
}

static void help_is_answered_five_times_a_day(void **state)
{
    struct lab *l = *state;

    add_account(l, "kannel", "+15555550199");
    for (int i = 0; i < 7; i++)
        take(l, arena_printf(l->w.mem, "%d", i), "+15555550101", "help");
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_HELP), 5);
    assert_int_equal(take(l, "9", "+15555550101", "Help").word, TEXT_WORD_HELP);
    assert_int_equal(take(l, "10", "55501", "help").address.v, 0); /* a short code is never answered */
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_HELP), 5);
}

static void a_text_is_taken_once_and_reaches_staff(void **state)
{
    struct lab *l = *state;
    const struct sms_event event = { .kind = PROVIDER_EVENT_MO,
                                     .id = "X1",
                                     .from = "+15555550101",
                                     .to = "+15555550199",
                                     .text = "14 Thanks Maria",
                                     .ref = "",
                                     .state = "",
                                     .err = "" };
    struct text_in_id id;
    struct text_in in;
    struct db_tx tx = { 0 };
    size_t did;

    add_account(l, "kannel", "+15555550199");
    in = take(l, "X1", "+15555550101", "14 Thanks Maria");
    assert_int_equal(in.sender.v, l->sender.id.v);
    OK(db_begin(l->w.home->db, &tx, &err));
    assert_int_equal(text_take(&l->w.gate, &l->provider, &event, NULL, 0, &id, &err), RC_CONFLICT);
    db_tx_done(&tx);
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(did, 1);
    assert_int_equal(staff_mails(l), 2);
    OK(text_in_get(&l->w.gate.store, in.id, l->w.mem, &in, &err));
    assert_int_equal(in.state, TEXT_IN_PARKED); /* nobody has that number */
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(did, 0);
    TX(l, OK(text_take_unread(&l->w.gate, &l->provider, "%%%", 3, &err)));
    assert_int_equal(staff_mails(l), 4);
}

/* ---- danger ---- */

static int64_t pages(struct lab *l)
{
    return help_int(&l->w.h, "SELECT COUNT(*) FROM page");
}

static struct person_id phone_of(struct lab *l, const char *name, const char *email, const char *number)
{
    const struct membership m = world_join(&l->w, name, email);
    const struct address_id address = phone(l, number, TEXT_YES);

    TX(l, OK(person_link_address(&l->w.gate.store, m.person, address, 1, &err)));
    return m.person;
}

static void danger_in_a_text_pages_and_is_answered_once_a_day(void **state)
{
    struct lab *l = *state;
    int64_t told;
    size_t did;

    add_account(l, "kannel", "+15555550199");
    phone_of(l, "Rose Miller", "rose@example.org", "+15555550101");
    told = staff_mails(l);
    take(l, "1", "+15555550101", "14 I want to kill myself tonight");
    OK(text_work(&l->w.gate, NULL, &did, &err)); /* no lists, no reading */
    assert_int_equal(did, 0);
    read_all(l);
    assert_int_equal(pages(l), 1);
    assert_int_equal(help_int(&l->w.h, "SELECT MAX(tier) FROM page"), 0);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 1);
    assert_int_equal(sent_by_kind(l, MAILING_CRISIS_ACK), 0);
    assert_int_equal(staff_mails(l), told); /* held for review, where they see it */
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM post WHERE state = 1 AND tier = 0"), 1);
    assert_int_equal(step(l), 1);
    assert_int_equal(asked(l, "call%20or%20text%20988"), 1);
    take(l, "2", "+15555550101", "I will kill myself");
    read_all(l);
    assert_int_equal(pages(l), 2); /* each calls a person */
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 1);
    home_set_time(l->w.home, NOW0 + MS_DAY + 1);
    take(l, "3", "+15555550101", "I want to die, I will kill myself");
    read_all(l);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 2);
}

static void danger_is_seen_before_everything_else(void **state)
{
    struct lab *l = *state;
    struct address_id to;

    add_account(l, "kannel", "+15555550199");
    take(l, "1", "+15555550107", "I want to kill myself"); /* nobody we know: paged about, not answered */
    read_all(l);
    assert_int_equal(pages(l), 1);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 0);
    phone_of(l, "Rose Miller", "rose@example.org", "+15555550101");
    take(l, "2", "+15555550101", "STOP");
    take(l, "3", "+15555550101", "I want to kill myself");
    read_all(l);
    assert_int_equal(pages(l), 2);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 1); /* past STOP: they wrote to us */
    take(l, "4", "+15555550101", "Loved \xe2\x80\x9cI want to kill myself\xe2\x80\x9d"); /* of nothing that we sent */
    read_all(l);
    assert_int_equal(pages(l), 3);
    to = phone(l, "+15555550105", TEXT_YES);
    queue(l, to, "14 Maria: I thought I would kill myself, then I called 988");
    step(l);
    take(l, "5", "+15555550105",
         "Loved \xe2\x80\x9c"
         "14 Maria: I thought I would kill myself, then I\xe2\x80\xa6\xe2\x80\x9d");
    take(l, "6", "+15555550105", "I slept six hours last night");
    read_all(l);
    assert_int_equal(pages(l), 3);
}

static void what_sounds_ill_gets_the_office(void **state)
{
    struct lab *l = *state;

    add_account(l, "kannel", "+15555550199");
    phone_of(l, "Rose Miller", "rose@example.org", "+15555550101");
    take(l, "1", "+15555550101", "I have chest pain and can not breathe");
    read_all(l);
    assert_int_equal(help_int(&l->w.h, "SELECT MAX(tier) FROM page"), 2);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_MEDICAL), 1);
    take(l, "2", "+15555550101", "I want to kill myself");
    take(l, "3", "+15555550101", "I have chest pain and can not breathe");
    read_all(l);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_MEDICAL), 1);
    assert_int_equal(sent_by_kind(l, MAILING_TEXT_CRISIS), 1);
}

static void who_claims_reads_the_text(void **state)
{
    struct lab *l = *state;
    struct page page;
    struct person rose;
    struct text_in in;
    struct mailing m;
    struct arrival_id letter;
    int64_t id;

    add_account(l, "kannel", "+15555550199");
    OK(person_get(&l->w.gate.store, phone_of(l, "Rose Miller", "rose@example.org", "+15555550101"), l->w.mem, &rose,
                  &err));
    rose.phone = NULL;
    TX(l, OK(person_change(&l->w.gate.store, &rose, &err)));
    in = take(l, "1", "+15555550101", "I want to kill myself by the river");
    read_all(l);
    step(l);
    letter.v = in.id.v;
    OK(page_find_letter(&l->w.gate.store, letter, l->w.mem, &page, &err));
    TX(l, OK(page_details_send(&l->w.gate, &page, &l->w.ana, AUDIT_WAY_EMAIL, &err)));
    id = help_int(&l->w.h, "SELECT MAX(id) FROM mailing WHERE kind = 82");
    OK(mailing_get(&l->w.gate.store, (struct mailing_id){ id }, l->w.mem, &m, &err));
    assert_non_null(memmem(m.built, m.built_len, "by the river", 12));
    assert_non_null(memmem(m.built, m.built_len, "Rose Miller", 11));
    assert_non_null(memmem(m.built, m.built_len, "+15555550101", 12));     /* she gave no other phone */
    id = help_int(&l->w.h, "SELECT MAX(id) FROM mailing WHERE kind = 80"); /* the page itself holds no words */
    OK(mailing_get(&l->w.gate.store, (struct mailing_id){ id }, l->w.mem, &m, &err));
    assert_null(memmem(m.built, m.built_len, "river", 5));
    assert_int_equal(staff_mails(l), 0); /* and no notice to all staff says them */
}

/* ---- long texts that come in parts (Vonage) ---- */

static struct text_in_id take_part(struct lab *l, const char *id, const char *words, int64_t part, int64_t parts)
{
    const struct sms_event event = { .kind = PROVIDER_EVENT_MO,
                                     .id = id,
                                     .from = "15555550101",
                                     .to = "15555550199",
                                     .text = words,
                                     .ref = "",
                                     .state = "",
                                     .err = "",
                                     .concat = "7",
                                     .part = part,
                                     .parts = parts };
    struct text_in_id in = { 0 };

    TX(l, OK(text_take(&l->w.gate, &l->provider, &event, NULL, 0, &in, &err)));
    return in;
}

/* The texts of that phone that are whole, newest first. */
static size_t whole_texts(struct lab *l, const char *ret_words[4])
{
    const struct address_id from = phone(l, "+15555550101", TEXT_NEVER_ASKED);
    struct text_in *list;
    size_t n, count = 0;

    OK(text_in_of_address(&l->w.gate.store, from, 0, 20, l->w.mem, &list, &n, &err));
    for (size_t i = 0; i < n && count < 4; i++)
        if (list[i].word != TEXT_WORD_PART)
            ret_words[count++] = list[i].words;
    return count;
}

static void parts_are_joined_in_any_order(void **state)
{
    struct lab *l = *state;
    const char *words[4];
    struct text_in_id first;
    struct text_in in;

    add_account(l, "vonage", "+15555550199");
    first = take_part(l, "m3", " and she was there.", 3, 3);
    assert_int_equal(whole_texts(l, words), 0);
    take_part(l, "m1", "I walked to the lake", 1, 3);
    TX(l, assert_int_equal(text_take(&l->w.gate, &l->provider,
                                     &(struct sms_event){ .kind = PROVIDER_EVENT_MO,
                                                          .id = "m1",
                                                          .from = "15555550101",
                                                          .to = "15555550199",
                                                          .text = "I walked to the lake",
                                                          .ref = "",
                                                          .concat = "7",
                                                          .part = 1,
                                                          .parts = 3 },
                                     NULL, 0, &first, &err),
                           RC_CONFLICT)); /* the provider calls again */
    take_part(l, "m2", " with Rose", 2, 3);
    assert_int_equal(whole_texts(l, words), 1);
    assert_string_equal(words[0], "I walked to the lake with Rose and she was there.");
    OK(text_in_get(&l->w.gate.store, first, l->w.mem, &in, &err));
    assert_int_equal(in.state, TEXT_IN_DONE);
    assert_true(!in.words && !in.raw);
    TX(l, OK(text_part_over(&l->w.gate, first, &err))); /* its time is over: nothing is left to do */
    assert_int_equal(whole_texts(l, words), 1);
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_ledger"), 3);
    take_part(l, "m4", "please", 1, 2);
    take_part(l, "m5", " stop texting me", 2, 2);
    assert_int_equal(whole_texts(l, words), 2);
    assert_int_equal(said(l, phone(l, "+15555550101", TEXT_NEVER_ASKED)), TEXT_STOPPED);
}

static void a_missing_part_is_not_waited_for(void **state)
{
    struct lab *l = *state;
    const char *words[4];
    size_t did;

    add_account(l, "vonage", "+15555550199");
    take_part(l, "m1", "I want to", 1, 3);
    take_part(l, "m3", "myself", 3, 3);
    take_part(l, "n1", "Another one", 1, 3); /* another text with the same reference */
    OK(clock_work(&l->w.gate, &did, &err));
    assert_int_equal(whole_texts(l, words), 0);
    home_set_time(l->w.home, gate_now_ms(&l->w.gate) + TEXT_PARTS_MS);
    OK(clock_work(&l->w.gate, &did, &err));
    assert_int_equal(whole_texts(l, words), 2);
    assert_string_equal(words[1], "I want to [...] myself");
    assert_string_equal(words[0], "Another one [...]");
    take_part(l, "m2", "hurt", 2, 3); /* too late: a text of its own, in its time */
    home_set_time(l->w.home, gate_now_ms(&l->w.gate) + TEXT_PARTS_MS);
    OK(clock_work(&l->w.gate, &did, &err));
    assert_int_equal(whole_texts(l, words), 3);
    assert_non_null(strstr(words[0], "hurt"));
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_in WHERE state = 4"), 0);
}

static void calls_of_parts_are_read(void **state)
{
    struct lab *l = *state;
    const char *const query =
        "msisdn=15555550101&to=15555550199&messageId=m1&text=Hello&type=text&concat=true&concat-ref=7&"
        "concat-total=2&concat-part=1";
    struct sms_event *events;
    size_t n;

    add_account(l, "vonage", "+15555550199");
    OK(sms_events_read(l->provider.p, &(struct sms_call){ query, "", 0 }, l->w.mem, &events, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(events[0].concat, "7");
    assert_int_equal(events[0].part * 10 + events[0].parts, 12);
    OK(sms_events_read(
        l->provider.p,
        &(struct sms_call){ "msisdn=15555550101&to=1&messageId=m1&text=Hello&concat-ref=7&concat-total=2&"
                            "concat-part=3",
                            "", 0 },
        l->w.mem, &events, &n, &err));
    assert_null(events[0].concat); /* there is no such part: a text of its own */
}

static void a_receipt_that_was_faster_waits(void **state)
{
    struct lab *l = *state;
    const struct sms_event event = { .kind = PROVIDER_EVENT_DLR,
                                     .id = "SM9",
                                     .from = "",
                                     .to = "",
                                     .text = "",
                                     .ref = "00112233445566778899aabbccddeeff",
                                     .state = "delivered",
                                     .err = "",
                                     .cost_micro = -1 };
    size_t did;

    add_account(l, "twilio", "+15555550199");
    TX(l, OK(text_take_receipt(&l->w.gate, &l->provider, &event, &err)));
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(help_int(&l->w.h, "SELECT tries FROM text_receipt"), 1);
}

static void what_cannot_call_is_asked(void **state)
{
    struct lab *l = *state;
    struct text_id id;
    struct address_id stopped;
    size_t did;

    add_account(l, "twilio", "+15555550199");
    l->account.is_polled = true;
    TX(l, OK(text_account_change(&l->w.gate.store, &l->account, &err)));
    stopped = phone(l, "+15555550101", TEXT_YES);
    id = queue(l, phone(l, "+15555550103", TEXT_YES), "Hello");
    step(l);
    assert_string_equal(get(l, id).provider_id, "SM1");
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(did, 2); /* two pages */
    assert_int_equal(said(l, stopped), TEXT_STOPPED);
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_in WHERE media = 1"), 1);
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(get(l, id).state, TEXT_DELIVERED);
    OK(text_worker_poll(l->worker, &did, &err)); /* not so soon again */
    assert_int_equal(asked(l, "GET /page2 "), 1);
    text_worker_free(&l->worker);
    l->worker = text_worker_new(&l->w.gate, TEXT_ALL);
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(did, 0); /* they are here already */
    assert_int_equal(asked(l, "GET /page2 "), 2);
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_in"), 2);
}

static void make_time_pass(struct lab *l, const char *sql)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    text_worker_free(&l->worker); /* which remembers when it asked last */
    l->worker = text_worker_new(&l->w.gate, TEXT_ALL);
    TX(l, OK(db_query(l->w.home->db, sql, &q, &err)); OK(db_run(q, NULL, &err)); db_query_done(&q));
}

/* Whose sealed number does not open fails alone. */
static void a_text_that_cannot_be_made_holds_nobody_up(void **state)
{
    struct lab *l = *state;
    struct text_id bad, good;

    add_account(l, "twilio", "+15555550199");
    bad = queue(l, phone(l, "+15555550120", TEXT_YES), "Hello");
    make_time_pass(l, "UPDATE address SET value_sealed = CAST('damaged' AS BLOB)");
    good = queue(l, phone(l, "+15555550121", TEXT_YES), "Hello");
    assert_int_equal(step(l), 1);
    assert_int_equal(get(l, bad).state, TEXT_FAILED);
    assert_int_equal(get(l, bad).reason, TEXT_UNSENDABLE);
    assert_int_equal(get(l, good).state, TEXT_ACCEPTED);
    assert_int_equal(asked(l, "POST "), 1);
}

/* A worker that dies at its n-th call of the store, two texts in its batch: true when it lived. */
static bool dies_at(struct lab *l, int64_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("dies");
    const struct address_id to = phone(l, arena_printf(mem, "+1555555%04d", (int)(120 + n % 80)), TEXT_YES);
    const char *const words[] = { arena_printf(mem, "first%" PRId64 "x", n),
                                  arena_printf(mem, "other%" PRId64 "x", n) };
    const struct text_id ids[] = { queue(l, to, words[0]), queue(l, to, words[1]) };
    size_t did, went[2];
    bool is_dead;

    db_die_after(l->w.home->db, n);
    rc_ignore(text_worker_step(l->worker, &did, &err), "it may have died");
    is_dead = db_is_dead(l->w.home->db);
    db_fail_after(l->w.home->db, 0);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const enum text_state now = get(l, ids[i]).state;

        went[i] = asked(l, words[i]);
        assert_in_range(went[i], 0, 1);
        assert_true(went[i] ? now == TEXT_SENDING || now == TEXT_ACCEPTED : now == TEXT_QUEUED || now == TEXT_SENDING);
    }
    make_time_pass(l, "UPDATE text_out SET lease_until_ms = 1 WHERE lease IS NOT NULL");
    while (step(l))
        ;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const enum text_state now = get(l, ids[i]).state;

        assert_true(now == TEXT_ACCEPTED || now == TEXT_UNKNOWN);
        assert_int_equal(asked(l, words[i]),
                         now == TEXT_ACCEPTED ? 1 : went[i]); /* once, or nobody knows and it stays so */
    }
    return !is_dead;
}

static void a_worker_that_dies_at_any_point_sends_nothing_twice(void **state)
{
    struct lab *l = *state;
    int64_t n = 1;

    add_account(l, "twilio", "+15555550199");
    while (!dies_at(l, n))
        n++;
    assert_in_range(n, 30, 200);
}

#define LONG_QUEUE 40

/* More than the first batch of a step; words[i] are in the request of ids[i] alone. */
static void queue_many(struct lab *l, int64_t n, struct text_id *ids, const char **words)
{
    struct address_id to = { 0 };

    for (size_t i = 0; i < LONG_QUEUE; i++) {
        if (i % 10 == 0) /* twenty parts a day to one number */
            to = phone(l, arena_printf(l->w.mem, "+1555556%04d", (int)(n % 1000 * 4) + (int)i / 10), TEXT_YES);
        words[i] = arena_printf(l->w.mem, "no%" PRId64 "n%zux", n, i);
        ids[i] = queue_from(l, l->from_count ? l->from[i % l->from_count] : l->from[0], to, words[i]);
    }
}

static void a_full_batch_and_the_next_are_one_step(void **state)
{
    struct lab *l = *state;
    struct text_id ids[LONG_QUEUE];
    const char *words[LONG_QUEUE];
    size_t most = 0;

    add_account(l, "twilio", "+15555550199");
    for (int64_t n = 1; n < 20 && most < LONG_QUEUE; n++) { /* where 50 ms are enough for two */
        size_t did;

        queue_many(l, n, ids, words);
        while ((did = step(l)))
            most = did > most ? did : most;
        for (size_t i = 0; i < LONG_QUEUE; i++) {
            assert_int_equal(get(l, ids[i]).state, TEXT_ACCEPTED);
            assert_int_equal(asked(l, words[i]), 1);
        }
    }
    assert_int_equal(most, LONG_QUEUE);
}

/* One call of the store fails: what was answered is written down all the same. */
static bool fails_at(struct lab *l, int64_t n)
{
    struct text_id ids[LONG_QUEUE];
    const char *words[LONG_QUEUE];
    size_t did;
    bool has_failed;

    queue_many(l, n, ids, words);
    db_fail_after(l->w.home->db, n);
    has_failed = text_worker_step(l->worker, &did, &err);
    while (!has_failed && did && !(has_failed = text_worker_step(l->worker, &did, &err)))
        ;
    db_fail_after(l->w.home->db, 0);
    for (size_t i = 0; i < LONG_QUEUE; i++)
        assert_int_equal(asked(l, words[i]), get(l, ids[i]).state == TEXT_ACCEPTED);
    while (step(l))
        ;
    for (size_t i = 0; i < LONG_QUEUE; i++) {
        assert_int_equal(get(l, ids[i]).state, TEXT_ACCEPTED);
        assert_int_equal(asked(l, words[i]), 1);
    }
    return has_failed;
}

static void a_failure_of_the_store_loses_no_answer(void **state)
{
    struct lab *l = *state;
    bool fails = false;

    add_account(l, "twilio", "+15555550199");
    for (int64_t n = 1; n < 600; n += 29)
        fails |= fails_at(l, n);
    assert_true(fails);
}

/* More numbers of ours than routes are kept: nothing of them is read behind the wire. */
static void a_failure_of_the_store_with_many_numbers_loses_no_answer(void **state)
{
    struct lab *l = *state;

    add_account(l, "twilio", "+15555550199");
    for (l->from_count = 0; l->from_count < 12; l->from_count++) {
        l->sender.number = arena_printf(l->w.mem, "+15555550%zu", 300 + l->from_count);
        TX(l, OK(text_sender_add(&l->w.gate.store, &l->sender, &err)));
        l->from[l->from_count] = l->sender.id;
    }
    for (int64_t n = 1; n < 480; n += 20)
        fails_at(l, n);
}

static void a_worker_that_dies_between_batches_sends_nothing_twice(void **state)
{
    struct lab *l = *state;
    struct text_id ids[LONG_QUEUE];
    const char *words[LONG_QUEUE];

    add_account(l, "twilio", "+15555550199");
    for (int64_t n = 200; n < 500; n += 19) {
        size_t did, went[LONG_QUEUE];

        queue_many(l, n, ids, words);
        db_die_after(l->w.home->db, n);
        rc_ignore(text_worker_step(l->worker, &did, &err), "it may have died");
        db_fail_after(l->w.home->db, 0);
        for (size_t i = 0; i < LONG_QUEUE; i++)
            went[i] = asked(l, words[i]);
        make_time_pass(l, "UPDATE text_out SET lease_until_ms = 1 WHERE lease IS NOT NULL");
        while (step(l))
            ;
        for (size_t i = 0; i < LONG_QUEUE; i++) {
            const enum text_state now = get(l, ids[i]).state;

            assert_true(now == TEXT_ACCEPTED || now == TEXT_UNKNOWN);
            assert_int_equal(asked(l, words[i]), now == TEXT_ACCEPTED ? 1 : went[i]);
        }
    }
}

static void what_a_dead_role_was_reading_is_read_soon(void **state)
{
    struct lab *l = *state;
    int64_t left_ms;
    size_t did;

    add_account(l, "twilio", "+15555550199");
    take(l, "SM1", "+15555550120", "Hello there");
    for (int64_t n = 1; help_int(&l->w.h, "SELECT COUNT(*) FROM text_in WHERE state = 2") == 0; n++) {
        assert_in_range(n, 1, 100);
        db_die_after(l->w.home->db, n);
        rc_ignore(text_work(&l->w.gate, l->lexicon, &did, &err), "it died");
        db_fail_after(l->w.home->db, 0);
    }
    left_ms = help_int(&l->w.h, "SELECT lease_until_ms FROM text_in") - clock_now_ms(clock_real());
    assert_true(left_ms <= 15 * MS_SECOND);
}

static void what_became_of_an_unknown_one_is_looked_up(void **state)
{
    struct lab *l = *state;
    struct text_id lost, other;
    size_t did;

    add_account(l, "twilio", "+15555550199"); /* which calls our hook */
    lost = queue(l, phone(l, "+15555550113", TEXT_YES), "Hello");
    other = queue(l, phone(l, "+15555550113", TEXT_YES), "Hello, hello");
    step(l);
    assert_int_equal(get(l, lost).state, TEXT_UNKNOWN);
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(asked(l, "GET /Accounts"), 0); /* a receipt may still come */
    make_time_pass(l, "UPDATE text_out SET sending_ms = sending_ms - 30000");
    OK(text_worker_poll(l->worker, &did, &err));
    assert_string_equal(get(l, lost).provider_id, "SMz");
    assert_null(get(l, other).provider_id); /* other words */
    OK(text_work(&l->w.gate, l->lexicon, &did, &err));
    assert_int_equal(get(l, lost).state, TEXT_DELIVERED);
    assert_int_equal(get(l, other).state, TEXT_UNKNOWN);
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_ledger WHERE actual_micro = 16000"), 0);
    make_time_pass(l, "UPDATE text_out SET sending_ms = sending_ms - 30000");
    OK(text_worker_poll(l->worker, &did, &err)); /* the price, which came late */
    assert_int_equal(help_int(&l->w.h, "SELECT COUNT(*) FROM text_ledger WHERE actual_micro = 16000"), 1);
    assert_int_equal(asked(l, "To=%2B15555550113"), 2); /* each was sent once */
}

static void what_we_missed_is_asked_for_each_hour(void **state)
{
    struct lab *l = *state;
    size_t did;

    add_account(l, "twilio", "+15555550199");
    home_set_time(l->w.home, NOW0 + MS_HOUR - 1);
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(asked(l, "GET "), 0);
    home_set_time(l->w.home, NOW0 + MS_HOUR);
    make_time_pass(l, "UPDATE text_account SET refused = 0");
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(did, 2);
    make_time_pass(l, "UPDATE text_account SET refused = 0");
    OK(text_worker_poll(l->worker, &did, &err));
    assert_int_equal(asked(l, "GET /page2 "), 1); /* the hour is not over */
}

/* ---- calls of hooks, as facts of the providers' pages have them ---- */

static void calls_are_read(void **state)
{
    static const struct {
        const char *provider, *query, *body, *want;
    } cases[] = {
        { "twilio", "",
          "MessageSid=SM1&AccountSid=AC1&From=%2B15550100123&To=%2B15550199123&Body=2+Thanks+Maria&NumMedia=0&"
          "NumSegments=1",
          "mo SM1 +15550100123 +15550199123 [2 Thanks Maria] 0" },
        { "twilio", "ref=abc", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30007&From=x&To=y",
          "dlr SM1 abc undelivered 30007" },
        { "telnyx", "",
          "{\"data\":{\"event_type\":\"message.received\",\"id\":\"e1\",\"payload\":{\"from\":{\"phone_number\":\"+"
          "15550100123\"},"
          "\"id\":\"m1\",\"text\":\"2 Thanks Maria\",\"to\":[{\"phone_number\":\"+15550199123\"}],\"media\":[{},{}]}}}",
          "mo m1 +15550100123 +15550199123 [2 Thanks Maria] 2" },
        { "telnyx", "ref=abc",
          "{\"data\":{\"event_type\":\"message.finalized\",\"payload\":{\"id\":\"m1\",\"to\":[{\"status\":\"delivery_"
          "failed\"}],"
          "\"errors\":[{\"code\":\"40300\"}]}}}",
          "dlr m1 abc delivery_failed 40300" },
        { "telnyx", "", "{\"data\":{\"event_type\":\"number.order\",\"payload\":{}}}", "" },
        { "bandwidth", "",
          "[{\"type\":\"message-received\",\"message\":{\"id\":\"b1\",\"owner\":\"+15550199123\",\"from\":\"+"
          "15550100123\",\"text\":\"Hi\"}},"
          "{\"type\":\"message-failed\",\"errorCode\":4720,\"message\":{\"id\":\"b2\",\"tag\":\"abc\"}}]",
          "mo b1 +15550100123 +15550199123 [Hi] 0dlr b2 abc message-failed 4720" },
        { "kannel", "tok=T&from=%2B15550100123&to=%2B15550199123&text=caf%C3%A9+%F0%9F%98%80&id=u1&coding=2", "",
          "mo u1 +15550100123 +15550199123 [caf\xc3\xa9 \xf0\x9f\x98\x80] 0" },
        { "kannel",
          "tok=T&from=%2B15550100123&to=%2B15550199123&text=%00c%00%E9%20%AC%D8%3D%DE%00%D8%00%00%21&id=u2&coding=2&"
          "charset=UTF-16BE",
          "", "mo u2 +15550100123 +15550199123 [c\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd!] 0" },
        { "kannel", "tok=T&ref=abcp2&type=8&fid=&ans=ACK%2F", "", "dlr  abcp2 8 ACK/" },
        { "plivo", "", "From=15550100123&To=15550199123&Text=Hi&Type=sms&MessageUUID=p1",
          "mo p1 +15550100123 +15550199123 [Hi] 0" },
        { "plivo", "", "From=4712345678&To=12345&Text=STOP&MessageUUID=p2", "mo p2 +4712345678 12345 [STOP] 0" },
        { "vonage", "",
          "{\"msisdn\":\"15550100123\",\"to\":\"15550199123\",\"messageId\":\"v1\",\"text\":\"Hi\",\"type\":\"text\"}",
          "mo v1 +15550100123 +15550199123 [Hi] 0" },
        { "vonage", "", "msisdn=4712345678&to=CLINIC&messageId=v2&text=Hi", "mo v2 +4712345678 CLINIC [Hi] 0" },
        { "vonage", "msisdn=1&messageId=v1&status=failed&err-code=9&client-ref=abc", "", "dlr v1 abc failed 9" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("calls");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct sms_call call = { cases[i].query, cases[i].body, strlen(cases[i].body) };
        const struct provider *p;
        struct sms_event *e;
        char *got = arena_strdup(mem, "");
        size_t n;

        OK(provider_load(arena_printf(mem, "mailer/providers/%s.conf", cases[i].provider), mem, &p, &err));
        OK(sms_events_read(p, &call, mem, &e, &n, &err));
        for (size_t k = 0; k < n; k++)
            got = e[k].kind == PROVIDER_EVENT_MO
                      ? arena_printf(mem, "%smo %s %s %s [%s] %" PRId64, got, e[k].id, e[k].from, e[k].to, e[k].text,
                                     e[k].media)
                      : arena_printf(mem, "%sdlr %s %s %s %s", got, e[k].id, e[k].ref, e[k].state, e[k].err);
        assert_string_equal(got, cases[i].want);
    }
}

static void numbers_are_read(void **state)
{
    static const char *const cases[][2] = {
        { "+15555550100", "+15555550100" },
        { "15555550100", "+15555550100" },
        { "(555) 555-0100", "+15555550100" },
        { "555.555.0100", "+15555550100" },
        { "+445555550100", "+445555550100" },
        { "55501", NULL },
        { "CLINIC", NULL },
        { "+0155555501", NULL },
        { "1234567890123456", NULL },
        { "555-0100x5", NULL },
        { "", NULL },
    };
    char number[24];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bool is = text_number_read(cases[i][0], number);

        assert_int_equal(is, cases[i][1] != NULL);
        if (is)
            assert_string_equal(number, cases[i][1]);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_asked_for_as_the_provider_wants),
        TEST(a_text_leaves_in_the_first_and_in_the_last_minute_of_its_hours),
        TEST(what_a_refusal_means),
        TEST(a_throttled_text_goes_later),
        TEST(who_is_throttled_waits_longer_each_time),
        TEST(a_wrong_set_up_stops_the_account),
        TEST(a_lost_answer_is_never_asked_for_again),
        TEST(a_provider_that_is_away_costs_nothing),
        TEST(a_provider_that_is_away_holds_up_no_other),
        TEST(kannel_gets_parts),
        TEST(too_much_filtered_stops_the_number),
        TEST(only_so_much_a_month),
        cmocka_unit_test(words_are_read),
        TEST(stop_acts_where_it_is_stored),
        TEST(who_is_answered_by_the_provider_is_not_by_us),
        TEST(what_the_provider_does_not_answer_we_do),
        TEST(what_the_provider_says_of_a_word_counts),
        TEST(start_is_no_first_yes),
        TEST(a_word_needs_no_words),
        TEST(a_list_of_words_may_have_blanks),
        TEST(a_toll_free_number_is_started_by_two_words),
        TEST(help_is_answered_five_times_a_day),
        TEST(a_text_is_taken_once_and_reaches_staff),
        TEST(danger_in_a_text_pages_and_is_answered_once_a_day),
        TEST(danger_is_seen_before_everything_else),
        TEST(what_sounds_ill_gets_the_office),
        TEST(who_claims_reads_the_text),
        TEST(parts_are_joined_in_any_order),
        TEST(a_missing_part_is_not_waited_for),
        TEST(calls_of_parts_are_read),
        TEST(a_receipt_that_was_faster_waits),
        TEST(what_cannot_call_is_asked),
        TEST(a_text_that_cannot_be_made_holds_nobody_up),
        TEST(a_worker_that_dies_at_any_point_sends_nothing_twice),
        TEST(a_full_batch_and_the_next_are_one_step),
        TEST(a_failure_of_the_store_loses_no_answer),
        TEST(a_failure_of_the_store_with_many_numbers_loses_no_answer),
        TEST(a_worker_that_dies_between_batches_sends_nothing_twice),
        TEST(what_a_dead_role_was_reading_is_read_soon),
        TEST(what_became_of_an_unknown_one_is_looked_up),
        TEST(what_we_missed_is_asked_for_each_hour),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(numbers_are_read),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
