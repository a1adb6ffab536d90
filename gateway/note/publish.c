#include "gateway/note/publish.h"

#include "gateway/digest/breaker.h"
#include "gateway/digest/news_by_mail.h"
#include "gateway/digest/text_digest.h"
#include "gateway/say/entry.h"
#include "gateway/say/notice_instead.h"
#include "gateway/say/poll_open.h"
#include "gateway/say/render.h"
#include "gateway/sms/text_budget.h"
#include "schedules/said.h"
#include "store/conversation.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/issue.h"
#include "store/membership.h"
#include "store/text_owed.h"

#include <assert.h>

#define LANGUAGES 3 /* enum person_language counts from 1 */
#define FORMATS 3

/* One post on its way to its readers. */
struct fan {
    struct gate *gate;
    const struct post *post;
    enum mailing_kind kind;
    bool is_item_pending; /* of a correction: not everybody has a copy of the post yet */
    struct care_group group;
    struct mailing_id renderings[LANGUAGES][FORMATS]; /* made when the first reader of that kind comes */
    struct arena *mem;
};

static enum mailing_kind kind_of(const struct post *p)
{
    return p->kind == POST_ANNOUNCEMENT ? MAILING_ANNOUNCEMENT
           : p->kind == POST_COMMENT    ? MAILING_COMMENT
                                        : MAILING_POST;
}

/* --- values ----------------------------------------------------------------------------------------------------------------------- */

static enum rc opener_of(struct fan *f, struct conversation *c, struct post *opener, struct err *err)
{
    enum rc rc = conversation_get(&f->gate->store, f->post->conversation, f->mem, c, err);

    return rc ? rc : post_get(&f->gate->store, c->first_post, f->mem, opener, err);
}

/* The day of the opener: the subject stays the same through the conversation, so that every client threads it. */
static enum rc set_day(const struct fan *f, const struct entry_reader *r, int64_t ms, struct json *values,
                       struct err *err)
{
    const struct said_in in = { .language = r->language, .zone = f->group.zone, .now_ms = r->now_ms };
    char *day = NULL;
    enum rc rc = said_day(&in, ms, f->mem, &day, err);

    if (!rc)
        json_set_str(values, "date", day);
    return rc;
}

static enum rc single_values(struct fan *f, const struct entry_reader *r, struct json **ret_values, struct err *err)
{
    CLEANUP(json_free) struct json *values = NULL;
    const char *until = NULL;
    struct conversation c;
    struct post opener;
    enum rc rc = entry_values(f->gate, r, f->post, f->mem, &values, err);

    if (!rc)
        rc = entry_add_photos(f->gate, r, f->post, f->mem, values, err);
    if (!rc)
        rc = opener_of(f, &c, &opener, err);
    if (!rc)
        rc = set_day(f, r, opener.published_ms ? opener.published_ms : f->post->published_ms, values, err);
    if (rc)
        return rc;
    if (poll_open_until(f->gate, opener.id, r->language, f->mem, &until, err))
        return err->rc;
    json_set_str(values, "poll_until", until);
    json_set_str(values, "title", c.title);
    json_set_str(values, "excerpt", NULL);
    if (opener.id.v != f->post->id.v && post_state_is_published(opener.state)) {
        rc = entry_set_excerpt(f->gate, r, &opener, values, f->mem, err);
        slots_head(r->slots)->thread = opener.id;
    }
    *ret_values = MOVE(values);
    return rc;
}

static enum rc correction_values(struct fan *f, const struct entry_reader *r, struct json **ret_values, struct err *err)
{
    CLEANUP(json_free) struct json *note = NULL;
    struct conversation c = { .title = f->group.alias };
    enum rc rc = entry_note(f->gate, r->language, f->post->note, &note, err);

    if (!rc && f->post->conversation.v)
        rc = conversation_get(&f->gate->store, f->post->conversation, f->mem, &c, err);
    if (!rc)
        rc = entry_set_excerpt(f->gate, r, f->post, note, f->mem, err);
    if (rc)
        return rc;
    json_set_str(note, "title", c.title);
    slots_head(r->slots)->thread = f->post->id;
    *ret_values = MOVE(note);
    return RC_OK;
}

static enum rc values_of(struct fan *f, const struct entry_reader *r, struct json **ret_values, struct err *err)
{
    if (f->kind == MAILING_CORRECTION)
        return correction_values(f, r, ret_values, err);
    if (f->kind == MAILING_ANNOUNCEMENT)
        return news_values(f->gate, r, f->post, f->mem, ret_values, err);
    return single_values(f, r, ret_values, err);
}

