#include "gateway/demo/crew.h"

#define ROUNDS_MAX 500

struct crew {
    struct role *roles[ROLE_COUNT];
};

void crew_close(struct crew **crew)
{
    if (!*crew)
        return;
    for (int kind = 0; kind < ROLE_COUNT; kind++)
        role_close(&(*crew)->roles[kind]);
    free(*crew);
    *crew = NULL;
}

enum rc crew_open(struct home *home, struct crew **ret_crew, struct err *err)
{
    CLEANUP(crew_close) struct crew *crew = calloc(1, sizeof *crew);

    if (!crew)
        abort();
    for (int kind = 0; kind < ROLE_COUNT; kind++)
        if (role_open(home, (enum role_kind)kind, &crew->roles[kind], err))
            return err->rc;
    *ret_crew = MOVE(crew);
    return RC_OK;
}

enum rc crew_work(struct crew *crew, struct err *err)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        size_t all = 0;

        for (int kind = 0; kind < ROLE_COUNT; kind++) {
            size_t did = 0;

            if (role_round(crew->roles[kind], &did, err))
                return err_wrap(err, "role %s", role_name((enum role_kind)kind));
            all += did;
        }
        if (!all)
            return RC_OK;
    }
    return err_set(err, RC_BUG, "the work finds no end after %d rounds", ROUNDS_MAX);
}
