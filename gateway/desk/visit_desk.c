#include "gateway/desk/visit_desk.h"

#include "base/text.h"
#include "gateway/desk/desk_words.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/afterwards.h"
#include "gateway/visit/attending.h"
#include "gateway/visit/planner.h"
#include "gateway/visit/saying.h"
#include "inbound/words.h"
#include "schedules/said.h"
#include "store/group.h"
#include "store/question.h"

#define GOOD_MS (7 * MS_DAY)
#define LIST_DAYS 60

enum word { WORD_NONE, WORD_LIST, WORD_MOVE, WORD_CANCEL, WORD_ATTEND, WORD_RECAP, WORD_SEND };
static const char *const word_names[] = { "none", "list", "move", "cancel", "attend", "recap", "send" };

struct desk_visit {
    struct gate *gate;
    const struct desk_letter *in;
    struct audit_who who;
    enum word word;
    int64_t number;   /* of a visit; 0 none */
    const char *rest; /* behind it */
    struct visit visit;
    int64_t was_ms, start_ms;
    struct attending_mark *came;
    size_t came_count;
    struct planner planner;
    const char *why; /* what stands in the way, as visit_desk has it; NULL: the planner says */
    struct arena *mem;
};

/* ---- what they wrote ---- */

static enum word word_of(const struct words_token *t)
{
    static const char *const words[] = { "",
                                         "visits visitas",
                                         "move mover mueve",
                                         "cancel cancelar cancela",
                                         "attend attended attendance asistencia asistieron",
                                         "recap resumen",
                                         "send enviar envia manda" };

    for (int w = WORD_LIST; w <= WORD_SEND; w++)
        if (words_among(t->plain, words[w]))
            return (enum word)w;
    return WORD_NONE;
}

static bool is_after(const struct desk_visit *d)
{
    return d->in->sender->mailing.kind == MAILING_VISIT_AFTER;
}

/* "MOVE visit 3 to …": the number, and what stands behind it. */
static void read_number(struct desk_visit *d, const struct words_core *core, size_t i)
{
    const struct words_token *v = core->list.v;

    if (i < core->to && words_among(v[i].plain, "visit visita number numero"))
        i++;
    if (i < core->to && v[i].kind == WORDS_PUNCT && words_is(&v[i], "#"))
        i++;
    if (i < core->to && words_number(&v[i]) > 0)
        d->number = words_number(&v[i++]);
    if (d->word == WORD_MOVE) {
        if (!d->number || i >= core->to || !words_among(v[i].plain, "to a al para el on"))
            d->word = WORD_NONE;
        i++;
    }
    while (i < core->to && v[i].kind != WORDS_WORD)
        i++;
    d->rest = i < core->to ? words_span(core, i, core->to, d->mem) : "";
}

static void read_words(struct desk_visit *d)
{
    const char *const text = d->in->letter->text;
    const struct words_core core = words_core(text, d->in->names, d->mem);

    d->rest = "";
    if (core.from >= core.to || core.list.is_cut)
        return;
    d->word = word_of(&core.list.v[core.from]);
    if (d->word == WORD_RECAP) {
        const char *const colon = strchr(text, ':');

        d->rest = colon ? text_clean(d->mem, colon + 1, strlen(colon + 1)) : "";
        d->word = *d->rest ? WORD_RECAP : WORD_NONE;
    } else if (d->word == WORD_LIST || d->word == WORD_SEND) {
        d->word = core.to - core.from == 1 ? d->word : WORD_NONE;
    } else if (d->word != WORD_NONE) {
        read_number(d, &core, core.from + 1);
        if ((d->word == WORD_CANCEL && *d->rest) || !d->number)
            d->word = WORD_NONE;
    }
}

/* ---- telling ---- */

