#include "gateway/desk/desk_words.h"

#include "base/text.h"
#include "gateway/desk/desk_act_say.h"
#include "gateway/desk/desk_check_in.h"
#include "gateway/desk/desk_find.h"
#include "gateway/desk/desk_flow.h"
#include "gateway/desk/desk_order.h"
#include "gateway/desk/desk_score.h"
#include "gateway/desk/desk_show.h"
#include "gateway/digest/breaker.h"
#include "gateway/note/mark.h"
#include "gateway/note/topic.h"
#include "gateway/say/phrase.h"
#include "inbound/decision.h"
#include "inbound/words.h"
#include "schedules/moment.h"

/* ---- from the word to the preview ---- */

static bool needs_person(const struct desk_flow *f)
{
    return f->act.kind == DESK_WORD_AGAIN || f->act.kind == DESK_WORD_PAUSE || f->act.kind == DESK_WORD_REMOVE ||
           f->act.kind == DESK_WORD_RESUME_PERSON;
}

static bool needs_group(const struct desk_flow *f)
{
    return f->act.kind == DESK_WORD_INVITE || f->act.kind == DESK_WORD_RULES || f->act.kind == DESK_WORD_TOPIC ||
           f->act.kind == DESK_WORD_RESUME || f->act.kind == DESK_WORD_WHO || f->act.kind == DESK_WORD_CHECK_IN ||
           f->act.kind == DESK_WORD_CHECK_IN_END;
}

static bool is_reading(const struct desk_flow *f)
{
    switch (f->act.kind) {
    case DESK_WORD_WHO:
    case DESK_WORD_QUEUE:
    case DESK_WORD_STATS:
    case DESK_WORD_STRANGERS:
    case DESK_WORD_TOPICS:
    case DESK_WORD_HELP:
        return true;
    case DESK_WORD_RULES:
    case DESK_WORD_HOURS:
    case DESK_WORD_DUTY:
    case DESK_WORD_CHECK_IN:
        return !*f->act.text;
    default:
        return false;
    }
}

static enum rc show(struct desk_flow *f, struct err *err)
{
    struct json *values;
    enum mailing_kind kind;

    if (desk_show_values(f->gate, &f->act, f->staff, f->mem, &kind, &values, err))
        return err->rc;
    f->outcome = OUTCOME_COMMAND;
    return desk_flow_tell(f, kind, f->act.group.v, values, err);
}

/* A time of staff is the group's, as every time that its members read. */
static enum rc read_when(struct desk_flow *f, bool *ret_is_read, struct err *err)
{
    struct care_group g;
    struct err why;

    *ret_is_read = true;
    if (!*f->act.when || f->act.at_ms)
        return RC_OK;
    if (group_get(&f->gate->store, f->act.group, f->mem, &g, err))
        return err->rc;
    *ret_is_read = !moment_read(f->act.when, g.zone, gate_now_ms(f->gate), &f->act.at_ms, &why);
    return RC_OK;
}

static enum rc find_check_in(struct desk_flow *f, struct err *err)
{
    struct check_in c;
    const enum rc rc = desk_check_in_find(f->gate, f->act.group, f->act.number, f->mem, &c, err);

    if (!rc)
        f->act.check_in = c.id;
    return rc;
}

/* The answer that names the group is another letter than the words: what they were marked with stays. */
static enum rc mark_topic(struct desk_flow *f, struct err *err)
{
    struct triage_result triage;

    if (f->act.kind != DESK_WORD_TOPIC)
        return RC_OK;
    if (desk_score(f->gate, f->in, f->act.group, f->act.text, f->mem, &triage, err))
        return err->rc;
    f->act.flags |= mark_flags(&triage) & TOPIC_FLAGS;
    f->act.flags |= triage.flags & TRIAGE_UNREAD ? POST_FLAG_MEDICAL : 0;
    return RC_OK;
}

/* Whom the word can be meant for: to be asked again, who is not in the group; else who is. */
static bool is_fit(const struct desk_flow *f, const struct membership *m)
{
    const bool is_in = m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED;

    return f->act.kind == DESK_WORD_AGAIN           ? !is_in
           : f->act.kind == DESK_WORD_RESUME_PERSON ? m->state == MEMBER_PAUSED
           : f->act.kind == DESK_WORD_REMOVE        ? is_in || m->state == MEMBER_INVITED
                                                    : is_in;
}

/* Of several of a name those alone, if there are any: who left last year is no question. */
static size_t keep_fit(const struct desk_flow *f, struct desk_found *found, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        kept += is_fit(f, &found[i].m);
    if (!kept)
        return n;
    kept = 0;
    for (size_t i = 0; i < n; i++)
        if (is_fit(f, &found[i].m))
            found[kept++] = found[i];
    return kept;
}

