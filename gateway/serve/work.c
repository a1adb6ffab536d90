#include "gateway/serve/work.h"

#include <time.h>

struct crew {
    struct role *roles[ROLE_COUNT];
};

static void dismiss(struct crew *crew)
{
    for (enum role_kind kind = 0; kind < ROLE_COUNT; kind++)
        role_close(&crew->roles[kind]);
}

static size_t run_round(struct crew *crew, struct work_report *report, enum rc *first, struct err *err)
{
    size_t all = 0;

    for (enum role_kind kind = 0; kind < ROLE_COUNT; kind++) {
        size_t did = 0;
        struct err why;
        const enum rc rc = role_round(crew->roles[kind], &did, &why);

        if (rc && !*first) {
            *first = rc;
            *err = why;
        }
        report->did[kind] += did;
        all += did;
    }
    report->rounds++;
    return all;
}

/* While a program runs that the next round may find ended. */
static bool wait_a_little(const struct crew *crew)
{
    const struct timespec pause = { 0, 50 * 1000000L };
    bool is_busy = false;

    for (enum role_kind kind = 0; kind < ROLE_COUNT; kind++)
        is_busy = is_busy || role_is_busy(crew->roles[kind]);
    if (is_busy)
        nanosleep(&pause, NULL);
    return is_busy;
}

enum rc work_once(struct home *home, struct work_report *ret_report, struct err *err)
{
    CLEANUP(dismiss) struct crew crew = { { NULL } };
    struct work_report report = { 0 };
    enum rc first = RC_OK;

    for (enum role_kind kind = 0; kind < ROLE_COUNT; kind++)
        if (role_open(home, kind, &crew.roles[kind], err))
            return err->rc;
    while (run_round(&crew, &report, &first, err) || wait_a_little(&crew))
        if (report.rounds == WORK_ROUNDS_MAX)
            return err_set(err, RC_BUG, "the work finds no end after %zu rounds", report.rounds);
    *ret_report = report;
    return first;
}