static enum rc rendering(struct fan *f, enum person_language language, enum person_format format,
                         struct mailing_id *ret_id, struct err *err)
{
    struct slots *slots = slots_new(f->mem);
    const struct entry_reader reader = { &f->group, language, slots, gate_now_ms(f->gate) };
    struct render render = {
        .kind = f->kind, .language = language, .format = format, .group = &f->group, .slots = slots
    };

    if (f->renderings[language][format].v) {
        *ret_id = f->renderings[language][format];
        return RC_OK;
    }
    slots_head(slots)->reply = TOKEN_REPLY;
    if ((f->kind != MAILING_CORRECTION && entry_author(f->gate, f->post, language, f->mem, &render.writer, err)) ||
        values_of(f, &reader, &render.values, err) ||
        render_store(f->gate, &render, f->post->id.v, f->mem, ret_id, err))
        return err->rc;
    f->renderings[language][format] = *ret_id;
    return RC_OK;
}

/* --- readers ---------------------------------------------------------------------------------------------------------------------- */

static struct roster_filter audience_of(const struct fan *f)
{
    struct roster_filter filter = { .group = f->post->group, .tag = f->post->audience_tag };

    if (f->kind == MAILING_POST || f->kind == MAILING_COMMENT)
        filter.rhythms = 1u << RHYTHM_EACH;
    return filter;
}

