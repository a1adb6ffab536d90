#include "gateway/desk.h"

#include "base/text.h"
#include "gateway/announce.h"
#include "gateway/claim.h"
#include "gateway/deciding.h"
#include "gateway/desk_talk.h"
#include "gateway/desk_words.h"
#include "gateway/identity.h"
#include "gateway/notice.h"
#include "gateway/provider.h"
#include "gateway/review.h"
#include "gateway/phrase.h"
#include "inbound/answer.h"
#include "inbound/words.h"
#include "store/audit.h"
#include "store/question.h"

#define ITEMS_MAX 100
#define PLACES_MAX 50
#define LEFT_MAX 1000

/* One letter of a staff member, with the question it answers. */
struct desk {
    struct gate *gate;
    const struct desk_letter *in;
    const struct person *staff;
    struct arena *mem;
    struct question question; /* id 0: it answers none */
    struct post_id posts[ITEMS_MAX];
    int64_t versions[ITEMS_MAX];
    size_t post_count;
    struct conversation_id places[PLACES_MAX];
    size_t place_count;
    enum letter_outcome outcome;
};

/* "OK CUT", as moderators write it. */
static const char *decision_word(int kind, struct arena *mem)
{
    char *word = arena_strdup(mem, decision_name((enum decision_kind)kind));

    for (char *p = word; *p; p++)
        *p = *p == '_' ? ' ' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    return word;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------------- */

static enum rc tell(struct desk *d, enum mailing_kind kind, int64_t subject, enum token_purpose reply,
                    struct json *values, struct err *err)
{
    const bool is_again = kind == MAILING_REVIEW_UNCLEAR && d->in->sender->mailing.kind == kind;
    struct notice notice = { .kind = kind,
                             .person = d->staff->id,
                             .group = d->in->sender->group.id,
                             .subject_id = subject,
                             .reply = reply,
                             .lane = -1,
                             .is_answer = true,
                             .is_once_a_day = is_again, /* five times: a machine would go on for ever */
                             .in_reply_to = d->in->letter->message_id,
                             .values = values };
    const enum rc rc = notice_queue(d->gate, &notice, NULL, err);

    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* Nothing happened, and why. The answer to this letter is taken like one to the mail that was answered. */
static enum rc tell_unclear(struct desk *d, const char *author, const char *guess, enum review_problem problem,
                            struct err *err)
{
    const int64_t about = d->question.id.v ? d->question.id.v : d->in->sender->mailing.subject_id;
    const bool is_review = d->question.kind == QUESTION_REVIEW;
    struct json *values = json_object_new();
    const struct audit_entry entry = { .who = { AUDIT_STAFF, d->staff->id.v, AUDIT_WAY_EMAIL },
                                       .verb = AUDIT_DECISION_REFUSED,
                                       .item_kind = AUDIT_ITEM_LETTER,
                                       .item_id = d->in->arrival.v,
                                       .new_value = review_problem_name(problem) };
    enum rc rc = audit_append(&d->gate->store, &entry, err);

    json_set_int(values, "review_number", phrase_number(about));
    json_set_str(values, "author", author);
    json_set_str(values, "reply_text", d->in->letter->text);
    json_set_str(values, "guess", guess);
    for (int p = 1; p < REVIEW_PROBLEM_COUNT; p++)
        json_set_bool(values, arena_printf(d->mem, "is_%s", review_problem_name((enum review_problem)p)),
                      p == (int)problem);
    json_set_bool(values, "is_unclear", problem == REVIEW_NO_PROBLEM);
    d->outcome = OUTCOME_ASKED;
    if (!rc)
        return tell(d, MAILING_REVIEW_UNCLEAR, about, is_review ? TOKEN_REVIEW : TOKEN_DESK, values, err);
    json_free(&values);
    return rc;
}

/* --- answers to review mails ------------------------------------------------------------------------------------------------------ */

static enum rc read_question(struct desk *d, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *items, *places;
    enum rc rc = json_parse(d->question.data, strlen(d->question.data), &data, err);

    if (rc)
        return rc;
    items = json_get(data, "items");
    places = json_get(data, "places");
    for (size_t i = 0; i < json_count(items) && d->post_count < ITEMS_MAX; i++) {
        d->posts[d->post_count].v = json_get_int(json_at(items, i), "post", 0);
        d->versions[d->post_count++] = json_get_int(json_at(items, i), "version", 0);
    }
    for (size_t i = 0; i < json_count(places) && d->place_count < PLACES_MAX; i++)
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
    return !r->newest.post.v || (deciding_is_waiting(r->post.state) && r->post.version > r->newest.post_version + 1);
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
    json_set_str(values, "decision", decision_word(result->newest.decision, d->mem));
    json_set_bool(values, "is_changed", is_changed(result));
    json_set_str(values, "who", who.name);
    json_set_str(values, "when", phrase_time(d->gate, d->staff->language, result->newest.at_ms, d->mem));
    json_set_str(values, "author", author);
    return tell(d, MAILING_REVIEW_ALREADY, d->question.id.v, TOKEN_REVIEW, values, err);
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
    json_push(results, &line);
    return rc;
}

/* What waits still, of this mail or of any other. */
static enum rc add_still(struct desk *d, struct json *values, struct err *err)
{
    struct post *waiting;
    size_t n;

    if (post_waiting(&d->gate->store, LEFT_MAX, d->mem, &waiting, &n, err))
        return err->rc;
    if (n)
        json_set_int(values, "still_count", (int64_t)n);
    else
        json_set_str(values, "still_count", NULL);
    return RC_OK;
}

static enum rc confirm(struct desk *d, struct json **results, struct err *err)
{
    struct json *values = json_object_new();

    json_set_int(values, "review_number", phrase_number(d->question.id.v));
    json_set(values, "results", results);
    if (add_still(d, values, err)) {
        json_free(&values);
        return err->rc;
    }
    return tell(d, MAILING_REVIEW_DONE, d->question.id.v, TOKEN_REVIEW, values, err);
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
                                    .way = REVIEW_EMAIL };

    return review_decide(d->gate, &act, d->mem, result, err);
}

/* What a decision answered that is the moderator's to know; anything else is a fault of ours. */
static bool is_answerable(enum rc rc)
{
    return rc == RC_OK || rc == RC_CONFLICT || rc == RC_INPUT || rc == RC_DENIED;
}

static enum rc take_single(struct desk *d, const struct decision *decision, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();
    struct review_result result;
    const char *author = "";
    enum rc rc = decide(d, decision, 0, &result, err);

    d->outcome = OUTCOME_DECISION;
    if (!is_answerable(rc))
        return rc;
    if (rc == RC_CONFLICT)
        return tell_already(d, &result, err);
    if (rc) {
        rc = author_of(d, &result.post, &author, err);
        return rc ? rc : tell_unclear(d, author, "", result.problem, err);
    }
    rc = add_result(d, results, 0, &result, RC_OK, err);
    return rc ? rc : confirm(d, &results, err);
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
    if (!deciding_is_waiting(p.state))
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

static enum rc take_list(struct desk *d, const struct decision_set *set, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < set->count; i++)
        for (size_t k = 0; !rc && k < set->v[i].item_count; k++) {
            const size_t item = (size_t)set->v[i].items[k] - 1;
            struct review_result result;
            bool is_meant = false;
            enum rc how;

            rc = item < d->post_count ? is_covered(d, &set->v[i], item, &is_meant, err) : RC_OK;
            if (!rc && item < d->post_count && !is_meant)
                rc = add_marked(d, results, item, err);
            if (rc || !is_meant)
                continue;
            how = decide(d, &set->v[i], item, &result, err);
            rc = is_answerable(how) ? add_result(d, results, (int64_t)item + 1, &result, how, err) : how;
        }
    d->outcome = OUTCOME_DECISION;
    return rc ? rc : confirm(d, &results, err);
}

static enum rc draft(struct desk *d, const struct decision *decision, struct err *err);

static enum rc take_review(struct desk *d, struct err *err)
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
        return draft(d, &set.v[0], err);
    if (!set.count || !d->post_count)
        return tell_unclear(d, "", set.near ? decision_word((int)set.near, d->mem) : "", REVIEW_NO_PROBLEM, err);
    return is_list ? take_list(d, &set, err) : take_single(d, &set.v[0], err);
}

