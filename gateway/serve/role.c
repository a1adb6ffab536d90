#include "gateway/serve/role.h"

#include "base/log.h"
#include "gateway/duty/distress.h"
#include "gateway/home/process.h"
#include "gateway/home/wake.h"
#include "gateway/intake/maildir_in.h"
#include "gateway/serve/role_work.h"
#include "store/due.h"

#include <unistd.h>

#define TURN_MS (2 * MS_SECOND) /* of real time, for one practice; what it has begun it ends */

struct place {
    struct role_gate *gate; /* NULL: free */
    struct practice_id practice;
    int64_t opened_ms, used_ms; /* steady */
};

struct role {
    struct home *home;
    enum role_kind kind;
    struct role_tools *tools;
    struct maildir_in *maildir; /* NULL: none is watched */
    struct distress *distress;  /* sort, urgent */
    bool is_ill;                /* a practice could not be worked on in this round */
    bool has_lost_node;         /* no id may be made any more: this process must end */
    struct place places[ROLE_GATES_MAX];
};

static const char *const role_names[] = { "sort", "clock", "urgent", "mail", "text", "lmtp", "imap", "web" };

enum fault role_fault(enum role_kind kind)
{
    static const enum fault faults[] = {
        [ROLE_SORT] = FAULT_SORT,   [ROLE_CLOCK] = FAULT_CLOCK, [ROLE_URGENT] = FAULT_URGENT, [ROLE_MAIL] = FAULT_MAIL,
        [ROLE_LMTP] = FAULT_INTAKE, [ROLE_IMAP] = FAULT_INTAKE, [ROLE_TEXT] = FAULT_TEXT,     [ROLE_WEB] = FAULT_INTAKE
    };

    return faults[kind];
}

const char *role_name(enum role_kind kind)
{
    return kind < COUNT_OF(role_names) ? role_names[kind] : "unknown";
}

enum rc role_find(const char *name, enum role_kind *ret_kind, struct err *err)
{
    for (enum role_kind kind = 0; kind < COUNT_OF(role_names); kind++)
        if (!strcmp(name, role_names[kind])) {
            *ret_kind = kind;
            return RC_OK;
        }
    return err_set(err, RC_NOT_FOUND,
                   "there is no such role; the roles are sort, clock, urgent, mail, text, lmtp, imap and web");
}

/* ---- gates that stay open a while ---- */

static void free_place(struct place *place)
{
    role_gate_close(&place->gate);
    *place = (struct place){ 0 };
}

static void drop_gates(struct role *role)
{
    for (size_t i = 0; i < ROLE_GATES_MAX; i++)
        free_place(&role->places[i]);
}

/* The practice's own place, else a free one, else the one that was not used for longest. */
static struct place *find_place(struct role *role, struct practice_id practice)
{
    struct place *best = &role->places[0];

    for (size_t i = 0; i < ROLE_GATES_MAX; i++) {
        struct place *const p = &role->places[i];

        if (p->gate && p->practice.v == practice.v)
            return p;
        if (best->gate && (!p->gate || p->used_ms < best->used_ms))
            best = p;
    }
    if (best->gate)
        free_place(best);
    return best;
}

static enum rc get_gate(struct role *role, struct practice_id practice, struct role_gate **ret_gate, struct err *err)
{
    struct place *const p = find_place(role, practice);
    const int64_t now_ms = clock_steady_ms();
    bool is_fresh = p->gate && now_ms - p->opened_ms < ROLE_GATE_AGE_MS;

    if (is_fresh && keys_is_fresh(role->home->db, role_gate_ring(p->gate), &is_fresh, err))
        return err->rc;
    if (!is_fresh) {
        free_place(p);
        if (role_gate_open(role->tools, practice, &p->gate, err))
            return err->rc;
        p->practice = practice;
        p->opened_ms = now_ms;
    }
    p->used_ms = now_ms;
    *ret_gate = p->gate;
    return RC_OK;
}

/* ---- opening ---- */

void role_close(struct role **role)
{
    if (!*role)
        return;
    drop_gates(*role);
    maildir_in_close(&(*role)->maildir);
    role_tools_free(&(*role)->tools);
    distress_free(&(*role)->distress);
    free(*role);
    *role = NULL;
}

enum rc role_open(struct home *home, enum role_kind kind, struct role **ret_role, struct err *err)
{
    CLEANUP(role_close) struct role *role = calloc(1, sizeof *role);

    if (!role)
        abort();
    role->home = home;
    role->kind = kind;
    if (kind == ROLE_SORT && *home->settings.receive_maildir &&
        maildir_in_open(home->settings.receive_maildir, &role->maildir, err))
        return err_wrap(err, "[receive] maildir");
    if (kind == ROLE_SORT || kind == ROLE_URGENT)
        role->distress = distress_new(home->path);
    if (role_tools_new(home, kind, role->distress, &role->tools, err))
        return err_wrap(err, "role %s", role_name(kind));
    *ret_role = MOVE(role);
    return RC_OK;
}

