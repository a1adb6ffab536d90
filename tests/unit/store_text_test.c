/* store/text_*: texts on their way out and in, consent, numbers of items, cost and pace. */
#include "tests/unit/store_help.h"

#include "store/membership.h"
#include "store/person.h"
#include "store/text_bucket.h"
#include "store/text_consent.h"
#include "store/text_cost.h"
#include "store/text_in.h"
#include "store/text_line.h"
#include "store/text_out.h"

#define OK(call) HELP_OK(call)

static struct err err;

struct world {
    struct help h;
    struct keyring *ring;
    struct id_source ids;
    struct clock clock;
    int64_t now_ms;
    struct store st;
    struct arena *mem;
    struct text_sender sender;
    struct address_id phone;
};

static struct store store_of(struct world *w, int64_t practice)
{
    return (
        struct store){ .db = w->h.db, .practice = { practice }, .ring = w->ring, .clock = &w->clock, .ids = &w->ids };
}

static int start(void **state)
{
    static struct world w;
    struct text_account account = { .provider = "kannel", .values = "{\"secret.user\":\"gw\"}" };
    struct address address = { .kind = ADDRESS_PHONE, .value = "+15555550123" };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    memset(&w, 0, sizeof w);
    help_start(&w.h);
    w.ring = help_ring(1);
    w.now_ms = INT64_C(1790000000000);
    w.clock = clock_manual(&w.now_ms);
    id_source_init(&w.ids, 1);
    w.st = store_of(&w, 1);
    w.mem = arena_new("test");
    OK(db_begin(w.h.db, &tx, &err));
    OK(text_account_add(&w.st, &account, &err));
    w.sender = (struct text_sender){ .account = account.id, .kind = TEXT_LONG_CODE, .number = "+15555550199" };
    OK(text_sender_add(&w.st, &w.sender, &err));
    OK(address_add(&w.st, &address, &err));
    w.phone = address.id;
    OK(db_commit(&tx, &err));
    *state = &w;
    return 0;
}

static int stop(void **state)
{
    struct world *w = *state;

    arena_free(&w->mem);
    keyring_free(&w->ring);
    help_stop(&w->h);
    return 0;
}

#define TX(w, ...)                                                                                                     \
    do {                                                                                                               \
        struct db_tx tx_ = { 0 };                                                                                      \
        OK(db_begin((w)->h.db, &tx_, &err));                                                                           \
        __VA_ARGS__;                                                                                                   \
        OK(db_commit(&tx_, &err));                                                                                     \
    } while (0)

static void say(struct world *w, enum text_consent_state to, enum text_consent_way way)
{
    const struct text_consent_change change = { .address = w->phone, .state = to, .level = -1, .way = way };

    TX(w, OK(text_consent_set(&w->st, &change, &err)));
}

static struct text_out text_to(struct world *w, enum lane lane)
{
    return (struct text_out){ .kind = MAILING_DIGEST,
                              .lane = lane,
                              .needs = TEXT_NEEDS_CONSENT,
                              .person = { 7 },
                              .address = w->phone,
                              .sender = w->sender.id,
                              .parts = 2,
                              .words = "Tuesday Circle: 2 new",
                              .due_ms = w->now_ms,
                              .not_after_ms = w->now_ms + MS_HOUR };
}

static struct text_id add(struct world *w, enum lane lane)
{
    struct text_out t = text_to(w, lane);

    TX(w, OK(text_out_add(&w->st, &t, NULL, 0, &err)));
    return t.id;
}

static struct text_out get(struct world *w, struct text_id id)
{
    struct text_out t;

    OK(text_out_get(&w->st, id, w->mem, &t, &err));
    return t;
}

/* sending, each with the requests given */
static int64_t send_all(struct world *w, int64_t lease_ms, const char *requests, size_t want)
{
    struct text_out *rows;
    int64_t lease;
    size_t n;

    TX(w, OK(text_out_due(&w->st, LANE_URGENT, LANE_DIGEST, TEXT_BATCH_MAX, w->mem, &rows, &n, &err));
       for (size_t i = 0; i < n; i++) rows[i].requests = requests;
       OK(text_out_begin(&w->st, rows, &n, lease_ms, &lease, &err)));
    assert_int_equal(n, want);
    return lease;
}

