#include "gateway/intake/imap_role.h"

#include "base/log.h"
#include "base/text.h"
#include "gateway/home/fault.h"
#include "gateway/home/imap_login.h"
#include "gateway/home/process.h"
#include "gateway/home/wake.h"
#include "gateway/intake/imap_take.h"

#include <poll.h>
#include <unistd.h>

#define TICK_MS MS_MINUTE /* the node number is renewed while we wait */
#define BREATH_MS 200     /* between two looks of a server that always has news */
#define JUNK_NONE "none"
#define JUNK_AUTO "auto"

struct imap_role {
    struct home *home;
    const struct home_mailbox *box;
    const char *folders[IMAP_ROLE_FOLDERS_MAX];
    size_t folder_count;
    const char *junk; /* NULL: none, or not asked yet */
    struct imap *imap;
    struct wake_listener listener;
    struct imap_look look;
    int64_t poll_ms;     /* steady: when the other folders are due */
    int64_t pause_ms;    /* after the next trouble */
    int64_t troubled_ms; /* steady: since when; 0: all is well */
    bool may_have_fault; /* noted by us, or by whoever was here before us */
};

enum rc imap_role_folders(const struct home_mailbox *box, struct arena *mem,
                          const char *ret_names[IMAP_ROLE_FOLDERS_MAX], size_t *ret_n, struct err *err)
{
    const char *at = box->folders;
    size_t n = 0;

    while (*at) {
        const size_t len = strcspn(at, ",");
        const char *const name = text_clean_line(mem, at, len);

        if (*name && n == IMAP_ROLE_FOLDERS_MAX)
            return err_set(err, RC_INPUT, "[imap %s] folders: more than %d", box->name, IMAP_ROLE_FOLDERS_MAX);
        if (*name)
            ret_names[n++] = name;
        at += len + (at[len] == ',');
    }
    if (!n)
        return err_set(err, RC_INPUT, "[imap %s] folders names none", box->name);
    *ret_n = n;
    return RC_OK;
}

/* ---- looking ---- */

static enum rc look_into(struct imap_role *role, const char *folder, enum imap_take_from from, struct err *err)
{
    role->look.imap = role->imap;
    role->look.folder = folder;
    role->look.from = from;
    return imap_take_look(&role->look, err);
}

/* Until nothing is left: it stays selected, and is waited in. */
static enum rc look_first(struct imap_role *role, struct err *err)
{
    do {
        if (look_into(role, role->folders[0], IMAP_TAKE_ALL, err))
            return err->rc;
    } while (!process_must_stop() && (role->look.taken || !role->look.is_quiet));
    return RC_OK;
}

static enum rc find_junk(struct imap_role *role, struct err *err)
{
    const char *found;
    enum rc rc;

    if (text_equals(role->box->junk, JUNK_NONE))
        return RC_OK;
    if (!text_equals(role->box->junk, JUNK_AUTO)) {
        role->junk = role->box->junk;
        return RC_OK;
    }
    rc = imap_find_junk(role->imap, role->home->mem, &found, err);
    if (!rc && (!role->junk || strcmp(role->junk, found)))
        role->junk = found;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* One that does not exist is told, and keeps nobody from reading the rest. */
static enum rc look_aside(struct imap_role *role, struct err *err)
{
    for (size_t i = 1; i <= role->folder_count; i++) {
        const bool is_junk = i == role->folder_count;
        enum rc rc;

        if (is_junk && !role->junk)
            break;
        rc = look_into(role, is_junk ? role->junk : role->folders[i], is_junk ? IMAP_TAKE_TOKENS : IMAP_TAKE_ALL, err);
        if (rc == RC_NOT_FOUND)
            log_err("mailbox_folder_missing", err, KV(count, i));
        else if (rc)
            return rc;
    }
    role->poll_ms = clock_steady_ms() + role->box->poll_seconds * MS_SECOND;
    return RC_OK;
}

/* ---- waiting ---- */

static int64_t wait_ms(const struct imap_role *role)
{
    const bool has_others = role->folder_count > 1 || role->junk;
    int64_t ms = role->box->idle_seconds * MS_SECOND;
    const int64_t poll_ms = role->poll_ms - clock_steady_ms();

    if ((has_others || !imap_can_idle(role->imap)) && poll_ms < ms)
        ms = poll_ms;
    return ms > 0 ? ms : 0;
}

/* Renewing the node number is all that may not wait. */
static enum rc tick(struct imap_role *role, struct err *err)
{
    const enum rc rc = home_tick(role->home, err);

    return rc == RC_CONFLICT || clock_now_ms(clock_real()) >= role->home->node.until_ms ? rc : RC_OK;
}

/* Others tell every role of their work; only a change of settings ends our wait. */
static bool drain(struct imap_role *role)
{
    return wake_wait(&role->listener, -1, 0, process_waiting());
}

static enum rc wait_for_news(struct imap_role *role, struct err *err)
{
    const int64_t until_ms = clock_steady_ms() + wait_ms(role);
    bool has_news = false;

