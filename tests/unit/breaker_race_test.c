/* Two mail workers at one moment: what each finds is counted, and neither waits for the other for ever. On SQLite the second waits at its first statement; on
 * PostgreSQL (make postgres) at the row that the first holds. */
#include "circle_help.h"

#include "gateway/digest/breaker.h"
#include "gateway/practice/record.h"

#include <sys/wait.h>

struct other {
    pid_t pid;
    int go;
};

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

/* A connection does not go through a fork: both open one of their own. */
static struct other begin_other(struct circle *c, void (*work)(struct circle *c, int go, void *what), void *what)
{
    struct other o;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    db_close(&c->home->db);
    o.pid = fork();
    assert_true(o.pid >= 0);
    c->g.h.db = c->g.gate.store.db = c->home->db = help_open(&c->g.h);
    if (o.pid == 0) {
        id_source_init(&c->g.ids, 3);
        work(c, ends[0], what);
        _exit(0);
    }
    close(ends[0]);
    o.go = ends[1];
    return o;
}

static void let_go(const struct other *o)
{
    assert_int_equal(write(o->go, "g", 1), 1);
    usleep(300000);
}

static void end_other(const struct other *o)
{
    int status;

    assert_int_equal(waitpid(o->pid, &status, 0), o->pid);
    close(o->go);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect(bool is, int code)
{
    if (!is)
        _exit(code);
}

/* --- counting ---------------------------------------------------------------------------------------------------------------------- */

static void count_sam(struct circle *c, int go, void *what)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;
    bool is_open;
    char g;

    (void)what;
    expect(read(go, &g, 1) == 1 && !db_begin(c->g.gate.store.db, &tx, &err), 1);
    expect(!breaker_count(&c->g.gate, c->g.group.id, c->sam.person, &is_open, &err), 2);
    expect(!db_commit(&tx, &err), 3);
    expect(is_open, 4); /* the third, with the two of the other */
}

static void what_two_workers_find_is_counted(void **state)
{
    struct circle *c = *state;
    const struct other other = begin_other(c, count_sam, NULL);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;
    bool is_open;

    HELP_OK(db_begin(c->g.gate.store.db, &tx, &err));
    HELP_OK(breaker_count(&c->g.gate, c->g.group.id, c->maria.person, &is_open, &err));
    HELP_OK(breaker_count(&c->g.gate, c->g.group.id, c->rose.person, &is_open, &err));
    assert_false(is_open);
    let_go(&other);
    HELP_OK(db_commit(&tx, &err));
    end_other(&other);
    HELP_OK(breaker_is_open(&c->g.gate, c->g.group.id, &is_open, &err));
    assert_true(is_open);
}

/* --- locks ------------------------------------------------------------------------------------------------------------------------- */

struct held {
    int64_t lease;
    struct delivery *rows;
    size_t n;
};

static struct held send_batch(struct circle *c)
{
    struct held h = { 0 };
    struct err err;

    circle_published(c, c->maria, "Soup for all.");
    home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_DAY);
    for (size_t did = 1; did;)
        HELP_OK(clock_work(&c->g.gate, &did, &err));
    CIRCLE_TX(c, HELP_OK(delivery_claim(&c->g.gate.store, LANE_DIGEST, LANE_DIGEST, DELIVERY_BATCH_MAX, MS_HOUR, c->mem,
                                        &h.lease, &h.rows, &h.n, &err)));
    CIRCLE_TX(c, HELP_OK(delivery_begin_send(&c->g.gate.store, h.lease, h.rows, &h.n, &err)));
    assert_true(h.n >= 2);
    return h;
}

static enum rc record(struct circle *c, const struct held *h, size_t i, struct err *err)
{
    struct delivery_outcome o = { .id = h->rows[i].id, .result = DELIVERY_LATER, .attempt = 1, .code = 451 };

    return delivery_record(&c->g.gate.store, h->lease, MS_HOUR, &o, 1, err);
}

static void put_off(struct circle *c, int go, void *what)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct held *const h = what;
    struct err err;
    int64_t n = 0;
    char g;

    expect(read(go, &g, 1) == 1 && !db_begin(c->g.gate.store.db, &tx, &err), 1);
    expect(!delivery_put_off_group(&c->g.gate.store, c->g.group.id, &n, &err), 2);
    expect(!db_commit(&tx, &err), 3);
    expect(n == (int64_t)h->n, 4); /* those that the worker was writing too */
}

/* A worker writes what became of its letters while they are put off. */
static void what_a_worker_is_writing_waits_too(void **state)
{
    struct circle *c = *state;
    struct held h = send_batch(c);
    const struct other other = begin_other(c, put_off, &h);
    struct err err;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    HELP_OK(db_begin(c->g.gate.store.db, &tx, &err));
    HELP_OK(record(c, &h, h.n - 1, &err));
    let_go(&other);
    for (size_t i = h.n - 1; i-- > 0;)
        HELP_OK(record(c, &h, i, &err));
    HELP_OK(db_commit(&tx, &err));
    end_other(&other);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 1 AND due_ms >= 9007199254740992"),
                     h.n);
}

/* Two rows of the batch, of members of whom the second is the older. */
static void two_members(const struct held *h, const struct delivery **ret_new, const struct delivery **ret_old)
{
    const struct delivery *a = &h->rows[0], *b = &h->rows[1];

    assert_true(a->membership.v && b->membership.v && a->membership.v != b->membership.v && a->to_seq && b->to_seq);
    *ret_new = a->membership.v > b->membership.v ? a : b;
    *ret_old = *ret_new == a ? b : a;
}