static struct text_outcome record(struct world *w, int64_t lease, struct text_outcome o)
{
    TX(w, OK(text_out_record(&w->st, lease, &o, 1, &err)));
    return o;
}

static struct text_moved receipt(struct world *w, struct text_id id, size_t request, enum text_state to)
{
    const struct text_news news = { .id = id, .request = request, .state = to, .code = "" };
    struct text_moved moved;

    TX(w, OK(text_out_receipt(&w->st, &news, &moved, &err)));
    return moved;
}

/* ---- accounts ---- */

static void numbers_belong_to_one_practice(void **state)
{
    struct world *w = *state;
    struct keyring *ring = help_ring(2);
    struct store other = store_of(w, 2);
    struct text_account account = { .provider = "telnyx", .values = "{}" }, got;
    struct text_sender taken = { .kind = TEXT_TOLL_FREE, .number = "+15555550199" }, found;
    struct db_tx tx = { 0 };

    other.ring = ring;
    TX(w, OK(text_account_add(&other, &account, &err)));
    taken.account = account.id;
    OK(db_begin(w->h.db, &tx, &err));
    assert_int_equal(text_sender_add(&other, &taken, &err), RC_CONFLICT);
    db_tx_done(&tx);
    TX(w, OK(text_sender_give_up(&w->st, w->sender.id, &err)));
    TX(w, OK(text_sender_add(&other, &taken, &err)));
    OK(text_sender_by_number(&other, "+15555550199", w->mem, &found, &err));
    assert_int_equal(found.account.v, account.id.v);
    TX(w, OK(text_account_stop(&other, account.id, "40010", &err)));
    OK(text_account_get(&other, account.id, w->mem, &got, &err));
    assert_int_equal(got.state, TEXT_HALTED);
    assert_string_equal(got.stop_code, "40010");
    assert_string_equal(got.values, "{}");
    for (int i = 1; i <= 3; i++) { /* the third call is the provider's: what was refused before it is over */
        TX(w, OK(text_account_called(&other, account.id, i == 3, &err)));
        OK(text_account_get(&other, account.id, w->mem, &got, &err));
        assert_int_equal(got.refused, i % 3);
        assert_true((got.heard_ms > 0) == (i == 3));
    }
    keyring_free(&ring);
}

/* ---- out ---- */

static struct text_id add_and_send(struct world *w, const char *provider_id)
{
    struct text_id id;
    int64_t lease;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    id = add(w, LANE_REPLY);
    lease = send_all(w, MS_MINUTE, "3", 1);
    record(w, lease,
           (struct text_outcome){ .id = id, .result = TEXT_WENT, .requests = "5", .provider_id = provider_id });
    return id;
}

static void a_text_goes_its_way(void **state)
{
    struct world *w = *state;
    struct text_id id;
    struct text_outcome o;
    int64_t lease;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    id = add(w, LANE_REPLY);
    assert_string_equal(get(w, id).words, "Tuesday Circle: 2 new");
    lease = send_all(w, MS_MINUTE, "3", 1);
    assert_int_equal(get(w, id).state, TEXT_SENDING);
    o = record(w, lease, (struct text_outcome){ .id = id, .result = TEXT_WENT, .requests = "5", .provider_id = "SM1" });
    assert_int_equal(o.state, TEXT_ACCEPTED);
    assert_true(o.is_handed && o.is_ours);
    assert_false(record(w, lease, o).is_ours); /* the lease is over */
    assert_int_equal(receipt(w, id, 0, TEXT_DELIVERED).after, TEXT_DELIVERED);
    assert_int_equal(receipt(w, id, 0, TEXT_SENT).after, TEXT_DELIVERED); /* in either order: never back */
    assert_int_equal(get(w, id).state, TEXT_DELIVERED);
    assert_string_equal(get(w, id).provider_id, "SM1");
}