    if (imap_wait_begin(role->imap, err))
        return err->rc;
    while (!has_news && !process_must_stop()) {
        const int64_t left_ms = until_ms - clock_steady_ms();

        if (left_ms <= 0 || drain(role))
            break;
        has_news =
            imap_wait_on(role->imap, left_ms < TICK_MS ? left_ms : TICK_MS, role->listener.fd, process_waiting());
        if (tick(role, err))
            return err->rc;
    }
    if (has_news)
        poll(NULL, 0, BREATH_MS);
    return imap_wait_end(role->imap, err);
}

/* ---- trouble ---- */

static void drop(struct imap_role *role)
{
    imap_free(&role->imap);
}

static void be_well(struct imap_role *role)
{
    if (role->may_have_fault)
        fault_clear(role->home->path, FAULT_INTAKE);
    role->may_have_fault = false;
    role->troubled_ms = 0;
    role->pause_ms = IMAP_ROLE_PAUSE_MS;
}

static void note_trouble(struct imap_role *role, const struct err *err)
{
    const int64_t now_ms = clock_steady_ms();

    log_err("mailbox_failed", err, KV(ms, role->pause_ms));
    if (!role->troubled_ms)
        role->troubled_ms = now_ms;
    if (now_ms - role->troubled_ms < IMAP_ROLE_PATIENCE_MS)
        return;
    (void)fault_note(role->home->path, FAULT_INTAKE); /* serve pages when it lasts */
    role->may_have_fault = true;
}

/* Trouble with the mailbox or the store passes; without a node number no id may be made. */
static enum rc pause_after(struct imap_role *role, const struct err *why, struct err *err)
{
    int64_t until_ms = clock_steady_ms();

    drop(role);
    if (process_must_stop())
        return RC_OK;
    note_trouble(role, why);
    until_ms += role->pause_ms;
    role->pause_ms = 2 * role->pause_ms < IMAP_ROLE_PAUSE_MAX_MS ? 2 * role->pause_ms : IMAP_ROLE_PAUSE_MAX_MS;
    while (!process_must_stop() && clock_steady_ms() < until_ms) {
        const int64_t left_ms = until_ms - clock_steady_ms();

        wake_wait(&role->listener, -1, (int)(left_ms < TICK_MS ? left_ms : TICK_MS), process_waiting());
        if (tick(role, err))
            return err->rc;
    }
    return RC_OK;
}

/* ---- the loop ---- */

static enum rc be_connected(struct imap_role *role, struct err *err)
{
    if (role->imap)
        return RC_OK;
    if (imap_login(role->box, IMAP_LOGIN_TIMEOUT_MS, process_must_stop, &role->imap, err) || find_junk(role, err))
        return err->rc;
    log_info("mailbox_opened", KV_NAME(result, imap_can_idle(role->imap) ? "idle" : "poll"));
    role->poll_ms = 0;
    return RC_OK;
}

static enum rc one_round(struct imap_role *role, struct err *err)
{
    if (be_connected(role, err))
        return err->rc;
    if (clock_steady_ms() >= role->poll_ms && look_aside(role, err))
        return err->rc;
    if (look_first(role, err))
        return err->rc;
    be_well(role);
    return process_must_stop() ? RC_OK : wait_for_news(role, err);
}

static enum rc live(struct imap_role *role, struct err *err)
{
    while (!process_must_stop()) {
        struct err why;

        if (tick(role, err))
            return err->rc;
        if (one_round(role, &why) && pause_after(role, &why, err))
            return err->rc;
    }
    return RC_OK;
}

static void close_role(struct imap_role *role)
{
    imap_free(&role->imap);
    wake_close(&role->listener);
}

enum rc imap_role_run(struct home *home, int64_t worker, struct err *err)
{
    CLEANUP(close_role)
    struct imap_role role = {
        .home = home, .listener = WAKE_NONE, .pause_ms = IMAP_ROLE_PAUSE_MS, .may_have_fault = true
    };
    char name[WAKE_NAME_MAX];

    if (worker < 0 || (size_t)worker >= home->settings.mailbox_count)
        return err_set(err, RC_INPUT, "postcircle.ini has %zu [imap NAME]: --worker counts them from 0",
                       home->settings.mailbox_count);
    role.box = &home->settings.mailboxes[worker];
    role.look = (struct imap_look){ .home = home, .box = role.box };
    snprintf(name, sizeof name, "imap-%d", (int)worker);
    if (imap_role_folders(role.box, home->mem, role.folders, &role.folder_count, err) ||
        wake_listen(home->path, name, &role.listener, err))
        return err->rc;
    log_info("role_started", KV(pid, getpid()), KV(worker, worker));
    if (live(&role, err))
        return err->rc;
    log_info("role_stopped", KV(pid, getpid()), KV(worker, worker));
    return RC_OK;
}
