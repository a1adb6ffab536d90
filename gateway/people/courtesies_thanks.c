/* Private thanks: the part of courtesies.h that counts and tells them. */
#include "gateway/people/courtesies.h"

#include "gateway/digest/digest.h"
#include "gateway/people/courtesies_ask.h"
#include "gateway/say/notice.h"
#include "store/conversation.h"
#include "store/due.h"

static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- whom it is for ---- */

/* Who opened the talk that the number, or the item's own address, or the single mail stands for; 0: nobody. */
static enum rc post_meant(struct gate *gate, const struct courtesies_thanks *t, struct post_id *ret, struct arena *mem,
                          struct err *err)
{
    const int ordinal = t->number ? t->number : t->token.purpose == TOKEN_ITEM ? t->token.ordinal : 0;
    struct conversation_id id = t->conversation;
    struct conversation c;
    enum rc rc;

    *ret = (struct post_id){ 0 };
    if (!id.v && (t->mailing->kind == MAILING_POST || t->mailing->kind == MAILING_COMMENT)) {
        ret->v = t->mailing->subject_id;
        return RC_OK;
    }
    if (!id.v && (!t->answers->issue.v || !ordinal))
        return RC_OK;
    rc = id.v ? RC_OK : digest_item_conversation(gate, t->answers, ordinal, &id, err);
    if (!rc)
        rc = conversation_get(&gate->store, id, mem, &c, err);
    if (!rc)
        *ret = c.first_post;
    return maybe(rc);
}

/* The living membership of the note's author, who is a patient and not the one who thanks. */
static enum rc author_meant(struct gate *gate, const struct courtesies_thanks *t, struct post_id id, struct arena *mem,
                            struct membership_id *ret, struct err *err)
{
    struct membership m;
    struct post post;
    enum rc rc = post_get(&gate->store, id, mem, &post, err);

    *ret = (struct membership_id){ 0 };
    if (rc || post.group.v != t->group.v || !post_state_is_published(post.state))
        return maybe(rc);
    rc = membership_find(&gate->store, post.group, post.author, mem, &m, err);
    if (!rc && m.role == MEMBER_PATIENT && (m.state == MEMBER_ACTIVE || m.state == MEMBER_PAUSED) &&
        m.person.v != t->by.v)
        *ret = m.id;
    return maybe(rc);
}

enum rc courtesies_thank(struct gate *gate, const struct courtesies_thanks *t, bool *ret_done, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("thanks");
    struct membership_id author = { 0 };
    struct post_id post = { 0 };
    int64_t customs;

    *ret_done = false;
    if (custom_of_group(&gate->store, t->group, &customs, err))
        return err->rc;
    if (!(customs & CUSTOM_THANKS))
        return RC_OK;
    if (post_meant(gate, t, &post, mem, err) || (post.v && author_meant(gate, t, post, mem, &author, err)))
        return err->rc;
    *ret_done = author.v != 0;
    if (!author.v)
        return RC_OK;
    if (thanks_add(&gate->store, author, t->by, err))
        return err->rc;
    return due_ensure(&gate->store, JOB_THANKS, author.v, gate_now_ms(gate) + COURTESIES_THANKS_MS, err);
}

/* ---- telling ---- */

enum rc courtesies_tell_thanks(struct gate *gate, struct membership_id author, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("thanks_tell");
    struct notice notice = { .kind = MAILING_THANKED, .membership = author, .lane = -1 };
    struct member_choice choice;
    struct membership m;
    int64_t n;

    if (thanks_count(&gate->store, author, &n, err) || membership_get(&gate->store, author, mem, &m, err) ||
        choice_find(&gate->store, author, CUSTOM_THANKS, 0, &choice, err))
        return err->rc;
    if (n < COURTESIES_THANKS_FLOOR || (m.state != MEMBER_ACTIVE && m.state != MEMBER_PAUSED))
        return RC_OK;
    notice.person = m.person;
    notice.group = m.group;
    notice.subject_id = choice.id;
    notice.values = json_object_new();
    json_set_int(notice.values, "count", n);
    if (maybe(notice_queue(gate, &notice, NULL, err)))
        return err->rc;
    return thanks_clear(&gate->store, author, err);
}

/* A week after the first of them. Too few are kept, and the next one asks again in a week. */
enum rc courtesies_run_thanks(struct gate *gate, struct membership_id author, struct err *err)
{
    struct member_choice choice;
    int64_t n;
    enum rc rc;

    if (thanks_count(&gate->store, author, &n, err))
        return err->rc;
    if (n < COURTESIES_THANKS_FLOOR)
        return RC_OK;
    rc = choice_find(&gate->store, author, CUSTOM_THANKS, 0, &choice, err);
    if (rc == RC_NOT_FOUND)
        return courtesies_ask(gate, author, CUSTOM_THANKS, 0, err);
    if (rc || choice.state == CHOICE_ASKED)
        return rc;
    return choice.state == CHOICE_YES ? courtesies_tell_thanks(gate, author, err)
                                      : thanks_clear(&gate->store, author, err);
}