/* A receipt that comes too late, or twice, changes neither where a text is nor what is known of why. */
static void a_late_receipt_changes_nothing(void **state)
{
    struct world *w = *state;
    const struct text_id arrived = add_and_send(w, "SM1"), filtered = add_and_send(w, "SM2");
    struct text_news news = { .id = arrived, .state = TEXT_FAILED, .class = 2, .code = "30005" };
    struct text_moved moved;

    receipt(w, arrived, 0, TEXT_DELIVERED);
    TX(w, OK(text_out_receipt(&w->st, &news, &moved, &err)));
    assert_int_equal(moved.after, TEXT_DELIVERED);
    assert_int_equal(get(w, arrived).class, 0);
    assert_null(get(w, arrived).code);
    news = (struct text_news){ .id = filtered, .state = TEXT_FAILED, .class = 4, .code = "30007" };
    TX(w, OK(text_out_receipt(&w->st, &news, &moved, &err)));
    assert_int_equal(moved.after, TEXT_FAILED);
    receipt(w, filtered, 0, TEXT_SENT);
    receipt(w, filtered, 0, TEXT_DELIVERED);
    assert_int_equal(get(w, filtered).state, TEXT_FAILED);
    assert_int_equal(get(w, filtered).class, 4);
    assert_string_equal(get(w, filtered).code, "30007");
    assert_int_equal(get(w, filtered).reason, TEXT_REFUSED);
}

static void the_urgent_go_first_and_once_is_once(void **state)
{
    struct world *w = *state;
    struct text_out t = text_to(w, LANE_DIGEST);
    struct text_out *rows;
    struct db_tx tx = { 0 };
    struct text_id urgent;
    size_t n;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    t.once = "digest 1";
    TX(w, OK(text_out_add(&w->st, &t, NULL, 0, &err)));
    OK(db_begin(w->h.db, &tx, &err));
    assert_int_equal(text_out_add(&w->st, &t, NULL, 0, &err), RC_CONFLICT);
    db_tx_done(&tx);
    urgent = add(w, LANE_URGENT);
    TX(w, OK(text_out_due(&w->st, LANE_URGENT, LANE_DIGEST, 8, w->mem, &rows, &n, &err)));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].id.v, urgent.v);
}

static void no_yes_no_text(void **state)
{
    static const struct {
        enum text_consent_state said;
        bool goes[3]; /* needs consent, no stop, nothing */
    } cases[] = { { TEXT_NEVER_ASKED, { false, true, true } },
                  { TEXT_ASKED, { false, true, true } },
                  { TEXT_YES, { true, true, true } },
                  { TEXT_STOPPED, { false, false, true } },
                  { TEXT_WRONG_NUMBER, { false, false, true } } };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text_id ids[3];

        if (cases[i].said)
            say(w, cases[i].said, TEXT_BY_TEXT);
        for (int k = 0; k < 3; k++) {
            struct text_out t = text_to(w, LANE_REPLY);

            t.needs = (enum text_needs)(k + 1);
            TX(w, OK(text_out_add(&w->st, &t, NULL, 0, &err)));
            ids[k] = t.id;
        }
        send_all(w, MS_MINUTE, "3", (size_t)(cases[i].goes[0] + cases[i].goes[1] + cases[i].goes[2]));
        for (int k = 0; k < 3; k++) {
            const struct text_out t = get(w, ids[k]);

            assert_int_equal(t.state, cases[i].goes[k] ? TEXT_SENDING : TEXT_CANCELLED);
            assert_int_equal(t.reason, cases[i].goes[k] ? TEXT_NO_REASON : TEXT_NO_CONSENT);
        }
    }
}

