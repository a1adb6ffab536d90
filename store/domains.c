#include "store/domains.h"

#include "store/arrival.h"
#include "store/audit.h"
#include "store/consent.h"
#include "store/due.h"
#include "store/group.h"
#include "store/invitation.h"
#include "store/keys.h"
#include "store/membership.h"
#include "store/node.h"
#include "store/person.h"
#include "store/practice.h"
#include "store/rekey.h"
#include "store/setting.h"
#include "store/undo.h"

const struct db_domain *const store_domains[] = {
    &address_domain,
    &arrival_domain,
    &audit_domain,
    &consent_domain,
    &due_domain,
    &group_domain,
    &invitation_domain,
    &keys_domain,
    &membership_domain,
    &node_domain,
    &person_domain,
    &practice_domain,
    &rekey_domain,
    &roster_domain,
    &setting_domain,
    &undo_domain,
};
const size_t store_domains_count = COUNT_OF(store_domains);