static enum rc key_of(const struct fan *f, struct person_id reader, enum message_about about,
                      unsigned char key[MESSAGE_KEY_BYTES], struct err *err)
{
    const struct message_subject subject = { .person = reader,
                                             .about = about,
                                             .id = f->post->id.v,
                                             .detail = about == MESSAGE_CORRECTION ? f->post->version : 0 };

    if (!message_id_key(f->gate->store.ring, 0, &subject, key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", f->gate->store.practice.v);
    return RC_OK;
}

static enum rc has_copy(const struct fan *f, struct person_id reader, struct arena *mem, bool *ret_has, struct err *err)
{
    unsigned char key[MESSAGE_KEY_BYTES];
    struct delivery copy;
    enum rc rc = key_of(f, reader, MESSAGE_POST, key, err);

    if (!rc)
        rc = delivery_find_message(&f->gate->store, key, mem, &copy, err);
    *ret_has = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Who reads by text, and got it by mail: as a copy of its own, or in the letter of an issue that no text could bring. */
static enum rc was_mailed(const struct fan *f, const struct roster_row *r, struct arena *mem, bool *ret_was,
                          struct err *err)
{
    const enum rc rc = has_copy(f, r->person, mem, ret_was, err);

    if (rc || *ret_was)
        return rc;
    return delivery_issue_held(&f->gate->store, r->person, r->membership, f->post->published_seq, ret_was, err);
}

/* A correction goes to those who have been sent the post: the others' letters will hold the note. So do the copies of a fan-out that is
 * not through yet. */
static enum rc wants_correction(const struct fan *f, const struct roster_row *r, struct arena *mem, bool *ret_wants,
                                struct err *err)
{
    const bool is_single = f->post->kind == POST_ANNOUNCEMENT || r->rhythm == RHYTHM_EACH;

    *ret_wants = is_single || (r->rhythm != RHYTHM_NEWS && r->cursor_seq >= f->post->published_seq);
    if (!is_single || !f->is_item_pending || r->person.v == f->post->author.v)
        return RC_OK;
    return has_copy(f, r->person, mem, ret_wants, err);
}

static enum rc wants(const struct fan *f, const struct roster_row *r, struct arena *mem, bool *ret_wants,
                     struct err *err)
{
    if (f->kind == MAILING_CORRECTION)
        return wants_correction(f, r, mem, ret_wants, err);
    *ret_wants = r->person.v != f->post->author.v;
    return RC_OK;
}

/* By text an announcement goes out when texts may, and a correction to those who had the words; notes come once a day, in the digest. */
static enum rc owe_text(struct fan *f, const struct roster_row *r, struct err *err)
{
    struct text_had had = { .version = 0 };

    if (f->kind == MAILING_CORRECTION && text_owed_had(&f->gate->store, r->membership, f->post->id, &had, err))
        return err->rc;
    if (f->kind != MAILING_ANNOUNCEMENT && !had.version)
        return RC_OK;
    return text_digest_owe(f->gate, r->membership, gate_now_ms(f->gate), err);
}

static enum rc copy_for(struct fan *f, const struct roster_row *r, struct delivery *d, struct err *err)
{
    const bool is_correction = f->kind == MAILING_CORRECTION;
    /* who reads everything singly, or nothing but announcements, has it with this copy; a digest's cursor is not moved */
    const bool moves = !is_correction && ((r->rhythm == RHYTHM_EACH && r->channel != CHANNEL_TEXT) ||
                                          r->rhythm == RHYTHM_NEWS); /* by text, each is daily */
    enum rc rc;

    *d = (struct delivery){ .person = r->person,
                            .membership = r->membership,
                            .address = r->address,
                            .channel = DELIVERY_EMAIL,
                            .lane = mailing_default_lane(f->kind),
                            .from_seq = r->cursor_seq,
                            .to_seq = moves ? f->post->published_seq : 0,
                            .due_ms = gate_now_ms(f->gate) };
    rc = key_of(f, r->person, is_correction ? MESSAGE_CORRECTION : MESSAGE_POST, d->message_key, err);
    return rc ? rc : rendering(f, r->language, r->format, &d->mailing, err);
}

/* A text cannot reach them now: STOP, a bad number, the month's money gone. */
static enum rc is_out_of_reach(struct fan *f, const struct roster_row *r, bool *ret_is, struct err *err)
{
    bool does;
    enum rc rc;

    if (text_digest_reaches(f->gate, r, &does, err))
        return err->rc;
    rc = does ? text_budget_check(f->gate, f->group.id, 1, err) : RC_DENIED;
    *ret_is = rc == RC_DENIED;
    return *ret_is ? RC_OK : rc;
}

/* Who reads by text and said yes to mail: an announcement that no text can bring goes there, and a correction to who got the words there. */
static enum rc by_mail_instead(struct fan *f, struct roster_row *r, struct arena *mem, bool *ret_is, struct err *err)
{
    bool is = false;
    enum rc rc = RC_OK;

    *ret_is = false;
    if (r->channel != CHANNEL_TEXT)
        return RC_OK;
    if (f->kind == MAILING_CORRECTION)
        rc = was_mailed(f, r, mem, &is, err);
    else if (f->kind == MAILING_ANNOUNCEMENT)
        rc = is_out_of_reach(f, r, &is, err);
    if (rc || !is)
        return rc;
    rc = notice_instead(f->gate, r->person, r->membership, f->kind, &r->address, err);
    *ret_is = !rc;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* The next page of readers; *after moves on. ret_rows under the page's size: that was the last. */
static enum rc fan_page(struct fan *f, struct membership_id *after, size_t *ret_rows, size_t *did, struct err *err)
{
    CLEANUP(arena_free) struct arena *page = arena_new("publish_page");
    struct roster_row *rows = ARENA_ARRAY(page, DELIVERY_PAGE_MAX, struct roster_row);
    struct delivery *out = ARENA_ARRAY(page, DELIVERY_PAGE_MAX, struct delivery);
    const struct roster_filter filter = audience_of(f);
    int64_t added = 0;
    size_t n = 0, kept = 0;
    enum rc rc = membership_roster(&f->gate->store, &filter, *after, rows, DELIVERY_PAGE_MAX, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        bool is_wanted = false, is_instead = false;

        rc = by_mail_instead(f, &rows[i], page, &is_instead, err);
        if (!rc && rows[i].channel != CHANNEL_EMAIL && (!is_instead || f->kind == MAILING_CORRECTION))
            rc = owe_text(f, &rows[i], err);
        if (!rc && (rows[i].channel != CHANNEL_TEXT || is_instead))
            rc = wants(f, &rows[i], page, &is_wanted, err);
        if (!rc && is_wanted)
            rc = copy_for(f, &rows[i], &out[kept++], err);
    }
    if (!rc)
        rc = delivery_add_many(&f->gate->store, out, kept, &added, err);
    if (!rc && added)
        rc = breaker_hold(f->gate, f->group.id, err);
    if (rc)
        return rc;
    if (n)
        *after = rows[n - 1].membership;
    *ret_rows = n;
    *did += (size_t)added;
    return RC_OK;
}

static enum rc start(struct fan *f, struct gate *gate, const struct post *post, enum mailing_kind kind,
                     struct arena *mem, struct err *err)
{
    *f = (struct fan){ .gate = gate, .post = post, .kind = kind, .mem = mem };
    if (!post_state_is_published(post->state))
        return err_set(err, RC_CONFLICT, "post %" PRId64 " is not published", post->id.v);
    if (kind == MAILING_CORRECTION && due_is_set(&gate->store, JOB_FAN_OUT, post->id.v, &f->is_item_pending, err))
        return err->rc;
    return group_get(&gate->store, post->group, mem, &f->group, err);
}

static enum job_kind job_of(enum mailing_kind kind)
{
    return kind == MAILING_CORRECTION ? JOB_FAN_NOTE : JOB_FAN_OUT;
}

/* The first page now; a job for the rest. */
static enum rc fan_inline(struct gate *gate, const struct post *post, enum mailing_kind kind, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("publish");
    struct membership_id after = { 0 };
    struct fan f;
    size_t n = 0, did = 0;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    rc = start(&f, gate, post, kind, mem, err);
    if (!rc)
        rc = fan_page(&f, &after, &n, &did, err);
    if (!rc && n == DELIVERY_PAGE_MAX)
        rc = due_set(&gate->store, job_of(kind), post->id.v, gate_now_ms(gate), err);
    return rc ? err_wrap(err, "publish post %" PRId64, post->id.v) : RC_OK;
}

enum rc publish_post(struct gate *gate, const struct post *post, struct err *err)
{
    return fan_inline(gate, post, kind_of(post), err);
}

enum rc publish_correction(struct gate *gate, const struct post *post, struct err *err)
{
    enum rc rc = issue_raise_version(&gate->store, post->group, post->published_seq, err);

    if (!rc)
        rc = text_digest_changed(gate, post, err);
    return rc ? rc : fan_inline(gate, post, MAILING_CORRECTION, err);
}

static enum rc stop_jobs(struct gate *gate, struct post_id post, struct err *err)
{
    enum rc rc = due_clear(&gate->store, JOB_FAN_OUT, post.v, err);

    return rc ? rc : due_clear(&gate->store, JOB_FAN_NOTE, post.v, err);
}

enum rc publish_withdrawal(struct gate *gate, const struct post *post, struct err *err)
{
    enum rc rc = delivery_cancel_subject(&gate->store, post->id.v, NULL, err);

    if (!rc)
        rc = stop_jobs(gate, post->id, err);
    if (!rc)
        rc = text_digest_changed(gate, post, err);
    return rc ? rc : issue_raise_version(&gate->store, post->group, post->published_seq, err);
}

/* --- large groups ----------------------------------------------------------------------------------------------------------------- */

/* One page, read afresh: between two pages the post may have got its note, or be withdrawn. RC_CONFLICT: it is no longer published. */
static enum rc next_page(struct gate *gate, struct post_id id, enum job_kind job, struct membership_id *after,
                         size_t *did, bool *ret_is_last, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("publish_job");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct post post;
    struct fan f;
    size_t n = 0;
    enum rc rc = db_begin(gate->store.db, &tx, err);

    if (!rc)
        rc = post_get(&gate->store, id, mem, &post, err);
    if (!rc)
        rc = start(&f, gate, &post, job == JOB_FAN_NOTE ? MAILING_CORRECTION : kind_of(&post), mem, err);
    if (!rc)
        rc = fan_page(&f, after, &n, did, err);
    if (!rc && n < DELIVERY_PAGE_MAX)
        rc = due_clear(&gate->store, job, id.v, err);
    if (!rc)
        rc = db_commit(&tx, err);
    *ret_is_last = n < DELIVERY_PAGE_MAX;
    return rc;
}

static enum rc give_up(struct gate *gate, struct post_id id, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(gate->store.db, &tx, err);

    if (!rc)
        rc = stop_jobs(gate, id, err);
    return rc ? rc : db_commit(&tx, err);
}

/* From the start again: who has a copy already is passed over, so a crash in the middle costs a walk and nothing else. */
static enum rc finish(struct gate *gate, struct post_id id, enum job_kind job, size_t *did, struct err *err)
{
    struct membership_id after = { 0 };
    bool is_last = false;
    enum rc rc = RC_OK;

    while (!rc && !is_last)
        rc = next_page(gate, id, job, &after, did, &is_last, err);
    return rc == RC_CONFLICT ? give_up(gate, id, err) : rc;
}

static enum rc finish_all(struct gate *gate, enum job_kind job, size_t *did, struct err *err)
{
    int64_t post = 0;
    enum rc rc;

    while ((rc = due_next_of(&gate->store, job, gate_now_ms(gate), &post, err)) == RC_OK)
        if ((rc = finish(gate, (struct post_id){ post }, job, did, err)) != RC_OK)
            return rc;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Notes first: who has no copy of the post yet gets one that holds the note. */
enum rc publish_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    size_t did = 0;
    enum rc rc = finish_all(gate, JOB_FAN_NOTE, &did, err);

    if (!rc)
        rc = finish_all(gate, JOB_FAN_OUT, &did, err);
    if (!rc)
        *ret_did = did;
    return rc;
}
