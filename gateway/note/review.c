#include "gateway/note/review.h"

#include "base/text.h"
#include "gateway/duty/alarm.h"
#include "gateway/duty/claim.h"
#include "gateway/note/hold.h"
#include "gateway/note/photo_words.h"
#include "gateway/note/release.h"
#include "gateway/note/topic.h"
#include "gateway/practice/title.h"
#include "gateway/say/office.h"
#include "store/conversation.h"

/* --- not releasing ---------------------------------------------------------------------------------------------------------------- */

/* The n-th line of the house rules, without its own number; NULL when there is none. */
static const char *rule_text(const struct deciding *d, int n)
{
    const char *p = d->group.rules, *line;
    size_t len;
    int i = 0;

    while (text_next_line(&p, &line, &len)) {
        if (strspn(line, " \t") >= len || ++i != n)
            continue;
        line = arena_strndup(d->mem, line, len);
        line += strspn(line, " \t0123456789.)-");
        return line;
    }
    return NULL;
}

static enum rc end_post(struct deciding *d, enum post_state state, enum audit_verb verb, struct err *err)
{
    enum rc rc = deciding_record(d, err);

    d->post.state = state;
    d->post.remind_ms = 0;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = deciding_audit(d, verb, NULL, *d->decision->text ? d->decision->text : NULL, err);
    return rc;
}

/* Whoever may be in danger reads where to find help, and no rule. */
static enum rc decide_no(struct deciding *d, struct err *err)
{
    const bool is_care = d->post.tier <= 2;
    const char *rule = d->decision->rule ? rule_text(d, d->decision->rule) : NULL;
    struct json *values;
    enum rc rc;

    if (d->decision->rule && !rule)
        return deciding_refuse(d, REVIEW_NO_RULE, "the house rules have no rule of that number", err);
    if (!rule && !*d->decision->text)
        return deciding_refuse(d, REVIEW_NO_REASON, "NO needs a rule or a reason, for its author: NO 4, or NO: and why",
                               err);
    rc = end_post(d, POST_RETURNED, AUDIT_POST_RETURNED, err);
    if (rc)
        return rc;
    values = json_object_new();
    json_set_bool(values, "is_care", is_care);
    json_set_str(values, "rule", rule ? rule : "");
    json_set_int(values, "rule_number", d->decision->rule);
    json_set_str(values, "reason", d->decision->text);
    d->out->effect = is_care ? REVIEW_KEPT_BACK : REVIEW_RETURNED;
    return deciding_tell_author(d, MAILING_RETURNED, values, err);
}

static enum rc decide_ask(struct deciding *d, struct err *err)
{
    return deciding_ask_author(d, QUESTION_ASK, "question", MAILING_ASK, err);
}

static enum rc decide_private(struct deciding *d, struct err *err)
{
    enum rc rc;

    if (!*d->decision->text)
        return deciding_refuse(d, REVIEW_NO_TEXT, "PRIVATE needs your answer: PRIVATE, then the words for its author",
                               err);
    rc = end_post(d, POST_PRIVATE, AUDIT_POST_PRIVATE, err);
    if (rc)
        return rc;
    d->out->effect = REVIEW_ANSWERED_PRIVATELY;
    return deciding_write_author(d, MAILING_PRIVATE_ANSWER, err);
}

/* --- placing, referring, alarms ----------------------------------------------------------------------------------------------------- */

static enum rc move_to_new(struct deciding *d, struct err *err)
{
    struct conversation c = { .group = d->post.group, .created_ms = gate_now_ms(d->gate) };
    enum rc rc;

    c.title = title_of_text(d->post.text, d->mem);
    rc = conversation_add(&d->gate->store, &c, err);
    d->post.conversation = c.id;
    d->post.kind = POST_POST;
    return rc;
}

static enum rc decide_move(struct deciding *d, struct err *err)
{
    const int n = d->decision->move_to;
    enum rc rc = RC_OK;

    if (n < 0 || (size_t)n > d->act->place_count)
        return deciding_refuse(d, REVIEW_NO_TALK, "there is no such talk: MOVE and a number of the letter, or MOVE NEW",
                               err);
    if (n == 0)
        rc = move_to_new(d, err);
    else {
        d->post.conversation = d->act->places[n - 1];
        d->post.kind = POST_COMMENT;
    }
    d->post.flags &= ~(int64_t)(POST_FLAG_UNPLACED | POST_FLAG_MAYBE_NEW);
    d->post.placed_why = HOLD_PLACED_BY_STAFF;
    if (!rc)
        rc = deciding_record(d, err);
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_MOVED, NULL, NULL, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_MOVED;
    return rc;
}

