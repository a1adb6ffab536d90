#include "gateway/desk/desk_talk.h"

#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "inbound/decision.h"
#include "store/membership.h"

static struct decision read_one(const struct desk_letter *in, struct arena *mem)
{
    const struct decision_input input = { .text = in->letter->text, .names = in->names };
    const struct decision_set set = decision_read(&input, mem);

    return set.count == 1 ? set.v[0] : (struct decision){ .kind = DECISION_UNCLEAR, .text = "" };
}

bool desk_talk_is_meant(const struct desk_letter *in, struct arena *mem)
{
    const enum mailing_kind kind = in->sender->mailing.kind;

    return (kind == MAILING_PRIVATE_NOTE || kind == MAILING_PRIVATE_DONE) &&
           read_one(in, mem).kind != DECISION_ANNOUNCE;
}

/* What came of it; exactly one flag is the heading. */
static enum rc confirm(struct gate *gate, const struct desk_letter *in, const struct private_talk *talk,
                       const char *flag, const char *words, const char *next_who, struct arena *mem, struct err *err)
{
    struct notice notice = { .kind = MAILING_PRIVATE_DONE,
                             .person = in->sender->person.id,
                             .group = talk->group,
                             .reply = TOKEN_DESK,
                             .subject_id = talk->id.v,
                             .lane = -1,
                             .is_answer = true,
                             .in_reply_to = in->letter->message_id };
    struct person patient = { .name = "" };
    struct membership m;
    enum rc rc = membership_find(&gate->store, talk->group, talk->person, mem, &m, err);

    if (rc == RC_NOT_FOUND)
        rc = person_get(&gate->store, talk->person, mem, &patient, err);
    else if (!rc)
        patient.name = m.name;
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    notice.values = json_object_new();
    json_set_bool(notice.values, flag, true);
    json_set_str(notice.values, "person", patient.name);
    json_set_str(notice.values, "text", words);
    json_set_str(notice.values, "next_who", next_who);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc answer(struct gate *gate, const struct desk_letter *in, const struct private_talk *talk,
                      const char *text, struct arena *mem, struct err *err)
{
    const struct talk_words words = { .staff = &in->sender->person,
                                      .patient = talk->person,
                                      .group = talk->group,
                                      .kind = MAILING_PRIVATE_ANSWER,
                                      .text = text,
                                      .letter = in->arrival,
                                      .way = AUDIT_WAY_EMAIL,
                                      .verb = AUDIT_PRIVATE_WRITTEN };
    const enum rc rc = talk_write(gate, &words, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return confirm(gate, in, talk, rc ? "is_unreachable" : "is_sent", text, "", mem, err);
}

static enum rc end(struct gate *gate, const struct desk_letter *in, const struct private_talk *talk, struct arena *mem,
                   struct err *err)
{
    const struct audit_who who = { AUDIT_STAFF, in->sender->person.id.v, AUDIT_WAY_EMAIL };
    const enum rc rc = talk_end(gate, talk->id, &who, err);

    if (rc && rc != RC_CONFLICT)
        return rc;
    return confirm(gate, in, talk, "is_closed", "", "", mem, err);
}

static enum rc pass(struct gate *gate, const struct desk_letter *in, const struct private_talk *talk, struct arena *mem,
                    struct err *err)
{
    const struct audit_who who = { AUDIT_STAFF, in->sender->person.id.v, AUDIT_WAY_EMAIL };
    struct person next;
    const enum rc rc = talk_pass(gate, talk->id, &who, mem, &next, err);

    if (rc == RC_INPUT)
        return confirm(gate, in, talk, "is_nobody_else", "", "", mem, err);
    if (rc == RC_CONFLICT)
        return confirm(gate, in, talk, "is_closed", "", "", mem, err);
    return rc ? rc : confirm(gate, in, talk, "is_passed", "", next.name, mem, err);
}

enum rc desk_talk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem,
                       enum letter_outcome *ret_outcome, struct err *err)
{
    const struct decision d = read_one(in, mem);
    const char *text = d.kind == DECISION_PRIVATE && *d.text ? d.text : in->letter->text;
    struct private_talk talk;

    *ret_outcome = OUTCOME_DECISION;
    if (private_get(&gate->store, (struct talk_id){ in->sender->mailing.subject_id }, &talk, err))
        return err->rc;
    if (d.kind == DECISION_DONE)
        return end(gate, in, &talk, mem, err);
    if (d.kind == DECISION_PASS)
        return pass(gate, in, &talk, mem, err);
    if (!*text || (d.kind != DECISION_UNCLEAR && !*d.text)) {
        *ret_outcome = OUTCOME_ASKED;
        return confirm(gate, in, &talk, "is_unclear", text, "", mem, err);
    }
    return answer(gate, in, &talk, text, mem, err);
}