/* Everything is known that the word needs, or it is asked back. */
static enum rc resolve(struct desk_flow *f, struct err *err)
{
    struct desk_found found[DESK_FIND_MAX];
    enum desk_problem problem;
    bool is_read;
    size_t n = 0;

    if (needs_group(f) && !f->act.group.v) {
        f->act.group = f->in->sender->group.id;
        if (!f->act.group.v && f->groups.n == 1)
            f->act.group = f->groups.v[0].id;
        if (!f->act.group.v)
            return desk_flow_ask_group(f, err);
    }
    if (f->act.number && !f->act.check_in.v) {
        const enum rc rc = find_check_in(f, err);

        if (rc)
            return rc == RC_NOT_FOUND ? desk_flow_problem(f, DESK_NO_CHECK_IN, 0, NULL, err) : rc;
    }
    if (is_reading(f))
        return show(f, err);
    if (read_when(f, &is_read, err))
        return err->rc;
    if (!is_read)
        return desk_flow_problem(f, DESK_BAD_TIME, 0, NULL, err);
    if (mark_topic(f, err))
        return err->rc;
    if (needs_person(f) && !f->act.membership.v) {
        if (desk_find_members(f->gate, &f->groups, f->act.group, f->act.name, f->mem, found, &n, err))
            return err->rc;
        n = keep_fit(f, found, n);
        if (n > 1)
            return desk_flow_ask_person(f, found, n, err);
        if (!n)
            return desk_flow_problem(f, DESK_NOBODY, 0, NULL, err);
        f->act.membership = found[0].m.id;
        f->act.group = found[0].m.group;
    }
    if (desk_act_check(f->gate, &f->act, f->staff, f->mem, &problem, err))
        return err->rc;
    return problem ? desk_flow_problem(f, problem, 0, NULL, err) : desk_flow_preview(f, false, err);
}

/* "RESUME Rose", where a group is called Rose Circle: whoever's letters stand still is meant, the group's first. */
static enum rc set_resumed(struct desk_flow *f, const char *said, struct err *err)
{
    struct desk_found found[DESK_FIND_MAX];
    bool is_open;
    size_t n, paused = 0;