static enum rc decide_pass(struct deciding *d, struct err *err)
{
    struct person *staff;
    size_t n, at = 0;
    enum rc rc = office_duty(d->gate, d->mem, &staff, &n, err);

    if (rc)
        return rc;
    while (at < n && staff[at].id.v != d->act->staff->id.v)
        at++;
    if (n < 2)
        return deciding_refuse(d, REVIEW_NOBODY_ELSE, "there is nobody else to pass this note to", err);
    rc = deciding_record(d, err);
    d->post.deputy = staff[(at + 1) % n].id;
    d->post.state = POST_REFERRED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_REFERRED, NULL, NULL, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_REFERRED;
    return rc;
}

/* An alarm of its own, also when others about this note are done. One as grave that is not done yet goes on. */
static enum rc raise_crisis(struct deciding *d, struct err *err)
{
    const struct alarm alarm = {
        .post = d->post.id, .person = d->post.author, .group = d->post.group, .tier = 0, .may_answer = true
    };
    struct page page;
    enum rc rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return rc ? alarm_raise(d->gate, &alarm, err) : alarm_raise_again(d->gate, &alarm, &page, err);
}

/* It waits for a decision of the desk: neither for its date, nor for the SEND of who wrote it. */
static bool waits_for_desk(const struct post *p)
{
    return post_state_is_waiting(p->state) && !p->send_ms && p->kind != POST_ANNOUNCEMENT;
}

/* Whatever was decided about the note: its writer may be in danger. What waits does so as urgent, any other stays as it is. */
static enum rc decide_crisis(struct deciding *d, struct err *err)
{
    enum rc rc;

    d->out->effect = REVIEW_ALARMED;
    if (!waits_for_desk(&d->post)) {
        rc = deciding_audit(d, AUDIT_POST_ALARMED, NULL, NULL, err);
        return rc ? rc : raise_crisis(d, err);
    }
    rc = deciding_record(d, err);
    d->post.tier = 0;
    d->post.flags |= POST_FLAG_CRISIS;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_ALARMED, NULL, NULL, err);
    if (!rc)
        rc = raise_crisis(d, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    return rc;
}

/* What the rules of alarms (gateway/duty/claim) refuse, in words for the moderator. */
static enum rc answer_claim(struct deciding *d, enum rc rc, struct err *err)
{
    switch (rc) {
    case RC_CONFLICT: /* a letter has said who has it */
    case RC_DENIED:
        return deciding_refuse(d, REVIEW_NOT_YOURS, "the alarm was claimed by another person", err);
    case RC_INPUT:
        return deciding_refuse(d, REVIEW_NO_TEXT, "DONE needs an outcome: DONE, then what came of it", err);
    case RC_LIMIT:
        return deciding_refuse(d, REVIEW_SECOND_PERSON, "a second person must say DONE too", err);
    default:
        return rc;
    }
}

static enum rc find_alarm(struct deciding *d, struct claim *claim, struct err *err)
{
    struct page page;
    const enum rc rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);

    if (rc == RC_NOT_FOUND)
        return deciding_refuse(d, REVIEW_NO_ALARM, "there is no alarm about this note", err);
    claim->page = page.id;
    return rc;
}

static enum rc decide_claim(struct deciding *d, struct err *err)
{
    struct claim claim = { .staff = d->act->staff, .way = deciding_audit_way(d) };
    const enum rc rc = find_alarm(d, &claim, err);

    d->out->effect = REVIEW_PAGE_CLAIMED;
    return rc ? rc : answer_claim(d, claim_take(d->gate, &claim, err), err);
}

static enum rc decide_done(struct deciding *d, struct err *err)
{
    struct claim claim = { .staff = d->act->staff, .way = deciding_audit_way(d) };
    enum rc rc = find_alarm(d, &claim, err);
    bool is_closed = false;

    if (!rc)
        rc = answer_claim(d, claim_done(d->gate, &claim, d->decision->text, &is_closed, err), err);
    d->out->effect = is_closed ? REVIEW_PAGE_DONE : REVIEW_PAGE_HALF_DONE;
    return rc;
}

