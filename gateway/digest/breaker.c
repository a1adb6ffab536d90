#include "gateway/digest/breaker.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "store/delivery.h"
#include "store/membership.h"
#include "store/setting.h"

#define GROUPS_MAX 64

/* What happened to one group of late. */
struct watch {
    int64_t group, open_ms; /* 0: letters go out */
    int64_t at_ms[BREAKER_PEOPLE_MAX], person[BREAKER_PEOPLE_MAX];
    size_t n;
};

struct watches {
    struct watch *v;
    size_t n;
};

static int64_t take_number(const char **s)
{
    int64_t n = 0;

    for (*s += strspn(*s, " :"); **s >= '0' && **s <= '9'; (*s)++)
        n = n < INT64_MAX / 10 - 10 ? n * 10 + (**s - '0') : n;
    return n;
}

static void read_watch(struct watch *w, const char *line, int64_t since_ms)
{
    w->group = take_number(&line);
    w->open_ms = take_number(&line);
    while (*line && w->n < BREAKER_PEOPLE_MAX) {
        const int64_t at_ms = take_number(&line), person = take_number(&line);

        if (!person)
            return;
        if (at_ms < since_ms)
            continue;
        w->at_ms[w->n] = at_ms;
        w->person[w->n++] = person;
    }
}

static enum rc read_watches(struct gate *gate, struct arena *mem, struct watches *ret, struct err *err)
{
    const char *text = NULL, *line;
    size_t n;

    *ret = (struct watches){ .v = ARENA_ARRAY(mem, GROUPS_MAX + 1, struct watch) };
    if (setting_get(&gate->store, SETTING_BOUNCE_WATCH, mem, &text, err))
        return err->rc;
    while (text && ret->n < GROUPS_MAX && text_next_line(&text, &line, &n))
        read_watch(&ret->v[ret->n++], arena_strndup(mem, line, n), gate_now_ms(gate) - BREAKER_WINDOW_MS);
    return RC_OK;
}

/* To write them again: two workers that read the same would forget what one of them found. */
static enum rc take_watches(struct gate *gate, struct arena *mem, struct watches *ret, struct err *err)
{
    return audit_lock(&gate->store, err) ? err->rc : read_watches(gate, mem, ret, err);
}

static void print_watch(struct strbuf *out, const struct watch *w, bool has_people)
{
    if (!w->open_ms && (!w->n || !has_people))
        return;
    strbuf_printf(out, "%s%" PRId64 " %" PRId64, out->len ? "\n" : "", w->group, w->open_ms);
    for (size_t i = 0; has_people && i < w->n; i++)
        strbuf_printf(out, " %" PRId64 ":%" PRId64, w->at_ms[i], w->person[i]);
}

/* When all does not fit, the groups that go well are forgotten, but for the one that is looked at. */
static enum rc save(struct gate *gate, const struct watches *ws, const struct watch *of, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf all = STRBUF(SETTING_MAX_BYTES), few = STRBUF(SETTING_MAX_BYTES);
    const struct strbuf *text = &all;
    enum rc rc;

    for (size_t i = 0; i < ws->n; i++) {
        print_watch(&all, &ws->v[i], true);
        print_watch(&few, &ws->v[i], &ws->v[i] == of);
    }
    if (all.over)
        text = &few;
    rc = setting_set(&gate->store, SETTING_BOUNCE_WATCH, text->len ? strbuf_peek(text) : NULL, err);
    strbuf_done(&few);
    return rc;
}

static struct watch *find(struct watches *ws, struct group_id group)
{
    for (size_t i = 0; i < ws->n; i++)
        if (ws->v[i].group == group.v)
            return &ws->v[i];
    ws->v[ws->n].group = group.v;
    return &ws->v[ws->n++];
}

static void add_person(struct watch *w, struct person_id person, int64_t now_ms)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->person[i] == person.v)
            return;
    if (w->n == BREAKER_PEOPLE_MAX)
        return;
    w->at_ms[w->n] = now_ms;
    w->person[w->n++] = person.v;
}

static enum rc has_tripped(struct gate *gate, const struct watch *w, bool *ret, struct err *err)
{
    const struct roster_filter everybody = { .group = { w->group } };
    struct roster_count count;

