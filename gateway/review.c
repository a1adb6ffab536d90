#include "gateway/review.h"

#include "base/text.h"
#include "gateway/alarm.h"
#include "gateway/context.h"
#include "gateway/hold.h"
#include "gateway/mark.h"
#include "gateway/notice.h"
#include "gateway/office.h"
#include "gateway/publish.h"
#include "store/audit.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/question.h"

#define SOLO_WAIT_MS (30 * MS_MINUTE)
#define TITLE_MAX 60

/* One decision on its way through the rules. */
struct deciding {
    struct gate *gate;
    const struct review_act *act;
    const struct decision *decision;
    struct arena *mem;
    struct post post;
    struct care_group group;
    struct review_result *out;
};

static enum rc refuse(struct deciding *d, enum review_problem problem, const char *why, struct err *err)
{
    const enum rc rc = problem == REVIEW_SECOND_PERSON || problem == REVIEW_NOT_YOURS ? RC_DENIED : RC_INPUT;

    d->out->problem = problem;
    return err_set(err, rc, "%s", why);
}

static bool is_waiting(enum post_state state)
{
    return state == POST_HELD || state == POST_ASKED || state == POST_REFERRED || state == POST_HALF_RELEASED;
}

static bool is_published(enum post_state state)
{
    return state == POST_PUBLISHED || state == POST_CORRECTED;
}

static enum audit_way audit_way_of(enum review_way way)
{
    static const enum audit_way ways[] = { [REVIEW_EMAIL] = AUDIT_WAY_EMAIL,
                                           [REVIEW_TEXT] = AUDIT_WAY_TEXT,
                                           [REVIEW_CONSOLE] = AUDIT_WAY_CONSOLE,
                                           [REVIEW_CLI] = AUDIT_WAY_CLI };

    return ways[way];
}

static enum rc audit_decision(struct deciding *d, enum audit_verb verb, const char *old, const char *new,
                              struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_STAFF, d->act->staff->id.v, audit_way_of(d->act->way) },
                                       .verb = verb,
                                       .item_kind = AUDIT_ITEM_POST,
                                       .item_id = d->post.id.v,
                                       .old_value = old,
                                       .new_value = new };

    return audit_append(&d->gate->store, &entry, err);
}

/* Writes down that this version was decided; the unique key makes the second of two moderators lose. */
static enum rc record(struct deciding *d, struct err *err)
{
    const struct review review = { .post = d->post.id,
                                   .post_version = d->post.version,
                                   .staff = d->act->staff->id,
                                   .decision = (int)d->decision->kind,
                                   .way = d->act->way,
                                   .reason = *d->decision->text ? d->decision->text : NULL,
                                   .at_ms = gate_now_ms(d->gate) };

    return review_add(&d->gate->store, &review, err);
}

static enum rc tell_author(struct deciding *d, enum mailing_kind kind, struct json *values, struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = d->post.author,
                             .group = d->post.group,
                             .subject_id = d->post.id.v,
                             .lane = -1,
                             .values = values };
    struct membership m;
    enum rc rc = membership_find(&d->gate->store, d->post.group, d->post.author, d->mem, &m, err);

    if (rc == RC_OK)
        notice.membership = m.id;
    else if (rc != RC_NOT_FOUND) {
        json_free(&notice.values);
        return rc;
    }
    json_set_str(notice.values, "text", d->post.text);
    json_set_str(notice.values, "who", d->act->staff->name);
    rc = notice_queue(d->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* an author who cannot be written to: staff see the outcome */
}

/* --- releasing ------------------------------------------------------------------------------------------------------------------ */

static bool needs_two_people(const struct deciding *d)
{
    return d->post.tier <= 1 || d->group.review == GROUP_REVIEW_TWO_PEOPLE;
}

/* A practice with one person may release alone: after a while, and with the outcome of the page written down. */
static enum rc solo_release(struct deciding *d, bool *ret_may, struct err *err)
{
    struct page page;
    enum rc rc = RC_OK;

