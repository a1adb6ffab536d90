#include "gateway/visit/questions.h"

#include "base/text.h"
#include "gateway/say/notice.h"
#include "gateway/visit/planner.h"
#include "gateway/visit/saying.h"
#include "inbound/number.h"
#include "store/due.h"
#include "store/membership.h"
#include "store/visit_record.h"

#define QUESTIONS_MARK (-1) /* minutes before: none of a reminder's */

enum rc questions_set(struct gate *gate, const struct visit *visit, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate), at_ms = visit->start_ms - QUESTIONS_DAYS * MS_DAY;

    if (!*visit->plan.words.questions || visit->start_ms - now_ms < MS_DAY)
        return RC_OK;
    return due_set(&gate->store, JOB_VISIT_QUESTIONS, visit->id.v, at_ms > now_ms ? at_ms : now_ms, err);
}

/* ---- asking ---- */

static struct json *items_of(const struct visit *visit, struct arena *mem)
{
    const char *rest = visit->plan.words.questions, *line;
    struct json *list = json_array_new();
    int64_t number = 0;
    size_t n;

    while (text_next_line(&rest, &line, &n)) {
        struct json *row;

        if (!n)
            continue;
        row = json_object_new();
        json_set_int(row, "number", ++number);
        json_set_str(row, "question", arena_strndup(mem, line, n));
        json_push(list, &row);
    }
    return list;
}

static enum rc send(struct gate *gate, const struct visit *visit, const struct visit_seat *seat, bool is_answer,
                    struct arena *mem, struct err *err)
{
    struct saying s = { .gate = gate, .visit = visit, .mem = mem };
    struct notice notice = { .kind = MAILING_VISIT_QUESTIONS,
                             .person = seat->person,
                             .membership = seat->membership,
                             .group = visit->plan.group,
                             .reply = TOKEN_RSVP,
                             .subject_id = seat->id.v,
                             .lane = -1,
                             .is_answer = is_answer };
    struct person person;
    struct json *items;

    if (person_get(&gate->store, seat->person, mem, &person, err))
        return err->rc;
    s.language = person.language;
    s.zone = person.zone;
    items = items_of(visit, mem);
    notice.values = json_object_new();
    json_set(notice.values, "items", &items);
    return saying_send(&s, &notice, err);
}

static enum rc ask(struct gate *gate, const struct visit *visit, const struct visit_seat *seat, struct arena *mem,
                   struct err *err)
{
    struct membership m;
    enum rc rc;

    if (membership_get(&gate->store, seat->membership, mem, &m, err))
        return err->rc;
    if (m.state != MEMBER_ACTIVE)
        return RC_OK;
    rc = visit_reminder_take(&gate->store, seat, QUESTIONS_MARK, 0, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    return send(gate, visit, seat, false, mem, err);
}

enum rc questions_again(struct gate *gate, const struct visit *visit, const struct visit_seat *seat, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_questions");

    return send(gate, visit, seat, true, mem, err);
}

enum rc questions_run(struct gate *gate, struct visit_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_questions");
    const int64_t now_ms = gate_now_ms(gate);
    struct visit_seat *seats;
    struct visit visit;
    size_t n;

    if (visit_get(&gate->store, id, mem, &visit, err) || visit_seats(&gate->store, id, mem, &seats, &n, err))
        return err->rc;
    if (visit.state != VISIT_PLANNED || visit.start_ms - now_ms < MS_DAY || !*visit.plan.words.questions)
        return RC_OK;
    if (visit.start_ms - QUESTIONS_DAYS * MS_DAY > now_ms) /* it was moved */
        return questions_set(gate, &visit, err);
    for (size_t i = 0; i < n; i++)
        if (seats[i].part == VISIT_MEMBER && seats[i].state == VISIT_SEAT_INVITED && seats[i].told_ms &&
            seats[i].answer != VISIT_NO && ask(gate, &visit, &seats[i], mem, err))
            return err_wrap(err, "questions of visit %" PRId64, visit.number);
    return RC_OK;
}

/* ---- answers ---- */

static enum rc keep(struct gate *gate, const struct visit_seat *seat, int64_t number, const char *words,
                    struct err *err)
{
    struct visit_reply reply = { .visit = seat->visit, .person = seat->person, .number = number, .words = words };

    return visit_reply_add(&gate->store, &reply, err);
}

/* The lines that begin with a number of a question; *ret_n: how many there were. A number alone answers nothing. */
static enum rc keep_lines(struct gate *gate, const struct visit_seat *seat, const struct questions_words *words,
                          size_t questions, struct arena *mem, size_t *ret_n, struct err *err)
{
    int numbers[PLANNER_QUESTIONS_MAX];
    struct number_pieces pieces;

    *ret_n = 0;
    for (size_t i = 0; i < questions; i++)
        numbers[i] = (int)i + 1;
    pieces = number_split(words->text, (struct number_set){ numbers, questions }, words->names, mem);
    for (size_t i = 0; i < pieces.count; i++) {
        const struct number_piece *p = &pieces.v[i];
        char *const said = text_clean(mem, words->text + p->words_at, p->at + p->len - p->words_at);

        for (size_t end = strlen(said); end && strchr(" \n", said[end - 1]); said[end] = '\0')
            end--;

        for (size_t k = 0; *said && k < p->count; k++, ++*ret_n)
            if (keep(gate, seat, p->numbers[k], said, err))
                return err->rc;
    }
    return RC_OK;
}

enum rc questions_take(struct gate *gate, const struct visit_seat *seat, const struct questions_words *words,
                       struct arena *mem, bool *ret_is_taken, struct err *err)
{
    struct visit visit;
    struct json *items;
    size_t n, lines;

    *ret_is_taken = false;
    if (visit_get(&gate->store, seat->visit, mem, &visit, err))
        return err->rc;
    items = items_of(&visit, mem);
    n = json_count(items) < PLANNER_QUESTIONS_MAX ? json_count(items) : PLANNER_QUESTIONS_MAX;
    json_free(&items);
    if (keep_lines(gate, seat, words, n, mem, &lines, err))
        return err->rc;
    *ret_is_taken = lines > 0 || (n == 1 && !words->must_be_numbered);
    return *ret_is_taken && !lines ? keep(gate, seat, 1, words->text, err) : RC_OK;
}
