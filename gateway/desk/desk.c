#include "gateway/desk/desk_answer.h"

#include "gateway/desk/desk_score.h"
#include "gateway/desk/desk_talk.h"
#include "gateway/desk/desk_words.h"
#include "gateway/duty/claim.h"
#include "gateway/note/announce.h"
#include "gateway/people/identity.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "inbound/answer.h"
#include "inbound/words.h"
#include "gateway/desk/visit_desk.h"
#include "store/audit.h"
#include "store/question.h"

/* --- telling ---------------------------------------------------------------------------------------------------------------------- */

enum rc desk_tell(struct desk *d, enum mailing_kind kind, int64_t subject, enum token_purpose reply,
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

static bool is_about_alarm(enum mailing_kind kind)
{
    return kind == MAILING_PAGE || kind == MAILING_PAGE_CLAIMED || kind == MAILING_PAGE_DETAILS ||
           kind == MAILING_PAGE_TAKEN || kind == MAILING_PAGE_REMINDER || kind == MAILING_PAGE_SECOND;
}

/* What the answered mail was about, and which words it takes. */
static enum rc add_about(struct desk *d, enum review_problem problem, struct json *values, struct err *err)
{
    const bool is_review = d->question.kind == QUESTION_REVIEW;
    const bool is_list = is_review && !d->question.subject_id;
    const bool has_post =
        !is_list && (is_review || d->question.kind == QUESTION_ANNOUNCE || d->question.kind == QUESTION_ALL_OR_PRIVATE);
    struct post p = { .text = "" };
    enum rc rc = RC_NOT_FOUND;

    if (has_post)
        rc = post_get(&d->gate->store, (struct post_id){ d->question.subject_id }, d->mem, &p, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    json_set_bool(values, "is_list", is_list);
    json_set_bool(values, "is_note", is_review && !is_list);
    json_set_bool(values, "is_alarm", !d->question.kind && is_about_alarm(d->in->sender->mailing.kind));
    json_set_bool(values, "is_waiting",
                  !rc && post_state_is_waiting(p.state) && !p.send_ms && problem != REVIEW_GROUP_OVER);
    return RC_OK;
}

/* Nothing happened, and why. The answer to this letter is taken like one to the mail that was answered. */
enum rc desk_tell_unclear(struct desk *d, const char *author, const char *guess, enum review_problem problem,
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
        rc = add_about(d, problem, values, err);
    if (!rc)
        return desk_tell(d, MAILING_REVIEW_UNCLEAR, about, is_review ? TOKEN_REVIEW : TOKEN_DESK, values, err);
    json_free(&values);
    return rc;
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

enum rc desk_draft(struct desk *d, const struct decision *decision, struct err *err)
{
    struct triage_result triage;
    struct announcement a = { .author = d->staff, .text = decision->text, .letter = d->in->arrival, .triage = &triage };
    struct post post;
    enum rc rc = find_group(d, &a.group, err);

    if (rc == RC_NOT_FOUND)
        return desk_tell_unclear(d, "", "ANNOUNCE", REVIEW_WHICH_GROUP, err);
    if (!rc)
        rc = desk_score(d->gate, d->in, a.group, a.text, d->mem, &triage, err);
    if (!rc)
        rc = announce_draft(d->gate, &a, &post, err);
    d->outcome = OUTCOME_HELD;
    if (rc == RC_INPUT)
        return desk_tell_unclear(d, "", "ANNOUNCE", REVIEW_NO_TEXT, err);
    return rc == RC_PERM ? desk_tell_unclear(d, "", "", REVIEW_GROUP_OVER, err) : rc;
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
        return desk_tell_unclear(d, "", is_done ? "DONE" : "CLAIM", is_done ? REVIEW_NO_TEXT : REVIEW_NO_PROBLEM, err);
    case RC_DENIED:
        return desk_tell_unclear(d, "", "", REVIEW_NOT_YOURS, err);
    case RC_LIMIT:
        return desk_tell_unclear(d, "", "", REVIEW_SECOND_PERSON, err);
    default:
        return rc;
    }
}

static enum rc take_announcement(struct desk *d, const struct decision *decision, struct err *err)
{
    struct post post;
    enum rc rc;

    if (decision->kind == DECISION_ANNOUNCE)
        return desk_draft(d, decision, err);
    if (decision->kind != DECISION_SEND)
        return desk_tell_unclear(d, "", "SEND", REVIEW_NO_PROBLEM, err);
    rc = announce_send(d->gate, &d->question, d->staff, REVIEW_EMAIL, &post, err);
    d->outcome = OUTCOME_DECISION;
    if (rc == RC_DENIED)
        return desk_tell_unclear(d, "", "", REVIEW_SECOND_PERSON, err);
    if (rc == RC_PERM)
        return desk_tell_unclear(d, "", "", REVIEW_GROUP_OVER, err);
    return rc == RC_CONFLICT ? desk_tell_unclear(d, "", "", REVIEW_NO_PROBLEM, err) : rc;
}

/* "Is this also Rose?", "Did Rose write this?": OK adds the address (of the first), and the note goes on its way to review. */
static enum rc take_identity(struct desk *d, const struct decision *decision, struct err *err)
{
    if (decision->kind != DECISION_OK && decision->kind != DECISION_NO)
        return desk_tell_unclear(d, "", "OK", REVIEW_NO_PROBLEM, err);
    if (d->question.state != QUESTION_OPEN) /* somebody has said it */
        return desk_tell_unclear(d, "", "", REVIEW_NO_PROBLEM, err);
    d->outcome = OUTCOME_DECISION;
    return identity_settle(d->gate, &d->question, d->staff, decision->kind == DECISION_OK, err);
}

typedef enum rc desk_fn(struct desk *d, const struct decision *decision, struct err *err);

bool desk_is_claim(const struct desk_letter *in, struct arena *mem)
{
    const struct decision_input text = { .text = in->letter->text, .names = in->names };
    const struct decision_set set = decision_read(&text, mem);
    const enum decision_kind kind = set.count == 1 ? set.v[0].kind : DECISION_UNCLEAR;

    return is_about_alarm(in->sender->mailing.kind) &&
           (kind == DECISION_CLAIM || kind == DECISION_PASS || kind == DECISION_DONE);
}

static desk_fn *answer_to(const struct desk *d)
{
    if (is_about_alarm(d->in->sender->mailing.kind))
        return take_alarm;
    switch (d->question.kind) {
    case QUESTION_ANNOUNCE:
        return take_announcement;
    case QUESTION_ALL_OR_PRIVATE:
        return desk_take_all_or_private;
    case QUESTION_ALSO_THIS:
        return take_identity;
    default:
        return NULL;
    }
}

/* In answer to a mail that asks for nothing: thanks are no question, anything else is told so. */
static enum rc take_nothing(struct desk *d, struct err *err)
{
    const struct words_core core = words_core(d->in->letter->text, d->in->names, d->mem);

    if (core.from >= core.to)
        return RC_OK;
    d->outcome = OUTCOME_ASKED;
    return desk_words_tell(d->gate, d->in, DESK_NOTHING_HERE, err);
}

static enum rc take_desk(struct desk *d, struct err *err)
{
    const struct decision_input in = { .text = d->in->letter->text, .names = d->in->names };
    const struct decision_set set = decision_read(&in, d->mem);
    desk_fn *fn = answer_to(d);

    if (set.count == 1 && set.v[0].kind == DECISION_ANNOUNCE)
        return desk_draft(d, &set.v[0], err);
    if (!fn)
        return take_nothing(d, err);
    if (set.count != 1)
        return desk_tell_unclear(d, "", set.near ? decision_word(set.near, d->mem) : "", REVIEW_NO_PROBLEM, err);
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
    enum rc rc = visit_desk_take(gate, in, mem, &is_ours, ret_outcome, err);

    if (rc || is_ours)
        return rc ? err_wrap(err, "desk, visits") : RC_OK;
    rc = desk_words_is(gate, in->letter, in->names, mem, &is_whole, &is_loud, err);
    if (!rc && !is_loud && desk_talk_is_meant(in, mem))
        return desk_talk_take(gate, in, mem, ret_outcome, err) ? err_wrap(err, "private answer") : RC_OK;
    if (!rc)
        rc = load_question(&d, err);
    if (!rc)
        rc = take_word(&d, is_whole, &is_ours, err);
    if (!rc && !is_ours)
        rc = d.question.kind == QUESTION_REVIEW ? desk_take_review(&d, err) : take_desk(&d, err);
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