static enum rc accepted(struct circle *c, const struct held *h, const struct delivery *first,
                        const struct delivery *second, struct err *err)
{
    struct delivery_outcome both[] = { { .id = first->id, .result = DELIVERY_ACCEPTED, .attempt = 1 },
                                       { .id = second->id, .result = DELIVERY_ACCEPTED, .attempt = 1 } };

    return delivery_record(&c->g.gate.store, h->lease, MS_HOUR, both, COUNT_OF(both), err);
}

static void pause_one(struct circle *c, struct membership_id id, int code)
{
    struct membership m;
    struct err err;

    expect(!membership_get(&c->g.gate.store, id, c->mem, &m, &err), code);
    m.state = MEMBER_PAUSED;
    expect(!membership_change(&c->g.gate.store, &m, MEMBER_ACTIVE, &err), code + 1);
}

/* As STOP does: the row of a member, and then the record. */
static void change_and_record(struct circle *c, int go, void *what)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct delivery *young, *old;
    struct err err;
    char g;

    two_members(what, &young, &old);
    expect(read(go, &g, 1) == 1 && !db_begin(c->g.gate.store.db, &tx, &err), 1);
    pause_one(c, old->membership, 2);
    expect(!audit_lock(&c->g.gate.store, &err) && !db_commit(&tx, &err), 4);
}

/* A worker holds the record, because one of its letters was put off, and moves the cursor of who says STOP. */
static void a_worker_and_a_stop_take_their_locks_in_one_order(void **state)
{
    struct circle *c = *state;
    struct held h = send_batch(c);
    const struct other other = begin_other(c, change_and_record, &h);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct delivery *young, *old;
    struct err err;

    two_members(&h, &young, &old);
    HELP_OK(db_begin(c->g.gate.store.db, &tx, &err));
    HELP_OK(audit_lock(&c->g.gate.store, &err));
    let_go(&other);
    HELP_OK(accepted(c, &h, young, old, &err));
    HELP_OK(db_commit(&tx, &err));
    end_other(&other);
}

/* STOP ends memberships in the order of their ids. */
static void change_two(struct circle *c, int go, void *what)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct delivery *young, *old;
    struct err err;
    char g;

    two_members(what, &young, &old);
    expect(read(go, &g, 1) == 1 && !db_begin(c->g.gate.store.db, &tx, &err), 1);
    pause_one(c, old->membership, 2);
    usleep(800000);
    pause_one(c, young->membership, 4);
    expect(!db_commit(&tx, &err), 6);
}

static void cursors_move_in_the_order_of_members(void **state)
{
    struct circle *c = *state;
    struct held h = send_batch(c);
    const struct other other = begin_other(c, change_two, &h);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct delivery *young, *old;
    struct err err;

    two_members(&h, &young, &old);
    let_go(&other);
    HELP_OK(db_begin(c->g.gate.store.db, &tx, &err));
    HELP_OK(accepted(c, &h, young, old, &err));
    HELP_OK(db_commit(&tx, &err));
    end_other(&other);
}

/* Takes the lock of the record, and then wants the letters that the other is sending. */
static void trip_slowly(struct circle *c, int go, void *what)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t people[] = { c->maria.person.v, c->rose.person.v, c->sam.person.v };
    struct err err;
    bool is_open;
    char g;

    (void)what;
    expect(read(go, &g, 1) == 1 && !db_begin(c->g.gate.store.db, &tx, &err), 1);
    expect(!audit_lock(&c->g.gate.store, &err), 2);
    usleep(800000);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        expect(!breaker_count(&c->g.gate, c->g.group.id, (struct person_id){ people[i] }, &is_open, &err), 3);
    expect(is_open && !db_commit(&tx, &err), 4);
}

static const struct other *waiting;

static enum rc refuse(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                      void *done_ctx, struct err *err)
{
    const struct transport_result refused = { .outcome = TRANSPORT_FAILED, .code = 554, .enhanced = { 5, 7, 1 } };

    (void)ctx;
    (void)wires;
    (void)err;
    if (waiting)
        let_go(waiting);
    waiting = NULL;
    for (size_t i = 0; i < count; i++)
        done(done_ctx, i, &refused);
    return RC_OK;
}

static void a_worker_and_a_breaker_take_their_locks_in_one_order(void **state)
{
    struct circle *c = *state;
    const struct transport relay = { circle_open, refuse, circle_nothing, circle_nothing, c, NULL };
    struct other other;
    struct err err;
    size_t did = 0;

    circle_published(c, c->maria, "Soup for all.");
    home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_DAY);
    for (did = 1; did;)
        HELP_OK(clock_work(&c->g.gate, &did, &err));
    other = begin_other(c, trip_slowly, NULL);
    waiting = &other;
    HELP_OK(mail_run_once(&c->g.gate, &relay, &MAIL_ALL, &did, &err));
    end_other(&other);
    assert_true(did > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_two_workers_find_is_counted, start, stop),
        cmocka_unit_test_setup_teardown(what_a_worker_is_writing_waits_too, start, stop),
        cmocka_unit_test_setup_teardown(a_worker_and_a_stop_take_their_locks_in_one_order, start, stop),
        cmocka_unit_test_setup_teardown(cursors_move_in_the_order_of_members, start, stop),
        cmocka_unit_test_setup_teardown(a_worker_and_a_breaker_take_their_locks_in_one_order, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
