/* Answers that decide about notes: one decision, or several of a list; and whom a provider's own words are for. */
#include "gateway/desk/desk_answer.h"

#include "base/text.h"
#include "gateway/note/deciding.h"
#include "gateway/office/provider.h"
#include "gateway/say/phrase.h"

#define LEFT_MAX 1000
#define STILL_SHOWN 10

static enum rc read_question(struct desk *d, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *items, *places;
    enum rc rc = json_parse(d->question.data, strlen(d->question.data), &data, err);

    if (rc)
        return rc;
    items = json_get(data, "items");
    places = json_get(data, "places");
    for (size_t i = 0; i < json_count(items) && d->post_count < DESK_ITEMS_MAX; i++) {
        d->posts[d->post_count].v = json_get_int(json_at(items, i), "post", 0);
        d->photos[d->post_count] = json_get_int(json_at(items, i), "photos", 0);
        d->versions[d->post_count++] = json_get_int(json_at(items, i), "version", 0);
    }
    for (size_t i = 0; i < json_count(places) && d->place_count < DESK_PLACES_MAX; i++)
        d->places[d->place_count++].v = json_get_int(json_at(places, i), "id", 0);
    return RC_OK;
}

static enum rc author_of(struct desk *d, const struct post *p, const char **ret_name, struct err *err)
{
    struct membership m;
    struct person who = { .name = "" };
    enum rc rc = membership_find(&d->gate->store, p->group, p->author, d->mem, &m, err);

    if (rc == RC_OK) {
        *ret_name = m.name;
        return RC_OK;
    }
    if (rc == RC_NOT_FOUND)
        rc = person_get(&d->gate->store, p->author, d->mem, &who, err);
    *ret_name = who.name;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Nobody decided, or what was decided came before the words that wait now. */
static bool is_changed(const struct review_result *r)
{
    return !r->newest.post.v || (post_state_is_waiting(r->post.state) && r->post.version > r->newest.post_version + 1);
}

static enum rc tell_already(struct desk *d, const struct review_result *result, struct err *err)
{
    struct json *values = json_object_new();
    struct person who = { .name = d->gate->facts.name };
    const char *author = "";
    enum rc rc = author_of(d, &result->post, &author, err);

    if (!rc && result->newest.post.v)
        rc = person_get(&d->gate->store, result->newest.staff, d->mem, &who, err);
    if (rc && rc != RC_NOT_FOUND) {
        json_free(&values);
        return rc;
    }
    json_set_int(values, "review_number", phrase_number(d->question.id.v));
    json_set_str(values, "decision", decision_word(review_decision_of(&result->newest), d->mem));
    json_set_bool(values, "is_changed", is_changed(result));
    json_set_str(values, "who", who.name);
    json_set_str(values, "when", phrase_time(d->gate, d->staff->language, result->newest.at_ms, d->mem));
    json_set_str(values, "author", author);
    return desk_tell(d, MAILING_REVIEW_ALREADY, d->question.id.v, TOKEN_REVIEW, values, err);
}

/* One line of the confirmation: what was done, or why not. */
static enum rc add_result(struct desk *d, struct json *results, int64_t number, const struct review_result *result,
                          enum rc how, struct err *err)
{
    struct json *line = json_object_new();
    const char *author = "";
    const enum rc rc = author_of(d, &result->post, &author, err);

    if (number)
        json_set_int(line, "number", number);
    else
        json_set_str(line, "number", NULL);
    json_set_str(line, "author", author);
    for (int e = REVIEW_RELEASED; e < REVIEW_EFFECT_END; e++)
        json_set_bool(line, arena_printf(d->mem, "is_%s", review_effect_name((enum review_effect)e)),
                      how == RC_OK && e == (int)result->effect);
    for (int p = 1; p < REVIEW_PROBLEM_COUNT; p++)
        json_set_bool(line, arena_printf(d->mem, "is_%s", review_problem_name((enum review_problem)p)),
                      how != RC_OK && how != RC_CONFLICT && p == (int)result->problem);
    json_set_bool(line, "is_already", how == RC_CONFLICT);
    json_set_bool(line, "is_done", how == RC_OK);
    json_push(results, &line);
    return rc;
}

/* Its number in the mail that was answered, which an answer to the confirmation may name too; 0: it is not in it. */
static int64_t number_of(const struct desk *d, struct post_id post)
{
    for (size_t i = 0; i < d->post_count && d->question.subject_id == 0; i++)
        if (d->posts[i].v == post.v)
            return (int64_t)i + 1;
    return 0;
}

static enum rc still_line(struct desk *d, const struct post *p, struct json *list, struct err *err)
{
    struct json *line = json_object_new();
    const int64_t number = number_of(d, p->id);
    const char *author = "";
    const enum rc rc = author_of(d, p, &author, err);

