/* postcircle group resume: what waits because many letters came back goes out. */
#include "gateway/cli/cli.h"
#include "gateway/digest/breaker.h"

static enum rc resume(struct cli *cli, const char *which, int64_t *letters, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group g;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_group(cli, which, &g, err) ||
        breaker_resume(cli->gate, &cli->who, g.id, letters, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_group_resume(struct cli *cli, int argc, char **argv)
{
    const char *which;
    struct json *out;
    int64_t letters = 0;
    struct err err;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &which, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (resume(cli, which, &letters, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "letters", letters);
    cli_put(cli, &out);
    cli_say(cli, "Letters go out again. %" PRId64 " that waited or had come back are due now.\n", letters);
    return EX_OK;
}