    *ret_may = false;
    if (!d->gate->facts.has_solo_release || gate_now_ms(d->gate) - d->post.created_ms < SOLO_WAIT_MS)
        return RC_OK;
    rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    *ret_may = !rc && page.state == PAGE_DONE && page.outcome && *page.outcome;
    return rc;
}

static enum rc half_release(struct deciding *d, struct err *err)
{
    enum rc rc = record(d, err);

    if (rc)
        return rc;
    d->post.first_review_by = d->act->staff->id;
    d->post.state = POST_HALF_RELEASED;
    rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_HALF_RELEASED, NULL, NULL, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_HALF_RELEASED;
    return rc;
}

static enum rc mark_posted(struct deciding *d, struct err *err)
{
    struct membership m;
    const enum rc rc = membership_find(&d->gate->store, d->post.group, d->post.author, d->mem, &m, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    return rc ? rc : membership_set_posted(&d->gate->store, m.id, err);
}

/* Asked before anything is written. */
static enum rc may_release(struct deciding *d, struct err *err)
{
    const bool is_again = d->post.first_review_by.v && d->post.first_review_by.v == d->act->staff->id.v;
    bool is_solo = false;
    enum rc rc;

    if (d->post.flags & POST_FLAG_UNVERIFIED)
        return refuse(d, REVIEW_UNVERIFIED,
                      "nobody has said yet that its author wrote it: answer the letter about that", err);
    if (!d->post.conversation.v && d->post.kind != POST_ANNOUNCEMENT)
        return refuse(d, REVIEW_NO_PLACE, "nobody knows yet where this note belongs: first MOVE 2, or MOVE NEW", err);
    if (!needs_two_people(d) || !is_again)
        return RC_OK;
    rc = solo_release(d, &is_solo, err);
    return rc || is_solo ? rc : refuse(d, REVIEW_SECOND_PERSON, "a second person must release this note", err);
}

/* The one road to the group. The text in d->post is what members will read; has_changed tells that it is not what is stored yet. */
static enum rc release(struct deciding *d, bool has_changed, struct err *err)
{
    bool is_solo = false;
    enum rc rc = needs_two_people(d) ? solo_release(d, &is_solo, err) : RC_OK;

    if (!rc && has_changed)
        rc = post_change(&d->gate->store, &d->post, err);
    if (rc)
        return rc;
    if (needs_two_people(d) && !d->post.first_review_by.v && !is_solo)
        return half_release(d, err);
    rc = record(d, err);
    if (!rc)
        rc = post_publish(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_RELEASED, NULL, is_solo ? "solo_release" : NULL, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = mark_posted(d, err);
    if (!rc)
        rc = publish_post(d->gate, &d->post, err);
    d->out->effect = REVIEW_RELEASED;
    return rc;
}

static enum rc decide_ok(struct deciding *d, struct err *err)
{
    const enum rc rc = may_release(d, err);

    return rc ? rc : release(d, false, err);
}

static enum rc change_text(struct deciding *d, const char *text, struct err *err)
{
    const char *old = d->post.text;
    enum rc rc = mark_context_changed(d->post.context, d->mem, &d->post.context, err);

    d->post.text = text;
    return rc ? rc : audit_decision(d, AUDIT_POST_CUT, old, text, err);
}

static enum rc decide_ok_cut(struct deciding *d, struct err *err)
{
    struct context c;
    enum rc rc = may_release(d, err);

