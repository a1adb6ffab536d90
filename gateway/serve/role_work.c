#include "gateway/serve/role_work.h"

#include "gateway/duty/urgent_work.h"
#include "gateway/home/fault.h"
#include "gateway/home/program.h"
#include "gateway/practice/mail_relay.h"
#include "gateway/practice/record.h"
#include "gateway/send/mail_role.h"
#include "gateway/serve/clock_work.h"
#include "gateway/sort/sort.h"
#include "gateway/text/text_send.h"
#include "gateway/text/text_work.h"
#include "gateway/triage/triage_files.h"
#include "store/text_in.h"

#define SORT_BATCH 16

struct role_tools {
    struct home *home;
    enum role_kind kind;
    struct sandbox *sandbox;      /* sort */
    struct triage_watch lists;    /* sort, text */
    struct program_set *programs; /* urgent */
    struct distress *distress;    /* sort, urgent: the role's, told what there is to know; NULL: nobody wants to know */
    bool is_reader_doubted;       /* sort: it failed with a letter, and nothing has been read since */
    bool is_relay_failing;        /* urgent */
};

struct role_gate {
    struct role_tools *tools;
    struct gate gate;
    bool is_open;
    struct transport relay; /* mail */
    struct mail_worker *mail;
    struct text_worker *text; /* text, urgent */
};

/* ---- tools ---- */

void role_tools_free(struct role_tools **tools)
{
    if (!*tools)
        return;
    sandbox_free(&(*tools)->sandbox);
    triage_files_close(&(*tools)->lists);
    program_set_free(&(*tools)->programs);
    free(*tools);
    *tools = NULL;
}

enum rc role_tools_new(struct home *home, enum role_kind kind, struct distress *distress, struct role_tools **ret_tools,
                       struct err *err)
{
    CLEANUP(role_tools_free) struct role_tools *tools = calloc(1, sizeof *tools);

    if (!tools)
        abort();
    tools->home = home;
    tools->kind = kind;
    tools->distress = distress;
    if (kind == ROLE_URGENT)
        tools->programs = program_set_new();
    if (kind == ROLE_SORT)
        tools->sandbox = sandbox_new(SANDBOX_READER, NULL, (int)(home->settings.parser_seconds * MS_SECOND));
    if (kind == ROLE_SORT && triage_files_open(home->path, &tools->lists, err))
        return err_wrap(err, "word lists");
    *ret_tools = MOVE(tools);
    return RC_OK;
}

/* ---- one practice ---- */

void role_gate_close(struct role_gate **gate)
{
    if (!*gate)
        return;
    mail_worker_free(&(*gate)->mail);
    text_worker_free(&(*gate)->text);
    transport_free(&(*gate)->relay);
    if ((*gate)->is_open)
        gate_close(&(*gate)->gate);
    free(*gate);
    *gate = NULL;
}

static enum rc open_mail(struct role_gate *g, struct err *err)
{
    const struct mail_lanes urgent = MAIL_URGENT, others = MAIL_OTHERS;

    if (mail_relay(&g->gate, &g->relay, err))
        return err_wrap(err, "relay");
    g->mail = mail_worker_new(&g->gate, &g->relay, g->tools->kind == ROLE_MAIL ? &others : &urgent);
    return RC_OK;
}

static enum rc prepare(struct role_gate *g, struct err *err)
{
    switch (g->tools->kind) {
    case ROLE_CLOCK:
        return clock_begin(&g->gate, err);
    case ROLE_MAIL:
        return open_mail(g, err);
    case ROLE_TEXT:
        g->text = text_worker_new(&g->gate, TEXT_OTHERS);
        return RC_OK;
    case ROLE_URGENT:
        g->text = text_worker_new(&g->gate, TEXT_URGENT);
        return RC_OK;
    default:
        return RC_OK;
    }
}

enum rc role_gate_open(struct role_tools *tools, struct practice_id practice, struct role_gate **ret_gate,
                       struct err *err)
{
    CLEANUP(role_gate_close) struct role_gate *g = calloc(1, sizeof *g);

    if (!g)
        abort();
    g->tools = tools;
    if (gate_open(tools->home, practice, &g->gate, err))
        return err->rc;
    g->is_open = true;
    if (tools->distress)
        distress_learn(tools->distress, &g->gate);
    if (prepare(g, err))
        return err->rc;
    *ret_gate = MOVE(g);
    return RC_OK;
}

enum rc role_gate_audit_faults(struct role_gate *g, int64_t calls, int64_t faults, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("audit_faults");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct audit_who rule = record_rule();
    const char *what = arena_printf(mem, "%" PRId64 ":", calls);

    for (enum fault f = 0; f < FAULT_COUNT; f++)
        if (faults >> f & 1)
            what = arena_printf(mem, "%s %s", what, fault_name(f));
    if (db_begin(g->gate.store.db, &tx, err) ||
        record_act(&g->gate, &rule, AUDIT_FAULT_CALLED, AUDIT_ITEM_PRACTICE, g->gate.store.practice.v, NULL, what, err))
        return err->rc;
    return db_commit(&tx, err);
}