static void nothing_goes_late_or_by_a_stopped_number(void **state)
{
    struct world *w = *state;
    struct text_id id;
    int64_t due;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    id = add(w, LANE_DIGEST);
    TX(w, OK(text_sender_stop(&w->st, w->sender.id, "filtered", &err)));
    send_all(w, MS_MINUTE, "3", 0);
    assert_int_equal(get(w, id).state, TEXT_QUEUED);
    OK(text_out_next_due(&w->st, LANE_URGENT, LANE_DIGEST, &due, &err));
    assert_true(due == INT64_MAX);
    TX(w, OK(text_sender_start(&w->st, w->sender.id, &err)));
    w->now_ms += MS_HOUR;
    send_all(w, MS_MINUTE, "3", 0);
    assert_int_equal(get(w, id).state, TEXT_EXPIRED);
    assert_int_equal(get(w, id).reason, TEXT_TOO_LATE);
}

static void what_was_lost_is_unknown_and_not_sent_again(void **state)
{
    struct world *w = *state;
    struct text_out *rows;
    struct text_id sending, due;
    int64_t lost;
    size_t n;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    sending = add(w, LANE_REPLY);
    send_all(w, -1, "3", 1); /* its lease is over already */
    due = add(w, LANE_REPLY);
    TX(w, OK(text_out_due(&w->st, LANE_URGENT, LANE_DIGEST, 8, w->mem, &rows, &n, &err)));
    assert_int_equal(n, 1);
    TX(w, OK(text_out_sweep(&w->st, &lost, &err)));
    assert_int_equal(lost, 1);
    assert_int_equal(get(w, sending).state, TEXT_UNKNOWN);
    assert_string_equal(get(w, sending).requests, "4");
    assert_int_equal(get(w, due).state, TEXT_QUEUED);
    assert_int_equal(get(w, due).attempt, 0);
    TX(w, OK(text_out_unknown(&w->st, INT64_MAX, 8, w->mem, &rows, &n, &err)));
    assert_int_equal(n, 1);
    TX(w, OK(text_out_settle(&w->st, sending, &err)));
    TX(w, OK(text_out_unknown(&w->st, INT64_MAX, 8, w->mem, &rows, &n, &err)));
    assert_int_equal(n, 0);
    assert_true(receipt(w, sending, 0, TEXT_DELIVERED).is_handed); /* a late receipt still tells */
    assert_int_equal(get(w, sending).state, TEXT_DELIVERED);
}

static void parts_are_requests_of_their_own(void **state)
{
    struct world *w = *state;
    struct text_outcome o;
    struct text_id id;
    int64_t lease;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    id = add(w, LANE_REPLY);
    lease = send_all(w, MS_MINUTE, "333", 1);
    receipt(w, id, 0, TEXT_DELIVERED); /* faster than our own answer */
    o = record(w, lease,
               (struct text_outcome){ .id = id, .result = TEXT_LATER, .requests = "511", .due_ms = w->now_ms + 1000 });
    assert_int_equal(o.state, TEXT_QUEUED);
    assert_string_equal(get(w, id).requests, "711");
    w->now_ms += 1000;
    lease = send_all(w, MS_MINUTE, "733", 1);
    o = record(w, lease, (struct text_outcome){ .id = id, .result = TEXT_WENT, .requests = "755" });
    assert_int_equal(o.state, TEXT_ACCEPTED);
    assert_true(o.is_handed);
    receipt(w, id, 1, TEXT_SENT);
    assert_int_equal(receipt(w, id, 2, TEXT_DELIVERED).after, TEXT_SENT);
    assert_int_equal(receipt(w, id, 1, TEXT_FAILED).after, TEXT_FAILED);
}

static void a_stop_leaves_only_its_own_answer(void **state)
{
    struct world *w = *state;
    struct text_out confirm = text_to(w, LANE_URGENT);
    struct text_id queued;
    int64_t n;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    queued = add(w, LANE_DIGEST);
    confirm.needs = TEXT_NEEDS_NOTHING;
    TX(w, OK(text_out_add(&w->st, &confirm, NULL, 0, &err)); OK(text_out_cancel_address(&w->st, w->phone, &n, &err)));
    assert_int_equal(n, 1);
    assert_int_equal(get(w, queued).state, TEXT_CANCELLED);
    assert_int_equal(get(w, confirm.id).state, TEXT_QUEUED);
}

