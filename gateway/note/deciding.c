#include "gateway/note/deciding.h"

#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "store/membership.h"

enum rc deciding_refuse(struct deciding *d, enum review_problem problem, const char *why, struct err *err)
{
    const enum rc rc = problem == REVIEW_SECOND_PERSON || problem == REVIEW_NOT_YOURS ? RC_DENIED : RC_INPUT;

    d->out->problem = problem;
    return err_set(err, rc, "%s", why);
}

enum audit_way deciding_audit_way(const struct deciding *d)
{
    static const enum audit_way ways[] = { [REVIEW_EMAIL] = AUDIT_WAY_EMAIL,
                                           [REVIEW_TEXT] = AUDIT_WAY_TEXT,
                                           [REVIEW_CONSOLE] = AUDIT_WAY_CONSOLE,
                                           [REVIEW_CLI] = AUDIT_WAY_CLI };

    return ways[d->act->way];
}

enum rc deciding_audit(struct deciding *d, enum audit_verb verb, const char *old, const char *new, struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_STAFF, d->act->staff->id.v, deciding_audit_way(d) },
                                       .verb = verb,
                                       .item_kind = AUDIT_ITEM_POST,
                                       .item_id = d->post.id.v,
                                       .old_value = old,
                                       .new_value = new };

    return audit_append(&d->gate->store, &entry, err);
}

enum rc deciding_record(struct deciding *d, struct err *err)
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

enum rc deciding_tell_author(struct deciding *d, enum mailing_kind kind, struct json *values, struct err *err)
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

enum rc deciding_write_author(struct deciding *d, enum mailing_kind kind, struct err *err)
{
    const struct talk_words words = { .staff = d->act->staff,
                                      .patient = d->post.author,
                                      .group = d->post.group,
                                      .kind = kind,
                                      .text = d->decision->text,
                                      .about = &d->post,
                                      .is_kept_back = true,
                                      .way = deciding_audit_way(d) };
    const enum rc rc = talk_write(d->gate, &words, err);

    return rc == RC_NOT_FOUND ? RC_OK : rc; /* an author who cannot be written to: staff see the outcome */
}

enum rc deciding_ask_author(struct deciding *d, enum question_kind kind, const char *key, enum mailing_kind mailing,
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
    rc = deciding_record(d, err);
    d->post.state = POST_ASKED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = question_add(&d->gate->store, &question, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_ASKED, NULL, d->decision->text, err);
    d->out->effect = REVIEW_ASKED_AUTHOR;
    if (!rc && mailing != MAILING_ASK)
        return deciding_tell_author(d, mailing, values, err);
    json_free(&values);
    return rc ? rc : deciding_write_author(d, mailing, err);
}
