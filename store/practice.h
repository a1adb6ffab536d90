/*
 * practice: the tenants of an installation and the mail domains that lead to them.
 *
 * Shape    Global rows: these functions take a connection, not a store. What a practice decided about itself is in store/setting.
 *          Domains are lower-case A-labels; each belongs to exactly one practice.
 * Errors   RC_NOT_FOUND  no such practice or domain
 *          RC_CONFLICT   the domain belongs to a practice already
 * State    Writes need an open transaction.
 */
#ifndef STORE_PRACTICE_H
#define STORE_PRACTICE_H

#include "base/arena.h"
#include "store/db.h"
#include "store/id.h"

enum practice_state { PRACTICE_OPEN = 1, PRACTICE_CLOSED };
enum domain_kind { DOMAIN_GROUPS = 1, DOMAIN_REPLY };

extern const struct db_domain practice_domain;

MUST_CHECK enum rc practice_add(struct db *db, struct practice_id id, int64_t now_ms, struct err *err);
/* When it was made. */
MUST_CHECK enum rc practice_created_ms(struct db *db, struct practice_id id, int64_t *ret_ms, struct err *err);
/* All open practices, oldest first. */
MUST_CHECK enum rc practice_list(struct db *db, struct arena *mem, struct practice_id **ret_ids, size_t *ret_n,
                                 struct err *err);
MUST_CHECK enum rc practice_add_domain(struct db *db, struct practice_id id, const char *name, enum domain_kind kind,
                                       struct err *err);
MUST_CHECK enum rc practice_remove_domain(struct db *db, struct practice_id id, const char *name, struct err *err);
/* The domains of the groups, in order. */
MUST_CHECK enum rc practice_domains(struct db *db, struct arena *mem, const char ***ret_names, size_t *ret_n,
                                    struct err *err);
MUST_CHECK enum rc practice_by_domain(struct db *db, const char *name, struct practice_id *ret_id,
                                      enum domain_kind *ret_kind, struct err *err);

#endif
