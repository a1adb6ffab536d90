#include "gateway/visit/backfill.h"

#include "store/membership.h"
#include "store/visit_seat.h"

#include <assert.h>

#define BATCH 100

enum rc backfill_seats(struct gate *gate, const struct visit *visit, struct err *err)
{
    const char *const tag = visit->plan.words.tag;
    const struct roster_filter filter = { .group = visit->plan.group, .tag = *tag ? tag : NULL };
    struct membership_id after = { 0 };
    struct roster_row rows[BATCH];
    size_t n;

    assert(db_in_tx(gate->store.db));
    do {
        if (membership_roster(&gate->store, &filter, after, rows, BATCH, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            struct visit_seat seat = {
                .visit = visit->id, .person = rows[i].person, .membership = rows[i].membership, .part = VISIT_MEMBER
            };

            after = rows[i].membership;
            if (rows[i].role != MEMBER_PATIENT && rows[i].role != MEMBER_CAREGIVER)
                continue;
            if (visit_seat_add(&gate->store, &seat, err))
                return err->rc;
        }
    } while (n == BATCH);
    return RC_OK;
}
