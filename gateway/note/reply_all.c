#include "gateway/note/reply_all.h"

#include "gateway/say/tell.h"

/* Whether the address is that of another member of the group. */
static enum rc is_members(struct gate *gate, const char *address, const struct sender *sender, struct arena *mem,
                          bool *ret_is, struct err *err)
{
    struct address a;
    struct person *people;
    size_t n = 0;
    enum rc rc = address_find(&gate->store, ADDRESS_EMAIL, address, mem, &a, err);

    if (!rc)
        rc = person_by_address(&gate->store, a.id, mem, &people, &n, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    for (size_t i = 0; i < n && a.id.v != sender->address.id.v; i++) {
        struct membership m;

        if (people[i].id.v == sender->person.id.v || people[i].kind == PERSON_STAFF)
            continue;
        rc = membership_find(&gate->store, sender->group.id, people[i].id, mem, &m, err);
        if (rc && rc != RC_NOT_FOUND)
            return rc;
        *ret_is |= rc == RC_OK;
    }
    return RC_OK;
}

enum rc reply_all_tell(struct gate *gate, const struct letter *letter, const struct sender *sender, struct arena *mem,
                       struct err *err)
{
    bool is_spread = false;
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < letter->recipient_count; i++) {
        const struct letter_recipient *to = &letter->recipients[i];

        if ((to->field == LETTER_TO || to->field == LETTER_CC) && ours_read(gate, to->address, mem).kind == OURS_NOT)
            rc = is_members(gate, to->address, sender, mem, &is_spread, err);
    }
    if (rc || !is_spread)
        return rc;
    return tell_staff(gate,
                      &(struct tell){ .what = TELL_REPLY_ALL,
                                      .of = &sender->person,
                                      .group = sender->group.id,
                                      .subject_id = sender->person.id.v,
                                      .is_once_a_day = true },
                      err);
}
