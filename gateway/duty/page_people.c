#include "gateway/duty/page_people.h"

#include "gateway/duty/message.h"
#include "gateway/practice/record.h"
#include "store/membership.h"
#include "store/post.h"

/* An alarm that staff raised about a note has the note's number: its letter is the note's. */
static enum rc message_of(struct gate *gate, const struct page *page, struct arena *mem, struct message *ret,
                          struct err *err)
{
    struct arrival_id letter = page->letter;
    struct post post;

    if (page->post.v) {
        if (post_get(&gate->store, page->post, mem, &post, err))
            return err->rc;
        letter = post.letter;
    }
    return message_get(gate, letter, mem, ret, err);
}

static enum rc add_one(struct gate *gate, const struct person *p, const struct audit_who *reader, struct arena *mem,
                       struct json *people, struct err *err)
{
    const bool is_staff = p->kind == PERSON_STAFF;
    struct json *line;
    const char *phone;
    bool is_in;

    if (membership_in_any(&gate->store, p->id, &is_in, err) || person_phone(&gate->store, p, mem, &phone, err) ||
        record_act(gate, reader, AUDIT_PERSON_READ, AUDIT_ITEM_PERSON, p->id.v, NULL, NULL, err))
        return err->rc;
    line = json_object_new();
    json_set_str(line, "name", p->name);
    json_set_str(line, "phone", phone);
    json_set_str(line, "emergency_contact", p->emergency ? p->emergency : "");
    json_set_str(line, "chart_reference", p->chart ? p->chart : "");
    json_set_bool(line, "is_staff", is_staff);
    json_set_bool(line, "has_died", p->state == PERSON_DIED);
    json_set_bool(line, "has_left", !is_staff && !is_in && p->state != PERSON_DIED);
    json_push(people, &line);
    return RC_OK;
}

enum rc page_people_add(struct gate *gate, const struct page *page, const struct audit_who *reader, struct arena *mem,
                        struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();
    struct person *users = NULL;
    struct message m;
    size_t n = 0;

    if (message_of(gate, page, mem, &m, err) ||
        (m.address.v && person_by_address(&gate->store, m.address, mem, &users, &n, err)))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if ((n > 1 || users[i].id.v != page->person.v) && add_one(gate, &users[i], reader, mem, people, err))
            return err->rc;
    json_set_bool(values, "is_shared", json_count(people) > 0);
    json_set(values, "people", &people);
    json_set_str(values, "name", m.from_name);
    json_set_str(values, "sender_shown", m.from);
    return RC_OK;
}
