#include "gateway/note/undoing.h"

#include "base/strbuf.h"
#include "store/undo.h"

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

void undoing_note_opted_in(struct undoing *u, struct address_id from)
{
    json_set_int(u->root, "opted_in_from", from.v);
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
           !json_get(u->root, "language") && !json_get(u->root, "opted_in_from");
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