    if (number)
        json_set_int(line, "number", number);
    else
        json_set_str(line, "number", NULL);
    json_set_str(line, "author", author);
    json_set_str(line, "waiting", phrase_span(d->staff->language, gate_now_ms(d->gate) - p->created_ms, d->mem));
    json_push(list, &line);
    return rc;
}

/* What waits still, of this mail or of any other. */
static enum rc add_still(struct desk *d, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct post *waiting;
    size_t n;

    if (post_waiting(&d->gate->store, LEFT_MAX, d->mem, &waiting, &n, err))
        return err->rc;
    if (n)
        json_set_int(values, "still_count", (int64_t)n);
    else
        json_set_str(values, "still_count", NULL);
    for (size_t i = 0; i < n && i < STILL_SHOWN; i++)
        if (still_line(d, &waiting[i], list, err))
            return err->rc;
    json_set(values, "still", &list);
    return RC_OK;
}

static enum rc confirm(struct desk *d, struct json **results, struct err *err)
{
    struct json *values = json_object_new();
    bool has_refused = false;

    for (size_t i = 0; i < json_count(*results); i++)
        has_refused = has_refused || !json_get_bool(json_at(*results, i), "is_done", false);
    json_set_int(values, "review_number", phrase_number(d->question.id.v));
    json_set_bool(values, "has_refused", has_refused);
    json_set(values, "results", results);
    if (add_still(d, values, err)) {
        json_free(&values);
        return err->rc;
    }
    return desk_tell(d, MAILING_REVIEW_DONE, d->question.id.v, TOKEN_REVIEW, values, err);
}

static enum rc decide(struct desk *d, const struct decision *decision, size_t item, struct review_result *result,
                      struct err *err)
{
    const struct review_act act = { .post = d->posts[item],
                                    .version = d->versions[item],
                                    .decision = decision,
                                    .places = d->places,
                                    .place_count = d->place_count,
                                    .staff = d->staff,
                                    .way = REVIEW_EMAIL,
                                    .photos_shown = d->photos[item] };

    return review_decide(d->gate, &act, d->mem, result, err);
}

/* What a decision answered that is the moderator's to know; anything else is a fault of ours. */
static bool is_answerable(enum rc rc)
{
    return rc == RC_OK || rc == RC_CONFLICT || rc == RC_INPUT || rc == RC_DENIED;
}

/* A photo that the answered mail had no room for: the note comes by itself, with all of it. */
static enum rc show_unseen(struct desk *d, const struct review_result *result, struct err *err)
{
    if (result->problem != REVIEW_PHOTO_UNSEEN)
        return RC_OK;
    return review_show_alone(d->gate, &result->post, d->staff, err);
}

/* ALT lines, then a decision: what is refused ends it. *ret_how is what the last one answered. */
static enum rc decide_each(struct desk *d, const struct decision_set *set, struct json *results,
                           struct review_result *result, enum rc *ret_how, struct err *err)
{
    *ret_how = RC_OK;
    for (size_t i = 0; i < set->count && !*ret_how; i++) {
        *ret_how = decide(d, &set->v[i], 0, result, err);
        if (!is_answerable(*ret_how))
            return *ret_how;
        if (*ret_how != RC_CONFLICT && add_result(d, results, 0, result, *ret_how, err))
            return err->rc;
    }
    return RC_OK;
}

static enum rc take_single(struct desk *d, const struct decision_set *set, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();
    struct review_result result;
    const char *author = "";
    enum rc rc, how;

    d->outcome = OUTCOME_DECISION;
    rc = decide_each(d, set, results, &result, &how, err);
    if (rc)
        return rc;
    if (how == RC_CONFLICT)
        return tell_already(d, &result, err);
    if (how && show_unseen(d, &result, err))
        return err->rc;
    if (!how || json_count(results) > 1)
        return confirm(d, &results, err);
    rc = author_of(d, &result.post, &author, err);
    return rc ? rc : desk_tell_unclear(d, author, "", result.problem, err);
}

/* OK ALL means the unflagged ones of that very mail. */
static enum rc is_covered(struct desk *d, const struct decision *decision, size_t item, bool *ret_covered,
                          struct err *err)
{
    struct post p;
    enum rc rc;

