#include "store/domains.h"

#include "store/keys.h"
#include "store/node.h"
#include "store/rekey.h"

const struct db_domain *const store_domains[] = {
    &keys_domain,
    &node_domain,
    &rekey_domain,
};
const size_t store_domains_count = COUNT_OF(store_domains);