/* --- answers to desk mails -------------------------------------------------------------------------------------------------------- */

/* The group of the mail that was answered; to the desk itself, the only one that is open. RC_NOT_FOUND: it cannot be told. */
static enum rc find_group(struct desk *d, struct group_id *ret_group, struct err *err)
{
    struct care_group *groups;
    size_t n;

    *ret_group = d->in->sender->group.id;
    if (ret_group->v)
        return RC_OK;
    if (group_list(&d->gate->store, d->mem, &groups, &n, err))
        return err->rc;
    if (!n || groups[0].state != GROUP_OPEN || (n > 1 && groups[1].state == GROUP_OPEN))
        return err_set(err, RC_NOT_FOUND, "which group the announcement is for");
    *ret_group = groups[0].id;
    return RC_OK;
}

static enum rc draft(struct desk *d, const struct decision *decision, struct err *err)
{
    struct announcement a = {
        .author = d->staff, .text = decision->text, .letter = d->in->arrival, .triage = d->in->triage
    };
    struct post post;
    enum rc rc = find_group(d, &a.group, err);

    if (rc == RC_NOT_FOUND)
        return tell_unclear(d, "", "ANNOUNCE", REVIEW_WHICH_GROUP, err);
    if (!rc)
        rc = announce_draft(d->gate, &a, &post, err);
    d->outcome = OUTCOME_HELD;
    if (rc == RC_INPUT)
        return tell_unclear(d, "", "ANNOUNCE", REVIEW_NO_TEXT, err);
    return rc == RC_PERM ? tell_unclear(d, "", "", REVIEW_GROUP_OVER, err) : rc;
}