const struct keyring *role_gate_ring(const struct role_gate *gate)
{
    return gate->gate.store.ring;
}

/* A letter that anybody can read: who dies of it is ill. */
static bool can_read(struct sandbox *sandbox)
{
    static const char mail[] = "From: a@example.org\r\nTo: b@example.org\r\nSubject: test\r\n\r\nHello.\r\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("can_read");
    const struct authres_trust nobody = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    struct sandbox_bytes bytes = { mail, sizeof mail - 1 };
    const struct sandbox_source source = sandbox_from_bytes(&bytes);
    struct letter letter;
    struct err ignored;

    return sandbox_parse(sandbox, &source, &nobody, mem, &letter, &ignored) == RC_OK;
}

int64_t role_tools_watched(const struct role_tools *tools)
{
    return tools->kind == ROLE_SORT     ? INT64_C(1) << FAULT_READER
           : tools->kind == ROLE_URGENT ? INT64_C(1) << FAULT_RELAY
                                        : 0;
}

int64_t role_tools_faults(struct role_tools *tools)
{
    if (tools->is_reader_doubted)
        tools->is_reader_doubted = !can_read(tools->sandbox);
    return (tools->is_reader_doubted ? INT64_C(1) << FAULT_READER : 0) |
           (tools->is_relay_failing ? INT64_C(1) << FAULT_RELAY : 0);
}

bool role_tools_are_busy(const struct role_tools *tools)
{
    return tools->programs && program_is_running(tools->programs);
}

/* The word lists, which only a text that came needs: a house without texts reads them in its sort role alone. */
static enum rc ready_lists(struct role_gate *g, struct err *err)
{
    bool is_waiting;

    if (g->tools->lists.lexicon) {
        triage_files_refresh(&g->tools->lists);
        return RC_OK;
    }
    if (text_in_is_waiting(&g->gate.store, &is_waiting, err))
        return err->rc;
    return is_waiting && triage_files_open(g->tools->home->path, &g->tools->lists, err) ? err_wrap(err, "word lists")
                                                                                        : RC_OK;
}

/* What came by text, and what leaves by it; what leaves waits for nothing that cannot be understood. */
static enum rc work_text(struct role_gate *g, size_t *ret_did, struct err *err)
{
    size_t sent, came;

    if (text_worker_step(g->text, &sent, err) || text_worker_poll(g->text, &came, err) || ready_lists(g, err) ||
        text_work(&g->gate, g->tools->lists.lexicon, ret_did, err))
        return err->rc;
    *ret_did += sent + came;
    return RC_OK;
}

/* Calls and the program do not need the relay: they go on when nothing can be sent; texts neither. */
static enum rc work_urgent(struct role_gate *g, size_t *ret_did, struct err *err)
{
    size_t sent = 0, texts = 0;
    const enum rc rc = urgent_work(&g->gate, g->tools->programs, ret_did, err);

    if (rc || text_worker_step(g->text, &texts, err))
        return err->rc;
    *ret_did += texts;
    if (!g->mail && open_mail(g, err)) {
        g->tools->is_relay_failing = true;
        return err->rc;
    }
    if (mail_worker_step(g->mail, &sent, err))
        return err->rc;
    g->tools->is_relay_failing = mail_worker_relay_failures(g->mail) > 0;
    *ret_did += sent;
    return RC_OK;
}

static enum rc work_sort(struct role_gate *g, size_t *ret_did, struct err *err)
{
    struct sorter sorter = { .gate = &g->gate,
                             .sandbox = g->tools->sandbox,
                             .lists = g->tools->lists.hash,
                             .held = g->tools->lists.held,
                             .held_line = g->tools->lists.held_line };
    enum rc rc;

    triage_files_refresh(&g->tools->lists);
    sorter.lexicon = g->tools->lists.lexicon;
    rc = sort_run(&sorter, SORT_BATCH, ret_did, err);

    g->tools->is_reader_doubted = sorter.unread || (g->tools->is_reader_doubted && !*ret_did);
    return rc;
}

enum rc role_gate_work(struct role_gate *g, size_t *ret_did, struct err *err)
{
    switch (g->tools->kind) {
    case ROLE_SORT:
        return work_sort(g, ret_did, err);
    case ROLE_CLOCK:
        return clock_work(&g->gate, ret_did, err);
    case ROLE_URGENT:
        return work_urgent(g, ret_did, err);
    case ROLE_TEXT:
        return work_text(g, ret_did, err);
    default:
        return mail_worker_step(g->mail, ret_did, err);
    }
}

int64_t role_gate_wait_ms(struct role_gate *g, int64_t most_ms)
{
    int64_t ms = most_ms;
    struct err err;

    if (g->mail && mail_worker_wait_ms(g->mail, most_ms, &ms, &err))
        return most_ms;
    if (g->text && text_worker_wait_ms(g->text, ms < most_ms ? ms : most_ms, &ms, &err))
        return most_ms;
    return ms < most_ms ? ms : most_ms;
}
