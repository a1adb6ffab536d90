#include "gateway/office/ending.h"

#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/say/tell.h"
#include "gateway/visit/planner_series.h"
#include "store/due.h"
#include "store/goodbye.h"
#include "store/membership.h"
#include "store/post.h"
#include "store/question.h"

#include <assert.h>

#define ENDING_PAGE 200

static int64_t today_of(const struct gate *gate)
{
    return gate_now_ms(gate) / MS_DAY;
}

static enum rc say_goodbye(struct gate *gate, const struct care_group *group, const struct roster_row *row,
                           const char *message, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("goodbye");
    const int64_t day = group->end_day ? group->end_day : today_of(gate);
    struct notice notice = { .kind = MAILING_GROUP_CLOSING,
                             .person = row->person,
                             .membership = row->membership,
                             .group = group->id,
                             .address = row->address,
                             .subject_id = group->id.v,
                             .values = json_object_new() };

    json_set_str(notice.values, "closing_text", message);
    json_set_str(notice.values, "end_date", phrase_civil_day(gate, row->language, day, mem));
    return notice_queue(gate, &notice, NULL, err);
}

/* Whoever is still subscribed, a page at a time: where it stopped stands in the row that is written with the page's letters. */
static enum rc write_page(struct gate *gate, const struct care_group *group, struct goodbye *g, size_t *ret_n,
                          struct err *err)
{
    const struct roster_filter everybody = { .group = group->id };
    struct roster_row rows[ENDING_PAGE];

    if (membership_roster(&gate->store, &everybody, g->after, rows, ENDING_PAGE, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n; i++) {
        const enum rc rc = say_goodbye(gate, group, &rows[i], g->message, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        g->letters += rc == RC_OK;
        g->after = rows[i].membership;
    }
    return RC_OK;
}

static const char *reason_for(enum person_language language)
{
    return language == LANGUAGE_SPANISH ? "El grupo terminó." : "The group has ended.";
}

static enum rc give_back(struct gate *gate, struct post *post, const struct care_group *group, struct arena *mem,
                         struct err *err)
{
    const struct audit_who who = record_rule();
    struct notice notice = {
        .kind = MAILING_NOT_SENT, .person = post->author, .group = group->id, .subject_id = post->id.v
    };
    struct person author;
    enum rc rc;

    post->state = POST_RETURNED;
    post->remind_ms = 0;
    if (post_change(&gate->store, post, err) || person_get(&gate->store, post->author, mem, &author, err) ||
        question_withdraw_about(&gate->store, post->id.v, err) ||
        record_act(gate, &who, AUDIT_POST_RETURNED, AUDIT_ITEM_POST, post->id.v, NULL, "group ended", err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "text", post->text);
    json_set_str(notice.values, "reason", reason_for(author.language));
    rc = notice_queue(gate, &notice, NULL, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return tell_staff(
        gate,
        &(struct tell){
            .what = TELL_GIVEN_BACK, .of = &author, .group = group->id, .subject_id = post->id.v, .text = post->text },
        err);
}

/* What waits goes back before the first goodbye; a note that has gone back waits no more, so that no place need be kept. */
static enum rc give_back_page(struct gate *gate, const struct care_group *group, size_t *ret_n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("give_back");
    struct post *posts;

    if (post_waiting_in(&gate->store, group->id, ENDING_PAGE, mem, &posts, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n; i++)
        if (give_back(gate, &posts[i], group, mem, err))
            return err_wrap(err, "post %" PRId64, posts[i].id.v);
    return RC_OK;
}

enum rc ending_letters(struct gate *gate, struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("goodbyes");
    struct care_group g;
    struct goodbye goodbye;
    size_t n;

    assert(db_in_tx(gate->store.db));
    if (group_get(&gate->store, group, mem, &g, err) || goodbye_get(&gate->store, group, mem, &goodbye, err))
        return err->rc;
    if (give_back_page(gate, &g, &n, err))
        return err->rc;
    if (n)
        return due_set(&gate->store, JOB_GOODBYE, group.v, gate_now_ms(gate), err);
    if (goodbye.done_ms)
        return due_clear(&gate->store, JOB_GOODBYE, group.v, err);
    if (write_page(gate, &g, &goodbye, &n, err))
        return err->rc;
    goodbye.done_ms = n < ENDING_PAGE ? gate_now_ms(gate) : 0;
    if (goodbye_move(&gate->store, &goodbye, err))
        return err->rc;
    return goodbye.done_ms ? due_clear(&gate->store, JOB_GOODBYE, group.v, err)
                           : due_set(&gate->store, JOB_GOODBYE, group.v, gate_now_ms(gate), err);
}

enum rc ending_close(struct gate *gate, const struct audit_who *who, struct group_id group, const char *message,
                     int64_t *ret_letters, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("ending");
    const struct roster_filter everybody = { .group = group };
    struct roster_count count;
    struct planner planner = { .gate = gate, .who = who, .mem = mem };
    struct care_group g;

    assert(db_in_tx(gate->store.db));
    if (group_get(&gate->store, group, mem, &g, err))
        return err->rc;
    if (g.state == GROUP_ENDED)
        return err_set(err, RC_CONFLICT, "group %" PRId64 " has ended already", group.v);
    if (topic_end_group(gate, group, err) || topic_again_end_group(gate, who, group, err) ||
        planner_end_group(&planner, group, err) || membership_count(&gate->store, &everybody, &count, err) ||
        goodbye_add(&gate->store, group, message, err))
        return err->rc;
    g.state = GROUP_ENDED;
    g.end_day = g.end_day ? g.end_day : today_of(gate);
    if (group_change(&gate->store, &g, err) || due_clear(&gate->store, JOB_GROUP_END, group.v, err) ||
        due_clear(&gate->store, JOB_ISSUE_DAILY, group.v, err) ||
        due_clear(&gate->store, JOB_ISSUE_WEEKLY, group.v, err) ||
        due_set(&gate->store, JOB_GOODBYE, group.v, gate_now_ms(gate), err))
        return err->rc;
    *ret_letters = count.all;
    return record_act(gate, who, AUDIT_GROUP_ENDED, AUDIT_ITEM_GROUP, group.v, "open", "ended", err);
}

enum rc ending_close_due(struct gate *gate, struct group_id group, struct err *err)
{
    const struct audit_who rule = record_rule();
    int64_t letters;
    const enum rc rc = ending_close(gate, &rule, group, NULL, &letters, err);

    if (rc == RC_CONFLICT || rc == RC_NOT_FOUND)
        return due_clear(&gate->store, JOB_GROUP_END, group.v, err);
    return rc;
}
