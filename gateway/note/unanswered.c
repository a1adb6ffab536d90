#include "gateway/note/unanswered.h"

#include "gateway/say/entry.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/answered.h"
#include "store/due.h"

enum rc unanswered_watch(struct gate *gate, const struct post *post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unanswered");
    struct person author;

    if (post->kind != POST_POST)
        return RC_OK;
    if (person_get(&gate->store, post->author, mem, &author, err))
        return err->rc;
    if (author.kind != PERSON_PATIENT)
        return RC_OK;
    return due_set(&gate->store, JOB_UNANSWERED, post->id.v, gate_now_ms(gate) + UNANSWERED_AFTER_MS, err);
}

static enum rc needs_answer(struct gate *gate, const struct post *post, const struct care_group *g, struct arena *mem,
                            bool *ret_needs, struct err *err)
{
    struct post *posts;
    size_t n = 0;

    *ret_needs = false;
    if (!post_state_is_published(post->state) || g->state != GROUP_OPEN || !*post->text)
        return RC_OK;
    if (post_in_conversation(&gate->store, post->conversation, INT64_MAX, 2, mem, &posts, &n, err))
        return err->rc;
    *ret_needs = n < 2;
    return RC_OK;
}

static enum rc ask(struct gate *gate, const struct post *post, const struct care_group *g, const struct person *reader,
                   struct arena *mem, struct err *err)
{
    struct notice notice = {
        .kind = MAILING_UNANSWERED, .person = reader->id, .group = post->group, .subject_id = post->id.v
    };
    const char *author;

    if (entry_author(gate, post, reader->language, mem, &author, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "author", author);
    json_set_str(notice.values, "when", phrase_moment(gate, reader->language, g->zone, post->published_ms, mem));
    json_set_str(notice.values, "text", post->text);
    return notice_queue(gate, &notice, NULL, err);
}

enum rc unanswered_run(struct gate *gate, struct post_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unanswered");
    struct person *staff;
    struct care_group g;
    struct post post;
    bool needs = false;
    size_t n = 0;
    enum rc rc;

    if (post_get(&gate->store, id, mem, &post, err) || group_get(&gate->store, post.group, mem, &g, err) ||
        needs_answer(gate, &post, &g, mem, &needs, err))
        return err->rc;
    if (!needs)
        return RC_OK;
    if (!office_is_open(gate))
        return due_set(&gate->store, JOB_UNANSWERED, id.v, office_after(gate, MS_MINUTE), err);
    if (office_duty(gate, mem, &staff, &n, err))
        return err->rc;
    if (!n)
        return RC_OK;
    rc = answered_take(&gate->store, staff[0].id, MAILING_UNANSWERED, 0, 1, err);
    if (rc == RC_CONFLICT)
        return due_set(&gate->store, JOB_UNANSWERED, id.v, gate_now_ms(gate) + MS_DAY, err);
    if (!rc)
        rc = ask(gate, &post, &g, &staff[0], mem, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}
