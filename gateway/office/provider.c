#include "gateway/office/provider.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "store/audit.h"
#include "store/membership.h"
#include "store/question.h"

/* The newest published note of somebody else in the conversation: whom the provider answers. id 0 when there is none. */
static enum rc answered_post(struct gate *gate, const struct post *reply, struct arena *mem, struct post *ret_post,
                             struct err *err)
{
    struct post *posts = NULL;
    size_t n = 0;
    enum rc rc = RC_OK;

    *ret_post = (struct post){ .text = "" };
    if (reply->conversation.v)
        rc = post_in_conversation(&gate->store, reply->conversation, INT64_MAX, 500, mem, &posts, &n, err);
    while (!rc && n-- > 0)
        if (posts[n].author.v != reply->author.v) {
            *ret_post = posts[n];
            break;
        }
    return rc;
}

static enum rc shown_name(struct gate *gate, const struct post *p, struct arena *mem, struct membership *ret_m,
                          struct err *err)
{
    const enum rc rc = membership_find(&gate->store, p->group, p->author, mem, ret_m, err);

    if (rc == RC_NOT_FOUND)
        *ret_m = (struct membership){ .name = "" };
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* What SEND would let out is shown, and how much of it is remembered. */
static enum rc add_photos(struct gate *gate, const struct post *reply, const struct person *staff, struct arena *mem,
                          struct pictures *pictures, struct json *values, const char **ret_data, struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(256);

    if (pictures_add(gate, pictures, reply, staff->name, staff->language, mem, values, err))
        return err->rc;
    json_set_int(data, "photos", (int64_t)pictures->n);
    json_print(data, false, &out);
    *ret_data = arena_strdup(mem, strbuf_peek(&out));
    return RC_OK;
}

enum rc provider_ask(struct gate *gate, const struct post *reply, const struct person *staff, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("provider");
    struct question question = { .kind = QUESTION_ALL_OR_PRIVATE, .person = staff->id, .subject_id = reply->id.v };
    struct notice notice = { .kind = MAILING_TO_ALL_OR_PRIVATE,
                             .person = staff->id,
                             .group = reply->group,
                             .reply = TOKEN_DESK,
                             .lane = -1,
                             .is_answer = true };
    const struct roster_filter everybody = { .group = reply->group };
    struct roster_count count;
    struct pictures pictures = { .n = 0 };
    struct membership m;
    struct post about;
    enum rc rc = answered_post(gate, reply, mem, &about, err);

    if (!rc)
        rc = shown_name(gate, &about, mem, &m, err);
    if (!rc)
        rc = membership_count(&gate->store, &everybody, &count, err);
    notice.values = json_object_new();
    if (!rc)
        rc = add_photos(gate, reply, staff, mem, &pictures, notice.values, &question.data, err);
    if (!rc)
        rc = question_add(&gate->store, &question, err);
    if (rc) {
        json_free(&notice.values);
        return err_wrap(err, "reply of a provider");
    }
    notice.subject_id = question.id.v;
    notice.pictures = &pictures;
    json_set_int(notice.values, "total_count", count.all);
    json_set_str(notice.values, "author", m.name);
    json_set_str(notice.values, "text", reply->text);
    json_set_str(notice.values, "excerpt", text_excerpt(mem, about.text, 200));
    return notice_queue(gate, &notice, NULL, err);
}

enum rc provider_answer_privately(struct gate *gate, struct post *reply, const struct person *staff, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("provider");
    struct post about;
    struct talk_words words = { .staff = staff,
                                .group = reply->group,
                                .kind = MAILING_PRIVATE_ANSWER,
                                .text = reply->text,
                                .letter = reply->letter,
                                .way = AUDIT_WAY_EMAIL };
    enum rc rc;

    if (reply->state != POST_HELD)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " was decided meanwhile", reply->id.v);
    rc = answered_post(gate, reply, mem, &about, err);
    reply->state = POST_PRIVATE;
    reply->remind_ms = 0;
    if (!rc)
        rc = post_change(&gate->store, reply, err);
    if (!rc)
        rc = question_withdraw_about(&gate->store, reply->id.v, err);
    if (!rc)
        rc = audit_append(&gate->store,
                          &(struct audit_entry){ .who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL },
                                                 .verb = AUDIT_POST_PRIVATE,
                                                 .item_kind = AUDIT_ITEM_POST,
                                                 .item_id = reply->id.v },
                          err);
    if (rc)
        return rc;
    words.patient = about.author;
    words.about = &about;
    return talk_write(gate, &words, err);
}