static enum rc tell(struct desk_visit *d, int64_t subject, struct json *values, struct err *err)
{
    struct notice notice = { .kind = MAILING_VISIT_DESK,
                             .person = d->in->sender->person.id,
                             .group = d->visit.plan.group,
                             .reply = TOKEN_DESK,
                             .subject_id = subject,
                             .lane = -1,
                             .is_answer = true,
                             .in_reply_to = d->in->letter->message_id,
                             .values = values };
    const enum rc rc = notice_queue(d->gate, &notice, NULL, err);

    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* why: a section of visit_desk. */
static enum rc problem(struct desk_visit *d, const char *why, const char *reason, struct err *err)
{
    struct json *values = json_object_new();

    json_set_bool(values, "is_problem", true);
    json_set_bool(values, why, true);
    json_set_int(values, "number", d->visit.number ? d->visit.number : d->number);
    json_set_str(values, "reason", reason);
    return tell(d, 0, values, err);
}

static const char *why_of(const struct desk_visit *d)
{
    static const char *const names[] = {
        [PLANNER_WHY_OTHER] = "is_other",         [PLANNER_WHY_PAST] = "is_past",
        [PLANNER_WHY_SAME_TIME] = "is_same_time", [PLANNER_WHY_CANCELLED] = "is_cancelled_already",
        [PLANNER_WHY_OVER] = "is_over",           [PLANNER_WHY_GROUP_OVER] = "is_group_over",
        [PLANNER_WHY_STAFF] = "is_staff_gone",    [PLANNER_WHY_NO_ZOOM] = "is_no_zoom",
        [PLANNER_WHY_BEGUN] = "is_begun",
    };

    return d->why ? d->why : names[d->planner.why];
}

/* What cannot be is told, what failed fails. */
static enum rc or_problem(struct desk_visit *d, enum rc rc, struct err *err)
{
    struct err why = *err;

    if (rc == RC_INPUT || rc == RC_CONFLICT || rc == RC_NOT_FOUND || rc == RC_LIMIT)
        return problem(d, why_of(d), arena_strdup(d->mem, why.msg), err);
    return rc;
}

static struct json *warning_json(const struct desk_visit *d, const struct planner_warning *w)
{
    static const char *const names[PLANNER_UNWISE_COUNT] = {
        [PLANNER_SAME_GROUP] = "is_same_group", [PLANNER_SAME_STAFF] = "is_same_staff",
        [PLANNER_AT_NIGHT] = "is_night",        [PLANNER_NO_HOST] = "is_no_host",
        [PLANNER_IS_PAST] = "is_past",          [PLANNER_SKIPPED_HOUR] = "is_skipped_hour",
        [PLANNER_HOUR_TWICE] = "is_hour_twice", [PLANNER_IS_FAR] = "is_far"
    };
    const enum person_language language = d->in->sender->person.language;
    struct json *row = json_object_new();

    if (names[w->what]) /* the others are of a series, which no mail plans */
        json_set_bool(row, names[w->what], true);
    json_set_int(row, "number", w->number);
    json_set_str(row, "when", w->ms ? phrase_moment_there(d->gate, language, w->zone, w->ms, d->mem) : "");
    json_set_str(row, "hour", said_minute(language, w->hour * 60 + w->minute, d->mem));
    return row;
}

static struct json *warnings_of(const struct desk_visit *d)
{
    struct json *list = json_array_new();

    for (size_t i = 0; i < d->planner.warnings.n; i++) {
        struct json *row = warning_json(d, &d->planner.warnings.v[i]);

        json_push(list, &row);
    }
    return list;
}

static enum rc people_of(struct desk_visit *d, struct json **ret, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    for (size_t i = 0; i < d->came_count; i++) {
        struct json *row = json_object_new();
        struct person person;

        if (person_get(&d->gate->store, d->came[i].person, d->mem, &person, err)) {
            json_free(&row);
            return err->rc;
        }
        json_set_str(row, "name", person.name);
        json_push(list, &row);
    }
    *ret = MOVE(list);
    return RC_OK;
}

/* is_done false: the preview. */
static enum rc say_act(struct desk_visit *d, bool is_done, int64_t subject, struct err *err)
{
    const struct saying s = {
        .gate = d->gate, .visit = &d->visit, .language = d->in->sender->person.language, .mem = d->mem
    };
    CLEANUP(json_free) struct json *values = json_object_new();
    struct json *people = NULL, *warnings;

