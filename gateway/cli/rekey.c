/* postcircle rekey */
#include "gateway/cli/cli.h"

#include "base/clock.h"
#include "store/rekey.h"

#include <unistd.h>

#define TELL_EVERY_MS (5 * MS_SECOND)

struct told {
    int64_t last_ms; /* steady */
    bool is_waiting;
};

/* On standard error, so that what comes out stays one answer: what it waits for at once, the rest now and then. */
static void tell(void *ctx, const struct rekey_progress *progress)
{
    struct told *told = ctx;
    const int64_t now_ms = clock_steady_ms();

    if (told->is_waiting == (progress->why != NULL) && now_ms - told->last_ms < TELL_EVERY_MS)
        return;
    told->is_waiting = progress->why != NULL;
    told->last_ms = now_ms;
    if (progress->why)
        fprintf(stderr, "%" PRId64 " values are done. Trying again for up to %d minutes: %s\n", progress->values,
                (int)(REKEY_PATIENCE_MS / MS_MINUTE), progress->why->msg);
    else
        fprintf(stderr, "%" PRId64 " values are done.\n", progress->values);
}

static enum rc run(struct cli *cli, int64_t *ret_values, struct err *err)
{
    struct told told = { .last_ms = clock_steady_ms() };
    const struct rekey_pace pace = {
        .batch = REKEY_BATCH,
        .patience_ms = REKEY_PATIENCE_MS,
        .tell = cli->is_json ? NULL : tell,
        .ctx = &told,
    };
    struct home *const home = cli->home;
    struct store st = { .db = home->db, .clock = &home->clock, .ids = &home->ids };
    enum rc rc = cli_check_nobody_serves(home->path, err);

    if (!rc)
        rc = home_practice(home, cli->domain, &st.practice, err);
    if (!rc)
        rc = rekey_run(&st, home->keys, &cli->who, &pace, ret_values, err);
    return rc == RC_TEMP ? err_wrap(err, "not finished, but nothing is lost: call `postcircle rekey` again") : rc;
}

int cli_rekey(struct cli *cli, int argc, char **argv)
{
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;
    int64_t values = 0;
    struct err err;

    if (code != CLI_GO_ON || (code = cli_home(cli)) != CLI_GO_ON)
        return code;
    if (run(cli, &values, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "values", values);
    cli_say(cli, "%" PRId64 " values are sealed with a new key; the old one is destroyed.\n", values);
    cli_put(cli, &root);
    return EX_OK;
}
