/* postcircle backup [--replace] FILE, restore FILE | --release | --drop | --hold */
#include "gateway/cli/cli.h"

#include "base/text.h"
#include "gateway/home/wake.h"
#include "gateway/practice/record.h"
#include "gateway/serve/serve.h"
#include "store/backup.h"
#include "store/delivery.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The whole path: whoever erases a person is told which copies still hold them. */
static const char *where(struct cli *cli, const char *path)
{
    char whole[PATH_MAX];

    return arena_strdup(cli->mem, realpath(path, whole) ? whole : path);
}

/* Says in one line what stands in the way, before anything is opened. */
static enum rc check_target(struct cli *cli, const char *path, enum backup_way way, struct err *err)
{
    const char *const slash = strrchr(path, '/');
    const char *const folder = slash ? arena_strndup(cli->mem, path, (size_t)(slash - path) + 1) : ".";
    struct stat st;

    if (!lstat(path, &st) && (way == BACKUP_NEW || S_ISDIR(st.st_mode)))
        return S_ISDIR(st.st_mode)
                   ? err_set(err, RC_CONFLICT, "%s is a folder: name a new file in it, as %s/monday.db", path, path)
                   : err_set(err, RC_CONFLICT,
                             "%s is there already, and no backup is written over: name a new file, "
                             "or say --replace",
                             path);
    if (access(folder, W_OK | X_OK))
        return err_errno(err, RC_TEMP, "no backup can be written into %s", folder);
    return RC_OK;
}

/* Whatever kept the file from being made, to who called it is one thing. */
static int fail_to_create(struct cli *cli, const struct err *err)
{
    const int code = cli_fail(cli, err);

    return code == EX_SOFTWARE || code == EX_UNAVAILABLE || code == EX_CONFIG ? code : EX_CANTCREAT;
}

/* A copy is of the whole home: each practice's record tells of it. */
static int record_path(struct cli *cli, enum audit_verb verb, const char *path)
{
    struct err err;

    if (record_alone(cli->gate, &cli->who, verb, AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v, path, &err))
        return cli_fail(cli, &err);
    return CLI_GO_ON;
}

static int record_backup(struct cli *cli, void *path, struct json **ret_root)
{
    (void)ret_root;
    return record_path(cli, AUDIT_BACKUP_MADE, where(cli, *(const char **)path));
}

static int record_restore(struct cli *cli, void *path, struct json **ret_root)
{
    (void)ret_root;
    return record_path(cli, AUDIT_RESTORED, *(const char **)path);
}

int cli_backup(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL;
    bool is_replace = false;
    const struct cli_option options[] = {
        { .name = "replace",
          .help = "take the place of an older copy of that name, when the new one is whole",
          .flag = &is_replace },
    };
    int code = cli_options(cli, "[--replace] FILE", options, COUNT_OF(options), argc, argv, &path, 1);
    const enum backup_way way = is_replace ? BACKUP_REPLACE : BACKUP_NEW;
    CLEANUP(json_free) struct json *root = NULL;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!path)
        return cli_usage(cli, "into which file?");
    if (check_target(cli, path, way, &err))
        return fail_to_create(cli, &err);
    code = cli_home(cli);
    if (code != CLI_GO_ON)
        return code;
    /* made first, told after: the record names no copy that does not exist */
    if (backup_write(cli->home->db, path, way, &err))
        return fail_to_create(cli, &err);
    code = cli_each(cli, record_backup, &path, &root);
    if (code != CLI_GO_ON)
        return code;
    json_free(&root);
    root = json_object_new();
    json_set_str(root, "file", path);
    json_set_str(root, "note", BACKUP_NOTE);
    cli_say(cli, "%s\n%s\n", path, BACKUP_NOTE);
    cli_put(cli, &root);
    return EX_OK;
}

/* ---- restore ---- */

enum after { AFTER_RELEASE, AFTER_DROP, AFTER_HOLD };

static enum rc settle(struct cli *cli, enum after after, int64_t *ret_n, struct err *err)
{
    static enum rc (*const ways[])(struct store * st, int64_t * ret_n, struct err * err) = {
        [AFTER_RELEASE] = delivery_release_restored,
        [AFTER_DROP] = delivery_drop_restored,
        [AFTER_HOLD] = delivery_hold_restored,
    };
    static const char *const words[] = { "released", "dropped", "held" };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(cli->gate->store.db, &tx, err) || ways[after](&cli->gate->store, ret_n, err) ||
        record_act(cli->gate, &cli->who, after == AFTER_HOLD ? AUDIT_RESTORED : AUDIT_RESTORE_RELEASED,
                   AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v, NULL,
                   arena_printf(cli->mem, "%s: %" PRId64, words[after], *ret_n), err))
        return err->rc;
    return db_commit(&tx, err);
}

struct settled {
    enum after after;
    int64_t all;
};