/* --- the one function ----------------------------------------------------------------------------------------------------------------- */

typedef enum rc decide_fn(struct deciding *d, struct err *err);

static const struct {
    decide_fn *fn;
    bool may_follow; /* acts on what was decided already */
    bool takes_back; /* of the first of two people: their OK counts no more */
} rules[DECISION_COUNT] = {
    [DECISION_OK] = { .fn = release_ok },
    [DECISION_OK_CUT] = { .fn = release_ok_cut },
    [DECISION_EDIT] = { .fn = release_edit },
    [DECISION_NO] = { .fn = decide_no, .takes_back = true },
    [DECISION_ASK] = { .fn = decide_ask, .takes_back = true },
    [DECISION_PRIVATE] = { .fn = decide_private, .takes_back = true },
    [DECISION_MOVE] = { .fn = decide_move },
    [DECISION_FIX] = { .fn = release_fix, .may_follow = true },
    [DECISION_CRISIS] = { .fn = decide_crisis, .may_follow = true, .takes_back = true },
    [DECISION_CLAIM] = { .fn = decide_claim, .may_follow = true },
    [DECISION_PASS] = { .fn = decide_pass, .takes_back = true },
    [DECISION_DONE] = { .fn = decide_done, .may_follow = true },
    [DECISION_UNDO] = { .fn = release_undo, .may_follow = true, .takes_back = true },
    [DECISION_ALT] = { .fn = photo_words_decide },
};

static bool needs_published(enum decision_kind kind)
{
    return kind == DECISION_FIX || kind == DECISION_UNDO;
}

static enum rc already_decided(struct deciding *d, struct err *err)
{
    const enum rc rc = review_find(&d->gate->store, d->post.id, d->mem, &d->out->newest, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return err_set(err, RC_CONFLICT, "post %" PRId64 " was decided or changed meanwhile", d->post.id.v);
}

/* What waits for SEND; one with a date waits for its OK (gateway/note/topic). */
static enum rc check_news(struct deciding *d, struct err *err)
{
    bool has_date = true;

    if (d->post.kind != POST_ANNOUNCEMENT || !post_state_is_waiting(d->post.state))
        return RC_OK;
    if (topic_has_date(d->gate, d->post.id, &has_date, err))
        return err->rc;
    return has_date ? RC_OK
                    : deciding_refuse(d, REVIEW_BY_ITS_PREVIEW,
                                      "an announcement goes out by SEND, in answer to its preview", err);
}

/* Whoever said the first of two OKs may think better of it, also by the mail that they said it to. */
static bool takes_back(const struct deciding *d)
{
    return d->post.state == POST_HALF_RELEASED && d->post.first_review_by.v == d->act->staff->id.v &&
           rules[d->decision->kind].takes_back;
}

static enum rc may_decide(struct deciding *d, struct err *err)
{
    const bool is_stale = d->act->version && d->act->version != d->post.version;

    if (d->act->staff->kind != PERSON_STAFF || d->act->staff->state != PERSON_ACTIVE)
        return err_set(err, RC_DENIED, "person %" PRId64 " is not staff", d->act->staff->id.v);
    if (office_check_staff(d->gate, d->act->staff, err))
        return err->rc;
    if (d->decision->kind == DECISION_CRISIS) /* of anybody's, whatever became of it */
        return RC_OK;
    if (check_news(d, err))
        return err->rc;
    if (d->post.send_ms) { /* decided, for a date to come */
        if (d->decision->kind == DECISION_UNDO)
            return RC_OK;
        return already_decided(d, err);
    }
    if (takes_back(d))
        return RC_OK;
    if (post_state_is_waiting(d->post.state) && d->decision->kind == DECISION_UNDO)
        return deciding_refuse(d, REVIEW_NOT_OUT, "there is nothing to undo: the note waits", err);
    if (post_state_is_waiting(d->post.state) && (!is_stale || rules[d->decision->kind].may_follow))
        return RC_OK;
    if (rules[d->decision->kind].may_follow &&
        (!needs_published(d->decision->kind) || post_state_is_published(d->post.state)))
        return RC_OK;
    return already_decided(d, err);
}

/* The second person, who was asked for the other OK, is told; PASS asks them anew. */
static enum rc act_on(struct deciding *d, struct err *err)
{
    const struct post was = d->post;
    const bool is_back = takes_back(d);
    struct question letter = { .kind = QUESTION_REVIEW };
    enum rc rc = is_back ? question_find(&d->gate->store, QUESTION_REVIEW, d->post.id.v, d->mem, &letter, err) : RC_OK;

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (is_back) {
        d->post.state = POST_HELD;
        d->post.first_review_by.v = 0;
    }
    rc = rules[d->decision->kind].fn(d, err);
    if (is_back && rc)
        d->post = was;
    if (rc || !is_back || d->decision->kind == DECISION_PASS)
        return rc;
    return review_tell_second(d->gate, &(struct review_taken_back){ &was, d->act->staff, d->decision->kind, letter.id },
                              err);
}

enum rc review_decide(struct gate *gate, const struct review_act *act, struct arena *mem,
                      struct review_result *ret_result, struct err *err)
{
    struct deciding d = { .gate = gate, .act = act, .decision = act->decision, .mem = mem, .out = ret_result };
    enum rc rc;

