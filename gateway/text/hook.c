#include "gateway/text/hook.h"

#include "base/log.h"
#include "base/text.h"
#include "gateway/text/text_take.h"
#include "store/text_account.h"

#define COUNT_MS (10 * MS_SECOND)
#define HOOKS_MAX 32

struct hook {
    struct gate *gate; /* NULL: free */
    struct text_provider provider;
    int64_t refused;
    int64_t heard_ms; /* steady: last written down */
};

struct hooks {
    struct gates *gates;
    struct hook of[HOOKS_MAX];
    int64_t counted_ms; /* steady */
};

struct hooks *hooks_new(struct gates *gates)
{
    struct hooks *const hooks = calloc(1, sizeof *hooks);

    if (!hooks)
        abort();
    hooks->gates = gates;
    hooks->counted_ms = clock_steady_ms();
    return hooks;
}

void hooks_free(struct hooks **hooks)
{
    free(*hooks);
    *hooks = NULL;
}

void hooks_refresh(struct hooks *hooks)
{
    for (size_t i = 0; i < HOOKS_MAX; i++)
        if (hooks->of[i].gate && !gates_is_open(hooks->gates, hooks->of[i].gate))
            hooks->of[i] = (struct hook){ .gate = NULL };
}

/* ---- whose it is ---- */

static bool read_path(const char *path, struct arena *mem, int64_t *ret_practice, int64_t *ret_account)
{
    const char *const practice = path + strlen("/text/");
    const char *slash;
    struct err ignored;

    if (!text_starts(path, "/text/") || strlen(path) > 64)
        return false;
    slash = strchr(practice, '/');
    return slash &&
           !text_to_int(arena_strndup(mem, practice, (size_t)(slash - practice)), 1, INT64_MAX, ret_practice,
                        &ignored) &&
           !text_to_int(slash + 1, 1, INT64_MAX, ret_account, &ignored);
}

static enum rc account_of(struct hooks *hooks, struct gate *gate, int64_t account, struct hook **ret, struct err *err)
{
    struct hook *free_one = NULL;

    for (size_t i = 0; i < HOOKS_MAX; i++) {
        struct hook *const h = &hooks->of[i];

        if (h->gate == gate && h->provider.account.id.v == account) {
            *ret = h;
            return RC_OK;
        }
        if (!h->gate && !free_one)
            free_one = h;
    }
    if (!free_one)
        return err_set(err, RC_TEMP, "too many accounts at a time");
    if (text_provider_open(gate, (struct text_account_id){ account }, gate->mem, &free_one->provider, err))
        return err->rc;
    if (!*free_one->provider.hook || free_one->provider.account.state == TEXT_GIVEN_UP)
        return err_set(err, RC_NOT_FOUND, "no hook");
    free_one->gate = gate;
    *ret = free_one;
    return RC_OK;
}

enum rc hook_open(struct hooks *hooks, const struct hook_call *call, struct hook **ret_hook, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("hook");
    int64_t practice, account;
    struct gate *gate = NULL;
    struct hook *hook = NULL;
    struct sms_hook signed_call;
    enum rc rc;

    if (!read_path(call->path, mem, &practice, &account))
        return err_set(err, RC_NOT_FOUND, "no hook");
    if (gates_of(hooks->gates, (struct practice_id){ practice }, &gate, err) ||
        account_of(hooks, gate, account, &hook, err))
        return err->rc;
    signed_call = (struct sms_hook){ .method = call->method,
                                     .url = *call->query ? arena_printf(mem, "%s?%s", hook->provider.hook, call->query)
                                                         : hook->provider.hook,
                                     .headers = call->headers,
                                     .header_count = call->header_count,
                                     .body = call->body,
                                     .body_len = call->body_len,
                                     .now_ms = clock_now_ms(clock_real()) };
    rc = provider_check_hook(hook->provider.p, hook->provider.values, hook->provider.value_count, &signed_call, err);
    hook->refused += rc == RC_DENIED;
    if (!rc)
        *ret_hook = hook;
    return rc;
}

/* ---- what it says ---- */

static void read_reply(const struct text_provider *provider, struct hook_answer *ret)
{
    const char *const rule = provider_rule(provider->p, PROVIDER_RULE_REPLY);
    const char *const type = strchr(rule, ' '), *const body = type ? strchr(type + 1, ' ') : NULL;

    *ret = (struct hook_answer){ .status = (int)strtol(rule, NULL, 10) };
    if (ret->status < 200 || ret->status > 299)
        ret->status = 200;
    if (type)
        snprintf(ret->type, sizeof ret->type, "%.*s", (int)strcspn(type + 1, " "), type + 1);
    if (body)
        snprintf(ret->body, sizeof ret->body, "%s", body + 1);
}

static enum rc take_events(struct hook *hook, const struct sms_event *events, size_t n, struct err *err)
{
    struct gate *const gate = hook->gate;

    for (size_t i = 0; i < n; i++) {
        struct text_in_id id;
        const enum rc rc = events[i].kind == PROVIDER_EVENT_DLR
                               ? text_take_receipt(gate, &hook->provider, &events[i], err)
                               : text_take(gate, &hook->provider, &events[i], NULL, 0, &id, err);

        if (rc && rc != RC_CONFLICT) /* here already: answered as the first time */
            return rc;
    }
    return RC_OK;
}

/* Not with every call: a row that is written for each would be the busiest of all. */
static enum rc note_heard(struct hook *hook, struct err *err)
{
    const int64_t now = clock_steady_ms();

    if (hook->heard_ms && now - hook->heard_ms < COUNT_MS)
        return RC_OK;
    hook->heard_ms = now;
    return text_account_called(&hook->gate->store, hook->provider.account.id, true, err);
}

enum rc hook_take(struct hook *hook, const struct hook_call *call, struct hook_answer *ret_answer, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("hook_take");
    const struct sms_call said = { call->query, call->body ? call->body : "", call->body_len };
    struct sms_event *events;
    struct err why;
    size_t n = 0;
    enum rc rc = sms_events_read(hook->provider.p, &said, mem, &events, &n, &why);

    if (rc == RC_INPUT || rc == RC_LIMIT) {
        const char *const raw = call->body_len ? call->body : call->query;

        rc = text_take_unread(hook->gate, &hook->provider, raw, call->body_len ? call->body_len : strlen(raw), err);
        n = 1;
    } else if (rc) {
        *err = why;
        return rc;
    } else {
        rc = take_events(hook, events, n, err);
    }
    if (rc || note_heard(hook, err))
        return err->rc;
    read_reply(&hook->provider, ret_answer);
    ret_answer->has_news = n > 0;
    return RC_OK;
}

/* ---- who was refused ---- */

static enum rc write_refused(struct hook *hook, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *const st = &hook->gate->store;

    if (db_begin(st->db, &tx, err) || text_account_called(st, hook->provider.account.id, false, err))
        return err->rc;
    return db_commit(&tx, err);
}

void hooks_count_refused(struct hooks *hooks)
{
    struct err err;

    if (clock_steady_ms() - hooks->counted_ms < COUNT_MS)
        return;
    hooks->counted_ms = clock_steady_ms();
    for (size_t i = 0; i < HOOKS_MAX; i++) {
        struct hook *const h = &hooks->of[i];

        if (!h->gate || !h->refused)
            continue;
        log_warn("hook_refused", KV(practice, h->gate->store.practice.v), KV(id, h->provider.account.id.v),
                 KV(count, h->refused));
        h->refused = 0;
        if (write_refused(h, &err))
            log_err("hook_not_counted", &err);
    }
}