    *ret_covered = true;
    if (!decision->is_all)
        return RC_OK;
    rc = post_get(&d->gate->store, d->posts[item], d->mem, &p, err);
    *ret_covered = !rc && p.flags == 0 && p.tier == 4;
    return rc;
}

/* OK ALL passes over what has a mark, and says so; what is decided already is no news. */
static enum rc add_marked(struct desk *d, struct json *results, size_t item, struct err *err)
{
    struct json *line;
    const char *author;
    struct post p;

    if (post_get(&d->gate->store, d->posts[item], d->mem, &p, err))
        return err->rc;
    if (!post_state_is_waiting(p.state))
        return RC_OK;
    if (author_of(d, &p, &author, err))
        return err->rc;
    line = json_object_new();
    json_set_int(line, "number", (int64_t)item + 1);
    json_set_str(line, "author", author);
    json_set_bool(line, "is_marked", true);
    json_push(results, &line);
    return RC_OK;
}

/* One decision about one item of the list. An item whose ALT was refused waits for it. */
static enum rc take_item(struct desk *d, const struct decision *decision, size_t item, struct json *results,
                         struct err *err)
{
    struct review_result result;
    bool is_meant = false;
    enum rc how;

    if (d->is_refused[item])
        return RC_OK;
    if (is_covered(d, decision, item, &is_meant, err))
        return err->rc;
    if (!is_meant)
        return add_marked(d, results, item, err);
    how = decide(d, decision, item, &result, err);
    if (!is_answerable(how))
        return how;
    d->is_refused[item] = how != RC_OK;
    if (how && how != RC_CONFLICT && show_unseen(d, &result, err))
        return err->rc;
    return add_result(d, results, (int64_t)item + 1, &result, how, err);
}

static enum rc take_list(struct desk *d, const struct decision_set *set, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();

    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->v[i].item_count; k++) {
            const size_t item = (size_t)set->v[i].items[k] - 1;

            if (item < d->post_count && take_item(d, &set->v[i], item, results, err))
                return err->rc;
        }
    d->outcome = OUTCOME_DECISION;
    return confirm(d, &results, err);
}

enum rc desk_take_review(struct desk *d, struct err *err)
{
    const bool is_list = d->question.subject_id == 0;
    struct decision_input in = { .text = d->in->letter->text, .names = d->in->names };
    struct decision_set set;
    enum rc rc = read_question(d, err);

    if (rc)
        return rc;
    in.list_max = is_list ? (int)d->post_count : 0;
    set = decision_read(&in, d->mem);
    if (set.count == 1 && set.v[0].kind == DECISION_ANNOUNCE)
        return desk_draft(d, &set.v[0], err);
    if (!set.count || !d->post_count)
        return desk_tell_unclear(d, "", set.near ? decision_word(set.near, d->mem) : "", REVIEW_NO_PROBLEM, err);
    return is_list ? take_list(d, &set, err) : take_single(d, &set, err);
}

/* How many photos the preview showed. */
static enum rc shown_photos(struct desk *d, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const enum rc rc = json_parse(d->question.data, strlen(d->question.data), &data, err);

    d->photos[0] = rc ? 0 : json_get_int(data, "photos", 0);
    return rc;
}

/* "To all 34, or only to Rose?" */
enum rc desk_take_all_or_private(struct desk *d, const struct decision *decision, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();
    const bool is_send = decision->kind == DECISION_SEND;
    const struct decision act = { .kind = is_send ? DECISION_OK : DECISION_PRIVATE, .text = "" };
    struct review_result result = { .problem = REVIEW_NO_PROBLEM };
    struct post post;
    enum rc rc;

    if (!is_send && decision->kind != DECISION_PRIVATE)
        return desk_tell_unclear(d, "", "SEND", REVIEW_NO_PROBLEM, err);
    if (post_get(&d->gate->store, (struct post_id){ d->question.subject_id }, d->mem, &post, err) ||
        shown_photos(d, err))
        return err->rc;
    d->posts[0] = post.id;
    rc = is_send ? decide(d, &act, 0, &result, err) : provider_answer_privately(d->gate, &post, d->staff, err);
    d->outcome = OUTCOME_DECISION;
    if (!is_answerable(rc))
        return rc;
    if (rc && is_send && show_unseen(d, &result, err))
        return err->rc;
    if (rc)
        return desk_tell_unclear(d, "", "", is_send ? result.problem : REVIEW_NO_PROBLEM, err);
    if (!is_send)
        result = (struct review_result){ .effect = REVIEW_ANSWERED_PRIVATELY, .post = post };
    rc = add_result(d, results, 0, &result, RC_OK, err);
    return rc ? rc : confirm(d, &results, err);
}
