#include "gateway/note/review.h"
#include "gateway/note/review_item.h"
#include "gateway/note/review_text.h"

#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/due.h"
#include "store/group.h"
#include "store/question.h"

#define ALONE_MAX 3 /* over three waiting: one list mail */
#define LIST_MAX 20 /* items of one list mail */
#define LIST_DELAY_MS (10 * MS_MINUTE)

static void remember(struct review_writing *w, const struct post *p)
{
    struct json *item = json_object_new();

    json_set_int(item, "post", p->id.v);
    json_set_int(item, "version", p->version);
    json_set_int(item, "photos", (int64_t)w->photos_shown);
    json_push(w->data_items, &item);
}

static struct review_writing start(struct gate *gate, struct arena *mem, const struct person *reader, bool is_list)
{
    return (struct review_writing){ .gate = gate,
                                    .mem = mem,
                                    .reader = reader,
                                    .data = json_object_new(),
                                    .data_items = json_array_new(),
                                    .is_list = is_list };
}

/* Stores what was shown, then queues the mail about it. Takes values. */
static enum rc finish(struct review_writing *w, enum mailing_kind kind, struct group_id group, int64_t subject,
                      struct json *values, int64_t *ret_question, struct err *err)
{
    CLEANUP(json_free) struct json *data = MOVE(w->data);
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)1 << 20);
    struct question question = { .kind = QUESTION_REVIEW, .person = w->reader->id, .subject_id = subject };
    struct notice notice = { .kind = kind, .person = w->reader->id, .group = group, .reply = TOKEN_REVIEW, .lane = -1 };
    enum rc rc;

    json_set(data, "items", &w->data_items);
    json_print(data, false, &text);
    question.data = strbuf_peek(&text);
    rc = question_add(&w->gate->store, &question, err);
    if (rc) {
        json_free(&values);
        return rc;
    }
    *ret_question = question.id.v;
    notice.subject_id = question.id.v;
    notice.pictures = &w->pictures;
    notice.values = values;
    json_set_int(values, "review_number", phrase_number(question.id.v));
    rc = notice_queue(w->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* that person cannot be written to: reminders and doctor show it */
}

static void abandon(struct review_writing *w, struct json **values)
{
    json_free(&w->data);
    json_free(&w->data_items);
    json_free(values);
}

static enum rc send_single(struct gate *gate, const struct post *p, const struct person *reader, struct arena *mem,
                           struct err *err)
{
    struct review_writing w = start(gate, mem, reader, false);
    struct json *values = json_object_new();
    struct care_group g;
    int64_t question;
    enum rc rc = group_get(&gate->store, p->group, mem, &g, err);

    if (!rc)
        rc = review_fill_item(&w, p, &g, values, err);
    if (!rc)
        rc = review_add_places(&w, p->group, values, err);
    if (rc) {
        abandon(&w, &values);
        return err_wrap(err, "review mail of post %" PRId64, p->id.v);
    }
    json_set_str(values, "group_name", g.alias);
    remember(&w, p);
    if (finish(&w, MAILING_REVIEW, p->group, p->id.v, values, &question, err))
        return err->rc;
    return review_text_send(gate, p, &g, reader, question, err);
}

enum rc review_show_alone(struct gate *gate, const struct post *post, const struct person *reader, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_alone");

    return send_single(gate, post, reader, mem, err);
}

static enum rc add_item(struct review_writing *w, const struct post *p, int64_t number, struct json *items,
                        struct care_group *ret_group, struct err *err)
{
    CLEANUP(json_free) struct json *item = json_object_new();
    enum rc rc = group_get(&w->gate->store, p->group, w->mem, ret_group, err);

    if (!rc)
        rc = review_fill_item(w, p, ret_group, item, err);
    if (rc)
        return rc;
    json_set_int(item, "number", number);
    json_push(items, &item);
    remember(w, p);
    return RC_OK;
}

static enum rc send_list(struct gate *gate, enum mailing_kind kind, const struct post *posts, size_t n,
                         const struct person *reader, struct arena *mem, struct err *err)
{
    struct review_writing w = start(gate, mem, reader, true);
    struct json *values = json_object_new();
    CLEANUP(json_free) struct json *items = json_array_new();
    struct care_group g = { .alias = "" };
    int64_t question;
    enum rc rc = RC_OK;

    w.is_reminder = kind == MAILING_REVIEW_REMINDER;
    for (size_t i = 0; !rc && i < n && i < LIST_MAX; i++)
        rc = add_item(&w, &posts[i], (int64_t)i + 1, items, &g, err);
    if (rc) {
        abandon(&w, &values);
        return err_wrap(err, "review list");
    }
    json_set(values, "items", &items);
    json_set_int(values, "waiting_count", (int64_t)n);
    json_set_str(values, "waiting", phrase_span(reader->language, gate_now_ms(gate) - posts[0].created_ms, mem));
    json_set_str(values, "date", phrase_day(gate, reader->language, NULL, gate_now_ms(gate), mem));
    json_set_str(values, "group_name", g.alias);
    json_set_str(values, "next_who", "");
    return finish(&w, kind, g.id, 0, values, &question, err);
}