    if (people_of(d, &people, err))
        return err->rc;
    warnings = warnings_of(d);
    json_set(values, "people", &people);
    json_set(values, "warnings", &warnings);
    json_set_int(values, "number", d->visit.number);
    json_set_int(values, "count", (int64_t)d->came_count);
    json_set_str(values, "visit_title", d->visit.plan.words.title);
    json_set_str(values, "visit_was", saying_when(&s, d->visit.plan.zone, d->was_ms));
    json_set_str(values, "visit_now", saying_when(&s, d->visit.plan.zone, d->start_ms));
    json_set_bool(values, "asks", !is_done);
    json_set_bool(values,
                  d->word == WORD_MOVE     ? "is_moved"
                  : d->word == WORD_CANCEL ? "is_cancelled"
                                           : "is_attended",
                  true);
    return tell(d, subject, MOVE(values), err);
}

/* ---- VISITS ---- */

static enum rc show_list(struct desk_visit *d, struct err *err)
{
    const int64_t now_ms = gate_now_ms(d->gate);
    CLEANUP(json_free) struct json *rows = json_array_new();
    struct json *values;
    struct visit *list;
    size_t n;

    if (visit_between(&d->gate->store, (struct group_id){ 0 }, now_ms, now_ms + LIST_DAYS * MS_DAY, d->mem, &list, &n,
                      err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct saying s = {
            .gate = d->gate, .visit = &list[i], .language = d->in->sender->person.language, .mem = d->mem
        };
        struct roster_counts c;
        struct json *row;

        if (list[i].state != VISIT_PLANNED)
            continue;
        if (roster_count_answers(d->gate, &list[i], d->mem, &c, err))
            return err->rc;
        row = json_object_new();
        json_set_int(row, "number", list[i].number);
        json_set_str(row, "visit_title", list[i].plan.words.title);
        json_set_str(row, "visit_when", saying_when(&s, list[i].plan.zone, list[i].start_ms));
        json_set_int(row, "yes_count", c.yes);
        json_set_int(row, "maybe_count", c.maybe);
        json_set_int(row, "no_count", c.no);
        json_set_int(row, "open_count", c.open);
        json_push(rows, &row);
    }
    values = json_object_new();
    json_set_bool(values, "is_list", true);
    json_set_bool(values, "has_visits", json_count(rows) > 0);
    json_set(values, "visits", &rows);
    return tell(d, 0, values, err);
}

/* ---- previews ---- */

static enum rc remember(struct desk_visit *d, struct question_id *ret, struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 16);
    struct question q = { .kind = QUESTION_DESK,
                          .person = d->in->sender->person.id,
                          .due_ms = gate_now_ms(d->gate) + GOOD_MS };

    json_set_str(data, "ask", "visit");
    json_set_str(data, "what", word_names[d->word]);
    json_set_int(data, "visit", d->visit.id.v);
    json_set_int(data, "version", d->visit.version);
    json_set_int(data, "start_ms", d->start_ms);
    json_set_str(data, "text", d->rest);
    json_print(data, false, &out);
    q.data = strbuf_peek(&out);
    if (question_add(&d->gate->store, &q, err))
        return err->rc;
    *ret = q.id;
    return RC_OK;
}

static enum rc work_out_move(struct desk_visit *d, struct err *err)
{
    const char *const zone = d->visit.plan.zone;
    struct moment to;

