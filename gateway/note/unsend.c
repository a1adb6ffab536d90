#include "gateway/note/unsend.h"

#include "gateway/note/publish.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/tell.h"
#include "store/delivery.h"
#include "store/membership.h"

#define LOOK_BACK_MS (35 * MS_DAY) /* a weekly letter, and a long pause */

enum rc unsend_post(struct gate *gate, struct post *post, enum post_state to, struct err *err)
{
    bool has_left = false;
    enum rc rc = delivery_post_has_left(&gate->store, post->id.v, post->group, post->published_seq, &has_left, err);

    if (!rc && has_left)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " has reached somebody", post->id.v);
    if (!rc)
        rc = publish_withdrawal(gate, post, err);
    if (!rc)
        rc = delivery_forget_subject(&gate->store, post->id.v, err); /* a second release makes the same copies anew */
    post->remind_ms = to == POST_HELD ? office_reminder(gate, post->tier, 0) : 0;
    return rc ? rc : post_take_back(&gate->store, post, to, err);
}

/* In the author's language, for their letter. */
static const char *reason_of(enum unsend_why why, enum person_language language)
{
    static const char *const reasons[][2] = {
        [UNSEND_AUTHOR_LEFT] = { "You left the group.", "Usted salió del grupo." },
        [UNSEND_AUTHOR_REMOVED] = { "You are not in the group any more.", "Usted ya no está en el grupo." },
        [UNSEND_GROUP_ENDED] = { "The group has ended.", "El grupo terminó." },
        [UNSEND_ALL_REFUSED] = { "The mail did not get through to anyone.", "El correo no llegó a nadie." },
    };

    return reasons[why][language == LANGUAGE_SPANISH];
}

static enum rc tell_author(struct gate *gate, const struct post *post, const struct person *author, enum unsend_why why,
                           struct err *err)
{
    struct notice notice = { .kind = MAILING_NOT_SENT,
                             .person = post->author,
                             .group = post->group,
                             .subject_id = post->id.v,
                             .lane = -1,
                             .values = json_object_new() };
    enum rc rc;

    json_set_str(notice.values, "text", post->text);
    json_set_str(notice.values, "reason", reason_of(why, author->language));
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc unsend_tell(struct gate *gate, const struct audit_who *who, const struct post *post, enum unsend_why why,
                    struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unsend_tell");
    struct person author;
    struct tell tell = { .what = TELL_NOT_SENT,
                         .of = &author,
                         .group = post->group,
                         .subject_id = post->id.v,
                         .reason = reason_of(why, LANGUAGE_ENGLISH) };
    enum rc rc = person_get(&gate->store, post->author, mem, &author, err);

    if (!rc)
        rc = record_act(gate, who, AUDIT_POST_NOT_SENT, AUDIT_ITEM_POST, post->id.v, NULL, NULL, err);
    if (!rc)
        rc = tell_staff(gate, &tell, err);
    if (rc || why == UNSEND_AUTHOR_LEFT)
        return rc;
    return tell_author(gate, post, &author, why, err);
}

enum rc unsend_all_of(struct gate *gate, const struct audit_who *who, struct person_id author, struct group_id group,
                      enum unsend_why why, struct undoing *undo, int64_t *n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unsend_all");
    struct post *posts;
    size_t count;
    enum rc rc = post_by_since(&gate->store, author, gate_now_ms(gate) - LOOK_BACK_MS, mem, &posts, &count, err);

    for (size_t i = 0; !rc && i < count; i++) {
        struct post held = posts[i];

        if (!posts[i].published_seq || !post_state_is_published(posts[i].state) || posts[i].kind == POST_ANNOUNCEMENT ||
            (group.v && posts[i].group.v != group.v))
            continue;
        rc = unsend_post(gate, &posts[i], POST_WITHDRAWN, err);
        if (rc == RC_CONFLICT) { /* somebody has it: it is theirs now */
            rc = RC_OK;
            continue;
        }
        if (!rc)
            rc = unsend_tell(gate, who, &posts[i], why, err);
        held.state = POST_HELD;
        held.remind_ms = office_reminder(gate, held.tier, 0);
        if (!rc && undo)
            undoing_note_post(undo, &held);
        *n += rc == RC_OK;
    }
    return rc;
}

/* Whether anybody but the author reads digests, or gets texts: what a relay refused comes with the next one. */
static enum rc has_digest_reader(struct gate *gate, const struct post *post, bool *ret_has, struct err *err)
{
    const struct roster_filter filter = { .group = post->group, .rhythms = 1u << RHYTHM_DAILY | 1u << RHYTHM_WEEKLY };
    const struct roster_filter all = { .group = post->group };
    struct roster_count count = { .by_text = 0 };
    struct roster_row rows[2];
    size_t n = 0;
    enum rc rc = membership_roster(&gate->store, &filter, (struct membership_id){ 0 }, rows, COUNT_OF(rows), &n, err);

    *ret_has = false;
    for (size_t i = 0; !rc && i < n; i++)
        *ret_has |= rows[i].person.v != post->author.v;
    if (!rc && !*ret_has)
        rc = membership_count(&gate->store, &all, &count, err);
    *ret_has |= count.by_text > 0;
    return rc;
}

enum rc unsend_check_refused(struct gate *gate, struct post_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unsend_check");
    const struct audit_who rule = record_rule();
    bool is_under_way = false, has_reader = false;
    struct post post;
    enum rc rc = post_get(&gate->store, id, mem, &post, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (!post_state_is_published(post.state))
        return RC_OK;
    rc = delivery_post_is_under_way(&gate->store, id.v, &is_under_way, err);
    if (!rc && !is_under_way)
        rc = delivery_post_has_left(&gate->store, id.v, post.group, post.published_seq, &is_under_way, err);
    if (!rc && !is_under_way)
        rc = has_digest_reader(gate, &post, &has_reader, err);
    if (rc || is_under_way || has_reader)
        return rc;
    return unsend_tell(gate, &rule, &post, UNSEND_ALL_REFUSED, err);
}