static int settle_one(struct cli *cli, void *ctx, struct json **ret_root)
{
    struct settled *const s = ctx;
    struct err err;
    int64_t n = 0;

    (void)ret_root;
    if (settle(cli, s->after, &n, &err))
        return cli_fail(cli, &err);
    s->all += n;
    return CLI_GO_ON;
}

/* hold is for PostgreSQL, whose own tools restore. */
static int after_restore(struct cli *cli, enum after after)
{
    static const char *const keys[] = { "released", "dropped", "held" };
    static const char *const said[] = {
        "mails may go out now, and so may everything else.",
        "mails are dropped: what they held comes with the next letter. Everything else may go out now.",
        "mails are held. Nothing but alarms leaves before `postcircle restore --release` or --drop.",
    };
    CLEANUP(json_free) struct json *root = NULL;
    struct settled s = { .after = after };
    const int code = cli_each(cli, settle_one, &s, &root);

    if (code != CLI_GO_ON)
        return code;
    json_free(&root);
    root = json_object_new();
    json_set_int(root, keys[after], s.all);
    cli_say(cli, "%" PRId64 " %s\n", s.all, cli_called(cli, said[after]));
    cli_put(cli, &root);
    return EX_OK;
}

/* Roles that run would write with the key that is destroyed, or into a database that was taken from under them. */
enum rc cli_check_nobody_serves(const char *home_path, struct err *err)
{
    const int64_t pid = serve_pid(home_path);

    return pid ? err_set(err, RC_CONFLICT, "`postcircle serve` runs on this home (process %" PRId64 "): stop it first",
                         pid)
               : RC_OK;
}

/* The database that is there may be the better one: nobody but the operator moves it. */
static enum rc check_free(const char *home, const char *database, struct err *err)
{
    const size_t n = strlen(home);
    const bool is_inside = !strncmp(database, home, n) && database[n] == '/';

    if (access(database, F_OK))
        return RC_OK;
    /* each path once: an error has room for 255 bytes, and half a command would move it somewhere else */
    return err_set(
        err, RC_CONFLICT,
        "this home has a database, and a restore writes over none. Move it away first: cd %s && mkdir old && "
        "mv %s* old/",
        home, is_inside ? database + n + 1 : database);
}

/* The settings file and the key must be there: the home, less its database. */
static enum rc restore(struct cli *cli, const char *path, int64_t *ret_held, struct err *err)
{
    struct home_settings settings;
    const char *home;

    if (home_find_path(cli->home_option, cli->mem, &home, err) || cli_check_nobody_serves(home, err) ||
        home_read_settings(home, cli->mem, &settings, err))
        return err->rc;
    if (!text_starts(settings.database_url, "sqlite:"))
        return err_set(err, RC_PERM,
                       "this home's database is PostgreSQL: use pg_restore, then `postcircle restore --hold` before "
                       "anything serves");
    if (access(path, F_OK))
        return err_set(err, RC_NOT_FOUND, "%s: there is no such backup", path);
    if (check_free(home, settings.database_url + strlen("sqlite:"), err))
        return err->rc;
    return backup_restore(path, settings.database_url + strlen("sqlite:"), ret_held, err);
}

static int restore_file(struct cli *cli, const char *path)
{
    CLEANUP(json_free) struct json *root = NULL;
    int64_t held = 0;
    struct err err;
    int code;

    if (restore(cli, path, &held, &err))
        return cli_fail(cli, &err);
    code = cli_each(cli, record_restore, &path, &root);
    if (code != CLI_GO_ON)
        return code;
    json_free(&root);
    root = json_object_new();
    json_set_int(root, "held", held);
    cli_say(cli,
            "Restored. %" PRId64
            " mails that were not sent are held, and nothing but alarms leaves now. Look first: some may have gone "
            "out after the copy was made.\n%s",
            held,
            cli_called(cli,
                       "  postcircle report delivery --from YYYY-MM-DD   what was sent, and what is held\n"
                       "  postcircle restore --release                   they may go out\n"
                       "  postcircle restore --drop                      they may not; what they held comes with the "
                       "next letter\n"));
    cli_put(cli, &root);
    return EX_OK;
}

int cli_restore(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL;
    bool flags[3] = { false };
    const struct cli_option options[] = {
        { .name = "release", .help = "mail that was not sent when the copy was made may go out", .flag = &flags[0] },
        { .name = "drop", .help = "it may not: it is cancelled", .flag = &flags[1] },
        { .name = "hold", .help = "after pg_restore: hold it, as a restore of a file does", .flag = &flags[2] },
    };
    const int code =
        cli_options(cli, "FILE | --release | --drop | --hold", options, COUNT_OF(options), argc, argv, &path, 1);

    if (code != CLI_GO_ON)
        return code;
    if (!!path + flags[0] + flags[1] + flags[2] != 1)
        return cli_usage(cli, "either a FILE to restore from, or one of --release, --drop and --hold");
    if (path)
        return restore_file(cli, path);
    return after_restore(cli, flags[0] ? AFTER_RELEASE : flags[1] ? AFTER_DROP : AFTER_HOLD);
}
