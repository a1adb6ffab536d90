#include "gateway/people/undone.h"

#include "base/json.h"
#include "gateway/people/catch_up.h"
#include "gateway/people/invite.h"
#include "gateway/practice/record.h"
#include "gateway/say/shown_name.h"
#include "store/consent.h"
#include "store/post.h"
#include "store/undo.h"

#include <assert.h>

static bool has_gone(enum member_state state)
{
    return state == MEMBER_LEFT || state == MEMBER_REMOVED;
}

static enum rc give_channel(struct gate *gate, const struct membership *m, enum member_channel channel, int64_t letter,
                            struct err *err)
{
    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= CONSENT_SHARE; kind++) {
        struct consent c = { .person = m->person,
                             .membership = m->id,
                             .address = m->address,
                             .channel = channel,
                             .kind = kind,
                             .is_given = true,
                             .way = CONSENT_BY_REPLY,
                             .text_version = INVITE_TEXT_VERSION,
                             .evidence_id = letter,
                             .evidence = "UNDO" };

        if (consent_add(&gate->store, &c, err))
            return err->rc;
    }
    return RC_OK;
}

static enum rc give_consent(struct gate *gate, const struct membership *m, int64_t letter, struct err *err)
{
    if (give_channel(gate, m, membership_consent_channel(m), letter, err))
        return err->rc;
    return m->channel == CHANNEL_BOTH ? give_channel(gate, m, CHANNEL_TEXT, letter, err) : RC_OK;
}

/* Of staff the one consent that they gave. */
static enum rc opt_in_again(struct gate *gate, const struct json *root, struct person_id staff, int64_t letter,
                            struct err *err)
{
    struct consent c = { .person = staff,
                         .address = { json_get_int(root, "opted_in_from", 0) },
                         .channel = CHANNEL_EMAIL,
                         .kind = CONSENT_RECEIVE,
                         .is_given = true,
                         .way = CONSENT_BY_REPLY,
                         .text_version = INVITE_STAFF_TEXT_VERSION,
                         .evidence_id = letter,
                         .evidence = "UNDO" };

    return c.address.v ? consent_add(&gate->store, &c, err) : RC_OK;
}

static enum rc restore_membership(struct gate *gate, const struct json *j, int64_t letter, struct arena *mem,
                                  struct undone *undone, struct err *err)
{
    struct membership m;
    enum member_state from;

    if (membership_get(&gate->store, (struct membership_id){ json_get_int(j, "id", 0) }, mem, &m, err))
        return err->rc;
    if (m.state == MEMBER_REMOVED) /* by staff, since */
        return RC_OK;
    from = m.state;
    m.state = (enum member_state)json_get_int(j, "state", m.state);
    m.rhythm = (enum member_rhythm)json_get_int(j, "rhythm", m.rhythm);
    m.channel = (enum member_channel)json_get_int(j, "channel", m.channel);
    m.paused_until_ms = json_get_int(j, "paused_until_ms", 0);
    m.left_ms = json_get_int(j, "left_ms", 0);
    m.name = arena_strdup(mem, json_get_str(j, "name", m.name));
    if (shown_name_keep(gate, &m, mem, err) || membership_change(&gate->store, &m, from, err))
        return err->rc;
    undone->membership = m.id;
    if (!has_gone(from) || has_gone(m.state))
        return catch_up_queue(gate, m.id, err);
    undone->is_back = true;
    if (m.state == MEMBER_INVITED)
        return RC_OK;
    return give_consent(gate, &m, letter, err) ? err->rc : catch_up_queue(gate, m.id, err);
}

static enum rc restore_post(struct gate *gate, const struct json *j, struct arena *mem, struct err *err)
{
    struct post post;

    if (post_get(&gate->store, (struct post_id){ json_get_int(j, "id", 0) }, mem, &post, err))
        return err->rc;
    if (post.state != POST_WITHDRAWN || post.version != json_get_int(j, "version", 0))
        return RC_OK;
    post.state = (enum post_state)json_get_int(j, "state", POST_HELD);
    post.remind_ms = json_get_int(j, "remind_ms", 0);
    if (post_state_is_published(post.state))
        return err_set(err, RC_CORRUPT, "undo of post %" PRId64 " holds a published state", post.id.v);
    return post_change(&gate->store, &post, err);
}

static enum rc restore_person(struct gate *gate, const struct json *root, struct person_id id, struct arena *mem,
                              struct err *err)
{
    struct person p;

    if (!json_get(root, "language"))
        return RC_OK;
    if (person_get(&gate->store, id, mem, &p, err))
        return err->rc;
    p.language = (enum person_language)json_get_int(root, "language", p.language);
    p.format = (enum person_format)json_get_int(root, "format", p.format);
    return person_change(&gate->store, &p, err);
}

static enum rc restore_all(struct gate *gate, const struct json *root, const struct undo *row, int64_t letter,
                           struct arena *mem, struct undone *undone, struct err *err)
{
    const struct json *const memberships = json_get(root, "memberships");
    const struct json *const posts = json_get(root, "posts");
    const struct json *const addresses = json_get(root, "addresses");

    for (size_t i = 0; i < json_count(addresses); i++) {
        const struct address_id id = { json_get_int(json_at(addresses, i), "id", 0) };

        if (suppression_remove(&gate->store, id, err))
            return err->rc;
    }
    for (size_t i = 0; i < json_count(memberships); i++)
        if (restore_membership(gate, json_at(memberships, i), letter, mem, undone, err))
            return err->rc;
    for (size_t i = 0; i < json_count(posts); i++)
        if (restore_post(gate, json_at(posts, i), mem, err))
            return err->rc;
    if (opt_in_again(gate, root, row->person, letter, err))
        return err->rc;
    return restore_person(gate, root, row->person, mem, err);
}

enum rc undone_restore(struct gate *gate, const struct audit_who *who, struct person_id person, int64_t letter,
                       struct arena *mem, struct undone *ret_undone, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct undone undone = { .membership = { 0 } };
    struct undo row;

    assert(db_in_tx(gate->store.db));
    if (undo_newest(&gate->store, person, mem, &row, err))
        return err->rc;
    if (json_parse(row.data, strlen(row.data), &root, err))
        return err_wrap(err, "undo %" PRId64, row.id);
    undone.command = arena_strdup(mem, json_get_str(root, "command", ""));
    if (undo_use(&gate->store, row.id, err) || restore_all(gate, root, &row, letter, mem, &undone, err) ||
        record_act(gate, who, AUDIT_UNDONE, AUDIT_ITEM_PERSON, person.v, undone.command, NULL, err))
        return err_wrap(err, "undo %" PRId64, row.id);
    *ret_undone = undone;
    return RC_OK;
}
