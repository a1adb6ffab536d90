#include "gateway/note/poll.h"

#include "base/text.h"
#include "gateway/digest/digest.h"
#include "gateway/home/context.h"
#include "gateway/note/hold.h"
#include "gateway/note/review.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/say/poll_open.h"
#include "inbound/words.h"
#include "schedules/zone.h"
#include "store/answered.h"
#include "store/due.h"
#include "store/question.h"

#include <assert.h>

#define ANSWERS_A_DAY 5
#define TITLE_CHARS 60

/* ---- its words ---- */

size_t poll_labels(const char *text, struct arena *mem, const char *labels[POLL_OPTIONS_MAX + 1])
{
    const char *line;
    size_t len, n = 0;

    memset(labels, 0, (POLL_OPTIONS_MAX + 1) * sizeof *labels);
    while (text_next_line(&text, &line, &len)) {
        if (len < 4 || line[0] < '1' || line[0] > '9' || line[1] != '.' || line[2] != ' ')
            continue;
        n += !labels[line[0] - '0'];
        labels[line[0] - '0'] = arena_strndup(mem, line + 3, len - 3);
    }
    return n;
}

static enum rc check_options(const struct poll_draft *d, struct arena *mem, struct err *err)
{
    if (!*d->question || text_length(d->question) > 300)
        return err_set(err, RC_INPUT, "a poll needs a question, of at most 300 characters");
    if (d->option_count < 2 || d->option_count > POLL_OPTIONS_MAX)
        return err_set(err, RC_INPUT, "a poll needs 2 to %d answers", POLL_OPTIONS_MAX);
    for (size_t i = 0; i < d->option_count; i++) {
        if (!*d->options[i] || strchr(d->options[i], '\n') || text_length(d->options[i]) > POLL_OPTION_CHARS)
            return err_set(err, RC_INPUT, "answer %zu: one line of 1 to %d characters", i + 1, POLL_OPTION_CHARS);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(text_fold_plain(mem, d->options[i]), text_fold_plain(mem, d->options[k])))
                return err_set(err, RC_INPUT, "answers %zu and %zu are the same", k + 1, i + 1);
    }
    return RC_OK;
}

static char *words_of(const struct poll_draft *d, struct arena *mem)
{
    char *text = arena_printf(mem, "%s\n", d->question);

    for (size_t i = 0; i < d->option_count; i++)
        text = arena_printf(mem, "%s\n%zu. %s", text, i + 1, d->options[i]);
    return text;
}

static enum rc check_free(struct gate *gate, const struct poll_draft *d, struct err *err)
{
    struct poll other;
    const enum rc rc = poll_of_group(&gate->store, d->group, &other, err);

    if (rc == RC_OK)
        return err_set(err, RC_CONFLICT, "this group has a poll that is not closed yet: one at a time");
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc poll_plan(struct gate *gate, const struct poll_draft *d, struct post *ret_post, int64_t *ret_due_ms,
                  struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("poll");
    struct poll poll = { .group = d->group };
    struct topic_draft draft = { .group = d->group, .author = d->author, .when_ms = d->when_ms, .who = d->who };
    struct local_time at;
    struct care_group g;

    assert(db_in_tx(gate->store.db));
    if (check_options(d, mem, err) || check_free(gate, d, err) || group_get(&gate->store, d->group, mem, &g, err))
        return err->rc;
    draft.title = text_excerpt(mem, d->question, TITLE_CHARS);
    draft.text = words_of(d, mem);
    if (topic_plan(gate, &draft, ret_post, ret_due_ms, err))
        return err->rc;
    if (d->closes_ms <= gate_now_ms(gate) || d->closes_ms <= *ret_due_ms)
        return err_set(err, RC_INPUT, "the poll must close after it begins");
    ret_post->text = arena_strdup(gate->mem, draft.text);
    poll.post = ret_post->id;
    if (zone_local_from_utc(g.zone, d->closes_ms, &at, err) || zone_day_from_utc(g.zone, d->closes_ms, &poll.day, err))
        return err->rc;
    poll.minute = at.hour * 60 + at.minute;
    if (poll_add(&gate->store, &poll, err) || due_set(&gate->store, JOB_POLL, poll.post.v, d->closes_ms, err))
        return err->rc;
    return record_act(gate, &d->who, AUDIT_POLL_PLANNED, AUDIT_ITEM_POST, poll.post.v, NULL, NULL, err);
}

/* ---- votes ---- */

/* The group's poll with its words, if it can be answered now: post.id 0 where there is none. */
struct ballot {
    struct post post;
    const char *until;
    const char *labels[POLL_OPTIONS_MAX + 1];
};

static enum rc find_ballot(struct gate *gate, struct group_id group, enum person_language language, struct arena *mem,
                           struct ballot *ret, struct err *err)
{
    struct poll poll;
    const enum rc rc = poll_of_group(&gate->store, group, &poll, err);