    if (!rc)
        rc = context_read(d->post.context, d->mem, &c, err);
    if (rc)
        return rc;
    if (!*c.cut)
        return refuse(d, REVIEW_NOTHING_TO_CUT, "there is nothing to cut in this note: say OK, or EDIT and the text",
                      err);
    rc = change_text(d, c.cut, err);
    return rc ? rc : release(d, true, err);
}

/* Every word of `edited` stands in `old`, in the same order: words were only taken out. */
static bool is_only_cut(const char *old, const char *edited)
{
    static const char blanks[] = " \t\n";

    for (;;) {
        const size_t n = strcspn(edited += strspn(edited, blanks), blanks);
        size_t k;

        if (!n)
            return true;
        do {
            old += strspn(old, blanks);
            k = strcspn(old, blanks);
            if (!k)
                return false;
            old += k;
        } while (k != n || memcmp(old - k, edited, n) != 0);
        edited += n;
    }
}

static enum rc ask_author(struct deciding *d, enum question_kind kind, const char *key, enum mailing_kind mailing,
                          struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)1 << 20);
    struct question question = { .kind = kind, .person = d->post.author, .subject_id = d->post.id.v };
    struct json *values = json_object_new();
    enum rc rc;

    json_set_str(data, key, d->decision->text);
    json_set_int(data, "staff", d->act->staff->id.v);
    json_print(data, false, &text);
    question.data = strbuf_peek(&text);
    json_set_str(values, key, d->decision->text);
    rc = record(d, err);
    d->post.state = POST_ASKED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_add(&d->gate->store, &question, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_ASKED, NULL, d->decision->text, err);
    d->out->effect = REVIEW_ASKED_AUTHOR;
    if (!rc)
        return tell_author(d, mailing, values, err);
    json_free(&values);
    return rc;
}

static enum rc decide_edit(struct deciding *d, struct err *err)
{
    enum rc rc;

    if (!is_only_cut(d->post.text, d->decision->text))
        return ask_author(d, QUESTION_EDIT_OK, "new_text", MAILING_EDIT_OK, err);
    rc = may_release(d, err);
    if (!rc)
        rc = change_text(d, d->decision->text, err);
    return rc ? rc : release(d, true, err);
}

/* "Source: …" on the last line of a note names where it comes from. */
static const char *note_json(struct deciding *d)
{
    CLEANUP(json_free) struct json *note = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    const char *text = d->decision->text, *last = strrchr(text, '\n');
    const char *line = last ? last + 1 : text;
    const bool has_source = last && (text_starts(line, "source:") || text_starts(line, "fuente:"));

    json_set_strn(note, "text", text, has_source ? (size_t)(last - text) : strlen(text));
    json_set_str(note, "name", d->act->staff->name);
    json_set_str(note, "role", d->act->staff->title ? d->act->staff->title : "");
    json_set_str(note, "source", has_source ? strchr(line, ':') + 1 + strspn(strchr(line, ':') + 1, " ") : "");
    json_print(note, false, &out);
    return arena_strdup(d->mem, strbuf_peek(&out));
}

/* Held: the note is bound and the note is released with it. Published: the correction goes out once. */
static enum rc decide_fix(struct deciding *d, struct err *err)
{
    enum rc rc;

    if (!*d->decision->text)
        return refuse(d, REVIEW_NO_TEXT, "FIX needs the note of the care team: FIX, then the note", err);
    rc = is_waiting(d->post.state) ? may_release(d, err) : RC_OK;
    if (rc)
        return rc;
    d->post.note = note_json(d);
    rc = audit_decision(d, AUDIT_POST_NOTE_ADDED, NULL, d->decision->text, err);
    if (rc)
        return rc;
    if (is_waiting(d->post.state))
        return release(d, true, err);
    rc = record(d, err);
    d->post.state = POST_CORRECTED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = publish_correction(d->gate, &d->post, err);
    d->out->effect = REVIEW_NOTE_ADDED;
    return rc;
}

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
    enum rc rc = record(d, err);

    d->post.state = state;
    d->post.remind_ms = 0;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = audit_decision(d, verb, NULL, *d->decision->text ? d->decision->text : NULL, err);
    return rc;
}

static enum rc decide_no(struct deciding *d, struct err *err)
{
    const char *rule = d->decision->rule ? rule_text(d, d->decision->rule) : NULL;
    struct json *values;
    enum rc rc;

