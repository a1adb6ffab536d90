#include "gateway/office/address_check.h"

#include "base/text.h"
#include "gateway/people/invite.h"
#include "gateway/practice/ours.h"
#include "gateway/practice/record.h"
#include "gateway/send/self_mail.h"
#include "store/delivery.h"
#include "store/invitation.h"

bool address_check_is_needed(const struct gate *gate)
{
    return text_starts(gate->facts.relay, "smtp");
}

const char *address_check_say(enum group_address address)
{
    switch (address) {
    case GROUP_ADDRESS_FREE:
        return "not needed";
    case GROUP_ADDRESS_WAITS:
        return "WAITS: no mail to it has come back yet, and invitations wait with it";
    case GROUP_ADDRESS_PASSED:
        return "passed: mail to it has come back";
    case GROUP_ADDRESS_VOUCHED:
        return "staff say that it works";
    }
    return "";
}

enum rc address_check_send(struct gate *gate, const struct care_group *group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address_check");
    const struct token token = { .purpose = TOKEN_ADDRESS_CHECK, .row_id = group->id.v };
    const struct self_mail mail = { .to = ours_write(gate, group->slug, &token, mem),
                                    .envelope_sender = ours_write(gate, group->slug, NULL, mem) };
    const char *ignored_id;

    return self_mail_send(gate, &mail, mem, &ignored_id, err);
}

/* What waited is due at once. */
static enum rc settle(struct gate *gate, const struct audit_who *who, const struct care_group *group,
                      enum group_address to, struct err *err)
{
    int64_t letters;

    if (group_set_address(&gate->store, group->id, to, err) ||
        record_act(gate, who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, group->id.v, address_check_say(group->address),
                   address_check_say(to), err))
        return err->rc;
    if (group->address != GROUP_ADDRESS_WAITS)
        return RC_OK;
    if (invitation_begin_group(&gate->store, group->id, gate_now_ms(gate) + INVITE_REPEAT_MS, err))
        return err->rc;
    return delivery_resume_group(&gate->store, group->id, DELIVERY_WAITS_FOR_ADDRESS, &letters, err);
}

enum rc address_check_passed(struct gate *gate, struct group_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address_check");
    const struct audit_who rule = record_rule();
    struct care_group group;

    if (group_get(&gate->store, id, mem, &group, err) || group_count_pass(&gate->store, id, err))
        return err->rc;
    return group.address == GROUP_ADDRESS_PASSED ? RC_OK : settle(gate, &rule, &group, GROUP_ADDRESS_PASSED, err);
}

enum rc address_check_vouch(struct gate *gate, const struct audit_who *who, struct group_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address_check");
    struct care_group group;

    if (group_get(&gate->store, id, mem, &group, err))
        return err->rc;
    return group.address == GROUP_ADDRESS_PASSED || group.address == GROUP_ADDRESS_VOUCHED
               ? RC_OK
               : settle(gate, who, &group, GROUP_ADDRESS_VOUCHED, err);
}

/* The way to its address is another now: what was known of the old one says nothing. */
static enum rc begin_anew(struct gate *gate, const struct audit_who *who, const struct care_group *group,
                          struct err *err)
{
    int64_t letters;

    if (group->address == GROUP_ADDRESS_WAITS)
        return RC_OK;
    if (group_set_address(&gate->store, group->id, GROUP_ADDRESS_WAITS, err) ||
        record_act(gate, who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, group->id.v, address_check_say(group->address),
                   address_check_say(GROUP_ADDRESS_WAITS), err))
        return err->rc;
    return delivery_put_off_invitations(&gate->store, group->id, &letters, err);
}

enum rc address_check_reset(struct gate *gate, const struct audit_who *who, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address_check");
    const bool is_needed = address_check_is_needed(gate);
    struct care_group *groups;
    size_t n;
    enum rc rc = group_list(&gate->store, mem, &groups, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        if (groups[i].state != GROUP_OPEN)
            continue;
        else if (is_needed)
            rc = begin_anew(gate, who, &groups[i], err);
        else if (groups[i].address != GROUP_ADDRESS_FREE)
            rc = settle(gate, who, &groups[i], GROUP_ADDRESS_FREE, err);
    return rc;
}

enum rc address_check_ask(struct gate *gate, size_t *ret_asked, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address_check");
    struct care_group *groups;
    size_t n;
    enum rc rc = group_list(&gate->store, mem, &groups, &n, err);

    *ret_asked = 0;
    for (size_t i = 0; !rc && i < n; i++)
        if (groups[i].state == GROUP_OPEN && groups[i].address == GROUP_ADDRESS_WAITS) {
            rc = address_check_send(gate, &groups[i], err);
            *ret_asked += !rc;
        }
    return rc;
}