    *ret = false;
    if (w->n < BREAKER_PEOPLE)
        return RC_OK;
    if (membership_count(&gate->store, &everybody, &count, err))
        return err->rc;
    *ret = w->n == BREAKER_PEOPLE_MAX || (int64_t)w->n * 100 > count.all * BREAKER_SHARE;
    return RC_OK;
}

static enum rc open_it(struct gate *gate, struct watch *w, struct err *err)
{
    const struct audit_who rule = record_rule();
    const struct tell tell = {
        .what = TELL_LETTERS_WAIT, .group = { w->group }, .subject_id = w->group, .number = (int64_t)w->n
    };
    int64_t n;

    w->open_ms = gate_now_ms(gate);
    if (delivery_put_off_group(&gate->store, tell.group, &n, err) ||
        record_act(gate, &rule, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, w->group, "letters go out",
                   "letters wait: many came back within an hour", err))
        return err->rc;
    return tell_staff(gate, &tell, err);
}

enum rc breaker_count(struct gate *gate, struct group_id group, struct person_id person, bool *ret_is_open,
                      struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("breaker");
    struct watches ws;
    struct watch *w;
    bool is_tripped = false;
    enum rc rc;

    *ret_is_open = false;
    if (!group.v)
        return RC_OK;
    if (take_watches(gate, mem, &ws, err))
        return err->rc;
    w = find(&ws, group);
    add_person(w, person, gate_now_ms(gate));
    rc = w->open_ms ? RC_OK : has_tripped(gate, w, &is_tripped, err);
    if (!rc && is_tripped)
        rc = open_it(gate, w, err);
    *ret_is_open = w->open_ms != 0;
    return rc ? rc : save(gate, &ws, w, err);
}

enum rc breaker_is_open(struct gate *gate, struct group_id group, bool *ret_is_open, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("breaker");
    struct watches ws;

    if (read_watches(gate, mem, &ws, err))
        return err->rc;
    *ret_is_open = find(&ws, group)->open_ms != 0;
    return RC_OK;
}

enum rc breaker_hold(struct gate *gate, struct group_id group, struct err *err)
{
    bool is_open;
    int64_t n;

    /* or what trips it meanwhile does not see these letters, and they not it */
    if (audit_lock(&gate->store, err) || breaker_is_open(gate, group, &is_open, err))
        return err->rc;
    return is_open ? delivery_put_off_ready(&gate->store, group, &n, err) : RC_OK;
}

/* What failed because of the trouble: the letters that tripped it, and those that came back while it was open. */
static enum rc retry(struct gate *gate, const struct audit_who *who, const struct watch *w, struct arena *mem,
                     int64_t *ret_n, struct err *err)
{
    struct delivery_id *ids = NULL;
    size_t n = 0;
    enum rc rc = delivery_retry_group(&gate->store, (struct group_id){ w->group }, w->open_ms - BREAKER_WINDOW_MS, mem,
                                      &ids, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        rc = record_act(gate, who, AUDIT_DELIVERY_RETRIED, AUDIT_ITEM_DELIVERY, ids[i].v, "failed", "ready", err);
    *ret_n = (int64_t)n;
    return rc;
}

enum rc breaker_resume(struct gate *gate, const struct audit_who *who, struct group_id group, int64_t *ret_letters,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("breaker");
    struct watches ws;
    struct watch *w;
    int64_t n = 0, again = 0;

    if (take_watches(gate, mem, &ws, err))
        return err->rc;
    w = find(&ws, group);
    if (!w->open_ms)
        return err_set(err, RC_NOT_FOUND, "the letters of this group do not wait");
    if (delivery_resume_group(&gate->store, group, DELIVERY_WAITS_FOR_RESUME, &n, err) ||
        retry(gate, who, w, mem, &again, err))
        return err->rc;
    w->open_ms = 0;
    w->n = 0;
    if (save(gate, &ws, w, err) || record_act(gate, who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, group.v,
                                              "letters wait: many came back within an hour", "letters go out", err))
        return err->rc;
    if (ret_letters)
        *ret_letters = n + again;
    return RC_OK;
}