static enum rc act_on_alarm(struct desk *d, const struct decision *decision, struct err *err)
{
    const struct claim claim = { { d->in->sender->mailing.subject_id }, d->staff, AUDIT_WAY_EMAIL };
    bool is_closed;

    switch (decision->kind) {
    case DECISION_CLAIM:
        return claim_take(d->gate, &claim, err);
    case DECISION_PASS:
        return claim_pass(d->gate, &claim, err);
    case DECISION_DONE:
        return claim_done(d->gate, &claim, decision->text, &is_closed, err);
    default:
        return err_set(err, RC_INPUT, "no word for an alarm");
    }
}

static enum rc take_alarm(struct desk *d, const struct decision *decision, struct err *err)
{
    const bool is_done = decision->kind == DECISION_DONE;
    const enum rc rc = act_on_alarm(d, decision, err);

    d->outcome = OUTCOME_DECISION;
    switch (rc) {
    case RC_CONFLICT: /* a letter has said who has it */
        return RC_OK;
    case RC_INPUT:
        return tell_unclear(d, "", is_done ? "DONE" : "CLAIM", is_done ? REVIEW_NO_TEXT : REVIEW_NO_PROBLEM, err);
    case RC_DENIED:
        return tell_unclear(d, "", "", REVIEW_NOT_YOURS, err);
    case RC_LIMIT:
        return tell_unclear(d, "", "", REVIEW_SECOND_PERSON, err);
    default:
        return rc;
    }
}

static enum rc take_announcement(struct desk *d, const struct decision *decision, struct err *err)
{
    struct post post;
    enum rc rc;

    if (decision->kind == DECISION_ANNOUNCE)
        return draft(d, decision, err);
    if (decision->kind != DECISION_SEND)
        return tell_unclear(d, "", "SEND", REVIEW_NO_PROBLEM, err);
    rc = announce_send(d->gate, &d->question, d->staff, REVIEW_EMAIL, &post, err);
    d->outcome = OUTCOME_DECISION;
    if (rc == RC_DENIED)
        return tell_unclear(d, "", "", REVIEW_SECOND_PERSON, err);
    if (rc == RC_PERM)
        return tell_unclear(d, "", "", REVIEW_GROUP_OVER, err);
    return rc == RC_CONFLICT ? tell_unclear(d, "", "", REVIEW_NO_PROBLEM, err) : rc;
}

/* "To all 34, or only to Rose?" */
static enum rc take_all_or_private(struct desk *d, const struct decision *decision, struct err *err)
{
    CLEANUP(json_free) struct json *results = json_array_new();
    const bool is_send = decision->kind == DECISION_SEND;
    const struct decision act = { .kind = is_send ? DECISION_OK : DECISION_PRIVATE, .text = "" };
    struct review_result result;
    struct post post;
    enum rc rc;

    if (!is_send && decision->kind != DECISION_PRIVATE)
        return tell_unclear(d, "", "SEND", REVIEW_NO_PROBLEM, err);
    rc = post_get(&d->gate->store, (struct post_id){ d->question.subject_id }, d->mem, &post, err);
    d->posts[0] = post.id;
    if (!rc && !is_send)
        rc = provider_answer_privately(d->gate, &post, d->staff, err);
    else if (!rc)
        rc = decide(d, &act, 0, &result, err);
    d->outcome = OUTCOME_DECISION;
    if (!is_answerable(rc))
        return rc;
    if (rc)
        return tell_unclear(d, "", "", is_send ? result.problem : REVIEW_NO_PROBLEM, err);
    if (!is_send)
        result = (struct review_result){ .effect = REVIEW_ANSWERED_PRIVATELY, .post = post };
    rc = add_result(d, results, 0, &result, RC_OK, err);
    return rc ? rc : confirm(d, &results, err);
}