    d->why = "is_bad_time";
    if (planner_read_when(d->gate, d->rest, zone, d->visit.plan.day, &to, err))
        return err->rc;
    d->start_ms = to.ms;
    d->why = "is_same_time";
    if (d->start_ms == d->visit.start_ms)
        return err_set(err, RC_CONFLICT, "visit %" PRId64 " is at that time already", d->visit.number);
    d->why = NULL;
    return plan_check(&d->planner, &d->visit.plan, d->start_ms, d->visit.id, err)
               ? err->rc
               : plan_check_clocks(&d->planner, zone, to.minute, to.ms, err);
}

static enum rc work_out_change(struct desk_visit *d, struct err *err)
{
    d->why = d->visit.state == VISIT_CANCELLED ? "is_cancelled_already" : "is_over";
    if (d->visit.state != VISIT_PLANNED)
        return err_set(err, RC_INPUT, "visit %" PRId64 " is %s already", d->visit.number,
                       visit_state_name(d->visit.state));
    if (d->word == WORD_MOVE)
        return work_out_move(d, err);
    d->why = "is_begun";
    if (d->visit.start_ms <= gate_now_ms(d->gate))
        return err_set(err, RC_CONFLICT, "visit %" PRId64 " has begun", d->visit.number);
    d->why = NULL;
    return RC_OK;
}

/* What the words come to, checked; nothing is written. */
static enum rc work_out(struct desk_visit *d, struct err *err)
{
    struct roster r;

    d->was_ms = d->start_ms = d->visit.start_ms;
    d->planner = (struct planner){ .gate = d->gate, .who = &d->who, .mem = d->mem };
    if (d->word == WORD_MOVE || d->word == WORD_CANCEL)
        return work_out_change(d, err);
    d->why = d->visit.state == VISIT_CANCELLED ? "is_cancelled_already" : "is_not_begun";
    if (d->visit.start_ms > gate_now_ms(d->gate) || d->visit.state == VISIT_CANCELLED)
        return err_set(err, RC_INPUT, "visit %" PRId64 " has not begun, or was cancelled", d->visit.number);
    d->why = "is_bad_list";
    if (roster_read(d->gate, &d->visit, d->mem, &r, err) ||
        attending_read(&r, d->rest, d->in->names, d->mem, &d->came, &d->came_count, err))
        return err->rc;
    d->why = NULL;
    return RC_OK;
}

static enum rc preview(struct desk_visit *d, struct err *err)
{
    struct question_id question = { 0 };
    enum rc rc =
        is_after(d) && !d->number
            ? visit_get(&d->gate->store, (struct visit_id){ d->in->sender->mailing.subject_id }, d->mem, &d->visit, err)
            : visit_by_number(&d->gate->store, d->number, d->mem, &d->visit, err);

    if (rc == RC_NOT_FOUND)
        return problem(d, "is_unknown", "", err);
    if (!rc)
        rc = work_out(d, err);
    if (rc)
        return or_problem(d, rc, err);
    return remember(d, &question, err) ? err->rc : say_act(d, false, question.v, err);
}

/* ---- SEND ---- */

static enum rc act(struct desk_visit *d, struct err *err)
{
    const struct attending a = { .who = &d->who, .source = ATTENDANCE_BY_HOST, .came = d->came, .n = d->came_count };

    switch (d->word) {
    case WORD_MOVE:
        return planner_move(&d->planner, &d->visit, d->start_ms, err);
    case WORD_CANCEL:
        return planner_cancel(&d->planner, &d->visit, err);
    default:
        return attending_mark(d->gate, &d->visit, &a, err) ? err->rc : afterwards_missed(d->gate, &d->visit, err);
    }
}

static enum rc load_preview(struct desk_visit *d, const struct question *q, int64_t *ret_version, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const char *what;

    if (json_parse(q->data, strlen(q->data), &data, err))
        return err->rc;
    what = json_get_str(data, "what", "");
    for (int w = WORD_MOVE; w <= WORD_ATTEND; w++)
        if (!strcmp(word_names[w], what))
            d->word = (enum word)w;
    d->rest = arena_strdup(d->mem, json_get_str(data, "text", ""));
    *ret_version = json_get_int(data, "version", 0);
    return visit_get(&d->gate->store, (struct visit_id){ json_get_int(data, "visit", 0) }, d->mem, &d->visit, err);
}

static enum rc send(struct desk_visit *d, struct err *err)
{
    struct question_id id = { d->in->sender->mailing.subject_id };
    struct question q;
    int64_t version = 0;
    enum rc rc = question_get(&d->gate->store, id, d->mem, &q, err);