    *ret = (struct ballot){ .until = NULL };
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (poll_open_until(gate, poll.post, language, mem, &ret->until, err) ||
        (ret->until && post_get(&gate->store, poll.post, mem, &ret->post, err)))
        return err->rc;
    if (ret->until)
        poll_labels(ret->post.text, mem, ret->labels);
    return RC_OK;
}

static struct json *answer_values(const struct ballot *b, int number)
{
    struct json *values = json_object_new();
    struct json *options = json_array_new();
    const bool is_counted = number && b->labels[number];

    for (int i = 1; i <= POLL_OPTIONS_MAX; i++) {
        struct json *option;

        if (!b->labels[i])
            continue;
        option = json_object_new();
        json_set_int(option, "number", i);
        json_set_str(option, "option", b->labels[i]);
        json_push(options, &option);
    }
    json_set_bool(values, is_counted ? "is_counted" : b->until ? "is_open" : "is_closed", true);
    json_set_str(values, "option", is_counted ? b->labels[number] : "");
    json_set_int(values, "number", number);
    json_set_str(values, "poll_until", b->until);
    json_set(values, "options", &options);
    return values;
}

static enum rc answer(struct gate *gate, const struct poll_voter *v, struct json *values, struct err *err)
{
    struct notice notice = { .kind = MAILING_POLL_ANSWER,
                             .person = v->person,
                             .membership = v->membership,
                             .group = v->group,
                             .subject_id = v->membership.v,
                             .is_answer = true,
                             .in_reply_to = v->in_reply_to,
                             .values = values };
    enum rc rc = answered_take(&gate->store, v->person, MAILING_POLL_ANSWER, v->membership.v, ANSWERS_A_DAY, err);

    if (!rc)
        rc = notice_queue(gate, &notice, NULL, err);
    json_free(&notice.values);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

enum rc poll_take(struct gate *gate, const struct poll_voter *v, int number, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("poll_take");
    struct person person;
    struct ballot b;

    assert(db_in_tx(gate->store.db));
    if (person_get(&gate->store, v->person, mem, &person, err) ||
        find_ballot(gate, v->group, person.language, mem, &b, err))
        return err->rc;
    if (number < 0 || number > POLL_OPTIONS_MAX || !b.labels[number])
        number = POLL_NO_NUMBER;
    if (number && poll_vote(&gate->store, b.post.id, v->person, number, err))
        return err->rc;
    return answer(gate, v, answer_values(&b, number), err);
}

/* Whether the letter answers the poll itself. */
static enum rc answers_poll(struct gate *gate, const struct sender *s, const struct post *poll, bool *ret,
                            struct err *err)
{
    struct conversation_id conversation = { 0 };
    enum rc rc;

    *ret = s->mailing.kind == MAILING_POLL_ANSWER ||
           (s->mailing.kind == MAILING_POST && s->mailing.subject_id == poll->id.v);
    if (*ret || s->token.purpose != TOKEN_ITEM || !s->delivery.issue.v)
        return RC_OK;
    rc = digest_item_conversation(gate, &s->delivery, s->token.ordinal, &conversation, err);
    *ret = rc == RC_OK && conversation.v == poll->conversation.v;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* "2", "#2", "number 2", "Evenings": the whole new text. */
static int read_number(const char *text, const char *const *names, const struct ballot *b, struct arena *mem)
{
    const struct words_core core = words_core(text, names, mem);
    const char *const said = text_fold_plain(mem, words_span(&core, core.from, core.to, mem));
    size_t i = core.from;

    for (int n = 1; n <= POLL_OPTIONS_MAX; n++)
        if (b->labels[n] && !strcmp(said, text_fold_plain(mem, b->labels[n])))
            return n;
    if (i < core.to && words_among(core.list.v[i].plain, "# number option answer numero opcion no"))
        i++;
    return i + 1 == core.to ? words_number(&core.list.v[i]) : -1;
}

enum rc poll_reply(struct gate *gate, const struct sender *sender, const struct letter *letter,
                   const char *const *names, struct arena *mem, bool *ret_is_vote, struct err *err)
{
    const struct poll_voter voter = { sender->person.id, sender->membership.id, sender->group.id, letter->message_id };
    struct ballot b;
    int number;

    *ret_is_vote = false;
    if (find_ballot(gate, sender->group.id, sender->person.language, mem, &b, err))
        return err->rc;
    if (!b.until)
        return RC_OK;
    if (answers_poll(gate, sender, &b.post, ret_is_vote, err))
        return err->rc;
    if (!*ret_is_vote)
        return RC_OK;
    number = read_number(letter->text, names, &b, mem);
    *ret_is_vote = number >= 1;
    return number >= 1 ? poll_take(gate, &voter, number, err) : RC_OK;
}

/* ---- closing ---- */

static char *say_totals(const struct poll_totals *totals, const char *const *labels, bool is_spanish, struct arena *mem)
{
    char *text;

    if (totals->voters < POLL_FLOOR)
        return arena_strdup(
            mem, is_spanish ? "La encuesta cerró. Votaron menos de cinco personas, por eso no decimos los números."
                            : "The poll is closed. Fewer than five people voted, so we do not tell the numbers.");
    text = arena_printf(mem,
                        is_spanish ? "La encuesta cerró. Votaron %" PRId64 " personas.\n"
                                   : "The poll is closed. %" PRId64 " people voted.\n",
                        totals->voters);
    for (int i = 1; i <= POLL_OPTIONS_MAX; i++)
        if (labels[i])
            text = arena_printf(mem, "%s\n%s: %" PRId64, text, labels[i], totals->chose[i]);
    return text;
}

/* A comment under the poll in its author's name, for a moderator to let out. */
static enum rc offer_totals(struct gate *gate, const struct post *poll, const char *text, struct arena *mem,
                            struct err *err)
{
    const struct context context = { .original = text, .trimmed = "", .subject = "", .cut = "", .from_name = "" };
    const struct audit_who rule = record_rule();
    struct post post = { .group = poll->group,
                         .conversation = poll->conversation,
                         .kind = POST_COMMENT,
                         .state = POST_HELD,
                         .author = poll->author,
                         .tier = 4,
                         .placed_why = HOLD_PLACED_BY_STAFF,
                         .text = text,
                         .context = context_write(&context, mem),
                         .created_ms = gate_now_ms(gate) };