/* "Is this also Rose?", "Did Rose write this?": OK adds the address (of the first), and the note goes on its way to review. */
static enum rc take_identity(struct desk *d, const struct decision *decision, struct err *err)
{
    if (decision->kind != DECISION_OK && decision->kind != DECISION_NO)
        return tell_unclear(d, "", "OK", REVIEW_NO_PROBLEM, err);
    if (d->question.state != QUESTION_OPEN) /* somebody has said it */
        return tell_unclear(d, "", "", REVIEW_NO_PROBLEM, err);
    d->outcome = OUTCOME_DECISION;
    return identity_settle(d->gate, &d->question, d->staff, decision->kind == DECISION_OK, err);
}

typedef enum rc desk_fn(struct desk *d, const struct decision *decision, struct err *err);

static desk_fn *answer_to(const struct desk *d)
{
    switch (d->in->sender->mailing.kind) {
    case MAILING_PAGE:
    case MAILING_PAGE_CLAIMED:
    case MAILING_PAGE_DETAILS:
    case MAILING_PAGE_TAKEN:
    case MAILING_PAGE_REMINDER:
    case MAILING_PAGE_SECOND:
        return take_alarm;
    default:
        break;
    }
    switch (d->question.kind) {
    case QUESTION_ANNOUNCE:
        return take_announcement;
    case QUESTION_ALL_OR_PRIVATE:
        return take_all_or_private;
    case QUESTION_ALSO_THIS:
        return take_identity;
    default:
        return NULL;
    }
}

static enum rc take_desk(struct desk *d, struct err *err)
{
    const struct decision_input in = { .text = d->in->letter->text, .names = d->in->names };
    const struct decision_set set = decision_read(&in, d->mem);
    desk_fn *fn = answer_to(d);

    if (set.count == 1 && set.v[0].kind == DECISION_ANNOUNCE)
        return draft(d, &set.v[0], err);
    if (set.count != 1 || !fn)
        return tell_unclear(d, "", set.near ? decision_word((int)set.near, d->mem) : "", REVIEW_NO_PROBLEM, err);
    return fn(d, &set.v[0], err);
}

static enum rc load_question(struct desk *d, struct err *err)
{
    const int64_t id = d->in->sender->mailing.subject_id;
    const enum rc rc =
        id ? question_get(&d->gate->store, (struct question_id){ id }, d->mem, &d->question, err) : RC_NOT_FOUND;

    if (rc)
        d->question = (struct question){ .kind = 0 };
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A mail that asks for a decision takes a word of the desk too, when it is one and nothing more. */
static enum rc take_word(struct desk *d, bool is_whole, bool *ret_is_ours, struct err *err)
{
    const bool asks = answer_to(d) || (d->question.kind && d->question.kind != QUESTION_DESK);

    *ret_is_ours = false;
    if (asks && !is_whole)
        return RC_OK;
    return desk_words_take(d->gate, d->in, &d->question, d->mem, ret_is_ours, &d->outcome, err);
}

enum rc desk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem, enum letter_outcome *ret_outcome,
                  struct err *err)
{
    struct desk d = { .gate = gate, .in = in, .staff = &in->sender->person, .mem = mem, .outcome = OUTCOME_STAFF };
    bool is_whole, is_loud, is_ours = false;
    enum rc rc = desk_words_is(gate, in->letter, in->names, mem, &is_whole, &is_loud, err);

    if (!rc && !is_loud && desk_talk_is_meant(in, mem))
        return desk_talk_take(gate, in, mem, ret_outcome, err) ? err_wrap(err, "private answer") : RC_OK;
    if (!rc)
        rc = load_question(&d, err);
    if (!rc)
        rc = take_word(&d, is_whole, &is_ours, err);
    if (!rc && !is_ours)
        rc = d.question.kind == QUESTION_REVIEW ? take_review(&d, err) : take_desk(&d, err);
    *ret_outcome = d.outcome;
    return rc ? err_wrap(err, "desk") : RC_OK;
}

enum desk_words desk_words_of(const struct letter *letter, const char *const *names, struct arena *mem)
{
    const struct decision_input in = { .text = letter->text, .names = names };
    const struct decision_set set = decision_read(&in, mem);

    if (set.count != 1)
        return DESK_NO_WORDS;
    return set.v[0].kind == DECISION_ANNOUNCE ? DESK_ANNOUNCEMENT : DESK_DECISION;
}