bool role_is_busy(const struct role *role)
{
    return role_tools_are_busy(role->tools);
}

/* ---- working ---- */

static enum rc tick(struct role *role, struct err *err)
{
    const enum rc rc = home_tick(role->home, err);

    role->has_lost_node |= rc == RC_CONFLICT;
    return rc;
}

/* Mail, pages and jobs of one batch leave while the next is sorted. */
static void tell_others(const struct role *role)
{
    if (role->kind == ROLE_SORT || role->kind == ROLE_CLOCK || role->kind == ROLE_TEXT)
        wake_all(role->home->path, WAKE_WORK);
}

/* One practice until nothing is left of it (*ret_more false), until its turn ends, or until somebody asks to stop: one whose work is slow (a Zoom that
 * takes its time) keeps neither other practices waiting nor, in work --once, other roles. */
static enum rc work_on(struct role *role, struct practice_id practice, size_t *did, bool *ret_more, struct err *err)
{
    const int64_t end_ms = clock_steady_ms() + TURN_MS;
    struct role_gate *gate = NULL;
    size_t n = 1;

    *ret_more = false;
    while (n && !process_must_stop()) {
        if (tick(role, err) || get_gate(role, practice, &gate, err) || role_gate_work(gate, &n, err))
            return err_wrap(err, "practice %" PRId64, practice.v);
        *did += n;
        if (n)
            tell_others(role);
        *ret_more = n && clock_steady_ms() >= end_ms;
        if (*ret_more)
            return RC_OK;
    }
    return RC_OK;
}

static enum rc scan_maildir(struct role *role, size_t *did, struct err *err)
{
    size_t n = 1;

    while (role->maildir && n && !process_must_stop()) {
        if (maildir_in_scan(role->maildir, role->home, &n, err))
            return err_wrap(err, "watched Maildir");
        *did += n;
    }
    return RC_OK;
}

enum rc role_round(struct role *role, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("role_round");
    struct practice_id *ids;
    size_t n, did = 0;
    struct err why;
    bool ignored; /* it comes again: did tells */
    enum rc first;

    first = scan_maildir(role, &did, err);
    if (practice_list(role->home->db, mem, &ids, &n, &why)) {
        *err = why;
        return why.rc;
    }
    for (size_t i = 0; i < n; i++)
        if (work_on(role, ids[i], &did, &ignored, &why) && !first) {
            first = why.rc;
            *err = why;
        }
    *ret_did = did;
    return first;
}

/* ---- running ---- */

/* Mail workers share one line: what one of them is sending is leased row by row. */
static enum due_role line_of(enum role_kind kind)
{
    return kind == ROLE_SORT ? DUE_SORT : kind == ROLE_CLOCK ? DUE_CLOCK : kind == ROLE_TEXT ? DUE_TEXT : DUE_MAIL;
}