    f->act.name = "";
    if (breaker_is_open(f->gate, f->act.group, &is_open, err))
        return err->rc;
    if (is_open)
        return RC_OK;
    if (desk_find_members(f->gate, &f->groups, (struct group_id){ 0 }, said, f->mem, found, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        paused += found[i].m.state == MEMBER_PAUSED;
    if (paused) {
        f->act.kind = DESK_WORD_RESUME_PERSON;
        f->act.group = (struct group_id){ 0 };
        f->act.name = said;
    }
    return RC_OK;
}

static enum member_reason reason_of(const char *text, struct arena *mem)
{
    const char *said = text_fold_plain(mem, text);
    const size_t n = strcspn(said, ".,!");

    said = arena_strndup(mem, said, n);
    if (strstr(" died , has died , dead , murio , fallecio , ha muerto , ha fallecido ",
               arena_printf(mem, " %s ", said)) &&
        *said)
        return MEMBER_REASON_DIED;
    if (!strcmp(said, "moved") || !strcmp(said, "moved away") || !strcmp(said, "se mudo"))
        return MEMBER_REASON_MOVED;
    return !strcmp(said, "rules") || !strcmp(said, "reglas") ? MEMBER_REASON_RULES : MEMBER_REASON_STAFF;
}

static enum rc begin(struct desk_flow *f, const struct desk_word *w, struct err *err)
{
    enum desk_problem problem = DESK_NO_PROBLEM;
    CLEANUP(json_free) struct json *people = NULL;

    f->act = (struct desk_act){ .kind = w->kind,
                                .address = w->address,
                                .name = w->name,
                                .text = w->text,
                                .when = w->when,
                                .days = w->days,
                                .number = w->number,
                                .why = w->kind == DESK_WORD_REMOVE ? reason_of(w->text, f->mem) : 0,
                                .state = "" };
    if (!w->is_whole)
        return desk_flow_problem(f, DESK_UNCLEAR, 0, NULL, err);
    if (w->group >= 0)
        f->act.group = f->groups.v[w->group / DESK_GROUP_NAMES].id;
    if (w->kind == DESK_WORD_RESUME && w->group >= 0 && set_resumed(f, w->name, err))
        return err->rc;
    if (w->kind == DESK_WORD_DUTY && desk_order_read(f->gate, &f->act, f->mem, &problem, &people, err))
        return err->rc;
    if (problem)
        return desk_flow_problem(f, problem, 0, people ? &people : NULL, err);
    return resolve(f, err);
}

/* ---- answers ---- */

static enum rc pick(struct desk_flow *f, const struct json *data, int64_t number, struct err *err)
{
    const struct json *choice = json_at(json_get(data, "choices"), (size_t)number - 1);
    const int64_t id = json_get_int(choice, "id", 0);
    struct membership m;

    if (strcmp(json_get_str(data, "ask", ""), "person") != 0) {
        f->act.group.v = id;
        return resolve(f, err);
    }
    if (membership_get(&f->gate->store, (struct membership_id){ id }, f->mem, &m, err))
        return err->rc;
    f->act.membership = m.id;
    f->act.group = m.group;
    return resolve(f, err);
}

static enum rc tell_done(struct desk_flow *f, const struct desk_outcome *out, struct err *err)
{
    struct question_id undo = { 0 };
    struct json *values;

    if (out->post.v && desk_flow_remember(f, "undo", &out->post.v, 1, &undo, err)) /* UNDO in answer to it */
        return err->rc;
    values = json_object_new();
    json_set_int(values, "review_number", phrase_number(f->in->arrival.v));
    json_set_bool(values, "has_review", out->waits);
    if (desk_act_values(f->gate, &f->act, f->staff, f->mem, values, err)) {
        json_free(&values);
        return err->rc;
    }
    f->outcome = OUTCOME_DECISION;
    return desk_flow_tell(f, MAILING_DESK_DONE, undo.v, values, err);
}

static enum rc send(struct desk_flow *f, const struct question *question, struct err *err)
{
    struct desk_outcome done;
    enum desk_problem problem;
    const char *now;

    if (question_close(&f->gate->store, question->id, QUESTION_ANSWERED, err) ||
        desk_act_check(f->gate, &f->act, f->staff, f->mem, &problem, err))
        return err->rc;
    if (problem)
        return desk_flow_problem(f, problem, 0, NULL, err);
    if (desk_act_state(f->gate, &f->act, f->mem, &now, err))
        return err->rc;
    if (strcmp(now, f->act.state) != 0)
        return desk_flow_preview(f, true, err);
    return desk_act_do(f->gate, &f->act, f->staff, f->mem, &done, err) ? err->rc : tell_done(f, &done, err);
}

/* UNDO in answer to "it goes out on Monday". */
static enum rc take_back(struct desk_flow *f, const struct json *data, struct err *err)
{
    const struct audit_who who = desk_flow_by(f);
    const struct post_id post = { json_get_int(json_at(json_get(data, "choices"), 0), "id", 0) };
    struct json *values;
    const enum rc rc = topic_cancel(f->gate, &who, post, err);

    if (rc == RC_CONFLICT || rc == RC_NOT_FOUND)
        return desk_flow_problem(f, DESK_OVER, 0, NULL, err);
    if (rc)
        return rc;
    values = json_object_new();
    json_set_int(values, "review_number", phrase_number(post.v));
    json_set_bool(values, "is_taken_back", true);
    f->outcome = OUTCOME_DECISION;
    return desk_flow_tell(f, MAILING_DESK_DONE, 0, values, err);
}

enum expected { EXPECT_SEND, EXPECT_NUMBER, EXPECT_UNDO, EXPECT_VISIT };

static enum expected expected_of(const struct json *data)
{
    const char *ask = json_get_str(data, "ask", "");

    return !strcmp(ask, "send")    ? EXPECT_SEND
           : !strcmp(ask, "undo")  ? EXPECT_UNDO
           : !strcmp(ask, "visit") ? EXPECT_VISIT
                                   : EXPECT_NUMBER;
}

/* The number that is the whole text, or -1. */
static int number_of(const struct desk_flow *f)
{
    const struct words_core core = words_core(f->in->letter->text, f->in->names, f->mem);

    return core.to == core.from + 1 ? words_number(&core.list.v[core.from]) : -1;
}

/* A number, SEND or UNDO, in answer to what we asked. */
static enum rc answer(struct desk_flow *f, const struct question *question, bool *ret_is_ours, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct decision_input in = { .text = f->in->letter->text, .names = f->in->names };
    const struct decision_set set = decision_read(&in, f->mem);
    const enum decision_kind kind = set.count == 1 ? set.v[0].kind : DECISION_UNCLEAR;
    const int number = number_of(f);
    enum expected expected;

    if (json_parse(question->data, strlen(question->data), &data, err))
        return err->rc;
    if (expected_of(data) == EXPECT_VISIT) /* its SEND is gateway/desk/visit_desk's */
        return RC_OK;
    if (desk_act_read(json_get_str(data, "act", ""), f->mem, &f->act, err))
        return err->rc;
    expected = expected_of(data);
    if (expected == EXPECT_NUMBER ? number < 0 : kind != (expected == EXPECT_SEND ? DECISION_SEND : DECISION_UNDO))
        return RC_OK;
    *ret_is_ours = true;
    if (question->state != QUESTION_OPEN || question->person.v != f->staff->id.v)
        return desk_flow_problem(f, DESK_OVER, 0, NULL, err);
    if (expected == EXPECT_SEND)
        return send(f, question, err);
    if (expected == EXPECT_NUMBER && (number < 1 || (size_t)number > json_count(json_get(data, "choices"))))
        return desk_flow_problem(f, DESK_WANTS_NUMBER, question->id.v, NULL, err);
    if (question_close(&f->gate->store, question->id, QUESTION_ANSWERED, err))
        return err->rc;
    return expected == EXPECT_UNDO ? take_back(f, data, err) : pick(f, data, number, err);
}

/* Something else came: what is asked waits on, and SEND or the number in answer to this counts. Thanks for what was done are no question. */
static enum rc ask_once_more(struct desk_flow *f, const struct question *question, struct err *err)
{
    const struct words_core core = words_core(f->in->letter->text, f->in->names, f->mem);
    CLEANUP(json_free) struct json *data = NULL;
    enum expected expected;

    if (json_parse(question->data, strlen(question->data), &data, err))
        return err->rc;
    expected = expected_of(data);
    if (question->state == QUESTION_OPEN && question->person.v == f->staff->id.v && expected != EXPECT_UNDO)
        return desk_flow_problem(f, expected == EXPECT_NUMBER ? DESK_WANTS_NUMBER : DESK_WANTS_SEND, question->id.v,
                                 NULL, err);
    if (core.from < core.to)
        return desk_flow_problem(f, DESK_UNCLEAR, 0, NULL, err);
    f->outcome = OUTCOME_STAFF;
    return RC_OK;
}

/* ---- the letter ---- */

enum rc desk_words_is(struct gate *gate, const struct letter *letter, const char *const *names, struct arena *mem,
                      bool *ret_is, bool *ret_is_loud, struct err *err)
{
    struct desk_groups groups;
    struct desk_word w;

    if (desk_find_groups(gate, mem, &groups, err))
        return err->rc;
    w = desk_word_read(&(struct desk_word_input){ letter->text, names, groups.names, DESK_GROUP_NAMES }, mem);
    *ret_is = w.kind && w.is_whole;
    *ret_is_loud = *ret_is && w.is_loud;
    return RC_OK;
}

enum rc desk_words_take(struct gate *gate, const struct desk_letter *in, const struct question *question,
                        struct arena *mem, bool *ret_is_ours, enum letter_outcome *ret_outcome, struct err *err)
{
    struct desk_flow f = { .gate = gate, .in = in, .staff = &in->sender->person, .mem = mem };
    struct desk_word w;

    *ret_is_ours = false;
    f.act = (struct desk_act){ .name = "", .text = "", .when = "", .address = "", .state = "" };
    if (desk_find_groups(gate, mem, &f.groups, err))
        return err->rc;
    if (question->kind == QUESTION_DESK && answer(&f, question, ret_is_ours, err))
        return err_wrap(err, "desk question %" PRId64, question->id.v);
    if (!*ret_is_ours) {
        w = desk_word_read(&(struct desk_word_input){ in->letter->text, in->names, f.groups.names, DESK_GROUP_NAMES },
                           mem);
        *ret_is_ours = w.kind != DESK_WORD_NONE || question->kind == QUESTION_DESK;
        if (*ret_is_ours && (w.kind ? begin(&f, &w, err) : ask_once_more(&f, question, err)))
            return err_wrap(err, "desk word %s", desk_word_name(w.kind, false));
    }
    if (*ret_is_ours)
        *ret_outcome = f.outcome;
    return RC_OK;
}

enum rc desk_words_tell(struct gate *gate, const struct desk_letter *in, enum desk_problem problem, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("desk_tell");
    struct desk_flow f = { .gate = gate, .in = in, .staff = &in->sender->person, .mem = mem };

    f.act = (struct desk_act){ .name = "", .text = "", .when = "", .address = "", .state = "" };
    return desk_flow_problem(&f, problem, 0, NULL, err);
}
