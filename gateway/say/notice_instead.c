#include "gateway/say/notice_instead.h"

#include "gateway/say/notice.h"
#include "store/consent.h"
#include "store/person.h"

enum rc notice_instead(struct gate *gate, struct person_id person, struct membership_id membership,
                       enum mailing_kind kind, struct address_id *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("notice_instead");
    struct address *list;
    bool is_given;
    enum rc rc;
    size_t n;

    if (consent_is_given(&gate->store, person, membership, CHANNEL_EMAIL, CONSENT_RECEIVE, &is_given, err) ||
        person_addresses(&gate->store, person, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; is_given && i < n; i++) {
        if (list[i].kind != ADDRESS_EMAIL || list[i].state == ADDRESS_SUSPENDED)
            continue;
        if (notice_may_write(gate, list[i].id, kind, &rc, err)) {
            *ret = list[i].id;
            return RC_OK;
        }
        if (rc)
            return rc;
    }
    return err_set(err, RC_NOT_FOUND, "person %" PRId64 " has no email address that said yes", person.v);
}
