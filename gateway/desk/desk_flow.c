#include "gateway/desk/desk_flow.h"

#include "gateway/desk/desk_act.h"
#include "gateway/desk/desk_act_say.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"

#define PREVIEW_GOOD_MS (7 * MS_DAY)

struct audit_who desk_flow_by(const struct desk_flow *f)
{
    return (struct audit_who){ AUDIT_STAFF, f->staff->id.v, AUDIT_WAY_EMAIL };
}

/* ---- telling ---- */

enum rc desk_flow_tell(struct desk_flow *f, enum mailing_kind kind, int64_t subject, struct json *values,
                       struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = f->staff->id,
                             .group = f->act.group.v ? f->act.group : f->in->sender->group.id,
                             .reply = TOKEN_DESK,
                             .subject_id = subject,
                             .lane = -1,
                             .is_answer = true,
                             .is_once_a_day = kind == MAILING_DESK_UNCLEAR && f->in->sender->mailing.kind == kind,
                             .in_reply_to = f->in->letter->message_id,
                             .values = values };
    const enum rc rc = notice_queue(f->gate, &notice, NULL, err);

    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* Nothing was done, and why. *people (may be NULL): numbered choices, taken. */
enum rc desk_flow_problem(struct desk_flow *f, enum desk_problem problem, int64_t subject, struct json **people,
                          struct err *err)
{
    const struct audit_who who = desk_flow_by(f);
    struct json *values;

    if (record_act(f->gate, &who, AUDIT_DECISION_REFUSED, AUDIT_ITEM_LETTER, f->in->arrival.v, NULL,
                   desk_problem_flag(problem), err))
        return err->rc;
    values = json_object_new();
    f->outcome = OUTCOME_ASKED;
    json_set_bool(values, desk_problem_flag(problem), true);
    json_set_str(values, "name", f->act.name);
    json_set_str(values, "reply_text", f->in->letter->text);
    if (people)
        json_set(values, "people", people);
    return desk_flow_tell(f, MAILING_DESK_UNCLEAR, subject, values, err);
}

/* ---- questions ---- */

enum rc desk_flow_remember(struct desk_flow *f, const char *ask, const int64_t *choices, size_t n,
                           struct question_id *ret, struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    struct json *list = json_array_new();
    struct question question;

    for (size_t i = 0; i < n; i++) {
        struct json *choice = json_object_new();

        json_set_int(choice, "id", choices[i]);
        json_push(list, &choice);
    }
    json_set_str(data, "ask", ask);
    json_set(data, "choices", &list);
    json_set_str(data, "act", desk_act_write(&f->act, f->mem));
    json_print(data, false, &out);
    question = (struct question){ .kind = QUESTION_DESK,
                                  .person = f->staff->id,
                                  .data = strbuf_peek(&out),
                                  .due_ms = gate_now_ms(f->gate) + PREVIEW_GOOD_MS };
    if (question_add(&f->gate->store, &question, err))
        return err->rc;
    *ret = question.id;
    return RC_OK;
}

enum rc desk_flow_ask_group(struct desk_flow *f, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();
    int64_t ids[DESK_FIND_MAX];
    const size_t n = f->groups.n < DESK_FIND_MAX ? f->groups.n : DESK_FIND_MAX;
    struct question_id question;

    for (size_t i = 0; i < n; i++) {
        struct json *line = json_object_new();

        ids[i] = f->groups.v[i].id.v;
        json_set_int(line, "number", (int64_t)i + 1);
        json_set_str(line, "name", f->groups.v[i].alias);
        json_push(people, &line);
    }
    if (desk_flow_remember(f, "group", ids, n, &question, err))
        return err->rc;
    return desk_flow_problem(f, DESK_WHICH_GROUP, question.v, &people, err);
}

enum rc desk_flow_ask_person(struct desk_flow *f, const struct desk_found *found, size_t n, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();
    int64_t ids[DESK_FIND_MAX];
    struct question_id question;

    for (size_t i = 0; i < n; i++) {
        struct json *line = json_object_new();

        ids[i] = found[i].m.id.v;
        json_set_int(line, "number", (int64_t)i + 1);
        json_set_str(line, "name", found[i].name);
        json_set_str(line, "display_name", found[i].m.name);
        json_set_str(line, "group_name", found[i].group_name);
        json_push(people, &line);
    }
    if (desk_flow_remember(f, "person", ids, n, &question, err))
        return err->rc;
    return desk_flow_problem(f, DESK_WHICH_PERSON, question.v, &people, err);
}

/* ---- previews ---- */

enum rc desk_flow_preview(struct desk_flow *f, bool has_changed, struct err *err)
{
    const struct audit_who who = desk_flow_by(f);
    struct question_id question;
    struct json *values;

    if (desk_act_state(f->gate, &f->act, f->mem, &f->act.state, err) ||
        desk_flow_remember(f, "send", NULL, 0, &question, err) ||
        record_act(f->gate, &who, AUDIT_DESK_PREVIEWED, AUDIT_ITEM_QUESTION, question.v, NULL,
                   desk_word_name(f->act.kind, false), err))
        return err->rc;
    values = json_object_new();
    json_set_int(values, "review_number", phrase_number(question.v));
    json_set_bool(values, "has_changed", has_changed);
    if (desk_act_values(f->gate, &f->act, f->staff, f->mem, values, err)) {
        json_free(&values);
        return err->rc;
    }
    f->outcome = OUTCOME_DECISION;
    return desk_flow_tell(f, MAILING_DESK_PREVIEW, question.v, values, err);
}
