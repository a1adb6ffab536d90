/* postcircle backup FILE, restore FILE [--release], rekey */
#include "gateway/cli/cli.h"

#include "base/text.h"
#include "gateway/record.h"
#include "gateway/serve.h"
#include "gateway/wake.h"
#include "store/backup.h"
#include "store/delivery.h"
#include "store/rekey.h"

static enum rc note(struct cli *cli, enum audit_verb verb, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t practice = cli->gate->store.practice.v;

    if (db_begin(cli->gate->store.db, &tx, err) ||
        record_act(cli->gate, &cli->who, verb, AUDIT_ITEM_PRACTICE, practice, NULL, NULL, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_backup(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL;
    int code = cli_options(cli, "FILE", NULL, 0, argc, argv, &path, 1);
    CLEANUP(json_free) struct json *root = NULL;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!path)
        return cli_usage(cli, "into which file?");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (note(cli, AUDIT_BACKUP_MADE, &err) || backup_write(cli->home->db, path, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_str(root, "file", path);
    json_set_str(root, "note", BACKUP_NOTE);
    cli_say(cli, "%s\n%s\n", path, BACKUP_NOTE);
    cli_put(cli, &root);
    return EX_OK;
}

/* ---- restore ---- */

static int release(struct cli *cli)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    CLEANUP(json_free) struct json *root = NULL;
    const int code = cli_gate(cli);
    int64_t n;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (db_begin(cli->gate->store.db, &tx, &err) || delivery_release_restored(&cli->gate->store, &n, &err) ||
        record_act(cli->gate, &cli->who, AUDIT_RESTORE_RELEASED, AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v, NULL,
                   NULL, &err) ||
        db_commit(&tx, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "released", n);
    cli_say(cli, "%" PRId64 " mails may go out now.\n", n);
    cli_put(cli, &root);
    return EX_OK;
}

/* Roles that run would write with the key that is destroyed, or into a database that was taken from under them. */
static enum rc check_nobody_serves(const char *home_path, struct err *err)
{
    const int64_t pid = serve_pid(home_path);

    return pid ? err_set(err, RC_CONFLICT, "`postcircle serve` runs on this home (process %" PRId64 "): stop it first",
                         pid)
               : RC_OK;
}

/* The settings file and the key must be there: the home, less its database. */
static enum rc restore(struct cli *cli, const char *path, int64_t *ret_held, struct err *err)
{
    struct home_settings settings;
    const char *home;

    if (home_find_path(cli->home_option, cli->mem, &home, err) || check_nobody_serves(home, err) ||
        home_read_settings(home, cli->mem, &settings, err))
        return err->rc;
    if (!text_starts(settings.database_url, "sqlite:"))
        return err_set(err, RC_PERM,
                       "this home's database is PostgreSQL: use pg_restore, then `postcircle restore --release`");
    return backup_restore(path, settings.database_url + strlen("sqlite:"), ret_held, err);
}

int cli_restore(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL;
    bool is_release = false;
    const struct cli_option options[] = {
        { .name = "release", .help = "mail that was not sent when the copy was made may go out", .flag = &is_release },
    };
    int code = cli_options(cli, "FILE | --release", options, COUNT_OF(options), argc, argv, &path, 1);
    CLEANUP(json_free) struct json *root = NULL;
    int64_t held = 0;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (is_release && !path)
        return release(cli);
    if (!path || is_release)
        return cli_usage(cli, "either a FILE to restore from, or --release");
    if (restore(cli, path, &held, &err))
        return cli_fail(cli, &err);
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (note(cli, AUDIT_RESTORED, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "held", held);
    cli_say(cli,
            "Restored. %" PRId64
            " mails that were not sent are held; look at them, then `postcircle restore --release`.\n",
            held);
    cli_put(cli, &root);
    return EX_OK;
}

/* ---- rekey ---- */

int cli_rekey(struct cli *cli, int argc, char **argv)
{
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;
    struct practice_id practice;
    int64_t values = 0;
    struct err err;

    if (code != CLI_GO_ON || (code = cli_home(cli)) != CLI_GO_ON)
        return code;
    if (check_nobody_serves(cli->home->path, &err) || home_practice(cli->home, cli->domain, &practice, &err) ||
        rekey_run(cli->home->db, cli->home->keys, practice, &cli->home->ids, REKEY_BATCH, &values, &err))
        return cli_fail(cli, &err);
    code = cli_gate(cli); /* with the new key: what follows is sealed with it */
    if (code != CLI_GO_ON)
        return code;
    if (note(cli, AUDIT_KEY_ROTATED, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "values", values);
    cli_say(cli, "%" PRId64 " values are sealed with a new key; the old one is destroyed.\n", values);
    cli_put(cli, &root);
    return EX_OK;
}
