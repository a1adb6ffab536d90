#include "gateway/note/resend.h"

#include "gateway/home/context.h"
#include "gateway/note/hold.h"
#include "gateway/practice/record.h"
#include "store/conversation.h"
#include "store/question.h"

static bool is_own(const struct post *p, const struct post *own, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (own[i].id.v == p->id.v)
            return true;
    return false;
}

/* A note that opens a talk has no talk yet to compare by. */
static bool is_same_place(const struct post *fresh, const struct post *earlier)
{
    if (fresh->kind != earlier->kind)
        return false;
    return fresh->kind == POST_POST || fresh->conversation.v == earlier->conversation.v;
}

static enum resend_kind kind_of(const struct post *fresh, const struct post *earlier, struct arena *mem)
{
    const bool is_unproved = fresh->flags & POST_FLAG_UNVERIFIED, was_unproved = earlier->flags & POST_FLAG_UNVERIFIED;
    const enum similar how = similar_texts(fresh->text, earlier->text, mem);

    if (how == SIMILAR_NO || (was_unproved && !is_unproved))
        return RESEND_NONE;
    if (!is_same_place(fresh, earlier) && similar_is_short(fresh->text, mem))
        return RESEND_NONE;
    if (post_state_is_published(earlier->state))
        return RESEND_SENT;
    if (how == SIMILAR_SAME && earlier->is_anonymous == fresh->is_anonymous && is_same_place(fresh, earlier))
        return RESEND_REPEAT;
    return is_unproved ? RESEND_NONE : RESEND_NEWER;
}

/* What goes to the same place is meant before what goes elsewhere; what waits, before what is out. */
static int weight(enum resend_kind kind, bool is_there)
{
    static const int by_kind[] = { [RESEND_NONE] = 0, [RESEND_SENT] = 1, [RESEND_NEWER] = 3, [RESEND_REPEAT] = 5 };

    return kind ? by_kind[kind] + is_there : 0;
}

enum rc resend_find(struct gate *gate, const struct post *fresh, const struct post *own, size_t own_count,
                    struct arena *mem, enum resend_kind *ret_kind, struct post *ret_earlier, struct err *err)
{
    const int64_t since_ms = gate_now_ms(gate) - RESEND_MS;
    struct post *posts;
    int best = 0;
    size_t n;
    enum rc rc = post_by_since(&gate->store, fresh->author, since_ms, mem, &posts, &n, err);

    *ret_kind = RESEND_NONE;
    for (size_t i = 0; !rc && i < n; i++) {
        const struct post *p = &posts[i];
        enum resend_kind kind;

        if (p->group.v != fresh->group.v || p->kind == POST_ANNOUNCEMENT || is_own(p, own, own_count) ||
            !(post_state_is_waiting(p->state) || post_state_is_published(p->state)))
            continue;
        kind = kind_of(fresh, p, mem);
        if (weight(kind, is_same_place(fresh, p)) > best) {
            best = weight(kind, is_same_place(fresh, p));
            *ret_kind = kind;
            *ret_earlier = *p;
        }
    }
    return rc;
}

/* The moderator reads both. */
static enum rc keep_earlier(const struct post *earlier, struct post *fresh, struct arena *mem, struct err *err)
{
    struct context c;
    const enum rc rc = context_read(fresh->context, mem, &c, err);

    if (rc)
        return rc;
    c.earlier = earlier->text;
    fresh->context = context_write(&c, mem);
    return RC_OK;
}

/* The place that the author named last, unless staff chose one. A note that opened a talk stays there. */
static bool takes_new_place(const struct post *earlier, const struct post *fresh)
{
    return !earlier->conversation.v || (fresh->kind == POST_COMMENT && fresh->conversation.v &&
                                        earlier->kind == POST_COMMENT && earlier->placed_why != HOLD_PLACED_BY_STAFF);
}

/* Danger once seen stays seen. */
static struct post joined(const struct post *earlier, const struct post *fresh)
{
    struct post p = *earlier;

    p.text = fresh->text;
    p.context = fresh->context;
    p.flags = ((earlier->flags & ~(int64_t)(POST_FLAG_CONTACT | POST_FLAG_OWN_NAME)) | fresh->flags) &
              ~(int64_t)POST_FLAG_UNPLACED;
    p.tier = fresh->tier < earlier->tier ? fresh->tier : earlier->tier;
    p.is_anonymous |= fresh->is_anonymous;
    p.first_review_by.v = 0;
    p.state = POST_HELD;
    if (takes_new_place(earlier, fresh)) {
        p.conversation = fresh->conversation;
        p.placed_why = fresh->placed_why;
    }
    if (!p.conversation.v)
        p.flags |= POST_FLAG_UNPLACED;
    return p;
}

enum rc resend_join(struct gate *gate, const struct post *earlier, const char *title, struct arena *mem,
                    struct post *fresh, struct err *err)
{
    const struct audit_who author = record_patient(earlier->author);
    struct post p;
    enum rc rc = keep_earlier(earlier, fresh, mem, err);

    if (rc)
        return rc;
    p = joined(earlier, fresh);
    rc = post_change(&gate->store, &p, err);
    if (!rc && (earlier->state == POST_ASKED || p.conversation.v != earlier->conversation.v))
        rc = question_withdraw_about(&gate->store, p.id.v, err);
    if (!rc && title && p.kind == POST_POST)
        rc = conversation_set_title(&gate->store, p.conversation, title, err);
    if (!rc)
        rc = record_act(gate, &author, AUDIT_POST_RESENT, AUDIT_ITEM_POST, p.id.v, earlier->text, p.text, err);
    *fresh = p;
    return rc;
}
