/* What visits hold about one person: for `report person`. */
#include "gateway/cli/sheet.h"
#include "gateway/cli/visit.h"
#include "store/visit_record.h"

/* Their answers and words, in the order in which they came. */
static enum rc put_words(struct cli *cli, const struct visit_seat *seat, struct json *one, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct visit_rsvp *rsvps;
    struct visit_reply *replies;
    size_t n, count;

    if (visit_rsvps(&cli->gate->store, seat->visit, cli->mem, &rsvps, &n, err) ||
        visit_replies(&cli->gate->store, seat->visit, cli->mem, &replies, &count, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct json *row;

        if (rsvps[i].person.v != seat->person.v)
            continue;
        row = json_object_new();
        json_set_str(row, "at", sheet_time(cli, rsvps[i].at_ms));
        json_set_str(row, "answer", visit_answer_name(rsvps[i].answer));
        json_set_str(row, "way", visit_way_name(rsvps[i].way));
        json_set_str(row, "words", rsvps[i].words ? rsvps[i].words : "");
        cli_say(cli, "    %s  you said %s%s%s\n", sheet_time(cli, rsvps[i].at_ms), visit_answer_name(rsvps[i].answer),
                rsvps[i].words ? ": " : "", rsvps[i].words ? rsvps[i].words : "");
        json_push(list, &row);
    }
    for (size_t i = 0; i < count; i++) {
        struct json *row;

        if (replies[i].person.v != seat->person.v)
            continue;
        row = json_object_new();
        json_set_str(row, "at", sheet_time(cli, replies[i].at_ms));
        json_set_int(row, "question", replies[i].number);
        json_set_str(row, "words", replies[i].words);
        cli_say(cli, "    %s  you wrote: %s\n", sheet_time(cli, replies[i].at_ms), replies[i].words);
        json_push(list, &row);
    }
    json_set(one, "answers", &list);
    return RC_OK;
}

static enum rc put_visit(struct cli *cli, const struct visit_seat *seat, struct json *one, struct err *err)
{
    struct attendance *came;
    const struct attendance *a;
    struct visit v;
    size_t n;

    if (visit_get(&cli->gate->store, seat->visit, cli->mem, &v, err) ||
        attendance_list(&cli->gate->store, seat->visit, cli->mem, &came, &n, err))
        return err->rc;
    a = attendance_of(came, n, seat->person);
    json_set_int(one, "visit", v.number);
    json_set_str(one, "start", sheet_time(cli, v.start_ms));
    json_set_str(one, "title", v.plan.words.title);
    json_set_str(one, "where_that_day", seat->whereabouts ? seat->whereabouts : "");
    json_set_str(one, "attendance", a ? attendance_state_name(a->state) : "");
    cli_say(cli, "  %s  %s%s%s\n", sheet_time(cli, v.start_ms), v.plan.words.title, a ? ", " : "",
            a ? attendance_state_name(a->state) : "");
    return put_words(cli, seat, one, err);
}

enum rc cli_visit_report(struct cli *cli, struct person_id person, struct json **ret_list, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct visit_seat *seats;
    size_t n;

    if (visit_seats_of_person(&cli->gate->store, person, cli->mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(json_free) struct json *one = json_object_new();

        if (put_visit(cli, &seats[i], one, err))
            return err->rc;
        json_push(list, &one);
    }
    *ret_list = MOVE(list);
    return RC_OK;
}
