#include "gateway/cli/report_story.h"

#include "gateway/cli/sheet.h"
#include "store/audit.h"
#include "store/letter.h"

#include <stdlib.h>

#define STORY_MAX 40 /* of each kind */

struct event {
    int64_t at_ms;
    const char *what, *detail;
};

struct story {
    struct cli *cli;
    struct event v[2 * STORY_MAX + 8];
    size_t n;
};

static void add(struct story *s, int64_t at_ms, const char *what, const char *detail)
{
    if (at_ms && s->n < COUNT_OF(s->v))
        s->v[s->n++] = (struct event){ at_ms, what, detail };
}

static const char *code_of(struct story *s, const struct delivery *d)
{
    if (!d->code)
        return d->status_code ? d->status_code : "";
    return arena_printf(s->cli->mem, "%" PRId64 " %s", d->code, d->status_code ? d->status_code : "");
}

/* What its own row says: a letter that came back keeps the time when it was taken. */
static void add_row(struct story *s, const struct delivery *d)
{
    const bool is_no_tls = d->state == DELIVERY_NO_TLS;
    const bool came_back = (d->state == DELIVERY_FAILED || (is_no_tls && d->status_code)) && !d->code;

    add(s, d->created_ms, "put into the outbox", "");
    if (d->state == DELIVERY_READY || d->state == DELIVERY_CLAIMED || d->state == DELIVERY_SENDING)
        add(s, d->due_ms, "due", arena_printf(s->cli->mem, "%" PRId64 " tries so far", d->attempt));
    if (d->state == DELIVERY_SENT || came_back)
        add(s, d->sent_ms, "taken by the relay", came_back ? "" : code_of(s, d));
    else if (is_no_tls)
        add(s, d->sent_ms, "not sent: verified TLS is required, and was not to be had", code_of(s, d));
    else if (d->state == DELIVERY_FAILED)
        add(s, d->sent_ms, "refused by the relay", code_of(s, d));
    else
        add(s, d->sent_ms, delivery_state_name(d->state), code_of(s, d));
}

static enum rc add_audit(struct story *s, struct delivery_id id, struct err *err)
{
    struct audit_entry *rows;
    size_t n;

    if (audit_list(&s->cli->gate->store, AUDIT_ITEM_DELIVERY, id.v, 0, STORY_MAX, s->cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        add(s, rows[i].at_ms, audit_verb_name(rows[i].verb), rows[i].new_value ? rows[i].new_value : "");
    return RC_OK;
}

static enum rc add_answers(struct story *s, const struct delivery *d, struct err *err)
{
    struct letter_row *rows;
    size_t n;

    if (letter_answers_to(&s->cli->gate->store, d->person, d->id, STORY_MAX, s->cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        add(s, rows[i].received_ms, "mail about it came",
            arena_printf(s->cli->mem, "letter %" PRId64 ": %s", rows[i].id.v, letter_outcome_name(rows[i].outcome)));
    return RC_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

enum rc report_story(struct cli *cli, struct delivery_id id, struct json *root, struct err *err)
{
    struct story s = { .cli = cli };
    struct json *list = NULL;
    struct delivery d;

    if (delivery_get(&cli->gate->store, id, cli->mem, &d, err))
        return err->rc;
    add_row(&s, &d);
    if (add_audit(&s, id, err) || add_answers(&s, &d, err))
        return err->rc;
    qsort(s.v, s.n, sizeof *s.v, by_time);
    list = json_array_new();
    for (size_t i = 0; i < s.n; i++) {
        struct json *line = json_object_new();

        json_set_str(line, "at", sheet_time(cli, s.v[i].at_ms));
        json_set_str(line, "what", s.v[i].what);
        json_set_str(line, "detail", s.v[i].detail);
        json_push(list, &line);
        cli_say(cli, "%s  %s%s%s\n", sheet_time(cli, s.v[i].at_ms), s.v[i].what, *s.v[i].detail ? ": " : "",
                s.v[i].detail);
    }
    json_set(root, "story", &list);
    return RC_OK;
}