    *ret_result = (struct review_result){ 0 };
    if (!rules[act->decision->kind].fn)
        return err_set(err, RC_INPUT, "%s is no decision about a note", decision_name(act->decision->kind));
    rc = post_get(&gate->store, act->post, mem, &d.post, err);
    if (!rc)
        rc = group_get(&gate->store, d.post.group, mem, &d.group, err);
    if (!rc)
        rc = may_decide(&d, err);
    if (!rc)
        rc = act_on(&d, err);
    ret_result->post = d.post;
    return rc;
}

enum decision_kind review_decision_of(const struct review *review)
{
    return review->decision == REVIEW_BY_SEND ? DECISION_SEND : (enum decision_kind)review->decision;
}

const char *review_effect_name(enum review_effect effect)
{
    static const char *const names[] = {
        [REVIEW_RELEASED] = "released",
        [REVIEW_HALF_RELEASED] = "half_released",
        [REVIEW_RETURNED] = "returned",
        [REVIEW_KEPT_BACK] = "kept_back",
        [REVIEW_ASKED_AUTHOR] = "asked_author",
        [REVIEW_ANSWERED_PRIVATELY] = "answered_privately",
        [REVIEW_MOVED] = "moved",
        [REVIEW_REFERRED] = "referred",
        [REVIEW_ALARMED] = "alarmed",
        [REVIEW_PAGE_CLAIMED] = "page_claimed",
        [REVIEW_PAGE_DONE] = "page_done",
        [REVIEW_PAGE_HALF_DONE] = "page_half_done",
        [REVIEW_NOTE_ADDED] = "note_added",
        [REVIEW_UNDONE] = "undone",
        [REVIEW_PLANNED] = "planned",
        [REVIEW_DESCRIBED] = "described",
    };

    return (size_t)effect < COUNT_OF(names) && names[effect] ? names[effect] : "none";
}

const char *review_problem_name(enum review_problem problem)
{
    static const char *const names[REVIEW_PROBLEM_COUNT] = {
        [REVIEW_NO_PROBLEM] = "",
        [REVIEW_SECOND_PERSON] = "second_person",
        [REVIEW_UNVERIFIED] = "unverified",
        [REVIEW_NO_PLACE] = "no_place",
        [REVIEW_NOTHING_TO_CUT] = "nothing_to_cut",
        [REVIEW_NO_RULE] = "no_rule",
        [REVIEW_NO_REASON] = "no_reason",
        [REVIEW_NO_TEXT] = "no_text",
        [REVIEW_NO_TALK] = "no_talk",
        [REVIEW_NOBODY_ELSE] = "nobody_else",
        [REVIEW_NO_ALARM] = "no_alarm",
        [REVIEW_NOT_YOURS] = "not_yours",
        [REVIEW_WHICH_GROUP] = "which_group",
        [REVIEW_BY_ITS_PREVIEW] = "by_its_preview",
        [REVIEW_TOO_LATE] = "too_late",
        [REVIEW_NOT_OUT] = "not_out",
        [REVIEW_GROUP_OVER] = "group_over",
        [REVIEW_PHOTO_UNSEEN] = "photo_unseen",
        [REVIEW_NO_PHOTO] = "no_photo",
        [REVIEW_LONG_ALT] = "long_alt",
    };

    return (unsigned)problem < REVIEW_PROBLEM_COUNT ? names[problem] : "";
}