/* Every practice stands in line: at the start (a role that was killed gives back its turns so) and after a reload (there may be new ones). */
static enum rc join_line(struct role *role, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("join_line");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = clock_now_ms(clock_real());
    struct db *const db = role->home->db;
    struct practice_id *ids;
    size_t n;

    if (db_begin(db, &tx, err) || practice_list(db, mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (due_wake_practice(db, line_of(role->kind), ids[i], now_ms, err))
            return err->rc;
    return db_commit(&tx, err);
}

static enum rc take_turn(struct role *role, int64_t now_ms, struct practice_id *ret_practice, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct db *const db = role->home->db;

    if (db_begin(db, &tx, err) || due_take_practice(db, line_of(role->kind), now_ms, ret_practice, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc end_turn(struct role *role, struct practice_id practice, int64_t taken_ms, int64_t rest_ms,
                        bool has_sorted, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct db *const db = role->home->db;
    const int64_t now_ms = clock_now_ms(clock_real());

    if (db_begin(db, &tx, err) || due_rest_practice(db, line_of(role->kind), practice, taken_ms, now_ms + rest_ms, err))
        return err->rc;
    if (has_sorted && due_wake_practice(db, DUE_CLOCK, practice, now_ms, err)) /* it may have made jobs */
        return err->rc;
    return db_commit(&tx, err);
}

/* A failure of one practice is told and keeps nobody else waiting. */
static enum rc serve_turn(struct role *role, struct practice_id practice, int64_t taken_ms, size_t *did,
                          struct err *err)
{
    const size_t before = *did;
    bool has_more;
    const enum rc rc = work_on(role, practice, did, &has_more, err);
    const bool has_sorted = role->kind == ROLE_SORT && *did > before;

    if (role->has_lost_node)
        return rc;
    role->is_ill |= rc != RC_OK;
    if (rc)
        log_err("practice_failed", err, KV(practice, practice.v));
    return end_turn(role, practice, taken_ms, rc ? ROLE_REST_MS : has_more ? 0 : WAKE_TICK_MS, has_sorted, err);
}

static enum rc walk_line(struct role *role, size_t *did, struct err *err)
{
    struct practice_id practice;
    const int64_t start_ms = clock_now_ms(clock_real());
    enum rc rc = RC_OK;

    while (!process_must_stop() && !(rc = take_turn(role, start_ms, &practice, err)))
        if (serve_turn(role, practice, start_ms, did, err))
            return err->rc;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Mail: several workers may serve one practice at a time, so nobody takes a turn away from the others. */
static enum rc walk_all(struct role *role, size_t *did, struct err *err)
{
    const enum rc rc = role_round(role, did, err);

    if (role->has_lost_node)
        return rc;
    role->is_ill |= rc != RC_OK;
    if (rc)
        log_err("practice_failed", err, KV_NAME(role, role_name(role->kind)));
    return RC_OK;
}

/* The earliest due time of the open gates, at most the tick. */
static int rest_ms(const struct role *role)
{
    int64_t least = WAKE_TICK_MS;

    for (size_t i = 0; i < ROLE_GATES_MAX; i++)
        if (role->places[i].gate)
            least = role_gate_wait_ms(role->places[i].gate, least);
    return (int)least;
}

static enum rc run_once(struct role *role, size_t *did, struct err *err)
{
    if (role->kind == ROLE_URGENT || role->kind == ROLE_MAIL || role->kind == ROLE_TEXT)
        return walk_all(role, did, err);
    if (scan_maildir(role, did, err)) /* the folder may come back; what is stored already goes on */
        log_err("maildir_failed", err);
    return walk_line(role, did, err);
}

/* ---- what does not work ---- */

/* One letter that cannot be rendered keeps the clock's round from ending well, for days: no reason to wake anybody. What keeps mail from being read or
 * alarms from leaving is. */
static bool is_vital(enum role_kind kind)
{
    return kind == ROLE_SORT || kind == ROLE_URGENT;
}

static void note(const struct role *role, enum fault fault, bool is_ill)
{
    if (is_ill)
        distress_note(role->distress, role->home->path, fault);
    else
        fault_clear(role->home->path, fault);
}

/* After each round: what the role has found, kept where the database is not needed; and a page from memory when it lasts. */
static void tell_faults(struct role *role, bool is_ill)
{
    const int64_t faults = role_tools_faults(role->tools), watched = role_tools_watched(role->tools);

    note(role, role_fault(role->kind), is_ill);
    for (enum fault f = 0; f < FAULT_COUNT; f++)
        if (watched >> f & 1)
            note(role, f, faults >> f & 1);
    if (role->kind == ROLE_SORT)
        note(role, FAULT_DISK, fault_is_disk_full(role->home->path));
    if (role->distress)
        distress_look(role->distress);
}

/* The database is back: what was paged without it comes into the log of every practice. */
static enum rc audit_faults(struct role *role, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("audit_faults");
    struct practice_id *ids;
    size_t n;
    int64_t faults = 0;
    const int64_t calls = role->kind == ROLE_CLOCK ? fault_calls_to_audit(role->home->path, &faults) : 0;

    if (!calls)
        return RC_OK;
    if (practice_list(role->home->db, mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct role_gate *gate = NULL;

        if (get_gate(role, ids[i], &gate, err) || role_gate_audit_faults(gate, calls, faults, err))
            return err->rc;
    }
    fault_audited(role->home->path, calls);
    return RC_OK;
}

static enum rc live(struct role *role, const struct wake_listener *listener, struct err *err)
{
    const int watch = role->maildir ? maildir_in_fd(role->maildir) : -1;

    while (!process_must_stop()) {
        size_t did = 0;

        role->is_ill = false;
        if (tick(role, err) || run_once(role, &did, err) || audit_faults(role, err)) {
            tell_faults(role, true);
            return err->rc;
        }
        tell_faults(role, role->is_ill && is_vital(role->kind));
        if (did) {
            tell_others(role);
        } else if (wake_wait(listener, watch, rest_ms(role), process_waiting()) || process_must_reload()) {
            drop_gates(role);
            if (join_line(role, err))
                return err->rc;
        }
    }
    return RC_OK;
}

enum rc role_run(struct role *role, int worker, struct err *err)
{
    CLEANUP(wake_close) struct wake_listener listener = WAKE_NONE;
    char name[WAKE_NAME_MAX];

    snprintf(name, sizeof name, role->kind == ROLE_MAIL ? "%s-%d" : "%s", role_name(role->kind), worker);
    if (wake_listen(role->home->path, name, &listener, err) || join_line(role, err))
        return err->rc;
    log_info("role_started", KV(pid, getpid()), KV(worker, worker));
    if (live(role, &listener, err))
        return err->rc;
    log_info("role_stopped", KV(pid, getpid()), KV(worker, worker));
    return RC_OK;
}