    if (post_add(&gate->store, &post, err) ||
        record_act(gate, &rule, AUDIT_POST_HELD, AUDIT_ITEM_POST, post.id.v, NULL, "poll totals", err))
        return err->rc;
    return review_offer(gate, &post, err);
}

/* It got no OK in time. */
static enum rc withdraw(struct gate *gate, struct post *post, const struct person *author, struct err *err)
{
    const struct audit_who rule = record_rule();
    struct notice notice = { .kind = MAILING_NOT_SENT,
                             .person = post->author,
                             .group = post->group,
                             .subject_id = post->id.v,
                             .values = json_object_new() };
    enum rc rc = RC_OK;

    if (post->send_ms) { /* an OK for a date that lies behind the end cannot be */
        rc = due_clear(&gate->store, JOB_TOPIC, post->id.v, err);
        if (!rc)
            rc = post_set_send(&gate->store, post, 0, err);
    }
    post->state = POST_WITHDRAWN;
    post->remind_ms = 0;
    if (!rc)
        rc = post_change(&gate->store, post, err);
    if (!rc)
        rc = question_withdraw_about(&gate->store, post->id.v, err);
    if (!rc)
        rc = record_act(gate, &rule, AUDIT_POST_WITHDRAWN, AUDIT_ITEM_POST, post->id.v, NULL, "poll closed", err);
    json_set_str(notice.values, "text", post->text);
    json_set_str(notice.values, "reason",
                 author->language == LANGUAGE_SPANISH ? "La encuesta no tuvo un OK antes de cerrar."
                                                      : "The poll had no OK before its end.");
    if (!rc)
        rc = notice_queue(gate, &notice, NULL, err);
    json_free(&notice.values);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc close_now(struct gate *gate, const struct poll *poll, struct arena *mem, struct err *err)
{
    const struct audit_who rule = record_rule();
    const char *labels[POLL_OPTIONS_MAX + 1];
    struct poll_totals totals;
    struct person author;
    struct post post;

    if (post_get(&gate->store, poll->post, mem, &post, err) || poll_count(&gate->store, poll->post, &totals, err) ||
        poll_close(&gate->store, poll->post, err) ||
        record_act(gate, &rule, AUDIT_POLL_CLOSED, AUDIT_ITEM_POST, post.id.v, NULL, NULL, err) ||
        person_get(&gate->store, post.author, mem, &author, err))
        return err->rc;
    if (post.state >= POST_HELD && post.state <= POST_HALF_RELEASED)
        return withdraw(gate, &post, &author, err);
    if (!post_state_is_published(post.state))
        return RC_OK;
    poll_labels(post.text, mem, labels);
    return offer_totals(gate, &post, say_totals(&totals, labels, author.language == LANGUAGE_SPANISH, mem), mem, err);
}

enum rc poll_run(struct gate *gate, struct post_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("poll_run");
    struct poll poll;
    const char *zone = NULL;
    int64_t closes_ms;

    if (poll_get(&gate->store, id, &poll, err) || poll_open_closes(gate, &poll, mem, &zone, &closes_ms, err))
        return err->rc;
    if (poll.state != POLL_OPEN)
        return RC_OK;
    if (closes_ms > gate_now_ms(gate)) /* the zone's rules changed since */
        return due_set(&gate->store, JOB_POLL, id.v, closes_ms, err);
    return close_now(gate, &poll, mem, err) ? err_wrap(err, "poll %" PRId64, id.v) : RC_OK;
}