static void restored_ones_are_unknown_for_good(void **state)
{
    struct world *w = *state;
    struct text_out *rows;
    struct text_id id;
    size_t n;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    id = add(w, LANE_REPLY);
    TX(w, OK(text_out_hold_restored(&w->st, NULL, &err)));
    assert_int_equal(get(w, id).state, TEXT_UNKNOWN);
    TX(w, OK(text_out_unknown(&w->st, INT64_MAX, 8, w->mem, &rows, &n, &err)));
    assert_int_equal(n, 0);
    assert_int_equal(receipt(w, id, 0, TEXT_DELIVERED).after, TEXT_DELIVERED); /* it had left after the copy was made */
}

static void the_cursor_moves_with_the_text(void **state)
{
    struct world *w = *state;
    struct text_out t;
    struct text_id id;
    int64_t lease, seq;

    say(w, TEXT_YES, TEXT_BY_TEXT);
    help_raw(&w->h,
             "INSERT INTO membership (practice_id, id, group_id, person_id, address_id, role, state, rhythm, channel, "
             "name_sealed,"
             " name_hash, cursor_seq, has_posted, created_ms) VALUES (1, 77, 5, 7, 8, 1, 2, 2, 2, 'x', 'x', 3, 0, 1)");
    t = text_to(w, LANE_DIGEST);
    t.membership.v = 77;
    t.from_seq = 3;
    t.to_seq = 9;
    TX(w, OK(text_out_add(&w->st, &t, NULL, 0, &err)));
    id = t.id;
    OK(text_out_unsent_seq(&w->st, t.membership, &seq, &err));
    assert_int_equal(seq, 9);
    lease = send_all(w, MS_MINUTE, "3", 1);
    record(w, lease, (struct text_outcome){ .id = id, .result = TEXT_WENT, .requests = "5" });
    assert_int_equal(help_int(&w->h, "SELECT cursor_seq FROM membership WHERE id = 77"), 9);
    receipt(w, id, 0, TEXT_FAILED);
    assert_int_equal(help_int(&w->h, "SELECT cursor_seq FROM membership WHERE id = 77"), 3);
}

static void references_are_read_back(void **state)
{
    struct world *w = *state;
    unsigned char ref[TEXT_REF_BYTES] = { 1, 0xab, 255 }, back[TEXT_REF_BYTES];
    size_t request;

    assert_true(text_ref_read(text_ref_write(ref, 0, w->mem), back, &request));
    assert_int_equal(request, 0);
    assert_memory_equal(ref, back, sizeof ref);
    assert_true(text_ref_read("01abff00000000000000000000000000p3", back, &request));
    assert_int_equal(request, 2);
    assert_false(text_ref_read("01abff00000000000000000000000000p0", back, &request));
    assert_false(text_ref_read("01abff00000000000000000000000000p99", back, &request));
    assert_false(text_ref_read("01abff00000000000000000000000000x", back, &request));
    assert_false(text_ref_read("01ABff00000000000000000000000000", back, &request));
    assert_false(text_ref_read("01abff", back, &request));
}

/* ---- consent ---- */

