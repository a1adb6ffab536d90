#include "store/domains.h"

#include "store/node.h"

const struct db_domain *const store_domains[] = {
    &node_domain,
};
const size_t store_domains_count = COUNT_OF(store_domains);