/* The n-th person on duty who may decide about the post; id 0 when there is none. */
static enum rc reader_of(struct gate *gate, const struct post *p, size_t nth, struct arena *mem,
                         struct person *ret_reader, struct err *err)
{
    struct person *staff;
    size_t n;
    enum rc rc = office_duty(gate, mem, &staff, &n, err);

    *ret_reader = (struct person){ .name = "" };
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (p->deputy.v == staff[i].id.v && p->deputy.v != p->first_review_by.v) {
            *ret_reader = staff[i];
            return RC_OK;
        }
    for (size_t i = 0; i < n; i++)
        if (staff[i].id.v != p->first_review_by.v && nth-- == 0) {
            *ret_reader = staff[i];
            return RC_OK;
        }
    return RC_OK;
}

/* Urgent ones, those with photos and second opinions always come alone; so do the first three. */
enum rc review_offer(struct gate *gate, const struct post *p, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_offer");
    struct person reader;
    struct post *waiting;
    size_t n;
    enum rc rc = reader_of(gate, p, 0, mem, &reader, err);

    if (rc || !reader.id.v)
        return rc;
    rc = post_waiting(&gate->store, ALONE_MAX + 1, mem, &waiting, &n, err);
    if (rc)
        return rc;
    if (n > ALONE_MAX && p->tier > 2 && p->kind != POST_ANNOUNCEMENT && p->state == POST_HELD &&
        !(p->flags & POST_FLAG_WITH_PHOTO))
        return due_ensure(&gate->store, JOB_REVIEW_LIST, 0, gate_now_ms(gate) + LIST_DELAY_MS, err);
    return send_single(gate, p, &reader, mem, err);
}

enum rc review_tell_second(struct gate *gate, const struct review_taken_back *back, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_second");
    struct notice notice = { .kind = MAILING_REVIEW_ALREADY,
                             .group = back->half->group,
                             .subject_id = back->question.v,
                             .reply = TOKEN_REVIEW,
                             .lane = -1 };
    struct person reader;
    const char *author;
    enum rc rc = reader_of(gate, back->half, 0, mem, &reader, err);

    if (rc || !reader.id.v || reader.id.v == back->first->id.v)
        return rc;
    rc = review_shown_name(gate, back->half->group, back->half->author, mem, &author, err);
    if (rc)
        return rc;
    notice.person = reader.id;
    notice.values = json_object_new();
    json_set_int(notice.values, "review_number", phrase_number(back->question.v));
    json_set_str(notice.values, "decision", decision_word(back->decision, mem));
    json_set_bool(notice.values, "is_changed", false);
    json_set_str(notice.values, "who", back->first->name);
    json_set_str(notice.values, "when", phrase_time(gate, reader.language, gate_now_ms(gate), mem));
    json_set_str(notice.values, "author", author);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* that person cannot be written to: their OK does nothing any more */
}

/* What a list is about: notes whose writer is known. Announcements wait for the SEND of whoever wrote them, unverified notes for the answer to
 * the letter about them. */
static size_t keep_listed(struct post *posts, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (posts[i].kind != POST_ANNOUNCEMENT && !(posts[i].flags & POST_FLAG_UNVERIFIED))
            posts[kept++] = posts[i];
    return kept < LIST_MAX ? kept : LIST_MAX;
}

enum rc review_send_list(struct gate *gate, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_list");
    struct person reader;
    struct post *waiting;
    size_t n;
    enum rc rc = post_waiting(&gate->store, 2 * LIST_MAX, mem, &waiting, &n, err);

    if (!rc)
        n = keep_listed(waiting, n);
    if (rc || !n)
        return rc;
    rc = reader_of(gate, &waiting[0], 0, mem, &reader, err);
    if (rc || !reader.id.v)
        return rc;
    return n == 1 ? send_single(gate, &waiting[0], &reader, mem, err)
                  : send_list(gate, MAILING_REVIEW_LIST, waiting, n, &reader, mem, err);
}

/* By the clock of its tier (office_reminder), then daily; from the second reminder on the deputy gets it too. */
static enum rc remind(struct gate *gate, const struct post *due, size_t n, struct arena *mem, struct err *err)
{
    struct person_id told = { 0 };
    struct person reader;
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < (due[0].reminders ? 2u : 1u); i++) {
        rc = reader_of(gate, &due[0], i, mem, &reader, err);
        if (rc || !reader.id.v || reader.id.v == told.v)
            continue;
        told = reader.id;
        rc = send_list(gate, MAILING_REVIEW_REMINDER, due, n, &reader, mem, err);
    }
    return rc;
}

enum rc review_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_tick");
    struct post *due;
    size_t n;
    enum rc rc = post_due_reminder(&gate->store, gate_now_ms(gate), mem, &due, &n, err);

    *ret_did = 0;
    if (rc || !n)
        return rc;
    n = n < LIST_MAX ? n : LIST_MAX; /* the rest is due in the next round */
    rc = remind(gate, due, n, mem, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = post_set_reminder(&gate->store, due[i].id, office_reminder(gate, due[i].tier, due[i].reminders + 1), err);
        (*ret_did)++;
    }
    return rc;
}
