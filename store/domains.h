/*
 * domains: every table of SQL texts of the project. Whoever adds a store file adds its domain here: one test prepares each text on both
 * databases, so nothing reaches a home that a database would refuse; another looks at SQLite's plan for each (store_plan_test).
 */
#ifndef STORE_DOMAINS_H
#define STORE_DOMAINS_H

#include "store/db.h"

extern const struct db_domain *const store_domains[];
extern const size_t store_domains_count;

#endif
