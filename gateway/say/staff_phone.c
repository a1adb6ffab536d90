#include "gateway/say/staff_phone.h"

#include "store/consent.h"
#include "store/text_account.h"
#include "store/text_consent.h"

static enum staff_phone_state state_of(enum text_consent_state said)
{
    switch (said) {
    case TEXT_NEVER_ASKED:
        return STAFF_PHONE_NOT_ASKED;
    case TEXT_ASKED:
        return STAFF_PHONE_ASKED;
    case TEXT_YES:
        return STAFF_PHONE_YES;
    case TEXT_STOPPED:
        return STAFF_PHONE_STOPPED;
    default:
        return STAFF_PHONE_FAILED;
    }
}

static enum rc find_number(struct gate *gate, struct person_id staff, struct arena *mem, struct address_id *ret,
                           struct err *err)
{
    struct address *list;
    size_t n;

    *ret = (struct address_id){ 0 };
    if (person_addresses(&gate->store, staff, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !ret->v; i++)
        if (list[i].kind == ADDRESS_PHONE)
            *ret = list[i].id;
    return RC_OK;
}

/* Somebody died or staff said so: nothing goes there. */
static enum rc is_suppressed(struct gate *gate, struct address_id address, bool *ret_is, struct err *err)
{
    enum suppression_reason ignored;
    const enum rc rc = suppression_get(&gate->store, address, &ignored, err);

    *ret_is = !rc;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc staff_phone_read(struct gate *gate, struct person_id staff, struct staff_phone *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("staff_phone");
    struct staff_phone p = { .state = STAFF_PHONE_NONE };
    struct text_consent consent;
    struct text_sender sender;
    bool is_out, has_said_yes, is_theirs;
    enum rc rc;

    if (find_number(gate, staff, mem, &p.address, err))
        return err->rc;
    *ret = p;
    if (!p.address.v)
        return RC_OK;
    if (text_consent_get(&gate->store, p.address, &consent, err) || is_suppressed(gate, p.address, &is_out, err) ||
        text_consent_yes_of(&gate->store, p.address, staff, &is_theirs, &p.level, err) ||
        consent_of_staff(&gate->store, staff, &has_said_yes, err))
        return err->rc;
    p.state = is_out ? STAFF_PHONE_FAILED : state_of(consent.state);
    if (p.state == STAFF_PHONE_YES && !is_theirs) /* the yes of whoever had the number before */
        p.state = STAFF_PHONE_NOT_ASKED;
    p.level = has_said_yes ? p.level : 0;
    rc = text_sender_usual(&gate->store, mem, &sender, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!rc)
        p.sender = sender.id;
    else if (p.state <= STAFF_PHONE_YES)
        p.state = STAFF_PHONE_NO_SENDER;
    *ret = p;
    return RC_OK;
}

const char *staff_phone_name(enum staff_phone_state state)
{
    static const char *const names[] = { [STAFF_PHONE_NONE] = "none",
                                         [STAFF_PHONE_NO_SENDER] = "no number to write from",
                                         [STAFF_PHONE_NOT_ASKED] = "not asked",
                                         [STAFF_PHONE_ASKED] = "asked",
                                         [STAFF_PHONE_YES] = "yes",
                                         [STAFF_PHONE_STOPPED] = "said STOP",
                                         [STAFF_PHONE_FAILED] = "does not arrive" };

    return names[state];
}