    if (d->decision->rule && !rule)
        return refuse(d, REVIEW_NO_RULE, "the house rules have no rule of that number", err);
    if (!rule && !*d->decision->text)
        return refuse(d, REVIEW_NO_REASON, "NO needs a rule or a reason, for its author: NO 4, or NO: and why", err);
    rc = end_post(d, POST_RETURNED, AUDIT_POST_RETURNED, err);
    if (rc)
        return rc;
    values = json_object_new();
    json_set_str(values, "rule", rule ? rule : "");
    json_set_int(values, "rule_number", d->decision->rule);
    json_set_str(values, "reason", d->decision->text);
    d->out->effect = REVIEW_RETURNED;
    return tell_author(d, MAILING_RETURNED, values, err);
}

static enum rc decide_ask(struct deciding *d, struct err *err)
{
    return ask_author(d, QUESTION_ASK, "question", MAILING_ASK, err);
}

static enum rc decide_private(struct deciding *d, struct err *err)
{
    struct json *values;
    enum rc rc;

    if (!*d->decision->text)
        return refuse(d, REVIEW_NO_TEXT, "PRIVATE needs your answer: PRIVATE, then the words for its author", err);
    rc = end_post(d, POST_PRIVATE, AUDIT_POST_PRIVATE, err);
    if (rc)
        return rc;
    values = json_object_new();
    json_set_str(values, "answer", d->decision->text);
    d->out->effect = REVIEW_ANSWERED_PRIVATELY;
    return tell_author(d, MAILING_PRIVATE_ANSWER, values, err);
}

/* --- placing, referring, alarms ----------------------------------------------------------------------------------------------------- */

static enum rc move_to_new(struct deciding *d, struct err *err)
{
    struct conversation c = { .group = d->post.group, .created_ms = gate_now_ms(d->gate) };
    enum rc rc;

    c.title = text_excerpt(d->mem, text_clean_line(d->mem, d->post.text, strlen(d->post.text)), TITLE_MAX);
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
        return refuse(d, REVIEW_NO_TALK, "there is no such talk: MOVE and a number of the letter, or MOVE NEW", err);
    if (n == 0)
        rc = move_to_new(d, err);
    else {
        d->post.conversation = d->act->places[n - 1];
        d->post.kind = POST_COMMENT;
    }
    d->post.flags &= ~(int64_t)(POST_FLAG_UNPLACED | POST_FLAG_MAYBE_NEW);
    d->post.placed_why = HOLD_PLACED_BY_STAFF;
    if (!rc)
        rc = record(d, err);
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_MOVED, NULL, NULL, err);
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
        return refuse(d, REVIEW_NOBODY_ELSE, "there is nobody else to pass this note to", err);
    rc = record(d, err);
    d->post.deputy = staff[(at + 1) % n].id;
    d->post.state = POST_REFERRED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_REFERRED, NULL, NULL, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_REFERRED;
    return rc;
}

/* An alarm of its own, also when the letter raised one that is done. One that is not done yet goes on. */
static enum rc raise_crisis(struct deciding *d, struct err *err)
{
    const struct alarm alarm = { .letter = { d->post.id.v },
                                 .post = d->post.id,
                                 .person = d->post.author,
                                 .group = d->post.group,
                                 .tier = 0,
                                 .may_answer = true };
    struct page page;
    enum rc rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (rc == RC_OK && (page.state != PAGE_DONE || page.letter.v == d->post.id.v))
        return RC_OK;
    return alarm_raise(d->gate, &alarm, err);
}

static enum rc decide_crisis(struct deciding *d, struct err *err)
{
    enum rc rc = record(d, err);

    d->post.tier = 0;
    d->post.flags |= POST_FLAG_CRISIS;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_decision(d, AUDIT_POST_ALARMED, NULL, NULL, err);
    if (!rc)
        rc = raise_crisis(d, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_ALARMED;
    return rc;
}

static enum rc decide_claim(struct deciding *d, struct err *err)
{
    struct page page;
    enum rc rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);

