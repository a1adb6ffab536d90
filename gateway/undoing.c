#include "gateway/undoing.h"

#include "base/strbuf.h"
#include "gateway/catch_up.h"
#include "gateway/invite.h"
#include "gateway/record.h"
#include "gateway/shown_name.h"
#include "store/consent.h"
#include "store/undo.h"

#include <assert.h>

#define UNDOING_MAX_BYTES ((size_t)512 << 10)

struct undoing undoing_begin(const char *command)
{
    struct undoing u = { .root = json_object_new(),
                         .memberships = json_array_new(),
                         .posts = json_array_new(),
                         .addresses = json_array_new() };

    json_set_str(u.root, "command", command);
    return u;
}

void undoing_done(struct undoing *u)
{
    json_free(&u->root);
    json_free(&u->memberships);
    json_free(&u->posts);
    json_free(&u->addresses);
}

void undoing_note_membership(struct undoing *u, const struct membership *m)
{
    struct json *j = json_object_new();

    json_set_int(j, "id", m->id.v);
    json_set_int(j, "state", m->state);
    json_set_int(j, "rhythm", m->rhythm);
    json_set_int(j, "channel", m->channel);
    json_set_int(j, "paused_until_ms", m->paused_until_ms);
    json_set_int(j, "left_ms", m->left_ms);
    json_set_str(j, "name", m->name);
    json_push(u->memberships, &j);
}

void undoing_note_post(struct undoing *u, const struct post *as_it_was)
{
    struct json *j = json_object_new();

    json_set_int(j, "id", as_it_was->id.v);
    json_set_int(j, "version", as_it_was->version + 1); /* which the withdrawal gives it */
    json_set_int(j, "state", as_it_was->state);
    json_set_int(j, "remind_ms", as_it_was->remind_ms);
    json_push(u->posts, &j);
}

void undoing_note_address(struct undoing *u, struct address_id suppressed)
{
    struct json *j = json_object_new();

    json_set_int(j, "id", suppressed.v);
    json_push(u->addresses, &j);
}

void undoing_note_person(struct undoing *u, const struct person *p)
{
    json_set_int(u->root, "language", p->language);
    json_set_int(u->root, "format", p->format);
}

/* A second STOP changes nothing, and must not stand before the first. */
static bool is_empty(const struct undoing *u)
{
    return !json_count(u->memberships) && !json_count(u->posts) && !json_count(u->addresses) &&
           !json_get(u->root, "language");
}

enum rc undoing_save(struct gate *gate, struct person_id person, struct membership_id membership, struct undoing *u,
                     struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("undoing");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(UNDOING_MAX_BYTES);
    struct undo row = { .person = person, .membership = membership };
    char *data;

    if (is_empty(u))
        return RC_OK;
    json_set(u->root, "memberships", &u->memberships);
    json_set(u->root, "posts", &u->posts);
    json_set(u->root, "addresses", &u->addresses);
    json_print(u->root, false, &text);
    if (strbuf_take(&text, mem, &data, err))
        return err->rc;
    row.data = data;
    return undo_add(&gate->store, &row, err);
}

/* ---- giving back ---- */

static bool has_gone(enum member_state state)
{
    return state == MEMBER_LEFT || state == MEMBER_REMOVED;
}

static enum rc give_consent(struct gate *gate, const struct membership *m, int64_t letter, struct err *err)
{
    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= CONSENT_SHARE; kind++) {
        struct consent c = { .person = m->person,
                             .membership = m->id,
                             .address = m->address,
                             .channel = CHANNEL_EMAIL,
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
    if (post.state == POST_PUBLISHED || post.state == POST_CORRECTED)
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
    return restore_person(gate, root, row->person, mem, err);
}

enum rc undoing_restore(struct gate *gate, const struct audit_who *who, struct person_id person, int64_t letter,
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