static void only_the_number_itself_comes_back(void **state)
{
    static const enum text_consent_way no[] = { TEXT_BY_EMAIL, TEXT_BY_STAFF, TEXT_BY_PROVIDER, TEXT_BY_RULE };
    struct world *w = *state;
    struct text_consent_change change = { .address = w->phone, .state = TEXT_YES, .level = 2, .words = "START" };
    struct text_consent_entry *log;
    struct text_consent c;
    size_t n;

    say(w, TEXT_STOPPED, TEXT_BY_TEXT);
    for (size_t i = 0; i < COUNT_OF(no); i++) {
        struct db_tx tx = { 0 };

        change.way = no[i];
        OK(db_begin(w->h.db, &tx, &err));
        assert_int_equal(text_consent_set(&w->st, &change, &err), RC_DENIED);
        db_tx_done(&tx);
    }
    change.way = TEXT_BY_TEXT;
    TX(w, OK(text_consent_set(&w->st, &change, &err)));
    OK(text_consent_get(&w->st, w->phone, &c, &err));
    assert_int_equal(c.state, TEXT_YES);
    assert_int_equal(c.level, 2);
    OK(text_consent_log(&w->st, w->phone, w->mem, &log, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(log[1].before, TEXT_STOPPED);
    assert_string_equal(log[1].words, "START");
}

static void stop_is_confirmed_once_a_day_and_failures_age(void **state)
{
    struct world *w = *state;
    bool is_first;
    int64_t n;

    say(w, TEXT_STOPPED, TEXT_BY_TEXT);
    TX(w, OK(text_consent_take_stop(&w->st, w->phone, &is_first, &err)));
    assert_true(is_first);
    w->now_ms += MS_DAY - 1;
    TX(w, OK(text_consent_take_stop(&w->st, w->phone, &is_first, &err)));
    assert_false(is_first);
    w->now_ms += 1;
    TX(w, OK(text_consent_take_stop(&w->st, w->phone, &is_first, &err)));
    assert_true(is_first);
    say(w, TEXT_YES, TEXT_BY_TEXT); /* after a new yes, the next STOP is a first one again */
    say(w, TEXT_STOPPED, TEXT_BY_TEXT);
    TX(w, OK(text_consent_take_stop(&w->st, w->phone, &is_first, &err)));
    assert_true(is_first);
    for (int64_t i = 1; i <= 2; i++) {
        TX(w, OK(text_consent_failed(&w->st, w->phone, &n, &err)));
        assert_int_equal(n, i);
    }
    w->now_ms += 7 * MS_DAY;
    TX(w, OK(text_consent_failed(&w->st, w->phone, &n, &err)));
    assert_int_equal(n, 1);
}

/* ---- in ---- */

static void a_text_comes_once(void **state)
{
    struct world *w = *state;
    struct text_in t = { .account = w->sender.account,
                         .sender = w->sender.id,
                         .address = w->phone,
                         .words = "14 Thanks Maria",
                         .raw = "a\0b",
                         .raw_len = 3,
                         .provider_id = "SM9" };
    struct text_in got;
    struct db_tx tx = { 0 };
    int64_t lease, again;

    TX(w, OK(text_in_add(&w->st, &t, &err)));
    OK(db_begin(w->h.db, &tx, &err));
    assert_int_equal(text_in_add(&w->st, &t, &err), RC_CONFLICT);
    db_tx_done(&tx);
    TX(w, OK(text_in_claim(&w->st, -1, w->mem, &lease, &got, &err)));
    assert_string_equal(got.words, "14 Thanks Maria");
    assert_int_equal(got.raw_len, 3);
    TX(w, OK(text_in_claim(&w->st, MS_MINUTE, w->mem, &again, &got, &err))); /* whoever had it died */
    assert_int_equal(got.tries, 2);
    OK(db_begin(w->h.db, &tx, &err));
    assert_int_equal(text_in_end(&w->st, got.id, lease, TEXT_IN_DONE, &err), RC_CONFLICT);
    db_tx_done(&tx);
    TX(w, OK(text_in_end(&w->st, got.id, again, TEXT_IN_DONE, &err)));
    OK(db_begin(w->h.db, &tx, &err));
    assert_int_equal(text_in_claim(&w->st, MS_MINUTE, w->mem, &lease, &got, &err), RC_NOT_FOUND);
    db_tx_done(&tx);
}

static void receipts_wait(void **state)
{
    struct world *w = *state;
    struct text_receipt r = { .account = w->sender.account, .ref = "ab", .word = "delivered", .code = "" }, *due;
    size_t n;

    TX(w, OK(text_receipt_add(&w->st, &r, &err)));
    OK(text_receipt_due(&w->st, 8, w->mem, &due, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(due[0].word, "delivered");
    assert_null(due[0].provider_id);
    TX(w, OK(text_receipt_later(&w->st, r.id, clock_now_ms(clock_real()) + MS_HOUR, &err)));
    OK(text_receipt_due(&w->st, 8, w->mem, &due, &n, &err));
    assert_int_equal(n, 0);
}

/* ---- lines ---- */

static void numbers_stay_seven_days(void **state)
{
    struct world *w = *state;
    const struct text_line line = { w->phone, w->sender.id };
    struct text_item a = { .person = { 7 }, .kind = TEXT_ITEM_CONVERSATION, .target = 100 }, b = a, found;

    b.target = 101;
    TX(w, OK(text_item_give(&w->st, &line, &a, &err)); OK(text_item_give(&w->st, &line, &b, &err)));
    assert_int_equal(a.n, 10);
    assert_int_equal(b.n, 11);
    w->now_ms += TEXT_ITEM_LIVE_MS - 1;
    TX(w, OK(text_item_give(&w->st, &line, &a, &err))); /* live anew */
    assert_int_equal(a.n, 10);
    w->now_ms += 2;
    OK(text_item_find(&w->st, &line, 11, &found, &err));
    assert_false(found.is_live);
    for (int64_t i = 12; i <= 99; i++) {
        struct text_item more = { .person = { 7 }, .kind = TEXT_ITEM_CONVERSATION, .target = 1000 + i };

        TX(w, OK(text_item_give(&w->st, &line, &more, &err)));
        assert_int_equal(more.n, i);
    }
    b.target = 500; /* 11 has been free; then three digits */
    TX(w, OK(text_item_give(&w->st, &line, &b, &err)));
    assert_int_equal(b.n, 11);
    b.target = 501;
    TX(w, OK(text_item_give(&w->st, &line, &b, &err)));
    assert_int_equal(b.n, 100);
}

static void a_line_has_one_question(void **state)
{
    struct world *w = *state;
    const struct text_line line = { w->phone, w->sender.id };
    struct text_question first = { .kind = TEXT_ASK_WHICH_GROUP, .data = "{\"1\":5}" },
                         second = { .kind = TEXT_ASK_WHO };
    struct text_question got;
    struct text_line over;

    TX(w, OK(text_question_ask(&w->st, &line, &first, &err)); OK(text_question_ask(&w->st, &line, &second, &err)));
    OK(text_question_get(&w->st, &line, w->mem, &got, &err));
    assert_int_equal(got.kind, TEXT_ASK_WHO);
    assert_int_equal(text_question_over(&w->st, w->mem, &over, &got, &err), RC_NOT_FOUND);
    w->now_ms += TEXT_QUESTION_LIVE_MS;
    assert_int_equal(text_question_get(&w->st, &line, w->mem, &got, &err), RC_NOT_FOUND);
    OK(text_question_over(&w->st, w->mem, &over, &got, &err));
    assert_int_equal(over.address.v, w->phone.v);
    TX(w, OK(text_question_close(&w->st, &line, &err)));
    assert_int_equal(text_question_over(&w->st, w->mem, &over, &got, &err), RC_NOT_FOUND);
}

/* ---- cost and pace ---- */

static void costs_add_up(void **state)
{
    struct world *w = *state;
    struct text_cost cost = { .id = 1,
                              .is_out = true,
                              .person = { 7 },
                              .group = { 5 },
                              .parts = 3,
                              .is_ucs2 = true,
                              .estimate_micro = 30000,
                              .actual_micro = -1 };
    struct text_budget budget = { .group = { 5 }, .month_micro = 1000000 }, got;
    struct text_sum sum;
    bool is_first;

    TX(w, OK(text_cost_add(&w->st, &cost, &err)); OK(text_cost_add(&w->st, &cost, &err)); cost.id = 2;
       cost.is_out = false; cost.parts = 1; cost.is_ucs2 = false; cost.estimate_micro = 8000;
       OK(text_cost_add(&w->st, &cost, &err)); OK(text_cost_actual(&w->st, 1, 29000, &err));
       OK(text_cost_actual(&w->st, 1, 99, &err)); OK(text_cost_actual(&w->st, 77, 99, &err)));
    OK(text_cost_sum(&w->st, (struct group_id){ 5 }, w->now_ms, w->now_ms + 1, &sum, &err));
    assert_int_equal(sum.texts, 2);
    assert_int_equal(sum.parts, 4);
    assert_int_equal(sum.ucs2_parts, 3);
    assert_int_equal(sum.micro, 37000);
    assert_int_equal(sum.priced, 1);
    OK(text_cost_of_person(&w->st, (struct person_id){ 7 }, w->now_ms, &sum, &err));
    assert_int_equal(sum.parts, 3);
    TX(w, OK(text_budget_set(&w->st, &budget, &err)));
    OK(text_budget_get(&w->st, (struct group_id){ 5 }, &got, &err));
    assert_int_equal(got.month_micro, 1000000);
    assert_int_equal(text_budget_get(&w->st, (struct group_id){ 6 }, &got, &err), RC_NOT_FOUND);
    TX(w, OK(text_budget_take_warning(&w->st, budget.group, 681, 80, &is_first, &err)));
    assert_true(is_first);
    TX(w, OK(text_budget_take_warning(&w->st, budget.group, 681, 80, &is_first, &err)));
    assert_false(is_first);
    TX(w, OK(text_budget_take_warning(&w->st, budget.group, 681, 100, &is_first, &err)));
    assert_true(is_first);
}

static int64_t want(struct world *w, struct text_want want)
{
    int64_t wait;

    want.sender = w->sender.id;
    TX(w, OK(text_bucket_take(&w->st, &want, &wait, &err)));
    return wait;
}

static void buckets_hold_back(void **state)
{
    struct world *w = *state;
    const struct text_want one = { .rate_milli = 1000, .parts = 3 }, free = { .parts = 100 };
    struct text_want day = { .brand_per_day = 20, .day_start_ms = 5, .parts = 18 };
    int64_t wait;

    assert_int_equal(want(w, free), 0);
    assert_int_equal(want(w, one), 0); /* full at first */
    wait = want(w, one);
    assert_true(wait > 2000 && wait <= 3000);
    TX(w, OK(text_bucket_halve(&w->st, w->sender.id, &err)));
    assert_true(want(w, one) > 5000);
    assert_int_equal(want(w, (struct text_want){ .rate_milli = 1000, .parts = 1, .is_exempt = true }), 0);
    assert_int_equal(want(w, day), 0);
    day.parts = 1;
    assert_true(want(w, day) > 0); /* the last tenth is kept back */
    day.is_exempt = true;
    assert_int_equal(want(w, day), 0);
    day.is_exempt = false;
    day.day_start_ms = 6;
    assert_int_equal(want(w, day), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(numbers_belong_to_one_practice),
        TEST(a_text_goes_its_way),
        TEST(a_late_receipt_changes_nothing),
        TEST(the_urgent_go_first_and_once_is_once),
        TEST(no_yes_no_text),
        TEST(nothing_goes_late_or_by_a_stopped_number),
        TEST(what_was_lost_is_unknown_and_not_sent_again),
        TEST(parts_are_requests_of_their_own),
        TEST(a_stop_leaves_only_its_own_answer),
        TEST(restored_ones_are_unknown_for_good),
        TEST(the_cursor_moves_with_the_text),
        TEST(references_are_read_back),
        TEST(only_the_number_itself_comes_back),
        TEST(stop_is_confirmed_once_a_day_and_failures_age),
        TEST(a_text_comes_once),
        TEST(receipts_wait),
        TEST(numbers_stay_seven_days),
        TEST(a_line_has_one_question),
        TEST(costs_add_up),
        TEST(buckets_hold_back),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