    if (rc)
        return rc == RC_NOT_FOUND ? problem(d, "is_too_old", "", err) : rc;
    if (q.person.v != d->in->sender->person.id.v)
        return problem(d, "is_not_yours", "", err);
    if (load_preview(d, &q, &version, err))
        return err->rc;
    if (q.state != QUESTION_OPEN)
        return problem(d, "is_done", "", err);
    if (version != d->visit.version)
        return problem(d, "is_changed", "", err);
    if (question_close(&d->gate->store, id, QUESTION_ANSWERED, err))
        return err->rc;
    rc = work_out(d, err);
    if (!rc)
        rc = act(d, err);
    return rc ? or_problem(d, rc, err) : say_act(d, true, 0, err);
}

/* SEND counts in answer to the preview, and to what was said when something else came in answer to it. */
static enum rc is_of_preview(struct desk_visit *d, bool *ret_is, struct err *err)
{
    const enum mailing_kind kind = d->in->sender->mailing.kind;
    CLEANUP(json_free) struct json *data = NULL;
    struct question q;
    enum rc rc;

    *ret_is = kind == MAILING_VISIT_DESK;
    if (kind != MAILING_DESK_UNCLEAR || !d->in->sender->mailing.subject_id)
        return RC_OK;
    rc = question_get(&d->gate->store, (struct question_id){ d->in->sender->mailing.subject_id }, d->mem, &q, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (json_parse(q.data, strlen(q.data), &data, err))
        return err->rc;
    *ret_is = !strcmp(json_get_str(data, "ask", ""), "visit");
    return RC_OK;
}

/* ---- RECAP ---- */

/* A conversation in the host's name, as TOPIC opens one. */
static enum rc recap(struct desk_visit *d, bool *ret_is_ours, enum letter_outcome *ret_outcome, struct err *err)
{
    const struct question none = { .id = { 0 } };
    struct letter letter = *d->in->letter;
    struct desk_letter in = *d->in;
    struct care_group g;

    if (visit_get(&d->gate->store, (struct visit_id){ d->in->sender->mailing.subject_id }, d->mem, &d->visit, err) ||
        group_get(&d->gate->store, d->visit.plan.group, d->mem, &g, err))
        return err->rc;
    letter.text = arena_printf(d->mem, "TOPIC in %s: %s\n\n%s", g.alias, d->visit.plan.words.title, d->rest);
    in.letter = &letter;
    return desk_words_take(d->gate, &in, &none, d->mem, ret_is_ours, ret_outcome, err);
}

enum rc visit_desk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem, bool *ret_is_ours,
                        enum letter_outcome *ret_outcome, struct err *err)
{
    struct desk_visit d = { .gate = gate,
                            .in = in,
                            .who = { AUDIT_STAFF, in->sender->person.id.v, AUDIT_WAY_EMAIL },
                            .visit = { .number = 0 },
                            .mem = mem };
    bool is_asked = false;

    *ret_is_ours = false;
    read_words(&d);
    if (is_after(&d) && d.word == WORD_NONE) {
        d.word = WORD_ATTEND;
        d.rest = in->letter->text;
    }
    if (d.word == WORD_SEND && is_of_preview(&d, &is_asked, err))
        return err->rc;
    if (d.word == WORD_NONE || (d.word == WORD_SEND && !is_asked) || (d.word == WORD_RECAP && !is_after(&d)) ||
        (d.word == WORD_MOVE && in->sender->token.purpose == TOKEN_REVIEW)) /* MOVE of a note */
        return RC_OK;
    if (d.word == WORD_RECAP)
        return recap(&d, ret_is_ours, ret_outcome, err);
    *ret_is_ours = true;
    *ret_outcome = OUTCOME_DECISION;
    return d.word == WORD_LIST ? show_list(&d, err) : d.word == WORD_SEND ? send(&d, err) : preview(&d, err);
}