    if (rc == RC_NOT_FOUND)
        return refuse(d, REVIEW_NO_ALARM, "there is no alarm about this note to claim", err);
    d->out->effect = REVIEW_PAGE_CLAIMED;
    return rc ? rc : alarm_claim(d->gate, page.id, d->act->staff, err);
}

static enum rc decide_done(struct deciding *d, struct err *err)
{
    struct page page;
    enum rc rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);

    if (rc == RC_NOT_FOUND)
        return refuse(d, REVIEW_NO_ALARM, "there is no alarm about this note to close", err);
    if (rc)
        return rc;
    if (!*d->decision->text)
        return refuse(d, REVIEW_NO_TEXT, "DONE needs an outcome: DONE, then what came of it", err);
    if (page.state == PAGE_CLAIMED && page.claimed_by.v != d->act->staff->id.v)
        return refuse(d, REVIEW_NOT_YOURS, "the alarm was claimed by another person", err);
    d->out->effect = REVIEW_PAGE_DONE;
    return alarm_done(d->gate, page.id, d->act->staff, d->decision->text, err);
}

/* --- the one function ----------------------------------------------------------------------------------------------------------------- */

typedef enum rc decide_fn(struct deciding *d, struct err *err);

static const struct {
    decide_fn *fn;
    bool may_follow; /* acts on what was decided already */
} rules[DECISION_COUNT] = {
    [DECISION_OK] = { decide_ok, false },         [DECISION_OK_CUT] = { decide_ok_cut, false },
    [DECISION_EDIT] = { decide_edit, false },     [DECISION_NO] = { decide_no, false },
    [DECISION_ASK] = { decide_ask, false },       [DECISION_PRIVATE] = { decide_private, false },
    [DECISION_MOVE] = { decide_move, false },     [DECISION_FIX] = { decide_fix, true },
    [DECISION_CRISIS] = { decide_crisis, false }, [DECISION_CLAIM] = { decide_claim, true },
    [DECISION_PASS] = { decide_pass, false },     [DECISION_DONE] = { decide_done, true },
};

static enum rc may_decide(struct deciding *d, struct err *err)
{
    const bool is_stale = d->act->version && d->act->version != d->post.version;
    enum rc rc;

    if (d->act->staff->kind != PERSON_STAFF || d->act->staff->state != PERSON_ACTIVE)
        return err_set(err, RC_DENIED, "person %" PRId64 " is not staff", d->act->staff->id.v);
    if (d->post.kind == POST_ANNOUNCEMENT && is_waiting(d->post.state))
        return refuse(d, REVIEW_BY_ITS_PREVIEW, "an announcement goes out by SEND, in answer to its preview", err);
    if (is_waiting(d->post.state) && (!is_stale || rules[d->decision->kind].may_follow))
        return RC_OK;
    if (rules[d->decision->kind].may_follow && (d->decision->kind != DECISION_FIX || is_published(d->post.state)))
        return RC_OK;
    rc = review_find(&d->gate->store, d->post.id, d->mem, &d->out->newest, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return err_set(err, RC_CONFLICT, "post %" PRId64 " was decided or changed meanwhile", d->post.id.v);
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
        rc = rules[act->decision->kind].fn(&d, err);
    ret_result->post = d.post;
    return rc;
}

const char *review_effect_name(enum review_effect effect)
{
    static const char *const names[] = {
        [REVIEW_RELEASED] = "released",
        [REVIEW_HALF_RELEASED] = "half_released",
        [REVIEW_RETURNED] = "returned",
        [REVIEW_ASKED_AUTHOR] = "asked_author",
        [REVIEW_ANSWERED_PRIVATELY] = "answered_privately",
        [REVIEW_MOVED] = "moved",
        [REVIEW_REFERRED] = "referred",
        [REVIEW_ALARMED] = "alarmed",
        [REVIEW_PAGE_CLAIMED] = "page_claimed",
        [REVIEW_PAGE_DONE] = "page_done",
        [REVIEW_NOTE_ADDED] = "note_added",
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
    };

    return (unsigned)problem < REVIEW_PROBLEM_COUNT ? names[problem] : "";
}
